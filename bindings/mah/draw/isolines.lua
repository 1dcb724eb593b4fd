--- Where a field crosses a level: marching squares, whose pieces are joined.
---
---     isolines.trace({{0, 0}, {1, 1}, rows = 2, columns = 2}, 0.5)    --> {{1, 1.5, 2, 1.5}}
---
--- Places are {column1, row1, column2, row2 ...}, with fractions, counted from 1. Of a cell whose
--- corners alternate, the mean decides which of them hang together (Lorensen and Cline, "Marching
--- cubes", SIGGRAPH 1987, in two dimensions).
local numbers = require "mah.draw.numbers"

local isolines = {}

--- The values of a matrix with a margin of one below every level. NaN lies below too.
local function padded(z)
  local rows, low = {}, -math.huge
  for r = 0, z.rows + 1 do
    rows[r] = {}
    for c = 0, z.columns + 1 do
      local v = z[r] and z[r][c] or low
      rows[r][c] = v == v and v or low
    end
  end
  return rows
end

--- How far the crossing is from a to b; half-way where one of them is not finite.
local function crossing(level, a, b)
  if not (numbers.finite(a) and numbers.finite(b)) then return 0.5 end
  if a < b then return numbers.part(level, a, b) end
  return 1 - numbers.part(level, b, a)
end

--- The two pairs of edges (top 1, right 2, bottom 3, left 4) that a cell joins.
local function pairs_of(a, b, d, e, level)
  local middle = a / 4 + b / 4 + d / 4 + e / 4 >= level
  if (a >= level) == middle then return 1, 2, 4, 3 end
  return 1, 4, 2, 3
end

--- Edges by their upper or left corner: level ones have even keys, upright ones odd keys.
local function edge_key(r, c, edge, stride)
  if edge == 2 then c = c + 1 end
  if edge == 3 then r = r + 1 end
  return (r * stride + c) * 2 + (edge % 2 == 0 and 1 or 0)
end

local function link(links, key1, key2)
  for _, pair in ipairs { { key1, key2 }, { key2, key1 } } do
    local list = links[pair[1]]
    if list then list[2] = pair[2] else links[pair[1]] = { pair[2] } end
  end
end

--- Joins the crossed edges of one cell.
local function visit(links, v, r, c, level, stride)
  local a, b, e, d = v[r][c], v[r][c + 1], v[r + 1][c], v[r + 1][c + 1]
  local above_a, above_b, above_d, above_e = a >= level, b >= level, d >= level, e >= level
  if above_a == above_b and above_a == above_d and above_a == above_e then return end
  local function join(one, other)
    link(links, edge_key(r, c, one, stride), edge_key(r, c, other, stride))
  end
  if above_a == above_d and above_b == above_e then
    local p, q, s, t = pairs_of(a, b, d, e, level)
    join(p, q)
    return join(s, t)
  end
  local first
  for edge, crossed in ipairs { above_a ~= above_b, above_b ~= above_d, above_d ~= above_e,
    above_e ~= above_a } do
    if crossed and first then join(first, edge) end
    first = first or crossed and edge
  end
end

--- The place of a crossing, by the key of its edge.
local function place_of(key, v, z, level, stride)
  local upright, corner = key % 2 == 1, math.floor(key / 2)
  local r, c = math.floor(corner / stride), corner % stride
  local b = upright and v[r + 1][c] or v[r][c + 1]
  local t = crossing(level, v[r][c], b)
  local x, y = upright and c or c + t, upright and r + t or r
  return math.max(1, math.min(z.columns, x)), math.max(1, math.min(z.rows, y))
end

--- Follows the links from an edge until they end, or are back.
local function follow(links, key, locate)
  local points = {}
  while key do
    points[#points + 1], points[#points + 2] = locate(key)
    local next_ones = links[key]
    links[key] = nil
    local one, other = next_ones[1], next_ones[2]
    key = links[one] and one or other and links[other] and other or nil
  end
  return points
end

local function chains(links, is_closed, locate)
  local keys, result = {}, {}
  for key in pairs(links) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, ends_first in ipairs { true, false } do
    for _, key in ipairs(keys) do
      if links[key] and (not ends_first or not links[key][2]) then
        local points = follow(links, key, locate)
        if not ends_first and not is_closed then
          points[#points + 1], points[#points + 2] = points[1], points[2]
        end
        result[#result + 1] = points
      end
    end
  end
  return result
end

local function trace(z, level, is_closed)
  local v, links, stride = padded(z), {}, z.columns + 2
  local margin = is_closed and 1 or 0
  for r = 1 - margin, z.rows - 1 + margin do
    for c = 1 - margin, z.columns - 1 + margin do
      local whole = is_closed or v[r][c] > -math.huge and v[r][c + 1] > -math.huge
        and v[r + 1][c] > -math.huge and v[r + 1][c + 1] > -math.huge
      if whole then visit(links, v, r, c, level, stride) end
    end
  end
  return chains(links, is_closed, function(key) return place_of(key, v, z, level, stride) end)
end

--- The lines on which the field has this value; none through cells that lack one.
---@param z table   of numbers.matrix
---@param level number
---@return table[]
function isolines.trace(z, level) return trace(z, level, false) end

--- The loops around the places where the field is at least `level`, closed at the field's border.
---@return table[]
function isolines.loops(z, level) return trace(z, level, true) end

return isolines
