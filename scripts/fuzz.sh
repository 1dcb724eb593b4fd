#!/bin/sh
# fuzz.sh - has the readers of files read damaged ones, under ASan and UBSan, in build-fuzz/ (clang).
#
#   scripts/fuzz.sh MINUTES [READER...]     so long for each; a fraction (0.1) will do
#   MAH_FUZZ_SEED=1 scripts/fuzz.sh 0.05    the same inputs each time
#
# Readers: csv elements idx npy npz png svmlight by libFuzzer, csv json model npz onnx pickle png pytorch
# safetensors skops zip from Lua (lua:csv ...), and those with a script of their own, exchange models
# stores (file:models ...). What is found to be worth more looks stays in build-fuzz/corpus for the
# next time.
# Prints the executions of each reader, and at the end "N passed, N failed"; the input of a failure
# lies in build-fuzz/.
set -u
root=$(cd "$(dirname "$0")/.." && pwd -P)
. "$root/scripts/setup.sh"
cd "$root" || exit 1
minutes=${1:-}
case $minutes in
  '' | *[!0-9.]*) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
shift
seconds=$(awk "BEGIN { print int(60 * $minutes + 0.999) }")
readers=${*:-csv elements idx npy npz png svmlight lua:csv lua:json lua:model lua:npz lua:onnx lua:pickle \
  lua:png lua:pytorch lua:safetensors lua:skops lua:zip file:exchange file:models file:stores}

need $packages_to_run $packages_to_fuzz
clang=$(command -v clang-14 || command -v clang) || { say "clang is missing"; exit 1; }
CC=$clang build "$root/build-fuzz" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DMAH_FUZZ=ON -DMAH_TESTS=OFF \
  || exit 1

# LuaJIT's memory is its own, and an allocation too large is answered with NULL, as elsewhere.
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:quarantine_size_mb=8
build-fuzz/mah tests/fuzz/corpus.lua build-fuzz/seeds || exit 1

# in_c READER: libFuzzer, from the small files and from what earlier runs kept.
in_c() {
  mkdir -p "build-fuzz/corpus/$1"
  ASAN_OPTIONS=${ASAN_OPTIONS#detect_leaks=0:} "build-fuzz/fuzz_$1" \
    -max_total_time="$seconds" -timeout=5 -rss_limit_mb=3000 -max_len=4096 -print_final_stats=1 \
    -seed="${MAH_FUZZ_SEED:-0}" -artifact_prefix=build-fuzz/ \
    "build-fuzz/corpus/$1" "build-fuzz/seeds/$1" >build-fuzz/log 2>&1
  status=$?
  count=$(sed -n 's/^stat::number_of_executed_units: *//p' build-fuzz/log)
  printf '%-12s %9d executions in C\n' "$1" "${count:-0}"
  [ $status = 0 ] || tail -n 40 build-fuzz/log
  return $status
}

in_lua() { build-fuzz/mah tests/fuzz/mutate.lua "$seconds" "${MAH_FUZZ_SEED:-$(date +%s)}" "$1"; }

# by_file SCRIPT: one that counts files, of which some thirty a second are read.
by_file() {
  build-fuzz/mah "tests/fuzz/$1.lua" $((30 * seconds)) "${MAH_FUZZ_SEED:-$(date +%s)}" >build-fuzz/log 2>&1
  status=$?
  printf '%-12s %9d files\n' "$1" $((30 * seconds))
  [ $status = 0 ] || tail -n 40 build-fuzz/log
  return $status
}

passed=0 failed=0
for reader in $readers; do
  case $reader in
    lua:*) in_lua "${reader#lua:}" ;;
    file:*) by_file "${reader#file:}" ;;
    *) in_c "$reader" ;;
  esac
  if [ $? = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
