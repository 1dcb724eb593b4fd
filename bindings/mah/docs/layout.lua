--- Documentation laid out for a terminal of any width: paragraphs broken between words, tables with
--- each cell broken within its column, and code that stays Lua.
---
---     print(table.concat(layout.text(text, 60), "\n"))
---     print(table.concat(layout.rows({ { "lr", "number", "how far a step goes" } }, 60), "\n"))
local examples = require "mah.docs.examples"
local terminal = require "mah.base.terminal"

local layout = {}

local MOST = 100 -- longer lines are hard to read
local GAP = 2    -- blanks between columns
local LEAST = 8  -- characters of a column

local width = terminal.width

--- How long lines may be on this terminal.
---@return integer
function layout.room() return math.min(terminal.columns() - 1, MOST) end

--- The words of a text in lines of at most `room` characters; longer words stay whole.
---@param text string
---@param room integer
---@return string[]
function layout.wrap(text, room)
  local lines, line = {}, nil
  for word in text:gmatch "%S+" do
    if line and width(line) + 1 + width(word) > room then
      lines[#lines + 1], line = line, word
    else
      line = line and line .. " " .. word or word
    end
  end
  lines[#lines + 1] = line
  return lines
end

local function add_wrapped(out, text, indent, room)
  for _, line in ipairs(layout.wrap(text, room - #indent)) do out[#out + 1] = indent .. line end
end

--- A line as it is where it fits, else wrapped, with another indentation from the second piece on.
local function add_hanging(out, text, first, rest, room)
  if #first + width(text) <= room then
    out[#out + 1] = first .. text
    return
  end
  local from = #out + 1
  add_wrapped(out, text, rest, room)
  out[from] = first .. out[from]:sub(#rest + 1)
end

-- -- Tables ---------------------------------------------------------------------------------------

--- The widths that columns get of `room`: narrow ones what they need, the others alike.
local function shares(needed, room)
  local order, given = {}, {}
  for i in ipairs(needed) do order[i] = i end
  table.sort(order, function(a, b)
    if needed[a] ~= needed[b] then return needed[a] < needed[b] end
    return a < b
  end)
  room = room - GAP * (#needed - 1)
  for k, i in ipairs(order) do
    given[i] = math.min(needed[i], math.max(math.floor(room / (#order - k + 1)), LEAST))
    room = room - given[i]
  end
  return given
end

local function widths_of(rows)
  local needed = {}
  for _, row in ipairs(rows) do
    for i, cell in ipairs(row) do needed[i] = math.max(needed[i] or 0, width(cell)) end
  end
  return needed
end

--- A row as lines: its cells broken each in its column.
local function add_row(out, row, widths, indent)
  local cells, most = {}, 0
  for i, cell in ipairs(row) do
    cells[i] = width(cell) <= widths[i] and { cell } or layout.wrap(cell, widths[i])
    most = math.max(most, #cells[i])
  end
  for k = 1, most do
    local line = {}
    for i = 1, #row do
      local piece = cells[i][k] or ""
      line[i] = piece .. (" "):rep(widths[i] - width(piece))
    end
    out[#out + 1] = (indent .. table.concat(line, (" "):rep(GAP))):gsub("%s+$", "")
  end
end

local function add_table(out, rows, indent, room)
  local widths = shares(widths_of(rows), room - #indent)
  for _, row in ipairs(rows) do add_row(out, row, widths, indent) end
end

--- Where the columns of some lines begin, beside the first: two blanks or more in front of it in
--- half of them, and at least one in every line that gets so far.
local function columns_of(lines)
  local votes, starts = {}, {}
  for _, line in ipairs(lines) do
    for at in line:gmatch "%S  +()%S" do votes[at] = (votes[at] or 0) + 1 end
  end
  for at, count in pairs(votes) do
    local reaching, fits = 0, true
    for _, line in ipairs(lines) do
      if #line >= at then reaching = reaching + 1 end
      fits = fits and (#line < at - 1 or line:sub(at - 1, at - 1) == " ")
    end
    fits = fits and count >= math.min(2, #lines) and 2 * count >= reaching
    if fits then starts[#starts + 1] = at end
  end
  table.sort(starts)
  return starts
end

--- Rows of cells from lines; a line with an empty first cell goes on with the row before.
local function rows_of(lines, starts, indent)
  local rows = {}
  for _, line in ipairs(lines) do
    local cells, from = {}, indent + 1
    for i = 1, #starts + 1 do
      local to = starts[i] and starts[i] - 1 or #line
      cells[i] = line:sub(from, to):match "^%s*(.-)%s*$"
      from = to + 1
    end
    local row = rows[#rows]
    if row and line:match "^%s*" ~= (" "):rep(indent) then
      for i, cell in ipairs(cells) do row[i] = (row[i] .. " " .. cell):match "^%s*(.-)%s*$" end
    else
      rows[#rows + 1] = cells
    end
  end
  return rows
end

--- Rows of a name and a text, with two blanks or more in between wherever these are; nil when a row
--- has none.
local function pairs_of(lines, indent)
  local rows = {}
  for _, line in ipairs(lines) do
    local row = rows[#rows]
    if row and line:match "^%s*" ~= (" "):rep(indent) then
      row[2] = row[2] .. " " .. line:match "^%s*(.*)"
    else
      local name, text = line:match "^%s*(.-)%s%s+(.*)$"
      if not name then return nil end
      rows[#rows + 1] = { name, text }
    end
  end
  return rows
end

--- Indented lines as rows of cells; nil where they have no columns.
---@param lines string[]
---@return string[][]|nil
function layout.cells(lines)
  local starts, indent = columns_of(lines), #lines[1]:match "^ *"
  return #starts > 0 and rows_of(lines, starts, indent) or pairs_of(lines, indent)
end

--- Indented lines: a table, or lines of their own.
local function add_block(out, lines, room)
  local indent = #lines[1]:match "^ *"
  local longest = 0
  for _, line in ipairs(lines) do longest = math.max(longest, width(line)) end
  local cells = longest > room and layout.cells(lines)
  if longest <= room then
    for _, line in ipairs(lines) do out[#out + 1] = line end
  elseif cells then
    add_table(out, cells, (" "):rep(indent), room)
  else
    for _, row in ipairs(rows_of(lines, {}, indent)) do
      add_hanging(out, row[1], (" "):rep(indent), (" "):rep(indent + GAP), room)
    end
  end
end

--- Names with a type (and more) and a text: as a table where that fits, else with the text below.
---@param rows string[][]   the last cell of each is the text
---@param room integer
---@return string[]
function layout.rows(rows, room)
  local out, needed = {}, widths_of(rows)
  local sum = GAP
  for _, each in ipairs(needed) do sum = sum + each + GAP end
  if sum - GAP <= room then
    for _, row in ipairs(rows) do add_row(out, row, needed, "  ") end
    return out
  end
  for _, row in ipairs(rows) do
    local head = {}
    for i = 1, #row - 1 do head[#head + 1] = row[i] ~= "" and row[i] or nil end
    local whole = table.concat(head, "  ")
    if GAP + width(whole) > room and #head > 1 then -- the type on lines of its own
      out[#out + 1] = "  " .. table.concat(head, "  ", 1, #head - 1)
      add_wrapped(out, head[#head], "        ", room)
    else
      add_hanging(out, whole, "  ", "        ", room)
    end
    add_wrapped(out, row[#row], "      ", room)
  end
  return out
end

-- -- Code -----------------------------------------------------------------------------------------

--- Where a line of Lua may be broken: the last blank outside of texts in its first `room`
--- characters, best one behind a comma; or nil.
local function break_at(line, room)
  local quote, found, comma
  for at = 1, math.min(#line, room + 1) do
    local c = line:sub(at, at)
    if quote then
      if c == quote then quote = nil end
    elseif c == '"' or c == "'" then
      quote = c
    elseif c == " " and line:sub(1, at):find "%S" then
      found = at
      if line:sub(at - 1, at - 1) == "," then comma = at end
    end
  end
  return comma and 2 * comma > room and comma or found
end

--- A line of code in lines that fit: its comment in front, then broken at blanks, which Lua allows.
local function add_code(out, line, room)
  local indent = line:match "^ *"
  local code, comment = line:match "^(.-%S)%s+(%-%-.*)$"
  if width(line) > room and code and not comment:find "^%-%->" then
    for _, piece in ipairs(layout.wrap(comment:sub(4), room - #indent - 3)) do
      out[#out + 1] = indent .. "-- " .. piece
    end
    line = code
  end
  if line:find "^%s*%-%- " and width(line) > room then
    for _, piece in ipairs(layout.wrap(line:match "^%s*%-%-%s*(.*)", room - #indent - 3)) do
      out[#out + 1] = indent .. "-- " .. piece
    end
    return
  end
  local said = width(line) > room and line:match "%s*%-%->%s*(.*)$"
  if said then line = line:gsub("%s*%-%->.*$", "") end
  while width(line) > room do
    local at = break_at(line, room)
    if not at or at <= #indent + 1 then break end
    out[#out + 1] = line:sub(1, at - 1)
    line = indent .. "  " .. line:sub(at + 1)
    if at - 1 <= #indent + 2 then break end
  end
  if line:find "%S" then out[#out + 1] = line end
  for _, piece in ipairs(said and layout.wrap(said, room - #indent - 4) or {}) do
    out[#out + 1] = indent .. "--> " .. piece
  end
end

--- An example's lines, indented by four.
---@param code string
---@param room integer
---@return string[]
function layout.code(code, room)
  local out = {}
  for line in (code .. "\n"):gmatch "([^\n]*)\n" do
    add_code(out, line == "" and "" or "    " .. line, room)
  end
  return out
end

-- -- Texts ----------------------------------------------------------------------------------------

--- Words and tables of a text between its examples.
local function add_prose(out, lines, room)
  local paragraph, block = {}, {}
  local function finish()
    if #paragraph > 0 then add_wrapped(out, table.concat(paragraph, " "), "", room) end
    if #block > 0 then add_block(out, block, room) end
    paragraph, block = {}, {}
  end
  for _, line in ipairs(lines) do
    if line == "" then
      finish()
      out[#out + 1] = ""
    elseif line:find "^%s" then
      if #paragraph > 0 then finish() end
      block[#block + 1] = line
    else
      if #block > 0 then finish() end
      if line:find "^[*-] " then finish() end -- a list's point
      paragraph[#paragraph + 1] = line
    end
  end
  finish()
end

--- A text of the documentation as lines.
---@param text string
---@param room integer
---@return string[]
function layout.text(text, room)
  local out = {}
  for i, piece in ipairs(examples.pieces(text)) do
    if i > 1 then out[#out + 1] = "" end
    if piece.code then
      for _, line in ipairs(piece.lines) do
        add_code(out, line == "" and "" or "    " .. line, room)
      end
    else
      add_prose(out, piece.lines, room)
    end
  end
  return out
end

return layout
