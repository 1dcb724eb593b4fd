--- Section 10: the final model, made of what the other studies chose.
---
---     mah scripts/report.lua --preset quick              -- with the choices of the studies
---     mah scripts/studies/final_model.lua                -- alone: with the defaults below
local claim = require "common.claim"
local classification = require "common.classification"
local fit = require "common.fit"
local mah = require "mah"
local image_sheets = require "common.image_sheets"
local results_table = require "common.results_table"

local study = {
  id = "final_model", number = 10, x = "model",
  title = { en = "The final model", fa = "مدل نهایی" },
  question = {
    en = "How good is a model made of the choices above, and where is it wrong?",
    fa = "مدلی که از انتخاب‌های بالا ساخته شود چقدر خوب است و کجا اشتباه می‌کند؟",
  },
}

-- -- What is tried --------------------------------------------------------------------------------

--- What the studies choose, and what stands in for those that did not run.
local choices = {
  { study = "hidden_layers", name = "hidden_layers", default = 1 },
  { study = "neurons", name = "neurons", default = 100 },
  { study = "solvers", name = "solver", default = "sgd" },
  { study = "activations", name = "activation", default = "relu" },
  { study = "learning_rate", name = "learning_rate", default = 0.1 },
  { study = "stopping", name = "rule", default = "early_stopping" },
  { study = "dropout", name = "dropout", default = 0 },
  { study = "batch_size", name = "batch_size", default = 200 },
}

--- The choices of the source: 50 layers of 20 to 30 neurons, tanh, SGD at 0.1 to 0.2, batches of
--- 250 to 350.
local source = {
  hidden_layers = 50, neurons = 25, solver = "sgd", activation = "tanh", learning_rate = 0.15,
  rule = "early_stopping", dropout = 0, batch_size = 300,
}

--- The choices were made one at a time. Together they may not fit: smaller learning rates are tried
--- too, and the validation accuracy decides.
local shares = {
  final = 1, ["final, rate / 3"] = 3, ["final, rate / 10"] = 10, ["final, rate / 30"] = 30,
}

function study.values()
  return { "final", "final, rate / 3", "final, rate / 10", "final, rate / 30", "source" }
end

--- What is likely to learn goes first, so that the best one so far soon says something.
local turns = { ["final, rate / 10"] = 1, ["final, rate / 30"] = 2, ["final, rate / 3"] = 3,
  final = 4, source = 5 }
function study.turn(p) return turns[p.model] end

--- The final choices go into the parameters of the trials, so that other choices are other trials.
function study.fixed(settings, report)
  local final = { given = {} }
  for _, choice in ipairs(choices) do
    local made = report.choices[choice.study]
    final[choice.name] = made and made.value or choice.default
  end
  local solver, stopping = report.choices.solvers, report.choices.stopping
  if solver and final.solver ~= "sgd" then final.learning_rate = solver.learning_rate_init end
  final.given = stopping and stopping.given or { early_stopping = true, n_iter_no_change = 10 }
  return {
    n = settings.final.n, max_iter = settings.final.max_iter, tol = 1e-4,
    seeds = settings.final.seeds, choices = final,
  }
end

--- Parameters of MLPClassifier. L-BFGS takes all images at once, the same ones in every step.
local function parameters(p)
  local choice = p.model == "source" and source or p.choices
  local given, sizes = {}, {}
  for i = 1, choice.hidden_layers do sizes[i] = choice.neurons end
  given.hidden_layer_sizes, given.activation = sizes, choice.activation
  given.solver = choice.solver
  if choice.solver == "lbfgs" then return given end
  given.learning_rate_init = choice.learning_rate / (shares[p.model] or 1)
  given.batch_size = choice.batch_size
  given.dropout = choice.dropout
  for name, value in pairs(choice.given or { early_stopping = true }) do given[name] = value end
  if given.n_iter_no_change and given.early_stopping then given.tol = 1e-4 end
  return given
end

local function path_of(report, p)
  return ("%s/model-%d-%d.safetensors"):format(report.out, shares[p.model], p.seed)
