--- Predictions of numbers beside the truth.
---
---     mah.plot.residuals{y_true = test.y, y_pred = reg:predict(test.x)}:save("residuals.png")
local Locale = require "mah.draw.locale"
local chart = require "mah.draw.chart"
local check = require "mah.base.check"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local points = require "mah.draw.points"
local texts = require "mah.draw.texts"

local WHERE = "mah.plot.residuals"

local rules = options.declare(WHERE, chart.rules {
  y_true = { options.required, "table|tensor", nil, "(n): the true values" },
  y_pred = { options.required, "table|tensor", nil, "(n): the predicted values" },
  kind = { "actual_vs_predicted", { "actual_vs_predicted", "residual_vs_predicted" }, nil, "what "
    .. "is up: the true value, with the line y = x, or the residual, true - predicted, with the "
    .. "line y = 0" },
  label = { nil, "string", nil, "name of the points in the legend" },
  size = { nil, "number", "(0, 50]", texts.size },
  opacity = { nil, "number", "(0, 1]", texts.opacity .. "; nil: 0.6" },
})

--- Predictions of numbers beside the truth, a point for each pair.
---
---     print(mah.plot.residuals { y_true = { 1, 2, 3 }, y_pred = { 1.1, 1.9, 3.2 } })
---     --> figure 640 x 400
---@param given table
---@return figure
return function(given)
  local o = options(given, rules, WHERE)
  local locale = Locale.of(o.lang)
  local actual = numbers.vector(o.y_true, WHERE .. ": y_true")
  local predicted = numbers.vector(o.y_pred, WHERE .. ": y_pred")
  check.that(#actual == #predicted, "%s: y_true has %d values and y_pred has %d", WHERE, #actual,
    #predicted)
  local is_residual = o.kind == "residual_vs_predicted"
  local y = actual
  if is_residual then
    y = {}
    for i, v in ipairs(actual) do y[i] = v - predicted[i] end
  end
  local all = {}
  for name, value in pairs(o) do all[name] = value end
  all.x_label = o.x_label or locale.words.predicted_value
  all.y_label = o.y_label or locale.words[is_residual and "residual" or "actual"]
  all.guides = { is_residual and { y = 0 } or { slope = 1, label = "y = x" } }
  for _, guide in ipairs(o.guides or {}) do all.guides[#all.guides + 1] = guide end
  local style = { fill = "c1", marker = "circle" }
  local cloud = { x = predicted, y = y, size = o.size, opacity = o.opacity or 0.6,
    style_of = function() return style end }
  cloud.more = is_residual and { name = "actual", values = actual } or nil
  local entries = o.label and { { label = locale:label(o.label), color = "c1", marker = "circle",
    line = false } } or nil
  return chart.figure(WHERE, all, { points.artist(cloud, entries) })
end
