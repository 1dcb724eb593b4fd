--- What `mah watch` tells of the studies of a store.
local failures = require "mah.report.failures"
local how_far = require "mah.base.how_far"
local objective = require "mah.sweep.objective"
local process = require "mah.sweep.process"
local progress = require "mah.base.progress"
local terminal = require "mah.base.terminal"
local text_of = require "mah.base.text"

local printable = text_of.printable

local seen = {}

local MOST_ERRORS = 3 -- of a study; the most frequent ones
local BAR = 30

-- -- Looking --------------------------------------------------------------------------------------

--- Does a process run the study? One of another machine is taken at its word.
local function is_run(store, study)
  if store:runner(study) then return true end
  local host = not store.is_shared and (study.owner or ""):match "^(.-) %d+ %d+$"
  return host ~= nil and host ~= false and host ~= process.host()
end

--- Seconds until all have ended, as fast as they ended since we look; nil: that cannot be told.
local function remaining(first, ended, left)
  local came = ended - first.ended
  if came <= 0 or left == 0 then return nil end
  return (progress.now() - first.at) / came * left
end

local function study_of(store, study, first)
  local rows, counts = store:trials(study), {}
  for _, name in ipairs { "waiting", "running", "done", "failed", "pruned", "interrupted" } do
    counts[name] = 0
  end
  for _, row in ipairs(rows) do counts[row.status] = counts[row.status] + 1 end
  local ended = counts.done + counts.failed + counts.pruned
  first[study.name] = first[study.name] or { ended = ended, at = progress.now() }
  local is_running = is_run(store, study)
  return { name = study.name, total = #rows, ended = ended, counts = counts,
    best = objective.best_text(rows, study), errors = failures(rows), is_run = is_running,
    left = is_running and remaining(first[study.name], ended, #rows - ended) or nil,
    is_over = not is_running and ended == #rows }
end

--- The studies as they are now; and whether all of them have ended.
---@param store table
---@param name string|nil   only this one
---@param first table       what was seen first; filled in
---@return table[] studies, boolean is_over
function seen.look(store, name, first)
  local list, is_over = {}, true
  for i, study in ipairs(name and { store:need(name) } or store:studies()) do
    list[i] = study_of(store, study, first)
    is_over = is_over and list[i].is_over
  end
  return list, is_over and #list > 0
end

-- -- Telling --------------------------------------------------------------------------------------

local function counts_of(study)
  local parts = { ("%d/%d ended"):format(study.ended, study.total) }
  for _, name in ipairs { "running", "failed", "pruned", "interrupted" } do
    local n = study.counts[name]
    if n > 0 then parts[#parts + 1] = ("%d %s"):format(n, name) end
  end
  if not study.is_run and not study.is_over then parts[#parts + 1] = "no process runs it" end
  return table.concat(parts, ", ")
end

local function bar_of(study)
  local full = study.total > 0 and math.floor(BAR * study.ended / study.total) or 0
  local on, off = "#", "."
  if terminal.unicode() then on, off = "█", "░" end
  return on:rep(full) .. off:rep(BAR - full)
end

--- All studies in one line, without times.
---@param studies table[]
---@return string
function seen.line(studies)
  local parts = {}
  for i, study in ipairs(studies) do
    parts[i] = ("%s: %s%s"):format(study.name, counts_of(study),
      study.best and ", best " .. study.best or "")
  end
  return printable(#parts > 0 and table.concat(parts, "; ") or "no study yet")
end

--- The view of a terminal.
---@param studies table[]
---@return string[]
function seen.lines(studies)
  local lines = {}
  local function add(text, ...) lines[#lines + 1] = printable(text:format(...)) end
  for _, study in ipairs(studies) do
    add("%s", study.name)
    add("  %s %s%s", bar_of(study), counts_of(study),
      study.left and ", about " .. how_far.time(study.left) .. " left" or "")
    if study.best then add("  best %s", study.best) end
    for k = 1, math.min(#study.errors, MOST_ERRORS) do
      local failure = study.errors[k]
      add("  failed %s: %s", failure.times == 1 and "once" or failure.times .. " times",
        failure.text)
    end
    if #study.errors > MOST_ERRORS then
      add("  and %s", text_of.count(#study.errors - MOST_ERRORS, "other message"))
    end
  end
  if #lines == 0 then add "no study yet" end
  return lines
end

return seen
