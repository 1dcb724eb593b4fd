--- The charts that studies have in common. Each is {figure =, alt =}: a figure of mah.plot and what
--- it shows in words.
---
---     charts.lines(report, s, {x_label = ..., y_label = ..., measures = {"train", "test"}})
---     charts.bars(report, s, {measure = "n_iter", y_label = ...})
---     charts.effort(report, s, {x_label = ...})        -- iterations, and time on the right axis
---
--- charts.accuracy_and_effort puts the two usual ones on the page.
local labels = require "common.labels"
local mah = require "mah"

local charts = { width = 460, height = 320 }

-- -- What a chart shows, in words -----------------------------------------------------------------

local texts = {
  lines = {
    en = "Line chart of {y} against {x}. {series}.",
    fa = "نمودار خطی {y} بر حسب {x}. {series}.",
  },
  line = {
    en = "{name}: {first} at {from}, {last} at {to}, highest {high} at {place}",
    fa = "{name}: {first} در {from}، {last} در {to}، بیشترین {high} در {place}",
  },
  point = { en = "{name}: {last} at {to}", fa = "{name}: {last} در {to}" },
  bars = { en = "Chart of {y}: {series}.", fa = "نمودار {y}: {series}." },
}

--- Counts and times need no decimals, shares do.
local function short(language, value)
  local size = math.abs(value)
  return language:number(value, size >= 100 and "0" or size > 1 and "1" or "4")
end

