--- The workers of a run: starts one per trial, or for some of them, hears what they say, and sees
--- how they end.
---
---     local pool = Pool.new{trial = f, timeout = 60, threads = 1, waits = false}
---     pool:start(1, { job })                  -- in slot 1
---     for _, event in ipairs(pool:wait(0.5)) do ... end
---     -- {slot =, job =, report = {epoch, value}}, or {slot =, job =, outcome = {status =, ...}};
---     -- outcome.status = "alone": the job has to be started again, without others; "paused": it
---     -- has saved where it stands, and goes on when it is started again
---
--- A worker is over when it has said its last word or the process has ended: what a trial leaves
--- behind may hold the channel open for as long as it likes.
local C = require "mah.base.library"
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local child = require "mah.sweep.child"
local ffi = require "ffi"
local progress = require "mah.base.progress"

local Pool = {}
Pool.__index = Pool

local SIZE = 65536
local MOST_READS = 1000 -- of what an ended worker had said: others may go on talking

---@param o {trial: function, timeout: number|nil, memory: number|nil, threads: integer,
---  waits: boolean, checkpoint: {seconds: number, folder: string}|nil}   memory in MiB
function Pool.new(o)
  return setmetatable({ o = o, slots = {}, count = 0, buffer = ffi.new("char[?]", SIZE),
    got = ffi.new "int64_t[1]", ended = ffi.new "mah_worker_end" }, Pool)
end

-- -- Starting and stopping ------------------------------------------------------------------------

--- Starts jobs, {text =, seed =, identity =} each, in a free slot.
---@param slot integer
---@param jobs table[]
function Pool:start(slot, jobs)
  local worker, n = ffi.new "mah_worker", #jobs
  check.status(C.mah_worker_start(worker, (self.o.memory or 0) * n * 2 ^ 20, self.o.threads))
  if worker.pid == 0 then
    for _, other in pairs(self.slots) do C.mah_worker_close(other.channel) end
    child.run(worker.channel, self.o, jobs)
  end
  local now, trials = progress.now(), {}
  for i, job in ipairs(jobs) do trials[i] = { job = job, warnings = {} } end
  self.slots[slot] = {
    pid = worker.pid, channel = worker.channel, trials = trials, left = n, started = now, rest = {},
    deadline = self.o.timeout and now + self.o.timeout * n or math.huge,
  }
  self.count = self.count + n
end

--- Ends a trial; its outcome, when it had not ended before, is the one given. A worker that has
--- others is told so.
function Pool:stop_trial(slot, job, outcome)
  local worker = self.slots[slot]
  if not worker then return end -- it ended by itself
  for _, trial in ipairs(worker.trials) do
    if trial.job == job then trial.outcome = trial.outcome or outcome end
  end
  if #worker.trials > 1 then
    check.status(C.mah_worker_send(worker.channel, "p", 1))
  else
    worker.is_killed = true
    C.mah_worker_kill(worker.pid)
  end
end

