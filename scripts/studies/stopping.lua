--- Section 7: when does training stop? One run under each rule, all along the same curve.
---
---     mah scripts/studies/stopping.lua --preset quick --lang en
local charts = require "common.charts"
local claim = require "common.claim"
local fit = require "common.fit"
local labels = require "common.labels"

local study = {
  id = "stopping", number = 7, x = "rule",
  title = { en = "Stopping conditions", fa = "شرایط توقف" },
  question = {
    en = "Where does each stopping rule end the same training, and why?",
    fa = "هر شرط توقف همان آموزش را کجا و چرا پایان می‌دهد؟",
  },
  setup = {
    en = "One hidden layer of 50 tanh units, SGD with Nesterov momentum 0.9 at learning rate 0.1, "
      .. "batches of 200. Seed, data and settings are the same in every run, and the score that "
      .. "`early_stopping` looks at is that of {held} images kept apart: only the rule differs.",
    fa = "یک لایهٔ مخفی با ۵۰ نورون tanh، SGD با تکانهٔ نستروف ۰٫۹ و نرخ یادگیری ۰٫۱، دسته‌های "
      .. "۲۰۰تایی. دانه، داده‌ها و تنظیم‌ها در همهٔ اجراها یکی است و امتیازی که `early_stopping` "
      .. "به آن نگاه می‌کند از {held} تصویر جدا نگه‌داشته می‌آید: تنها شرط توقف تفاوت دارد.",
  },
}

-- -- What is tried --------------------------------------------------------------------------------

local NEVER = { tol = 0, n_iter_no_change = math.huge }

--- What each rule adds to a run that nothing else stops before the limit of the study. fit()
--- watches the training loss, or with early_stopping the score of the validation images.
local rules = {
  { id = "max_iter", shown = "max_iter = 12", given = { max_iter = 12 } },
  { id = "tol", shown = "tol = 0.01", given = { tol = 1e-2, n_iter_no_change = 5 } },
  { id = "n_iter_no_change", shown = "n_iter_no_change = 15",
    given = { tol = 1e-2, n_iter_no_change = 15 } },
  { id = "early_stopping", shown = "early_stopping",
    given = { early_stopping = true, tol = 1e-4, n_iter_no_change = 10 } },
  { id = "early_stopping_patience", shown = "early_stopping_patience = 4",
    given = { early_stopping = true, tol = 1e-4, early_stopping_patience = 4 } },
  { id = "combined", shown = "early_stopping, max_iter = 22",
    given = { early_stopping = true, tol = 1e-4, n_iter_no_change = 10, max_iter = 22 } },
  { id = "none", shown = { en = "no rule", fa = "بی‌شرط" }, given = {} },
}

local by_id = {}
for _, rule in ipairs(rules) do by_id[rule.id] = rule end

function study.values()
  local ids = {}
  for i, rule in ipairs(rules) do ids[i] = rule.id end
  return ids
end

function study.fixed(settings)
  return { seeds = { settings.seeds[1] }, max_iter = 60 }
end

function study.setup_values(settings, s)
  return { held = s[1] and s[1].params.validation or settings.validation }
end

--- The parameters of a run: what the rule does not name never stops it before the limit.
local function parameters(p)
  local given = {
    hidden_layer_sizes = { 50 }, activation = "tanh", solver = "sgd", learning_rate_init = 0.1,
  }
  for _, source in ipairs { NEVER, by_id[p.rule].given } do
    for name, value in pairs(source) do given[name] = value end
  end
  return given
end

--- A function for on_epoch that notes the largest change of a weight in the last epoch.
local function watch_weights(result)
  local before
  return function(s)
    local now = s.net.params:clone()
    if before then result.weight_change = (now - before):abs():max() end
    before = now
  end
end

function study.trial(p, data)
  local given, watched = parameters(p), {}
  given.on_epoch = watch_weights(watched)
  local result, classifier = fit(p, data, given, { validate = true })
  result.weight_change = watched.weight_change
  result.curve, result.scores = classifier.loss_curve_, classifier.validation_scores_
  result.why = classifier.stop_reason_.text
  return result
end

-- -- What is shown --------------------------------------------------------------------------------

--- The curve of the longest run: the others are its beginnings.
local function longest(s)
  local found
  for _, setting in ipairs(s) do
    local result = setting.rows[1].result
    if not found or #result.curve > #found.curve then found = result end
  end
  return found
end

