--- The strings that an option of a function may be, for Tab behind `solver = '`.
---
---     values.of(mah.MLPClassifier, "learning_rate")     --> {"adaptive", "constant", "invscaling"}
local rules = require "mah.docs.rules"

local values = {}

local function keys_of(t)
  local list = {}
  for name in pairs(t) do list[#list + 1] = name end
  return list
end

--- Initial weights of mah.mlp, whose names are those of mah.init with a scheme.
local function initial_weights()
  local list = { "zeros" }
  for _, scheme in ipairs { "glorot", "he", "lecun" } do
    for _, shape in ipairs { "_uniform", "_normal" } do list[#list + 1] = scheme .. shape end
  end
  return list
end

local function activations() return require "mah.learn.activation" end

--- Where rules say "a string or ...": the names that are known.
local named = {
  activation = function() return keys_of(activations().hidden) end,
  out_activation = function() return keys_of(activations().outputs) end,
  loss = function() return keys_of(activations().losses) end,
  solver = function() return keys_of(require "mah.learn.solver") end,
  init = initial_weights,
  scoring = function() return require("mah.learn.metrics.scoring").get_scorer_names() end,
  marker = function() return require("mah.draw.canvas").markers end,
  dtype = function() return { "float32", "float64", "int64", "int32", "uint8", "bool" } end,
}

--- A layer's second item in mah.mlp{784, {100, "relu"}, {10, "softmax"}}.
local function of_layer()
  local list = keys_of(activations().hidden)
  for name in pairs(activations().outputs) do
    if not activations().hidden[name] then list[#list + 1] = name end
  end
  return list
end

--- Functions whose strings stand alone or within lists, and not behind the name of an option.
local alone = {
  ["mah.mlp"] = of_layer,
  ["mah.metrics.get_scorer"] = named.scoring,
}

local function sorted(list)
  table.sort(list)
  return list
end

--- The strings; sorted.
---@param f function
---@param option string|nil   nil: a string that is no option's
---@return string[]
function values.of(f, option)
  if not option then
    local record = require("mah.docs.public").find(f)
    local list = record and alone[record.name]
    return list and sorted(list()) or {}
  end
  local rule, list = rules.of(f)[option], {}
  if not rule then return list end
  for value in rule.text:gmatch '"([^"]*)"' do list[#list + 1] = value end
  if #list == 0 and named[option] and rule.text:find "string" then list = named[option]() end
  return sorted({ unpack(list) })
end

--- Is it an option that is true or false?
---@param f function
---@param option string
function values.is_boolean(f, option)
  local rule = rules.of(f)[option]
  return rule ~= nil and rule.text:find "boolean" ~= nil
end

return values
