--- Section 1: how many hidden layers?
---
---     mah scripts/studies/hidden_layers.lua --preset quick --lang en
local charts = require "common.charts"
local claim = require "common.claim"
local fit = require "common.fit"
local results_table = require "common.results_table"

local UNITS, RATE = 30, 0.1

local study = {
  id = "hidden_layers", number = 1, x = "hidden_layers",
  title = { en = "Number of hidden layers", fa = "تعداد لایه‌های مخفی" },
  question = {
    en = "How do accuracy and the number of iterations change with the number of hidden layers?",
    fa = "دقت و تعداد تکرار با تعداد لایه‌های مخفی چگونه تغییر می‌کنند؟",
  },
  setup = {
    en = "Layers of {units} tanh units, SGD with Nesterov momentum 0.9 at learning rate {rate}, "
      .. "batches of 200. Everything else is as in scikit-learn's `MLPClassifier`.",
    fa = "لایه‌هایی با {units} نورون tanh، بهینه‌ساز SGD با تکانهٔ نستروف ۰٫۹ و نرخ یادگیری "
      .. "{rate}، دسته‌های ۲۰۰تایی. بقیهٔ تنظیم‌ها مانند `MLPClassifier` در scikit-learn است.",
  },
}

function study.setup_values() return { units = UNITS, rate = RATE } end

-- -- What is tried --------------------------------------------------------------------------------

function study.values(preset)
  if preset == "smoke" then return { 1, 3, 20, 30 } end
  return { 1, 2, 3, 5, 10, 20, 30, 40, 50 }
end

local function layers(count, units)
  local sizes = {}
  for i = 1, count do sizes[i] = units end
  return sizes
end

function study.trial(p, data)
  return (fit(p, data, {
    hidden_layer_sizes = layers(p.hidden_layers, UNITS), activation = "tanh",
    solver = "sgd", learning_rate_init = RATE,
  }))
end

-- -- What is shown --------------------------------------------------------------------------------

local x_label = { en = "hidden layers", fa = "تعداد لایه‌های مخفی" }

function study.show(page, s, report)
  charts.accuracy_and_effort(page, s, report, { number = 1, name = "figure_01_hidden_layers",
    x_label = x_label })
  results_table.add(page, s, report, x_label)
end

-- -- What is claimed ------------------------------------------------------------------------------

--- Seconds of an iteration.
local function pace(setting) return setting.seconds.mean / setting.n_iter.mean end

