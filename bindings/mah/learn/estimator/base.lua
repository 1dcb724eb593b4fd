--- What classifier and regressor share: parameters as fields, get_params and set_params, checks of
--- x and of the samples' weights.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local from = require "mah.learn.estimator.from"
local inputs = require "mah.learn.inputs"
local options = require "mah.base.options"
local parameters = require "mah.learn.estimator.parameters"
local sample_weight = require "mah.learn.sample_weight"
local save = require("mah.learn.estimator.save").save
local weights = require "mah.learn.estimator.weights"

local base = {}

local FLOAT32, FLOAT64 = C.MAH_FLOAT32, C.MAH_FLOAT64

--- Fields that are neither parameters nor fitted attributes (which end in "_"). used: the
--- parameters of the last fit.
local inner = { class = true, network = true, rng = true, trainer = true, used = true }

local function is_attribute(name) return type(name) == "string" and name:sub(-1) == "_" end

--- Complains unless `self` is an estimator: clf.fit(x, y) has a tensor there.
---@param self any
---@param method string
function base.expect(self, method)
  local meta = type(self) == "table" and getmetatable(self)
  if type(meta) == "table" and rawget(meta, "is_estimator") then return end
  check.raise("an estimator's %s is called with a colon, clf:%s(...); got %s in the place of clf",
    method, method, check.show(self))
end

