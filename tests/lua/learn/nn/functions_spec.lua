-- Layers as functions: their derivatives beside central differences, what is drawn, and mistakes.
local golden = require "golden"
local mah = require "mah"
local nn = mah.nn

local rng = mah.rng(5)

local function normal(...) return rng:normal(0, 1, { ... }, { dtype = "float64" }) end

--- Numbers away from 0, where some slopes jump.
local function apart(...)
  local x = normal(...)
  return x + x:sign() * 0.2
end

local x, wide, columns = apart(5, 7), apart(5, 8), { w = normal(7), b = normal(7) }
local codes = mah.tensor({ { 3, 0 }, { 3, 1 } }, "int32")
local running = { running_mean = normal(7), running_var = normal(7):square() + 0.5 }

local function with_columns(f)
  return { x = x, w = columns.w, b = columns.b }, f
end

local cases = {
  linear = { { x = x, W = normal(7, 3), b = normal(3) }, function(p)
    return nn.linear(p.x, p.W, p.b) * nn.linear(p.x, p.W)
  end },
  layer_norm = { with_columns(function(p) return nn.layer_norm(p.x, p.w, p.b) * p.x end) },
  ["layer_norm without weights"] = { x, function(p) return nn.layer_norm(p) * p end },
  ["layer_norm of a transposed x"] = { normal(7, 5), function(p) return nn.layer_norm(p:t()) end },
  ["layer_norm of a plain x"] = { columns.w, function(w) return nn.layer_norm(x, w, w * w) end },
  batch_norm = { with_columns(function(p)
    return nn.batch_norm(p.x, { weight = p.w, bias = p.b }, true) * p.x
  end) },
  ["batch_norm of three dimensions"] = { normal(2, 3, 7), function(p)
    return nn.batch_norm(p, {}, true):square()
  end },
  ["batch_norm in evaluation"] = { with_columns(function(p)
    return nn.batch_norm(p.x, { weight = p.w, bias = p.b, running_mean = running.running_mean,
      running_var = running.running_var }, false) * p.x
  end) },
  dropout = { x, function(p) return nn.dropout(p * p, 0.4, { rng = mah.rng(1) }) * p end },
  gaussian_noise = { x, function(p)
    return nn.gaussian_noise(p * p, 0.4, { rng = mah.rng(1) }) * p
  end },
  embedding = { normal(4, 3), function(W)
    return nn.embedding(codes, W) * nn.embedding(codes, W)
  end },
  weight_norm = { { v = x, g = columns.w }, function(p) return nn.weight_norm(p.v, p.g) end },
  prelu = { { x = x, a = columns.w }, function(p) return nn.prelu(p.x, p.a) * p.x end },
  ["prelu of one a"] = { { x = x, a = normal(1) }, function(p) return nn.prelu(p.x, p.a) end },
  glu = { wide, function(p) return nn.glu(p):square() end },
  swiglu = { wide, function(p) return nn.swiglu(p):square() end },
  softmax = { x, function(p) return nn.softmax(p):square() end },
}
for _, name in ipairs { "relu", "sigmoid", "tanh", "leaky_relu", "elu", "gelu", "silu",
  "softplus" } do
  cases[name] = { x, function(p) return nn[name](p):square() end }
end

describe("the derivative of", function()
  for name, case in pairs(cases) do
    it(name .. " is right, once and twice", function()
      for _, twice in ipairs { false, true } do
        local result = mah.gradcheck(case[2], case[1], { twice = twice })
        assert.is_true(result.ok, ("%s %s %.3g"):format(tostring(twice), result.name,
          result.max_error))
      end
    end)
  end

  it("what is used twice is added up, in one pass", function()
    local w, b = columns.w, columns.b
    local f = mah.grad(function(p)
      local y = nn.layer_norm(p.x, p.w, p.b) + nn.layer_norm(p.x, p.w, p.b)
      y = y + nn.batch_norm(p.x, { weight = p.w, bias = p.b }, true) + nn.gelu(p.x)
      return (y + nn.dropout(p.x, 0.5, { rng = mah.rng(2) }) + nn.gelu(p.x)):square():sum()
    end)
    local g = f { x = x, w = w, b = b }
    local result = mah.gradcheck(function(p)
      local y = nn.layer_norm(p.x, p.w, p.b) * 2 + nn.gelu(p.x) * 2
      y = y + nn.batch_norm(p.x, { weight = p.w, bias = p.b }, true)
      return (y + nn.dropout(p.x, 0.5, { rng = mah.rng(2) })):square():sum()
    end, { x = x, w = w, b = b })
    assert.is_true(result.ok)
    local once = mah.grad(function(p)
      local y = nn.layer_norm(p.x, p.w, p.b) * 2 + nn.gelu(p.x) * 2
      y = y + nn.batch_norm(p.x, { weight = p.w, bias = p.b }, true)
      return (y + nn.dropout(p.x, 0.5, { rng = mah.rng(2) })):square():sum()
    end) { x = x, w = w, b = b }
    for name in pairs(g) do golden.close(once[name], g[name], 1e-12) end
  end)
end)

