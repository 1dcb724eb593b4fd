# tests/bench/train_speed.lua as scripts/bench.sh calls it, on its cheapest rows; what it measures is
# not looked at.
. ./harness.sh

bench() { run "$MAH" "$ROOT/tests/bench/train_speed.lua" "$HERE" "$@"; }

bench "" --quick --peers none --only one_row_small --table "out/a table.md"
expect "a row without peers, and where the table is" 0 "*; one round

-- 1 thread
6-64-8-3, predict_proba of one row
    Mah *[0-9] [nu]s
The table is in out/a table.md" ""
check "the table has its row" grep -qxE '\| 6-64-8-3, predict_proba of one row \| [0-9.]+ us \|' \
  "out/a table.md"

bench "$MAH" --quick --only one_row_small --rounds 4
expect "an older build beside it, and how the rounds' ratios are spread" 0 "*; medians of 4 rounds
*
    Mah *
    older build * us * times Mah's   (*.* ... *.*)
*" ""
check "the older build has a column" grep -qxE '\| one thread \| Mah \| older build \|' out/training.md

bench "$MAH" --quick --only one_row_small --limit 1e-9
expect "more than the limit of the older build's time" 1 "*" \
  "6-64-8-3, predict_proba of one row: * times the older build's time, more than 1e-09"

cat >broken <<'END'
#!/bin/sh
exit 3
END
chmod +x broken
bench "$HERE/broken" --quick --only one_row_small
expect "an older build that cannot do it is left out" 0 "*
    older build * left out: failed
*" ""

bench "" --peers openblas,onednn --quick --only one_row_small
expect "peers that are not there are told" 0 "*" "OpenBLAS is not there, *: it is left out.
oneDNN is not there, *: it is left out."

bench "" --only row9
expect "a row that there is not" 2 "" "mah: --only: there is no 'row9'; known: 100 30 512 *"
bench "" --peers numpy
expect "a peer that there is not" 2 "" "mah: --peers: there is no 'numpy'; known: sklearn *"
bench "" --threads 1,x
expect "threads that are no number" 2 "" \
  "mah: --threads: numbers in [[]1, 256[]] are expected, as 1,2; got '1,x'"

# The peer in C, where there is a compiler with OpenMP and OpenBLAS.
if ${CC:-cc} -O3 -fopenmp "$ROOT/tests/bench/dense_peer.c" -o dense_openblas -lopenblas -lm 2>cc.log; then
  mkdir peers && mv dense_openblas peers
  run "$MAH" "$ROOT/tests/bench/train_speed.lua" "$HERE/peers" "" --peers openblas --quick \
    --only one_row_small,small_full,many_alone
  expect "the peer in C" 0 "*; OpenBLAS [0-9]*
    C on OpenBLAS *s * times Mah's
*
    C on OpenBLAS *s * times Mah's
*" ""
  for activation in relu tanh; do
    run peers/dense_openblas peers/x_4.npy peers/y_4.npy loss 10 10000 200 $activation 4 32 16 4
    expect "it learns four classes by signs: $activation" 0 "0.[012]*" "" # ln 4 = 1.39 by chance
  done
else
  skip "no compiler, or no OpenBLAS for dense_peer.c"
fi

finish
