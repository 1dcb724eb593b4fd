--- Section 6: overfitting and underfitting, shown by three models.
---
---     mah scripts/studies/fitting.lua --preset quick --lang en
local charts = require "common.charts"
local claim = require "common.claim"
local fit = require "common.fit"
local labels = require "common.labels"
local mah = require "mah"
local results_table = require "common.results_table"

local study = {
  id = "fitting", number = 6, x = "model",
  title = { en = "Overfitting and underfitting", fa = "اوورفیتینگ و آندرفیتینگ" },
  question = {
    en = "How do the training curves of a model that learns too little, enough and too much "
      .. "differ?",
    fa = "منحنی‌های آموزش مدلی که کم، به‌اندازه و بیش از اندازه می‌آموزد چه تفاوتی دارند؟",
  },
  setup = {
    en = "Three models train on the same {n} images; after every iteration their loss on {held} "
      .. "others is taken. Underfitted: 2 relu units, {few} iterations. Fitted: 100 relu units "
      .. "with dropout 0.5, until that loss has not improved for 3 iterations. Overfitted: 300 "
      .. "relu units, {many} iterations, no regularisation at all. SGD with Nesterov momentum 0.9 "
      .. "at learning rate 0.03, batches of 50.",
    fa = "سه مدل با همان {n} تصویر آموزش می‌بینند و پس از هر تکرار خطایشان روی {held} تصویر دیگر "
      .. "سنجیده می‌شود. آندرفیت: ۲ نورون relu و {few} تکرار. به‌اندازه: ۱۰۰ نورون relu با dropout "
      .. "برابر ۰٫۵، تا وقتی که آن خطا ۳ تکرار بهتر نشود. اوورفیت: ۳۰۰ نورون relu، {many} تکرار و "
      .. "بدون هیچ منظم‌سازی. SGD با تکانهٔ نستروف ۰٫۹ و نرخ یادگیری ۰٫۰۳، دسته‌های ۵۰تایی.",
  },
}

local names = {
  under = { en = "underfitted", fa = "آندرفیت" },
  fitted = { en = "fitted", fa = "به‌اندازه" },
  over = { en = "overfitted", fa = "اوورفیت" },
}

-- -- What is tried --------------------------------------------------------------------------------

function study.values() return { "under", "fitted", "over" } end

--- The curves of a single run are shown. Few images are overfitted soon.
function study.fixed(settings)
  return {
    seeds = { settings.seeds[1] }, n = math.min(settings.n, 2000), few = 5,
    max_iter = math.min(settings.max_iter, 60),
  }
end

function study.setup_values(settings, s)
  local p = s[1] and s[1].params or { n = settings.n, validation = settings.validation }
  return { n = p.n, held = p.validation, few = p.few or 0, many = p.max_iter or 0 }
end

--- What each model is given.
local models = {
  under = function(p) return { hidden_layer_sizes = { 2 }, max_iter = p.few } end,
  fitted = function()
    local rule = mah.stop.no_improvement { of = "val_loss", patience = 3, min_delta = 0 }
    return { hidden_layer_sizes = { 100 }, dropout = 0.5, stop = rule }
  end,
  over = function()
    return { hidden_layer_sizes = { 300 }, alpha = 0, tol = 0, n_iter_no_change = math.huge }
  end,
}

function study.trial(p, data)
  local given = models[p.model](p)
  given.activation, given.solver = "relu", "sgd"
  given.learning_rate_init, given.batch_size = 0.03, 50
  local result, classifier = fit(p, data, given, { validate = true })
  result.curve = classifier.loss_curve_
  result.validation_curve = classifier.validation_losses_
  return result
end

-- -- What is shown --------------------------------------------------------------------------------

local function epochs(count)
  local list = {}
  for i = 1, count do list[i] = i end
  return list
end

--- Lowest and highest value of all curves: the three charts share an axis.
local function loss_range(s)
  local low, high = math.huge, 0
  for _, setting in ipairs(s) do
    for _, name in ipairs { "curve", "validation_curve" } do
      for _, v in ipairs(setting.rows[1].result[name]) do
        low, high = math.min(low, math.max(v, 1e-4)), math.max(high, v)
      end
    end
  end
  return { low / 1.2, high * 1.2 }
end

