--- One connection to a PostgreSQL server through libpq, which is loaded when the first is made.
---
---     local link = libpq.connect("postgresql://mah@host/runs", "write")  -- or nil and why
---     local result, problem = link:query("SELECT $1::bigint AS one", {"1"}, 1)
---     result.rows, result.names, result.changes
---     problem.text, problem.is_lost, problem.may_repeat
---     link:close()
---
--- There is no finalizer: a forked trial that collects its garbage must not end the session of the
--- process that it was forked from.
local check = require "mah.base.check"
local ffi = require "ffi"
local foreign = require "mah.base.foreign"

foreign.declare [[
typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
PGconn *PQconnectdbParams(const char *const *keywords, const char *const *values, int expand);
int PQstatus(const PGconn *connection);
char *PQerrorMessage(const PGconn *connection);
int PQserverVersion(const PGconn *connection);
const char *PQparameterStatus(const PGconn *connection, const char *name);
void PQfinish(PGconn *connection);
PGresult *PQexec(PGconn *connection, const char *sql);
PGresult *PQexecParams(PGconn *connection, const char *sql, int n, const unsigned *types,
                       const char *const *values, const int *lengths, const int *formats,
                       int result_format);
int PQresultStatus(const PGresult *result);
char *PQresultErrorField(const PGresult *result, int field);
char *PQcmdTuples(PGresult *result);
int PQntuples(const PGresult *result);
int PQnfields(const PGresult *result);
char *PQfname(const PGresult *result, int column);
unsigned PQftype(const PGresult *result, int column);
int PQgetisnull(const PGresult *result, int row, int column);
char *PQgetvalue(const PGresult *result, int row, int column);
int PQgetlength(const PGresult *result, int row, int column);
void PQclear(PGresult *result);
]]

local CONNECTION_OK = 0
local COMMAND_OK, TUPLES_OK = 1, 2 -- of PQresultStatus
local SQLSTATE, PRIMARY, DETAIL = string.byte "C", string.byte "M", string.byte "D"
local OLDEST = 100000 -- 10: columns GENERATED AS IDENTITY

local libpq = {}

local library
local function P()
  library = library or check.that(foreign.load { "libpq.so.5", "pq" },
    "mah.sweep: postgresql:// needs libpq, which cannot be loaded (Debian: libpq5)")
  return library
end

local function one_line(text) return (text:gsub("%s+", " "):gsub(" $", "")) end

-- -- Connecting -----------------------------------------------------------------------------------

local Link = {}
Link.__index = Link

--- What the address does not say. A server that is gone is noticed within half a minute.
local defaults = {
  { "connect_timeout", "10" }, { "keepalives_idle", "10" }, { "keepalives_interval", "5" },
  { "keepalives_count", "3" }, { "tcp_user_timeout", "30000" }, { "application_name", "mah" },
}

local function connection_of(address)
  local n = #defaults + 2
  local keywords, values = ffi.new("const char *[?]", n + 1), ffi.new("const char *[?]", n + 1)
  for i, pair in ipairs(defaults) do
    keywords[i - 1], values[i - 1] = pair[1], pair[2]
  end
  keywords[n - 2], values[n - 2] = "dbname", address -- what it says counts more than the defaults
  keywords[n - 1], values[n - 1] = "client_encoding", "UTF8"
  return P().mah_PQconnectdbParams(keywords, values, 1)
end

--- Every session is the same, whatever the server's settings are. One that stops within a
--- transaction must not hold up the others for long.
local session = [[
SET idle_in_transaction_session_timeout = '10s';
SET client_min_messages = error; SET timezone = 'UTC'; SET extra_float_digits = 3;
SET standard_conforming_strings = on; SET bytea_output = hex;]]

local function prepare_session(link, mode)
  local sql, version = session, P().mah_PQserverVersion(link.handle)
  if version < OLDEST then
    return ("the server is PostgreSQL %d; 10 or later is needed"):format(version / 10000)
  end
  local encoding = ffi.string(P().mah_PQparameterStatus(link.handle, "server_encoding"))
  if encoding ~= "UTF8" and encoding ~= "SQL_ASCII" then
    return ("the database's encoding is %s; UTF8 is needed"):format(encoding)
  end
  if mode == "read" then sql = sql .. "SET default_transaction_read_only = on;" end
  if version >= 140000 then sql = sql .. "SET client_connection_check_interval = '1s';" end
  local _, problem = link:execute(sql)
  return problem and problem.text, problem and problem.is_lost
end

local passing = { "starting up", "shutting down", "recovery mode", "administrator command" }

--- Is it what a server says that stops or starts again just now?
local function is_passing(text)
  for _, words in ipairs(passing) do
    if text:find(words, 1, true) then return true end
  end
  return false
end

