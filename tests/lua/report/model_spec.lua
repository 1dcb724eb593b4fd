-- report:model: scores and their intervals, and what a careful colleague would see.
local checks = require "mah.report.checks"
local findings = require "mah.report.findings"
local golden = require "golden"
local mah = require "mah"
local scores = require "mah.report.scores"

local message = golden.message
local folder = os.tmpname()
os.remove(folder)

local function read(name) return mah.file.read(folder .. "/" .. name) end

--- The report of one model as Markdown, and its first table by the names of the measures.
local function report(model, given, lang)
  local r = mah.report { title = "One", out = folder, lang = lang }
  r:model(model, given):save()
  local list = {}
  for line in read("table_01.csv"):gmatch "[^\n]+" do
    local name, train, test, low, high = line:match '^"?([^"]-)"?,([^,]*),([^,]*),([^,]*),([^,]*)$'
    list[name or line] = { train = tonumber(train), test = tonumber(test), low = tonumber(low),
      high = tonumber(high) }
  end
  return read "report.md", list
end

--- Rows of two classes, of which the first column tells one from the other, with some noise.
local function rows(n, seed, noise)
  local x, y = mah.randn(n, 3, { rng = seed }), {}
  local luck = mah.rng(seed + 1)
  for i = 1, n do y[i] = x[i][1] + (noise or 0) * luck:normal() > 0 and "yes" or "no" end
  return { x = x, y = y }
end

local function classifier(given)
  local all = { hidden_layer_sizes = { 8 }, max_iter = 60, learning_rate_init = 0.03,
    random_state = 1 }
  for name, value in pairs(given or {}) do all[name] = value end
  return mah.MLPClassifier(all)
end