study.claims = {
  {
    id = "saturates",
    text = {
      en = "Accuracy rises with the number of layers and saturates near 30.",
      fa = "دقت با افزایش لایه‌ها بالا می‌رود و نزدیک ۳۰ لایه اشباع می‌شود.",
    },
    rule = {
      en = "reproduced if at 30 layers test accuracy is above that of 1 layer and no fewer layers "
        .. "come within 0.01 of it; not reproduced if it is below that of 1 layer; else depends",
      fa = "بازتولید: دقت آزمون در ۳۰ لایه بالاتر از ۱ لایه باشد و هیچ شبکهٔ کم‌لایه‌تری به ۰٫۰۱ "
        .. "آن نرسد؛ بازتولید نشده: پایین‌تر از ۱ لایه باشد؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local one, thirty, best = s:nearest(1), s:nearest(30), s:best "test"
      local values = { one = one.test, thirty = thirty.test, best = best.test,
        place = best.x, loss = one.test.mean - thirty.test.mean }
      local order = claim.compare(thirty.test, one.test)
      if order == "less" then return claim.no, values end
      local rivals = s:where(function(other)
        return other.x < 20 and other.test.mean > thirty.test.mean - 0.01
      end)
      return order == "more" and #rivals == 0 and claim.yes or claim.depends, values
    end,
    measured = {
      en = "Test accuracy {one:4} with 1 layer, {thirty:4} with 30, best {best:4} with {place}.",
      fa = "دقت آزمون {one:4} با ۱ لایه، {thirty:4} با ۳۰ لایه و بهترین {best:4} با {place} لایه.",
    },
    why = {
      [claim.yes] = {
        en = "Depth keeps paying up to about 30 layers.",
        fa = "عمق تا حدود ۳۰ لایه سودمند است.",
      },
      [claim.no] = {
        en = "Thirty layers do worse than a single one, by {loss:4}.",
        fa = "سی لایه از یک لایه بدتر است، به اندازهٔ {loss:4}.",
      },
      [claim.depends] = {
        en = "Thirty layers are no worse than one, but fewer do as well.",
        fa = "سی لایه از یک لایه بدتر نیست، ولی لایه‌های کمتر هم به همان خوبی‌اند.",
      },
    },
  },
  {
    id = "iterations",
    text = {
      en = "Iterations fall past about 20 layers.",
      fa = "تعداد تکرار پس از حدود ۲۰ لایه کم می‌شود.",
    },
    rule = {
      en = "reproduced if networks of more than 20 layers need fewer iterations on average than "
        .. "shallower ones and their test accuracy is within 0.01 of the best; depends if they "
        .. "need fewer but are less accurate; else not reproduced",
      fa = "بازتولید: شبکه‌های بیش از ۲۰ لایه به طور میانگین تکرار کمتری بخواهند و دقت آزمونشان تا "
        .. "۰٫۰۱ بهترین باشد؛ بستگی دارد: کمتر بخواهند ولی کم‌دقت‌تر باشند؛ وگرنه بازتولید نشده",
    },
    decide = function(s)
      local deep, shallow = s:between(21, math.huge), s:between(1, 20)
      if #deep == 0 or #shallow == 0 then return nil end
      local values = { deep = deep:mean "n_iter", shallow = shallow:mean "n_iter",
        test = deep:mean "test", best = s:best("test").test.mean }
      values.gap = values.best - values.test
      if values.deep >= values.shallow then return claim.no, values end
      return values.test >= values.best - 0.01 and claim.yes or claim.depends, values
    end,
    measured = {
      en = "{deep:1} iterations beyond 20 layers and {shallow:1} up to 20, on average; test "
        .. "accuracy beyond 20 layers {test:4}, best of all {best:4}.",
      fa = "به طور میانگین {deep:1} تکرار پس از ۲۰ لایه و {shallow:1} تکرار تا ۲۰ لایه؛ دقت آزمون "
        .. "پس از ۲۰ لایه {test:4} و بهترین دقت {best:4}.",
    },
    why = {
      [claim.yes] = { en = "Deep networks converge in fewer passes.",
        fa = "شبکه‌های عمیق با تکرار کمتر همگرا می‌شوند." },
      [claim.no] = { en = "Deep networks need as many passes or more.",
        fa = "شبکه‌های عمیق به همان تعداد تکرار یا بیشتر نیاز دارند." },
      [claim.depends] = {
        en = "They stop earlier, but {gap:4} below the best accuracy: they have not learned as "
          .. "much.",
        fa = "زودتر می‌ایستند، ولی {gap:4} پایین‌تر از بهترین دقت: به همان اندازه نیاموخته‌اند.",
      },
    },
  },
  {
    id = "best",
    text = { en = "30 to 50 layers are best.", fa = "۳۰ تا ۵۰ لایه بهترین است." },
    rule = {
      en = "reproduced if the most accurate number of layers on the test images is 30 to 50; "
        .. "depends if one of these is within 0.005 of it; else not reproduced",
      fa = "بازتولید: دقیق‌ترین تعداد لایه روی تصویرهای آزمون بین ۳۰ و ۵۰ باشد؛ بستگی دارد: یکی از "
        .. "این‌ها تا ۰٫۰۰۵ آن باشد؛ وگرنه بازتولید نشده",
    },
    decide = function(s)
      local best, claimed = s:best "test", s:between(30, 50):best "test"
      if not claimed then return nil end
      local values = { place = best.x, best = best.test, claimed = claimed.test,
        gap = best.test.mean - claimed.test.mean }
      if best.x >= 30 then return claim.yes, values end
      return values.gap <= 0.005 and claim.depends or claim.no, values
    end,
    measured = {
      en = "Best: {place} layers with {best:4}; the best of 30 to 50 layers reach {claimed:4}.",
      fa = "بهترین: {place} لایه با {best:4}؛ بهترینِ ۳۰ تا ۵۰ لایه به {claimed:4} می‌رسد.",
    },
    why = { en = "The difference is {gap:4}.", fa = "اختلاف {gap:4} است." },
  },
  {
    id = "cost", timed = true,
    text = {
      en = "A deeper network costs more per iteration.",
      fa = "هر تکرار در شبکهٔ عمیق‌تر هزینهٔ بیشتری دارد.",
    },
    rule = {
      en = "reproduced if an iteration of the deepest network takes more than 1.2 times as long as "
        .. "one of the shallowest; not reproduced if it is faster; else depends",
      fa = "بازتولید: یک تکرار عمیق‌ترین شبکه بیش از ۱٫۲ برابر کم‌عمق‌ترین زمان ببرد؛ بازتولید "
        .. "نشده: سریع‌تر باشد؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local first, last = s[1], s[#s]
      local values = { shallow = 1000 * pace(first), deep = 1000 * pace(last), first = first.x,
        last = last.x, ratio = pace(last) / pace(first) }
      return values.ratio > 1.2 and claim.yes or values.ratio < 1 and claim.no or claim.depends,
        values
    end,
    measured = {
      en = "An iteration takes {shallow:1} ms with {first} layer and {deep:1} ms with {last}.",
      fa = "هر تکرار با {first} لایه {shallow:1} و با {last} لایه {deep:1} میلی‌ثانیه زمان می‌برد.",
    },
    why = { en = "That is {ratio:1} times as long.", fa = "یعنی {ratio:1} برابر." },
  },
}

--- The fewest layers that are as good as the best.
function study.choose(s)
  local setting = s:choose()
  return { name = "hidden_layers", value = setting.x, setting = setting }
end

return require "common.run_alone"(study, ...)
