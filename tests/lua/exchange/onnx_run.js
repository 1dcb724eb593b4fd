// Runs models in ONNX Runtime, for onnx_runtime_spec.lua:
//
//   node onnx_run.js node|web MODULES FOLDER
//
// MODULES: a node_modules folder with onnxruntime-node and onnxruntime-web. FOLDER/cases.json:
// [{model, inputs: {name: {type, dims, data | file}}}], files being raw little-endian numbers; what
// comes out goes to FOLDER/outputs.json: [{name: {type, dims, data}}, or {error}]. Numbers that JSON
// has not are "nan", "inf" and "-inf".
const fs = require("fs");
const path = require("path");

const [kind, modules, folder] = process.argv.slice(2);
const ort = require(path.join(modules, "onnxruntime-" + kind));
const arrays = { float32: Float32Array, float64: Float64Array, int64: BigInt64Array };

function number(text) {
  return text === "nan" ? NaN : text === "inf" ? Infinity : text === "-inf" ? -Infinity : text;
}

function tensor({ type, dims, data, file }) {
  if (type === "string") return new ort.Tensor("string", data, dims);
  const convert = type === "int64" ? BigInt : number;
  if (!file) return new ort.Tensor(type, arrays[type].from(data.map(convert)), dims);
  const raw = fs.readFileSync(path.join(folder, file));
  return new ort.Tensor(type, new arrays[type](raw.buffer.slice(raw.byteOffset,
    raw.byteOffset + raw.byteLength)), dims);
}

function plain(value) {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

async function run(one) {
  const session = await ort.InferenceSession.create(path.join(folder, one.model),
    { logSeverityLevel: 3 });
  const feeds = {}, found = {};
  for (const [name, given] of Object.entries(one.inputs)) feeds[name] = tensor(given);
  const results = await session.run(feeds);
  for (const [name, value] of Object.entries(results)) {
    found[name] = { type: value.type, dims: value.dims, data: Array.from(value.data, plain) };
  }
  await session.release();
  return found;
}

async function main() {
  if (kind === "web") ort.env.wasm.numThreads = 1;
  const all = [];
  for (const one of JSON.parse(fs.readFileSync(path.join(folder, "cases.json")))) {
    all.push(await run(one).catch((problem) => ({ error: String(problem) })));
  }
  fs.writeFileSync(path.join(folder, "outputs.json"), JSON.stringify(all));
}

main().then(() => process.exit(0));
