--- scikit-learn's pipelines, column transformers and regressors of transformed targets as Mah's.
local ColumnTransformer = require "mah.prepare.preprocessing.column_transformer"
local FunctionTransformer = require "mah.prepare.preprocessing.function_transformer"
local Pipeline = require "mah.prepare.pipeline"
local TransformedTargetRegressor = require "mah.prepare.preprocessing.transformed_target_regressor"
local attributes = require "mah.exchange.sklearn.attributes"
local base = require "mah.prepare.base"
local tensor = require "mah.tensor"
local values = require "mah.exchange.pickle.values"

local compose = {}

--- A step: "passthrough", or what the object is here.
local function step_of(convert, value, name)
  if value == values.None or value == "passthrough" then return "passthrough" end
  return convert(value, name)
end

function compose.Pipeline(a, convert)
  local list, steps = a:list "steps", {}
  for i = 1, list.n do
    local pair = list[i]
    a:check(values.is(pair, "tuple") and pair.n == 2 and type(pair[1]) == "string",
      "step %d is %s", i, values.show(pair))
    steps[i] = { pair[1], step_of(convert, pair[2], pair[1]) }
  end
  local made = Pipeline { steps = steps }
  made.fitted_ = true
  return made
end

--- Only func = None, which changes nothing, can be read: a function is code.
function compose.FunctionTransformer(a)
  a:check(a:get "func" == nil, "it calls a function, which is never run; "
    .. "mah.preprocessing.FunctionTransformer takes one of yours")
  return "passthrough"
end

--- What leaves targets as they are, as it was fitted.
local function same_targets(a, object)
  local inner = attributes.of(object, a.path)
  local width = inner:get "n_features_in_" and inner:features() or 1
  return FunctionTransformer {}:fit(tensor.zeros(1, width))
end

function compose.TransformedTargetRegressor(a, convert)
  local regressor = convert(a:need "regressor_", "regressor_")
  a:check(base.is_estimator(regressor), "regressor_ changes nothing")
  local transformer = convert(a:need "transformer_", "transformer_")
  if transformer == "passthrough" then transformer = same_targets(a, a:need "transformer_") end
  local made = TransformedTargetRegressor { regressor = base.clone(regressor),
    transformer = base.clone(transformer) }
  made.regressor_, made.transformer_ = regressor, transformer
  made.training_dim_ = a:count("_training_dim", 1, 1)
  return made
end

-- -- Columns --------------------------------------------------------------------------------------

--- An end of a slice, counted from 0; a name at its end belongs to it.
local function end_of(a, value, n, names, after)
  if type(value) == "string" then
    for place, name in ipairs(names or {}) do
      if name == value then return place - 1 + after end
    end
    a:fail("its columns are a slice to %q, which is none of feature_names_in_", value)
  end
  a:check(type(value) == "number" and value % 1 == 0, "its columns are a slice to %s",
    values.show(value))
  return value < 0 and value + n or value
end

--- The places, from 1, of a slice of n columns.
local function of_slice(a, slice, n, names)
  local step, start, stop = values.plain(slice.step) or 1, values.plain(slice.start),
    values.plain(slice.stop)
  a:check(step == 1, "its columns are a slice with a step, %s; list them", values.show(step))
  local first = start == nil and 0 or end_of(a, start, n, names, 0)
  local last = stop == nil and n or end_of(a, stop, n, names, 1)
  local out = {}
  for k = math.max(first, 0), math.min(last, n) - 1 do out[#out + 1] = k + 1 end
  return out
end

local function one(a, column, n, names)
  if type(column) == "string" then return column end
  a:check(type(column) == "number" and column % 1 == 0 and column >= -n and column < n,
    "its columns are %s", values.show(column))
  local place = column < 0 and column + n + 1 or column + 1
  return names and names[place] or place
end

--- The columns of an entry as names, or as places from 1.
local function columns_of(a, value, n, names)
  local out = {}
  if values.is(value, "slice") then
    for i, place in ipairs(of_slice(a, value, n, names)) do
      out[i] = names and names[place] or place
    end
    return out
  end
  if type(value) ~= "table" then return { one(a, value, n, names) } end
  if values.is(value, "object") then value = value.state.data or value end -- 1.5's own list
  for i, column in ipairs(a:plain_list("columns", value)) do
    if type(column) ~= "boolean" then
      out[#out + 1] = one(a, column, n, names)
    elseif column then
      out[#out + 1] = one(a, i - 1, n, names)
    end
  end
  return out
end

function compose.ColumnTransformer(a, convert)
  local n = a:features "_n_features"
  local names, list, entries = a:names(n), a:list "transformers_", {}
  a:check(a:get "transformer_weights" == nil, "it has transformer_weights, which Mah has not")
  for i = 1, list.n do
    local entry = list[i]
    a:check(values.is(entry, "tuple") and entry.n == 3 and type(entry[1]) == "string",
      "transformers_: entry %d is %s", i, values.show(entry))
    local columns = columns_of(a, entry[3], n, names)
    if #columns > 0 then
      local step = entry[2] == "drop" and "drop" or step_of(convert, entry[2], entry[1])
      entries[#entries + 1] = { entry[1], step, columns }
    end
  end
  local made = ColumnTransformer { transformers = entries, remainder = "drop",
    verbose_feature_names_out = a:boolean("verbose_feature_names_out", true) }
  made.transformers_, made.n_features_in_, made.feature_names_in_ = entries, n, names
  return made
end

return compose
