#!/bin/sh
# brainjs_leaky_relu.sh - brain.js's leaky-relu does not leak, and its JSON forgets the slope.
#
# Versions:    npm brain.js 1.6.1 (the registry's "latest").
# Expectation: activation "leaky-relu" with leakyReluAlpha a is x above 0 and a x below (its README
#              links to that definition); toJSON and fromJSON give the same network again.
# Guess:       a copy by JSON predicts the same. (It did not, which led to the formula.)
# Behaviour:   it computes 0 below 0 and a x ABOVE, in run() and in toFunction(): relu times a.
#              toJSON names the activation but not the slope, and fromJSON sets it back to .01, even
#              in a network that was made with another one.
# Output:      see `wanted` below; a network of one weight 1 and no bias, slope .25.
# For readers: a reader of such a model must ask for the slope, and must not take the name at its
#              word.
set -eu
wanted='leaky ReLU: -0.25 and 1
run(-1), run(1): 0 0.25
toFunction()(-1), (1): 0 0.25
copy by JSON, run(1): 0.01'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "brainjs_leaky_relu: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent brain.js@1.6.1 >npm.log 2>&1 ||
  { cat npm.log >&2; exit 2; }

cat >leaky.js <<'JS'
const { NeuralNetwork } = require("brain.js");
const settings = { activation: "leaky-relu", leakyReluAlpha: 0.25 };
const model = {
  sizes: [1, 1],
  layers: [{ 0: {} }, { 0: { bias: 0, weights: { 0: 1 } } }],
  outputLookup: false,
  inputLookup: false,
  activation: "leaky-relu",
};
const net = new NeuralNetwork(settings);
net.fromJSON(model);
net.leakyReluAlpha = 0.25; // fromJSON has just set it back
net.setActivation();
const run = net.toFunction();
const copy = new NeuralNetwork(settings);
copy.fromJSON(JSON.parse(JSON.stringify(net.toJSON())));
const show = (label, ...values) =>
  console.log(`${label}: ${values.map((v) => +v.toPrecision(6)).join(" ")}`);
console.log("leaky ReLU: -0.25 and 1");
show("run(-1), run(1)", net.run([-1])[0], net.run([1])[0]);
show("toFunction()(-1), (1)", run([-1])[0], run([1])[0]);
show("copy by JSON, run(1)", copy.run([1])[0]);
JS
seen=$(node leaky.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "brainjs_leaky_relu: this has changed" >&2; exit 1; }
