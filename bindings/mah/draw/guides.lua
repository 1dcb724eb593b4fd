--- Guides: dashed lines across the axes, at values worth seeing.
---
---     mah.plot.lines{y = {1, 2, 4}, guides = {{y = 3, label = "goal"}, {slope = 1}}}
local check = require "mah.base.check"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local text = require "mah.draw.text"

local guides = {}

local PIECES = 64 -- of a slanted line, which is curved on logarithmic axes

local rules = { x = { nil, "number" }, y = { nil, "number" }, slope = { nil, "number" },
  intercept = { 0, "number" }, label = { "", "string" } }

--- Each is {x = }, {y = } or {slope = , intercept = 0}, and label.
---@param given table|nil
---@return table
function guides.read(given, where)
  local list = {}
  for i, guide in ipairs(given or {}) do
    local name = ("%s: guides[%d]"):format(where, i)
    local o = options(guide, rules, name)
    local count = (o.x and 1 or 0) + (o.y and 1 or 0) + (o.slope and 1 or 0)
    check.that(count == 1, "%s: either x or y, or slope", name)
    list[i] = o
  end
  return list
end

--- The line y = slope x + intercept where both axes reach, in pixels.
local function slanted(guide, spec)
  local points, x_axis, y_axis = {}, spec.x, spec.y
  for i = 0, PIECES do
    local x = x_axis:value(i / PIECES)
    local y = numbers.bounded(guide.slope * x + guide.intercept)
    if y_axis:has(y) then
      points[#points + 1], points[#points + 2] = x_axis:place(x), y_axis:place(y)
    end
  end
  return points
end

--- Draws a guide's line on the axes spec.x and spec.y of a frame; `over`: over points.
function guides.draw(guide, canvas, frame, spec, over)
  local style = { color = over and "ink" or "muted", width = over and 1.4 or 1, dash = { 4, 3 } }
  if guide.slope then
    local points = slanted(guide, spec)
    if #points > 2 then canvas:polyline(points, style) end
  elseif guide.x and spec.x:has(guide.x) then
    local x = spec.x:place(guide.x)
    canvas:line(x, frame.top, x, frame.bottom, style)
  elseif guide.y and spec.y:has(guide.y) then
    local y = spec.y:place(guide.y)
    canvas:line(frame.left, y, frame.right, y, style)
  end
end

--- Below the line, before its upper end.
local function label_slanted(guide, canvas, frame, spec, words)
  local points = slanted(guide, spec)
  if #points < 4 then return end
  local at = 2 * math.floor(#points / 2 * 0.8) + 1
  local x, y = points[at], points[at + 1]
  local fits = x + 6 + text.width(guide.label, words.size) <= frame.right
  words.valign, words.anchor = "top", fits and "start" or "end"
  canvas:text(fits and x + 6 or frame.right, y + 4, guide.label, words)
end

--- Writes a guide's label; `over`: over points.
function guides.label(guide, canvas, frame, spec, over)
  local words = { size = 10.5, color = over and "ink" or "muted" }
  if guide.slope then return label_slanted(guide, canvas, frame, spec, words) end
  if guide.x and spec.x:has(guide.x) then
    local x = spec.x:place(guide.x)
    local right = x > (frame.left + frame.right) / 2
    words.anchor, words.valign = right and "end" or "start", "top"
    canvas:text(right and x - 4 or x + 4, frame.top, guide.label, words)
  elseif guide.y and spec.y:has(guide.y) then
    words.valign = "bottom"
    canvas:text(frame.left + 4, spec.y:place(guide.y) - 1, guide.label, words)
  end
end

return guides
