--- Trainings side by side, each as a coroutine. Where one comes to an epoch that the core can make
--- in one call, it waits until all others wait, too, or have ended; then one call makes all these
--- epochs, shared out among the threads, and they go on. So each has the bits that it has alone.
---
---     local members = together.run{ function() return first:run() end, ... }
---     -- in order: {ok = true, value = what it returned}, or {ok = false, value = the error}
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
local progress = require "mah.base.progress"
local threads = require "mah.base.threads"

local together = {}

local running -- the member whose coroutine has its turn; nil outside

local STEP = {} -- what a member yields, with its training

-- -- What trainings see ---------------------------------------------------------------------------

--- Makes the steps of an epoch, with those of others where it is a member's. In a coroutine of the
--- user's own, or where C stands between, it is on its own.
---@param training ffi.cdata*   mah_training
---@return integer status, string|nil message
function together.step(training)
  local member = running
  if not member or coroutine.running() ~= member.coroutine or not coroutine.isyieldable() then
    return C.mah_training_run(training)
  end
  return coroutine.yield(STEP, training)
end

--- Seconds on a clock that stands still while the others have their turns.
---@return number
function together.now()
  if not running then return progress.now() end
  return running.seconds + progress.now() - running.since
end

-- -- One member -----------------------------------------------------------------------------------

--- Calls f apart from the caller's stack: errors come without a place, which the caller adds.
---@return boolean ok, any value
function together.apart(f, ...) return coroutine.resume(coroutine.create(f), ...) end

local function finish(member, ok, value)
  member.ok, member.value, member.is_over, member.training = ok, value, true, nil
end

--- Lets a member go on until it waits or ends. The number of threads that it chose is its own.
local function resume(member, ...)
  local outside, usual = running, threads()
  if member.threads then threads(member.threads) end
  running, member.since = member, progress.now()
  local ok, what, training = coroutine.resume(member.coroutine, ...)
  running, member.seconds = outside, member.seconds + progress.now() - member.since
  member.threads = threads() ~= usual and threads() or nil
  if member.threads then threads(usual) end
  if coroutine.status(member.coroutine) == "dead" then
    finish(member, ok, what)
  elseif what == STEP then
    member.training = training
  else
    finish(member, false, "attempt to yield outside of a coroutine")
  end
end

-- -- The group ------------------------------------------------------------------------------------

local function new_group(functions)
  local n = #functions
  local group = { members = {}, ends = ffi.new("mah_training_end[?]", n),
    trainings = ffi.new("mah_training *[?]", n) }
  for i, f in ipairs(functions) do
    group.members[i] = { coroutine = coroutine.create(f), seconds = 0, together = false }
  end
  return group
end

--- Makes the steps of all that wait, each of which takes its part of the time, and lets them go on.
local function step_all(group, waiting)
  local ends, start = group.ends, progress.now()
  for i, member in ipairs(waiting) do group.trainings[i - 1] = member.training end
  C.mah_trainings_run(ends, group.trainings, #waiting)
  local share = (progress.now() - start) / #waiting
  for i, member in ipairs(waiting) do
    member.seconds, member.together = member.seconds + share, member.together or #waiting > 1
    member.answer = { ends[i - 1].status, ffi.string(ends[i - 1].message) }
  end
  for _, member in ipairs(waiting) do resume(member, unpack(member.answer)) end
end

local function those_that_wait(group)
  local list = {}
  for _, member in ipairs(group.members) do
    if member.training then list[#list + 1] = member end
  end
  return list
end

--- Ctrl-C is for all, whoever was told.
local function check_interruption(group)
  for _, member in ipairs(group.members) do
    if member.is_over and not member.ok and tostring(member.value):find "interrupted$" then
      check.raise "interrupted"
    end
  end
end

--- Runs the functions side by side until all have ended; Ctrl-C ends them all.
---@param functions function[]
---@return {ok: boolean, value: any, seconds: number, together: boolean}[]   seconds: its share of
---  the time; together: were some of its epochs made with those of others?
function together.run(functions)
  local group = new_group(functions)
  for _, member in ipairs(group.members) do resume(member) end
  local waiting = those_that_wait(group)
  while #waiting > 0 do
    step_all(group, waiting)
    check_interruption(group)
    waiting = those_that_wait(group)
  end
  check_interruption(group)
  return group.members
end

return together
