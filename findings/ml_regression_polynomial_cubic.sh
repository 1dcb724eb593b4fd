#!/bin/sh
# ml_regression_polynomial_cubic.sh - a cubic through four points that misses them.
#
# Versions:    npm ml-regression-polynomial 4.0.0 (the registry's "latest").
# Expectation: a polynomial of degree 3 through 4 points passes through all of them, up to rounding:
#              numpy.polyfit is off by 1e-7 at x = 1001 ... 1004, and NumPy's Polynomial.fit, which
#              scales x first, by 1e-14.
# Guess:       off by 1e-6.
# Behaviour:   it solves the normal equations of the plain powers of x, whose condition is the square
#              of an ill-conditioned matrix's: it misses the points in the second digit behind the
#              point, and says nothing. Years are numbers of this size.
# Output:      see `wanted` below: the largest distance from y = 1, 4, 9, 16.5, in one digit.
# For readers: coefficients that come from there are to be checked on their own training data.
set -eu
wanted='x = 1, 2, 3, 4: below 1e-9
x = 1001 ... 1004: above 0.01'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "ml_regression_polynomial_cubic: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent ml-regression-polynomial@4.0.0 >npm.log 2>&1 ||
  { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
const { PolynomialRegression } = require("ml-regression-polynomial");
const y = [1, 4, 9, 16.5];
const miss = (x) => {
  const fit = new PolynomialRegression(x, y, 3);
  return Math.max(...x.map((v, i) => Math.abs(fit.predict(v) - y[i])));
};
console.log("x = 1, 2, 3, 4:", miss([1, 2, 3, 4]) < 1e-9 ? "below 1e-9" : "above");
console.log("x = 1001 ... 1004:", miss([1001, 1002, 1003, 1004]) > 0.01 ? "above 0.01" : "below");
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "ml_regression_polynomial_cubic: this has changed" >&2; exit 1; }
