--- Curves that judge a classifier: ROC, precision and recall, calibration.
---
---     mah.plot.roc{fpr = {0, 0, 0.5, 1}, tpr = {0, 0.5, 1, 1}}:save("roc.png")
local Locale = require "mah.draw.locale"
local chart = require "mah.draw.chart"
local check = require "mah.base.check"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local series = require "mah.draw.series"

local curves = {}

local RANGE = { -0.01, 1.01 } -- of shares, with room for the width of a line

--- The rules of a function: chart's, `fields` of one curve, and `curves` of several.
local function declare(where, fields, more)
  local own = { curves = { nil, "table" }, label = { nil, "string|number" },
    color = { nil, "string|number" } }
  local one = { label = own.label, color = own.color }
  for name, rule in pairs(fields) do
    one[name], own[name] = rule, { nil, rule[2], rule[3] }
  end
  for name, rule in pairs(more or {}) do own[name] = rule end
  return { where = where, own = options.declare(where, chart.rules(own)), one = one }
end

--- The curves that were given: one among the options, or several.
local function read_curves(o, rules)
  local alone = {}
  for name in pairs(rules.one) do alone[name] = o[name] end
  local first = next(alone)
  check.that((first == nil) ~= (o.curves == nil),
    "%s: give either one curve or curves = {{...} ...}", rules.where)
  local list = {}
  for i, given in ipairs(o.curves or { alone }) do
    local name = o.curves and ("%s: curves[%d]"):format(rules.where, i) or rules.where
    list[i] = options(given, rules.one, name)
    list[i].where = name
  end
  check.that(#list > 0, "%s: curves is empty", rules.where)
  return list
end

--- A vector of shares; complains of what is not in 0 ... 1.
local function shares(curve, field)
  local name = curve.where .. "." .. field
  local list = numbers.vector(curve[field], name)
  check.that(#list > 0, "%s is empty", name)
  for i, v in ipairs(list) do
    check.that(v ~= v or v >= 0 and v <= 1, "%s[%d] must be in 0 ... 1; got %g", name, i, v)
  end
  return list
end

local function pair_of(curve, x, y)
  local xs, ys = shares(curve, x), shares(curve, y)
  check.that(#xs == #ys, "%s: %s has %d values and %s has %d", curve.where, x, #xs, y, #ys)
  return xs, ys
end

--- The label with a number behind it: "forest (AUC 0.93)".
local function labelled(curve, word, value, locale)
  if not value then return curve.label end
  local number = ("%s %s"):format(word, locale:number(value, 3))
  return curve.label and ("%s (%s)"):format(locale:label(curve.label), number) or number
end

--- Defaults of the axes, where the user gave nothing.
local function with(o, defaults)
  local all = {}
  for name, value in pairs(o) do all[name] = value end
  for name, value in pairs(defaults) do
    if all[name] == nil then all[name] = value end
  end
  return all
end

--- The figure of curves, whose numbers are shares.
local function figure_of(where, o, list, locale)
  local artists = series.artists(list, where, locale)
  for _, artist in ipairs(artists) do artist.continuous = true end
  return chart.figure(where, o, artists)
end

--- The guides of the function, and then those of the user.
local function guides_of(o, first)
  local list = { first }
  for _, guide in ipairs(o.guides or {}) do list[#list + 1] = guide end
  return list
end

--- The area under a curve, by trapezes.
local function area_of(xs, ys)
  local sum = 0
  for i = 2, #xs do sum = sum + (xs[i] - xs[i - 1]) * (ys[i] + ys[i - 1]) / 2 end
  return math.abs(sum)
end

-- -- ROC ------------------------------------------------------------------------------------------

local vector = { options.required, "table|tensor" }
local number = { nil, "number" }
local roc_rules = declare("mah.plot.roc", { fpr = vector, tpr = vector, auc = number })

--- The receiver operating characteristic: true against false positive rates, and the line of
--- chance. The area stands in the legend. Options:
---  fpr, tpr  shares, in the order of the thresholds;  auc (the area, else found by trapezes),
---            label, color;  or curves = {{fpr = , tpr = , label = } ...}
---  title, guides, legend, width, height, lang ... as in mah.plot.lines
---
---     mah.plot.roc { fpr = { 0, 0, 0.5, 1 }, tpr = { 0, 0.5, 1, 1 }, label = "model" }
---@param given table
---@return table figure   see mah.draw.figure
function curves.roc(given)
  local where = roc_rules.where
  local o = options(given, roc_rules.own, where)
  local locale, list = Locale.of(o.lang), {}
  for i, curve in ipairs(read_curves(o, roc_rules)) do
    local x, y = pair_of(curve, "fpr", "tpr")
    list[i] = { x = x, y = y, marker = false, color = curve.color or i,
      label = labelled(curve, "AUC", curve.auc or area_of(x, y), locale) }
  end
  local words = locale.words
  local all = with(o, { x_range = RANGE, y_range = RANGE, x_label = words.false_positives,
    y_label = words.true_positives })
  all.guides = guides_of(o, { slope = 1, label = words.chance })
  return figure_of(where, all, list, locale)
end

-- -- Precision and recall -------------------------------------------------------------------------

local precision_rules = declare("mah.plot.precision_recall",
  { precision = vector, recall = vector, average_precision = number },
  { prevalence = { nil, "number", "[0, 1]" } })

--- Steps: a precision holds from its recall to the next lower one.
local function stepped(recall, precision)
  local x, y = {}, {}
  for i = 1, #recall do
    x[#x + 1], y[#y + 1] = recall[i], precision[i]
    if i < #recall then x[#x + 1], y[#y + 1] = recall[i + 1], precision[i] end
  end
  return x, y
end

--- Precision against recall, as steps. Options:
---  precision, recall   shares, in scikit-learn's order: recall falls;  average_precision (in the
---      legend), label, color;  or curves = {{precision = , recall = , label = } ...}
---  prevalence  the share of positives: the guide of chance
---  title, guides, legend, width, height, lang ... as in mah.plot.lines
---
---     mah.plot.precision_recall { precision = { 0.5, 0.7, 1 }, recall = { 1, 0.8, 0 } }
---@param given table
---@return table figure   see mah.draw.figure
function curves.precision_recall(given)
  local where = precision_rules.where
  local o = options(given, precision_rules.own, where)
  local locale, list = Locale.of(o.lang), {}
  for i, curve in ipairs(read_curves(o, precision_rules)) do
    local x, y = stepped(pair_of(curve, "recall", "precision"))
    list[i] = { x = x, y = y, marker = false, color = curve.color or i,
      label = labelled(curve, "AP", curve.average_precision, locale) }
  end
  local words = locale.words
  local all = with(o, { x_range = RANGE, y_range = RANGE, x_label = words.recall,
    y_label = words.precision })
  all.guides = guides_of(o, o.prevalence and { y = o.prevalence, label = words.chance })
  return figure_of(where, all, list, locale)
end

-- -- Calibration ----------------------------------------------------------------------------------

local calibration_rules = declare("mah.plot.calibration",
  { prob_true = vector, prob_pred = vector })

--- How often what was predicted with a probability came true (a reliability diagram). Options:
---  prob_true, prob_pred  of each bin: the share of positives and the mean prediction;  label,
---      color;  or curves = {{prob_true = , prob_pred = , label = } ...}
---  title, guides, legend, width, height, lang ... as in mah.plot.lines
---
---     mah.plot.calibration { prob_pred = { 0.1, 0.5, 0.9 }, prob_true = { 0.2, 0.5, 0.8 } }
---@param given table
---@return table figure   see mah.draw.figure
function curves.calibration(given)
  local where = calibration_rules.where
  local o = options(given, calibration_rules.own, where)
  local locale, list = Locale.of(o.lang), {}
  for i, curve in ipairs(read_curves(o, calibration_rules)) do
    local x, y = pair_of(curve, "prob_pred", "prob_true")
    list[i] = { x = x, y = y, color = curve.color or i, label = curve.label }
  end
  local words = locale.words
  local all = with(o, { x_range = RANGE, y_range = RANGE, x_label = words.probability,
    y_label = words.fraction })
  all.guides = guides_of(o, { slope = 1, label = words.calibrated })
  return figure_of(where, all, list, locale)
end

return curves
