--- The tape: what is done with traced tensors is written down on it, and read backwards for the
--- gradient (reverse mode; Griewank and Walther: "Evaluating Derivatives", 2008, chapter 3).
---
---     local t = tape.open()
---     local x = t:leaf(value)                    -- a traced tensor
---     local y = (x * x):sum()                    -- its operations are recorded
---     t:close()
---     local gradients = t:backward(y.place, seed)           -- by place; those of leaves are left
---
--- A traced tensor is the number of a tape, the slot where that is found as long as it has this
--- number, and a place on it: there is a record, with its value. That may itself be traced, on a
--- tape that was opened before: its operations are recorded there too, those of `backward`
--- included, and so gradients have gradients (as in Autograd and JAX).
---
--- A rule says of an operation what it computes, and the gradients of its operands:
---
---     { name = "mul", forward = f, da = function(g, y, a, b) return g * b end, db = ... }
---
--- Memory: a function's tapes, one after the other, are one table, which waits in the function's
--- pool in between and gets a new number each time. The tensors that results and their gradients
--- were written to stay with their records, and are written to again when the next tape does the
--- same at that place with the same shapes: rules say how, by `into` and `back` (mah.grad.fast). So
--- nothing of them may be handed out but as a copy. A tape within another one, which may have
--- recorded some of them, has no pool, and writes nothing twice.
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local operands = require "mah.grad.operands"
local traced = require "mah.tensor.traced"

local traced_t, is = traced.ctype, traced.is
local tapes, tape_of = operands.tapes, operands.tape_of
local raw, copy_ = operands.raw, Type.methods.copy_ -- as it is before changes are watched

local Tape = {}
Tape.__index = Tape

local tape = {}

-- -- Opening and closing --------------------------------------------------------------------------

-- The tapes whose functions have not returned, the outermost first. Those that an error has left
-- are held by nobody, and vanish.
local running, depth = setmetatable({}, { __mode = "v" }), 0
local opened = 0 -- so many so far

local function forget_above(k)
  for i = depth, k + 1, -1 do running[i] = nil end
  depth, traced.is_open = k, k > 0
end

--- Is a function being traced, as far as one knows?
function tape.is_running()
  while depth > 0 and not running[depth] do depth = depth - 1 end
  return depth > 0
end

local function is_on_stack(t)
  for level = 2, math.huge do
    local info = debug.getinfo(level, "f")
    if not info then return false end
    if info.func == tape.with and select(2, debug.getlocal(level, 1)) == t then return true end
  end
end

--- Has the function of the k-th tape been left by an error? Looks for `with` on the stack. Those
--- of who has resumed a coroutine cannot be seen: there a tape is left when nobody holds it.
local function is_left(k)
  if is_on_stack(running[k]) then return false end
  if coroutine.running() then collectgarbage() end
  return not (coroutine.running() and running[k])
end

local MOST = 1024 -- slots, before free ones are looked for: nobody gives back mah.vjp's
local next_slot = 1

local function first_free()
  local slot = 1
  while tapes[slot] do slot = slot + 1 end
  return slot
end

--- A slot for the tape, by which its traced tensors find it.
local function take_slot(t)
  local slot = next_slot
  if slot > MOST or tapes[slot] then slot = first_free() end
  next_slot, t.slot, tapes[slot] = slot + 1, slot, t
end

local function new_tape()
  return setmetatable({
    id = 0, slot = 0, level = 0, count = 0, watch = false, pool = false, is_lent = false,
    is_mixed = false, is_fresh = true, names = false, records = {}, gradients = {}, own = {},
  }, Tape)
end

--- A new tape; what is done from now on with its traced tensors is recorded.
---@param watch boolean|nil   is the first NaN an error?
---@param pool table|nil       where the tape is kept for the next one: an empty table at first
---@return table
function tape.open(watch, pool)
  while tape.is_running() and is_left(depth) do forget_above(depth - 1) end
  if depth > 0 then pool = nil end
  local t = pool and pool.tape or new_tape()
  if pool then pool.tape = nil end
  opened, depth, traced.is_open = opened + 1, depth + 1, true
  t.id, t.level, t.count, t.watch, t.pool = opened, depth, 0, watch or false, pool or false
  t.is_lent, t.is_mixed, t.is_fresh, t.names = false, false, true, false
  running[depth] = t
  take_slot(t)
  return t
end

