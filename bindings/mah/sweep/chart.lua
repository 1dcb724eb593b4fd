--- Charts of a study: lines with bands over a number, bars over names, heat maps over two
--- parameters.
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local objective = require "mah.sweep.objective"
local options = require "mah.base.options"
local plot = require "mah.draw.plot"
local statistics = require "mah.sweep.statistics"

local WHERE = "study:plot"

local rules = options.declare(WHERE, {
  x = { options.required, "string|table", nil, "a parameter: lines over numbers, bars over "
    .. "anything else; or two, whose columns and rows make a heat map" },
  y = { nil, "string|table", nil, "one or more results; nil: the judged one" },
  over = { nil, "string|table", nil, "what the mean and the spread are over, such as \"seed\"; "
    .. "then nothing else may vary; nil: all that varies" },
  series = { nil, "string", nil, "a parameter: a line for each of its values" },
  where = { nil, "table", nil, "{name = value}: only trials with these parameters" },
  spread = { "sd", { "sd", "interval", "range", "none" }, nil, "what the bands and bars show: "
    .. "\"sd\", the standard deviation; \"interval\", 95 % of the mean; \"range\", least and "
    .. "greatest; \"none\"" },
  log_x = { "auto", { true, false, "auto" }, nil,
    "a logarithmic scale; \"auto\": where the values spread over two decades or more" },
  log_y = { false, "boolean", nil, "a logarithmic scale" },
  title = { nil, "string", nil, "above the chart" },
  x_label = { nil, "string", nil, "below the x axis; nil: the parameter's name" },
  y_label = { nil, "string", nil, "beside the y axis; nil: the result's name" },
  y_range = { nil, "table", nil, "{low, high} of the y axis; nil: what the data need" },
  y_format = { nil, "string|callable", nil, "how ticks of y are written, as mah.plot.lines's" },
  guides = { nil, "table", nil, "lines across the chart, as mah.plot.lines's" },
  legend = { nil, "string", nil, "where the legend is, as mah.plot.lines's" },
  width = { nil, "number", nil, "of the figure, in pixels" },
  height = { nil, "number", nil, "of the figure, in pixels" },
  lang = { nil, "string", nil, "\"en\" or \"fa\", for digits and direction" },
})

-- -- What is drawn --------------------------------------------------------------------------------

local function show(value)
  if type(value) == "string" then return value end
  return value == nil and "-" or canonical.encode(value)
end

