--- Each operation of a program (program.lua tells what they mean) as statements of C.
---
---     operations.sub(s, node)          -- s.arrays[node.output] is the array that holds it
local check = require "mah.base.check"
local functions = require "mah.exchange.c.functions"
local groups = require "mah.exchange.c.groups"
local literal = require "mah.exchange.c.literal"
local program = require "mah.exchange.program"
local source = require "mah.exchange.c.source"

local operations = {}

--- The array of the first input, and the one of the output, which is new.
local function arrays(s, node)
  local x = s.arrays[node.inputs[1]]
  return x, s:array(node)
end

--- Numbers that x is compared with: rounded, where x was.
local function compared(s, node, list)
  if not s.narrowed[node.inputs[1]] then return list end
  local out = {}
  for i, value in ipairs(list) do out[i] = literal.rounded(value) end
  return out
end

--- Are all inputs doubles that came in as floats? Then so is the output.
local function still_narrowed(s, node)
  local all = true
  for _, input in ipairs(node.inputs) do all = all and s.narrowed[input] end
  s.narrowed[node.output] = all or nil
end

-- -- Columns --------------------------------------------------------------------------------------

local function expect_numbers(node, value)
  check.that(value.dtype ~= "text", "cannot write %s: texts side by side have no place in C",
    node.op)
end

function operations.cast(s, node)
  local x, y = arrays(s, node)
  s:loop(node.output.width, "%s[j] = (%s)%s[j];", y, source.ctype(node.to), x)
end

