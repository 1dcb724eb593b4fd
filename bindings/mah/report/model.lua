--- What a report says of a model: its scores with intervals, figures, and what should make one
--- careful.
local Results = require "mah.sweep.table"
local calibration = require("mah.draw.curves").calibration
local checks = require "mah.report.checks"
local confusion = require "mah.draw.confusion"
local findings = require "mah.report.findings"
local importance_of = require "mah.prepare.model_selection.permutation_importance"
local importance = require "mah.draw.importance"
local inline = require "mah.report.inline"
local judged = require "mah.report.judged"
local lines = require "mah.draw.lines"
local prose = require "mah.report.prose"
local residuals = require "mah.draw.residuals"
local roc = require("mah.draw.curves").roc
local rows = require "mah.prepare.rows"
local scores = require "mah.report.scores"
local tables = require "mah.report.tables"
local tensor = require "mah.tensor"

local WIDTH, HEIGHT = 460, 320
local MOST_CLASSES, MOST_COLUMNS = 30, 60
local REPEATS, SHUFFLED = 5, 1000 -- rows of the test set that are shuffled

local captions, columns, measures = findings.captions, findings.columns, findings.measures

-- -- Tables ---------------------------------------------------------------------------------------

--- Rows by the names that `columns` has for them, in the report's language.
local function table_of(r, names, list)
  local language, head, out = r.page.language, {}, {}
  for k, name in ipairs(names) do head[k] = language:pick(columns[name]) end
  for i, row in ipairs(list) do
    out[i] = {}
    for k, name in ipairs(names) do out[i][head[k]] = row[name] end
  end
  return Results.new(head, out)
end

local function add_scores(r, j, list)
  local language, shown = r.page.language, {}
  for i, one in ipairs(list) do
    shown[i] = { measure = language:pick(measures[one.name]), train = one.train, test = one.test,
      low = one.low, high = one.high }
  end
  local names = j.train and { "measure", "train", "test", "low", "high" }
    or { "measure", "test", "low", "high" }
  local function column(name) return language:pick(columns[name]) end
  local caption = not j.is_classifier and captions.scores_numbers
    or #j.classes == 2 and captions.scores or captions.scores_many
  tables.add(r, table_of(r, names, shown), language:say(caption, { n = j.test.n }),
    { [column "test"] = { column "low", column "high" } })
end

--- The counts of the test rows by true and predicted class, and the classes' names.
local function counts_of(j)
  local names, place = scores.classes(j)
  return scores.confusion(j.test, names, place), names
end

local function add_classes(r, j)
  local counts, names = counts_of(j)
  local list = scores.per_class(counts)
  for k, row in ipairs(list) do row.class = tostring(names[k]) end
  r:table(table_of(r, { "class", "precision", "recall", "f1", "support" }, list),
    r.page.language:pick(captions.classes))
end

-- -- Figures --------------------------------------------------------------------------------------

local function add_curves(r, j)
  local language, history = r.page.language, j.mlp and j.mlp.history_
  if type(history) ~= "table" or type(history.loss) ~= "table" or #history.loss < 2 then return end
  local series = { { y = history.loss, label = language:pick(columns.train) } }
  if type(history.val_loss) == "table" and #history.val_loss > 1 then
    series[2] = { y = history.val_loss, label = language:pick(columns.validation) }
  end
  r:figure(lines { series = series, x_label = language:pick(columns.epoch),
    y_label = language:pick(columns.loss), width = WIDTH, height = HEIGHT, lang = language.name },
    language:pick(captions.curves))
end

local function add_confusion(r, j)
  local counts, names = counts_of(j)
  if #names > MOST_CLASSES then return end
  local words = {}
  for k, name in ipairs(names) do words[k] = tostring(name) end
  local cell = #names < 8 and math.floor(HEIGHT / #names) or nil -- else small on a wide page
  r:figure(confusion(counts, { labels = words, cell = cell, lang = r.page.language.name }),
    r.page.language:pick(captions.confusion))
end

