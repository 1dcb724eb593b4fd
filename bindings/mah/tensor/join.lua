--- Tensors glued together and cut apart.
---
---     mah.cat({ a, b }, 1)   mah.stack({ a, b })    -- one after the other; as rows of a new one
---     local a, b = x:chunk(2)                       -- two halves
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"

local methods, expect = Type.methods, Type.expect

local join = {}

local function list_of(tensors, where)
  if type(tensors) ~= "table" or #tensors == 0 then
    check.raise("%s: a list of tensors is expected, got %s", where,
      type(tensors) == "table" and "an empty table" or check.show(tensors))
  end
  for i, t in ipairs(tensors) do
    if not Type.is_tensor(t) or t.store == nil then
      expect(t, ("%s: tensor %d"):format(where, i))
    end
  end
  return tensors
end

--- Tensors one after the other along a dimension that is there; their other sizes agree. The larger
--- dtype wins.
---
---     local x = mah.tensor { { 1, 2 }, { 3, 4 } }
---     print(mah.cat({ x, mah.zeros(1, 2) }))
---     --> float32 3x2
---     --> {{1.0, 2.0},
---     -->  {3.0, 4.0},
---     -->  {0.0, 0.0}}
---     print(mah.cat({ x, x }, 2))
---     --> float32 2x4
---     --> {{1.0, 2.0, 1.0, 2.0},
---     -->  {3.0, 4.0, 3.0, 4.0}}
---@param tensors tensor[]
---@param dim integer|nil   1
---@return tensor
function join.cat(tensors, dim)
  list_of(tensors, "cat")
  dim = Type.dim(tensors[1], dim or 1, "cat")
  local out, c_list = Type.blank(), ffi.new("const mah_tensor *[?]", #tensors)
  -- Nothing is allocated from here to the call: C's list does not keep the tensors from the
  -- collector.
  for i = 1, #tensors do c_list[i - 1] = tensors[i] end
  check.status(C.mah_cat(out, c_list, #tensors, dim))
  return Type.own(out)
end

--- Tensors of one shape along a new dimension.
---
---     local a, b = mah.tensor { 1, 2 }, mah.tensor { 3, 4 }
---     print(mah.stack { a, b })
---     --> float32 2x2
---     --> {{1.0, 2.0},
---     -->  {3.0, 4.0}}
---     print(mah.stack({ a, b }, 2))
---     --> float32 2x2
---     --> {{1.0, 3.0},
---     -->  {2.0, 4.0}}
---@param tensors tensor[]
---@param dim integer|nil   where the new dimension is: 1, the first
---@return tensor           of n tensors n positions along dim
function join.stack(tensors, dim)
  local whole = {}
  for i, t in ipairs(list_of(tensors, "stack")) do
    if table.concat(t.shape, "x") ~= table.concat(tensors[1].shape, "x") then
      check.raise("stack: tensor %d is %s, the first one %s", i, Type.describe(t),
        Type.describe(tensors[1]))
    end
    whole[i] = t:unsqueeze(dim or 1)
  end
  return join.cat(whole, dim)
end

-- -- Cutting: views -------------------------------------------------------------------------------

--- Parts of `size` positions along a dimension, the last one maybe shorter; or of the sizes in a
--- list, which add up. Views, in a list.
---
---     local parts = mah.split(mah.arange(5), 2)
---     print(#parts, #parts[1], #parts[3])        --> 3 2 1
---     print(#mah.arange(5):split({ 1, 4 })[2])   --> 4
---@param x tensor
---@param size integer|integer[]
---@param dim integer|nil   1
---@return tensor[]         a list; chunk gives separate values
function join.split(x, size, dim)
  local d = Type.dim(expect(x, "split"), dim or 1, "split")
  local n, sizes, sum = tonumber(x.extent[d]), {}, 0
  if type(size) == "table" then
    for i, part in ipairs(size) do
      sizes[i], sum = Type.integer(part, "split", "a size"), sum + part
    end
    if sum ~= n then
      check.raise("split: the sizes add up to %.0f, dimension %d has %d", sum, d + 1, n)
    end
  elseif Type.integer(size, "split", "the size") < 1 then
    check.raise("split: the size must be at least 1, got %.0f", size)
  else
    Type.check_many("split", x, n / size)
    for start = 0, math.max(n - 1, 0), size do sizes[#sizes + 1] = math.min(size, n - start) end
  end
  local parts, start = {}, 0
  for i, length in ipairs(sizes) do
    parts[i] = Type.view(C.mah_tensor_narrow, x, d, start, length)
    start = start + length
  end
  return parts
end

--- The tensor in `count` parts along a dimension, as equal as can be: each has ceil(size / count)
--- positions, the last one fewer, and there may be fewer parts. Views, as separate values.
---
---     local a, b = mah.chunk(mah.arange(5), 2)
---     print(a)
---     --> float32 3
---     --> {1.0, 2.0, 3.0}
---     print(b)
---     --> float32 2
---     --> {4.0, 5.0}
---@param x tensor
---@param count integer
---@param dim integer|nil   1
---@return tensor ...
function join.chunk(x, count, dim)
  local d = Type.dim(expect(x, "chunk"), dim or 1, "chunk")
  if Type.integer(count, "chunk", "the count") < 1 then check.raise("chunk: %d parts", count) end
  return unpack(join.split(x, math.max(1, math.ceil(tonumber(x.extent[d]) / count)), dim))
end

methods.split, methods.chunk = join.split, join.chunk

return join
