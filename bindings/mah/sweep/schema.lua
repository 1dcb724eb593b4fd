--- The tables of a store, and the view of each study. Any program that reads SQLite can open the
--- file.
local check = require "mah.base.check"

local schema = {}

local APPLICATION = 0x6d616820 -- "mah "
local VERSION = 3 -- 1 had no warnings, 2 no constraints and no space

local tables = [[
CREATE TABLE studies (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  code TEXT NOT NULL,          -- hash of the trial's program text; trials of other code are history
  "of" TEXT,                   -- the result that is judged; several: a JSON list
  goal TEXT,                   -- max or min; several: a JSON list
  constraints TEXT,            -- results that must be <= 0: a JSON list
  space TEXT,                  -- what each parameter may be: JSON, see mah.sweep.domain
  view TEXT,                   -- where its trials stand with a column for each parameter and result
  owner TEXT                   -- the process that runs it: host, number, start
);
CREATE TABLE trials (
  id INTEGER PRIMARY KEY,
  study INTEGER NOT NULL REFERENCES studies(id),
  identity TEXT NOT NULL UNIQUE,  -- SHA-256 of the study's name, the parameters and the code
  code TEXT NOT NULL,
  number INTEGER NOT NULL,        -- its place in the study
  params TEXT NOT NULL,           -- JSON
  seed INTEGER NOT NULL,          -- from the identity
  status TEXT NOT NULL CHECK
    (status IN ('waiting', 'running', 'done', 'failed', 'pruned', 'interrupted')),
  reason TEXT,                    -- of a failure: error, memory, crash, timeout, nan, result;
                                  -- or why it was pruned
  error TEXT,                     -- what happened, with the traceback
  result TEXT,                    -- JSON
  warnings TEXT,                  -- of the trial: a JSON list of texts
  seconds REAL,
  cpu_seconds REAL,
  peak_memory INTEGER,            -- bytes
  worker INTEGER,                 -- 1 ... jobs
  attempts INTEGER NOT NULL DEFAULT 0,
  started TEXT,                   -- UTC
  finished TEXT
);
CREATE INDEX trials_of_study ON trials (study, number);
CREATE TABLE curves (
  trial INTEGER NOT NULL REFERENCES trials(id),
  epoch REAL NOT NULL,
  value REAL,                     -- NULL: NaN
  PRIMARY KEY (trial, epoch)
) WITHOUT ROWID;
CREATE TABLE manifest (
  id INTEGER PRIMARY KEY,
  study INTEGER NOT NULL REFERENCES studies(id),
  started TEXT NOT NULL,
  mah TEXT, machine TEXT, host TEXT, command TEXT, jobs INTEGER, shard TEXT,
  script TEXT, script_text TEXT, script_sha256 TEXT, data TEXT
);
]]

-- -- Making and checking --------------------------------------------------------------------------

local function number_of(db, pragma) return db:row("PRAGMA " .. pragma)[pragma] end

local function is_empty(db) return db:row("SELECT count(*) AS n FROM sqlite_master").n == 0 end

local steps = { -- from a version to the next one
  "ALTER TABLE trials ADD COLUMN warnings TEXT",
  "ALTER TABLE studies ADD COLUMN constraints TEXT; ALTER TABLE studies ADD COLUMN space TEXT",
}

--- Brings the tables of an older file up to date.
local function update(db)
  if db:is_readonly() or not steps[number_of(db, "user_version")] then return end
  db:transaction(function()
    for version = number_of(db, "user_version"), VERSION - 1 do -- none when somebody was faster
      db:execute(steps[version])
      db:execute("PRAGMA user_version = " .. version + 1)
    end
  end)
end

--- Makes the tables in an empty file; complains about a file of something else.
---@param db table
function schema.prepare(db)
  if is_empty(db) then
    check.that(not db:is_readonly(), "the store '%s' cannot be written", db.path)
    db:transaction(function()
      if not is_empty(db) then return end -- somebody was faster
      db:execute(tables)
      db:execute(("PRAGMA application_id = %d; PRAGMA user_version = %d"):format(APPLICATION,
        VERSION))
    end)
  end
  check.that(number_of(db, "application_id") == APPLICATION,
    "'%s' is a SQLite file of something else than mah.sweep", db.path)
  update(db)
  local version = number_of(db, "user_version")
  check.that(version >= 1 and version <= VERSION,
    "the store '%s' has version %d; this mah knows %d", db.path, version, VERSION)
end

-- -- Views ----------------------------------------------------------------------------------------

local function quote_name(name) return '"' .. name:gsub('"', '""') .. '"' end
local function quote_text(text) return "'" .. text:gsub("'", "''") .. "'" end

--- The names that the JSON objects of a column have, in order.
local function names_in(db, study, column)
  local names = {}
  local sql = "SELECT DISTINCT j.key AS name FROM trials t, "
    .. "json_each(CASE WHEN json_valid(t.COLUMN) THEN t.COLUMN END) j " -- not what is damaged
    .. "WHERE t.study = ? AND typeof(j.key) = 'text' ORDER BY 1"
  for _, row in ipairs(db:rows((sql:gsub("COLUMN", column)), study)) do
    if not row.name:find '["%z]' then names[#names + 1] = row.name end -- no path can say a quote
  end
  return names
end

local fixed = { "reason", "error", "warnings", "seconds", "peak_memory", "started", "finished" }

--- The columns of the view, as SQL. A result gets another name where a parameter has it.
local function columns_of(db, study)
  local list, taken = { "number", "status" }, { number = true, status = true }
  for _, name in ipairs(fixed) do taken[name] = true end
  for _, column in ipairs { "params", "result" } do
    for _, name in ipairs(names_in(db, study, column)) do
      local shown = name
      while taken[shown:lower()] do shown = column .. "." .. shown end
      taken[shown:lower()] = true
      local path = quote_text('$."' .. name .. '"')
      list[#list + 1] = ("json_extract(%s, %s) AS %s"):format(column, path, quote_name(shown))
    end
  end
  for _, name in ipairs(fixed) do list[#list + 1] = name end
  return table.concat(list, ", ")
end

local reserved = { studies = true, trials = true, curves = true, manifest = true,
  trials_of_study = true }

--- A name for the view: the study's, where that is free.
local function view_name(db, study)
  local name = study.name
  local other = db:row("SELECT 1 FROM studies WHERE lower(view) = lower(?) AND id <> ?", name,
    study.id)
  if other or reserved[name:lower()] or name:lower():find "^sqlite_" then
    name = ("study %d: %s"):format(study.id, name)
  end
  return name
end

--- Makes the study's view anew, for the parameters and results that it has now.
---@param db table
---@param study {id: integer, name: string, view: string|nil}
function schema.refresh_view(db, study)
  local name = study.view or view_name(db, study)
  db:execute("DROP VIEW IF EXISTS " .. quote_name(name))
  db:execute(("CREATE VIEW %s AS SELECT %s FROM trials WHERE study = %d AND code = "
    .. "(SELECT code FROM studies WHERE id = %d) ORDER BY number"):format(quote_name(name),
    columns_of(db, study.id), study.id, study.id))
  db:run("UPDATE studies SET view = ? WHERE id = ?", name, study.id)
  study.view = name
end

return schema
