--- What surrounds the data of a chart: title, axes, grid, labels, and the room for all of them.
---
--- A spec has width, height, locale, title, x, y, y2 (axes of mah.draw.axis), x_label, y_label,
--- y2_label, legend (entries) and legend_place ("above", "below" or nothing), y2_color, grid_x;
--- reserve_right and head, room beside and above the axes; bare, without lines of axes and ticks.
local Legend = require "mah.draw.legend"
local text = require "mah.draw.text"

local Frame = {}
Frame.__index = Frame

local TITLE, LABEL, TICK = 15, 12, 11
local EDGE = 10 -- from the figure's border
local SLANT = math.rad(40)
local CLOSEST = 12 -- from one name beside the y axis to the next

-- -- Names below the x axis -----------------------------------------------------------------------

local function widest(ticks)
  local width = 0
  for _, tick in ipairs(ticks) do width = math.max(width, (text.extents(tick.label, TICK))) end
  return width
end

local function all_numeric(ticks)
  for _, tick in ipairs(ticks) do
    if tick.label:find "%a" or text.is_rtl(tick.label) then return false end
  end
  return true
end

--- Do all words of the labels fit in `room`, on at most two lines?
local function wrapped(ticks, room)
  local result = {}
  for i, tick in ipairs(ticks) do
    local lines = text.wrap(tick.label, TICK, false, room)
    if #lines > 2 or table.concat(lines):find("…", 1, true) then return nil end
    result[i] = table.concat(lines, "\n")
  end
  return result
end

--- Level if they fit; on two lines; every second, third ... number; else slanted.
local function arrange_names(axis, room)
  local ticks, spacing = axis.ticks, room / math.max(1, axis.high - axis.low)
  local width = widest(ticks)
  if width <= spacing - 6 then return { height = TICK * text.LINE } end
  local labels = wrapped(ticks, spacing - 6)
  if labels then return { height = 2 * TICK * text.LINE, labels = labels } end
  if all_numeric(ticks) then
    return { height = TICK * text.LINE, every = math.ceil((width + 8) / spacing) }
  end
  local longest = math.min(width, 150)
  return { slanted = true, longest = longest, every = math.ceil(13 / (spacing * math.sin(SLANT))),
    height = longest * math.sin(SLANT) + TICK }
end

--- Fewer ticks until their labels stand apart.
local function arrange_numbers(axis, room)
  local most = math.max(2, math.floor(room / 60))
  repeat
    axis:choose_ticks(most)
    axis:between(0, room)
    local apart, last_end = true, -math.huge
    for _, tick in ipairs(axis.ticks) do
      local place, half = axis:place(tick.value), text.width(tick.label, TICK) / 2
      if place - half < last_end + 10 then apart = false end
      last_end = place + half
    end
    most = most - 1
  until apart or most < 1 or axis.values
  return { height = TICK * text.LINE }
end

local function arrange_x(axis, room)
  if axis.names then return arrange_names(axis, room) end
  local arranged = arrange_numbers(axis, room)
  if axis.values and #axis.ticks > 1 then
    local spacing = room / #axis.ticks
    arranged.every = math.ceil((widest(axis.ticks) + 8) / spacing)
  end
  return arranged
end

--- How far the first slanted name reaches to the left of the axes.
local function slanted_overhang(axis, names, room)
  if not names.slanted then return 0 end
  local spacing, most = room / (axis.high - axis.low), 0
  for i = 1, #axis.ticks, names.every do
    local width = math.min(text.width(axis.ticks[i].label, TICK), names.longest)
    most = math.max(most, width * math.cos(SLANT) - (axis.ticks[i].value - axis.low) * spacing)
  end
  return most
end

-- -- Room -----------------------------------------------------------------------------------------

local function side(axis, label)
  if not axis then return 0 end
  return widest(axis.ticks) + 8 + (label ~= "" and LABEL * text.LINE + 4 or 0)
