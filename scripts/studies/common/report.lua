--- The report: runs studies, one after the other, and writes the page and the tables.
---
---     local report = Report.new{preset =, settings =, data =, lang =, out =, jobs =, resume =}
---     report:run(require "dropout")
---     report:save()
---
--- A study is a table:
---   id, number, title, question      texts are {en = , fa = }; number: the section of the source
---   own                              true: Mah's own, not in the source (number: 1.1 after 1)
---   setup                            what stays the same in all trials
---   setup_values(settings, s, report)   the numbers in that text
---   x, values(preset, report)        the parameter that is swept, and its values; or tables of all
---                                    parameters in which trials differ
---   name_of(params)                  the setting's name in results.csv; without: x=value
---   beside                           studies whose settings stand in s too, behind its own
---   fixed(settings, report)          parameters of every trial other than the preset's
---   trial(p, data, report)           one training; returns numbers (see fit.lua)
---   show(page, s, report, rows)      tables and figures; s is the Summary of the rows
---   claims                           see claim.lua
---   choose(s, report)                what the final model takes over: {name, value, setting,
---                                    prefer}
local Summary = require "common.summary"
local claim = require "common.claim"
local claims_block = require "common.claims_block"
local claims_list = require "common.claims_list"
local command_line = require "common.command_line"
local csv_files = require "common.csv_files"
local headline = require "common.headline"
local labels = require "common.labels"
local mah = require "mah"
local trials = require "common.trials"

local Language, Page = mah.report.Language, mah.report.Page
local html, markdown = mah.report.html, mah.report.markdown

local Report = {}
Report.__index = Report

local texts = {
  title_mnist = {
    en = "Training an MLP model on MNIST",
    fa = "آموزش مدل MLP بر روی داده‌های MNIST",
  },
  title_digits = {
    en = "Training an MLP model on synthetic digits",
    fa = "آموزش مدل MLP بر روی رقم‌های ساختگی",
  },
  footer = {
    en = "Every result on this page was computed from the trials of this report, which are in "
      .. "`results.csv` and `timings.csv`; the claims are in `claims.csv`, the settings in "
      .. "`manifest.json`. The PNG files are the pictures of `report.md`.",
    fa = "همهٔ نتیجه‌های این صفحه از آزمون‌های همین گزارش محاسبه شده‌اند که در `results.csv` و "
      .. "`timings.csv` هستند؛ ادعاها در `claims.csv` و تنظیم‌ها در `manifest.json`. پرونده‌های "
      .. "PNG تصویرهای `report.md` هستند.",
  },
  own = {
    en = "This part is Mah's own: it is not in the source.",
    fa = "این بخش از خودِ Mah است و در منبع نیست.",
  },
  failed = {
    en = "Trials that failed and are left out: {which}.",
    fa = "آزمون‌هایی که ناموفق بودند و کنار گذاشته شدند: {which}.",
  },
  checked = { en = "Claims, checked", fa = "بررسی ادعاها" },
  chosen = {
    en = "For the final model: `{name}` = {value} (validation accuracy {validation:4}). Of the "
      .. "settings within one standard error of the best validation accuracy, {best:4}, it is the "
      .. "first one.",
    fa = "برای مدل نهایی: `{name}` = {value} (دقت اعتبارسنجی {validation:4}). از میان تنظیم‌هایی "
      .. "که تا یک خطای معیار از بهترین دقت اعتبارسنجی، {best:4}، فاصله دارند، این نخستین است.",
  },
  chosen_quickest = {
    en = "For the final model: `{name}` = {value} (validation accuracy {validation:4}). Of the "
      .. "settings within one standard error of the best validation accuracy, {best:4}, it needs "
      .. "the fewest iterations.",
    fa = "برای مدل نهایی: `{name}` = {value} (دقت اعتبارسنجی {validation:4}). از میان تنظیم‌هایی "
      .. "که تا یک خطای معیار از بهترین دقت اعتبارسنجی، {best:4}، فاصله دارند، این کمترین تکرار را "
      .. "می‌خواهد.",
  },
}

---@param given table
function Report.new(given)
  local self = setmetatable({ start = mah.progress.now(), studies = {}, choices = {},
    rows = {} }, Report)
  for name, value in pairs(given) do self[name] = value end
  self.language = Language.of(self.lang)
  self.page = Page.new { language = self.language, folder = self.out }
  self.top = self.page:place()
  return self
end

-- -- The top --------------------------------------------------------------------------------------

function Report:is_mnist() return self.data.name == "MNIST" end

function Report:title()
  return self.language:pick(self:is_mnist() and texts.title_mnist or texts.title_digits)
end

-- -- One study ------------------------------------------------------------------------------------

