--- What transformers, pipelines and the estimators made of others share: parameters as fields,
--- get_params, set_params, clone, and how they look at x.
---
--- Fitted attributes end in "_". Any Lua object with fit, get_params, set_params and clone is an
--- estimator here, and one with transform a transformer.
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local frame = require "mah.prepare.frame"
local metatable = require "mah.prepare.metatable"
local options = require "mah.base.options"
local rows = require "mah.prepare.rows"

--- What all that is fitted to columns finds.
---@class mah.Prepared
---@field n_features_in_ integer how many columns fit saw
---@field feature_names_in_ string[]|nil their names, where x had names

local base = {}

--- Constructors by class name, for loading; and the chunks that their texts stand in, for help.
base.classes, base.chunks = {}, {}

--- The names of classes by their constructors.
base.class_of = {}

--- The methods of each class, by its name, for help.
base.methods_of = {}

--- The methods behind what callers get, for help.
base.guarded = metatable.guarded

function base.is_estimator(value)
  if type(value) ~= "table" then return false end
  local ok, found = pcall(function() return value.get_params and (value.fit or value.transform) end)
  return ok and type(found) == "function"
end

--- Can it do that? Those made of others raise an error for what the others cannot.
function base.has(estimator, method)
  local ok, value = pcall(function() return estimator[method] end)
  return ok and type(value) == "function"
end

--- How a message shows what stands where an estimator belongs.
---@return string
function base.show(value)
  local class = base.class_of[value]
  return class and ("the class itself; %s{} makes one of it"):format(class) or check.show(value)
end

--- Does it tell classes apart?
function base.is_classifier(estimator) return base.has(estimator, "predict_proba") end

--- x as an estimator wants it: those of this wing look at anything, others at a matrix of numbers.
function base.for_estimator(estimator, x)
  if Type.is_tensor(x) or rows.is_sparse(x) or rawget(estimator, "where") then return x end
  local where = "mah." .. tostring(estimator.class or "fit")
  return frame.of(x, where):matrix(where)
end

--- Fits a transformer and gives x transformed.
function base.fit_transform(transformer, x, y)
  if base.has(transformer, "fit_transform") then return transformer:fit_transform(x, y) end
  for _, name in ipairs { "fit", "transform" } do
    check.that(base.has(transformer, name), "a transformer has fit and transform; %s has no %s",
      check.show(transformer), name)
  end
  transformer:fit(x, y)
  return transformer:transform(x)
end

--- Names as scikit-learn's make_pipeline gives them: the class in small letters, and -1, -2 ... for
--- several of one class.
---@param list table[]   estimators
---@return string[]
function base.names_of(list)
  local names, count, seen = {}, {}, {}
  for i, estimator in ipairs(list) do
    names[i] = type(estimator) == "string" and estimator
      or tostring(estimator.class or "estimator"):lower()
    count[names[i]] = (count[names[i]] or 0) + 1
  end
  for i, name in ipairs(names) do
    if count[name] > 1 then
      seen[name] = (seen[name] or 0) + 1
      names[i] = name .. "-" .. seen[name]
    end
  end
  return names
end

-- -- Copies ---------------------------------------------------------------------------------------

--- A copy of a parameter's value in which no estimator is fitted.
local function clone(value, depth)
  if base.is_estimator(value) then
    check.that(type(value.clone) == "function", "%s has no clone()", tostring(value))
    return value:clone()
  end
  if type(value) ~= "table" or getmetatable(value) then return value end
  check.depth(depth, "clone: a parameter")
  local copy = {}
  for k, v in pairs(value) do copy[k] = clone(v, depth + 1) end
  return copy
end

function base.clone(value) return clone(value, 1) end

-- -- Classes --------------------------------------------------------------------------------------

local methods = metatable.methods
base.methods = methods

--- An estimator where a table of options belongs, as scikit-learn's calls have it.
local function check_form(given, rules, class, where)
  if not base.is_estimator(given) then return end
  local option = rules.regressor and "regressor" or rules.estimator and "estimator"
  check.raise("%s: a table of options is expected, got %s%s", where, check.show(given),
    option and ("; write %s{%s = model, ...}"):format(class, option) or "")
end

