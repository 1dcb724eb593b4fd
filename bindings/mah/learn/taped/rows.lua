--- Rows of data as a network's function takes them: a tensor of any number of dimensions, or a
--- table of tensors, with the rows first.
---
---     local n = rows.check(x, "mah.train: data.x")        -- how many rows
---     local all = rows.all(x, net)                        -- every row, in the network's dtype
---     local feed = rows.feed(x, net, 200)                 -- for mini-batches of 200 rows:
---     local part = feed(places)                           -- row numbers, int32, from 0
---
--- Numbers with fractions are given in the network's dtype; bytes, where there is a scale, times
--- that; other integers as they are, for they may be codes.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local sparse = require "mah.data.sparse"
local shards = require "mah.data.shard"
local tensor = require "mah.tensor"
local trees = require "mah.grad.trees"

local rows = {}

-- -- Checks ---------------------------------------------------------------------------------------

local function refuse_others(x, name)
  check.that(not sparse.is(x), "%s: a network of functions in Lua takes no sparse matrix; "
    .. "x:to_dense() makes a tensor of it", name)
  check.that(not shards.is(x), "%s: a network of functions in Lua takes no shard: rank 0 computes "
    .. "it, and has not all rows", name)
end

local function check_finite(t, name)
  if C.mah_dtype_is_integer(t.elem) ~= 0 or t:numel() == 0 then return end
  local matrix = t.ndim == 2 and t or t:reshape(#t, t:numel() / #t)
  check.status(C.mah_batch_check_finite(Type.wide(matrix), name))
end

--- Complains unless x is a tensor or a table of tensors, with as many rows each, and finite.
---@param x any
---@param name string   for messages
---@return integer rows
function rows.check(x, name)
  refuse_others(x, name)
  if type(x) ~= "table" then Type.expect(x, name) end
  local count, first
  trees.map(x, function(t, one)
    Type.expect(t, one)
    check.that(t.ndim >= 1, "%s: rows are expected, got one number", one)
    count, first = count or #t, first or one
    check.that(#t == count, "%s has %d rows and %s has %d", first, count, one, #t)
    check_finite(t, one)
  end, name)
  return check.that(count, "%s: there is no tensor in it", name)
end

-- -- How they are given ---------------------------------------------------------------------------

--- What becomes of a tensor: its dtype, and what it is multiplied by.
---@param t tensor
---@param net table
---@return string dtype, number scale
function rows.treatment(t, net)
  if t.elem == C.MAH_UINT8 and net.input_scale ~= 1 then return net.dtype, net.input_scale end
  if C.mah_dtype_is_integer(t.elem) ~= 0 then return t.dtype, 1 end
  return net.dtype, 1
end

local function whole(t, net)
  local dtype, scale = rows.treatment(t, net)
  local y = t.dtype == dtype and t or t:to(dtype)
  return scale == 1 and y or y:mul_(scale)
end

--- All rows.
---@param x tensor|table
---@param net table
---@return tensor|table
function rows.all(x, net)
  if Type.is_tensor(x) then return whole(x, net) end
  return trees.replace(x, function(t) return whole(t, net) end)
end

-- -- Mini-batches ---------------------------------------------------------------------------------

local status = check.status

--- A tensor like t with so many rows.
local function room_for(t, count, dtype)
  local shape = t.shape
  shape[1] = count
  return tensor.empty(shape, { dtype = dtype })
end

--- Picks rows of one tensor into memory of its own.
local function picker(t, net, count)
  local dtype, scale = rows.treatment(t, net)
  local picked = room_for(t, count, t.dtype)
  if dtype == t.dtype then
    return picked, function(places) status(C.mah_index_select(picked, t, 0, places, 0)) end
  end
  local converted = room_for(t, count, dtype)
  return converted, function(places)
    status(C.mah_index_select(picked, t, 0, places, 0))
    status(C.mah_tensor_copy(converted, picked))
    if scale ~= 1 then converted:mul_(scale) end
  end
end

--- A function that gives `count` rows of x by their numbers: the same tensors each time, with other
--- numbers in them.
---@param x tensor|table
---@param net table
---@param count integer
---@return fun(places: tensor): tensor|table   places: int32, from 0
function rows.feed(x, net, count)
  local pick, more = nil, {}
  local picked = trees.replace(x, function(t)
    local out, f = picker(t, net, count)
    if pick then more[#more + 1] = f else pick = f end
    return out
  end)
  return function(places)
    pick(places)
    for i = 1, #more do more[i](places) end
    return picked
  end
end

return rows
