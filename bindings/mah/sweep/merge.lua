--- Puts several stores together: the parts of a study that ran on different machines.
---
---     merge("out/runs.db", {"out/runs.1-of-2.db", "out/runs.2-of-2.db"})
---
--- A trial that several stores have is kept as it went best: done, pruned, failed, interrupted,
--- waiting. Merging again changes nothing. A store may be an address, so that this is also what
--- moves trials from SQLite to PostgreSQL and back.
local Store = require "mah.sweep.store"
local address = require "mah.sweep.address"
local check = require "mah.base.check"
local schema = require "mah.sweep.schema"

local rank = { done = 6, pruned = 5, failed = 4, interrupted = 3, running = 2, waiting = 1 }

local trial_columns = {
  "identity", "code", "number", "params", "seed", "status", "reason", "error", "result", "warnings",
  "seconds", "cpu_seconds", "peak_memory", "worker", "attempts", "started", "finished",
}
local manifest_columns = {
  "started", "mah", "machine", "host", "command", "jobs", "shard", "script", "script_text",
  "script_sha256", "data",
}

local function values_of(row, columns)
  local values = {}
  for i, name in ipairs(columns) do values[i] = row[name] end
  return unpack(values, 1, #columns)
end

local function insert_sql(name, columns)
  return ("INSERT INTO %s (study, %s) VALUES (?%s)"):format(name, table.concat(columns, ", "),
    (", ?"):rep(#columns))
end

--- Copies one trial and its curve, unless the one that is there went as well.
local function take_trial(into, from, study, row)
  local known = into:row("SELECT id, status FROM trials WHERE identity = ?", row.identity)
  if known and rank[known.status] >= rank[row.status] then return 0 end
  if known then
    into:run("DELETE FROM curves WHERE trial = ?", known.id)
    into:run("DELETE FROM trials WHERE id = ?", known.id)
  end
  local id = into:insert(insert_sql("trials", trial_columns), study.id,
    values_of(row, trial_columns))
  for _, point in ipairs(from:rows("SELECT epoch, value FROM curves WHERE trial = ?", row.id)) do
    into:run("INSERT INTO curves VALUES (?, ?, ?)", id, point.epoch, point.value)
  end
  return 1
end

local function take_manifests(into, from, study, theirs)
  for _, row in ipairs(from:rows("SELECT * FROM manifest WHERE study = ?", theirs.id)) do
    local known = into:row("SELECT 1 FROM manifest WHERE study = ? AND started = ? AND host IS ? "
      .. "AND shard IS ?", study.id, row.started, row.host, row.shard)
    if not known then
      into:run(insert_sql("manifest", manifest_columns), study.id, values_of(row, manifest_columns))
    end
  end
end

local function take_store(store, from)
  local taken = 0
  for _, theirs in ipairs(from:studies()) do
    local study = store:find(theirs.name)
    if not study then
      store.db:run('INSERT INTO studies (name, code, "of", goal, constraints, space) '
        .. "VALUES (?, ?, ?, ?, ?, ?)", theirs.name, theirs.code, theirs.of, theirs.goal,
        theirs.constraints, theirs.space)
      study = store:find(theirs.name)
    elseif study.code ~= theirs.code then -- the code of the newest part is the present one
      store.db:run("UPDATE studies SET code = ? WHERE id = ?", theirs.code, study.id)
    end
    local sql = "SELECT * FROM trials WHERE study = ? ORDER BY number"
    for _, row in ipairs(from.db:rows(sql, theirs.id)) do
      taken = taken + take_trial(store.db, from.db, study, row)
    end
    take_manifests(store.db, from.db, study, theirs)
  end
  return taken
end

--- Merges; all of a part is taken, or nothing.
---@param path string      the store to merge into, made when it is not there
---@param parts string[]   paths or addresses
---@return integer taken   trials that are new or went better
return function(path, parts)
  for _, part in ipairs(parts) do
    check.that(part ~= path, "merge: '%s' is given twice", address.shown(part))
  end
  local taken = 0
  Store.with(path, "create", function(store)
    for _, part in ipairs(parts) do
      taken = taken + Store.with(part, "read", function(from)
        return store.db:transaction(take_store, store, from)
      end)
    end
    for _, study in ipairs(store:studies()) do schema.refresh_view(store.db, study) end
  end)
  return taken
end
