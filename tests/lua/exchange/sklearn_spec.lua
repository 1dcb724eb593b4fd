--- Files that scikit-learn made (tests/golden/make_sklearn_files.py) predict here what they
--- predicted there. Those of tests/golden/sklearn are always there; others when MAH_EXCHANGE names
--- their folder.
local json = require "mah.base.json"
local mah = require "mah"
local sklearn_reader = require "mah.exchange.read.sklearn"

local root = debug.getinfo(1, "S").source:match "^@(.*)/tests/lua/" or "."
local folder = root .. "/tests/golden/sklearn/"

local function number(value)
  if value == "nan" then return 0 / 0 end
  return value
end

--- A list of rows, or columns by name, with NaN for "nan".
local function revived(value)
  if type(value) ~= "table" then return number(value) end
  local out = {}
  for key, inner in pairs(value) do out[key] = revived(inner) end
  return out
end

local function input_of(answer)
  local x = revived(answer.x)
  if not x[1] then return x end
  for _, row in ipairs(x) do
    for _, value in ipairs(row) do
      if type(value) == "string" then return x end
    end
  end
  local words = answer.file:find "^o" and answer.file:find "^on" or answer.file:find "^ordinal%."
  return words and x or mah.tensor(x, { dtype = answer.dtype or "float64" })
end

