--- Tables of a report: on the page with four digits and at most 50 rows, in a CSV file in full.
---
---     tables.add(r, rows.of(content, "report:table"), "Two models")
local canonical = require "mah.sweep.canonical"
local words = require "mah.report.words"

local tables = {}

local MOST = 50 -- rows of a table on the page; its CSV file has all

--- Do so many decimals show a column's numbers in full?
local function suffice(t, name, decimals)
  for _, row in ipairs(t) do
    local value = row[name]
    if type(value) == "number" and math.abs(value) < math.huge then
      local shown = tonumber(("%%.%df"):format(decimals):format(value))
      if math.abs(shown - value) > 1e-9 * math.abs(value) then return false end
    end
  end
  return true
end

--- How many decimals show four digits of a column's numbers, or fewer where these show all; nil
--- where they are whole, or so far apart that each needs its own.
local function decimals_of(t, name)
  local low, high, whole = math.huge, 0, true
  for _, row in ipairs(t) do
    local size = type(row[name]) == "number" and math.abs(row[name]) or 0
    if size > 0 and size < math.huge then
      low, high = math.min(low, size), math.max(high, size)
      whole = whole and size % 1 == 0
    end
  end
  if whole or high == 0 or high / low > 1000 then return nil end
  local decimals = math.max(0, 4 - math.ceil(math.log10(high)))
  for fewer = 0, decimals - 1 do
    if suffice(t, name, fewer) then return fewer end
  end
  return decimals <= 6 and decimals or nil
end

--- A value in a cell: numbers with four significant digits, the first line of a text.
local function cell(language, value, decimals)
  if value == nil then return { "" } end
  if type(value) == "number" then
    return { language:number(value, decimals and tostring(decimals)), class = "number" }
  end
  if type(value) == "boolean" then return { tostring(value) } end
  if type(value) == "table" then return { canonical.encode(value) or "?" } end
  return { (tostring(value):match "^[^\r\n]*") }
end

--- An interval in small letters behind the number that it is of.
local function add_interval(language, shown, low, high, decimals)
  if type(low) ~= "number" or type(high) ~= "number" then return end
  local format = decimals and tostring(decimals)
  shown.small = ("(%s – %s)"):format(language:number(low, format), language:number(high, format))
end

--- The columns that the page shows: ends of intervals stand behind their numbers there.
local function shown_columns(t, intervals)
  local hidden, list = {}, {}
  for _, ends in pairs(intervals) do hidden[ends[1]], hidden[ends[2]] = true, true end
  for _, name in ipairs(t.columns) do
    if not hidden[name] then list[#list + 1] = name end
  end
  return list
end

--- Puts rows of `rows.of` on the page and among the files.
---@param r table               the report
---@param t table
---@param caption string|nil
---@param intervals table|nil   {column = {"its low end's column", "its high end's"}}
function tables.add(r, t, caption, intervals)
  local page, head, shown, decimals = r.page, {}, {}, {}
  intervals = intervals or {}
  local columns = shown_columns(t, intervals)
  for j, name in ipairs(columns) do
    local is_number = #t > 0 and type(t[1][name]) == "number"
    head[j], decimals[name] = { name, class = is_number and "number" or nil }, decimals_of(t, name)
  end
  for i = 1, math.min(#t, MOST) do
    shown[i] = {}
    for j, name in ipairs(columns) do
      shown[i][j] = cell(page.language, t[i][name], decimals[name])
      local ends = intervals[name]
      if ends then
        add_interval(page.language, shown[i][j], t[i][ends[1]], t[i][ends[2]], decimals[name])
      end
    end
  end
  local name = ("table_%02d.csv"):format(#r.tables + 1)
  r.tables[#r.tables + 1] = { name = name, rows = t }
  page:table(tables.captioned({ head = head, rows = shown, number = #r.tables },
    tables.with_link(caption, name)))
  if #t > MOST then page:text(words.cut, { most = MOST, rows = #t, name = name }, "note") end
end

--- A caption's text as the page takes it: braces are no places for values.
function tables.captioned(block, caption)
  if caption then block.caption, block.values = "{caption}", { caption = caption } end
  return block
end

--- A caption that ends with a link to the data.
function tables.with_link(caption, name)
  return ("%s[CSV](%s)"):format(caption and caption .. " " or "", name)
end

return tables
