--- What each operator that is not of single elements is in a chain: handlers[domain][op] =
--- function(walk, node, inputs) -> value (values.lua), or nil where it is no step of one.
local common = require "mah.exchange.onnx.operators.common"
local expression = require "mah.exchange.onnx.expression"
local ml = require "mah.exchange.onnx.operators.ml"
local operators = require "mah.exchange.onnx.operators"
local shapes = require "mah.exchange.onnx.operators.shapes"
local tensor = require "mah.tensor"
local values = require "mah.exchange.onnx.values"

local fail, number = common.fail, common.number
local handlers = { [""] = {}, ["ai.onnx.ml"] = {} }
local here, there = handlers[""], handlers["ai.onnx.ml"]

local function is_matrix(value) return value and value.kind == "matrix" end

--- A constant tensor among the inputs; complains of others.
local function constant(node, inputs, i)
  local input = inputs[i]
  if not input or input.kind ~= "constant" or common.texts(input.value) then
    fail(node, "input '%.80s' must be a constant", tostring(node.inputs[i]))
  end
  return input.value
end

local function expect_matrix(node, inputs, i)
  if not is_matrix(inputs[i]) then
    fail(node, "input '%.80s' is no matrix of numbers", tostring(node.inputs[i]))
  end
  return inputs[i]
end

-- -- Layers ---------------------------------------------------------------------------------------

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
  return linear(walk, node, expect_matrix(node, inputs, 1), constant(node, inputs, 2))
end

local function gemm_bias(node, inputs, columns)
  if not inputs[3] then return nil end
  local bias, beta = constant(node, inputs, 3), number(node, "beta", 1)
  if bias:numel() == 1 then bias = bias:reshape(1):expand(columns) end
  if bias:numel() ~= columns or bias.shape[bias.ndim] ~= columns then
    fail(node, "a bias of (%s) for %d columns", table.concat(bias.shape, ", "), columns)
  end
  bias = bias:reshape(columns)
  return beta == 1 and bias:contiguous() or bias * beta
end

function here.Gemm(walk, node, inputs)
  local value, weight = expect_matrix(node, inputs, 1), constant(node, inputs, 2)
  if number(node, "transA", 0) ~= 0 then fail(node, "its first input is transposed") end
  if weight.ndim ~= 2 then fail(node, "a matrix of weights is expected") end
  if number(node, "transB", 0) ~= 0 then weight = weight:t() end
  local alpha = number(node, "alpha", 1)
  if alpha ~= 1 then weight = weight * alpha end
  return linear(walk, node, value, weight, gemm_bias(node, inputs, weight.shape[2]))
end

function here.BatchNormalization(walk, node, inputs)
  local value, parts = expect_matrix(node, inputs, 1), {}
  if number(node, "training_mode", 0) ~= 0 then fail(node, "it is in training mode") end
  for i, name in ipairs { "multiply", "add", "subtract", "divide" } do
    local v = constant(node, inputs, i + 1):reshape(-1)
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
  if inputs[3] and constant(node, inputs, 3):item() ~= 0 then fail(node, "it is in training mode") end
  return inputs[1]
end

--- Does the axis take whole rows? Before opset 13 everything behind it is one row.
local function takes_rows(node, dims, default)
  local axis = number(node, "axis", default)
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

local function define_row_activation(op, name)
  here[op] = function(walk, node, inputs)
    local value = expect_matrix(node, inputs, 1)
    if not takes_rows(node, value.dims, node.opset < 13 and 1 or -1) then
      fail(node, "it goes along axis %d, and not along the columns", number(node, "axis", -1))
    end
    local step = { kind = "activation", name = name }
    return values.matrix(values.push(walk:cut(value), step), nil, value.dims)
  end
end

define_row_activation("Softmax", "softmax")
define_row_activation("LogSoftmax", "log_softmax")

local function normalize(walk, node, value, norm)
  return values.matrix(values.push(walk:cut(value), { kind = "normalize", norm = norm }), nil,
    value.dims)
end

function here.LpNormalization(walk, node, inputs)
  local value = expect_matrix(node, inputs, 1)
  if not takes_rows(node, value.dims, -1) then fail(node, "it does not go along the columns") end
  return normalize(walk, node, value, number(node, "p", 2) == 1 and "l1" or "l2")
end

function there.Normalizer(walk, node, inputs)
  local norm = ml.norms[node.attributes.norm or "MAX"]
  if not norm then fail(node, "an unknown norm") end
  return normalize(walk, node, expect_matrix(node, inputs, 1), norm)
end

