--- The equations of einsum: which index each dimension of each operand has, and how large it is.
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"

local equations = {}

--- The indices of one operand or of the result, {"i", "...", "j"}.
local function indices(text, equation)
  local list, at, dots = {}, 1, 0
  while at <= #text do
    local name = text:match("^%.%.%.", at) or text:match("^%a", at)
    if not name or (name == "..." and dots > 0) then
      check.raise("einsum: %q has %s; letters and one ... for each operand are expected", equation,
        name and "two ... in " .. text or ("%q"):format(text:sub(at, at)))
    end
    if name == "..." then dots = 1 end
    list[#list + 1], at = name, at + #name
  end
  return list
end

--- {inputs = {{"i", "j"}, ...}, output = {...} or nil}
function equations.parse(equation)
  local text = equation:gsub("%s", "")
  local left, right = text:match "^(.-)%->(.*)$"
  local parsed = { inputs = {}, output = right and indices(right, equation) }
  for part in ((left or text) .. ","):gmatch "([^,]*)," do
    parsed.inputs[#parsed.inputs + 1] = indices(part, equation)
  end
  return parsed
end

--- The indices with ... spelt out as `count` dimensions, "-2", "-1": counted from their end.
local function spelt_out(list, count)
  local whole = {}
  for _, name in ipairs(list) do
    if name ~= "..." then
      whole[#whole + 1] = name
    else
      for i = count, 1, -1 do whole[#whole + 1] = "-" .. i end
    end
  end
  return whole
end

--- Without "->": the dimensions of ..., then the letters that occur once, in alphabetical order.
local function implied(labels, dots)
  local times, output = {}, spelt_out({ "..." }, dots)
  for _, list in ipairs(labels) do
    for _, name in ipairs(list) do times[name] = (times[name] or 0) + 1 end
  end
  local once = {}
  for name, n in pairs(times) do
    if n == 1 and #name == 1 then once[#once + 1] = name end
  end
  table.sort(once)
  for _, name in ipairs(once) do output[#output + 1] = name end
  return output
end

--- Each operand's indices, one for each dimension, and the result's.
function equations.label(parsed, equation, tensors)
  local labels, most = {}, 0
  for k, list in ipairs(parsed.inputs) do
    local dots = 0
    for _, name in ipairs(list) do dots = name == "..." and 1 or dots end
    local count = tensors[k].ndim - (#list - dots)
    if count < 0 or (dots == 0 and count > 0) then
      check.raise("einsum: %q names %d dimensions of operand %d, which is %s", equation,
        #list - dots, k, Type.describe(tensors[k]))
    end
    labels[k], most = spelt_out(list, count), math.max(most, count)
  end
  return labels, parsed.output and spelt_out(parsed.output, most) or implied(labels, most)
end

--- How large each index is: as in all operands that have it, but for those where it is 1.
function equations.measure(labels, equation, tensors)
  local sizes, where = {}, {}
  for k, list in ipairs(labels) do
    for d, name in ipairs(list) do
      local n = tonumber(tensors[k].extent[d - 1])
      if sizes[name] and sizes[name] ~= n and sizes[name] ~= 1 and n ~= 1 then
        check.raise("einsum: %q: index %s is %d in operand %d (%s) and %d in operand %d (%s)",
          equation, name, sizes[name], where[name], Type.describe(tensors[where[name]]), n, k,
          Type.describe(tensors[k]))
      end
      if not sizes[name] or sizes[name] == 1 then sizes[name], where[name] = n, k end
    end
  end
  return sizes
end

--- Complains of indices of the result that are there twice, or in no operand.
function equations.check_output(output, sizes, equation)
  local seen = {}
  for _, name in ipairs(output) do
    if seen[name] or not sizes[name] then
      check.raise("einsum: %q: index %s of the result %s", equation, name,
        seen[name] and "is named twice" or "is in no operand")
    end
    seen[name] = true
  end
end

return equations
