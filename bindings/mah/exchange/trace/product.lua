--- Records of products of matrices as nodes: translators.matmul(t, k) -> entry (context.lua).
local translators = {}

--- The places of a row's elements when the last two of its dimensions change places.
local function turned(t, sizes)
  return t.flat(t.numbered(sizes):transpose(-1, -2))
end

local function exchanged(sizes)
  local list = { unpack(sizes) }
  list[#list - 1], list[#list] = list[#list], list[#list - 1]
  return list
end

--- x W, along the last of x's dimensions.
local function linear(t, k, a, weight)
  local dtype = t:dtype(k)
  if weight.ndim ~= 2 then t:fail(k, "its constant has %d dimensions, not 2", weight.ndim) end
  if weight.dtype ~= dtype then weight = weight:to(dtype) end
  local times = t.width_of(a.sizes, #a.sizes - 1)
  return t:node("linear", { t:cast(a.value, dtype) }, { weight = weight, times = times })
end

--- W x, where x has matrices in its rows: the other way round, of both transposed.
local function linear_from_left(t, k, weight, b)
  if #b.sizes < 2 or b.fused then t:fail(k, "it mixes rows; each must be computed by itself") end
  local x = { value = t:chosen(b.value, turned(t, b.sizes)), sizes = exchanged(b.sizes) }
  local y = linear(t, k, x, weight:t())
  return t:chosen(y, turned(t, exchanged(t:sizes(k))))
end

function translators.matmul(t, k)
  local a, b = t:operand(k, "a"), t:operand(k, "b")
  local r, dtype = t:records(k), t:dtype(k)
  if b.constant ~= nil then return t:entry(k, linear(t, k, a, b.constant)) end
  if a.constant ~= nil then return t:entry(k, linear_from_left(t, k, a.constant, b)) end
  if a.fused or b.fused or r.a.ndim ~= r.b.ndim or #a.sizes < 2 then
    t:fail(k, "it mixes rows; each must be computed by itself")
  end
  local n = #a.sizes
  for d = 1, n - 2 do
    if a.sizes[d] ~= b.sizes[d] then t:fail(k, "its operands are of several sizes") end
  end
  return t:entry(k, t:node("product", { t:cast(a.value, dtype), t:cast(b.value, dtype) }, {
    times = t.width_of(a.sizes, n - 2), rows = a.sizes[n - 1], inner = a.sizes[n],
    columns = b.sizes[n] }))
end

--- x W + b, of matrices and a vector.
function translators.linear(t, k)
  local a, weight, bias = t:operand(k, "a"), t:operand(k, "b"), t:operand(k, "c")
  if a.constant ~= nil or weight.constant == nil or bias.constant == nil then
    t:fail(k, "it mixes rows; each must be computed by itself")
  end
  local value = linear(t, k, a, weight.constant)
  value.node.bias = bias.constant
  return t:entry(k, value)
end

--- The sum of the products along the last dimension.
function translators.vecdot(t, k)
  local a, b = t:operand(k, "a"), t:operand(k, "b")
  local r, dtype = t:records(k), t:dtype(k)
  local wide = a.constant == nil and a or b
  if r.a.ndim ~= r.b.ndim or wide.fused then
    t:fail(k, "its rows meet another operand's columns")
  end
  local x, y = t:value(k, a, wide.sizes, dtype, wide, true), t:value(k, b, wide.sizes, dtype, wide,
    true)
  local count = wide.sizes[#wide.sizes]
  return t:entry(k, t:node("reduce", { t:node("mul", { x, y }) }, { name = "sum", inner = 1,
    count = count, outer = wide.value.width / count }))
end

return translators
