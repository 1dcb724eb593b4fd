--- y = x W + b in C. W lies as in Mah, (inputs, outputs): the inner loop runs over outputs and is
--- vectorised without -ffast-math. Four inputs at a time are read and written once, and left out
--- where all four are 0, as most of a picture is.
---
---     linear(s, node)
local check = require "mah.base.check"
local int8 = require "mah.exchange.c.int8"
local literal = require "mah.exchange.c.literal"
local source = require "mah.exchange.c.source"

local AT_A_TIME = 4

local function flat(t) return t:contiguous():view(t:numel()):totable() end

--- Constants of one layer as the file has them: names, the type, and `scale` for int8.
local function constants(s, node)
  local dtype, w = node.output.dtype, {}
  if node.bias then w.bias = s:numbers(node.name .. "_bias", flat(node.bias), dtype) end
  if not s.quantized[node.name] then
    w.weight = s:numbers(node.name .. "_weight", flat(node.weight), dtype)
    w.type, w.cast = source.ctype(dtype), ""
    return w
  end
  local codes, scale = int8.quantize(node.weight)
  local elements = flat(codes:int())
  for i, code in ipairs(elements) do elements[i] = ("%d"):format(code) end
  w.weight = s:constant(node.name .. "_weight", "int8_t", elements)
  w.scale = s:numbers(node.name .. "_scale", flat(scale), dtype)
  w.type, w.cast = "int8_t", "(" .. source.ctype(dtype) .. ")"
  return w
end

--- The sum over a few inputs, for output j.
local function products(count, outputs, cast)
  local parts = {}
  for k = 0, count - 1 do
    local place = k == 0 and "j" or ("%d + j"):format(k * outputs)
    parts[k + 1] = ("x%d * %sw[%s]"):format(k, cast, place)
  end
  return table.concat(parts, " + ")
end

--- The inputs from `first` on, `count` of them.
local function step(s, x, y, w, node, first, count)
  local inputs, outputs, zeros = {}, node.output.width, {}
  local zero = literal.number(0, node.output.dtype)
  for k = 0, count - 1 do
    inputs[k + 1] = ("x%d = %s[%s]"):format(k, x, k == 0 and first or first .. " + " .. k)
    zeros[k + 1] = ("x%d == %s"):format(k, zero)
  end
  s:line("  const %s *w = %s + %s * %d;", w.type, w.weight, first, outputs)
  s:line("  const %s %s;", source.ctype(node.output.dtype), table.concat(inputs, ", "))
  if first == "i" then s:line("  if (%s) continue;", table.concat(zeros, " && ")) end
  s:line("  for (int j = 0; j < %d; j++)", outputs)
  s:line("    %s[j] += %s;", y, products(count, outputs, w.cast))
end

--- Writes the statements of a linear node.
---@param s mah.CSource
---@param node table
return function(s, node)
  local inputs, outputs = node.inputs[1].width, node.output.width
  check.that(inputs * outputs < 2 ^ 31, "layer %s: %d x %d weights are too many for an array of C",
    node.name, inputs, outputs)
  local x, w, y = s.arrays[node.inputs[1]], constants(s, node), s:array(node)
  local zero = literal.number(0, node.output.dtype)
  s:loop(outputs, "%s[j] = %s;", y, w.bias and not w.scale and w.bias .. "[j]" or zero)
  local whole = inputs - inputs % AT_A_TIME
  if whole > 0 then
    s:line("for (int i = 0; i < %d; i += %d) {", whole, AT_A_TIME)
    step(s, x, y, w, node, "i", AT_A_TIME)
    s:line "}"
  end
  if whole < inputs then
    s:line "{"
    step(s, x, y, w, node, tostring(whole), inputs - whole)
    s:line "}"
  end
  if w.scale then
    local bias = w.bias and (" + %s[j]"):format(w.bias) or ""
    s:loop(outputs, "%s[j] = %s[j] * %s[j]%s;", y, y, w.scale, bias)
  end
end
