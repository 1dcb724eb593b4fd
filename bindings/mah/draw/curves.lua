--- Curves that judge a classifier: ROC, precision and recall, calibration.
---
---     mah.plot.roc{y_true = test.y, y_score = clf:predict_proba(test.x):select(2, 2)}
---     mah.plot.roc{fpr = {0, 0, 0.5, 1}, tpr = {0, 0.5, 1, 1}}:save("roc.png")
local Locale = require "mah.draw.locale"
local chart = require "mah.draw.chart"
local check = require "mah.base.check"
local labels = require "mah.data.labels"
local metrics = require "mah.learn.metrics"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local series = require "mah.draw.series"

local curves = {}

local RANGE = { -0.01, 1.01 } -- of shares, with room for the width of a line

-- -- What is given --------------------------------------------------------------------------------

--- Labels and scores, of which the fields of a curve are made.
local judged = {
  y_true = { options.required, "table|tensor" }, y_score = { options.required, "table|tensor" },
  pos_label = { nil, "number|string|boolean" },
}

--- The rules of a function: chart's, `fields` of one curve, `curves` of several, and of labels and
--- scores, with options of their own.
---@param make fun(o: table): table   the fields of what was given instead: labels and scores
local function declare(where, fields, make, scored, more)
  local own = { curves = { nil, "table" }, label = { nil, "string|number" },
    color = { nil, "string|number" } }
  local rules = { where = where, fields = fields, make = make, ready = {}, judged = {} }
  for kind, names in pairs { ready = { fields }, judged = { judged, scored } } do
    for _, list in ipairs(names) do
      for name, rule in pairs(list) do
        rules[kind][name], own[name] = rule, { nil, unpack(rule, 2, 4) }
      end
    end
    rules[kind].label, rules[kind].color = own.label, own.color
  end
  for name, rule in pairs(more or {}) do own[name] = rule end
  rules.own = options.declare(where, chart.rules(own))
  return rules
end

--- The first name, in order, of a field of some rules that was given.
local function given_of(given, rules, others)
  local first
  for name in pairs(rules) do
    if given[name] ~= nil and not others[name] and (not first or name < first) then first = name end
  end
  return first
end

--- One curve, read: its fields, or what they are made of.
local function read_curve(given, rules, name)
  check.that(type(given) == "table", "%s: a table is expected, got %s", name, check.show(given))
  local ready = given_of(given, rules.ready, rules.judged)
  local scored = given_of(given, rules.judged, rules.ready)
  check.that(not (ready and scored), "%s: %s is of a curve that is there, %s of labels and scores; "
    .. "give one of the two", name, tostring(ready), tostring(scored))
  if not scored then return options(given, rules.ready, name) end
  local o = options(given, rules.judged, name)
  local classes = labels.classes(o.y_true, name .. ": y_true")
  check.that(#classes > 1, "%s: y_true holds one class only, %s; a curve needs positive and "
    .. "negative rows", name, labels.list(classes))
  local curve = rules.make(o)
  curve.label, curve.color = o.label, o.color
  return curve
end

