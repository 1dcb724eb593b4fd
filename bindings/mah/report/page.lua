--- What a report says, in the order in which it says it; html.lua and markdown.lua write it down.
---
---     local page = Page.new{folder = "out"}
---     page:section{id = "dropout", number = 8, title = "Dropout"}
---     page:text("At {rate}: {test:4}.", {rate = 0.5, test = 0.97})
---     page:table{head = {...}, rows = {{...}}, number = 1, caption = "What came of it."}
---     page:figure{number = 11, name = "dropout_train", caption = "...", parts = {chart}}
---     page:add{html = function(page) ... end, markdown = function(page) ... end}
---
--- Texts are strings, or {en = , fa = } of which the page's language is picked (language.lua). A
--- figure's parts are charts {figure =, alt =}, side by side where there is room; they become one
--- PNG, in the page's folder if it has one.
local Language = require "mah.report.language"
local panel = require "mah.draw.panel"
local words = require "mah.report.words"

local Page = {}
Page.__index = Page

---@param given {language: table|nil, folder: string|nil}   language: English by default; folder:
---  where figures are saved at once
function Page.new(given)
  return setmetatable({
    language = given.language or Language.of "en", folder = given.folder, blocks = {},
    sections = {}, figures = {},
  }, Page)
end

local function add(page, kind, block)
  block.kind = kind
  page.blocks[#page.blocks + 1] = block
  return block
end

--- A block of one's own: html and markdown are functions (page) -> text.
---@param block {html: function, markdown: function}
function Page:add(block) return add(self, "own", block) end

--- A heading; numbered ones show their number.
---@param given {id: string, number: integer|nil, title: string|table}
function Page:section(given)
  local block = add(self, "section", {
    id = given.id, title = self.language:pick(given.title),
    number = given.number and self.language:number(given.number),
  })
  self.sections[#self.sections + 1] = block
end

--- A paragraph. `code` in backquotes. style: nil, "question" or "note".
---@param text string|table
---@param values table|nil
---@param style string|nil
function Page:text(text, values, style)
  add(self, "text", { text = self.language:say(text, values), style = style })
end

--- A heading of the third level.
function Page:heading(text) add(self, "heading", { text = self.language:pick(text) }) end

--- "Figure 3", "Table 1", or nothing.
local function numbered(page, label, number)
  return number and page.language:say(words[label], { number = number }) or nil
end

--- head and cells are texts; a cell may also be {text, small = "± 0.01", class = "yes"}. class:
--- "dense" where a row becomes a list on a narrow screen, as in tables of many columns.
---@param given {head: any[], rows: any[][], caption: any, values: table|nil, number: integer|nil}
function Page:table(given)
  local function pick_all(cells)
    local out = {}
    for i, cell in ipairs(cells) do
      if type(cell) ~= "table" or cell.en then cell = { self.language:value(cell) } end
      out[i] = cell
    end
    return out
  end
  local rows = {}
  for i, row in ipairs(given.rows) do rows[i] = pick_all(row) end
  add(self, "table", {
    head = pick_all(given.head), rows = rows,
    class = given.class or #given.head > 6 and "dense" or nil,
    label = numbered(self, "table", given.number),
    caption = given.caption and self.language:say(given.caption, given.values),
  })
end

--- The parts as one figure, side by side in so many columns.
local function joined(page, given)
  local figures = {}
  for i, part in ipairs(given.parts) do figures[i] = part.figure end
  if #figures == 1 then return figures[1] end
  return panel { figures = figures, columns = given.columns or #figures,
    lang = page.language.name }
end

---@param given {name: string, parts: table[], caption: any, values: table|nil, number: integer|nil,
---  columns: integer|nil}
function Page:figure(given)
  local whole, parts = joined(self, given), {}
  if self.folder then whole:save(("%s/%s.png"):format(self.folder, given.name)) end
  for i, part in ipairs(given.parts) do
    parts[i] = { svg = part.figure:svg { theme = "page", background = "none" }, alt = part.alt,
      width = part.figure.width }
  end
  add(self, "figure", {
    name = given.name, parts = parts, label = numbered(self, "figure", given.number),
    caption = self.language:say(given.caption, given.values),
  })
  self.figures[#self.figures + 1] = { name = given.name, number = given.number, figure = whole }
end

--- Name and value, for the head of the page.
function Page:facts(list)
  local shown = {}
  for i, fact in ipairs(list) do
    shown[i] = { self.language:pick(fact[1]), self.language:say(fact[2], fact.values) }
  end
  add(self, "facts", { list = shown })
end

--- The list of all sections, those to come included.
function Page:contents() add(self, "contents", {}) end

--- Puts what `write(page)` adds side by side, where there is room: figures, tables.
---@param write fun(page: table)
function Page:row(write)
  local inner = Page.new { language = self.language, folder = self.folder }
  inner.sections, inner.figures = self.sections, self.figures
  write(inner)
  if #inner.blocks > 0 then add(self, "row", { blocks = inner.blocks }) end
end

--- Puts what `write(page)` adds where the place was made: what stands first may be known last.
function Page:place()
  return add(self, "place", { blocks = {} })
end

function Page:fill(place, write)
  local inner = Page.new { language = self.language, folder = self.folder }
  write(inner)
  place.blocks = inner.blocks
  for i, section in ipairs(inner.sections) do table.insert(self.sections, i, section) end
  for i, figure in ipairs(inner.figures) do table.insert(self.figures, i, figure) end
end

--- Every block, those in places included.
---@return fun(): table|nil
function Page:each()
  return coroutine.wrap(function()
    for _, block in ipairs(self.blocks) do
      if block.kind == "place" then
        for _, one in ipairs(block.blocks) do coroutine.yield(one) end
      else
        coroutine.yield(block)
      end
    end
  end)
end

return Page
