--- Lines of many points, thinned without a change that can be seen.
---
--- Of consecutive points in one column of pixels the first, the lowest, the highest and the last
--- are kept, in their order: the line covers the same pixels, and no peak is lost (Jugel et al.,
--- "M4: a visualization-oriented time series data aggregation", VLDB 2014).
local thin = {}

--- Adds the points with these places (of their x) to `out`, in order, each once.
local function add(out, points, places)
  table.sort(places)
  for k, i in ipairs(places) do
    if i ~= places[k - 1] then
      out[#out + 1], out[#out + 2] = points[i], points[i + 1]
    end
  end
end

---@param points number[]   {x1, y1, x2, y2 ...}, in pixels
---@param width number      of a column
---@return number[]
function thin.columns(points, width)
  local out, first, low, high, column = {}, 1, 1, 1, math.floor(points[1] / width)
  for i = 3, #points, 2 do
    local here = math.floor(points[i] / width)
    if here ~= column then
      add(out, points, { first, low, high, i - 2 })
      first, low, high, column = i, i, i, here
    elseif points[i + 1] < points[low + 1] then
      low = i
    elseif points[i + 1] > points[high + 1] then
      high = i
    end
  end
  add(out, points, { first, low, high, #points - 1 })
  return out
end

--- A function that is true for places where there has been no point yet, in squares of `side`.
---@return fun(x: number, y: number): boolean
function thin.unseen(side)
  local seen = {}
  return function(x, y)
    local key = math.floor(x / side) * 2 ^ 26 + math.floor(y / side)
    local new = not seen[key]
    seen[key] = true
    return new
  end
end

return thin
