--- Clouds of points on axes: as large as their number allows, and not more than can be seen.
local Canvas = require "mah.draw.canvas"
local check = require "mah.base.check"
local numbers = require "mah.draw.numbers"
local thin = require "mah.draw.thin"

local points = {}

local MANY = 2000 -- of more points, those that hide each other are left out

--- The columns of a matrix of two.
---@return number[] x, number[] y
function points.columns(given, name)
  local m = numbers.matrix(given, name)
  check.that(m.columns == 2, "%s: a matrix of two columns is expected (or x and y); got %d", name,
    m.columns)
  local x, y = {}, {}
  for i = 1, m.rows do x[i], y[i] = m[i][1], m[i][2] end
  return x, y
end

function points.check_marker(marker, name)
  for _, kind in ipairs(Canvas.markers) do
    if kind == marker then return end
  end
  check.raise("%s must be one of %s; got %q", name, table.concat(Canvas.markers, ", "), marker)
end

--- Radius for so many points, when none was asked for.
local function radius_for(n)
  if n <= 200 then return 3.6 end
  return math.max(1.2, 3.6 - 1.2 * math.log10(n / 200))
end

local function drawable(x_axis, y_axis, x, y)
  return numbers.finite(x) and numbers.finite(y) and not (x_axis.log and x <= 0)
    and not (y_axis.log and y <= 0)
end

local missing = { fill = "muted", marker = "circle" }

--- A cloud has x, y, style_of(i) (fill and marker; nil: muted), and perhaps size and opacity.
function points.draw(cloud, canvas, x_axis, y_axis, area)
  local n = #cloud.x
  local radius = cloud.size or radius_for(n)
  local edge = radius >= 2.5 and not cloud.opacity and "background" or nil
  local shown = n > MANY and thin.unseen(math.max(0.75, radius / 3)) or function() return true end
  for i = 1, n do
    if drawable(x_axis, y_axis, cloud.x[i], cloud.y[i]) then
      local x, y = x_axis:place(cloud.x[i]), y_axis:place(cloud.y[i])
      local inside = x >= area.left - 1 and x <= area.right + 1 and y >= area.top - 1
        and y <= area.bottom + 1
      if inside and shown(x, y) then
        local style = cloud.style_of(i) or missing
        canvas:marker(style.marker, x, y, radius,
          { fill = style.fill, color = edge, width = 0.7, opacity = cloud.opacity })
      end
    end
  end
end

--- Where the points are, for a legend that keeps out of their way.
local function trace(cloud, x_axis, y_axis, out)
  for i = 1, #cloud.x do
    if drawable(x_axis, y_axis, cloud.x[i], cloud.y[i]) then
      out[#out + 1], out[#out + 2] = x_axis:place(cloud.x[i]), y_axis:place(cloud.y[i])
    end
  end
end

--- The points, and what `cloud.more`, {name =, values =}, says of each.
local function data_of(cloud)
  local more = cloud.more
  local all = { columns = { "x", "y", more and more.name } }
  for i, x in ipairs(cloud.x) do
    all[i] = { x = x, y = cloud.y[i] }
    if more then all[i][more.name] = more.values[i] end
  end
  return all
end

--- The artist (mah.draw.chart) of a cloud.
function points.artist(cloud, entries, bar)
  return {
    x = { cloud.x }, y = { cloud.y }, entries = entries, bar = bar, level = 3,
    data = function() return data_of(cloud) end,
    draw = function(canvas, x_axis, y_axis, area)
      points.draw(cloud, canvas, x_axis, y_axis, area)
    end,
    trace = function(x_axis, y_axis, out) trace(cloud, x_axis, y_axis, out) end,
  }
end

return points
