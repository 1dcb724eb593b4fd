#!/bin/sh
# ranks.sh - how much slower are two ranks than two threads on the same two processors?
#
#   tests/bench/ranks.sh BUILD [ROUNDS]
#
# 784-512-512-10, float32, batches of 200 rows, adam; MNIST, or drawn digits where it is not there.
# Prints the medians of ROUNDS (7) trainings each, which take turns, and their ratios. All end with the
# same weights, or it says so and fails.
set -u
[ $# = 1 ] || [ $# = 2 ] || { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd -P)
mah=$(cd "$1" && pwd -P)/mah rounds=${2:-7} rows=${ROWS:-20000} epochs=${EPOCHS:-2}
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

# The scheduler shares processors out among sessions first, so two threads have a launcher, too.
train() { "$@" "$mah" "$here/ranks.lua" $how $rows $epochs </dev/null >>"$folder/$how" || exit 1; }

for round in $(seq "$rounds"); do
  how=threads; train mpirun -np 1 --bind-to none
  how=node; train mpirun -np 2 --oversubscribe
  how=ranks; train mpirun -np 2 --oversubscribe
done

median() { sort -g "$folder/$1" | awk '{ t[NR] = $1 } END { print (t[int((NR + 1) / 2)] + t[int(NR / 2) + 1]) / 2 }'; }
threads=$(median threads)
for how in threads node ranks; do
  awk -v name=$how -v t="$(median $how)" -v one="$threads" -v epochs=$epochs \
    'BEGIN { printf "%-8s %.3f s an epoch, %.2f of two threads\n", name, t / epochs, t / one }'
done
[ "$(cut -d' ' -f2 "$folder"/* | sort -u | wc -l)" = 1 ] || { echo "the weights differ"; exit 1; }
