--- Each operation of a program (program.lua tells what they mean) as ONNX nodes that runtimes have
--- kernels for, in float32 and float64.
---
---     local y = operations.sub(g, node, x)          -- names of values in the graph g
local activations = require "mah.exchange.onnx.activations"
local check = require "mah.base.check"
local groups = require "mah.exchange.onnx.groups"
local program = require "mah.exchange.program"
local unary = require "mah.exchange.onnx.unary"

local with = activations.with

local operations = {}

local function dtype_of(node) return node.inputs[1].dtype end

--- Nodes over the inputs' dtype.
local function builder(g, node) return with(g, dtype_of(node)) end

--- The sum of each row.
local function row_sum(g, x) return g:node("ReduceSum", { x, g:constant({ 1 }, "int64") }) end

local function cast(g, x, dtype)
  local numbers = { float32 = 1, int64 = 7, float64 = 11 }
  return g:node("Cast", { x }, { to = numbers[dtype] })
end

function operations.cast(g, node, x) return cast(g, x, node.to) end

function operations.columns(g, node, x)
  local places = {}
  for j, place in ipairs(node.places) do places[j] = place - 1 end
  return g:node("Gather", { x, g:constant(places, "int64") }, { axis = 1 })
end

function operations.cat(g, _, ...) return g:node("Concat", { ... }, { axis = 1 }) end

-- -- Arithmetic -----------------------------------------------------------------------------------

--- The second operand: a value, or constants.
local function second(g, node, y) return y or g:constant(node.by, dtype_of(node)) end

for op, name in pairs { add = "Add", sub = "Sub", mul = "Mul", div = "Div", pow = "Pow",
  minimum = "Min", maximum = "Max" } do
  operations[op] = function(g, node, x, y) return g:node(name, { x, second(g, node, y) }) end
end

for op, name in pairs { eq = "Equal", lt = "Less", le = "LessOrEqual", gt = "Greater",
  ge = "GreaterOrEqual" } do
  operations[op] = function(g, node, x, y)
    return cast(g, g:node(name, { x, second(g, node, y) }), dtype_of(node))
  end
end

function operations.ne(g, node, x, y)
  local equal = g:node("Equal", { x, second(g, node, y) })
  return cast(g, g:node("Not", { equal }), dtype_of(node))
end

function operations.where(g, node, c, x, y)
  return g:node("Where", { builder(g, node)("Equal", c, 0), y, x })
end

function operations.sum(g, _, ...)
  local sum
  for _, x in ipairs { ... } do sum = sum and g:node("Add", { sum, x }) or x end
  return sum
end

function operations.unary(g, node, x)
  local write = check.that(unary[node.name], "cannot write the function %s to an ONNX file",
    node.name)
  return write(g, x, dtype_of(node), builder(g, node))
end

function operations.activation(g, node, x)
  local write = check.that(activations.functions[node.name], "cannot write the activation %s to an "
    .. "ONNX file", node.name)
  return write(g, x, dtype_of(node))
end

-- -- Rows -----------------------------------------------------------------------------------------

local norms = {
  l1 = function(g, n, x) return row_sum(g, n("Abs", x)) end,
  l2 = function(g, n, x) return n("Sqrt", row_sum(g, n("Mul", x, x))) end,
  max = function(g, n, x) return g:node("ReduceMax", { n("Abs", x) }, { axes = { 1 } }) end,
}

function operations.normalize(g, node, x)
  local n = builder(g, node)
  local size = norms[node.norm](g, n, x)
  return n("Div", x, n("Where", n("Equal", size, 0), 1, size))
end

function operations.shares(g, node, x)
  local n = builder(g, node)
  local sum = row_sum(g, x)
  local empty = n("Equal", sum, 0)
  return n("Where", empty, 1 / node.output.width, n("Div", x, n("Where", empty, 1, sum)))
end

