--- SQLite through the FFI, as little of it as a store of trials needs. The library is loaded when
--- the first file is opened.
---
---     local db = sqlite.open("out/runs.db", "create")     -- or "write", "read"
---     db:run("INSERT INTO t VALUES (?, ?)", 1, "one")
---     for _, row in ipairs(db:rows("SELECT a FROM t WHERE a > ?", 0)) do print(row.a) end
---     db:close()
---
--- There is no finalizer: a forked worker that collects its garbage must not touch the file.
local bit = require "bit"
local check = require "mah.base.check"
local ffi = require "ffi"
local foreign = require "mah.base.foreign"

foreign.declare [[
typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
int sqlite3_open_v2(const char *path, sqlite3 **db, int flags, const char *vfs);
int sqlite3_close_v2(sqlite3 *db);
const char *sqlite3_errmsg(sqlite3 *db);
const char *sqlite3_errstr(int code);
int sqlite3_busy_timeout(sqlite3 *db, int ms);
int sqlite3_db_readonly(sqlite3 *db, const char *name);
int sqlite3_get_autocommit(sqlite3 *db);
int sqlite3_file_control(sqlite3 *db, const char *name, int operation, void *argument);
int sqlite3_exec(sqlite3 *db, const char *sql, void *, void *, char **);
int64_t sqlite3_last_insert_rowid(sqlite3 *db);
int sqlite3_changes(sqlite3 *db);
int sqlite3_prepare_v2(sqlite3 *db, const char *sql, int bytes, sqlite3_stmt **out,
                       const char **tail);
int sqlite3_finalize(sqlite3_stmt *s);
int sqlite3_reset(sqlite3_stmt *s);
int sqlite3_step(sqlite3_stmt *s);
int sqlite3_bind_parameter_count(sqlite3_stmt *s);
int sqlite3_bind_null(sqlite3_stmt *s, int i);
int sqlite3_bind_double(sqlite3_stmt *s, int i, double v);
int sqlite3_bind_int64(sqlite3_stmt *s, int i, int64_t v);
int sqlite3_bind_text(sqlite3_stmt *s, int i, const char *text, int bytes, intptr_t destructor);
int sqlite3_column_count(sqlite3_stmt *s);
const char *sqlite3_column_name(sqlite3_stmt *s, int i);
int sqlite3_column_type(sqlite3_stmt *s, int i);
int64_t sqlite3_column_int64(sqlite3_stmt *s, int i);
double sqlite3_column_double(sqlite3_stmt *s, int i);
const char *sqlite3_column_text(sqlite3_stmt *s, int i);
int sqlite3_column_bytes(sqlite3_stmt *s, int i);
]]

local OK, ROW, DONE = 0, 100, 101
local TYPE_INTEGER, TYPE_FLOAT, TYPE_NULL = 1, 2, 5
local TRANSIENT = -1 -- SQLite copies the text
local flags = { read = 1, write = 2, create = 6 }
local READONLY, CANTOPEN, URI = 8, 14, 0x40
local HAS_MOVED = 20 -- an operation of sqlite3_file_control
local PATIENCE = 10000 -- ms that another program's writing is waited for

local Database = { is_shared = false, for_update = "" }
Database.__index = Database

local sqlite = {}

local library
local function S()
  library = library or check.that(foreign.load { "libsqlite3.so.0", "sqlite3" },
    "mah.sweep: SQLite cannot be loaded (Debian: libsqlite3-0)")
  return library
end

local function fail(db, text) check.raise("the store '%s': %s", db.path, text) end

local function expect(db, code)
  if code ~= OK then fail(db, ffi.string(S().mah_sqlite3_errmsg(db.handle))) end
end

-- -- Opening and closing --------------------------------------------------------------------------

local function open_handle(db, name, given)
  local out = ffi.new "mah_sqlite3*[1]"
  local code = S().mah_sqlite3_open_v2(name, out, given, nil)
  db.handle = out[0]
  if code ~= OK then
    local why = out[0] ~= nil and ffi.string(S().mah_sqlite3_errmsg(out[0]))
      or ffi.string(S().mah_sqlite3_errstr(code))
    db:close()
    fail(db, why)
  end
  S().mah_sqlite3_busy_timeout(db.handle, PATIENCE)
end

--- Has the file something beside it that was written and not put into it?
local function has_journal(path)
  local journal = io.open(path .. "-wal", "rb")
  local size = journal and journal:seek "end" or 0
  if journal then journal:close() end
  return size > 0
end

