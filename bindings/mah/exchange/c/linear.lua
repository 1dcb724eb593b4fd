--- y = x W + b in C. W lies as in Mah, (inputs, outputs): the inner loop runs over outputs and is
--- vectorised without -ffast-math. Four inputs at a time are read and written once, and left out
--- where all four are 0, as most of a picture is. Rows of W and the array of y are filled up to
--- whole vectors, where little is missing.
---
---     linear(s, node)
local check = require "mah.base.check"
local int8 = require "mah.exchange.c.int8"
local literal = require "mah.exchange.c.literal"
local source = require "mah.exchange.c.source"

local AT_A_TIME, VECTOR = 4, 8

--- The width of y's array: whole vectors where that is at most an eighth more.
local function room_for(outputs)
  local whole = math.ceil(outputs / VECTOR) * VECTOR
  return whole <= outputs * 9 / 8 and whole or outputs
end

--- The elements of a vector, or of a matrix's rows, each filled up with zeros.
local function filled(t, room)
  local width, list = t.shape[#t.shape], {}
  local flat = t:contiguous():view(t:numel()):totable()
  for i, value in ipairs(flat) do
    list[#list + 1] = value
    if i % width == 0 then
      for _ = width + 1, room do list[#list + 1] = 0 end
    end
  end
  return list
end

--- Constants of one layer as the file has them: names, the type, and `scale` for int8.
local function constants(s, node)
  local dtype, room = node.output.dtype, room_for(node.weight.shape[2])
  local w = { room = room }
  local function numbers(part, t) return s:numbers(node.name .. part, filled(t, room), dtype) end
  w.bias = node.bias and numbers("_bias", node.bias)
  if not s.quantized[node.name] then
    w.weight, w.type, w.cast = numbers("_weight", node.weight), source.ctype(dtype), ""
    return w
  end
  local codes, scale = int8.quantize(node.weight)
  local elements = filled(codes, room)
  for i, code in ipairs(elements) do elements[i] = ("%d"):format(code) end
  w.weight = s:constant(node.name .. "_weight", "int8_t", elements)
  w.scale = numbers("_scale", scale)
  w.type, w.cast = "int8_t", "(" .. source.ctype(dtype) .. ")"
  return w
end

--- The sum over a few inputs, for output j. It is added from the left to what is there, one product
--- after the other: as Mah's own kernels do, whose last places it shares so.
local function products(count, room, cast)
  local parts = {}
  for k = 0, count - 1 do
    local place = k == 0 and "j" or ("%d + j"):format(k * room)
    parts[k + 1] = ("x%d * %sw[%s]"):format(k, cast, place)
  end
  return table.concat(parts, " + ")
end

--- The inputs from `first` on, `count` of them, added to y.
local function step(s, layer, first, count)
  local inputs, zeros, w = {}, {}, layer.w
  for k = 0, count - 1 do
    inputs[k + 1] = ("x%d = %s[%s]"):format(k, layer.x, k == 0 and first or first .. " + " .. k)
    zeros[k + 1] = ("x%d == %s"):format(k, layer.zero)
  end
  s:line("  const %s *w = %s + %s * %d;", w.type, w.weight, first, w.room)
  s:line("  const %s %s;", layer.type, table.concat(inputs, ", "))
  if first == "i" then s:line("  if (%s) continue;", table.concat(zeros, " && ")) end
  s:line("  for (int j = 0; j < %d; j++)", w.room)
  s:line("    %s[j] = %s[j] + %s;", layer.y, layer.y, products(count, w.room, w.cast))
end

--- The sums of one group of columns: from layer.x into layer.y.
local function sums(s, layer, inputs)
  local w = layer.w
  s:loop(w.room, "%s[j] = %s;", layer.y, w.bias and not w.scale and w.bias .. "[j]" or layer.zero)
  local whole = inputs - inputs % AT_A_TIME
  if whole > 0 then
    s:line("for (int i = 0; i < %d; i += %d) {", whole, AT_A_TIME)
    step(s, layer, "i", AT_A_TIME)
    s:line "}"
  end
  if whole < inputs then
    s:line "{"
    step(s, layer, tostring(whole), inputs - whole)
    s:line "}"
  end
  if w.scale then
    local bias = w.bias and (" + %s[j]"):format(w.bias) or ""
    s:loop(w.room, "%s[j] = %s[j] * %s[j]%s;", layer.y, layer.y, w.scale, bias)
  end
end

--- Writes the statements of a linear node.
---@param s mah.CSource
---@param node table
return function(s, node)
  local times = node.times or 1
  local inputs, outputs = node.weight.shape[1], node.weight.shape[2]
  local dtype = node.output.dtype
  check.that(inputs * outputs < 2 ^ 31, "layer %s: %d x %d weights are too many for an array of C",
    node.name, inputs, outputs)
  local w, x, zero = constants(s, node), s.arrays[node.inputs[1]], literal.number(0, dtype)
  local layer = { x = x, w = w, zero = zero, type = source.ctype(dtype) }
  if times == 1 then
    layer.y = s:array(node, w.room)
    return sums(s, layer, inputs)
  end
  local z = s:array(node)
  s:line("for (int t = 0; t < %d; t++) {", times)
  s:line("const %s *from = %s + t * %d;", layer.type, x, inputs)
  s:line("%s to[%d];", layer.type, w.room)
  layer.x, layer.y = "from", "to"
  sums(s, layer, inputs)
  s:loop(outputs, "%s[t * %d + j] = to[j];", z, outputs)
  s:line "}"
end
