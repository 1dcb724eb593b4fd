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

--- What ranks of one node have in common: the start of its system.
local function node_name()
  local boot = io.open "/proc/sys/kernel/random/boot_id"
  local name = boot and boot:read "*l" or ""
  if boot then boot:close() end
  return name
end

local neighbours = ffi.typeof "struct { mah_affinity cores; int64_t node; }[?]"

--- The processors that the ranks of this node have together, and how many ranks these are.
local function find_node(gather, rank, size)
  local all, starts = neighbours(size), ffi.new("int64_t[?]", size + 1)
  for r = 0, size do starts[r] = r * ffi.sizeof(all[0]) end
  check.status(C.mah_affinity_get(all[rank].cores))
  all[rank].node = hash(node_name())
  gather(all, starts)
  local cores, ranks_here = ffi.new "mah_affinity", 0
  for r = 0, size - 1 do
    if all[r].node == all[rank].node then
      C.mah_affinity_add(cores, all[r].cores)
      ranks_here = ranks_here + 1
    end
  end
  return cores, ranks_here
end

--- Functions widen and narrow, between which the rank has its share of the node's processors, or
--- (whole) all of them, with as many threads as its ranks have together.
local function new_crew(cores, ranks_here)
  local own, before, is_whole = ffi.new "mah_affinity", nil, false
  local count = C.mah_affinity_count(cores)
  local crew = {}
  function crew.widen(whole)
    before = threads()
    is_whole = whole and C.mah_affinity_get(own) == C.MAH_OK
      and C.mah_affinity_use(cores) == C.MAH_OK
    if is_whole then
      threads(math.min(before * ranks_here, count, C.MAH_MAX_THREADS))
    elseif not whole then
      threads(math.min(before, math.max(math.floor(count / ranks_here), 1)))
    end
  end
  function crew.narrow()
    if is_whole then C.mah_affinity_use(own) end
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
  local crew = new_crew(find_node(gather, is.rank, size))
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