describe("what is drawn", function()
  local ones = mah.ones(200, 300)

  it("by dropout is a share, by the generator alone", function()
    local y = nn.dropout(ones, 0.25, { rng = mah.rng(1) })
    local kept = y:ne(0):float():mean()
    assert.is_true(math.abs(kept - 0.75) < 0.01)
    assert.is_true(math.abs(y:max() - 4 / 3) < 1e-6)
    assert.is_true(y:equal(nn.dropout(ones, 0.25, { rng = mah.rng(1) })))
    assert.is_false(y:equal(nn.dropout(ones, 0.25, { rng = mah.rng(2) })))
    local r = mah.rng(1)
    nn.dropout(ones, 0.25, { rng = r })
    assert.is_false(y:equal(nn.dropout(ones, 0.25, { rng = r })))
    mah.manual_seed(1)
    assert.is_true(y:equal(nn.dropout(ones, 0.25, true)))
  end)

  it("by dropout is the same on any number of threads, forth and back", function()
    local before = mah.threads()
    local f = mah.value_and_grad(function(p)
      local y = nn.dropout(p, 0.4, { rng = mah.rng(3) })
      return y:sum(), y
    end)
    local results = {}
    for _, threads in ipairs { 1, 3 } do
      mah.threads(threads)
      local _, g, y = f(ones:repeat_interleave(3, 1))
      results[#results + 1] = { g, y }
    end
    mah.threads(before)
    assert.is_true(results[1][1]:equal(results[2][1]))
    assert.is_true(results[1][2]:equal(results[2][2]))
    assert.is_true(results[1][1]:equal(results[1][2])) -- of ones
  end)

  it("in evaluation, or of nothing, is nothing", function()
    assert.is_true(rawequal(ones, nn.dropout(ones, 0.4, false)))
    assert.is_true(rawequal(ones, nn.dropout(ones, 0.4)))
    assert.is_true(rawequal(ones, nn.dropout(ones, 0, true)))
    assert.is_true(rawequal(ones, nn.gaussian_noise(ones, 0.4, false)))
    assert.is_true(rawequal(ones, nn.gaussian_noise(ones, 0, true)))
  end)

  it("as noise has the standard deviation", function()
    local y = nn.gaussian_noise(ones, 0.3, { rng = mah.rng(1) })
    assert.is_true(math.abs(y:mean() - 1) < 0.01)
    assert.is_true(math.abs(y:std() - 0.3) < 0.01)
  end)
end)

describe("batch norm", function()
  local function fresh()
    return { running_mean = mah.zeros(3), running_var = mah.ones(3) }
  end

  it("takes running statistics for a single row, and leaves them", function()
    local p, row = fresh(), mah.tensor { { 2, 4, 6 } }
    golden.close(row, nn.batch_norm(row, p, true), 1e-4)
    assert.equal(0, p.running_mean:abs():max())
    local said = golden.message(function() return nn.batch_norm(row, {}, true) end)
    assert.is_truthy(said:find("one row alone", 1, true), said)
  end)

  it("leaves running statistics in evaluation", function()
    local p = fresh()
    assert.same({ 5, 0 }, nn.batch_norm(mah.rand(5, 0), {}, true).shape)
    assert.same({ 5, 4, 0 }, nn.batch_norm(mah.rand(5, 4, 0), {}, true).shape)
    nn.batch_norm(mah.rand(5, 3), p, false)
    assert.equal(0, p.running_mean:abs():max())
  end)

  it("lets running statistics follow where a gradient is taken, once in a step", function()
    local p, rows = fresh(), mah.rand(6, 3, { rng = 1 })
    mah.grad(function(w)
      return nn.batch_norm(rows * w, { running_mean = p.running_mean,
        running_var = p.running_var }, true):square():sum()
    end)(mah.ones(3))
    golden.close(rows:mean(1) * 0.1, p.running_mean, 1e-6)
  end)
end)

describe("the memory of layers' functions", function()
  it("is written to again", function()
    local big, w, b = mah.randn(500, 64), mah.ones(64), mah.zeros(64)
    local f = mah.value_and_grad(function(p)
      local h = nn.layer_norm(big + p.w, p.w, p.b)
      h = nn.batch_norm(nn.dropout(h, 0.2, true), { weight = p.w, bias = p.b }, true)
      return (nn.glu(nn.gelu(h))):square():mean()
    end)
    local p = { w = w, b = b }
    for _ = 1, 3 do f(p) end
    collectgarbage()
    collectgarbage "stop"
    local before = mah.memory()
    for _ = 1, 4 do f(p) end
    local grown = mah.memory() - before
    collectgarbage "restart"
    assert.is_true(grown < 500 * 64 * 4, grown) -- of a single result
  end)
end)

describe("a mistake in a layer's function", function()
  local W = mah.rand(4, 2)
  local mistakes = {
    { function() return nn.linear(mah.rand(2, 3), W) end, "x is float32 2x3 and W float32 4x2" },
    { function() return nn.linear(mah.rand(2, 4), W, mah.rand(3)) end, "b is float32 3" },
    { function() return nn.linear(nil, W) end, "mah.nn.linear: x" },
    { function() return nn.linear(mah.ones(2, 4, "int32"), W) end,
      "mah.nn.linear: x: float32 or float64 is expected, got int32 2x4" },
    { function() return nn.softmax(W, W) end, "mah.nn.softmax: dim is a number; got a tensor" },
    { function() return nn.weight_norm(W) end, "mah.nn.weight_norm: g: a tensor is expected" },
    { function() return nn.embedding(mah.tensor({ 0, 4 }, "int32"), W) end,
      "code 4 is none of 0 ... 3" },
    { function() return nn.embedding(mah.tensor({ -1 }, "int32"), W) end,
      "code -1 is none of 0 ... 3" },
    { function() return nn.embedding(mah.tensor { 0.5 }, W) end, "codes are whole numbers" },
    { function() return nn.layer_norm(mah.rand(2, 3), W) end, "weight is float32 4x2" },
    { function() return nn.layer_norm(mah.rand(2, 3):int()) end, "x:float() converts it" },
    { function() return nn.layer_norm(mah.rand(2, 3), nil, nil, "a") end, "eps must be a number" },
    { function() return nn.batch_norm(mah.rand(3), {}, true) end, "x is (rows, columns)" },
    { function() return nn.batch_norm(mah.rand(2, 3), nil, true) end, "p is a table" },
    { function() return nn.batch_norm(mah.rand(2, 3), { running_mean = mah.zeros(3) }, true) end,
      "p lacks running_var" },
    { function() return nn.batch_norm(mah.rand(2, 3), {}, true, { momentun = 1 }) end,
      "did you mean 'momentum'" },
    { function() return nn.dropout(W, 1, true) end, "rate must be a number in [0, 1); got 1" },
    { function() return nn.dropout(W, 0.5, 7) end, "training is false, true or {rng" },
    { function() return nn.gaussian_noise(W, -1, true) end, "std must be a number in [0, inf)" },
    { function() return nn.glu(mah.rand(2, 3)) end, "even number of columns" },
    { function() return nn.prelu(W, mah.rand(3)) end, "a is float32 3" },
    { function() return nn.weight_norm(W, mah.rand(3)) end, "g is float32 3" },
    { function() return nn.gelu(3) end, "mah.nn.gelu" },
    { function() return nn.layer_nrom(W) end, "did you mean 'layer_norm'" },
  }
  for _, mistake in ipairs(mistakes) do
    it("is told of: " .. mistake[2], function()
      local said = golden.message(function()
        local y = mistake[1]()
        return y
      end)
      assert.is_truthy(said:find("functions_spec.lua:", 1, true), said)
      assert.is_truthy(said:find(mistake[2], 1, true), said)
    end)
  end
end)

describe("embedding", function()
  it("takes codes of any integer, and whole numbers", function()
    local W = mah.rand(4, 2)
    for _, dtype in ipairs { "uint8", "int32", "int64", "float32" } do
      local y = nn.embedding(mah.tensor({ 3, 0 }, dtype), W)
      assert.is_true(y[1]:equal(W[4]) and y[2]:equal(W[1]))
    end
    assert.same({ 0, 2 }, nn.embedding(mah.zeros(0, { dtype = "int32" }), W).shape)
  end)
end)
