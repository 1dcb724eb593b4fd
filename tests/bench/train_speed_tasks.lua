--- What is measured. kind: what the number is; layers: the hidden ones of 784-...-10, or of 4-...-4
--- with few_columns; own: of Mah alone. Seconds where no unit is told. The list is for
--- train_speed.lua; `against` is for against.lua, which trains on few rows, and with so many epochs
--- that a run takes half a second.
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
  against = {
    { key = "row1", epochs = 15 }, { key = "row2", epochs = 40 }, { key = "row3", epochs = 2 },
    { key = "row4", epochs = 7 }, { key = "lbfgs", epochs = 12 }, { key = "predict", epochs = 1 },
    { key = "own_activation", name = "784-100-10, own activation, an epoch", epochs = 10 },
    { key = "small", name = "4-32-16-4 tanh, an epoch by 32", epochs = 200 },
    { key = "small_full", name = "4-32-16-4 tanh, a full batch", epochs = 200 },
    { key = "add", name = "x + y, a million" },
    { key = "matmul", name = "matmul, 512 x 512" },
    { key = "sum", name = "sum of columns, 1000 x 1000" },
    { key = "sort", name = "sort, 100,000", one_thread = true },
    { key = "small_tensors", name = "1000 times z * 0.5 + y, of 3", one_thread = true },
    { key = "start", name = "start-up", one_thread = true },
  },
  row1 = { kind = "epoch", layers = { 100 }, solver = "adam", epochs = 5 },
  row2 = { kind = "epoch", layers = { 30 }, solver = "adam", epochs = 5 },
  row3 = { kind = "epoch", layers = { 512, 512 }, solver = "adam", epochs = 1 },
  row4 = { kind = "epoch", layers = deep, solver = "adam", epochs = 2 },
  lbfgs = { kind = "iteration", layers = { 100 }, solver = "lbfgs", epochs = 10 },
  predict = { kind = "predict", layers = { 100 }, solver = "adam", epochs = 1 },
  score = { kind = "score", layers = { 100 }, solver = "adam", epochs = 5, own = true },
  memory = { kind = "memory", layers = { 100 }, solver = "adam", epochs = 1 },
  bytes = { kind = "bytes", own = true },
  own_activation = { kind = "epoch", layers = { 100 }, solver = "adam", activation = "own" },
  small = {
    kind = "epoch", layers = { 32, 16 }, solver = "adam", activation = "tanh", batch_size = 32,
    few_columns = true,
  },
  small_full = {
    kind = "epoch", layers = { 32, 16 }, solver = "adam", activation = "tanh",
    batch_size = 10000, few_columns = true,
  },
  add = { kind = "tensor" }, matmul = { kind = "tensor" }, sum = { kind = "tensor" },
  sort = { kind = "tensor" }, small_tensors = { kind = "tensor" },
  start = { kind = "start" },
}
