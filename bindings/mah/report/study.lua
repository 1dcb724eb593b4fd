--- What a report says of a study: what became of its trials, the best of them, each parameter
--- against the judged result, importances, failures.
local Results = require "mah.sweep.table"
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local failures = require "mah.report.failures"
local importance = require "mah.draw.importance"
local lines = require "mah.draw.lines"
local objective = require "mah.sweep.objective"
local plans = require "mah.sweep.plan"
local prose = require "mah.report.prose"
local text = require "mah.base.text"
local words = require "mah.report.study_words"

local WIDTH, HEIGHT = 460, 320
local MOST_PARAMETERS, BEST, FAILED = 12, 10, 20
local FAR = 100 -- of a parameter's values: largest / smallest that make its axis logarithmic

-- -- Trials ---------------------------------------------------------------------------------------

local function counts_of(rows)
  local counts = { all = #rows, done = 0, failed = 0, pruned = 0, other = 0 }
  for _, row in ipairs(rows) do
    local known = counts[row.status] and row.status ~= "all" and row.status or "other"
    counts[known] = counts[known] + 1
  end
  return counts
end

--- The results that are judged and that trials finished with: {name, goal, rows, values = {}}.
local function judged_of(study, rows, of)
  local own = of or study.o.of
  local list = {}
  for _, name in ipairs(type(own) == "table" and own or { own or false }) do
    local given = name or nil
    local finished, values = objective.finished(rows, given)
    if #finished > 0 then
      local known = given or select(2, objective.of(finished[1].result, nil))
      local one = { name = known, rows = finished, values = {},
        goal = objective.goal(known, objective.goal_of(study.o, given)) }
      for i, row in ipairs(finished) do one.values[i] = values[row] end
      list[#list + 1] = one
    end
  end
  return list
end

-- -- Blocks ---------------------------------------------------------------------------------------

--- Every finished trial in the order of the runs, and the best one so far.
local function add_history(r, one)
  local language, values, x, best = r.page.language, one.values, {}, {}
  for i, row in ipairs(one.rows) do
    x[i], best[i] = row.number, values[i]
    local sofar = best[i - 1]
    if sofar and (one.goal == "min") == (sofar < values[i]) then best[i] = sofar end
  end
  r:figure(lines { width = WIDTH, height = HEIGHT, lang = language.name, y_label = one.name,
    x_label = language:pick(words.trial), series = {
      { x = x, y = values, label = language:pick(words.trials), line = false, marker = true },
      { x = x, y = best, label = language:pick(words.best_so_far), marker = false },
    } }, language:say(words.history, { name = one.name }))
end

--- Where a parameter's values stand on an axis: numbers, or names.
local function axis_of(list, name)
  local x, y_of, all_numbers, low, high = {}, {}, true, math.huge, -math.huge
  for i, row in ipairs(list) do
    local value = row.params[name]
    if value ~= nil then
      x[#x + 1], y_of[#y_of + 1] = value, i
      all_numbers = all_numbers and type(value) == "number"
    end
  end
  for i, value in ipairs(x) do
    if all_numbers then
      low, high = math.min(low, value), math.max(high, value)
    else
      x[i] = type(value) == "table" and canonical.encode(value) or tostring(value)
    end
  end
  return x, y_of, all_numbers and low > 0 and high / low >= FAR
end

local function add_parameters(r, one)
  local language, parts, names = r.page.language, {}, plans.varying(one.rows)
  for k = 1, math.min(#names, MOST_PARAMETERS) do
    local x, of, log = axis_of(one.rows, names[k])
    local y = {}
    for i, place in ipairs(of) do y[i] = one.values[place] end
    parts[k] = lines { x = x, y = y, line = false, marker = true, log_x = log, lang = language.name,
      x_label = names[k], y_label = one.name, width = WIDTH, height = HEIGHT }
  end
  if #parts > 0 then r:figure(parts, language:say(words.parameters, { name = one.name })) end
end

--- Importances where there are trials enough for them; else why there are none.
local function add_importances(r, study, one)
  local language = r.page.language
  local ok, found = pcall(study.importances, study, { of = one.name })
  if not ok then
    local why = tostring(found):gsub("^.-study:importances: ", "")
    return r.page:text(words.no_importances, { why = why }, "note")
  end
  local names, means = {}, {}
  for i, row in ipairs(found) do names[i], means[i] = row.parameter, row.importance end
  r:figure(importance { importances_mean = means, names = names, width = WIDTH,
    lang = language.name, x_label = language:pick(words.share) },
    language:say(words.importances, { name = one.name }))
end

local function add_best(r, one)
  local values, order, sign = one.values, {}, one.goal == "min" and 1 or -1
  for i in ipairs(values) do order[i] = i end
  table.sort(order, function(a, b)
    if values[a] ~= values[b] then return sign * values[a] < sign * values[b] end
    return a < b
  end)
  local best = {}
  for i = 1, math.min(BEST, #order) do best[i] = one.rows[order[i]] end
  r:table(Results.of_trials(best, { "seconds" }), r.page.language:say(words.best,
    { n = #best, name = one.name }))
end

--- Why trials failed, each reason once, with how many it stopped.
local function add_failures(r, rows)
  local language, list, shown = r.page.language, failures(rows), {}
  if #list == 0 then return end
  local head = { language:pick(words.why), language:pick(words.count), language:pick(words.first) }
  for i = 1, math.min(#list, FAILED) do
    local why = text.printable(list[i].text)
    shown[i] = { [head[1]] = why, [head[2]] = list[i].times, [head[3]] = list[i].first }
  end
  r:table(Results.new(head, shown), language:pick(words.failures))
end

-- -- All of it ------------------------------------------------------------------------------------

--- Puts a study on the page; see report:study.
---@param r table
---@param study table
---@param o {of: string|nil, title: string|nil}
return function(r, study, o)
  local meta = type(study) == "table" and getmetatable(study)
  check.that(type(meta) == "table" and rawget(meta, "importances"), "report:study: a study of "
    .. "mah.sweep or mah.sweep.open is expected; got %s", check.show(study))
  local rows = study:results()
  check.that(#rows > 0, "report:study: study %q has no trials yet; run it first", study.name)
  if o.of then objective.check({ o.of }, rows, "report:study: of") end
  local language, title = r.page.language, o.title or study.name
  local counts = counts_of(rows)
  r.page:section { id = prose.id(r.page, title), title = title }
  r.page:text(words.counts, counts)
  for _, one in ipairs(judged_of(study, rows, o.of)) do
    add_best(r, one)
    add_history(r, one)
    add_parameters(r, one)
    add_importances(r, study, one)
  end
  add_failures(r, rows)
  r:table(study:table(), language:pick(words.all))
end
