--- Slurm's ways to write times and the tasks of an array, as sbatch(1) has them.
---
---     array.seconds "1-12:30"      --> 131400: a day, twelve hours and thirty minutes
---     array.read "1-9:2,20%4"      --> {ids = {1, 3, 5, 7, 9, 20}, is_range = false}
local array = {}

local MOST_TASKS = 1e6

--- Seconds of a time: minutes, minutes:seconds, hours:minutes:seconds, or days- before hours,
--- hours:minutes and hours:minutes:seconds. nil: it is none.
---@param text string
---@return number|nil   math.huge without a limit
function array.seconds(text)
  if text:upper() == "UNLIMITED" or text:upper() == "INFINITE" then return math.huge end
  local days, rest = text:match "^(%d+)%-(.*)$"
  local parts = {}
  for part in ((rest or text) .. ":"):gmatch "([^:]*):" do
    if not part:find "^%d+$" then return nil end
    parts[#parts + 1] = tonumber(part)
  end
  if #parts > 3 then return nil end
  if not days and #parts < 3 then table.insert(parts, 1, 0) end -- minutes come first
  return (tonumber(days) or 0) * 86400 + parts[1] * 3600 + (parts[2] or 0) * 60 + (parts[3] or 0)
end

--- The ids of "3", "3-7", "0-38:2"; nil: it is no such range.
local function add_range(ids, text)
  local range, step = text:match "^([^:]+):(%d+)$"
  range, step = range or text, tonumber(step or 1)
  local first, last = range:match "^(%d+)%-(%d+)$"
  first = tonumber(first or range:match "^%d+$")
  last = tonumber(last or first)
  if not first or step < 1 or last < first or (last - first) / step > MOST_TASKS then return nil end
  for id = first, last, step do ids[id] = true end
  return true
end

--- The tasks of --array, in order. is_range: they are of the form 0-38:2, which alone says in the
--- job's environment which place a task has.
---@param text string
---@return {ids: integer[], is_range: boolean}|nil   nil: it is no list of tasks
function array.read(text)
  local list = text:match "^(.-)%%%d+$" or text
  local set, ids = {}, {}
  for range in (list .. ","):gmatch "([^,]*)," do
    if not add_range(set, range) then return nil end
  end
  for id in pairs(set) do ids[#ids + 1] = id end
  table.sort(ids)
  return { ids = ids, is_range = #ids > 1 and not list:find "," }
end

return array
