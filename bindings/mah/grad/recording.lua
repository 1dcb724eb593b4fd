--- Operations of traced tensors, by their rules: what they are called with is computed with, and
--- written down on the tape.
---
---     local exp = recording.one { name = "exp", forward = f, da = function(g, y) ... end }
---     local y = exp(x)                              -- plain for plain x
---
--- `into` of a rule writes its result to the tensor of the tape before; see mah.grad.fast. One that
--- `waits(a, b)` says of is computed when somebody asks for it.
local operands = require "mah.grad.operands"
local traced = require "mah.tensor.traced"

local is, tape_of = traced.is, operands.tape_of

local recording = {}

--- The tensor that the last tape wrote this rule's result to, at the place that comes next.
local function room_of(t, rule)
  local r = t.records[t.count + 1]
  return r and r.rule == rule and r.room or nil
end

--- A result that may be written to again by the next tape.
local function keep_room(t, x)
  local r = t.records[x.place]
  r.room = r.value
  return x
end

--- The operation of a rule for one operand and up to four settings.
---@param rule table
---@return function
function recording.one(rule)
  local forward = rule.forward
  local function operation(a, b, c, d, e)
    if not is(a) then return forward(a, b, c, d, e) end
    local t, place, into = tape_of(a), a.place, rule.into
    local value = t:value(place)
    if is(value) then
      return t:record(rule, operation(value, b, c, d, e), place, 0, value, b, c, d, e)
    end
    local room = into and room_of(t, rule)
    local y = room and into(room, value, b, c, d, e) or forward(value, b, c, d, e)
    y = t:record(rule, y, place, 0, value, b, c, d, e)
    return into and keep_room(t, y) or y
  end
  return operation
end

--- The operation of a rule for two operands, of which one may be a number, and up to two settings.
---@param rule table
---@return function
function recording.two(rule)
  local forward = rule.forward
  local function operation(a, b, c, d)
    local t, u = is(a) and tape_of(a), is(b) and tape_of(b)
    if not (t or u) then return forward(a, b, c, d) end
    local inner = t
    if not t or u and u.level > t.level then inner = u end
    local pa, pb = 0, 0
    if t == inner then pa = a.place a = t:value(pa) end
    if u == inner then pb = b.place b = u:value(pb) end
    t = inner
    if is(a) or is(b) then
      return t:record(rule, operation(a, b, c, d), pa, pb, a, b, c, d, false)
    end
    if rule.waits and not t.watch and rule.waits(a, b) then
      return t:record(rule, false, pa, pb, a, b, c, d, false)
    end
    local into = rule.into
    local room = into and room_of(t, rule)
    local y = room and into(room, a, b) or forward(a, b, c, d)
    y = t:record(rule, y, pa, pb, a, b, c, d, false)
    return into and keep_room(t, y) or y
  end
  return operation
end

--- The innermost tape: t, or that of x.
local function inner_of(t, x)
  if not is(x) then return t end
  local u = tape_of(x)
  if t and t.level >= u.level then return t end
  return u
end

--- An operand as the tape t has it: its value, and its place, 0 where it is of no use there.
local function taken(t, x)
  if not is(x) or x.tape ~= t.id then return x, 0 end
  local place = x.place
  return t:value(place), place
end

--- The operation of a rule for three operands, of which the last two may be nil, and up to two
--- settings. What its `back` wants besides is kept beside the result: forward(a, b, c, d, e) -> y,
--- kept, and into(y, kept, a, b, c, d, e), which writes to both or gives nil.
---@param rule table
---@return function
function recording.three(rule)
  local forward = rule.forward
  local function operation(a, b, c, d, e)
    local t = inner_of(inner_of(inner_of(nil, a), b), c)
    if not t then
      local plain = forward(a, b, c, d, e)
      return plain
    end
    local pa, pb, pc
    a, pa = taken(t, a)
    b, pb = taken(t, b)
    c, pc = taken(t, c)
    if is(a) or is(b) or is(c) then
      local y = t:record(rule, operation(a, b, c, d, e), pa, pb, a, b, c, d, e)
      t.records[y.place].pc = pc
      return y
    end
    local into, room = rule.into, room_of(t, rule)
    local kept = room and t.records[t.count + 1].kept
    local y = room and into and into(room, kept, a, b, c, d, e)
    if not y then y, kept = forward(a, b, c, d, e) end
    y = t:record(rule, y, pa, pb, a, b, c, d, e)
    local r = t.records[y.place]
    r.pc, r.kept, r.room = pc, kept, r.value
    return y
  end
  return operation
end

--- The operation of a rule for a list of operands and up to two settings: forward(list, b, c), and
--- gradients(g, y, list, places, b, c) -> a list, which may lack those whose places[i] is 0. A rule
--- that is_foreign hands them to functions that may keep them.
---@param rule table
---@return fun(list: table, b: any, c: any): tensor
function recording.many(rule)
  local function operation(list, b, c)
    local t
    for i = 1, list.n or #list do
      local u = is(list[i]) and tape_of(list[i])
      if u and (not t or u.level > t.level) then t = u end
    end
    if not t then return rule.forward(list, b, c) end
    local values, places = { n = list.n or #list }, {}
    for i = 1, values.n do
      local x = list[i]
      local is_here = is(x) and tape_of(x) == t
      values[i], places[i] = x, is_here and x.place or 0
      if is_here then values[i] = t:value(places[i]) end
    end
    if rule.is_foreign then t:lend() end
    local y = t:record(rule, operation(values, b, c), 0, 0, false, b, c, false, false)
    local r = t.records[y.place]
    r.list, r.places = values, places
    return y
  end
  return operation
end

return recording