--- Of two classes the second one's probabilities; of more, whether the most likely one is right.
local function add_probabilities(r, j)
  local language, test = r.page.language, j.test
  local options = { width = WIDTH, height = HEIGHT, lang = language.name, n_bins = 10 }
  if #j.classes == 2 then
    local truth, score, positive = scores.binary(j, test)
    if positive == 0 or positive == test.n then return end
    options.y_true, options.y_score = truth, score
    r:figure({ roc { y_true = truth, y_score = score, width = WIDTH, height = HEIGHT,
      lang = language.name }, calibration(options) }, language:pick(captions.roc))
    return
  end
  local right, all_right = {}, scores.right(test)
  if all_right == 0 or all_right == test.n then return end
  for i = 1, test.n do right[i] = test.y[i] == test.predicted[i] and 1 or 0 end
  options.y_true, options.y_score = right, test.probabilities:max(2)
  r:figure(calibration(options), language:pick(captions.calibration))
end

local function add_residuals(r, j)
  local parts = {}
  for k, kind in ipairs { "actual_vs_predicted", "residual_vs_predicted" } do
    parts[k] = residuals { y_true = j.test.y, y_pred = j.test.predicted, kind = kind,
      width = WIDTH, height = HEIGHT, lang = r.page.language.name }
  end
  r:figure(parts, r.page.language:pick(captions.residuals))
end

local function width_of(x)
  local ok, n = pcall(function() return type(x) == "cdata" and x.shape[2] or #x.names end)
  return ok and n or nil
end

local function add_importance(r, j)
  local x, n = j.test.x, math.min(j.test.n, SHUFFLED)
  local width = width_of(x)
  if not width or width < 2 or width > MOST_COLUMNS or n < 10 then return end
  local chosen = tensor.arange(1, n, { dtype = "int32" })
  local found = importance_of(j.model, rows.take(x, chosen), rows.take(j.test.y, chosen),
    { n_repeats = REPEATS, random_state = 0 })
  r:figure(importance { importances = found.importances, names = found.names, width = WIDTH,
    lang = r.page.language.name },
    r.page.language:say(captions.importance, { repeats = REPEATS }))
end

-- -- Checks ---------------------------------------------------------------------------------------

local function add_findings(page, texts)
  page:add {
    html = function()
      local out = {}
      for i, text in ipairs(texts) do
        out[i] = ('<p class="finding">%s</p>'):format(inline.html(text))
      end
      return table.concat(out, "\n")
    end,
    markdown = function() return "- " .. table.concat(texts, "\n- ") end,
  }
end

local function add_checks(r, j, list)
  local page, language = r.page, r.page.language
  local found, passed = checks.run(j, list)
  page:heading(findings.checked)
  local texts, names = {}, {}
  for i, one in ipairs(found) do
    texts[i] = language:say(findings.texts[one.kind], one.values)
  end
  if #texts > 0 then add_findings(page, texts) end
  for i, kind in ipairs(passed) do names[i] = findings.names[kind] end
  if #names > 0 then page:text(findings.texts.passed, { list = names }, "note") end
end

-- -- All of it ------------------------------------------------------------------------------------

--- What the functions add stands side by side, where there is room.
local function in_row(r, j, list)
  local page = r.page
  page:row(function(inner)
    r.page = inner
    local ok, problem = pcall(function()
      for _, add in ipairs(list) do add(r, j) end
    end)
    r.page = page
    if not ok then error(problem, 0) end
  end)
end

--- Puts a model on the page; see report:model.
---@param r table
---@param o {train: any, test: any, target: string|nil, title: string|nil}
return function(r, model, o)
  local j = judged.new(model, o, "report:model")
  local title = o.title or r.page.language:pick(findings.model)
  local list = j.is_classifier and scores.of_classes(j) or scores.of_numbers(j)
  r.page:section { id = prose.id(r.page, title), title = title }
  prose.code(r.page, tostring(model), true)
  add_scores(r, j, list)
  add_checks(r, j, list)
  if not j.is_classifier then
    add_residuals(r, j)
    return in_row(r, j, { add_curves, add_importance })
  end
  in_row(r, j, { add_curves, add_confusion })
  add_classes(r, j)
  in_row(r, j, { add_probabilities, add_importance })
end
