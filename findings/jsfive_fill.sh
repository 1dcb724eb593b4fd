#!/bin/sh
# jsfive_fill.sh - where HDF5 has its fill value, jsfive has holes.
#
# Versions:    npm jsfive 0.4.2 (reads) and h5wasm 0.10.3 (the HDF5 library; writes and reads).
# Expectation: what was never written to an HDF5 data set reads as its fill value, 0 by default: a
#              data set that grew (a log of losses), or whose chunks are not all there.
# Guess:       jsfive gives the fill value.
# Behaviour:   the values of a chunk that is not in the file are missing elements of the array
#              (undefined): the length is right, JavaScript's reduce and forEach skip them, an index
#              or a typed array makes them NaN. A chunk written in part has its zeros.
# Output:      see `wanted` below: 1 2 3 in chunks of two, then grown to six.
# For readers: the same file gives a mean of 1 or NaN, by how the loop is written.
set -eu
wanted='h5wasm: 1 2 3 0 0 0
jsfive: 1 2 3 0 undefined undefined
length 6, elements 4
sum by reduce 6, by index NaN, of a Float32Array NaN'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "jsfive_fill: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent jsfive@0.4.2 h5wasm@0.10.3 \
  >npm.log 2>&1 || { cat npm.log >&2; exit 2; }

cat >fill.mjs <<'JS'
import { readFileSync } from "fs";
import * as jsfive from "jsfive";
import h5wasm from "h5wasm/node";

await h5wasm.ready;
const options = { name: "loss", data: new Float32Array([1, 2, 3]), shape: [3], dtype: "<f4" };
let file = new h5wasm.File("log.h5", "w");
file.create_dataset({ ...options, maxshape: [null], chunks: [2] });
file.get("loss").resize([6]);
file.close();
file = new h5wasm.File("log.h5", "r");
console.log("h5wasm:", [...file.get("loss").value].join(" "));
file.close();

const bytes = readFileSync("log.h5");
const content = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
const values = new jsfive.File(content, "log.h5").get("loss").value;
const add = (a, b) => a + b;
let sum = 0;
for (let i = 0; i < values.length; i++) sum += values[i];
console.log("jsfive:", Array.from(values, String).join(" "));
console.log(`length ${values.length}, elements ${Object.keys(values).length}`);
console.log(`sum by reduce ${values.reduce(add, 0)}, by index ${sum},`,
  `of a Float32Array ${Float32Array.from(values).reduce(add)}`);
JS
seen=$(node fill.mjs)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "jsfive_fill: this has changed" >&2; exit 1; }
