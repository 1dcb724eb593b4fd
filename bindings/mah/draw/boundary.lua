--- Decision boundaries: what a classifier says at every place of a plane.
---
---     mah.plot.boundary{model = clf, x = set.x, y = set.y}:save("boundary.png")
local Axis = require "mah.draw.axis"
local Locale = require "mah.draw.locale"
local Type = require "mah.tensor.type"
local chart = require "mah.draw.chart"
local check = require "mah.base.check"
local classes = require "mah.draw.classes"
local colors = require "mah.draw.colors"
local field = require "mah.draw.field"
local make = require "mah.tensor.make"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local points = require "mah.draw.points"
local tables = require "mah.data.table"
local texts = require "mah.draw.texts"

local WHERE = "mah.plot.boundary"

local rules = options.declare(WHERE, chart.rules {
  model = { options.required, "table|callable", nil, "has predict_proba or predict; or a function "
    .. "of a tensor of points, (n, 2), that gives labels (n) or scores (n, classes): the largest "
    .. "wins" },
  x = { nil, "table|tensor", nil, "(n, 2), a matrix or a table of two columns: points drawn on "
    .. "top" },
  y = { nil, "table|tensor", nil, "(n): the points' labels" },
  class_names = { nil, "table", nil, texts.class_names },
  n = { 150, "integer", "[2, 1000]", "places each way at which the model is asked" },
  size = { nil, "number", "(0, 50]", texts.size },
  dtype = { "float32", { "float32", "float64" }, nil, "of the points that the model gets" },
})

-- -- The plane ------------------------------------------------------------------------------------

--- The points, and the ranges of the plane around them.
local function read_plane(o)
  local xs, ys = {}, {}
  if o.x then xs, ys = points.columns(o.x, WHERE .. ": x") end
  local ranges = {}
  for i, list in ipairs { xs, ys } do
    local name = i == 1 and "x_range" or "y_range"
    local low, high = numbers.bounds(o[name], WHERE .. ": " .. name)
    if not low then
      low, high = numbers.range { list }
      check.that(low, "%s: give x, points with finite values, or x_range and y_range", WHERE)
      low, high = Axis.opened(low, high)
      local room = 0.08 * high - 0.08 * low
      low, high = numbers.bounded(low - room), numbers.bounded(high + room)
    end
    ranges[i] = { low, high }
  end
  return xs, ys, ranges
end

--- The places of a grid, row by row, as a tensor of two columns.
local function grid(x, y, dtype)
  local list = {}
  for i = 1, #y do
    for j = 1, #x do list[#list + 1] = { x[j], y[i] } end
  end
  return make.tensor(list, { dtype = dtype })
end

-- -- What the model says --------------------------------------------------------------------------

--- A vector of labels, or a matrix of scores; the classes of its columns, when the model has them.
local function ask(model, places)
  if type(model) ~= "table" or getmetatable(model) and getmetatable(model).__call then
    return model(places)
  end
  if model.predict_proba then return model:predict_proba(places), model.classes_ end
  check.that(model.predict, "%s: model has neither predict_proba nor predict", WHERE)
  return model:predict(places)
end

--- One field a class: positive where it wins, zero at its border.
local function margins_of_scores(m, rows, columns)
  local fields = {}
  for k = 1, m.columns do
    local z = { rows = rows, columns = columns }
    for i = 1, rows do
      z[i] = {}
      for j = 1, columns do
        local scores, best = m[(i - 1) * columns + j], -math.huge
        for other = 1, m.columns do
          if other ~= k then best = math.max(best, scores[other]) end
        end
        z[i][j] = scores[k] - best
      end
    end
    fields[k] = z
  end
  return fields
end

--- The same of labels: 0.5 in the class, -0.5 outside.
local function margins_of_labels(labels, places, count, rows, columns)
  local fields = {}
  for k = 1, count do
    local z = { rows = rows, columns = columns }
    for i = 1, rows do
      z[i] = {}
      for j = 1, columns do
        z[i][j] = places[labels[(i - 1) * columns + j]] == k and 0.5 or -0.5
      end
    end
    fields[k] = z
  end
  return fields
end

--- A column of scores for two classes is that of the second.
local function two_columns(m)
  if m.columns ~= 1 then return m end
  local both = { rows = m.rows, columns = 2 }
  for i = 1, m.rows do both[i] = { 1 - m[i][1], m[i][1] } end
  return both
end

--- The classes of the columns are the model's; else those of the points, if there are as many.
local function classes_of(known, labels, count)
  if known then return classes.labels(known, WHERE .. ": classes_") end
  local list = classes.of(labels, WHERE .. ": y")
  for k = 1, #list ~= count and count or 0 do list[k] = k - 1 end
  return list
end

