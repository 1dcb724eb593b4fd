#!/bin/sh
# ml_confusion_matrix_omission.sh - ml-confusion-matrix's false omission rate is another rate.
#
# Versions:    npm ml-confusion-matrix 2.0.0 (the registry's "latest").
# Expectation: the false omission rate is FN / (FN + TN), the wrong part of all that was called
#              negative: 1 less the negative predictive value, as its neighbour, the false discovery
#              rate, is 1 less the positive one.
# Guess:       none was written down before its code was read; that the rates are what they are
#              called went without saying.
# Behaviour:   it divides by FN + TP, which is the false NEGATIVE rate under a second name. With few
#              positives, as in screening, that is many times too large: here 1 of 2 instead of 1 of
#              98, and the two numbers that should make 1 make 1.49.
# Output:      see `wanted` below: 1 positive found, 1 missed, 1 false alarm, 97 negatives.
# For users:   recompute it from getConfusionTable before it stands beside another tool's. For one's
#              own metrics: rates that are each other's complement are a test that costs one line.
set -eu
wanted='table: [[1,1],[1,97]]
false omission rate: 0.5000, 1 - negative predictive value: 0.0102
false negative rate: 0.5000
false discovery rate: 0.5000, 1 - positive predictive value: 0.5000'

for tool in node npm; do
  command -v $tool >/dev/null ||
    { echo "ml_confusion_matrix_omission: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent ml-confusion-matrix@2.0.0 \
  >npm.log 2>&1 || { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
const { ConfusionMatrix } = require("ml-confusion-matrix");
const m = new ConfusionMatrix([[1, 1], [1, 97]], ["ill", "well"]);
const rate = (x) => x.toFixed(4);
console.log("table:", JSON.stringify(m.getConfusionTable("ill")));
console.log(`false omission rate: ${rate(m.getFalseOmissionRate("ill"))},`,
  `1 - negative predictive value: ${rate(1 - m.getNegativePredictiveValue("ill"))}`);
console.log("false negative rate:", rate(m.getFalseNegativeRate("ill")));
console.log(`false discovery rate: ${rate(m.getFalseDiscoveryRate("ill"))},`,
  `1 - positive predictive value: ${rate(1 - m.getPositivePredictiveValue("ill"))}`);
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "ml_confusion_matrix_omission: this has changed" >&2; exit 1; }
