--- The live line of a run:
---
---     batch size: 12/18 done, 2 running, 1 failed, best test 0.9731, 1:02 elapsed, about 0:31 left
local how_far = require "mah.base.how_far"
local objective = require "mah.sweep.objective"
local progress = require "mah.base.progress"

local status_line = {}

local function best_of(run)
  local rows = {}
  for _, trial in pairs(run.trials) do rows[#rows + 1] = trial end
  if type(run.o.of) == "table" then
    local front = objective.front(rows, run.o)
    return #front > 0 and ("%d on the Pareto front"):format(#front) or nil
  end
  local _, value, name = objective.best(rows, run.o.of, run.o.goal, run.o.constraints)
  return value and ("best %s %.6g"):format(name, value)
end

--- From the time that this run's trials took so far.
local function remaining(run, counts)
  local ours = counts.total - counts.waiting - run.skipped
  if ours <= 0 or counts.waiting == 0 then return nil end
  local seconds = (progress.now() - run.started) / ours * counts.waiting
  return "about " .. how_far.time(seconds) .. " left"
end

local function describe(run)
  local counts = run:counts()
  local parts = { ("%d/%d done"):format(counts.total - counts.waiting, counts.total) }
  local function add(text) parts[#parts + 1] = text end
  if run.pool.count > 0 then add(("%d running"):format(run.pool.count)) end
  if counts.failed > 0 then add(("%d failed"):format(counts.failed)) end
  if counts.pruned > 0 then add(("%d pruned"):format(counts.pruned)) end
  add(best_of(run))
  add(how_far.time(progress.now() - run.started) .. " elapsed")
  add(remaining(run, counts))
  return table.concat(parts, ", ")
end

--- Shows how far the run is, when it is time to.
function status_line.show(run)
  local line = run.line
  if not line or progress.now() - line.last < line.every then return end
  line:update(describe(run))
end

--- The last line.
function status_line.finish(run)
  if run.line then run.line:done(describe(run)) end
end

return status_line
