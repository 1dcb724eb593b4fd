--- A report of one's own: text, figures, tables, models and studies on one page.
---
---     local r = mah.report{title = "Passengers", out = "passengers"}
---     r:text("What decides? The **fare**.")                       -- Markdown
---     r:table(mah.data.table{{"name", {"Ann", "Bob"}}, {"fare", {7, 30}}}, "The passengers")
---     r:figure(mah.plot.lines{y = {0.9, 0.7, 0.6}}, "The loss")
---     r:code("print 'hello'")
---     print(r:save())  --> report "Passengers" to 'passengers', 4 blocks
---     print(io.open("passengers/index.html") ~= nil, io.open("passengers/table_01.csv"):read())
---     --> true name,fare
---
--- index.html is one file that needs no other and no network: light or dark as the reader's system
--- is, for a desk, a phone or paper. Beside it stand report.md, figures as PNG, tables as CSV and
--- manifest.json.
---
--- What pages are made of, mah.report.Page, .Language, .html and .markdown, serves reports that
--- are more than that; scripts/studies has one.
local Language = require "mah.report.language"
local Page = require "mah.report.page"
local Report = require "mah.report.report"
local called = require "mah.base.called"
local check = require "mah.base.check"
local options = require "mah.base.options"
local progress = require "mah.base.progress"

local rules = options.declare("mah.report", {
  title = { options.required, "string", nil, "title of the page" },
  out = { "out/report", "string", nil,
    "the folder to write to; it is made when the report is saved" },
  lang = { "en", { "en", "fa" }, nil,
    "language of what the report adds by itself, its digits and direction" },
})

---@param given {title: string, out: string?, lang: string?}
---@return report
local function report(given)
  local o = options(given, rules, "mah.report")
  check.that(o.title:find "%S", "mah.report: the title must have letters")
  check.that(o.out ~= "", "mah.report: out must name a folder")
  local page = Page.new { language = Language.of(o.lang) }
  return setmetatable({ title = o.title, out = o.out, page = page, top = page:place(), tables = {},
    start = progress.now() }, Report)
end

return called(report, {
  Language = Language,
  Page = Page,
  html = require "mah.report.html",
  markdown = require "mah.report.markdown",
})