local function expect(expected, got, tolerance, where)
  if type(expected) == "table" then
    assert.equal(#expected, #got, where)
    for i = 1, #expected do
      expect(expected[i], got[i], tolerance, ("%s[%d]"):format(where, i))
    end
  elseif type(expected) ~= "number" or type(got) ~= "number" then
    if expected == "nan" then assert.is_true(got ~= got, where) return end
    assert.equal(expected, got, where)
  elseif not (math.abs(expected - got) <= tolerance * math.max(1, math.abs(expected))) then
    error(("%s: %.17g is expected, got %.17g"):format(where, expected, got))
  end
end

describe("scikit-learn's files", function()
  for _, answer in ipairs(json.decode(mah.file.read(folder .. "answers.json"))) do
    it("predict what they did: " .. answer.file, function()
      local model, x = mah.load(folder .. answer.file), input_of(answer)
      for _, method in ipairs { "predict", "predict_proba", "transform" } do
        if answer[method] then
          expect(answer[method], model[method](model, x), answer.tolerance, method)
        end
      end
    end)
  end
end)

describe("what is refused", function()
  local function says(name, pattern)
    assert.error_matches(function() mah.load(folder .. name) end, pattern)
  end

  it("is every callable outside of the list, by its name, and it is not called", function()
    for _, protocol in ipairs { 0, 2, 4 } do
      says(("print%d.pickle"):format(protocol), "wants [_%a]*builtins?[_%a]*%.print, which is none "
        .. "of the things that a model is made of and is never run")
    end
    says("time.joblib", "time%.time, which is none of the things")
    says("hidden.pickle", "posix%.getpid, which is none of the things")
    says("function.skops", "numpy%.log1p %(FunctionNode%), which is none of the things")
  end)

  it("is an estimator that Mah has not", function()
    says("svc.pickle", "sklearn%.svm%._classes%.SVC, which is none of .*MLPClassifier, MLPR"
      .. ".*; save such a one by itself: joblib%.dump%(search%.best_estimator_, path%)")
    says("svc.skops", "sklearn%.svm%._classes%.SVC, which is none of .*; save such a one by itself")
    says("boxcox.pickle",
      "boxcox%.pickle: PowerTransformer: method = \"box%-cox\", which Mah has not")
    says("function.pickle", "numpy%..*, which is none of the things")
  end)

  it("is what is no fitted estimator", function()
    says("unfitted.pickle", "unfitted%.pickle: MLPClassifier: it has no coefs_: it is not fitted")
    says("list.pickle", "list%.pickle: it holds a list, which is no estimator")
  end)

  it("is an option, which these files have no use for", function()
    assert.error_matches(function()
      mah.load(folder .. "standard.pickle", { activation = "relu" })
    end, "takes no options, and not activation")
  end)
end)

describe("a model of scikit-learn's", function()
  it("has its parameters, and what the fit found", function()
    local clf = mah.load(folder .. "several.pickle")
    assert.equal("sgd", clf.solver)
    assert.is_true(clf.early_stopping)
    assert.equal(4, clf.hidden_layer_sizes[1])
    assert.equal(#clf.loss_curve_, clf.n_iter_)
    local scaler = mah.load(folder .. "standard.pickle")
    assert.equal(3, #scaler.mean_)
    assert.equal("float64", scaler.var_.dtype)
  end)

  it("is saved, and trained on", function()
    local path = os.tmpname()
    local model = mah.load(folder .. "protocol4.pickle")
    local x = mah.randn({ 30, 3 }, { rng = 1, dtype = "float64" })
    local before = model:predict_proba(x)
    model:save(path)
    assert.is_true(mah.load(path):predict_proba(x):equal(before))
    os.remove(path)
    for _, name in ipairs { "table", "polynomial", "bins", "median", "maxabs" } do
      mah.load(folder .. name .. ".pickle"):save(path .. ".onnx")
    end
    os.remove(path .. ".onnx")
    model:fit(x, x[{ {}, 1 }]:gt(0):int())
    assert.equal(2, #model.classes_)
  end)
end)

describe("MAH_EXCHANGE", function()
  local shared = os.getenv "MAH_EXCHANGE"
  if not shared then
    io.stderr:write "exchange/sklearn_spec: MAH_EXCHANGE is not set: its pickles are not read\n"
    return
  end
  for _, ending in ipairs { "pickle", "joblib.0", "joblib.3", "joblib.gzip", "joblib.bz2",
    "joblib.xz" } do
    it("pipe." .. ending, function()
      local model = mah.load(shared .. "/pipe." .. ending)
      local x = mah.tensor({ { 5.1, 3.5, 1.4, .2 }, { 6, 3, 4.8, 1.8 } }, { dtype = "float64" })
      expect({ { 0.297541616458962, 0.10095207673768607, 0.6015063068033519 },
        { 0.1044523197513215, 0.20607852780596286, 0.6894691524427157 } }, model:predict_proba(x),
        1e-15, "predict_proba")
      assert.same({ "virginica", "virginica" }, model:predict(x))
      assert.same({ "setosa", "versicolor", "virginica" }, model.classes_)
    end)
  end

  it("arrs.jl", function()
    local arrays = sklearn_reader.data(shared .. "/arrs.jl").of
    expect({ { 0, 1, 2 }, { 3, 4, 5 } }, arrays.f.tensor:totable(), 0, "f")
    expect({ { 0, 2, 4 }, { 6, 8, 10 }, { 12, 14, 16 }, { 18, 20, 22 } },
      arrays.nc.tensor:totable(), 0, "nc")
    assert.same({ "a", "bc" }, arrays.obj.list)
    assert.same({ "a", "bc" }, arrays.u.list)
    assert.equal(3, arrays["0d"].tensor:item())
    expect({ 0, 1, 2 }, arrays.be.tensor:totable(), 0, "be")
    assert.same({ 0, 3 }, arrays.empty.tensor.shape)
    assert.same({ 1, 0 }, arrays.b.tensor:totable())
    assert.equal(2.5, arrays.sc)
    assert.equal("x", arrays.str)
  end)
end)

describe("a hostile file", function()
  local sklearn = require "mah.exchange.sklearn"
  local values = require "mah.exchange.pickle.values"

  local function says(class, state, pattern)
    local object = values.object("sklearn.x." .. class)
    object.state = state
    assert.error_matches(function() sklearn.estimator(object, "FILE") end, "FILE: " .. pattern)
  end

  it("cannot ask for more than it holds", function()
    says("PolynomialFeatures", { n_features_in_ = 1, degree = 1e5 },
      "PolynomialFeatures: 1 features and degree 100000 are too many products")
    says("PolynomialFeatures", { n_features_in_ = 1e6, degree = 3 }, ".*too many products")
    says("Normalizer", { n_features_in_ = 2 ^ 30 }, "Normalizer: 1073741824 features are too many")
    says("StandardScaler", { n_features_in_ = 3, scale_ = values.None, mean_ = values.None },
      "StandardScaler: it has no scale_: it is not fitted")
  end)

  it("cannot hold itself", function()
    local steps = values.list({}, 1)
    local pipeline = values.object "sklearn.pipeline.Pipeline"
    pipeline.state.steps = steps
    steps[1] = values.list({ "a", pipeline }, 2, "tuple")
    assert.error_matches(function() sklearn.estimator(pipeline, "FILE") end,
      "FILE: estimators lie in estimators, 32 deep")
  end)
end)
