--- An appendix: the same numbers as scikit-learn? It needs all of MNIST, and so runs in the preset
--- `full` only.
---
---     mah scripts/studies/scikit_learn.lua --preset full --data DIRECTORY
local claim = require "common.claim"
local fit = require "common.fit"
local labels = require "common.labels"

local study = {
  id = "scikit_learn", x = "setting",
  title = { en = "Against scikit-learn", fa = "در برابر scikit-learn" },
  question = {
    en = "Does the same setting give the same accuracy as scikit-learn's `MLPClassifier`?",
    fa = "آیا همان تنظیم همان دقتِ `MLPClassifier` در scikit-learn را می‌دهد؟",
  },
  setup = {
    en = "All 60,000 training images. Depths: tanh layers of 30 units, SGD at 0.1, 20 iterations. "
      .. "Solvers: one layer of 100 relu units, SGD at 0.1, everything else by default, up to 200 "
      .. "iterations.",
    fa = "همهٔ ۶۰٬۰۰۰ تصویر آموزش. عمق‌ها: لایه‌های tanh با ۳۰ نورون، SGD با نرخ ۰٫۱ و ۲۰ تکرار. "
      .. "بهینه‌سازها: یک لایه با ۱۰۰ نورون relu، SGD با نرخ ۰٫۱ و بقیه پیش‌فرض، تا ۲۰۰ تکرار.",
  },
}

function study.applies(report)
  return report.preset == "full" and report:is_mnist()
end

--- Test accuracy, and for solvers iterations, of scikit-learn 1.2 on full MNIST with one seed.
local reference = {
  { id = "depth 1", layers = 1, test = 0.9606 }, { id = "depth 2", layers = 2, test = 0.9650 },
  { id = "depth 5", layers = 5, test = 0.9622 }, { id = "depth 10", layers = 10, test = 0.9594 },
  { id = "depth 20", layers = 20, test = 0.11 }, { id = "depth 30", layers = 30, test = 0.11 },
  { id = "depth 50", layers = 50, test = 0.11 },
  { id = "adam", solver = "adam", test = 0.9782, n_iter = 56 },
  { id = "sgd", solver = "sgd", test = 0.9794, n_iter = 40 },
  { id = "lbfgs", solver = "lbfgs", test = 0.9769, n_iter = 159 },
}
local by_id = {}
for _, one in ipairs(reference) do by_id[one.id] = one end

-- -- What is tried --------------------------------------------------------------------------------

function study.values()
  local ids = {}
  for i, one in ipairs(reference) do ids[i] = one.id end
  return ids
end

function study.fixed() return { n = 60000, validation = 0, tol = 1e-4 } end

function study.trial(p, data)
  local setting = by_id[p.setting]
  if setting.solver then
    return (fit(p, data, {
      hidden_layer_sizes = { 100 }, solver = setting.solver, max_iter = 200,
      learning_rate_init = setting.solver == "sgd" and 0.1 or nil,
    }))
  end
  local sizes = {}
  for i = 1, setting.layers do sizes[i] = 30 end
  return (fit(p, data, {
    hidden_layer_sizes = sizes, activation = "tanh", solver = "sgd", learning_rate_init = 0.1,
    max_iter = 20,
  }))
end

-- -- What is shown --------------------------------------------------------------------------------

function study.show(page, s, report)
  local language, rows = report.language, {}
  for i, setting in ipairs(s) do
    local theirs = by_id[setting.x]
    rows[i] = {
      { setting.x }, { language:spread(setting.test, 4) }, { language:number(theirs.test, "4") },
      { language:number(setting.test.mean - theirs.test, "+4") },
      { language:spread(setting.n_iter, 1) },
      { theirs.n_iter and language:number(theirs.n_iter) or "–" },
      { language:spread(setting.seconds, 1) },
    }
  end
  page:table { rows = rows, head = { labels.setting, labels.test_accuracy,
    { en = "scikit-learn", fa = "scikit-learn" }, { en = "difference", fa = "اختلاف" },
    labels.n_iter, { en = "scikit-learn", fa = "scikit-learn" }, labels.seconds } }
end

-- -- What is claimed ------------------------------------------------------------------------------

study.claims = {
  {
    id = "agrees",
    text = {
      en = "Mah's accuracy is scikit-learn's.",
      fa = "دقت Mah همان دقت scikit-learn است.",
    },
    rule = {
      en = "reproduced if the mean test accuracy of every setting is within 0.004 of "
        .. "scikit-learn's (of networks that do not learn at all, below 0.2 as well), not "
        .. "reproduced if none is, else depends",
      fa = "بازتولید: میانگین دقت آزمون همهٔ تنظیم‌ها تا ۰٫۰۰۴ دقت scikit-learn باشد (و شبکه‌هایی "
        .. "که اصلاً نمی‌آموزند نیز زیر ۰٫۲ باشند)؛ بازتولید نشده: هیچ‌کدام؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local right, worst, place = 0, 0, "–"
      for _, setting in ipairs(s) do
        local theirs, ours = by_id[setting.x].test, setting.test.mean
        local gap = theirs < 0.2 and ours < 0.2 and 0 or math.abs(ours - theirs)
        right = right + (gap <= 0.004 and 1 or 0)
        if gap > worst then worst, place = gap, setting.x end
      end
      local verdict = right == #s and claim.yes or right == 0 and claim.no or claim.depends
      return verdict, { right = right, all = #s, worst = worst, place = place }
    end,
    measured = {
      en = "{right} of {all} settings agree.",
      fa = "{right} تنظیم از {all} تنظیم سازگار است.",
    },
    why = {
      en = "The largest difference is {worst:4}, at {place}.",
      fa = "بزرگ‌ترین اختلاف {worst:4} است، در {place}.",
    },
  },
}

return require "common.run_alone"(study, ...)
