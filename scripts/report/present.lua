--- What several studies show alike: the table of a comparison and its figures.
local mah = require "mah"
local summary = require "report.summary"

local present = {}

local function with_spread(value, format)
  local text = format:format(value.mean)
  return value.n > 1 and text .. " ± " .. format:format(value.sd) or text
end

local function column(settings, measure, field)
  local values = {}
  for i, s in ipairs(settings) do values[i] = s[measure][field] end
  return values
end

local function names_of(settings)
  local names = {}
  for i, s in ipairs(settings) do names[i] = s.name end
  return names
end

--- Accuracy, epochs and time of each setting, mean ± standard deviation over the seeds.
function present.table(page, rows, what)
  local lines = {}
  for i, s in ipairs(summary(rows)) do
    lines[i] = { s.name, with_spread(s.train, "%.4f"), with_spread(s.test, "%.4f"),
      with_spread(s.n_iter, "%.1f"), with_spread(s.seconds, "%.2f") }
  end
  page:table({ what, "train accuracy", "test accuracy", "epochs", "seconds" }, lines)
end

--- Bars of train and test accuracy by setting.
function present.accuracy(page, rows, id, what)
  local settings = summary(rows)
  local lowest = 1
  for _, s in ipairs(settings) do
    lowest = math.min(lowest, s.train.mean - s.train.sd, s.test.mean - s.test.sd)
  end
  local figure = mah.plot.bars {
    labels = names_of(settings),
    series = {
      { label = "train", y = column(settings, "train", "mean"),
        err = column(settings, "train", "sd") },
      { label = "test", y = column(settings, "test", "mean"),
        err = column(settings, "test", "sd") },
    },
    y_label = "accuracy",
  }
  page:figure(figure, id .. "_accuracy",
    ("Accuracy by %s: mean over the seeds, the whisker is one standard deviation."):format(what),
    ("Bars: train and test accuracy by %s, as in the table above."):format(what))
end

--- Bars of the epochs until the stopping rule.
function present.epochs(page, rows, id, what)
  local settings = summary(rows)
  local figure = mah.plot.bars {
    labels = names_of(settings),
    series = {
      { label = "epochs", y = column(settings, "n_iter", "mean"),
        err = column(settings, "n_iter", "sd") },
    },
    y_label = "epochs",
  }
  page:figure(figure, id .. "_epochs", ("Epochs until the training stopped, by %s."):format(what),
    ("Bars: epochs by %s, as in the table above."):format(what))
end

--- The loss over the epochs of each setting's first seed.
function present.curves(page, rows, id, what)
  local series = {}
  for i, s in ipairs(summary(rows)) do
    local loss, epochs = s.rows[1].result.history.loss, {}
    for e = 1, #loss do epochs[e] = e end
    series[i] = { label = s.name, x = epochs, y = loss }
  end
  local figure = mah.plot.lines {
    series = series, x_label = "epoch", y_label = "training loss", log_y = true,
  }
  page:figure(figure, id .. "_loss", ("Training loss by %s (seed %d)."):format(what, rows[1].seed),
    ("Lines: the training loss falls over the epochs, one line for each %s."):format(what))
end

return present
