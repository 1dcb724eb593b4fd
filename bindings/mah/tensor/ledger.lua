--- Which tensors share in which storages: by it the elements of those that Lua's collector has
--- taken are given back, and the collector is driven.
---
---     ledger.enter(t)               -- t's share of its storage is given back with t
---     ledger.release(t)             -- or now
---     ledger.collect_if_full()      -- before elements are allocated
---
--- A finalizer for each tensor would cost more than the arithmetic of a small one. Tensors stand in
--- a table with weak values, their storages in an array beside it; when the collector has come
--- around, those whose tensors have vanished are given back in one compiled loop.
local C = require "mah.base.library"
local ffi = require "ffi"

local ledger = {}

local count, room = 0, 0 -- entries; some may be `false`: released
local tensors = setmetatable({}, { __mode = "v" }) -- [1 ... count], then `false` up to room
local storages -- mah_storage*[room + 1], from 1
local storages_t, entry_p = ffi.typeof "mah_storage *[?]", ffi.typeof "int32_t *"
local void_p = ffi.typeof "void *"

-- Is an entry being changed? Where a trace is left LuaJIT drives the collector on, though nothing
-- is allocated there; its end must not move the entries meanwhile.
local is_changing = false

--- Makes room for more. The collector's end, with a sweep and scripts' finalizers, may come within
--- the loop: what it changes is copied afterwards.
local function grow()
  local before, larger = room, math.max(1024, 2 * room)
  local moved = storages_t(larger + 1)
  for i = before + 1, larger do
    if room ~= before then return end -- a finalizer has made room
    tensors[i] = false -- a store into `nil` would look for __newindex
  end
  if room ~= before then return end
  if storages then ffi.copy(moved, storages, ffi.sizeof(storages)) end
  storages, room = moved, larger
end

--- Where t's number is kept: in its room, which is free when the elements lie in a storage.
local function entry_of(t) return ffi.cast(entry_p, ffi.cast(void_p, t.room)) end

--- Enters a tensor whose elements lie in a storage, once.
---@param t tensor
---@return tensor t
function ledger.enter(t)
  local entry, storage, before = entry_of(t), t.store, is_changing
  if count == room then grow() end
  is_changing = true
  local n = entry[0]
  if not (n > 0 and n <= count and rawequal(tensors[n], t)) then
    n = count + 1
    if n > room then -- a finalizer has taken the last place
      is_changing = before
      return ledger.enter(t)
    end
    count = n
    entry[0] = n
    storages[n] = storage
    tensors[n] = t
  end
  is_changing = before
  return t
end

--- Gives back t's share of its storage, whether it has been entered or not.
---@param t tensor
function ledger.release(t)
  local entry, before = entry_of(t), is_changing
  is_changing = true
  local n = entry[0]
  if n > 0 and n <= count and rawequal(tensors[n], t) then
    tensors[n], storages[n] = false, nil
  end
  is_changing = before
  C.mah_tensor_let_go(t)
end

--- Gives back the storages whose tensors have vanished; the other entries move together. Nothing in
--- the loop allocates, interpreted or compiled: a collector that came between would call scripts'
--- finalizers, which may enter tensors.
local function sweep()
  local kept = 0
  for i = 1, count do
    local t = tensors[i]
    if t then
      kept = kept + 1
      if kept < i then
        C.mah_storage_move(storages, t, i, kept)
        tensors[kept] = t
      end
    else
      C.mah_storage_release(storages, i)
    end
  end
  for i = kept + 1, count do tensors[i] = false end
  count = kept
end

-- -- The collector --------------------------------------------------------------------------------

-- LuaJIT's collector sees small objects and not their megabytes, so we ask for a collection
-- whenever so many bytes more are live than after the last one. Few, so that results come back
-- while they are in the processor's third-level cache; more with a larger heap of Lua's own, to
-- which a collection's time is in proportion.
local LEAST, MOST, PER_HEAP_BYTE = 8 * 2 ^ 20, 128 * 2 ^ 20, 8
local limit = LEAST
local collecting = false

local function live() return tonumber(C.mah_memory_live()) end

--- To the end of the collector's cycle.
local function cycle()
  repeat until collectgarbage("step", 2 ^ 20)
  sweep()
end

local function collect()
  local before = live()
  collecting = true
  cycle()
  -- Was it the end of one that had begun long ago? Much of what is garbage now was not then.
  if before - live() < LEAST / 2 then cycle() end
  collecting = false
  local heap, now = collectgarbage "count" * 1024, live()
  limit = now + math.max(LEAST, math.min(PER_HEAP_BYTE * heap, math.max(MOST, now)))
end

--- Collects garbage when much memory has been taken since the last time: so much that one more
--- tensor of the latest one's size would go further beyond the limit than we are below it.
function ledger.collect_if_full()
  if tonumber(C.mah_memory_ahead()) > limit then collect() end
end

-- The collector calls the finalizer of an object that nobody holds at the end of each cycle, those
-- included that it begins by itself or that a script asks for.
local function after_cycle(object)
  ffi.gc(object, after_cycle)
  if not collecting and not is_changing then sweep() end
end
ffi.gc(ffi.new "char[1]", after_cycle)

--- When the Lua state is closed: tensors that finalizers of others still look at are empty then.
ledger.last = ffi.gc(ffi.new "char[1]", function()
  for i = 1, count do
    if tensors[i] then ledger.release(tensors[i]) else C.mah_storage_release(storages, i) end
  end
  count = 0
end)

return ledger
