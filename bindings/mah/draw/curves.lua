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
local texts = require "mah.draw.texts"

local curves = {}

local RANGE = { -0.01, 1.01 } -- of shares, with room for the width of a line

-- -- What is given --------------------------------------------------------------------------------

--- Labels and scores, of which the fields of a curve are made.
local judged = {
  y_true = { options.required, "table|tensor", nil, texts.y_true },
  y_score = { options.required, "table|tensor", nil, texts.y_score },
  pos_label = { nil, "number|string|boolean", nil, texts.pos_label },
}

--- The rules of a function: chart's, `fields` of one curve, `curves` of several, and of labels and
--- scores, with options of their own.
---@param make fun(o: table): table   the fields of what was given instead: labels and scores
local function declare(where, fields, make, scored, more)
  local own = { curves = { nil, "table", nil, texts.curves },
    label = { nil, "string|number", nil, texts.curve_label },
    color = { nil, "string|number", nil, texts.color } }
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

local function shares_of(what)
  return { options.required, "table|tensor", nil, "(n): " .. what .. ", instead of y_true and "
    .. "y_score" }
end
local function in_legend(what) return { nil, "number", nil, what .. ", in the legend" } end
local weights = { sample_weight = { nil, "table|tensor", nil, texts.sample_weight } }

local function roc_of(o)
  local fpr, tpr = metrics.roc_curve(o.y_true, o.y_score,
    { pos_label = o.pos_label, sample_weight = o.sample_weight })
  return { fpr = fpr, tpr = tpr }
end

local roc_rules = declare("mah.plot.roc", {
  fpr = shares_of "false positive rates 0 ... 1, in the order of the thresholds",
  tpr = shares_of "true positive rates 0 ... 1 beside fpr",
  auc = in_legend "the area under the curve fpr, tpr; nil: by trapezes",
}, roc_of, weights)

--- The receiver operating characteristic of a classifier, true against false positive rates, and
--- the line of chance. The area stands in the legend. It is made of labels and scores, or of the
--- rates.
---
---     print(mah.plot.roc { y_true = { 0, 0, 1, 1 }, y_score = { 0.1, 0.4, 0.35, 0.8 } })
---     --> figure 640 x 400
---     print(mah.plot.roc { fpr = { 0, 0, 0.5, 1 }, tpr = { 0, 0.5, 1, 1 }, label = "model" })
---     --> figure 640 x 400
---@param given table
---@return figure
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

local precision_rules = declare("mah.plot.precision_recall", {
  precision = shares_of "precisions 0 ... 1",
  recall = shares_of "recalls 0 ... 1 beside precision, falling, as scikit-learn gives them",
  average_precision = in_legend "the average precision of precision, recall",
}, precision_of, weights, {
  prevalence = { nil, "number", "[0, 1]", "the share of positives, a dashed line: what chance "
    .. "gets; nil: that of the first y_true" },
})

--- Steps: a precision holds from its recall to the next lower one.
local function stepped(recall, precision)
  local x, y = {}, {}
  for i = 1, #recall do
    x[#x + 1], y[#y + 1] = recall[i], precision[i]
    if i < #recall then x[#x + 1], y[#y + 1] = recall[i + 1], precision[i] end
  end
  return x, y
end

--- Precision against recall of a classifier, as steps. It is made of labels and scores, or of the
--- two lists.
---
---     local y_true, y_score = { 0, 0, 1, 1 }, { 0.1, 0.4, 0.35, 0.8 }
---     print(mah.plot.precision_recall { y_true = y_true, y_score = y_score })
---     --> figure 640 x 400
---     print(mah.plot.precision_recall { precision = { 0.5, 0.7, 1 }, recall = { 1, 0.8, 0 } })
---     --> figure 640 x 400
---@param given table
---@return figure
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

local calibration_rules = declare("mah.plot.calibration", {
  prob_true = shares_of "the share of positives in each bin",
  prob_pred = shares_of "the mean probability in each bin",
}, calibration_of, {
  n_bins = { 5, "integer", "[1, 1000]", "bins of the probabilities; empty ones are left out" },
  strategy = { nil, { "uniform", "quantile" }, nil, "uniform: bins of equal width (nil, too); "
    .. "quantile: of equally many rows" },
})

--- How often what was predicted with a probability came true (a reliability diagram). It is made of
--- labels and probabilities, or of the bins' shares.
---
---     print(mah.plot.calibration { y_true = { 0, 0, 1, 1 }, y_score = { 0.1, 0.4, 0.35, 0.8 } })
---     --> figure 640 x 400
---     print(mah.plot.calibration { prob_pred = { 0.1, 0.5, 0.9 }, prob_true = { 0.2, 0.5, 0.8 } })
---     --> figure 640 x 400
---@param given table
---@return figure
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
