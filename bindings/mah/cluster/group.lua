--- The ranks of a launcher as trainings and their data see them (mah.learn.ranks, mah.data.shard).
---
---     local group = join()      -- nil: this process is alone
---     group.gather(bytes, starts)
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
local ranks = require "mah.cluster.ranks"
local threads = require "mah.base.threads"

local group -- nil: not asked for yet; false: this process is alone

local crc, digest = ffi.new "uint32_t[1]", ffi.new "char[65]"

local function hash(value)
  if type(value) == "string" then
    C.mah_sha256(digest, value, #value)
    return tonumber(ffi.string(digest, 8), 16)
  end
  check.status(C.mah_tensor_crc(crc, value))
  return crc[0]
end

--- The processors of all ranks of the node together.
local function node_cores(gather, rank, size)
  local all, starts = ffi.new("mah_affinity[?]", size), ffi.new("int64_t[?]", size + 1)
  for r = 0, size do starts[r] = r * ffi.sizeof "mah_affinity" end
  check.status(C.mah_affinity_get(all[rank]))
  gather(all, starts)
  local union = ffi.new "mah_affinity"
  for r = 0, size - 1 do C.mah_affinity_add(union, all[r]) end
  return union
end

--- Lets rank 0 use the node's processors, by as many threads as the ranks have together.
local function new_crew(cores, size)
  local own, before = ffi.new "mah_affinity", nil
  local crew = {}
  function crew.widen()
    check.status(C.mah_affinity_get(own))
    before = threads()
    if C.mah_affinity_use(cores) ~= C.MAH_OK then return end -- then with its own
    threads(math.min(before * size, C.mah_affinity_count(cores), C.MAH_MAX_THREADS))
  end
  function crew.narrow()
    C.mah_affinity_use(own)
    threads(before)
  end
  return crew
end

local function find()
  local envoy = ranks.join()
  if not envoy then return false end
  local is, exchange = envoy.is, ffi.new "mah_exchange"
  local size = is.size
  local function gather(bytes, starts)
    check.status(C.mah_envoy_allgather(envoy.c, bytes, starts))
  end
  exchange.rank, exchange.size = is.rank, size
  exchange.context, exchange.gather = envoy.c, ffi.cast(exchange.gather, C.mah_envoy_allgather)
  exchange.room_, exchange.room_size = envoy.c.room, envoy.c.room_size
  local one_node = is.node_size == size
  local crew = one_node and new_crew(node_cores(gather, is.rank, size), size) or {}
  return {
    rank = is.rank, size = size, nodes = one_node and 1 or 2, exchange = exchange, gather = gather,
    hash = hash, widen = crew.widen, narrow = crew.narrow,
  }
end

--- The ranks of this process' launcher; nil where there is none.
---@return table|nil
local function join()
  if not ranks.world() then return nil end -- a trial's process, too
  if group == nil then group = find() end
  return group or nil
end

return join
