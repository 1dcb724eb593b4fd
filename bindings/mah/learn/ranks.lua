--- Ranks: processes that run the same script side by side, on one machine or on many, and make one
--- training together. Each comes to the weights, the losses and the end that one process would come
--- to alone, bit for bit.
---
---     local ranks = ranks.join(true, net)      -- nil where this process is alone
---     ranks:compare(trainer)                   -- an error that says what is not the same on all
---     local loss = ranks:evaluate(net, batch, w, gradient)
---
--- Where all are on one node, rank 0 computes with the processors of all, and the others wait,
--- asleep. Ranks of several nodes share each step, with the core's exchange, as threads do
--- (core/learn/drive/exchange.h); distributed = "ranks" asks for it on one node, too. What Lua has
--- a hand in (scores, activations in Lua) is rank 0's; the others get its numbers.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local inputs = require "mah.learn.inputs"
local shards = require "mah.data.shard"
local sparse = require "mah.data.sparse"

local Ranks = {}
Ranks.__index = Ranks

--- How processes find one another: drivers.join(), put here by the wing `cluster`, gives nil to a
--- process that no launcher has started, or
---   {rank =, size =, nodes =,        rank from 0
---    exchange = a mah_exchange among all,
---    gather = function (bytes, starts),   as its gather
---    hash = function (value) -> number,   of 32 bits, of a text or a contiguous tensor
---    widen = function (whole), narrow = function ()}   in between the process may use its share of
---                                     the node's processors, or all of them
local drivers = {}

--- The ranks that train `net`, or nil.
---@param how boolean|string|nil   the option `distributed`: true or "ranks"
---@param net network
---@param x tensor|mah.Sparse|Shard   a shard is shared by those that have the other rows
---@param own_threads integer|nil   that the user wants for each rank
---@return table|nil
local function join(how, net, x, own_threads)
  local is_spread = inputs.is_shard(x)
  check.that(how or not is_spread, "x is a shard, of which each rank has its own rows: that goes "
    .. "with distributed = true")
  check.that(not (is_spread and net.in_lua),
    "x: a shard does not go with functions in Lua, as an activation: rank 0 computes those, and "
    .. "has not all rows")
  if not how then return nil end
  check.that(how == true or how == "ranks",
    "distributed must be true, or \"ranks\" for ranks of one node that each compute their part; "
    .. "got %s", check.show(how))
  local group = drivers.join and drivers.join()
  if not group then return nil end
  local shares = (how == "ranks" or group.nodes > 1 or is_spread) and not net.in_lua
  return setmetatable({
    group = group, rank = group.rank, size = group.size, shares = shares,
    computes = shares or group.rank == 0, -- those that do not need no data
    has_node = not shares and group.nodes == 1, own_threads = own_threads,
  }, Ranks)
end

-- -- From rank 0 to all ---------------------------------------------------------------------------

--- n bytes, which all have as rank 0 has them.
function Ranks:share(bytes, n)
  if self.size == 1 then return end
  local starts = ffi.new("int64_t[?]", self.size + 1, n)
  starts[0] = 0
  self.group.gather(bytes, starts)
end

function Ranks:share_tensor(t)
  if t == nil then return end
  self:share(t.data, tonumber(C.mah_tensor_count(t) * C.mah_dtype_size(t.elem)))
end

