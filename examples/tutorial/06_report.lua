--- A report: one page for others, made by the script that did the work.
---
--- Figures that are pasted into a text are out of date the next day. Here the page is written by
--- the program, so it says what the numbers say; run it again, and it is new.
---
--- Output:
---   a fine working day: ~270 bicycles at 8, ... at 22
---   report "When do they come?" to 'out/bicycles', ... blocks
local mah = require "mah"
local p = mah.preprocessing

-- The counter of a bridge: how many bicycles pass in an hour. (Made up again: commuters at 8 and at
-- 17 o'clock on working days, walks at weekends, less of everything in the rain and the cold.)
local rng, rows = mah.rng(3), {}
local function bell(hour, at, width) return math.exp(-((hour - at) / width) ^ 2) end
for i = 1, 2000 do
  local hour, day, rain = rng:integers(5, 22), rng:integers(1, 7), rng:random() < 0.25
  local degrees = rng:normal(12, 8)
  local usual = day <= 5 and 20 + 260 * bell(hour, 8, 1.3) + 220 * bell(hour, 17, 1.8)
    or 20 + 150 * bell(hour, 15, 3.5)
  local mean = usual * (rain and 0.5 or 1) / (1 + math.exp(-(degrees - 4) / 5))
  rows[i] = { hour = hour, day = day <= 5 and "working day" or "weekend", rain = rain and 1 or 0,
    degrees = degrees, bicycles = math.max(0, math.floor(rng:normal(mean, math.sqrt(mean) + 3))) }
end
local train, test = mah.data.table(rows):split { test = 0.3, seed = 1 }

local function model(units, loss)
  return mah.Pipeline {
    p.ColumnTransformer { { { "hour", "degrees" }, p.StandardScaler {} },
      { "day", p.OneHotEncoder { drop = "if_binary" } }, { "rain", "passthrough" } },
    mah.MLPRegressor { hidden_layer_sizes = { units }, loss = loss, early_stopping = true,
      learning_rate_init = 0.01, max_iter = 1000, random_state = 1 },
  }
end

-- A report is begun, gets what is to be on it in its order, and is saved. Text is Markdown.
local r = mah.report { title = "When do they come?", out = "out/bicycles" }
r:text [[
  # The question
  When does the bridge need a second lane? A counter has seen **2000 hours**; a network tells the
  number of bicycles from the hour, the day and the weather.
]]
r:table(train:group_by("day", "rain"):mean(), "Means of the hours that it learns from")

-- Figures are those of mah.plot, drawn in lines that fit a light or a dark page.
local by_hour = train:where(train.day:eq "working day"):group_by("hour"):mean()
r:figure(mah.plot.lines { x = by_hour.hour:tensor(), y = by_hour.bicycles:tensor(),
  x_label = "hour", y_label = "bicycles" }, "A working day has two peaks.")

-- How large a network, and which loss? A small sweep, which the report shows with its history.
local study = mah.sweep { name = "size and loss", store = "out/bicycles.db", of = "R2",
  grid = { units = { 4, 16, 64 }, loss = { "poisson", "squared_error" } },
  trial = function(q)
    local folds = mah.model_selection.cross_val_score(model(q.units, q.loss), train, "bicycles",
      { cv = 3 })
    return { R2 = folds:mean() }
  end }
study:run { quiet = true }
r:study(study, { title = "Which network?" })

-- The model itself: scores with intervals, its training, what it relies on; and what a careful
-- colleague would ask, such as whether it has learnt too little, or the rows by heart.
local best = study:best().params
local fitted = model(best.units, best.loss):fit(train, "bicycles")
r:model(fitted, { train = train, test = test, target = "bicycles", title = "The network" })

-- Is it better than a smaller one, by more than chance?
r:compare { a = fitted, b = model(16, best.loss):fit(train, "bicycles"), on = test,
  target = "bicycles", names = { best.units .. " units", "16 units" } }
r:text "# How it was made":code(model)

-- Beside the page, what the second lane depends on: how many come on a fine working day at eight?
local fine = { hour = { 8, 22 }, day = { "working day", "working day" }, rain = { 0, 0 },
  degrees = { 20, 20 } }
print(("a fine working day: %d bicycles at 8, %d at 22"):format(
  unpack(fitted:predict(fine):totable())))
print(r:save())

-- The folder has index.html, one file without a network to ask; report.md; figures as PNG and
-- tables as CSV, for a paper; and manifest.json, which names them. The last chapter lets the model
-- out.
