--- How several coordinators share the trials of a study in one database: each trial is claimed by
--- one of them, who is heard of again and again while it runs; one that is not heard of any more
--- loses its trials to others.
---
---     local row = claims.take(store, study, owner, 300)     -- status 'running', or nil
---     local still = claims.beat(store, study, owner, { trial })
---     claims.free(store, study, function(row) return is_lost end)
---
--- A claim is one statement with SKIP LOCKED, so that nobody waits for another's, and committed at
--- once, so that it needs no session that lives. A result counts only where owner and attempt are
--- those of the claim (Store:finish).
local process = require "mah.sweep.process"

local claims = {}

local sql = {
  take = [[
    UPDATE trials SET status = 'running', owner = ?, beat = NOW, attempts = attempts + 1,
      started = NOW, finished = NULL, reason = NULL, error = NULL, result = NULL, warnings = NULL,
      seconds = NULL, cpu_seconds = NULL, peak_memory = NULL
    WHERE id = (SELECT id FROM trials WHERE study = ? AND code = ? AND number <= ?
      AND status = 'waiting' ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING identity, number, params, seed, attempts]],
  beat = [[
    UPDATE trials SET beat = NOW
    WHERE study = ? AND owner = ? AND status = 'running' AND identity IN (?%s)
    RETURNING identity, attempts]],
  point = [[
    INSERT INTO curves (trial, epoch, value)
    VALUES ((SELECT id FROM trials WHERE identity = ?), ?, ?)
    ON CONFLICT (trial, epoch) DO UPDATE SET value = excluded.value]],
  open = [[
    SELECT identity, number, status, owner, attempts, beat,
      beat IS NULL OR beat < AGO AS is_late
    FROM trials WHERE study = ? AND code = ? AND status IN ('running', 'interrupted')]],
  free = [[
    UPDATE trials SET status = 'waiting', owner = NULL, beat = NULL
    WHERE id = (SELECT id FROM trials WHERE identity = ? AND status = ? AND attempts = ?
      AND owner IS ? AND beat IS ? FOR UPDATE SKIP LOCKED)]],
  again = [[
    UPDATE trials SET status = 'waiting', owner = NULL, beat = NULL
    WHERE study = ? AND code = ? AND status = 'failed']],
  release = [[
    UPDATE trials SET status = 'interrupted', finished = NOW
    WHERE study = ? AND owner = ? AND status = 'running']],
  forget = [[
    DELETE FROM trials WHERE study = ? AND status = 'waiting' AND NOT EXISTS
      (SELECT 1 FROM trials WHERE study = ? AND status = 'running' AND beat >= AGO)]],
  other = [[
    SELECT params FROM trials WHERE study = ? AND code = ? AND number = ? AND identity <> ?
      AND (status IN ('waiting', 'running') OR finished >= ?) ORDER BY id LIMIT 1]],
  add = [[
    INSERT INTO trials (study, identity, code, number, params, seed, status)
    VALUES (?, ?, ?, ?, ?, ?, 'waiting')
    ON CONFLICT (identity) DO UPDATE SET number = excluded.number]],
  finished = [[
    SELECT * FROM trials WHERE study = ? AND code = ? AND status IN ('done', 'failed', 'pruned')
      AND (? OR finished >= ?)]],
  reported = [[
    SELECT t.identity, c.epoch, c.value FROM trials t JOIN curves c ON c.trial = t.id
    WHERE t.study = ? AND t.code = ? AND t.owner <> ? AND (t.status = 'running' OR t.finished >= ?)
    ORDER BY t.id, c.epoch]],
}

-- -- One's own ------------------------------------------------------------------------------------

--- Claims the first trial that waits, of numbers up to `last`. Nothing now and then though some
--- wait: others hold them for the moment.
---@return {identity: string, number: integer, params: string, seed: integer, attempts: integer}|nil
function claims.take(store, study, owner, last)
  return store.db:row(sql.take, owner, study.id, study.code, last)
end

--- Says that the owner lives, and stores what its trials have reported since.
---@param trials {identity: string, attempts: integer, new_points: number[][]|nil}[]
---@return table<string, boolean> still   identities that are still the owner's
function claims.beat(store, study, owner, trials)
  if #trials == 0 then return {} end
  local identities = {}
  for i, trial in ipairs(trials) do identities[i] = trial.identity end
  return store.db:transaction(function()
    local still, text = {}, sql.beat:format((", ?"):rep(#trials - 1))
    for _, row in ipairs(store.db:rows(text, study.id, owner, unpack(identities))) do
      still[row.identity] = true
    end
    for _, trial in ipairs(trials) do
      for _, point in ipairs(still[trial.identity] and trial.new_points or {}) do
        store.db:run(sql.point, trial.identity, point[1], point[2])
      end
    end
    return still
  end)
end

--- Gives back what the owner has claimed and not finished.
function claims.release(store, study, owner) store.db:run(sql.release, study.id, owner) end

-- -- Those of others ------------------------------------------------------------------------------

--- Lets trials wait again whose coordinator has left them: it was interrupted, was not heard of for
--- `seconds`, or is a process of this machine that has ended. (A claim of one's own that one does
--- not know of was made just when the connection was lost.)
---@param mine table<string, any>   one's own, by identity
---@param is_planned fun(row: table): boolean   others stay as they are
---@return integer freed, integer running   by others
function claims.free(store, study, owner, seconds, mine, is_planned)
  local freed, running, ended = 0, 0, { [owner] = true }
  for _, row in ipairs(store.db:rows(sql.open, seconds, study.id, study.code)) do
    local who = row.owner
    if who and ended[who] == nil then ended[who] = process.has_ended(who) or false end
    if row.status == "running" and not row.is_late and not ended[who] then
      running = running + 1
    elseif not mine[row.identity] and is_planned(row) then
      freed = freed + store.db:run(sql.free, row.identity, row.status, row.attempts, who, row.beat)
    end
  end
  return freed, running
end

--- Do some wait?
function claims.are_waiting(store, study)
  return store.db:row("SELECT 1 FROM trials WHERE study = ? AND code = ? AND status = 'waiting' "
    .. "LIMIT 1", study.id, study.code) ~= nil
end

--- Lets failed trials wait again.
function claims.again(store, study) store.db:run(sql.again, study.id, study.code) end

--- Takes off what waited from an earlier plan, unless somebody is running it.
function claims.forget(store, study, seconds)
  store.db:run(sql.forget, study.id, study.id, seconds)
end

--- The process of this machine that runs trials of the study, or nil.
---@return integer|nil pid
function claims.runner(store, study)
  local rows = store.db:rows("SELECT DISTINCT owner FROM trials WHERE study = ? "
    .. "AND status = 'running' AND owner IS NOT NULL ORDER BY owner", study.id)
  for _, row in ipairs(rows) do
    local ended, pid = process.has_ended(row.owner)
    if ended == false then return pid end
  end
end

-- -- A search that learns -------------------------------------------------------------------------

--- Puts trial `number` of a search on the list, unless another coordinator was faster and proposed
--- other parameters (by the last bits of another machine's logarithm, say): these, then.
---@param trial {identity: string, number: integer, text: string, seed: integer}
---@param since string   those that had finished before are of an earlier search
---@return string|nil text   the other's parameters
function claims.settle(store, study, trial, since)
  local db = store.db
  return db:transaction(function()
    db:row("SELECT id FROM studies WHERE id = ?" .. db.for_update, study.id) -- one at a time
    local other = db:row(sql.other, study.id, study.code, trial.number, trial.identity, since)
    if other then return other.params end
    db:run(sql.add, study.id, trial.identity, study.code, trial.number, trial.text, trial.seed)
  end)
end

-- -- News -----------------------------------------------------------------------------------------

--- The time there.
---@return string
function claims.now(store) return store.db:row("SELECT NOW AS time").time end

--- Rows of trials, as they are stored, that have finished since a time; nil: all.
---@param since string|nil
function claims.finished(store, study, since)
  return store.db:rows(sql.finished, study.id, study.code, since == nil, since)
end

--- What others' trials have reported that run or have finished since a time.
---@return {identity: string, epoch: number, value: number|nil}[]
function claims.reported(store, study, owner, since)
  return store.db:rows(sql.reported, study.id, study.code, owner, since)
end

return claims
