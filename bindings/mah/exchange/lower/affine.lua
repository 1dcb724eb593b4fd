--- Fewer nodes for the same numbers: what multiplies and adds constants behind a linear node
--- becomes part of its weights (batch norm, the bias), factors in a row become one, and what does
--- nothing (times 1, plus 0) is left out.
---
---     affine.fold(p)                 -- p.nodes and p.result as before, but shorter
---     affine.fold(p, true)           -- with all weights as they are: biases alone
---
--- Numbers are multiplied in double and rounded once. Left as it is: what would overflow, vanish or
--- be no number; and a normalisation by a mean that is many times the spread about it, where the
--- network subtracts two large numbers and its own rounding is to stay.
local make = require "mah.tensor.make"

local affine = {}

local MOST = 64 -- times the spread
local SMALLEST = 2 ^ -126 -- of float32 with all digits

-- -- What nodes are for ---------------------------------------------------------------------------

--- {scale =, shift =}, one number for each column: what a node with constants does.
local function steps_of(node)
  if not node.by or node.inputs[2] then return nil end
  local scale, shift = {}, {}
  for j, value in ipairs(node.by) do
    scale[j], shift[j] = 1, 0
    if node.op == "mul" then scale[j] = value end
    if node.op == "div" then scale[j] = 1 / value end
    if node.op == "add" then shift[j] = value end
    if node.op == "sub" then shift[j] = -value end
  end
  local is_one = ({ add = true, sub = true, mul = true, div = true })[node.op]
  return is_one and { scale = scale, shift = shift } or nil
end

--- The columns of one group, where all groups have the same ones.
local function of_one_group(list, times)
  local count = #list / times
  for j, value in ipairs(list) do
    if value ~= list[(j - 1) % count + 1] then return nil end
  end
  local out = {}
  for j = 1, count do out[j] = list[j] end
  return out
end

-- -- Into a linear node ---------------------------------------------------------------------------

local function is_plain(number, floor)
  local size = math.abs(number)
  return size == 0 or size >= floor and size <= 1 / floor
end

--- Can weights be multiplied so, and what was added before with them?
local function is_exact(linear, scale, bias)
  local floor = linear.weight.dtype == "float32" and SMALLEST or SMALLEST ^ 4
  local most = linear.weight:abs():max(1):totable()
  local least = linear.weight:abs():min(1):totable()
  for j, factor in ipairs(scale) do
    if factor ~= factor or math.abs(factor) == math.huge
      or not (is_plain(factor * most[j], floor) and is_plain(factor * least[j], floor)) then
      return false
    end
    if factor ~= 1 and not (math.abs(factor * bias[j]) <= MOST) then return false end
  end
  return true
end

local function is_one(list)
  for _, value in ipairs(list) do
    if value ~= 1 then return false end
  end
  return true
end

local function vector(list, dtype) return make.tensor(list, { dtype = dtype }) end

--- Puts a node with constants into the linear one before it; false where that is not exact.
local function absorb(linear, steps, whole_weights)
  local times = linear.times or 1
  local scale, shift = of_one_group(steps.scale, times), of_one_group(steps.shift, times)
  if not scale or not shift then return false end
  local bias, dtype = linear.bias and linear.bias:totable() or {}, linear.weight.dtype
  for j = 1, #scale do bias[j] = bias[j] or 0 end
  local is_shift = is_one(scale)
  if not is_shift and (whole_weights or not is_exact(linear, scale, bias)) then return false end
  for j = 1, #scale do bias[j] = bias[j] * scale[j] + shift[j] end
  if not is_shift then
    linear.weight = (linear.weight:double() * vector(scale, "float64")):to(dtype)
  end
  linear.bias = vector(bias, dtype)
  return true
end

-- -- Into one another -----------------------------------------------------------------------------

local factors = { mul = true, div = true }

--- Two factors in a row as one.
local function join(before, node)
  if not (factors[before.op] and factors[node.op] and before.by and node.by) then return false end
  local a, b, by = steps_of(before).scale, steps_of(node).scale, {}
  for j = 1, #b do
    by[j] = a[j] * b[j]
    if not is_plain(by[j], SMALLEST) or by[j] ~= by[j] then return false end
  end
  before.op, before.by = "mul", by
  return true
end

local function is_nothing(steps)
  for _, value in ipairs(steps.shift) do
    if value ~= 0 then return false end
  end
  return is_one(steps.scale)
end

local function fold_one(node, uses, whole_weights)
  local input = node.inputs[1]
  local before, steps = input and input.node, steps_of(node)
  if steps and is_nothing(steps) and input.width == node.output.width then return true end
  if not before or not steps or uses[input] ~= 1 or before.output.dtype ~= node.output.dtype then
    return false
  end
  if before.op == "linear" then return absorb(before, steps, whole_weights) end
  return join(before, node)
end

--- Shortens a program.
---@param p mah.Program
---@param whole_weights boolean|nil   do weights stay as they are?
---@return mah.Program p
function affine.fold(p, whole_weights)
  local uses, instead, nodes = p:uses(), {}, {}
  for _, node in ipairs(p.nodes) do
    for i, input in ipairs(node.inputs) do node.inputs[i] = instead[input] or input end
    if fold_one(node, uses, whole_weights) then
      local value = node.inputs[1]
      instead[node.output], uses[value] = value, uses[value] - 1 + (uses[node.output] or 0)
    else
      nodes[#nodes + 1] = node
    end
  end
  p.nodes = nodes
  for _, output in ipairs(p.result.outputs or { p.result }) do
    output.value = instead[output.value] or output.value
    output.probabilities = instead[output.probabilities] or output.probabilities
  end
  return p
end

return affine
