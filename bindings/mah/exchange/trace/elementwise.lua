--- Records of operations by elements as nodes: translators.tanh(t, k) -> entry (context.lua).
local functions = require "mah.exchange.c.functions"

local translators = {}

--- What leaves the numbers of a type: bytes go round, and truths stay true.
local arithmetic = { add = true, sub = true, mul = true, neg = true, pow = true, square = true,
  remainder = true }

--- The value of arithmetic as its type has it, which is float64 in the program.
local function as_typed(t, k, value)
  local name, dtype = t:rule(k).name, t:records(k).value.dtype
  if not arithmetic[name] then return value end
  if dtype == "bool" then return t:node("ne", { value }, { by = 0 }) end
  if dtype == "uint8" then
    t:fail(k, "uint8 goes round at 256, and files have no such numbers; x:float() first")
  end
  return value
end

--- What record k gives, in the sizes that it has: a single column may stand for all.
local function entry(t, k, value)
  local sizes = t:sizes(k)
  value = as_typed(t, k, value)
  if value.width < t.width_of(sizes) then
    value = t:spread({ value = value, sizes = {} }, sizes, nil, true)
  end
  return t:entry(k, value)
end

-- -- One operand ----------------------------------------------------------------------------------

local tests = { isnan = true, isfinite = true }

for name in pairs(functions.unary) do
  translators[name] = function(t, k)
    local a = t:operand(k, "a")
    local value = tests[name] and a.value or t:cast(a.value, t:dtype(k))
    return entry(t, k, t:node("unary", { value }, { name = name }))
  end
end

function translators.clamp(t, k)
  local a, low, high = t:operand(k, "a"), t:setting(k, "b"), t:setting(k, "c")
  local value = t:cast(a.value, t:dtype(k))
  if type(low) == "number" then value = t:node("maximum", { value }, { by = low }) end
  if type(high) == "number" then value = t:node("minimum", { value }, { by = high }) end
  return entry(t, k, value)
end

function translators.logical_not(t, k)
  return entry(t, k, t:node("eq", { t:operand(k, "a").value }, { by = 0 }))
end

--- The smallest and the largest number; what is beyond becomes these, and NaN 0. (Double has none
--- that is as near as 1 to those of int64.)
local ranges = { uint8 = { 0, 255 }, int32 = { -2 ^ 31, 2 ^ 31 - 1 } }

--- To another type: whole numbers without their fractions, truth.
translators["to"] = function(t, k)
  local value, dtype = t:operand(k, "a").value, t:records(k).value.dtype
  if dtype == "bool" then return entry(t, k, t:node("ne", { value }, { by = 0 })) end
  if dtype:find "float" then return entry(t, k, t:cast(value, t:dtype(k))) end
  local whole = t:node("unary", { t:cast(value, "float64") }, { name = "trunc" })
  local bounds = ranges[dtype]
  if bounds then
    whole = t:node("minimum", { t:node("maximum", { whole }, { by = bounds[1] }) },
      { by = bounds[2] })
  end
  local is_number = t:node("eq", { whole, whole })
  local zero = t:node("fill", { whole }, { by = { 0 }, to = "float64" })
  return entry(t, k, t:node("where", { is_number, whole, zero }))
end

-- -- Two operands ---------------------------------------------------------------------------------

--- x op constants, or x op y.
local function combined(t, k, op, a, b, dtype)
  local sizes = t:sizes(k)
  if b.constant == nil then
    local x, y = t:spread(a, sizes, dtype), t:spread(b, sizes, dtype)
    return t:node(op, { x, y })
  end
  return t:node(op, { t:spread(a, sizes, dtype, true) }, { by = t:list(k, b.constant, sizes) })
end

--- The same where a may be constant too; `turned` does the same with the operands exchanged.
local function either(t, k, op, turned, dtype)
  local a, b = t:operands(k, "a", "b")
  if a.constant == nil then return combined(t, k, op, a, b, dtype) end
  if turned then return combined(t, k, turned, b, a, dtype) end
  local sizes = t:sizes(k)
  return t:node(op, { t:value(k, a, sizes, dtype, b), t:spread(b, sizes, dtype) })
end

for op, turned in pairs { add = "add", mul = "mul", minimum = "minimum", maximum = "maximum",
  div = false } do
  translators[op] = function(t, k) return entry(t, k, either(t, k, op, turned, t:dtype(k))) end
end

