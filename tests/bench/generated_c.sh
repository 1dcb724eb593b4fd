#!/bin/sh
# generated_c.sh - how long do networks that were saved as C source take for one row?
#
#   tests/bench/generated_c.sh [MAH]
#
# MAH: a program, a build folder or a checkout; build/mah unless told. Compiles headers with $CC
# (gcc) -O3 -march=native and times 6-64-8-3 (at most 1 us is wanted) and 784-100-10, on pictures
# (the synthetic digits) and on rows without zeros, with the same model in ONNX Runtime beside it (at
# most a third of its time is wanted): what a model takes there that only gives ten numbers of the
# row is taken off. Medians of rounds that alternate. Needs Node and onnxruntime-node, which
# scripts/test.sh lua installs; without them only C is timed.
set -u
[ $# -le 1 ] || { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
. "$root/scripts/setup.sh"

program=$(program_in "${1:-$root}") || exit 2
modules=$root/build/onnxruntime/node_modules
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP

"$program" "$here/generated_c.lua" "$folder" &&
  ${CC:-gcc} -O3 -march=native -I "$folder" -o "$folder/run" "$here/generated_c.c" -lm || exit 1

has_runtime=0
if have node && [ -d "$modules/onnxruntime-node" ]; then
  has_runtime=1
else
  say "There is no Node, or no $modules/onnxruntime-node: only C is timed"
fi

for round in 1 2 3 4 5; do
  "$folder/run" "$folder" || exit 1
  [ $has_runtime = 0 ] || node "$here/generated_c.js" "$modules" "$folder" || exit 1
done | awk '
  { count[$1]++; all[$1, count[$1]] = $2 }
  function median(name, i, j, n, kept) {
    n = count[name]
    for (i = 2; i <= n; i++)
      for (j = i; j > 1 && all[name, j - 1] > all[name, j]; j--) {
        kept = all[name, j]; all[name, j] = all[name, j - 1]; all[name, j - 1] = kept
      }
    return all[name, int((n + 1) / 2)]
  }
  function line(name, what, c, runtime) {
    c = median("c_" name)
    printf "%-28s %7.2f us", what, c
    if (count["ort_" name]) {
      runtime = median("ort_" name)
      printf "; ONNX Runtime %7.2f us: %.2f of it", runtime, c / runtime
    }
    print ""
  }
  END {
    line("small", "6-64-8-3")
    line("pictures", "784-100-10, pictures")
    line("dense", "784-100-10, no zeros")
    if (count["ort_empty"])
      printf "%-28s %7.2f us, taken off above\n", "an empty model there", median("ort_empty")
  }'