local function curves_of(report, setting, range)
  local result, language = setting.rows[1].result, report.language
  local x = epochs(#result.curve)
  return charts.curves(report, {
    { name = language:pick(labels.train), x = x, y = result.curve, marker = #x < 12 },
    { name = language:pick(labels.validation), x = x, y = result.validation_curve,
      marker = #x < 12 },
  }, {
    title = setting.label, x_label = labels.epoch, y_label = labels.loss, log_y = true,
    y_range = range, legend = "above", width = 340, height = 300,
  })
end

function study.show(page, s, report)
  local parts, range = {}, loss_range(s)
  for i, setting in ipairs(s) do
    setting.label = names[setting.x]
    parts[i] = curves_of(report, setting, range)
  end
  page:figure {
    number = 10, name = "figure_10_fitting", parts = parts,
    caption = {
      en = "Training and validation loss of an underfitted, a fitted and an overfitted model.",
      fa = "خطای آموزش و اعتبارسنجی یک مدل آندرفیت، یک مدل به‌اندازه و یک مدل اوورفیت.",
    },
  }
  results_table.add(page, s, report, { en = "model", fa = "مدل" })
end

-- -- What is claimed ------------------------------------------------------------------------------

--- Last and lowest validation loss.
local function validation_loss(setting)
  local curve, lowest = setting.rows[1].result.validation_curve, math.huge
  for _, v in ipairs(curve) do lowest = math.min(lowest, v) end
  return curve[#curve], lowest
end

study.claims = {
  {
    id = "under",
    text = {
      en = "An underfitted model does badly on the training images as well as on others.",
      fa = "مدل آندرفیت هم روی تصویرهای آموزش و هم روی تصویرهای دیگر ضعیف است.",
    },
    rule = {
      en = "reproduced if train and test accuracy of the underfitted model are both more than 0.05 "
        .. "below those of the fitted one, not reproduced if neither is, else depends",
      fa = "بازتولید: دقت آموزش و آزمون مدل آندرفیت هر دو بیش از ۰٫۰۵ پایین‌تر از مدل به‌اندازه "
        .. "باشد؛ بازتولید نشده: هیچ‌کدام؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local under, fitted = s:at "under", s:at "fitted"
      if not under or not fitted then return nil end
      local values = { train = under.train.mean, test = under.test.mean,
        fitted_train = fitted.train.mean, fitted_test = fitted.test.mean }
      return claim.share(values.train < values.fitted_train - 0.05,
        values.test < values.fitted_test - 0.05), values
    end,
    measured = {
      en = "Underfitted: train {train:4}, test {test:4}.",
      fa = "آندرفیت: آموزش {train:4} و آزمون {test:4}.",
    },
    why = {
      en = "Fitted: train {fitted_train:4}, test {fitted_test:4}.",
      fa = "به‌اندازه: آموزش {fitted_train:4} و آزمون {fitted_test:4}.",
    },
  },
  {
    id = "over",
    text = {
      en = "An overfitted model is better on the training images than on others, and the more it "
        .. "trains, the worse it gets on those.",
      fa = "مدل اوورفیت روی تصویرهای آموزش بهتر از تصویرهای دیگر است و هر چه بیشتر آموزش ببیند روی "
        .. "آن‌ها بدتر می‌شود.",
    },
    rule = {
      en = "reproduced if the overfitted model's gap between train and test accuracy is larger "
        .. "than the fitted one's and its validation loss ends more than 5 % above its lowest "
        .. "value; not reproduced if neither; else depends",
      fa = "بازتولید: فاصلهٔ دقت آموزش و آزمون مدل اوورفیت بیش از مدل به‌اندازه باشد و خطای "
        .. "اعتبارسنجی آن در پایان بیش از ۵٪ بالاتر از کمترین مقدارش؛ بازتولید نشده: هیچ‌کدام؛ "
        .. "وگرنه بستگی دارد",
    },
    decide = function(s)
      local over, fitted = s:at "over", s:at "fitted"
      if not over or not fitted then return nil end
      local last, lowest = validation_loss(over)
      local values = { gap = over.train.mean - over.test.mean, last = last, lowest = lowest,
        fitted_gap = fitted.train.mean - fitted.test.mean }
      return claim.share(values.gap > values.fitted_gap, last > 1.05 * lowest), values
    end,
    measured = {
      en = "Train minus test accuracy {gap:4}, of the fitted model {fitted_gap:4}.",
      fa = "دقت آموزش منهای آزمون {gap:4} و برای مدل به‌اندازه {fitted_gap:4}.",
    },
    why = {
      en = "Its validation loss fell to {lowest:3} and ended at {last:3}.",
      fa = "خطای اعتبارسنجی آن تا {lowest:3} پایین آمد و با {last:3} پایان یافت.",
    },
  },
}

return require "common.run_alone"(study, ...)
