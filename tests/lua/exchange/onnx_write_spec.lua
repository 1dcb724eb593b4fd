-- Models as ONNX files: what is in them, and what ONNX Runtime computes.
local lower = require "mah.exchange.lower"
local mah = require "mah"
local tools = require "exchange.onnx_tools"
local write = require "mah.exchange.onnx.write"

local p = mah.preprocessing

local activations = { "identity", "relu", "logistic", "tanh", "leaky_relu", "elu", "softplus",
  "gelu", "silu" }

local function matrix(n, d, dtype)
  return mah.randn(n, d, { rng = mah.rng(7), dtype = dtype or "float32" })
end

local function labels(n, names)
  local y = {}
  for i = 1, n do y[i] = names[i % #names + 1] end
  return y
end

local function classifier(x, y, given)
  local params = { hidden_layer_sizes = { 8 }, max_iter = 30, random_state = 1 }
  for name, value in pairs(given or {}) do params[name] = value end
  return mah.MLPClassifier(params):fit(x, y)
end

-- -- Cases: models with inputs, and what Mah says of these ----------------------------------------

local folder, cases

--- Writes a model and what it should say: expected = {output = tensor or list}.
local function add(model, inputs, expected, given)
  local name = ("case%d.onnx"):format(#cases + 1)
  write.save(model, folder .. "/" .. name, given)
  local fed = {}
  for _, input in ipairs(lower(model, given and { dtype = given.dtype }).inputs) do
    fed[input.name] = tools.input(inputs[input.name])
  end
  cases[#cases + 1] = { model = name, inputs = fed, expected = expected,
    about = tostring(model):sub(1, 200) .. (given and given.opset or "") }
end

local function add_classifier(model, inputs, x, slack)
  add(model, inputs, { probabilities = model:predict_proba(x), label = model:predict(x) })
  cases[#cases].slack = slack
end

local function add_networks()
  for _, dtype in ipairs { "float32", "float64" } do
    local x = matrix(20, 5, dtype)
    for i, name in ipairs(activations) do
      local net = mah.mlp { 5, { 7, name }, { 6, name }, { 3, "softmax" }, seed = i, dtype = dtype }
      for opset = 13, 17 do add(net, { x = x }, { output = net:forward(x) }, { opset = opset }) end
    end
    for _, output in ipairs { "identity", "exp", "logistic", "softmax" } do
      local net = mah.mlp { 5, { 7, "tanh", dropout = 0.5 }, { 2, output }, seed = 1,
        dtype = dtype }
      add(net, { x = x }, { output = net:forward(x) })
    end
  end
  local net = mah.mlp { 3, { 4, "softmax" }, seed = 1 }:scale_inputs(1 / 255)
  local bytes = mah.randint(0, 255, { 5, 3 }, { rng = mah.rng(1), dtype = "uint8" })
  add(net, { x = bytes:float() }, { output = net:forward(bytes) })
end

local function add_estimators()
  local x = matrix(60, 4)
  add_classifier(classifier(x, labels(60, { "ash" })), { x = x }, x)
  add_classifier(classifier(x, labels(60, { "ash", "elm" })), { x = x }, x)
  add_classifier(classifier(x, labels(60, { 7, -3, 12 })), { x = x }, x)
  add_classifier(classifier(x, x:narrow(2, 1, 3):gt(0):int()), { x = x }, x)
  add_classifier(classifier(x:double(), labels(60, { "ash", "elm", "oak" })), { x = x:double() },
    x:double())
  for _, y in ipairs { x:select(2, 1), x:narrow(2, 1, 2) } do
    local reg = mah.MLPRegressor { max_iter = 20, random_state = 1 }:fit(x, y)
    add(reg, { x = x }, { variable = reg:predict(x) })
  end
  local counts = mah.MLPRegressor { loss = "poisson", max_iter = 20, random_state = 1 }
  counts:fit(x, x:select(2, 1):exp())
  add(counts, { x = x }, { variable = counts:predict(x) })
  local y = labels(60, { "ash", "elm", "oak" })
  local unfitted = mah.MLPClassifier { hidden_layer_sizes = { 4 }, max_iter = 5, random_state = 1 }
  for _, method in ipairs { "sigmoid", "isotonic", "temperature" } do
    local c = mah.calibration.CalibratedClassifierCV { estimator = unfitted, cv = 2,
      method = method }
    -- isotonic: steep lines multiply what float32 outputs differ by
    add_classifier(c:fit(x, y), { x = x }, x, method == "isotonic" and 100)
  end
  add_classifier(mah.calibration.FoldsClassifier { estimator = unfitted, cv = 2 }:fit(x, y),
    { x = x }, x)
end

local function add_transformers()
  local x = matrix(40, 3, "float64")
  x:select(2, 3):round_()
  local holes = x:clone()
  holes[2][1], holes[5][3], holes[7][3] = 0 / 0, 0 / 0, -1
  local code = holes:select(2, 3):reshape(40, 1)
  local function try(step, data, fitted_to)
    step:fit(fitted_to or data)
    for _, dtype in ipairs { "float32", "float64" } do
      local own = data:to(dtype)
      add(step, { x = own }, { variable = step:transform(own) }, { dtype = dtype })
    end
  end
  for _, step in ipairs {
    p.StandardScaler {}, p.MinMaxScaler {}, p.RobustScaler {}, p.Normalizer {},
    p.Normalizer { norm = "l1" }, p.Normalizer { norm = "max" }, p.PolynomialFeatures { degree = 3 },
    p.PolynomialFeatures { degree = 0 }, p.KBinsDiscretizer { n_bins = 3 },
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

local function add_targets()
  local x = matrix(40, 3)
  local y = x:select(2, 1):exp():double()
  for _, given in ipairs {
    { transformer = p.StandardScaler {} }, { transformer = p.PowerTransformer {} },
    { transformer = p.QuantileTransformer { n_quantiles = 20 } },
    { func = "log", inverse_func = "exp" },
  } do
    given.regressor, given.check_inverse = mah.MLPRegressor { max_iter = 30, random_state = 1 },
      false
    local model = p.TransformedTargetRegressor(given):fit(x, y)
    add(model, { x = x }, { variable = model:predict(x) })
  end
end

local function columns()
  local a, color, size, port = {}, {}, {}, {}
  for i = 1, 40 do
    a[i] = i % 7 == 0 and 0 / 0 or math.sin(i)
    color[i] = ({ "red", "green", "blue" })[i % 3 + 1]
    port[i] = i % 5 == 0 and 0 / 0 or ({ "S", "C" })[i % 2 + 1]
    size[i] = i % 4
  end
  return { a = a, ["the color"] = color, size = size, port = port, unused = a }
end

local function table_model(last)
  return mah.Pipeline {
    p.ColumnTransformer {
      { { "size", "a" }, p.SimpleImputer { add_indicator = true }, p.StandardScaler {} },
      { { "the color" }, p.OneHotEncoder { handle_unknown = "ignore" } },
      { { "port", "the color" }, p.SimpleImputer { strategy = "most_frequent",
        add_indicator = true }, p.OrdinalEncoder {} },
      { { "port" }, p.OneHotEncoder { drop = "first" } },
      { { "port" }, p.OrdinalEncoder { encoded_missing_value = 9 } },
      { { "size" }, "passthrough" },
    },
    last,
  }
end

local function add_pipelines()
  local x = matrix(60, 4)
  local model = mah.Pipeline { p.StandardScaler {}, p.PolynomialFeatures {},
    mah.MLPClassifier { hidden_layer_sizes = { 8 }, max_iter = 20, random_state = 1 } }
  add_classifier(model:fit(x, labels(60, { "ash", "elm", "oak" })), { x = x }, x)
  local y = labels(40, { "no", "yes" })
  model = table_model(mah.MLPClassifier { max_iter = 20, random_state = 1 }):fit(columns(), y)
  add_classifier(model, columns(), columns())
  local unknown = columns()
  unknown["the color"][1] = "mauve" -- the ordinal encoder would refuse it
  local one_hot = p.OneHotEncoder { handle_unknown = "ignore" }:fit { ["the color"] =
    columns()["the color"] }
  add(one_hot, unknown, { variable = one_hot:transform { ["the color"] = unknown["the color"] } })
end

-- -- Comparing ------------------------------------------------------------------------------------

local function flat(expected)
  if type(expected) == "table" then return expected end
  return expected:contiguous():view(expected:numel())
end

local function near(got, wanted, tolerance)
  if type(wanted) == "string" then return got == wanted end
  got = tools.number(got)
  return wanted ~= wanted and got ~= got or math.abs(got - wanted) <= tolerance
end

--- How far numbers of that size and precision may be apart.
local function tolerance_of(wanted, kind)
  if type(wanted) ~= "number" then return 0 end
  return (kind == "float32" and 1e-6 or 1e-12) * math.max(1, math.abs(wanted))
end

local function check_output(one, name, got)
  local expected = flat(one.expected[name])
  assert(got, one.about .. ": there is no output " .. name)
  assert.equal(#expected, #got.data, one.about)
  -- what a float32 network was given may come out as float64
  local kind = one.coarse and "float32" or got.type
  for i = 1, #expected do
    local wanted = expected[i]
    if not near(got.data[i], wanted, tolerance_of(wanted, kind) * (one.slack or 1)) then
      error(("%s (%s): %s[%d] is %s, not %s"):format(one.about, one.model, name, i,
        tostring(got.data[i]), tostring(wanted)))
    end
  end
end

local function check_all(kind)
  local given = {}
  for i, one in ipairs(cases) do given[i] = { model = one.model, inputs = one.inputs } end
  for i, outputs in ipairs(tools.run(kind, folder, given)) do
    local one = cases[i]
    one.coarse = one.inputs.x and one.inputs.x.type == "float32"
    assert(not outputs.error, ("%s (%s): %s"):format(one.about, one.model,
      tostring(outputs.error)))
    for name in pairs(one.expected) do check_output(one, name, outputs[name]) end
  end
end

describe("ONNX files", function()
  setup(function()
    mah.warnings(false)
    folder, cases = os.tmpname(), {}
    os.remove(folder)
    os.execute("mkdir " .. folder)
    add_networks()
    add_estimators()
    add_transformers()
    add_targets()
    add_pipelines()
    mah.warnings(true)
  end)
  teardown(function()
    os.execute("rm -r " .. folder)
    folder, cases = nil, nil
  end)

  it("pass the checker of ONNX", function()
    local there, why = tools.has_checker()
    if not there then return pending(why) end
    local found = tools.check(folder)
    for _, one in ipairs(cases) do
      local about = found[one.model]
      assert(not about.error, ("%s: %s"):format(one.about, tostring(about.error)))
      local seen = {}
      for _, name in ipairs(about.names) do
        assert(not seen[name] and name ~= "", "a node's name")
        seen[name] = true
      end
      assert.equal("mah", about.producer[1])
      assert.equal(mah.version, about.producer[2])
    end
  end)

  for _, kind in ipairs { "node", "web" } do
    it("say in ONNX Runtime what they say in Mah: " .. kind, function()
      local there, why = tools.has_runtime(kind)
      if not there then return pending(why) end
      check_all(kind)
    end)
  end
end)
