#!/bin/sh
# idx_data_batches.sh - npm's idx-data writes IDX files of at most 1,024 numbers; the rest is lost.
#
# Versions:    npm idx-data 1.1.0 (the registry's "latest"), with tslib 1.14.1, which it needs and
#              does not name.
# Expectation: saveBits writes what loadBits reads, for arrays of any size: batches are there "to
#              reduce memory consumption". MNIST's labels alone are 60,000 numbers.
# Guess:       any size, perhaps slowly; doubts came with its code, before it was run.
# Behaviour:   each batch of 1,024 numbers has a buffer of its own, in which they are written at
#              their places in the whole array: from the second batch on beyond its end. The call
#              fails with a RangeError, and the file stays: a header for all numbers, and behind it
#              1,024 at most. loadBits reads that without a word, the missing numbers as 0.
# Output:      see `wanted` below.
# For users:   compare the size of such a file with its header, or write through NumPy. Mah's IDX
#              reader says how many bytes are missing.
set -eu
wanted='uint8 1024: saved, 1024 numbers, the last one 7
uint8 1025: RangeError; the file is there
read again: 1025 numbers, the last one 0'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "idx_data_batches: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent idx-data@1.1.0 tslib@1.14.1 \
  >npm.log 2>&1 || { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
const fs = require("fs");
const idx = require("idx-data");

async function save(n) {
  const file = `${n}.idx`;
  const data = new Uint8Array(n).fill(7);
  const said = await idx.saveBits(data, [n], file).then(() => "saved", (error) => error.name);
  await new Promise((done) => setTimeout(done, 500)); // what was written goes out
  return { said, file };
}

(async () => {
  const small = await save(1024);
  const read = await idx.loadBits(small.file);
  const count = `${read.data.length} numbers, the last one ${read.data[1023]}`;
  console.log(`uint8 1024: ${small.said}, ${count}`);
  const large = await save(1025);
  const is = fs.existsSync(large.file) ? "is there" : "is not there";
  console.log(`uint8 1025: ${large.said}; the file ${is}`);
  const again = await idx.loadBits(large.file);
  console.log(`read again: ${again.data.length} numbers, the last one ${again.data[1024]}`);
})();
JS
found=$(node probe.js)
echo "$found"
[ "$found" = "$wanted" ] || { echo "idx_data_batches: this has changed" >&2; exit 1; }