local function read_scores(scores, known, labels, rows, columns)
  local m = two_columns(numbers.matrix(scores, WHERE .. ": the model's answer"))
  check.that(m.rows == rows * columns, "%s: the model gave %d answers for %d points", WHERE,
    m.rows, rows * columns)
  local list = classes_of(known, labels, m.columns)
  check.that(#list == m.columns, "%s: the model gave %d columns for %d classes", WHERE, m.columns,
    #list)
  return margins_of_scores(m, rows, columns), list
end

local function read_labels(answer, shown, rows, columns)
  local labels = classes.labels(answer, WHERE .. ": the model's answer")
  check.that(#labels == rows * columns, "%s: the model gave %d answers for %d points", WHERE,
    #labels, rows * columns)
  local all = {}
  for _, list in ipairs { labels, shown } do
    for i = 1, #list do all[#all + 1] = list[i] end
  end
  local list, places = classes.of(all, WHERE .. ": the model's answer")
  return margins_of_labels(labels, places, #list, rows, columns), list
end

-- -- The artist -----------------------------------------------------------------------------------

--- The class that wins at each place.
local function data_of(margins, x, y, list)
  local all = { columns = { "x", "y", "class" } }
  for i in ipairs(y) do
    for j in ipairs(x) do
      local best = 1
      for k, z in ipairs(margins) do best = z[i][j] > margins[best][i][j] and k or best end
      all[#all + 1] = { x = x[j], y = y[i], class = list[best] }
    end
  end
  return all
end

local function artist_of(margins, x, y, list, entries)
  local fields = {}
  for k, z in ipairs(margins) do fields[k] = { z = z, x = x, y = y } end
  return {
    x = { { x[1], x[#x] } }, y = { { y[1], y[#y] } }, tight = true, continuous = true,
    level = 1, entries = entries, data = function() return data_of(margins, x, y, list) end,
    draw = function(canvas, x_axis, y_axis, area)
      canvas:clip(area.left, area.top, area.right - area.left, area.bottom - area.top, function()
        for k, f in ipairs(fields) do
          local loops = field.region(f, 0, x_axis, y_axis)
          if #loops > 0 then
            canvas:region(loops, { fill = colors.series(k), opacity = 0.28 })
          end
        end
        for k = 1, #fields == 2 and 1 or #fields do -- two classes have one line
          for _, line in ipairs(field.lines(fields[k], 0, x_axis, y_axis)) do
            if #line > 2 then canvas:polyline(line, { color = "background", width = 1.6 }) end
          end
        end
      end)
    end,
  }
end

local function points_artist(o, labels, xs, ys, list, locale)
  check.that(#labels == #xs, "%s: y has %d labels and there are %d points", WHERE, #labels, #xs)
  local styles, entries = classes.styles(classes.names(list, o.class_names, WHERE), nil, locale)
  local places = {}
  for k, label in ipairs(list) do places[label] = k end
  for _, label in ipairs(labels) do
    check.that(places[label], "%s: y has the class %s, which the model does not know", WHERE,
      check.show(label))
  end
  local function style_of(i) return styles[places[labels[i]]] end
  return points.artist({ x = xs, y = ys, style_of = style_of, size = o.size,
    more = { name = "class", values = labels } }, entries)
end

local function entries_of(list, o, locale)
  local names, entries = classes.names(list, o.class_names, WHERE), {}
  for k in ipairs(list) do
    entries[k] = { label = locale:label(names[k]), fill = colors.series(k) }
  end
  return entries
end

--- The fields of the model's answer, and the classes.
local function read_answer(answer, known, labels, rows, columns)
  local is_matrix = Type.is_tensor(answer) and answer.ndim == 2
    or type(answer) == "table" and type(answer[1]) == "table"
  if is_matrix then return read_scores(answer, known, labels, rows, columns) end
  check.that(Type.is_tensor(answer) or type(answer) == "table",
    "%s: the model must give labels or scores; got %s", WHERE, check.show(answer))
  return read_labels(answer, labels, rows, columns)
end

--- The regions of a classifier over two columns, and the points on them; y grows upwards. Around
--- the points it shows, or over x_range and y_range.
---
---     local set = mah.data.make_moons { n_samples = 60, noise = 0.1, random_state = 1 }
---     local clf = mah.MLPClassifier { solver = "lbfgs", random_state = 1 }
---     clf:fit(set.x, set.y)
---     local figure = mah.plot.boundary { model = clf, x = set.x, y = set.y, n = 40 }
---     figure:save "boundary.png"
---     print(figure)   --> figure 640 x 400
---@param given table
---@return figure
return function(given)
  local o, labels = options(given, rules, WHERE), {}
  local xs, ys, ranges = read_plane(o)
  if tables.is(given.x) then
    o.x_label, o.y_label = given.x_label or given.x.names[1], given.y_label or given.x.names[2]
  end
  local locale = Locale.of(o.lang)
  if o.y then labels = classes.labels(o.y, WHERE .. ": y") end
  local x = field.steps(ranges[1][1], ranges[1][2], o.n)
  local y = field.steps(ranges[2][1], ranges[2][2], o.n)
  local answer, known = ask(o.model, grid(x, y, o.dtype))
  local margins, list = read_answer(answer, known, labels, #y, #x)
  local artists = { artist_of(margins, x, y, list, not o.y and entries_of(list, o, locale) or nil) }
  if o.y then artists[2] = points_artist(o, labels, xs, ys, list, locale) end
  return chart.figure(WHERE, o, artists)
end
