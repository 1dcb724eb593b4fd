--- Section 5: which learning rate?
---
---     mah scripts/studies/learning_rate.lua --preset quick --lang en
local charts = require "common.charts"
local claim = require "common.claim"
local fit = require "common.fit"
local results_table = require "common.results_table"

local UNITS = 50

local study = {
  id = "learning_rate", number = 5, x = "learning_rate",
  title = { en = "Learning rate", fa = "نرخ یادگیری" },
  question = {
    en = "How large may a step be before training gets worse instead of faster?",
    fa = "گام تا کجا می‌تواند بزرگ باشد، پیش از آن که آموزش به‌جای سریع‌تر شدن بدتر شود؟",
  },
  setup = {
    en = "One hidden layer of {units} tanh units, SGD with Nesterov momentum 0.9, batches of 200; "
      .. "the learning rate stays constant (`learning_rate_init`).",
    fa = "یک لایهٔ مخفی با {units} نورون tanh، SGD با تکانهٔ نستروف ۰٫۹، دسته‌های ۲۰۰تایی؛ نرخ "
      .. "یادگیری ثابت می‌ماند (`learning_rate_init`).",
  },
}

function study.setup_values() return { units = UNITS } end

-- -- What is tried --------------------------------------------------------------------------------

function study.values(preset)
  if preset == "smoke" then return { 0.001, 0.11, 0.55, 1 } end
  return { 0.001, 0.003, 0.01, 0.03, 0.11, 0.2, 0.35, 0.55, 0.75, 1 }
end

function study.trial(p, data)
  return (fit(p, data, {
    hidden_layer_sizes = { UNITS }, activation = "tanh", solver = "sgd",
    learning_rate_init = p.learning_rate,
  }))
end

-- -- What is shown --------------------------------------------------------------------------------

local x_label = { en = "learning rate", fa = "نرخ یادگیری" }

function study.show(page, s, report)
  charts.accuracy_and_effort(page, s, report, { number = 9, name = "figure_09_learning_rate",
    x_label = x_label, log_x = true })
  results_table.add(page, s, report, x_label)
end

-- -- What is claimed ------------------------------------------------------------------------------

local function of(s, measure, low, high) return s:between(low, high):mean(measure) end

