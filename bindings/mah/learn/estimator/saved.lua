--- Is what a file says an estimator? Each complaint names the part that cannot be; nothing is made
--- before the sizes agree, so that a small file cannot ask for much memory.
---
---     saved.check(state)          -- of freeze.thaw; state.network.params may be used after that
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local activations = require "mah.learn.activation"
local check = require "mah.base.check"
local options = require "mah.base.options"

local saved = {}

local function expect_table(value, name)
  return check.that(type(value) == "table" and value, "%s must be a table; it is %s", name,
    check.show(value))
end

local function is_count(value, least)
  return options.matches(value, "integer") and value >= least
end

local function expect_count(value, least, name)
  check.that(is_count(value, least), "%s must be a whole number >= %d; it is %s", name, least,
    check.show(value))
end

--- A vector of so many elements of that dtype.
local function expect_vector(value, dtype, n, name)
  check.that(Type.is_tensor(value) and value.ndim == 1 and value.dtype == dtype and #value == n,
    "%s must be a vector of %d %s; it is %s", name, n, dtype,
    Type.is_tensor(value) and Type.describe(value) or check.show(value))
end

-- -- The network ----------------------------------------------------------------------------------

--- Complains unless the tensor has that shape and type, and is finite.
local function expect_shape(value, dtype, shape, name)
  check.that(Type.is_tensor(value), "%s must be a tensor; it is %s", name, check.show(value))
  local wanted = table.concat(shape, ", ")
  check.that(value.dtype == dtype and table.concat(value.shape, ", ") == wanted,
    "%s must be %s (%s); it is %s", name, dtype, wanted, Type.describe(value))
  check.status(C.mah_batch_check_finite(value, name))
end

local norm_tensors = {
  layer = { "norm_weight", "norm_bias" },
  batch = { "norm_weight", "norm_bias", "running_mean", "running_var" },
}

--- The layers' own weights and biases.
local function check_layers(network)
  local inputs = network.inputs
  for i, layer in ipairs(network.layers) do
    local name = ("network.layers[%d]"):format(i)
    expect_shape(layer.weight, network.dtype, { inputs, layer.units }, name .. ".weight")
    expect_shape(layer.bias, network.dtype, { layer.units }, name .. ".bias")
    for _, one in ipairs(layer.norm and norm_tensors[layer.norm] or {}) do
      expect_shape(layer[one], network.dtype, { layer.units }, name .. "." .. one)
    end
    inputs = layer.units
  end
end

--- All parameters in one vector, as older formats have them.
local function check_params(network, needed)
  local params = network.params
  check.that(Type.is_tensor(params), "network.params must be a tensor; it is %s",
    check.show(params))
  check.that(params:numel() == needed, "the file holds %d parameters for a network of %.0f",
    params:numel(), needed)
  expect_vector(params, network.dtype, needed, "network.params")
  check.status(C.mah_batch_check_finite(params, "weights"))
end

--- How many parameters and running statistics the layers need, as doubles: no overflow.
local function count_parameters(network)
  local inputs, total, buffers = network.inputs, 0, 0
  for i, layer in ipairs(network.layers) do
    local name = ("network.layers[%d]"):format(i)
    expect_table(layer, name)
    check.that(is_count(layer.units, 1) and layer.units < 2 ^ 31, "%s.units is %s", name,
      check.show(layer.units))
    check.that(type(layer.activation) == "string", "%s.activation is %s", name,
      check.show(layer.activation))
    check.that(layer.norm == nil or norm_tensors[layer.norm], "%s.norm is %s", name,
      check.show(layer.norm))
    total = total + (inputs + 1 + (layer.norm and 2 or 0)) * layer.units
    buffers = buffers + (layer.norm == "batch" and 2 or 0) * layer.units
    inputs = layer.units
  end
  return total, buffers
end