--- One line in words.
local function describe_line(language, name, xs, ys)
  local highest = 1
  for i, y in ipairs(ys) do
    if y > ys[highest] then highest = i end
  end
  return language:say(#ys > 1 and texts.line or texts.point, {
    name = name, first = short(language, ys[1]), from = language:value(xs[1]),
    last = short(language, ys[#ys]), to = language:value(xs[#xs]),
    high = short(language, ys[highest]), place = language:value(xs[highest]),
  })
end

--- A chart of several lines in words: {name =, x =, y =} each.
function charts.describe(language, list, x_label, y_label)
  local words = {}
  for i, line in ipairs(list) do
    words[i] = describe_line(language, line.name, line.x, line.y)
  end
  return language:say(texts.lines, {
    x = x_label, y = y_label, series = table.concat(words, language.rtl and "؛ " or "; "),
  })
end

-- -- Charts ---------------------------------------------------------------------------------------

local function is_accuracy(measure)
  return measure == "train" or measure == "test" or measure == "validation"
end

--- Means over the seeds as lines with points, standard deviations as bands.
---@param o table   x_label, y_label ({en, fa}), measures, log_x, log_y, y_format, x_ticks, width,
---  names = {measure = {en, fa}}
function charts.lines(report, s, o)
  local language, series, described = report.language, {}, {}
  local x, x_label, y_label = s:column "x", language:pick(o.x_label), language:pick(o.y_label)
  for i, measure in ipairs(o.measures) do
    local name = language:pick(o.names and o.names[measure] or labels[measure])
    local y = s:column(measure)
    series[i] = { x = x, y = y, spread = s:column(measure, "sd"), label = name, marker = true }
    described[i] = { name = name, x = x, y = y }
  end
  return {
    figure = mah.plot.lines {
      series = series, x_label = x_label, y_label = y_label, log_x = o.log_x, log_y = o.log_y,
      y_format = o.y_format or is_accuracy(o.measures[1]) and "percent" or nil, x_ticks = o.x_ticks,
      width = o.width or charts.width, height = charts.height, lang = language.name,
    },
    alt = charts.describe(language, described, x_label, y_label),
  }
end

--- Iterations on the left axis and the seconds of the whole training on the right one.
---@param o table   x_label, log_x, width
function charts.effort(report, s, o)
  local language = report.language
  local x, x_label = s:column "x", language:pick(o.x_label)
  local function series(measure, axis, color)
    return {
      x = x, y = s:column(measure), spread = s:column(measure, "sd"), marker = true, axis = axis,
      label = language:pick(labels[measure]), color = color,
    }
  end
  local list = { series("n_iter", 1, 3), series("seconds", 2, 4) }
  local described = {}
  for i, one in ipairs(list) do described[i] = { name = one.label, x = x, y = one.y } end
  return {
    figure = mah.plot.lines {
      series = list, x_label = x_label, y_label = language:pick(labels.iterations_unit),
      y2_label = language:pick(labels.seconds_unit), log_x = o.log_x, legend = "above",
      x_ticks = o.x_ticks, width = o.width or charts.width, height = charts.height,
      lang = language.name,
    },
    alt = charts.describe(language, described, x_label,
      language:pick(labels.n_iter) .. " / " .. language:pick(labels.seconds)),
  }
end

--- The figure of most studies: train and test accuracy, and beside it what they took.
---@param o table   number, name, x_label, log_x, width
function charts.accuracy_and_effort(page, s, report, o)
  page:figure {
    number = o.number, name = o.name, caption = labels.accuracy_and_effort,
    parts = {
      charts.lines(report, s, { measures = { "train", "test" }, x_label = o.x_label,
        y_label = labels.accuracy, log_x = o.log_x, width = o.width }),
      charts.effort(report, s, { x_label = o.x_label, log_x = o.log_x, width = o.width }),
    },
  }
end

--- Means as bars, standard deviations as whiskers. Accuracies, which differ little, are points on
--- an axis that shows their differences.
---@param o table   measure, y_label, color
function charts.bars(report, s, o)
  local language, names, words = report.language, {}, {}
  local y = s:column(o.measure)
  for i, setting in ipairs(s) do
    names[i] = language:value(setting.label or setting.x)
    words[i] = names[i] .. " " .. short(language, y[i])
  end
  local y_label = language:pick(o.y_label)
  return {
    figure = mah.plot.bars {
      points = is_accuracy(o.measure), labels = names,
      series = { { y = y, err = s:column(o.measure, "sd"), color = o.color or 1 } },
      y_label = y_label, y_format = is_accuracy(o.measure) and "percent" or nil,
      width = charts.width, height = charts.height, lang = language.name,
    },
    alt = language:say(texts.bars, { y = y_label, series = table.concat(words,
      language.rtl and "، " or ", ") }),
  }
end

--- Three figures of settings: train and test accuracy, side by side, and what they took.
---@param o table   number of the first one, name of the study, captions = {train =, test =,
---  iterations =}
function charts.bar_figures(page, s, report, o)
  local function bars(measure, y_label, color)
    return charts.bars(report, s, { measure = measure, y_label = y_label, color = color })
  end
  local function add(to, i, what, ...)
    local number = o.number + i
    to:figure { number = number, name = ("figure_%02d_%s_%s"):format(number, o.name, what),
      caption = o.captions[what], parts = { ... } }
  end
  page:row(function(row)
    add(row, 0, "train", bars("train", labels.train_accuracy))
    add(row, 1, "test", bars("test", labels.test_accuracy, 2))
  end)
  add(page, 2, "iterations", bars("n_iter", labels.n_iter, 3),
    bars("seconds", labels.seconds_unit, 4))
end

--- Any curves: list of {name, x, y, ...options of a series}.
---@param o table   x_label, y_label, log_x, log_y, guides, y_format, x_range, legend
function charts.curves(report, list, o)
  local language, series = report.language, {}
  for i, one in ipairs(list) do
    series[i] = {}
    for name, value in pairs(one) do
      if name ~= "name" then series[i][name] = value end
    end
    series[i].label = one.name
  end
  local x_label, y_label = language:pick(o.x_label), language:pick(o.y_label)
  return {
    figure = mah.plot.lines {
      series = series, x_label = x_label, y_label = y_label, log_x = o.log_x, log_y = o.log_y,
      guides = o.guides, y_format = o.y_format, x_range = o.x_range, y_range = o.y_range,
      title = o.title and language:pick(o.title), legend = o.legend or "auto",
      width = o.width or charts.width, height = o.height or charts.height, lang = language.name,
    },
    alt = (o.title and language:pick(o.title) .. ": " or "")
      .. charts.describe(language, list, x_label, y_label),
  }
end

return charts
