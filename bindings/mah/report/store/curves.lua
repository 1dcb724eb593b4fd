--- The curves of a study's trials for a page: all of a study together have at most MOST points.
--- Where they have more, each is thinned: of equal stretches the first, the lowest, the highest and
--- the last point stay (mah.draw.thin), so that no peak is lost.
local thin = require "mah.draw.thin"

local curves = { MOST = 150000 }

local PER_STRETCH = 4
local FEWEST = 8 -- points of a curve

--- Places of the points that stay.
local function places(values, most)
  local n, list = #values, {}
  if n <= most then
    for i = 1, n do list[i] = i end
    return list
  end
  local points = {}
  for i, value in ipairs(values) do
    points[2 * i - 1], points[2 * i] = i - 1, value == value and value or 0
  end
  local kept = thin.columns(points, n / math.max(1, math.floor(most / PER_STRETCH)))
  for i = 1, #kept, 2 do list[#list + 1] = kept[i] + 1 end
  return list
end

--- Curves as the page has them: steps = the different lists of epochs, of = the place of each
--- curve's trial (from 0), at = the place of its steps (from 0), values = lists.
---@param rows table[]   trials with curves
---@return {steps: number[][], of: integer[], at: integer[], values: number[][],
---  thinned: boolean}|nil
function curves.of(rows)
  local count, total = 0, 0
  for _, row in ipairs(rows) do
    local n = row.curve and #row.curve.epochs or 0
    count, total = count + (n > 0 and 1 or 0), total + n
  end
  if count == 0 then return nil end
  local most = total > curves.MOST and math.max(FEWEST, math.floor(curves.MOST / count))
    or math.huge
  local found = { steps = {}, of = {}, at = {}, values = {}, thinned = most < math.huge }
  local known = {}
  for k, row in ipairs(rows) do
    local curve = row.curve
    if curve and #curve.epochs > 0 then
      local steps, values = {}, {}
      for i, place in ipairs(places(curve.values, most)) do
        steps[i], values[i] = curve.epochs[place], curve.values[place]
      end
      local key = table.concat(steps, " ")
      if not known[key] then
        found.steps[#found.steps + 1] = steps
        known[key] = #found.steps - 1
      end
      found.of[#found.of + 1], found.at[#found.at + 1] = k - 1, known[key]
      found.values[#found.values + 1] = values
    end
  end
  return found
end

return curves
