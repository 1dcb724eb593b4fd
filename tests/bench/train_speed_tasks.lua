--- What is measured. kind: what the number is; layers: the hidden ones of 784-...-10; own: of Mah
--- alone. Seconds where no unit is told.
local deep = {}
for i = 1, 50 do deep[i] = 30 end

return {
  { name = "784-100-10, an epoch", key = "row1" },
  { name = "784-30-10, an epoch", key = "row2" },
  { name = "784-512-512-10, an epoch", key = "row3" },
  { name = "784-(50 x 30)-10, an epoch", key = "row4" },
  { name = "L-BFGS 784-100-10, an iteration", key = "lbfgs" },
  { name = "predict 10,000 rows, 784-100-10", key = "predict" },
  { name = "score of the held-out tenth, of an epoch, 784-100-10", key = "score", unit = "%" },
  { name = "peak memory, 784-100-10", key = "memory", unit = "MB" },
  { name = "peak memory, bytes", key = "bytes", unit = "MB" },
  row1 = { kind = "epoch", layers = { 100 }, solver = "adam", epochs = 5 },
  row2 = { kind = "epoch", layers = { 30 }, solver = "adam", epochs = 5 },
  row3 = { kind = "epoch", layers = { 512, 512 }, solver = "adam", epochs = 1 },
  row4 = { kind = "epoch", layers = deep, solver = "adam", epochs = 2 },
  lbfgs = { kind = "iteration", layers = { 100 }, solver = "lbfgs", epochs = 10 },
  predict = { kind = "predict", layers = { 100 }, solver = "adam", epochs = 1 },
  score = { kind = "score", layers = { 100 }, solver = "adam", epochs = 5, own = true },
  memory = { kind = "memory", layers = { 100 }, solver = "adam", epochs = 1 },
  bytes = { kind = "bytes", own = true },
}
