--- One measurement of Mah for train_speed.lua and against.lua:
---
---     mah train_speed_mah.lua FOLDER TASK THREADS [EPOCHS]
---
--- Prints one number: seconds (per epoch, iteration or call), or megabytes. EPOCHS takes the place
--- of the task's.
local mah = require "mah"
local median = require("timing").median
local tasks = require "train_speed_tasks"

local folder, name, threads = arg[1], arg[2], tonumber(arg[3])
local now = mah.progress.now
mah.threads(threads)
mah.warnings(false)

local function load(part)
  local function read(what) return mah.load_npy(("%s/%s_%s.npy"):format(folder, what, part)) end
  return read "x", read "y"
end

--- Two numbers a column, four classes by their signs.
local function few_columns()
  local x = mah.randn(10000, 4, { rng = mah.rng(1) })
  return x, (x:narrow(2, 1, 1):gt(0) * 2 + x:narrow(2, 2, 1):gt(0)):int():flatten()
end

local function data_of(task)
  if task.few_columns then return few_columns() end
  return load "train"
end

--- tanh, as somebody else would write it.
local own = {
  forward = function(z) return z:tanh() end,
  backward = function(y, dy) return (1 - y * y) * dy end,
}

local function classifier(task, epochs)
  local adam = task.solver == "adam"
  return mah.MLPClassifier {
    hidden_layer_sizes = task.layers, solver = task.solver, max_iter = epochs, random_state = 1,
    activation = task.activation == "own" and own or task.activation, batch_size = task.batch_size,
    tol = adam and 0 or 1e-9, n_iter_no_change = adam and 1000 or nil,
  }
end

--- The median of the epochs after the first; and the classifier.
local function epoch_seconds(task)
  local x, y = data_of(task)
  local stamps = {}
  local clf = classifier(task, task.epochs + 1)
  clf.on_epoch = function() stamps[#stamps + 1] = now() end
  clf:fit(x, y)
  local seconds = {}
  for i = 2, #stamps do seconds[i - 1] = stamps[i] - stamps[i - 1] end
  return median(seconds), clf
end

local function iteration_seconds(task)
  local x, y = load "train"
  local clf = classifier(task, task.epochs)
  local start = now()
  clf:fit(x, y)
  return (now() - start) / clf.n_iter_
end

local function predict_seconds(task)
  local x, y = load "test"
  local clf = classifier(task, 1):fit(x, y)
  local seconds = {}
  for i = 1, 21 do
    local start = now()
    clf:predict(x)
    seconds[i] = now() - start
  end
  return median(seconds)
end

--- In percent: a score of the held-out tenth, as after each epoch of early stopping.
local function score_share(task)
  local x, y = load "train"
  local epoch, clf = epoch_seconds(task)
  local tenth = math.floor(#x / 10)
  local held_x, held_y = x:narrow(1, 1, tenth), y:narrow(1, 1, tenth)
  local seconds = {}
  for i = 1, 21 do
    local start = now()
    clf:score(held_x, held_y)
    seconds[i] = now() - start
  end
  return 100 * median(seconds) / epoch
end

local function peak_megabytes()
  local status = mah.file.read "/proc/self/status"
  return tonumber(status:match "VmHWM:%s+(%d+) kB") / 1024
end

local function memory(task)
  local x, y = load "train"
  classifier(task, 1):fit(x, y)
  return peak_megabytes()
end

--- Bytes with a scale instead of float32.
local function memory_of_bytes()
  local data = {
    x = mah.load_npy(folder .. "/bytes_train.npy"), scale = 1 / 255,
    y = mah.load_npy(folder .. "/y_train.npy"),
  }
  mah.train(mah.mlp { 784, { 100, "relu" }, { 10, "softmax" } }, data, { stop = 1 })
  return peak_megabytes()
end

local measure = {
  epoch = epoch_seconds, iteration = iteration_seconds, predict = predict_seconds,
  score = score_share, memory = memory, bytes = memory_of_bytes,
}
local task = tasks[name]
task.epochs = tonumber(arg[4]) or task.epochs
print(("%.6g"):format((measure[task.kind](task))))
