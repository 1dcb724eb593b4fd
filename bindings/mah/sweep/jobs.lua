--- How many trials run at a time.
---
---     jobs.count("auto", 2, 8)     --> 4
local check = require "mah.base.check"
local text = require "mah.base.text"
local warn = require "mah.base.warn"

local jobs = {}

---@param wanted any
function jobs.check(wanted)
  check.that(type(wanted) == "number" or wanted == "auto",
    'study:run: jobs must be a whole number or "auto"; got %s', check.show(wanted))
end

--- As many as asked for, or as many workers as the threads of each leave processors for.
---@param wanted integer|"auto"
---@param threads integer   of each worker
---@param cores integer
---@return integer
function jobs.count(wanted, threads, cores)
  if wanted == "auto" then return math.max(1, math.floor(cores / threads)) end
  if threads > 1 and wanted * threads > cores then
    warn("study:run: %s with %d threads each %s more than %s", text.count(wanted, "job"), threads,
      text.plural(wanted, "is", "are"), text.count(cores, "processor"))
  end
  return wanted
end

return jobs