--- The curve as a line and a mark where each run stopped.
local function marked(report, s, curve, name)
  local x = {}
  for i = 1, #curve do x[i] = i end
  local list = {
    { name = report.language:pick(name), x = x, y = curve, marker = false, color = 7 },
  }
  local kinds = { "circle", "square", "triangle", "diamond", "down", "plus" }
  for i, setting in ipairs(s) do
    if setting.x ~= "none" then
      local at = setting.n_iter.mean
      list[#list + 1] = { name = setting.label, x = { at }, y = { curve[at] }, line = false,
        marker = kinds[i], color = i }
    end
  end
  return list
end

local reasons = {
  max_iter = { en = "limit of iterations", fa = "سقف تکرار" },
  n_iter_no_change = {
    en = "no improvement beyond `tol` for too long",
    fa = "نبود بهبودی بیش از `tol`",
  },
  early_stopping_patience = { en = "patience exhausted", fa = "پایان شکیبایی" },
}

--- How many runs have the same loss as `curve` in every iteration up to their end.
function study.same_curve(s, curve)
  local same = 0
  for _, setting in ipairs(s) do
    local equal = true
    for i, loss in ipairs(setting.rows[1].result.curve) do equal = equal and loss == curve[i] end
    same = same + (equal and 1 or 0)
  end
  return same
end

local function show_table(page, s, report)
  local language, rows = report.language, {}
  for i, setting in ipairs(s) do
    local result = setting.rows[1].result
    rows[i] = {
      { setting.x == "none" and setting.label or "`" .. setting.label .. "`" },
      { language:number(setting.n_iter.mean) },
      { language:pick(reasons[result.stopped_by] or result.stopped_by), class = "text" },
      { language:number(result.train, "4") }, { language:number(result.validation, "4") },
      { language:number(result.test, "4") }, { language:number(result.seconds, "2") },
    }
  end
  page:table { rows = rows, head = { { en = "rule", fa = "شرط" },
    { en = "stopped at", fa = "توقف در" }, labels.why, labels.train, labels.validation,
    labels.test, labels.seconds } }
end

