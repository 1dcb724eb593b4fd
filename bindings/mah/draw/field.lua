--- Fields: numbers over a grid of x and y, for contours and decision boundaries.
---
---     local f = field.of_function(function(x, y) return x * y end, {0, 1}, {0, 1}, 50)
---     f.z, f.x, f.y            -- rows of y, columns of x
local check = require "mah.base.check"
local isolines = require "mah.draw.isolines"
local numbers = require "mah.draw.numbers"

local field = {}

--- n numbers from low to high, evenly apart or, with `log`, by one factor.
function field.steps(low, high, n, log)
  local list = {}
  local from, to = log and math.log(low) or low, log and math.log(high) or high
  for i = 1, n do
    local part = (i - 1) / (n - 1)
    list[i] = from * (1 - part) + to * part
    if log then list[i] = math.exp(list[i]) end
  end
  list[1], list[n] = low, high
  return list
end

--- The values of a function of two numbers. What it does not return as a number is NaN.
function field.of_function(f, x, y)
  local z = { rows = #y, columns = #x }
  for i = 1, #y do
    z[i] = {}
    for j = 1, #x do
      local v = f(x[j], y[i])
      z[i][j] = type(v) == "number" and v or 0 / 0
    end
  end
  return { z = z, x = x, y = y }
end

local function ascend(list, name)
  for i = 1, #list do
    check.that(numbers.finite(list[i]) and (i == 1 or list[i] > list[i - 1]),
      "%s must be finite numbers that grow; number %d is %g", name, i, list[i])
  end
  return list
end

--- A matrix over x (of its columns) and y (of its rows), 1, 2 ... when left out.
function field.of_matrix(z, x, y, where)
  z = numbers.matrix(z, where .. ": z")
  check.that(z.rows > 1 and z.columns > 1, "%s: z has %d x %d values; at least 2 x 2 are needed",
    where, z.rows, z.columns)
  local function places(given, count, name)
    if given == nil then return field.steps(1, count, count) end
    local list = ascend(numbers.vector(given, name), name)
    check.that(#list == count, "%s has %d values for %d rows or columns of z", name, #list, count)
    return list
  end
  return { z = z, x = places(x, z.columns, where .. ": x"), y = places(y, z.rows, where .. ": y") }
end

--- The number at a place with a fraction.
local function at(list, place)
  local i = math.min(math.floor(place), #list - 1)
  local part = place - i
  return list[i] * (1 - part) + list[i + 1] * part
end

--- Lines of isolines, in pixels.
local function placed(f, lines, x_axis, y_axis)
  for _, points in ipairs(lines) do
    for i = 1, #points, 2 do
      points[i] = x_axis:place(at(f.x, points[i]))
      points[i + 1] = y_axis:place(at(f.y, points[i + 1]))
    end
  end
  return lines
end

--- Where the field reaches a level: the loops around it, in pixels.
function field.region(f, level, x_axis, y_axis)
  return placed(f, isolines.loops(f.z, level), x_axis, y_axis)
end

--- The lines of a level, in pixels.
function field.lines(f, level, x_axis, y_axis)
  return placed(f, isolines.trace(f.z, level), x_axis, y_axis)
end

return field
