local chain = require "mah.exchange.chain"
local decode = require "mah.exchange.onnx.decode"
local encode = require "mah.exchange.onnx.encode"
local golden = require "golden"
local mah = require "mah"
local match = require "mah.exchange.onnx.match"
local write = require "mah.exchange.onnx.write"

local function recorded(name) return golden.path("../onnx/" .. name) end

--- What a model says of x: a network's outputs, probabilities, or a regressor's numbers.
local function outputs_of(model, x)
  local ok, y = pcall(function() return model:forward(x) end)
  if not ok then ok, y = pcall(function() return model:predict_proba(x) end) end
  if not ok then y = model:predict(x) end
  return y.ndim == 1 and y:view(#y, 1) or y
end

local function answers_of(set)
  local answers, names = mah.json.decode(mah.file.read(recorded(set .. ".json"))), {}
  for name in pairs(answers) do names[#names + 1] = name end
  table.sort(names)
  return answers, names
end

describe("ONNX files", function()
  local path = os.tmpname()
  before_each(function() mah.warnings(false) end)
  after_each(function()
    mah.warnings(true)
    os.remove(path)
  end)

  for _, set in ipairs { "torch", "others" } do
    local answers, names = answers_of(set)
    for _, name in ipairs(names) do
      it(("%s_%s.onnx predict what they did at home"):format(set, name), function()
        local known = answers[name]
        local model = mah.load(recorded(("%s_%s.onnx"):format(set, name)))
        local x = mah.tensor(known.x, { dtype = known.dtype })
        local y = mah.tensor(known.y, { dtype = "float64" })
        if known.log then y = y:exp() end
        golden.close(y, outputs_of(model, x):double(), known.dtype == "float64" and 1e-12 or 1e-6)
        if known.labels then
          local labels = model:predict(x)
          assert.same(known.labels, type(labels) == "table" and labels or labels:totable())
        end
      end)
    end
  end

  it("have the activations that Mah has, whatever they are made of", function()
    local function layers(name) return mah.load(recorded(name .. ".onnx")).layers end
    for _, name in ipairs { "relu", "leaky_relu", "elu", "gelu", "silu", "softplus", "tanh" } do
      assert.equal(name, layers("torch_" .. name)[1].activation)
    end
    assert.equal("logistic", layers("torch_sigmoid")[1].activation)
    assert.equal("gelu", layers("torch_double")[1].activation)
    assert.equal("softplus", layers("torch_log_sigmoid")[1].activation)
    assert.equal("elu 0.5", layers("torch_elu_half")[1].activation.name)
  end)

  it("of a network that has an activation of its own can be trained on", function()
    local net = mah.load(recorded "torch_mish.onnx")
    local x = mah.randn(30, 4, { rng = mah.rng(1) })
    local before = net:loss(x, x:narrow(2, 1, 3))
    mah.train(net, { x = x, y = x:narrow(2, 1, 3):contiguous() },
      { solver = mah.solver.adam { lr = 0.01 }, stop = mah.stop.max_iter(20), seed = 1 })
    assert.is_true(net:loss(x, x:narrow(2, 1, 3)) < before / 2)
  end)

  it("of MAH_EXCHANGE are read", function()
    local folder = os.getenv "MAH_EXCHANGE"
    if not folder then return pending "MAH_EXCHANGE is not set: its files were not read" end
    local x = mah.randn(5, 3, { rng = mah.rng(1) })
    for _, name in ipairs { "BN.13", "LN.16" } do
      local file = ("%s/%s.onnx"):format(folder, name)
      local model, p = decode.model(mah.file.read(file), file), {}
      for key, t in pairs(model.graph.initializers) do p[key] = decode.tensor(model.reader, t) end
      local z = x:matmul(p["0.weight"]:t()) + p["0.bias"]
      local mean = p["1.running_mean"] or z:mean(2, true)
      local var = p["1.running_var"] or z:var(2, false, true)
      golden.close((z - mean) / (var + 1e-5):sqrt() * p["1.weight"] + p["1.bias"],
        mah.load(file):forward(x), 1e-6)
    end
  end)

  it("become classifiers of given labels, and regressors", function()
    local file = recorded "torch_relu.onnx"
    local x = mah.randn(5, 4, { rng = mah.rng(1) })
    local net, clf = mah.load(file), mah.load(file, { classes = { "a", "b", "c" } })
    assert.equal("MLPClassifier", clf.class)
    assert.same({ "a", "b", "c" }, clf.classes_)
    local z = net:forward(x):exp()
    golden.close(z / z:sum(2, true), clf:predict_proba(x), 1e-6)
    local regressor = mah.load(file, { regression = true })
    assert.equal("MLPRegressor", regressor.class)
    assert.is_true(net:forward(x):equal(regressor:predict(x)))
    assert.error_matches(function() mah.load(file, { activation = "relu" }) end,
      "an ONNX file takes the options classes, regression, and not activation")
  end)
end)

-- -- What Mah wrote -------------------------------------------------------------------------------

describe("ONNX files that Mah wrote", function()
  local path = os.tmpname()
  before_each(function() mah.warnings(false) end)
  after_each(function()
    mah.warnings(true)
    os.remove(path)
  end)

  --- The model of the graph alone, as of a file without Mah's metadata.
  local function from_graph()
    local model = decode.model(mah.file.read(path), path)
    model.metadata = {}
    local found = match.graph(model)
    return chain.model(found.steps, { where = path, classes = found.classes })
  end

  local function expect_same(model, x, method)
    for _, read in ipairs { mah.load, from_graph } do
      assert.is_true(model[method](model, x):equal((read(path)[method])(read(path), x)))
    end
  end

  it("are networks of the same bits", function()
    for _, dtype in ipairs { "float32", "float64" } do
      local x = mah.randn({ 20, 5 }, { rng = mah.rng(2), dtype = dtype })
      for _, name in ipairs { "identity", "relu", "logistic", "tanh", "leaky_relu", "elu",
        "softplus", "gelu", "silu" } do
        for i, output in ipairs { "softmax", "identity", "logistic", "exp" } do
          local net = mah.mlp { 5, { 7, name }, { 4, name }, { 2, output }, dtype = dtype,
            seed = i }
          write.save(net, path, { opset = 12 + i })
          expect_same(net, x, "forward")
        end
      end
    end
  end)

  it("are classifiers of the same bits and labels", function()
    local x = mah.randn({ 40, 4 }, { rng = mah.rng(3) })
    local three = (x:select(2, 1) * 2):round():clamp(-1, 1):int()
    local names, two = {}, x:select(2, 1):gt(0):int()
    for i = 1, #x do names[i] = three[i] < 0 and "low" or three[i] > 0 and "high" or "middle" end
    local several, truths = mah.stack({ two, three:eq(0):int() }, 2), {}
    for i = 1, #x do truths[i] = two[i] == 1 end
    for _, y in ipairs { three, two, names, several, truths } do
      for _, rows in ipairs { x, x:double() } do
        local clf = mah.MLPClassifier { hidden_layer_sizes = { 6 }, max_iter = 3, random_state = 1 }
        clf:fit(rows, y)
        write.save(clf, path)
        expect_same(clf, rows, "predict_proba")
        for _, read in ipairs { mah.load, from_graph } do
          local expected, got = clf:predict(rows), read(path):predict(rows)
          if type(expected) == "table" then
            assert.same(expected, got)
          else
            assert.same(expected:totable(), got:totable())
          end
        end
      end
    end
  end)

  it("are pipelines of the same bits", function()
    local x = mah.randn({ 40, 4 }, { rng = mah.rng(3) })
    local y = x:select(2, 1):gt(0):int()
    for _, class in ipairs { "StandardScaler", "MinMaxScaler", "RobustScaler" } do
      local pipeline = mah.Pipeline { mah.preprocessing[class] {},
        mah.MLPClassifier { hidden_layer_sizes = { 6 }, max_iter = 3, random_state = 1 } }
      pipeline:fit(x, y)
      write.save(pipeline, path)
      expect_same(pipeline, x, "predict_proba")
    end
  end)
end)

-- -- What is no chain of layers -------------------------------------------------------------------

local FLOAT, INT64 = 1, 7

--- A file of a graph of these nodes: {op, inputs, attributes, domain}; each gives a value under its
--- number, y1, y2 ...; the last one is the output, unless `outputs` are named.
local function graph(nodes, given)
  given = given or {}
  local list = {}
  for i, node in ipairs(nodes) do
    list[i] = { op_type = node[1], input = node[2], output = { "y" .. i }, name = "node" .. i,
      attribute = node[3], domain = node[4] }
  end
  local outputs = {}
  for i, name in ipairs(given.outputs or { "y" .. #nodes }) do outputs[i] = { name = name } end
  local ones = "\0\0\128\63"
  return encode.message("ModelProto", { ir_version = 8,
    opset_import = { { domain = "", version = given.opset or 17 },
      { domain = "ai.onnx.ml", version = 2 } },
    graph = { node = list, output = outputs,
      input = given.inputs or { { name = "x", type = { tensor_type = { elem_type = FLOAT,
        shape = { dim = { { dim_param = "N" }, { dim_value = 2 } } } } } } },
      initializer = {
        { name = "w", dims = { 2, 2 }, data_type = FLOAT, raw_data = ones:rep(4) },
        { name = "w3", dims = { 2, 3 }, data_type = FLOAT, raw_data = ones:rep(6) },
        { name = "b", dims = { 2 }, data_type = FLOAT, raw_data = ones:rep(2) },
        { name = "b3", dims = { 3 }, data_type = FLOAT, raw_data = ones:rep(3) },
        { name = "one", dims = {}, data_type = FLOAT, raw_data = ones },
        { name = "places", dims = { 1 }, data_type = INT64, raw_data = ("\0"):rep(8) },
        { name = "names", dims = { 2 }, data_type = 8, string_data = { "no", "yes" } },
      } } })
end

describe("what is no chain of layers", function()
  local path = os.tmpname()
  after_each(function() os.remove(path) end)

  local function refused(expected, nodes, given)
    mah.file.write(path, graph(nodes, given))
    assert.error_matches(function() mah.load(path) end, path:gsub("%p", "%%%0") .. ": " .. expected)
  end

  local function node(i, op, why) return ("node 'node%d' %%(%s%%): %s"):format(i, op, why) end

  it("is an error that names the node", function()
    local layer = { "MatMul", { "x", "w" } }
    refused(node(2, "Conv", "Mah reads no such operator"), { layer, { "Conv", { "y1", "w" } } })
    refused(node(2, "Foo", "Mah reads no such operator of 'my.domain'"),
      { layer, { "Foo", { "y1" }, nil, "my.domain" } })
    refused(node(2, "Add", "it joins two branches"), { layer, { "Add", { "x", "y1" } } })
    refused(node(1, "MatMul", "input 'x' must be a constant"), { { "MatMul", { "x", "x" } } })
    refused(node(1, "MatMul", "input 'w' is no matrix"), { { "MatMul", { "w", "x" } } })
    refused(node(2, "Add", "a constant of %(3%) does not go along rows of 2 values"),
      { layer, { "Add", { "y1", "b3" } } })
    refused(node(1, "MatMul", "a matrix of weights is expected"), { { "MatMul", { "x", "b" } } })
    refused(node(2, "Max", "with a value for each column"), { layer, { "Max", { "y1", "b" } } })
    refused(node(2, "Gather", "it picks columns or rows"),
      { layer, { "Gather", { "y1", "places" } } })
    refused(node(2, "Transpose", "rows and columns change places"),
      { layer, { "Transpose", { "y1" } } })
    refused(node(2, "Softmax", "it goes along axis 0"),
      { layer, { "Softmax", { "y1" }, { { name = "axis", i = 0, type = 2 } } } })
    refused(node(2, "Cast", "numbers become int64"),
      { layer, { "Cast", { "y1" }, { { name = "to", i = 7, type = 2 } } } })
    refused(node(1, "Relu", "its input 'z' comes from no node before it"), { { "Relu", { "z" } } })
    refused(node(2, "Concat", "it joins branches"), { layer, { "Concat", { "x", "y1" },
      { { name = "axis", i = 1, type = 2 } } } })
    refused(node(2, "Gemm", "its first input is transposed"), { layer, { "Gemm", { "y1", "w" },
      { { name = "transA", i = 1, type = 2 } } } })
    refused(node(2, "Dropout", "it is in training mode"),
      { layer, { "Dropout", { "y1", "one", "one" } } })
    refused(node(3, "ArgMax", "it does not go along the columns"),
      { layer, { "Softmax", { "y1" } }, { "ArgMax", { "y2" } } })
  end)

  it("is an error that names outputs, inputs and opsets", function()
    local layer = { "MatMul", { "x", "w" } }
    refused("the outputs 'y2' and 'y3' are ends of two branches", { layer, { "Relu", { "y1" } },
      { "Tanh", { "y1" } } }, { outputs = { "y2", "y3" } })
    refused("output 'w' does not depend on the input", { layer }, { outputs = { "w" } })
    refused("output 'none' does not depend on the input", { layer }, { outputs = { "none" } })
    refused("the graph has no output", { layer }, { outputs = {} })
    refused("it is of opset 99; Mah reads 7 to 21", { layer }, { opset = 99 })
    refused("it is of opset 6; Mah", { layer }, { opset = 6 })
    refused("one input is expected, a matrix; the graph has 2: x, z", { layer },
      { inputs = { { name = "x" }, { name = "z" } } })
    refused("one input is expected, a matrix; the graph has 0", { layer }, { inputs = {} })
    refused("relu: nothing says how many columns it takes", { { "Relu", { "x" } } })
    refused("the end: there is no layer of weights in it", { { "Identity", { "x" } } })
    refused("output 'y4': 2 labels for 3 columns", { layer, { "Gemm", { "y1", "w3" } },
      { "ArgMax", { "y2" }, { { name = "axis", i = 1, type = 2 } } },
      { "Gather", { "names", "y3" } } }, { inputs = { { name = "x" } } })
  end)

  it("may not ask for much", function()
    local product = { op_type = "MatMul", name = "n", input = { "column", "row" },
      output = { "y" } }
    local ones = ("\0\0\128\63"):rep(20000)
    mah.file.write(path, encode.message("ModelProto", { ir_version = 8,
      opset_import = { { version = 17 } },
      graph = { node = { product }, input = { { name = "x" } }, output = { { name = "y" } },
        initializer = {
          { name = "column", dims = { 20000, 1 }, data_type = FLOAT, raw_data = ones },
          { name = "row", dims = { 1, 20000 }, data_type = FLOAT, raw_data = ones },
        } } }))
    assert.error_matches(function() mah.load(path) end,
      "node 'n' %(MatMul%): it gives up to 400000000 elements")
  end)

  it("may compute with the sizes of its input, except the number of rows", function()
    local function part(first, last)
      return { { name = "start", i = first, type = 2 }, { name = "end", i = last, type = 2 } }
    end
    local function reshape(factor)
      return graph { { "Shape", { "x" }, part(0, 1) }, { "Shape", { "x" }, part(1, 2) },
        { "Div", { "y2", "y2" } }, { "Mul", { "y2", factor } },
        { "Concat", { "y1", "y4" }, { { name = "axis", i = 0, type = 2 } } },
        { "Reshape", { "x", "y5" } }, { "MatMul", { "y6", "w" } } }
    end
    mah.file.write(path, reshape "y3")
    assert.same({ { 3, 3 } }, mah.load(path):forward(mah.tensor { { 1, 2 } }):totable())
    mah.file.write(path, reshape "y1")
    assert.error_matches(function() mah.load(path) end,
      node(4, "Mul", "it computes with the number of rows"))
  end)

  it("but what no output is made of may be anything", function()
    mah.file.write(path, graph({ { "MatMul", { "x", "w" } }, { "Conv", { "y1", "w" } } },
      { outputs = { "y1" } }))
    assert.same({ { 3, 3 } }, mah.load(path):forward(mah.tensor { { 1, 2 } }):totable())
  end)

  it("reads labels in each form", function()
    local function labels(nodes, expected, outputs)
      mah.file.write(path, graph(nodes, { outputs = outputs }))
      assert.same(expected, mah.load(path).classes_)
    end
    local axis = { { name = "axis", i = 1, type = 2 } }
    local layer, soft = { "Gemm", { "x", "w", "b" } }, { "Softmax", { "y1" } }
    local best = { "ArgMax", { "y2" }, axis }
    labels({ layer, soft, best }, { 0, 1 })
    labels({ layer, soft, best, { "Gather", { "names", "y3" } } }, { "no", "yes" })
    labels({ layer, soft, best, { "ArrayFeatureExtractor", { "names", "y3" }, nil, "ai.onnx.ml" } },
      { "no", "yes" }, { "y4", "y2" })
    labels({ layer, soft, best, { "LabelEncoder", { "y3" }, {
      { name = "keys_int64s", ints = { 1, 0 }, type = 7 },
      { name = "values_strings", strings = { "b", "a" }, type = 8 } }, "ai.onnx.ml" } },
      { "a", "b" })
    labels({ layer, soft, { "ZipMap", { "y2" },
      { { name = "classlabels_int64s", ints = { 4, 7 }, type = 7 } }, "ai.onnx.ml" } }, { 4, 7 })
  end)
end)
