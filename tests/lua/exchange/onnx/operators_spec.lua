-- Beside ONNX's own tests, nodes_spec.lua.
local golden = require "golden"
local mah = require "mah"
local operators = require "mah.exchange.onnx.operators"

local x = mah.tensor({ { 1, -2, 3 }, { 0, 0, 0 } })

local function run(op, inputs, attributes, given)
  local node = { op = op, domain = "", attributes = attributes or {}, opset = 17, name = "n",
    outputs = { "y" }, where = "some.onnx" }
  for name, value in pairs(given or {}) do node[name] = value end
  return operators.run(node, inputs)
end

local function ml(op, inputs, attributes)
  return run(op, inputs, attributes, { domain = "ai.onnx.ml", opset = 2 })[1]
end

describe("operators of ONNX", function()
  it("of ai.onnx.ml", function()
    golden.close(mah.tensor { { 0, -12, 6 }, { -2, -8, 0 } },
      ml("Scaler", { x }, { offset = { 1, 4, 0 }, scale = { 2, 2, 2 } }), 1e-6)
    golden.close(mah.tensor { { 1 / 6, -2 / 6, 3 / 6 }, { 0, 0, 0 } },
      ml("Normalizer", { x }, { norm = "L1" }), 1e-6)
    golden.close(mah.tensor { { 1 / 3, -2 / 3, 1 }, { 0, 0, 0 } }, ml("Normalizer", { x }), 1e-6)
    local root = math.sqrt(14)
    golden.close(mah.tensor { { 1 / root, -2 / root, 3 / root }, { 0, 0, 0 } },
      ml("Normalizer", { x }, { norm = "L2" }), 1e-6)
    assert.same({ { 3, 1 }, { 0, 0 } },
      ml("ArrayFeatureExtractor", { x, mah.tensor({ 2, 0 }):long() }):totable())
    assert.same({ { 1, 0, 1 }, { 0, 0, 0 } }, ml("Binarizer", { x }, { threshold = 0.5 }):totable())
  end)

  it("move texts", function()
    local texts = { strings = { "a", "b", "c" }, shape = { 3 } }
    local places = mah.tensor({ 2, -3 }):long()
    assert.same({ "c", "a" }, run("Gather", { texts, places })[1].strings)
    assert.same({ "c" }, ml("ArrayFeatureExtractor",
      { texts, mah.tensor({ 2 }):long() }).strings)
    assert.error_matches(function() run("Relu", { texts }) end, "node 'n' %(Relu%): of texts")
  end)

  it("before opset 13 softmax takes all dimensions behind its axis", function()
    local y = run("Softmax", { mah.zeros(2, 2, 3) }, {}, { opset = 11 })[1]
    golden.close(mah.full({ 2, 2, 3 }, 1 / 6), y, 1e-6)
    golden.close(mah.full({ 2, 2, 3 }, 1 / 3), run("Softmax", { mah.zeros(2, 2, 3) })[1], 1e-6)
  end)

  it("took bounds, axes and shapes as attributes once", function()
    assert.same({ { 1, 0, 2 }, { 0, 0, 0 } },
      run("Clip", { x }, { min = 0, max = 2 })[1]:totable())
    assert.same({ 1, 2, 3 }, run("Unsqueeze", { x }, { axes = { 0 } })[1].shape)
    assert.same({ 3, 2 }, run("Reshape", { x }, { shape = { 3, -1 } })[1].shape)
    assert.same({ { -2 }, { 0 } },
      run("Slice", { x }, { starts = { 1 }, ends = { -1 }, axes = { 1 } })[1]:totable())
  end)

  it("are refused with the node's name", function()
    local function refused(expected, ...)
      local given = { ... }
      assert.error_matches(function() run(unpack(given)) end,
        "some.onnx: node 'n' %(%a+%): " .. expected)
    end
    refused("Mah does not read such an operator", "Conv", { x })
    refused("axis 5 of 2 dimensions", "Softmax", { x }, { axis = 5 })
    refused("it gives up to 3000000000000 elements", "Add",
      { mah.zeros(1):expand(3 * 10 ^ 6, 1), mah.zeros(1):expand(1, 10 ^ 6) }, {}, { most = 1e6 })
    refused("elements cannot become FLOAT16 here", "Cast", { x }, { to = 10 })
    refused("matmul: second argument: a tensor is expected", "Gemm", { x })
    refused("its inputs or attributes are not what it takes", "Unsqueeze", { x },
      { axes = { "a" } })
    refused("attribute alpha must be a number", "Elu", { x }, { alpha = "a" })
    refused("position 7 of 2", "Gather", { x, mah.tensor({ 7 }):long() })
    refused("in training mode", "Dropout", { x, mah.tensor(0.5), mah.tensor(1) })
    refused("float32 2x3 cannot be viewed as 4x2", "Reshape", { x, mah.tensor({ 4, 2 }):long() })
  end)
end)
