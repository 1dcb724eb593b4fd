--- The command `mah results`: looks into stores from the shell. FILE may be the address of a
--- PostgreSQL database, postgresql://user@host/name.
---
---     mah results FILE                       the studies
---     mah results FILE STUDY                 its trials
---     mah results FILE STUDY --best test     the best one
---     mah results FILE STUDY --pareto        those that none is better than in all judged results
---     mah results FILE STUDY --importances   which parameters the result depends on
---     mah results FILE --optuna study.db     a file for Optuna
---     mah results FILE --html page.html      a page to look at (mah.report.store)
---     mah results merge INTO FILE...         puts the parts of a study together, and moves studies
---                                            from a file to a database and back
local Opened = require "mah.sweep.opened"
local Store = require "mah.sweep.store"
local Table = require "mah.sweep.table"
local address = require "mah.sweep.address"
local canonical = require "mah.sweep.canonical"
local exit = require "mah.base.exit"
local merge = require "mah.sweep.merge"
local objective = require "mah.sweep.objective"
local optuna = require "mah.sweep.optuna"
local text_of = require "mah.base.text"

local printable = text_of.printable

local usage = [[
usage: mah results FILE [STUDY] [options]
       mah results merge INTO FILE...
  FILE, INTO     a file, or the address of a PostgreSQL database,
                 postgresql://user@host/name
  --csv          as comma-separated values
  --json         as JSON
  --markdown     as Markdown
  --best NAME    the trial with the best NAME
  --goal GOAL    max or min; by default min for losses, errors and times
  --pareto       of several judged results: the trials that none is better than in all
  --importances  which parameters the judged results depend on
  --optuna NEW   writes a SQLite file for Optuna 3: all studies, or STUDY
  --html NEW     writes a page with tables and charts, and NEW.trials.csv and NEW.curves.csv
                 beside it: all studies, or STUDY
  --errors       with the whole text of errors
  --warnings     with the texts of warnings
  --all          also trials of earlier code
  --help         show this text
]]

local function leave(status, message)
  local out = status == 0 and io.stdout or io.stderr
  out:write(address.clean(message))
  exit.now(status)
end

local flags = { csv = true, json = true, markdown = true, errors = true, warnings = true,
  all = true, pareto = true, importances = true }
local with_value = { best = true, goal = true, optuna = true, html = true }

