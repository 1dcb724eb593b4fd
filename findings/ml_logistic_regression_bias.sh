#!/bin/sh
# ml_logistic_regression_bias.sh - ml-logistic-regression cannot tell 5 and 6 from 8 and 9.
#
# Versions:    npm ml-logistic-regression 2.0.0 (the registry's "latest") with ml-matrix 6.15.1.
# Expectation: a logistic regression has an intercept; one feature with a gap between the classes is
#              the textbook's first example (scikit-learn and R's glm have one by default).
# Guess:       separable data are learnt.
# Behaviour:   the model is the sigmoid of w x alone, so its border goes through 0: of one feature
#              all positive values are one class. Its page does not say so, there is no option for
#              it, and training ends without a word. A column of ones makes it right.
# Output:      see `wanted` below: classes 0 0 1 1, 5000 steps of .05.
# For readers: a model from there has no bias, not a bias that was left out of the file; an accuracy
#              from there is no baseline for heights, prices or pixels as they come.
set -eu
wanted='5 6 8 9: 0 0 0 0
5 6 8 9 with a column of ones: 0 0 1 1
-2 -1 1 2: 0 0 1 1
parameters for 5 6 8 9: 1'

for tool in node npm; do
  command -v $tool >/dev/null ||
    { echo "ml_logistic_regression_bias: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent ml-logistic-regression@2.0.0 \
  ml-matrix@6.15.1 >npm.log 2>&1 || { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
const { Matrix } = require("ml-matrix");
const LogisticRegression = require("ml-logistic-regression");
const classes = Matrix.columnVector([0, 0, 1, 1]);
function fit(rows) {
  const model = new LogisticRegression({ numSteps: 5000, learningRate: 0.05 });
  model.train(new Matrix(rows), classes);
  return model;
}
function show(label, rows) {
  console.log(`${label}: ${fit(rows).predict(new Matrix(rows)).join(" ")}`);
}
const plain = [[5], [6], [8], [9]];
show("5 6 8 9", plain);
show("5 6 8 9 with a column of ones", plain.map(([x]) => [x, 1]));
show("-2 -1 1 2", [[-2], [-1], [1], [2]]);
const weights = JSON.parse(JSON.stringify(fit(plain))).classifiers[0].weights;
console.log(`parameters for 5 6 8 9: ${weights.flat().length}`);
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "ml_logistic_regression_bias: this has changed" >&2; exit 1; }
