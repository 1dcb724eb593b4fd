#!/bin/sh
# cbor_big_endian.sh - cbor reads the same big-endian array right every other time.
#
# Versions:    npm cbor 10.0.12 (the registry's "latest"); cbor-x 1.6.9 as the other reader.
# Expectation: decode takes bytes and gives values; read again, the same bytes give the same values.
#              Arrays of either byte order have tags (RFC 8746), and its README lists both.
# Guess:       1.5 from every call.
# Behaviour:   on a little-endian machine the bytes of a big-endian array are turned round in place,
#              in the caller's buffer, and copied afterwards. The first answer is right; the buffer
#              still says "big-endian" and is not any more, so that the second one is 3.14e-319 for
#              1.5 and 32768 for 128, without an error. The third is right again. A checksum over
#              the bytes after one reading is another one than before. cbor-x turns a copy.
# Output:      see `wanted` below: three readings, and whether the bytes are as they were after one.
# For users:   give it a copy wherever bytes are kept: a cache, a memory-mapped file, a message that
#              is passed on. Mah reads and writes no CBOR, and turns the numbers of .npy files in
#              memory of its own.
set -eu
wanted='cbor, float64 big-endian: 1.5 3.13984e-319 1.5, bytes changed
cbor, uint16 big-endian: 1,128 256,32768 1,128, bytes changed
cbor, float64 little-endian: 1.5 1.5 1.5, bytes kept
cbor-x, float64 big-endian: 1.5 1.5 1.5, bytes kept
cbor-x, uint16 big-endian: 1,128 1,128 1,128, bytes kept
cbor-x, float64 little-endian: 1.5 1.5 1.5, bytes kept'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "cbor_big_endian: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent cbor@10.0.12 cbor-x@1.6.9 \
  >npm.log 2>&1 || { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
// A tag in one byte, then a byte string: d8 TAG, 40 + length, the elements.
const arrays = {
  "float64 big-endian": "d852 48 3ff8000000000000",
  "uint16 big-endian": "d841 44 0001 0080",
  "float64 little-endian": "d856 48 000000000000f83f",
};
for (const name of ["cbor", "cbor-x"]) {
  const { decode } = require(name);
  for (const [kind, hex] of Object.entries(arrays)) {
    const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
    const before = Buffer.from(bytes);
    const first = decode(bytes);
    const state = bytes.equals(before) ? "kept" : "changed";
    const readings = [first, decode(bytes), decode(bytes)].join(" ");
    console.log(`${name}, ${kind}: ${readings}, bytes ${state}`);
  }
}
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "cbor_big_endian: this has changed" >&2; exit 1; }