end

--- What is known of weights that are no numbers: they classify no image correctly.
local function diverged()
  return { train = 0, validation = 0, test = 0, n_iter = 0, seconds = 0, stopped_by = "diverged",
    why = "the training diverged: the learning rate is too high for the other choices" }
end

function study.trial(p, data, report)
  local given = parameters(p)
  local ok, result, classifier = pcall(fit, p, data, given, { validate = given.early_stopping })
  local is_finite = ok and result.loss - result.loss == 0
  if not ok and not tostring(result):find("non-finite", 1, true) then error(result, 0) end
  if not is_finite then return diverged() end
  result.why = classifier.stop_reason_.text
  if shares[p.model] then classifier:save(path_of(report, p)) end
  return result
end

-- -- The model ------------------------------------------------------------------------------------

local function kept_model(path, row)
  local ok, classifier = pcall(mah.load, path)
  local is_same = ok and classifier.loss_ == row.result.loss
    and classifier.n_iter_ == row.result.n_iter
  return is_same and classifier or nil
end

--- The model of a row, as its trial left it or an earlier run kept it. Otherwise it is trained
--- again.
local function model_of(row, report)
  local path = path_of(report, row.params)
  local classifier = kept_model(path, row) or kept_model(report.out .. "/model.safetensors", row)
  if classifier then return classifier end
  io.stderr:write "final_model: trains its model again, which was not kept (--models keeps it)\n"
  study.trial(row.params, report.data, report)
  return mah.load(path)
end

--- Only --models asks for files of models, and then for the best one's.
local function clear_models(s, report)
  for _, setting in ipairs(s) do
    for _, row in ipairs(shares[setting.x] and setting.rows or {}) do
      os.remove(path_of(report, row.params))
    end
  end
end

--- The learning rate with the best validation accuracy on average.
local function best_final(s)
  return s:where(function(one) return shares[one.x] ~= nil end):best "validation"
end

--- Of its models, the best one.
local function best_row(setting)
  local best
  for _, row in ipairs(setting.rows) do
    if not best or row.result.validation > best.result.validation then best = row end
  end
  return best
end

-- -- What is shown --------------------------------------------------------------------------------

local names = {
  final = { en = "the choices of the studies", fa = "انتخاب‌های بررسی‌ها" },
  ["final, rate / 3"] = { en = "with a third of the learning rate", fa = "با یک‌سوم نرخ یادگیری" },
  ["final, rate / 10"] = { en = "with a tenth of the learning rate", fa = "با یک‌دهم نرخ یادگیری" },
  ["final, rate / 30"] = { en = "with a thirtieth of the learning rate",
    fa = "با یک‌سی‌ام نرخ یادگیری" },
  source = { en = "the choices of the source", fa = "انتخاب‌های منبع" },
}

local not_run = {
  en = "default: the study is not in this run",
  fa = "پیش‌فرض: این بررسی در این اجرا نیست",
}
local unused = {
  en = "not used: L-BFGS takes all images at once and steps by itself",
  fa = "بی‌استفاده: L-BFGS همهٔ تصویرها را یک‌جا می‌گیرد و گام را خود تعیین می‌کند",
}
local of_solver = {
  en = "the rate of the solver in its study",
  fa = "نرخ این بهینه‌ساز در بررسی آن",
}
local stochastic_only = { learning_rate = true, rule = true, dropout = true, batch_size = true }

--- Where a choice comes from.
local function origin(choice, final, report)
  local made = report.choices[choice.study]
  if final.solver == "lbfgs" and stochastic_only[choice.name] then return unused end
  if choice.name == "learning_rate" and final.solver ~= "sgd" then return of_solver end
  return made and made.study.title or not_run
end

local function show_choices(page, p, report)
  local rows, language, final = {}, report.language, p.choices
  for i, choice in ipairs(choices) do
    local from = origin(choice, final, report)
    rows[i] = { { "`" .. choice.name .. "`" }, { language:value(final[choice.name]) },
      { language:value(source[choice.name]) }, { language:pick(from), class = "text" } }
  end
  page:table { class = "dense", rows = rows, head = { { en = "choice", fa = "انتخاب" },
    { en = "here", fa = "اینجا" }, { en = "source", fa = "منبع" }, { en = "from", fa = "از" } } }
