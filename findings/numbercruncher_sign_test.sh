#!/bin/sh
# numbercruncher_sign_test.sh - Math::NumberCruncher: 5 wins of 10 are due to chance with 148 %.
#
# Versions:    libmath-numbercruncher-perl 5.00-14 (Debian 12).
# Expectation: SignSignificance($trials, $hits, $probability), "how likely it is that your data is
#              due to chance", is the one-sided sign test: the probability of that many hits or
#              more.
# Guess:       56/1024 for 8 of 10 by a fair coin.
# Behaviour:   it counts from hits to trials but adds the term of exactly `hits` each time, which is
#              the largest of them in the upper half: 8 of 10 give 3 * 45/1024 = .132 instead of
#              .055, 15 of 20 give .089 instead of .021, which many would call significant, and near
#              the middle it is more than 1. Only all of all is right. Binomial, which it adds up,
#              has its other corner turned round: for a sure thing, n hits of n have probability
#              nothing and fewer have 1.
# Output:      see `wanted` below; the right ones beside it are counted by Pascal's triangle.
# For users:   add Binomial(n, k) up oneself, for probabilities below 1. mah.metrics.mcnemar is
#              twice this test for a few rows, and tests/lua/learn/metrics/compare_spec.lua counts
#              the coins.
set -eu
wanted='5 of 10: 1.4766, right is 0.6230
8 of 10: 0.1318, right is 0.0547
15 of 20: 0.0887, right is 0.0207
10 of 10: 0.0010, right is 0.0010
3 of 3 when sure: 0, right is 1
2 of 3 when sure: 1, right is 0'

for tool in dpkg-deb perl; do
  command -v $tool >/dev/null || { echo "numbercruncher_sign_test: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download libmath-numbercruncher-perl=5.00-14
dpkg-deb -x libmath-numbercruncher-perl_*.deb unpacked

cat >probe.pl <<'PERL'
use strict;
use warnings;
use Math::NumberCruncher;

# Of 2^n ways, those with at least k heads.
sub at_least {
  my ($n, $k) = @_;
  my @row = (1);
  @row = map { ($_ ? $row[$_ - 1] : 0) + ($row[$_] // 0) } 0 .. @row for 1 .. $n;
  my $ways = 0;
  $ways += $row[$_] for $k .. $n;
  return $ways / 2**$n;
}

for ([10, 5], [10, 8], [20, 15], [10, 10]) {
  my ($n, $k) = @$_;
  my $chance = Math::NumberCruncher::SignSignificance($n, $k, 0.5);
  printf "%d of %d: %.4f, right is %.4f\n", $k, $n, $chance, at_least($n, $k);
}
for my $k (3, 2) {
  my $sure = Math::NumberCruncher::Binomial(3, $k, 1) || 0;
  printf "%d of 3 when sure: %d, right is %d\n", $k, $sure, $k == 3;
}
PERL
seen=$(perl -I unpacked/usr/share/perl5 probe.pl)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "numbercruncher_sign_test: this has changed" >&2; exit 1; }
