-- The studies: complete texts in both languages, and claims that the numbers can decide either way.
local names = require "report.studies"
local Summary = require "common.summary"
local claim = require "common.claim"
local mah = require "mah"

local Language = mah.report.Language

local function places_of(text)
  local list = {}
  for name in text:gmatch "{([%a_][%w_]*):?[%%+]?%d*}" do list[#list + 1] = name end
  table.sort(list)
  return table.concat(list, " ")
end

--- A text has both languages with the same places.
local function check_text(text, where)
  if type(text) == "string" then return end
  if text[claim.yes] then
    for verdict, one in pairs(text) do check_text(one, where .. "." .. verdict) end
    return
  end
  assert.is_string(text.en, where)
  assert.is_string(text.fa, where)
  assert.equal(places_of(text.en), places_of(text.fa), where)
  local is_persian = text.fa:find "[\216-\219]" or not text.en:find "%a%a%a%a"
  assert.truthy(is_persian, where .. " is not Persian")
end

for _, name in ipairs(names) do
  describe("study " .. name, function()
    local study = require(name)

    it("is complete in English and Persian", function()
      assert.equal(name, study.id)
      check_text(study.title, "title")
      check_text(study.question, "question")
      if study.setup then check_text(study.setup, "setup") end
      for _, one in ipairs(study.claims) do
        for _, field in ipairs { "text", "rule", "measured", "why" } do
          check_text(one[field], one.id .. "." .. field)
        end
      end
    end)

    it("has values for every preset", function()
      for _, preset in ipairs { "smoke", "quick", "full" } do
        assert.is_true(#study.values(preset) >= 2)
      end
    end)
  end)
end

it("the titles and their order are the source's", function()
  local titles = {}
  for _, name in ipairs(names) do
    local study = require(name)
    if study.number and not study.own then
      titles[#titles + 1] = study.title.fa
      assert.equal(#titles, study.number)
    end
  end
  assert.same({ "تعداد لایه‌های مخفی", "تعداد نورون‌های هر لایه", "توابع بهینه‌سازی",
    "توابع فعال‌سازی", "نرخ یادگیری", "اوورفیتینگ و آندرفیتینگ", "شرایط توقف",
    "تأثیر dropout", "تأثیر batch_size", "مدل نهایی" }, titles)
end)

-- -- Verdicts -------------------------------------------------------------------------------------

--- A Summary from {x = {measure = value}} with three seeds of nearly that value; numbers of
--- iterations are exact.
local function summary(x_name, settings)
  local rows = {}
  for _, setting in ipairs(settings) do
    for seed = 1, 3 do
      local result = {}
      for measure, value in pairs(setting[2]) do
        local varies = type(value) == "number" and measure ~= "n_iter"
        result[measure] = varies and value * (1 + (seed - 2) * 1e-4) or value
      end
      rows[#rows + 1] = { name = setting[1] .. (setting[2].layers or ""), result = result,
        params = { [x_name] = setting[1], layers = setting[2].layers } }
    end
  end
  return Summary.new(rows, x_name)
end

--- The verdict, after writing its sentences in both languages.
local function verdict(name, id, settings)
  local study = require(name)
  for _, one in ipairs(study.claims) do
    if one.id == id then
      local result = claim.check(one, summary(study.x, settings), {})
      for _, language in ipairs { "en", "fa" } do
        for _, field in ipairs { "text", "measured", "rule", "why" } do
          Language.of(language):say(result[field], result.values)
        end
      end
      return result.verdict
    end
  end
  error("no claim " .. id)
end

local function accuracy(test, n_iter, train)
  return { train = train or test, validation = test, test = test, n_iter = n_iter or 20,
    seconds = 1 }
end

local yes, no, depends = claim.yes, claim.no, claim.depends

it("decides about hidden layers", function()
  local rising = { { 1, accuracy(0.90, 40) }, { 10, accuracy(0.93, 40) },
    { 30, accuracy(0.97, 15) }, { 50, accuracy(0.965, 14) } }
  local falling = { { 1, accuracy(0.96, 20) }, { 10, accuracy(0.95, 20) },
    { 30, accuracy(0.1, 12) }, { 50, accuracy(0.1, 12) } }
  assert.same({ yes, no }, { verdict("hidden_layers", "saturates", rising),
    verdict("hidden_layers", "saturates", falling) })
  assert.same({ yes, depends }, { verdict("hidden_layers", "iterations", rising),
    verdict("hidden_layers", "iterations", falling) })
  assert.same({ yes, no }, { verdict("hidden_layers", "best", rising),
    verdict("hidden_layers", "best", falling) })
  assert.equal(depends, verdict("hidden_layers", "best", { { 1, accuracy(0.9) } }))
  assert.equal(yes, verdict("hidden_layers", "cost", rising))
end)

--- Settings of section 1, {depth, test accuracy}, and with both at the same depths; what each of
--- the two does alone at 30 layers.
local function residual_layers(without, both, residual, norm)
  local list = {}
  local function add(settings, layers)
    for _, one in ipairs(settings) do
      local result = accuracy(one[2])
      result.layers = layers
      list[#list + 1] = { one[1], result }
    end
  end
  add(both, "residual + norm")
  add({ { 30, residual } }, "residual")
  add({ { 30, norm } }, "norm")
  add(without)
  return list
end

it("decides about residual connections and normalisation", function()
  local function judge(...)
    local settings, list = residual_layers(...), {}
    for _, id in ipairs { "learn", "best", "either" } do
      list[#list + 1] = verdict("residual_layers", id, settings)
    end
    return list
  end
  local without = { { 3, 0.94 }, { 20, 0.2 }, { 30, 0.11 }, { 50, 0.11 } }
  assert.same({ yes, yes, yes }, judge(without,
    { { 3, 0.93 }, { 20, 0.935 }, { 30, 0.945 }, { 50, 0.94 } }, 0.93, 0.935))
  assert.same({ depends, depends, depends }, judge(without,
    { { 3, 0.945 }, { 20, 0.94 }, { 30, 0.942 }, { 50, 0.9 } }, 0.11, 0.935))
  assert.same({ no, no, no }, judge(without,
    { { 3, 0.93 }, { 20, 0.5 }, { 30, 0.4 }, { 50, 0.3 } }, 0.11, 0.9))
  for _, id in ipairs { "learn", "best", "either" } do
    assert.equal(depends, verdict("residual_layers", id, { { 3, accuracy(0.9) } }), id)
  end
end)

it("Mah's own part tries each depth of section 1, and stands apart from it", function()
  local study, seen = require "residual_layers", {}
  for _, preset in ipairs { "smoke", "quick", "full" } do
    local depths = {}
    for _, value in ipairs(study.values(preset)) do
      if value.layers == "residual + norm" then depths[#depths + 1] = value.hidden_layers end
    end
    assert.same(require("hidden_layers").values(preset), depths)
  end
  for _, value in ipairs(study.values "quick") do
    local name = study.name_of(value)
    assert.is_nil(seen[name], name)
    seen[name] = true
  end
  assert.is_true(study.own)
  assert.is_nil(study.choose) -- the final model is made of the source's studies
end)

it("decides about neurons", function()
  local good = { { 5, accuracy(0.96, 30) }, { 25, accuracy(0.97, 25) }, { 50, accuracy(0.97, 20) } }
  local bad = { { 5, accuracy(0.80, 30) }, { 25, accuracy(0.85, 25) }, { 50, accuracy(0.9, 20) },
    { 100, accuracy(0.94, 10) } }
  assert.same({ yes, no }, { verdict("neurons", "near-one", good),
    verdict("neurons", "near-one", bad) })
  assert.same({ yes, no }, { verdict("neurons", "fewest-iterations", good),
    verdict("neurons", "fewest-iterations", bad) })
  assert.same({ yes, no }, { verdict("neurons", "best", good), verdict("neurons", "best", bad) })
end)

it("decides about the words of tables 1 and 2", function()
  local claimed = { { "sgd", accuracy(0.97, 10) }, { "lbfgs", accuracy(0.975, 100) },
    { "adam", accuracy(0.90, 12) } }
  assert.equal(yes, verdict("solvers", "sgd", claimed))
  assert.equal(yes, verdict("solvers", "lbfgs", claimed))
  assert.equal(yes, verdict("solvers", "adam", claimed))
  claimed[3][2] = accuracy(0.98, 90)
  assert.equal(no, verdict("solvers", "adam", claimed))
  assert.equal(no, verdict("solvers", "pick", claimed))
  local functions = { { "identity", accuracy(0.95, 50) }, { "relu", accuracy(0.97, 50) },
    { "logistic", accuracy(0.965, 90) }, { "tanh", accuracy(0.97, 20) } }
  for _, id in ipairs { "identity", "relu", "logistic", "tanh", "pick" } do
    assert.equal(yes, verdict("activations", id, functions), id)
  end
end)

it("decides about the learning rate", function()
  local claimed = { { 0.01, accuracy(0.95, 90) }, { 0.11, accuracy(0.97, 20) },
    { 0.2, accuracy(0.968, 20) }, { 0.55, accuracy(0.93, 80) }, { 1, accuracy(0.91, 100) } }
  local other = { { 0.01, accuracy(0.97, 90) }, { 0.11, accuracy(0.90, 100) },
    { 0.2, accuracy(0.9, 60) }, { 0.55, accuracy(0.3, 12) }, { 1, accuracy(0.1, 12) } }
  for _, id in ipairs { "accurate-beyond", "many-iterations", "accurate-with-fewer", "best" } do
    assert.same({ yes, no }, { verdict("learning_rate", id, claimed),
      verdict("learning_rate", id, other) }, id)
  end
end)

it("decides about dropout", function()
  local function result(test, gap, drop)
    local r = accuracy(test)
    r.gap, r.drop = gap, drop
    return r
  end
  local good = { { 0, result(0.95, 0.05, 0.1) }, { 0.5, result(0.96, 0.02, 0.02) } }
  local bad = { { 0, result(0.95, 0.05, 0.1) }, { 0.5, result(0.93, 0.07, 0.2) } }
  for _, id in ipairs { "overfitting", "general", "features" } do
    assert.same({ yes, no }, { verdict("dropout", id, good), verdict("dropout", id, bad) }, id)
  end
end)

it("decides about the batch size", function()
  local function result(test, n_iter, memory)
    local r = accuracy(test, n_iter)
    r.memory = memory
    return r
  end
  local good = { { 50, result(0.95, 30, 3e6) }, { 300, result(0.97, 20, 2e6) },
    { 500, result(0.96, 25, 1e6) } }
  local bad = { { 50, result(0.97, 20, 1e6) }, { 300, result(0.95, 40, 2e6) },
    { 500, result(0.94, 60, 3e6) } }
  for _, id in ipairs { "accuracy", "iterations", "memory" } do
    assert.same({ yes, no },
      { verdict("batch_size", id, good), verdict("batch_size", id, bad) }, id)
  end
end)

it("decides about fitting", function()
  local function model(train, test, curve)
    local r = accuracy(test, #curve, train)
    r.curve, r.validation_curve = curve, curve
    return r
  end
  local fitted = { "fitted", model(0.95, 0.93, { 1, 0.3 }) }
  local good = { { "under", model(0.3, 0.3, { 2, 2 }) }, fitted,
    { "over", model(1, 0.93, { 1, 0.3, 0.5 }) } }
  local bad = { { "under", model(0.95, 0.95, { 2, 2 }) }, fitted,
    { "over", model(0.94, 0.93, { 1, 0.3 }) } }
  assert.same({ yes, no }, { verdict("fitting", "under", good), verdict("fitting", "under", bad) })
  assert.same({ yes, no }, { verdict("fitting", "over", good), verdict("fitting", "over", bad) })
end)

--- A run of section 7: its losses and scores, what stopped it, and the last change of a weight.
local function stopped_run(curve, scores, stopped_by, weight_change)
  local r = accuracy(scores[#scores], #curve)
  r.curve, r.scores, r.stopped_by, r.weight_change = curve, scores, stopped_by, weight_change
  return r
end

local function constant(n, value)
  local list = {}
  for i = 1, n do list[i] = value end
  return list
end

it("decides about stopping", function()
  local function runs(o)
    local list = {}
    for id, n in pairs(o.at) do
      list[#list + 1] = { id, stopped_run(constant(n, 0.5), o.scores or constant(n, o[id] or 0.9),
        o.stopped_by or "early_stopping_patience", o.weight_change or 0.1) }
    end
    return list
  end
  local good = runs { scores = { 0.8, 0.9, 0.9, 0.9, 0.9, 0.9 }, at = { max_iter = 12, tol = 20,
    n_iter_no_change = 30, early_stopping = 25, early_stopping_patience = 6, combined = 22,
    none = 60 } }
  local bad = runs { scores = { 0.8, 0.9, 0.91, 0.92 }, at = { max_iter = 13, tol = 20,
    n_iter_no_change = 15, early_stopping_patience = 4, combined = 30, early_stopping = 40 } }
  for _, id in ipairs { "max_iter", "n_iter_no_change", "early_stopping_patience", "combined" } do
    assert.same({ yes, no }, { verdict("stopping", id, good), verdict("stopping", id, bad) }, id)
  end
  assert.equal(no, verdict("stopping", "tol", good))
  assert.equal(yes, verdict("stopping", "tol", runs { at = { tol = 20 }, weight_change = 0.001 }))
  assert.equal(yes, verdict("stopping", "early_stopping", good))
  local worse = runs { at = { early_stopping = 60, none = 60 }, early_stopping = 0.8 }
  assert.equal(no, verdict("stopping", "early_stopping", worse))
  assert.equal(depends, verdict("stopping", "early_stopping_patience",
    runs { at = { early_stopping_patience = 60 }, stopped_by = "max_iter" }))
end)

it("counts the runs that follow one curve", function()
  local curve = { 0.9, 0.5, 0.3 }
  local s = summary("rule", { { "none", stopped_run(curve, { 0.9 }) },
    { "tol", stopped_run({ 0.9, 0.5 }, { 0.9 }) }, { "max_iter", stopped_run({ 0.8 }, { 0.9 }) } })
  assert.equal(2, require("stopping").same_curve(s, curve))
end)

it("decides about the source's choices", function()
  local function models(source)
    return { { "final", accuracy(0.5) }, { "final, rate / 3", accuracy(0.97) },
      { "source", accuracy(source) } }
  end
  assert.equal(yes, verdict("final_model", "source-choices", models(0.968)))
  assert.equal(depends, verdict("final_model", "source-choices", models(0.96)))
  assert.equal(no, verdict("final_model", "source-choices", models(0.11)))
end)

it("decides about scikit-learn", function()
  local function against(shift)
    return { { "depth 1", accuracy(0.9606 + shift) }, { "depth 50", accuracy(0.1028 + shift) } }
  end
  assert.equal(yes, verdict("scikit_learn", "agrees", against(0.002)))
  assert.equal(depends, verdict("scikit_learn", "agrees", against(-0.02)))
end)
