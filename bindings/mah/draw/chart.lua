--- Charts: artists that share one pair of axes.
---
---     chart.figure("mah.plot.lines", o, { { x = { xs }, y = { ys }, draw = function ... } })
---
--- An artist is a table with
---   draw(canvas, x_axis, y_axis, area)    area: left, right, top, bottom of the axes
---   x, y      lists of numbers that the axes must hold; axis = 2: y belongs to the right one
---   names     of x = 1, 2 ...; without them x are numbers;  y_names  of y, the first one on top
---   tight     the axes end where its numbers do, without room around them
---   continuous   there may be fractions, even if all of its numbers are whole
---   trace(x_axis, y_axis, out)   adds places where it is seen to {x1, y1 ...}, for the legend
---   entries   of the legend (mah.draw.legend);  bar  of colours (mah.draw.colorbar)
---   data()    the numbers that it shows (mah.draw.data)
---   color     of the right axis;  level  1 lies behind everything (areas), 2, 3 before (points)
local Axis = require "mah.draw.axis"
local Figure = require "mah.draw.figure"
local Frame = require "mah.draw.frame"
local Legend = require "mah.draw.legend"
local Locale = require "mah.draw.locale"
local check = require "mah.base.check"
local colorbar = require "mah.draw.colorbar"
local data = require "mah.draw.data"
local guides = require "mah.draw.guides"
local numbers = require "mah.draw.numbers"
local texts = require "mah.draw.texts"

local chart = {}

local formats = "string|callable"
local rules = {
  title = { "", "string", nil, texts.title },
  x_label = { nil, "string", nil, texts.x_label }, y_label = { nil, "string", nil, texts.y_label },
  log_x = { false, "boolean", nil, texts.log_x }, log_y = { false, "boolean", nil, texts.log_y },
  x_range = { nil, "table", nil, texts.x_range }, y_range = { nil, "table", nil, texts.y_range },
  x_format = { nil, formats, nil, texts.x_format },
  y_format = { nil, formats, nil, texts.y_format },
  x_ticks = { nil, "table|tensor", nil, texts.x_ticks },
  guides = { nil, "table", nil, texts.guides },
  legend = { "auto", { "auto", "none", "above", "below", "top left", "top right", "bottom left",
    "bottom right" }, nil, texts.legend },
  width = { 640, "number", "[120, 10000]", texts.width },
  height = { 400, "number", "[100, 10000]", texts.height },
  lang = Locale.rule,
}

--- The options that every chart has, and those of its own.
function chart.rules(own)
  local all = {}
  for name, rule in pairs(rules) do all[name] = rule end
  for name, rule in pairs(own) do all[name] = rule end
  return all
end

-- -- Axes -----------------------------------------------------------------------------------------

--- Complains unless a range, when given, is one that the axis can have.
function chart.check_range(where, range, name, log)
  if not range then return end
  local low = numbers.bounds(range, ("%s: %s"):format(where, name))
  check.that(not log or low > 0, "%s: %s starts at %g; a logarithmic axis has values > 0", where,
    name, low)
end

local function check_format(where, format, name)
  check.that(type(format) ~= "string" or format == "percent",
    "%s: %s must be \"percent\" or a function; got %s", where, name, check.show(format))
end

--- Only integers, like the numbers of layers or epochs?
local function all_whole(lists)
  for _, list in ipairs(lists) do
    for _, v in ipairs(list) do
      if numbers.finite(v) and v % 1 ~= 0 then return false end
    end
  end
  return true
end

--- The axis over the values of some lists; `name` is x, y or y2.
local function make_axis(self, name, lists, zero)
  local o, where = self.o, self.where
  local log, range, format = o["log_" .. name], o[name .. "_range"], o[name .. "_format"]
  chart.check_range(where, range, name .. "_range", log)
  check_format(where, format, name .. "_format")
  local low, high = numbers.range(lists, log and function(v) return v > 0 end)
  check.that(low or range, "%s: there is no finite value%s to draw on the %s axis", where,
    log and " > 0" or "", name)
  local whole = not self.continuous and all_whole(lists)
  if range then
    low, high = range[1], range[2]
  elseif whole and low == high and not log and math.abs(low) < 2 ^ 52 then
    low, high = low - 1, high + 1
  elseif not self.tight or low == high then
    low, high = Axis.padded(low, high, log, zero)
  end
  return Axis.new { low = low, high = high, log = log, locale = self.locale, format = format,
    whole = whole and high - low >= 1 }
end

