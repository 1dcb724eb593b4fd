--- What a rank does that is not the first: it runs trials for it, in workers that are forked from
--- the script's process, and tells it what becomes of them, until the study is over.
---
---     local over = server.serve(envoy, 1, pool)     -- what the first rank says at the end
local C = require "mah.base.library"
local check = require "mah.base.check"
local messages = require "mah.cluster.messages"

local server = {}

local function send(it, message)
  message.study = it.number
  it.envoy:send(0, messages.encode(message))
end

-- -- To the first rank ----------------------------------------------------------------------------

local function told_of(it, event)
  local worker = it.workers[event.slot]
  local told = { turn = worker.turn, trial = worker.places[event.job] }
  if event.report then
    told.report, told.is_old = messages.report(event.report), event.report.is_old
  else
    told.outcome = event.outcome
  end
  return told
end

--- Tells what happened, and which workers are free now.
local function tell(it, events)
  local list, free = {}, {}
  for i, event in ipairs(events) do list[i] = told_of(it, event) end
  for slot, worker in pairs(it.workers) do
    if not it.pool.slots[slot] then
      free[#free + 1] = worker.turn
      it.workers[slot], it.turns[worker.turn] = nil, nil
    end
  end
  if #list > 0 or #free > 0 then send(it, { op = "events", events = list, free = free }) end
end

-- -- From it --------------------------------------------------------------------------------------

local obey = {}

local function slot_of(it, job)
  for slot, worker in pairs(it.workers) do
    if worker.places[job] then return slot end
  end
end

function obey.start(it, message)
  local worker = { turn = message.turn, slot = message.slot, jobs = message.jobs, places = {} }
  for k, job in ipairs(worker.jobs) do worker.places[job] = k end
  it.workers[worker.slot], it.turns[worker.turn] = worker, worker
  it.pool:start(worker.slot, worker.jobs)
end

function obey.stop_trial(it, message)
  local worker = it.turns[message.turn]
  if worker then
    it.pool:stop_trial(worker.slot, worker.jobs[message.trial], message.outcome)
  end
end

function obey.answer(it, message)
  local worker = it.turns[message.turn]
  if worker then it.pool:answer(worker.slot, message.suspends) end
end

function obey.checkpoint(it, message)
  C.mah_interrupt_heard() -- the signal that it follows from has come here, too, or is on its way
  local events, jobs = it.pool:checkpoint(message.seconds)
  for _, job in ipairs(jobs) do
    events[#events + 1] = { slot = slot_of(it, job), job = job, outcome = { status = "paused" } }
  end
  tell(it, events)
  send(it, { op = "saved" })
end

function obey.stop(it)
  it.pool:stop()
  it.workers, it.turns = {}, {}
end

function obey.finish(it, message) it.over = message end

local function read_messages(it)
  for _, text in it.envoy:messages() do
    local message = messages.decode(text)
    check.that(message.op ~= "gone", "the first rank has ended its script, and this one is at a "
      .. "study: all ranks must run the same one")
    if message.study == it.number then obey[message.op](it, message) end
    if it.over then return end
  end
end

-- -- All of it ------------------------------------------------------------------------------------

--- A signal comes to all ranks, as a rule: what is to become of the trials the first one says.
local function note_signal(it)
  if it.signal or C.mah_interrupt_requested() == 0 then return end
  it.signal = C.mah_interrupt_signal()
  send(it, { op = "signal", signal = it.signal })
  check.status(C.mah_interrupt_watch(1))
end

local function loop(it)
  while not it.over do
    tell(it, it.pool:wait(5, it.envoy.channel))
    note_signal(it)
    read_messages(it)
  end
end

--- Serves until the study is over. An error here ends it for all.
---@param envoy table
---@param number integer   of this run
---@param pool table       a mah.sweep.pool
---@return table over      the first rank's last message
function server.serve(envoy, number, pool)
  local it = { envoy = envoy, number = number, pool = pool, workers = {}, turns = {} }
  local ok, problem = pcall(loop, it)
  pool:stop()
  if ok then return it.over end
  send(it, { op = "broken", error = tostring(problem) })
  error(problem, 0)
end

return server
