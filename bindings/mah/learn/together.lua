--- Trainings side by side, each as a coroutine. Where one comes to an epoch that the core can make
--- in one call, it waits until all others wait, too, or have ended; then one call makes all these
--- epochs, shared out among the threads, and they go on. So each has the bits that it has alone.
---
---     local members = together.run({ function() return first:run() end, ... }, {})
---     -- in order: {ok = true, value = what it returned}, or {ok = false, value = the error}
local C = require "mah.base.library"
local ffi = require "ffi"
local progress = require "mah.base.progress"
local threads = require "mah.base.threads"

local together = {}

local running -- the member whose coroutine has its turn; nil outside

-- What a member yields: to wait for the others; with its training; with why it leaves.
local WAIT, STEP, LEAVE = {}, {}, {}

-- -- What trainings see ---------------------------------------------------------------------------

--- The member that can wait here. In a coroutine of the user's own, or where C stands between,
--- there is none.
local function here()
  local member = running
  return member and coroutine.running() == member.coroutine and coroutine.isyieldable() and member
end

--- Makes the steps of an epoch, with those of others where it is a member's.
---@param prepare function   (trainer) -> mah_training. It is called when the others have come as
---  far, for these may change the network or its solver before.
---@return integer status, string|nil message
function together.step(prepare, trainer)
  if not here() then return C.mah_training_run(prepare(trainer)) end
  coroutine.yield(WAIT)
  return coroutine.yield(STEP, prepare(trainer))
end

--- Ends the member whose turn it is, for a reason that is none of its own. Returns where that
--- cannot be.
---@param why string   member.left
function together.leave(why)
  if here() then coroutine.yield(LEAVE, why) end
end

--- Seconds on a clock that stands still while the others have their turns.
---@return number
function together.now()
  if not running then return progress.now() end
  return running.seconds + progress.now() - running.since
end

--- Were epochs of the member whose turn it is made with those of others?
---@return boolean
function together.has_company() return running ~= nil and running.together end

-- -- One member -----------------------------------------------------------------------------------

--- Calls f apart from the caller's stack: errors come without a place, which the caller adds.
---@return boolean ok, any value
function together.apart(f, a, b, c) return coroutine.resume(coroutine.create(f), a, b, c) end

local function finish(group, member, ok, value)
  member.ok, member.value, member.is_over, member.waits = ok, value, true, false
  if group.o.on_end then group.o.on_end(member) end
end

local function leave(group, member, why)
  member.left = why
  finish(group, member, false, "it left: " .. why)
end

--- Lets a member go on until it waits or ends. The number of threads that it chose is its own.
local function resume(group, member, status, message)
  local outside, usual, o = running, threads(), group.o
  if member.threads then threads(member.threads) end
  if o.enter then o.enter(member) end
  running, member.since, member.waits = member, progress.now(), false
  local ok, what, detail = coroutine.resume(member.coroutine, status, message)
  running, member.seconds = outside, member.seconds + progress.now() - member.since
  if o.leave then o.leave(member) end
  member.threads = threads() ~= usual and threads() or nil
  if member.threads then threads(usual) end
  if coroutine.status(member.coroutine) == "dead" then
    finish(group, member, ok, what)
  elseif what == WAIT or what == STEP then
    member.waits, member.training = true, detail
  elseif what == LEAVE then
    leave(group, member, detail)
  else
    finish(group, member, false, "attempt to yield outside of a coroutine")
  end
end

-- -- The group ------------------------------------------------------------------------------------

local function new_group(functions, o)
  local n = #functions
  local group = { members = {}, o = o, ends = ffi.new("mah_training_end[?]", n),
    trainings = ffi.new("mah_training *[?]", n) }
  for i, f in ipairs(functions) do
    group.members[i] = { number = i, coroutine = coroutine.create(f), seconds = 0,
      together = false }
  end
  return group
end

local function those_that_wait(group)
  local list = {}
  for _, member in ipairs(group.members) do
    if member.waits then list[#list + 1] = member end
  end
  return list
end

local function address(pointer) return tonumber(ffi.cast("intptr_t", pointer)) end

--- Members that train the same network, the same parameters, or by the same solver, are none that
--- could go alone: they leave.
local function part_those_that_clash(group, waiting)
  local owner, clashing = {}, {}
  for _, member in ipairs(waiting) do
    local training = member.training
    for _, pointer in ipairs { training.net, training.w.data, training.rule.first } do
      pointer = address(pointer)
      local other = owner[pointer]
      if other then clashing[other], clashing[member] = true, true end
      owner[pointer] = member
    end
  end
  for member in pairs(clashing) do leave(group, member, "clash") end
  return next(clashing) and those_that_wait(group) or waiting
end

--- Makes the steps of all that wait, each of which takes its part of the time, and lets them go on.
local function step_all(group, waiting)
  local ends, start = group.ends, progress.now()
  for i, member in ipairs(waiting) do group.trainings[i - 1] = member.training end
  C.mah_trainings_run(ends, group.trainings, #waiting)
  local share = (progress.now() - start) / #waiting
  for _, member in ipairs(waiting) do
    member.seconds, member.together = member.seconds + share, member.together or #waiting > 1
  end
  for i, member in ipairs(waiting) do
    if member.seconds > (group.o.seconds or math.huge) then
      leave(group, member, "timeout")
    else
      resume(group, member, ends[i - 1].status, ffi.string(ends[i - 1].message))
    end
  end
end

--- Runs the functions side by side until all have ended.
---   enter, leave   functions (member), called before and after each turn
---   on_end         function (member), called when one has ended; an error there ends all
---   seconds        that each may take; then it leaves
---@param functions function[]
---@param o {enter: function?, leave: function?, on_end: function?, seconds: number?}
---@return {number: integer, ok: boolean, value: any, seconds: number, together: boolean,
---  left: string?}[]   seconds: its share of the time; together: were some of its epochs made with
---  those of others?; left: why it left, "clash" where another one had the same network or solver
function together.run(functions, o)
  local group = new_group(functions, o)
  for _, member in ipairs(group.members) do resume(group, member) end
  local waiting = those_that_wait(group)
  while #waiting > 0 do
    for _, member in ipairs(waiting) do resume(group, member) end -- now each has its training
    waiting = part_those_that_clash(group, those_that_wait(group))
    if #waiting > 0 then step_all(group, waiting) end
    waiting = those_that_wait(group)
  end
  return group.members
end

return together
