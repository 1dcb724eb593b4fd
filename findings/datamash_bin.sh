#!/bin/sh
# datamash_bin.sh - GNU datamash puts -10 into the bucket -15, though 10 is in the bucket 10.
#
# Versions:    datamash 1.7-2 (Debian 12, amd64).
# Expectation: "bin numeric values into buckets of size X" is floor(x / X) * X, as its examples show
#              for positive values: the lower edge belongs to the bucket.
# Guess:       none was written down before the first try; floor, or a cut towards zero (-1 to 0),
#              seemed the choice.
# Behaviour:   a negative value is cut towards zero and then always one bucket lower, so that an
#              exact multiple leaves its own: below 0 the UPPER edge belongs to the bucket. -0 goes
#              to -5, 0 to 0.
# Output:      see `wanted` below. The same table by floor would be -10 -5 -5 0 0 5.
# For users:   a histogram of whole numbers (errors, differences) has its negative half off by one
#              bucket.
set -eu
wanted='-10 -15
-5 -10
-1 -5
-0 -5
0 0
4 0
5 5'

command -v dpkg-deb >/dev/null || { echo "datamash_bin: dpkg-deb is needed" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download datamash=1.7-2
dpkg-deb -x datamash_*.deb unpacked

seen=$(printf '%s\n' -10 -5 -1 -0 0 4 5 | unpacked/usr/bin/datamash -t ' ' --full bin:5 1)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "datamash_bin: this has changed" >&2; exit 1; }
