-- What users get wrong with tables, in their own words: column, row, value.
local golden = require "golden"
local mah = require "mah"

local p, m = mah.preprocessing, mah.model_selection

local t = { age = { 1, 2, 3, 4 }, sex = { "m", "f", "m", "f" }, one = { 5, 5, 5, 5 },
  none = { 0 / 0, 0 / 0, 0 / 0, 0 / 0 } }

local function says(text, f, ...)
  local message = golden.message(f, ...)
  assert.truthy(message:find(text, 1, true), message)
end

local function fit(estimator, ...)
  local arguments = { ... }
  return function() return estimator:fit(unpack(arguments)) end
end

local function network() return mah.MLPClassifier { max_iter = 2, random_state = 1 } end

describe("bad input", function()
  it("names columns that are not there", function()
    says('there is no column "agee"; did you mean "age"?',
      fit(p.ColumnTransformer { { { "agee" }, p.StandardScaler {} } }, t))
    says('there is no column "sex"', function()
      p.OneHotEncoder {}:fit { sex = t.sex }:transform { age = t.age }
    end)
    says("there is no column 4; there are 3",
      fit(p.ColumnTransformer { { { 4 }, p.StandardScaler {} } }, mah.zeros(2, 3)))
    says("the columns have no names, and \"age\" is asked for",
      fit(p.ColumnTransformer { { "age", p.StandardScaler {} } }, mah.zeros(2, 3)))
  end)

  it("names categories that fit never saw", function()
    local encoder = p.OneHotEncoder {}:fit { sex = t.sex }
    says('column "sex": row 2 holds "x", which is none of the categories f, m', function()
      encoder:transform { sex = { "m", "x" } }
    end)
    says("row 1 holds a missing value", function() encoder:transform { sex = { 0 / 0, "f" } } end)
    says('label z is not one of the classes', function()
      p.LabelEncoder {}:fit { "a", "b" }:transform { "z" }
    end)
    assert.error_matches(function()
      p.LabelEncoder {}:fit { "a", "b" }:inverse_transform { 1, "z" }
    end, "inverse_transform: z in row 2 is none of 0 ... 1")
    local ignoring = p.OneHotEncoder { handle_unknown = "ignore", drop = "first" }
    local text = golden.warnings(function()
      assert.same({ { 0 } }, ignoring:fit { sex = t.sex }:transform { sex = { "x" } }:totable())
    end)
    assert.truthy(text:find('column "sex" has categories that fit never saw', 1, true), text)
  end)

  it("names strings where numbers are needed", function()
    says('column "sex" holds the string "m" in row 1; numbers are needed here',
      fit(mah.Pipeline { p.StandardScaler {}, network() }, t, { 1, 2, 1, 2 }))
    says('column "sex" holds the string "m" in row 1, of which there is no median',
      fit(p.SimpleImputer { strategy = "median" }, { sex = t.sex }))
    says('y: numbers are expected; entry 1 is "x"', fit(p.TransformedTargetRegressor {
      regressor = mah.MLPRegressor {} }, mah.zeros(2, 1), { "x", "y" }))
    says('column "b": row 2 holds a table', fit(p.StandardScaler {}, { b = { 2, {} } }))
  end)

  it("names missing values and infinities", function()
    says('column "a" has a missing value in row 2, of which MLPClassifier can learn nothing',
      fit(mah.Pipeline { p.StandardScaler {}, network() }, { a = { 1, 0 / 0, 3 } }, { 1, 0, 1 }))
    says('column "a" holds inf in row 2', fit(p.StandardScaler {}, { a = { 1, math.huge } }))
    says('column 1 holds a missing value (NaN) in row 1', fit(p.Normalizer {}, { { 0 / 0 } }))
    says("y has a missing value in row 2",
      fit(mah.Pipeline { network() }, { a = { 1, 2 } }, { "a", 0 / 0 }))
    says('column "kind" has a missing value in row 1',
      fit(mah.Pipeline { network() }, { a = { 1, 2 }, kind = { 0 / 0, "a" } }, "kind"))
  end)

  it("refuses a stratify of another length", function()
    says("argument 1 has 8 rows, and stratify has 0", m.train_test_split, mah.rand(8, 3),
      { stratify = {} })
  end)

  it("refuses, before anything is made, options without bounds", function()
    local x = mah.rand(8, 3)
    says("degree = 1000000000 of 3 columns: up to degree 74 there are already 73149 products",
      fit(p.PolynomialFeatures { degree = 1e9 }, x))
    says("products; at most 1000000 are made", fit(p.PolynomialFeatures { degree = { 5, 900 } }, x))
    says("up to degree 2828 there are already 2828 products",
      fit(p.PolynomialFeatures { degree = 1e9 }, mah.rand(8, 1)))
    local once = p.PolynomialFeatures { degree = 1e9, interaction_only = true }
    assert.equal(8, once:fit(x).n_output_features_)
    assert.equal(20, p.PolynomialFeatures { degree = 3 }:fit(x).n_output_features_)
    says("n_bins makes 3000000000 bins, a column for each; at most 1000000 are made",
      fit(p.KBinsDiscretizer { n_bins = 1e9 }, x))
    says("n_bins makes 3000000000 bins; at most", fit(p.KBinsDiscretizer { n_bins = 1e9,
      encode = "ordinal" }, x))
    says("is more than the 8 rows", fit(p.KBinsDiscretizer { n_bins = 9, strategy = "kmeans" }, x))
    local text = golden.warnings(function()
      assert.equal(8, p.QuantileTransformer { n_quantiles = 1e9, subsample = 1e9 }:fit(x)
        .n_quantiles_)
    end)
    assert.truthy(text:find("n_quantiles (1000000000) is greater than the number of rows (8)", 1,
      true), text)
  end)

  it("tells of columns without any value, or with a single one", function()
    local out
    local text = golden.warnings(function() out = p.SimpleImputer {}:fit_transform {
      empty = t.none, one = t.one } end)
    assert.truthy(text:find('all values of column "empty" are missing; it is left out', 1, true))
    assert.same({ 4, 1 }, out.shape)
    golden.warnings(says, "all columns are without any value", function()
      p.SimpleImputer {}:fit_transform { none = t.none }
    end)
    says('column "one" has the single value 5', fit(p.PowerTransformer {}, { one = t.one }))
    says('all values of column "none" are missing', fit(p.PowerTransformer {}, { none = t.none }))
    assert.same({ { 0 }, { 0 }, { 0 }, { 0 } },
      p.StandardScaler {}:fit_transform { one = t.one }:totable())
    text = golden.warnings(function()
      p.KBinsDiscretizer { n_bins = 2 }:fit { one = t.one }
    end)
    assert.truthy(text:find('column "one" has the single value 5; it becomes 0', 1, true), text)
  end)

  it("tells of classes and strata that are too small", function()
    says("class b has a single row; each class needs two", m.train_test_split, t,
      { stratify = { "a", "a", "a", "b" } })
    local text = golden.warnings(function()
      mah.warnings(true)
      m.cross_val_score(mah.Pipeline { p.StandardScaler {}, network() }, mah.randn(6, 2),
        { 1, 1, 1, 1, 1, 2 }, { cv = 2 })
    end)
    assert.truthy(text:find("class 2 has only 1 rows, fewer than n_splits = 2", 1, true), text)
    assert.truthy(text:find("has no row of class 2 (row 6 has it)", 1, true), text)
  end)

  it("names shapes that do not fit", function()
    says("a matrix (samples, features) is expected, got shape (3)",
      fit(p.StandardScaler {}, mah.ones(3)))
    says("x has 0 rows and 3 columns", fit(p.StandardScaler {}, mah.zeros(0, 3)))
    says("x has 2 features, but StandardScaler is expecting 3 features as input", function()
      p.StandardScaler {}:fit(mah.ones(2, 3)):transform(mah.ones(2, 2))
    end)
    says("row 2 has 1 values, and row 1 has 2", fit(p.StandardScaler {}, { { 1, 2 }, { 3 } }))
    says("inverse_transform: x has 2 columns; 1 are expected", function()
      p.StandardScaler {}:fit(mah.ones(2, 1)):inverse_transform(mah.ones(2, 2))
    end)
  end)

  it("may be a parameter that was assigned after fit, whatever is called then", function()
    local normalizer = p.Normalizer {}:fit { { 1, 3 } }
    normalizer.norm = "l3"
    says("norm must be one of l1, l2, max; got \"l3\"",
      function() normalizer:transform { { 1, 3 } } end)
    normalizer.norm = nil
    says("norm must be one of l1, l2, max; got nil",
      function() normalizer:transform { { 1, 3 } } end)
    assert.equal(0.25, normalizer:set_params { norm = "l1" }:transform({ { 1, 3 } })[1][1])
  end)

  it("may be steps that were assigned", function()
    local columns = p.ColumnTransformer { { { 1 }, p.StandardScaler {} } }
    columns.transformers = { 1, 2 }
    says("transformers: entry 1 must be {name, transformer, columns}; got 1",
      function() columns:fit(mah.zeros(2, 3)) end)
    columns.transformers = print
    assert.matches("^ColumnTransformer{", tostring(columns))
    assert.equal(print, columns:get_params().transformers)
    says("transformers must be a table", function() columns:fit(mah.zeros(2, 3)) end)
    local pipeline = mah.Pipeline { p.StandardScaler {} }:fit(mah.ones(2, 3))
    pipeline.steps = 3
    assert.equal("Pipeline{}", tostring(pipeline))
    says("steps must be a table", function() pipeline:transform(mah.ones(2, 3)) end)
    pipeline.steps = { p.StandardScaler {} }
    says("steps: step 1 is a StandardScaler{}; {name, estimator} is expected",
      function() pipeline:transform(mah.ones(2, 3)) end)
  end)

  it("may be a parameter that was assigned", function()
    local imputer, bins = p.SimpleImputer {}, p.KBinsDiscretizer {}
    imputer.strategy, bins.strategy = "mena", 7
    says("strategy must be", fit(imputer, mah.ones(3, 2)))
    says("strategy must be", fit(bins, mah.ones(3, 2)))
    local folds = m.RepeatedStratifiedKFold {}
    folds.n_repeats = { 1 }
    says("n_repeats must be", folds.get_n_splits, folds)
    local encoder = p.OneHotEncoder { drop = { "x" } }
    says("has no category", fit(encoder, { { "a" }, { "b" } }))
    says("not fitted yet", function() encoder:transform { { "a" } } end)
  end)

  it("is told of at the user's line", function()
    local message = golden.message(function()
      local scaler = p.StandardScaler {}:fit(t)
      return scaler
    end)
    assert.truthy(message:find("^[^\n]*bad_input_spec.lua:"), message)
    says("has no 'fitt'; did you mean 'fit'?", function() p.StandardScaler {}:fitt(t) end)
    says("did you mean 'with_mean'?", p.StandardScaler, { with_maen = true })
  end)

  it("is a parameter that was assigned, told of when it is used", function()
    local binner = p.KBinsDiscretizer {}
    binner.n_bins = "many"
    says("mah.preprocessing.KBinsDiscretizer: n_bins must be", binner.fit, binner, t)
    local folds = mah.model_selection.RepeatedStratifiedKFold {}
    folds.n_repeats = {}
    says("n_repeats must be", folds.get_n_splits, folds)
  end)

  it("tells where what scikit-learn's users write goes here", function()
    local model = mah.Pipeline { p.StandardScaler {}, network() }
    says("got a Pipeline{StandardScaler{}, MLPClassifier{max_iter = 2, random_state = 1}}; "
      .. "write GridSearchCV{estimator = model, ...}", function() m.GridSearchCV(model, {}) end)
    says("write TransformedTargetRegressor{regressor = model, ...}",
      function() p.TransformedTargetRegressor(mah.MLPRegressor {}) end)
    says("a table of options is expected, got MLPClassifier{max_iter = 2, random_state = 1}",
      function() mah.plot.boundary(network(), mah.zeros(2, 2), { 0, 1 }) end)
    says("step 1 is the class itself; StandardScaler{} makes one of it",
      function() mah.Pipeline { p.StandardScaler, network() } end)
    says("step 1 is the class itself; OneHotEncoder{} makes one of it",
      function() p.ColumnTransformer { { "sex", p.OneHotEncoder } } end)
    says("entry 1 ends with a list of columns; columns stand first",
      function() p.ColumnTransformer { { "num", p.StandardScaler {}, { "age" } } } end)
    says("the result is always a dense matrix",
      function() p.OneHotEncoder { sparse_output = false } end)
    says('did you mean "roc_auc"?', function() mah.metrics.get_scorer "AUC" end)
    says('did you mean "neg_root_mean_squared_error"?',
      function() mah.metrics.get_scorer "rmse" end)
    says("p:select(2, 2), is the positive class's",
      function() mah.metrics.roc_curve({ 0, 1, 1 }, mah.zeros(3, 2)) end)
  end)

  it("tells a column, a list and a number from a matrix", function()
    local cars = mah.data.table { weight = { 1, 2, 3 }, power = { 1, 2, 3 } }
    says('t:select{"weight"} is a table of it', fit(p.StandardScaler {}, cars.weight))
    says("x:reshape(-1, 1) has one feature", fit(p.StandardScaler {}, mah.zeros(3)))
    says('t:tensor{"weight"} makes a matrix of one column of it',
      fit(mah.MLPRegressor {}, cars.weight, { 1, 2, 3 }))
    says("got a table of 2 columns; t:tensor{", fit(mah.MLPRegressor {}, cars, { 1, 2, 3 }))
    says("mah.tensor(list) makes a tensor of a list",
      fit(network(), { { 1, 2 }, { 3, 4 } }, { 0, 1 }))
    says('column "age" is 3; a list with the values of its rows is expected, {3} for one row',
      fit(p.StandardScaler {}, { age = 3 }))
    for _, estimator in ipairs { network(), mah.MLPRegressor {} } do
      says('got "power"; the name of a column goes with a table, and those with mah.Pipeline',
        fit(estimator, cars, "power"))
    end
    says('got the string "weight"; a table\'s column is t.name',
      fit(mah.MLPRegressor {}, mah.zeros(3, 1), cars.power, "weight"))
    says("the weights stand alone: fit(x, y, weights)",
      fit(mah.MLPRegressor {}, mah.zeros(3, 1), cars.power, { sample_weight = cars.weight }))
    says('groups: a list is expected, got the string "weight"', function()
      m.cross_val_score(mah.MLPRegressor {}, mah.zeros(3, 1), cars.power,
        { cv = m.GroupKFold { n_splits = 2 }, groups = "weight" })
    end)
  end)
end)