--- A class: made by calling what this returns with a table of parameters.
---@param where string     its full name; what follows the last point is the class
---@param rules table      of its parameters, as mah.base.options reads them
---@param own table        its methods; _elsewhere: what to write for other tools' parameters
---@param read fun(given: table): table|nil   turns what is written into named parameters
function base.define(where, rules, own, read)
  local class = where:match "([^.]+)$"
  options.declare(where, rules)
  local of_class = metatable.of(class, where, rules, own)
  local function construct(given)
    check_form(given, rules, class, where)
    local estimator = options(read and read(given or {}) or given, rules, where, own._elsewhere)
    estimator.class, estimator.where = class, where
    return setmetatable(estimator, of_class)
  end
  own.rules, own._construct = rules, construct
  base.class_of[construct] = class
  base.classes[class], base.methods_of[class] = construct, own
  base.chunks[construct] = debug.getinfo(own._plan or own.fit or own._folds, "S").source
  return construct
end

-- -- Parameters -----------------------------------------------------------------------------------

--- The estimators that parameters hold, by the name before "__".
---@return table<string, table>
function methods:_children()
  local found = {}
  for name in pairs(self.rules) do
    if base.is_estimator(rawget(self, name)) then found[name] = self[name] end
  end
  return found
end

--- The parameters as a new table; those of estimators inside as name__parameter.
---
---     local scaler = mah.preprocessing.MinMaxScaler{clip = true}
---     print(scaler:get_params().clip, scaler:get_params().feature_range[2])  --> true 1
---@param deep boolean|nil   false: without those
---@return table
function methods:get_params(deep)
  local params = {}
  for name in pairs(self.rules) do params[name] = options.copy(rawget(self, name)) end
  if deep == false then return params end
  for name, child in pairs(self:_children()) do
    params[name] = child
    for inner, value in pairs(child:get_params()) do params[name .. "__" .. inner] = value end
  end
  return params
end

