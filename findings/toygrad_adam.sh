#!/bin/sh
# toygrad_adam.sh - toygrad's Adam with a learning rate of .001 makes steps of .01, then of .04.
#
# Versions:    npm toygrad 2.6.0 (the registry's "latest").
# Expectation: Adam divides its two running means by 1 - beta^t (Kingma, Ba 2015, algorithm 1), so
#              that under a constant gradient each step is the learning rate, from the first one on.
# Guess:       none was written down before its code was read; 1 everywhere would have been it.
# Behaviour:   it MULTIPLIES by 1 - beta^t, which does not take the bias of the start away but
#              squares it. The first step is 10 learning rates, the steps grow to 43 at the twelfth
#              and need thousands to come down to one. And t does count examples, so that the size
#              of the first steps depends on the batch, too.
# Output:      see `wanted` below: steps in learning rates, gradient -1 every time; all should be 1.
# For readers: a learning rate that was tuned there is an order of magnitude too small elsewhere.
#              For one's own Adam, a test of the first step under a constant gradient is enough.
set -eu
wanted='step 1: 10.00
step 2: 18.06
step 12: 43.15
step 100: 10.50
step 1000: 1.58
step 1 of a batch of 10: 20.64'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "toygrad_adam: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent toygrad@2.6.0 >npm.log 2>&1 ||
  { cat npm.log >&2; exit 2; }

cat >probe.mjs <<'JS'
import { NeuralNetwork, Tensor, Trainers } from "toygrad";

const learningRate = 1e-3;

// Steps of the one weight, set back to 0 after each; the target 1 makes the gradient -1.
function steps(batchSize, count) {
  const input = { type: "input", sx: 1, sy: 1, sz: 1 };
  const layers = [input, { type: "dense", filters: 1 }, { type: "regression" }];
  const net = new NeuralNetwork({ layers });
  const trainer = new Trainers.Adam(net, { learningRate, batchSize });
  const [weight, bias] = [net.layers[1].filters[0].w, net.layers[1].biases.w];
  return Array.from({ length: count }, () => {
    weight[0] = bias[0] = 0;
    for (let i = 0; i < batchSize; i++) trainer.train(new Tensor(1, 1, 1, [1]), [1]);
    return weight[0] / learningRate;
  });
}

const single = steps(1, 1000);
for (const t of [1, 2, 12, 100, 1000]) console.log(`step ${t}: ${single[t - 1].toFixed(2)}`);
console.log(`step 1 of a batch of 10: ${steps(10, 1)[0].toFixed(2)}`);
JS
seen=$(node probe.mjs)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "toygrad_adam: this has changed" >&2; exit 1; }