--- The curves that were given: one among the options, or several.
local function read_curves(o, rules)
  local alone = {}
  for _, kind in ipairs { "ready", "judged" } do
    for name in pairs(rules[kind]) do alone[name] = o[name] end
  end
  check.that((next(alone) == nil) ~= (o.curves == nil),
    "%s: give either one curve or curves = {{...} ...}", rules.where)
  local list = {}
  for i, given in ipairs(o.curves or { alone }) do
    local name = o.curves and ("%s: curves[%d]"):format(rules.where, i) or rules.where
    list[i] = read_curve(given, rules, name)
    list[i].where = name
  end
  check.that(#list > 0, "%s: curves is empty", rules.where)
  return list
end

-- -- Shares ---------------------------------------------------------------------------------------

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
local weights = { sample_weight = { nil, "table|tensor" } }

local function roc_of(o)
  local fpr, tpr = metrics.roc_curve(o.y_true, o.y_score,
    { pos_label = o.pos_label, sample_weight = o.sample_weight })
  return { fpr = fpr, tpr = tpr }
end

local roc_rules = declare("mah.plot.roc", { fpr = vector, tpr = vector, auc = number }, roc_of,
  weights)

--- The receiver operating characteristic: true against false positive rates, and the line of
--- chance. The area stands in the legend. Options:
---  y_true, y_score  labels of two classes and scores of the positive one; pos_label (1 of 0 and 1)
---            and sample_weight as in mah.metrics.roc_curve
---  fpr, tpr  or the curve: shares, in the order of the thresholds;  auc (the area, else found by
---            trapezes)
---  label, color;  of several:  curves = {{y_true = , y_score = , label = } ...}
---  title, guides, legend, width, height, lang ... as in mah.plot.lines
---
---     mah.plot.roc { y_true = { 0, 0, 1, 1 }, y_score = { 0.1, 0.4, 0.35, 0.8 } }
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

local function precision_of(o)
  local given = { pos_label = o.pos_label, sample_weight = o.sample_weight }
  local precision, recall = metrics.precision_recall_curve(o.y_true, o.y_score, given)
  return { precision = precision, recall = recall, prevalence = precision[1],
    average_precision = metrics.average_precision_score(o.y_true, o.y_score, given) }
end

local precision_rules = declare("mah.plot.precision_recall",
  { precision = vector, recall = vector, average_precision = number }, precision_of, weights,
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
---  y_true, y_score  labels of two classes and scores of the positive one; pos_label (1 of 0 and 1)
---      and sample_weight as in mah.metrics.precision_recall_curve
---  precision, recall   or the curve: shares, in scikit-learn's order: recall falls;
---      average_precision (in the legend)
---  label, color;  of several:  curves = {{y_true = , y_score = , label = } ...}
---  prevalence  the share of positives: the guide of chance (that of the first y_true)
---  title, guides, legend, width, height, lang ... as in mah.plot.lines
---
---     mah.plot.precision_recall { y_true = { 0, 0, 1, 1 }, y_score = { 0.1, 0.4, 0.35, 0.8 } }
---     mah.plot.precision_recall { precision = { 0.5, 0.7, 1 }, recall = { 1, 0.8, 0 } }
---@param given table
---@return table figure   see mah.draw.figure
function curves.precision_recall(given)
  local where = precision_rules.where
  local o = options(given, precision_rules.own, where)
  local locale, list, prevalence = Locale.of(o.lang), {}, o.prevalence
  for i, curve in ipairs(read_curves(o, precision_rules)) do
    prevalence = prevalence or curve.prevalence
    local x, y = stepped(pair_of(curve, "recall", "precision"))
    list[i] = { x = x, y = y, marker = false, color = curve.color or i,
      label = labelled(curve, "AP", curve.average_precision, locale) }
  end
  local words = locale.words
  local all = with(o, { x_range = RANGE, y_range = RANGE, x_label = words.recall,
    y_label = words.precision })
  all.guides = guides_of(o, prevalence and { y = prevalence, label = words.chance })
  return figure_of(where, all, list, locale)
end

-- -- Calibration ----------------------------------------------------------------------------------

local function calibration_of(o)
  local share, mean = metrics.calibration_curve(o.y_true, o.y_score,
    { pos_label = o.pos_label, n_bins = o.n_bins, strategy = o.strategy })
  return { prob_true = share, prob_pred = mean }
end

local calibration_rules = declare("mah.plot.calibration",
  { prob_true = vector, prob_pred = vector }, calibration_of,
  { n_bins = { 5, "integer", "[1, 1000]" }, strategy = { nil, { "uniform", "quantile" } } })

--- How often what was predicted with a probability came true (a reliability diagram). Options:
---  y_true, y_score  labels of two classes and probabilities of the positive one; pos_label (1 of 0
---      and 1), n_bins (5), strategy as in mah.metrics.calibration_curve
---  prob_true, prob_pred  or, of each bin, the share of positives and the mean prediction
---  label, color;  of several:  curves = {{y_true = , y_score = , label = } ...}
---  title, guides, legend, width, height, lang ... as in mah.plot.lines
---
---     mah.plot.calibration { y_true = { 0, 0, 1, 1 }, y_score = { 0.1, 0.4, 0.35, 0.8 } }
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
