--- Section 9: how many images in a mini-batch?
---
---     mah scripts/studies/batch_size.lua --preset quick --lang en
local charts = require "common.charts"
local claim = require "common.claim"
local fit = require "common.fit"
local results_table = require "common.results_table"

local UNITS = 50
local KIB = 1024
local NARROW = 340 -- of charts of which three stand in a row

local study = {
  id = "batch_size", number = 9, x = "batch_size",
  title = { en = "Batch size", fa = "تأثیر batch_size" },
  question = {
    en = "How many images should each step look at, and what does that cost in memory?",
    fa = "هر گام باید به چند تصویر نگاه کند و این چه حافظه‌ای می‌خواهد؟",
  },
  setup = {
    en = "One hidden layer of {units} tanh units, SGD with Nesterov momentum 0.9 at learning rate "
      .. "0.1. Memory is what training has taken by the end of its first step: parameters, the "
      .. "solver's vectors, the work space of a mini-batch, and what it keeps of the images in a "
      .. "form of its own.",
    fa = "یک لایهٔ مخفی با {units} نورون tanh، SGD با تکانهٔ نستروف ۰٫۹ و نرخ یادگیری ۰٫۱. حافظه "
      .. "آن است که آموزش تا پایان نخستین گام گرفته است: پارامترها، بردارهای بهینه‌ساز، فضای کار "
      .. "یک دسته و آنچه از تصویرها به شکلی ویژهٔ خود نگه می‌دارد.",
  },
}

function study.setup_values() return { units = UNITS } end

-- -- What is tried --------------------------------------------------------------------------------

function study.values(preset)
  if preset == "smoke" then return { 50, 100, 250 } end
  return { 50, 100, 150, 200, 250, 300, 350, 400, 500, 700 }
end

function study.trial(p, data)
  return (fit(p, data, {
    hidden_layer_sizes = { UNITS }, activation = "tanh", solver = "sgd", learning_rate_init = 0.1,
    batch_size = p.batch_size,
  }, { memory = true }))
end

-- -- What is shown --------------------------------------------------------------------------------

local x_label = { en = "batch size", fa = "اندازهٔ دسته" }

function study.show(page, s, report)
  for _, setting in ipairs(s) do
    setting.kib = { mean = setting.memory.mean / KIB, sd = setting.memory.sd / KIB,
      n = setting.memory.n }
  end
  page:row(function(row)
    charts.accuracy_and_effort(row, s, report, { number = 14, name = "figure_14_batch_size",
      x_label = x_label, width = NARROW })
    row:figure {
      name = "batch_size_memory",
      caption = { en = "Memory that training holds, by batch size.",
        fa = "حافظه‌ای که آموزش نگه می‌دارد، بر حسب اندازهٔ دسته." },
      parts = { charts.lines(report, s, { measures = { "kib" }, x_label = x_label,
        names = { kib = { en = "memory", fa = "حافظه" } }, width = NARROW,
        y_label = { en = "memory (KiB)", fa = "حافظه (کیبی‌بایت)" } }) },
    }
  end)
  results_table.add(page, s, report, x_label, { {
    head = { en = "KiB", fa = "کیبی‌بایت" },
    cell = function(one) return { report.language:number(one.kib.mean, "0") } end,
  } })
end

-- -- What is claimed ------------------------------------------------------------------------------

