#!/bin/sh
# synaptic_squash.sh - synaptic goes on with the activation that it was first used with.
#
# Versions:    npm synaptic 1.1.4 (the registry's "latest").
# Expectation: layer.set({squash: ...}) sets the activation (its README does so); the network
#              predicts with it, and so does its copy by JSON.
# Guess:       the same number three times.
# Behaviour:   the first activate() writes a function with the activations of that moment in it, and
#              all later calls use that function. set() changes the neurons only: the network itself
#              predicts as before, while toJSON (which reads the neurons) gives a copy that predicts
#              with the new activation. The file differs from the network that it was made of.
# Output:      see `wanted` below; 1-1-1, all weights 1, no bias, x = 2, first logistic, then identity.
# For readers: check a model that comes from there against predictions of the file, not of the
#              program that wrote it.
set -eu
wanted='logistic: 0.7070
set to identity: 0.7070
its copy by JSON: 2.0000'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "synaptic_squash: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent synaptic@1.1.4 >npm.log 2>&1 ||
  { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
const { Architect, Network, Neuron } = require("synaptic");
const net = new Architect.Perceptron(1, 1, 1);
for (const layer of [net.layers.hidden[0], net.layers.output])
  for (const neuron of layer.list) neuron.bias = 0;
for (const layer of [net.layers.input, net.layers.hidden[0]])
  for (const neuron of layer.list)
    for (const c of Object.values(neuron.connections.projected)) c.weight = 1;
const show = (what, n) => console.log(`${what}: ${n.activate([2])[0].toFixed(4)}`);
show("logistic", net);
for (const layer of [net.layers.hidden[0], net.layers.output])
  layer.set({ squash: Neuron.squash.IDENTITY });
show("set to identity", net);
show("its copy by JSON", Network.fromJSON(JSON.parse(JSON.stringify(net.toJSON()))));
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "synaptic_squash: this has changed" >&2; exit 1; }
