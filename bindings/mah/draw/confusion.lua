--- Confusion matrices.
---
---     mah.plot.confusion(mah.metrics.confusion(y_true, y_pred)):save("confusion.png")
local Locale = require "mah.draw.locale"
local cells = require "mah.draw.cells"
local check = require "mah.base.check"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local texts = require "mah.draw.texts"

local WHERE = "mah.plot.confusion"

local rules = options.declare(WHERE, {
  labels = { nil, "table|tensor", nil, "names of the classes; nil: 0, 1 ..." },
  normalize = { nil, { "true", "predicted", "all" }, nil, "shares instead of counts: of each row "
    .. "(true), of each column (predicted) or of everything" },
  percentages = { false, "boolean", nil, "write each row's shares below the counts" },
  title = { "", "string", nil, texts.title },
  x_label = { nil, "string", nil, texts.x_label .. '; nil: "predicted label"' },
  y_label = { nil, "string", nil, texts.y_label .. '; nil: "true label"' },
  color_bar = { false, "boolean", nil, texts.color_bar },
  cell = { nil, "number", "[4, 400]", texts.cell },
  lang = Locale.rule,
})

local function sums(m)
  local rows, columns, all = {}, {}, 0
  for i = 1, m.rows do
    for j = 1, m.columns do
      rows[i], columns[j] = (rows[i] or 0) + m[i][j], (columns[j] or 0) + m[i][j]
      all = all + m[i][j]
    end
  end
  return rows, columns, all
end

--- Shares of the row, of the column or of everything; 0 where there is nothing.
local function normalized(m, how)
  local rows, columns, all = sums(m)
  local result = { rows = m.rows, columns = m.columns }
  for i = 1, m.rows do
    result[i] = {}
    for j = 1, m.columns do
      local total = how == "true" and rows[i] or how == "predicted" and columns[j] or all
      result[i][j] = total > 0 and m[i][j] / total or 0
    end
  end
  return result
end

local function check_confusion(m)
  check.that(m.rows == m.columns, "%s: a square matrix is expected; got %d x %d", WHERE, m.rows,
    m.columns)
  for i = 1, m.rows do
    for j = 1, m.columns do
      check.that(numbers.finite(m[i][j]) and m[i][j] >= 0,
        "%s: the count at row %d, column %d is %g", WHERE, i, j, m[i][j])
    end
  end
end

local function confusion_writer(o, m, locale)
  if o.normalize then
    return function(v) return v == 0 and locale:percent(0) or locale:percent(v, 1) end
  end
  if not o.percentages then return function(v) return locale:number(v) end end
  local share = normalized(m, "true")
  return function(v, i, j)
    return locale:number(v) .. "\n" .. locale:percent(share[i][j], share[i][j] > 0 and 1 or 0)
  end
end

--- A confusion matrix as coloured cells: rows are true classes, columns predicted ones.
---
---     local counts = mah.metrics.confusion({ 0, 0, 1, 1 }, { 0, 1, 1, 1 })
---     local figure = mah.plot.confusion(counts, { labels = { "cat", "dog" }, percentages = true })
---     figure:save "confusion.png"
---     print(mah.file.exists "confusion.png")   --> true
---@param m tensor|table       (classes, classes), counts
---@param given table|nil
---@return figure
return function(m, given)
  local o = options(given, rules, WHERE)
  local locale, counts = Locale.of(o.lang), numbers.matrix(m, WHERE .. ": matrix")
  check_confusion(counts)
  local z = o.normalize and normalized(counts, o.normalize) or counts
  local low, high = numbers.range(z)
  local names = cells.names(o.labels, z.rows, 0, WHERE .. ": labels")
  local cell = o.cell or math.max(18, math.min(o.percentages and 58 or 46, 640 / z.rows))
  return cells.figure {
    z = z, low = low, high = high, map = "accent", lines = true, locale = locale, cell = cell,
    write = confusion_writer(o, counts, locale), title = o.title,
    x = cells.name_axis(names, locale), y = cells.name_axis(names, locale),
    x_label = o.x_label or locale.words.predicted, y_label = o.y_label or locale.words.truth,
    columns = { "predicted", "truth", o.normalize and "share" or "count" },
    color_bar = o.color_bar, bar_format = o.normalize and "percent" or nil,
  }
end
