#!/bin/sh
# convnetjs_tanh.sh - convnetjs's tanh of a large number is no number, on one side only.
#
# Versions:    npm convnetjs 0.3.0 (the registry's "latest").
# Expectation: tanh(1000) is 1 and tanh(-1000) is -1, as Math.tanh says.
# Guess:       1, and its last digits off for small numbers.
# Behaviour:   it computes (e^2x - 1) / (e^2x + 1), which is infinity over infinity from x = 355 on:
#              NaN, and the network's answer with it. On the negative side the same formula is right.
# Output:      see `wanted` below; one tanh unit between weights of 1.
# For readers: inputs that are not scaled are enough to get there; a model that is carried over
#              answers where the original answered NaN.
set -eu
wanted='tanh(354): 1
tanh(355): NaN
tanh(-355): -1
tanh(1000): NaN'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "convnetjs_tanh: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent convnetjs@0.3.0 >npm.log 2>&1 ||
  { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
const convnet = require("convnetjs");
const net = new convnet.Net();
net.makeLayers([
  { type: "input", out_sx: 1, out_sy: 1, out_depth: 1 },
  { type: "fc", num_neurons: 1, activation: "tanh" },
  { type: "regression", num_neurons: 1 },
]);
for (const layer of net.layers) {
  if (!layer.filters) continue;
  layer.filters[0].w[0] = 1;
  layer.biases.w[0] = 0;
}
for (const x of [354, 355, -355, 1000])
  console.log(`tanh(${x}): ${net.forward(new convnet.Vol([x]), false).w[0]}`);
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "convnetjs_tanh: this has changed" >&2; exit 1; }
