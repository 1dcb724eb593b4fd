#!/bin/sh
# bench.sh - the speed of training, side by side with scikit-learn and PyTorch: installs the peers
# (Debian, Ubuntu), builds, and runs Mah and each peer in turns on the same data, with the same
# network, batches and threads. Prints medians, and how many times as fast Mah is.
#
#   scripts/bench.sh                 # five rounds, one and two threads: about half an hour
#   scripts/bench.sh --quick         # one round on fewer rows: less than two minutes
#   scripts/bench.sh --threads 1     # or any list: 1,2,4
#   scripts/bench.sh --only row1,predict
#
# MNIST comes from $MAH_MNIST or data/mnist; without it, the synthetic digits take its place. What
# is not to be had is left out, and told.
set -u
root=$(cd "$(dirname "$0")/.." && pwd -P)
. "$root/scripts/setup.sh"
cd "$root" || exit 1

need $packages_to_run
for package in python3-sklearn python3-torch; do
  [ -n "$(missing $package)" ] || continue
  apt_install $package || say "$package cannot be installed: it is left out."
done
build "$root/build" -DCMAKE_BUILD_TYPE=Release || { say "The build failed."; exit 1; }

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
build/mah tests/bench/train_speed.lua "$folder" "$@"
