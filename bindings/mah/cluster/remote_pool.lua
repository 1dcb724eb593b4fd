--- The workers of all other ranks, as the first one sees them: a mah.sweep.pool whose slots lie
--- elsewhere. What a worker says comes as a message of its rank.
---
---     local pool = RemotePool.new(envoy, 1, { {rank = 1, slot = 1}, {rank = 2, slot = 1} })
---     pool:start(2, { trial })
---     for _, event in ipairs(pool:wait(0.5)) do ... end
local C = require "mah.base.library"
local check = require "mah.base.check"
local messages = require "mah.cluster.messages"
local progress = require "mah.base.progress"

local RemotePool = {}
RemotePool.__index = RemotePool

local OF_THE_TIME = 0.7 -- to save in, which the workers have: the rest is for the way
local PATIENCE = 3 -- seconds until a signal that one rank tells of has come to the first one, too

---@param envoy table
---@param study integer   the number of this run, which all its messages carry
---@param places {rank: integer, slot: integer}[]   of each slot
function RemotePool.new(envoy, study, places)
  return setmetatable({ envoy = envoy, study = study, places = places, slots = {}, turns = {},
    turn = 0, count = 0 }, RemotePool)
end

local function send(pool, rank, message)
  message.study = pool.study
  pool.envoy:send(rank, messages.encode(message))
end

--- To the rank of a worker.
local function tell(pool, slot, message)
  local worker = pool.slots[slot]
  if not worker then return end -- it ended by itself
  message.turn = worker.turn
  send(pool, pool.places[slot].rank, message)
end

--- Starts jobs in a free slot.
---@param slot integer
---@param jobs table[]
function RemotePool:start(slot, jobs)
  self.turn, self.count = self.turn + 1, self.count + #jobs
  local worker, plain = { turn = self.turn, slot = slot, trials = {} }, {}
  for i, job in ipairs(jobs) do worker.trials[i], plain[i] = { job = job }, messages.job(job) end
  self.slots[slot], self.turns[self.turn] = worker, worker
  tell(self, slot, { op = "start", slot = self.places[slot].slot, jobs = plain })
end

--- Ends a trial; its outcome, when it had not ended before, is the one given.
function RemotePool:stop_trial(slot, job, outcome)
  for k, trial in ipairs(self.slots[slot] and self.slots[slot].trials or {}) do
    if trial.job == job then
      tell(self, slot, { op = "stop_trial", trial = k, outcome = outcome })
    end
  end
end

--- Answers to a trial's report: it goes on, or saves where it stands and ends.
function RemotePool:answer(slot, suspends)
  tell(self, slot, { op = "answer", suspends = suspends or nil })
end

--- Has all workers killed; what they say from now on is not heard. Returns the jobs that had not
--- ended.
---@return table[] jobs
function RemotePool:stop()
  local jobs = {}
  for rank = 1, self.envoy.is.size - 1 do send(self, rank, { op = "stop" }) end
  for _, worker in pairs(self.slots) do
    for _, trial in ipairs(worker.trials) do
      if not trial.is_over then jobs[#jobs + 1] = trial.job end
    end
  end
  self.slots, self.turns, self.count = {}, {}, 0
  return jobs
end

--- Asks all workers to save where their trials stand, and to end. mah.sweep.pool tells the rest.
---@param seconds number
---@return table[] events
---@return table[] jobs
function RemotePool:checkpoint(seconds)
  local events, jobs, deadline = {}, {}, progress.now() + seconds
  self.saving = self.envoy.is.size - 1
  for rank = 1, self.saving do
    send(self, rank, { op = "checkpoint", seconds = OF_THE_TIME * seconds })
  end
  while self.saving > 0 and progress.now() < deadline and C.mah_interrupt_requested() == 0 do
    for _, event in ipairs(self:wait(deadline - progress.now())) do
      local is_paused = event.outcome and event.outcome.status == "paused"
      table.insert(is_paused and jobs or events, is_paused and event.job or event)
    end
  end
  for _, job in ipairs(self:stop()) do jobs[#jobs + 1] = job end
  return events, jobs
end

-- -- Messages -------------------------------------------------------------------------------------

--- An event, as a pool has it, of what a rank told about one of a worker's trials.
local function event_of(pool, worker, told)
  local trial = worker.trials[told.trial]
  if told.report then
    local report = messages.read_report(told.report)
    report.is_old = told.is_old
    return { slot = worker.slot, job = trial.job, report = report }
  end
  trial.is_over, pool.count = true, pool.count - 1
  return { slot = worker.slot, job = trial.job, outcome = told.outcome }
end

local take = {}

function take.events(pool, message, events)
  for _, told in ipairs(message.events) do
    local worker = pool.turns[told.turn]
    if worker then events[#events + 1] = event_of(pool, worker, told) end
  end
  for _, turn in ipairs(message.free) do
    local worker = pool.turns[turn]
    if worker then pool.turns[turn], pool.slots[worker.slot] = nil, nil end
  end
end

function take.saved(pool) pool.saving = pool.saving - 1 end

--- It came to one rank alone, unless it ends the first one, too.
function take.signal(pool, message, _, rank)
  pool.alarm = pool.alarm or { rank = rank, signal = message.signal, at = progress.now() }
end

function take.broken(_, message, _, rank) check.raise("rank %d: %s", rank, message.error) end

function take.gone(_, _, _, rank)
  check.raise("rank %d has ended its script while this study runs", rank)
end

--- What happens within so many seconds, at the latest when something does. A signal ends it, too.
---@param seconds number
---@return table[] events
function RemotePool:wait(seconds)
  local events, alarm = {}, self.alarm
  if alarm then
    local left = alarm.at + PATIENCE - progress.now()
    check.that(left > 0, "rank %d: signal %d has ended its part", alarm.rank, alarm.signal)
    seconds = math.min(seconds, left)
  end
  if not self.envoy:wait(seconds) or C.mah_interrupt_requested() ~= 0 then return events end
  for rank, text in self.envoy:messages() do
    local message = messages.decode(text)
    if message.op == "gone" or message.study == self.study then
      take[message.op](self, message, events, rank)
    end
  end
  return events
end

return RemotePool
