--- What may stand between layers and at the end: activations, output activations and their losses,
--- under the core's names; and activations of one's own.
---
---     {100, "gelu"}            -- or another of core/learn/model/activation.h; sigmoid is logistic
---     {100, {name = "cube",
---            forward = function(z) return z * z * z end,     -- y from z, both (rows, units)
---            backward = function(y, dy, z) return 3 * z * z * dy end}}     -- dL/dz from dL/dy
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local options = require "mah.base.options"

local activation = {
  hidden = {}, -- name -> the core's number
  outputs = {}, -- output activation -> the names of the losses that fit it, the usual one first
  losses = {}, -- loss -> the core's number
  output_of = {}, -- loss -> the output activation that it fits
  regression = {}, -- the losses of numbers, the usual one first
}

--- Other people's names.
local aliases = { sigmoid = "logistic" }

--- Is the loss one of numbers, and not of classes?
---@param loss string
function activation.is_regression(loss)
  local output = activation.output_of[loss]
  return output ~= "softmax" and output ~= "logistic"
end

for number = 0, C.MAH_ACTIVATION_COUNT - 1 do
  activation.hidden[ffi.string(C.mah_activation_name(number))] = number
end
for number = 0, C.MAH_LOSS_COUNT - 1 do
  local name, output = ffi.string(C.mah_loss_name(number)), ffi.string(C.mah_loss_output(number))
  activation.losses[name], activation.output_of[name] = number, output
  if activation.is_regression(name) then table.insert(activation.regression, name) end
  activation.outputs[output] = activation.outputs[output] or {}
  table.insert(activation.outputs[output], name)
end

--- "identity, logistic, relu": for messages.
---@param names table   with names as keys
---@return string
function activation.list(names)
  local sorted = {}
  for name in pairs(names) do sorted[#sorted + 1] = name end
  table.sort(sorted)
  return table.concat(sorted, ", ")
end

--- "elu, gelu, identity ...": for the help.
function activation.hidden_names() return activation.list(activation.hidden) end

--- "exp: poisson; identity: squared_error, ...": for the help.
function activation.loss_names()
  local texts = {}
  for output, names in pairs(activation.outputs) do
    texts[#texts + 1] = output .. ": " .. table.concat(names, ", ")
  end
  table.sort(texts)
  return table.concat(texts, "; ")
end

--- The core's number of a layer's activation.
function activation.number(value)
  return type(value) == "table" and C.MAH_CUSTOM or activation.hidden[value]
end

--- How it is shown: its name, or "custom".
---@return string
function activation.name(value)
  return type(value) == "table" and (value.name or "custom") or value
end

local custom_rules = {
  forward = { options.required, "callable" },
  backward = { options.required, "callable" },
  name = { nil, "string" },
}

--- The layers with an activation of one's own, by their numbers; false without any.
---@param layers table[]   {activation = ...}
---@return integer[]|false
function activation.custom(layers)
  local list = {}
  for i, layer in ipairs(layers) do
    if type(layer.activation) == "table" then list[#list + 1] = i end
  end
  return list[1] and list or false
end

--- A name as the core knows it, out of `known` (hidden or outputs); complains about others.
local function known_name(value, known, where)
  local name = aliases[value] or value
  if known[name] ~= nil then return name end
  check.raise("%s: activation must be one of %s; got %s%s", where, activation.list(known),
    check.show(value), options.did_you_mean(value, known))
end

--- Reads a hidden layer's activation: a name, or a table {forward =, backward =, name =}.
---@param value string|table
---@param where string   for messages
---@return string|table
function activation.read_hidden(value, where)
  if type(value) == "table" then return options(value, custom_rules, where .. ": activation") end
  return known_name(value, activation.hidden, where)
end

--- Reads the last layer's activation and the loss that goes with it.
---@param value string
---@param loss string|nil   nil: the usual one
---@return string output, string loss
function activation.read_output(value, loss, where)
  check.that(type(value) ~= "table",
    "%s: the output layer's activation is one of %s, not one of your own", where,
    activation.list(activation.outputs))
  local output = known_name(value, activation.outputs, where)
  local fitting = activation.outputs[output]
  if loss == nil then return output, fitting[1] end
  for _, name in ipairs(fitting) do
    if name == loss then return output, loss end
  end
  check.raise("%s: with the output activation %s the loss is %s; got %s", where, output,
    table.concat(fitting, " or "), check.show(loss))
end

--- y as the core takes it: where it holds the class numbers of a loss, as int32. Other integers
--- become such; floats are an error.
---@param loss string
---@param y tensor
---@param where string   for messages
---@return tensor y
function activation.targets(loss, y, where)
  Type.expect(y, where)
  if loss ~= "cross_entropy" or y.ndim ~= 1 then return y end
  if C.mah_dtype_is_integer(y.elem) ~= 0 then return y:int() end
  check.raise("%s: class numbers are integers, and these are %s: write y:int()", where, y.dtype)
end

return activation
