-- Models as ONNX files: what is in them, and what ONNX Runtime computes.
local ffi = require "ffi"
local golden = require "golden"
local graph = require "mah.exchange.onnx.graph"
local lower = require "mah.exchange.lower"
local mah = require "mah"
local models = require "exchange.models"
local tools = require "exchange.onnx_tools"
local write = require "mah.exchange.onnx.write"

local p = mah.preprocessing
local classifier, columns, labels = models.classifier, models.columns, models.labels
local matrix = models.matrix

-- -- Cases: models with inputs, and what Mah says of these ----------------------------------------

local folder, cases

--- Writes a model. ask: function(model) -> what the file should say, {output = tensor or list}.
local function add(model, inputs, ask, given)
  local name = ("case%d.onnx"):format(#cases + 1)
  write.save(model, folder .. "/" .. name, given)
  local fed = {}
  for _, input in ipairs(lower(model, given and { dtype = given.dtype }).inputs) do
    fed[input.name] = tools.input(inputs[input.name])
  end
  cases[#cases + 1] = { model = name, inputs = fed, ask = ask, expected = ask(model),
    about = tostring(model):sub(1, 200) .. (given and given.opset or "") }
end

local function add_classifier(model, inputs, x, slack, given)
  add(model, inputs, function(m)
    return { probabilities = m:predict_proba(x), label = m:predict(x) }
  end, given)
  cases[#cases].slack = slack
end

local function forward(x)
  return function(net) return { output = net:forward(x) } end
end

local function predict(x)
  return function(model) return { variable = model:predict(x) } end
end

local function transform(x)
  return function(step) return { variable = step:transform(x) } end
end

local function add_networks()
  for _, dtype in ipairs { "float32", "float64" } do
    local x = matrix(20, 5, dtype)
    for i, name in ipairs(models.activations) do
      local net = mah.mlp { 5, { 7, name }, { 6, name }, { 3, "softmax" }, seed = i, dtype = dtype }
      for opset = 13, 17 do add(net, { x = x }, forward(x), { opset = opset }) end
    end
    for _, output in ipairs { "identity", "exp", "logistic", "softmax" } do
      local net = mah.mlp { 5, { 7, "tanh", dropout = 0.5 }, { 2, output }, seed = 1,
        dtype = dtype }
      add(net, { x = x }, forward(x))
    end
  end
  local net = mah.mlp { 3, { 4, "softmax" }, seed = 1 }:scale_inputs(1 / 255)
  local bytes = mah.randint(0, 255, { 5, 3 }, { rng = mah.rng(1), dtype = "uint8" })
  add(net, { x = bytes:float() }, forward(bytes))
end

local function add_estimators()
  models.each_estimator(function(model, x, about)
    if not about.is_classifier then
      add(model, { x = x }, predict(x))
    elseif model.classes_[1] == false then -- a bool there
      add(model, { x = x }, function(m) return { label = m:predict_proba(x):argmax(2) - 1 } end)
    else
      add_classifier(model, { x = x }, x, about.slack)
    end
  end)
end

local function add_transformers()
  models.each_transformer(matrix(40, 3, "float64"), function(step, x)
    add(step, { x = x }, transform(x), { dtype = x.dtype })
  end)
end

local function add_targets()
  models.each_target(function(model, x, steep)
    add(model, { x = x }, predict(x))
    cases[#cases].slack = steep
  end)
end

local function add_pipelines()
  local model, x = models.of_matrix()
  add_classifier(model, { x = x }, x)
  local y = labels(40, { "no", "yes" })
  model = models.of_table(mah.MLPClassifier { max_iter = 20, random_state = 1 })
  model:fit(columns(), y)
  for opset = 13, 17 do add_classifier(model, columns(), columns(), nil, { opset = opset }) end
  local unknown = columns()
  unknown["the color"][1] = "mauve" -- the ordinal encoder would refuse it
  local one_hot = p.OneHotEncoder { handle_unknown = "ignore" }:fit { ["the color"] =
    columns()["the color"] }
  add(one_hot, unknown, transform { ["the color"] = unknown["the color"] })
end

-- -- Comparing ------------------------------------------------------------------------------------

local function flat(expected)
  if type(expected) == "table" then return expected end
  if expected.dtype == "bool" then expected = expected:double() end
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

local function new_folder()
  folder, cases = os.tmpname(), {}
  os.remove(folder)
  os.execute("mkdir " .. folder)
end

local function remove_folder()
  os.execute("rm -r " .. folder)
  folder, cases = nil, nil
end

describe("ONNX files", function()
  setup(function()
    mah.warnings(false)
    new_folder()
    add_networks()
    add_estimators()
    add_transformers()
    add_targets()
    add_pipelines()
    mah.warnings(true)
  end)
  teardown(remove_folder)

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

  it("come home with the same bits", function()
    mah.warnings(false)
    for _, one in ipairs(cases) do
      local back = one.ask(mah.load(folder .. "/" .. one.model))
      for name, value in pairs(one.expected) do
        if type(value) == "table" then
          assert.same(value, back[name], one.about)
        else
          golden.equal(value, back[name])
        end
      end
    end
    mah.warnings(true)
  end)

  for _, kind in ipairs { "node", "web" } do
    it("say in ONNX Runtime what they say in Mah: " .. kind, function()
      local there, why = tools.has_runtime(kind)
      if not there then return pending(why) end
      check_all(kind)
    end)
  end
end)

local function nothing() return {} end

--- Rows whose numbers are all far from 0.
local function extremes(n, d, dtype)
  return matrix(n, d, dtype):sign() * 1e4
end

describe("probabilities out of an ONNX file", function()
  local x = matrix(60, 4)

  setup(function()
    mah.warnings(false)
    new_folder()
    for _, names in ipairs { { "no", "yes" }, { "ash", "elm", "oak" } } do
      for _, name in ipairs(models.activations) do
        local clf = classifier(x, labels(60, names), { activation = name })
        add(clf, { x = extremes(30, 4) }, nothing)
        add(classifier(x:double(), labels(60, names), { activation = name }),
          { x = extremes(30, 4, "float64") }, nothing)
      end
    end
    add(classifier(x, x:narrow(2, 1, 3):gt(0):int()), { x = extremes(30, 4) }, nothing)
    mah.warnings(true)
  end)
  teardown(remove_folder)

  for _, kind in ipairs { "node", "web" } do
    it("lie in [0, 1] for inputs of 10000, too: " .. kind, function()
      local there, why = tools.has_runtime(kind)
      if not there then return pending(why) end
      local given = {}
      for i, one in ipairs(cases) do given[i] = { model = one.model, inputs = one.inputs } end
      for i, outputs in ipairs(tools.run(kind, folder, given)) do
        assert(outputs.probabilities, cases[i].about .. tostring(outputs.error))
        for _, value in ipairs(outputs.probabilities.data) do
          assert(tools.number(value) >= 0 and tools.number(value) <= 1, cases[i].about
            .. ": a probability of " .. tostring(value))
        end
      end
    end)
  end
end)

describe("an ONNX file of a network for MNIST", function()
  after_each(remove_folder)
  before_each(new_folder)

  --- The labels that differ, and how many of these rows have two largest probabilities that are
  --- equal to 1e-6.
  local function differences(probabilities, own, got)
    local count, tied = 0, 0
    for i = 1, #own do
      if own[i] ~= got[i] then
        count = count + 1
        local sorted = probabilities[i]:sort()
        if sorted[10] - sorted[9] <= 1e-6 then tied = tied + 1 end
      end
    end
    return count, tied
  end

  it("gives the 10,000 test images the labels that mah gives them", function()
    local source = os.getenv "MAH_MNIST"
    if not source or source == "" then return pending "MAH_MNIST is not set" end
    local there, why = tools.has_runtime "node"
    if not there then return pending(why) end
    local data = mah.data.mnist(source)
    mah.warnings(false)
    local clf = mah.MLPClassifier { max_iter = 1, random_state = 1 }
      :fit(data.train.x, data.train.y)
    mah.warnings(true)
    clf:save(folder .. "/mnist.onnx")
    local x = data.test.x:contiguous()
    local file = assert(io.open(folder .. "/x.bin", "wb"))
    file:write(ffi.string(x.data, x:numel() * 4))
    file:close()
    local found = tools.run("node", folder, { { model = "mnist.onnx",
      inputs = { x = { type = "float32", dims = { 10000, 784 }, file = "x.bin" } } } })[1]
    assert(found.label, tostring(found.error))
    local probabilities = clf:predict_proba(x)
    local exact = flat(clf.network:clone { dtype = "float64" }:forward(x:double())):totable()
    local furthest, own = 0, 0
    for i, value in ipairs(flat(probabilities):totable()) do
      local theirs = tools.number(found.probabilities.data[i])
      furthest = math.max(furthest, math.abs(theirs - exact[i]))
      own = math.max(own, math.abs(value - exact[i]))
    end
    local count, tied = differences(probabilities, clf:predict(x), found.label.data)
    io.stderr:write(("MNIST in ONNX Runtime: %d of 10000 labels differ, %d of these with two "
      .. "probabilities that are equal to 1e-6; probabilities within %.2g of those in float64, "
      .. "mah's within %.2g\n"):format(count, tied, furthest, own))
    assert.equal(count, tied)
    assert.is_true(furthest <= 1e-6) -- each rounds by itself
    assert.is_true(own <= 1e-6)
  end)
end)

describe("an ONNX file", function()
  local x = matrix(30, 3)

  before_each(function()
    mah.warnings(false)
    new_folder()
  end)
  after_each(function()
    mah.warnings(true)
    remove_folder()
  end)

  local function look(model, given)
    model:save(folder .. "/it.onnx", given)
    local about = tools.check(folder)["it.onnx"]
    assert.is_nil(about.error)
    return about
  end

  it("says what goes in and what comes out", function()
    local there, why = tools.has_checker()
    if not there then return pending(why) end
    local about = look(classifier(x, labels(30, { "ash", "elm", "oak" })))
    assert.same({ { name = "x", type = "float", dims = { "N", 3 } } }, about.inputs)
    assert.same({ { name = "label", type = "string", dims = { "N" } },
      { name = "probabilities", type = "float", dims = { "N", 3 } } }, about.outputs)
    assert.same({ 8, 17 }, { about.ir, about.opsets[""] })
    assert.same({ "Gemm", "Relu", "Gemm", "Softmax", "Clip", "ArgMax", "Gather" }, about.nodes)
    assert.same({ 3, 8 }, about.initializers["dense_1.weight"])
    about = look(classifier(x:double(), x:narrow(2, 1, 2):gt(0):int()), { opset = 13 })
    assert.same({ name = "label", type = "int64", dims = { "N", 2 } }, about.outputs[1])
    assert.equal("double", about.inputs[1].type)
    assert.same({ 7, 13 }, { about.ir, about.opsets[""] })
    local fitted = models.of_table(mah.MLPRegressor { max_iter = 5, random_state = 1 })
    about = look(fitted:fit(columns(), mah.arange(40)))
    local kinds = {}
    for _, input in ipairs(about.inputs) do
      kinds[input.name] = input.type
      assert.same({ "N", 1 }, input.dims)
    end
    assert.same({ a = "double", size = "double", share = "double", port = "string",
      ["the color"] = "string" }, kinds)
    assert.same({ { name = "variable", type = "double", dims = { "N", 1 } } }, about.outputs)
    assert.equal(2, about.opsets["ai.onnx.ml"])
    about = look(mah.mlp { 3, { 2, "exp" }, seed = 1 })
    assert.same({ { name = "output", type = "float", dims = { "N", 2 } } }, about.outputs)
    assert.same({ "Gemm", "Exp" }, about.nodes)
  end)

  it("takes no rows, too", function()
    local there, why = tools.has_runtime "node"
    if not there then return pending(why) end
    local y = labels(40, { "no", "yes" })
    local fitted = models.of_table(mah.MLPClassifier { max_iter = 5, random_state = 1 })
      :fit(columns(), y)
    fitted:save(folder .. "/table.onnx")
    classifier(x, labels(30, { 1, 2, 3 })):save(folder .. "/matrix.onnx")
    local inputs = {}
    for _, input in ipairs(lower(fitted).inputs) do
      inputs[input.name] = { type = input.dtype == "text" and "string" or "float64",
        dims = { 0, 1 }, data = {} }
    end
    local outputs = tools.run("node", folder, { { model = "table.onnx", inputs = inputs },
      { model = "matrix.onnx",
        inputs = { x = { type = "float32", dims = { 0, 3 }, data = {} } } } })
    for _, found in ipairs(outputs) do
      assert.is_nil(found.error)
      assert.same({ 0 }, found.label.dims)
      assert.equal(0, #found.probabilities.data)
    end
  end)

  it("may have very many layers, columns and categories", function()
    local path, layers = folder .. "/large.onnx", { 2 }
    for i = 2, 401 do layers[i] = { 2, "identity" } end
    local net, rows = mah.mlp(layers), matrix(3, 2)
    net:save(path)
    assert.is_true(net:forward(rows):equal(mah.load(path):forward(rows)))
    local wide = {}
    for j = 1, 1100 do wide["column " .. j] = { "a", "b" .. j, "c" } end
    local encoder = p.OneHotEncoder {}:fit(wide)
    encoder:save(path)
    assert.is_true(encoder:transform(wide):equal(mah.load(path):transform(wide)))
  end)

  it("is refused where it cannot hold the model", function()
    local clf = classifier(x, labels(30, { "ash", "elm" }))
    local path = folder .. "/it.onnx"
    assert.error_matches(function() clf:save(path, { opset = 12 }) end, "opset must be .*13.*17")
    assert.error_matches(function() clf:save(path, { opst = 13 }) end, "did you mean")
    assert.matches("this model takes float32", golden.warnings(function()
      mah.warnings(true)
      clf:save(path, { dtype = "float64" })
      mah.warnings(false)
    end))
    os.remove(path)
    assert.error_matches(function() mah.MLPClassifier {}:save(path) end, "not fitted yet")
    assert.error_matches(function() clf:save(folder .. "/no/it.onnx") end, "no/it.onnx")
    local scaler = p.StandardScaler {}:fit { variable = { 1, 2 } }
    assert.error_matches(function() scaler:save(path) end, "a column has the name \"variable\"")
    local named = { ["dense_1.weight"] = { 1, 2, 3 }, dense_2 = { 3, 5, 4 }, gemm_1 = { 1, 0, 1 } }
    local pipe = mah.Pipeline { p.StandardScaler {}, mah.MLPRegressor { max_iter = 2 } }
    pipe:fit(named, mah.tensor { 1, 2, 3 }):save(folder .. "/names.onnx")
    assert.is_true(pipe:predict(named):equal(mah.load(folder .. "/names.onnx"):predict(named)))
    clf.classes_ = { 1, "two" }
    assert.error_matches(function() clf:save(path) end, "classes of several types, such as 1 and")
    assert.is_false(mah.file.exists(path))
    local g = graph.new(17)
    g.bytes = 2 ^ 31 - 2 ^ 20
    assert.error_matches(function() g:tensor("w", mah.ones(1)) end, "at most 2 GiB")
  end)
end)

-- -- What mah makes of its own files again --------------------------------------------------------

local state = require "mah.exchange.onnx.state"

--- The model that the text says, with the weights of the program.
local function again(model)
  local program, tensors = lower(model), {}
  for _, node in ipairs(program.nodes) do
    if node.op == "linear" and node.bias then
      tensors[node.name .. ".weight"], tensors[node.name .. ".bias"] = node.weight:clone(),
        node.bias:clone()
    end
  end
  local text = state.state(model, program)
  return state.revive(text, tensors), text, tensors
end

describe("mah's own text in an ONNX file", function()
  local x = matrix(30, 3)

  before_each(function() mah.warnings(false) end)
  after_each(function() mah.warnings(true) end)

  it("gives the same bits", function()
    local y = labels(30, { "ash", "elm", "oak" })
    for _, dtype in ipairs { "float32", "float64" } do
      local own = x:to(dtype)
      local clf = classifier(own, y)
      local back, text = again(clf)
      golden.equal(clf:predict_proba(own), back:predict_proba(own))
      assert.same(clf:predict(own), back:predict(own))
      assert.same(clf:get_params(), back:get_params())
      assert.is_true(#text < 3000)
      local net = mah.mlp { 3, { 4, "gelu", dropout = 0.25 }, { 2, "exp" }, dtype = dtype }
      net:scale_inputs(0.5)
      back = again(net)
      golden.equal(net:forward(own), back:forward(own))
      assert.same({ 0.5, 0.25, dtype }, { back.input_scale, back.layers[1].dropout, back.dtype })
    end
  end)

  it("gives pipelines, too", function()
    local y = labels(40, { "no", "yes" })
    local fitted = models.of_table(mah.MLPClassifier { max_iter = 5, random_state = 1 })
      :fit(columns(), y)
    local back = again(fitted)
    golden.equal(fitted:predict_proba(columns()), back:predict_proba(columns()))
    assert.same(fitted:predict(columns()), back:predict(columns()))
    local several = mah.Pipeline { p.QuantileTransformer { n_quantiles = 9 }, p.PowerTransformer {},
      mah.calibration.CalibratedClassifierCV { cv = 2, method = "isotonic",
        estimator = mah.MLPClassifier { max_iter = 5, random_state = 1 } } }
    several:fit(x, labels(30, { 5, 6, 7 }))
    golden.equal(several:predict_proba(x), again(several):predict_proba(x))
    local numbers = p.TransformedTargetRegressor { transformer = p.StandardScaler {},
      regressor = mah.MLPRegressor { max_iter = 5, random_state = 1 } }:fit(x, x:select(2, 1))
    golden.equal(numbers:predict(x), again(numbers):predict(x))
  end)

  it("may be damaged", function()
    local clf = classifier(x, labels(30, { "ash", "elm" }))
    local _, text, tensors = again(clf)
    assert.error_matches(function() state.revive("{", tensors) end, ".")
    assert.error_matches(function() state.revive('{"a": 1}', tensors) end, "its format is nil")
    assert.error_matches(function() state.revive(text, {}) end, "there is no initializer \"dense_1")
    tensors["dense_1.bias"] = mah.zeros(3)
    assert.error_matches(function() state.revive(text, tensors) end, "bias must be float32 %(8%)")
    assert.error_matches(function()
      state.revive((text:gsub('"MLPClassifier"', '"Nobody"')), tensors)
    end, ".")
  end)
end)
