#!/bin/sh
# Empty trials a second on 1, 2 and 4 ranks of this machine.   tests/bench/sweep_ranks.sh [BUILD]
#
# One rank runs them itself, as a plain mah does; of more, the first one hands them out and the others
# run them, so that two ranks have the workers of one and the way between them.
set -u
here=$(dirname "$0")
mah=${1:-$here/../../build}/mah
[ "$(id -u)" != 0 ] || export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
for n in 1 2 4; do
  printf '%d ranks: ' $n
  mpirun --oversubscribe --bind-to none -np $n "$mah" "$here/sweep.lua" ranks </dev/null
done
