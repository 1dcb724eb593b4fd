--- What random_calls.lua calls: every public function that works on tensors, with the types of its
--- arguments as they are documented.
---
---     for _, target in ipairs(surface.list(values)) do target.call(unpack(target.arguments())) end
---
--- A target: {name, group, call, arguments = function() -> n, list}.
local mah = require "mah"
local Type = require "mah.tensor.type"
local families = require "mah.docs.families"
local public = require "mah.docs.public"

local surface = {}

local left_out = {
  from_pointer = true, -- takes any address at its word
  mlp = true, train = true, -- by hand, below
  warnings = true,
}

-- -- By the documentation ------------------------------------------------------------------------

--- The documented types of a function's parameters, {{name =, type =}, ...}; a parameter without
--- one, and one that goes without saying, is an object of the class that `self` names.
local function parameters(f, name, self)
  local entry = public.entry_of(f) or families.entry(name:match "[%w_]+$")
  local list, type_of = {}, {}
  for _, argument in ipairs(entry and entry.arguments or {}) do
    type_of[argument.name] = argument.type
  end
  if entry and entry.params then
    for parameter in entry.params:gmatch "[%w_.]+" do
      local default = parameter:find "^[xta]$" and "tensor" or "any"
      list[#list + 1] = { name = parameter, type = type_of[parameter] or self or default }
    end
    if entry.name and entry.name:find ":" then
      table.insert(list, 1, { name = "self", type = self })
    end
  else
    local given = entry and entry.arguments or {}
    local first = given[1] and given[1].name
    if first ~= "x" and first ~= "a" then list[1] = { name = "self", type = self or "tensor" } end
    for _, argument in ipairs(given) do list[#list + 1] = argument end
  end
  return list
end

--- Arguments as documented with probability `proper`, each else of any kind; sometimes too few.
local function arguments_for(list, values)
  return function()
    local n, arguments = 0, {}
    local proper = values.pick { 0.6, 0.9, 1, 1, 1 }
    values.settle()
    for _, parameter in ipairs(list) do
      local times = parameter.name == "..." and math.random(0, 3) or 1
      for _ = 1, times do
        n = n + 1
        if parameter.type == "self" or values.chance(proper) then
          arguments[n] = values.of(parameter.type, parameter.name)
        else
          arguments[n] = values.any()
        end
      end
    end
    if values.chance(0.1) then n = math.random(math.min(1, n), n) end
    if values.chance(0.03) then
      n = n + 1
      arguments[n] = values.any()
    end
    return n, arguments
  end
end

local function add(list, group, name, f, values, self)
  list[#list + 1] = {
    name = name, group = group, call = f,
    arguments = arguments_for(parameters(f, name, self), values),
  }
end

local function add_all(list, group, prefix, members, values, self)
  local names = {}
  for name, f in pairs(members) do
    if type(name) == "string" and not name:find "^__" and type(f) == "function" then
      names[#names + 1] = name
    end
  end
  table.sort(names) -- the same calls for the same seed
  for _, name in ipairs(names) do add(list, group, prefix .. name, members[name], values, self) end
end

-- -- By hand: operators, and what takes tables of its own kind -----------------------------------

local operators = {
  ["a + b"] = function(a, b) return a + b end,
  ["a - b"] = function(a, b) return a - b end,
  ["a * b"] = function(a, b) return a * b end,
  ["a / b"] = function(a, b) return a / b end,
  ["a % b"] = function(a, b) return a % b end,
  ["a ^ b"] = function(a, b) return a ^ b end,
  ["a == b"] = function(a, b) return a == b end,
  ["a < b"] = function(a, b) return a < b end,
  ["a .. b"] = function(a, b) return a .. b end,
  ["-a"] = function(a) return -a end,
  ["#a"] = function(a) return #a end,
  ["a[b]"] = function(a, b) return a[b] end,
  ["a[b] = c"] = function(a, b, c) a[b] = c end,
  ["a[{ {}, b }]"] = function(a, b) return a[{ {}, b }] end,
  ["a[{ b, {} }] = c"] = function(a, b, c) a[{ b, {} }] = c end,
  ["a[{ p, q }]"] = function(a, p, q) return a[{ p, q }] end,
  ["a[{ p, q }] = c"] = function(a, p, q, c) a[{ p, q }] = c end,
  ["a[p] = c"] = function(a, p, c) a[p] = c end,
  ["a(b)"] = function(a, b) return a(b) end,
  ["tostring(a)"] = function(a) return tostring(a) end,
}

local operands = {
  a = "tensor|tensor|tensor|number",
  b = "tensor|tensor|number|integer|integer[]|string|{which: integer}",
  c = "number|number|tensor|table|boolean",
  p = "tensor",
  q = "tensor|tensor|integer|integer[]",
}

local function add_operators(list, values)
  local names = {}
  for name in pairs(operators) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local wanted = {}
    for operand in name:gmatch "%f[%w]%a%f[%W]" do
      local is_position = operand == "p" or operand == "q" -- values.lua knows `which`
      wanted[#wanted + 1] = { name = is_position and "which" or operand, type = operands[operand] }
    end
    list[#list + 1] = {
      name = name, group = "operator", call = operators[name],
      arguments = arguments_for(wanted, values),
    }
  end
end

local ACTIVATIONS = { "relu", "tanh", "logistic", "identity", "sigmoid", "softmax" }

local function network_description(values)
  local given = { math.random(1, 4) }
  for i = 1, math.random(1, 3) do
    local layer = { math.random(1, 5), values.pick(ACTIVATIONS) }
    if values.chance(0.2) then layer.dropout = values.number() end
    given[i + 1] = values.chance(0.05) and values.any() or layer
  end
  local last = given[#given]
  if type(last) == "table" and values.chance(0.8) then
    last[2], last.dropout = values.pick { "softmax", "identity", "logistic" }, nil
  end
  if values.chance(0.3) then given.dtype = values.pick { "float32", "float64", "int32" } end
  if values.chance(0.3) then given.seed = values.any() end
  return given
end

local function data_set(values)
  local rows, columns = math.random(0, 7), values.chance(0.8) and 3 or math.random(1, 4)
  local set = { x = mah.randn(rows, columns), y = mah.randint(0, 2, rows) }
  if values.chance(0.2) then set.y = mah.randn(rows, 3) end
  if values.chance(0.2) then set.weight = mah.rand(rows) end
  if values.chance(0.2) then set.x = set.x:double() end
  if values.chance(0.2) then set[values.pick { "x", "y", "weight" }] = values.any() end
  return set
end

local function training_options(values)
  local given = { stop = mah.stop.max_iter(2), seed = 1 }
  if values.chance(0.7) then given.batch_size = math.random(0, 8) end
  if values.chance(0.2) then given.validation = values.chance(0.5) and 0.5 or data_set(values) end
  if values.chance(0.5) then
    given.solver = mah.solver[values.pick { "sgd", "adam", "lbfgs" }] {}
  end
  for _ = 1, values.pick { 0, 0, 0, 0, 1, 2 } do
    local name = values.pick { "l1", "l2", "shuffle", "schedule", "restore_best", "score", "rng",
      "on_epoch", "on_batch", "stop", "solver", "validation", "batch_size" }
    given[name] = values.any()
    if name == "stop" and type(given.stop) == "number" then given.stop = 2 end
    if name == "stop" and given.stop == nil then given.stop = 2 end
  end
  return given
end

local function estimator_options(values)
  local given = { max_iter = 2, random_state = 1 }
  local names = { "hidden_layer_sizes", "activation", "solver", "alpha", "batch_size",
    "learning_rate", "learning_rate_init", "power_t", "shuffle", "tol", "momentum", "warm_start",
    "early_stopping", "validation_fraction", "beta_1", "n_iter_no_change", "max_fun", "dropout",
    "class_weight", "stop", "on_epoch", "init", "validation_data", "nonsense" }
  local proper = { hidden_layer_sizes = "integer[]", activation = '"relu"|"tanh"|"identity"',
    solver = '"sgd"|"adam"|"lbfgs"', early_stopping = "boolean", dropout = "number",
    alpha = "number", batch_size = "integer", warm_start = "boolean" }
  for _ = 1, values.pick { 0, 0, 1, 1, 3 } do
    local name = values.pick(names)
    given[name] = proper[name] and values.chance(0.9) and values.of(proper[name]) or values.any()
  end
  return given
end

--- A function whose arguments are made by `make`, a list of functions of `values`.
local function add_made(list, group, name, f, values, make)
  list[#list + 1] = {
    name = name, group = group, call = f,
    arguments = function()
      local arguments = {}
      for i, made in ipairs(make) do
        arguments[i] = values.chance(0.05) and values.any() or made(values)
      end
      return #make, arguments
    end,
  }
end

--- Makes, fits, asks and saves an estimator: one call, for its methods need one that is fitted.
local function estimate(class)
  return function(given, x, y, method, argument)
    local model = mah[class](given)
    model:fit(x, y)
    return model[method](model, argument, y)
  end
end

local function add_data(list, values)
  local function any_set() return data_set(values) end
  local function fraction() return values.pick { 0.5, 0, 1, values.number() } end
  add_made(list, "data", "mah.data.take", mah.data.take, values, { any_set, values.integer })
  add_made(list, "data", "mah.data.split", mah.data.split, values, { any_set, fraction })
end

local function add_learning(list, values)
  local function network()
    return values.chance(0.8) and values.of "Network" or mah.mlp { 3, { 2, "softmax" } }
  end
  add_made(list, "network", "mah.mlp", mah.mlp, values, { network_description })
  add_made(list, "train", "mah.train", mah.train, values, { network, data_set, training_options })
  for _, class in ipairs { "MLPClassifier", "MLPRegressor" } do
    add_made(list, "train", class .. ":fit", estimate(class), values, {
      estimator_options,
      function() return mah.randn(12, values.chance(0.9) and 3 or 2) end,
      function()
        local kind = math.random(4)
        if kind == 1 then return data_set(values).y end
        return kind == 2 and mah.randn(12, 2) or mah.randint(0, 2, 12)
      end,
      function()
        return values.pick { "predict", "predict_proba", "predict_log_proba", "score",
          "partial_fit", "get_params", "set_params", "save" }
      end,
      function()
        return values.pick { mah.randn(12, 3), values.any() or 1, "model.safetensors" }
      end,
    })
  end
end

-- -- All of it -----------------------------------------------------------------------------------

--- Every target, always in the same order.
---@param values table   values.new(...)
---@return table[]
function surface.list(values)
  local list, functions = {}, {}
  local names, is_module = getmetatable(mah).names()
  for _, name in ipairs(names) do
    if not is_module[name] and not left_out[name] then functions[name] = mah[name] end
  end
  add_all(list, "function", "mah.", functions, values)
  local files = {}
  for name, f in pairs(functions) do
    if name:find "^load" or name:find "^save" then files[name] = f end
  end
  add_all(list, "file", "mah.", files, values)
  add_all(list, "method", "tensor:", Type.methods, values, "tensor")
  add_operators(list, values)
  add_all(list, "linalg", "mah.linalg.", mah.linalg, values)
  add_all(list, "linalg", "mah.fft.", mah.fft, values)
  add_all(list, "linalg", "mah.distributions.", mah.distributions, values)
  local distribution = getmetatable(mah.distributions.normal()).__index
  add_all(list, "rng", "distribution:", distribution, values, "distribution")
  add_all(list, "rng", "rng:", getmetatable(mah.rng(0)).__index, values, "rng")
  add_all(list, "metric", "mah.metrics.", mah.metrics, values)
  add_data(list, values)
  local network = {} -- the other methods are between the trainer and C
  for name in ("activations clone forward gradient init loss predict score"):gmatch "%a+" do
    network[name] = require("mah.learn.network")[name]
  end
  add_all(list, "network", "network:", network, values, "self")
  add_learning(list, values)
  return list
end

return surface