--- What f(a, b, c, d), called on rank 0 alone, returns: up to two numbers. All get its error.
---@return number|nil, number|nil
function Ranks:ask(f, a, b, c, d)
  local told, ok, x, y = ffi.new "double[4]", true, nil, nil
  if self.rank == 0 then ok, x, y = pcall(f, a, b, c, d) end
  local message = ok and "" or tostring(x)
  if not ok then x, y = nil, nil end
  told[0], told[1] = x and 1 or 0, y and 1 or 0
  told[2], told[3] = x or 0, y or 0
  local length = ffi.new("double[1]", ok and -1 or #message)
  self:share(told, ffi.sizeof(told))
  self:share(length, ffi.sizeof(length))
  if length[0] >= 0 then
    local text = ffi.new("char[?]", length[0] + 1, message)
    self:share(text, length[0])
    error(ffi.string(text, length[0]), 0)
  end
  return told[0] == 1 and told[2] or nil, told[1] == 1 and told[3] or nil
end

--- A number of rank 0's: a time.
function Ranks:number(x)
  local told = ffi.new("double[1]", x)
  self:share(told, ffi.sizeof(told))
  return told[0]
end

-- -- Steps ----------------------------------------------------------------------------------------

--- Calls f with the processors that there are for its work.
function Ranks:at_work(f, a, b, c, d)
  local waits, is_told = not self.computes, self.shares and self.own_threads
  if waits or is_told then return f(a, b, c, d) end
  self.group.widen(self.has_node)
  local ok, x, y = pcall(f, a, b, c, d)
  self.group.narrow()
  if not ok then error(x, 0) end
  return x, y
end

--- The loss of the batch and its gradient, as net:evaluate gives them.
function Ranks:evaluate(net, batch, w, gradient)
  if self.shares then return net:evaluate(batch, w, gradient) end
  local loss = self:ask(net.evaluate, net, batch, w, gradient)
  self:share_tensor(gradient)
  self:share_tensor(net.buffers)
  return loss
end

--- An epoch's steps, as mah_training_run makes them.
---@return integer status, string message
function Ranks:run(training)
  if self.shares then return C.mah_training_run(training) end
  local at = ffi.new "mah_training_end"
  if self.rank == 0 then
    at.status = C.mah_training_run(training)
    if at.status ~= C.MAH_OK then ffi.copy(at.message, C.mah_error_message(), 507) end
  end
  local batch, rule, average = training.batch, training.rule, training.average
  local told = ffi.new "int64_t[4]"
  told[0], told[1], told[2], told[3] = rule.t, batch.first, batch.step, average.count
  local loss = ffi.new("double[1]", training.loss)
  self:share(at, ffi.sizeof(at))
  self:share(told, ffi.sizeof(told))
  self:share(loss, ffi.sizeof(loss))
  rule.t, batch.first, batch.step, training.loss = told[0], told[1], told[2], loss[0]
  average.count = told[3]
  for _, t in ipairs { training.w, training.gradient, rule.first } do self:share_tensor(t) end
  if rule.second_ ~= nil then self:share_tensor(rule.second_) end
  if average.vector_ ~= nil then self:share_tensor(average.vector_) end
  return at.status, ffi.string(at.message)
end

-- -- Rows that are spread over the ranks ---------------------------------------------------------

--- What all ranks' surveys of their rows come to: would a data set of these rows be compressed?
local function would_compress(surveys, size, x)
  local seen, count, elements = {}, 0, 0
  for r = 0, size - 1 do
    local one = surveys[r]
    if one.count > 255 then return false end
    elements = elements + tonumber(one.elements)
    for i = 0, tonumber(one.count) - 1 do
      local bits = tostring(one.bits[i])
      if not seen[bits] then seen[bits], count = true, count + 1 end
    end
  end
  return count <= 255 and elements <= C.MAH_SPARSE_PERCENT / 100 * #x * x.shape[2]
end

--- A mah_spread of the shard, which it points into: the same on all ranks. What it holds has to be
--- kept with it.
---@param x Shard
---@return ffi.cdata* spread
function Ranks:spread(x, dtype)
  local surveys, starts = ffi.new("mah_survey[?]", self.size), ffi.new("int64_t[?]", self.size + 1)
  for r = 0, self.size do starts[r] = r * ffi.sizeof "mah_survey" end
  check.status(C.mah_compressed_survey(surveys[self.rank], x.own, Type.dtype(dtype)))
  self.group.gather(surveys, starts)
  local spread = ffi.new "mah_spread"
  spread.start = shards.fields(x).start
  spread.is_sparse = would_compress(surveys, self.size, x) and 1 or 0
  return spread
end

-- -- Are all alike? -------------------------------------------------------------------------------

--- Settings that each rank has for itself, or that are compared otherwise.
local own = { threads = true, verbose = true, seed = true }

local function text_of_numbers(t)
  local parts = {}
  for name, value in pairs(t) do
    if type(value) == "number" and not own[name] then
      parts[#parts + 1] = ("%s = %.17g"):format(name, value)
    elseif (type(value) == "string" or type(value) == "boolean") and not own[name] then
      parts[#parts + 1] = ("%s = %s"):format(name, tostring(value))
    end
  end
  table.sort(parts)
  return table.concat(parts, ", ")
end

--- All tensors of a table, under the names of their fields.
local function add_tensors(list, what, t)
  local names = {}
  for name, value in pairs(t) do
    if Type.is_tensor(value) then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do list[#list + 1] = { what .. name, t[name] } end
end

--- A tensor, or several by name.
local function add_tree(list, name, x)
  if Type.is_tensor(x) then
    list[#list + 1] = { name, x }
    return
  end
  local keys = {}
  for key in pairs(x) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, key in ipairs(keys) do add_tree(list, ("%s.%s"):format(name, tostring(key)), x[key]) end
end

local function add_x(list, name, x)
  if inputs.is_shard(x) then
    local fields = shards.fields(x)
    list[#list + 1] = { name, ("%s %d %d"):format(x.dtype, #x, fields.own.shape[2]) }
  elseif not inputs.is_sparse(x) then
    add_tree(list, name, x)
  else
    local fields = sparse.fields(x)
    list[#list + 1] = { name, ("%d columns"):format(fields.columns) }
    for _, field in ipairs { "start", "column", "value" } do
      list[#list + 1] = { name, fields[field] }
    end
  end
end

local function add_set(list, name, set)
  if not set then return end
  add_x(list, name .. ".x", set.x)
  add_tree(list, name .. ".y", set.y)
  if set.weight then list[#list + 1] = { name .. ".weight", set.weight } end
end

--- What must be the same on all: {name, tensor or text}, each.
local function describe(trainer)
  local net, settings = trainer.net, trainer.settings
  local solver = settings.solver
  local list = {
    { "build or processor: the instruction set",
      ffi.string(C.mah_simd_name(C.mah_simd_current())) .. jit.arch },
    { "network", tostring(net) .. net.dtype .. net.loss_function .. net.input_scale },
    { "settings of the training",
      text_of_numbers(settings) .. trainer.epoch .. tostring(settings.checkpoint ~= nil)
        .. trainer.around:describe(settings) },
    { "settings of the solver", type(solver) == "table" and text_of_numbers(solver) or "" },
    { "initial weights (is the network made with a seed?)", net.params },
  }
  if net.buffers then list[#list + 1] = { "buffers", net.buffers } end
  if type(solver) == "table" then add_tensors(list, "solver's ", solver) end
  add_set(list, "data", trainer.data)
  if not inputs.is_shard(trainer.data.x) then -- else rank 0 alone has these rows
    add_set(list, "validation", trainer.validation)
  end
  list[#list + 1] = { "rows to train on", trainer.order }
  list[#list + 1] = { "seed", ("%.17g %.17g"):format(tonumber(trainer.batch.seed),
    trainer.rng:clone():u32()) }
  return list
end

--- A number for it, which is another one for most others.
local function fingerprint(group, value)
  if not Type.is_tensor(value) then return group.hash(value) end
  local shape = table.concat(value.shape, " ")
  return group.hash(("%s %s %d"):format(value.dtype, shape, group.hash(value:contiguous())))
end

--- Complains, on all ranks alike, where one of them would train something else.
---@param trainer table
---@param where string   "mah.train", for the message
function Ranks:compare(trainer, where)
  if self.size == 1 then return end
  local list, n = describe(trainer), 32
  local all = ffi.new("uint32_t[?]", self.size * n)
  local starts = ffi.new("int64_t[?]", self.size + 1)
  for r = 0, self.size do starts[r] = r * n * 4 end
  for i, item in ipairs(list) do all[self.rank * n + i - 1] = fingerprint(self.group, item[2]) end
  self.group.gather(all, starts)
  for i, item in ipairs(list) do
    for r = 1, self.size - 1 do
      check.that(all[r * n + i - 1] == all[i - 1], "%s: distributed: rank %d of %d differs from "
        .. "rank 0 in: %s", where, r, self.size, item[1])
    end
  end
end

--- What each rank says: numbers, by rank from 0.
local function numbers_of_all(self, mine)
  local all, starts = ffi.new("double[?]", self.size), ffi.new("int64_t[?]", self.size + 1)
  for r = 0, self.size do starts[r] = 8 * r end
  all[self.rank] = mine
  if self.size > 1 then self.group.gather(all, starts) end
  return all
end

--- Does a rank say so?
---@param says boolean
---@return boolean
function Ranks:any(says)
  local all = numbers_of_all(self, says and 1 or 0)
  for r = 0, self.size - 1 do says = says or all[r] == 1 end
  return says
end

--- Complains where ranks have different numbers.
---@param mine number
---@param what string
function Ranks:agree(mine, what)
  local all = numbers_of_all(self, mine)
  for r = 1, self.size - 1 do
    check.that(all[r] == all[0], "distributed: %s: %g on rank %d, and %g on rank 0", what, all[r],
      r, all[0])
  end
end

return { join = join, drivers = drivers }