--- A connection; or nil, what is wrong, and whether it is so only while the server starts again.
---@param address string
---@param mode "read"|"write"|"create"
---@return table|nil link, string|nil problem, boolean|nil passes
function libpq.connect(address, mode)
  local handle = connection_of(address)
  if handle == nil then return nil, "not enough memory" end
  local link = setmetatable({ handle = handle }, Link)
  local problem, passes
  if P().mah_PQstatus(handle) ~= CONNECTION_OK then
    problem = one_line(ffi.string(P().mah_PQerrorMessage(handle)))
  else
    problem, passes = prepare_session(link, mode)
  end
  if not problem then return link end
  link:close()
  return nil, problem, passes or is_passing(problem)
end

function Link:close()
  if self.handle == nil then return end
  P().mah_PQfinish(self.handle)
  self.handle = nil
end

-- -- Values ---------------------------------------------------------------------------------------

--- A value as the server reads it; nil for NULL, and for NaN, as SQLite has it.
---@param v any   nil, boolean, number, string
---@return string|nil
function libpq.text_of(v)
  if v == nil or v ~= v then return nil end
  if type(v) == "boolean" then return v and "t" or "f" end
  if type(v) == "string" then return (v:gsub("%z", "\239\191\189")) end -- no text has a zero byte
  if math.abs(v) == math.huge then return v > 0 and "Infinity" or "-Infinity" end
  return v % 1 == 0 and math.abs(v) < 2 ^ 53 and ("%d"):format(v) or ("%.17g"):format(v)
end

--- The server's numbers of types: int8 int2 int4 oid float4 float8 numeric, and bool.
local numeric = { [20] = true, [21] = true, [23] = true, [26] = true, [700] = true, [701] = true,
  [1700] = true }
local BOOL = 16

local function value_of(result, row, column, kind)
  if P().mah_PQgetisnull(result, row, column) == 1 then return nil end
  local text = ffi.string(P().mah_PQgetvalue(result, row, column),
    P().mah_PQgetlength(result, row, column))
  if numeric[kind] then return tonumber(text) end
  if kind == BOOL then return text == "t" end
  return text
end

local function rows_of(result)
  local names, kinds, rows = {}, {}, {}
  for c = 1, P().mah_PQnfields(result) do
    names[c] = ffi.string(P().mah_PQfname(result, c - 1))
    kinds[c] = P().mah_PQftype(result, c - 1)
  end
  for r = 1, P().mah_PQntuples(result) do
    local row = {}
    for c, name in ipairs(names) do row[name] = value_of(result, r - 1, c - 1, kinds[c]) end
    rows[r] = row
  end
  return { rows = rows, names = names,
    changes = tonumber(ffi.string(P().mah_PQcmdTuples(result))) or 0 }
end

-- -- Statements -----------------------------------------------------------------------------------

--- States in which the same may go well when it is done again: serialization, deadlock.
local repeatable = { ["40001"] = true, ["40P01"] = true }

local function field(result, name)
  local text = P().mah_PQresultErrorField(result, name)
  return text ~= nil and one_line(ffi.string(text)) or nil
end

--- What is wrong: is_lost: there is no session any more; may_repeat: others were in the way.
local function problem_of(link, result)
  local state = result ~= nil and field(result, SQLSTATE) or nil
  local text = result ~= nil and field(result, PRIMARY)
    or one_line(ffi.string(P().mah_PQerrorMessage(link.handle)))
  local detail = result ~= nil and field(result, DETAIL)
  return {
    text = detail and ("%s (%s)"):format(text, detail) or text, state = state,
    is_lost = P().mah_PQstatus(link.handle) ~= CONNECTION_OK
      or state ~= nil and state:find "^57P0" ~= nil, -- shutting down, starting up
    may_repeat = repeatable[state] or false,
  }
end

local function finish(link, result)
  local status = result ~= nil and P().mah_PQresultStatus(result) or -1
  local answer, problem
  if status == COMMAND_OK or status == TUPLES_OK then
    answer = rows_of(result)
  else
    problem = problem_of(link, result)
  end
  P().mah_PQclear(result)
  return answer, problem
end

--- One statement.
---@param sql string       with $1 ...
---@param values table     texts, as of libpq.text_of
---@param n integer        how many; values may have holes
---@return {rows: table[], names: string[], changes: integer}|nil, table|nil problem
function Link:query(sql, values, n)
  local list = ffi.new("const char *[?]", n + 1)
  for i = 1, n do list[i - 1] = values[i] end -- nil is NULL; values keeps the texts alive
  return finish(self, P().mah_PQexecParams(self.handle, sql, n, nil, list, nil, nil, 0))
end

--- Statements without parameters and results.
function Link:execute(sql) return finish(self, P().mah_PQexec(self.handle, sql)) end

return libpq
