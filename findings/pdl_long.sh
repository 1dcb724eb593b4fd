#!/bin/sh
# pdl_long.sh - in PDL the determinant of 2 1, 1 3 is 5, or 6 when the matrix is of type long.
#
# Versions:    pdl 1:2.081-2 (Debian 12, amd64), the Perl Data Language.
# Expectation: det, inv, sqrt and sin of whole numbers are computed in floating point, or refused;
#              the manual says "determinant of a square matrix" and "elementwise square root", of
#              types nothing. exp and log do give doubles.
# Guess:       of whole numbers' averages, that they keep the fraction (they do not; daverage is
#              there for that). Of det and inv none was written down, right or an error seemed sure.
# Behaviour:   the factorization is done in the matrix's own type, so every quotient is cut: the
#              determinant of 2 1, 1 3 as long is 6, and 2 1, 1 1 has an inverse of 0 0, 0 1. sqrt
#              and sin are cut as well. There is no warning.
# Output:      see `wanted` below; the same numbers as double, then as long.
# For readers: whole types come from pictures, FITS files and which(), and from others' files of
#              class counts; a result from there is to be read with the type that it came from. In
#              one's own library, test each function with an integer tensor.
set -eu
wanted='double: det 5, inv 1 -1 -1 2, exp 2.72, sqrt 1.41, sin 0.84
long: det 6, inv 0 0 0 1, exp 2.72, sqrt 1.00, sin 0.00'

for tool in dpkg-deb perl; do
  command -v $tool >/dev/null || { echo "pdl_long: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download pdl=1:2.081-2
for deb in *.deb; do dpkg-deb -x "$deb" unpacked; done
PERL5LIB=$(echo "$folder"/unpacked/usr/lib/*/perl5/5.36)
export PERL5LIB

cat >probe.pl <<'PERL'
use strict;
use warnings;
use PDL::LiteF;
use PDL::MatrixOps;
for my $type (double, long) {
  my $det = pdl($type, [[2, 1], [1, 3]])->det;
  my $inverse = join ' ', map { $_ + 0 } pdl($type, [[2, 1], [1, 1]])->inv->list;
  my ($one, $two) = map { pdl($type, $_) } 1, 2;
  printf "%s: det %g, inv %s, exp %.2f, sqrt %.2f, sin %.2f\n",
    $type, $det, $inverse, $one->exp, $two->sqrt, $one->sin;
}
PERL
seen=$(perl probe.pl)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "pdl_long: this has changed" >&2; exit 1; }
