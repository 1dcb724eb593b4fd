--- The operators that are steps of a chain, but for those of single elements:
--- handlers[domain][op] = function(walk, node, inputs) -> value (values.lua).
local common = require "mah.exchange.onnx.operators.common"
local expression = require "mah.exchange.onnx.expression"
local given = require "mah.exchange.onnx.handlers.given"
local ml = require "mah.exchange.onnx.operators.ml"
local values = require "mah.exchange.onnx.values"

local fail, number = common.fail, common.number
local handlers = { [""] = {}, ["ai.onnx.ml"] = {} }
local here, there = handlers[""], handlers["ai.onnx.ml"]

--- The value as a matrix whose columns the weights go over. A layer goes over the last dimension:
--- where the input has more than two and is taken as it is, those before it count rows.
local function columns_for(walk, node, value, rows)
  if values.is_flat(value.dims) then return walk:cut(value) end
  if value.base.from or value.expr ~= expression.x then
    fail(node, "it goes over the last of several dimensions")
  end
  return { width = value.dims[#value.dims] or rows }
end

local function linear(walk, node, value, weight, bias)
  if weight.ndim ~= 2 or not weight.dtype:find "^float" then
    fail(node, "a matrix of weights is expected, got %s (%s)", weight.dtype,
      table.concat(weight.shape, ", "))
  end
  local rows, columns = weight.shape[1], weight.shape[2]
  local base = columns_for(walk, node, value, rows)
  if base.width and base.width ~= rows then
    fail(node, "weights for %d columns, and there are %d", rows, base.width)
  end
  base = values.push(base, { kind = "linear", weight = weight:contiguous(), bias = bias,
    name = node.name ~= "" and node.name or node.outputs[1] }, columns)
  return values.matrix(base, nil, { false, columns, rows = value.dims.rows })
end

function here.MatMul(walk, node, inputs)
  return linear(walk, node, given.matrix(node, inputs, 1), given.constant(node, inputs, 2))
end

local function gemm_bias(node, inputs, columns)
  if not inputs[3] then return nil end
  local bias, beta = given.constant(node, inputs, 3), number(node, "beta", 1)
  if bias:numel() == 1 then bias = bias:reshape(1):expand(columns) end
  if bias:numel() ~= columns or bias.shape[bias.ndim] ~= columns then
    fail(node, "a bias of (%s) for %d columns", table.concat(bias.shape, ", "), columns)
  end
  bias = bias:reshape(columns)
  return beta == 1 and bias:contiguous() or bias * beta
end

function here.Gemm(walk, node, inputs)
  local value, weight = given.matrix(node, inputs, 1), given.constant(node, inputs, 2)
  if number(node, "transA", 0) ~= 0 then fail(node, "its first input is transposed") end
  if weight.ndim ~= 2 then fail(node, "a matrix of weights is expected") end
  if number(node, "transB", 0) ~= 0 then weight = weight:t() end
  local alpha = number(node, "alpha", 1)
  if alpha ~= 1 then weight = weight * alpha end
  return linear(walk, node, value, weight, gemm_bias(node, inputs, weight.shape[2]))
end

function here.BatchNormalization(walk, node, inputs)
  local value, parts = given.matrix(node, inputs, 1), {}
  if number(node, "training_mode", 0) ~= 0 then fail(node, "it is in training mode") end
  for i, name in ipairs { "multiply", "add", "subtract", "divide" } do
    local v = given.constant(node, inputs, i + 1):reshape(-1)
    if name == "divide" then
      v = (v:double() + number(node, "epsilon", 1e-5)):sqrt():to(v.dtype)
    end
    local sizes = { 1, #v }
    for _ = 3, #value.dims do sizes[#sizes + 1] = 1 end
    parts[name] = values.row_vector(node, v:reshape(sizes), value)
  end
  local base = walk:cut(value)
  for _, v in pairs(parts) do
    if base.width and #v ~= base.width then
      fail(node, "%d values for %d columns", #v, base.width)
    end
  end
  local width = #parts.add
  parts.kind, parts.name = "affine", node.name ~= "" and node.name or nil
  return values.matrix(values.push(base, parts, width), nil, value.dims)
end

function here.Dropout(_, node, inputs)
  local training = inputs[3] and common.values(given.constant(node, inputs, 3))[1]
  if training and training ~= 0 then fail(node, "it is in training mode") end
  return inputs[1]
end

local function define_row_activation(op, name)
  here[op] = function(walk, node, inputs)
    local value = given.matrix(node, inputs, 1)
    if not given.takes_rows(node, value.dims, node.opset < 13 and 1 or -1) then
      fail(node, "it goes along axis %d, and not along the columns", number(node, "axis", -1))
    end
    local step = { kind = "activation", name = name }
    return values.matrix(values.push(walk:cut(value), step), nil, value.dims)
  end
end

define_row_activation("Softmax", "softmax")
define_row_activation("LogSoftmax", "log_softmax")

local function normalize(walk, value, norm)
  return values.matrix(values.push(walk:cut(value), { kind = "normalize", norm = norm }), nil,
    value.dims)
end

function here.LpNormalization(walk, node, inputs)
  local value = given.matrix(node, inputs, 1)
  if not given.takes_rows(node, value.dims, -1) then
    fail(node, "it does not go along the columns")
  end
  return normalize(walk, value, number(node, "p", 2) == 1 and "l1" or "l2")
end

function there.Normalizer(walk, node, inputs)
  local norm = ml.norms[node.attributes.norm or "MAX"]
  if not norm then fail(node, "an unknown norm") end
  return normalize(walk, given.matrix(node, inputs, 1), norm)
end

function there.Scaler(walk, node, inputs)
  local value = walk:settled(given.matrix(node, inputs, 1))
  for _, part in ipairs { { "offset", "subtract" }, { "scale", "multiply" } } do
    local v = ml.vector(node, part[1])
    if v then
      local by = #v == 1 and v:item() or v
      if value.base.width and #v > 1 and #v ~= value.base.width then
        fail(node, "%d values for %d columns", #v, value.base.width)
      end
      local width = value.base.width or #v > 1 and #v or nil
      local step = { kind = "affine", [part[2]] = by }
      value = values.matrix(values.push(value.base, step, width), nil, value.dims)
    end
  end
  return value
end

return handlers