function operations.columns(s, node)
  expect_numbers(node, node.output)
  still_narrowed(s, node)
  local x, y = arrays(s, node)
  local first, places = node.places[1] - 1, {}
  local in_turn = true
  for j, place in ipairs(node.places) do
    places[j], in_turn = ("%d"):format(place - 1), in_turn and place - 1 == first + j - 1
  end
  if in_turn then
    s:loop(#places, "%s[j] = %s[%d + j];", y, x, first)
  else
    s:loop(#places, "%s[j] = %s[%s[j]];", y, x, s:constant(node.output.name, "int", places))
  end
end

function operations.cat(s, node)
  expect_numbers(node, node.output)
  still_narrowed(s, node)
  local y, from = s:array(node), 0
  for _, input in ipairs(node.inputs) do
    local x = s.arrays[input]
    if input.width == 1 then
      s:line("%s[%d] = %s[0];", y, from, x)
    else
      s:loop(input.width, "%s[%d + j] = %s[j];", y, from, x)
    end
    from = from + input.width
  end
end

-- -- Arithmetic -----------------------------------------------------------------------------------

-- Of two values either may be NaN.
local of_two = { minimum = "x > by || by != by ? by : x", maximum = "x < by || by != by ? by : x" }

for op, expression in pairs {
  add = "x + by", sub = "x - by", mul = "x * by", div = "x / by", pow = "F(pow)(x, by)",
  minimum = "x > by ? by : x", maximum = "x < by ? by : x",
  eq = "x == by ? 1.0F : 0.0F", ne = "x != by ? 1.0F : 0.0F", lt = "x < by ? 1.0F : 0.0F",
  le = "x <= by ? 1.0F : 0.0F", gt = "x > by ? 1.0F : 0.0F", ge = "x >= by ? 1.0F : 0.0F",
} do
  operations[op] = function(s, node)
    s:each(node, node.inputs[2] and of_two[op] or expression, node.by)
  end
end

function operations.where(s, node)
  local c, x, y = unpack(node.inputs)
  s:loop(node.output.width, "%s[j] = %s != %s ? %s : %s;", s:array(node), s:element(c, node),
    literal.number(0, c.dtype), s:element(x, node), s:element(y, node))
end

function operations.fill(s, node)
  s.arrays[node.output] = s:numbers(node.output.name, node.by, node.to)
end

function operations.sum(s, node)
  local parts = {}
  for i, input in ipairs(node.inputs) do parts[i] = s.arrays[input] .. "[j]" end
  s:loop(node.output.width, "%s[j] = %s;", s:array(node), table.concat(parts, " + "))
end

function operations.unary(s, node)
  s:each(node, check.that(functions.unary[node.name], "cannot write the function %s as C",
    node.name))
end

function operations.activation(s, node)
  if node.name == "softmax" then return s:row(node, "softmax") end
  s:each(node, check.that(functions.activations[node.name], "cannot write the activation %s as C",
    node.name))
end

function operations.power(s, node)
  local name = node.inverse and "yeo_johnson_back" or "yeo_johnson"
  s:helper(name, node.output.dtype)
  s:each(node, "NAME_" .. name .. "(x, by)", node.powers)
end

function operations.normalize(s, node) s:row(node, node.norm) end
function operations.shares(s, node) s:row(node, "shares") end

function operations.monomials(s, node)
  local x, y = arrays(s, node)
  s:line("(void)%s;", x) -- all products may be empty
  for j, product in ipairs(node.products) do
    local factors = {}
    for i, place in ipairs(product) do factors[i] = ("%s[%d]"):format(x, place - 1) end
    if #factors == 0 then factors[1] = literal.number(1, node.output.dtype) end
    s:line("%s[%d] = %s;", y, j - 1, table.concat(factors, " * "))
  end
end

-- -- Missing values and categories ----------------------------------------------------------------

--- A condition on the element `x`: is it missing, or what stands for a missing value?
local function missing(s, node, x)
  local input = node.inputs[1]
  if input.dtype == "text" then
    local mark = node.value and (" || %s == %d"):format(x, s:code(input, node.value)) or ""
    return ("%s == -1%s"):format(x, mark)
  end
  local mark = node.value and (" || %s == %s"):format(x,
    literal.number(compared(s, node, { node.value })[1], input.dtype)) or ""
  return ("%s != %s%s"):format(x, x, mark)
end

function operations.is_missing(s, node)
  local x, y = arrays(s, node)
  s:loop(node.output.width, "%s[j] = %s ? 1.0 : 0.0;", y, missing(s, node, x .. "[j]"))
end

function operations.fill_missing(s, node)
  local input = node.inputs[1]
  still_narrowed(s, node)
  s.categories[node.output] = s.categories[input]
  local x, y = arrays(s, node)
  local by
  if input.dtype == "text" then
    by = ("%d"):format(s:code(input, node.by[1]))
  else
    by = s:by(node, compared(s, node, node.by), input.dtype)
  end
  s:loop(node.output.width, "%s[j] = %s ? %s : %s[j];", y, missing(s, node, x .. "[j]"), by, x)
end

--- The categories as an array of constants; does a missing value have a place among them?
local function categories(s, node, list)
  local input, has_missing = node.inputs[1], false
  for _, category in ipairs(list) do has_missing = has_missing or category ~= category end
  if input.dtype ~= "text" then
    return s:numbers(node.output.name, compared(s, node, list), input.dtype), has_missing
  end
  local codes = {}
  for i, category in ipairs(list) do codes[i] = ("%d"):format(s:code(input, category)) end
  return s:constant(node.output.name, "int", codes), false -- its code is one like others
end

--- A condition: is the single x category j of the list?
local function matches(s, node, x, list)
  local name, has_missing = categories(s, node, list)
  local also = has_missing and (" || (%s[0] != %s[0] && %s[j] != %s[j])"):format(x, x, name, name)
  return ("%s[0] == %s[j]%s"):format(x, name, also or "")
end

function operations.one_hot(s, node)
  local x, y = arrays(s, node)
  s:loop(node.output.width, "%s[j] = %s ? 1.0 : 0.0;", y, matches(s, node, x, node.categories))
end

function operations.ordinal(s, node)
  local x, y = arrays(s, node)
  local kind = node.inputs[1].dtype
  local is_missing = kind == "text" and x .. "[0] == -1" or ("%s[0] != %s[0]"):format(x, x)
  s:line("%s[0] = %s ? %s : %s;", y, is_missing, literal.number(node.missing, "float64"),
    literal.number(node.unknown, "float64"))
  if #node.categories == 0 then return end
  s:line("for (int j = 0; j < %d; j++) {", #node.categories)
  s:line("  if (%s) %s[0] = (double)j;", matches(s, node, x, node.categories), y)
  s:line "}"
end

-- -- Bins and lines -------------------------------------------------------------------------------

function operations.bins(s, node)
  local x, y = arrays(s, node)
  local dtype = node.output.dtype
  if #node.edges == 0 then
    s:line("(void)%s;", x)
    return s:line("%s[0] = %s;", y, literal.number(0, dtype))
  end
  s:line("%s[0] = %s(%s[0], %d, %s);", y, s:helper("bins", dtype), x, #node.edges,
    s:numbers(node.output.name .. "_edges", compared(s, node, node.edges), dtype))
end

local function interpolated(s, node, x, knots, values)
  local dtype, stem = node.output.dtype, node.output.name
  return ("%s(%s, %d, %s, %s)"):format(s:helper("interpolate", dtype), x, #knots,
    s:numbers(stem .. "_knots", knots, dtype), s:numbers(stem .. "_values", values, dtype))
end

function operations.interpolate(s, node)
  local x, y = arrays(s, node)
  s:line("%s[0] = %s;", y, interpolated(s, node, x .. "[0]", node.knots, node.values))
end

function operations.quantiles(s, node)
  local x, y = arrays(s, node)
  local q, r, dtype = node.quantiles, node.references, node.output.dtype
  x = x .. "[0]"
  s:line("%s[0] = %s * (%s - %s);", y, literal.number(0.5, dtype), interpolated(s, node, x, q, r),
    interpolated(s, node, "-" .. x, program.mirrored(q), program.mirrored(r)))
  local ends = compared(s, node, { q[1], q[#q] })
  for i, last in ipairs { 1, 0 } do
    s:line("if (%s == %s) %s[0] = %s;", x, literal.number(ends[3 - i], dtype), y,
      literal.number(last, dtype))
  end
end

for op, write in pairs(groups) do operations[op] = write end

return operations
