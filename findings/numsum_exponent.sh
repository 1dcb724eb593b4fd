#!/bin/sh
# numsum_exponent.sh - for num-utils, the largest of 0.5, 9e-05 and 0.25 is 9.
#
# Versions:    num-utils 0.5-15 (Debian 12): numsum, numaverage, numbound, numround, in Perl.
# Expectation: 9e-05 is a number, as for awk, sort -g, datamash and Perl itself; or a line that is
#              no number is reported (the manual: "negative numbers and numbers with decimals").
# Guess:       1e3 is 1000, or refused.
# Behaviour:   a number ends at the first letter, and what follows is skipped: 9e-05 is 9 and
#              3.2e+07 is 3.2, in all of them; numaverage counts each once, so that the count looks
#              right. A leading + is worse: the line is not there.
# Output:      see `wanted` below; awk's answers behind them.
# For users:   %g, and so awk, C++ and Lua's print, writes losses and learning rates below 0.0001 in
#              this way: what was checked on large values goes wrong when training goes well. Print
#              with %.9f for such tools.
set -eu
wanted='sum: 9.75 (0.75009)
average: 3.25 (0.25003)
largest: 9 (0.5)
rounded: 1 9 0 (1 0 0)
sum of 3.2e+07 and 5: 8.2 (32000005)
sum of +4 and 5: 5 (9)'

for tool in dpkg-deb perl awk; do
  command -v $tool >/dev/null || { echo "numsum_exponent: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download num-utils=0.5-15
for deb in *.deb; do dpkg-deb -x "$deb" unpacked; done
tools=$folder/unpacked/usr/bin

# both LABEL TOOL AWK < NUMBERS: the tool's answer, and awk's.
both() {
  cat >numbers
  printf '%s: %s (%s)\n' "$1" "$(perl "$tools/$2" numbers | xargs)" \
    "$(awk "$3" OFMT=%.9g numbers | xargs)"
}
losses() { printf '%s\n' 0.5 9e-05 0.25; }
sum='{ s += $1 } END { print s }'
seen=$(
  losses | both sum numsum "$sum"
  losses | both average numaverage '{ s += $1 } END { print s / NR }'
  losses | both largest numbound '$1 > m { m = $1 } END { print m }'
  losses | both rounded numround '{ print int($1 + 0.5) }'
  printf '%s\n' 3.2e+07 5 | both 'sum of 3.2e+07 and 5' numsum "$sum"
  printf '%s\n' +4 5 | both 'sum of +4 and 5' numsum "$sum"
)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "numsum_exponent: this has changed" >&2; exit 1; }