function study.show(page, s, report)
  for _, setting in ipairs(s) do
    setting.label = report.language:pick(by_id[setting.x].shown)
  end
  local run = longest(s)
  page:figure {
    name = "stopping_rules",
    caption = {
      en = "Where each rule stopped the training, on the curve of the training loss and on that of "
        .. "the validation accuracy.",
      fa = "جایی که هر شرط آموزش را متوقف کرد، روی منحنی خطای آموزش و روی منحنی دقت اعتبارسنجی.",
    },
    parts = {
      charts.curves(report, marked(report, s, run.curve, labels.loss), { x_label = labels.epoch,
        y_label = { en = "training loss", fa = "خطای آموزش" }, log_y = true, legend = "above",
        height = 400 }),
      charts.curves(report, marked(report, s, run.scores, labels.validation_accuracy), {
        x_label = labels.epoch, y_label = labels.validation_accuracy, y_format = "percent",
        legend = "above", height = 400 }),
    },
  }
  page:text({
    en = "{same} of the {all} runs have the same loss in every iteration up to their end: they "
      .. "follow the curve shown.",
    fa = "{same} اجرا از {all} اجرا تا پایان خود در هر تکرار همان خطا را دارند: همان منحنی را "
      .. "می‌پیمایند.",
  }, { same = study.same_curve(s, run.curve), all = #s })
  show_table(page, s, report)
end

-- -- What is claimed ------------------------------------------------------------------------------

local function stop_of(s, id) return s:at(id) and s:at(id).n_iter.mean end

study.claims = {
  {
    id = "max_iter",
    text = { en = "`max_iter` limits the number of iterations.",
      fa = "`max_iter` تعداد تکرار را محدود می‌کند." },
    rule = {
      en = "reproduced if the run ends at exactly that iteration, else not reproduced",
      fa = "بازتولید: اجرا دقیقاً در همان تکرار پایان یابد؛ وگرنه بازتولید نشده",
    },
    decide = function(s)
      local one = s:at "max_iter"
      if not one then return nil end
      local limit = by_id.max_iter.given.max_iter
      return one.n_iter.mean == limit and claim.yes or claim.no,
        { limit = limit, n_iter = one.n_iter.mean, longest = #longest(s).curve }
    end,
    measured = {
      en = "Limit {limit}, stopped at {n_iter}.",
      fa = "سقف {limit}، توقف در {n_iter}.",
    },
    why = { en = "Without it the run takes {longest} iterations.",
      fa = "بدون آن اجرا {longest} تکرار طول می‌کشد." },
  },
  {
    id = "tol",
    text = {
      en = "`tol` stops the training when the weights change by less.",
      fa = "`tol` آموزش را وقتی متوقف می‌کند که تغییر وزن‌ها از آن کمتر شود.",
    },
    rule = {
      en = "reproduced if in the last iteration before the stop the largest change of a weight was "
        .. "below `tol`; not reproduced if it was not and the loss is what changed by less; else "
        .. "depends",
      fa = "بازتولید: در آخرین تکرار پیش از توقف بزرگ‌ترین تغییر وزن کمتر از `tol` باشد؛ بازتولید "
        .. "نشده: چنین نباشد و تغییر خطا کمتر از آن باشد؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local one = s:at "tol"
      if not one then return nil end
      local result, tol = one.rows[1].result, by_id.tol.given.tol
      local curve = result.curve
      local values = { tol = tol, weight = result.weight_change or 0, n_iter = #curve,
        loss = math.abs(curve[#curve] - (curve[#curve - 1] or curve[#curve])) }
      if values.weight < tol then return claim.yes, values end
      return values.loss < tol and claim.no or claim.depends, values
    end,
    measured = {
      en = "`tol` {tol}; in iteration {n_iter} the largest change of a weight was {weight:4} and "
        .. "the loss changed by {loss:4}.",
      fa = "`tol` برابر {tol}؛ در تکرار {n_iter} بزرگ‌ترین تغییر وزن {weight:4} و تغییر خطا "
        .. "{loss:4} بود.",
    },
    why = {
      [claim.yes] = { en = "The weights had come to rest.", fa = "وزن‌ها از حرکت ایستاده بودند." },
      [claim.no] = { en = "`tol` is about the loss: the weights still moved by more.",
        fa = "`tol` دربارهٔ خطاست: وزن‌ها هنوز بیش از آن تغییر می‌کردند." },
      [claim.depends] = { en = "Neither weights nor loss changed by less than `tol`.",
        fa = "نه تغییر وزن‌ها و نه تغییر خطا کمتر از `tol` بود." },
    },
  },
  {
    id = "n_iter_no_change",
    text = {
      en = "`n_iter_no_change` says how long training goes on without improvement.",
      fa = "`n_iter_no_change` می‌گوید آموزش بدون بهبود چه مدت ادامه می‌یابد.",
    },
    rule = {
      en = "two runs differ in it alone, 5 and 15; reproduced if the second one stops later, not "
        .. "reproduced if earlier, depends if both end at the same iteration",
      fa = "دو اجرا تنها در آن تفاوت دارند، ۵ و ۱۵؛ بازتولید: دومی دیرتر بایستد؛ بازتولید نشده: "
        .. "زودتر؛ بستگی دارد: هر دو در یک تکرار پایان یابند",
    },
    decide = function(s)
      local short, long = stop_of(s, "tol"), stop_of(s, "n_iter_no_change")
      if not short or not long then return nil end
      return long > short and claim.yes or long < short and claim.no or claim.depends,
        { short = short, long = long, difference = long - short }
    end,
    measured = { en = "Stopped at {short} with 5 and at {long} with 15.",
      fa = "با ۵ در تکرار {short} و با ۱۵ در تکرار {long} ایستاد." },
    why = { en = "That is {difference} iterations more.", fa = "یعنی {difference} تکرار بیشتر." },
  },
  {
    id = "early_stopping",
    text = {
      en = "`early_stopping` ends the training when images kept apart no longer improve, and so "
        .. "avoids overfitting.",
      fa = "`early_stopping` وقتی تصویرهای جداشده دیگر بهتر نشوند آموزش را پایان می‌دهد و از "
        .. "بیش‌برازش جلوگیری می‌کند.",
    },
    rule = {
      en = "reproduced if it stops before the run without rules and its validation accuracy is no "
        .. "more than 0.002 below that run's last one; not reproduced if neither; else depends",
      fa = "بازتولید: پیش از اجرای بی‌شرط بایستد و دقت اعتبارسنجی آن بیش از ۰٫۰۰۲ پایین‌تر از "
        .. "آخرین دقت آن اجرا نباشد؛ بازتولید نشده: هیچ‌کدام؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local one, all = s:at "early_stopping", s:at "none"
      if not one or not all then return nil end
      local values = { n_iter = one.n_iter.mean, longest = all.n_iter.mean,
        kept = one.validation.mean, last = all.validation.mean }
      return claim.share(values.n_iter < values.longest, values.kept >= values.last - 0.002), values
    end,
    measured = {
      en = "Stopped at {n_iter} of {longest} iterations, validation accuracy {kept:4}.",
      fa = "در تکرار {n_iter} از {longest} ایستاد، با دقت اعتبارسنجی {kept:4}.",
    },
    why = { en = "Without a rule it ends at {last:4}.", fa = "بی‌شرط با {last:4} پایان می‌یابد." },
  },
  {
    id = "early_stopping_patience",
    text = {
      en = "`early_stopping_patience` says how many iterations without improvement are allowed.",
      fa = "`early_stopping_patience` می‌گوید چند تکرار بدون بهبود مجاز است.",
    },
    rule = {
      en = "`MLPClassifier` of scikit-learn has no such parameter, Mah's has: reproduced if the "
        .. "run stops by it at that many iterations in a row below the best score so far plus "
        .. "`tol`, else not reproduced",
      fa = "`MLPClassifier` در scikit-learn چنین پارامتری ندارد و در Mah دارد: بازتولید: اجرا با "
        .. "آن و پس از همان تعداد تکرار پیاپی پایین‌تر از بهترین امتیاز به‌علاوهٔ `tol` بایستد؛ "
        .. "وگرنه بازتولید نشده",
    },
    decide = function(s)
      local one = s:at "early_stopping_patience"
      if not one then return nil end
      local given, result = by_id.early_stopping_patience.given, one.rows[1].result
      local best, misses = -math.huge, 0
      for _, score in ipairs(result.scores) do
        misses = score < best + given.tol and misses + 1 or 0
        best = math.max(best, score)
      end
      local right = result.stopped_by == "early_stopping_patience"
        and misses == given.early_stopping_patience
      if result.stopped_by == "max_iter" then right = nil end
      local values = { n_iter = one.n_iter.mean, misses = misses,
        patience = given.early_stopping_patience }
      return right == nil and claim.depends or right and claim.yes or claim.no, values
    end,
    measured = {
      en = "Patience {patience}: stopped at iteration {n_iter}, after {misses} without "
        .. "improvement.",
      fa = "شکیبایی {patience}: توقف در تکرار {n_iter}، پس از {misses} تکرار بدون بهبود.",
    },
    why = {
      [claim.yes] = {
        en = "The count is the one that was asked for.",
        fa = "شمار همان است که خواسته شد.",
      },
      [claim.no] = { en = "The count is not the one that was asked for.",
        fa = "شمار آن نیست که خواسته شد." },
      [claim.depends] = {
        en = "The limit of iterations came first.",
        fa = "سقف تکرار زودتر رسید.",
      },
    },
  },
  {
    id = "combined",
    text = {
      en = "Combining the rules gives control.",
      fa = "ترکیب شرط‌ها کنترل را به دست می‌دهد.",
    },
    rule = {
      en = "reproduced if a run under two rules stops at the earlier of the two, else not "
        .. "reproduced",
      fa = "بازتولید: اجرا با دو شرط در زودترینِ آن دو بایستد؛ وگرنه بازتولید نشده",
    },
    decide = function(s)
      local one, early = stop_of(s, "combined"), stop_of(s, "early_stopping")
      if not one or not early then return nil end
      local limit = by_id.combined.given.max_iter
      return one == math.min(limit, early) and claim.yes or claim.no,
        { n_iter = one, limit = limit, early = early }
    end,
    measured = {
      en = "`early_stopping` alone stops at {early}; together with `max_iter` = {limit} at "
        .. "{n_iter}.",
      fa = "`early_stopping` به‌تنهایی در {early} می‌ایستد و همراه با `max_iter` برابر {limit} در "
        .. "{n_iter}.",
    },
    why = {
      [claim.yes] = { en = "The earlier rule decides.", fa = "شرط زودتر تعیین می‌کند." },
      [claim.no] = { en = "It is not the earlier of the two.", fa = "زودترینِ آن دو نیست." },
    },
  },
}

--- Of the rules that keep the most accurate weights, the one that stops first. Runs without a rule
--- of their own are no choice.
function study.choose(s)
  local list = s:where(function(one) return one.x ~= "none" and one.x ~= "combined" end)
  if #list == 0 then return nil end
  local setting = list:choose "n_iter"
  return { name = "rule", value = setting.x, setting = setting, prefer = "n_iter", among = list,
    given = by_id[setting.x].given, shown = "`" .. by_id[setting.x].shown .. "`" }
end

return require "common.run_alone"(study, ...)
