--- The tables of a store, and the view of each study. Any program that reads SQLite, or PostgreSQL,
--- can look into it.
local check = require "mah.base.check"

local schema = {}

local VERSION = 4 -- 1 had no warnings, 2 no constraints and no space, 3 no owner and no beat

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
  finished TEXT,
  owner TEXT,                     -- who runs it, where several may
  beat TEXT                       -- when that one was heard of last, UTC
);
CREATE INDEX trials_of_study ON trials (study, number);
CREATE INDEX trials_that_wait ON trials (study, number) WHERE status = 'waiting';
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

local steps = { -- from a version to the next one
  "ALTER TABLE trials ADD COLUMN warnings TEXT",
  "ALTER TABLE studies ADD COLUMN constraints TEXT; ALTER TABLE studies ADD COLUMN space TEXT",
  "ALTER TABLE trials ADD COLUMN owner TEXT; ALTER TABLE trials ADD COLUMN beat TEXT; "
    .. "CREATE INDEX trials_that_wait ON trials (study, number) WHERE status = 'waiting'",
}

--- Makes the tables where there are none, or brings those of an older store up to date; complains
--- about a file or a database of something else, and about one of a newer mah.
---@param db table
---@param mode "create"|"write"|"read"
function schema.prepare(db, mode)
  local version = db:version()
  if not version then
    check.that(not db.is_shared or mode == "create", "there is no store in '%s'", db.path)
    check.that(not db:is_readonly(), "the store '%s' cannot be written", db.path)
    db:upgrade(tables, VERSION, nil)
    version = db:version()
  end
  while mode ~= "read" and not db:is_readonly() and steps[version] do
    db:upgrade(steps[version], version + 1, version)
    version = db:version()
  end
  check.that(version >= 1 and version <= VERSION,
    "the store '%s' has version %d; this mah knows %d", db.path, version, VERSION)
end

-- -- Views ----------------------------------------------------------------------------------------

local function quote_name(name) return '"' .. name:gsub('"', '""') .. '"' end

local fixed = { "reason", "error", "warnings", "seconds", "peak_memory", "started", "finished" }

local MOST_TRIES = 10

--- A name for a column that is not taken yet; nil where none was found.
local function free_name(db, column, name, taken)
  local shown = db:short_name(name)
  for _ = 1, MOST_TRIES do
    if not taken[shown:lower()] then return shown end
    shown = db:short_name(column .. "." .. shown)
  end
end

--- The columns of the view, as SQL. A result gets another name where a parameter has it.
local function columns_of(db, study)
  local list, taken = { "number", "status" }, { number = true, status = true }
  for _, name in ipairs(fixed) do taken[name] = true end
  for _, column in ipairs { "params", "result" } do
    for _, entry in ipairs(db:names_in(study, column)) do
      local shown = free_name(db, column, entry.name, taken)
      if shown then
        taken[shown:lower()] = true
        list[#list + 1] = ("%s AS %s"):format(db:field(column, entry), quote_name(shown))
      end
    end
  end
  for _, name in ipairs(fixed) do list[#list + 1] = name end
  return table.concat(list, ", ")
end

--- A name for the view: the study's, where that is free.
local function view_name(db, study)
  local name = db:short_name(study.name)
  local other = db:row("SELECT 1 FROM studies WHERE lower(view) = lower(?) AND id <> ?", name,
    study.id)
  if other or name ~= study.name or db:has_relation(name) or name:lower():find "^sqlite_" then
    name = db:short_name(("study %d: %s"):format(study.id, study.name))
  end
  return name
end

--- Makes the study's view anew, for the parameters and results that it has now.
---@param db table
---@param study {id: integer, name: string}
function schema.refresh_view(db, study)
  db:make_view(function()
    local known = db:row("SELECT view FROM studies WHERE id = ?" .. db.for_update, study.id)
    local name = known.view or view_name(db, study)
    db:execute("DROP VIEW IF EXISTS " .. quote_name(name))
    db:execute(("CREATE VIEW %s AS SELECT %s FROM trials WHERE study = %d AND code = "
      .. "(SELECT code FROM studies WHERE id = %d) ORDER BY number"):format(quote_name(name),
      columns_of(db, study.id), study.id, study.id))
    db:run("UPDATE studies SET view = ? WHERE id = ?", name, study.id)
  end)
end

return schema
