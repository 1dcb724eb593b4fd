-- Models as programs: what a program says is what the model does.
local interpret = require "exchange.interpret"
local lower = require "mah.exchange.lower"
local mah = require "mah"

local p = mah.preprocessing

--- Rows next to one another.
local function near(expected, rows, tolerance)
  if type(expected) ~= "table" then
    expected = expected:double()
    expected = expected.ndim == 1 and expected:reshape(#expected, 1):totable() or expected:totable()
  end
  assert.equal(#expected, #rows)
  for i, row in ipairs(expected) do
    assert.equal(#row, #rows[i])
    for j, value in ipairs(row) do
      local got = rows[i][j]
      local same = value ~= value and got ~= got or math.abs(value - got) <= tolerance
      if not same then error(("row %d, column %d: %.17g, not %.17g"):format(i, j, got, value)) end
    end
  end
end

local function matrix(n, d, dtype)
  return mah.randn(n, d, { rng = mah.rng(6), dtype = dtype or "float32" })
end

describe("a network as a program", function()
  for _, name in ipairs { "identity", "relu", "logistic", "tanh", "leaky_relu", "elu", "softplus",
    "gelu", "silu" } do
    it("has the activation " .. name, function()
      local net = mah.mlp { 3, { 5, name, dropout = 0.5 }, { 4, "softmax" }, seed = 1 }
      local x = matrix(6, 3)
      near(net:forward(x), interpret(lower(net), { x = x }), 1e-6)
    end)
  end

  it("ends in what its loss is for", function()
    for _, output in ipairs { "identity", "exp", "logistic", "softmax" } do
      local net = mah.mlp { 3, { 5, "tanh" }, { 2, output }, seed = 1, dtype = "float64" }
      local x = matrix(6, 3, "float64")
      local program = lower(net)
      assert.equal("network", program.result.kind)
      assert.equal("float64", program.inputs[1].dtype)
      near(net:forward(x), interpret(program, { x = x }), 1e-14)
    end
  end)

  it("scales bytes", function()
    local net = mah.mlp { 3, { 2, "softmax" }, seed = 1 }:scale_inputs(1 / 255)
    local x = mah.tensor({ { 0, 7, 255 }, { 3, 2, 1 } }, { dtype = "uint8" })
    near(net:forward(x), interpret(lower(net), { x = x }), 1e-7)
    near(net:scale_inputs(0.37):forward(x), interpret(lower(net), { x = x }), 1e-7)
  end)

  it("cannot hold a function of one's own", function()
    local cube = { name = "cube", forward = function(z) return z * z * z end,
      backward = function(_, dy, z) return 3 * z * z * dy end }
    assert.has_error(function() lower(mah.mlp { 3, { 2, cube }, { 1, "identity" } }) end,
      "cannot write layer 1: its activation, cube, is a function of your own")
  end)
end)

describe("an estimator as a program", function()
  local x = matrix(40, 3)

  before_each(function() mah.warnings(false) end)
  after_each(function() mah.warnings(true) end)

  local function labels(k)
    local y = {}
    for i = 1, 40 do y[i] = ({ "ash", "elm", "oak" })[i % k + 1] end
    return y
  end

  local function classifier(y)
    return mah.MLPClassifier { hidden_layer_sizes = { 4 }, max_iter = 20, random_state = 1 }
      :fit(x, y)
  end

  it("gives probabilities", function()
    for k = 1, 3 do
      local clf = classifier(labels(k))
      local program = lower(clf)
      near(clf:predict_proba(x), interpret(program, { x = x }), 1e-6)
      assert.same(clf.classes_, program.result.classes)
      assert.is_falsy(program.result.multilabel)
    end
    local several = classifier(matrix(40, 2):gt(0):int())
    local program = lower(several)
    near(several:predict_proba(x), interpret(program, { x = x }), 1e-6)
    assert.is_true(program.result.multilabel)
  end)

  it("gives numbers", function()
    local reg = mah.MLPRegressor { hidden_layer_sizes = { 4 }, max_iter = 20, random_state = 1 }
    near(reg:fit(x, x:select(2, 1)):predict(x), interpret(lower(reg), { x = x }), 1e-6)
    near(reg:fit(x, x:narrow(2, 1, 2)):predict(x), interpret(lower(reg), { x = x }), 1e-6)
    local counts = mah.MLPRegressor { loss = "poisson", max_iter = 20, random_state = 1 }
    near(counts:fit(x, x:select(2, 1):exp()):predict(x), interpret(lower(counts), { x = x }), 1e-5)
  end)

  it("must be fitted", function()
    assert.error_matches(function() lower(mah.MLPClassifier {}) end, "it is not fitted yet")
    assert.error_matches(function() lower(mah.Pipeline { mah.MLPClassifier {} }) end,
      "it is not fitted yet")
    assert.error_matches(function() lower(p.StandardScaler {}) end, "it is not fitted yet")
    assert.error_matches(function() lower "model" end, "expected, got \"model\"")
  end)

  it("may be several", function()
    local y, estimator = labels(3), mah.MLPClassifier { hidden_layer_sizes = { 4 }, max_iter = 5,
      random_state = 1 }
    for _, method in ipairs { "sigmoid", "isotonic", "temperature" } do
      for k = 2, 3 do
        local c = mah.calibration.CalibratedClassifierCV { estimator = estimator, cv = 2,
          method = method }:fit(x, labels(k))
        near(c:predict_proba(x), interpret(lower(c), { x = x }), 1e-6)
      end
    end
    local bag = mah.calibration.FoldsClassifier { estimator = estimator, cv = 2 }:fit(x, y)
    near(bag:predict_proba(x), interpret(lower(bag), { x = x }), 1e-6)
    local search = mah.model_selection.GridSearchCV { estimator = estimator, cv = 2,
      param_grid = { alpha = { 0, 1 } } }:fit(x, y)
    near(search:predict_proba(x), interpret(lower(search), { x = x }), 1e-6)
  end)

  it("may have learned another target", function()
    local y = x:select(2, 1):exp():double()
    for _, given in ipairs {
      { transformer = p.StandardScaler {} }, { transformer = p.MinMaxScaler {} },
      { transformer = p.RobustScaler {} }, { transformer = p.PowerTransformer {} },
      { transformer = p.QuantileTransformer { n_quantiles = 20 } },
      { transformer = mah.Pipeline { p.StandardScaler {}, p.MinMaxScaler {} } },
      { func = "log", inverse_func = "exp" },
    } do
      given.regressor, given.check_inverse = mah.MLPRegressor { max_iter = 30, random_state = 1 },
        false
      local model = p.TransformedTargetRegressor(given):fit(x, y)
      near(model:predict(x), interpret(lower(model), { x = x }), 1e-5)
    end
  end)
end)

describe("a transformer as a program", function()
  local x = matrix(30, 3, "float64")
  x:select(2, 3):round_()

  before_each(function() mah.warnings(false) end)
  after_each(function() mah.warnings(true) end)

  local function same_as(step, data, fitted_to)
    step:fit(fitted_to or data)
    for _, dtype in ipairs { "float32", "float64" } do
      local own = data:to(dtype)
      near(step:transform(own), interpret(lower(step, { dtype = dtype }), { x = own }),
        dtype == "float32" and 1e-6 or 1e-14)
    end
  end

  it("computes what mah does", function()
    for _, step in ipairs {
      p.StandardScaler {}, p.StandardScaler { with_mean = false }, p.MinMaxScaler {},
      p.MinMaxScaler { feature_range = { -1, 2 } }, p.RobustScaler {},
      p.RobustScaler { with_scaling = false }, p.Normalizer {}, p.Normalizer { norm = "l1" },
      p.Normalizer { norm = "max" }, p.PolynomialFeatures { degree = 3 },
      p.PolynomialFeatures { interaction_only = true, include_bias = false },
      p.KBinsDiscretizer { n_bins = 3 }, p.KBinsDiscretizer { n_bins = 4, encode = "ordinal" },
      p.PowerTransformer {}, p.PowerTransformer { standardize = false },
      p.QuantileTransformer { n_quantiles = 10 }, p.FunctionTransformer { func = "expm1" },
      p.FunctionTransformer { func = "isfinite" }, p.FunctionTransformer {},
    } do
      same_as(step, x)
    end
    same_as(p.MinMaxScaler { clip = true }, x * 3, x)
    same_as(p.QuantileTransformer { n_quantiles = 10 }, x * 3, x)
  end)

  it("computes it of rows and columns that are all alike", function()
    local zeros = mah.zeros(4, 2, { dtype = "float64" })
    same_as(p.StandardScaler {}, zeros)
    same_as(p.Normalizer {}, zeros)
    same_as(p.KBinsDiscretizer {}, zeros)
    same_as(p.QuantileTransformer {}, zeros)
  end)

  it("fills and encodes numbers", function()
    local holes = x:clone()
    holes[2][1], holes[5][3], holes[7][3] = 0 / 0, 0 / 0, -1
    for _, step in ipairs {
      p.SimpleImputer {}, p.SimpleImputer { strategy = "median", add_indicator = true },
      p.SimpleImputer { missing_values = -1, strategy = "constant", fill_value = 9 },
    } do
      same_as(step, holes)
    end
    local codes = holes:select(2, 3):reshape(30, 1)
    for _, step in ipairs {
      p.OneHotEncoder {}, p.OneHotEncoder { drop = "first" },
      p.OneHotEncoder { handle_unknown = "ignore", categories = { { 0, 1, 7 } } },
      p.OrdinalEncoder {}, p.OrdinalEncoder { encoded_missing_value = -2 },
      p.OrdinalEncoder { handle_unknown = "use_encoded_value", unknown_value = -3,
        categories = { { 0, 1 } } },
    } do
      same_as(step, codes)
    end
  end)

  it("puts rare categories together, and with them what fit never saw", function()
    local codes = mah.tensor({ 3, 1, 1, 2, 2, 2, 9, 0 / 0, 7, 7, 7, 7 }, { dtype = "float64" })
    local unknown = mah.tensor({ 1, 2, 3, 5, 7, 9, 0 / 0 }, { dtype = "float64" }):reshape(7, 1)
    codes = codes:reshape(12, 1)
    for _, handle in ipairs { "error", "ignore", "infrequent_if_exist" } do
      for _, given in ipairs { { min_frequency = 2 }, { min_frequency = 3 }, { max_categories = 3 },
        { max_categories = 2, drop = "if_binary" }, { min_frequency = 3, drop = "first" },
        { min_frequency = 3, drop = { 7 } }, { min_frequency = 1 } } do
        given.handle_unknown = handle
        same_as(p.OneHotEncoder(given), handle == "error" and codes or unknown, codes)
      end
      local few = mah.tensor({ 4, 1, 1, 1 }, { dtype = "float64" }):reshape(4, 1) -- 1 is rare
      same_as(p.OneHotEncoder { min_frequency = 2, categories = { { 4, 1 } },
        handle_unknown = handle }, few)
    end
    local texts = { color = { "red", "red", "blue", "green", 0 / 0, "red" } }
    local some = { color = { "mauve", "blue", "red", 0 / 0 } }
    local s = p.OneHotEncoder { min_frequency = 2, handle_unknown = "infrequent_if_exist" }
    near(s:fit(texts):transform(some), interpret(lower(s), some), 0)
  end)

  it("must be one that can be told", function()
    assert.error_matches(function()
      lower(p.QuantileTransformer { n_quantiles = 3, output_distribution = "normal" }:fit(x))
    end, "its output_distribution is \"normal\"")
    local mine = p.FunctionTransformer { func = function(t) return t end }
    local own = mah.Pipeline { { "mine", mine }, p.StandardScaler {} }:fit(x)
    assert.error_matches(function() lower(own) end,
      "step mine: cannot write FunctionTransformer: func is a function of your own")
    assert.error_matches(function() lower(p.LabelEncoder {}:fit { 1, 2 }) end, "cannot write")
  end)
end)

describe("a table's pipeline as a program", function()
  local function columns()
    local a, color, size, port = {}, {}, {}, {}
    for i = 1, 40 do
      a[i] = i % 7 == 0 and 0 / 0 or math.sin(i)
      color[i] = ({ "red", "green", "blue" })[i % 3 + 1]
      port[i] = i % 5 == 0 and 0 / 0 or ({ "S", "C" })[i % 2 + 1]
      size[i] = i % 4
    end
    return { a = a, color = color, size = size, port = port, unused = a }
  end

  local function model(last)
    return mah.Pipeline {
      p.ColumnTransformer {
        { { "size", "a" }, p.SimpleImputer { add_indicator = true }, p.StandardScaler {} },
        { { "color" }, p.OneHotEncoder { handle_unknown = "ignore" } },
        { { "port", "color" }, p.SimpleImputer { strategy = "most_frequent" },
          p.OrdinalEncoder {} },
        { { "port" }, p.OneHotEncoder { drop = "first" } },
        { { "size" }, "passthrough" },
      },
      last,
    }
  end

  before_each(function() mah.warnings(false) end)
  after_each(function() mah.warnings(true) end)

  it("has an input for each column that is used", function()
    local y = {}
    for i = 1, 40 do y[i] = i % 3 end
    local fitted = model(mah.MLPClassifier { max_iter = 5, random_state = 1 }):fit(columns(), y)
    local program, found = lower(fitted), {}
    for _, input in ipairs(program.inputs) do found[input.column] = input.dtype end
    assert.same({ a = "float64", size = "float64", color = "text", port = "text" }, found)
    near(fitted:predict_proba(columns()), interpret(program, columns()), 1e-12)
  end)

  it("gives unknown categories no column and no number", function()
    local data = { color = { "red", "green" } }
    local one_hot, ordinal = p.OneHotEncoder {}:fit(data), p.OrdinalEncoder {}:fit(data)
    assert.same({ { 0, 0 } }, interpret(lower(one_hot), { color = { "mauve" } }))
    local code = interpret(lower(ordinal), { color = { "mauve" } })[1][1]
    assert.is_true(code ~= code)
  end)

  it("may be one of transformers", function()
    local fitted = model(p.MinMaxScaler {}):fit(columns())
    near(fitted:transform(columns()), interpret(lower(fitted), columns()), 1e-14)
    local scaler = p.StandardScaler {}:fit { a = { 1, 2, 3 }, b = { 3, 5, 9 } }
    near(scaler:transform { b = { 7, 8 }, a = { 1, 0 } },
      interpret(lower(scaler), { a = { 1, 0 }, b = { 7, 8 } }), 1e-15)
  end)

  it("may be one of rows with texts", function()
    local rows = { { "S", 1 }, { "C", 0 / 0 }, { "S", 5 } }
    local step = p.ColumnTransformer { { 1, p.OneHotEncoder {} }, { 2, p.SimpleImputer {} } }
    local program = lower(step:fit(rows))
    assert.same({ "x0", "text", "x1", "float64" }, { program.inputs[1].name,
      program.inputs[1].dtype, program.inputs[2].name, program.inputs[2].dtype })
    near(step:transform(rows), interpret(program, { x0 = { "S", "C", "S" }, x1 = { 1, 0 / 0, 5 } }),
      0)
  end)

  it("knows each category once", function()
    local twice = p.OneHotEncoder { categories = { { "a", "b", "a" } } }:fit { { "a" } }
    assert.error_matches(function() lower(twice) end, "the category \"a\" is there twice")
    local mixed = p.OneHotEncoder { categories = { { "a", 1 } } }:fit { { "a" } }
    assert.error_matches(function() lower(mixed) end, "categories are numbers and texts")
    local empty = p.OneHotEncoder {}:fit { { "a" }, { "" }, { 0 / 0 } }
    assert.error_matches(function() lower(empty) end, "a missing category and an empty one")
  end)

  it("cannot take a column as text and as numbers", function()
    local both = p.ColumnTransformer {
      { { "a" }, p.OrdinalEncoder {} }, { { "a" }, "passthrough" },
    }
    local data = { a = { "1", "2" } }
    both.transformers_, both.n_features_in_, both.feature_names_in_ = {
      { "o", p.OrdinalEncoder {}:fit(data), { "a" } }, { "p", "passthrough", { "a" } },
    }, 1, { "a" }
    assert.error_matches(function() lower(both) end, "column \"a\" holds texts")
  end)
end)
