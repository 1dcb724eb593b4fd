--- Damages stores of sweeps in many ways, and calls `mah results` with arguments of all kinds. What
--- reads a store must give rows, or raise an error that names the file; nobody gets to see an error
--- of Lua from inside of mah, and nothing takes long. A damaged store that can be opened must run
--- again, or say why not.
---
---     mah tests/fuzz/stores.lua [mutations = 1000] [seed = the time]
---
--- The seed is printed; the same one makes the same damages again. A store that shows a fault is
--- kept, and named.
local mah = require "mah"
local command = require "mah.sweep.results"
local database = require "mah.sweep.database"
local progress = require "mah.base.progress"

local PAGE, MOST_SECONDS, RUN_EVERY = 4096, 5, 4

local mutations = tonumber(arg[1] or 1000)
local seed = tonumber(arg[2] or os.time())
if not mutations or not seed then
  io.stderr:write "usage: mah stores.lua [mutations] [seed]\n"
  os.exit(2)
end
print("seed", seed)
math.randomseed(seed)
mah.warnings(false)

local random = math.random
local function one_of(list) return list[random(#list)] end

--- A new folder, in memory if possible: SQLite waits for its disk.
local function make_folder()
  local name = os.tmpname()
  os.remove(name)
  local in_memory = "/dev/shm/" .. name:match "[^/]+$"
  if pcall(mah.file.make_directory, in_memory) then return in_memory end
  mah.file.make_directory(name)
  return name
end

local folder = make_folder()
local path = folder .. "/runs.db"

-- -- A sound store --------------------------------------------------------------------------------

local function new_study(name, version)
  return mah.sweep { name = name, store = path, code = version,
    grid = { a = { 1, 2, 3, 4, 5, 6 }, kind = { "x", "y" } },
    trial = function(p, report)
      for epoch = 1, 3 do report(epoch, p.a / epoch) end
      if p.a == 3 then error("no " .. p.kind) end
      return { test = p.a / 10, list = { 1, 2 }, text = "وزن" }
    end }
end

local function run(study) return study:run { jobs = 2, quiet = true, arguments = false } end

run(new_study("one", "1"))
run(new_study("one", "2"))
run(new_study("the other", "1"))
local sound = mah.file.read(path)

-- -- Damages --------------------------------------------------------------------------------------

local function with_bytes(text, first, last, count)
  local bytes = {}
  for i = 1, count do bytes[i] = random(first, last) end
  for _, at in ipairs(bytes) do
    text = text:sub(1, at - 1) .. string.char(random(0, 255)) .. text:sub(at + 1)
  end
  return text
end

local function page(n) return sound:sub((n - 1) * PAGE + 1, n * PAGE) end
local pages = #sound / PAGE

local function replace_page(n, text)
  return sound:sub(1, (n - 1) * PAGE) .. text .. sound:sub(n * PAGE + 1)
end

local values = { "NULL", "''", "'x'", "'{}'", "'[]'", "'null'", "'{\"a\":'", "'[1,2]'", "0", "-1",
  "1.5", "9e999", "9223372036854775807", "x'00ff80'", "'done'", "'{\"a\":{\"b\":[]}}'",
  "'{\"test\":\"x\"}'", "'[\"test\",\"x\"]'", "'[\"max\",\"min\"]'",
  "'{\"a\":{\"low\":0,\"high\":1}}'",
  "'{\"a\":{\"values\":[1]}}'", "'{\"\":1}'", "printf('%.20000c', '[')", "'\t\n'", "char(0)" }

local columns = {
  trials = { "study", "identity", "code", "number", "params", "seed", "status", "reason", "error",
    "result", "warnings", "seconds", "cpu_seconds", "peak_memory", "worker", "attempts", "started",
    "finished" },
  studies = { "id", "name", "code", '"of"', "goal", "constraints", "space",
    '"view"', "owner" },
  curves = { "trial", "epoch", "value" },
  manifest = { "study", "started", "machine", "data" },
}
local tables = { "trials", "trials", "trials", "studies", "curves", "manifest" }

--- What is wrong with a value, and not with the file.
local function damage_with_sql()
  mah.file.write(path, sound)
  local db = database.open(path, "write")
  db:execute "PRAGMA ignore_check_constraints = 1; PRAGMA writable_schema = 1"
  for _ = 1, random(3) do
    local name = one_of(tables)
    local sql = ("UPDATE OR IGNORE %s SET %s = %s"):format(name, one_of(columns[name]),
      one_of(values))
    if random(4) > 1 and name ~= "curves" then
      sql = sql .. " WHERE rowid = " .. random(name == "trials" and 36 or 3)
    end
    pcall(db.execute, db, sql)
  end
  if random(8) == 1 then
    local sql = "UPDATE sqlite_master SET sql = substr(sql, %d) WHERE rowid = %d"
    pcall(db.execute, db, sql:format(random(40), random(9)))
  end
  db:close()
end

local damages = {
  function() return with_bytes(sound, 1, #sound, random(20)) end,
  function() return with_bytes(sound, 1, 100, random(4)) end, -- SQLite's header
  function() return with_bytes(sound, 101, 400, random(8)) end, -- of the first page
  function() -- the heads of pages, with their tables of cells
    local n = random(pages)
    return with_bytes(sound, (n - 1) * PAGE + 1, (n - 1) * PAGE + 60, random(6))
  end,
  function() return sound:sub(1, random(0, #sound)) end,
  function() return replace_page(random(pages), page(random(pages))) end,
  function() return replace_page(random(pages), ("\0"):rep(PAGE)) end,
  function() return sound .. with_bytes(page(random(pages)), 1, PAGE, 50) end,
  damage_with_sql, damage_with_sql, damage_with_sql, damage_with_sql,
}

--- Puts a damaged store into its place.
local function damage()
  for _, ending in ipairs { "", "-wal", "-shm", "-journal" } do os.remove(path .. ending) end
  local text = one_of(damages)()
  if text then mah.file.write(path, text) end
  if random(10) == 1 then
    mah.file.write(path .. one_of { "-wal", "-journal" }, with_bytes(page(random(pages)), 1, PAGE,
      30))
  end
end

-- -- What is done with it -------------------------------------------------------------------------

--- `mah results` in this process: its status, and what it wrote.
local function call_command(arguments)
  local out, old = {}, { write = io.write, print = print, err = io.stderr }
  local function collect(...)
    for i = 1, select("#", ...) do out[#out + 1] = tostring((select(i, ...))) end
  end
  local sink = { write = function(_, ...) collect(...) end }
  io.write, print, io.stderr = collect, collect, sink -- luacheck: ignore
  local ok, problem = pcall(command, arguments)
  io.write, print, io.stderr = old.write, old.print, old.err -- luacheck: ignore
  if ok then return 0, table.concat(out) end
  local status = (getmetatable(problem) or {}).mah_exit_status -- base/exit.lua
  if status then return status, table.concat(out) end
  return "an error", tostring(problem)
end

local inner = { "attempt to", "bad argument", "%[mah%]/", "nil value", "stack overflow",
  "not enough memory", "invalid option" }

--- Complains about a message that tells the user nothing.
local function check_message(text)
  for _, pattern in ipairs(inner) do
    assert(not text:find(pattern), "an error from inside: " .. text)
  end
end

local function check_store_message(text)
  check_message(text)
  -- (The study's `of` may have become another word, or several.)
  assert(text:find(path, 1, true) or text:find "study:[a-z_]+: ",
    "a message without the file's name: " .. text)
end

local counts = { read = 0, refused = 0, run = 0 }

local function use(action)
  local ok, problem = pcall(action)
  if not ok then check_store_message(tostring(problem)) end
  counts[ok and "read" or "refused"] = counts[ok and "read" or "refused"] + 1
  return ok
end

local statuses = { waiting = true, running = true, done = true, failed = true, pruned = true,
  interrupted = true }

local function read_study(name, all)
  local study = mah.sweep.open(path, name, { all = all })
  for _, row in ipairs(study:results()) do
    assert(statuses[row.status] and type(row.params) == "table" and type(row.number) == "number")
  end
  study:summary()
  if type(study.o.of) == "table" then study:pareto_front() else study:best() end
  study:importances()
  assert(#study:table():csv() > 0)
end

local function look()
  for _, name in ipairs { "one", "the other" } do
    use(function() read_study(name, false) end)
    use(function() read_study(name, true) end)
  end
  mah.sweep.runner(path)
  local new = folder .. "/optuna.db"
  for _, arguments in ipairs { { path }, { path, "one", "--errors" }, { path, "one", "--json" },
    { path, "one", "--importances" }, { path, "--optuna", new } } do
    local status, text = call_command(arguments)
    assert(status == 0 or status == 1, text)
    if status == 1 then check_store_message(text) end
    os.remove(new)
  end
end

local function run_again()
  use(function()
    run(new_study("one", "2"))
    counts.run = counts.run + 1
  end)
end

-- -- The command's arguments ----------------------------------------------------------------------

local words = { path, path, path, "one", "the other", "--csv", "--json", "--markdown", "--best",
  "test", "tset", "--goal", "max", "min", "up", "--errors", "--warnings", "--all", "merge", "", "-",
  "--", "---", "--best=test", "%s", "%", "وزن", "\255", ("x"):rep(5000), "/", folder, ".",
  "none.db", "'; DROP TABLE trials; --" }

local function call_with_words()
  local arguments = {}
  for i = 1, random(0, 6) do arguments[i] = one_of(words) end
  for i, word in ipairs(arguments) do -- what follows is made, or an option's value
    if word == "merge" then arguments[i + 1] = folder .. "/merged.db" end
  end
  local status, text = call_command(arguments)
  assert(status == 0 or status == 1 or status == 2,
    table.concat(arguments, " ") .. ": " .. tostring(status) .. ": " .. text)
  check_message(text)
end

-- -- All of it ------------------------------------------------------------------------------------

local function keep(i)
  local kept = os.tmpname()
  mah.file.write(kept, mah.file.exists(path) and mah.file.read(path) or "")
  return ("damage %d (kept as %s)"):format(i, kept)
end

local faults = 0
local function try(i, action)
  local start = progress.now()
  local ok, problem = pcall(action)
  local seconds = progress.now() - start
  if ok and seconds <= MOST_SECONDS then return end
  faults = faults + 1
  print(keep(i), ok and ("took %.1f s"):format(seconds) or problem)
end

for i = 1, mutations do
  try(i, damage)
  try(i, look)
  if i % RUN_EVERY == 0 then try(i, run_again) end
end
for _, ending in ipairs { "-wal", "-shm", "-journal" } do os.remove(path .. ending) end
mah.file.write(path, sound)
for i = 1, mutations do try(i, call_with_words) end

for _, name in ipairs { "runs.db", "runs.db-wal", "runs.db-shm", "runs.db-journal", "merged.db",
  "merged.db-wal", "merged.db-shm" } do
  os.remove(folder .. "/" .. name)
end
os.remove(folder)
print(("%d damages: %d times read, %d times refused, %d runs; %d faults"):format(mutations,
  counts.read, counts.refused, counts.run, faults))
os.exit(faults == 0 and 0 or 1)
