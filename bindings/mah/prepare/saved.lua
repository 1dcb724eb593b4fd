--- Pipelines and everything else of this wing as safetensors files: what was fitted as tensors, the
--- rest as JSON in the metadata, which NumPy reads in five lines. Loading runs no code.
---
---     model:save "model.safetensors"          local model = mah.load "model.safetensors"
---
--- An estimator is {"class": ..., "params": {...}, "fitted": {...}}, and so are those in parameters
--- and in what was fitted; fitted attributes end in "_".
local Type = require "mah.tensor.type"
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local freeze = require "mah.learn.freeze"
local loading = require "mah.learn.estimator.load"
local safetensors = require "mah.data.safetensors"
local saving = require "mah.learn.estimator.save"
-- loading needs all classes
require "mah.prepare.calibration"
require "mah.prepare.model_selection"
require "mah.prepare.pipeline"
require "mah.prepare.preprocessing"

local FORMAT = "mah pipeline 1"

-- -- To plain values ------------------------------------------------------------------------------

local plain

local function plain_table(t, path, not_saved)
  local out = {}
  for key, value in pairs(t) do
    if not (not_saved and not_saved[key]) then
      out[key] = plain(value, ("%s.%s"):format(path, tostring(key)))
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

local function state_of(estimator, path)
  return {
    class = estimator.class,
    params = plain_table(estimator:get_params(false), path),
    fitted = plain_table(fitted_of(estimator), path, estimator.not_saved),
  }
end

function plain(value, path)
  local kind = type(value)
  if kind == "number" or kind == "string" or kind == "boolean" or Type.is_tensor(value) then
    return value
  end
  check.that(kind == "table", "cannot save %s: it is %s%s", path, check.show(value),
    kind == "function" and "; FunctionTransformer takes names, such as \"log1p\", too" or "")
  if not getmetatable(value) then return plain_table(value, path) end
  if is_ours(value) then return state_of(value, path) end
  if loading.knows(rawget(value, "class")) then return saving.state_of(value) end
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

loading.formats[FORMAT] = function(tensors, text)
  check.that(type(text) == "string", "there is no state in it")
  local state = freeze.thaw(tensors, text)
  check.that(type(state.class) == "string", "it has no class")
  return estimator_of(state)
end

-- -- Files ----------------------------------------------------------------------------------------

--- The layers of networks under scikit-learn's names: mlpclassifier.coefs.0 ...
local function add_weights(tensors, estimator, prefix)
  for name, child in pairs(estimator:_children()) do
    if type(child) == "table" and loading.knows(rawget(child, "class")) then
      saving.add_weights(tensors, child, prefix .. name .. ".")
    elseif type(child) == "table" and is_ours(child) then
      add_weights(tensors, child, prefix .. name .. ".")
    end
  end
end

local function save(estimator, path)
  local tensors, text = freeze.freeze(state_of(estimator, estimator.class))
  add_weights(tensors, estimator, "")
  safetensors.save_safetensors(path, tensors, { format = FORMAT, state = text })
end

--- Writes it to `path`, all or nothing; mah.load reads it again. Functions and estimators of one's
--- own cannot be saved. What kind of file, the path's ending says: .onnx for other runtimes
--- (onnx/write.lua tells what is in it), else safetensors.
---@param path string
---@param given table|nil   options of the kind of file
---@return table self
function base.methods:save(path, given) return saving.to_path(self, path, given, save) end

return { FORMAT = FORMAT, state_of = plain, of_state = estimator_of }
