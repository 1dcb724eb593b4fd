--- Fitted estimators of weights that are there already, without a fit.
---
---     local clf = mah.MLPClassifier.from {
---       coefs = { w1, w2 }, intercepts = { b1, b2 },        -- tensors, or lists of numbers
---       classes = { "no", "yes" }, activation = "tanh",
---     }
---
--- What comes next: predict, score, save and whatever else a fitted one can. partial_fit, and fit
--- with warm_start = true, go on from these weights with a new solver; fit without it starts anew
--- with layers of these sizes; resume has nothing that it could go on with, and says so.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local activations = require "mah.learn.activation"
local check = require "mah.base.check"
local fit = require "mah.learn.estimator.fit"
local labels = require "mah.data.labels"
local options = require "mah.base.options"
local parameters = require "mah.learn.estimator.parameters"
local tensor = require "mah.tensor"
local text = require "mah.base.text"

local from = {}

local own_rules = {
  coefs = { options.required, "table", nil, "the weights of each layer, (inputs, units): tensors, "
    .. "or lists of rows" },
  intercepts = { options.required, "table", nil, "the biases of each layer, (units): tensors, or "
    .. "lists" },
  dtype = { nil, { "float32", "float64" }, nil, "type of the network; nil: float64 where a tensor "
    .. "has it, else float32" },
  out_activation = { nil, "string", nil, "of the last layer; nil: logistic of a classifier's one "
    .. "output, softmax of several; of a regressor what its loss wants" },
}

local CLASSES = { nil, "table|tensor", nil, "labels in the order of the outputs (two for one "
  .. "output); nil: 0 ... K-1" }

--- Its own options, and the class's parameters, except those that the weights decide.
local function rules_of(class)
  local rules = {}
  for name, rule in pairs(parameters.rules[class]) do rules[name] = rule end
  for name, rule in pairs(own_rules) do rules[name] = rule end
  rules.hidden_layer_sizes, rules.init = nil, nil
  if class == "MLPClassifier" then rules.classes = CLASSES end
  return options.declare("mah." .. class .. ".from", rules)
end

from.rules = { MLPClassifier = rules_of "MLPClassifier", MLPRegressor = rules_of "MLPRegressor" }

-- -- The weights ----------------------------------------------------------------------------------

local function read_tensor(value, ndim, where)
  if not Type.is_tensor(value) then
    check.that(type(value) == "table", "%s: a tensor or a list of numbers is expected, got %s",
      where, check.show(value))
    local ok, result = pcall(tensor.tensor, value, { dtype = "float64" })
    if not ok then check.raise("%s: %s", where, text.without_place(result)) end
    value = result
  end
  Type.expect(value, where)
  check.that(value.ndim == ndim, "%s: %s is expected, got shape (%s)", where,
    ndim == 2 and "a matrix (inputs, units)" or "a vector (units)", table.concat(value.shape, ", "))
  check.that(value:numel() > 0, "%s: shape (%s) has no elements", where,
    table.concat(value.shape, ", "))
  if not value.dtype:find "^float" then value = value:double() end
  check.status(C.mah_batch_check_finite(value, where))
  return value
end

--- The lists as tensors whose shapes follow from each other.
local function read_weights(o, where)
  local n = #o.coefs
  check.that(n > 0, "%s: coefs is empty; it has a matrix for each layer", where)
  check.that(#o.intercepts == n, "%s: coefs has %d entries and intercepts %d", where, n,
    #o.intercepts)
  local coefs, intercepts = {}, {}
  for i = 1, n do
    local weight = read_tensor(o.coefs[i], 2, ("%s: coefs[%d]"):format(where, i))
    local bias = read_tensor(o.intercepts[i], 1, ("%s: intercepts[%d]"):format(where, i))
    check.that(i == 1 or weight.shape[1] == coefs[i - 1].shape[2],
      "%s: coefs[%d]: shape (%s), but coefs[%d] gives %d outputs", where, i,
      table.concat(weight.shape, ", "), i - 1, i > 1 and coefs[i - 1].shape[2])
    check.that(#bias == weight.shape[2], "%s: intercepts[%d]: %d values for %d units", where, i,
      #bias, weight.shape[2])
    coefs[i], intercepts[i] = weight, bias
  end
  return coefs, intercepts
end

--- What is told, or float64 where a tensor has it.
local function dtype_of(o)
  if o.dtype then return o.dtype end
  for _, list in ipairs { o.coefs, o.intercepts } do
    for _, value in ipairs(list) do
      if Type.is_tensor(value) and value.dtype == "float64" then return "float64" end
    end
  end
  return "float32"
end

-- -- The outputs ----------------------------------------------------------------------------------

--- Class labels in the order of the outputs; 0 ... K-1 unless told.
local function read_classes(given, outputs, output, where)
  local n = output == "logistic" and outputs == 1 and 2 or outputs
  if given == nil then
    local numbers = {}
    for k = 1, n do numbers[k] = k - 1 end
    return numbers
  end
  local list = labels.vector(given, where .. ": classes")
  list = Type.is_tensor(list) and list:totable() or options.copy(list)
  check.that(#labels.classes(list, where .. ": classes") == #list, "%s: classes: a label is there "
    .. "twice: %s", where, labels.list(list))
  check.that(#list == n, "%s: %d classes for %d outputs%s", where, #list, outputs,
    n ~= outputs and ", which tell 2 apart" or "")
  return list
end

local function read_output(class, o, outputs, where)
  local is_regressor = class == "MLPRegressor"
  local default = is_regressor and activations.output_of[o.loss]
    or outputs == 1 and "logistic" or "softmax"
  local output, loss = activations.read_output(o.out_activation or default, nil, where)
  check.that(is_regressor == activations.is_regression(loss),
    "%s: out_activation is %s, which %s", where, output,
    is_regressor and "is one of classes" or "gives no probabilities")
  if is_regressor and o.loss and activations.output_of[o.loss] == output then loss = o.loss end
  return output, loss
end

-- -- All of it ------------------------------------------------------------------------------------

--- The parameters among the options, with the layers' sizes.
local function parameters_of(class, given, coefs, loss)
  local params = { hidden_layer_sizes = {} }
  for name in pairs(parameters.rules[class]) do
    if given[name] ~= nil then params[name] = given[name] end
  end
  for i = 1, #coefs - 1 do params.hidden_layer_sizes[i] = coefs[i].shape[2] end
  if class == "MLPRegressor" then params.loss = loss end
  return params
end

--- A fitted estimator.
---@param construct fun(params: table): table
---@param class "MLPClassifier"|"MLPRegressor"
---@param given table
---@param where string   for messages
---@return table
function from.weights(construct, class, given, where)
  local o = options(given, from.rules[class], where)
  local coefs, intercepts = read_weights(o, where)
  local outputs = coefs[#coefs].shape[2]
  local output, loss = read_output(class, o, outputs, where)
  local classes = class == "MLPClassifier" and read_classes(o.classes, outputs, output, where)
    or nil
  local estimator = construct(parameters_of(class, given, coefs, loss))
  local network = fit.network(estimator, { inputs = coefs[1].shape[1], outputs = outputs,
    activation = output, loss = class == "MLPRegressor" and loss or nil }, dtype_of(o))
  for i, layer in ipairs(network.layers) do
    layer.weight:copy_(coefs[i])
    layer.bias:copy_(intercepts[i])
  end
  fit.adopt(estimator, network, classes)
  return estimator
end

return from
