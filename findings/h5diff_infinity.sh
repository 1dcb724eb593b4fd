#!/bin/sh
# h5diff_infinity.sh - `h5diff -p` finds no difference between infinity and 1, and exits with 0
# where it did not compare.
#
# Versions:    hdf5-tools 1.10.8+repack1-1 (Debian 12, amd64).
# Expectation: h5diff is a check for scripts: 0 for equal files, 1 for different ones (its help: -p
#              prints a difference if |(a-b)/b| > R).
# Guess:       1 for 2 x 3 beside 3 x 2 and for float32 beside int32; of infinity nothing but 1 was
#              expected either.
# Behaviour:   the quotient is taken by the FIRST file's value, not by b as the help says: (inf - 1)
#              / inf is NaN, NaN > R is false. So an infinite weight in the first file "equals" any
#              other one, -inf too. Other shapes, and int32 beside float32, are "not comparable",
#              which is a status of 0. (-d finds the infinity in both orders.)
# Output:      see `wanted` below; 1 and 2 against a relative difference of .6 shows whose quotient
#              it is.
# For scripts: compare with -d, put the trusted file first, and take "not comparable" for a failure.
set -eu
wanted='inf 1 -p .01: 0
1 inf -p .01: 1
inf -inf -p .01: 0
inf 1 -d .01: 1
1 inf -d .01: 1
1 2 -p .6: 1
2 1 -p .6: 0
2x3 3x2: 0 Some objects are not comparable
float32 int32: 0 Some objects are not comparable'

command -v dpkg-deb >/dev/null || { echo "h5diff_infinity: dpkg-deb is needed" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
apt-get -qq -o APT::Sandbox::User=root download hdf5-tools=1.10.8+repack1-1 \
  libhdf5-103-1=1.10.8+repack1-1 libhdf5-hl-100=1.10.8+repack1-1 libsz2=1.0.6-1+b1 \
  libaec0=1.0.6-1+b1
for deb in *.deb; do dpkg-deb -x "$deb" unpacked; done
export LD_LIBRARY_PATH="$folder/unpacked/usr/lib/x86_64-linux-gnu"
tools=$folder/unpacked/usr/bin

# weights NAME SHAPE VALUES [TYPE]: a file with a data set W of float32, or (TEXTIN) int32.
weights() {
  echo "$3" >"$1.txt"
  "$tools/h5import" "$1.txt" -dims "$2" -path W -type "${4:-TEXTFP}" -size 32 \
    -outfile "$1.h5" >/dev/null
}
weights one 2 '1 1'
weights whole 2 '1 1' TEXTIN
weights two 2 '2 1'
weights inf 2 'inf 1'
weights minus 2 '-inf 1'
weights wide 2,3 '1 2 3 4 5 6'
weights tall 3,2 '1 2 3 4 5 6'

# status LABEL OPTION...: the exit status, and h5diff's word about what it did not compare.
status() {
  label=$1
  shift
  code=0
  "$tools/h5diff" "$@" >out 2>&1 || code=$?
  echo "$label: $code $(grep comparable out || :)" | sed 's/ $//'
}
seen=$(
  status 'inf 1 -p .01' -p .01 inf.h5 one.h5
  status '1 inf -p .01' -p .01 one.h5 inf.h5
  status 'inf -inf -p .01' -p .01 inf.h5 minus.h5
  status 'inf 1 -d .01' -d .01 inf.h5 one.h5
  status '1 inf -d .01' -d .01 one.h5 inf.h5
  status '1 2 -p .6' -p .6 one.h5 two.h5
  status '2 1 -p .6' -p .6 two.h5 one.h5
  status '2x3 3x2' wide.h5 tall.h5
  status 'float32 int32' one.h5 whole.h5
)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "h5diff_infinity: this has changed" >&2; exit 1; }
