-- Steps that act as one.
local golden = require "golden"
local mah = require "mah"
local recorded = require "prepare.recorded"

local p = mah.preprocessing

local function digits() return mah.data.digits({ n = 60, seed = 1, test = 1 }).train end

local function classifier(params)
  local all = { hidden_layer_sizes = { 8 }, max_iter = 5, random_state = 1 }
  for name, value in pairs(params or {}) do all[name] = value end
  return mah.MLPClassifier(all)
end

describe("a pipeline", function()
  setup(function() mah.warnings(false) end)
  teardown(function() mah.warnings(true) end)

  it("gives scikit-learn's numbers, and names its steps as there", function()
    local g = recorded.all.pipeline
    local pipe = mah.Pipeline { p.SimpleImputer {}, p.PolynomialFeatures { include_bias = false },
      p.StandardScaler {}, p.StandardScaler {} }
    recorded.same(g.out, pipe:fit_transform(recorded.tensor(g.input)))
    recorded.same(g.out, pipe:transform(recorded.tensor(g.input)))
    local names = {}
    for i, step in ipairs(pipe.steps) do names[i] = step[1] end
    assert.same(g.steps, names)
  end)

  it("predicts as its parts would", function()
    local set = digits()
    local pipe = mah.Pipeline { p.MinMaxScaler {}, classifier() }:fit(set.x, set.y)
    local scaler = p.MinMaxScaler {}
    local z = scaler:fit_transform(set.x)
    local clf = classifier():fit(z, set.y)
    golden.equal(clf:predict_proba(z), pipe:predict_proba(set.x))
    golden.equal(clf:predict(z), pipe:predict(set.x))
    assert.equal(clf:score(z, set.y), pipe:score(set.x, set.y))
    assert.same(clf.classes_, pipe.classes_)
  end)

  it("takes y by its column's name", function()
    local x = { a = { 1, 2, 3, 4 }, b = { 4, 3, 2, 1 }, kind = { "u", "u", "v", "v" } }
    local pipe = mah.Pipeline { p.StandardScaler {}, classifier { max_iter = 200 } }
    pipe:fit(x, "kind")
    assert.same({ "u", "v" }, pipe.classes_)
    assert.equal(1, pipe:score(x, "kind"))
    assert.same({ "u", "u", "v", "v" }, pipe:predict(x))
  end)

  it("has its steps' parameters, and clones", function()
    local pipe = mah.Pipeline { p.StandardScaler {}, { "mlp", classifier() } }
    pipe:set_params { mlp__alpha = 0.5, standardscaler__with_mean = false }
    assert.equal(0.5, pipe:get_params().mlp__alpha)
    local copy = pipe:clone()
    pipe:set_params { mlp__alpha = 0.25, standardscaler = "passthrough" }
    assert.equal(0.5, copy:get_params().mlp__alpha)
    assert.is_false(copy:get_params().standardscaler__with_mean)
    assert.equal("passthrough", pipe.steps[1][2])
    assert.equal(pipe.steps[2][2], pipe.named_steps.mlp)
    assert.equal(pipe.named_steps.mlp, pipe[2])
    assert.same({ pipe[2], "passthrough" }, { pipe[-1], pipe[-2] })
    assert.is_nil(pipe[3])
  end)

  it("says what does not fit", function()
    local function says(text, f) assert.truthy(golden.message(f):find(text, 1, true),
      golden.message(f)) end
    says("there is no step \"mpl\"; did you mean 'mlp'?", function()
      mah.Pipeline { { "mlp", classifier() } }:set_params { mpl__alpha = 1 }
    end)
    says("only the last one may be without", function()
      mah.Pipeline { classifier(), p.StandardScaler {} }
    end)
    says("step 1 is 3", function() mah.Pipeline { 3 } end)
    says("its last step, StandardScaler, has no predict", function()
      mah.Pipeline { p.StandardScaler {} }:predict(mah.zeros(2, 2))
    end)
    says("there are: classes_, clone, decision_function, feature_names_out, fit, ", function()
      return mah.Pipeline { p.StandardScaler {} }.xyzzy
    end)
    says("not fitted yet", function()
      mah.Pipeline { p.StandardScaler {} }:transform(mah.zeros(2, 2))
    end)
    says('there is no column "kin"; did you mean "kind"?', function()
      mah.Pipeline { p.StandardScaler {} }:fit({ kind = { 1, 2 } }, "kin")
    end)
    says("x has 2 rows and y has 3", function()
      mah.Pipeline { p.StandardScaler {} }:fit(mah.zeros(2, 2), { 1, 2, 3 })
    end)
  end)
end)
