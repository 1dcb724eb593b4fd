--- The part of a graph that does not depend on its inputs: initializers, Constant nodes, and what
--- is computed of these.
---
---     local constants = fold.new(model)
---     for _, node in ipairs(model.graph.nodes) do
---       if not constants:take(node) then ... end      -- it depends on an input
---     end
---     constants:get "fc1.weight"                      -- a tensor, or {strings =, shape =}
local common = require "mah.exchange.onnx.operators.common"
local decode = require "mah.exchange.onnx.decode"
local operators = require "mah.exchange.onnx.operators"

local fold = {}

--- Elements that nodes may compute for each byte of the file, and beside that: a small file cannot
--- ask for much memory or time.
local FOR_A_BYTE, BESIDE = 16, 1e6

---@class mah.Constants
local Constants = {}
Constants.__index = Constants

---@param model table   of decode.model
---@return mah.Constants
function fold.new(model)
  return setmetatable({
    model = model, values = {}, left = #model.reader.text * FOR_A_BYTE + BESIDE,
  }, Constants)
end

--- The value of that name if it is a constant.
---@param name string
---@return tensor|table|nil
function Constants:get(name)
  local value, t = self.values[name], self.model.graph.initializers[name]
  if value == nil and t and name ~= "" then
    value = decode.tensor(self.model.reader, t)
    self.values[name] = value
  end
  return value
end

--- Gives a name a value.
function Constants:set(name, value) self.values[name] = value end

--- What operators need to know of a node.
---@param node table
---@return table node
function Constants:prepare(node)
  node.where, node.reader = self.model.reader.name, self.model.reader
  node.opset = self.model.opsets[node.domain] or 1
  return node
end

local function count_elements(value)
  return common.texts(value) and #value.strings or common.product(value.shape)
end

--- Computes a node whose inputs are all constants. Returns false when they are not.
---@param node table
---@return boolean
function Constants:take(node)
  local inputs = {}
  for i, name in ipairs(node.inputs) do
    inputs[i] = name ~= "" and self:get(name) or nil
    if name ~= "" and inputs[i] == nil then return false end
  end
  if #node.inputs == 0 and node.op ~= "Constant" then return false end
  self:prepare(node).most = self.left
  local outputs = operators.run(node, inputs, #node.inputs)
  for i, name in ipairs(node.outputs) do
    if outputs[i] ~= nil then
      self.values[name] = outputs[i]
      self.left = self.left - count_elements(outputs[i])
    end
  end
  return true
end

return fold
