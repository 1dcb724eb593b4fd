--- Tables as CSV files.
local Column = require "mah.data.table.column"
local Table = require "mah.data.table.class"
local check = require "mah.base.check"
local file = require "mah.base.file"
local kinds = require "mah.data.table.kinds"
local options = require "mah.base.options"

local rules = options.declare("table:save_csv", {
  delimiter = { ",", "string", nil, "what separates cells, one character" },
  header = { true, "boolean", nil, "the first line holds the names" },
  na = { "", "string", nil, "what is written for a missing value" },
})

--- A text in quotes where it would be read as something else.
local function quoted(text, delimiter)
  local odd = text == "" or text:find(delimiter, 1, true) or text:find '["\r\n#]' or text:find "^%s"
    or text:find "%s$"
  return odd and '"' .. text:gsub('"', '""') .. '"' or text
end

local function cell(value, o)
  if value == nil then return o.na end
  if type(value) == "boolean" then return tostring(value) end
  return type(value) == "string" and quoted(value, o.delimiter) or kinds.number_text(value)
end

--- Writes the table as a CSV file that mah.data.table reads back: numbers with as many digits as
--- they need, dates as 2026-11-28, missing values as `na` (nothing).
---
---     local t = mah.data.table{{"name", {"Ann", "Bob", "Cem"}}, {"age", {30, 40, 20}}}
---     t:save_csv("people.csv", {delimiter = ";"})
---     print(mah.data.table("people.csv").age[2])  --> 40
---@param self mah.Table
---@param path string
---@param given {delimiter: string?, header: boolean?, na: string?}|nil
function Table.methods.save_csv(self, path, given)
  Table.expect(self, "save_csv")
  local o = options(given, rules, "table:save_csv")
  if #o.delimiter ~= 1 or o.delimiter:find '[%w"\r\n.+-]' then
    check.raise("table:save_csv: the delimiter must be one character, got %s",
      check.show(o.delimiter))
  end
  file.path(path, "table:save_csv")
  local columns, lines = Table.columns(self), {}
  local cells, values = {}, {}
  for c, column in ipairs(columns) do
    cells[c], values[c] = quoted(column.name, o.delimiter), Column.reader(column)
  end
  if o.header then lines[1] = table.concat(cells, o.delimiter) end
  for i = 1, #self do
    for c = 1, #columns do cells[c] = cell(values[c](i), o) end
    -- A line with nothing in it would be left out in reading.
    lines[#lines + 1] = #columns == 1 and cells[1] == "" and '""'
      or table.concat(cells, o.delimiter)
  end
  lines[#lines + 1] = ""
  file.write(path, table.concat(lines, "\n"))
end

return Table.methods.save_csv
