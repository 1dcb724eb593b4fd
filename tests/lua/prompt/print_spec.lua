local mah = require "mah"
local print_ = require "mah.prompt.print"

local function shown(value) return print_.text(value) end

describe("the prompt shows", function()
  it("simple values", function()
    assert.equal("1", shown(1))
    assert.equal("nil", shown(nil))
    assert.equal([["a\n\"b\"\000\200é"]], (shown 'a\n"b"\0\200é':gsub("\200", "\\200")))
  end)

  it("tables sorted, nested and shortened", function()
    assert.equal("{}", shown {})
    assert.equal('{1, 2, a = {b = true}, ["c d"] = "x"}', shown { 1, 2, ["c d"] = "x",
      a = { b = true } })
    local itself = {}
    itself.me = itself
    assert.equal("{me = {... itself}}", shown(itself))
    assert.matches("{%.%.%.}", shown { { { { { 1 } } } } })
    local long = {}
    for i = 1, 1000 do long[i] = i end
    assert.matches("%.%.%. 976 more", shown(long))
    assert.matches("%.%.%. %(5000 bytes%)$", shown(("x"):rep(5000)))
    assert.equal("mine", shown(setmetatable({}, { __tostring = function() return "mine" end })))
    assert.matches("^{", shown(setmetatable({}, { __tostring = function() error "no" end })))
  end)

  it("functions with signature, place and summary", function()
    local function mine(a, b, ...) return a, b, ... end
    assert.matches("^function%(a, b, %.%.%.%)   .*print_spec.lua:%d+$", shown(mine))
    assert.equal("function: built in", shown(print))
    assert.matches("^function mah.train%(net, data, given%)   .*learn/train.lua:%d+\n  Trains ",
      shown(mah.train))
  end)

  it("tensors with statistics", function()
    local text = shown(mah.tensor { { 1, 2 }, { 3, 4 } })
    assert.matches("^float32 2x2  16 bytes\nmin 1  mean 2.5  max 4  std 1.29099\n{{1.0", text)
    assert.matches("2 not finite: 1 NaN", shown(mah.tensor { 0 / 0, 1, math.huge }))
    assert.matches("min 0  mean 127.5  max 255", shown(mah.tensor({ 0, 255 }, { dtype = "uint8" })))
    assert.matches("min 1  mean 2.30584e%+18  max 4611686018427387904  std 3.2",
      shown(mah.tensor({ 2 ^ 62, 1 }, "int64")))
    assert.equal("float32 0  {}", shown(mah.zeros(0)))
    local freed = mah.zeros(2)
    freed:free()
    assert.equal("a freed tensor", shown(freed))
    assert.equal("{x = tensor float32 2x3}", shown { x = mah.zeros(2, 3) })
  end)

  it("networks as layers", function()
    local text = shown(mah.mlp { 4, { 3, "relu", dropout = 0.5 }, { 2, "softmax" }, seed = 1 })
    assert.matches("1  4 %-> 3  relu +0.5 +15\n", text)
    assert.matches("2  3 %-> 2  softmax +8\n  23 parameters in all$", text)
  end)

  it("networks of functions as parameters", function()
    local text = shown(mah.network { params = { W = { 4, 3 }, b = { 3 } }, loss = "mse", seed = 1,
      forward = function(p, x) return x:matmul(p.W) + p.b end })
    assert.matches("network of a function  float32  mse\n", text)
    assert.matches("W  4 x 3 +12\n", text)
    assert.matches("b  3 +3\n  15 parameters in all$", text)
    text = shown(mah.network { forward = mah.nn.Linear { 2, 1 }, loss = "mse", seed = 1 })
    assert.matches("network of layers", text)
  end)

  it("runs and estimators with score, iterations and reason", function()
    local x, y = mah.rand(40, 3, { rng = 1 }), mah.zeros(40, { dtype = "int32" })
    y:narrow(1, 1, 20):fill_(1)
    local clf = mah.MLPClassifier { hidden_layer_sizes = { 2 }, max_iter = 3, random_state = 1 }
    assert.matches("not fitted yet$", shown(clf))
    mah.warnings(false)
    clf:fit(x, y)
    mah.warnings(true)
    local text = shown(clf)
    assert.matches("score +%d.%d+ on 40 training rows\n", text)
    assert.matches("iterations +3\n", text)
    assert.matches("stopped +the limit of 3 iterations", text)
    local net = mah.mlp { 3, { 2, "softmax" }, seed = 1 }
    text = shown(mah.train(net, { x = x, y = y }, { stop = 2, validation = 0.5, seed = 1 }))
    assert.matches("iterations +2\n.*score +%d.%d+ on the validation set\n.*2 epochs", text)
  end)
end)