--- All values of a field of the artists; of y on one side.
local function values_of(artists, field, side)
  local lists = {}
  for _, artist in ipairs(artists) do
    for _, list in ipairs((not side or (artist.axis or 1) == side) and artist[field] or {}) do
      lists[#lists + 1] = list
    end
  end
  return lists
end

--- The names that artists have for places, which are the same for all that have some.
local function names_of(self, field, axis)
  local names
  for _, artist in ipairs(self.artists) do
    local own = artist[field]
    for i = 1, names and own and math.max(#names, #own) or 0 do
      check.that(names[i] == own[i], "%s: place %d of the %s axis has two names, %s and %s",
        self.where, i, axis, check.show(names[i]), check.show(own[i]))
    end
    names = names or own
  end
  return names
end

--- Ticks by name, from x_ticks or from artists whose places have names.
local function named_axis(self, lists, names, which)
  local count = #names
  for _, list in ipairs(lists) do
    for _, v in ipairs(list) do count = math.max(count, numbers.finite(v) and v or 0) end
  end
  check.that(count <= #names + 0.5, "%s: %s reaches %g, and %s has %d names", self.where, which,
    count, which == "x" and "x_ticks" or "the axis", #names)
  check.that(not self.o["log_" .. which], "%s: an axis of names cannot be logarithmic", self.where)
  return Axis.new { low = 0.5, high = #names + 0.5, names = names, locale = self.locale }
end

local function x_axis_of(self)
  local ticks, names = self.o.x_ticks
  if type(ticks) == "table" and type(ticks[1]) == "string" then
    names = ticks
  else
    names = names_of(self, "names", "x")
  end
  local xs = values_of(self.artists, "x")
  if names then return named_axis(self, xs, names, "x") end
  local axis = make_axis(self, "x", xs, false)
  axis.values = ticks and numbers.vector(ticks, self.where .. ": x_ticks") or nil
  return axis
end

local function y_axis_of(self, lists)
  local names = names_of(self, "y_names", "y")
  if names then return named_axis(self, lists, names, "y") end
  return make_axis(self, "y", lists, true)
end

-- -- Layout ---------------------------------------------------------------------------------------

--- The right axis has the colour of what belongs to it, when that is one.
local function color_of_right(artists)
  local color
  for _, artist in ipairs(artists) do
    if artist.axis == 2 then
      if color then return nil end
      color = artist.color
    end
  end
  return color
end

local function all_entries(artists)
  local entries = {}
  for _, artist in ipairs(artists) do
    for _, entry in ipairs(artist.entries or {}) do entries[#entries + 1] = entry end
  end
  return entries
end

--- A legend on "auto" takes a corner that is free, or stands above.
---@return table frame, table|nil box
local function arrange(self, spec)
  local place = #spec.legend > 0 and self.o.legend or "none"
  spec.legend_place = (place == "above" or place == "below") and place or nil
  local frame = Frame.new(spec)
  if place == "none" or spec.legend_place then return frame end
  if place ~= "auto" then return frame, Legend.corner(spec.legend, place, frame) end
  local points = {}
  for _, artist in ipairs(self.artists) do
    if artist.trace then artist.trace(spec.x, artist.axis == 2 and spec.y2 or spec.y, points) end
  end
  local box = not self.tight and Legend.free_corner(spec.legend, frame, points)
  if box then return frame, box end
  spec.legend_place = "above"
  return Frame.new(spec)
end

local function has_level(artists, level)
  for _, artist in ipairs(artists) do
    if (artist.level or 2) == level then return true end
  end
  return false
end

local function draw_artists(self, canvas, spec, frame, level)
  for _, artist in ipairs(self.artists) do
    if (artist.level or 2) == level then
      artist.draw(canvas, spec.x, artist.axis == 2 and spec.y2 or spec.y, frame)
    end
  end
end

--- Artists and guides within the axes, which know their places.
local function draw_inside(self, spec, canvas, frame)
  draw_artists(self, canvas, spec, frame, 1)
  local with_points = has_level(self.artists, 3) -- which hide what lies behind
  for _, guide in ipairs(with_points and {} or self.guides) do
    guides.draw(guide, canvas, frame, spec)
  end
  draw_artists(self, canvas, spec, frame, 2)
  draw_artists(self, canvas, spec, frame, 3)
  for _, guide in ipairs(self.guides) do
    if with_points then guides.draw(guide, canvas, frame, spec, true) end
    guides.label(guide, canvas, frame, spec, with_points)
  end
end

local function draw(self, spec, canvas)
  local frame, box = arrange(self, spec)
  frame:draw(canvas)
  draw_inside(self, spec, canvas, frame)
  local right = spec.width - spec.reserve_right
  for i, bar in ipairs(self.bars) do
    colorbar.draw(canvas, bar, right, frame.top, frame.bottom, self.rooms[i])
    right = right + self.rooms[i]
  end
  if box then Legend.draw_box(canvas, spec.legend, box, spec.locale.rtl) end
end

-- -- The figure -----------------------------------------------------------------------------------

local function spec_of(self)
  local o, locale = self.o, self.locale
  local left, right = values_of(self.artists, "y", 1), values_of(self.artists, "y", 2)
  check.that(#left > 0, "%s: every series has axis = 2; at least one must be on the left axis",
    self.where)
  local room = 0
  for i, bar in ipairs(self.bars) do
    self.rooms[i] = colorbar.room(bar, o.height)
    room = room + self.rooms[i]
  end
  return {
    width = o.width, height = o.height, locale = locale, title = o.title, grid_x = true,
    x_label = o.x_label or "", y_label = o.y_label or "", y2_label = o.y2_label or "",
    x = x_axis_of(self), y = y_axis_of(self, left),
    y2 = #right > 0 and make_axis(self, "y2", right, true) or nil,
    y2_color = color_of_right(self.artists), legend = all_entries(self.artists),
    reserve_right = room,
  }
end

--- A figure of artists. It keeps them, so that they can be laid over those of others.
---@param where string   the function that the user called
---@param o table        options of chart.rules, read
---@param artists table
---@return table figure  see mah.draw.figure
function chart.figure(where, o, artists)
  local locale = Locale.of(o.lang)
  local self = { where = where, o = o, artists = artists, locale = locale, bars = {},
    rooms = {}, guides = guides.read(o.guides, where) }
  for _, artist in ipairs(artists) do
    self.bars[#self.bars + 1] = artist.bar
    self.tight = self.tight or artist.tight
    self.continuous = self.continuous or artist.continuous
  end
  local spec = spec_of(self)
  return Figure.new { width = o.width, height = o.height, title = o.title, rtl = locale.rtl,
    chart = self, data = function() return data.of_artists(artists) end,
    render = function(canvas) draw(self, spec, canvas) end,
    parts = { spec = spec, color_bars = self.bars,
      draw = function(canvas, area) draw_inside(self, spec, canvas, area) end } }
end

return chart
