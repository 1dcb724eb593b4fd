--- What a report says, in the order in which it says it; mah.report.html and mah.report.markdown
--- write it down.
---
---     local page = mah.report.Page.new{language = mah.report.Language.of("en")}
---     local top = page:place()
---     page:section({id = "dropout", number = 8, title = "Dropout"})
---     page:text("At {rate}: {test:4}.", {rate = 0.5, test = 0.97})
---     page:heading("Figures")
---     page:table({head = {"rate", "test"}, rows = {{0.5, 0.97}}, number = 1, caption = "All."})
---     page:figure({number = 11, name = "dropout", caption = "The loss",
---       parts = {{figure = mah.plot.lines{y = {3, 2, 1}}, alt = "a falling line"}}})
---     page:add({html = function() return "<hr/>" end, markdown = function() return "---" end})
---     page:fill(top, function(inner)
---       inner:facts({{"rows", "{n}", values = {n = 60}}})
---       inner:contents()
---     end)
---     local kinds = {}
---     for block in page:each() do kinds[#kinds + 1] = block.kind end
---     print(table.concat(kinds, " "))  --> facts contents section text heading table figure own
---     print((mah.report.markdown.write(page, "Title", "the end"):match "At [^\n]*"))
---     --> At 0.5: 0.9700.
---     print((mah.report.html.write(page, "Title", "the end"):match "<h2 id=[^\n]*"))
---     --> <h2 id="dropout">8. Dropout</h2>
---
--- Texts are strings, or {en = , fa = } of which the page's language is picked (language.lua). A
--- figure's parts are charts {figure =, alt =}, side by side where there is room; they become one
--- PNG, in the page's folder if it has one.
local Language = require "mah.report.language"
local class = require "mah.base.class"
local panel = require "mah.draw.panel"
local words = require "mah.report.words"

--- A heading.
---@class page_section
---@field id string what links lead to
---@field title string|table the heading
---@field number integer|nil shown before it

--- A table of a page.
---@class page_table
---@field head any[] the names of the columns: texts, or cells
---@field rows any[][] the cells of each row
---@field caption any|nil a text above it
---@field values table|nil the values of the caption's places
---@field number integer|nil "Table 1"
---@field class string|nil "dense": a row becomes a list on a narrow screen; nil: from 7 columns

--- A figure of a page.
---@class page_figure
---@field name string of its PNG
---@field parts {figure: figure, alt: string}[] the charts, and what they show, in words
---@field caption any a text below it
---@field values table|nil the values of the caption's places
---@field number integer|nil "Figure 1"
---@field columns integer|nil how many parts stand side by side in the PNG; nil: all

--- A block of one's own.
---@class page_block
---@field html fun(page: page): string its text in HTML
---@field markdown fun(page: page): string its text in Markdown

--- A page: blocks in the order in which they will stand.
---@class page
---@field language language what it is written in
---@field folder string|nil where figures are saved at once
---@field blocks table[] what it says so far
---@field sections table[] its sections, for the contents
---@field figures {name: string, number: integer|nil, figure: figure}[] its figures, each as a whole
local Page = class.new("a page", "page", "folder")

--- A page on which nothing stands yet.
---@param given {language: language|nil, folder: string|nil}   language: English by default; folder:
---  where figures are saved at once
---@return page
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
---@param block page_block
function Page:add(block) return add(self, "own", block) end

--- A heading; numbered ones show their number.
---@param section page_section
function Page:section(section)
  local block = add(self, "section", {
    id = section.id, title = self.language:pick(section.title),
    number = section.number and self.language:number(section.number),
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
---@param text string|table
function Page:heading(text) add(self, "heading", { text = self.language:pick(text) }) end

--- "Figure 3", "Table 1", or nothing.
local function numbered(page, label, number)
  return number and page.language:say(words[label], { number = number }) or nil
end

--- A table: head and cells are texts; a cell may also be {text, small = "± 0.01", class = "yes"}.
---@param content page_table
function Page:table(content)
  local function pick_all(cells)
    local out = {}
    for i, cell in ipairs(cells) do
      if type(cell) ~= "table" or cell.en then cell = { self.language:value(cell) } end
      out[i] = cell
    end
    return out
  end
  local rows = {}
  for i, row in ipairs(content.rows) do rows[i] = pick_all(row) end
  add(self, "table", {
    head = pick_all(content.head), rows = rows,
    class = content.class or #content.head > 6 and "dense" or nil,
    label = numbered(self, "table", content.number),
    caption = content.caption and self.language:say(content.caption, content.values),
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

--- A figure of one or several parts, {figure =, alt =} each, in so many columns.
---@param content page_figure
function Page:figure(content)
  local whole, parts = joined(self, content), {}
  if self.folder then whole:save(("%s/%s.png"):format(self.folder, content.name)) end
  for i, part in ipairs(content.parts) do
    parts[i] = { svg = part.figure:svg { theme = "page", background = "none" }, alt = part.alt,
      width = part.figure.width }
  end
  add(self, "figure", {
    name = content.name, parts = parts, label = numbered(self, "figure", content.number),
    caption = self.language:say(content.caption, content.values),
  })
  self.figures[#self.figures + 1] = { name = content.name, number = content.number, figure = whole }
end

--- Names and values, for the head of the page.
---@param list table[]   {name, text, values = } each
function Page:facts(list)
  local shown = {}
  for i, fact in ipairs(list) do
    shown[i] = { self.language:pick(fact[1]), self.language:say(fact[2], fact.values) }
  end
  add(self, "facts", { list = shown })
end

--- The list of all sections, of those to come too.
function Page:contents() add(self, "contents", {}) end

--- Puts what `write(page)` adds side by side, where there is room: figures, tables.
---
---     local page = mah.report.Page.new{}
---     page:row(function(row) row:text("{n} images", {n = 9}) end)
---     print(#page.blocks)  --> 1
---@param write fun(page: table)
function Page:row(write)
  local inner = Page.new { language = self.language, folder = self.folder }
  inner.sections, inner.figures = self.sections, self.figures
  write(inner)
  if #inner.blocks > 0 then add(self, "row", { blocks = inner.blocks }) end
end

--- A place that fill puts blocks into: what stands first may be known last.
---@return table place
function Page:place()
  return add(self, "place", { blocks = {} })
end

--- Puts blocks where a place was made.
---@param place table    what place() gave
---@param write fun(page: page)
function Page:fill(place, write)
  local inner = Page.new { language = self.language, folder = self.folder }
  write(inner)
  place.blocks = inner.blocks
  for i, section in ipairs(inner.sections) do table.insert(self.sections, i, section) end
  for i, figure in ipairs(inner.figures) do table.insert(self.figures, i, figure) end
end

--- Goes over every block, also those in places.
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
