--- How einsum goes about an equation: a list of views, sums and products of two, which are matrix
--- products wherever something is summed. Of three operands and more those two are multiplied first
--- that leave the least (the greedy order of opt_einsum: Smith, Gray 2018).
---
--- An operand while it is planned: {slot =, labels = {...}, extents = {...}}. A step does something
--- with the tensors in slots and puts the result into the first one.
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local equations = require "mah.tensor.einsum.equations"
local ffi = require "ffi"

local dims_t, extents_t = ffi.typeof "int32_t[8]", ffi.typeof "int64_t[8]"

local Plan = {}
Plan.__index = Plan

function Plan:add(step) self[#self + 1] = step end

function Plan:permute(x, order)
  local is_same, dims, labels, extents = true, dims_t(), {}, {}
  for i, d in ipairs(order) do
    is_same = is_same and i == d
    dims[i - 1], labels[i], extents[i] = d - 1, x.labels[d], x.extents[d]
  end
  if not is_same then self:add { kind = "permute", slot = x.slot, dims = dims } end
  x.labels, x.extents = labels, extents
end

function Plan:reshape(x, extents)
  local is_same = #extents == #x.extents
  for i, n in ipairs(extents) do is_same = is_same and n == x.extents[i] end
  if #extents > Type.MAX_DIMS then
    check.raise("einsum: %q needs %d dimensions on its way; a tensor has at most %d", self.equation,
      #extents, Type.MAX_DIMS)
  end
  if is_same then return end
  local list = extents_t()
  for i, n in ipairs(extents) do list[i - 1] = n end
  self:add { kind = "reshape", slot = x.slot, ndim = #extents, extents = list }
  x.extents = extents
end

--- Repeated indices become one: the diagonal, as the last dimension.
function Plan:take_diagonals(x)
  local d = 1
  while d <= #x.labels do
    local name, twin = x.labels[d], nil
    for e = d + 1, #x.labels do twin = twin or (x.labels[e] == name and e) end
    if twin then
      self:add { kind = "diagonal", slot = x.slot, dim1 = d - 1, dim2 = twin - 1 }
      local n = x.extents[d]
      for _, list in ipairs { x.labels, x.extents } do
        table.remove(list, twin)
        table.remove(list, d)
      end
      x.labels[#x.labels + 1], x.extents[#x.extents + 1] = name, n
    else
      d = d + 1
    end
  end
end

--- Dimensions of size 1 whose index is larger elsewhere say nothing.
function Plan:drop_ones(x)
  local labels, extents = {}, {}
  for d, name in ipairs(x.labels) do
    if x.extents[d] ~= 1 or self.sizes[name] == 1 then
      labels[#labels + 1], extents[#extents + 1] = name, x.extents[d]
    end
  end
  if #labels == #x.labels then return end
  self:reshape(x, extents)
  x.labels = labels
end

local function places_of(list)
  local places = {}
  for i, name in ipairs(list) do places[name] = i end
  return places
end

--- Sums over the indices that nobody else has any use for.
function Plan:sum_rest(x, is_kept)
  local kept, summed, extents, count = {}, {}, {}, 1
  for d, name in ipairs(x.labels) do
    local list = is_kept[name] and kept or summed
    list[#list + 1] = d
    if list == summed then
      count = count * x.extents[d]
    else
      extents[#extents + 1] = x.extents[d]
    end
  end
  if #summed == 0 then return end
  if #summed == 1 then
    self:add { kind = "sum", slot = x.slot, dim = summed[1] - 1 }
    table.remove(x.labels, summed[1])
    table.remove(x.extents, summed[1])
    return
  end
  local order, labels = {}, {}
  for i, d in ipairs(kept) do order[i], labels[i] = d, x.labels[d] end
  for i, d in ipairs(summed) do order[#kept + i] = d end
  self:permute(x, order)
  local whole = { unpack(extents) }
  whole[#whole + 1] = count
  self:reshape(x, whole)
  self:add { kind = "sum", slot = x.slot, dim = #extents }
  x.labels, x.extents = labels, extents
end

--- The indices of two operands: in both and kept, in both and summed, in one alone.
local function sort_out(a, b, is_kept)
  local in_a, in_b = places_of(a.labels), places_of(b.labels)
  local groups = { batch = {}, summed = {}, a = {}, b = {} }
  for _, name in ipairs(a.labels) do
    local list = not in_b[name] and groups.a or is_kept[name] and groups.batch or groups.summed
    list[#list + 1] = name
  end
  for _, name in ipairs(b.labels) do
    if not in_a[name] then groups.b[#groups.b + 1] = name end
  end
  return groups
end

local function order_of(x, ...)
  local places, order = places_of(x.labels), {}
  for _, list in ipairs { ... } do
    for _, name in ipairs(list) do order[#order + 1] = places[name] end
  end
  return order
end

function Plan:sizes_of(list, from)
  local extents = from or {}
  for _, name in ipairs(list) do extents[#extents + 1] = self.sizes[name] end
  return extents
end

function Plan:count(list)
  local n = 1
  for _, name in ipairs(list) do n = n * self.sizes[name] end
  return n
end

--- (batch, first group, second group), where a group is one dimension, or none when it is not
--- there.
function Plan:lay(x, batch, first_, second_)
  self:permute(x, order_of(x, batch, first_ or {}, second_ or {}))
  local extents = self:sizes_of(batch)
  if first_ then extents[#extents + 1] = self:count(first_) end
  if second_ then extents[#extents + 1] = self:count(second_) end
  self:reshape(x, extents)
end

--- Nothing is summed: each operand in the order of the result, with ones for what it lacks.
function Plan:multiply(a, b, labels)
  if #labels == 2 and #a.labels == 1 and #b.labels == 1 then
    if labels[1] ~= a.labels[1] then a, b = b, a end
    self:add { kind = "outer", slot = a.slot, other = b.slot }
    return { slot = a.slot, labels = labels, extents = self:sizes_of(labels) }
  end
  for _, x in ipairs { a, b } do
    local places, order, extents = places_of(x.labels), {}, {}
    for i, name in ipairs(labels) do
      if places[name] then order[#order + 1] = places[name] end
      extents[i] = places[name] and self.sizes[name] or 1
    end
    self:permute(x, order)
    local first = 1 -- ones in front come by themselves
    while extents[first] == 1 and not places[labels[first]] do first = first + 1 end
    self:reshape(x, { unpack(extents, first) })
  end
  self:add { kind = "mul", slot = a.slot, other = b.slot }
  return { slot = a.slot, labels = labels, extents = self:sizes_of(labels) }
end

local function joined(...)
  local whole = {}
  for _, list in ipairs { ... } do
    for _, name in ipairs(list) do whole[#whole + 1] = name end
  end
  return whole
end

local function is_same_list(a, b) return table.concat(a, " ") == table.concat(b, " ") end

--- (batch, a, summed) times (batch, summed, b)
function Plan:matmul(a, b, groups)
  local batch, more = groups.batch, #groups.batch > 0
  self:lay(a, batch, (more or #groups.a > 0) and groups.a or nil, groups.summed)
  self:lay(b, batch, groups.summed, (more or #groups.b > 0) and groups.b or nil)
  self:add { kind = "matmul", slot = a.slot, other = b.slot }
  local result = { slot = a.slot, labels = joined(batch, groups.a, groups.b) }
  result.extents = self:sizes_of(batch)
  if more or #groups.a > 0 then result.extents[#result.extents + 1] = self:count(groups.a) end
  if more or #groups.b > 0 then result.extents[#result.extents + 1] = self:count(groups.b) end
  self:reshape(result, self:sizes_of(result.labels))
  return result
end

--- The product of two operands, summed over what is not kept; the result's order is free, `output_`
--- is what it would best be.
function Plan:contract(a, b, is_kept, output_)
  local groups = sort_out(a, b, is_kept)
  if #groups.summed == 0 then
    return self:multiply(a, b, output_ or joined(groups.batch, groups.a, groups.b))
  end
  if #groups.a == 0 and #groups.b == 0 and #groups.batch == 0 then
    self:permute(b, order_of(b, a.labels))
    self:add { kind = "inner", slot = a.slot, other = b.slot }
    return { slot = a.slot, labels = {}, extents = {} }
  end
  if #groups.a == 0 and #groups.b == 0 then
    self:lay(a, groups.batch, groups.summed)
    self:lay(b, groups.batch, groups.summed)
    self:add { kind = "vecdot", slot = a.slot, other = b.slot }
    return { slot = a.slot, labels = groups.batch, extents = self:sizes_of(groups.batch) }
  end
  if output_ and is_same_list(output_, joined(groups.batch, groups.b, groups.a)) then
    a, b, groups.a, groups.b = b, a, groups.b, groups.a
  end
  return self:matmul(a, b, groups)
end

--- What must stay of a pair: the result's indices and those of the other operands.
local function kept_beside(operands, i, j, output)
  local is_kept = places_of(output)
  for k, x in ipairs(operands) do
    if k ~= i and k ~= j then
      for _, name in ipairs(x.labels) do is_kept[name] = true end
    end
  end
  return is_kept
end

--- The two operands whose product takes the least memory beyond their own.
function Plan:best_pair(operands, output)
  local best_i, best_j, best = 1, 2, math.huge
  if #operands == 2 then return 1, 2 end
  for i = 1, #operands do
    for j = i + 1, #operands do
      local a, b = operands[i], operands[j]
      local groups = sort_out(a, b, kept_beside(operands, i, j, output))
      local cost = self:count(joined(groups.batch, groups.a, groups.b))
        - self:count(a.labels) - self:count(b.labels)
      if #groups.batch + #groups.summed == 0 then cost = cost + 1e15 end -- nothing in common: last
      if cost < best then best_i, best_j, best = i, j, cost end
    end
  end
  return best_i, best_j
end

--- All operands to one, in the order of `output`.
function Plan:join(operands, output)
  for _, x in ipairs(operands) do
    self:drop_ones(x)
    self:take_diagonals(x)
  end
  for i, x in ipairs(operands) do self:sum_rest(x, kept_beside(operands, i, i, output)) end
  while #operands > 1 do
    local i, j = self:best_pair(operands, output)
    local is_kept = kept_beside(operands, i, j, output)
    local product = self:contract(operands[i], operands[j], is_kept, #operands == 2 and output)
    table.remove(operands, j)
    operands[i] = product
  end
  local result = operands[1]
  self:permute(result, order_of(result, output))
  self.slot = result.slot
end

--- The plan of a parsed equation for tensors of these sizes: steps, one after the other, `slot` of
--- the result, `sums`: is anything summed? `cells`: how many combinations of indices there are.
---@param equation string
---@param parsed table       by equations.parse
---@param tensors tensor[]
---@return table
return function(equation, parsed, tensors)
  local labels, output = equations.label(parsed, equation, tensors)
  local plan = setmetatable({ equation = equation, shapes = {} }, Plan)
  plan.sizes = equations.measure(labels, equation, tensors)
  equations.check_output(output, plan.sizes, equation)
  local operands, is_summed = {}, places_of(output)
  for k, t in ipairs(tensors) do
    plan.shapes[k] = t.shape
    operands[k] = { slot = k, labels = { unpack(labels[k]) }, extents = t.shape }
    for _, name in ipairs(labels[k]) do plan.sums = plan.sums or not is_summed[name] end
  end
  plan.cells = 1
  for _, size in pairs(plan.sizes) do plan.cells = plan.cells * size end
  plan:join(operands, output)
  return plan
end
