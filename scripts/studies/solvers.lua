--- Section 3: which solver?
---
---     mah scripts/studies/solvers.lua --preset quick --lang en
local charts = require "common.charts"
local claim = require "common.claim"
local fit = require "common.fit"
local ratings = require "common.ratings"
local results_table = require "common.results_table"

local study = {
  id = "solvers", number = 3, x = "solver",
  title = { en = "Solvers", fa = "توابع بهینه‌سازی" },
  question = {
    en = "Which solver trains best: SGD, L-BFGS or Adam?",
    fa = "کدام بهینه‌ساز بهتر آموزش می‌دهد: SGD، L-BFGS یا Adam؟",
  },
  setup = {
    en = "One hidden layer of 100 relu units. SGD with Nesterov momentum 0.9 at learning rate 0.1 "
      .. "and Adam at 0.001, both with batches of 200; L-BFGS takes all images at once, and may "
      .. "use {lbfgs} iterations.",
    fa = "یک لایهٔ مخفی با ۱۰۰ نورون relu. SGD با تکانهٔ نستروف ۰٫۹ و نرخ یادگیری ۰٫۱ و Adam با "
      .. "نرخ ۰٫۰۰۱، هر دو با دسته‌های ۲۰۰تایی؛ L-BFGS همهٔ تصویرها را یک‌جا می‌گیرد و تا {lbfgs} "
      .. "تکرار فرصت دارد.",
  },
}

--- L-BFGS has a rule of its own to end by: it must not be cut off before.
local function iterations_of_lbfgs(max_iter) return max_iter > 50 and 400 or max_iter end

function study.setup_values(settings)
  return { lbfgs = iterations_of_lbfgs(settings.max_iter) }
end

-- -- What is tried --------------------------------------------------------------------------------

function study.values() return { "sgd", "lbfgs", "adam" } end

local names = { sgd = "SGD", lbfgs = "L-BFGS", adam = "Adam" }
local rates = { sgd = 0.1, adam = 0.001 }

function study.trial(p, data)
  local lbfgs = p.solver == "lbfgs"
  return (fit(p, data, {
    hidden_layer_sizes = { 100 }, activation = "relu", solver = p.solver,
    learning_rate_init = rates[p.solver],
    -- For L-BFGS `tol` is about the gradient: scikit-learn's default, whatever the others are
    -- given.
    tol = lbfgs and 1e-4 or nil, max_iter = lbfgs and iterations_of_lbfgs(p.max_iter) or nil,
  }))
end

-- -- What is shown --------------------------------------------------------------------------------

local claimed = {
  lbfgs = { "high", "high", "high" }, sgd = { "high", "high", "low" },
  adam = { "low", "low", "low" },
}

function study.show(page, s, report)
  for _, setting in ipairs(s) do setting.label = names[setting.x] end
  local what = { en = "solver", fa = "بهینه‌ساز" }
  charts.bar_figures(page, s, report, { number = 3, name = "solvers", captions = {
    train = { en = "Train accuracy by solver.", fa = "دقت آموزش هر بهینه‌ساز." },
    test = { en = "Test accuracy by solver.", fa = "دقت آزمون هر بهینه‌ساز." },
    iterations = {
      en = "Iterations by solver, and the time they took: one of L-BFGS is a pass over all images "
        .. "with at least one evaluation, one of the others a pass in mini-batches.",
      fa = "تعداد تکرار هر بهینه‌ساز و زمان آن: هر تکرار L-BFGS دست‌کم یک بار محاسبه روی همهٔ "
        .. "تصویرها و هر تکرار بقیه یک دور با دسته‌های کوچک است.",
    },
  } })
  ratings.table(page, s, report,
    { number = 1, title = study.title, what = what, claimed = claimed })
  results_table.add(page, s, report, what)
end

-- -- What is claimed ------------------------------------------------------------------------------

study.claims = {
  ratings.claim("lbfgs", "L-BFGS", claimed.lbfgs),
  ratings.claim("sgd", "SGD", claimed.sgd),
  ratings.claim("adam", "Adam", claimed.adam),
  {
    id = "pick",
    text = { en = "SGD is the solver to choose.", fa = "SGD بهینه‌سازی است که باید برگزید." },
    rule = {
      en = "reproduced if no other solver is more accurate on the test images by more than 0.002 "
        .. "and two standard errors, and SGD needs the fewest iterations; not reproduced if "
        .. "another is more accurate; else depends",
      fa = "بازتولید: هیچ بهینه‌سازی روی تصویرهای آزمون بیش از ۰٫۰۰۲ و دو خطای معیار دقیق‌تر نباشد "
        .. "و SGD کمترین تکرار را بخواهد؛ بازتولید نشده: یکی دقیق‌تر باشد؛ وگرنه بستگی دارد",
    },
    decide = function(s)
      local sgd, best, quickest = s:at "sgd", s:best "test", s:least "n_iter"
      if not sgd then return nil end
      local values = { sgd = sgd.test, best = best.test, name = names[best.x],
        quickest = names[quickest.x], n_iter = sgd.n_iter, fewest = quickest.n_iter }
      if claim.compare(best.test, sgd.test, 0.002) == "more" then return claim.no, values end
      return quickest == sgd and claim.yes or claim.depends, values
    end,
    measured = {
      en = "Test accuracy of SGD {sgd:4}, best {name} with {best:4}.",
      fa = "دقت آزمون SGD برابر {sgd:4} و بهترین {name} با {best:4}.",
    },
    why = {
      en = "SGD needs {n_iter:1} iterations; the fewest are those of {quickest}, {fewest:1}.",
      fa = "SGD به {n_iter:1} تکرار نیاز دارد؛ کمترین از آن {quickest} است، {fewest:1}.",
    },
  },
}

--- Of the solvers that are as good as the best, the one with the fewest iterations.
function study.choose(s)
  local setting = s:choose "n_iter"
  return { name = "solver", value = setting.x, setting = setting, prefer = "n_iter",
    learning_rate_init = rates[setting.x] }
end

return require "common.run_alone"(study, ...)