end

--- How many test images are right, and the interval of their share.
local function accuracy_of(row, confusion)
  local right, n = 0, 0
  for i = 1, #confusion do
    right = right + confusion[i][i]
    for j = 1, #confusion do n = n + confusion[i][j] end
  end
  local low, high = mah.metrics.wilson_interval(right, n)
  return { accuracy = right / n, low = low, high = high, right = right, n = n, wrong = n - right,
    n_iter = row.result.n_iter }
end

local function show_accuracy(page, final, report)
  page:text({
    en = "**Test accuracy {accuracy:4}**, 95 % interval {low:4} to {high:4} (Wilson): {right} of "
      .. "{n} test images are classified correctly, after {n_iter} iterations.",
    fa = "**دقت آزمون {accuracy:4}**، بازهٔ ۹۵٪ از {low:4} تا {high:4} (ویلسون): {right} تصویر از "
      .. "{n} تصویر آزمون درست شناخته می‌شود، پس از {n_iter} تکرار.",
  }, final)
  page:text(report.models and {
    en = "The model is in `model.safetensors`; `mah classify model.safetensors image.png` says "
      .. "which digits are on pictures.",
    fa = "مدل در `model.safetensors` است؛ `mah classify model.safetensors image.png` می‌گوید چه "
      .. "رقمی در تصویر است.",
  } or {
    en = "`mah scripts/report.lua --models` keeps the model as a file, with which `mah classify` "
      .. "says which digits are on pictures.",
    fa = "`mah scripts/report.lua --models` مدل را در یک پرونده نگه می‌دارد که `mah classify` با "
      .. "آن می‌گوید چه رقمی در تصویر است.",
  }, nil, "note")
  page:text({
    en = "How far a plain network goes beyond this study, with deformed images and without, and "
      .. "with longer trainings, `mah scripts/record.lua --preset minutes` shows.",
    fa = "این‌که شبکهٔ ساده با تصویرهای تغییرشکل‌یافته یا بی آن‌ها و با آموزش درازتر تا کجا از این "
      .. "بررسی فراتر می‌رود، با `mah scripts/record.lua --preset minutes` دیده می‌شود.",
  }, nil, "note")
end

local function show_classes(page, confusion, report)
  local rows, language = {}, report.language
  for i, class in ipairs(classification.per_class(confusion)) do
    rows[i] = { { language:number(class.class) }, { language:number(class.precision, "4") },
      { language:number(class.recall, "4") }, { language:number(class.f1, "4") },
      { language:number(class.support) } }
  end
  page:table { rows = rows, head = { { en = "digit", fa = "رقم" },
    { en = "precision", fa = "دقت مثبت" }, { en = "recall", fa = "بازیابی" },
    { en = "F1", fa = "F1" }, { en = "images", fa = "تصویرها" } },
    caption = { en = "Precision, recall and F1 of each digit on the test images.",
      fa = "دقت مثبت (precision)، بازیابی (recall) و F1 هر رقم روی تصویرهای آزمون." } }
end

