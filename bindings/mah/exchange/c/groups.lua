--- Operations over groups of columns as statements of C: products with weights, sums, means,
--- lookups (program.lua tells what they mean).
---
---     groups.centre(s, node)          -- s.arrays[node.output] is the array that holds it
local check = require "mah.base.check"
local linear = require "mah.exchange.c.linear"
local literal = require "mah.exchange.c.literal"

local groups = { linear = linear }

--- The statements of `text` for each group, with %s for the places where it begins: in the node's
--- input, whose groups have `count` elements, and in its output.
local function each_group(s, node, text)
  local outer, count, inner = node.outer, node.count, node.inner
  if outer * inner == 1 then
    return s:line("%s", (text:gsub(" %+ FROM", ""):gsub("TO", "0")))
  end
  s:line("for (int i = 0; i < %d; i++) {", outer)
  s:line("  for (int j = 0; j < %d; j++) {", inner)
  s:line("    %s", (text:gsub("FROM", ("i * %d + j"):format(count * inner))
    :gsub("TO", ("i * %d + j"):format(inner))))
  s:line "  }"
  s:line "}"
end

local helpers = { sum = "sum", mean = "mean", prod = "prod", max = "most", min = "least" }

function groups.reduce(s, node)
  local x, y = s.arrays[node.inputs[1]], s:array(node)
  each_group(s, node, ("%s[TO] = %s(%s + FROM, %d, %d);"):format(y,
    s:helper(helpers[node.name], node.output.dtype), x, node.count, node.inner))
end

--- A function of each group in place.
local function in_place(helper)
  return function(s, node)
    local x = s.arrays[node.inputs[1]]
    local y, is_new = s:own_array(node)
    if is_new then s:loop(node.output.width, "%s[j] = %s[j];", y, x) end
    each_group(s, node, ("%s(%s + FROM, %d, %d);"):format(s:helper(helper, node.output.dtype), y,
      node.count, node.inner))
  end
end

groups.cumsum, groups.centre = in_place "cumsum", in_place "centre"

function groups.product(s, node)
  local x, y, z = s.arrays[node.inputs[1]], s.arrays[node.inputs[2]], s:array(node)
  local rows, inner, columns = node.rows, node.inner, node.columns
  s:loop(node.output.width, "%s[j] = %s;", z, literal.number(0, node.output.dtype))
  s:line("for (int t = 0; t < %d; t++) {", node.times or 1)
  s:line("  for (int i = 0; i < %d; i++) {", rows)
  s:line("    for (int k = 0; k < %d; k++) {", inner)
  s:line("      for (int j = 0; j < %d; j++) {", columns)
  s:line("        %s[(t * %d + i) * %d + j] += %s[(t * %d + i) * %d + k]", z, rows, columns, x,
    rows, inner)
  s:line("          * %s[(t * %d + k) * %d + j];", y, inner, columns)
  for depth = 3, 0, -1 do s:line("%s}", ("  "):rep(depth)) end
end

function groups.lookup(s, node)
  local x, y = s.arrays[node.inputs[1]], s:array(node)
  local n, d = node.weight.shape[1], node.weight.shape[2]
  local dtype = node.output.dtype
  check.that(n * d < 2 ^ 31, "%s: %d x %d weights are too many for an array of C", node.name, n, d)
  local weight = s:numbers(node.name .. "_weight",
    node.weight:contiguous():view(node.weight:numel()):totable(), dtype)
  s:line("for (int i = 0; i < %d; i++) {", node.inputs[1].width)
  s:line("  const int row = %s(%s[i], %s, %d);", s:helper("row_of", "float64"), x,
    literal.number(node.first, "float64"), n)
  s:line("  for (int j = 0; j < %d; j++)", d)
  s:line("    %s[i * %d + j] = row < 0 ? %s : %s[row * %d + j];", y, d,
    literal.number(0 / 0, dtype), weight, d)
  s:line "}"
end

return groups
