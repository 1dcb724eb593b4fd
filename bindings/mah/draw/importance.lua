--- Permutation importance: how much worse a model gets when a column is shuffled.
---
---     mah.plot.importance{importances = {{0.2, 0.3}, {0, 0.1}}, names = {"age", "fare"}}
local Locale = require "mah.draw.locale"
local bars = require "mah.draw.bars"
local check = require "mah.base.check"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local texts = require "mah.draw.texts"

local WHERE = "mah.plot.importance"

local rules = options.declare(WHERE, {
  importances = { nil, "table|tensor", nil, "(columns, repeats), as permutation_importance gives "
    .. "it" },
  importances_mean = { nil, "table|tensor", nil, "(columns): means, where there are no "
    .. "importances" },
  importances_std = { nil, "table|tensor", nil, "(columns): standard deviations beside the means; "
    .. "nil: no whiskers" },
  names = { nil, "table", nil, "of the columns; nil: 1, 2 ..." },
  top = { 20, "integer", "[1, 200]", "so many columns are shown, the most important ones" },
  title = { "", "string", nil, texts.title },
  x_label = { nil, "string", nil, texts.x_label .. '; nil: "decrease in score"' },
  width = { 640, "number", "[120, 10000]", texts.width },
  height = { nil, "number", "[100, 10000]", texts.height .. "; nil: by the number of bars" },
  lang = Locale.rule,
})

--- Means and deviations of the rows of importances.
local function of_repeats(given)
  local m, mean, std = numbers.matrix(given, WHERE .. ": importances"), {}, {}
  for i = 1, m.rows do
    local sum, squares = 0, 0
    for _, v in ipairs(m[i]) do sum = sum + v end
    mean[i] = sum / m.columns
    for _, v in ipairs(m[i]) do squares = squares + (v - mean[i]) ^ 2 end
    std[i] = math.sqrt(squares / m.columns)
  end
  return mean, std
end

local function read(o)
  check.that(o.importances or o.importances_mean,
    "%s: give importances or importances_mean", WHERE)
  if o.importances then return of_repeats(o.importances) end
  local mean = numbers.vector(o.importances_mean, WHERE .. ": importances_mean")
  local std = o.importances_std and numbers.vector(o.importances_std, WHERE .. ": importances_std")
  check.that(not std or #std == #mean, "%s: importances_mean has %d values and importances_std %d",
    WHERE, #mean, std and #std or 0)
  return mean, std
end

--- Places of the means, the largest first; NaN last.
local function sorted(mean)
  local order = {}
  for i = 1, #mean do order[i] = i end
  table.sort(order, function(a, b)
    local x, y = mean[a], mean[b]
    if x ~= x or y ~= y then return x == x and y ~= y or (x ~= x) == (y ~= y) and a < b end
    if x ~= y then return x > y end
    return a < b
  end)
  return order
end

--- Permutation importance, how much worse a model gets when a column is shuffled: horizontal bars,
--- the most important column first, each with a whisker of a standard deviation. What
--- permutation_importance gives may be the whole table of options.
---
---     local figure = mah.plot.importance { importances = { { 0.2, 0.3 }, { 0, 0.1 } },
---       names = { "age", "fare" } }
---     print(figure)   --> figure 640 x 174
---@param given table
---@return figure
return function(given)
  local o = options(given, rules, WHERE)
  local mean, std = read(o)
  check.that(#mean > 0, "%s: there are no columns", WHERE)
  check.that(not o.names or #o.names == #mean, "%s: %d names for %d columns", WHERE,
    o.names and #o.names or 0, #mean)
  local labels, y, err = {}, {}, {}
  for k, i in ipairs(sorted(mean)) do
    if k > o.top then break end
    labels[k], y[k], err[k] = o.names and o.names[i] or i, mean[i], std and std[i] or 0
  end
  return bars { labels = labels, y = y, err = std and err or nil, horizontal = true,
    title = o.title, y_label = o.x_label or Locale.of(o.lang).words.importance, width = o.width,
    height = o.height, lang = o.lang }
end
