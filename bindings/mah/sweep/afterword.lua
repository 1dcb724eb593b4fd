--- What a run says besides its live line: before it, that trials of earlier code are history; after
--- it, why trials failed, what they warned of, and which command shows more.
---
---     flowers: 36 of 108 trials failed:
---       36 times: flowers_sweep.lua:36: a tensor has no 'zeros_like'
---       more: mah results runs.db flowers --errors
local objective = require "mah.sweep.objective"
local text_of = require "mah.base.text"

local printable = text_of.printable

local afterword = {}

local MOST_TEXTS = 5

local function say(run, message, ...)
  io.stderr:write(run.study.name, ": ", message:format(...), "\n")
end

--- The text as one word of a shell.
local function quoted(text)
  if text:find "^[%w_./-]+$" and not text:find "^-" then return text end
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- "mah results runs.db flowers --errors"
local function command(run, option)
  return ("mah results %s %s --%s"):format(quoted(run.store.path), quoted(run.study.name), option)
end

local function first_line(text) return (text:match "^[^\n]*") end

--- The texts in the order in which they came, and how often each came.
---@param list string[]
---@return string[] texts, table<string, integer> times
local function counted(list)
  local texts, times = {}, {}
  for _, text in ipairs(list) do
    if not times[text] then texts[#texts + 1] = text end
    times[text] = (times[text] or 0) + 1
  end
  return texts, times
end

local function list_texts(run, list, option)
  local texts, times = counted(list)
  for i = 1, math.min(#texts, MOST_TEXTS) do
    local n = times[texts[i]]
    io.stderr:write(("  %s: %s\n"):format(n == 1 and "once" or n .. " times",
      printable(texts[i])))
  end
  if #texts > MOST_TEXTS then
    io.stderr:write(("  and %s\n"):format(text_of.count(#texts - MOST_TEXTS, "other text")))
  end
  io.stderr:write(("  more: %s\n"):format(command(run, option)))
end

--- Our trials in order, each as often as the search asked for it.
local function trials_of(run)
  local list = {}
  for i = 1, run.study.plan.total do
    local trial = run.trials[i]
    list[#list + 1] = trial and trial.same or trial
  end
  return list
end

-- -- Before ---------------------------------------------------------------------------------------

--- Says that the code has changed, when it has.
---@param run table
---@param code string|nil   that of the last run
function afterword.of_code(run, code)
  if not code or code == run.study.code then return end
  local earlier = run.store:earlier(run.row)
  if earlier == 0 then return end
  local finished = 0
  for _, row in pairs(run.known) do
    if row.status == "done" or row.status == "failed" or row.status == "pruned" then
      finished = finished + 1
    end
  end
  say(run, "the code of the trials has changed: %s of earlier code %s history (%s), and %s",
    text_of.count(earlier, "trial"), text_of.plural(earlier, "is", "are"), command(run, "all"),
    finished == 0 and "all run again"
    or ("the %d that ran with this code before %s"):format(finished,
      text_of.plural(finished, "counts", "count")))
end

-- -- After ----------------------------------------------------------------------------------------

local function tell_failures(run, trials)
  local errors, before = {}, 0
  for _, trial in ipairs(trials) do
    if trial.status == "failed" then
      errors[#errors + 1] = first_line(trial.error or "")
      before = before + (trial.attempts == 0 and 1 or 0)
    end
  end
  if #errors == 0 then return end
  say(run, "%d of %s failed%s:", #errors, text_of.count(run:counts().total, "trial"), before > 0
    and (" (%d in an earlier run; with --again %s again)"):format(before,
      text_of.plural(before, "it runs", "they run")) or "")
  list_texts(run, errors, "errors")
end

local function tell_warnings(run, trials)
  local texts, warned = {}, 0
  for _, trial in ipairs(trials) do
    for _, text in ipairs(trial.warnings or {}) do texts[#texts + 1] = first_line(text) end
    if trial.warnings then warned = warned + 1 end
  end
  if warned == 0 then return end
  say(run, "%d of %s warned:", warned, text_of.count(run:counts().total, "trial"))
  list_texts(run, texts, "warnings")
end

--- Says how many trials of a batch there was something to gain for.
local function tell_batches(run)
  if run.o.batch == 1 then return end
  local counts = run:counts()
  local ran = counts.total - counts.waiting - run.skipped
  if ran > 0 then
    say(run, "%d of %s trained together with others", run.together, text_of.count(ran, "trial"))
  end
end

local function has_number(trials, name)
  for _, trial in ipairs(trials) do
    if trial.status == "done" and objective.of(trial.result, name) then return true end
  end
  return false
end

--- Says when no trial has a result that is judged, or a constraint.
local function tell_missing_results(run, trials)
  local of, done = run.o.of, 0
  local names = { unpack(type(of) == "table" and of or { of }) }
  for _, name in ipairs(run.o.constraints or {}) do names[#names + 1] = name end
  for _, trial in ipairs(trials) do done = done + (trial.status == "done" and 1 or 0) end
  for _, name in ipairs(done > 0 and names or {}) do
    if not has_number(trials, name) then say(run, "%s", objective.complaint(name, trials)) end
  end
end

--- Says when trials have finished and none keeps the constraints.
local function tell_infeasible(run, trials)
  local constraints, done = run.o.constraints, 0
  for _, trial in ipairs(constraints and trials or {}) do
    if trial.status == "done" then
      if objective.violation(trial.result, constraints) == 0 then return end
      done = done + 1
    end
  end
  if done > 0 then say(run, "%s", objective.infeasible(constraints)) end
end

--- Says what there is to say when a run has ended.
---@param run table
function afterword.of_run(run)
  local trials = trials_of(run)
  tell_batches(run)
  tell_failures(run, trials)
  tell_warnings(run, trials)
  tell_missing_results(run, trials)
  tell_infeasible(run, trials)
end

return afterword
