#!/bin/sh
# float16_overflow.sh - the package float16 makes -0.23 of a thousand million.
#
# Versions:    npm float16 0.0.1 (the registry's "latest").
# Expectation: what is too large for a half-precision number becomes infinity (IEEE 754: from 65520
#              on), as with -Infinity and Infinity themselves; half of a last place goes to the even
#              neighbour.
# Guess:       nearest, ties to even, subnormals exact; Infinity for the large ones seemed sure.
# Behaviour:   float16ToByte does not bound the exponent. Just above the range it spells NaN
#              (70000), from 2^17 - 32 on it carries into the sign bit (-0, then small negative
#              numbers), and on from there the lower 16 of too many bits are anything (.5, 0). A tie
#              goes up. There is no error. Subnormals are right.
# Output:      see `wanted` below: the number, its bits in a Uint16Array, and what byteToFloat16
#              reads there.
# For readers: weights of a half-precision file may be such; a NaN or a -0 between large numbers was
#              perhaps no NaN and no 0.
set -eu
wanted='65504: 7bff 65504
65520: 7c00 Infinity
70000: 7c46 NaN
-100000: fe1b NaN
131072: 8000 -0
1000000000: b373 -0.2327880859375
2147483648: 3800 0.5
1e+38: 0000 0
1.00048828125: 3c01 1.0009765625
5.960464477539063e-8: 0001 5.960464477539063e-8'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "float16_overflow: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent float16@0.0.1 >npm.log 2>&1 ||
  { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
const { float16ToByte, byteToFloat16 } = require("float16");
const numbers = [65504, 65520, 7e4, -1e5, 2 ** 17, 1e9, 2 ** 31, 1e38, 1 + 2 ** -11, 2 ** -24];
for (const x of numbers) {
  const [bits] = Uint16Array.of(float16ToByte(x));
  const back = byteToFloat16(bits);
  const shown = Object.is(back, -0) ? "-0" : back;
  console.log(`${x}: ${bits.toString(16).padStart(4, "0")} ${shown}`);
}
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "float16_overflow: this has changed" >&2; exit 1; }
