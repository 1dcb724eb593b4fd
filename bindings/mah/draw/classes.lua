--- Classes of points: which there are, in order, and how each looks.
local Canvas = require "mah.draw.canvas"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local colors = require "mah.draw.colors"
local numbers = require "mah.draw.numbers"

local classes = {}

local MOST = 100

--- Numbers before names, each in their order.
local function before(a, b)
  if type(a) ~= type(b) then return type(a) == "number" end
  return a < b
end

--- Labels, a tensor or a table of numbers or strings, as a table.
function classes.labels(given, name)
  if Type.is_tensor(given) or type(given[1]) ~= "string" then return numbers.vector(given, name) end
  for i, label in ipairs(given) do
    check.that(type(label) == "string", "%s[%d] must be a string like the others; got %s", name, i,
      check.show(label))
  end
  return given
end

--- The classes of labels, sorted.
---@return table list, table<any, integer> places
function classes.of(labels, name)
  local list, places = {}, {}
  for _, label in ipairs(labels) do
    if label == label and not places[label] then
      list[#list + 1], places[label] = label, true
      check.that(#list <= MOST, "%s: more than %d classes; numbers are shown by values = ", name,
        MOST)
    end
  end
  table.sort(list, before)
  for i, label in ipairs(list) do places[label] = i end
  return list, places
end

--- Complains unless there is a name for each class.
function classes.names(list, given, where)
  if not given then return list end
  check.that(#given == #list, "%s: %d class_names for %d classes", where, #given, #list)
  return given
end

--- How the points of each class look, and their entries in the legend.
---@param marker string|nil   of all of them
---@return table styles, table entries
function classes.styles(names, marker, locale)
  local styles, entries = {}, {}
  for i, name in ipairs(names) do
    styles[i] = { fill = colors.series(i),
      marker = marker or Canvas.markers[(i - 1) % #Canvas.markers + 1] }
    entries[i] = { label = locale:label(name), color = styles[i].fill, marker = styles[i].marker,
      line = false }
  end
  return styles, entries
end

return classes
