#!/bin/sh
# ml_fnn_activation.sh - each of ml-fnn's fourteen activations is tanh.
#
# Versions:    npm ml-fnn 5.0.0 (the registry's "latest") with ml-matrix 6.15.1.
# Expectation: activation "relu", "identity" or "logistic" is used (its documentation lists fourteen
#              and says which is the default); a name that is not known is refused.
# Guess:       none was written down before its code was read; that a regularization of 0 turns it
#              off seemed sure.
# Behaviour:   the name is looked for among the INDICES of the list of names, where it never is, and
#              tanh takes its place: for "relu" as for "rleu", without a word. A hidden value never
#              passes 1, whatever was asked for. A regularization of 0 counts as not given: .01.
# Output:      see `wanted` below: what toJSON names, and the hidden layer of one unit with weight 2
#              and no bias for x = 3: 6 for relu and identity, .9975 for logistic, .99999 for tanh.
# For readers: a comparison of activations that was made there compares tanh with tanh; a model
#              file from there says "tanh", and is right.
set -eu
wanted='relu: tanh, hidden 0.99999
identity: tanh, hidden 0.99999
logistic: tanh, hidden 0.99999
softplus: tanh, hidden 0.99999
rleu: tanh, hidden 0.99999
regularization 0: 0.01'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "ml_fnn_activation: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent ml-fnn@5.0.0 ml-matrix@6.15.1 \
  >npm.log 2>&1 || { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
const Network = require("ml-fnn");
for (const activation of ["relu", "identity", "logistic", "softplus", "rleu"]) {
  const net = new Network({ activation, hiddenLayers: [1], iterations: 1 });
  net.train([[0], [1]], ["a", "b"]);
  net.model[0].W.set(0, 0, 2);
  net.model[0].b.set(0, 0, 0);
  net.predict([[3]]);
  const name = JSON.parse(JSON.stringify(net)).activation;
  console.log(`${activation}: ${name}, hidden ${net.model[0].a.get(0, 0).toFixed(5)}`);
}
console.log("regularization 0:", new Network({ regularization: 0 }).regularization);
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "ml_fnn_activation: this has changed" >&2; exit 1; }
