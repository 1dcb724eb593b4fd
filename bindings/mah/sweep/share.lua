--- A run's part in a study that several coordinators share (mah.sweep.claims): which trial it
--- claims next, that it is heard of while its trials run, what the others have found, and when all
--- is done.
---
--- Trials of a search that learns are proposed by every coordinator, each number from the same
--- results and so alike; whoever comes first puts it on the list. Curves are exchanged every second
--- where a rule prunes, else when a trial ends.
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local claims = require "mah.sweep.claims"
local process = require "mah.sweep.process"
local progress = require "mah.base.progress"

local Share = {}
Share.__index = Share

local HEARTBEAT = 60 -- seconds: a server that starts again, or a machine that swaps, takes less
local BEATS = 6 -- in the time after which a coordinator counts as lost: some may come late
local EXCHANGE = 1 -- seconds between exchanges of curves
local SHORTEST, LONGEST = 0.02, 1 -- seconds between looks at others while nothing can start
local GLANCE = 5 -- the same while all workers are busy
local OVERLAP = 10 -- seconds by which a finished trial may show later than its time says
local EVERYTHING = 30 -- seconds between looks at all, whatever the times say, or more ...
local LEISURE = 20 -- ... so many times as long as such a look takes

--- Before the study's trials are read: brings them into the state that this run starts from.
---@param store table
---@param row table      the study's
---@param o table        options of mah.sweep: prune, heartbeat
---@param settings table of the run
function Share.new(store, row, o, settings)
  local now, seconds = progress.now(), o.heartbeat or HEARTBEAT
  check.that(not (o.deterministic and o.prune), "mah.sweep: a rule that judges in the order of "
    .. "numbers (deterministic = true) goes with one coordinator, whose store is a file, and not "
    .. "with '%s', where the trial it waits for may be lost", store.path)
  local share = setmetatable({ store = store, row = row, seconds = seconds,
    owner = process.owner(), mine = {}, first = 1, pause = SHORTEST, next_look = 0, beaten = now,
    every = math.min(seconds / BEATS, o.prune and EXCHANGE or math.huge),
    exchanges = o.prune ~= nil, reconnects = store.db.reconnects }, Share)
  claims.forget(store, row, share.seconds)
  if settings.again then claims.again(store, row) end
  settings.again = false -- from here on a failed trial is one that failed now
  share.begun = claims.now(store)
  share.since, share.next_since, share.marked = share.begun, share.begun, now
  share.next_all = now + EVERYTHING
  return share
end

-- -- Claiming -------------------------------------------------------------------------------------

--- A trial of somebody else's plan, of the same code.
local function stranger(row)
  return { number = row.number, params = canonical.decode(row.params), text = row.params,
    identity = row.identity, seed = row.seed }
end

local function take(share)
  local run = share.run
  local last = run.study.plan.parallel and run.ahead - 1 or run.study.plan.total
  local row = claims.take(share.store, share.row, share.owner, last)
  if not row then return nil end
  local trial = run.by_identity[row.identity] or stranger(row)
  run.by_identity[row.identity] = trial
  trial.owner, trial.status, trial.new_points = share.owner, nil, {}
  trial.before, trial.attempts = row.attempts - 1, row.attempts - 1
  share.mine[row.identity] = trial
  share.first = math.min(share.first, trial.number)
  return trial
end

--- The next trial that nobody else has; nil: for the moment, or for good, there is none.
---@param propose fun(run: table): boolean   puts more on the list; was there more?
function Share:next(propose)
  if self:is_over() then return nil end
  repeat
    local trial = take(self) or propose(self.run) and take(self)
    if trial then
      self.pause = SHORTEST
      return trial
    end
  until progress.now() < self.next_look or not self:look()
end

--- Puts a proposed trial on the list.
---@return {params: table, text: string}|nil   what another coordinator has put there instead
function Share:settle(trial)
  local text = claims.settle(self.store, self.row, trial, self.begun)
  return text and { params = canonical.decode(text), text = text }
end

--- About how many trials wait.
function Share:waiting()
  local run, count = self.run, 0
  for i = self.first, run.study.plan.total do
    local trial = run.trials[i]
    if trial and not trial.same and not trial.status and not self.mine[trial.identity] then
      count = count + 1
    end
  end
  return math.max(1, count - (self.others or 0))
end

--- Has every trial of the plan finished, wherever it ran?
function Share:is_over()
  local run = self.run
  for i = self.first, run.study.plan.total do
    if run.settings.mine(i) then
      local trial = run.trials[i]
      self.first = i
      if not (trial and (trial.same or trial).status) then return false end
    end
  end
  return true
end

-- -- Others ---------------------------------------------------------------------------------------

--- Notes what others have finished; how many.
local function note_finished(share, all)
  local run, news = share.run, 0
  for _, row in ipairs(share.store:finished(share.row, not all and share.since or nil)) do
    local trial = run.by_identity[row.identity]
    run.known[row.identity] = row
    if trial and not trial.status and not share.mine[row.identity] then
      trial.status, trial.result = row.status, row.result
      trial.error, trial.warnings = row.error, row.warnings
      run.skipped, news = run.skipped + 1, news + 1
    end
  end
  return news
