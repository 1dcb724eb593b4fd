--- The operators that make labels of probabilities: handlers[domain][op] = function(walk, node,
--- inputs) -> value (values.lua).
local common = require "mah.exchange.onnx.operators.common"
local expression = require "mah.exchange.onnx.expression"
local forms = require "mah.exchange.onnx.handlers.forms"
local given = require "mah.exchange.onnx.handlers.given"
local ml = require "mah.exchange.onnx.operators.ml"
local tensor = require "mah.tensor"

local fail, number = common.fail, common.number
local BOOL = 9 -- ONNX's number of the type

local handlers = { [""] = {}, ["ai.onnx.ml"] = {} }
local here, there = handlers[""], handlers["ai.onnx.ml"]

--- [1 - p, p]: both classes of one column.
function here.Concat(walk, node, inputs)
  local first, second = inputs[1], inputs[2]
  if not second then return first end
  if first.kind ~= "matrix" or second.kind ~= "matrix" then return forms.sizes(node, inputs) end
  if inputs[3] or first.base ~= second.base then fail(node, "it joins branches") end
  local axis = number(node, "axis", 1)
  local ok, is_pair = pcall(function()
    local x = tensor.linspace(-8, 8, 65, { dtype = "float64" })
    local sum = expression.evaluate(first.expr, x) + expression.evaluate(second.expr, x)
    return (sum - 1):abs():max() < 1e-12
  end)
  if not (ok and is_pair and second.base.width == 1 and (axis == 1 or axis == -1)) then
    fail(node, "it joins branches; only 1 - p and p of one column can stand side by side")
  end
  return { kind = "pair", of = walk:cut(second), dims = { false, 2 } }
end

function here.ArgMax(walk, node, inputs)
  local value = inputs[1]
  local dims = value.dims or { false, 2 }
  if value.kind ~= "pair" then value = given.matrix(node, inputs, 1) end
  if not given.takes_rows(node, dims, 0) then fail(node, "it does not go along the columns") end
  if number(node, "select_last_index", 0) ~= 0 then
    fail(node, "it takes the last of equal ones, and Mah the first")
  end
  if value.kind == "pair" then return { kind = "index", of = value.of, pair = true } end
  return { kind = "index", of = walk:cut(value) }
end

--- The labels of places: a list.
local function labels_from(node, index, list)
  if index.classes then fail(node, "labels as positions") end
  return { kind = "labels", of = index.of, pair = index.pair, classes = list }
end

--- The labels that a constant lists: texts, numbers or, where its type says so, booleans.
local function list_of(walk, name)
  local value = walk:value(name).value
  if common.texts(value) then return common.texts(value) end
  local list, t = common.values(value), walk.constants.model.graph.initializers[name]
  for i, label in ipairs(t and t.data_type == BOOL and list or {}) do list[i] = label ~= 0 end
  return list
end

function here.Gather(walk, node, inputs)
  local table_, index = inputs[1], inputs[2]
  local along_first = number(node, "axis", 0) == 0
  if table_.kind == "constant" and given.is_label(index) and along_first then
    return labels_from(node, index, list_of(walk, node.inputs[1]))
  end
  return forms.sizes(node, inputs) or fail(node, "it picks columns or rows")
end

function there.ArrayFeatureExtractor(walk, node, inputs)
  local table_, index = inputs[1], inputs[2]
  if table_.kind == "constant" and given.is_label(index) then
    return labels_from(node, index, list_of(walk, node.inputs[1]))
  end
  fail(node, "it picks columns")
end

function there.LabelEncoder(_, node, inputs)
  local value, out = inputs[1], {}
  if not given.is_label(value) then fail(node, "its input is no label") end
  local keys, names, default = ml.mapping(node)
  local classes = value.classes
  if not classes then
    classes = {}
    local n = value.pair and 2 or value.of.width or #keys
    for i = 1, n do classes[i] = i - 1 end
  end
  local of = {}
  for i, key in ipairs(keys) do
    if key == key then of[key] = names[i] end
  end
  for i, class in ipairs(classes) do
    out[i] = of[class]
    if out[i] == nil then out[i] = default end
  end
  return { kind = "labels", of = value.of, pair = value.pair, classes = out }
end

function there.ZipMap(walk, node, inputs)
  local value = inputs[1]
  local classes = common.list(node, "classlabels_strings")
    or common.list(node, "classlabels_int64s")
  if not classes then fail(node, "it has no labels") end
  if value.kind == "pair" then
    return { kind = "labels", of = value.of, pair = true, classes = classes }
  end
  return { kind = "labels", of = walk:cut(given.matrix(node, inputs, 1)), classes = classes }
end

function there.Binarizer(walk, node, inputs)
  local value = given.matrix(node, inputs, 1)
  if number(node, "threshold", 0) ~= 0.5 then fail(node, "its threshold is not 0.5") end
  return { kind = "index", of = walk:cut(value), pair = value.base.width == 1 }
end

return handlers
