--- The report's page: one HTML file with its own style, light or dark as the reader's system is,
--- and the pictures beside it.
---
---     local page = Page.new("out/report", "Training an MLP on MNIST")
---     page:section("solvers", "Solvers")
---     page:text "..."    page:table({"solver", "test"}, {{"sgd", "0.97"}})
---     page:figure(figure, "solvers_accuracy", "Accuracy by solver",
---       "what the picture shows, in words")
---     page:save "The whole report took 40 s."
local mah = require "mah"

local Page = {}
Page.__index = Page

local style = [[
:root {
  color-scheme: light dark; --text: #1c1f24; --muted: #626a75; --line: #d8dce2; --back: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e8eb; --muted: #9aa3ae; --line: #3a4048; --back: #16181c; }
}
body { font: 16px/1.55 system-ui, "DejaVu Sans", sans-serif; color: var(--text);
  background: var(--back); max-width: 52rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 1rem; }
h2 { font-size: 1.35rem; margin: 3rem 0 .5rem; border-bottom: 1px solid var(--line);
  padding-bottom: .3rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; }
dt { color: var(--muted); } dd { margin: 0; }
nav { margin: 1.5rem 0; } nav a { margin-inline-end: 1.2rem; }
a { color: inherit; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); text-align: start; }
th { font-weight: 600; } td:not(:first-child), th:not(:first-child) { text-align: end; }
.wide { overflow-x: auto; }
figure { margin: 1.5rem 0; } figure img { max-width: 100%; height: auto; border-radius: 6px; }
figcaption, footer { color: var(--muted); font-size: .9rem; }
@media print { body { max-width: none; } figure, table { break-inside: avoid; } }
]]

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }
local function escape(text) return (tostring(text):gsub('[&<>"]', entities)) end

---@param directory string   must exist
---@param title string
function Page.new(directory, title)
  return setmetatable({ directory = directory, title = title, sections = {}, body = {} }, Page)
end

function Page:add(format, ...)
  self.body[#self.body + 1] = select("#", ...) > 0 and format:format(...) or format
end

--- A list of {name, value}.
function Page:facts(list)
  self:add "<dl>"
  for _, fact in ipairs(list) do
    self:add("<dt>%s</dt><dd>%s</dd>", escape(fact[1]), escape(fact[2]))
  end
  self:add "</dl>\n<!-- contents -->"
end

function Page:section(id, title)
  self.sections[#self.sections + 1] = { id = id, title = title }
  self:add('<h2 id="%s">%s</h2>', escape(id), escape(title))
end

--- A paragraph; what `...` brings in is for string.format.
function Page:text(text, ...)
  self:add("<p>%s</p>", escape(select("#", ...) > 0 and text:format(...) or text))
end

function Page:table(head, rows)
  local function line(cells, tag)
    local out = {}
    for i, cell in ipairs(cells) do out[i] = ("<%s>%s</%s>"):format(tag, escape(cell), tag) end
    return "<tr>" .. table.concat(out) .. "</tr>"
  end
  self:add '<div class="wide"><table>'
  self:add(("<thead>%s</thead>\n<tbody>"):format(line(head, "th")))
  for _, row in ipairs(rows) do self:add(line(row, "td")) end
  self:add "</tbody></table></div>"
end

--- Saves the figure as NAME.png and shows it with a caption; `alternative` says in words what
--- it shows.
function Page:figure(figure, name, caption, alternative)
  figure:save(("%s/%s.png"):format(self.directory, name))
  self:add('<figure><a href="%s.png"><img src="%s.png" width="%d" height="%d" alt="%s"></a>\n'
    .. '<figcaption>%s</figcaption></figure>',
    name, name, figure.width, figure.height, escape(alternative), escape(caption))
end

local function contents(page)
  local links = {}
  for i, s in ipairs(page.sections) do
    links[i] = ('<a href="#%s">%s</a>'):format(escape(s.id), escape(s.title))
  end
  return #links > 0 and "<nav>" .. table.concat(links, "\n") .. "</nav>" or ""
end

--- Writes index.html.
---@param footer string
function Page:save(footer)
  local body = table.concat(self.body, "\n"):gsub("<!%-%- contents %-%->", function()
    return contents(self)
  end)
  mah.file.write(self.directory .. "/index.html", table.concat({
    "<!DOCTYPE html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    ("<title>%s</title>"):format(escape(self.title)), "<style>", style .. "</style>", "</head>",
    "<body>", ("<h1>%s</h1>"):format(escape(self.title)), body,
    ("<footer><p>%s</p></footer>"):format(escape(footer)), "</body>", "</html>", "",
  }, "\n"))
end

return Page
