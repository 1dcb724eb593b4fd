--- Pipelines and everything else of this wing as safetensors files: what was fitted as tensors, the
--- rest as JSON in the metadata, which NumPy reads in five lines. Loading runs no code.
---
--- An estimator is {"class": ..., "params": {...}, "fitted": {...}}, and so are those in parameters
--- and in what was fitted; fitted attributes end in "_".
local Type = require "mah.tensor.type"
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local freeze = require "mah.learn.freeze"
local loading = require "mah.learn.estimator.load"
local network_state = require "mah.learn.network_state"
local options = require "mah.base.options"
local saving = require "mah.learn.estimator.save"
-- loading needs all classes
require "mah.prepare.calibration"
require "mah.prepare.model_selection"
require "mah.prepare.pipeline"
require "mah.prepare.preprocessing"

local FORMAT = "mah pipeline 2"

-- -- To plain values ------------------------------------------------------------------------------

local plain

--- how: {with_training =}, of networks.
local function plain_table(t, path, how, depth, not_saved)
  check.depth(depth, "cannot save %s", check.short_path(path))
  local out = {}
  for key, value in pairs(t) do
    if not (not_saved and not_saved[key]) then
      out[key] = plain(value, ("%s.%s"):format(path, tostring(key)), how, depth + 1)
    end
  end
  return out
end

--- Fields that end in "_": what fit found.
local function fitted_of(estimator)
  local fitted = {}
  for name, value in next, estimator do
    if type(name) == "string" and name:sub(-1) == "_" then fitted[name] = value end
  end
  return fitted
end

local function is_ours(value) return base.classes[rawget(value, "class")] ~= nil end

local function state_of(estimator, path, how, depth)
  return {
    class = estimator.class,
    params = plain_table(estimator:get_params(false), path, how, depth),
    fitted = plain_table(fitted_of(estimator), path, how, depth, estimator.not_saved),
  }
end

--- A value of a model in plain tables and tensors.
---@param value any
---@param path string                    its name, for messages
---@param how {with_training: boolean}
---@param depth integer
function plain(value, path, how, depth)
  local kind = type(value)
  if kind == "number" or kind == "string" or kind == "boolean" or Type.is_tensor(value) then
    return value
  end
  check.that(kind == "table", "cannot save %s: it is %s%s", path, check.show(value),
    kind == "function" and "; FunctionTransformer takes names, such as \"log1p\", too" or "")
  if not getmetatable(value) then return plain_table(value, path, how, depth) end
  if is_ours(value) then return state_of(value, path, how, depth) end
  if loading.knows(rawget(value, "class")) then
    return saving.state_of(value, how.with_training)
  end
  check.raise("cannot save %s: it is %s of your own", path,
    base.is_estimator(value) and "an estimator" or "an object")
end

-- -- And back -------------------------------------------------------------------------------------

local estimator_of

--- Values with estimators in the places of their states.
local function revived(value)
  if type(value) ~= "table" then return value end
  if type(value.class) == "string" and type(value.params) == "table" then
    return estimator_of(value)
  end
  local out = {}
  for key, inner in pairs(value) do out[key] = revived(inner) end
  return out
end

function estimator_of(state)
  if loading.knows(state.class) then return loading.of_state(state) end
  local construct = check.that(base.classes[state.class], "unknown class %s",
    check.show(state.class))
  check.that(type(state.params) == "table" and type(state.fitted) == "table",
    "%s has no params or fitted", state.class)
  local estimator = construct(revived(state.params))
  for name, value in pairs(revived(state.fitted)) do
    check.that(type(name) == "string" and name:sub(-1) == "_", "%s: %s is no fitted attribute",
      state.class, check.show(name))
    rawset(estimator, name, value)
  end
  return estimator
end

local function read(tensors, text)
  check.that(type(text) == "string", "there is no state in it")
  local state = freeze.thaw(tensors, text)
  check.that(type(state.class) == "string", "it has no class")
  return estimator_of(state)
end

loading.formats[FORMAT], loading.formats["mah pipeline 1"] = read, read

-- -- Files ----------------------------------------------------------------------------------------

--- Calls visit(network's estimator, prefix of its names) for the networks among the steps.
local function each_network(estimator, prefix, visit)
  for name, child in pairs(estimator:_children()) do
    if type(child) == "table" and loading.knows(rawget(child, "class")) then
      if child.network then visit(child, prefix .. name .. ".") end
    elseif type(child) == "table" and is_ours(child) then
      each_network(child, prefix .. name .. ".", visit)
    end
  end
end

--- What the header says: the steps of a pipeline, and the network's sizes where there is one.
local function summary_of(estimator)
  local summary, count, steps = {}, 0, nil
  each_network(estimator, "", function(child, prefix)
    summary, count = saving.summary(child), count + 1
    summary.weights = prefix
  end)
  if count > 1 then summary = {} end
  for i, step in ipairs(rawget(estimator, "steps") or {}) do
    steps = steps or {}
    steps[i] = type(step[2]) == "table" and tostring(step[2].class) or step[1]
  end
  summary.class, summary.steps = estimator.class, steps
  return summary
end

--- Writes it to `path`, all or nothing; mah.load reads it again. Functions and estimators of one's
--- own cannot be saved. What kind of file, the path's ending says: .onnx for other runtimes, .h
--- for C, else safetensors. Of these, state = false leaves out what the training of networks could
--- go on from, and NumPy reads them as MLPClassifier:save says.
---
--- Of ONNX: what was fitted to a table has an input (N, 1) for each column, doubles (NaN: missing;
--- booleans are 0 and 1, dates seconds since 1970) or strings ("": missing); inputs, outputs and
--- opset else are as MLPClassifier:save says. A category that fit never saw cannot be an error
--- there: OneHotEncoder gives zeros, OrdinalEncoder NaN unless it has unknown_value. dtype: of the
--- input of transformers alone, float32 unless told.
---
--- Of C: a table's columns stand side by side in x, under names of an enum; a category is a value
--- of its column's enum, a missing one NaN. Unknown ones are as in ONNX, options as
--- MLPClassifier:save says.
---
---     local scaler = mah.preprocessing.StandardScaler{}:fit({{1}, {3}})
---     scaler:save("scaler.safetensors")
---     print(mah.load("scaler.safetensors").mean_[1])  --> 2
---@param path string
---@param given table|nil   options of the kind of file
---@return table self
function base.methods:save(path, given)
  saving.by_ending(self, path, given, self.where .. ":save", function(with_training)
    local names = {}
    each_network(self, "", function(child, prefix)
      network_state.name(child.network, prefix, names)
    end)
    saving.write(path, state_of(self, self.class, { with_training = with_training }, 1),
      names, FORMAT, summary_of(self))
  end)
  return self
end

for class in pairs(base.classes) do options.declare(class .. ":save", saving.rules) end

return {
  FORMAT = FORMAT, of_state = estimator_of,
  state_of = function(value, path, how) return plain(value, path, how, 1) end,
}