--- f(x, ...) while the tape is open. Its frame tells that the tape is: see is_left.
function tape.with(t, f, x, a, b, c, d, e, g)
  local y, y2, y3, y4, y5 = f(x, a, b, c, d, e, g)
  forget_above(t.level - 1)
  return y, y2, y3, y4, y5
end

--- Traced tensors of this tape are of no use from now on.
function Tape:close()
  local slot = self.slot
  if tapes[slot] == self then
    tapes[slot] = nil
    if slot < next_slot then next_slot = slot end
  end
  self.id = 0
end

--- Closes the tape, and gives it back.
function Tape:give_back()
  local records, gradients, pool = self.records, self.gradients, self.pool
  self:close()
  if not pool or self.is_lent then
    self.records, self.gradients = nil, nil
    return
  end
  for i = 1, self.count do
    local r = records[i]
    r.value, r.a, r.b, r.c, r.d, r.e = false, false, false, false, false, false
    if r.list then r.list, r.places = false, false end
    gradients[i] = false
  end
  pool.tape = self
end

--- Tensors of this tape have been handed to a function that may keep them.
function Tape:lend() self.is_lent = true end

-- -- Recording ------------------------------------------------------------------------------------

local function new_record(place)
  return { place = place, rule = false, value = false, pa = 0, pb = 0, pc = 0, a = false,
    b = false, c = false, d = false, e = false, list = false, places = false, where = false,
    room = false, kept = false, gradient = false, sink = false }
end

local function next_record(t, rule, value)
  local n = t.count + 1
  local r = t.records[n]
  if not r then
    r = new_record(n)
    t.records[n] = r
  end
  t.count = n
  if r.rule ~= rule then r.rule, r.room = rule, false end
  r.value, t.gradients[n], t.own[n] = value, false, false
  return r
end

--- A traced tensor with this value that nothing leads to. Where rules write its gradient, as
--- `target` tells, they write it to `sink`.
---@param value tensor
---@param sink tensor|nil   in the dtype and shape of the value, contiguous
---@return table
function Tape:leaf(value, sink)
  next_record(self, false, value).sink = sink or false
  return self:at(self.count)
end

--- The traced tensor at a place.
---@param place integer
---@return table
function Tape:at(place)
  local x = traced_t(self.id, place, self.slot)
  return x
end

--- What a record that has waited for its result comes to.
local function computed(r)
  local rule, room = r.rule, r.room
  local value = room and rule.into(room, r.a, r.b) or rule.forward(r.a, r.b)
  r.value, r.room = value, value
  return value
end

--- The value at a place.
---@param place integer
---@return any
function Tape:value(place)
  local r = self.records[place]
  return r.value or computed(r)
end

--- The record at a traced tensor's place if nobody has asked for its value so far.
---@param x table
---@return table|nil record
function tape.waiting(x)
  local r = tape_of(x).records[x.place]
  return r.value == false and r or nil
end

local function has_nan(value)
  value = raw(value)
  return Type.is_tensor(value) and value:isnan():any()
end

local function of_line(where) return where ~= "" and " in " .. where:gsub(": $", "") or "" end

