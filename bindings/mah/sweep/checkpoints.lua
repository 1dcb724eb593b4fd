--- Where the checkpoints of a study's trials lie: a folder beside the store, with a folder for each
--- trial, which goes when the trial is finished.
---
---     local o = checkpoints.settings(60, "out/runs.db")
---     --> {seconds = 60, folder = "out/runs.checkpoints"}
---     checkpoints.path(o, identity, 2)     --> "out/runs.checkpoints/3f2a.../fit-2.safetensors"
local check = require "mah.base.check"
local glob = require "mah.base.glob"
local options = require "mah.base.options"

local checkpoints = {}

local DIGITS = 24 -- of an identity; enough to tell trials apart

local rules = { seconds = { 60, "number", "(0, inf)" }, folder = { nil, "string" } }

--- The option of mah.sweep, checked: seconds, or a table.
---@param given number|table|nil
---@return table|nil
function checkpoints.read(given)
  if given == nil then return nil end
  if type(given) == "number" then given = { seconds = given } end
  local o = options(given, rules, "mah.sweep: checkpoint")
  check.that(o.folder ~= "", "mah.sweep: checkpoint: the folder has no name")
  return o
end

--- "out/runs.db" -> "out/runs.checkpoints"; of a store that is no file: "out/checkpoints".
local function beside(store)
  if store:find "^%a+://" then return "out/checkpoints" end
  return (store:match "^(.*[^/])%.[^./]+$" or store) .. ".checkpoints"
end

---@param given table|nil   of checkpoints.read
---@param store string      its path
---@return {seconds: number, folder: string}|nil
function checkpoints.settings(given, store)
  return given and { seconds = given.seconds, folder = given.folder or beside(store) } or nil
end

local function folder_of(o, identity) return o.folder .. "/" .. identity:sub(1, DIGITS) end

--- The file of a trial's n-th training.
function checkpoints.path(o, identity, n)
  return ("%s/fit-%d.safetensors"):format(folder_of(o, identity), n)
end

--- Removes what a trial has left, and the folder when it was the last one.
function checkpoints.remove(o, identity)
  local folder = folder_of(o, identity)
  for _, path in ipairs(glob.matching(folder .. "/fit-")) do os.remove(path) end
  os.remove(folder) -- a folder goes only when it is empty
  os.remove(o.folder)
end

return checkpoints
