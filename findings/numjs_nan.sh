#!/bin/sh
# numjs_nan.sh - numjs shows NaN as 0.
#
# Versions:    npm numjs 0.16.1 and its TypeScript successor @d4c/numjs 0.17.35 (each the registry's
#              "latest"). numjs asks for sharp, which it needs for pictures only and which downloads
#              a binary; an empty package takes its place here.
# Expectation: an array that is printed shows its elements, NaN as NaN, as NumPy does, after which
#              numjs is modelled (its page shows numbers only).
# Guess:       softmax([1000, 1000]) is .5 .5. (It printed two zeros, which were taken for its
#              values at first; that they were NaN led to the printer.)
# Behaviour:   the printer formats "x or 0", and NaN counts as false: that softmax is two NaN and is
#              shown as two zeros, and so is a network that has come apart. tolist() has the NaN,
#              Infinity is shown as such, and the mean of the array shown as 1 0 3 Infinity is NaN.
# Output:      see `wanted` below.
# For users:   zeros in a log from there may be NaN; print tolist(). For those who write printers: a
#              test with inf, nan and -0 in a tensor is cheap.
set -eu
wanted='numjs: shown array([ 1, 0, 3, Infinity]), held 1 NaN 3 Infinity, mean NaN
numjs: softmax shown array([ 0, 0]), held NaN NaN
@d4c/numjs: shown array([ 1, 0, 3, Infinity]), held 1 NaN 3 Infinity, mean NaN
@d4c/numjs: softmax shown array([ 0, 0]), held NaN NaN'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "numjs_nan: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
mkdir empty
echo '{"name": "sharp", "version": "0.27.2", "main": "index.js"}' >empty/package.json
echo 'module.exports = {};' >empty/index.js
echo '{"dependencies": {"sharp": "file:empty"}, "overrides": {"sharp": "$sharp"}}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent numjs@0.16.1 @d4c/numjs@0.17.35 \
  >npm.log 2>&1 || { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
for (const name of ["numjs", "@d4c/numjs"]) {
  const loaded = require(name);
  const nj = loaded.default || loaded;
  // Columns are padded; by how much is not the point.
  const shown = (array) => String(array).replace(/ +/g, " ").replace(/,(?! )/g, ", ");
  const held = (array) => array.tolist().join(" ");
  const array = nj.array([1, NaN, 3, Infinity]);
  console.log(`${name}: shown ${shown(array)}, held ${held(array)}, mean ${nj.mean(array)}`);
  const soft = nj.softmax(nj.array([1000, 1000]));
  console.log(`${name}: softmax shown ${shown(soft)}, held ${held(soft)}`);
}
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "numjs_nan: this has changed" >&2; exit 1; }
