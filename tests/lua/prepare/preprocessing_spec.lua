-- scikit-learn's transformers, number for number.
local golden = require "golden"
local mah = require "mah"
local recorded = require "prepare.recorded"

local p, all = mah.preprocessing, recorded.all

describe("scikit-learn's result", function()
  setup(function() mah.warnings(false) end)
  teardown(function() mah.warnings(true) end)

  for i, case in ipairs(all.cases) do
    it(("is that of %s, case %d (%s)"):format(case.class, i, case.input), function()
      local x = recorded.input(all.inputs[case.input])
      local t = p[case.class](case.params)
      local weight = case.weight and recorded.tensor(case.weight) or nil
      if not weight then recorded.same(case.out, t:fit_transform(x), case.tolerance) end
      local out = t:fit(x, nil, weight):transform(x)
      recorded.same(case.out, out, case.tolerance)
      for name, value in pairs(case.attributes) do
        recorded.same(value, t[name], case.tolerance)
      end
      if case.names then assert.same(case.names, t:feature_names_out()) end
      if case.inverse then recorded.same(case.inverse, t:inverse_transform(out), case.tolerance) end
    end)
  end
end)

it("what fit never saw is rare, where something is", function()
  local t = p.OneHotEncoder { handle_unknown = "infrequent_if_exist", min_frequency = 3 }
  t:fit(all.inputs.rare)
  assert.same({ { "a", "b", "e" }, {} }, t.infrequent_categories_)
  recorded.same(all.unseen, t:transform { { "q", "q" }, { "a", "x" } })
  local message = golden.message(t.fit, p.OneHotEncoder { min_frequency = 3, drop = { "a", "x" } },
    all.inputs.rare)
  assert.truthy(message:find('drop: "a" of column 1 is infrequent', 1, true), message)
  message = golden.message(t.fit, p.OneHotEncoder { min_frequency = 1.5 }, all.inputs.rare)
  assert.truthy(message:find("min_frequency must be a share below 1", 1, true), message)
end)

it("the weights of a scaler's rows are checked", function()
  local x, scaler = recorded.tensor(all.inputs.few), p.StandardScaler {}
  for _, case in ipairs {
    { { 1, 2 }, "a vector of 12 numbers is expected" }, { mah.zeros(12), "all weights are 0" },
    { mah.full({ 12 }, -1), "a weight is negative" },
  } do
    local message = golden.message(scaler.fit, scaler, x, nil, case[1])
    assert.truthy(message:find(case[2], 1, true), message)
  end
end)

describe("mah.preprocessing.OneHotEncoder", function()
  it("brings back columns of which nothing is left", function()
    for _, drop in ipairs { "first", "if_binary" } do
      local encoder = p.OneHotEncoder { drop = drop }
      local rows = { a = { "u", "w", "u" }, b = { "k", "k", "k" } }
      local back = encoder:inverse_transform(encoder:fit_transform(rows))
      assert.same(rows, { a = back.a:list(), b = back.b:list() })
    end
  end)
end)

describe("labels", function()
  local l = all.labels

  it("become numbers and come back", function()
    local encoder = p.LabelEncoder {}
    local codes = encoder:fit_transform(l.labels)
    recorded.same(l.encoded, codes)
    assert.same(l.classes, encoder.classes_)
    assert.same(l.labels, encoder:inverse_transform(codes))
  end)

  it("become columns and come back", function()
    local binarizer = p.LabelBinarizer { neg_label = -1, pos_label = 2 }
    local out = binarizer:fit_transform(l.labels)
    recorded.same(l.binarized, out)
    recorded.same(l.unseen, binarizer:transform { "a", "z" })
    assert.same(l.labels, binarizer:inverse_transform(out))
    local two = p.LabelBinarizer {}
    recorded.same(l.two, two:fit_transform { "no", "yes", "no" })
    assert.same({ "no", "yes" }, two:inverse_transform(mah.tensor { { 0 }, { 1 } }))
  end)
end)

describe("a function of one's own", function()
  local f = all.function_

  it("may be the name of a tensor's method", function()
    local t = p.FunctionTransformer { func = "log1p", inverse_func = "expm1" }
    local out = t:fit_transform(recorded.tensor(f.input))
    recorded.same(f.out, out)
    recorded.same(f.inverse, t:inverse_transform(out))
  end)

  it("may not be the name of just any method", function()
    local t = p.FunctionTransformer { func = "log1" }
    local ok, message = pcall(t.fit, t, mah.tensor { { 3 } })
    assert.is_false(ok)
    assert.truthy(message:find("there is no function \"log1\" of single elements; did you mean",
      1, true), message)
    assert.is_false(pcall(t.fit, t:set_params { func = "free" }, mah.tensor { { 3 } }))
  end)

  it("may be one", function()
    local t = p.FunctionTransformer { func = function(x) return x:clamp(0, 1) end }
    assert.equal(1, t:fit_transform(mah.tensor { { 3 } })[1][1])
    assert.equal(3, p.FunctionTransformer {}:fit_transform(mah.tensor { { 3 } })[1][1])
  end)
end)

describe("columns through different steps", function()
  local c = all.columns

  local function transformer()
    return p.ColumnTransformer {
      { { 1, 2 }, p.SimpleImputer { strategy = "median" }, p.StandardScaler {} },
      { 3, p.KBinsDiscretizer { n_bins = 3, encode = "ordinal", strategy = "uniform" } },
      { { 3 }, p.MinMaxScaler {} }, remainder = "passthrough",
    }
  end

  it("lie side by side", function()
    local t = transformer()
    recorded.same(c.out, t:fit_transform(recorded.tensor(c.input)))
    recorded.same(c.out, t:transform(recorded.tensor(c.input)))
    assert.same(c.names, t:feature_names_out())
    local names = {}
    for i, entry in ipairs(t.transformers_) do names[i] = entry[1] end
    assert.same(c.entries, names)
  end)

  it("are found by name, whatever else is there and in which order", function()
    local t = p.ColumnTransformer {
      { "age", p.StandardScaler {} }, { { "sex" }, p.OneHotEncoder {} },
    }
    local x = { age = { 1, 2, 3 }, sex = { "m", "f", "m" }, id = { "i", "j", "k" } }
    local out = t:fit_transform(x)
    assert.same({ "standardscaler__age", "onehotencoder__sex_f", "onehotencoder__sex_m" },
      t:feature_names_out())
    recorded.same(out:totable(), t:transform { zoo = { 0, 0, 0 }, age = { 1, 2, 3 },
      sex = { "m", "f", "m" } })
  end)

  it("have parameters by the names of their entries", function()
    local t = transformer()
    t:set_params { pipeline__standardscaler__with_mean = false, minmaxscaler__clip = true }
    assert.is_false(t:get_params().pipeline__standardscaler__with_mean)
    assert.is_true(t:clone():get_params().minmaxscaler__clip)
  end)
end)