--- Names and options of the command line.
local function read(arguments)
  local o, i = {}, 1
  while arguments[i] do
    local name = arguments[i]:match "^%-%-(.+)$"
    if name == "help" then leave(0, usage) end
    if name and flags[name] then
      o[name] = true
    elseif name and with_value[name] then
      i = i + 1
      o[name] = arguments[i]
        or leave(2, ("mah results: --%s needs a value\n%s"):format(name, usage))
    elseif name then
      leave(2, ("mah results: unknown option '--%s'\n%s"):format(name, usage))
    else
      o[#o + 1] = arguments[i]
    end
    i = i + 1
  end
  if o.goal and o.goal ~= "max" and o.goal ~= "min" then
    leave(2, "mah results: --goal is max or min\n" .. usage)
  end
  return o
end

-- -- Studies --------------------------------------------------------------------------------------

local function list_studies(store, o)
  local list = {}
  for i, study in ipairs(store:studies()) do
    local rows, counts, total = store:trials(study), store:counts(study), 0
    for _, n in pairs(counts) do total = total + n end
    list[i] = { study = study.name, trials = total, best = objective.best_text(rows, study) }
    for _, status in ipairs { "done", "failed", "pruned" } do
      list[i][status] = counts[status] or 0
    end
    list[i].missing = total - list[i].done - list[i].failed - list[i].pruned
  end
  local columns = { "study", "trials", "done", "failed", "pruned", "missing", "best" }
  return Table.new(columns, list), list, o
end

-- -- Trials ---------------------------------------------------------------------------------------

local function best_of(rows, o, judged)
  local goal = o.goal or objective.goal_of(judged, o.best)
  local row = objective.best(rows, o.best, goal, judged.constraints)
  if row then return row end
  local is_there = objective.best(rows, o.best, goal)
  error(("'%s': %s"):format(o[2], is_there and objective.infeasible(judged.constraints)
    or objective.complaint(o.best, rows)), 0)
end

local function list_trials(store, o)
  local study = store:need(o[2])
  local rows, judged = store:trials(study, o.all), objective.of_row(study)
  if o.best then rows = { best_of(rows, o, judged) } end
  if o.pareto and type(judged.of) ~= "table" then
    error(("'%s' judges one result; --best NAME has its best trial"):format(o[2]), 0)
  elseif o.pareto then
    rows = objective.front(rows, judged)
  end
  local t = Table.of_trials(rows)
  if not o.errors and not o.csv then table.remove(t.columns) end -- the error's text comes last
  return t, rows
end

-- -- Output ---------------------------------------------------------------------------------------

--- A list with a row on each line, numbers in full.
local function as_json(rows)
  local lines = {}
  for i, row in ipairs(rows) do lines[i] = canonical.encode(row) end
  return "[" .. table.concat(lines, ",\n ") .. "]\n"
end

local function write_texts(rows, o)
  for _, row in ipairs(rows) do
    if o.errors and row.error then
      print(("\ntrial %d: %s"):format(row.number, printable(row.error)))
    end
    for _, text in ipairs(o.warnings and row.warnings or {}) do
      print(("\ntrial %d: warning: %s"):format(row.number, printable(text)))
    end
  end
end

local function write(t, rows, o)
  if o.csv then
    io.write(t:csv())
  elseif o.markdown then
    io.write(t:markdown())
  elseif o.json then
    io.write(as_json(rows))
  else
    print(t)
    if o[2] then write_texts(rows, o) end
  end
end

local function show(o)
  Store.with(o[1], "read", function(store)
    local t, rows = (o[2] and list_trials or list_studies)(store, o)
    write(t, rows, o)
  end)
end

local function show_importances(o)
  local t = Opened.open(o[1], o[2], { all = o.all }):importances()
  local rows = {}
  for i, row in ipairs(t) do rows[i] = row end
  write(t, rows, { csv = o.csv, json = o.json, markdown = o.markdown })
end

local function write_optuna(o)
  local trials, left_out, count
  Store.with(o[1], "read", function(store)
    local studies = o[2] and { store:need(o[2]) } or store:studies()
    trials, left_out = optuna(o.optuna, store, studies, o.all)
    count = #studies
  end)
  print(("%s of %s written to '%s'%s"):format(text_of.count(trials, "trial"),
    text_of.count(count, "study", "studies"), o.optuna, left_out > 0
    and ("; %d that %s not ended %s left out"):format(left_out,
      text_of.plural(left_out, "has", "have"), text_of.plural(left_out, "is", "are")) or ""))
end

local function merge_all(o)
  local parts = {}
  for i = 3, #o do parts[#parts + 1] = o[i] end
  if #parts == 0 then leave(2, "mah results merge: INTO and FILE... are needed\n" .. usage) end
  print(("%s taken into '%s'"):format(text_of.count(merge(o[2], parts), "trial"),
    address.shown(o[2])))
end

--- What the options ask for.
local function action_of(o, write_page)
  if o[1] == "merge" then return merge_all end
  if o.html then return write_page end
  if o.optuna then return write_optuna end
  if o.importances then return show_importances end
  return show
end

--- Runs the command; ends the program with status 1 or 2 when it cannot.
---@param arguments string[]
---@param write_page fun(o: table)   what --html does; o: names and options
return function(arguments, write_page)
  local o = read(arguments)
  if not o[1] then leave(2, usage) end
  if o[1] ~= "merge" and #o > 2 then
    leave(2, ("mah results: unexpected '%s'\n%s"):format(o[3], usage))
  end
  if o.pareto and not o[2] then leave(2, "mah results: --pareto needs a STUDY\n" .. usage) end
  local ok, problem = pcall(action_of(o, write_page), o)
  if not ok then
    leave(1, ("mah: %s\n"):format((tostring(problem):gsub("^mah results:%d+: ", ""))))
  end
end