--- The entries {name, estimator, ...} of a parameter; what else somebody has assigned to it is left
--- out, and told of by the next call that uses it.
---@param list any
---@return table[]
function base.pairs_in(list)
  local found = {}
  for _, entry in ipairs(type(list) == "table" and list or {}) do
    local is_entry = type(entry) == "table" and getmetatable(entry) == nil
    if is_entry and type(entry[1]) == "string" and entry[2] ~= nil then
      found[#found + 1] = entry
    end
  end
  return found
end

--- Puts another estimator in the place of a child.
function methods:_set_child(name, child) self[name] = child end

local function set_inner(self, inner)
  local children = self:_children()
  for name, params in pairs(inner) do
    if not children[name] then
      check.raise("%s: set_params: there is no step %s%s", self.where, check.show(name),
        options.did_you_mean(name, children))
    end
    check.that(base.is_estimator(children[name]), "%s: set_params: step %s is %s, which has no "
      .. "parameters", self.where, name, check.show(children[name]))
    children[name]:set_params(params)
  end
end

--- A parameter of a step, without the step's name, is told what to write.
local function check_whose(self, name, children)
  if self.rules[name] or children[name] then return end
  for step, child in pairs(children) do
    check.that(not base.is_estimator(child) or child:get_params()[name] == nil,
      "%s: unknown option %s; of step %s it is '%s__%s'", self.where, check.show(name), step, step,
      tostring(name))
  end
end

--- Changes some parameters; name__parameter changes one of an estimator inside. Unknown names,
--- types and ranges are errors.
---
---     local model = mah.Pipeline{mah.preprocessing.StandardScaler{}, mah.MLPClassifier{}}
---     model:set_params{standardscaler__with_std = false, mlpclassifier__alpha = 0.01}
---     print(model[1].with_std, model[2].alpha)  --> false 0.01
---@param given table
---@return table self
function methods:set_params(given)
  check.that(type(given) == "table", "%s: set_params: a table is expected, got %s", self.where,
    check.show(given))
  local own, inner = self:get_params(false), {}
  local children = self:_children()
  for name, value in pairs(given) do
    local outer, rest = tostring(name):match "^(.-)__(.+)$"
    if outer then
      inner[outer] = inner[outer] or {}
      inner[outer][rest] = value
    elseif not children[name] or self.rules[name] then
      own[name] = value
    end
  end
  for name in pairs(given) do check_whose(self, name, children) end
  options(own, self.rules, self.where)
  for name, value in pairs(given) do
    if children[name] then
      self:_set_child(name, value)
    elseif self.rules[name] then
      self[name] = value
    end
  end
  set_inner(self, inner)
  return self
end

--- A new one with the same parameters, not fitted.
---
---     local fitted = mah.preprocessing.StandardScaler{with_mean = false}:fit({{1}, {3}})
---     local again = fitted:clone()
---     print(again.with_mean, again.scale_)  --> false nil
---@return table
function methods:clone()
  local params = {}
  for name in pairs(self.rules) do params[name] = base.clone(rawget(self, name)) end
  return self._construct(params)
end

-- -- Looking at x ---------------------------------------------------------------------------------

--- What fit has left under that name; complains unless it has been called.
---@param name string   "classes_"
function base.fitted(self, name)
  return check.that(rawget(self, name), "%s: it is not fitted yet; call fit first", self.where)
end

function base.check_fitted(self) base.fitted(self, "n_features_in_") end

local function remember(self, f)
  self.n_features_in_ = #f.columns
  self.feature_names_in_ = f.names and options.copy(f.names)
end

--- The columns that fit saw: by their names where it saw names, others are left aside.
local function recall(self, f)
  if rawget(self, "feature_names_in_") and f.names then
    return f:pick(self.feature_names_in_, self.where)
  end
  check.that(#f.columns == self.n_features_in_,
    "%s: x has %d features, but %s is expecting %d features as input", self.where, #f.columns,
    self.class, self.n_features_in_)
  return f
end

--- x as a frame with the columns of fit.
---@param fitting boolean|nil   these are the columns from now on
---@return mah.Frame
function base.frame(self, x, fitting)
  if not fitting then base.check_fitted(self) end
  local f = frame.of(x, self.where)
  check.that(f.rows > 0 and #f.columns > 0, "%s: x has %d rows and %d columns", self.where, f.rows,
    #f.columns)
  if not fitting then return recall(self, f) end
  remember(self, f)
  return f
end

local function check_finite(self, f, numbers, missing_too)
  local bad = missing_too and numbers:isfinite():eq(0) or numbers:abs():eq(math.huge)
  if not bad:any() then return end
  local place = bad:nonzero()
  local i, k = place[1][1], place[1][2]
  local value = numbers[i][k]
  check.raise("%s: column %s holds %s in row %d%s", self.where, f:label(k),
    value ~= value and "a missing value (NaN)" or tostring(value), i,
    value ~= value and "; mah.preprocessing.SimpleImputer fills such places" or "")
end

--- x as a new float64 matrix, and the frame it is of. Infinity is an error; NaN is one unless the
--- transformer passes it on.
---@param x any
---@param given {fitting: boolean?, missing: boolean?}   missing: NaN may be there
---@return tensor, mah.Frame
function base.matrix(self, x, given)
  local f = base.frame(self, x, given.fitting)
  local numbers = f:matrix(self.where)
  check_finite(self, f, numbers, not given.missing)
  return numbers, f
end

--- What a transformer gave, as a new float64 matrix of so many columns, for the way back.
---@param width integer|nil   as many as fit saw
---@return tensor
function base.given_back(self, x, width)
  base.check_fitted(self)
  local f = frame.of(x, self.where)
  width = width or self.n_features_in_
  check.that(#f.columns == width, "%s: inverse_transform: x has %d columns; %d are expected",
    self.where, #f.columns, width)
  return f:matrix(self.where)
end

--- The result in x's precision: float32 for a float32 tensor, else float64.
---@param result tensor   float64
---@return tensor
function base.like(result, x)
  return Type.is_tensor(x) and x.dtype == "float32" and result:float() or result
end

--- A column without its missing values.
---@param column tensor
---@return tensor
function base.present(column) return column:masked_select(column:eq(column)) end

-- -- Transformers ---------------------------------------------------------------------------------

--- Fits to x, and gives x transformed.
---
---     local z = mah.preprocessing.StandardScaler{}:fit_transform({{1}, {3}})
---     print(z[1][1], z[2][1])  --> -1 1
---@param x any
---@param y any
---@return tensor
function methods:fit_transform(x, y) return self:fit(x, y):transform(x) end

--- The names of the columns that went in: those of the table, or x0, x1 ...
---@return string[]
function base.names_in(self, given)
  base.check_fitted(self)
  local names = given or rawget(self, "feature_names_in_")
  if not names then
    names = {}
    for k = 1, self.n_features_in_ do names[k] = "x" .. (k - 1) end
  end
  check.that(type(names) == "table", "%s: a list of names is expected, got %s", self.where,
    check.show(names))
  check.that(#names == self.n_features_in_, "%s: %d names are given for %d features", self.where,
    #names, self.n_features_in_)
  for i, name in ipairs(names) do
    check.that(type(name) == "string", "%s: name %d is %s; a string is expected", self.where, i,
      check.show(name))
  end
  return options.copy(names)
end

--- The names of the columns that come out; most transformers give one for each that goes in.
---
---     local scaler = mah.preprocessing.StandardScaler{}:fit({age = {20, 40}, fare = {7, 9}})
---     print(unpack(scaler:feature_names_out()))  --> age fare
---@param given string[]|nil   names for the columns that go in
---@return string[]
function methods:feature_names_out(given) return base.names_in(self, given) end

return base
