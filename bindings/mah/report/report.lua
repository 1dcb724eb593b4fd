--- A report of one's own: what its methods are given becomes a page; save() writes it.
local Figure = require "mah.draw.figure"
local check = require "mah.base.check"
local class = require "mah.base.class"
local comparison = require "mah.report.comparison"
local model_of = require "mah.report.model"
local options = require "mah.base.options"
local output = require "mah.report.output"
local program_text = require "mah.report.program_text"
local prose = require "mah.report.prose"
local rows = require "mah.report.rows"
local study_of = require "mah.report.study"
local tables = require "mah.report.tables"
local text_of = require "mah.base.text"

--- A report: what its methods are given becomes a page; each gives the report itself.
---@class report
---@field title string the title of the page
---@field out string the folder that save writes to
---@field page page what the page says so far
---@field private top table where the contents will stand
---@field private tables table[] what becomes CSV files
---@field private start number when it was begun
local Report = class.new("a report", "r")

function Report:__tostring()
  return ("report %q to '%s', %s"):format(self.title, self.out,
    text_of.count(#self.page.blocks - 1, "block"))
end

local function expect_text(text, what, may_lack)
  if may_lack and text == nil then return end
  check.that(type(text) == "string" and text ~= "", "%s must be a string with letters; got %s",
    what, check.show(text))
end

--- Paragraphs, headings, lists and code, in Markdown.
---
---     local r = mah.report{title = "Text", out = "text"}
---     r:text("# What decides\n\nThe **fare** does:\n\n- one\n- two")
---     print(r)  --> report "Text" to 'text', 3 blocks
---
--- `# ` and `## ` begin sections, which the contents name; `### ` are smaller headings; lists have
--- `- ` or `1. ` before their items; code stands between lines of three backquotes. Where all lines
--- are set in alike, as in a long string, that is taken away.
---@param text string
---@return report self
function Report:text(text)
  expect_text(text, "report:text: the text")
  prose.add(self.page, text)
  return self
end

--- A table: of mah.data.table, of a study (study:table(), study:summary()), a matrix, a list of
--- records, or a list of lists of which the first names the columns. The page shows 50 rows; a CSV
--- file, table_01.csv, has all of them and all digits.
---
---     local r = mah.report{title = "Tables", out = "tables"}
---     r:table({{"model", "accuracy"}, {"small", 0.91}, {"large", 0.93}}, "Two models")
---     r:table(mah.tensor{{1, 2}, {3, 4}})
---     print(r)  --> report "Tables" to 'tables', 2 blocks
---@param content any
---@param caption string|nil
---@return report self
function Report:table(content, caption)
  expect_text(caption, "report:table: the caption", true)
  tables.add(self, rows.of(content, "report:table"), caption)
  return self
end

--- A figure, or a list of figures that stand side by side. On the page it is drawn in lines (SVG)
--- in the reader's colours, light or dark; figure_01.png is the same as a picture, and
--- figure_01.csv has the numbers that it shows.
---
---     local r = mah.report{title = "Figures", out = "figures"}
---     r:figure(mah.plot.lines{y = {0.9, 0.7, 0.6}, label = "loss"}, "The loss falls.")
---     print(r)  --> report "Figures" to 'figures', 1 block
---@param figure figure|figure[]
---@param caption string|nil
---@return report self
function Report:figure(figure, caption)
  expect_text(caption, "report:figure: the caption", true)
  local list = getmetatable(figure) == Figure and { figure } or figure
  check.that(type(list) == "table" and #list > 0, "report:figure: a figure of mah.plot or "
    .. "mah.image is expected; got %s", check.show(figure))
  local parts, number = {}, #self.page.figures + 1
  for i, one in ipairs(list) do
    check.that(getmetatable(one) == Figure, "report:figure: entry %d of the list must be a figure; "
      .. "got %s", i, check.show(one))
    local title = one.title ~= "" and one.title or nil
    local alt = title or caption or ""
    if not title and #list > 1 then alt = ("%s (%d/%d)"):format(alt, i, #list) end
    parts[i] = { figure = one, alt = alt }
  end
  local name = ("figure_%02d"):format(number)
  local has_data = output.numbers(list) ~= nil
  self.page:figure(tables.captioned({ name = name, number = number, parts = parts, caption = "" },
    has_data and tables.with_link(caption, name .. ".csv") or caption))
  return self
end

--- Program text: a string, or a function, whose lines are read from its file.
---
---     local r = mah.report{title = "Code", out = "code"}
---     r:code(function(x) return x * x end):code("mah report.lua")
---     print(r)  --> report "Code" to 'code', 2 blocks
---@param code string|function
---@return report self
function Report:code(code)
  if type(code) == "function" then code = program_text.of(code, "report:code") end
  expect_text(code, "report:code: the code")
  prose.code(self.page, (code:gsub("%s+$", "")))
  return self
end

local model_rules = options.declare("report:model", {
  test = { options.required, "any", nil,
    "rows that the model has not seen: {x = , y = }, or a table with target" },
  train = { nil, "any", nil, "rows that it was fitted to, as test; nil: less is said" },
  target = { nil, "string", nil, "the name of the column of y, in tables" },
  run = { nil, "table", nil, "of a network: what mah.train returned, for the curves of its "
    .. "training and why it ended" },
  title = { nil, "string", nil, "title of the section; nil: \"Model\"" },
})

--- A fitted classifier or regressor: its scores with intervals of 95 %, curves of its training, the
--- confusion matrix or the residuals, calibration, the importance of each column, and what a
--- careful colleague would ask: overfitting and underfitting, no better than a constant, rare
--- classes, too few test rows, dead units, inputs that are not scaled, a loss that still fell or a
--- validation loss that rose.
---
---     local data = mah.data.make_moons{n_samples = 80, random_state = 1}
---     local model = mah.MLPClassifier{hidden_layer_sizes = 8, solver = "lbfgs", random_state = 1}
---     model:fit(data.x, data.y)
---     local test = mah.data.make_moons{n_samples = 40, random_state = 2}
---     local r = mah.report{title = "A model", out = "model"}
---     r:model(model, {train = data, test = test})
---     print(r.title)  --> A model
---@param model table    an estimator, a pipeline, a search, a network or an ensemble, fitted
---@param given {test: any, train: any, target: string?, run: table?, title: string?}
---@return report self
function Report:model(model, given)
  model_of(self, model, options(given, model_rules, "report:model"))
  return self
end

local study_rules = options.declare("report:study", {
  of = { nil, "string", nil, "the result that is looked at; nil: what the study judges" },
  title = { nil, "string", nil, "title of the section; nil: the study's name" },
})

--- A study of mah.sweep, or one that mah.sweep.open reads: how many trials finished and failed, the
--- best ones, their history, every parameter against the judged result, the parameters'
--- importances, why trials failed, and all trials (as CSV, the first 50 on the page).
---
---     local study = mah.sweep{name = "reported", store = "reported.db", grid = {a = {1, 2, 3}},
---       trial = function(p) return {test = 1 - 1 / p.a} end}
---     study:run{jobs = 1, quiet = true}
---     local r = mah.report{title = "A study", out = "study"}
---     r:study(study, {of = "test"})
---     print(r.title)  --> A study
---@param study study
---@param given {of: string?, title: string?}|nil
---@return report self
function Report:study(study, given)
  study_of(self, study, options(given, study_rules, "report:study"))
  return self
end

local model_rule = { options.required, "any", nil, "an estimator, a pipeline or a search, fitted" }

local compare_rules = options.declare("report:compare", {
  a = model_rule, b = model_rule,
  on = { options.required, "any", nil,
    "rows that neither model has seen: {x = , y = }, or a table with target" },
  target = { nil, "string", nil, "the name of the column of y, in tables" },
  names = { nil, "table", nil, "names of the two models; nil: \"a\" and \"b\"" },
  title = { nil, "string", nil, "title of the section; nil: \"Comparison\"" },
})

--- Two fitted models on the same rows: their scores with intervals, and whether they differ by more
--- than chance, by a paired test: McNemar's for classifiers (mah.metrics.mcnemar), Student's t of
--- the absolute errors for regressors. More than chance is p < 0.05.
---
---     local data = mah.data.make_moons{n_samples = 80, random_state = 1}
---     local small = mah.MLPClassifier{hidden_layer_sizes = 8, solver = "lbfgs", random_state = 1}
---     small:fit(data.x, data.y)
---     local large = mah.MLPClassifier{solver = "lbfgs", random_state = 1}:fit(data.x, data.y)
---     local test = mah.data.make_moons{n_samples = 40, random_state = 2}
---     local r = mah.report{title = "Two models", out = "compare"}
---     r:compare({a = small, b = large, on = test, names = {"8 units", "100 units"}})
---     print(r.title)  --> Two models
---@param given {a: table, b: table, on: any, target: string?, names: string[]?, title: string?}
---@return report self
function Report:compare(given)
  comparison(self, options(given, compare_rules, "report:compare"))
  return self
end

--- Writes the report into its folder: index.html, which is whole by itself, report.md, figures as
--- PNG, tables and lines as CSV, and manifest.json, which names them. Everything is drawn before
--- the first file is written, each file is replaced as a whole, and files of an earlier report that
--- this one has not are removed. What comes after a save is in the next one.
---
---     local r = mah.report{title = "Saved", out = "saved"}
---     print(r:text("A **short** one."):save())  --> report "Saved" to 'saved', 1 block
---     print((io.open("saved/report.md"):read("*a"):match "A %*%*short%*%* one"))
---     --> A **short** one
---@return report self
function Report:save()
  output.save(self)
  return self
end

return Report
