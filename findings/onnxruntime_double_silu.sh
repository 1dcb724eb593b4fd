#!/bin/sh
# onnxruntime_double_silu.sh - a valid model that ONNX Runtime's own optimizer makes unloadable.
#
# Versions:    npm onnxruntime-web 1.30.0 (the registry's "latest"; 1.20.1 does the same).
# Expectation: x * Sigmoid(x) (SiLU, Swish) is two standard operations of opset 13, which both take double;
#              a model of them loads with any level of optimization and gives the same numbers.
# Guess:       the same numbers, perhaps but for the last digit.
# Behaviour:   in float it works. In double the optimizer puts com.microsoft.QuickGelu in their place, for
#              which there is no kernel of doubles on the CPU: the session cannot be created. With
#              graphOptimizationLevel "disabled" the file loads and computes.
# Output:      see `wanted` below.
# For users:   Mah writes Max(Sigmoid(x), 0) there, which is the same number and is left alone.
set -eu
wanted='float, all: -0.2689 0.0000 1.7616
float, disabled: -0.2689 0.0000 1.7616
double, all: Failed to find kernel for com.microsoft.QuickGelu
double, disabled: -0.2689 0.0000 1.7616'

for tool in node npm; do
  command -v $tool >/dev/null || { echo "onnxruntime_double_silu: $tool is needed" >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
cd "$folder"
echo '{}' >package.json
npm install --ignore-scripts --no-audit --no-fund --silent onnxruntime-web@1.30.0 >npm.log 2>&1 ||
  { cat npm.log >&2; exit 2; }

cat >probe.js <<'JS'
const ort = require("onnxruntime-web");
ort.env.logLevel = "fatal";

// ONNX's protocol buffers, as far as they are wanted: numbers and fields with a length below 128.
const number = (field, n) => [field << 3, n];
const bytes = (field, list) => [(field << 3) | 2, list.length, ...list];
const text = (field, s) => bytes(field, [...Buffer.from(s)]);
const value = (field, name, type) =>
  bytes(field, [...text(1, name), ...bytes(2, bytes(1, [...number(1, type), ...bytes(2, bytes(1, number(1, 3)))]))]);
const node = (type, inputs, output) =>
  bytes(1, [...inputs.flatMap((name) => text(1, name)), ...text(2, output), ...text(4, type)]);
const model = (type) =>
  Uint8Array.from([
    ...number(1, 8),
    ...bytes(7, [...node("Sigmoid", ["x"], "s"), ...node("Mul", ["x", "s"], "y"), ...text(2, "silu"),
      ...value(11, "x", type), ...value(12, "y", type)]),
    ...bytes(8, number(2, 13)),
  ]);

const kinds = { float: [1, "float32", Float32Array], double: [11, "float64", Float64Array] };
(async () => {
  for (const [name, [type, dtype, List]] of Object.entries(kinds)) {
    for (const level of ["all", "disabled"]) {
      let line;
      try {
        const session = await ort.InferenceSession.create(model(type), { graphOptimizationLevel: level });
        const x = new ort.Tensor(dtype, List.from([-1, 0, 2]), [3]);
        line = [...(await session.run({ x })).y.data].map((v) => v.toFixed(4)).join(" ");
      } catch (error) {
        line = /Failed to find kernel for [\w.]+/.exec(error.message)?.[0] ?? error.message;
      }
      console.log(`${name}, ${level}: ${line}`);
    }
  }
})();
JS
seen=$(node probe.js)
echo "$seen"
[ "$seen" = "$wanted" ] || { echo "onnxruntime_double_silu: this has changed" >&2; exit 1; }
