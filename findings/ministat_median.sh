#!/bin/sh
# ministat_median.sh - ministat's median of 1, 2, 3 and 100 is 3.
#
# Versions:    ministat 20150715-1+b1 (Debian 12, amd64), FreeBSD's tool that compares two series of
#              measurements and says whether they differ.
# Expectation: of an even number of values the median is the mean of the two in the middle, 2.5, as
#              for R, NumPy, datamash and spreadsheets.
# Guess:       2.5.
# Behaviour:   it takes the upper of the two. So the median of 1, 1, 9, 9 is 9, that of the same
#              values negated is -1, and of two equally long series of times one may lead by median
#              here and the other one elsewhere. An odd number is right.
# Output:      see `wanted` below; right are 2.5, 5, -5, and 5.5 before 5.55.
# For users:   give it an odd number of runs, or leave its median alone; its verdict does not use it
#              (Student's t, of the means).
set -eu
wanted='1 2 3 100: 3
1 1 9 9: 9
-1 -1 -9 -9: -1
4 5 6 7 against 1 5.2 5.9 8: 6 5.9
1 2 3 4 100: 3'

command -v dpkg-deb >/dev/null || { echo "ministat_median: dpkg-deb is needed" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download ministat=20150715-1+b1
dpkg-deb -x ministat_*.deb unpacked

# medians FILES: the fifth column of ministat's lines of numbers, one a file.
medians() { unpacked/usr/bin/ministat -n "$@" | awk '/^[x+] +[0-9]/ { print $5 }' | xargs; }
one() {
  printf '%s\n' "$@" >series
  echo "$*: $(medians series)"
}
printf '%s\n' 4 5 6 7 >first
printf '%s\n' 1 5.2 5.9 8 >second

seen=$(one 1 2 3 100; one 1 1 9 9; one -1 -1 -9 -9
  echo "4 5 6 7 against 1 5.2 5.9 8: $(medians first second)"; one 1 2 3 4 100)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "ministat_median: this has changed" >&2; exit 1; }