--- A file whose changes go through a write-ahead log wants to write beside itself even when it is
--- only read. Where that cannot be, it is opened as one that nobody writes to.
local function open_where_nothing_can_be_written(db)
  local sql = "SELECT 1 FROM sqlite_master"
  local code = bit.band(S().mah_sqlite3_exec(db.handle, sql, nil, nil, nil), 255)
  if code ~= READONLY and code ~= CANTOPEN then return end
  if has_journal(db.path) then
    db:close()
    fail(db, ("it is still being written, or was left so (%s-wal), and cannot be read in a folder "
      .. "that cannot be written; copy both files to another one"):format(db.path))
  end
  db:close()
  local name = db.path:gsub("//+", "/"):gsub("[^%w/._~-]", function(c)
    return ("%%%02X"):format(c:byte())
  end)
  open_handle(db, "file:" .. name .. "?immutable=1", flags.read + URI)
end

--- Opens a file. Waits up to ten seconds for another program that writes to it.
---@param path string
---@param mode "read"|"write"|"create"
function sqlite.open(path, mode)
  local db = setmetatable({ path = path, prepared = {} }, Database)
  open_handle(db, path, flags[mode])
  if mode == "read" then open_where_nothing_can_be_written(db) end
  return db
end

--- Can the file not be written? SQLite opens such a file all the same.
function Database:is_readonly() return S().mah_sqlite3_db_readonly(self.handle, "main") == 1 end

--- Is the file that was opened no longer under its name: deleted, moved, replaced?
function Database:has_moved()
  local out = ffi.new "int[1]"
  local code = S().mah_sqlite3_file_control(self.handle, "main", HAS_MOVED, out)
  return code == OK and out[0] ~= 0
end

--- From now on changes go through a log beside the file, so that others can read meanwhile. Where
--- the file system cannot, another way stays.
function Database:use_log() self:rows "PRAGMA journal_mode = WAL" end

--- Puts all into the one file, and no log is needed to read it. Leaves it as it is while another
--- program has it open.
function Database:end_log()
  S().mah_sqlite3_busy_timeout(self.handle, 0)
  S().mah_sqlite3_exec(self.handle, "PRAGMA journal_mode = DELETE", nil, nil, nil)
  S().mah_sqlite3_busy_timeout(self.handle, PATIENCE)
end

--- Writes all that it holds to another file, though its own may have no name any more.
---@param path string
function Database:save_as(path)
  S().mah_sqlite3_exec(self.handle, "PRAGMA wal_checkpoint(TRUNCATE)", nil, nil, nil)
  self:run("VACUUM INTO ?", path)
end

--- Closes it; what is not committed is undone.
function Database:close()
  if self.handle == nil then return end
  for _, statement in pairs(self.prepared) do S().mah_sqlite3_finalize(statement) end
  S().mah_sqlite3_close_v2(self.handle)
  self.handle, self.prepared = nil, {}
end

function Database:is_closed() return self.handle == nil end

-- -- Statements -----------------------------------------------------------------------------------

--- In UTC: 2024-05-01T12:00:00.123Z.
local NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"

