// ONNX Runtime for train_speed.lua: tasks and answers as train_speed_peer.py says; the networks are
// the FOLDER's KEY.onnx, which Mah wrote.
//
//   node train_speed_onnx.js MODULES FOLDER THREADS
const fs = require("fs");
const path = require("path");
const readline = require("readline");

const [modules, folder, threads] = process.argv.slice(2);
const ort = require(path.resolve(modules, "onnxruntime-node"));

function now() { return Number(process.hrtime.bigint()) / 1e9; }

function median(list) {
  list.sort((a, b) => a - b);
  return (list[(list.length - 1) >> 1] + list[list.length >> 1]) / 2;
}

// float32 rows of an .npy file
function load(name, columns) {
  const raw = fs.readFileSync(path.join(folder, name));
  const start = 10 + raw.readUInt16LE(8);
  const all = new Float32Array(raw.buffer.slice(raw.byteOffset + start,
    raw.byteOffset + raw.byteLength));
  return (from, count) => {
    const part = all.slice(from * columns, (from + count) * columns);
    return new ort.Tensor("float32", part, [part.length / columns, columns]);
  };
}

// The median of calls that fill `lasts` seconds, without the first; three at least.
async function secondsOf(call, lasts) {
  await call();
  const seconds = [], start = now();
  while (seconds.length < 3 || now() - start < lasts) {
    const before = now();
    await call();
    seconds.push(now() - before);
  }
  return median(seconds);
}

async function measure(task) {
  const session = await ort.InferenceSession.create(path.join(folder, task.key + ".onnx"),
    { logSeverityLevel: 3, intraOpNumThreads: Number(threads) });
  const columns = task.layers[0], rows = load(`rows_${columns}.npy`, columns);
  const feed = (from, count) => ({ [session.inputNames[0]]: rows(from, count) });
  if (task.kind === "proba") {
    const all = feed(0, Infinity);
    return secondsOf(() => session.run(all), task.lasts);
  }
  const feeds = Array.from({ length: 64 }, (_, i) => feed(i, 1));
  return await secondsOf(async () => {
    for (const one of feeds) await session.run(one);
  }, task.lasts) / feeds.length;
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    try {
      console.log((await measure(JSON.parse(line))).toPrecision(6));
    } catch (problem) {
      console.log(String(problem).replace(/\n/g, " ").slice(0, 200));
    }
  }
})();
