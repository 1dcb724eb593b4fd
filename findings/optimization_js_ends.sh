#!/bin/sh
# optimization_js_ends.sh - optimization-js tries the first and the last choice half as often.
#
# Versions:    npm optimization-js 1.5.0 (the registry's "latest"), for hyperparameter search.
# Expectation: a random search gives each category and each whole number between the bounds the same
#              chance; the comments above both say "uniformly distributed".
# Guess:       none was written down before its code was read; equal shares would have been it.
# Behaviour:   it rounds u (n - 1) to the nearest place instead of cutting u n off, so the two ends
#              have half a step each: of three optimizers the middle one is half of all trials, and
#              of the layers 1 ... 10 both 1 and 10 come up in one of 18 trials. Two are fair. The
#              search by mutation takes its new categories the same way.
# Output:      see `wanted` below; 1800 draws whose random numbers are the middles of as many equal
#              parts of [0, 1), so that fair shares would be 600, 180 and 900.
# For users:   draw an index from Real(0, n) and cut it. mah.search.choice and mah.search.integer
#              are even, and tests/lua/sweep/space_spec.lua counts them.
set -eu
wanted='sgd 450, adam 900, lbfgs 450
1 100, 2 200, 3 200, 4 200, 5 200, 6 200, 7 200, 8 200, 9 200, 10 100
yes 900, no 900'

for tool in node npm tar; do
  command -v $tool >/dev/null || { echo "optimization_js_ends: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
# Not installed: what it says it depends on (a bundler, a release tool) it does not use.
npm pack --silent optimization-js@1.5.0 >npm.log 2>&1 || { cat npm.log >&2; exit 2; }
tar -xzf optimization-js-1.5.0.tgz

cat >probe.js <<'JS'
const { Categorical, Integer } = require("./package");
const draws = 1800;
let drawn = 0;
Math.random = () => ((drawn++ % draws) + 0.5) / draws;

function show(values, dimension) {
  const counts = new Map(values.map((value) => [value, 0]));
  for (let i = 0; i < draws; i++) {
    const value = dimension.random_sample();
    counts.set(value, counts.get(value) + 1);
  }
  console.log([...counts].map((pair) => pair.join(" ")).join(", "));
}

const solvers = ["sgd", "adam", "lbfgs"];
show(solvers, Categorical(solvers));
show([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], Integer(1, 10));
show(["yes", "no"], Categorical(["yes", "no"]));
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "optimization_js_ends: this has changed" >&2; exit 1; }