study.claims = {
  {
    id = "accurate-beyond",
    text = {
      en = "Past 0.55 accuracy is above 90 %.",
      fa = "پس از ۰٫۵۵ دقت بالای ۹۰٪ است.",
    },
    rule = {
      en = "reproduced if train and test accuracy are above 0.9 at every learning rate from 0.55 "
        .. "on, not reproduced if at none, else depends",
      fa = "بازتولید: دقت آموزش و آزمون در همهٔ نرخ‌های ۰٫۵۵ به بالا بیش از ۰٫۹ باشد؛ بازتولید "
        .. "نشده: در هیچ‌کدام؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local large = s:between(0.55, math.huge)
      if #large == 0 then return nil end
      local above = large:where(function(one)
        return one.train.mean > 0.9 and one.test.mean > 0.9
      end)
      local verdict = #above == #large and claim.yes or #above == 0 and claim.no or claim.depends
      return verdict, { above = #above, all = #large, train = large:least("train").train,
        test = large:least("test").test, at = large:least("test").x }
    end,
    measured = {
      en = "From 0.55 on the lowest train accuracy is {train:4} and the lowest test accuracy "
        .. "{test:4}, at {at}.",
      fa = "از ۰٫۵۵ به بالا کمترین دقت آموزش {train:4} و کمترین دقت آزمون {test:4} است، در {at}.",
    },
    why = {
      en = "Both are above 0.9 at {above} of {all} learning rates.",
      fa = "هر دو در {above} نرخ از {all} نرخ بالای ۰٫۹ است.",
    },
  },
  {
    id = "many-iterations",
    text = {
      en = "Past 0.55 iterations are very many.",
      fa = "پس از ۰٫۵۵ تعداد تکرار بسیار زیاد است.",
    },
    rule = {
      en = "reproduced if learning rates from 0.55 on need on average 1.5 times the iterations of "
        .. "0.1 to 0.2 or more, not reproduced if no more than those, else depends",
      fa = "بازتولید: نرخ‌های ۰٫۵۵ به بالا به طور میانگین دست‌کم ۱٫۵ برابر نرخ‌های ۰٫۱ تا ۰٫۲ "
        .. "تکرار بخواهند؛ بازتولید نشده: بیش از آن نخواهند؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      if #s:between(0.55, math.huge) == 0 or #s:between(0.1, 0.2) == 0 then return nil end
      local large, small = of(s, "n_iter", 0.55, math.huge), of(s, "n_iter", 0.1, 0.2)
      local ratio = large / small
      return ratio >= 1.5 and claim.yes or ratio <= 1 and claim.no or claim.depends,
        { large = large, small = small, ratio = ratio }
    end,
    measured = {
      en = "{large:1} iterations from 0.55 on and {small:1} at 0.1 to 0.2, on average.",
      fa = "به طور میانگین {large:1} تکرار از ۰٫۵۵ به بالا و {small:1} تکرار در ۰٫۱ تا ۰٫۲.",
    },
    why = { en = "That is {ratio:3} times as many.", fa = "یعنی {ratio:3} برابر." },
  },
  {
    id = "accurate-with-fewer",
    text = {
      en = "0.11 is accurate with fewer iterations.",
      fa = "۰٫۱۱ با تکرار کمتر دقیق است.",
    },
    rule = {
      en = "reproduced if the test accuracy at 0.11 is within 0.005 of the best and its iterations "
        .. "are below the average of 0.55 and beyond; not reproduced if neither; else depends",
      fa = "بازتولید: دقت آزمون در ۰٫۱۱ تا ۰٫۰۰۵ بهترین باشد و تکرارهایش کمتر از میانگین ۰٫۵۵ به "
        .. "بالا؛ بازتولید نشده: هیچ‌کدام؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local at, best = s:nearest(0.11), s:best "test"
      if #s:between(0.55, math.huge) == 0 then return nil end
      local large = of(s, "n_iter", 0.55, math.huge)
      local values = { test = at.test, n_iter = at.n_iter, best = best.test,
        place = best.x, large = large, gap = best.test.mean - at.test.mean }
      return claim.share(values.gap <= 0.005, at.n_iter.mean < large), values
    end,
    measured = {
      en = "At 0.11 test accuracy {test:4} in {n_iter:1} iterations; best {best:4} at {place}.",
      fa = "در ۰٫۱۱ دقت آزمون {test:4} با {n_iter:1} تکرار؛ بهترین {best:4} در {place}.",
    },
    why = {
      en = "It is {gap:4} below the best; from 0.55 on the average is {large:1} iterations.",
      fa = "{gap:4} پایین‌تر از بهترین است؛ میانگین ۰٫۵۵ به بالا {large:1} تکرار است.",
    },
  },
  {
    id = "best",
    text = { en = "0.1 to 0.2 is the best choice.", fa = "۰٫۱ تا ۰٫۲ بهترین انتخاب است." },
    rule = {
      en = "reproduced if the best test accuracy is at a learning rate of 0.1 to 0.2, depends if "
        .. "these come within 0.005 of it, else not reproduced",
      fa = "بازتولید: بهترین دقت آزمون در نرخ ۰٫۱ تا ۰٫۲ باشد؛ بستگی دارد: این نرخ‌ها تا ۰٫۰۰۵ آن "
        .. "برسند؛ وگرنه بازتولید نشده",
    },
    decide = function(s)
      local best, claimed = s:best "test", s:between(0.1, 0.2):best "test"
      if not claimed then return nil end
      local gap = best.test.mean - claimed.test.mean
      local values = { best = best.test, place = best.x, claimed = claimed.test, gap = gap }
      return best == claimed and claim.yes or gap <= 0.005 and claim.depends or claim.no, values
    end,
    measured = {
      en = "Best test accuracy {best:4} at {place}; 0.1 to 0.2 reach {claimed:4}.",
      fa = "بهترین دقت آزمون {best:4} در {place}؛ ۰٫۱ تا ۰٫۲ به {claimed:4} می‌رسند.",
    },
    why = { en = "The difference is {gap:4}.", fa = "اختلاف {gap:4} است." },
  },
}

--- Of the learning rates that are as good as the best, the one with the fewest iterations.
function study.choose(s)
  local setting = s:choose "n_iter"
  return { name = "learning_rate", value = setting.x, setting = setting, prefer = "n_iter" }
end

return require "common.run_alone"(study, ...)
