--- What the names of a graph stand for while match.lua walks over it.
---
---   {kind = "constant", value =}           a tensor, or {strings =, shape =}
---   {kind = "sizes", value =}              numbers made of Shape: -1 stands for the rows
---   {kind = "matrix", base =, expr =, dims =}   a chain's end so far, and what of single elements
---                                          has been done since; dims: sizes, false where unknown
---   {kind = "pair", of = base}             1 - p and p of one column p
---   {kind = "index", of = base, pair =}    the place of the largest, from 0; or p > 1/2
---   {kind = "labels", of = base, classes =}
---
--- A base is {from = the base before, step = of the chain, width =, depth = how many steps}; the
--- first one has none.
local common = require "mah.exchange.onnx.operators.common"
local expression = require "mah.exchange.onnx.expression"

local WIDEST = 2 ^ 22 -- columns that a constant may be repeated for

local values = {}

function values.matrix(base, expr, dims)
  return { kind = "matrix", base = base, expr = expr or expression.x,
    dims = dims or { false, base.width or false } }
end

--- The value of the graph's input.
---@param input {dims: table|nil}
---@return table|nil   nil where it has a single dimension
function values.input(input)
  local dims = input.dims or { false, false }
  if #dims < 2 then return nil end
  local list, width = { false }, 1
  for d = 2, #dims do
    list[d] = dims[d] and dims[d] > 0 and dims[d] or false
    width = width and list[d] and width * list[d]
  end
  list.rows = dims[1]
  return values.matrix({ width = width or nil }, nil, list)
end

--- Are all dimensions between the first and the last of size 1?
function values.is_flat(dims)
  for d = 2, #dims - 1 do
    if dims[d] ~= 1 then return false end
  end
  return true
end

--- How many columns the value has, or nil.
function values.width(v)
  return v.base.width
end

local affine_order = { subtract = 1, divide = 2, multiply = 3, add = 4 }

--- Is part the only one in `parts`, and may it follow all in `before`?
local function follows(before, parts)
  for part in pairs(parts) do
    for other in pairs(before) do
      if affine_order[part] and affine_order[other]
        and affine_order[part] <= affine_order[other] then
        return false
      end
    end
  end
  return true
end

--- base with one step more. Affine steps that follow one another become one.
---@return table base
function values.push(base, step, width)
  local last = base.step
  width = width or base.width
  if step.kind == "affine" and last and last.kind == "affine" and follows(last, step) then
    local both = {}
    for part, value in pairs(last) do both[part] = value end
    for part, value in pairs(step) do both[part] = both[part] or value end
    return { from = base.from, step = both, width = width, depth = base.depth }
  end
  return { from = base, step = step, width = width, depth = (base.depth or 0) + 1 }
end

--- A layer without a bias with that bias; nil where base is none.
function values.with_bias(base, bias)
  local step = base.step
  if not step or step.kind ~= "linear" or step.bias then return nil end
  if bias:numel() ~= base.width then return nil end
  return { from = base.from, width = base.width, depth = base.depth,
    step = { kind = "linear", weight = step.weight, bias = bias, name = step.name } }
end

--- The steps from the input to base.
---@return table[]
function values.steps(base)
  local steps = {}
  for i = base.depth or 0, 1, -1 do
    steps[i], base = base.step, base.from
  end
  return steps
end

--- A constant that broadcasts along the rows of v as a vector with one value for each column.
---@param node table   for messages
---@param constant tensor
---@param v table      a matrix
---@return tensor
function values.row_vector(node, constant, v)
  local dims, sizes, n = v.dims, { 1 }, constant:numel()
  local known = true
  for d = 2, #dims do
    known = known and dims[d]
    sizes[d] = dims[d]
  end
  if known and constant.ndim <= #dims and (constant.ndim < #dims or constant.shape[1] == 1) then
    local ok, row = pcall(constant.expand, constant, sizes)
    if ok and row:numel() <= WIDEST then return row:reshape(-1) end
  elseif constant.ndim == 0 or constant.shape[constant.ndim] == n then
    return constant:reshape(n)
  end
  common.fail(node, "a constant of (%s) does not go along rows of %s values",
    table.concat(constant.shape, ", "), tostring(v.base.width or "so many"))
end

return values
