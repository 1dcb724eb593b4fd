#!/bin/sh
# ndarray_determinant.sh - matrices that ndarray-inv inverts have the determinant 0.
#
# Versions:    npm ndarray-determinant 1.0.0 (the registry's "latest"; it factors by
#              ndarray-crout-decomposition 1.1.0), ndarray-inv 0.2.0, ndarray 1.1.1.
# Expectation: the determinant is 0 for singular matrices only; that of two rows exchanged is -1
#              (its page: the determinant of a square matrix, without a condition).
# Guess:       -1.
# Behaviour:   it is the product of the diagonal of L in a factorization without pivoting, which
#              gives up at the first zero on its way and answers false. Nobody looks at the answer:
#              what is left of the diagonal are the zeros that it was made with. So each matrix with
#              a singular corner (0 in the upper left, or 1 2 over 2 4) has the determinant 0; the
#              product with the inverse from the package next door is the identity.
# Output:      see `wanted` below; right are -2, -1, 13, -1 and 1.
# For readers: "singular" from there is said of permutations and of a quarter turn, too; take the
#              determinant of a factorization that exchanges rows.
set -eu
wanted='1 2, 3 4: -2
0 1, 1 0: 0, times its inverse: 1 0 0 1
0 2 1, 1 0 3, 2 1 0: 0, times its inverse: 1 0 0 0 1 0 0 0 1
1 2 0, 2 4 1, 0 1 1: 0, times its inverse: 1 0 0 0 1 0 0 0 1
0 -1, 1 0: 0, times its inverse: 1 0 0 1'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "ndarray_determinant: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent ndarray@1.1.1 \
  ndarray-determinant@1.0.0 ndarray-crout-decomposition@1.1.0 ndarray-inv@0.2.0 \
  >npm.log 2>&1 || { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
const ndarray = require("ndarray");
const determinant = require("ndarray-determinant");
const inverse = require("ndarray-inv");
const round = (x) => Math.round(x * 1e9) / 1e9 + 0;
for (const rows of [
  [[1, 2], [3, 4]],
  [[0, 1], [1, 0]],
  [[0, 2, 1], [1, 0, 3], [2, 1, 0]],
  [[1, 2, 0], [2, 4, 1], [0, 1, 1]],
  [[0, -1], [1, 0]],
]) {
  const n = rows.length;
  const matrix = () => ndarray(Float64Array.from(rows.flat()), [n, n]);
  const value = round(determinant(matrix()));
  let line = `${rows.map((row) => row.join(" ")).join(", ")}: ${value}`;
  if (value === 0) {
    const back = inverse(matrix());
    const product = rows.flatMap((row) =>
      rows.map((_, j) => round(row.reduce((sum, x, k) => sum + x * back.get(k, j), 0))));
    line += `, times its inverse: ${product.join(" ")}`;
  }
  console.log(line);
}
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "ndarray_determinant: this has changed" >&2; exit 1; }
