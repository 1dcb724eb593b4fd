--- Section 2: how many neurons in a layer?
---
---     mah scripts/studies/neurons.lua --preset quick --lang en
local charts = require "common.charts"
local claim = require "common.claim"
local fit = require "common.fit"
local results_table = require "common.results_table"

local RATE = 0.1

local study = {
  id = "neurons", number = 2, x = "neurons",
  title = { en = "Neurons per layer", fa = "تعداد نورون‌های هر لایه" },
  question = {
    en = "How many neurons does a hidden layer need?",
    fa = "یک لایهٔ مخفی به چند نورون نیاز دارد؟",
  },
  setup = {
    en = "One hidden layer of tanh units, SGD with Nesterov momentum 0.9 at learning rate {rate}, "
      .. "batches of 200.",
    fa = "یک لایهٔ مخفی tanh، بهینه‌ساز SGD با تکانهٔ نستروف ۰٫۹ و نرخ یادگیری {rate}، دسته‌های "
      .. "۲۰۰تایی.",
  },
}

function study.setup_values() return { rate = RATE } end

-- -- What is tried --------------------------------------------------------------------------------

function study.values(preset)
  if preset == "smoke" then return { 5, 20, 50, 100 } end
  return { 5, 10, 20, 25, 30, 40, 50, 60, 80, 100 }
end

function study.trial(p, data)
  return (fit(p, data, {
    hidden_layer_sizes = { p.neurons }, activation = "tanh", solver = "sgd",
    learning_rate_init = RATE,
  }))
end

-- -- What is shown --------------------------------------------------------------------------------

local x_label = { en = "neurons per layer", fa = "تعداد نورون‌های هر لایه" }

function study.show(page, s, report)
  charts.accuracy_and_effort(page, s, report, { number = 2, name = "figure_02_neurons",
    x_label = x_label })
  results_table.add(page, s, report, x_label)
end

-- -- What is claimed ------------------------------------------------------------------------------

local NEAR_ONE = 0.95

study.claims = {
  {
    id = "near-one",
    text = {
      en = "Train and test accuracy are near 1 throughout.",
      fa = "دقت آموزش و آزمون همه‌جا نزدیک ۱ است.",
    },
    rule = {
      en = "near 1 is 0.95 or more; reproduced if train and test are so for every number of "
        .. "neurons, not reproduced if for none, else depends",
      fa = "نزدیک ۱ یعنی دست‌کم ۰٫۹۵؛ بازتولید: آموزش و آزمون برای همهٔ تعدادها چنین باشند؛ "
        .. "بازتولید نشده: برای هیچ‌کدام؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local near = s:where(function(one)
        return one.train.mean >= NEAR_ONE and one.test.mean >= NEAR_ONE
      end)
      local verdict = #near == #s and claim.yes or #near == 0 and claim.no or claim.depends
      return verdict, { count = #near, all = #s,
        low_train = s:least("train").train, high_train = s:best("train").train,
        low_test = s:least("test").test, high_test = s:best("test").test }
    end,
    measured = {
      en = "Train accuracy {low_train:4} to {high_train:4}, test accuracy {low_test:4} to "
        .. "{high_test:4}.",
      fa = "دقت آموزش از {low_train:4} تا {high_train:4} و دقت آزمون از {low_test:4} تا "
        .. "{high_test:4}.",
    },
    why = {
      en = "Both are near 1 for {count} of the {all} numbers of neurons.",
      fa = "هر دو برای {count} تا از {all} تعداد نورون نزدیک ۱ است.",
    },
  },
  {
    id = "fewest-iterations",
    text = {
      en = "About 50 neurons need the fewest iterations.",
      fa = "حدود ۵۰ نورون کمترین تکرار را می‌خواهد.",
    },
    rule = {
      en = "reproduced if the fewest iterations are at 40 to 60 neurons; depends if those differ "
        .. "from the fewest by no more than two standard errors; else not reproduced",
      fa = "بازتولید: کمترین تکرار در ۴۰ تا ۶۰ نورون باشد؛ بستگی دارد: اختلاف آن با کمترین از دو "
        .. "خطای معیار بیشتر نباشد؛ وگرنه بازتولید نشده",
    },
    decide = function(s)
      local least, claimed = s:least "n_iter", s:between(40, 60):least "n_iter"
      if not claimed then return nil end
      local values = { place = least.x, least = least.n_iter, claimed = claimed.n_iter,
        at = claimed.x, difference = claimed.n_iter.mean - least.n_iter.mean }
      if least.x >= 40 and least.x <= 60 then return claim.yes, values end
      local order = claim.compare(claimed.n_iter, least.n_iter)
      return order == "same" and claim.depends or claim.no, values
    end,
    measured = {
      en = "Fewest: {least:1} iterations with {place} neurons; {claimed:1} with {at}.",
      fa = "کمترین: {least:1} تکرار با {place} نورون؛ {claimed:1} تکرار با {at} نورون.",
    },
    why = {
      en = "About 50 neurons need {difference:1} iterations more than the fewest.",
      fa = "حدود ۵۰ نورون {difference:1} تکرار بیش از کمترین می‌خواهد.",
    },
  },
  {
    id = "best",
    text = {
      en = "20 to 30 neurons are the best choice.",
      fa = "۲۰ تا ۳۰ نورون بهترین انتخاب است.",
    },
    rule = {
      en = "reproduced if the test accuracy of 20 to 30 neurons is within 0.005 of the best, "
        .. "depends within 0.01, else not reproduced",
      fa = "بازتولید: دقت آزمون ۲۰ تا ۳۰ نورون تا ۰٫۰۰۵ بهترین باشد؛ بستگی دارد: تا ۰٫۰۱؛ وگرنه "
        .. "بازتولید نشده",
    },
    decide = function(s)
      local best, claimed = s:best "test", s:between(20, 30):best "test"
      if not claimed then return nil end
      local gap = best.test.mean - claimed.test.mean
      return gap <= 0.005 and claim.yes or gap <= 0.01 and claim.depends or claim.no,
        { best = best.test, place = best.x, claimed = claimed.test, at = claimed.x,
          gap = gap }
    end,
    measured = {
      en = "Test accuracy {claimed:4} with {at} neurons, best {best:4} with {place}.",
      fa = "دقت آزمون {claimed:4} با {at} نورون و بهترین {best:4} با {place} نورون.",
    },
    why = { en = "The difference is {gap:4}.", fa = "اختلاف {gap:4} است." },
  },
}

--- The fewest neurons that are as good as the best.
function study.choose(s)
  local setting = s:choose()
  return { name = "neurons", value = setting.x, setting = setting }
end

return require "common.run_alone"(study, ...)
