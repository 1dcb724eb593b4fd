#!/bin/sh
# jstat_poisson.sh - in jStat the probability of at most 150 events is infinite.
#
# Versions:    npm jstat 1.9.6 (the registry's "latest").
# Expectation: poisson.cdf(k, l) is a number in [0, 1]; for l = 150 about .52 at k = 150, and near 1
#              at k = 200 (SciPy: .5217, .99996).
# Guess:       right to ten digits, perhaps 1 where it is .99996.
# Behaviour:   each term is l^k e^-l / k! with the power and the factorial computed by themselves:
#              150^142 overflows, and from k = 171 on so does 171!. The cdf is Infinity and then NaN,
#              without an error. Counts of a hundred and a half are nothing rare.
# Output:      see `wanted` below.
# For readers: a table of probabilities made there may hold Infinity and NaN, which JSON turns into
#              null; read such a column as missing.
set -eu
wanted='cdf(100, 150): 0.000009050
cdf(150, 150): Infinity
cdf(200, 150): NaN
as JSON: [0.000009050259570857878,null,null]'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "jstat_poisson: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent jstat@1.9.6 >npm.log 2>&1 ||
  { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
const { jStat } = require("jstat");
const all = [100, 150, 200].map((k) => {
  const p = jStat.poisson.cdf(k, 150);
  console.log(`cdf(${k}, 150): ${isFinite(p) ? p.toFixed(9) : p}`);
  return p;
});
console.log(`as JSON: ${JSON.stringify(all)}`);
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "jstat_poisson: this has changed" >&2; exit 1; }
