--- One trial: a network trained with the given settings and seed, and how well it does.
---
---     run_trial({name = "tanh", hidden = {100}, activation = "tanh", solver = "sgd", lr = 0.1,
---                batch_size = 200, max_epochs = 60, n = 10000}, 1, data, function(text) end)
local mah = require "mah"

local function build(params, data, seed)
  local layers = { data.train.x.shape[2] }
  for _, units in ipairs(params.hidden) do layers[#layers + 1] = { units, params.activation } end
  layers[#layers + 1] = { 10, "softmax" }
  layers.seed = seed
  return mah.mlp(layers)
end

local function stopping_rule(params)
  local of = params.validation and "val_score" or "loss"
  return mah.stop.any {
    mah.stop.max_iter(params.max_epochs),
    mah.stop.no_improvement { of = of, patience = params.patience or 10,
      min_delta = params.min_delta or 1e-4 },
    mah.stop.diverged(),
  }
end

--- params: name, hidden (list), activation, solver, lr, batch_size, max_epochs, n (training images,
--- nil: all), test (test images), validation (share), patience, min_delta.
---@return table   {train, test, n_iter, seconds, stopped_by, history, net}
return function(params, seed, data, on_progress)
  local train_set = params.n and mah.data.take(data.train, params.n) or data.train
  local test_set = params.test and mah.data.take(data.test, params.test) or data.test
  local net = build(params, data, seed)
  local run = mah.train(net, train_set, {
    solver = mah.solver[params.solver] { lr = params.lr },
    batch_size = math.min(params.batch_size, #train_set.x),
    stop = stopping_rule(params),
    validation = params.validation,
    seed = seed,
    on_epoch = function(s) on_progress(("epoch %d, loss %.4f"):format(s.epoch, s.loss)) end,
  })
  return {
    train = net:score(train_set.x, train_set.y),
    test = net:score(test_set.x, test_set.y),
    n_iter = run.n_iter,
    seconds = run.seconds,
    stopped_by = run.stop_reason.rule,
    history = run.history,
    net = net,
  }
end
