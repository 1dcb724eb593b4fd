// Times the ONNX files that generated_c.lua made, one row at a time: "ort_NAME microseconds" a line.
//
//   node generated_c.js MODULES FOLDER
const fs = require("fs");
const path = require("path");

const [modules, folder] = process.argv.slice(2);
const ort = require(path.join(modules, "onnxruntime-node"));
const ROWS = 64, COLUMNS = 784, ROUNDS = 41;

function rows(name) {
  const raw = fs.readFileSync(path.join(folder, name));
  const all = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
  return Array.from({ length: ROWS }, (_, k) => ({
    x: new ort.Tensor("float32", all.slice(k * COLUMNS, (k + 1) * COLUMNS), [1, COLUMNS]),
  }));
}

async function time(name, session, feeds) {
  const taken = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    for (const feed of feeds) await session.run(feed);
    taken.push(Number(process.hrtime.bigint() - start) / 1e3 / ROWS);
  }
  taken.sort((a, b) => a - b);
  console.log("ort_" + name, taken[(ROUNDS - 1) / 2].toFixed(4));
}

(async () => {
  const open = (name) => ort.InferenceSession.create(path.join(folder, name),
    { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const empty = await open("empty.onnx"), digits = await open("digits.onnx");
  const pictures = rows("pictures"), dense = rows("dense");
  await time("empty", empty, pictures);
  await time("pictures", digits, pictures);
  await time("dense", digits, dense);
})();
