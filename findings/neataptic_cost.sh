#!/bin/sh
# neataptic_cost.sh - neataptic trains the same network for every cost, and one cost ends training.
#
# Versions:    npm neataptic 1.4.7 (the registry's "latest").
# Expectation: train({cost: ...}) minimises that cost: a constant that is fitted to .1 .1 .1 .1 .5
#              ends at the mean .18 for the squared error and at the median .1 for the absolute one.
# Guess:       that.
# Behaviour:   the cost is computed for the number that is reported and compared with `error`, and
#              nothing else. The output's delta is target - output for all of them, which is the
#              gradient of the cross entropy behind a logistic output, of no other cost but the
#              squared error behind the identity. So MAE ends at .18 with an error of .128, where
#              .080 can be had. And MSLE, the mean squared logarithmic error, is a sum without a
#              square: too large an output has a negative error, which is below any limit, so that
#              training stops after the first pass.
# Output:      see `wanted` below; the input is 0, so that only the bias of a logistic output
#              learns, from .5 on; 4000 passes of .1, limit .001.
# For users:   compare nothing by cost that was trained there, and no error of it with another
#              library's. In Mah a loss is what is minimised, and mah.gradcheck holds each gradient
#              against differences of its loss, so that it does not touch Mah.
set -eu
wanted='MSE: output 0.180, error 0.026, passes 4000
MAE: output 0.180, error 0.128, passes 4000
the median: output 0.100, error 0.080
CROSS_ENTROPY: output 0.180, error 0.471, passes 4000
HINGE: output 0.180, error 0.968, passes 4000
MSLE: output 0.460, error -1.288, passes 1'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "neataptic_cost: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent neataptic@1.4.7 >npm.log 2>&1 ||
  { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
const { Network, methods } = require("neataptic");
const targets = [0.1, 0.1, 0.1, 0.1, 0.5];
const examples = targets.map((target) => ({ input: [0], output: [target] }));
const neuron = { bias: 0, squash: "LOGISTIC", mask: 1 };
const blank = {
  input: 1,
  output: 1,
  dropout: 0,
  nodes: [
    { ...neuron, type: "input", index: 0 },
    { ...neuron, type: "output", index: 1 },
  ],
  connections: [{ weight: 0, from: 0, to: 1, gater: null }],
};
const options = { iterations: 4000, rate: 0.1, batchSize: targets.length, error: 0.001 };

for (const name of ["MSE", "MAE", "CROSS_ENTROPY", "HINGE", "MSLE"]) {
  const net = Network.fromJSON(blank);
  const { error, iterations } = net.train(examples, { ...options, cost: methods.cost[name] });
  const output = net.activate([0])[0].toFixed(3);
  console.log(`${name}: output ${output}, error ${error.toFixed(3)}, passes ${iterations}`);
  if (name !== "MAE") continue;
  const least = targets.reduce((sum, target) => sum + Math.abs(target - 0.1), 0) / 5;
  console.log(`the median: output 0.100, error ${least.toFixed(3)}`);
}
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "neataptic_cost: this has changed" >&2; exit 1; }
