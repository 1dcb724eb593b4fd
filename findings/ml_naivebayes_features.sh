#!/bin/sh
# ml_naivebayes_features.sh - ml-naivebayes's Gaussian model looks at two features, however many
# there are.
#
# Versions:    npm ml-naivebayes 4.0.0 (the registry's "latest") with ml-matrix 6.15.1.
# Expectation: the class with the largest sum of log probabilities over ALL features wins, in
#              whatever order they stand; one row is predicted like a hundred; and there is always a
#              winner (its comments: each row is predicted, labels are 0 to n - 1).
# Guess:       right classes for any offset and unit. The first try, two features and three rows,
#              was refused, which led to its code; the rest was foreseen from there.
# Behaviour:   the loop over the features takes its length from the pair of constants that is kept
#              for each feature: 2. The third feature and all after it are trained and never used
#              (of iris both of the petal). The sum becomes a probability before it is compared,
#              and where all are 0 in a double, the class is -1. And the check of the number of
#              features looks at the number of ROWS: features + 1 of them are refused.
# Output:      see `wanted` below: three features, of which one tells the classes apart, as the
#              third and as the first one.
# For readers: scores of "naive Bayes" from there are those of the first two columns. A -1 among the
#              classes is a row far from all of them.
set -eu
wanted='decisive one third: 0 0 0 0 0 0
decisive one first: 0 0 0 1 1 1
third at -1000, 1000: 0 0
first at 40, 50: 1 -1
1 to 5 rows: right right right RangeError right'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "ml_naivebayes_features: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent ml-naivebayes@4.0.0 \
  ml-matrix@6.15.1 >npm.log 2>&1 || { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
const { GaussianNB } = require("ml-naivebayes");
const last = [[1, 5, 0], [2, 6, 1], [3, 7, 2], [1, 5, 10], [2, 6, 11], [3, 7, 12]];
const first = last.map(([a, b, c]) => [c, a, b]);
const classes = [0, 0, 0, 1, 1, 1];
function trained(rows) {
  const model = new GaussianNB();
  model.train(rows, classes);
  return model;
}
const [third, one] = [trained(last), trained(first)];
console.log("decisive one third:", ...third.predict(last));
console.log("decisive one first:", ...one.predict(first));
console.log("third at -1000, 1000:", ...third.predict([[2, 6, -1000], [2, 6, 1000]]));
console.log("first at 40, 50:", ...one.predict([[40, 2, 6], [50, 2, 6]]));
const said = [1, 2, 3, 4, 5].map((n) => {
  try {
    return one.predict(first.slice(0, n)).every((c, i) => c === classes[i]) ? "right" : "wrong";
  } catch (error) {
    return error.name;
  }
});
console.log("1 to 5 rows:", ...said);
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "ml_naivebayes_features: this has changed" >&2; exit 1; }
