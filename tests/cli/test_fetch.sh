# fetch_mnist.sh against a server on the loopback interface, with files of our own in MNIST's stead.
. ./harness.sh

mkdir served
export MAH_MNIST_MD5=
for name in train-images-idx3-ubyte train-labels-idx1-ubyte; do
  seq 20000 | sed "s/^/$name /" >served/$name
  MAH_MNIST_MD5="$MAH_MNIST_MD5$(md5sum <served/$name | cut -d ' ' -f 1) $name
"
  gzip -f served/$name
done
cp served/train-images-idx3-ubyte.gz images.gz

perl "$ROOT/tests/cli/server.pl" served port >server.log 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$HERE"' EXIT
wait_for 20 [ -e port ] || { echo "the server does not start"; exit 1; }
base=http://127.0.0.1:$(cat port)
export http_proxy= no_proxy=127.0.0.1

path=$PATH
fetch() {
  export MAH_MNIST_URL="$1"
  run env PATH="$path" sh "$ROOT/scripts/fetch_mnist.sh" got
}
# Nothing may be left of a download that failed, not even a hidden file.
left() { ls -A got; }
nothing_left() { check "$1: nothing is left" [ -z "$(left)" ]; rm -rf got; }

try_all() {
  fetch "$base/good/"
  expect "$1: a good download" 0 "" "*MNIST is in got"
  check "$1: the files" [ "$(left | tr '\n' ' ')" = "train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz " ]
  check "$1: their content" cmp got/train-images-idx3-ubyte.gz images.gz
  fetch "$base/gone"
  expect "$1: what is there stays" 0 "" "*train-images-idx3-ubyte.gz is there*MNIST is in got"
  echo damaged >got/train-labels-idx1-ubyte.gz
  fetch "$base/good"
  expect "$1: a damaged file is replaced" 0 "" "*images*is there*labels*MNIST is in got"
  rm -rf got

  for mode in short quiet gone; do
    fetch "$base/$mode"
    expect "$1: $mode" 1 "" "*no mirror has a good train-images-idx3-ubyte.gz*"
    nothing_left "$1: $mode"
  done
  fetch "$base/gone $base/short $base/good"
  expect "$1: the next mirror" 0 "" "*gone/*short/*good/*MNIST is in got"
  rm -rf got

  mv served/train-images-idx3-ubyte.gz aside
  fetch "$base/good"
  expect "$1: 404" 1 "" "*404*no mirror has a good train-images-idx3-ubyte.gz*"
  nothing_left "$1: 404"
  echo other | gzip >served/train-images-idx3-ubyte.gz
  fetch "$base/good"
  expect "$1: a wrong sum" 1 "" "*is not what was published*no mirror has*"
  nothing_left "$1: a wrong sum"
  mv aside served/train-images-idx3-ubyte.gz

  # Interrupted in the middle of a download: perl, because a shell's background commands ignore SIGINT.
  export MAH_MNIST_URL="$base/stalls"
  for signal in INT TERM; do
    PATH="$path" perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' sh "$ROOT/scripts/fetch_mnist.sh" got \
      2>.err &
    pid=$!
    wait_for 20 sh -c 'cat got/.*.part | grep -q .'
    kill -$signal $pid
    wait $pid
    status=$? out= err=$(cat .err)
    expect "$1: SIG$signal" "1[34][03]" "" "*fetch_mnist: *"
    nothing_left "$1: SIG$signal"
  done
}

# A folder with what the script needs, but for curl.
mkdir tools
for tool in sh env dirname sed cut cat gzip md5sum rm mv mkdir chmod perl; do
  ln -s "$(command -v $tool)" tools/$tool
done

have() { command -v "$1" >/dev/null; }
if have curl; then try_all curl; else skip "there is no curl"; fi
path=$HERE/tools
fetch "$base/good"
expect "neither curl nor wget" 1 "" "*curl or wget is needed*"
if have wget; then
  ln -s "$(command -v wget)" tools/wget
  try_all wget
else
  skip "there is no wget"
fi
path=$PATH

kill $server
wait $server 2>/dev/null
fetch "$base/good"
expect "the server is gone" 1 "" "*cannot be downloaded*no mirror has*"
nothing_left "the server is gone"
touch got
fetch "$base/good"
expect "a file is in the folder's place" 1 "" "*cannot make the folder got*"

run env -u MAH_MNIST_MD5 MAH_MNIST_URL="$base" sh "$ROOT/scripts/fetch_mnist.sh" one two
expect "too many arguments" 1 "" "*one folder is expected, got 2*"
run sh "$ROOT/scripts/fetch_mnist.sh" --nonsense
expect "an unknown option" 2 "" "fetch_mnist.sh - *"
mkdir share share/mah && ln -s "$HERE/data" share/mah/mnist && mkdir data
cp served/*.gz data/
run env XDG_DATA_HOME="$HERE/share" sh "$ROOT/scripts/fetch_mnist.sh" --xdg
expect "--xdg" 0 "" "*share/mah/mnist/train-labels-idx1-ubyte.gz is there*"

if [ -n "${MAH_MNIST:-}" ]; then
  mkdir mnist && cp "$MAH_MNIST"/*.gz mnist/
  run env -u MAH_MNIST_MD5 sh "$ROOT/scripts/fetch_mnist.sh" mnist
  expect "the published sums" 0 "" "*train-images*is there*t10k-labels*is there*"
else
  skip "MAH_MNIST is not set: the published sums are not compared"
fi

finish
