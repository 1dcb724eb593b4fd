#!/bin/sh
# bench.sh - the speed of training and predicting, side by side with scikit-learn, PyTorch, a plain C
# program on OpenBLAS and on oneDNN (tests/bench/dense_peer.c), and ONNX Runtime where Node is:
# installs the peers (Debian, Ubuntu), builds, and runs Mah and each peer in turns on the same data,
# with the same network, batches and threads. Prints medians and how many times as long each peer
# takes, and writes them as a table, out/training.md.
#
#   scripts/bench.sh                 # five rounds, one thread: about three quarters of an hour
#   scripts/bench.sh --quick         # one round on fewer rows: less than two minutes
#   scripts/bench.sh --threads 1,2   # one after the other
#   scripts/bench.sh --only 512,small,one_row --rounds 11
#   scripts/bench.sh --peers openblas,onednn
#   scripts/bench.sh --help          # all options, rows and peers
#   scripts/bench.sh tensors         # each tensor operation beside NumPy's and PyTorch's instead
#   scripts/bench.sh tensors --only sum,sort --rounds 1
#
# --against DIR puts an older build beside this one (DIR: a build folder, or a checkout with build/);
# then peers take part, and are installed, only where --peers names them.
#
#   scripts/bench.sh --against ../mah-before --limit 1.03      # exit status 1 for a slower row
#   scripts/bench.sh --against ../mah-before --rounds 21 --only 512,add
#   scripts/bench.sh --against ../mah-before --peers openblas
#
# MNIST comes from $MAH_MNIST or data/mnist; without it, the synthetic digits take its place. What
# is not to be had is left out, and told.
set -u
root=$(cd "$(dirname "$0")/.." && pwd -P)
. "$root/scripts/setup.sh"

script=train_speed
if [ "${1-}" = tensors ]; then
  script=tensors
  shift
fi

# -- The command line -----------------------------------------------------------------------------

# value NAME ARGUMENT...: what the option --NAME is given.
value() {
  name=$1
  shift
  printf '%s\n' "$@" | sed -n "s/^--$name=//p; /^--$name\$/{n; p;}"
}

peers=$(value peers "$@")
older=$(value against "$@")
[ -z "$older" ] || older=$(program_in "$older") || exit 2
[ -n "$peers" ] || [ -n "$older" ] || peers=sklearn,torch,openblas,onednn,onnx
packages=
[ $script = train_speed ] || peers='' packages="python3-numpy python3-scipy python3-torch"
wants() { case ,$peers, in *,"$1",*) ;; *) return 1 ;; esac; }

cd "$root" || exit 1
for argument; do
  case $argument in --help) peers='' packages='' ;; esac
done

# -- What is needed -------------------------------------------------------------------------------

need $packages_to_run
! wants sklearn || packages="$packages python3-sklearn"
! wants torch || packages="$packages python3-torch"
! wants onednn || packages="$packages libdnnl-dev"
for package in $packages; do
  [ -n "$(missing $package)" ] || continue
  apt_install $package || say "$package cannot be installed: it is left out."
done
! wants onnx || onnx_runtime
build "$root/build" -DCMAKE_BUILD_TYPE=Release || { say "The build failed."; exit 1; }

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP

# compile NAME SOURCE ARGUMENT...: a peer in C, into the folder; without it, Lua tells that it is not
# there.
compile() {
  name=$1 source=$2
  shift 2
  ${CC:-cc} -O3 -march=native -ffast-math "tests/bench/$source" -o "$folder/$name" "$@" -lm \
    2>"$folder/errors" || say "$name cannot be built: $(grep -m 1 error "$folder/errors")"
}
! wants openblas || compile dense_openblas dense_peer.c -fopenmp -lopenblas
! wants onednn || compile dense_onednn dense_peer.c -fopenmp -DPEER_ONEDNN -ldnnl
[ $script = tensors ] || compile multiply_adds multiply_adds.c -pthread

# -- Go -------------------------------------------------------------------------------------------

if [ $script = tensors ]; then
  build/mah tests/bench/tensors.lua "$@"
else
  build/mah tests/bench/train_speed.lua "$folder" "$older" "$@"
fi
