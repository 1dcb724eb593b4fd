#!/bin/sh
# elements.sh - a million element accesses x[i] = x[i] + 1, beside the same loop in C.
#
#   tests/bench/elements.sh [MAH]
#
# MAH: a program, a build folder or a checkout; build/mah unless told. C is scalar ($CC, gcc, -O2
# -fno-tree-vectorize); at most 1.3 times its time is wanted. Lua's numbers are doubles, so a float32
# is converted twice: what C takes then, when it may not add floats, stands beside it. Nanoseconds per
# element, the least of rounds that alternate; exit status 1 when a row is above 1.3 times both.
set -u
[ $# -le 1 ] || { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
. "$root/scripts/setup.sh"

program=$(program_in "${1:-$root}") || exit 2
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP

# compile NAME TYPE ONE
compile() {
  ${CC:-gcc} -O2 -fno-tree-vectorize "-DT=$2" "-DONE=$3" -o "$folder/$1" "$here/elements.c" || exit 1
}
compile float32 float 1
compile float32.doubles float one
compile float64 double 1
compile float64.doubles double one

for _ in 1 2 3 4 5; do
  for dtype in float32 float64; do
    c=$("$folder/$dtype" 40) && doubles=$("$folder/$dtype.doubles" 40) &&
      lua=$("$program" "$here/elements.lua" "$dtype" 40) || exit 1
    echo "$dtype $c $doubles $lua"
  done
done | awk '
  function least(a, b) { return a == "" || b < a ? b : a }
  { c[$1] = least(c[$1], $2 + 0); d[$1] = least(d[$1], $3 + 0); lua[$1] = least(lua[$1], $4 + 0) }
  END {
    split("float32 float64", names, " ")
    for (i = 1; i <= 2; i++) {
      n = names[i]
      slow = lua[n] > 1.3 * c[n] && lua[n] > 1.3 * d[n]
      missed += slow
      printf "%s: C %.3f ns, C in doubles %.3f, mah %.3f: %.2f and %.2f times%s\n", n, c[n], d[n],
        lua[n], lua[n] / c[n], lua[n] / d[n], slow ? "   <-- slower" : ""
    }
    exit missed > 0
  }'