--- Products of columns and, as far as their lists are shorter than the longest, of a column of ones
--- behind the others.
function operations.monomials(g, node, x)
  local most, product = 1, nil
  for _, list in ipairs(node.products) do most = math.max(most, #list) end
  local padded = g:node("Pad", { x, g:constant({ 0, 0, 0, 1 }, "int64"),
    g:number(1, dtype_of(node)) })
  for i = 1, most do
    local places = {}
    for j, list in ipairs(node.products) do
      places[j] = (list[i] or node.inputs[1].width + 1) - 1
    end
    local factor = g:node("Gather", { padded, g:constant(places, "int64") }, { axis = 1 })
    product = product and g:node("Mul", { product, factor }) or factor
  end
  return product
end

-- -- Missing values and categories ----------------------------------------------------------------

--- Texts to whole numbers: the place of each in the list from 0, `default` for others.
local function codes(g, x, list, default)
  local values = {}
  for i = 1, #list do values[i] = i - 1 end
  local out = g:node("ai.onnx.ml.LabelEncoder", { x }, { keys_strings = list,
    values_int64s = values, default_int64 = default })
  g:note(out, "int64", { "N", 1 })
  return out
end

--- Where x is missing, or is what stands for a missing value.
local function missing(g, node, x)
  if dtype_of(node) == "text" then
    local code = codes(g, x, { "", node.value }, -1)
    return g:node("GreaterOrEqual", { code, g:number(0, "int64") })
  end
  local is = g:node("IsNaN", { x })
  if node.value == nil then return is end
  return g:node("Or", { is, builder(g, node)("Equal", x, node.value) })
end

function operations.is_missing(g, node, x) return cast(g, missing(g, node, x), "float64") end

function operations.fill_missing(g, node, x)
  return g:node("Where", { missing(g, node, x), g:constant(node.by, dtype_of(node)), x })
end

--- Categories as the file has them: the missing one is the empty text, or NaN.
local function stored(node)
  local list, has_missing = {}, false
  for i, category in ipairs(node.categories) do
    local is_missing = category ~= category
    has_missing = has_missing or is_missing
    list[i] = is_missing and dtype_of(node) == "text" and "" or category
  end
  return list, has_missing
end

--- (N, categories), true where x is that category.
local function matches(g, node, x)
  local list, has_missing = stored(node)
  if dtype_of(node) == "text" then
    local places = {}
    for i = 1, #list do places[i] = i - 1 end
    return g:node("Equal", { codes(g, x, list, -1), g:constant(places, "int64") })
  end
  local equal = g:node("Equal", { x, g:constant(list, "float64") })
  if not has_missing then return equal end
  local mask = {}
  for i, category in ipairs(list) do mask[i] = category ~= category end
  return g:node("Or", { equal,
    g:node("And", { g:node("IsNaN", { x }), g:constant(mask, "bool") }) })
end

function operations.one_hot(g, node, x) return cast(g, matches(g, node, x), "float64") end

--- 0 for what is no category, the place of a category from 1, one more where x is missing.
local function places(g, node, x)
  local list = node.categories
  if dtype_of(node) == "text" then
    local keys, has_empty = {}, false
    for i, category in ipairs(list) do
      keys[i], has_empty = category, has_empty or category == ""
    end
    if not has_empty then keys[#keys + 1] = "" end
    return g:node("Add", { codes(g, x, keys, -1), g:number(1, "int64") })
  end
  local n, numbers = builder(g, node), {}
  for i = 1, #list do numbers[i] = i end
  local place = g:number(0, "float64")
  if #list > 0 then
    local equal = cast(g, matches(g, node, x), "float64")
    place = row_sum(g, g:node("Mul", { equal, g:constant(numbers, "float64") }))
  end
  return cast(g, n("Where", g:node("IsNaN", { x }), #list + 1, place), "int64")
end

function operations.ordinal(g, node, x)
  local values = { node.unknown }
  for k = 1, #node.categories do values[k + 1] = k - 1 end
  values[#values + 1] = node.missing
  return g:node("Gather", { g:constant(values, "float64"), places(g, node, x) }, { axis = 0 })
end

-- -- Bins and lines -------------------------------------------------------------------------------

--- How many of the numbers are <= x.
local function count_below(g, x, list, dtype)
  local below = g:node("GreaterOrEqual", { x, g:constant(list, dtype) })
  return row_sum(g, cast(g, below, "int64"))
end

function operations.bins(g, node, x)
  if #node.edges == 0 then return builder(g, node)("Mul", x, 0) end
  return cast(g, count_below(g, x, node.edges, dtype_of(node)), dtype_of(node))
end

--- For each count of knots below: the knot, the slope and the value that the line starts with.
local function lines(knots, values)
  local n = #knots
  local at, slope, start = { knots[1] }, { 0 }, { values[1] }
  for i = 1, n do
    local width = i < n and knots[i + 1] - knots[i] or 0
    at[i + 1], start[i + 1] = knots[i], values[i]
    slope[i + 1] = width > 0 and (values[i + 1] - values[i]) / width or 0
  end
  return at, slope, start
end

local function interpolated(g, n, dtype, x, knots, values)
  local count = count_below(g, x, knots, dtype)
  local at, slope, start = lines(knots, values)
  local function pick(list)
    return g:node("Gather", { g:constant(list, dtype), count }, { axis = 0 })
  end
  return n("Add", n("Mul", pick(slope), n("Sub", x, pick(at))), pick(start))
end

function operations.interpolate(g, node, x)
  return interpolated(g, builder(g, node), dtype_of(node), x, node.knots, node.values)
end

function operations.quantiles(g, node, x)
  local n, q, r = builder(g, node), node.quantiles, node.references
  local up = interpolated(g, n, dtype_of(node), x, q, r)
  local down = interpolated(g, n, dtype_of(node), n("Neg", x), program.mirrored(q),
    program.mirrored(r))
  local share = n("Mul", n("Sub", up, down), 0.5)
  share = n("Where", n("Equal", x, q[#q]), 1, share)
  return n("Where", n("Equal", x, q[1]), 0, share)
end

-- -- Yeo and Johnson's powers ---------------------------------------------------------------------

local SMALL = 2 ^ -52

--- The powers as constants, and where they are so near to 0 that the logarithm takes their place.
local function power_constants(g, dtype, list)
  local near, all_near, none_near, safe = {}, true, true, {}
  for j, p in ipairs(list) do
    near[j] = math.abs(p) < SMALL
    safe[j] = near[j] and 1 or p
    all_near, none_near = all_near and near[j], none_near and not near[j]
  end
  return g:constant(safe, dtype), not none_near and g:constant(near, "bool")
end

--- (base^p - 1) / p, or log(base)
local function raised(g, n, base, p, near)
  local power = n("Div", n("Sub", n("Pow", base, p), 1), p)
  return near and g:node("Where", { near, n("Log", base), power }) or power
end

--- (1 + x p)^(1 / p) - 1, or e^x - 1
local function lowered(g, n, x, p, near)
  local base = n("Add", n("Mul", x, p), 1)
  local power = n("Sub", n("Pow", base, n("Div", 1, p)), 1)
  return near and g:node("Where", { near, n("Sub", n("Exp", x), 1), power }) or power
end

--- Both sides are computed for every x, each with the other's x set to 0; NaN stays NaN.
function operations.power(g, node, x)
  local dtype, n, others = dtype_of(node), builder(g, node), {}
  for j, p in ipairs(node.powers) do others[j] = 2 - p end
  local p, near = power_constants(g, dtype, node.powers)
  local q, near_two = power_constants(g, dtype, others)
  local right = n("Where", n("Less", x, 0), 0, x)
  local left = n("Neg", n("Where", n("Greater", x, 0), 0, x))
  local above, below
  if node.inverse then
    above, below = lowered(g, n, right, p, near), lowered(g, n, left, q, near_two)
  else
    above = raised(g, n, n("Add", right, 1), p, near)
    below = raised(g, n, n("Add", left, 1), q, near_two)
  end
  return n("Where", n("Less", x, 0), n("Neg", below), above)
end

for op, write in pairs(groups) do operations[op] = write end

return operations
