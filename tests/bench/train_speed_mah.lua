--- One measurement of Mah, of this build or an older one, for train_speed.lua:
---
---     mah train_speed_mah.lua FOLDER THREADS quick|full TASK [alone]
---
--- Prints one number: seconds (of an epoch, iteration or call), megabytes or percent; or in words
--- why there is none. alone: many networks one by one, and not by mah.train_many.
local mah = require "mah"
local timing = require "timing"

local folder, threads, size, key = arg[1], tonumber(arg[2]), arg[3], arg[4]
local tasks = require "train_speed_tasks"
tasks.prepare(size == "quick")
local task = tasks[key]
local is_alone = task.alone or arg[5] == "alone"
local now = mah.progress.now
mah.threads(threads)
mah.warnings(false)

local function load(name)
  return mah.load_npy(("%s/%s_%d.npy"):format(folder, name, task.layers[1]))
end

--- The rows to train on, as many as the task wants, and their classes.
local function load_rows(rows)
  local x, y = load "x", load "y"
  rows = math.min(rows or task.rows or #x, #x)
  return x:narrow(1, 1, rows), y:narrow(1, 1, rows)
end

--- tanh, as somebody else would write it.
local own = {
  forward = function(z) return z:tanh() end,
  backward = function(y, dy) return (1 - y * y) * dy end,
}

local function classifier(options)
  local hidden = { unpack(task.layers, 2, #task.layers - 1) }
  local o = {
    hidden_layer_sizes = hidden, random_state = 1, max_iter = 100000, batch_size = task.batch,
    activation = task.activation == "own" and own or task.activation, tol = 0,
    n_iter_no_change = 100000,
  }
  for name, value in pairs(options) do o[name] = value end
  return mah.MLPClassifier(o)
end

--- on_epoch and stop of a training as long as the task wants, and the function that gives the
--- median of its epochs after the first.
local function clock()
  local stamps = {}
  local function note() stamps[#stamps + 1] = now() end
  local function is_over()
    return #stamps > 1 and now() - stamps[1] > task.lasts and "time is over"
  end
  local function seconds()
    local list = {}
    for i = 2, #stamps do list[i - 1] = stamps[i] - stamps[i - 1] end
    return timing.median(list)
  end
  return note, is_over, seconds
end

local function epoch_seconds()
  local x, y = load_rows()
  local note, is_over, seconds = clock()
  local clf = classifier { stop = is_over }
  clf.on_epoch = note
  clf:fit(x, y)
  return seconds(), clf
end

local function iteration_seconds()
  local x, y = load_rows()
  local clf = classifier { solver = "lbfgs", max_iter = 10, tol = 1e-9 }
  local start = now()
  clf:fit(x, y)
  return (now() - start) / clf.n_iter_
end

--- A classifier that has seen a few rows.
local function fitted()
  local inputs, classes = task.layers[1], task.layers[#task.layers]
  local x = mah.rand(200, inputs, { rng = mah.rng(1) })
  local y = (mah.arange(0, 199) % classes):int()
  return classifier { max_iter = 1 }:fit(x, y)
end

local function predict_seconds()
  local x, clf = load "rows", fitted()
  return timing.seconds_of(function() clf:predict_proba(x) end, task.lasts)
end

--- One row after the other, 64 of them.
local function row_seconds()
  local x, clf, rows = load "rows", fitted(), {}
  for i = 1, 64 do rows[i] = x:narrow(1, i, 1):clone() end
  return timing.seconds_of(function()
    for i = 1, #rows do clf:predict_proba(rows[i]) end
  end, task.lasts) / #rows
end

--- In percent: a score of the held-out tenth, as after each epoch of early stopping.
local function score_share()
  local x, y = load_rows()
  local epoch, clf = epoch_seconds()
  local tenth = math.floor(#x / 10)
  local held_x, held_y = x:narrow(1, 1, tenth), y:narrow(1, 1, tenth)
  return 100 * timing.seconds_of(function() clf:score(held_x, held_y) end, task.lasts) / epoch
end

local function peak_megabytes()
  local status = mah.file.read "/proc/self/status"
  return tonumber(status:match "VmHWM:%s+(%d+) kB") / 1024
end

local function memory()
  local x, y = load "x", load "y" -- all of them: a part would be a view of these
  classifier { max_iter = 1 }:fit(x, y)
  return peak_megabytes()
end

--- Bytes with a scale instead of float32.
local function memory_of_bytes()
  local data = { x = load "bytes", scale = 1 / 255, y = load "y" }
  mah.train(mah.mlp { 784, { 100, "relu" }, { 10, "softmax" } }, data, { stop = 1 })
  return peak_megabytes()
end

-- -- Many networks --------------------------------------------------------------------------------

local function network(seed)
  local spec = { task.layers[1], seed = seed }
  for i = 2, #task.layers - 1 do spec[i] = { task.layers[i], task.activation } end
  spec[#task.layers] = { task.layers[#task.layers], "softmax" }
  return mah.mlp(spec)
end

--- The settings of each training.
local function settings()
  local list = {}
  for seed = 1, task.networks do
    list[seed] = { solver = mah.solver.adam { lr = 1e-3 }, batch_size = task.batch, seed = seed,
      stop = task.epochs }
  end
  return list
end

--- Seconds of all networks' trainings, making them included, for each epoch.
local function many_seconds()
  local x, y = load_rows()
  local data = { x = x, y = y }
  local is_there = pcall(function() return mah.train_many end)
  if not is_alone and not is_there then return nil, "there is no mah.train_many" end
  local start, nets, list = now(), {}, settings()
  for seed = 1, task.networks do nets[seed] = network(seed) end
  if is_alone then
    for seed, net in ipairs(nets) do mah.train(net, data, list[seed]) end
  else
    mah.train_many(nets, data, list)
  end
  return (now() - start) / task.epochs
end

local measure = {
  epoch = epoch_seconds, iteration = iteration_seconds, proba = predict_seconds,
  row = row_seconds, score = score_share, memory = memory, bytes = memory_of_bytes,
  many = many_seconds,
}
local ok, value, why = pcall(measure[task.kind])
print(ok and value and ("%.6g"):format(value) or tostring(why or value))