--- A class of estimators: its methods, made by calling its constructor with a table of parameters.
--- The parameters lie in a table of their own, so that each assignment is checked.
---@param class "MLPClassifier"|"MLPRegressor"
---@param methods table
function base.define(class, methods)
  local rules = parameters.rules[class]
  local metatable = { methods = methods, is_estimator = true }

  function metatable.__index(estimator, name)
    local value = rawget(estimator, "parameters")[name]
    if value == nil then value = methods[name] end
    if value ~= nil or rules[name] or inner[name] or is_attribute(name) then return value end
    local known = {}
    for _, names in ipairs { rules, base.methods, methods } do
      for key in pairs(names) do known[key] = true end
    end
    for key in pairs(estimator) do known[key] = is_attribute(key) or nil end
    options.missing("mah." .. class, known, name)
  end

  --- nil stands for the default. A misspelt parameter must not become a field that nobody reads.
  function metatable.__newindex(estimator, name, value)
    if inner[name] or is_attribute(name) then return rawset(estimator, name, value) end
    if not rules[name] then -- each fit comes here: the message is made when it is wanted
      check.raise("mah.%s: unknown parameter %s%s", class, check.show(name),
        options.did_you_mean(name, rules))
    end
    if value == nil then value = options.copy(rules[name][1]) end
    if value ~= nil then parameters.check_value(class, name, value) end
    rawget(estimator, "parameters")[name] = value
  end

  function metatable.__tostring(estimator)
    local text = {}
    for name, value in pairs(estimator:get_params()) do
      if value ~= rules[name][1] and type(value) ~= "table" then
        text[#text + 1] = ("%s = %s"):format(name, tostring(value))
      end
    end
    table.sort(text)
    local fitted = estimator.network and (", fitted: %s"):format(tostring(estimator.network)) or ""
    return ("%s{%s}%s"):format(class, table.concat(text, ", "), fitted)
  end

  ---@param given table|nil
  local function construct(...)
    local given = ...
    check.that(select("#", ...) == 0 or given ~= nil,
      "mah.%s: a table of parameters is expected, got nil (a variable that is not there?)", class)
    local estimator = { class = class, parameters = parameters.read(given, class) }
    return setmetatable(estimator, metatable)
  end

  --- A new one with the same parameters, not fitted.
  ---
  ---     local clf = mah.MLPClassifier { alpha = 0.01 }
  ---     print(clf:clone().alpha, clf:clone() == clf)             --> 0.01 false
  ---@return MLPClassifier|MLPRegressor
  function methods.clone(estimator) return construct(estimator:get_params()) end

  --- A fitted one of weights that are there already, without a fit. Its options are those below and
  --- the class's parameters but hidden_layer_sizes and init, which the weights decide. partial_fit,
  --- and fit with warm_start = true, go on from the weights with a new solver; there is nothing to
  --- resume.
  ---
  ---     local clf = mah.MLPClassifier.from {
  ---       coefs = { { { 1, -1 } }, { { 2 }, { -2 } } }, intercepts = { { 0, 0 }, { 0 } },
  ---       classes = { "negative", "positive" }, activation = "tanh",
  ---     }
  ---     print(clf:predict(mah.tensor { { -3 }, { 3 } })[2])      --> positive
  ---     local reg = mah.MLPRegressor.from { coefs = { { { 2 } } }, intercepts = { { 1 } } }
  ---     print(reg:predict(mah.tensor { { 10 } })[1])             --> 21
  ---@param given table
  ---@return MLPClassifier|MLPRegressor
  local function from_weights(given)
    return from.weights(construct, class, given, "mah." .. class .. ".from")
  end

  return setmetatable({ from = from_weights }, {
    __call = function(_, ...) return construct(...) end,
    __tostring = function() return "mah." .. class end,
    calls = construct,
  })
end

local methods = {}
base.methods = methods

--- The parameters as a new table.
---
---     print(mah.MLPClassifier { alpha = 0.01 }:get_params().alpha)     --> 0.01
---@return table
function methods:get_params()
  base.expect(self, "get_params")
  local params = {}
  for name, value in pairs(rawget(self, "parameters")) do params[name] = options.copy(value) end
  return params
end

--- Changes some parameters; unknown names, types and ranges are errors, and then nothing changes.
--- clf.alpha = 0.1 does the same for one.
---
---     local clf = mah.MLPClassifier {}:set_params { alpha = 0.1, max_iter = 50 }
---     print(clf.alpha, clf.max_iter)                                   --> 0.1 50
---@param given table
---@return MLPClassifier|MLPRegressor self
function methods:set_params(given)
  base.expect(self, "set_params")
  check.that(type(given) == "table", "mah.%s: set_params: a table is expected, got %s", self.class,
    check.show(given))
  local all = self:get_params()
  for name, value in pairs(given) do all[name] = value end
  parameters.read(all, self.class)
  for name, value in pairs(given) do self[name] = value end
  return self
end

--- Writes the estimator to a file; mah.load reads it again. What kind of file, the path's ending
--- says: .onnx for other runtimes, .h for C, else safetensors.
---
--- Of ONNX: the input is x (N, features) in the network's type; outputs are label (N) and
--- probabilities (N, classes), or a regressor's variable (N, targets); opset = 13 ... 17, 17 unless
--- told.
---
--- Of C: one header for C99 and C++, whose head comment tells how to call NAME_predict(x, p) and
--- NAME_classify(x); name = is the NAME, the file's unless told. weights = "int8" with
--- data = {x, y} makes the weights bytes and says there what that costs in accuracy on the data;
--- x and p are float, or double with dtype = "float64".
---
--- Of safetensors: state = false leaves out what resume and partial_fit go on from (solver,
--- generator, order, curves), for a small file that predicts the same bits. NumPy reads weights,
--- labels, sizes and activations (model["activations"]) in five lines of Python:
---
---   import json, numpy as np; raw = open("model.safetensors", "rb").read()
---   n = 8 + int.from_bytes(raw[:8], "little"); head = json.loads(raw[8:n])
---   model = json.loads(head["__metadata__"]["model"]); t = head["coefs.0"]
---   w = np.frombuffer(raw[n:][slice(*t["data_offsets"])], "<f4")   # F64: f8
---   print(model["classes"], model["layer_sizes"], w.reshape(t["shape"]))
---
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local clf = mah.MLPClassifier { solver = "lbfgs", random_state = 1 }:fit(moons.x, moons.y)
---     clf:save("moons.safetensors", { state = false })
---     print(mah.load("moons.safetensors"):predict(moons.x):equal(clf:predict(moons.x))) --> true
---     clf:save "moons.onnx"
---@param path string
---@param given table|nil   options of the kind of file
---@return MLPClassifier|MLPRegressor self
function methods:save(path, given)
  base.expect(self, "save")
  if self.network then weights.take_assigned(self) end
  return save(self, path, given)
end

-- -- Data -----------------------------------------------------------------------------------------

--- Complains of a column's name in the place of y, as pipelines take it.
function base.check_target(estimator, y)
  check.that(type(y) ~= "string", "mah.%s: y: labels or numbers are expected, got %s; the name of "
    .. "a column goes with a table, and those with mah.Pipeline{...}", estimator.class,
    check.show(y))
end

--- Is it a tensor of a shape that nothing is to be said about? Each prediction comes here, perhaps
--- for a single row: without a table for the shape.
local function is_matrix(x, features)
  if not Type.is_tensor(x) or x.ndim ~= 2 then return false end
  local columns = tonumber(x.extent[1])
  return tonumber(x.extent[0]) > 0 and columns > 0 and (not features or columns == features)
end

local function check_shape(estimator, x, name, features)
  check.that(x.ndim == 2, "%s: a matrix (samples, features) is expected, got shape (%s)", name,
    table.concat(x.shape, ", "))
  check.that(x.shape[1] > 0 and x.shape[2] > 0, "%s: shape (%s) has no elements", name,
    table.concat(x.shape, ", "))
  check.that(not features or x.shape[2] == features,
    "mah.%s: x has %d features, but %s is expecting %d features as input", estimator.class,
    x.shape[2], estimator.class, features or 0)
end

--- x as a floating-point matrix without NaN or infinity; float64 stays, everything else is float32.
--- A sparse matrix is taken as it is.
---@param features integer|nil   columns that a fitted estimator expects
---@param finite_later boolean|nil   the core will look for NaN and infinity
function base.check_x(estimator, x, features, finite_later)
  local name = "mah." .. estimator.class .. ": x"
  inputs.expect_data(x, name)
  if not is_matrix(x, features) then check_shape(estimator, x, name, features) end
  if not finite_later then inputs.check_finite(x, name) end
  if inputs.is_sparse(x) then return x end
  if inputs.is_shard(x) then
    check.that(x.dtype:find "^float", "%s: %s; mah.data.shard(path, {dtype = \"float32\"}) makes "
      .. "floating-point numbers of it", name, check.show(x))
    return x
  end
  if x.elem ~= FLOAT32 and x.elem ~= FLOAT64 then x = x:float() end
  return tonumber(x.step[1]) == 1 and x or x:contiguous()
end

--- sample_weight as a vector tensor of n numbers >= 0.
function base.check_weight(estimator, weight, n)
  return sample_weight(weight, n, "mah." .. estimator.class .. ": sample_weight")
end

--- x as the network of a fitted estimator takes it.
function base.fitted_x(estimator, x)
  if not estimator.network then
    check.raise("mah.%s: this estimator is not fitted yet; call fit first", estimator.class)
  end
  weights.take_assigned(estimator)
  x = base.check_x(estimator, x, estimator.network.inputs, not estimator.network.custom)
  return x:to(estimator.network.dtype)
end

--- What the network's method says of x. An error of the core is about "x"; what is wrong with x is
--- said again with the estimator's name.
---@param method "forward"|"predict"|"activations"
---@return any
function base.ask(estimator, method, x)
  x = base.fitted_x(estimator, x)
  local network = estimator.network
  local ok, result = pcall(network[method], network, x)
  if ok then return result end
  base.check_x(estimator, x)
  error(result, 0)
end

--- The outputs of every layer for each row of x: a list of (N, units).
---
---     local clf = mah.MLPClassifier { hidden_layer_sizes = { 5 }, solver = "lbfgs" }
---     clf:fit(mah.tensor { { 0 }, { 1 } }, { 0, 1 })
---     local layers = clf:activations(mah.tensor { { 0.5 } })
---     print(#layers, layers[1].shape[2], layers[2].shape[2])           --> 2 5 1
---@param x tensor|mah.Sparse
---@return tensor[]
function methods:activations(x)
  base.expect(self, "activations")
  return base.ask(self, "activations", x)
end

return base
