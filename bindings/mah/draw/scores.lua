--- Scores of training and validation over the size of the training set, or over a parameter.
---
---     mah.plot.learning_curve{train_sizes = {50, 100}, train_scores = {{1, 1}, {0.98, 0.99}},
---       test_scores = {{0.8, 0.7}, {0.9, 0.85}}}
local Locale = require "mah.draw.locale"
local chart = require "mah.draw.chart"
local check = require "mah.base.check"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local series = require "mah.draw.series"

local scores = {}

local function matrix(what)
  return { options.required, "table|tensor", nil, "(n, folds): scores of the " .. what .. " rows" }
end

--- Mean and standard deviation of each row; NaN (a fold that failed) is left out.
local function summarise(m)
  local means, deviations = {}, {}
  for i = 1, m.rows do
    local n, mean, squares = 0, 0, 0
    for _, v in ipairs(m[i]) do n = v == v and n + 1 or n end
    for _, v in ipairs(m[i]) do mean = v == v and mean + v / n or mean end
    if n == 0 then mean = 0 / 0 end
    for _, v in ipairs(m[i]) do
      if v == v then squares = squares + (v - mean) ^ 2 end
    end
    means[i], deviations[i] = mean, math.sqrt(squares / n)
  end
  return means, deviations
end

--- The two series, each with a band of a standard deviation.
local function both(o, x, where, locale)
  local list = {}
  for i, field in ipairs { "train_scores", "test_scores" } do
    local m = numbers.matrix(o[field], where .. ": " .. field)
    check.that(m.rows == #x, "%s: %s has %d rows and there are %d places", where, field, m.rows, #x)
    local means, deviations = summarise(m)
    list[i] = { x = x, y = means, spread = m.columns > 1 and deviations or nil, color = i,
      label = locale.words[i == 1 and "train_score" or "test_score"] }
  end
  return list
end

local function figure_of(o, x, x_label, where)
  local locale, all = Locale.of(o.lang), {}
  for name, value in pairs(o) do all[name] = value end
  all.x_label, all.y_label = x_label, o.y_label or locale.words.score
  return chart.figure(where, all, series.artists(both(o, x, where, locale), where, locale))
end

local learning_rules = options.declare("mah.plot.learning_curve", chart.rules {
  train_sizes = { options.required, "table|tensor", nil, "(n): how many rows there were to train "
    .. "on" },
  train_scores = matrix "training", test_scores = matrix "held out",
})

--- Scores over the number of training samples, the mean over the folds and a band of their standard
--- deviation: what model_selection.learning_curve gives.
---
---     print(mah.plot.learning_curve { train_sizes = { 50, 100 },
---       train_scores = { { 1, 1 }, { 0.9, 1 } }, test_scores = { { 0.7, 0.8 }, { 0.8, 0.9 } } })
---     --> figure 640 x 400
---@param given table
---@return figure
function scores.learning_curve(given)
  local where = "mah.plot.learning_curve"
  local o = options(given, learning_rules, where)
  local label = o.x_label or Locale.of(o.lang).words.samples
  return figure_of(o, numbers.vector(o.train_sizes, where .. ": train_sizes"), label, where)
end

local validation_rules = options.declare("mah.plot.validation_curve", chart.rules {
  param_range = { options.required, "table|tensor", nil, "(n): values of the parameter, or names" },
  param_name = { "", "string", nil, "of the parameter, below the x axis" },
  train_scores = matrix "training", test_scores = matrix "held out",
})

--- Scores over a parameter, the mean over the folds and a band of their standard deviation: what
--- model_selection.validation_curve gives.
---
---     print(mah.plot.validation_curve { param_range = { 0.1, 1 }, param_name = "alpha",
---       train_scores = { { 1, 1 }, { 0.9, 1 } }, test_scores = { { 0.7, 0.8 }, { 0.8, 0.9 } } })
---     --> figure 640 x 400
---@param given table
---@return figure
function scores.validation_curve(given)
  local where = "mah.plot.validation_curve"
  local o = options(given, validation_rules, where)
  local x = o.param_range
  if type(x) ~= "table" or type(x[1]) ~= "string" then
    x = numbers.vector(x, where .. ": param_range")
  end
  return figure_of(o, x, o.x_label or o.param_name, where)
end

return scores
