--- What a network's `output` makes of its scores, under the names of mah.mlp's last activations.
local activations = require "mah.learn.activation"
local check = require "mah.base.check"
local options = require "mah.base.options"
local softmax = require "mah.tensor.softmax".softmax

local outputs = {
  softmax = function(scores) return softmax(scores, -1) end,
  logistic = function(scores) return scores:sigmoid() end,
  exp = function(scores) return scores:exp() end,
  identity = function(scores) return scores end,
}

--- The function of a name; nil for none.
---@param name string|nil
---@param where string
---@return function|nil
return function(name, where)
  if name == nil then return nil end
  local found = outputs[name == "sigmoid" and "logistic" or name]
  return check.that(found, "%s: output must be one of %s; got %s%s", where,
    activations.list(outputs), check.show(name), options.did_you_mean(name, outputs))
end