--- Is b the mean of a over some of its dimensions? Then the outer, count and inner of these.
local function is_mean_of(a, b)
  local node = b.value.node
  if a.fused or not node or node.op ~= "reduce" or node.name ~= "mean" or node.inputs[1] ~= a.value
    or #a.sizes ~= #b.sizes then
    return nil
  end
  local before = 1
  for d, size in ipairs(a.sizes) do
    if before == node.outer and size == node.count and (b.sizes[d] == 1) then return node end
    before = before * size
  end
end

--- a - b; a constant minus b is b times -1 plus the constant, to the bit.
function translators.sub(t, k)
  local a, b = t:operands(k, "a", "b")
  local sizes, dtype = t:sizes(k), t:dtype(k)
  if a.constant ~= nil then
    local minus = t:node("mul", { t:spread(b, sizes, dtype, true) }, { by = -1 })
    return entry(t, k, t:node("add", { minus }, { by = t:list(k, a.constant, sizes) }))
  end
  local groups = b.constant == nil and is_mean_of(a, b)
  if groups and a.value.dtype == dtype then
    return entry(t, k, t:node("centre", { a.value }, { outer = groups.outer, count = groups.count,
      inner = groups.inner }))
  end
  return entry(t, k, combined(t, k, "sub", a, b, dtype))
end

local shortcuts = { [2] = "square", [0.5] = "sqrt" }

function translators.pow(t, k)
  local b = t:operand(k, "b")
  local name = shortcuts[b.constant]
  if not name then return entry(t, k, either(t, k, "pow", false, t:dtype(k))) end
  return entry(t, k, t:node("unary", { t:cast(t:operand(k, "a").value, t:dtype(k)) },
    { name = name }))
end

--- Both operands as values, constant or not.
local function both(t, k)
  local a, b = t:operands(k, "a", "b")
  local sizes, dtype = t:sizes(k), t:dtype(k)
  local like = a.constant == nil and a or b
  return t:value(k, a, sizes, dtype, like), t:value(k, b, sizes, dtype, like)
end

--- a - floor(a / b) b
function translators.remainder(t, k)
  local x, y = both(t, k)
  local whole = t:node("unary", { t:node("div", { x, y }) }, { name = "floor" })
  return entry(t, k, t:node("sub", { x, t:node("mul", { whole, y }) }))
end

--- a + weight (b - a)
function translators.lerp(t, k)
  local x, y = both(t, k)
  local way = t:node("mul", { t:node("sub", { y, x }) }, { by = t:setting(k, "c") })
  return entry(t, k, t:node("add", { x, way }))
end

-- -- Comparisons and choices ----------------------------------------------------------------------

--- The dtype in which two are compared: the larger one; a number has the other's.
local function compared_in(a, b)
  local float32 = true
  for _, one in ipairs { a, b } do
    local wide = one.value and one.value.dtype == "float64"
      or type(one.constant) == "cdata" and one.constant.dtype ~= "float32"
    float32 = float32 and not wide
  end
  return float32 and "float32" or "float64"
end

for op, turned in pairs { eq = "eq", ne = "ne", lt = "gt", le = "ge", gt = "lt", ge = "le" } do
  translators[op] = function(t, k)
    return entry(t, k, either(t, k, op, turned, compared_in(t:operands(k, "a", "b"))))
  end
end

--- Truth as 1 and 0.
local function truth(t, k, name, sizes, like)
  local x = t:value(k, t:operand(k, name), sizes, "float64", like)
  return t:node("ne", { x }, { by = 0 })
end

for name, op in pairs { logical_and = "mul", logical_or = "maximum", logical_xor = "ne" } do
  translators[name] = function(t, k)
    local a, b = t:operands(k, "a", "b")
    local like, sizes = a.constant == nil and a or b, t:sizes(k)
    return entry(t, k, t:node(op, { truth(t, k, "a", sizes, like), truth(t, k, "b", sizes, like) }))
  end
end

--- Of a record with the list {condition, a, b}, or with a constant condition behind a and b.
function translators.where(t, k)
  local sizes, dtype = t:sizes(k), t:dtype(k)
  local condition, a, b
  if t:records(k).list then
    condition, a, b = t:operands(k, 1, 2, 3)
  else
    a, b = t:operands(k, "a", "b")
    condition = { constant = t:mask(k, "c") }
  end
  local like = condition.constant == nil and condition or a.constant == nil and a or b
  local x, y = t:value(k, a, sizes, dtype, like), t:value(k, b, sizes, dtype, like)
  local c = t:value(k, condition, sizes, nil, like)
  return entry(t, k, t:node("where", { c, x, y }))
end

return translators