local function note_failures(report, s)
  if #s.failed == 0 then return end
  local names = {}
  for i, row in ipairs(s.failed) do
    local why = command_line.message_of(row.error):match "[^\n]*"
    names[i] = ("`%s`, %s %d (%s)"):format(row.name, report.language:pick(labels.seed),
      row.params.seed, (why:gsub("%.%s.*", "")))
  end
  report.page:text(texts.failed, { which = names }, "note")
end

local function check_claims(report, study, s)
  local list = {}
  for i, one in ipairs(study.claims or {}) do
    list[i] = claim.check(one, s, report)
    list[i].id = study.id .. "-" .. one.id
  end
  if #list == 0 then return list end
  report.page:heading(texts.checked)
  claims_block.add(report.page, list)
  return list
end

--- Takes over what the study chose for the final model, and says so.
local function take_choice(report, study, s)
  local choice = study.choose and #s > 0 and study.choose(s, report)
  if not choice then return end
  choice.study = study
  report.choices[study.id] = choice
  local best = (choice.among or s):best "validation"
  report.page:text(choice.prefer and texts.chosen_quickest or texts.chosen, {
    name = choice.name, value = choice.shown or choice.value,
    validation = choice.setting.validation.mean, best = best.validation.mean,
  })
end

--- The trials of a study of this report, which run only once.
local function rows_of(report, study)
  report.rows[study.id] = report.rows[study.id] or trials.run(study, report)
  return report.rows[study.id]
end

--- All that a study looks at: its rows, and those of the studies beside it.
local function summarize(report, study)
  local rows = {}
  for _, row in ipairs(rows_of(report, study)) do rows[#rows + 1] = row end
  for _, name in ipairs(study.beside or {}) do
    for _, row in ipairs(rows_of(report, require(name))) do rows[#rows + 1] = row end
  end
  return Summary.new(rows, study.x)
end

--- Runs a study and writes its section.
---@param study table
function Report:run(study)
  local s, page, rows = summarize(self, study), self.page, rows_of(self, study)
  page:section(study)
  if study.own then page:text(texts.own, nil, "note") end
  page:text(study.question, nil, "question")
  if study.setup then
    page:text(study.setup, study.setup_values and study.setup_values(self.settings, s, self))
  end
  note_failures(self, s)
  if #s > 0 then study.show(page, s, self, rows) end
  table.insert(self.studies, {
    id = study.id, number = study.number or 0, title = study.title, own = study.own, rows = rows,
    claims = check_claims(self, study, s),
  })
  take_choice(self, study, s)
end

-- -- The end --------------------------------------------------------------------------------------

--- How many of the source's claims have each verdict.
local function count_verdicts(report)
  local counts = { all = 0, yes = 0, no = 0, depends = 0 }
  for _, study in ipairs(report.studies) do
    for _, c in ipairs(study.own and {} or study.claims) do
      local class = claim.classes[c.verdict]
      counts[class], counts.all = counts[class] + 1, counts.all + 1
    end
  end
  return counts
end

local function manifest(report)
  local names, figures = {}, {}
  for i, study in ipairs(report.studies) do names[i] = study.id end
  for i, figure in ipairs(report.page.figures) do figures[i] = figure.name .. ".png" end
  local data, choices = report.data, {}
  for id, choice in pairs(report.choices) do choices[id] = { [choice.name] = choice.value } end
  return {
    program = "mah " .. mah.version, preset = report.preset, settings = report.settings,
    data = { name = data.name, source = data.source, train = #data.train.x, test = #data.test.x },
    studies = names, figures = figures, choices = next(choices) and choices or nil,
    language = report.lang, machine = mah.machine(), date = os.date "!%Y-%m-%dT%H:%M:%SZ",
  }
end

local function absolute(path)
  return path:sub(1, 1) == "/" and path or (os.getenv "PWD" or ".") .. "/" .. path
end

--- Writes index.html, report.md, results.csv, timings.csv, claims.csv and manifest.json.
function Report:save()
  local page = self.page
  local seconds, counts = mah.progress.now() - self.start, count_verdicts(self)
  page:fill(self.top, function(top)
    headline.add(top, self, { counts = counts, seconds = seconds })
    top:contents()
    claims_list.add(top, self.studies)
  end)
  local footer = self.language:say(texts.footer)
  local function write(name, text) mah.file.write(self.out .. "/" .. name, text) end
  write("results.csv", csv_files.results(self.studies))
  write("timings.csv", csv_files.timings(self.studies))
  write("claims.csv", csv_files.claims(self.studies, Language.of "en"))
  write("manifest.json", mah.json.encode(manifest(self)) .. "\n")
  write("report.md", markdown.write(page, self:title(), footer))
  write("index.html", html.write(page, self:title(), footer,
    headline.css .. claims_block.css .. claims_list.css, claims_list.script))
  print(headline.said(self, counts))
  print(("report: %s/index.html (%.0f s)"):format(absolute(self.out), seconds))
end

return Report
