--- What a report says of two models beside each other, on the same rows.
local Results = require "mah.sweep.table"
local check = require "mah.base.check"
local compare = require "mah.learn.metrics.compare"
local findings = require "mah.report.findings"
local judged = require "mah.report.judged"
local prose = require "mah.report.prose"
local scores = require "mah.report.scores"
local special = require "mah.learn.metrics.special"
local tables = require "mah.report.tables"
local words = require "mah.report.study_words"

local LEVEL = 0.05

--- The table's columns, and those of each model's interval.
local function columns_of(language, names)
  local columns = findings.columns
  local head, intervals, seen = { language:pick(columns.measure) }, {}, {}
  for k, name in ipairs(names) do
    local low, high = language:pick(columns.low), language:pick(columns.high)
    head[3 * k - 1], head[3 * k], head[3 * k + 1] = name, name .. " " .. low, name .. " " .. high
    intervals[name] = { head[3 * k], head[3 * k + 1] }
  end
  for _, name in ipairs(head) do
    check.that(not seen[name], "report:compare: names: %q would be two columns of the table", name)
    seen[name] = true
  end
  return head, intervals
end

--- The scores of both, and their difference where it has an interval.
local function add_table(r, head, intervals, lists)
  local language, measures, out = r.page.language, findings.measures, {}
  for i, one in ipairs(lists[1]) do
    local row = { [head[1]] = language:pick(measures[one.name]) }
    for k = 1, 2 do
      local own
      for _, other in ipairs(lists[k]) do own = other.name == one.name and other or own end
      own = own or {}
      row[head[3 * k - 1]], row[head[3 * k]], row[head[3 * k + 1]] = own.test, own.low, own.high
    end
    out[i] = row
  end
  tables.add(r, Results.new(head, out), language:say(words.side, { n = lists.n }), intervals)
end

local function verdict_of(language, pvalue, better)
  if pvalue < LEVEL and better then return language:say(words.better, { better = better }) end
  return language:pick(words.chance)
end

local function shown_p(language, p)
  if p < 1e-4 then return "< " .. language:number(1e-4, "4") end
  return "= " .. language:number(p, p < 1 and "4" or nil)
end

local function add_mcnemar(r, names, a, b)
  local language = r.page.language
  local t = compare.mcnemar(a.test.y, a.test.predicted, b.test.predicted)
  local better = t.only_a > t.only_b and names[1] or t.only_b > t.only_a and names[2] or nil
  r.page:text(words.mcnemar, { a = names[1], b = names[2], only_a = t.only_a, only_b = t.only_b,
    p = shown_p(language, t.pvalue), verdict = verdict_of(language, t.pvalue, better) })
end

--- Student's t of paired differences.
local function paired(differences)
  local n, sum, squares = #differences, 0, 0
  for _, d in ipairs(differences) do sum = sum + d end
  for _, d in ipairs(differences) do squares = squares + (d - sum / n) ^ 2 end
  if squares == 0 then return sum / n, sum == 0 and 1 or 0 end
  local t = (sum / n) / math.sqrt(squares / (n - 1) / n)
  return sum / n, special.student_tails(t, n - 1)
end

local function add_paired(r, names, a, b)
  local language, differences = r.page.language, {}
  for i, y in ipairs(a.test.y) do
    differences[i] = math.abs(y - a.test.predicted[i]) - math.abs(y - b.test.predicted[i])
  end
  check.that(#differences > 1, "report:compare: on: two rows are needed at least")
  local mean, p = paired(differences)
  local better = mean < 0 and names[1] or mean > 0 and names[2] or nil
  r.page:text(words.paired, { mean = math.abs(mean), p = shown_p(language, p),
    verdict = verdict_of(language, p, better) })
end

--- Two names, each a text, that differ.
local function names_of(given)
  local names = given or { "a", "b" }
  check.that(#names == 2, "report:compare: names must be two, as {\"small\", \"large\"}; got %d",
    #names)
  for k, name in ipairs(names) do
    check.that(type(name) == "string" and name ~= "", "report:compare: names[%d] must be a string; "
      .. "got %s", k, check.show(name))
  end
  check.that(names[1] ~= names[2], "report:compare: the two names are the same, %q", names[1])
  return names
end

--- Puts two models on the page; see report:compare.
---@param r table
---@param o {a: table, b: table, on: any, target: string|nil, names: string[]|nil}
return function(r, o)
  local names, both, lists = names_of(o.names), {}, {}
  local head, intervals = columns_of(r.page.language, names)
  for k, name in ipairs { "a", "b" } do
    local j = judged.new(o[name], { test = o.on, target = o.target }, "report:compare: " .. name)
    both[k] = j
    lists[k] = j.is_classifier and scores.of_classes(j) or scores.of_numbers(j)
  end
  check.that(both[1].is_classifier == both[2].is_classifier,
    "report:compare: a classifier cannot be compared with a regressor")
  lists.n = both[1].test.n
  local title = o.title or r.page.language:pick(words.comparison)
  r.page:section { id = prose.id(r.page, title), title = title }
  add_table(r, head, intervals, lists)
  local add = both[1].is_classifier and add_mcnemar or add_paired
  add(r, names, both[1], both[2])
end
