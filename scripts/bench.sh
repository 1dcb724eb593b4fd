#!/bin/sh
# bench.sh - the speed of training, side by side with scikit-learn and PyTorch: installs the peers
# (Debian, Ubuntu), builds, and runs Mah and each peer in turns on the same data, with the same
# network, batches and threads. Prints medians, and how many times as fast Mah is.
#
#   scripts/bench.sh                 # five rounds, one and two threads: about half an hour
#   scripts/bench.sh --quick         # one round on fewer rows: less than two minutes
#   scripts/bench.sh --threads 1     # or any list: 1,2,4
#   scripts/bench.sh --only row1,predict
#   scripts/bench.sh tensors         # each tensor operation beside NumPy's and PyTorch's instead
#   scripts/bench.sh tensors --only sum,sort --rounds 1
#
# With --against DIR nothing is installed but what Mah needs, and this build runs in pairs with the
# older one in DIR (a build folder, or a checkout with build/) instead: less than twelve minutes.
#
#   scripts/bench.sh --against ../mah-before --limit 1.03      # exit status 1 for a slower row
#   scripts/bench.sh --against ../mah-before --pairs 21 --threads 1 --only row3,add
#
# MNIST comes from $MAH_MNIST or data/mnist; without it, the synthetic digits take its place. What
# is not to be had is left out, and told.
set -u
root=$(cd "$(dirname "$0")/.." && pwd -P)
. "$root/scripts/setup.sh"

about=training
if [ "${1-}" = tensors ]; then
  about=tensors
  shift
fi

older= left=$#
[ $about = training ] || left=0
while [ "$left" -gt 0 ]; do
  case $1 in
    --against)
      [ "$left" -ge 2 ] || { say "--against needs a folder"; exit 2; }
      older=$(program_in "$2") || exit 2
      shift
      left=$((left - 1)) ;;
    --against=*) older=$(program_in "${1#--against=}") || exit 2 ;;
    *) set -- "$@" "$1" ;;
  esac
  shift
  left=$((left - 1))
done

cd "$root" || exit 1
need $packages_to_run
peers="python3-sklearn python3-torch"
[ $about = training ] || peers="python3-numpy python3-scipy python3-torch"
[ -n "$older" ] || for package in $peers; do
  [ -n "$(missing $package)" ] || continue
  apt_install $package || say "$package cannot be installed: it is left out."
done
build "$root/build" -DCMAKE_BUILD_TYPE=Release || { say "The build failed."; exit 1; }

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
if [ $about = tensors ]; then
  build/mah tests/bench/tensors.lua "$@"
elif [ -n "$older" ]; then
  build/mah tests/bench/against.lua "$folder" "$older" "$@"
else
  build/mah tests/bench/train_speed.lua "$folder" "$@"
fi
