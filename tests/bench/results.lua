--- Prints what random numbers, tensors and many small trainings come to, with all digits.
--- same_results.sh runs it with two builds.
---
---     mah tests/bench/results.lua FOLDER [PATTERN]    -- FOLDER for files; PATTERN: some settings
---
--- A line is "setting what: numbers". Settings whose name begins with "own" have an activation of
--- one's own. Sums are made here, in Lua, not by the tensors that are looked at.
local mah = require "mah"

local folder, pattern = arg[1], arg[2] or ""
mah.warnings(false)

-- -- Printing -------------------------------------------------------------------------------------

local function digits_of(v)
  return type(v) == "number" and ("%.17g"):format(v) or tostring(v)
end

local function say(setting, what, list)
  local texts = {}
  for i, v in ipairs(list) do texts[i] = digits_of(v) end
  print(("%s %s: %s"):format(setting, what, table.concat(texts, " ")))
end

local function flatten(values, list)
  if type(values) ~= "table" then
    list[#list + 1] = values
  else
    for _, v in ipairs(values) do flatten(v, list) end
  end
  return list
end

--- Two sums with weights that tell elements apart, and the first elements.
local function say_tensor(setting, what, t)
  local values, plain, mixed = flatten(t:totable(), {}), 0, 0
  for i, v in ipairs(values) do
    if v - v == 0 then -- -inf of a log_proba
      plain, mixed = plain + v, mixed + v * ((i * 40503) % 65536 / 65536 + 0.5)
    end
  end
  say(setting, what, { #values, plain, mixed, values[1], values[2], values[3], values[#values] })
end

local failed = 0

--- Runs f(setting); an error is a line, too.
local function try(setting, f)
  if not setting:find(pattern) then return end
  local ok, problem = pcall(f, setting)
  if ok then return end
  failed = failed + 1
  print(("%s FAILED: %s"):format(setting, tostring(problem)))
end

-- -- Data -----------------------------------------------------------------------------------------

local drawn = mah.data.digits { n = 500, test = 100, seed = 1 }

--- Normal numbers, of which only so large a share is not zero.
local function mixed(n, inputs, share, dtype, seed)
  local rng = mah.rng(seed)
  local x = mah.randn(n, inputs, { rng = rng, dtype = "float64" })
  local keep = mah.rand(n, inputs, { rng = rng, dtype = "float64" }):lt(share)
  return (x * keep:double()):to(dtype)
end

local function classes(n, k, seed) return mah.randint(0, k - 1, { n }, { rng = mah.rng(seed) }) end

local sets = {
  digits = { x = drawn.train.x, y = drawn.train.y, test = drawn.test.x },
  digits64 = {
    x = drawn.train.x:double(), y = drawn.train.y, test = drawn.test.x:double(),
  },
  dense = { x = mixed(301, 13, 1, "float32", 2), test = mixed(50, 13, 1, "float32", 3) },
  dense64 = { x = mixed(301, 13, 1, "float64", 2), test = mixed(50, 13, 1, "float64", 3) },
}
local function labels_of(x)
  local list = {}
  for i = 1, #x do list[i] = (x[i][1] > 0 and 2 or 0) + (x[i][2] > 0 and 1 or 0) end
  return mah.tensor(list, { dtype = "int32" })
end
sets.dense.y, sets.dense64.y = labels_of(sets.dense.x), labels_of(sets.dense64.x)

--- What a regressor is to learn: one output, not negative, or three.
local function targets_of(x, outputs)
  local list = {}
  for i = 1, #x do
    list[i] = {}
    for k = 1, outputs do list[i][k] = math.abs(x[i][k] - x[i][k + 1]) end
  end
  local t = mah.tensor(list, { dtype = "float64" })
  return outputs == 1 and t:flatten() or t
end

-- -- Tensors and random numbers -------------------------------------------------------------------

local function random_numbers()
  for _, kind in ipairs { "philox", "mt19937" } do
    for _, n in ipairs { 1, 7, 33, 1000, 10001 } do
      for _, dtype in ipairs { "float32", "float64" } do
        try(("random %s, %d of %s"):format(kind, n, dtype), function(setting)
          local o = { rng = mah.rng(5, kind), dtype = dtype }
          say_tensor(setting, "rand", mah.rand(n, o))
          say_tensor(setting, "randn", mah.randn(n, o))
          say_tensor(setting, "randint", mah.randint(0, 99, { n }, { rng = o.rng }))
          say_tensor(setting, "randperm", mah.randperm(n, { rng = o.rng }))
          say(setting, "after", { o.rng:uniform(), o.rng:normal(), o.rng:u32() })
        end)
      end
    end
  end
end

local function tensors(threads)
  for _, dtype in ipairs { "float32", "float64" } do
    local x = mixed(130, 301, 1, dtype, 6)
    for _, name in ipairs { "exp", "expm1", "log1p", "tanh", "sigmoid", "sqrt", "sin", "sum",
      "mean", "var", "prod", "logsumexp", "sort", "argsort", "cumsum", "median" } do
      try(("tensor %s of %s, %d threads"):format(name, dtype, threads), function(setting)
        for i, t in ipairs { x, x:t(), x:narrow(2, 2, 99) } do
          t = t * t
          say_tensor(setting, "of view " .. i, t[name](t, 1))
        end
      end)
    end
    try(("tensor products of %s, %d threads"):format(dtype, threads), function(setting)
      say_tensor(setting, "x x'", x:matmul(x:t()))
      say_tensor(setting, "x' x", x:t():matmul(x))
      say_tensor(setting, "x + y", x + x[1])
      say_tensor(setting, "x / y", x / (x[2] + 3))
    end)
  end
end

-- -- Estimators -----------------------------------------------------------------------------------

local function say_fit(setting, estimator, x)
  say(setting, "loss", estimator.loss_curve_ or {})
  say(setting, "score", estimator.validation_scores_ or {})
  say(setting, "end", { estimator.n_iter_, estimator.stop_reason_ and estimator.stop_reason_.rule })
  if estimator.network then say_tensor(setting, "weights", estimator.network.params) end
  say_tensor(setting, "predict", estimator:predict(x))
  if estimator.class == "MLPClassifier" then
    say_tensor(setting, "proba", estimator:predict_proba(x))
    say_tensor(setting, "log_proba", estimator:predict_log_proba(x))
  end
end

local function with(given)
  local o = { hidden_layer_sizes = { 20, 11 }, max_iter = 5, random_state = 3 }
  for name, value in pairs(given) do o[name] = value end
  return o
end

local own = {
  name = "cube root", forward = function(z) return z / (z:abs() + 1) end,
  backward = function(_, dy, z) return dy / (z:abs() + 1) ^ 2 end,
}

local function sign_descent(evaluate, w)
  local loss, g = evaluate(w)
  w:axpy_(-1e-3, g:sign())
  return loss
end

local function own_rule(s) return s.epoch >= 3 and "three are enough" end

--- name -> parameters. Solvers have a state: each fit makes its own.
local settings = {
  plain = function() return {} end,
  adamw = function() return { solver = "adamw" } end,
  sgd = function() return { solver = "sgd", learning_rate_init = 0.05 } end,
  ["sgd plain momentum"] = function()
    return { solver = "sgd", nesterovs_momentum = false, momentum = 0.5, alpha = 0.01 }
  end,
  ["sgd invscaling"] = function()
    return { solver = "sgd", learning_rate = "invscaling", power_t = 0.3 }
  end,
  ["sgd adaptive"] = function()
    return { solver = "sgd", learning_rate = "adaptive", tol = 1, n_iter_no_change = 1 }
  end,
  lbfgs = function() return { solver = "lbfgs", max_iter = 8 } end,
  ["lbfgs l1"] = function() return { solver = "lbfgs", max_iter = 6, l1 = 1e-3 } end,
  rmsprop = function() return { solver = mah.solver.rmsprop { lr = 1e-3, momentum = 0.5 } } end,
  ["rmsprop plain"] = function() return { solver = mah.solver.rmsprop { lr = 1e-3 } } end,
  adagrad = function() return { solver = mah.solver.adagrad { weight_decay = 0.01 } } end,
  ["custom solver"] = function() return { solver = sign_descent } end,
  ["custom rule"] = function() return { stop = own_rule } end,
  ["rule any"] = function()
    local good = mah.stop.target { of = "loss", value = 1.5 }
    return { stop = mah.stop.any { mah.stop.max_iter(4), good } }
  end,
  ["early stopping"] = function()
    return { early_stopping = true, max_iter = 12, n_iter_no_change = 2, validation_fraction = 0.2 }
  end,
  dropout = function() return { dropout = 0.3 } end,
  ["dropout list"] = function() return { dropout = { 0.1, 0.6 } } end,
  l1 = function() return { l1 = 1e-3 } end,
  ["no penalty"] = function() return { alpha = 0 } end,
  alpha = function() return { alpha = 0.5 } end,
  ["clip norm"] = function() return { clip_norm = 0.3 } end,
  ["clip value"] = function() return { clip_value = 0.01 } end,
  ["no shuffle"] = function() return { shuffle = false } end,
  cosine = function() return { schedule = mah.schedule.cosine { epochs = 5 } } end,
  ["own schedule"] = function()
    return { schedule = mah.schedule.per_step(function(s) return s.lr / (1 + 0.1 * s.step) end) }
  end,
  ["batch 1"] = function() return { batch_size = 1, max_iter = 1 } end,
  ["batch 7"] = function() return { batch_size = 7, max_iter = 2 } end,
  ["batch 33"] = function() return { batch_size = 33 } end,
  ["batch 128"] = function() return { batch_size = 128 } end,
  ["batch of all"] = function() return { batch_size = 10000 } end,
  ["no hidden layer"] = function() return { hidden_layer_sizes = {} } end,
  ["one unit"] = function() return { hidden_layer_sizes = { 1 } } end,
  ["odd units"] = function() return { hidden_layer_sizes = { 33, 9, 17 } } end,
  wide = function() return { hidden_layer_sizes = { 300 }, max_iter = 2 } end,
  deep = function() return { hidden_layer_sizes = { 9, 9, 9, 9, 9, 9, 9, 9 } } end,
  ["mixed activations"] = function() return { activation = { "tanh", "gelu" } } end,
  he = function() return { init = "he_normal" } end,
  compat = function() return { compat = "sklearn" } end,
}
for _, name in ipairs { "identity", "relu", "logistic", "tanh", "leaky_relu", "elu", "softplus",
  "gelu", "silu" } do
  settings[name] = function() return { activation = name } end
end

local function sorted(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function classify(threads)
  for _, set in ipairs(sorted(sets)) do
    for _, name in ipairs(sorted(settings)) do
      try(("%s, %s, %d threads"):format(set, name, threads), function(setting)
        local data = sets[set]
        local clf = mah.MLPClassifier(with(settings[name]()))
        say_fit(setting, clf:fit(data.x, data.y), data.test)
        say(setting, "accuracy", { clf:score(data.x, data.y) })
      end)
    end
  end
end

local function regress(threads)
  for _, set in ipairs { "dense", "dense64" } do
    for _, loss in ipairs { "squared_error", "poisson", "absolute_error", "huber" } do
      for _, outputs in ipairs { 1, 3 } do
        for _, solver in ipairs { "adam", "sgd", "lbfgs" } do
          try(("%s, regression %s of %d by %s, %d threads"):format(set, loss, outputs, solver,
            threads), function(setting)
            local x = sets[set].x
            local reg = mah.MLPRegressor(with { loss = loss, solver = solver, activation = "tanh" })
            say_fit(setting, reg:fit(x, targets_of(x, outputs)), sets[set].test)
          end)
        end
      end
    end
  end
end

--- What a second fit, parts, weights and files make of it.
local function go_on(threads)
  for _, set in ipairs(sorted(sets)) do
    local x, y, test = sets[set].x, sets[set].y, sets[set].test
    local function case(name, f)
      try(("%s, %s, %d threads"):format(set, name, threads), function(setting)
        say_fit(setting, f(setting), test)
      end)
    end
    local weight = mah.rand(#x, { rng = mah.rng(5), dtype = "float64" })
    case("warm start", function()
      return mah.MLPClassifier(with { warm_start = true }):fit(x, y):fit(x, y)
    end)
    case("resume", function()
      local clf = mah.MLPClassifier(with { max_iter = 3, dropout = 0.2 }):fit(x, y)
      return clf:set_params { max_iter = 6 }:resume(x, y)
    end)
    case("partial fit", function()
      local clf = mah.MLPClassifier(with { batch_size = 50 })
      for _ = 1, 3 do clf:partial_fit(x, y, { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }) end
      return clf
    end)
    case("sample weight", function() return mah.MLPClassifier(with {}):fit(x, y, weight) end)
    case("sample weight, lbfgs", function()
      return mah.MLPClassifier(with { solver = "lbfgs" }):fit(x, y, weight)
    end)
    case("class weight", function()
      return mah.MLPClassifier(with { class_weight = "balanced" }):fit(x, y)
    end)
    case("two classes", function() return mah.MLPClassifier(with {}):fit(x, y:gt(1):int()) end)
    case("several labels", function()
      local several = mah.cat({ y:gt(0):view(-1, 1), y:gt(1):view(-1, 1), y:eq(2):view(-1, 1) }, 2)
      return mah.MLPClassifier(with {}):fit(x, several:int())
    end)
    case("validation data", function()
      return mah.MLPClassifier(with { validation_data = { x, y }, early_stopping = true }):fit(x, y)
    end)
    case("saved", function()
      local path = folder .. "/saved.safetensors"
      mah.MLPClassifier(with {}):fit(x, y):save(path)
      return mah.load(path)
    end)
  end
end

--- Networks with an activation of one's own, alone and among others; and their outputs by layer.
local function own_activations(threads)
  for name, activation in pairs { first = { own, "tanh" }, last = { "relu", own },
    both = { own, own } } do
    for option, given in pairs { plain = {}, dropout = { dropout = 0.2 },
      lbfgs = { solver = "lbfgs" }, ["batch 33"] = { batch_size = 33, l1 = 1e-3 } } do
      for _, set in ipairs { "digits64", "dense64" } do
        try(("own %s, %s, %s, %d threads"):format(name, option, set, threads), function(setting)
          local o = with(given)
          o.activation = activation
          local clf = mah.MLPClassifier(o):fit(sets[set].x, sets[set].y)
          say_fit(setting, clf, sets[set].test)
          for i, out in ipairs(clf.network:activations(sets[set].test)) do
            say_tensor(setting, "layer " .. i, out)
          end
        end)
      end
    end
  end
end

-- -- The layer below ------------------------------------------------------------------------------

local function say_run(setting, net, run, x)
  say(setting, "loss", run.history.loss)
  say(setting, "validation", run.history.val_score or {})
  say(setting, "end", { run.n_iter, run.stop_reason.rule })
  say_tensor(setting, "weights", net.params)
  for i, out in ipairs(net:activations(x)) do say_tensor(setting, "layer " .. i, out) end
end

local function kinds_of_inputs()
  local bytes = (drawn.train.x * 255):add_(0.5):byte()
  local y = drawn.train.y
  return {
    bytes = { x = bytes, y = y, scale = 1 / 255 },
    ["bytes as int32"] = { x = bytes:int(), y = y, scale = 1 / 255 },
    floats = { x = drawn.train.x, y = y },
    weighted = { x = drawn.train.x, y = y, weight = mah.rand(#y, { rng = mah.rng(9) }) },
    ["half the columns"] = { x = drawn.train.x:narrow(2, 200, 391), y = y },
  }
end

local function networks(threads)
  local inputs = kinds_of_inputs()
  for _, kind in ipairs(sorted(inputs)) do
    for _, dtype in ipairs { "float32", "float64" } do
      try(("network, %s, %s, %d threads"):format(kind, dtype, threads), function(setting)
        local data = inputs[kind]
        local net = mah.mlp { data.x.shape[2], { 40, "relu", dropout = 0.1 }, { 12, "silu" },
          { 10, "softmax" }, seed = 4, dtype = dtype }
        local run = mah.train(net, data, {
          solver = mah.solver.adam { lr = 2e-3 }, batch_size = 60, stop = 4, validation = 0.2,
          l1 = 1e-5, l2 = 1e-4, clip_norm = 1, seed = 8,
        })
        say_run(setting, net, run, data.x)
      end)
    end
  end
end

--- Inputs with a share of elements that are not zero, around the threshold of the sparse products.
local function shares(threads)
  for _, inputs in ipairs { 1, 7, 33, 130, 785 } do
    for _, share in ipairs { 0, 0.05, 0.2, 0.31, 0.35, 0.7 } do
      for _, dtype in ipairs { "float32", "float64" } do
        try(("%d inputs, %g not zero, %s, %d threads"):format(inputs, share, dtype, threads),
          function(setting)
            local x = mixed(211, inputs, share, dtype, 7)
            local net = mah.mlp { inputs, { 21, "tanh" }, { 3, "softmax" }, seed = 1,
              dtype = dtype }
            local run = mah.train(net, { x = x, y = classes(211, 3, 2) }, {
              solver = mah.solver.sgd { lr = 0.05 }, batch_size = 50, stop = 3, seed = 1,
            })
            say_run(setting, net, run, x)
          end)
      end
    end
  end
end

local function sweep()
  try("sweep", function(setting)
    local study = mah.sweep {
      name = "same results", store = folder .. "/runs.db", code = "1",
      grid = { lr = { 0.01, 0.1 }, batch_size = { 20, 50 }, seed = { 1, 2 } },
      trial = function(p)
        local net = mah.mlp { 784, { 10, "softmax" }, seed = p.seed }
        mah.train(net, drawn.train, { solver = mah.solver.sgd { lr = p.lr }, stop = 2,
          batch_size = p.batch_size, seed = p.seed })
        return { test = net:score(drawn.test.x, drawn.test.y),
          loss = net:loss(drawn.test.x, drawn.test.y) }
      end,
    }
    study:run { jobs = 2 }
    local lines = {}
    for _, row in ipairs(study:results()) do
      local p, r = row.params, row.result
      lines[#lines + 1] = ("%g %d %d: %s %s"):format(p.lr, p.batch_size, p.seed,
        digits_of(r.test), digits_of(r.loss))
    end
    table.sort(lines)
    say(setting, "rows", lines)
  end)
end

random_numbers()
for _, threads in ipairs { 1, 2 } do
  mah.threads(threads)
  tensors(threads)
  classify(threads)
  regress(threads)
  go_on(threads)
  own_activations(threads)
  networks(threads)
  shares(threads)
end
sweep()
if failed > 0 then io.stderr:write(("%d settings failed\n"):format(failed)) end
