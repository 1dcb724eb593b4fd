--- Section 1, Mah's own part: hidden layers with residual connections and normalisation. The
--- networks of section 1 with 20 and more layers do not learn; are these better?
---
---     mah scripts/studies/residual_layers.lua --preset quick --lang en
local charts = require "common.charts"
local claim = require "common.claim"
local fit = require "common.fit"
local labels = require "common.labels"
local plain = require "hidden_layers"
local results_table = require "common.results_table"

local UNITS, RATE, MIDDLE = 30, 0.1, 30

local study = {
  id = "residual_layers", number = 1.1, own = true, x = "hidden_layers",
  beside = { "hidden_layers" },
  title = {
    en = "Residual and normalised layers (Mah's own)",
    fa = "لایه‌های باقی‌مانده و نرمال‌شده (از خودِ Mah)",
  },
  question = {
    en = "Do deep networks learn when each layer is normalised and added to what came before it? "
      .. "And are 30 to 50 layers best then?",
    fa = "اگر هر لایه نرمال شود و به آنچه پیش از آن آمده افزوده شود، شبکه‌های عمیق می‌آموزند؟ و "
      .. "آیا آن‌گاه ۳۰ تا ۵۰ لایه بهترین است؟",
  },
  setup = {
    en = "Everything is as in section 1, but for the layers: `h + tanh(BN(Wh + b))` where those "
      .. "are `tanh(Wh + b)`. BN is batch normalisation (Ioffe and Szegedy, 2015), the sum a "
      .. "residual connection (He et al., 2016); the first layer, which has other inputs than "
      .. "outputs, has none. With {middle} layers each of the two is tried alone, too. Seeds: "
      .. "{seeds}.",
    fa = "همه چیز مانند بخش ۱ است، جز لایه‌ها: `h + tanh(BN(Wh + b))` به جای `tanh(Wh + b)`. "
      .. "BN نرمال‌سازی دسته‌ای است (Ioffe و Szegedy، ۲۰۱۵) و جمع، اتصال باقی‌مانده (He و همکاران، "
      .. "۲۰۱۶)؛ لایهٔ نخست که تعداد ورودی و خروجی‌اش یکی نیست این اتصال را ندارد. با {middle} "
      .. "لایه هر یک از این دو به‌تنهایی نیز آزموده می‌شود. دانه‌ها: {seeds}.",
  },
}

--- The steps of deep networks take long: two seeds leave the preset `quick` quick.
local function seeds_of(preset, settings)
  if preset ~= "quick" then return settings.seeds end
  return { settings.seeds[1], settings.seeds[2] }
end

function study.setup_values(settings, _, report)
  return { middle = MIDDLE, seeds = seeds_of(report.preset, settings) }
end

-- -- What is tried --------------------------------------------------------------------------------