end

local function lay_out_top(self)
  local spec = self.spec
  self.title = spec.title ~= "" and text.wrap(spec.title, TITLE, true, spec.width - 2 * EDGE, 3)
    or {}
  local top = EDGE + #self.title * TITLE * text.LINE + (#self.title > 0 and 6 or 0)
  self.legend_top = top
  if self.flow and spec.legend_place == "above" then top = top + self.flow.height + 4 end
  return top + (#self.title == 0 and not self.flow and 4 or 0) + (spec.head or 0)
end

--- The right end of the last label, past the axes.
local function right_overhang(axis)
  local last = axis.ticks[#axis.ticks]
  return last and not axis.names and text.width(last.label, TICK) / 2 or 0
end

---@param spec table
---@return table frame   left, right, top, bottom of the axes, which know their places now
function Frame.new(spec)
  local self = setmetatable({ spec = spec }, Frame)
  local width, height = spec.width, spec.height
  if spec.legend_place then self.flow = Legend.flow(spec.legend, width - 2 * EDGE) end
  self.top = lay_out_top(self)
  local most_y = math.max(2, math.floor((height - self.top - 50) / (spec.y.names and 1 or 42)))
  for _, axis in ipairs { spec.y, spec.y2 } do axis:choose_ticks(most_y) end
  local offset = spec.y.offset or spec.y2 and spec.y2.offset
  if offset then self.top = self.top + TICK * text.LINE end
  self.left = EDGE + side(spec.y, spec.y_label)
  self.right = width - EDGE - (spec.reserve_right or 0)
    - math.max(side(spec.y2, spec.y2_label or ""), right_overhang(spec.x))
  self.names = arrange_x(spec.x, self.right - self.left)
  local overhang = slanted_overhang(spec.x, self.names, self.right - self.left)
  self.left = math.max(self.left, EDGE + overhang)
  self.bottom = height - EDGE - self.names.height - 6
  if spec.x_label ~= "" or spec.x.offset then
    self.bottom = self.bottom - LABEL * text.LINE - 2
  end
  if self.flow and spec.legend_place == "below" then
    self.bottom = self.bottom - self.flow.height - 4
  end
  spec.x:between(self.left, self.right)
  if spec.x.reversed then spec.x:between(self.right, self.left) end
  for _, axis in ipairs { spec.y, spec.y2 } do
    if axis.names or axis.reversed then
      axis:between(self.top, self.bottom)
    else
      axis:between(self.bottom, self.top)
    end
  end
  return self
end

-- -- Drawing --------------------------------------------------------------------------------------

local function draw_title(self, canvas)
  local rtl = self.spec.locale.rtl
  local x = rtl and self.spec.width - EDGE or EDGE
  canvas:text(x, EDGE, table.concat(self.title, "\n"),
    { size = TITLE, bold = true, valign = "top", anchor = rtl and "end" or "start" })
end

local function draw_grid(self, canvas)
  local spec, style = self.spec, { color = "grid", width = 0.75 }
  if not spec.y.names then
    for _, tick in ipairs(spec.y.ticks) do
      local y = spec.y:place(tick.value)
      canvas:line(self.left, y, self.right, y, style)
    end
  end
  for _, tick in ipairs(spec.grid_x and not spec.x.names and spec.x.ticks or {}) do
    local x = spec.x:place(tick.value)
    canvas:line(x, self.top, x, self.bottom, style)
  end
end

local function draw_x_ticks(self, canvas)
  local axis, names = self.spec.x, self.names
  for i = 1, #axis.ticks, names.every or 1 do
    local x, label = axis:place(axis.ticks[i].value), axis.ticks[i].label
    if not self.spec.bare then
      canvas:line(x, self.bottom, x, self.bottom + 4, { color = "axis" })
    end
    if names.slanted then
      canvas:text(x + 4, self.bottom + 9, text.shorten(label, TICK, false, names.longest),
        { size = TICK, anchor = "end", valign = "middle", rotation = -math.deg(SLANT),
        color = "muted" })
    else
      canvas:text(x, self.bottom + 6, names.labels and names.labels[i] or label,
        { size = TICK, anchor = "middle", valign = "top", color = "muted" })
    end
  end
  for _, v in ipairs(axis.minor or {}) do
    local x = axis:place(v)
    canvas:line(x, self.bottom, x, self.bottom + 2.5, { color = "axis" })
  end
end

--- Of names that stand too close every second, third ... one.
local function draw_y_ticks(axis, canvas, x, anchor, color)
  local apart = axis.names and math.abs(axis.to - axis.from) / #axis.names or math.huge
  for i = 1, #axis.ticks, math.max(1, math.ceil(CLOSEST / apart)) do
    canvas:text(x, axis:place(axis.ticks[i].value), axis.ticks[i].label,
      { size = TICK, anchor = anchor, valign = "middle", color = color })
  end
end

--- What is to be added to the ticks' labels, at the ends of the axes.
local function draw_offsets(self, canvas)
  local spec = self.spec
  local function write(axis, x, y, anchor, valign)
    if axis and axis.offset then
      canvas:text(x, y, axis.offset, { size = TICK, anchor = anchor, valign = valign,
        color = "muted", direction = "ltr" })
    end
  end
  write(spec.x, self.right, self.bottom + 8 + self.names.height, "end", "top")
  write(spec.y, EDGE, self.top - 5, "start", "bottom")
  write(spec.y2, spec.width - EDGE, self.top - 5, "end", "bottom")
end

local function draw_labels(self, canvas)
  local spec, middle = self.spec, (self.top + self.bottom) / 2
  local height = 2 * math.min(middle - self.top + 8, spec.height - EDGE - middle)
  local across = (self.left + self.right) / 2
  local width = 2 * math.min(across - EDGE, spec.width - EDGE - across)
  local function upright(x, label, color, rotation)
    canvas:text(x, middle, text.shorten(label, LABEL, false, height),
      { size = LABEL, anchor = "middle", valign = "middle", rotation = rotation, color = color })
  end
  if spec.x_label ~= "" then
    canvas:text(across, self.bottom + 8 + self.names.height,
      text.shorten(spec.x_label, LABEL, false, width),
      { size = LABEL, anchor = "middle", valign = "top" })
  end
  if spec.y_label ~= "" then upright(EDGE + LABEL / 2, spec.y_label, "ink", -90) end
  if spec.y2 and spec.y2_label ~= "" then
    upright(spec.width - EDGE - (spec.reserve_right or 0) - LABEL / 2, spec.y2_label,
      spec.y2_color or "ink", 90)
  end
end

local function draw_axes(self, canvas)
  local style = { color = "axis" }
  if self.spec.y.names then
    canvas:line(self.left, self.top, self.left, self.bottom, style)
  else
    canvas:line(self.left, self.bottom, self.right, self.bottom, style)
  end
end

--- Everything behind the data: grid, axes, labels, title and the legend's rows.
function Frame:draw(canvas)
  local spec = self.spec
  draw_title(self, canvas)
  draw_grid(self, canvas)
  if not spec.bare then draw_axes(self, canvas) end
  draw_x_ticks(self, canvas)
  draw_y_ticks(spec.y, canvas, self.left - 7, "end", "muted")
  if spec.y2 then
    draw_y_ticks(spec.y2, canvas, self.right + 7, "start", spec.y2_color or "muted")
  end
  draw_offsets(self, canvas)
  draw_labels(self, canvas)
  if self.flow then
    local y = spec.legend_place == "above" and self.legend_top
      or spec.height - EDGE - self.flow.height
    Legend.draw_flow(canvas, self.flow, EDGE, y, spec.width - 2 * EDGE, spec.locale.rtl)
  end
end

return Frame
