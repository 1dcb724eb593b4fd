-- Pipelines in files.
local golden = require "golden"
local mah = require "mah"
local recorded = require "prepare.recorded"
local toys = require "prepare.toys"

local p, g = mah.preprocessing, recorded.all.cross

local function columns()
  local x = recorded.tensor(g.x)
  local color, a = {}, x:select(2, 1):clone()
  for i = 1, 60 do color[i] = ({ "red", "green", "blue" })[i % 3 + 1] end
  for i = 1, 60, 7 do a[i] = 0 / 0 end
  return { a = a, b = x:select(2, 2), color = color }
end

local function model()
  return mah.Pipeline {
    p.ColumnTransformer {
      { { "a", "b" }, p.SimpleImputer { add_indicator = true }, p.QuantileTransformer {
        n_quantiles = 20, output_distribution = "normal" } },
      { "a", p.SimpleImputer { strategy = "median" }, p.KBinsDiscretizer { n_bins = 3 } },
      { "color", p.OneHotEncoder { handle_unknown = "ignore", drop = "first" } },
    },
    { "mlp", mah.MLPClassifier { hidden_layer_sizes = { 5 }, max_iter = 4, random_state = 1 } },
  }
end

describe("a saved pipeline", function()
  local path

  before_each(function()
    mah.warnings(false)
    path = os.tmpname()
  end)
  after_each(function()
    mah.warnings(true)
    os.remove(path)
  end)

  it("predicts the same bits", function()
    local fitted = model():fit(columns(), g.y3)
    fitted:save(path)
    local loaded = mah.load(path)
    golden.equal(fitted:predict_proba(columns()), loaded:predict_proba(columns()))
    assert.same(fitted:predict(columns()), loaded:predict(columns()))
    assert.same({ "ash", "elm", "oak" }, loaded.classes_)
    assert.same(fitted:feature_names_out(), loaded:feature_names_out())
    assert.equal("mlp", loaded.steps[2][1])
    assert.equal(3,
      loaded:get_params()["columntransformer__pipeline-2__kbinsdiscretizer__n_bins"])
  end)

  it("may be saved before it is fitted, and fitted after", function()
    model():save(path)
    local a, b = model():fit(columns(), g.y3), mah.load(path):fit(columns(), g.y3)
    golden.equal(a:predict_proba(columns()), b:predict_proba(columns()))
  end)

  it("may hold calibrated models and transformed targets", function()
    local x = recorded.tensor(g.x)
    local clf = mah.MLPClassifier { hidden_layer_sizes = { 4 }, max_iter = 3, random_state = 1 }
    for _, made in ipairs {
      mah.calibration.CalibratedClassifierCV { estimator = clf, method = "isotonic", cv = 2 },
      mah.calibration.CalibratedClassifierCV { estimator = clf, method = "temperature", cv = 2 },
      mah.calibration.FoldsClassifier { estimator = clf, cv = 2 },
    } do
      made:fit(x, g.y3):save(path)
      golden.equal(made:predict_proba(x), mah.load(path):predict_proba(x))
    end
    local regressor = p.TransformedTargetRegressor { transformer = p.PowerTransformer {},
      regressor = mah.MLPRegressor { hidden_layer_sizes = { 4 }, max_iter = 3, random_state = 1 } }
    regressor:fit(x, recorded.tensor(g.yr)):save(path)
    golden.equal(regressor:predict(x), mah.load(path):predict(x))
  end)

  it("is read by five lines of anything", function()
    model():fit(columns(), g.y3):save(path)
    local tensors, metadata = mah.load_safetensors(path)
    local state = mah.json.decode(metadata.state)
    assert.equal("mah pipeline 2", metadata.format)
    assert.equal("Pipeline", state.class)
    local steps = state.params.steps
    assert.equal("ColumnTransformer", steps[1][2].class)
    assert.equal("mlp", steps[2][1])
    assert.same({ "ash", "elm", "oak" }, steps[2][2].attributes.classes_)
    assert.equal(5, steps[2][2].network.layers[1].units)
    assert.equal("relu", steps[2][2].network.layers[1].activation)
    assert.same({ 8, 5 }, tensors["mlp.coefs.0"].shape)
  end)

  it("refuses what cannot be saved, and leaves no file", function()
    os.remove(path)
    local function says(text, made)
      local message = golden.message(made.save, made, path)
      assert.truthy(message:find(text, 1, true), message)
      assert.is_nil(io.open(path))
    end
    says('func: it is a function; FunctionTransformer takes names, such as "log1p", too',
      mah.Pipeline { p.FunctionTransformer { func = function(x) return x end } })
    says("it is an estimator of your own", mah.Pipeline { toys.Centroids() })
  end)

  it("says what is damaged", function()
    for text, problem in pairs {
      ['{"class": "Pipelin", "params": {}, "fitted": {}}'] = 'unknown class "Pipelin"',
      ['{"class": "Pipeline", "params": {"steps": 3}, "fitted": {}}'] = "steps",
      ['{"class": "StandardScaler", "params": {}, "fitted": {"fit": 1}}'] = "no fitted attribute",
      ['{"class": "StandardScaler", "params": {}, "fitted": {"mean_": {"tensor": "m"}}}'] =
        "lacks the tensor m",
    } do
      mah.save_safetensors(path, {}, { format = "mah pipeline 2", state = text })
      local message = golden.message(mah.load, path)
      assert.truthy(message:find(problem, 1, true), message)
    end
  end)
end)
