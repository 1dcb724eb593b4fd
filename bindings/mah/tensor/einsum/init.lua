--- Einstein's summation: products of tensors, summed over what the result does not name.
---
---     mah.einsum("ij,jk->ik", a, b)         -- a matrix product
---     mah.einsum("bij,bjk->bik", a, b)      -- a batch of them
---     mah.einsum("ii->i", a)                -- a diagonal; "ii" is the trace, "ij->ji" transposed
---     mah.einsum("i,ij,j", x, a, y)         -- x^T A y
---     mah.einsum("...ij->...ji", a)         -- whatever the dimensions in front are
---
--- An equation becomes a plan for the operands' sizes (plan.lua), of which the last one of each
--- equation is kept.
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local equations = require "mah.tensor.einsum.equations"
local make_plan = require "mah.tensor.einsum.plan"

local einsum = {}
-- -- Carrying it out ------------------------------------------------------------------------------

--- Can BLAS walk the matrices in the last two dimensions?
local function walkable(t)
  local n = t.ndim
  if n < 3 or t.step[n - 1] == 1 or t.step[n - 2] == 1 then return t end
  return Type.make(C.mah_tensor_clone, t)
end

local run = {}

function run.permute(t, step) return Type.view(C.mah_tensor_permute, t, step.dims) end

function run.reshape(t, step)
  local out = Type.blank()
  if C.mah_tensor_view(out, Type.settle(t), step.ndim, step.extents) == 0 then
    return Type.own(out)
  end
  return Type.view(C.mah_tensor_view, Type.make(C.mah_tensor_clone, t), step.ndim, step.extents)
end

function run.diagonal(t, step)
  return Type.view(C.mah_tensor_diagonal_of, t, 0, step.dim1, step.dim2)
end

function run.sum(t, step) return Type.make(C.mah_reduce, t, C.MAH_REDUCE_sum, step.dim, 0, 0) end

function run.mul(a, _, b) return Type.make(C.mah_binary, C.MAH_OP_mul, a, b, 0) end

function run.outer(a, _, b)
  if a.elem ~= b.elem or a.elem > C.MAH_FLOAT64 then
    return run.mul(Type.view(C.mah_tensor_unsqueeze, a, 1), nil, b)
  end
  return Type.make(C.mah_tensor_outer, a, b)
end

function run.inner(a, _, b) return Type.make(C.mah_tensor_inner, a, b) end

function run.vecdot(a, _, b) return Type.make(C.mah_tensor_vecdot, a, b) end

function run.matmul(a, _, b)
  return Type.make(C.mah_tensor_matmul, walkable(a), walkable(b))
end

--- The tensors in the slots, changed step by step; the result. `kinds`: what carries out a step.
local function carry_out(plan, slots, kinds)
  for i = 1, #plan do
    local step = plan[i]
    slots[step.slot] = kinds[step.kind](slots[step.slot], step, slots[step.other])
  end
  return slots[plan.slot]
end

--- Does the plan fit the sizes of these tensors?
local function fits(plan, tensors)
  for k = 1, #tensors do
    local t, shape = tensors[k], plan.shapes[k]
    if t.ndim ~= #shape then return false end
    for d = 1, #shape do
      if t.extent[d - 1] ~= shape[d] then return false end
    end
  end
  return true
end

local MANY = 100 -- equations remembered
local kept, count = {}, 0

