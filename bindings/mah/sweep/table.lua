--- Tables of results as text, Markdown and CSV.
---
---     local t = mah.sweep.table({"lr", "test"}, {{lr = 0.1, test = 0.97}})
---     print((t:csv():gsub("\n", "; ")))  --> lr,test; 0.1,0.97;
---     t:save("table.csv")
---     print((t:markdown():match "^[^\n]*"))  --> |  lr | test |
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local class = require "mah.base.class"
local file = require "mah.base.file"
local printable = require("mah.base.text").printable

--- A table of results: t[i] is a row by the columns' names, print shows it aligned.
---@class sweep_table
---@field columns string[] the names of the columns, in order
---@field private show (fun(name: string, value: any, row: table): string|nil)|nil a cell for people
local Table = class.new("a table of results", "t", "show")

--- A table of results, which prints aligned, and knows Markdown and CSV.
---
---     local t = mah.sweep.table({"lr", "test"}, {{lr = 0.1, test = 0.97}, {lr = 0.01}})
---     print(t)
---     -->   lr  test
---     -->  0.1  0.97
---     --> 0.01
---     print(t[1].test, (t:csv():gsub("\n", "; ")))  --> 0.97 lr,test; 0.1,0.97; 0.01,;
---     t:save("table.md")
---@param columns string[]
---@param rows table[]   by the columns' names; what is missing stays empty
---@param show (fun(name: string, value: any, row: table): string|nil)|nil   a cell for people where
---  it is not as usual
---@return sweep_table
function Table.new(columns, rows, show)
  for name, list in pairs { columns = columns or false, rows = rows or false } do
    check.that(type(list) == "table", "mah.sweep.table: %s must be a list; got %s", name,
      check.show(list or nil))
  end
  for i, column in ipairs(columns) do
    check.that(type(column) == "string", "mah.sweep.table: column %d must be a name; got %s", i,
      check.show(column))
  end
  for i, row in ipairs(rows) do
    check.that(type(row) == "table", "mah.sweep.table: row %d must be a table; got %s", i,
      check.show(row))
  end
  local self = setmetatable({ columns = columns, show = show }, Table)
  for i, row in ipairs(rows) do self[i] = row end
  return self
end

--- A cell for people: six digits, lists as JSON, the first line of texts.
local function show(value)
  if value == nil then return "" end
  if type(value) == "number" then return ("%.6g"):format(value) end
  if type(value) == "table" then return printable(canonical.encode(value) or "?") end
  return printable((tostring(value):gsub("\n.*", ""):gsub("%c", " ")))
end

