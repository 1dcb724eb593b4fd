local mah = require "mah"

local ROWS, INPUTS = 7, 4

local function inputs() return mah.randn(ROWS, INPUTS, { rng = 1, dtype = "float64" }) end

--- Outputs, and targets that the loss takes: classes, labels, counts, numbers.
local problems = {
  multi_class = { { 3, "softmax" }, function() return mah.randint(0, 2, ROWS, { rng = 2 }) end },
  binary = { { 1, "logistic" }, function() return mah.randint(0, 1, ROWS, { rng = 2 }) end },
  multi_label = { { 3, "logistic" },
    function() return mah.randint(0, 1, ROWS, 3, { rng = 2 }) end },
  counts = { { 2, "exp" }, function() return mah.randint(0, 4, ROWS, 2, { rng = 2 }) end },
  numbers = { { 2, "identity" }, function() return mah.randn(ROWS, 2, { rng = 2 }) * 2 end },
}

local function describe_net(problem, depth, activation, dropout)
  local given = { INPUTS, seed = 5, dtype = "float64" }
  for i = 1, depth - 1 do given[i + 1] = { 3 + i, activation, dropout = dropout } end
  given[depth + 1] = problem[1]
  return given
end

local function assert_right(given, y, o)
  local r = mah.gradcheck(mah.mlp(given), inputs(), y, o)
  assert.is_true(r.ok, ("%s: %g analytic, %g numeric at %s"):format(tostring(mah.mlp(given)),
    r.analytic, r.numeric, r.name))
end

describe("mah.gradcheck", function()
  it("finds the gradient of every activation right, 1 to 4 layers, with dropout", function()
    for _, activation in ipairs {
      "identity", "relu", "logistic", "tanh", "leaky_relu", "elu", "softplus", "gelu", "silu",
    } do
      for depth = 1, 4 do
        local problem = problems.multi_class
        assert_right(describe_net(problem, depth, activation, 0), problem[2]())
        assert_right(describe_net(problem, depth, activation, 0.5), problem[2](),
          { dropout = true, seed = depth })
      end
    end
  end)

  it("finds the gradient of every loss right, with penalties", function()
    for _, problem in pairs(problems) do
      assert_right(describe_net(problem, 2, "tanh", 0), problem[2](), { l1 = 0.1, l2 = 0.2 })
    end
    for _, loss in ipairs { "absolute_error", "huber", "squared_error" } do
      local given = describe_net(problems.numbers, 3, "silu", 0)
      given.loss = loss
      assert_right(given, problems.numbers[2](), { l2 = 0.1 })
    end
  end)

  it("finds it right from every start", function()
    for _, init in ipairs {
      "glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal",
    } do
      local given = describe_net(problems.multi_class, 3, "tanh", 0)
      given.init = init
      assert_right(given, problems.multi_class[2]())
    end
  end)

  it("checks a float32 network as a float64 copy, and leaves it alone", function()
    local net = mah.mlp { INPUTS, { 5, "gelu" }, { 3, "softmax" }, seed = 1 }
    local before = net.params:clone()
    local weight = mah.rand(ROWS, { rng = 3 })
    local r = mah.gradcheck(net, inputs():float(), problems.multi_class[2](), { weight = weight })
    assert.is_true(r.ok)
    assert.is_true(r.max_error < 1e-8)
    assert.equal("float32", net.dtype)
    assert.is_true(before:equal(net.params))
  end)

  it("says where the worst one is, and can find a fault", function()
    local net = mah.mlp { INPUTS, { 5, "tanh" }, { 3, "softmax" }, seed = 1 }
    local r = mah.gradcheck(net, inputs(), problems.multi_class[2](), { h = 0.5 })
    assert.is_false(r.ok) -- such a step is too wide for a curved loss
    assert.near(r.max_error, math.abs(r.analytic - r.numeric)
      / math.max(1, math.abs(r.analytic), math.abs(r.numeric)), 0)
    local layer, kind, row, column = r.name:match "^layers%[(%d)%]%.(%l+)%[(%d)%]%[?(%d?)%]?$"
    assert.truthy(layer, r.name)
    local value = net.layers[tonumber(layer)][kind]
    value = kind == "weight" and value[{ tonumber(row), tonumber(column) }] or value[tonumber(row)]
    assert.equal(net.params[r.parameter], value)
  end)

  it("explains what is wrong", function()
    local net = mah.mlp { INPUTS, { 3, "softmax" }, seed = 1 }
    assert.error_matches(function() mah.gradcheck({}, inputs(), inputs()) end,
      "a network is expected")
    assert.error_matches(function() mah.gradcheck(net, inputs(), 3) end,
      "y: a tensor is expected, got 3")
    assert.error_matches(function() mah.gradcheck(net, inputs(), inputs(), { dropot = 1 }) end,
      "did you mean 'dropout'")
    assert.error_matches(function() mah.gradcheck(net, mah.zeros(3), inputs()) end, "a matrix")
  end)
end)