--- The depths of section 1 with both, and the middle one with each alone.
function study.values(preset)
  local list = {}
  for _, depth in ipairs(plain.values(preset)) do
    list[#list + 1] = { hidden_layers = depth, layers = "residual + norm" }
  end
  for _, one in ipairs { "residual", "norm" } do
    list[#list + 1] = { hidden_layers = MIDDLE, layers = one }
  end
  return list
end

function study.fixed(settings, report)
  return { seeds = seeds_of(report.preset, settings) }
end

function study.name_of(p) return ("hidden_layers=%d (%s)"):format(p.hidden_layers, p.layers) end

function study.trial(p, data)
  local sizes = {}
  for i = 1, p.hidden_layers do sizes[i] = UNITS end
  return (fit(p, data, {
    hidden_layer_sizes = sizes, activation = "tanh", solver = "sgd", learning_rate_init = RATE,
    residual = p.layers ~= "norm", norm = p.layers ~= "residual" and "batch" or nil,
  }))
end

--- The settings of one kind: "residual + norm", "residual", "norm", or nil: those of section 1.
local function kind(s, layers)
  return s:where(function(setting) return setting.params.layers == layers end)
end

local function both(s) return kind(s, "residual + norm") end

-- -- What is shown --------------------------------------------------------------------------------

local names = {
  both = { en = "residual + normalised", fa = "باقی‌مانده + نرمال" },
  plain = { en = "plain (section 1)", fa = "ساده (بخش ۱)" },
  residual = { en = "residual only", fa = "فقط باقی‌مانده" },
  norm = { en = "normalised only", fa = "فقط نرمال" },
}
local x_label = { en = "hidden layers", fa = "تعداد لایه‌های مخفی" }

--- Test accuracy of all kinds by depth.
local function test_chart(s, report)
  local list = {}
  local function add(settings, name, color)
    if #settings == 0 then return end
    list[#list + 1] = { name = report.language:pick(names[name]), x = settings:column "x",
      y = settings:column "test", spread = settings:column("test", "sd"), marker = true,
      color = color }
  end
  add(both(s), "both", 1)
  add(kind(s, nil), "plain", 2)
  add(kind(s, "residual"), "residual", 3)
  add(kind(s, "norm"), "norm", 4)
  return charts.curves(report, list, { x_label = x_label, y_label = labels.test_accuracy,
    y_format = "percent" })
end

--- The table of this part's settings, and beside them section 1's accuracy with as many layers.
local function show_table(page, s, report)
  local own, without = s:where(function(one) return one.params.layers end), kind(s, nil)
  for _, setting in ipairs(own) do
    local alone = names[setting.params.layers]
    setting.label = alone and {
      en = ("%d, %s"):format(setting.x, alone.en),
      fa = ("%s، %s"):format(report.language:number(setting.x), alone.fa),
    }
  end
  results_table.add(page, own, report, x_label, { {
    head = { en = "test, plain", fa = "آزمون، ساده" },
    cell = function(setting)
      local same = without:at(setting.x)
      return same and results_table.spread(report.language, same.test, 4) or { "–" }
    end,
  } })
end

function study.show(page, s, report)
  local parts = { test_chart(s, report) }
  if #both(s) > 0 then parts[2] = charts.effort(report, both(s), { x_label = x_label }) end
  page:figure { name = "residual_depths", parts = parts, caption = {
    en = "Test accuracy with and without residual connections and normalisation; iterations until "
      .. "the training with both stopped, and the time they took.",
    fa = "دقت آزمون با اتصال‌های باقی‌مانده و نرمال‌سازی و بدون آن‌ها؛ تعداد تکرار تا پایان آموزش "
      .. "با هر دو و زمان آن.",
  } }
  show_table(page, s, report)
end

-- -- What is claimed ------------------------------------------------------------------------------

--- The most accurate number of layers, the best of 30 to 50, and how far these are behind.
local function best_of(s)
  local best, claimed = s:best "test", s:between(30, 50):best "test"
  if not best or not claimed then return nil end
  return best, claimed, best.test.mean - claimed.test.mean
end

study.claims = {
  {
    id = "learn",
    text = {
      en = "With residual connections and normalisation, networks of 20 and more layers learn.",
      fa = "با اتصال‌های باقی‌مانده و نرمال‌سازی، شبکه‌های ۲۰ لایه و بیشتر می‌آموزند.",
    },
    rule = {
      en = "reproduced if the test accuracy of each of them is within 0.02 of the best of section "
        .. "1, not reproduced if none is, else depends",
      fa = "بازتولید: دقت آزمون هر یک از آن‌ها تا ۰٫۰۲ بهترین دقت بخش ۱ باشد؛ بازتولید نشده: "
        .. "هیچ‌کدام؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local deep, without = both(s):between(20, math.huge), kind(s, nil)
      local same = without:between(20, math.huge)
      if #deep == 0 or #same == 0 then return nil end
      local best, right = without:best "test", 0
      for _, setting in ipairs(deep) do
        right = right + (setting.test.mean >= best.test.mean - 0.02 and 1 or 0)
      end
      local verdict = right == #deep and claim.yes or right == 0 and claim.no or claim.depends
      return verdict, { worst = deep:least("test").test, plain = same:best("test").test,
        best = best.test, place = best.x, right = right, all = #deep }
    end,
    measured = {
      en = "Test accuracy from 20 layers on: at least {worst:4} with both, at most {plain:4} "
        .. "without.",
      fa = "دقت آزمون از ۲۰ لایه به بالا: با هر دو دست‌کم {worst:4} و بدون آن‌ها حداکثر {plain:4}.",
    },
    why = {
      en = "{right} of {all} come within 0.02 of the best of section 1, {best:4} with {place} "
        .. "layers.",
      fa = "از {all} شبکه {right} شبکه تا ۰٫۰۲ به بهترین دقت بخش ۱ نزدیک‌اند که {best:4} با "
        .. "{place} لایه است.",
    },
  },
  {
    id = "best",
    text = {
      en = "30 to 50 layers are best, when they learn.",
      fa = "۳۰ تا ۵۰ لایه بهترین است، اگر بیاموزند.",
    },
    rule = {
      en = "as in section 1, for the networks with both: reproduced if the most accurate number of "
        .. "layers on the test images is 30 to 50; depends if one of these is within 0.005 of it; "
        .. "else not reproduced",
      fa = "مانند بخش ۱، برای شبکه‌هایی که هر دو را دارند: بازتولید: دقیق‌ترین تعداد لایه روی "
        .. "تصویرهای آزمون بین ۳۰ و ۵۰ باشد؛ بستگی دارد: یکی از این‌ها تا ۰٫۰۰۵ آن باشد؛ وگرنه "
        .. "بازتولید نشده",
    },
    decide = function(s)
      local best, claimed, gap = best_of(both(s))
      local _, plain_claimed, plain_gap = best_of(kind(s, nil))
      if not best or not plain_claimed then return nil end
      return best.x >= 30 and claim.yes or gap <= 0.005 and claim.depends or claim.no,
        { place = best.x, best = best.test, claimed = claimed.test, gap = gap,
          plain = plain_claimed.test, plain_gap = plain_gap }
    end,
    measured = {
      en = "With both, {place} layers are best with {best:4}, and 30 to 50 reach {claimed:4}; "
        .. "without, these reach {plain:4}.",
      fa = "با هر دو، {place} لایه با {best:4} بهترین است و ۳۰ تا ۵۰ لایه به {claimed:4} می‌رسد؛ "
        .. "بدون آن‌ها به {plain:4}.",
    },
    why = {
      en = "They are {gap:4} behind the best with both, and {plain_gap:4} without.",
      fa = "فاصله‌شان از بهترین با هر دو {gap:4} و بدون آن‌ها {plain_gap:4} است.",
    },
  },
  {
    id = "either",
    text = {
      en = "Either of the two is enough for 30 layers.",
      fa = "برای ۳۰ لایه یکی از این دو کافی است.",
    },
    rule = {
      en = "reproduced if the test accuracy with either alone is within 0.02 of the best of "
        .. "section 1, not reproduced if that of neither is, else depends",
      fa = "بازتولید: دقت آزمون با هر یک به‌تنهایی تا ۰٫۰۲ بهترین دقت بخش ۱ باشد؛ بازتولید نشده: "
        .. "با هیچ‌کدام؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local residual, norm, together = kind(s, "residual")[1], kind(s, "norm")[1],
        both(s):at(MIDDLE)
      local best = kind(s, nil):best "test"
      if not residual or not norm or not together or not best then return nil end
      local enough = best.test.mean - 0.02
      return claim.share(residual.test.mean >= enough, norm.test.mean >= enough),
        { residual = residual.test, norm = norm.test, both = together.test,
          norm_iter = norm.n_iter.mean, both_iter = together.n_iter.mean }
    end,
    measured = {
      en = "Residual connections alone {residual:4}, normalisation alone {norm:4}, both {both:4}.",
      fa = "تنها اتصال‌های باقی‌مانده {residual:4}، تنها نرمال‌سازی {norm:4}، هر دو {both:4}.",
    },
    why = {
      en = "Normalisation alone takes {norm_iter:1} iterations, both {both_iter:1}.",
      fa = "تنها با نرمال‌سازی {norm_iter:1} تکرار لازم است و با هر دو {both_iter:1}.",
    },
  },
}

return require "common.run_alone"(study, ...)