study.claims = {
  {
    id = "accuracy",
    text = {
      en = "Batches of 250 to 350 raise accuracy.",
      fa = "دسته‌های ۲۵۰ تا ۳۵۰ دقت را بالا می‌برند.",
    },
    rule = {
      en = "reproduced if the best test accuracy is at 250 to 350 and beats the best of the "
        .. "smaller batches by two standard errors; not reproduced if a smaller batch beats those "
        .. "by as much; else depends",
      fa = "بازتولید: بهترین دقت آزمون در ۲۵۰ تا ۳۵۰ باشد و بیش از دو خطای معیار از بهترین دستهٔ "
        .. "کوچک‌تر بالاتر؛ بازتولید نشده: دستهٔ کوچک‌تری همین‌قدر بالاتر باشد؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local claimed, smaller = s:between(250, 350):best "test", s:between(1, 249):best "test"
      if not claimed or not smaller then return nil end
      local order = claim.compare(claimed.test, smaller.test)
      local values = { claimed = claimed.test, at = claimed.x, smaller = smaller.test,
        place = smaller.x, difference = claimed.test.mean - smaller.test.mean }
      if order == "less" then return claim.no, values end
      return order == "more" and s:best "test" == claimed and claim.yes or claim.depends, values
    end,
    measured = {
      en = "Test accuracy {claimed:4} with batches of {at}, {smaller:4} with {place}.",
      fa = "دقت آزمون {claimed:4} با دسته‌های {at}تایی و {smaller:4} با {place}تایی.",
    },
    why = { en = "The difference is {difference:+4}.", fa = "اختلاف {difference:+4} است." },
  },
  {
    id = "iterations",
    text = {
      en = "Batches of 250 to 350 lower the number of iterations.",
      fa = "دسته‌های ۲۵۰ تا ۳۵۰ تعداد تکرار را کم می‌کنند.",
    },
    rule = {
      en = "reproduced if batches of 250 to 350 need fewer iterations on average than smaller "
        .. "ones, not reproduced if more, by more than 5 % each; else depends",
      fa = "بازتولید: دسته‌های ۲۵۰ تا ۳۵۰ به طور میانگین بیش از ۵٪ کمتر از کوچک‌ترها تکرار "
        .. "بخواهند؛ بازتولید نشده: بیش از ۵٪ بیشتر؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local claimed, smaller = s:between(250, 350), s:between(1, 249)
      if #claimed == 0 or #smaller == 0 then return nil end
      local values = { claimed = claimed:mean "n_iter", smaller = smaller:mean "n_iter" }
      values.ratio = values.claimed / values.smaller
      return values.ratio < 0.95 and claim.yes or values.ratio > 1.05 and claim.no or claim.depends,
        values
    end,
    measured = {
      en = "{claimed:1} iterations with batches of 250 to 350, {smaller:1} with smaller ones, on "
        .. "average.",
      fa = "به طور میانگین {claimed:1} تکرار با دسته‌های ۲۵۰ تا ۳۵۰ و {smaller:1} تکرار با "
        .. "کوچک‌ترها.",
    },
    why = { en = "That is {ratio:3} times as many.", fa = "یعنی {ratio:3} برابر." },
  },
  {
    id = "memory",
    text = {
      en = "A larger batch needs less memory.",
      fa = "دستهٔ بزرگ‌تر حافظهٔ کمتری می‌خواهد.",
    },
    rule = {
      en = "reproduced if memory falls with every larger batch, not reproduced if it rises with "
        .. "every larger batch, else depends",
      fa = "بازتولید: حافظه با هر دستهٔ بزرگ‌تر کم شود؛ بازتولید نشده: با هر دستهٔ بزرگ‌تر زیاد "
        .. "شود؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local rises, falls = 0, 0
      for i = 2, #s do
        rises = rises + (s[i].memory.mean > s[i - 1].memory.mean and 1 or 0)
        falls = falls + (s[i].memory.mean < s[i - 1].memory.mean and 1 or 0)
      end
      local first, last = s[1], s[#s]
      local values = { first = first.x, last = last.x, little = first.memory.mean / KIB,
        much = last.memory.mean / KIB,
        each = (last.memory.mean - first.memory.mean) / (last.x - first.x) }
      if #s < 2 then return nil end
      return falls == #s - 1 and claim.yes or rises == #s - 1 and claim.no or claim.depends, values
    end,
    measured = {
      en = "{little:0} KiB with batches of {first}, {much:0} KiB with {last}.",
      fa = "{little:0} کیبی‌بایت با دسته‌های {first}تایی و {much:0} کیبی‌بایت با {last}تایی.",
    },
    why = {
      en = "Each image more in a batch takes {each:0} bytes more.",
      fa = "هر تصویر بیشتر در دسته {each:0} بایت بیشتر می‌گیرد.",
    },
  },
}

--- Of the sizes that are as good as the best, the one with the fewest iterations.
function study.choose(s)
  local setting = s:choose "n_iter"
  return { name = "batch_size", value = setting.x, setting = setting, prefer = "n_iter" }
end

return require "common.run_alone"(study, ...)