local function cells_of(self)
  local cells, widths = {}, {}
  for j, name in ipairs(self.columns) do widths[j] = #show(name) end
  for i, row in ipairs(self) do
    cells[i] = {}
    for j, name in ipairs(self.columns) do
      cells[i][j] = self.show and self.show(name, row[name], row) or show(row[name])
      widths[j] = math.max(widths[j], #cells[i][j])
    end
  end
  return cells, widths
end

local function is_numeric(self, name)
  local found = false
  for _, row in ipairs(self) do
    if row[name] ~= nil and type(row[name]) ~= "number" then return false end
    found = found or row[name] ~= nil
  end
  return found
end

local function pad(text, width, right)
  local space = (" "):rep(width - #text)
  return right and space .. text or text .. space
end

local function lines_of(self, separator)
  local cells, widths = cells_of(self)
  local right, lines = {}, {}
  for j, name in ipairs(self.columns) do right[j] = is_numeric(self, name) end
  local function line(texts)
    local padded = {}
    for j, text in ipairs(texts) do padded[j] = pad(text, widths[j], right[j]) end
    return table.concat(padded, separator)
  end
  local heads = {}
  for j, name in ipairs(self.columns) do heads[j] = show(name) end
  lines[1] = line(heads)
  for i = 1, #cells do lines[i + 1] = line(cells[i]) end
  return lines, widths, right
end

--- Without the spaces at the end. (" +$" looks at each run of spaces once from each of them.)
local function trimmed(line) return line:sub(1, -1 - #line:reverse():match "^ *") end

--- Aligned text; one line per row under a line of names.
function Table:__tostring()
  local lines = lines_of(self, "  ")
  for i, line in ipairs(lines) do lines[i] = trimmed(line) end
  return table.concat(lines, "\n")
end

--- A table in Markdown.
---@return string
function Table:markdown()
  local escaped = Table.new(self.columns, {}, self.show)
  for i, row in ipairs(self) do
    escaped[i] = {}
    for _, name in ipairs(self.columns) do
      local v = row[name]
      if v ~= nil then escaped[i][name] = type(v) == "number" and v or show(v):gsub("|", "\\|") end
    end
  end
  local lines, widths, right = lines_of(escaped, " | ")
  local rule = {}
  for j, width in ipairs(widths) do
    rule[j] = ("-"):rep(math.max(width, 3) - 1) .. (right[j] and ":" or "-")
  end
  table.insert(lines, 2, table.concat(rule, " | "))
  for i, line in ipairs(lines) do lines[i] = "| " .. line .. " |" end
  return table.concat(lines, "\n") .. "\n"
end

local function csv_cell(value)
  if value == nil then return "" end
  local text
  if type(value) == "number" then
    text = value == value and canonical.number(value):gsub("1e999", "inf") or "nan"
  else
    text = type(value) == "table" and canonical.encode(value) or tostring(value)
  end
  return text:find '[",\r\n]' and '"' .. text:gsub('"', '""') .. '"' or text
end

--- Comma-separated values with a line of names (RFC 4180, with plain line ends); numbers in full.
---@return string
function Table:csv()
  local lines = {}
  for j, name in ipairs(self.columns) do lines[j] = csv_cell(name) end
  lines = { table.concat(lines, ",") }
  for i, row in ipairs(self) do
    local cells = {}
    for j, name in ipairs(self.columns) do cells[j] = csv_cell(row[name]) end
    lines[i + 1] = table.concat(cells, ",")
  end
  return table.concat(lines, "\n") .. "\n"
end

local writers = {
  csv = Table.csv, md = Table.markdown, txt = function(t) return tostring(t) .. "\n" end,
}

--- Writes it to a file; the name's ending, .csv, .md or .txt, says as what.
---@param path string
---@return sweep_table self
function Table:save(path)
  local ending = tostring(path):match "%.([^./]+)$"
  local writer = ending and writers[ending:lower()]
  if not writer then
    check.raise("table:save: '%s': the name must end in .csv, .md or .txt", tostring(path))
  end
  file.write(path, writer(self))
  return self
end

-- -- Of trials ------------------------------------------------------------------------------------

--- The names in some tables, in order of their first table.
local function names_of(rows, field)
  local names, seen = {}, {}
  for _, row in ipairs(rows) do
    local new = {}
    for name in pairs(row[field] or {}) do
      if not seen[name] then new[#new + 1] = name end
      seen[name] = true
    end
    table.sort(new)
    for _, name in ipairs(new) do names[#names + 1] = name end
  end
  return names
end

local last_columns = { "status", "seconds", "reason", "error" }

--- Adds columns for parameters or results; those whose name is taken are called "params.status".
local function add_columns(columns, taken, rows, field)
  local shown = {}
  for _, name in ipairs(names_of(rows, field)) do
    shown[name] = name
    while taken[shown[name]] do shown[name] = field .. "." .. shown[name] end
    taken[shown[name]] = true
    columns[#columns + 1] = shown[name]
  end
  return shown
end

--- One row per trial: number, parameters, results; status, seconds, reason, error.
---@param rows table[]   as from study:results()
---@param last string[]|nil   other columns than the last four
---@return sweep_table
function Table.of_trials(rows, last)
  local columns, taken, list = { "number" }, { number = true }, {}
  last = last or last_columns
  for _, name in ipairs(last) do taken[name] = true end
  local params = add_columns(columns, taken, rows, "params")
  local results = add_columns(columns, taken, rows, "result")
  for _, name in ipairs(last) do columns[#columns + 1] = name end
  for i, row in ipairs(rows) do
    local line = { number = row.number }
    for name, v in pairs(row.params) do line[params[name]] = v end
    for name, v in pairs(row.result or {}) do line[results[name]] = v end
    for _, name in ipairs(last) do line[name] = row[name] end
    list[i] = line
  end
  return Table.new(columns, list)
end

return Table
