// Times the ONNX files that generated_c.lua made, one row at a time: "ort_NAME microseconds" a
// line, without what a call of an empty model takes, which is ort_empty.
//
//   node generated_c.js MODULES FOLDER
const fs = require("fs");
const path = require("path");

const [modules, folder] = process.argv.slice(2);
const ort = require(path.join(modules, "onnxruntime-node"));
const ROWS = 64, COLUMNS = 784, CALLS = 10001;

function rows(name) {
  const raw = fs.readFileSync(path.join(folder, name));
  const all = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
  return Array.from({ length: ROWS }, (_, k) => ({
    x: new ort.Tensor("float32", all.slice(k * COLUMNS, (k + 1) * COLUMNS), [1, COLUMNS]),
  }));
}

function median(list) {
  return list.sort((a, b) => a - b)[(list.length - 1) / 2];
}

async function call(session, feed) {
  const start = process.hrtime.bigint();
  await session.run(feed);
  return Number(process.hrtime.bigint() - start) / 1e3;
}

// Calls of the model and of the empty one by turns, so that both meet the same machine.
async function time(name, session, empty, feeds) {
  const taken = [], idle = [];
  for (let k = 0; k < CALLS; k++) {
    idle.push(await call(empty, feeds[k % ROWS]));
    taken.push(await call(session, feeds[k % ROWS]));
  }
  const nothing = median(idle);
  console.log("ort_" + name, (median(taken) - nothing).toFixed(4));
  console.log("ort_empty", nothing.toFixed(4));
}

(async () => {
  const open = (name) => ort.InferenceSession.create(path.join(folder, name),
    { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const empty = await open("empty.onnx"), digits = await open("digits.onnx");
  for (const name of ["pictures", "dense"]) await time(name, digits, empty, rows(name));
})();