--- Complains about a network that cannot be.
---@param network any
local function check_network(network)
  expect_table(network, "network")
  check.that(is_count(network.inputs, 1) and network.inputs < 2 ^ 31, "network.inputs is %s",
    check.show(network.inputs))
  check.that(network.dtype == "float32" or network.dtype == "float64", "network.dtype is %s",
    check.show(network.dtype))
  check.that(activations.losses[network.loss], "network.loss is %s", check.show(network.loss))
  check.that(#expect_table(network.layers, "network.layers") > 0, "the network has no layers")
  local needed, buffers = count_parameters(network)
  local scale = network.input_scale
  check.that(scale == nil or type(scale) == "number" and scale - scale == 0 and scale ~= 0,
    "network.input_scale is %s", check.show(scale))
  if network.params ~= nil then check_params(network, needed) else check_layers(network) end
  network.parameters, network.buffers = needed, buffers > 0 and buffers or nil
end
saved.check_network = check_network

-- -- The trainer ----------------------------------------------------------------------------------

local function check_history(history)
  expect_table(history, "trainer.history")
  for name, list in pairs(history) do
    expect_table(list, "trainer.history." .. tostring(name))
    for epoch, value in pairs(list) do
      check.that(type(name) == "string" and is_count(epoch, 1) and type(value) == "number",
        "trainer.history.%s[%s] is %s", tostring(name), tostring(epoch), check.show(value))
    end
  end
  for _, name in ipairs { "loss", "lr", "seconds" } do
    expect_table(history[name], "trainer.history." .. name)
  end
  for epoch = 1, table.maxn(history.loss) do
    check.that(history.loss[epoch], "trainer.history.loss has no epoch %d", epoch)
  end
end

--- Row numbers from 0 to rows - 1.
local function check_rows(list, rows, name)
  if list == nil then return end
  check.that(Type.is_tensor(list), "%s must be a tensor; it is %s", name, check.show(list))
  expect_vector(list, "int32", list:numel(), name)
  check.that(#list > 0 and #list <= rows and list:min() >= 0 and list:max() < rows,
    "%s has other rows than 0 ... %.0f", name, rows - 1)
end

--- Running statistics beside weights, if there are weights.
local function check_buffers(value, network, name, has_weights)
  if network.buffers and has_weights then
    expect_vector(value, network.dtype, network.buffers, name)
  else
    check.that(value == nil, "%s is %s", name, check.show(value))
  end
end

local function check_best(best, network)
  expect_table(best, "trainer.best")
  check.that(best.score == nil or type(best.score) == "number", "trainer.best.score is %s",
    check.show(best.score))
  check.that(best.w == nil or best.score ~= nil, "trainer.best has no score")
  if best.epoch ~= nil then expect_count(best.epoch, 1, "trainer.best.epoch") end
  if best.w ~= nil then
    expect_vector(best.w, network.dtype, network.parameters, "trainer.best.w")
  end
  check_buffers(best.buffers, network, "trainer.best.buffers", best.w ~= nil)
end

local function check_average(average, network)
  if average == nil then return end
  expect_table(average, "trainer.average")
  check.that(type(average.name) == "string", "trainer.average.name is %s",
    check.show(average.name))
  expect_count(average.count, 0, "trainer.average.count")
  expect_vector(average.w, network.dtype, network.parameters, "trainer.average.w")
  check_buffers(average.buffers, network, "trainer.average.buffers", true)
end

local counts = { epoch = 0, samples = 0, first_epoch = 1, mask_seed = 0, mask_step = 0, rows = 1 }

local function check_trainer(trainer, network)
  expect_table(trainer, "trainer")
  for name, least in pairs(counts) do expect_count(trainer[name], least, "trainer." .. name) end
  check.that(type(trainer.elapsed) == "number" and trainer.elapsed >= 0, "trainer.elapsed is %s",
    check.show(trainer.elapsed))
  check.that(trainer.initial_lr == nil or type(trainer.initial_lr) == "number"
    and trainer.initial_lr >= 0, "trainer.initial_lr is %s", check.show(trainer.initial_lr))
  for name, least in pairs { last_drop = 0, measured_from = 1 } do
    if trainer[name] ~= nil then expect_count(trainer[name], least, "trainer." .. name) end
  end
  check_history(trainer.history)
  check_best(trainer.best, network)
  if trainer.last_w ~= nil then
    expect_vector(trainer.last_w, network.dtype, network.parameters, "trainer.last_w")
  end
  check_buffers(trainer.last_buffers, network, "trainer.last_buffers", trainer.last_w ~= nil)
  check_average(trainer.average, network)
  check_rows(trainer.order, trainer.rows, "trainer.order")
  check.that(trainer.order, "trainer.order is missing")
  check_rows(trainer.held, trainer.rows, "trainer.held")
end

--- Complains about what no training of a network can leave.
---@param training any      {trainer =, rng =}
---@param network table     {dtype =, parameters = how many, buffers = how many or nil}
function saved.check_training(training, network)
  expect_table(training, "training")
  expect_table(training.rng, "rng")
  check_trainer(training.trainer, network)
end

-- -- The solver -----------------------------------------------------------------------------------

--- L-BFGS remembers steps in rings, all of them filled as far as `remembered` says.
local function check_rings(state)
  local most = state.history
  check.that(is_count(most, 1) and is_count(state.newest, 0) and state.newest <= most
    and is_count(state.remembered, 0) and state.remembered <= most, "trainer.solver's rings are %s",
    "damaged")
  for age = 0, state.remembered - 1 do
    local i = (state.newest - age - 1) % most + 1
    check.that(Type.is_tensor(state.steps[i]) and Type.is_tensor(state.changes[i])
      and type(state.curvatures[i]) == "number", "trainer.solver lacks its step %d", i)
  end
end

--- What L-BFGS and conjugate gradients know of where they stand.
local function check_vectors(state)
  check.that(not state.g == not state.point and not state.g == not state.direction,
    "trainer.solver lacks a vector")
end

-- Numbers that come with the first step, and the least of them.
local later = { loss = -math.huge, before = -math.huge, delta = 0 }

local function check_number(name, value, make)
  local ok, problem = pcall(make, { [name] = value })
  check.that(ok or tostring(problem):find("unknown option", 1, true),
    "trainer.solver.%s is %s", name, check.show(value))
  check.that(name == "loss" or value - value == 0 and value >= (later[name] or 0),
    "trainer.solver.%s is %s", name, check.show(value))
end

local function check_value(name, value, network, make)
  if Type.is_tensor(value) then
    return expect_vector(value, network.dtype, network.parameters, "trainer.solver." .. name)
  end
  if type(value) == "number" then return check_number(name, value, make) end
  check.that(type(value) == "boolean" or type(value) == "string" and name == "name",
    "trainer.solver.%s is %s", name, check.show(value))
end

--- What a built-in solver of that kind may know.
---@param state table
---@param make function   the solver's constructor
---@param network table   {dtype =, params =}, checked
function saved.check_solver(state, make, network)
  local fresh = make()
  for name, value in pairs(state) do
    local kind = type(fresh[name]) -- vectors come with the first step, too
    check.that(type(name) == "string" and kind ~= "function" and (kind == type(value)
      or kind == "nil" and (Type.is_tensor(value) or later[name] and type(value) == "number")),
      "trainer.solver.%s is %s", tostring(name), check.show(value))
    if type(value) == "table" then
      for i, entry in pairs(value) do
        check.that(is_count(i, 1), "trainer.solver.%s is no list", name)
        check_value(name, entry, network, make)
      end
    else
      check_value(name, value, network, make)
    end
  end
  for name, value in pairs(fresh) do
    check.that(state[name] ~= nil, "trainer.solver.%s is missing (%s)", name, type(value))
  end
  if rawget(fresh, "steps") then check_rings(state) end
  if fresh.full_batch and not fresh.takes_residuals then check_vectors(state) end
end

-- -- All of it ------------------------------------------------------------------------------------

local kinds = {
  n_iter_ = "number", loss_ = "number", best_loss_ = "number", best_validation_score_ = "number",
  t_ = "number", n_outputs_ = "number", out_activation_ = "string", classes_ = "table",
  stop_reason_ = "table",
}

local function check_attributes(attributes)
  for name, value in pairs(expect_table(attributes, "attributes")) do
    check.that(kinds[name] and type(value) == kinds[name], "attribute %s is %s", check.show(name),
      check.show(value))
  end
  local reason = attributes.stop_reason_
  check.that(not reason or type(reason.rule) == "string" and type(reason.text) == "string",
    "attribute stop_reason_ has no rule or text")
end

--- As many labels as the outputs can tell apart.
local function check_classes(classes, network)
  expect_table(classes, "classes_")
  local outputs = network.layers[#network.layers].units
  local fits = network.loss == "binary_cross_entropy" and outputs == 1
    and #classes >= 1 and #classes <= 2 or #classes == outputs
  check.that(fits and table.maxn(classes) == #classes, "there are %d classes for %d outputs",
    #classes, outputs)
  for i, label in ipairs(classes) do
    check.that(type(label) == "string" or type(label) == "boolean"
      or type(label) == "number" and label - label == 0, "class %d is %s", i, check.show(label))
  end
end

--- Complains about a state that no estimator can have.
---@param state table
function saved.check(state)
  expect_table(state, "the state")
  expect_table(state.params, "params")
  check_attributes(state.attributes)
  if state.network == nil then return end
  check_network(state.network)
  if state.rng ~= nil or state.trainer ~= nil then -- neither: the model was saved without them
    saved.check_training(state, state.network)
  end
  local is_regression = activations.is_regression(state.network.loss)
  check.that(is_regression == (state.class == "MLPRegressor"), "the loss of a %s is %s",
    tostring(state.class), state.network.loss)
  if not is_regression then check_classes(state.attributes.classes_, state.network) end
end

return saved
