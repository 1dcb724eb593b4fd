--- What the specs of sweeps share: stores that are gone afterwards, quiet runs, logs of what ran.
---
---     local helper = require "sweep.sweep_helper"
---     local store = helper.store()
---     helper.run(study, {jobs = 2})
local mah = require "mah"
local database = require "mah.sweep.database"

local helper, made = {}, {}

--- A path for a new store.
function helper.store()
  local path = os.tmpname()
  os.remove(path)
  made[#made + 1] = path .. ".db"
  return path .. ".db"
end

--- Runs a study without a word, and without busted's command line.
function helper.run(study, given)
  local o = { quiet = true, arguments = false, jobs = 2 }
  for name, value in pairs(given or {}) do o[name] = value end
  return study:run(o)
end

--- A file that trials add lines to; helper.lines counts them.
function helper.log()
  local path = os.tmpname()
  made[#made + 1] = path
  return path
end

function helper.lines(path)
  local count = 0
  for _ in io.lines(path) do count = count + 1 end
  return count
end

--- Looks into a store with SQL.
function helper.query(path, sql, ...)
  local db = database.open(path, "write")
  local rows = db:rows(sql, ...)
  db:close()
  return rows
end

--- Changes a store with SQL.
function helper.execute(path, sql)
  local db = database.open(path, "write")
  db:execute(sql)
  db:close()
end

--- A trial from a text, whose code is the text.
function helper.trial(text, ...) return assert(loadstring(text))(...) end

function helper.clean()
  for _, path in ipairs(made) do os.remove(path) end
  made = {}
  require("mah.base.exit").status = 0
  mah.warnings(true)
end

return helper
