--- What a table shows of itself: its first rows, and of each column the kind, how many values are
--- missing, and their mean and range, or how many there are.
local Table = require "mah.data.table.class"
local build = require "mah.data.table.build"
local terminal = require "mah.base.terminal"

local ROWS = 5 -- shown
local MOST_COLUMNS = 30 -- described
local WIDEST = 24 -- characters of a cell

-- -- Texts ----------------------------------------------------------------------------------------

--- Characters of UTF-8 text.
local function width_of(text) return select(2, text:gsub("[^\128-\191]", "")) end

--- At most `most` characters, without control characters.
local function cut(text, most)
  text = text:gsub("[%z\1-\31\127]", " ")
  if width_of(text) <= most then return text end
  local kept, n = {}, 0
  for character in text:gmatch "[%z\1-\127\194-\244][\128-\191]*" do
    n = n + 1
    if n >= most then break end
    kept[n] = character
  end
  return table.concat(kept) .. "~"
end

local function pad(text, width, is_right)
  local gap = (" "):rep(width - width_of(text))
  return is_right and gap .. text or text .. gap
end

local function number_text(x)
  if type(x) == "number" then
    return x == math.floor(x) and math.abs(x) < 1e15 and ("%d"):format(x) or ("%.5g"):format(x)
  end
  return (tostring(x):gsub("LL$", ""))
end

local function value_text(value)
  if value == nil then return "-" end
  return type(value) == "string" and cut(value, WIDEST) or type(value) == "boolean"
    and tostring(value) or number_text(value)
end

--- Lines of cells in columns; those that do not fit the width are left out, with "...".
local function layout(rows, is_right, width)
  local widths, used, shown = {}, 0, #rows[1]
  for c = 1, #rows[1] do
    widths[c] = 0
    for _, row in ipairs(rows) do widths[c] = math.max(widths[c], width_of(row[c])) end
    used = used + widths[c] + 2
    local last = c == #rows[1]
    local fits = used - 2 + (last and 0 or 5) <= width
    if not fits and shown == #rows[1] then shown = math.max(1, c - 1) end
  end
  local lines = {}
  for i, row in ipairs(rows) do
    local cells = {}
    for c = 1, shown do cells[c] = pad(row[c], widths[c], is_right[c]) end
    if shown < #row then cells[#cells + 1] = "..." end
    lines[i] = (table.concat(cells, "  "):gsub("%s+$", ""))
  end
  return lines
end

-- -- Columns --------------------------------------------------------------------------------------

--- In a few words, what values the column has.
local function summary(column)
  if column:count() == 0 then return "" end
  local kind = column.kind
  if kind == "number" or kind == "integer" then
    return ("mean %s, %s ... %s"):format(number_text(column:mean()), number_text(column:min()),
      number_text(column:max()))
  elseif kind == "boolean" then
    return ("%s true"):format(number_text(column:sum()))
  elseif kind == "date" then
    return ("%s ... %s"):format(column:min(), column:max())
  elseif kind == "category" then
    local names = {}
    for i = 1, math.min(4, #column.names) do names[i] = cut(column.names[i], WIDEST) end
    return ("%d: %s%s"):format(#column.names, table.concat(names, ", "),
      #column.names > 4 and ", ..." or "")
  end
  for i = 1, #column do
    if column[i] ~= nil then return ("such as '%s'"):format(cut(column[i], WIDEST)) end
  end
end

local function head_lines(t, width)
  local columns, rows, is_right = Table.columns(t), { {} }, {}
  for c, column in ipairs(columns) do
    rows[1][c] = cut(column.name, WIDEST)
    is_right[c] = column.kind == "number" or column.kind == "integer"
  end
  for i = 1, math.min(ROWS, #t) do
    rows[i + 1] = {}
    for c, column in ipairs(columns) do rows[i + 1][c] = value_text(column[i]) end
  end
  return layout(rows, is_right, width)
end

local function column_lines(t, width)
  local rows = { { "column", "type", "missing", "values" } }
  local columns = Table.columns(t)
  for i = 1, math.min(#columns, MOST_COLUMNS) do
    local column = columns[i]
    rows[i + 1] = { cut(column.name, WIDEST), column.kind, ("%d"):format(column:count_missing()),
      summary(column) }
  end
  local lines = layout(rows, { [3] = true }, 1000)
  for i, line in ipairs(lines) do lines[i] = cut(line, width) end
  if #columns > MOST_COLUMNS then
    lines[#lines + 1] = ("... and %d more"):format(#columns - MOST_COLUMNS)
  end
  return lines
end

--- The text that print shows.
---@param t mah.Table
---@return string
function Table.show(t)
  local n, width = #Table.columns(t), terminal.columns()
  local lines = { ("table of %d rows and %d columns"):format(#t, n) }
  if n == 0 then return lines[1] end
  for _, line in ipairs(head_lines(t, width)) do lines[#lines + 1] = line end
  if #t > ROWS then lines[#lines + 1] = "..." end
  lines[#lines + 1] = ""
  for _, line in ipairs(column_lines(t, width)) do lines[#lines + 1] = line end
  return table.concat(lines, "\n")
end

-- -- Numbers --------------------------------------------------------------------------------------

--- Of every column of numbers (dates and booleans are left out) a row: count, mean, std, min, the
--- quartiles and max of the values that are there.
---
---     local t = mah.data.table{age = {20, 30, 40}, name = {"Ann", "Bob", "Cem"}}
---     local d = t:describe()
---     print(#d, d.name[1], d.mean[1], d["50%"][1], d.max[1])  --> 1 age 30 30 40
---@param self mah.Table
---@return mah.Table
function Table.methods.describe(self)
  local names = { "count", "mean", "std", "min", "25%", "50%", "75%", "max" }
  local rows, labels = {}, {}
  for _, name in ipairs(names) do rows[name] = {} end
  for _, column in ipairs(Table.columns(Table.expect(self, "describe"))) do
    if column.kind == "number" or column.kind == "integer" then
      local i = #labels + 1
      local quartiles = column:quantile { 0.25, 0.5, 0.75 }
      labels[i] = column.name
      rows.count[i], rows.mean[i], rows.std[i] = column:count(), column:mean(), column:std()
      rows.min[i], rows.max[i] = tonumber(column:min()), tonumber(column:max())
      rows["25%"][i], rows["50%"][i], rows["75%"][i] = quartiles[1], quartiles[2], quartiles[3]
    end
  end
  local columns = { build.column("name", labels, "text") }
  for i, name in ipairs(names) do
    columns[i + 1] = build.column(name, rows[name], name == "count" and "integer" or "number",
      #labels)
  end
  return Table.new(columns, #labels)
end

return Table.show