local function plan_for(equation, tensors)
  local entry = kept[equation]
  if not entry then
    if count >= MANY then kept, count = {}, 0 end
    entry = { parsed = equations.parse(equation) }
    kept[equation], count = entry, count + 1
  end
  local named = #entry.parsed.inputs
  if named ~= #tensors then
    check.raise("einsum: %q has %d operands; %d tensors are given%s", equation, named, #tensors,
      #tensors == 8 and named > 8 and " (more than eight are given as a list)" or "")
  end
  if not entry.plan or not fits(entry.plan, tensors) then
    entry.plan = make_plan(equation, entry.parsed, tensors)
  end
  return entry.plan
end

-- -- Integers, and float16 and bfloat16, which are computed in float32 ----------------------------

-- Integers are computed in float64, by matrix products, where that is exact; else in int64, which
-- wraps around as NumPy's integers do, by these.
local whole = setmetatable({}, { __index = run })

function whole.inner(a, _, b) return whole.vecdot(a:reshape(-1), nil, b:reshape(-1)) end

function whole.vecdot(a, _, b)
  local product = run.mul(a, nil, b)
  return Type.make(C.mah_reduce, product, C.MAH_REDUCE_sum, product.ndim - 1, 0, 0)
end

--- Column by column of a, row by row of b. A vector is a row, or a column, as ever.
function whole.matmul(a, _, b)
  if b.ndim == 1 then return whole.vecdot(a, nil, b) end
  if a.ndim == 1 then return whole.vecdot(a, nil, b:transpose(-1, -2)) end
  local sum = run.mul(a:narrow(-1, 1, 1), nil, b:narrow(-2, 1, 1))
  for k = 2, tonumber(a.extent[a.ndim - 1]) do
    sum:add_(run.mul(a:narrow(-1, k, 1), nil, b:narrow(-2, k, 1)))
  end
  return sum
end

--- Is every number on the way below 2^53?
local function is_exact_in_double(plan, tensors)
  local most = plan.cells
  for _, t in ipairs(tensors) do
    if C.mah_tensor_count(t) == 0 then return true end
    local is_large = t.elem == C.MAH_INT32 or t.elem == C.MAH_INT64
    most = most * (is_large and math.max(t:max(), -t:min()) or 255)
  end
  return most < 2 ^ 53
end

local turns = { int32 = { 2 ^ 31, 2 ^ 32 }, uint8 = { 0, 2 ^ 8 } }

--- Integers beyond the dtype wrap around, as NumPy's do.
local function to_integer(t, dtype)
  local turn = turns[dtype]
  if turn then t = t:add(turn[1]):remainder(turn[2]):sub(turn[1]) end
  return t:to(dtype)
end

local function with_others(plan, tensors)
  local dtype, slots = tensors[1].elem, {}
  for k = 2, #tensors do dtype = C.mah_dtype_promote(dtype, tensors[k].elem) end
  local is_integer = C.mah_dtype_is_integer(dtype) ~= 0
  local in_double = not is_integer or is_exact_in_double(plan, tensors)
  local name = Type.dtype_names[dtype]
  local wide = is_integer and (in_double and "float64" or "int64")
    or C.mah_dtype_is_half(dtype) ~= 0 and "float32" or name
  for k, t in ipairs(tensors) do slots[k] = plan.sums and t:to(wide) or t end
  local result = carry_out(plan, slots, in_double and run or whole)
  return is_integer and plan.sums and to_integer(result, name) or result:to(name)
end

--- Products of tensors, summed over every index that the result does not name: NumPy's and
--- PyTorch's strings. Each operand's dimensions have a letter each, "..." stands for any number of
--- dimensions, which broadcast; without "->" the result has the letters that occur once, in
--- alphabetical order. Of one operand without a sum the result is a view. float32 and float64 by
--- matrix products; integers wrap around, as NumPy's do.
---
---     local a, b = mah.tensor { { 1, 2 }, { 3, 4 } }, mah.tensor { { 0, 1 }, { 1, 0 } }
---     print(mah.einsum("ij,jk->ik", a, b))
---     --> float32 2x2
---     --> {{2.0, 1.0},
---     -->  {4.0, 3.0}}
---     print(mah.einsum("ii->i", a))
---     --> float32 2
---     --> {1.0, 4.0}
---     print(mah.einsum("i,ij,j", a[1], a, a[2]):item())   --> 61
---@param equation string   "ij,jk->ik" ...
---@param a tensor|tensor[]   the first operand, or a list of all: of more than eight
---@param b tensor|nil
---@param c tensor|nil
---@param d tensor|nil
---@param e tensor|nil
---@param f tensor|nil
---@param g tensor|nil
---@param h tensor|nil
---@return tensor
function einsum.einsum(equation, a, b, c, d, e, f, g, h)
  if type(equation) ~= "string" then
    check.raise("einsum: an equation such as \"ij,jk->ik\" is expected, got %s",
      check.show(equation))
  end
  -- Not `...`: LuaJIT gives up traces that begin behind it, and in a loop of many kinds of calls
  -- most do.
  local tensors = { a, b, c, d, e, f, g, h }
  if type(tensors[1]) == "table" then tensors = { unpack(tensors[1]) } end
  local is_plain = true
  for k = 1, #tensors do
    Type.expect(tensors[k], "einsum")
    is_plain = is_plain and tensors[k].elem <= C.MAH_FLOAT64
  end
  local plan = plan_for(equation, tensors)
  if not is_plain then return with_others(plan, tensors) end
  if #plan == 0 then return Type.view(C.mah_tensor_alias, tensors[1]) end
  return carry_out(plan, tensors, run)
end

return einsum
