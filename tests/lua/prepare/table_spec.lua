-- Tables of mah.data.table through all of it.
local golden = require "golden"
local mah = require "mah"

local p, m = mah.preprocessing, mah.model_selection

local function people()
  local age, sex, port, ok = {}, {}, {}, {}
  for i = 1, 40 do
    age[i] = i % 7 == 0 and 0 / 0 or 20 + i
    sex[i] = i % 2 == 0 and "f" or "m"
    port[i] = ({ "C", "Q", "S" })[i % 3 + 1]
    ok[i] = (i % 2 == 0 and i > 10) and "yes" or "no"
  end
  return mah.data.table { { "age", age }, { "sex", sex }, { "port", port }, { "ok", ok } }
end

local function model()
  return mah.Pipeline {
    p.ColumnTransformer {
      { "age", p.SimpleImputer { strategy = "median" }, p.StandardScaler {} },
      { { "sex", "port" }, p.SimpleImputer { strategy = "most_frequent" }, p.OneHotEncoder {} },
    },
    mah.MLPClassifier { hidden_layer_sizes = { 8 }, solver = "lbfgs", random_state = 1 },
  }
end

describe("a table", function()
  setup(function() mah.warnings(false) end)
  teardown(function() mah.warnings(true) end)

  it("is fitted, judged and predicted, y by its column's name or as a column", function()
    local t = people()
    local a, b = model():fit(t, "ok"), model():fit(t:drop { "ok" }, t.ok)
    golden.equal(a:predict_proba(t), b:predict_proba(t))
    assert.equal(a:score(t, "ok"), mah.metrics.accuracy_score(t.ok, a:predict(t)))
    assert.is_true(a:score(t, "ok") > 0.9)
    assert.is_true(m.cross_val_score(model(), t, "ok", { cv = 4 }):mean() > 0.7)
    assert.same({ "age", "sex", "port" }, a.steps[1][2].feature_names_in_)
  end)

  it("is split, with the shares of a column's classes", function()
    local train, test, rest, held = m.train_test_split(people(), people().ok,
      { test_size = 10, stratify = "ok", random_state = 1 })
    assert.same({ 30, 10, 30, 10 }, { #train, #test, #rest, #held })
    assert.same(test.ok:list(), held)
    local by, t = m.GroupKFold { n_splits = 2 }, people()
    local groups = t.sex:labels()
    for train_rows in by:split(t, nil, t.sex) do
      for i = 2, #train_rows do
        assert.equal(groups[train_rows[1]], groups[train_rows[i]])
      end
    end
    for train_rows, test_rows in m.StratifiedKFold {}:split(people(), people().ok) do
      assert.equal(40, #train_rows + #test_rows)
    end
  end)

  it("comes back from codes as a table", function()
    local t = people():select { "sex", "port" }
    local encoder = p.OneHotEncoder {}
    local back = encoder:inverse_transform(encoder:fit_transform(t))
    assert.same(t.sex:list(), back.sex:list())
    assert.same({ "sex", "port" }, back.names)
  end)

  it("names a column that is missing, and one with gaps", function()
    local message = golden.message(function()
      local fitted = model():fit(people(), "ok")
      fitted:predict(people():drop { "port" })
    end)
    assert.truthy(message:find('there is no column "port"', 1, true), message)
    message = golden.message(function()
      m.cross_val_score(model(), people(), "age")
    end)
    assert.truthy(message:find("'age' has 5 missing values", 1, true), message)
  end)
end)
