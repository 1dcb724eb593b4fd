--- Checkpoints: a training that is killed goes on, bit for bit, when the same program runs again.
---
---     local session = Session.new { seconds = 60, path = function(n) ... end }
---     local before = checkpoint.use(session)      -- trainings from here on are the session's
---     checkpoint.guard(trainer, run)              -- what Trainer:run does
---
--- Whoever runs again makes the same calls as before. The n-th training of a session has the n-th
--- file; it is taken where it is of a training that began as this one does (identity.lua): one that
--- had ended is put back as it ended, another one goes on from where it stood, perhaps in the
--- middle of an epoch. A training inside of another one's callback is a part of that one.
local C = require "mah.base.library"
local identity = require "mah.learn.checkpoint.identity"
local progress = require "mah.base.progress"
local session_of = require "mah.learn.checkpoint.session"
local standing = require "mah.learn.checkpoint.standing"

local checkpoint = {}

local Guard = {}
Guard.__index = Guard

local current -- the session of the program, or of the trial whose turn it is

--- Makes a session the one that trainings belong to from now on.
---@param session table|nil
---@return table|nil before
function checkpoint.use(session)
  local before = current
  current = session
  return before
end

--- The session of the training at hand, or nil.
---@return table|nil
function checkpoint.session() return current end

--- n trainings are to be made side by side. Returns what is called with the number of the one whose
--- turn it is, and what is called after its turn.
---@param n integer
---@return fun(i: integer) enter, fun() leave
function checkpoint.side_by_side(n)
  local outside = current
  if not outside or outside.is_busy then return function() end, function() end end
  local sessions = outside:branch(n)
  return function(i) current = sessions and sessions[i] end, function() current = outside end
end

-- -- A training that is guarded -------------------------------------------------------------------

--- When the core should come back to us, in seconds of progress.now().
---@return number
function Guard:deadline() return self.session.due end

--- Saves, if it is time to, and ends here, if somebody wants that.
---@param s table|nil   the state of the epoch, within one
local function look(guard, s)
  local session, ranks = guard.session, guard.trainer.ranks
  local paused = session.is_suspended or C.mah_pause_requested() ~= 0
  local due = progress.now() >= session.due
  if ranks then paused, due = ranks:any(paused), ranks:any(due) end
  if paused and session:is_ready_to_pause() then return session:pause() end
  if not paused and not due then return end
  session:save(guard.number, guard.identity, function()
    return standing.of(guard.trainer, guard.remembered, session, s)
  end)
  if paused then session:pause() end
end

--- Between two steps of an epoch.
function Guard:between_steps(s) look(self, s) end

--- Between two epochs.
function Guard:after_epoch() look(self, nil) end

--- The training is over.
local function finish(guard, reason)
  local session = guard.session
  session:finish(guard.number, guard.identity, progress.now() - guard.started, function()
    local state = standing.of(guard.trainer, guard.remembered, session, nil)
    state.ended, state.reason = true, reason
    return state
  end)
end

--- Takes up what an earlier process left. Returns its state where the training had ended.
local function take_up(guard)
  local state = guard.session:load(guard.number, guard.identity)
  if not state then return nil end
  local problem = standing.take(guard.trainer, guard.remembered, guard.session, state)
  if problem then guard.session:complain("is ignored: %s", guard.number, problem) end
  return not problem and state.ended and state or nil
end

local function run(guard, action)
  local ended, trainer = take_up(guard), guard.trainer
  if trainer.ranks then
    trainer.ranks:agree(ended and -1 or trainer.epoch + tonumber(trainer.batch.first) / 2 ^ 31,
      "the checkpoint's epoch (each rank reads its file)")
  end
  if ended then return ended.reason end
  if not trainer.within then look(guard, nil) end -- else between two of the epoch's steps
  local reason = action(guard.trainer)
  finish(guard, reason)
  return reason
end

--- Calls action(trainer), guarded where there is a session to belong to. Returns what it returns:
--- why the training ended.
---@param trainer table
---@param action fun(trainer: table): table|nil
function checkpoint.guard(trainer, action)
  local session = trainer.settings.checkpoint or current
  if not session or session.is_busy then return action(trainer) end
  session.only_reads = trainer.ranks and trainer.ranks.rank > 0 -- the file is rank 0's
  local guard = setmetatable({ trainer = trainer, session = session,
    number = session:enter(), identity = identity.of(trainer),
    remembered = standing.remember(trainer, session), started = progress.now() }, Guard)
  trainer.guard = guard
  local ok, reason = pcall(run, guard, action)
  trainer.guard = nil
  session:leave()
  if not ok then error(reason, 0) end
  return reason
end

checkpoint.new, checkpoint.may_have = session_of.new, session_of.may_have

return checkpoint