describe("report:model", function()
  setup(function() mah.warnings(false) end)
  teardown(function()
    mah.warnings(true)
    os.execute(("rm -rf '%s'"):format(folder))
  end)

  local train, test = rows(400, 1, 0.4), rows(600, 7, 0.4)

  it("has the scores of a classifier, as metrics have them, with intervals", function()
    local model = classifier():fit(train.x, train.y)
    local text, list = report(model, { train = train, test = test })
    local predicted, p = model:predict(test.x), model:predict_proba(test.x)
    local m, truth = mah.metrics, test.y
    assert.near(m.accuracy_score(truth, predicted), list.accuracy.test, 1e-12)
    assert.near(model:score(train.x, train.y), list.accuracy.train, 1e-12)
    local low, high = m.wilson_interval(m.accuracy_score(truth, predicted) * 600, 600)
    assert.near(low, list.accuracy.low, 1e-9)
    assert.near(high, list.accuracy.high, 1e-9)
    local balanced, f1 = list["balanced accuracy"], list["F1, mean of the classes"]
    assert.near(m.balanced_accuracy_score(truth, predicted), balanced.test, 1e-12)
    assert.near(m.f1_score(truth, predicted, { average = "macro" }), f1.test, 1e-12)
    assert.near(m.roc_auc_score(truth, p:select(2, 2)), list["area under the ROC curve"].test,
      1e-12)
    assert.near(m.log_loss(truth, p), list["log loss"].test, 1e-9)
    for _, one in ipairs { balanced, f1, list["area under the ROC curve"] } do
      assert.is_true(one.low < one.test and one.test < one.high)
      assert.is_true(one.high - one.low > 0.02 and one.high - one.low < 0.12)
    end
    for _, part in ipairs { "MLPClassifier{", "Class by class", "What was taken for what",
      "The loss, epoch by epoch", "True against false positives", "a column is shuffled",
      "Looked for and not found: overfitting, underfitting, no better than a constant" } do
      assert.truthy(text:find(part, 1, true), part)
    end
    local shown = m.classification_report(truth, predicted, { output_dict = true })
    local cells = { read("table_02.csv"):match "\nyes,([^,]*),([^,]*),([^,]*),(%d+)\n" }
    assert.near(shown.yes.precision, tonumber(cells[1]), 1e-12)
    assert.near(shown.yes.recall, tonumber(cells[2]), 1e-12)
    assert.near(shown.yes["f1-score"], tonumber(cells[3]), 1e-12)
    assert.equal(shown.yes.support, tonumber(cells[4]))
  end)

  it("has the scores of a regressor", function()
    local function numbers(set) return { x = set.x, y = set.x:select(2, 1) * 2 + 1 } end
    local few, more = numbers(train), numbers(test)
    local model = mah.MLPRegressor { hidden_layer_sizes = { 8 }, max_iter = 20, random_state = 1 }
      :fit(few.x, few.y)
    local text, list = report(model, { train = few, test = more })
    local predicted, m = model:predict(more.x), mah.metrics
    assert.near(m.r2_score(more.y, predicted), list["R²"].test, 1e-5)
    assert.near(m.root_mean_squared_error(more.y, predicted),
      list["root mean squared error"].test, 1e-5)
    assert.near(m.mean_absolute_error(more.y, predicted), list["mean absolute error"].test, 1e-5)
    for _, one in pairs { list["R²"], list["mean absolute error"] } do
      assert.is_true(one.low < one.test and one.test < one.high)
    end
    assert.truthy(text:find("Predictions beside the truth", 1, true))
  end)

  it("judges numbers that are all the same", function()
    local same = { x = train.x, y = mah.zeros(400) }
    local model = mah.MLPRegressor { hidden_layer_sizes = { 2 }, max_iter = 2, random_state = 1 }
      :fit(same.x, same.y)
    model.network.params:fill_(0)
    local text = report(model, { train = same, test = same })
    assert.truthy(text:find("| R² | – | – |", 1, true))
    model.network.params:fill_(1) -- and misses them
    text = report(model, { train = { x = train.x, y = train.x:select(2, 1) },
      test = { x = train.x, y = mah.full(400, 0.1) } })
    assert.truthy(text:find("| R² | [^|]*%d[^|]* | – |"))
    assert.falsy(text:find("**Overfitting", 1, true))
    assert.falsy(text:find("R² on the test rows", 1, true))
  end)

  it("takes tables with a target, pipelines, and test rows alone", function()
    local function of(set)
      return mah.data.table { { "a", set.x:select(2, 1) }, { "b", set.x:select(2, 2) },
        { "result", set.y } }
    end
    local model = mah.Pipeline { mah.preprocessing.StandardScaler {}, classifier() }
    model:fit(of(train), "result")
    local text = report(model, { test = of(test), target = "result", title = "Mine" })
    assert.truthy(text:find("## Mine\n", 1, true))
    assert.truthy(text:find("| measure | test |", 1, true))
    assert.truthy(text:find("| accuracy | 0.%d+ %(0.%d+ – 0.%d+%) |"))
    assert.truthy(read("table_01.csv"):find("measure,test,from,to\n", 1, true))
    assert.truthy(text:find("not found: no better than a constant", 1, true))
  end)

  it("says the interval of an area of 0.5 as Hanley and McNeil have it", function()
    local low, high = scores.area_interval(0.5, 10, 10) -- variance (0.25 + 18 / 12) / 100
    assert.near(0.5 - 1.96 * math.sqrt(0.0175), low, 1e-12)
    assert.near(0.5 + 1.96 * math.sqrt(0.0175), high, 1e-12)
  end)

  describe("warns of", function()
    it("overfitting", function()
      local function noisy(n, seed)
        local set = rows(n, seed)
        local luck = mah.rng(seed + 5)
        for i = 1, n do set.y[i] = luck:random() < 0.5 and "yes" or "no" end
        return set
      end
      local few = noisy(60, 3)
      local text = report(classifier { hidden_layer_sizes = { 200 }, max_iter = 800 }
        :fit(few.x, few.y), { train = few, test = noisy(600, 9) })
      assert.truthy(text:find("- **Overfitting.** The accuracy is", 1, true))
      assert.truthy(text:find("- **No better than a constant.**", 1, true))
      assert.falsy(text:find("**Underfitting", 1, true))
    end)

    it("underfitting, and a loss that still fell", function()
      local text = report(classifier { max_iter = 10, learning_rate_init = 1e-3, alpha = 0 }
        :fit(train.x, train.y), { train = train, test = test })
      assert.truthy(text:find("- **A loss that still fell.** The training ended at its limit of 10",
        1, true))
      text = report(classifier { max_iter = 1, learning_rate_init = 1e-9 }:fit(train.x, train.y),
        { train = train, test = test })
      assert.truthy(text:find("- **Underfitting.**", 1, true))
    end)

    it("rare classes and too few test rows", function()
      local few = rows(40, 5)
      few.y[1] = "maybe"
      local text = report(classifier():fit(few.x, few.y), { train = few, test = rows(30, 6) })
      assert.truthy(text:find("**Rare classes.** Fewer than 10 rows for training or test (training "
        .. "+ test): `maybe` (1 + 0)", 1, true))
      assert.truthy(text:find("- **Too few test rows.** With 30 rows", 1, true))
    end)

    it("dead units and inputs that are not scaled", function()
      local large = { x = train.x * 1, y = train.y }
      large.x:select(2, 2):mul_(500)
      local model = classifier():fit(large.x, large.y)
      model.network.layers[1].bias:fill_(-1e9)
      local text = report(model, { train = large, test = test })
      assert.truthy(text:find("- **Dead units.** 8 of 8 hidden units (8 / 8, layer by layer) say "
        .. "the same of all 400 rows", 1, true))
      assert.truthy(text:find("- **Inputs that are not scaled.** 1 of 3 columns", 1, true))
      assert.truthy(text:find("column 2 has mean", 1, true))
    end)

    it("a validation loss that rose", function()
      local mlp = { history_ = { val_loss = { 3, 1, 2, 1.2 } }, network = { layers = {} } }
      local j = { mlp = mlp, seen = mah.zeros(1, 1), test = { n = 100, y = {} } }
      local list = { { name = "r2", test = 0.5, low = 0.4, high = 0.6 } }
      assert.same({ { kind = "turned", values = { low = 1, epoch = 2, last = 1.2, epochs = 4 } } },
        (checks.run(j, list)))
      mlp.history_.val_loss[4] = 1.05
      assert.same({}, (checks.run(j, list)))
    end)
  end)

  it("has every text in both languages, with the same places", function()
    local function places(text)
      local list = {}
      for name in text:gmatch "{([%a_]+):?[%%+]?%d*}" do list[#list + 1] = name end
      table.sort(list)
      return table.concat(list, " ")
    end
    for _, group in pairs { findings.texts, findings.names, findings.captions, findings.columns,
      findings.measures } do
      for name, text in pairs(group) do assert.equal(places(text.en), places(text.fa), name) end
    end
    local text = report(classifier { max_iter = 10 }:fit(train.x, train.y),
      { train = train, test = test }, "fa")
    assert.truthy(text:find("دقت", 1, true))
  end)

  describe("judges networks:", function()
    local function counted(set)
      local y = {}
      for i, name in ipairs(set.y) do y[i] = name == "yes" and 1 or 0 end
      return { x = set.x, y = mah.tensor(y, { dtype = "int32" }) }
    end
    local few, more = counted(train), counted(test)

    local function taped()
      return mah.network { params = { W = { 3, 2 }, b = { 2 } }, loss = "cross_entropy", seed = 1,
        forward = function(p, x) return x:matmul(p.W) + p.b end }
    end

    it("classes of one output, of several, and of a function in Lua", function()
      for _, net in ipairs { mah.mlp { 3, { 8, "relu" }, { 1, "logistic" }, seed = 1 },
        mah.mlp { 3, { 8, "relu" }, { 2, "softmax" }, seed = 1 }, taped() } do
        local run = mah.train(net, few, { solver = mah.solver.adam { lr = 0.05 }, stop = 12 })
        local text, list = report(net, { train = few, test = more, run = run })
        assert.near(net:score(more.x, more.y), list.accuracy.test, 1e-12)
        assert.is_true(list["area under the ROC curve"].test > 0.8)
        for _, part in ipairs { "The loss, epoch by epoch", "a column is shuffled" } do
          assert.truthy(text:find(part, 1, true), part)
        end
      end
    end)

    it("numbers, and ensembles", function()
      local net = mah.mlp { 3, { 1, "identity" }, seed = 1 }
      local target = { x = test.x, y = test.x:select(2, 1) * 2 + test.x:select(2, 2) }
      local _, list = report(net, { train = target, test = target })
      assert.near(net:score(target.x, target.y:view(600, 1)), list["R²"].test, 1e-5)
      local both = mah.ensemble { mah.mlp { 3, { 2, "softmax" }, seed = 1 },
        mah.mlp { 3, { 2, "softmax" }, seed = 2 } }
      _, list = report(both, { train = few, test = more })
      assert.near(both:score(more.x, more.y), list.accuracy.test, 1e-12)
    end)

    it("but not what has no class a row", function()
      local r, net = mah.report { title = "One", out = folder }, taped()
      local three = { x = test.x, y = test.x }
      for i, case in ipairs {
        { function() r:model(mah.mlp { 3, { 2, "logistic" } }, { test = more }) end,
          "gives several labels a row; one class a row can be judged" },
        { function() r:model(mah.mlp { 3, { 3, "identity" } }, { test = three }) end,
          "one value a row is expected, got shape (600, 3)" },
        { function() r:model(net, { test = test }) end,
          'test: y: row 1 is "yes"; the network\'s classes are 0 ... 1' },
        { function() r:model(net, { test = more, run = {} }) end,
          "run must be what mah.train returned" },
        { function() r:model(classifier():fit(train.x, train.y), { test = test,
          run = { history = {}, stop_reason = {} } }) end, "run goes with a network" },
      } do
        local said = message(case[1])
        assert.truthy(said:find(case[2], 1, true), i .. ": " .. said)
        assert.truthy(said:find("model_spec.lua:", 1, true), said)
      end
    end)
  end)

  it("tells of labels that the model's classes cannot be", function()
    local model = classifier { max_iter = 2 }:fit(train.x, train.y)
    local r, digits, others = mah.report { title = "One", out = folder }, {}, {}
    for i = 1, 600 do digits[i], others[i] = i % 2, "perhaps" end
    for _, case in ipairs {
      { digits, 'report:model: test: y: row 1 is 1, a number; the model\'s classes are strings: '
        .. '"no", "yes"' },
      { mah.tensor(digits):int(), "test: y: row 1 is 1, a number" },
      { others, 'test: y: no label is one of the model\'s classes, "no", "yes"; the first is '
        .. '"perhaps"' },
    } do
      local said = message(function() r:model(model, { test = { x = test.x, y = case[1] } }) end)
      assert.truthy(said:find(case[2], 1, true), said)
      assert.truthy(said:find("model_spec.lua:", 1, true), said)
    end
    local said = message(function()
      r:model(model, { test = test, train = { x = test.x, y = digits } })
    end)
    assert.truthy(said:find("train: y: row 1 is 1, a number", 1, true), said)
    local numbers = classifier { max_iter = 2 }:fit(test.x, mah.tensor(digits):int())
    said = message(function() r:model(numbers, { test = test }) end)
    assert.truthy(said:find("a string; the model's classes are numbers: 0, 1", 1, true), said)
    said = message(function()
      r:model(numbers, { test = { x = test.x, y = mah.tensor(digits):bool() } })
    end)
    assert.truthy(said:find("y: row 1 is true, a boolean", 1, true), said)
  end)

  it("has the scores of a classifier of one class", function()
    local same = {}
    for i = 1, 600 do same[i] = "yes" end
    local model = classifier { max_iter = 2 }:fit(test.x, same)
    local _, list = report(model, { train = { x = test.x, y = same }, test = test })
    assert.near(model:score(test.x, test.y), list.accuracy.test, 1e-12)
    assert.equal(1, list.accuracy.train)
    assert.is_nil(list["log loss"])
  end)

  it("refuses what it cannot judge", function()
    local r, model = mah.report { title = "One", out = folder }, classifier():fit(train.x, train.y)
    local numbers = mah.MLPRegressor { max_iter = 1 }:fit(test.x, test.x:select(2, 1))
    local cases = {
      { function() r:model(mah.preprocessing.StandardScaler {}, { test = test }) end,
        "a fitted estimator is expected" },
      { function() r:model(model, {}) end, "report:model: test" },
      { function() r:model(model, { tets = test }) end, "did you mean 'test'" },
      { function() r:model(3, { test = test }) end, "a fitted estimator is expected" },
      { function() r:model(model, { test = test.x }) end, "report:model: test: {x = , y = }" },
      { function() r:model(model, { test = { x = test.x, y = { 1 } } }) end,
        "report:model: test: x has 600 rows and y has 1" },
      { function() r:model(numbers, { test = test }) end,
        'report:model: test: y: row 1 is "' .. test.y[1] .. '"; the model gives numbers' },
      { function() r:model(classifier(), { test = test }) end, "fit" },
    }
    for i, case in ipairs(cases) do
      local said = message(case[1])
      assert.truthy(said:find(case[2], 1, true), i .. ": " .. said)
      assert.truthy(said:find("model_spec.lua:", 1, true), said)
    end
    assert.equal(0, #r.page.sections)
  end)
end)