--- Kills all workers and waits until they are gone. Returns the jobs that had not ended.
---@return table[] jobs
function Pool:stop()
  local jobs = {}
  for slot, worker in pairs(self.slots) do
    C.mah_worker_kill(worker.pid)
    C.mah_worker_wait(self.ended, worker.pid)
    C.mah_worker_close(worker.channel)
    for _, trial in ipairs(worker.trials) do
      if not trial.is_over then jobs[#jobs + 1] = trial.job end
    end
    self.slots[slot] = nil
  end
  self.count = 0
  return jobs
end

--- Answers to a trial's report: it goes on, or (`suspends`) saves where it stands and ends; the
--- event of that has the outcome.status "paused". The time for which it waited is none of its own.
function Pool:answer(slot, suspends)
  local worker = self.slots[slot]
  if not worker then return end
  if worker.asked then worker.deadline = worker.deadline + progress.now() - worker.asked end
  worker.asked = nil
  check.status(C.mah_worker_send(worker.channel, suspends and "s" or "c", 1))
end

--- Asks all workers to save where their trials stand, and to end; those that have not after so many
--- seconds, or when a signal comes, are killed. (Where there are no checkpoints, and outside of a
--- training, nothing is saved, and they end at once.) Those that wait for an answer get one, that
--- they may go on.
---@param seconds number
---@return table[] events   what happened until then, as from wait
---@return table[] jobs     that had not ended: the same job goes on when it is started again
function Pool:checkpoint(seconds)
  local deadline, events, jobs = progress.now() + seconds, {}, {}
  self.is_pausing = true
  for slot, worker in pairs(self.slots) do
    C.mah_worker_pause(worker.pid)
    if worker.asked then self:answer(slot) end
  end
  while self.count > 0 and progress.now() < deadline and C.mah_interrupt_requested() == 0 do
    for _, event in ipairs(self:wait(deadline - progress.now())) do
      if event.report and self.o.waits and not event.report.is_old then self:answer(event.slot) end
      local is_paused = event.outcome and event.outcome.status == "paused"
      table.insert(is_paused and jobs or events, is_paused and event.job or event)
    end
  end
  for _, job in ipairs(self:stop()) do jobs[#jobs + 1] = job end
  self.is_pausing = false
  return events, jobs
end

-- -- How it ended ---------------------------------------------------------------------------------

local signals = {
  [4] = "SIGILL, an illegal instruction", [6] = "SIGABRT, abort", [7] = "SIGBUS, a bus error",
  [8] = "SIGFPE, an arithmetic error", [9] = "SIGKILL, perhaps by the system for lack of memory",
  [11] = "SIGSEGV, a segmentation fault", [15] = "SIGTERM",
  [24] = "SIGXCPU, the limit of processor time",
}

--- The outcome of a worker that left without a last message.
local function crash(ended)
  local text
  if ended.signal ~= 0 then
    text = ("the worker was killed by signal %d (%s)"):format(ended.signal,
      signals[ended.signal] or "unknown")
  else
    text = ("the worker ended with exit status %d before the trial returned"):format(ended.code)
  end
  return { status = "failed", reason = "crash", error = text, signal = tonumber(ended.signal) }
end

--- The event of a trial's end.
local function conclude(pool, slot, trial)
  local worker, outcome = pool.slots[slot], trial.outcome
  trial.is_over, pool.count = true, pool.count - 1
  outcome.seconds = outcome.seconds or progress.now() - worker.started
  outcome.together = trial.together
  if trial.warnings[1] then outcome.warnings = trial.warnings end
  return { slot = slot, job = trial.job, outcome = outcome }
end

--- The worker is over: its trials that said no last word crashed, or, where there were others that
--- may have been why, are to run alone. Of processor time and memory only a process knows.
local function finish(pool, slot, events)
  local worker, ended = pool.slots[slot], pool.ended
  C.mah_worker_kill(worker.pid) -- what the trial started and left behind
  check.status(C.mah_worker_wait(ended, worker.pid))
  C.mah_worker_close(worker.channel)
  for _, trial in ipairs(worker.trials) do
    if not trial.is_over then
      local is_one = #worker.trials == 1
      trial.outcome = trial.outcome or (pool.is_pausing and { status = "paused" })
        or (is_one and crash(ended) or { status = "alone" })
      if is_one then
        trial.outcome.cpu_seconds = ended.cpu_seconds
        trial.outcome.peak_memory = tonumber(ended.peak_memory)
      end
      events[#events + 1] = conclude(pool, slot, trial)
    end
  end
  pool.slots[slot] = nil
end

-- -- Messages -------------------------------------------------------------------------------------

local read = {}

function read.R(_, text)
  local epoch, value = text:match "^(%S+) (%S+)$"
  return { tonumber(epoch), tonumber(value) or 0 / 0 }
end

--- Nobody waits for an answer to it.
function read.O(_, text)
  local report = read.R(nil, text)
  report.is_old = true
  return report
end

function read.W(trial, text) table.insert(trial.warnings, canonical.decode(text)) end

function read.T(trial) trial.together = true end

function read.P() end

function read.Z(trial) trial.outcome = trial.outcome or { status = "paused" } end

function read.A(trial) trial.outcome = trial.outcome or { status = "alone" } end

function read.D(trial, text)
  local seconds, result = text:match "^(%S+) (.*)$"
  trial.outcome = trial.outcome
    or { status = "done", seconds = tonumber(seconds), result = result }
end

function read.F(trial, text)
  local seconds, reason, story = text:match "^(%S+) (%S+) (.*)$"
  trial.outcome = trial.outcome or {
    status = "failed", seconds = tonumber(seconds), reason = reason,
    error = canonical.decode(story),
  }
end

local last_words = { A = true, D = true, F = true, P = true, Z = true }

--- Takes a message. The trials of a worker with others are over with their last word.
local function read_line(pool, slot, line, events)
  local worker = pool.slots[slot]
  local number, letter, text = line:match "^(%d+) (%a) ?(.*)$"
  local trial = worker.trials[tonumber(number)]
  if trial.is_over then return end
  local report = read[letter](trial, text)
  if report then
    events[#events + 1] = { slot = slot, job = trial.job, report = report }
    if pool.o.waits and not report.is_old then worker.asked = progress.now() end
  end
  if not last_words[letter] then return end
  worker.left = worker.left - 1
  if #worker.trials > 1 then events[#events + 1] = conclude(pool, slot, trial) end
end

--- Takes bytes of a worker's messages; whole lines become events.
local function read_lines(pool, slot, bytes, events)
  local worker, from = pool.slots[slot], 1
  local stop = bytes:find("\n", 1, true)
  while stop do
    worker.rest[#worker.rest + 1] = bytes:sub(from, stop - 1)
    local line = table.concat(worker.rest)
    worker.rest = {}
    read_line(pool, slot, line, events)
    from, stop = stop + 1, bytes:find("\n", stop + 1, true)
  end
  if from <= #bytes then worker.rest[#worker.rest + 1] = bytes:sub(from) end
end

--- Takes what there is to read; false at the end of the channel.
local function receive(pool, slot, events)
  local worker = pool.slots[slot]
  check.status(C.mah_worker_receive(pool.got, worker.channel, pool.buffer, SIZE))
  local count = tonumber(pool.got[0])
  if count > 0 then read_lines(pool, slot, ffi.string(pool.buffer, count), events) end
  return count > 0
end

--- Takes what an ended worker had said before.
local function drain(pool, slot, events)
  local channel, ready = ffi.new("int32_t[1]", pool.slots[slot].channel), ffi.new "uint8_t[1]"
  for _ = 1, MOST_READS do
    check.status(C.mah_worker_poll(ready, channel, 1, 0))
    if ready[0] == 0 or not receive(pool, slot, events) then return end
  end
end

--- Is the worker over? What it said is read before.
local function is_over(pool, slot, is_ready, events)
  local worker = pool.slots[slot]
  if is_ready and not receive(pool, slot, events) or worker.left == 0 then return true end
  if not worker.is_killed and C.mah_worker_has_ended(worker.pid) == 0 then return false end
  drain(pool, slot, events)
  return true
end

-- -- Waiting --------------------------------------------------------------------------------------

--- Kills workers that are late. Which one of several trials it was shows when each runs alone.
local function stop_late_ones(pool)
  local now = progress.now()
  for _, worker in pairs(pool.slots) do
    if now >= worker.deadline and not worker.asked then
      worker.deadline, worker.is_killed = math.huge, true
      local trial = worker.trials[1]
      if #worker.trials == 1 then
        trial.outcome = trial.outcome or { status = "failed", reason = "timeout",
          error = ("it took longer than the timeout of %g s"):format(pool.o.timeout) }
      end
      C.mah_worker_kill(worker.pid)
    end
  end
end

local function next_deadline(pool, seconds)
  local now = progress.now()
  for _, worker in pairs(pool.slots) do
    seconds = worker.is_killed and 0 or math.min(seconds, math.max(0, worker.deadline - now))
  end
  return seconds
end

--- What happens within so many seconds, at the latest when something does. A signal ends it, too,
--- and so does something to read in one more channel.
---@param seconds number
---@param channel integer|nil
---@return table[] events
function Pool:wait(seconds, channel)
  local slots, events = {}, {}
  for slot in pairs(self.slots) do slots[#slots + 1] = slot end
  table.sort(slots)
  local channels, ready = ffi.new("int32_t[?]", #slots + 1), ffi.new("uint8_t[?]", #slots + 1)
  for i, slot in ipairs(slots) do channels[i - 1] = self.slots[slot].channel end
  channels[#slots] = channel or 0
  local count = #slots + (channel and 1 or 0)
  check.status(C.mah_worker_poll(ready, channels, count, next_deadline(self, seconds)))
  if C.mah_interrupt_requested() ~= 0 then return events end
  for i, slot in ipairs(slots) do
    if is_over(self, slot, ready[i - 1] ~= 0, events) then finish(self, slot, events) end
  end
  stop_late_ones(self)
  return events
end

return Pool
