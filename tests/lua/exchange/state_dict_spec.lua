--- tests/golden/make_torch.py made the files: PyTorch's names, and what PyTorch says of some rows.
local mah = require "mah"
local state_dict = require "mah.exchange.state_dict"

local folder = debug.getinfo(1, "S").source:match "^@(.*)lua/exchange/state_dict_spec%.lua$"
  .. "golden/torch/"

--- Rows and PyTorch's answers, from the file's metadata.
local function answers(path, dtype)
  local _, metadata = mah.load_safetensors(path)
  return mah.tensor(mah.json.decode(metadata.x), { dtype = dtype }),
    mah.tensor(mah.json.decode(metadata.y), { dtype = dtype })
end

local function near(expected, found, most)
  assert.is_true((expected - found):abs():max() < most)
end

local function random(...) return mah.randn({ ... }, { rng = 1 }) end

local function linear(name, inputs, outputs)
  return { [name .. ".weight"] = random(outputs, inputs), [name .. ".bias"] = random(outputs) }
end

local function tensors_of(...)
  local all = {}
  for _, part in ipairs { ... } do
    for name, t in pairs(part) do all[name] = t end
  end
  return all
end

local function text_of(...) return tostring(state_dict.model(...)):match "^(.-)," end

describe("a state_dict in safetensors", function()
  it("of a Sequential with BatchNorm is what it was in PyTorch", function()
    local path = folder .. "sequential.safetensors"
    local x, y = answers(path, "float32")
    local net = mah.load(path, { activation = "relu", out_activation = "log_softmax" })
    assert.equal("4 -> 5 relu -> 3 softmax, 43 parameters", tostring(net))
    near(y:exp(), net:forward(x), 1e-6)
    local clf = mah.load(path, { activation = "relu", classes = { "a", "b", "c" } })
    near(y:exp(), clf:predict_proba(x), 1e-6)
  end)

  it("with BatchNorm before a layer and behind an activation", function()
    local path = folder .. "norm_behind.safetensors"
    local x, y = answers(path, "float32")
    local model = mah.load(path, { activation = "gelu", regression = true })
    assert.equal("MLPRegressor", model.steps[#model.steps][2].class)
    near(y:select(2, 1), model:predict(x), 1e-5)
  end)

  it("with names that are no numbers", function()
    local path = folder .. "named.safetensors"
    local x, y = answers(path, "float64")
    local net = mah.load(path, { activation = { "tanh", "silu" } })
    assert.equal("4 -> 6 tanh -> 5 silu -> 3 identity, 83 parameters", tostring(net))
    near(y, net:forward(x), 1e-12)
    local first = mah.load(path, { activation = "tanh", layers = { "fc_in", "middle" } })
    assert.equal("4 -> 6 tanh -> 5 identity, 65 parameters", tostring(first))
  end)

  it("shows the tensors and the call to write when it is not told of activations", function()
    local path = folder .. "sequential.safetensors"
    local ok, problem = pcall(mah.load, path)
    assert.is_false(ok)
    for _, text in ipairs { path .. ": these weights do not say what stands between them:\n",
      "\n  0.weight (5, 4)\n", ("\nsay it: mah.load(%q, {activation = \"relu\", "):format(path) } do
      assert.is_truthy(problem:find(text, 1, true), text)
    end
  end)
end)

describe("a state_dict", function()
  it("is ordered by number, by name, by the file, or by sizes", function()
    local relu = { activation = "relu" }
    assert.equal("3 -> 3 relu -> 3 relu -> 3 identity", text_of(tensors_of(linear("net.0", 3, 3),
      linear("net.2", 3, 3), linear("net.10", 3, 3)), relu, "f"))
    assert.equal("2 -> 3 relu -> 4 relu -> 5 identity", text_of(tensors_of(linear("fc2", 3, 4),
      linear("fc10", 4, 5), linear("fc1", 2, 3)), relu, "f"))
    local same = tensors_of(linear("enter", 3, 3), linear("leave", 3, 3))
    assert.error_matches(function() state_dict.model(same, relu, "f") end,
      'f: the sizes of the layers fit in several orders: .*"f", {layers = {"enter", "leave"}')
    local net = state_dict.model(same, { activation = "relu", layers = { "leave", "enter" } }, "f")
    assert.is_true(net.layers[1].weight:t():eq(same["leave.weight"]):all())
    net = state_dict.model(same, relu, "f", { "leave.weight", "leave.bias", "enter.weight" })
    assert.is_true(net.layers[1].weight:t():eq(same["leave.weight"]):all())
    assert.equal("2 -> 3 relu -> 4 identity", text_of(tensors_of(linear("head", 3, 4),
      linear("body", 2, 3)), relu, "f", { "head.weight", "body.weight" })) -- as sizes allow
    assert.error_matches(function()
      state_dict.model(tensors_of(linear("a", 3, 4), linear("b", 3, 4)), relu, "f")
    end, "fit in no order")
  end)

  it("of hostile length is given up", function()
    local many = {}
    for i = 1, 60 do many[("x" .. i .. "y.weight")] = random(3, 3) end
    assert.error_matches(function() state_dict.model(many, { activation = "relu" }, "f") end,
      "several orders")
  end)

  it("has activations where the numbers leave room", function()
    local norm = { ["2.running_mean"] = random(3), ["2.running_var"] = random(3):abs() }
    local net = state_dict.model(tensors_of(linear("0", 2, 3), norm, linear("4", 3, 2)),
      { activation = "relu" }, "f")
    local shift = net.layers[2].weight:t():eq(random(2, 3)):all()
    assert.is_false(shift) -- the norm stands behind the activation
    assert.is_true(net.layers[1].weight:t():eq(random(3, 2)):all())
    local unclear = tensors_of(linear("0", 3, 3), linear("1", 3, 3), linear("3", 3, 3))
    assert.error_matches(function() state_dict.model(unclear, { activation = "relu" }, "f") end,
      "some layers have room for an activation behind them, and 0 has none: give a list")
    assert.equal("3 -> 3 identity -> 3 relu -> 3 identity",
      text_of(unclear, { activation = { "identity", "relu" } }, "f"))
  end)

  it("of a single layer needs nothing", function()
    local net = state_dict.model({ weight = random(2, 3) }, nil, "f")
    assert.equal("3 -> 2 identity, 8 parameters", tostring(net))
  end)

  it("of float16 or bfloat16 becomes float32, by which it is computed", function()
    for _, dtype in ipairs { "float16", "bfloat16" } do
      local weight = random(2, 3):to(dtype)
      local net = state_dict.model({ weight = weight }, nil, "f")
      assert.equal("float32", net.params.dtype)
      assert.is_true(net.layers[1].weight:t():eq(weight:float()):all())
    end
  end)

  it("complains with the file and the tensor", function()
    local function fails(pattern, tensors, given)
      assert.error_matches(function() state_dict.model(tensors, given, "some.file") end, pattern)
    end
    local relu = { activation = "relu" }
    fails("some.file: there are no tensors", {})
    fails("conv.weight %(2, 1, 3, 3%): dense layers", { ["conv.weight"] = random(2, 1, 3, 3) })
    fails("ln.weight %(3%): a normalisation without", { ["ln.weight"] = random(3) })
    fails("fc has a bias and no weight", { ["fc.bias"] = random(3) })
    fails("bn has one of running_mean", { ["bn.running_var"] = random(3) })
    fails("lstm.weight_hh_l0 %(2, 2%) is no weight", { ["lstm.weight_hh_l0"] = random(2, 2) })
    fails("the tensor fc.weight is int32", { ["fc.weight"] = random(2, 2):int() })
    fails("1: 3 inputs, but 0 gives 4", tensors_of(linear("0", 2, 4), linear("1", 3, 1)), relu)
    fails("1.running_var %(2%): 3 values are expected", tensors_of(linear("0", 2, 3),
      { ["1.running_mean"] = random(3), ["1.running_var"] = random(2) }), relu)
    fails("1.running_var is not all positive", tensors_of(linear("0", 2, 3),
      { ["1.running_mean"] = random(3), ["1.running_var"] = -random(3):abs() }), relu)
    fails("1: it is made for 2 columns, and gets 3", tensors_of(linear("0", 2, 3),
      { ["1.running_mean"] = random(2), ["1.running_var"] = random(2):abs() }), relu)
    local two = tensors_of(linear("fc1", 2, 3), linear("fc2", 3, 1))
    fails("activation has 2 entries for 1 hidden layers", two, { activation = { "relu", "tanh" } })
    fails("layers: there is no \"fc3\"; did you mean 'fc1'", two, { layers = { "fc3" } })
    fails("Mah has no activation \"rleu\"; there are .*; did you mean 'relu'", two,
      { activation = "rleu" })
    fails("Mah has no activation \"sofmax\"", two, { activation = "relu",
      out_activation = "sofmax" })
    fails("one of them is expected", two, { activation = "relu", classes = { 1, 2 },
      regression = true })
    fails("unknown option \"activations\"; did you mean 'activation'", two, { activations = "" })
    fails("some.file: 3 classes for 1 outputs", two, { activation = "relu", classes = { 1, 2, 3 } })
  end)
end)
