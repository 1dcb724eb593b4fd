--- Section 4: which activation function?
---
---     mah scripts/studies/activations.lua --preset quick --lang en
local charts = require "common.charts"
local claim = require "common.claim"
local fit = require "common.fit"
local ratings = require "common.ratings"
local results_table = require "common.results_table"

local study = {
  id = "activations", number = 4, x = "activation",
  title = { en = "Activation functions", fa = "توابع فعال‌سازی" },
  question = {
    en = "What does the function between the layers change?",
    fa = "تابع میان لایه‌ها چه چیزی را تغییر می‌دهد؟",
  },
  setup = {
    en = "identity `f(x) = x`; relu `max(0, x)`; logistic `1 / (1 + exp(-x))`; tanh `(1 - "
      .. "exp(-2x)) / (1 + exp(-2x))`. One hidden layer of 100 units, SGD with Nesterov momentum "
      .. "0.9 at learning rate 0.1, batches of 200.",
    fa = "همانی `f(x) = x`؛ relu `max(0, x)`؛ لجستیک `1 / (1 + exp(-x))`؛ tanh `(1 - exp(-2x)) / "
      .. "(1 + exp(-2x))`. یک لایهٔ مخفی با ۱۰۰ نورون، SGD با تکانهٔ نستروف ۰٫۹ و نرخ یادگیری ۰٫۱، "
      .. "دسته‌های ۲۰۰تایی.",
  },
}

-- -- What is tried --------------------------------------------------------------------------------

function study.values() return { "identity", "relu", "logistic", "tanh" } end

function study.trial(p, data)
  return (fit(p, data, {
    hidden_layer_sizes = { 100 }, activation = p.activation, solver = "sgd",
    learning_rate_init = 0.1,
  }))
end

-- -- What is shown --------------------------------------------------------------------------------

local claimed = {
  identity = { "mid", "mid", "mid" }, logistic = { "high", "high", "high" },
  tanh = { "high", "high", "low" }, relu = { "high", "high", "mid" },
}

function study.show(page, s, report)
  local what = { en = "activation", fa = "تابع فعال‌سازی" }
  charts.bar_figures(page, s, report, { number = 6, name = "activations", captions = {
    train = { en = "Train accuracy by activation.", fa = "دقت آموزش هر تابع فعال‌سازی." },
    test = { en = "Test accuracy by activation.", fa = "دقت آزمون هر تابع فعال‌سازی." },
    iterations = { en = "Iterations by activation, and the time they took.",
      fa = "تعداد تکرار هر تابع فعال‌سازی و زمان آن." },
  } })
  ratings.table(page, s, report,
    { number = 2, title = study.title, what = what, claimed = claimed })
  results_table.add(page, s, report, what)
end

-- -- What is claimed ------------------------------------------------------------------------------

study.claims = {
  ratings.claim("identity", "identity", claimed.identity),
  ratings.claim("logistic", "logistic", claimed.logistic),
  ratings.claim("tanh", "tanh", claimed.tanh),
  ratings.claim("relu", "relu", claimed.relu),
  {
    id = "pick",
    text = { en = "tanh is the activation to choose.", fa = "tanh تابعی است که باید برگزید." },
    rule = {
      en = "reproduced if no other activation is more accurate on the test images by more than "
        .. "0.002 and two standard errors, and tanh needs the fewest iterations of those within "
        .. "0.01 of the best; not reproduced if another is more accurate; else depends",
      fa = "بازتولید: هیچ تابعی روی تصویرهای آزمون بیش از ۰٫۰۰۲ و دو خطای معیار دقیق‌تر نباشد و "
        .. "tanh در میان آن‌هایی که تا ۰٫۰۱ بهترین‌اند کمترین تکرار را بخواهد؛ بازتولید نشده: یکی "
        .. "دقیق‌تر باشد؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local tanh, best = s:at "tanh", s:best "test"
      if not tanh then return nil end
      local quickest = s:where(function(one)
        return one.test.mean >= best.test.mean - 0.01
      end):least "n_iter"
      local values = { tanh = tanh.test, best = best.test, name = best.x,
        n_iter = tanh.n_iter, quickest = quickest.x, fewest = quickest.n_iter }
      if claim.compare(best.test, tanh.test, 0.002) == "more" then return claim.no, values end
      return quickest == tanh and claim.yes or claim.depends, values
    end,
    measured = {
      en = "Test accuracy of tanh {tanh:4}, best {name} with {best:4}.",
      fa = "دقت آزمون tanh برابر {tanh:4} و بهترین {name} با {best:4}.",
    },
    why = {
      en = "tanh needs {n_iter:1} iterations; of the accurate ones {quickest} needs the fewest, "
        .. "{fewest:1}.",
      fa = "tanh به {n_iter:1} تکرار نیاز دارد؛ در میان دقیق‌ترها {quickest} کمترین را می‌خواهد، "
        .. "{fewest:1}.",
    },
  },
}

--- Of the activations that are as good as the best, the one with the fewest iterations.
function study.choose(s)
  local setting = s:choose "n_iter"
  return { name = "activation", value = setting.x, setting = setting, prefer = "n_iter" }
end

return require "common.run_alone"(study, ...)
