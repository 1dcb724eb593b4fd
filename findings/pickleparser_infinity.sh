#!/bin/sh
# pickleparser_infinity.sh - pickleparser reads infinity as NaN, in one of the pickle protocols.
#
# Versions:    npm pickleparser 0.2.1 (the registry's "latest").
# Expectation: float("inf") comes back as Infinity from whatever protocol it was pickled with.
# Guess:       it does.
# Behaviour:   protocol 0 writes floats as text, infinity as "inf", which JavaScript's number parser
#              does not know: Infinity and -Infinity come back as NaN. From protocol 1 on, where
#              floats are eight bytes, they are right. There is no error.
# Output:      see `wanted` below; pickles of [inf, -inf, 0.5], as Python's pickletools shows them.
# For readers: a best score that begins as -inf, or an upper bound of a search, is found in models'
#              files; a reader that takes numbers of text must know Python's words inf, -inf and nan.
set -eu
wanted='protocol 0: NaN NaN 0.5
protocol 1: Infinity -Infinity 0.5'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "pickleparser_infinity: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent pickleparser@0.2.1 >npm.log 2>&1 ||
  { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
const { Parser } = require("pickleparser");
const text = "(lp0\nFinf\naF-inf\naF0.5\na.";
const double = (x) => {
  const bytes = Buffer.alloc(9);
  bytes.write("G", 0, "latin1");
  bytes.writeDoubleBE(x, 1);
  return bytes;
};
const binary = Buffer.concat([
  Buffer.from("]q\0(", "latin1"),
  ...[Infinity, -Infinity, 0.5].map(double),
  Buffer.from("e.", "latin1"),
]);
console.log("protocol 0:", ...new Parser().parse(Buffer.from(text)));
console.log("protocol 1:", ...new Parser().parse(binary));
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "pickleparser_infinity: this has changed" >&2; exit 1; }