local function prepare(db, sql)
  if db.handle == nil then fail(db, "it is closed") end
  local statement = db.prepared[sql]
  if statement then return statement end
  local out = ffi.new "mah_sqlite3_stmt*[1]"
  local text = sql:gsub("%f[%w]NOW%f[%W]", { NOW = NOW })
  expect(db, S().mah_sqlite3_prepare_v2(db.handle, text, #text, out, nil))
  db.prepared[sql] = out[0]
  return out[0]
end

local function bind_one(statement, i, v)
  if v == nil then return S().mah_sqlite3_bind_null(statement, i) end
  if type(v) == "boolean" then return S().mah_sqlite3_bind_int64(statement, i, v and 1 or 0) end
  if type(v) == "string" then return S().mah_sqlite3_bind_text(statement, i, v, #v, TRANSIENT) end
  if v % 1 == 0 and math.abs(v) < 2 ^ 53 then return S().mah_sqlite3_bind_int64(statement, i, v) end
  return S().mah_sqlite3_bind_double(statement, i, v)
end

local function start(db, sql, ...)
  local statement = prepare(db, sql)
  for i = 1, S().mah_sqlite3_bind_parameter_count(statement) do
    expect(db, bind_one(statement, i, (select(i, ...))))
  end
  return statement
end

local function finish(db, statement, code)
  local message = code ~= DONE and ffi.string(S().mah_sqlite3_errmsg(db.handle))
  S().mah_sqlite3_reset(statement)
  if message then fail(db, message) end
end

local function column(statement, i)
  local kind = S().mah_sqlite3_column_type(statement, i)
  if kind == TYPE_NULL then return nil end
  if kind == TYPE_INTEGER then return tonumber(S().mah_sqlite3_column_int64(statement, i)) end
  if kind == TYPE_FLOAT then return S().mah_sqlite3_column_double(statement, i) end
  local text = S().mah_sqlite3_column_text(statement, i)
  return ffi.string(text, S().mah_sqlite3_column_bytes(statement, i))
end

--- Runs statements without parameters and results.
---@param sql string
function Database:execute(sql)
  expect(self, S().mah_sqlite3_exec(self.handle, sql, nil, nil, nil))
end

--- Runs one statement. NOW in it is the time.
---@param sql string
---@param ... any   for its question marks: nil, booleans, numbers, strings
---@return integer changes   rows that it changed
function Database:run(sql, ...)
  local statement = start(self, sql, ...)
  local code
  repeat code = S().mah_sqlite3_step(statement) until code ~= ROW
  finish(self, statement, code)
  return S().mah_sqlite3_changes(self.handle)
end

--- Inserts one row.
---@return integer id   of the new row
function Database:insert(sql, ...)
  self:run(sql, ...)
  return tonumber(S().mah_sqlite3_last_insert_rowid(self.handle))
end

--- The rows of a query, as tables by column name; NULL is nil.
---@return table[] rows, string[] columns
function Database:rows(sql, ...)
  local statement = start(self, sql, ...)
  local names, rows = {}, {}
  for i = 1, S().mah_sqlite3_column_count(statement) do
    names[i] = ffi.string(S().mah_sqlite3_column_name(statement, i - 1))
  end
  local code = S().mah_sqlite3_step(statement)
  while code == ROW do
    local row = {}
    for i, name in ipairs(names) do row[name] = column(statement, i - 1) end
    rows[#rows + 1] = row
    code = S().mah_sqlite3_step(statement)
  end
  finish(self, statement, code)
  return rows, names
end

--- The first row, or nil.
function Database:row(sql, ...) return self:rows(sql, ...)[1] end

-- -- Transactions ---------------------------------------------------------------------------------

--- Is a transaction open?
function Database:is_open() return S().mah_sqlite3_get_autocommit(self.handle) == 0 end

--- Runs `action` in a transaction: all of it happens, or nothing.
---@param action function
function Database:transaction(action, ...)
  self:execute "BEGIN IMMEDIATE"
  local ok, result = pcall(action, ...)
  local committed, problem = ok, result
  if ok then committed, problem = pcall(self.execute, self, "COMMIT") end
  if committed then return result end
  if self:is_open() then S().mah_sqlite3_exec(self.handle, "ROLLBACK", nil, nil, nil) end
  error(problem, 0)
end

-- -- Tables ---------------------------------------------------------------------------------------

local APPLICATION = 0x6d616820 -- "mah "

local function number_of(db, pragma) return db:row("PRAGMA " .. pragma)[pragma] end

--- The version of the tables; nil where there are none. Complains about a file of something else.
---@return integer|nil
function Database:version()
  if self:row("SELECT count(*) AS n FROM sqlite_master").n == 0 then return nil end
  check.that(number_of(self, "application_id") == APPLICATION,
    "'%s' is a SQLite file of something else than mah.sweep", self.path)
  return number_of(self, "user_version")
end

--- Makes the tables, or changes them, unless somebody was faster.
---@param sql string
---@param version integer       of the tables then
---@param before integer|nil    of the tables now
function Database:upgrade(sql, version, before)
  self:transaction(function()
    if self:version() ~= before then return end
    self:execute(sql)
    self:execute(("PRAGMA application_id = %d; PRAGMA user_version = %d"):format(APPLICATION,
      version))
  end)
end

--- Is there a table, view or index of this name?
function Database:has_relation(name)
  return self:row("SELECT 1 FROM sqlite_master WHERE lower(name) = lower(?)", name) ~= nil
end

--- The names that the JSON objects of a study's column have, in order.
---@return {name: string}[]
function Database:names_in(study, source)
  local sql = "SELECT DISTINCT j.key AS name FROM trials t, "
    .. "json_each(CASE WHEN json_valid(t.COLUMN) THEN t.COLUMN END) j " -- not what is damaged
    .. "WHERE t.study = ? AND typeof(j.key) = 'text' ORDER BY 1"
  local names = {}
  for _, row in ipairs(self:rows((sql:gsub("COLUMN", source)), study)) do
    if not row.name:find '["%z]' then names[#names + 1] = row end -- no path can say a quote
  end
  return names
end

--- The SQL for one of them.
---@param entry {name: string}
function Database.field(_, source, entry)
  return ("json_extract(%s, '$.\"%s\"')"):format(source, (entry.name:gsub("'", "''")))
end

--- A name as it can be kept: of any length.
function Database.short_name(_, name) return name end

--- Runs `action`, which makes a view.
function Database:make_view(action) self:transaction(action) end

return sqlite
