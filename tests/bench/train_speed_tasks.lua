--- What train_speed.lua measures, in the order of its table.
---
--- kind: what the number is: epoch (seconds of one), iteration (of one), proba (seconds of
--- predict_proba for 10,000 rows), row (for one row), many (seconds of an epoch of `networks`
--- networks, making them included; `alone`, and of peers and an older build, one by one), score
--- (percent of an epoch), memory, bytes (megabytes), start (seconds of a process), tensor (of a
--- call in tensor_speed.lua). layers: all units, inputs first; the data are those with so many
--- columns. Batches of 200, relu and Adam unless told. steps: how many an epoch has; the number is
--- for one. own: of Mah alone; older: only beside an older build. gain: `of`, the key of what one
--- and two threads do.
local deep = { 784 }
for _ = 1, 50 do deep[#deep + 1] = 30 end
deep[#deep + 1] = 10

local tasks = {
  { key = "100", name = "784-100-10, an epoch", kind = "epoch", layers = { 784, 100, 10 } },
  { key = "30", name = "784-30-10, an epoch", kind = "epoch", layers = { 784, 30, 10 } },
  { key = "512", name = "784-512-512-10, an epoch", kind = "epoch",
    layers = { 784, 512, 512, 10 } },
  { key = "1024", name = "784-1024-1024-10, an epoch", kind = "epoch",
    layers = { 784, 1024, 1024, 10 }, rows = 12000 },
  { key = "4096", name = "784-4096-4096-10, an epoch", kind = "epoch",
    layers = { 784, 4096, 4096, 10 }, rows = 2000 },
  { key = "deep", name = "784-(50 x 30)-10, an epoch", kind = "epoch", layers = deep },
  { key = "small", name = "4-32-16-4 tanh, batches of 32, a step", kind = "epoch",
    layers = { 4, 32, 16, 4 }, activation = "tanh", batch = 32, steps = 313 },
  { key = "small_full", name = "4-32-16-4 tanh, 10,000 rows in a batch, an epoch",
    kind = "epoch", layers = { 4, 32, 16, 4 }, activation = "tanh", batch = 10000 },
  { key = "many", name = "32 x 20-32-16-3, 1,000 rows, batches of 32, an epoch", kind = "many",
    layers = { 20, 32, 16, 3 }, batch = 32, networks = 32 },
  { key = "many_alone", name = "32 x 20-32-16-3, one by one, an epoch", kind = "many",
    layers = { 20, 32, 16, 3 }, batch = 32, networks = 32, alone = true, own = true },
  { key = "lbfgs", name = "784-100-10, L-BFGS, an iteration", kind = "iteration",
    layers = { 784, 100, 10 } },
  { key = "proba", name = "784-100-10, predict_proba of 10,000 rows", kind = "proba",
    layers = { 784, 100, 10 } },
  { key = "proba_512", name = "784-512-512-10, predict_proba of 10,000 rows", kind = "proba",
    layers = { 784, 512, 512, 10 } },
  { key = "one_row", name = "784-100-10, predict_proba of one row", kind = "row",
    layers = { 784, 100, 10 } },
  { key = "one_row_small", name = "6-64-8-3, predict_proba of one row", kind = "row",
    layers = { 6, 64, 8, 3 } },
  { key = "own_activation", name = "784-100-10, own activation, an epoch", kind = "epoch",
    layers = { 784, 100, 10 }, activation = "own", own = true, older = true },
  { key = "score", name = "784-100-10, score of the held-out tenth, of an epoch", kind = "score",
    layers = { 784, 100, 10 }, own = true, unit = "%" },
  { key = "memory", name = "784-100-10, peak memory", kind = "memory", layers = { 784, 100, 10 },
    unit = "MB" },
  { key = "bytes", name = "784-100-10, peak memory, inputs left as bytes", kind = "bytes",
    layers = { 784, 100, 10 }, own = true, unit = "MB" },
  { key = "start", name = "start of a process", kind = "start" },
}

for _, row in ipairs {
  { "add", "x + y, a million" }, { "matmul", "matmul, 512 x 512" },
  { "sum", "sum of columns, 1000 x 1000" }, { "sort", "sort, 100,000" },
  { "small_tensors", "1000 times z * 0.5 + y, of 3" },
} do
  tasks[#tasks + 1] = { key = row[1], name = row[2], kind = "tensor", own = true, older = true }
end

tasks[#tasks + 1] = { key = "gain_512", name = "784-512-512-10", kind = "gain", of = "512" }
tasks[#tasks + 1] = { key = "gain_100", name = "784-100-10", kind = "gain", of = "100" }

for _, task in ipairs(tasks) do tasks[task.key] = task end

--- Fills in what was not told; quick: a fifth of the rows, and shorter.
function tasks.prepare(quick)
  for _, task in ipairs(tasks) do
    task.activation, task.batch = task.activation or "relu", task.batch or 200
    task.lasts = quick and 0.1 or 0.5
    if task.networks then task.epochs = quick and 5 or 20 end
    local few = task.layers and task.layers[1] < 784
    local rows = math.floor((task.rows or 60000) / (quick and 5 or 1))
    if task.rows then
      local count = tostring(rows):gsub("(%d)(%d%d%d)$", "%1,%2")
      task.name = ("%s of %s rows"):format(task.name, count)
    end
    task.rows = not few and rows or nil
  end
end

return tasks
