-- Networks of a function in Lua and of mah.nn's layers, as ONNX files and C source.
local lower = require "mah.exchange.lower"
local mah = require "mah"
local onnx_tools = require "exchange.onnx_tools"
local written = require "exchange.written"

local nn = mah.nn
local cases

local function matrix(n, d, dtype)
  return mah.randn(n, d, { rng = mah.rng(7), dtype = dtype or "float32" })
end

--- Running statistics and weights of norms that are not those of the beginning.
local function shaken(net)
  local rng = mah.rng(3)
  if #net.buffers > 0 then net.buffers:copy_(mah.rand(#net.buffers, { rng = rng }) + 0.25) end
  net.params:add_(mah.randn(#net.params, { rng = rng, dtype = net.dtype }), 0.1)
  return net
end

--- Files of a network, and what net:forward says.
---@param given table|nil   of written's add; x: rows, where the network does not know its columns
local function add(about, net, x, given)
  shaken(net)
  cases:add(about, lower(net, { x = given and given.x }), x, function(rows)
    return net:forward(rows)
  end, given)
end

local function network(model, given)
  given = given or {}
  given.forward, given.loss, given.seed = model, given.loss or "mse", 1
  return mah.network(given)
end

local activations = { "Identity", "ReLU", "Sigmoid", "Tanh", "LeakyReLU", "ELU", "Softplus", "GELU",
  "SiLU" }

local function add_layers(dtype)
  local x = matrix(20, 6, dtype)
  local function try(about, list, given)
    add(about .. ", " .. dtype, network(nn.Sequential(list), { dtype = dtype }), x, given)
  end
  for _, kind in ipairs(activations) do
    try(kind, { nn.Linear { 6, 8 }, nn[kind] {}, nn.Linear { 8, 3 } })
  end
  try("batch norm behind", { nn.Linear { 6, 8 }, nn.BatchNorm { 8 }, nn.Tanh {} })
  try("batch norm before", { nn.BatchNorm { 6 }, nn.Linear { 6, 8, bias = false }, nn.ReLU {} })
  try("batch norm, not affine", { nn.Linear { 6, 4 }, nn.BatchNorm { 4, affine = false } })
  try("layer norm", { nn.Linear { 6, 8 }, nn.LayerNorm { 8 }, nn.Linear { 8, 2 } })
  try("layer norm, not affine", { nn.LayerNorm { 6, affine = false }, nn.Linear { 6, 2 } })
  try("residual", { nn.Linear { 6, 8 }, nn.Residual { nn.LayerNorm { 8 }, nn.Linear { 8, 8 },
    nn.Tanh {} }, nn.Residual { nn.Linear { 8, 8 }, nn.BatchNorm { 8 }, nn.ReLU {} },
    nn.Linear { 8, 3 } })
  try("gates", { nn.Linear { 6, 8 }, nn.GLU {}, nn.Linear { 4, 8 }, nn.SwiGLU {} })
  try("a slope that was learned", { nn.PReLU {}, nn.Linear { 6, 4 }, nn.PReLU { 4 } })
  try("noise", { nn.GaussianNoise { 0.3 }, nn.Linear { 6, 4 }, nn.Dropout { 0.2 }, nn.Tanh {} })
  try("side by side", { nn.Parallel { nn.Linear { 6, 2 }, nn.Identity {}, join = "cat" },
    nn.Parallel { nn.Linear { 8, 4 }, nn.Linear { 8, 4 }, join = "sum" } })
  try("weight norm", { nn.Linear { 6, 8, weight_norm = true }, nn.Tanh {} })
  try("softmax", { nn.Linear { 6, 8 }, nn.Softmax {} })
end

local function add_deep(dtype)
  local list = { nn.Linear { 6, 16 } }
  for i = 2, 21 do
    list[i] = nn.Residual { nn.LayerNorm { 16 }, nn.Linear { 16, 16 }, nn.Tanh {} }
  end
  list[22] = nn.Linear { 16, 10 }
  local net = network(nn.Sequential(list), { dtype = dtype, loss = "cross_entropy",
    output = "softmax" })
  add("20 residual blocks, " .. dtype, net, matrix(20, 6, dtype), { slack = 2 })
end

local function add_large_means()
  local model = nn.Sequential { nn.LayerNorm { 64 }, nn.Linear { 64, 8 }, nn.Tanh {} }
  for _, mean in ipairs { 100, 1e4, -1e6 } do
    local x = matrix(20, 64) + mean
    local net = shaken(network(model))
    local double = net:clone { dtype = "float64" }
    cases:add("layer norm about " .. mean, lower(net), x, function(rows)
      return (rows.dtype == "float64" and double or net):forward(rows)
    end, { is_deep = true, slack = 2 })
  end
end

local function add_outputs()
  local x = matrix(20, 6)
  for _, output in ipairs { "softmax", "logistic", "exp", "identity" } do
    add("output " .. output, network(nn.Linear { 6, 3 }, { output = output }), x)
  end
end

local function add_functions()
  local x = matrix(12, 4)
  local params = { W1 = { 4, 8 }, b1 = { 8 }, W2 = { 8, 8 }, W3 = { 8, 3 }, b3 = { 3 } }
  add("a residual function", mah.network { params = params, inputs = 4, loss = "cross_entropy",
    seed = 1, forward = function(p, rows)
      local h = (rows:matmul(p.W1) + p.b1):tanh()
      h = h + h:matmul(p.W2):relu()
      return h:matmul(p.W3) + p.b3
    end }, x)
  add("an autoencoder with tied weights", mah.network { params = { W = { 4, 2 }, b = { 4 } },
    inputs = 4, loss = "mse", seed = 1, forward = function(p, rows)
      return rows:matmul(p.W):sigmoid():matmul(p.W:t()) + p.b
    end }, x)
  add("an embedding", network(nn.Sequential { nn.Embedding { 5, 3 }, nn.Linear { 3, 2 } }),
    mah.tensor({ 0, 4, 1, 1, 3 }, { dtype = "int64" }), { x = mah.arange(0, 4, 1, "int32") })
  add("embeddings side by side", mah.network { params = { E = { 5, 3 }, W = { 6, 2 } },
    loss = "mse", seed = 1, forward = function(p, rows)
      return nn.embedding(rows, p.E):reshape(-1, 6):matmul(p.W)
    end }, mah.tensor({ { 0, 4 }, { 1, 1 }, { 3, 2 } }, { dtype = "int64" }),
    { x = mah.zeros(2, 2, { dtype = "int32" }) })
  add("codes among numbers", mah.network { params = { E = { 5, 3 }, W = { 5, 2 } }, loss = "mse",
    seed = 1, forward = function(p, rows)
      local code = nn.embedding(rows:select(2, 1):clamp(0, 4):floor(), p.E)
      return mah.cat({ code, rows:narrow(2, 2, 2) }, 2):matmul(p.W)
    end }, mah.tensor { { 0, 0.5, 1 }, { 4, -1, 2 } }, { x = mah.zeros(1, 3) })
  local sheet = mah.tensor { { 0, 0.5, 1 }, { 4, -1, 2 }, { 2, 3, 0 } }
  add("codes that random numbers are not", mah.network { params = { E = { 5, 3 }, W = { 5, 2 } },
    loss = "mse", seed = 1, forward = function(p, rows)
      local code = nn.embedding(rows:select(2, 1):long(), p.E)
      return mah.cat({ code, rows:narrow(2, 2, 2) }, 2):matmul(p.W)
    end }, sheet, { x = sheet })
  add("pictures", mah.network { params = { W = { 6, 3 } }, loss = "mse", seed = 1,
    forward = function(p, rows) return (rows / 2):flatten(2):matmul(p.W) end },
    mah.randn(5, 2, 3, { rng = mah.rng(4) }), { x = mah.zeros(1, 2, 3) })
  local bytes = mah.randint(0, 255, { 5, 3 }, { rng = mah.rng(1), dtype = "uint8" })
  local net = network(nn.Linear { 3, 2 }):scale_inputs(1 / 255)
  shaken(net)
  cases:add("bytes", lower(net, { x = bytes }), bytes, function(rows) return net:forward(rows) end)
end

--- Which of several inputs are bytes does not depend on the order in which a table has its keys.
local function add_bytes_among_inputs()
  for seed = 1, 8 do
    local rng, x, names = mah.rng(seed), {}, {}
    local codes = mah.randint(97, 122, { 6, 2 }, { rng = rng })
    for i = 1, 6 do
      names[i] = i .. string.char(codes[i][1], codes[i][2])
      x[names[i]] = i % 2 == 0 and mah.randn(3, 2, { rng = rng })
        or mah.randint(0, 255, { 3, 2 }, { rng = rng, dtype = "uint8" })
    end
    add("bytes among inputs", mah.network { params = { W = { 12, 2 } }, loss = "mse", seed = 1,
      forward = function(p, rows)
        local list = {}
        for i, name in ipairs(names) do list[i] = rows[name] end
        return mah.cat(list, 2):matmul(p.W)
      end }:scale_inputs(1 / 255), x, { x = x })
  end
end

local function add_tables()
  local net = mah.network { params = { E = { 4, 3 }, W = { 5, 2 } }, loss = "mse", seed = 1,
    forward = function(p, x)
      return mah.cat({ nn.embedding(x.color, p.E), x.size }, 2):matmul(p.W)
    end }
  local x = { color = mah.tensor({ 3, 0, 2 }, { dtype = "int64" }), size = matrix(3, 2) }
  add("a table of inputs", net, x, { x = x })
  local two = mah.network { params = { W = { 4, 3 }, V = { 3, 1 } }, inputs = 4, seed = 1,
    loss = function(scores) return scores.mean:sum() + scores.spread:sum() end,
    forward = function(p, rows)
      local h = rows:matmul(p.W):tanh()
      return { mean = h:matmul(p.V):squeeze(2), spread = h:exp() }
    end }
  shaken(two)
  add("one output with a name", mah.network { params = { W = { 4, 3 } }, inputs = 4, seed = 1,
    loss = function(scores) return scores.mean:sum() end,
    forward = function(p, rows) return { mean = rows:matmul(p.W):tanh() } end }, matrix(5, 4))
  cases:add("two outputs", lower(two), matrix(5, 4), function(rows)
    local y = two:forward(rows)
    return { mean = y.mean, spread = y.spread }
  end, { only_onnx = true })
end

local function add_stacks(dtype)
  local x = matrix(20, 6, dtype)
  for i, name in ipairs { "identity", "relu", "logistic", "tanh", "leaky_relu", "elu", "softplus",
    "gelu", "silu" } do
    local norm = ({ "batch", "layer" })[i % 2 + 1]
    add(("mah.mlp, %s, %s norm, %s"):format(name, norm, dtype), mah.mlp { 6, { 8, name },
      { 8, name, norm = norm, residual = true, dropout = 0.1, noise = 0.2 }, { 3, "softmax" },
      seed = 1, dtype = dtype }, x)
  end
  for _, output in ipairs { "identity", "exp", "logistic", "softmax" } do
    add("mah.mlp to " .. output, mah.mlp { 6, { 6, "tanh", norm = "batch", residual = true },
      { 2, output }, seed = 1, dtype = dtype }, x)
  end
end

describe("what a network of layers or of a function does", function()
  setup(function()
    cases = written.new()
    for _, dtype in ipairs { "float32", "float64" } do
      add_layers(dtype)
      add_deep(dtype)
      add_stacks(dtype)
    end
    add_large_means()
    add_outputs()
    add_functions()
    add_bytes_among_inputs()
    add_tables()
  end)
  teardown(function()
    cases:remove()
    cases = nil
  end)

  written.test_all(it, pending, function() return cases end)
end)

describe("a network of mah.mlp with norms", function()
  local path, x = os.tmpname() .. ".onnx", matrix(30, 6)

  after_each(function() os.remove(path) end)

  local function stack(given)
    local net = mah.mlp { 6, { 8, "tanh", norm = "batch", noise = 0.1 },
      { 8, "relu", norm = "layer", residual = true, dropout = 0.1 }, { 3, "softmax" }, seed = 1,
      dtype = given and given.dtype }
    return shaken(net)
  end

  it("comes home from an ONNX file with the same bits", function()
    for _, dtype in ipairs { "float32", "float64" } do
      local net = stack { dtype = dtype }
      net:save(path)
      local back, rows = mah.load(path), x:to(dtype)
      assert.equal(tostring(net), tostring(back))
      assert.is_true(back:forward(rows):equal(net:forward(rows)))
      assert.is_true(back.buffers:equal(net.buffers))
    end
  end)

  it("folds the batch norm, and writes the rest", function()
    local list = {}
    for i, node in ipairs(lower(stack()).nodes) do list[i] = node.name or node.op end
    assert.equal("dense_1 tanh dense_2 centre mul mean add sqrt div mul add relu add dense_3 "
      .. "softmax", table.concat(list, " "))
  end)

  it("scales bytes", function()
    local net = stack():scale_inputs(1 / 255)
    local bytes = mah.randint(0, 255, { 5, 6 }, { rng = mah.rng(1), dtype = "uint8" })
    local rows = require "exchange.interpret"(lower(net), { x = bytes })
    assert.is_true((mah.tensor(rows) - net:forward(bytes)):abs():max() < 1e-6)
  end)
end)

describe("an embedding in ONNX Runtime", function()
  it("complains of codes that it has no row for", function()
    local there, why = onnx_tools.has_runtime "node"
    if not there then return pending(why) end
    local folder = os.tmpname()
    os.remove(folder)
    mah.file.make_directory(folder)
    local given, list = {}, { -1, 5, -5, 4 }
    local from_one = network(function(p, t) return mah.index_select(p.E, 1, t + 1) end,
      { params = { E = { 5, 3 } } })
    for i, net in ipairs { network(nn.Embedding { 5, 3 }), from_one } do
      local name = ("case%d.onnx"):format(i)
      net:save(folder .. "/" .. name, { x = mah.arange(0, 3, 1, "int64") })
      for _, code in ipairs(list) do
        given[#given + 1] = { model = name,
          inputs = { x = onnx_tools.input(mah.tensor({ code }, { dtype = "int64" })) } }
      end
    end
    for i, found in ipairs(onnx_tools.run("node", folder, given)) do
      local is_there = list[(i - 1) % #list + 1] == 4
      assert.equal(is_there, found.error == nil)
      assert.is_true(is_there or found.error:find("out of data bounds", 1, true) ~= nil)
    end
    os.execute("rm -r " .. folder)
  end)
end)

describe("a network of mah.nn's layers", function()
  local path, x = os.tmpname() .. ".onnx", matrix(30, 6)

  after_each(function() os.remove(path) end)

  it("comes home from an ONNX file with the same bits", function()
    for _, list in ipairs {
      { nn.Linear { 6, 8 }, nn.Tanh {}, nn.Linear { 8, 2 } },
      { nn.Linear { 6, 8 }, nn.BatchNorm { 8 }, nn.Residual { nn.LayerNorm { 8 },
        nn.Linear { 8, 8, weight_norm = true }, nn.GELU {} }, nn.Linear { 8, 2 } },
    } do
      local net = shaken(network(nn.Sequential(list), { output = "exp" }))
      net:save(path)
      local back = mah.load(path)
      assert.equal(tostring(net), tostring(back))
      assert.is_true(back:forward(x):equal(net:forward(x)))
    end
  end)

  it("is known by its graph alone where a script has its function", function()
    mah.network { params = { W = { 6, 2 }, b = { 2 } }, inputs = 6, loss = "mse", seed = 1,
      forward = function(p, rows) return rows:matmul(p.W) + p.b end }:save(path)
    assert.equal("6 -> 2 identity, 14 parameters", tostring(mah.load(path)))
  end)
end)

describe("an estimator with norms", function()
  it("goes out with the steps before it", function()
    local y, list = {}, {}
    local x = matrix(60, 4)
    for i = 1, 60 do y[i] = ({ "ash", "elm", "oak" })[i % 3 + 1] end
    mah.warnings(false)
    local model = mah.Pipeline { mah.preprocessing.StandardScaler {}, mah.MLPClassifier {
      hidden_layer_sizes = { 8, 8 }, norm = "batch", residual = true, max_iter = 20,
      random_state = 1 } }:fit(x, y)
    mah.warnings(true)
    local p = lower(model)
    for i, node in ipairs(p.nodes) do list[i] = node.name or node.op end
    assert.matches("dense_1 relu dense_2 relu add dense_3 softmax$", table.concat(list, " "))
    local rows = require "exchange.interpret"(p, { x = x })
    assert.is_true((mah.tensor(rows) - model:predict_proba(x)):abs():max() < 1e-6)
    local path = os.tmpname()
    model:save(path .. ".onnx")
    assert.is_true(mah.load(path .. ".onnx"):predict_proba(x):equal(model:predict_proba(x)))
    model:save(path .. ".h", { name = "model", weights = "int8", data = { x, y } })
    os.remove(path .. ".onnx")
    os.remove(path .. ".h")
  end)
end)

describe("weights of a byte", function()
  local path = os.tmpname() .. ".h"
  local x, y = matrix(80, 6), mah.randint(0, 2, { 80 }, { rng = mah.rng(2), dtype = "int32" })

  after_each(function() os.remove(path) end)

  local function said()
    local text = mah.file.read(path):gsub("\n %* ", " ")
    return text, text:match "(%S+) on (%d+) rows: (%S+) with the model's own weights, (%S+) with "
  end

  it("are those of a network's own products", function()
    local net = shaken(network(nn.Sequential { nn.Linear { 6, 16 }, nn.BatchNorm { 16 }, nn.Tanh {},
      nn.Residual { nn.Linear { 16, 16 }, nn.Tanh {} }, nn.Linear { 16, 3 } },
      { loss = "cross_entropy" }))
    local params = net.params:clone()
    net:save(path, { weights = "int8", data = { x, y },
      name = "net" })
    assert.is_true(net.params:equal(params))
    local text, what, rows, float, int8 = said()
    assert.same({ "Accuracy", "80", ("%.6g"):format(net:score(x, y)) }, { what, rows, float })
    assert.is_true(math.abs(float - int8) < 0.1)
    local _, count = text:gsub("static const int8_t ", "")
    assert.equal(3, count)
  end)

  it("are not those that are computed, or stand in two products", function()
    local function fails(net)
      assert.error_matches(function()
        net:save(path, { weights = "int8", data = { x, x },
          name = "net" })
      end, "this network computes some, or uses one twice")
    end
    fails(network(nn.Linear { 6, 6, weight_norm = true }))
    fails(mah.network { params = { W = { 6, 2 } }, inputs = 6, loss = "mse", seed = 1,
      forward = function(p, rows) return rows:matmul(p.W):matmul(p.W:t()) end })
  end)
end)

describe("a network that no file can hold", function()
  local function refuses(message, net, given)
    assert.error_matches(function() lower(net, given) end, message)
  end

  it("is one of rows that are not known", function()
    local net = mah.network { params = { W = { 3, 2 } }, loss = "mse", seed = 1,
      forward = function(p, x) return x:matmul(p.W) end }
    refuses("what rows the network takes is not known: save%(path, {x = data.x}%)", net)
    refuses("save: x: a tensor with rows", net, { x = mah.zeros(0, 3) })
    refuses("forward fails for 3 rows like x: .*shapes do not fit", net, { x = mah.zeros(1, 4) })
    assert.equal(1, #lower(net, { x = mah.zeros(1, 3) }).nodes)
    refuses("this model knows its columns", mah.mlp { 3, { 2, "softmax" } },
      { x = mah.zeros(1, 3) })
  end)

  it("is one of names that are taken, or are no text", function()
    local path, x = os.tmpname(), mah.zeros(1, 3)
    local function fails(message, inputs, output)
      local net = mah.network { params = { W = { 3, 2 } }, loss = function(y) return y end,
        seed = 1, forward = function(p, t)
          local rows = inputs == x and t or t.a.b + t["a.b"]
          return { [output] = rows:matmul(p.W) }
        end }
      assert.error_matches(function() net:save(path .. ".onnx", { x = inputs }) end, message)
      assert.is_false(mah.file.exists(path .. ".onnx"))
    end
    fails("an input has the name \"x\", as another one or an output", x, "x")
    fails("an input has the name \"a.b\", as", { a = { b = x }, ["a.b"] = x }, "a.b")
    fails("an output has the name \"\", which is no text", x, "")
    fails("an output has the name \".+\", which is no text", x, "\255")
    os.remove(path)
  end)

  it("is one that mixes its rows", function()
    refuses("cannot write batch_norm: the mean and variance of a batch mix its rows",
      network(nn.Sequential { nn.Linear { 3, 2 },
        nn.BatchNorm { 2, track_running_stats = false } }))
    refuses("cannot write mean: along dimension 1 it mixes rows", mah.network {
      params = { W = { 3, 2 } }, inputs = 3, loss = "mse", seed = 1,
      forward = function(p, x) return (x - x:mean(1, true)):matmul(p.W) end })
  end)
end)
