--- A network, a fitted estimator, pipeline or transformer as a program.
---
---     local p = lower(model, { dtype = "float64" })        -- p.inputs, p.nodes, p.result
---
--- What was fitted to columns by name has an input for each that is used, numbers (float64) or
--- text; so has what was fitted to rows with texts among them, as x0, x1 ...; everything else one
--- matrix `x` in the network's dtype. A network with an input scale takes
--- bytes as numbers of its dtype, and scales them.
local Network = require "mah.learn.network"
local block = require "mah.exchange.lower.block"
local check = require "mah.base.check"
local network = require "mah.exchange.lower.network"
local program = require "mah.exchange.program"
local steps = require "mah.exchange.lower.steps"
local taped = require "mah.exchange.lower.taped"
require "mah.exchange.lower.encoders"
require "mah.exchange.lower.estimators"
require "mah.exchange.lower.features"
require "mah.exchange.lower.pipeline"
require "mah.exchange.lower.scalers"

--- The estimators right inside of one, in the order of what they see.
local function inside(model)
  local list = {}
  for _, step in ipairs(rawget(model, "steps") or {}) do
    if step[2] ~= "passthrough" then list[#list + 1] = step[2] end
  end
  local parts = rawget(model, "calibrated_classifiers_")
  list[#list + 1] = parts and parts[1].estimator
  list[#list + 1] = (rawget(model, "estimators_") or {})[1]
  list[#list + 1] = rawget(model, "regressor_")
  list[#list + 1] = rawget(model, "best_estimator_")
  return list
end

--- Which names and how many columns the first part of it saw.
local function seen(model)
  local names, count = rawget(model, "feature_names_in_"), rawget(model, "n_features_in_")
  local net = rawget(model, "network")
  if net then return nil, net.inputs end
  if count then return names, count end
  local first = inside(model)[1]
  if type(first) ~= "table" then return nil, nil end
  return seen(first)
end

local function dtype_of(model)
  local net = rawget(model, "network")
  if net then return net.dtype end
  for _, part in ipairs(inside(model)) do
    local dtype = type(part) == "table" and dtype_of(part)
    if dtype then return dtype end
  end
end

local function has_text(lists)
  for _, list in ipairs(lists or {}) do
    for _, value in ipairs(type(list) == "table" and list or { list }) do
      if type(value) == "string" then return true end
    end
  end
  return false
end

--- Is there a step that knows texts: an encoder's categories, what an imputer fills in?
local function knows_text(model)
  if has_text(rawget(model, "categories_")) or has_text(rawget(model, "statistics_")) then
    return true
  end
  local list = inside(model)
  for _, entry in ipairs(rawget(model, "transformers_") or {}) do list[#list + 1] = entry[2] end
  for _, part in ipairs(list) do
    if type(part) == "table" and knows_text(part) then return true end
  end
  return false
end

local function numbered_names(count)
  local names = {}
  for k = 1, count do names[k] = "x" .. (k - 1) end
  return names
end

--- The block that the model looks at first.
local function inputs(p, model, dtype)
  local names, count = seen(model)
  check.that(count, "cannot write %s: it is not fitted yet; call fit first",
    tostring(rawget(model, "class") or "it"))
  local texts = not names and knows_text(model)
  if not names and not texts then return block.matrix(p, p:input("x", dtype, count)) end
  local columns = {}
  for k, name in ipairs(names or numbered_names(count)) do
    columns[k] = { value = p:input(name, nil, 1, name), place = 1 }
  end
  return block.new(p, columns, names, false)
end

local function of_network(net)
  local p = program.new()
  local x = network.scaled(p, net, p:input("x", net.dtype, net.inputs))
  p.result = { kind = "network", value = network.outputs(p, net, x) }
  return p
end

--- The result of a transformer: numbers.
local function transformed(model, b)
  local out = steps.transform(model, b)
  return { kind = "transformer", value = out.single and out:numbers "float32" or out:numbers() }
end

local function of_estimator(model, given)
  check.that(type(model) == "table" and rawget(model, "class"), "a network, or an estimator, "
    .. "pipeline or transformer of mah is expected, got %s", check.show(model))
  local p = program.new()
  local b = inputs(p, model, dtype_of(model) or given.dtype or "float32")
  local predicts = steps.predictors[model.class]
  if model.class == "Pipeline" then
    local last = model.steps[#model.steps][2]
    predicts = last ~= "passthrough" and steps.predictors[last.class] and predicts
  end
  p.result = predicts and steps.predict(model, b) or transformed(model, b)
  return p:trim()
end

local function of_model(model, given)
  local is_taped = taped.is(model)
  if is_taped and not rawget(model, "layers") then return taped.program(model, given.x) end
  check.that(given.x == nil, "save: x is for networks of mah.network; this model knows its columns")
  if is_taped or getmetatable(model) == Network then return of_network(model) end
  return of_estimator(model, given)
end

---@param model table
---@param given {dtype: string?, x: any, whole_weights: boolean?}|nil   dtype: of the matrix that a
---  transformer without a network behind it sees, float32 unless told; x: rows like those that a
---  network of mah.network takes; whole_weights: do weights stay as networks have them?
---@return mah.Program
return function(model, given)
  given = given or {}
  return taped.finish(of_model(model, given), given.whole_weights)
end
