#!/bin/sh
# netcdfjs_padding.sh - three small integers of a netCDF file come back as four, -1 of them as 255.
#
# Versions:    npm netcdfjs 4.0.0 (the registry's "latest").
# Expectation: a variable has as many values as its dimensions say, and its type "byte" is signed:
#              the classic format's specification says both, and that the bytes up to a multiple of
#              four are padding.
# Guess:       the three numbers, signed; doubts came with its code, before it was run.
# Behaviour:   it divides the padded size by the size of an element: three shorts are four numbers,
#              and 3 x 3 shorts are ten, the last of which is the fill value -32767 that SciPy
#              writes there (and does not read back). Of a record variable each number becomes a
#              pair with it. Bytes are read unsigned, each as a list of its own. Floats and ints
#              have no padding and are right. There is no error; the mean of 1 2 3 is -8190.25.
# Output:      see `wanted` below.
# For users:   cut each variable to the product of its dimensions, take the first of each pair, and
#              count bytes from 128 on as negative. It does not touch Mah, which reads no netCDF.
set -eu
wanted='short n(3): 1 2 3 -32767
their mean: -8190.25
byte b(3): [255] [0] [1] [129]
int i(3): 1 2 3
record short r(2): [1,-32767] [2,-32767]
record float f(2): 0.5 0.25'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "netcdfjs_padding: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent netcdfjs@4.0.0 >npm.log 2>&1 ||
  { cat npm.log >&2; exit 2; }

cat >probe.mjs <<'JS'
import { NetCDFReader } from "netcdfjs";

// The classic format: all numbers big-endian, everything in multiples of four bytes.
const int = (x) => x.toString(16).padStart(8, "0");
const name = (letter) => int(1) + Buffer.from(`${letter}\0\0\0`).toString("hex");
const none = int(0) + int(0); // no attributes
const [byte, short, whole, float] = [1, 3, 4, 5];
const variables = [
  { name: "n", type: short, dimension: 1, size: 8, data: "000100020003" + "8001" },
  { name: "b", type: byte, dimension: 1, size: 4, data: "ff0001" + "81" },
  { name: "i", type: whole, dimension: 1, size: 12, data: int(1) + int(2) + int(3) },
  { name: "r", type: short, dimension: 0, size: 4 },
  { name: "f", type: float, dimension: 0, size: 4 },
];
const records = "0001" + "8001" + "3f000000" + "0002" + "8001" + "3e800000";
const dimensions = int(10) + int(2) + name("t") + int(0) + name("n") + int(3);
function header(start) {
  let at = start;
  const list = variables.map((v) => {
    const entry = name(v.name) + int(1) + int(v.dimension) + none + int(v.type) + int(v.size);
    at += v.size;
    return entry + int(at - v.size);
  });
  return "43444601" + int(2) + dimensions + none + int(11) + int(list.length) + list.join("");
}
const length = header(0).length / 2;
const fixed = variables.map((v) => v.data ?? "").join("");
const file = Buffer.from(header(length) + fixed + records, "hex");

const reader = new NetCDFReader(file);
const show = (label, values) => console.log(`${label}: ${values.map(text).join(" ")}`);
const text = (x) => (typeof x === "number" ? x : JSON.stringify(x));
const n = reader.getDataVariable("n");
show("short n(3)", n);
console.log(`their mean: ${n.reduce((a, b) => a + b) / n.length}`);
show("byte b(3)", reader.getDataVariable("b"));
show("int i(3)", reader.getDataVariable("i"));
show("record short r(2)", reader.getDataVariable("r"));
show("record float f(2)", reader.getDataVariable("f"));
JS
seen=$(node probe.mjs)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "netcdfjs_padding: this has changed" >&2; exit 1; }
