--- Operations over groups of columns as ONNX nodes: products with weights, sums, means, lookups
--- (program.lua tells what they mean). Rows whose columns are several groups go through a Reshape,
--- in which the number of rows stays open.
---
---     local y = groups.centre(g, node, x)          -- names of values in the graph g
local activations = require "mah.exchange.onnx.activations"

local groups = {}

local function dtype_of(node) return node.inputs[1].dtype end

--- x with rows of these sizes; 0 keeps the number of rows.
local function shaped(g, x, ...)
  return g:node("Reshape", { x, g:constant({ 0, ... }, "int64") })
end

-- -- Products -------------------------------------------------------------------------------------

function groups.linear(g, node, x)
  local weight = g:tensor(node.name .. ".weight", node.weight)
  local bias = node.bias and g:tensor(node.name .. ".bias", node.bias)
  local times = node.times or 1
  if times == 1 then
    return bias and g:node("Gemm", { x, weight, bias }) or g:node("MatMul", { x, weight })
  end
  local y = g:node("MatMul", { shaped(g, x, times, node.inputs[1].width / times), weight })
  if bias then y = g:node("Add", { y, bias }) end
  return shaped(g, y, node.output.width)
end

function groups.product(g, node, x, y)
  local times = node.times or 1
  local z = g:node("MatMul", { shaped(g, x, times, node.rows, node.inner),
    shaped(g, y, times, node.inner, node.columns) })
  return shaped(g, z, node.output.width)
end

--- A negative place would count from the end: it becomes one that no table has, as those beyond
--- the end are.
function groups.lookup(g, node, x)
  local places = g:node("Cast", { x }, { to = 7 })
  if node.first ~= 0 then places = g:node("Sub", { places, g:number(node.first, "int64") }) end
  local is_bad = g:node("Less", { places, g:number(0, "int64") })
  places = g:node("Where", { is_bad, g:number(node.weight.shape[1], "int64"), places })
  local parts = g:node("Gather", { g:tensor(node.name .. ".weight", node.weight), places },
    { axis = 0 })
  return shaped(g, parts, node.output.width)
end

-- -- Sums -----------------------------------------------------------------------------------------

local names = { sum = "ReduceSum", mean = "ReduceMean", prod = "ReduceProd", max = "ReduceMax",
  min = "ReduceMin" }

--- Over `axis` of x, which stays as one of size 1.
local function reduced(g, name, x, axis)
  if name == "sum" then return g:node(names.sum, { x, g:constant({ axis }, "int64") }) end
  return g:node(names[name], { x }, { axes = { axis } })
end

--- Does the node take each row as one group?
local function is_simple(node) return node.outer == 1 and node.inner == 1 end

local function grouped(g, node, x)
  return is_simple(node) and x or shaped(g, x, node.outer, node.count, node.inner)
end

--- Runtimes have no products of doubles: one column after the other.
local function products_of_doubles(g, node, x)
  local all
  x = shaped(g, x, node.outer, node.count, node.inner)
  for i = 0, node.count - 1 do
    local one = g:node("Gather", { x, g:number(i, "int64") }, { axis = 2 })
    all = all and g:node("Mul", { all, one }) or one
  end
  return shaped(g, all, node.output.width)
end

function groups.reduce(g, node, x)
  if node.name == "prod" and dtype_of(node) == "float64" then
    return products_of_doubles(g, node, x)
  end
  local y = reduced(g, node.name, grouped(g, node, x), is_simple(node) and 1 or 2)
  return is_simple(node) and y or shaped(g, y, node.output.width)
end

function groups.cumsum(g, node, x)
  local y = g:node("CumSum", { grouped(g, node, x), g:number(is_simple(node) and 1 or 2, "int64") })
  return is_simple(node) and y or shaped(g, y, node.output.width)
end

--- x - mean twice: the second mean is what rounding the first one cost. LayerNormalization takes
--- the variance as a difference of squares (ONNX Runtime 1.20: 1e-2 off at a mean of 100, NaN at
--- 10,000), and what the runtime takes for such a normalisation, as Sub, Pow, ReduceMean ... with
--- one mean, it computes so, too.
function groups.centre(g, node, x)
  local n, axis = activations.with(g, dtype_of(node)), is_simple(node) and 1 or 2
  local y = grouped(g, node, x)
  for _ = 1, 2 do y = n("Sub", y, reduced(g, "mean", y, axis)) end
  return is_simple(node) and y or shaped(g, y, node.output.width)
end

-- -- Constants ------------------------------------------------------------------------------------

--- In as many rows as x has.
function groups.fill(g, node, x)
  local rows = g:node("Gather", { g:node("Shape", { x }), g:constant({ 0 }, "int64") },
    { axis = 0 })
  local sizes = g:node("Concat", { rows, g:constant({ node.output.width }, "int64") },
    { axis = 0 })
  return g:node("Expand", { g:constant(node.by, node.to, { 1, #node.by }), sizes })
end

return groups
