--- What a study's trials are kept in: a file, to which only the coordinator of a run writes, or a
--- PostgreSQL database, where many may (mah.sweep.claims). Each step is one transaction: whenever
--- the program ends, the store holds what had been finished.
---
---     local store = Store.open("out/runs.db", "create")
---     local study = store:study {name = "batch size", code = code_hash}
---     store:finish(trial, {status = "done", result = '{"test":0.97}'})
local address = require "mah.sweep.address"
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local claims = require "mah.sweep.claims"
local database = require "mah.sweep.database"
local file = require "mah.base.file"
local objective = require "mah.sweep.objective"
local options = require "mah.base.options"
local process = require "mah.sweep.process"
local row_checks = require "mah.sweep.rows"
local schema = require "mah.sweep.schema"
local warn = require "mah.base.warn"

local Store = {}
Store.__index = Store

local sql = {
  study = [[UPDATE studies SET code = ?, "of" = ?, goal = ?, constraints = ? WHERE name = ?]],
  abandoned = [[UPDATE trials SET status = 'interrupted' WHERE study = ? AND status = 'running']],
  add = [[
    INSERT INTO trials (study, identity, code, number, params, seed, status)
    VALUES (?, ?, ?, ?, ?, ?, 'waiting')
    ON CONFLICT (identity) DO UPDATE SET number = excluded.number, params = excluded.params,
      seed = excluded.seed
    WHERE trials.number IS NOT excluded.number OR trials.params IS NOT excluded.params
      OR trials.seed IS NOT excluded.seed]],
  forget_curve = [[DELETE FROM curves WHERE trial = (SELECT id FROM trials WHERE identity = ?)]],
  start = [[
    UPDATE trials SET status = 'running', worker = ?, attempts = ?, started = NOW, finished = NULL,
      reason = NULL, error = NULL, result = NULL, warnings = NULL, seconds = NULL,
      cpu_seconds = NULL, peak_memory = NULL
    WHERE identity = ?]],
  finish = [[
    UPDATE trials SET status = ?, reason = ?, error = ?, result = ?, warnings = ?, seconds = ?,
      cpu_seconds = ?, peak_memory = ?, finished = NOW
    WHERE identity = ?]],
  point = [[
    INSERT INTO curves (trial, epoch, value)
    VALUES ((SELECT id FROM trials WHERE identity = ?), ?, ?)
    ON CONFLICT (trial, epoch) DO UPDATE SET value = excluded.value]],
  curves = [[
    SELECT t.identity, c.epoch, c.value FROM curves c JOIN trials t ON t.id = c.trial
    WHERE t.study = ? AND (? OR t.code = ?) ORDER BY t.id, c.epoch]],
  known = [[SELECT * FROM trials WHERE study = ? AND code = ?]],
  earlier = [[
    SELECT count(*) AS n FROM trials WHERE study = ? AND code <> ?
      AND status IN ('done', 'failed', 'pruned')]],
  counts = [[
    SELECT status, count(*) AS n FROM trials WHERE study = ? AND code = ? GROUP BY status]],
  trials = [[SELECT * FROM trials WHERE study = ? AND (? OR code = ?) ORDER BY number, id]],
  note = [[
    INSERT INTO manifest (study, started, mah, machine, host, command, jobs, shard, script,
      script_text, script_sha256, data)
    VALUES (?, NOW, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]],
}

--- Behind start and finish: where several run trials, of those that still are this one's.
local ours = { start = " AND owner = ?", finish = " AND owner = ? AND attempts = ?" }

-- -- Opening --------------------------------------------------------------------------------------

--- Opens a store. "create" makes the file and its folder, or the tables, when they are not there;
--- "write" and "read" complain.
---@param path string   of a file, or an address
---@param mode "create"|"write"|"read"
function Store.open(path, mode)
  file.path(path, "mah.sweep: store")
  address.check_kind(path)
  local folder = not address.is(path) and path:match "^(.+)/[^/]*$"
  if mode == "create" and folder then file.make_directory(folder) end
  check.that(mode == "create" or address.is(path) or file.exists(path),
    "there is no store '%s'", path)
  local db = database.open(path, mode)
  local self = setmetatable({ path = address.shown(path), mode = mode, db = db,
    is_shared = db.is_shared }, Store)
  local ok, problem = pcall(self.prepare, self, mode)
  if not ok then
    self.db:close()
    error(problem, 0)
  end
  return self
end

--- Is there a store?
---@param path string
---@return boolean
function Store.exists(path)
  if not address.is(path) then return file.exists(path) end
  local db = database.open(path, "read")
  local ok, version = pcall(db.version, db)
  db:close()
  return ok and version ~= nil
end

--- What action(store, ...) returns, two values; the store is closed in any case.
---@param path string
---@param mode "create"|"write"|"read"
---@param action function
function Store.with(path, mode, action, ...)
  local store = Store.open(path, mode)
  local ok, one, two = pcall(action, store, ...)
  store:close()
  if not ok then error(one, 0) end
  return one, two
end

function Store:prepare(mode)
  if mode ~= "read" and not self.is_shared then
    check.that(not self.db:is_readonly(), "the store '%s' is read-only", self.path)
    self.db:use_log()
    self.db:execute "PRAGMA synchronous = NORMAL"
  end
  schema.prepare(self.db, mode)
end

--- Closes it. Nothing is left beside a file that was written, unless another program has it open.
function Store:close()
  if self.mode ~= "read" and not self.is_shared and not self.db:is_closed()
    and not self:has_moved() then
    self.db:end_log()
  end
  self.db:close()
end

--- Was the file deleted, moved or replaced since it was opened? What is written is lost, then.
function Store:has_moved() return self.db:has_moved() end

--- Saves what a store holds that has moved, under another name, and closes it. What it leaves under
--- its old name goes: another file of that name must not take it for its own.
---@param path string   a number is added where there is a file of that name
---@return string path   that it was saved to
function Store:rescue(path)
  local stem, ending = path:match "^(.*[^/])(%.[^./]+)$"
  if not stem then stem, ending = path, "" end
  local n = 1
  while file.exists(path) do
    n = n + 1
    path = ("%s-%d%s"):format(stem, n, ending)
  end
  local folder = path:match "^(.+)/[^/]*$"
  if folder then file.make_directory(folder) end
  self.db:save_as(path)
  self.db:close()
  if not file.exists(self.path) then
    os.remove(self.path .. "-wal")
    os.remove(self.path .. "-shm")
  end
  return path
end

-- -- Studies --------------------------------------------------------------------------------------

local function check_study(store, row)
  local column = row and row_checks.damage_of_study(row)
  check.that(not column, "the store '%s' is damaged: the column '%s' of the study %s", store.path,
    tostring(column), row and check.show(row.name))
  return row
end

--- The row of a study; nil when there is none.
function Store:find(name)
  return check_study(self, self.db:row("SELECT * FROM studies WHERE name = ?", name))
end

--- The row of a study, or else an error that names those that there are.
function Store:need(name)
  local row = self:find(name)
  if row then return row end
  local names, set = {}, {}
  for i, study in ipairs(self:studies()) do
    names[i], set[study.name] = ("'%s'"):format(study.name), true
  end
  local hint = options.nearest(name, set)
  return check.raise("there is no study '%s' in '%s'; %sthere are: %s", name, self.path,
    hint and #names > 1 and ("did you mean '%s'? "):format(hint) or "",
    #names > 0 and table.concat(names, ", ") or "none")
end

---@return table[] studies
function Store:studies()
  local list = self.db:rows "SELECT * FROM studies ORDER BY id"
  for _, row in ipairs(list) do check_study(self, row) end
  return list
end

--- The row of a study, new or as it was, with its code, judged result and goal as they are now.
---@param given {name: string, code: string, of: string|string[]|nil, goal: string|string[]|nil,
---  constraints: string[]|nil}
---@return table study
function Store:study(given)
  return self.db:transaction(function()
    self.db:run("INSERT INTO studies (name, code) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
      given.name, given.code)
    local text = objective.text
    self.db:run(sql.study, given.code, text(given.of), text(given.goal), text(given.constraints),
      given.name)
    return self:find(given.name)
  end)
end

--- Notes what the study's parameters may be (mah.sweep.domain).
function Store:note_space(study, text)
  self.db:run("UPDATE studies SET space = ? WHERE id = ?", text, study.id)
end

--- The process of this machine that runs the study now, or nil; the first of several.
---@param study table    a row
---@return integer|nil pid
function Store:runner(study)
  if self.is_shared then return claims.runner(self, study) end
  local host, owner = (study.owner or ""):match "^(.-) (%d+ %d+)$"
  if host ~= process.host() then return nil end
  local pid = owner:match "^%d+"
  return process.describe(pid) == owner and tonumber(pid) or nil
end

--- Makes this process the one that runs the study; complains when another one does. A store that is
--- shared has a claim on each trial instead (mah.sweep.claims).
---@param study table
---@param pid integer
function Store:claim(study, pid)
  if self.is_shared then return end
  self.db:transaction(function()
    local other = self:runner(self:find(study.name))
    check.that(not other or other == pid,
      "mah.sweep: the study %q in '%s' is being run by process %s", study.name, self.path, other)
    self.db:run("UPDATE studies SET owner = ? WHERE id = ?",
      ("%s %s"):format(process.host(), process.describe(pid) or pid .. " 0"), study.id)
    self.db:run(sql.abandoned, study.id)
  end)
end

function Store:release(study)
  if self.is_shared then return end
  self.db:run("UPDATE studies SET owner = NULL WHERE id = ?", study.id)
end

-- -- Trials ---------------------------------------------------------------------------------------

--- The trials of rows; damaged ones are named and left out.
local function present(store, study, rows)
  local list = {}
  for _, row in ipairs(rows) do
    local trial, column = row_checks.trial(row)
    if not trial then
      warn("the store '%s' is damaged: the column '%s' of trial %s of %q; the trial is left out",
        store.path, column, tostring(row.number), study.name)
    end
    list[#list + 1] = trial
  end
  return list
end

--- The study's trials of its present code, by identity; as from Store:trials.
---@return table<string, table>
function Store:known(study)
  local known = {}
  for _, trial in ipairs(present(self, study, self.db:rows(sql.known, study.id, study.code))) do
    known[trial.identity] = trial
  end
  return known
end

--- Those that have finished since a time of the store's (mah.sweep.claims), or all; as from
--- Store:trials.
---@param since string|nil
---@return table[]
function Store:finished(study, since)
  return present(self, study, claims.finished(self, study, since))
end

--- How many finished trials of other code than the present one there are.
---@return integer
function Store:earlier(study) return self.db:row(sql.earlier, study.id, study.code).n end

--- Puts trials on the list, before they run. What waited from an earlier plan is taken off.
---@param trials {identity: string, number: integer, text: string, seed: integer}[]
function Store:add(study, trials, keep_waiting)
  local db = self.db
  db:transaction(function()
    if not keep_waiting then
      db:run("DELETE FROM trials WHERE study = ? AND status = 'waiting'", study.id)
    end
    for _, t in ipairs(trials) do
      db:run(sql.add, study.id, t.identity, study.code, t.number, t.text, t.seed)
    end
  end)
end

--- Notes that a trial starts; what it left from an earlier attempt goes.
---@param trial {identity: string, owner: string|nil}   owner: who has claimed it, in a shared store
function Store:start(trial, worker, attempt)
  local db = self.db
  db:transaction(function()
    local changes = db:run(sql.start .. (trial.owner and ours.start or ""), worker, attempt,
      trial.identity, trial.owner)
    if changes > 0 then db:run(sql.forget_curve, trial.identity) end
  end)
end

--- Notes what became of a trial, and its curve. False: others have taken it over, so that what they
--- find counts.
---@param trial {identity: string, owner: string|nil, attempts: integer}
---@param end_ {status: string, reason: string?, error: string?, result: string?, seconds: number?,
---  cpu_seconds: number?, peak_memory: number?, warnings: string[]?, curve: table?}
---@return boolean
function Store:finish(trial, end_)
  local db = self.db
  return db:transaction(function()
    local changes = db:run(sql.finish .. (trial.owner and ours.finish or ""), end_.status,
      end_.reason and canonical.clean(end_.reason), end_.error and canonical.clean(end_.error),
      end_.result, end_.warnings and canonical.encode(end_.warnings), end_.seconds,
      end_.cpu_seconds, end_.peak_memory, trial.identity, trial.owner, trial.attempts)
    if changes == 0 then return false end
    local curve = end_.curve
    for i, epoch in ipairs(curve and curve.epochs or {}) do
      local value = curve.values[i]
      db:run(sql.point, trial.identity, epoch, value == value and value or nil)
    end
    return true
  end)
end

--- The curves of a study's finished trials, by identity; all: of earlier code too.
---@return table<string, {epochs: number[], values: number[], at: table<number, number>}>
function Store:curves(study, all)
  local curves = {}
  for _, row in ipairs(self.db:rows(sql.curves, study.id, all or false, study.code)) do
    local curve = curves[row.identity] or { epochs = {}, values = {}, at = {} }
    curves[row.identity] = curve
    local epoch, value = row.epoch, row.value or 0 / 0
    if type(epoch) == "number" and type(value) == "number" then -- else it is damaged
      curve.epochs[#curve.epochs + 1], curve.values[#curve.values + 1] = epoch, value
      curve.at[epoch] = value
    end
  end
  return curves
end

--- How many trials of the present code have each status.
---@return table<string, integer>
function Store:counts(study)
  local counts = {}
  for _, row in ipairs(self.db:rows(sql.counts, study.id, study.code)) do
    counts[row.status] = row.n
  end
  return counts
end

--- The study's trials in order; all = true: also those of earlier code.
---@return table[] trials   as from rows.trial; damaged ones are left out, with a warning
function Store:trials(study, all)
  return present(self, study, self.db:rows(sql.trials, study.id, all or false, study.code))
end

--- The same, each with its curve.
function Store:trials_with_curves(study, all)
  local list, curves = self:trials(study, all), self:curves(study, all)
  for _, trial in ipairs(list) do trial.curve = curves[trial.identity] end
  return list
end

--- Notes how and where a run takes place.
function Store:note(study, manifest)
  self.db:run(sql.note, study.id, manifest.mah, manifest.machine, process.host(),
    manifest.command, manifest.jobs, manifest.shard, manifest.script, manifest.script_text,
    manifest.script_sha256, manifest.data)
end

return Store