--- The finished rows whose parameters are as `where` says.
local function filter(rows, where)
  local wanted, list = {}, {}
  for name, value in pairs(where or {}) do wanted[name] = canonical.encode(value) end
  for _, row in ipairs(rows) do
    local fits = row.status == "done"
    for name, text in pairs(wanted) do
      fits = fits and row.params[name] ~= nil and canonical.encode(row.params[name]) == text
    end
    if fits then list[#list + 1] = row end
  end
  return list
end

local function check_names(o, rows)
  local wanted = { unpack(o.x) }
  for _, name in ipairs(o.over or {}) do wanted[#wanted + 1] = name end
  wanted[#wanted + 1] = o.series
  for name in pairs(o.where or {}) do
    check.that(type(name) == "string", "%s: where: {name = value} is expected", WHERE)
    wanted[#wanted + 1] = name
  end
  statistics.check_parameters(wanted, rows, WHERE)
end

--- With `over`, all that varies must be named somewhere: a mean over what was forgotten says
--- nothing.
local function check_nothing_forgotten(o, rows, varying)
  if not o.over then return end
  local named = {}
  for _, list in ipairs { o.x, o.over, { o.series } } do
    for _, name in ipairs(list) do named[name] = true end
  end
  for _, name in ipairs(varying(rows)) do
    check.that(named[name], "%s: '%s' varies too; name it in over or in series, or choose with "
      .. "where = {%s = }", WHERE, name, name)
  end
end

--- Centre and reach below and above of the values of a group.
local function summarize(rows, name, spread)
  local values = statistics.values(rows, name)
  if #values == 0 then return nil end
  local s = statistics.describe(values)
  if spread == "range" then return s.mean, s.min, s.max end
  if spread == "interval" then return s.mean, s.low or s.mean, s.high or s.mean end
  local sd = spread == "sd" and s.sd or 0
  return s.mean, s.mean - sd, s.mean + sd
end

local function all_numbers(groups, name)
  for _, group in ipairs(groups) do
    if type(group.key[name]) ~= "number" then return false end
  end
  return true
end

--- Do the values spread over more than two decades?
local function wants_log(groups, name)
  local low, high = math.huge, -math.huge
  for _, group in ipairs(groups) do
    low, high = math.min(low, group.key[name]), math.max(high, group.key[name])
  end
  return low > 0 and high >= 99 * low
end

local function common(o, more)
  for _, name in ipairs { "title", "width", "height", "lang" } do more[name] = o[name] end
  return more
end

-- -- Lines and bars -------------------------------------------------------------------------------

--- The series of the chart: for each result, and for each value of the parameter `series`.
local function series_of(o, rows)
  local parts = { { rows = rows } }
  if o.series then parts = statistics.groups(rows, { o.series }) end
  local list = {}
  for _, name in ipairs(o.y) do
    for _, part in ipairs(parts) do
      local label = part.key and show(part.key[o.series])
      label = label and (#o.y > 1 and name .. ", " .. label or ("%s = %s"):format(o.series, label))
        or name
      list[#list + 1] = { label = label, result = name, rows = part.rows }
    end
  end
  return list
end

local function line_of(o, s, x)
  local line = { label = s.label, x = {}, y = {}, low = {}, high = {} }
  for _, group in ipairs(statistics.groups(s.rows, { x })) do
    local mean, low, high = summarize(group.rows, s.result, o.spread)
    if mean then
      local i = #line.x + 1
      line.x[i], line.y[i], line.low[i], line.high[i] = group.key[x], mean, low, high
    end
  end
  if o.spread == "none" then line.low, line.high = nil, nil end
  return line
end

local function lines(o, list, groups)
  local x, drawn = o.x[1], {}
  for _, s in ipairs(list) do
    local line = line_of(o, s, x)
    if #line.x > 0 then drawn[#drawn + 1] = line end
  end
  local log_x = o.log_x
  if log_x == "auto" then log_x = wants_log(groups, x) end
  return plot.lines(common(o, { series = drawn, x_label = o.x_label or x, y_label = o.y_label
    or (#o.y == 1 and o.y[1] or nil), log_x = log_x, log_y = o.log_y, y_range = o.y_range,
    y_format = o.y_format, guides = o.guides,
    legend = o.legend or (#drawn == 1 and "none" or nil) }))
end

local function bar_of(o, s, groups, x)
  local bar, places = { label = s.label, y = {}, err = {} }, {}
  for i, group in ipairs(groups) do
    bar.y[i], bar.err[i], places[show(group.key[x])] = 0 / 0, 0, i
  end
  for _, group in ipairs(statistics.groups(s.rows, { x })) do
    local mean, low, high = summarize(group.rows, s.result, o.spread)
    local i = places[show(group.key[x])]
    if mean then bar.y[i], bar.err[i] = mean, (high - low) / 2 end
  end
  return bar
end

local function bars(o, list, groups)
  local x, labels, series = o.x[1], {}, {}
  for i, group in ipairs(groups) do labels[i] = show(group.key[x]) end
  for i, s in ipairs(list) do series[i] = bar_of(o, s, groups, x) end
  return plot.bars(common(o, { labels = labels, series = series, x_label = o.x_label or x,
    y_label = o.y_label or (#o.y == 1 and o.y[1] or nil), y_range = o.y_range,
    y_format = o.y_format,
    legend = #series == 1 and "none" or nil }))
end

-- -- Heat maps ------------------------------------------------------------------------------------

local function heatmap(o, rows)
  check.that(#o.y == 1 and not o.series,
    "%s: with two parameters in x, y is one result and there are no series", WHERE)
  local columns, lines_ = statistics.groups(rows, { o.x[1] }), statistics.groups(rows, { o.x[2] })
  local z, x, y = {}, {}, {}
  for j, column in ipairs(columns) do x[j] = show(column.key[o.x[1]]) end
  for i, line in ipairs(lines_) do
    y[i], z[i] = show(line.key[o.x[2]]), {}
    for j in ipairs(columns) do z[i][j] = 0 / 0 end
    for _, group in ipairs(statistics.groups(line.rows, { o.x[1] })) do
      for j, name in ipairs(x) do
        if name == show(group.key[o.x[1]]) then
          z[i][j] = summarize(group.rows, o.y[1], "none") or 0 / 0
        end
      end
    end
  end
  return plot.heatmap(common(o, { z = z, x = x, y = y, x_label = o.x_label or o.x[1],
    y_label = o.y_label or o.x[2], label = o.y[1], format = o.y_format }))
end

-- -- The chart ------------------------------------------------------------------------------------

--- The results to draw: as asked, or the judged one.
local function results_of(given, rows)
  if given then return statistics.names(given, {}, WHERE .. ": y") end
  local _, name = objective.of(rows[1] and rows[1].result)
  return { name }
end

--- A chart of a study.
---@param given table
---@param rows table[]   as from study:results()
---@param varying fun(rows: table[]): string[]
---@return table figure
return function(given, rows, varying)
  local o = options(given, rules, WHERE)
  o.x = statistics.names(o.x, {}, WHERE .. ": x")
  o.over = o.over and statistics.names(o.over, {}, WHERE .. ": over")
  check.that(#o.x == 1 or #o.x == 2, "%s: x is one parameter, or two for a heat map; got %d",
    WHERE, #o.x)
  check_names(o, rows)
  rows = filter(rows, o.where)
  check.that(#rows > 0, "%s: there is no finished trial to draw", WHERE)
  check_nothing_forgotten(o, rows, varying)
  o.y = results_of(o.y, rows)
  objective.check(o.y, rows, WHERE)
  if #o.x == 2 then return heatmap(o, rows) end
  local groups = statistics.groups(rows, o.x)
  local draw = all_numbers(groups, o.x[1]) and lines or bars
  return draw(o, series_of(o, rows), groups)
end