local function show_confusion(page, confusion, pairs_, report)
  local language = report.language
  local alt = language:say({ en = "Confusion matrix; most frequent errors: {list}.",
    fa = "ماتریس درهم‌ریختگی؛ پرتکرارترین خطاها: {list}." }, { list = (function()
      local words = {}
      for i = 1, math.min(3, #pairs_) do
        words[i] = ("%s → %s (%s)"):format(language:number(pairs_[i].truth),
          language:number(pairs_[i].predicted), language:number(pairs_[i].count))
      end
      return #words > 0 and words or "–"
    end)() })
  page:figure {
    number = 15, name = "figure_15_confusion",
    parts = { { alt = alt, figure = mah.plot.confusion(confusion, { percentages = true, cell = 44,
      lang = language.name }) } },
    caption = {
      en = "Confusion matrix of the test images: counts, and percentages of each row.",
      fa = "ماتریس درهم‌ریختگی تصویرهای آزمون: تعدادها و درصد هر سطر.",
    },
  }
end

--- A sheet for each of the most confused pairs.
local function show_pairs(page, pairs_, wrong, test, report)
  local language, parts = report.language, {}
  for i = 1, math.min(6, #pairs_) do
    local pair, some = pairs_[i], {}
    for _, one in ipairs(wrong) do
      if one.truth == pair.truth and one.predicted == pair.predicted and #some < 8 then
        some[#some + 1] = one
      end
    end
    local title = language:say({ en = "{truth} taken for {predicted}: {count}",
      fa = "{truth} که {predicted} دیده شد: {count}" }, pair)
    parts[i] = image_sheets.wrong(report, test, some, { columns = 4, title = title })
  end
  if #parts == 0 then return end
  page:figure { name = "final_pairs", parts = parts, columns = 3, caption = {
    en = "The most confused pairs, with the images of which the model is surest: true digit, "
      .. "predicted digit and the probability given to it.",
    fa = "زوج‌هایی که بیش از همه اشتباه می‌شوند، با تصویرهایی که مدل از آن‌ها مطمئن‌تر است: رقم "
      .. "واقعی، رقم پیش‌بینی‌شده و احتمالی که مدل به آن می‌دهد.",
  } }
end

--- For the top of the page: digits that are right and such that are wrong.
local function picture_of(final, wrong, test, predicted, probabilities, report)
  local language, o = report.language, { columns = 5, rows = 3 }
  local function title(text) return language:say(text, final) end
  local parts = { image_sheets.right(report, test, predicted, probabilities,
    { columns = o.columns, rows = o.rows,
      title = title { en = "Right: {right}", fa = "درست: {right}" } }) }
  local some = {}
  for i = 1, math.min(#wrong, o.columns * o.rows) do some[i] = wrong[i] end
  if #some > 0 then
    parts[#parts + 1] = image_sheets.wrong(report, test, some, { columns = o.columns,
      title = title { en = "Wrong: {wrong}", fa = "نادرست: {wrong}" } })
  end
  return { name = "final_digits", parts = parts, caption = {
    en = "Test digits as the final model reads them: the first ones that it gets right, and, of "
      .. "the wrong ones, those of which it was surest (true digit, predicted digit); with the "
      .. "probability that it gives to what it reads.",
    fa = "رقم‌های آزمون آن‌گونه که مدل نهایی می‌خواند: نخستین رقم‌هایی که درست می‌شناسد، و از میان "
      .. "نادرست‌ها آن‌هایی که از آن‌ها مطمئن‌تر بود (رقم واقعی، رقم پیش‌بینی‌شده)؛ همراه با "
      .. "احتمالی که به خوانده‌اش می‌دهد.",
  } }
end

local function show_digits(page, classifier, wrong, test, report)
  local all = image_sheets.all_wrong(report, test, wrong, { columns = 4, rows = 4, parts = 3 })
  if #all > 0 then
    page:figure { name = "final_wrong", parts = all, values = { n = #wrong }, caption = {
      en = "Misclassified test digits ({n} in all), surest first: true digit, predicted digit and "
        .. "the probability given to it.",
      fa = "رقم‌های آزمون که نادرست شناخته شدند (در مجموع {n})، مطمئن‌ترین‌ها نخست: رقم واقعی، رقم "
        .. "پیش‌بینی‌شده و احتمال آن.",
    } }
  end
  page:figure { name = "final_samples",
    parts = image_sheets.samples(report, test, { columns = 5, rows = 4, parts = 2 }),
    caption = { en = "The first test digits with their labels.",
      fa = "نخستین رقم‌های آزمون با برچسبشان." } }
  page:figure { name = "final_weights",
    parts = image_sheets.weights(report, classifier.coefs_[1],
      { columns = 5, rows = 4, parts = 2 }),
    caption = {
      en = "Weights of the first layer as images: red pixels excite the unit, blue ones calm it.",
      fa = "وزن‌های لایهٔ نخست به صورت تصویر: پیکسل‌های سرخ نورون را برمی‌انگیزند و آبی‌ها آرامش "
        .. "می‌کنند.",
    } }
end

function study.show(page, s, report)
  for _, setting in ipairs(s) do setting.label = names[setting.x] end
  local final = best_final(s)
  show_choices(page, s[1].params, report)
  results_table.add(page, s, report, { en = "model", fa = "مدل" })
  if not final then return end
  page:text({
    en = "The choices were made one at a time and need not fit together, so the learning rate is "
      .. "tried at several sizes. The best validation accuracy, {validation:4}, belongs to the "
      .. "final model: {name}, {rate}.",
    fa = "انتخاب‌ها یکی‌یکی انجام شده‌اند و شاید با هم سازگار نباشند، پس نرخ یادگیری در چند اندازه "
      .. "آزموده می‌شود. بهترین دقت اعتبارسنجی، {validation:4}، از آنِ مدل نهایی است: {name}، "
      .. "{rate}.",
  }, { validation = final.validation.mean, name = names[final.x],
    rate = final.params.choices.learning_rate / shares[final.x] })
  local row = best_row(final)
  local classifier, test = model_of(row, report), mah.data.take(report.data.test, row.params.test)
  clear_models(s, report)
  if report.models then classifier:save(report.out .. "/model.safetensors") end
  local predicted, probabilities = classifier:predict(test.x), classifier:predict_proba(test.x)
  local confusion = mah.metrics.confusion(test.y, predicted, 10)
  local wrong = classification.wrong(test.y, predicted, probabilities)
  local pairs_ = classification.pairs(confusion)
  report.final = accuracy_of(row, confusion)
  report.final.figure = picture_of(report.final, wrong, test, predicted, probabilities, report)
  show_accuracy(page, report.final, report)
  page:row(function(side)
    show_confusion(side, confusion, pairs_, report)
    show_classes(side, confusion, report)
  end)
  show_pairs(page, pairs_, wrong, test, report)
  show_digits(page, classifier, wrong, test, report)
end

-- -- What is claimed ------------------------------------------------------------------------------

study.claims = {
  {
    id = "source-choices",
    text = {
      en = "The choices of the source - 50 tanh layers of 20 to 30 neurons, SGD at 0.1 to 0.2, "
        .. "batches of 250 to 350 - make the best model.",
      fa = "انتخاب‌های منبع - ۵۰ لایهٔ tanh با ۲۰ تا ۳۰ نورون، SGD با نرخ ۰٫۱ تا ۰٫۲ و دسته‌های "
        .. "۲۵۰ تا ۳۵۰تایی - بهترین مدل را می‌سازند.",
    },
    rule = {
      en = "reproduced if the test accuracy of these choices is no more than 0.005 below that of "
        .. "ours, depends within 0.02, else not reproduced",
      fa = "بازتولید: دقت آزمون این انتخاب‌ها بیش از ۰٫۰۰۵ پایین‌تر از انتخاب‌های ما نباشد؛ بستگی "
        .. "دارد: تا ۰٫۰۲؛ وگرنه بازتولید نشده",
    },
    decide = function(s)
      local ours, theirs = best_final(s), s:at "source"
      if not ours or not theirs then return nil end
      local gap = ours.test.mean - theirs.test.mean
      return gap <= 0.005 and claim.yes or gap <= 0.02 and claim.depends or claim.no,
        { ours = ours.test, theirs = theirs.test, gap = gap,
          n_iter = theirs.n_iter.mean }
    end,
    measured = {
      en = "Test accuracy {theirs:4} after {n_iter:0} iterations; our final model {ours:4}.",
      fa = "دقت آزمون {theirs:4} پس از {n_iter:0} تکرار؛ مدل نهایی ما {ours:4}.",
    },
    why = { en = "The difference is {gap:4}.", fa = "اختلاف {gap:4} است." },
  },
}

return require "common.run_alone"(study, ...)
