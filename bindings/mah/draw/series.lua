--- The series of a line chart: read, checked, and drawn on axes.
local check = require "mah.base.check"
local colors = require "mah.draw.colors"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local thin = require "mah.draw.thin"
local Canvas = require "mah.draw.canvas"

local series = {}

local TRACE = 6 -- pixels between the points that say where a line is
local COLUMN = 0.5 -- pixels; what is closer together is thinned
local MANY = 2000 -- of more markers, those that hide each other are left out

local rules = {
  x = { nil, "table|tensor" },
  y = { options.required, "table|tensor" },
  label = { nil, "string|number" },
  low = { nil, "table|tensor" },
  high = { nil, "table|tensor" },
  spread = { nil, "table|tensor" },
  marker = { nil, "boolean|string" },
  line = { true, "boolean" },
  dash = { nil, "boolean" },
  color = { nil, "string|number" },
  width = { 2, "number", "(0, 20]" },
  axis = { 1, { 1, 2 } },
}

-- -- Reading --------------------------------------------------------------------------------------

--- x as strings names places 1, 2 ...: the names of all series together, in the order of
--- appearance.
local function places_of_names(list, names, where)
  local places = {}
  for i, name in ipairs(list) do
    check.that(type(name) == "string", "%s.x[%d] must be a name like the others; got %s", where, i,
      check.show(name))
    local place
    for k, known in ipairs(names) do place = place or (known == name and k) end
    if not place then
      names[#names + 1] = name
      place = #names
    end
    places[i] = place
  end
  return places
end

local function read_x(s, given, names, where)
  if given == nil then
    for i = 1, #s.y do s.x[i] = i end
  elseif type(given) == "table" and type(given[1]) == "string" then
    s.x = places_of_names(given, names, where)
  else
    s.x = numbers.vector(given, where .. ".x")
  end
end

local function read_band(s, given, where)
  for _, field in ipairs { "low", "high", "spread" } do
    if given[field] ~= nil then
      s[field] = numbers.vector(given[field], where .. "." .. field)
      check.that(#s[field] == #s.y, "%s: y has %d values and %s has %d", where, #s.y, field,
        #s[field])
    end
  end
  check.that((s.low == nil) == (s.high == nil), "%s: a band needs both low and high", where)
  check.that(not (s.spread and s.low), "%s: either spread or low and high", where)
  if s.spread then
    s.low, s.high = {}, {}
    for i, y in ipairs(s.y) do
      local low, high = y - s.spread[i], y + s.spread[i]
      if numbers.finite(y) and numbers.finite(s.spread[i]) then
        low, high = numbers.bounded(low), numbers.bounded(high)
      end
      s.low[i], s.high[i] = low, high
    end
  end
end

local function check_marker(marker, where)
  if type(marker) ~= "string" then return end
  for _, kind in ipairs(Canvas.markers) do
    if kind == marker then return end
  end
  check.raise("%s.marker must be one of %s; got %q", where, table.concat(Canvas.markers, ", "),
    marker)
end

local function read_one(given, i, names, where)
  where = ("%s: series[%d]"):format(where, i)
  local o = options(given, rules, where)
  local s = { x = {}, y = numbers.vector(o.y, where .. ".y"), axis = o.axis, width = o.width,
    line = o.line }
  check.that(#s.y > 0, "%s.y is empty", where)
  read_x(s, o.x, names, where)
  check.that(#s.x == #s.y, "%s: x has %d values and y has %d", where, #s.x, #s.y)
  read_band(s, o, where)
  check_marker(o.marker, where)
  s.label = o.label and tostring(o.label)
  s.color = o.color and colors.check(o.color, where .. ".color") or colors.series(i)
  local dashed = o.dash
  if dashed == nil then dashed = o.axis == 2 or i > colors.count end
  s.dash = dashed and { 6, 4 } or nil
  s.marker = o.marker
  if o.marker == nil then s.marker = #s.y <= 30 or not o.line end
  if s.marker == true then s.marker = Canvas.markers[(i - 1) % #Canvas.markers + 1] end
  return s
end

--- Reads what the user gave; names when the x were strings.
---@return table list, string[]|nil names
local function read(given, where)
  check.that(#given > 0, "%s: series is empty; give at least one {x = , y = }", where)
  local list, names = {}, {}
  for i, one in ipairs(given) do list[i] = read_one(one, i, names, where) end
  return list, #names > 0 and names or nil
end

-- -- Drawing --------------------------------------------------------------------------------------

--- Can the point be drawn on these axes?
local function drawable(x_axis, y_axis, x, y)
  return numbers.finite(x) and numbers.finite(y) and not (x_axis.log and x <= 0)
    and not (y_axis.log and y <= 0)
end

--- The stretches of points between gaps, in pixels: {{x1, y1, x2, y2 ...} ...}.
local function stretches(x_axis, y_axis, xs, ys)
  local result, current = {}, nil
  for i = 1, #xs do
    if drawable(x_axis, y_axis, xs[i], ys[i]) then
      if not current then
        current = {}
        result[#result + 1] = current
      end
      current[#current + 1] = x_axis:place(xs[i])
      current[#current + 1] = y_axis:place(ys[i])
    else
      current = nil
    end
  end
  return result
end

local function draw_band(s, canvas, x_axis, y_axis)
  local floor = {}
  for i, low in ipairs(s.low) do floor[i] = y_axis.log and low <= 0 and y_axis.low or low end
  -- A gap in either edge is a gap of the band.
  local low, high = {}, {}
  for i = 1, #s.x do
    local there = drawable(x_axis, y_axis, s.x[i], floor[i]) and drawable(x_axis, y_axis, s.x[i],
      s.high[i])
    low[i], high[i] = there and floor[i] or 0 / 0, there and s.high[i] or 0 / 0
  end
  local below, above = stretches(x_axis, y_axis, s.x, low), stretches(x_axis, y_axis, s.x, high)
  for k, stretch in ipairs(above) do
    local points, back = {}, thin.columns(below[k], COLUMN)
    for i, place in ipairs(thin.columns(stretch, COLUMN)) do points[i] = place end
    for i = #back - 1, 1, -2 do
      points[#points + 1] = back[i]
      points[#points + 1] = back[i + 1]
    end
    if #points > 4 then canvas:polygon(points, { fill = s.color, opacity = 0.18 }) end
  end
end

--- Points that stand alone are marked even when the series is not: nothing would be seen of them.
local function draw_markers(s, canvas, area, points, shown)
  local kind = s.marker or #points == 2 and "circle"
  if not kind then return end
  for i = 1, #points, 2 do
    local x, y = points[i], points[i + 1]
    local inside = x >= area.left - 1 and x <= area.right + 1
    if inside and y >= area.top - 1 and y <= area.bottom + 1 and shown(x, y) then
      canvas:marker(kind, x, y, 3.4, { fill = s.color, color = "background", width = 0.8 })
    end
  end
end

--- Draws a series; lines end at the axes' area.
---@param area table   left, right, top, bottom
local function draw(s, canvas, x_axis, y_axis, area)
  local parts = stretches(x_axis, y_axis, s.x, s.y)
  local width, height = area.right - area.left, area.bottom - area.top + 4
  canvas:clip(area.left, area.top - 2, width, height, function()
    if s.low then draw_band(s, canvas, x_axis, y_axis) end
    for _, points in ipairs(s.line and parts or {}) do
      if #points > 2 then
        canvas:polyline(thin.columns(points, COLUMN),
          { color = s.color, width = s.width, dash = s.dash })
      end
    end
  end)
  local shown = #s.y > MANY and thin.unseen(2 * COLUMN) or function() return true end
  for _, points in ipairs(parts) do draw_markers(s, canvas, area, points, shown) end
end

--- Adds points along the lines, a few pixels apart, to `out`.
local function add_points(out, parts)
  for _, stretch in ipairs(parts) do
    local points = thin.columns(stretch, TRACE)
    for i = 1, #points, 2 do
      local x, y = points[i], points[i + 1]
      local px, py = points[i - 2] or x, points[i - 1] or y
      local distance = math.max(math.abs(x - px), math.abs(y - py))
      local pieces = math.min(200, math.max(1, math.ceil(distance / TRACE)))
      for k = 1, pieces do
        out[#out + 1] = px + (x - px) * k / pieces
        out[#out + 1] = py + (y - py) * k / pieces
      end
    end
  end
end

--- Where the series is seen, for a legend that keeps out of its way.
local function trace(s, x_axis, y_axis, out)
  for _, ys in pairs { s.y, s.low or false, s.high or false } do
    if ys then add_points(out, stretches(x_axis, y_axis, s.x, ys)) end
  end
end

-- -- Artists --------------------------------------------------------------------------------------

--- Of the chart's legend; `right`: some series belong to the right axis, and are told apart.
local function entry_of(s, right, locale)
  local suffix = right and s.axis == 2 and " " .. locale.words.right or ""
  return { label = locale:label(s.label) .. suffix, color = s.color, dash = s.dash,
    marker = s.marker or nil, band = s.low ~= nil, line = s.line }
end

--- What the series shows; x by its names, where it has some.
local function data_of(s, i, names)
  local all = { columns = { "series", "x", "y", s.low and "low", s.low and "high" } }
  for k, y in ipairs(s.y) do
    all[k] = { series = s.label or i, x = names and names[s.x[k]] or s.x[k], y = y,
      low = s.low and s.low[k], high = s.low and s.high[k] }
  end
  return all
end

local function artist_of(s, i, names, right, locale)
  return {
    data = function() return data_of(s, i, names) end,
    x = { s.x }, y = { s.y, s.low, s.high }, names = names, axis = s.axis, color = s.color,
    entries = s.label and { entry_of(s, right, locale) } or nil,
    draw = function(canvas, x_axis, y_axis, area) draw(s, canvas, x_axis, y_axis, area) end,
    trace = function(x_axis, y_axis, out) trace(s, x_axis, y_axis, out) end,
  }
end

--- The artists (mah.draw.chart) of what the user gave.
---@return table
function series.artists(given, where, locale)
  local list, names = read(given, where)
  local artists, right = {}, false
  for _, s in ipairs(list) do right = right or s.axis == 2 end
  for i, s in ipairs(list) do artists[i] = artist_of(s, i, names, right, locale) end
  return artists
end

return series
