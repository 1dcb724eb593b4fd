--- What the handlers of a graph's nodes ask of the nodes' inputs.
local common = require "mah.exchange.onnx.operators.common"

local given = {}

--- A constant tensor among the inputs; complains of others.
---@param node table
---@param inputs table
---@param i integer
---@return tensor
function given.constant(node, inputs, i)
  local input = inputs[i]
  if not input or input.kind ~= "constant" or common.texts(input.value) then
    common.fail(node, "input '%.80s' must be a constant", tostring(node.inputs[i]))
  end
  return input.value
end

--- A matrix among the inputs; complains of others.
---@return table value   of values.lua
function given.matrix(node, inputs, i)
  if not inputs[i] or inputs[i].kind ~= "matrix" then
    common.fail(node, "input '%.80s' is no matrix of numbers", tostring(node.inputs[i]))
  end
  return inputs[i]
end

--- Does the value say which class a row is of?
function given.is_label(value)
  return value and (value.kind == "index" or value.kind == "labels")
end

--- Does a node's axis take whole rows? Before opset 13 softmax takes everything behind it as one.
---@param node table
---@param dims table       of a matrix
---@param default integer  the axis where the node says none
---@return boolean
function given.takes_rows(node, dims, default)
  local axis = common.number(node, "axis", default)
  if axis < 0 then axis = axis + #dims end
  for d = 2, axis do
    if dims[d] ~= 1 then return false end
  end
  if node.opset < 13 and node.op:find "oftmax$" then return axis >= 1 end
  for d = axis + 2, #dims do
    if dims[d] ~= 1 then return false end
  end
  return axis >= 1
end

return given