end

--- What is neither there nor finished is put on the list again: somebody with another plan, or by
--- hand, has taken it off.
local function add_missing(share)
  local run, missing = share.run, {}
  run.known = share.store:known(share.row)
  for i = 1, run.study.plan.total do
    local trial = run.trials[i]
    if trial and not trial.same and not trial.status and not run.known[trial.identity] then
      missing[#missing + 1] = trial
    end
  end
  share.store:add(share.row, missing, true)
  return #missing
end

--- After the connection was lost, the others get time to be heard of again.
local function patience(share, now)
  if share.store.db.reconnects ~= share.reconnects then
    share.reconnects, share.lenient_until = share.store.db.reconnects, now + share.seconds
  end
  return now < (share.lenient_until or 0) and 1e8 or share.seconds
end

--- The times of the store that finished trials are asked for by.
local function move_marks(share, now)
  if now - share.marked < OVERLAP then return end
  share.since, share.next_since, share.marked = share.next_since, claims.now(share.store), now
end

--- Looks at what the others have done, and takes over what they have left. Is there something new?
---@return boolean
function Share:look()
  local now = progress.now()
  local all = now >= self.next_all
  move_marks(self, now)
  local news = note_finished(self, all)
  if all then self.next_all = now + math.max(EVERYTHING, LEISURE * (progress.now() - now)) end
  local freed, running = claims.free(self.store, self.row, self.owner,
    patience(self, now), self.mine, function(row) return self.run.by_identity[row.identity] end)
  self.others = running
  if news + freed + running == 0 and not next(self.mine) and not self:is_over()
    and not claims.are_waiting(self.store, self.row) then
    news = note_finished(self, true) + add_missing(self)
  end
  local is_new = news + freed > 0
  self.pause = is_new and SHORTEST or math.min(LONGEST, 2 * self.pause)
  self.looked, self.next_look = now, progress.now() + self.pause
  return is_new
end

--- Takes in the curves of others.
local function take_curves(share)
  local curves, fresh = share.run.curves, {}
  for _, row in ipairs(claims.reported(share.store, share.row, share.owner, share.since)) do
    local hash, value = row.identity, row.value or 0 / 0
    fresh[hash] = fresh[hash] or { epochs = {}, values = {}, at = {} }
    local curve = fresh[hash]
    curve.epochs[#curve.epochs + 1], curve.values[#curve.values + 1] = row.epoch, value
    curve.at[row.epoch] = value
  end
  for hash, curve in pairs(fresh) do
    if not share.mine[hash] then curves[hash] = curve end
  end
end

-- -- Being heard of -------------------------------------------------------------------------------

--- Another coordinator has taken the trial over: what becomes of it here does not count.
function Share:lose(trial)
  self.mine[trial.identity] = nil
  trial.owner = nil
  local waiting = self.run.waiting
  for i = #waiting, 1, -1 do
    if waiting[i] == trial then table.remove(waiting, i) end
  end
  for slot, worker in pairs(self.run.pool.slots) do
    for _, entry in ipairs(worker.trials) do
      if entry.job == trial and not entry.is_over then
        self.run.pool:stop_trial(slot, trial, { status = "lost" })
      end
    end
  end
end

local function beat(share)
  local trials = {}
  for _, trial in pairs(share.mine) do trials[#trials + 1] = trial end
  local still = claims.beat(share.store, share.row, share.owner, trials)
  for _, trial in ipairs(trials) do
    trial.new_points = {}
    if not still[trial.identity] then share:lose(trial) end
  end
end

--- To be called every few seconds.
function Share:tick()
  local now = progress.now()
  if now - self.beaten >= self.every then
    self.beaten = now
    beat(self)
    if self.exchanges then take_curves(self) end
  end
  if now - (self.looked or now) >= GLANCE then self:look() end
end

--- How long the run may wait for its workers.
---@param seconds number   at most
---@param is_idle boolean  could a worker take a trial?
function Share:patience(seconds, is_idle)
  local now = progress.now()
  seconds = math.min(seconds, math.max(0, self.beaten + self.every - now))
  return is_idle and math.min(seconds, math.max(0, self.next_look - now)) or seconds
end

--- Notes that a trial starts.
function Share:start(trial, slot, attempt)
  trial.new_points = {}
  self.store:start(trial, slot, attempt)
end

--- Notes a trial's report, to be stored with the next beat.
function Share:report(trial, epoch, value)
  if not self.exchanges then return end
  trial.new_points[#trial.new_points + 1] = { epoch, value == value and value or nil }
end

--- Stores what became of a trial; false: it is another's now.
function Share:finish(trial, outcome)
  if trial.owner and self.store:finish(trial, outcome) then
    self.mine[trial.identity] = nil
    return true
  end
  self:lose(trial)
  return false
end

--- Gives back all that it has claimed and not finished.
function Share:leave() claims.release(self.store, self.row, self.owner) end

return Share
