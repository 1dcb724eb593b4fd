--- What the report says, in the order in which it says it; html.lua and markdown.lua write it down.
---
---     local page = Page.new{language = language, folder = "out"}
---     page:section{id = "dropout", number = 8, title = {en = , fa = }}
---     page:text({en = "At {rate}: {test:4}.", fa = }, {rate = 0.5, test = 0.97})
---     page:table{head = {...}, rows = {{...}}, number = 1, caption = {en = , fa = }}
---     page:figure{number = 11, name = "dropout_train", caption = {en = , fa = }, parts = {chart}}
---     page:claims(list)
---
--- A figure's parts are charts {figure =, alt =}, side by side where there is room. They are saved
--- as one PNG.
local labels = require "common.labels"
local mah = require "mah"

local Page = {}
Page.__index = Page

---@param given {language: table, folder: string}
function Page.new(given)
  return setmetatable({
    language = given.language, folder = given.folder, blocks = {}, sections = {}, figures = {},
  }, Page)
end

local function add(page, kind, block)
  block.kind = kind
  page.blocks[#page.blocks + 1] = block
  return block
end

--- A heading; numbered ones are the sections of the source.
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
  return number and page.language:say(labels[label], { number = number }) or nil
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

--- Saves the parts as NAME.png, side by side in so many columns.
local function save_png(page, given)
  local figures = {}
  for i, part in ipairs(given.parts) do figures[i] = part.figure end
  local figure = figures[1]
  if #figures > 1 then
    figure = mah.plot.panel { figures = figures, columns = given.columns or #figures,
      lang = page.language.name }
  end
  figure:save(("%s/%s.png"):format(page.folder, given.name))
end

---@param given {name: string, parts: table[], caption: any, values: table|nil, number: integer|nil,
---  columns: integer|nil, wide: boolean|nil}
function Page:figure(given)
  save_png(self, given)
  local parts = {}
  for i, part in ipairs(given.parts) do
    parts[i] = {
      svg = part.figure:svg { theme = "page", background = "none" }, alt = part.alt,
      width = part.figure.width,
    }
  end
  add(self, "figure", {
    name = given.name, parts = parts, label = numbered(self, "figure", given.number),
    caption = self.language:say(given.caption, given.values),
  })
  self.figures[#self.figures + 1] = { name = given.name, number = given.number }
end

--- The claims of a section, one by one.
---@param list table[]    of claim.check
function Page:claims(list)
  local shown = {}
  for i, c in ipairs(list) do
    local function say(text) return self.language:say(text, c.values) end
    shown[i] = {
      id = c.id, verdict = c.verdict, text = say(c.text), measured = say(c.measured),
      rule = say(c.rule), why = say(c.why),
    }
  end
  add(self, "claims", { list = shown })
  return shown
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

--- Puts what `write(page)` adds where the place was made: what stands first may be known last.
function Page:place()
  return add(self, "place", { blocks = {} })
end

function Page:fill(place, write)
  local inner = Page.new { language = self.language, folder = self.folder }
  write(inner)
  place.blocks = inner.blocks
  for i, section in ipairs(inner.sections) do table.insert(self.sections, i, section) end
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
