-- A table's column stands wherever a vector may: weights, groups, targets, scores, pictures.
local golden = require "golden"
local mah = require "mah"

local m, p, metrics = mah.model_selection, mah.preprocessing, mah.metrics

local rows = 24
local columns = { id = {}, x1 = {}, x2 = {}, y = {}, value = {}, score = {}, w = {}, name = {},
  sex = {}, ok = {} }
for i = 1, rows do
  columns.id[i], columns.x1[i], columns.x2[i] = (i - 1) % 6, i / 7, (i * 5 % 11) / 3
  columns.y[i], columns.value[i], columns.score[i] = i % 2, i * 0.5, (i * 7 % 23) / 23
  columns.w[i], columns.name[i], columns.sex[i] = 1 + i % 3, "row " .. i, i % 2 == 0 and "f" or "m"
  columns.ok[i] = i % 2 == 1
end
local t = mah.data.table(columns)
local x = t:tensor { "x1", "x2" }

--- The column's values as others are given.
local function plain(name)
  local column = t:column(name)
  local is_text = column.kind == "category" or column.kind == "text"
  return is_text and column:list() or column:tensor()
end

local function network()
  return mah.MLPClassifier { hidden_layer_sizes = { 3 }, max_iter = 3, random_state = 1 }
end

--- f(value of) gives the same for the columns as for plain values.
local function same(f)
  local expected, got = f(plain), f(function(name) return t:column(name) end)
  if type(expected) == "cdata" then expected, got = expected:totable(), got:totable() end
  assert.same(expected, got)
end

describe("a column", function()
  setup(function() mah.warnings(false) end)
  teardown(function() mah.warnings(true) end)

  it("is sample_weight of metrics, and what they compare", function()
    for _, name in ipairs { "accuracy_score", "f1_score", "confusion_matrix" } do
      same(function(of)
        return metrics[name](of "y", of "y", { sample_weight = of "w" })
      end)
    end
    for _, name in ipairs { "roc_auc_score", "average_precision_score", "brier_score_loss" } do
      same(function(of) return metrics[name](of "y", of "score", { sample_weight = of "w" }) end)
    end
    for _, name in ipairs { "mean_squared_error", "r2_score", "mean_pinball_loss" } do
      same(function(of)
        return metrics[name](of "value", of "score", { sample_weight = of "w" })
      end)
    end
    same(function(of) return metrics.r2(of "value", of "score", of "w") end)
    same(function(of) return metrics.mean(of "value", of "w") end)
    same(function(of) return metrics.auc(of "value", of "score") end)
    same(function(of) return metrics.accuracy_score(of "sex", of "sex") end)
    assert.equal(1, metrics.accuracy_score(t.ok, t.y))
  end)

  it("is sample_weight, y and groups of estimators, pipelines and searches", function()
    same(function(of) return network():fit(x, of "y", of "w"):predict_proba(x) end)
    same(function(of) return network():fit(x, of "y"):score(x, of "y", of "w") end)
    same(function(of) return network():fit(x, of "sex"):score(x, of "sex", of "w") end)
    same(function(of)
      local model = mah.Pipeline { p.StandardScaler {}, network() }
      return model:fit(x, of "y", of "w"):score(x, of "y", of "w")
    end)
    same(function(of)
      return mah.MLPRegressor { max_iter = 2, random_state = 1 }:fit(x, of "value", of "w")
        :score(x, of "value", of "w")
    end)
    same(function(of)
      return m.cross_val_score(network(), x, of "y", { cv = m.GroupKFold { n_splits = 3 },
        groups = of "id", sample_weight = of "w" })
    end)
    same(function(of)
      local c = mah.calibration.CalibratedClassifierCV { estimator = network(), cv = 2 }
      return c:fit(x, of "y", of "w"):score(x, of "y", of "w")
    end)
    same(function(of)
      local r = p.TransformedTargetRegressor { regressor = mah.MLPRegressor { max_iter = 2,
        random_state = 1 }, transformer = p.StandardScaler {} }
      return r:fit(x, of "value"):score(x, of "value", of "w")
    end)
  end)

  it("is what splitters split by, numbers or names", function()
    for _, name in ipairs { "id", "name", "sex" } do
      local function parts(of)
        local list = {}
        for _, test in m.GroupKFold { n_splits = 2 }:split(x, nil, of(name)) do
          list[#list + 1] = test:totable()
        end
        return list
      end
      same(parts)
    end
    same(function(of)
      local list = {}
      for _, test in m.StratifiedKFold { n_splits = 3 }:split(x, of "sex") do
        list[#list + 1] = test:totable()
      end
      return list
    end)
    same(function(of)
      local _, test = m.train_test_split(x, { stratify = of "sex", random_state = 1 })
      return test
    end)
  end)

  it("is drawn", function()
    local plot = mah.plot
    same(function(of) return plot.scatter { x = of "x1", y = of "x2", values = of "w" }:svg() end)
    same(function(of)
      return plot.scatter { x = of "x1", y = of "x2", classes = of "sex" }:svg()
    end)
    same(function(of) return plot.hist(of "x1"):svg() end)
    same(function(of) return plot.hist { series = { { x = of "x1", label = "a" } } }:svg() end)
    same(function(of) return plot.lines(of "x1"):svg() end)
    same(function(of) return plot.lines { series = { { x = of "x1", y = of "y" } } }:svg() end)
    same(function(of) return plot.box { series = { { y = of "x1" } } }:svg() end)
    same(function(of) return plot.box { data = { a = of "x1", b = of "id" } }:svg() end)
    same(function(of) return plot.residuals { y_true = of "x1", y_pred = of "x2" }:svg() end)
    same(function(of) return plot.bars { labels = of "name", y = of "x2" }:svg() end)
    same(function(of) return plot.roc { y_true = of "y", y_score = of "score" }:svg() end)
    same(function(of)
      return plot.scatter_matrix { data = { a = of "x1", b = of "x2" }, classes = of "sex" }:svg()
    end)
  end)

  it("has a table around it that is drawn whole: its columns of numbers", function()
    local plot, names = mah.plot, { "id", "score", "value" }
    local by_hand = {}
    for _, name in ipairs(names) do by_hand[name] = plain(name) end
    local few = t:select { "id", "name", "score", "sex", "value" }
    assert.equal(plot.box { data = by_hand, columns = names }:svg(), plot.box(few):svg())
    by_hand = { data = by_hand, columns = names, classes = plain "sex" }
    assert.equal(plot.scatter_matrix(by_hand):svg(),
      plot.scatter_matrix { data = few, classes = few.sex }:svg())
    assert.equal(plot.scatter(x):svg(), plot.scatter(t:select { "x1", "x2" }):svg())
    local message = golden.message(plot.box, { data = t, columns = { "agee" } })
    assert.truthy(message:find("there is no column 'agee'", 1, true), message)
    message = golden.message(plot.box, t:select { "sex" })
    assert.truthy(message:find("mah.plot.box: data has no column of numbers", 1, true), message)
  end)

  it("of texts is refused by its name where numbers are wanted", function()
    for _, f in ipairs {
      function() metrics.mean(t.name) end,
      function() metrics.r2(t.name, t.y) end,
      function() metrics.accuracy_score(t.y, t.y, { sample_weight = t.sex }) end,
      function() network():fit(x, t.y, t.name) end,
      function() mah.plot.hist(t.name) end,
    } do
      local message = golden.message(f)
      assert.not_matches("%[mah%]", message)
    end
    assert.truthy(golden.message(metrics.mean, t.name):find("column 'name' holds text, not numbers",
      1, true))
  end)
end)
