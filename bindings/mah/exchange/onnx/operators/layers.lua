--- ONNX's operators that make networks: f(node, inputs ...) -> outputs. Definitions:
--- github.com/onnx/onnx/blob/main/docs/Operators.md
local common = require "mah.exchange.onnx.operators.common"
local tensor = require "mah.tensor"

local fail, number = common.fail, common.number
local layers = {}

function layers.MatMul(_, a, b)
  local c = a:matmul(b)
  return type(c) == "number" and common.scalar(c, a.dtype) or c
end

function layers.Gemm(node, a, b, c)
  if number(node, "transA", 0) ~= 0 then a = a:t() end
  if number(node, "transB", 0) ~= 0 then b = b:t() end
  local alpha, beta = number(node, "alpha", 1), number(node, "beta", 1)
  local y = a:matmul(b)
  if alpha ~= 1 then y = y * alpha end
  if not c then return y end
  return y + (beta == 1 and c or c * beta)
end

--- x as a matrix whose rows are normalised, its sizes, and whether rows lie along the last
--- dimension. Before opset 13 everything from `axis` on is one row.
local function as_rows(node, x)
  local old = node.opset < 13
  local d = common.dim(node, number(node, "axis", old and 1 or -1), x.ndim)
  if old then return x:reshape(common.product(x.shape, 1, d - 1), common.product(x.shape, d)) end
  return x, d
end

local function normalise(node, x, finish)
  local rows, d = as_rows(node, x)
  return finish(rows, d or 2):reshape(x.shape)
end

function layers.Softmax(node, x)
  return normalise(node, x, function(rows, d)
    local e = (rows - rows:max(d, true)):exp()
    return e / e:sum(d, true)
  end)
end

function layers.LogSoftmax(node, x)
  return normalise(node, x, function(rows, d)
    return rows - rows:logsumexp(d, true)
  end)
end

--- A vector for each channel, dimension 2, against x.
local function along_channels(v, x)
  local sizes = {}
  for d = 1, x.ndim do sizes[d] = d == 2 and v:numel() or 1 end
  return v:reshape(sizes)
end

--- What predicts: with the running mean and variance.
function layers.BatchNormalization(node, x, scale, bias, mean, var)
  if number(node, "training_mode", 0) ~= 0 then fail(node, "in training mode") end
  local deviation = (var + number(node, "epsilon", 1e-5)):sqrt()
  return (x - along_channels(mean, x)) / along_channels(deviation, x) * along_channels(scale, x)
    + along_channels(bias, x)
end

--- What predicts: x, and a mask that drops nothing.
function layers.Dropout(node, x, _, training)
  if training and training:item() ~= 0 then fail(node, "in training mode") end
  return x, tensor.ones(x.shape, { dtype = "uint8" })
end

local function define_extreme(op, method)
  layers[op] = function(node, x)
    local d = common.dim(node, number(node, "axis", 0), x.ndim)
    if number(node, "select_last_index", 0) ~= 0 then
      local turned = {}
      for i = 1, x.shape[d] do turned[i] = x.shape[d] + 1 - i end
      return (x:index_select(d, turned)[method](x:index_select(d, turned), d,
        number(node, "keepdims", 1) ~= 0) * -1 + x.shape[d]):long()
    end
    return (x[method](x, d, number(node, "keepdims", 1) ~= 0) - 1):long()
  end
end

define_extreme("ArgMax", "argmax")
define_extreme("ArgMin", "argmin")

function layers.LpNormalization(node, x)
  local d = common.dim(node, number(node, "axis", -1), x.ndim)
  return x / x:norm(number(node, "p", 2), d, true)
end

return layers
