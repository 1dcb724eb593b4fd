--- Operators of ai.onnx.ml: f(node, inputs ...) -> outputs. Definitions:
--- github.com/onnx/onnx/blob/main/docs/Operators-ml.md
local common = require "mah.exchange.onnx.operators.common"
local tensor = require "mah.tensor"
local where = require("mah.tensor.elementwise").where

local ml = {}

--- A list that is an attribute as a vector, or a default.
---@return tensor|nil
function ml.vector(node, name, dtype)
  local list = common.list(node, name)
  if not list then return nil end
  local out = tensor.zeros(#list, { dtype = dtype or "float32" })
  for i, value in ipairs(list) do
    common.that(node, type(value) == "number", "%s holds no numbers", name)
    out[i] = value
  end
  return out
end

function ml.Scaler(node, x)
  local offset, scale = ml.vector(node, "offset"), ml.vector(node, "scale")
  if offset then x = x:float() - offset end
  return scale and x * scale or x
end

--- Its norms, here by their names.
ml.norms = { MAX = "max", L1 = "l1", L2 = "l2" }

function ml.Normalizer(node, x)
  local norm = node.attributes.norm or "MAX"
  common.that(node, ml.norms[norm], "a norm %s", tostring(norm))
  local size = norm == "MAX" and x:max(-1, true) or x:norm(norm == "L1" and 1 or 2, -1, true)
  return x / where(size:eq(0), 1, size)
end

--- Columns of x; of one row, elements.
function ml.ArrayFeatureExtractor(node, x, indices)
  if common.texts(x) then return node.run("Gather", x, indices) end
  local places = {}
  for i, at in ipairs(common.values(indices)) do
    common.that(node, at >= 0 and at < x.shape[x.ndim], "position %s of %d", tostring(at),
      x.shape[x.ndim])
    places[i] = at + 1
  end
  local out = x:index_select(x.ndim, places)
  return x.ndim == 1 and out:unsqueeze(1) or out
end

function ml.Binarizer(node, x) return x:gt(common.number(node, "threshold", 0)):to(x.dtype) end

--- What a LabelEncoder makes of what: two lists of numbers or strings, and what of all others.
---@return table keys, table values, any default
function ml.mapping(node)
  local a = node.attributes
  if a.classes_strings then -- version 1: numbers from 0 become texts
    local keys = {}
    for i in ipairs(common.list(node, "classes_strings")) do keys[i] = i - 1 end
    return keys, a.classes_strings, a.default_string or "_Unused"
  end
  local function list(stem)
    for _, kind in ipairs { "int64s", "strings", "floats" } do
      if a[stem .. kind] then return common.list(node, stem .. kind), kind end
    end
    common.fail(node, "without %s", stem)
  end
  local keys = list "keys_"
  local values, kind = list "values_"
  common.that(node, #keys == #values, "%d keys and %d values", #keys, #values)
  local default = a["default_" .. kind:sub(1, -2)]
  return keys, values, default or kind == "strings" and "_Unused" or -1
end

return ml
