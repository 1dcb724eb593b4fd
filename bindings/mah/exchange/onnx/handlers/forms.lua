--- The operators that only change how values lie, or their type: handlers[op] = function(walk,
--- node, inputs) -> value (values.lua). Rows stay rows; labels and sizes pass through.
local common = require "mah.exchange.onnx.operators.common"
local expression = require "mah.exchange.onnx.expression"
local given = require "mah.exchange.onnx.handlers.given"
local operators = require "mah.exchange.onnx.operators"
local shapes = require "mah.exchange.onnx.operators.shapes"
local tensor = require "mah.tensor"
local values = require "mah.exchange.onnx.values"

local fail, number = common.fail, common.number
local here = {}

--- What passes values on as they are; rows of labels may change their form.
local function pass(_, _, inputs) return inputs[1] end

local MOST_SIZES = 1000 -- that a shape may be computed of

--- Numbers made of a Shape go through the operator itself; nil where an input is something else.
local function compute_sizes(node, inputs)
  local numbers = {}
  for i, input in pairs(inputs) do
    if input.kind ~= "constant" and input.kind ~= "sizes" then return nil end
    numbers[i] = input.value
  end
  node.most = MOST_SIZES
  return { kind = "sizes", value = operators.run(node, numbers, #node.inputs)[1] }
end

--- A handler for operators that also move sizes and labels about.
local function define_form(op, of_matrix)
  here[op] = function(walk, node, inputs)
    local value = inputs[1]
    if value and value.kind == "sizes" then return compute_sizes(node, inputs) end
    if given.is_label(value) or value.kind == "pair" and op == "Cast" then return value end
    return of_matrix(walk, node, inputs, given.matrix(node, inputs, 1))
  end
end

here.Identity = pass

function here.Shape(_, node, inputs)
  local value, sizes = given.matrix(node, inputs, 1), {}
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

define_form("Flatten", function(_, node, _, value)
  local axis = number(node, "axis", 1)
  if axis < 0 then axis = axis + #value.dims end
  if axis ~= 1 then fail(node, "rows are mixed: axis %d", axis) end
  local width = value.base.width or false
  return values.matrix(value.base, value.expr, { false, width, rows = value.dims.rows })
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
  local axes = common.positions(node, inputs[2] and given.constant(node, inputs, 2), "axes")
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
  local axes = common.positions(node, inputs[2] and given.constant(node, inputs, 2), "axes")
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

return { handlers = here, sizes = compute_sizes }
