#!/bin/sh
# ml_levenberg_marquardt_weights.sh - a fit that fails when all points get the weight 2.
#
# Versions:    npm ml-levenberg-marquardt 5.1.0 (the registry's "latest").
# Expectation: the same weight for all points changes nothing of a fit: the sum of squares is larger by
#              a factor, its minimum lies where it was. So SciPy's curve_fit with one sigma for all.
# Guess:       the same parameters with any constant weight; fewer digits, as the tolerance is absolute.
# Behaviour:   weights = 1 finds y = 2 exp(-x / 2), of which the points are made, within 11 steps. With
#              3 for all, or 1, 2, ... 8, the first guess comes back after one step, as the result and
#              without a word; 2 ends in "LU matrix is singular", 4 in "Matrix is not symmetric". The
#              weights are applied to one side of J'WJ in another way than to the residuals.
# Output:      see `wanted` below.
# For readers: mah.minimize{method = "LM"} takes no weights: residuals are multiplied by their root.
set -eu
wanted='weights 1: 2.000 0.500
weights 2: LU matrix is singular
weights 3: 1.000 1.000
weights 4: Matrix is not symmetric
weights 1,2,3,4,5,6,7,8: 1.000 1.000'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "ml_levenberg_marquardt_weights: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent ml-levenberg-marquardt@5.1.0 ml-matrix@6.15.1 \
  >npm.log 2>&1 || { cat npm.log >&2; exit 2; }

cat >probe.mjs <<'JS'
import { levenbergMarquardt } from "ml-levenberg-marquardt";
const x = [0, 1, 2, 3, 4, 5, 6, 7];
const y = x.map((t) => 2 * Math.exp(-t / 2));
const model = ([a, b]) => (t) => a * Math.exp(-b * t);
for (const weights of [1, 2, 3, 4, x.map((t) => 1 + t)]) {
  let text;
  try {
    const fit = levenbergMarquardt({ x, y }, model, { initialValues: [1, 1], weights });
    text = fit.parameterValues.map((v) => v.toFixed(3)).join(" ");
  } catch (error) {
    text = error.message;
  }
  console.log(`weights ${weights}: ${text}`);
}
JS
seen=$(node probe.mjs)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "ml_levenberg_marquardt_weights: this has changed" >&2; exit 1; }
