--- Section 8: what does dropout do?
---
---     mah scripts/studies/dropout.lua --preset quick --lang en
local charts = require "common.charts"
local claim = require "common.claim"
local fit = require "common.fit"
local labels = require "common.labels"
local mah = require "mah"
local results_table = require "common.results_table"

local UNITS, SILENCED, MASKS = 100, 0.3, 5

local study = {
  id = "dropout", number = 8, x = "dropout",
  title = { en = "Dropout", fa = "تأثیر dropout" },
  question = {
    en = "Does leaving out hidden units at random in training make the network more general?",
    fa = "آیا کنار گذاشتن تصادفی نورون‌های مخفی هنگام آموزش، شبکه را عمومی‌تر می‌کند؟",
  },
  setup = {
    en = "One hidden layer of {units} relu units, each of which is left out of a training step "
      .. "with the given probability; SGD with Nesterov momentum 0.9 at learning rate 0.1, batches "
      .. "of 200.",
    fa = "یک لایهٔ مخفی با {units} نورون relu که هر کدام با احتمال داده‌شده از هر گام آموزش کنار "
      .. "گذاشته می‌شود؛ SGD با تکانهٔ نستروف ۰٫۹ و نرخ یادگیری ۰٫۱، دسته‌های ۲۰۰تایی.",
  },
}

function study.setup_values() return { units = UNITS } end

-- -- What is tried --------------------------------------------------------------------------------

function study.values(preset)
  if preset == "smoke" then return { 0, 0.4, 0.8 } end
  return { 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8 }
end

--- Test accuracy when a share of the hidden units is silent, over a few random choices of them:
--- does the network rely on single features?
local function accuracy_without(classifier, test, share, seed)
  local hidden = classifier:activations(test.x)[1]
  local weight, bias = classifier.coefs_[2], classifier.intercepts_[2]
  local rng, sum = mah.rng(seed), 0
  for _ = 1, MASKS do
    local order = rng:permutation(UNITS)
    local mask = mah.ones(UNITS)
    for i = 1, math.floor(share * UNITS + 0.5) do mask[order[i]] = 0 end
    local scores = (hidden * mask):matmul(weight) + bias
    sum = sum + mah.metrics.accuracy(test.y, scores:argmax(2) - 1)
  end
  return sum / MASKS
end

function study.trial(p, data)
  local result, classifier, sets = fit(p, data, {
    hidden_layer_sizes = { UNITS }, activation = "relu", solver = "sgd", learning_rate_init = 0.1,
    dropout = p.dropout,
  })
  result.gap = result.train - result.test
  result.silenced = accuracy_without(classifier, sets.test, SILENCED, p.seed)
  result.drop = result.test - result.silenced
  return result
end

-- -- What is shown --------------------------------------------------------------------------------

local x_label = { en = "dropout rate", fa = "نرخ dropout" }

function study.show(page, s, report)
  local function accuracy(measure, y_label, name)
    return charts.lines(report, s, { measures = { measure }, x_label = x_label, y_label = y_label,
      y_format = "percent", names = name and { [measure] = name } })
  end
  page:row(function(row)
    row:figure { number = 11, name = "figure_11_dropout_train",
      caption = { en = "Train accuracy by dropout rate.", fa = "دقت آموزش بر حسب نرخ dropout." },
      parts = { accuracy("train", labels.train_accuracy) } }
    row:figure { number = 12, name = "figure_12_dropout_test",
      caption = { en = "Test accuracy by dropout rate.", fa = "دقت آزمون بر حسب نرخ dropout." },
      parts = { accuracy("test", labels.test_accuracy) } }
  end)
  page:row(function(row)
    row:figure { name = "dropout_silenced", values = { share = SILENCED },
      caption = {
        en = "What is left of the test accuracy when {share:%0} of the hidden units are silent.",
        fa = "آنچه از دقت آزمون می‌ماند وقتی {share:%0} نورون‌های مخفی خاموش‌اند.",
      },
      parts = { accuracy("silenced",
        { en = "accuracy, units silent", fa = "دقت با نورون‌های خاموش" },
        { en = "test, units silent", fa = "آزمون، با نورون‌های خاموش" }) } }
    row:figure { number = 13, name = "figure_13_dropout_iterations",
      caption = { en = "Iterations by dropout rate, and the time they took.",
        fa = "تعداد تکرار بر حسب نرخ dropout و زمان آن." },
      parts = { charts.effort(report, s, { x_label = x_label }) } }
  end)
  local language = report.language
  results_table.add(page, s, report, x_label, {
    { head = { en = "train − test", fa = "آموزش − آزمون" },
      cell = function(one) return results_table.spread(language, one.gap, 4) end },
    { head = { en = "units silent", fa = "نورون‌های خاموش" },
      cell = function(one) return results_table.spread(language, one.silenced, 4) end },
  })