--- "matmul of W1": the operation with those of its operands that are leaves with a name.
local function shown(t, r)
  local of = {}
  for _, place in ipairs { r.pa, r.pb, r.pc } do
    of[#of + 1] = t.names and t.names[place] and t.names[place].name
  end
  return r.rule.name .. (of[1] and " of " .. table.concat(of, ", ") or "")
end

local function watch(t, r, value)
  r.where = check.where()
  if has_nan(value) then
    check.raise("detect_anomaly: %s gives the first NaN, %s%s", shown(t, r),
      Type.describe(raw(value)), of_line(r.where))
  end
end

--- Calls the leaves so in what is said of the first NaN.
---@param names table[]   {name =} by their places
function Tape:name(names) self.names = names end

--- Writes down that the rule has made `value` of the operands a, b, c at the places pa, pb, and of
--- settings; the traced tensor of that. A value of false waits until somebody asks for it.
---@param rule table
---@return table
function Tape:record(rule, value, pa, pb, a, b, c, d, e)
  local r = next_record(self, rule, value)
  r.pa, r.pb, r.pc, r.a, r.b, r.c, r.d, r.e = pa, pb, 0, a, b, c, d, e
  if self.watch then watch(self, r, value) end
  -- Not returned at once: LuaJIT gives up traces of functions that end in such a call.
  local x = traced_t(self.id, self.count, self.slot)
  return x
end

-- -- Backwards ------------------------------------------------------------------------------------

local function add(self, r, place, g)
  if g == nil then return end
  if self.watch and has_nan(g) then
    check.raise("detect_anomaly: the gradient of %s is the first NaN, %s%s", shown(self, r),
      Type.describe(raw(g)), of_line(r.where))
  end
  local gradients = self.gradients
  local old = gradients[place]
  if old then gradients[place] = old + g else gradients[place] = g end
  self.own[place] = false
end

--- Adds g, as it is, to the gradient of the operand at a place.
function Tape:pass(r, place, g) add(self, r, place, g) end

--- Where to write the gradient of the operand x at a place: a tensor, and whether to add to what is
--- there (1) or not (0). Of leaves it is their sink, or a new one, for whoever asked for the
--- gradient.
---@param place integer
---@param x tensor
---@return tensor, integer
function Tape:target(place, x)
  local gradients, own, r = self.gradients, self.own, self.records[place]
  local old = gradients[place]
  if old and own[place] then return old, 1 end
  local to = r.rule and self.level == 1 and r.gradient or not r.rule and r.sink
  if not to or not operands.same(to, x) then
    to = operands.empty_like(x)
    if r.rule then r.gradient = to end
  end
  gradients[place], own[place] = to, true
  if not old then return to, 0 end
  copy_(to, old)
  return to, 1
end

local fit = operands.fit

local function back_many(self, r, g)
  local rule, list, places = r.rule, r.list, r.places
  local gradients = rule.gradients(g, r.value, list, places, r.b, r.c)
  for i = 1, list.n do
    if places[i] > 0 then add(self, r, places[i], fit(gradients[i], list[i])) end
  end
end

local function back(self, r, g)
  local rule, y, a, b = r.rule, r.value, r.a, r.b
  local fast = rule.back
  if fast and not (is(g) or is(y) or self.is_mixed) and fast(self, r, g) then return end
  if r.pa > 0 then add(self, r, r.pa, fit(rule.da(g, y, a, b, r.c, r.d, r.e), a)) end
  if r.pb > 0 then add(self, r, r.pb, fit(rule.db(g, y, a, b, r.c, r.d, r.e), b)) end
  if r.pc > 0 then add(self, r, r.pc, fit(rule.dc(g, y, a, b, r.c, r.d, r.e), r.c)) end
end

--- The gradients by place, from that of the place `from` down. Those of leaves are there
--- afterwards, or false.
---@param from integer
---@param seed tensor   in the shape of its value
---@return table
function Tape:backward(from, seed)
  local gradients, records, own = self.gradients, self.records, self.own
  if not self.is_fresh then
    for i = 1, self.count do gradients[i], own[i] = false, false end
  end
  self.is_fresh = false
  gradients[from] = seed
  self.is_mixed = self.watch or is(seed) -- then some gradients may be traced, and others plain
  for i = from, 1, -1 do
    local g, r = gradients[i], records[i]
    if g and r.rule then
      gradients[i] = false
      if r.list then back_many(self, r, g) else back(self, r, g) end
    end
  end
  return gradients
end

-- -- Changes that a gradient would not see --------------------------------------------------------

local share = operands.share

--- Is x a setting, or in a list of them: a mask, places?
local function is_set(setting, x)
  if type(setting) ~= "table" then return share(raw(setting), x) end
  for i = 1, #setting do
    if share(raw(setting[i]), x) then return true end
  end
  return false
end

local function is_needed(r, x)
  local rule = r.rule
  if not rule then return false end
  if not rule.adds_c and is_set(r.c, x) or is_set(r.d, x) or is_set(r.e, x) then return true end
  if not rule.db and is_set(r.b, x) then return true end
  if rule.linear then return false end
  if share(raw(r.value), x) or share(raw(r.a), x) or share(raw(r.b), x) then return true end
  for i = 1, r.list and r.list.n or 0 do
    if share(raw(r.list[i]), x) then return true end
  end
  return false
end

--- The name of the operation on a tape that needs x as it is, or nil.
local function needed_by(t, x)
  for i = 1, t and t.count or 0 do
    local r = t.records[i]
    if is_needed(r, x) then return r.rule.name end
  end
end

--- Complains when `x` is about to be changed by the method `name`, and a tape that is open has
--- recorded an operation whose gradient needs its elements as they are.
---@param x tensor
---@param name string
function tape.before_change(x, name)
  for k = depth, 1, -1 do
    local operation = needed_by(running[k], x)
    if operation and not is_left(k) then
      check.raise("%s: the gradient of %s needs this tensor as it is; change a copy, x:clone()",
        name, operation)
    end
  end
end

return tape