function there.Scaler(walk, node, inputs)
  local value = walk:settled(expect_matrix(node, inputs, 1))
  for _, part in ipairs { { "offset", "subtract" }, { "scale", "multiply" } } do
    local v = ml.vector(node, part[1])
    if v then
      local by = #v == 1 and v:item() or v
      if value.base.width and #v > 1 and #v ~= value.base.width then
        fail(node, "%d values for %d columns", #v, value.base.width)
      end
      local width = value.base.width or #v > 1 and #v or nil
      value = values.matrix(values.push(value.base, { kind = "affine", [part[2]] = by }, width), nil,
        value.dims)
    end
  end
  return value
end

-- -- Forms ----------------------------------------------------------------------------------------

--- What passes values on as they are; rows of labels may change their form.
local function pass(_, _, inputs) return inputs[1] end

local function is_label(value) return value and (value.kind == "index" or value.kind == "labels") end

--- Numbers made of a Shape go through the operator itself.
local function compute_sizes(node, inputs)
  local given = {}
  for i, input in pairs(inputs) do
    if input.kind ~= "constant" and input.kind ~= "sizes" then return nil end
    given[i] = input.value
  end
  return { kind = "sizes", value = operators.run(node, given, #node.inputs)[1] }
end

--- A handler for operators that also move sizes and labels about.
local function define_form(op, of_matrix)
  here[op] = function(walk, node, inputs)
    local value = inputs[1]
    if value and value.kind == "sizes" then return compute_sizes(node, inputs) end
    if is_label(value) then return value end
    return of_matrix(walk, node, inputs, expect_matrix(node, inputs, 1))
  end
end

here.Identity = pass

function here.Shape(_, node, inputs)
  local value, sizes = expect_matrix(node, inputs, 1), {}
  for d, size in ipairs(value.dims) do
    sizes[d] = d == 1 and -1 or size or fail(node, "dimension %d is not known", d)
  end
  local list = tensor.zeros(#sizes, { dtype = "int64" })
  for d, size in ipairs(sizes) do list[d] = size end
  local first, last = number(node, "start", 0), number(node, "end", #sizes)
  if first < 0 then first = first + #sizes end
  if last < 0 then last = last + #sizes end
  if first < 0 or last > #sizes or first >= last then fail(node, "no such dimensions") end
  return { kind = "sizes", value = list:narrow(1, first + 1, last - first) }
end

--- p > 1/2 as the place of the larger of two, or as labels that are or are not there.
local function threshold(walk, node, value)
  local e = value.expr
  if e == expression.x or e.node.op ~= "Greater" or e.args[2] ~= 0.5
    or type(e.args[1]) ~= "table" then
    return fail(node, "only a comparison with 0.5 makes labels of numbers")
  end
  local base = walk:cut(values.matrix(value.base, e.args[1]))
  return { kind = "index", of = base, pair = base.width == 1 }
end

local function is_test(value)
  return value.expr ~= expression.x and operators.tests[value.expr.node.op]
end

define_form("Cast", function(walk, node, inputs, value)
  local dtype = shapes.dtype_of(number(node, "to"))
  if not dtype then fail(node, "to a type that Mah has not") end
  if is_test(value) then
    if dtype:find "^float" then
      return values.matrix(value.base, expression.new(node, { value.expr }), value.dims)
    end
    return threshold(walk, node, value)
  end
  if not dtype:find "^float" then fail(node, "numbers become %s on their way", dtype) end
  return inputs[1]
end)

local function flattened(node, value)
  if #value.dims == 2 then return value end
  local width = value.base.width or false
  return values.matrix(value.base, value.expr, { false, width, rows = value.dims.rows })
end

define_form("Flatten", function(_, node, _, value)
  local axis = number(node, "axis", 1)
  if axis < 0 then axis = axis + #value.dims end
  if axis ~= 1 then fail(node, "rows are mixed: axis %d", axis) end
  return flattened(node, value)
end)

--- The dimensions that a Reshape to `wanted` gives, with false for the first and unknown ones.
local function reshaped_dims(node, value, wanted)
  local dims, holes, product, width = { false }, 0, 1, value.base.width
  local first = wanted[1]
  if first ~= -1 and first ~= 0 and first ~= value.dims.rows then
    fail(node, "rows are mixed: %s of them", tostring(first))
  end
  for d = 2, #wanted do
    local size = wanted[d] == 0 and value.dims[d] or wanted[d]
    dims[d] = size and size > 0 and size or false
    if dims[d] then product = product * dims[d] else holes = holes + 1 end
  end
  if holes > 1 and width then fail(node, "two sizes are open") end
  if width and holes == 1 and width % product == 0 then
    for d = 2, #dims do dims[d] = dims[d] or width / product end
    product = width
  end
  return dims, product, holes
end

define_form("Reshape", function(_, node, inputs, value)
  local wanted = inputs[2] and (inputs[2].kind == "constant" or inputs[2].kind == "sizes")
    and inputs[2].value
  wanted = common.positions(node, wanted, "shape")
  if not wanted or not wanted[1] then fail(node, "its shape is no constant") end
  local dims, product, holes = reshaped_dims(node, value, wanted)
  local width = value.base.width
  if width and product ~= width then
    local last = value.dims[#value.dims]
    if holes == 0 and wanted[1] == -1 and product == last and not value.base.from
      and value.expr == expression.x then -- rows along the input's last dimension
      return values.matrix({ width = last }, nil, dims)
    end
    fail(node, "rows of %d values become rows of %d", width, product)
  elseif not width and holes == 0 then
    value = { base = value.base.from and value.base or { width = product }, expr = value.expr }
  end
  dims.rows = value.dims and value.dims.rows
  return values.matrix(value.base, value.expr, dims)
end)

define_form("Squeeze", function(_, node, inputs, value)
  local axes = common.positions(node, inputs[2] and constant(node, inputs, 2), "axes")
  local dims, gone = { rows = value.dims.rows }, {}
  for _, axis in ipairs(axes or {}) do gone[common.dim(node, axis, #value.dims)] = true end
  if gone[1] then fail(node, "it takes the rows' dimension away") end
  for d, size in ipairs(value.dims) do
    if gone[d] and size ~= 1 then fail(node, "dimension %d is not known to be 1", d) end
    if not (gone[d] or not axes and size == 1) then dims[#dims + 1] = size end
  end
  return values.matrix(value.base, value.expr, dims)
end)

define_form("Unsqueeze", function(_, node, inputs, value)
  local axes = common.positions(node, inputs[2] and constant(node, inputs, 2), "axes")
  if not axes then fail(node, "its axes are no constant") end
  local new, dims, old = {}, { rows = value.dims.rows }, 0
  for _, axis in ipairs(axes) do new[common.dim(node, axis, #value.dims + #axes)] = true end
  if new[1] then fail(node, "it puts a dimension before the rows") end
  for d = 1, #value.dims + #axes do
    if not new[d] then old = old + 1 end
    if new[d] then dims[d] = 1 else dims[d] = value.dims[old] or false end
  end
  return values.matrix(value.base, value.expr, dims)
end)

define_form("Transpose", function(_, node, _, value)
  local perm = common.list(node, "perm")
  for d = 1, #value.dims do
    if not perm or perm[d] ~= d - 1 then fail(node, "rows and columns change places") end
  end
  return value
end)

define_form("Slice", function(_, node) fail(node, "it takes a part of the columns or rows") end)

-- -- Labels ---------------------------------------------------------------------------------------

--- [1 - p, p]: both classes of one column.
function here.Concat(walk, node, inputs)
  local first, second = inputs[1], inputs[2]
  if first and not second then return first end
  if first and first.kind ~= "matrix" or second and second.kind ~= "matrix" then
    return compute_sizes(node, inputs)
  end
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
  if value.kind ~= "pair" then value = expect_matrix(node, inputs, 1) end
  if not takes_rows(node, dims, 0) then fail(node, "it does not go along the columns") end
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

local function list_of(value) return common.texts(value) or common.values(value) end

define_form("Gather", function(_, node) fail(node, "it picks columns or rows") end)

local gather_sizes = here.Gather
function here.Gather(walk, node, inputs)
  local table_, index = inputs[1], inputs[2]
  if table_ and table_.kind == "constant" and is_label(index) then
    return labels_from(node, index, list_of(table_.value))
  end
  return gather_sizes(walk, node, inputs)
end

function there.ArrayFeatureExtractor(_, node, inputs)
  local table_, index = inputs[1], inputs[2]
  if table_ and table_.kind == "constant" and is_label(index) then
    return labels_from(node, index, list_of(table_.value))
  end
  fail(node, "it picks columns")
end

function there.LabelEncoder(_, node, inputs)
  local value, out = inputs[1], {}
  if not is_label(value) then fail(node, "its input is no label") end
  local keys, names, default = ml.mapping(node)
  local classes = value.classes
  if not classes then
    classes = {}
    local n = value.pair and 2 or value.of.width or #keys
    for i = 1, n do classes[i] = i - 1 end
  end
  local of = {}
  for i, key in ipairs(keys) do of[key] = names[i] end
  for i, class in ipairs(classes) do
    out[i] = of[class]
    if out[i] == nil then out[i] = default end
  end
  return { kind = "labels", of = value.of, pair = value.pair, classes = out }
end

function there.ZipMap(walk, node, inputs)
  local value = inputs[1]
  local classes = common.list(node, "classlabels_strings") or common.list(node, "classlabels_int64s")
  if not classes then fail(node, "it has no labels") end
  if value.kind == "pair" then
    return { kind = "labels", of = value.of, pair = true, classes = classes }
  end
  return { kind = "labels", of = walk:cut(expect_matrix(node, inputs, 1)), classes = classes }
end

function there.Binarizer(walk, node, inputs)
  local value = expect_matrix(node, inputs, 1)
  if number(node, "threshold", 0) ~= 0.5 then fail(node, "its threshold is not 0.5") end
  return { kind = "index", of = walk:cut(value), pair = value.base.width == 1 }
end

return handlers
