--- Fitted models of all kinds, for the specs of what they are written as.
---
---     models.each_estimator(function(model, x, about) ... end)
local mah = require "mah"

local p = mah.preprocessing

local models = {}

models.activations = { "identity", "relu", "logistic", "tanh", "leaky_relu", "elu", "softplus",
  "gelu", "silu" }

---@param dtype string|nil   float32 when nil
function models.matrix(n, d, dtype)
  return mah.randn(n, d, { rng = mah.rng(7), dtype = dtype or "float32" })
end

--- n labels, those of the list in turn.
function models.labels(n, names)
  local y = {}
  for i = 1, n do y[i] = names[i % #names + 1] end
  return y
end

---@param given table|nil   further parameters
function models.classifier(x, y, given)
  local params = { hidden_layer_sizes = { 8 }, max_iter = 30, random_state = 1 }
  for name, value in pairs(given or {}) do params[name] = value end
  return mah.MLPClassifier(params):fit(x, y)
end

local function each_meta(x, y, act)
  local unfitted = mah.MLPClassifier { hidden_layer_sizes = { 4 }, max_iter = 5, random_state = 1 }
  for _, method in ipairs { "sigmoid", "isotonic", "temperature" } do
    local c = mah.calibration.CalibratedClassifierCV { estimator = unfitted, cv = 2,
      method = method }
    -- isotonic: steep lines multiply what float32 outputs differ by
    act(c:fit(x, y), x, { is_classifier = true, slack = method == "isotonic" and 100 or nil })
  end
  act(mah.calibration.FoldsClassifier { estimator = unfitted, cv = 2 }:fit(x, y), x,
    { is_classifier = true })
end

--- Classifiers and regressors.
---@param act fun(model: table, x: tensor, about: {is_classifier: boolean?, slack: number?})
function models.each_estimator(act)
  local x, classifier = models.matrix(60, 4), models.classifier
  local of_classes = { is_classifier = true }
  for _, names in ipairs { { "ash" }, { "ash", "elm" }, { 7, -3, 12 }, { true, false } } do
    act(classifier(x, models.labels(60, names)), x, of_classes)
  end
  act(classifier(x, x:narrow(2, 1, 3):gt(0):int()), x, of_classes)
  local y = models.labels(60, { "ash", "elm", "oak" })
  act(classifier(x:double(), y), x:double(), of_classes)
  for _, targets in ipairs { x:select(2, 1), x:narrow(2, 1, 2) } do
    act(mah.MLPRegressor { max_iter = 20, random_state = 1 }:fit(x, targets), x, {})
  end
  local counts = mah.MLPRegressor { loss = "poisson", max_iter = 20, random_state = 1 }
  act(counts:fit(x, x:select(2, 1):exp()), x, {})
  each_meta(x, y, act)
end

--- Transformers, each with rows of both precisions.
---@param x tensor   float64 (40, 3)
---@param act fun(step: table, x: tensor)
function models.each_transformer(x, act)
  x = x:clone()
  x:select(2, 3):round_()
  local holes = x:clone()
  holes[2][1], holes[5][3], holes[7][3] = 0 / 0, 0 / 0, -1
  local code = holes:select(2, 3):reshape(40, 1)
  local function try(step, data, fitted_to)
    step:fit(fitted_to or data)
    for _, dtype in ipairs { "float32", "float64" } do act(step, data:to(dtype)) end
  end
  for _, step in ipairs {
    p.StandardScaler {}, p.MinMaxScaler {}, p.RobustScaler {}, p.Normalizer {},
    p.Normalizer { norm = "l1" }, p.Normalizer { norm = "max" },
    p.PolynomialFeatures { degree = 3 }, p.PolynomialFeatures { degree = 0 },
    p.KBinsDiscretizer { n_bins = 3 },
    p.KBinsDiscretizer { n_bins = 4, encode = "ordinal" }, p.PowerTransformer {},
    p.QuantileTransformer { n_quantiles = 10 },
  } do
    try(step, x)
  end
  try(p.MinMaxScaler { clip = true }, x * 3, x)
  try(p.QuantileTransformer { n_quantiles = 10 }, x * 3, x)
  try(p.Normalizer {}, mah.zeros(4, 2, { dtype = "float64" }))
  try(p.SimpleImputer { add_indicator = true }, holes)
  try(p.SimpleImputer { missing_values = -1, strategy = "constant", fill_value = 9 }, holes)
  try(p.MinMaxScaler { clip = true }, holes)
  try(p.PowerTransformer {}, holes)
  try(p.QuantileTransformer { n_quantiles = 10 }, holes)
  try(p.OneHotEncoder {}, code)
  try(p.OneHotEncoder { handle_unknown = "ignore", categories = { { 0, 1, 7 } } }, code)
  try(p.OneHotEncoder { min_frequency = 4, handle_unknown = "infrequent_if_exist" }, code)
  try(p.OrdinalEncoder { encoded_missing_value = -2 }, code)
  try(p.OrdinalEncoder { handle_unknown = "use_encoded_value", unknown_value = -3,
    categories = { { 0, 1 } } }, code)
  for _, name in ipairs { "neg", "abs", "sign", "square", "relu", "floor", "ceil", "round", "trunc",
    "reciprocal", "exp", "expm1", "sin", "cos", "tan", "tanh", "sigmoid", "isnan", "isfinite" } do
    try(p.FunctionTransformer { func = name }, x:narrow(2, 1, 2) * 0.4)
  end
  for _, name in ipairs { "sqrt", "log", "log1p" } do
    try(p.FunctionTransformer { func = name }, x:narrow(2, 1, 2):abs() * 1e-9)
  end
end

--- Regressors of transformed targets. steep: how many times their inverse enlarges an error of the
--- float32 network's (that by 20 quantiles is a polygon with slopes of about 20).
---@param act fun(model: table, x: tensor, steep: number)
function models.each_target(act)
  local x = models.matrix(40, 3)
  local y = x:select(2, 1):exp():double()
  for _, given in ipairs {
    { transformer = p.StandardScaler {} }, { transformer = p.PowerTransformer {} },
    { transformer = p.QuantileTransformer { n_quantiles = 20 } },
    { func = "log", inverse_func = "exp" },
  } do
    given.regressor, given.check_inverse = mah.MLPRegressor { max_iter = 30, random_state = 1 },
      false
    local steep = given.transformer and given.transformer.class == "QuantileTransformer" and 20 or 3
    act(p.TransformedTargetRegressor(given):fit(x, y), x, steep)
  end
end

--- A table's columns, 40 rows of numbers and texts with missing ones among them.
function models.columns()
  local a, color, size, port, share = {}, {}, {}, {}, {}
  for i = 1, 40 do
    a[i] = i % 7 == 0 and 0 / 0 or math.sin(i)
    color[i] = ({ "red", "green", "blue" })[i % 3 + 1]
    port[i] = i % 5 == 0 and 0 / 0 or ({ "S", "C" })[i % 2 + 1]
    size[i], share[i] = i % 4, i % 3 / 10
  end
  return { a = a, ["the color"] = color, size = size, port = port, unused = a, share = share }
end

--- What takes these columns, not fitted; `last` is its last step.
function models.of_table(last)
  return mah.Pipeline {
    p.ColumnTransformer {
      { { "size", "a" }, p.SimpleImputer { add_indicator = true }, p.StandardScaler {} },
      { { "the color" }, p.OneHotEncoder { handle_unknown = "ignore" } },
      { { "port", "the color" }, p.SimpleImputer { strategy = "most_frequent",
        add_indicator = true }, p.OrdinalEncoder {} },
      { { "port" }, p.SimpleImputer { strategy = "constant", fill_value = "none" },
        p.OneHotEncoder {} },
      { { "port" }, p.OneHotEncoder { drop = "first" } },
      { { "port" }, p.OrdinalEncoder { encoded_missing_value = 9 } },
      { { "share" }, p.OneHotEncoder {} }, -- 0.1 is not what it is in float
      { { "share" }, p.KBinsDiscretizer { n_bins = 2 } },
      { { "size" }, "passthrough" },
    },
    last,
  }
end

--- A pipeline of a matrix: scaler, features, classifier.
---@return table model, tensor x
function models.of_matrix()
  local x = models.matrix(60, 4)
  local model = mah.Pipeline { p.StandardScaler {}, p.PolynomialFeatures {},
    mah.MLPClassifier { hidden_layer_sizes = { 8 }, max_iter = 20, random_state = 1 } }
  return model:fit(x, models.labels(60, { "ash", "elm", "oak" })), x
end

return models
