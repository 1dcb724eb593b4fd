#!/bin/sh
# fetch_mnist.sh - downloads the four files of MNIST and checks them.
#
#   scripts/fetch_mnist.sh            # into data/mnist of this checkout
#   scripts/fetch_mnist.sh --xdg      # into $XDG_DATA_HOME/mah/mnist, for every checkout
#   scripts/fetch_mnist.sh FOLDER     # then set MAH_MNIST=FOLDER
#
# Files that are there and good stay. MAH_MNIST_URL: where to look (folders, with spaces
# in between). MAH_MNIST_MD5: other sums than the published ones, in the form below.
set -u
mirrors=${MAH_MNIST_URL:-https://ossci-datasets.s3.amazonaws.com/mnist/
  https://storage.googleapis.com/cvdf-datasets/mnist/}

# MD5 of the uncompressed files, as published by LeCun, Cortes and Burges.
sums=${MAH_MNIST_MD5:-6bbc9ace898e44ae57da46a324031adb train-images-idx3-ubyte
a25bea736e30d166cdddb491f175f624 train-labels-idx1-ubyte
2646ac647ad5339dbf082846283269ea t10k-images-idx3-ubyte
27ae3e4e09519cfbb04c329615203637 t10k-labels-idx1-ubyte}

say() { printf 'fetch_mnist: %s\n' "$*" >&2; }
die() { say "$@"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

case ${1:-} in
  --xdg)
    [ -n "${XDG_DATA_HOME:-${HOME:-}}" ] || die "--xdg needs HOME or XDG_DATA_HOME to be set"
    folder=${XDG_DATA_HOME:-$HOME/.local/share}/mah/mnist
    ;;
  -*) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  '') folder=$(cd "$(dirname "$0")/.." && pwd -P)/data/mnist ;;
  *) folder=$1 ;;
esac
[ $# -le 1 ] || die "one folder is expected, got $#"
have curl || have wget || die "curl or wget is needed, e.g.: apt-get install curl ca-certificates"
mkdir -p "$folder" || die "cannot make the folder $folder"
[ -w "$folder" ] || die "the folder $folder cannot be written to"

# -- One file --------------------------------------------------------------------------------------

part= child=
clean() {
  [ -z "$child" ] || kill "$child" 2>/dev/null
  [ -z "$part" ] || rm -f "$part"
}
trap clean EXIT
trap 'say "interrupted"; exit 130' INT
trap 'say "ended"; exit 143' TERM HUP

# download ADDRESS: into $part. In the background, because the shell's traps wait for a command but
# not for `wait`.
download() {
  if have curl; then
    curl --fail --location --silent --show-error --connect-timeout 20 --speed-limit 100 \
      --speed-time 30 --output "$part" "$1" &
  else
    wget --no-verbose --tries=1 --timeout=30 --output-document="$part" "$1" &
  fi
  child=$!
  wait "$child"
  result=$?
  child=
  return $result
}

# good FILE SUM: does it unpack to what was published?
good() { gzip -t "$1" 2>/dev/null && [ "$(gzip -dc "$1" | md5sum | cut -d ' ' -f 1)" = "$2" ]; }

# fetch NAME SUM: from the first mirror that has it right.
fetch() {
  part=$folder/.$1.gz.$$.part
  for mirror in $mirrors; do
    address=${mirror%/}/$1.gz
    say "$address"
    if ! download "$address"; then
      say "$address cannot be downloaded"
    elif ! good "$part" "$2"; then
      say "$address is not what was published: its MD5 sum differs, or it is cut short"
    else
      chmod 644 "$part" && mv -f "$part" "$folder/$1.gz" && part= && return
      die "cannot write $folder/$1.gz"
    fi
    rm -f "$part"
  done
  die "no mirror has a good $1.gz; nothing of it was kept"
}

# -- All of them -----------------------------------------------------------------------------------

set -- $sums
while [ $# -ge 2 ]; do
  if good "$folder/$2.gz" "$1"; then
    say "$folder/$2.gz is there"
  else
    fetch "$2" "$1"
  fi
  shift 2
done
say "MNIST is in $folder"