end

-- -- What is claimed ------------------------------------------------------------------------------

--- The setting without dropout and the best one with it, by test accuracy.
local function with_and_without(s)
  return s:at(0), s:where(function(one) return one.x > 0 end):best "test"
end

local verdicts = { more = claim.yes, less = claim.no, same = claim.depends }
local opposite = { more = claim.no, less = claim.yes, same = claim.depends }

study.claims = {
  {
    id = "overfitting",
    text = { en = "Dropout reduces overfitting.", fa = "dropout بیش‌برازش را کم می‌کند." },
    rule = {
      en = "reproduced if the gap between train and test accuracy is smaller with the best dropout "
        .. "rate than without dropout, by two standard errors and 0.002; not reproduced if larger; "
        .. "else depends",
      fa = "بازتولید: فاصلهٔ دقت آموزش و آزمون با بهترین نرخ dropout بیش از دو خطای معیار و ۰٫۰۰۲ "
        .. "کمتر از حالت بی dropout باشد؛ بازتولید نشده: بیشتر باشد؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local without, with = with_and_without(s)
      if not without or not with then return nil end
      local order, difference = claim.compare(without.gap, with.gap, 0.002)
      return verdicts[order], { without = without.gap, with = with.gap, rate = with.x,
        difference = difference }
    end,
    measured = {
      en = "Train minus test accuracy: {without:4} without dropout, {with:4} at rate {rate}.",
      fa = "دقت آموزش منهای آزمون: {without:4} بی dropout و {with:4} با نرخ {rate}.",
    },
    why = {
      en = "The gap without dropout minus the gap with it is {difference:+4}.",
      fa = "فاصلهٔ بی dropout منهای فاصلهٔ با آن {difference:+4} است.",
    },
  },
  {
    id = "general",
    text = {
      en = "A network with dropout is more general.",
      fa = "شبکه با dropout عمومی‌تر است.",
    },
    rule = {
      en = "reproduced if test accuracy at the best rate above 0 is higher than without dropout by "
        .. "two standard errors and 0.001, not reproduced if lower, else depends",
      fa = "بازتولید: دقت آزمون با بهترین نرخ بالای صفر بیش از دو خطای معیار و ۰٫۰۰۱ بالاتر از "
        .. "حالت بی dropout باشد؛ بازتولید نشده: پایین‌تر باشد؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local without, with = with_and_without(s)
      if not without or not with then return nil end
      local order, difference = claim.compare(with.test, without.test, 0.001)
      return verdicts[order], { without = without.test, with = with.test, rate = with.x,
        difference = difference }
    end,
    measured = {
      en = "Test accuracy {without:4} without dropout, {with:4} at rate {rate}.",
      fa = "دقت آزمون {without:4} بی dropout و {with:4} با نرخ {rate}.",
    },
    why = { en = "The difference is {difference:+4}.", fa = "اختلاف {difference:+4} است." },
  },
  {
    id = "features",
    text = {
      en = "A network with dropout relies less on single features.",
      fa = "شبکه با dropout کمتر به ویژگی‌های تکی تکیه می‌کند.",
    },
    rule = {
      en = "30 % of the hidden units are silenced at random; reproduced if this costs less test "
        .. "accuracy with the best dropout rate than without dropout, by two standard errors; not "
        .. "reproduced if more; else depends",
      fa = "۳۰٪ نورون‌های مخفی به تصادف خاموش می‌شوند؛ بازتولید: این کار با بهترین نرخ dropout بیش "
        .. "از دو خطای معیار کمتر از حالت بی dropout از دقت آزمون بکاهد؛ بازتولید نشده: بیشتر "
        .. "بکاهد؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local without, with = with_and_without(s)
      if not without or not with then return nil end
      local order, difference = claim.compare(with.drop, without.drop)
      return opposite[order], { without = without.drop, with = with.drop, rate = with.x,
        difference = difference }
    end,
    measured = {
      en = "It costs {without:4} of accuracy without dropout and {with:4} at rate {rate}.",
      fa = "بی dropout دقت {without:4} و با نرخ {rate} به اندازهٔ {with:4} کم می‌شود.",
    },
    why = {
      en = "The cost with dropout minus the cost without it is {difference:+4}.",
      fa = "کاهش با dropout منهای کاهش بی آن {difference:+4} است.",
    },
  },
}

--- The smallest rate that is as good as the best.
function study.choose(s)
  local setting = s:choose()
  return { name = "dropout", value = setting.x, setting = setting }
end

return require "common.run_alone"(study, ...)
