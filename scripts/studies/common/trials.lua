--- The trials of a study: every value of what is swept, with every seed.
---
---     local rows = trials.run(study, report)
---     print(rows[1].name, rows[1].params.seed, rows[1].result.test)    --> dropout=0.2  1  0.9712
local mah = require "mah"
local command_line = require "common.command_line"

local trials = {}

--- What every trial of the study is given besides the swept value and the seed: the preset's
--- numbers, the study's own, and which data these are.
local function common_params(study, report)
  local preset, data = report.settings, report.data
  local params = {
    n = preset.n, validation = preset.validation, test = preset.test,
    max_iter = preset.max_iter, tol = preset.tol,
    data = ("%s, %d + %d images"):format(data.name, #data.train.x, #data.test.x),
  }
  for name, value in pairs(study.fixed and study.fixed(preset, report) or {}) do
    params[name] = value
  end
  return params
end

--- A value of what is swept: the parameter's, or a table of all parameters that the trial differs
--- in.
local function swept(study, value)
  return type(value) == "table" and value or { [study.x] = value }
end

--- The parameters of all trials, seeds varying fastest.
---@param study table
---@param report table
---@return table[]
function trials.list(study, report)
  local list, common = {}, common_params(study, report)
  local seeds = common.seeds or report.settings.seeds
  common.seeds = nil
  for _, value in ipairs(study.values(report.preset, report)) do
    for _, seed in ipairs(seeds) do
      local params = { seed = seed }
      for name, v in pairs(swept(study, value)) do params[name] = v end
      for name, v in pairs(common) do params[name] = v end
      list[#list + 1] = params
    end
  end
  return list
end

--- Says why a sweep ended early, and how to go on; Ctrl-C and the like are status 130.
local function give_up(problem)
  local text = command_line.message_of(problem)
  local interrupted = text:find "is interrupted"
  text = text:gsub("the same command goes on", "the same command with --resume goes on")
  command_line.stop(interrupted and 130 or 1, text)
end

--- The trials in the order in which they run, and the place of each in the other order.
local function in_turn(study, listed)
  local place, list = {}, {}
  for i, params in ipairs(listed) do place[params], list[i] = i, params end
  table.sort(list, function(a, b)
    local turn_a, turn_b = study.turn and study.turn(a) or 0, study.turn and study.turn(b) or 0
    if turn_a ~= turn_b then return turn_a < turn_b end
    return place[a] < place[b]
  end)
  return list, place
end

local function name_of(study, params)
  if study.name_of then return study.name_of(params) end
  return ("%s=%s"):format(study.x, tostring(params[study.x]))
end

--- Runs what is not in the report's store yet, in processes of their own, and returns all rows in
--- the order of the list.
---
--- A study with a `turn(params)` has its trials run in the order of what that gives.
---@param study table
---@param report table
---@return table[] rows   {name, params, result, status, error}
function trials.run(study, report)
  -- The data reach the trial through the report, so that their path is no part of its identity.
  local trial = study.trial
  local list, place = in_turn(study, trials.list(study, report))
  local sweep = mah.sweep {
    name = study.id, store = report.out .. "/runs.db", trials = list,
    trial = function(params) return trial(params, report.data, report) end,
    timeout = report.settings.timeout, data = { report.data.test.x },
    code = trial, -- of the study, not of the function here
  }
  local ok, problem = pcall(sweep.run, sweep,
    { jobs = report.jobs, again = report.resume, arguments = false })
  if not ok then give_up(problem) end
  local rows = sweep:results()
  table.sort(rows, function(a, b) return place[list[a.number]] < place[list[b.number]] end)
  for _, row in ipairs(rows) do row.name = name_of(study, row.params) end
  return rows
end

return trials
