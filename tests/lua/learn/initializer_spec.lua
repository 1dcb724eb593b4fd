local mah = require "mah"

local function new(init, activation)
  return mah.mlp { 200, { 100, activation or "relu" }, { 50, "softmax" }, init = init, seed = 1,
    dtype = "float64" }
end

--- The bound of a uniform distribution; a sample of 20,000 comes near it.
local function assert_uniform(bound, w)
  assert.is_true(w:abs():max() <= bound)
  assert.is_true(w:abs():max() > 0.99 * bound)
  assert.near(bound / math.sqrt(3), w:std(), 0.02 * bound)
  assert.near(0, w:mean(), 0.02 * bound)
end

local function assert_normal(std, w)
  assert.near(std, w:std(), 0.02 * std)
  assert.near(0, w:mean(), 0.03 * std)
  assert.is_true(w:abs():max() > 3.5 * std) -- not truncated
  assert.near(3 * std ^ 4, (w ^ 4):mean(), 0.15 * std ^ 4)
end

describe("mah.mlp's init", function()
  it("draws each scheme with its own spread, and zero biases", function()
    for name, expect in pairs {
      glorot_normal = function(w) assert_normal(math.sqrt(2 / 300), w) end,
      he_uniform = function(w) assert_uniform(math.sqrt(6 / 200), w) end,
      he_normal = function(w) assert_normal(math.sqrt(2 / 200), w) end,
      lecun_uniform = function(w) assert_uniform(math.sqrt(3 / 200), w) end,
      lecun_normal = function(w) assert_normal(math.sqrt(1 / 200), w) end,
    } do
      local net = new(name)
      expect(net.layers[1].weight)
      assert.equal(0, net.layers[1].bias:abs():max())
      assert.equal(0, net.layers[2].bias:abs():max())
      assert.is_true(net.layers[2].weight:abs():max() > 0)
    end
  end)

  it("is scikit-learn's by default, biases too", function()
    assert.is_true(new(nil).params:equal(new("glorot_uniform").params))
    assert_uniform(math.sqrt(6 / 300), new(nil).layers[1].weight)
    assert.is_true(new(nil).layers[1].bias:abs():max() > 0)
    assert_uniform(math.sqrt(2 / 300), new(nil, "sigmoid").layers[1].weight)
  end)

  it("can be zero", function() assert.equal(0, new("zeros").params:abs():max()) end)

  it("takes given weights of any dtype, and copies them", function()
    local coefs = { mah.rand(3, 2), mah.rand(2, 4) }
    local intercepts = { mah.rand(2), mah.rand(4):double() }
    local net = mah.mlp { 3, { 2, "relu" }, { 4, "softmax" },
      init = { coefs = coefs, intercepts = intercepts } }
    assert.is_true(net.layers[2].weight:equal(coefs[2]))
    assert.is_true(net.layers[2].bias:equal(intercepts[2]:float()))
    coefs[1]:fill_(9)
    assert.is_true(net.layers[1].weight:max() < 1)
    net:init(nil, { coefs = coefs, intercepts = intercepts })
    assert.equal(9, net.layers[1].weight:min())
  end)

  it("can be called again, with seeds and generators", function()
    local net = new "he_normal"
    local first = net.params:clone()
    assert.is_false(first:equal(net:init(2, "he_normal").params))
    assert.is_true(first:equal(net:init(1, "he_normal").params))
    assert.is_true(first:equal(net:init(mah.rng(1), "he_normal").params))
    local by_generator = mah.mlp { 200, { 100, "relu" }, { 50, "softmax" }, init = "he_normal",
      seed = mah.rng(1), dtype = "float64" }
    assert.is_true(first:equal(by_generator.params))
  end)

  it("explains what is wrong", function()
    local function fails(init, pattern)
      assert.error_matches(function()
        mah.mlp { 3, { 2, "relu" }, { 4, "softmax" }, init = init }
      end, pattern)
    end
    fails("he_norml", "mah.mlp: init must be one of .*did you mean 'he_normal'")
    fails(3, "init must be a string or a table")
    fails({ coefs = {} }, "mah.mlp: init: intercepts is missing")
    fails({ coefs = {}, intercepts = {}, x = 1 }, "unknown option \"x\"")
    fails({ coefs = { mah.rand(3, 2) }, intercepts = { mah.rand(2), mah.rand(4) } },
      "coefs has 1 entries for 2 layers")
    fails({ coefs = { mah.rand(3, 2), mah.rand(4, 2) }, intercepts = { mah.rand(2), mah.rand(4) } },
      "coefs%[2%]: shape %(2, 4%) is expected, got %(4, 2%)")
    fails({ coefs = { mah.rand(3, 2), mah.rand(2, 4) }, intercepts = { mah.rand(2), 3 } },
      "intercepts%[2%]: a tensor")
    assert.error_matches(function() new():init(1, "he") end, "net:init: init must be one of")
    assert.error_matches(function() new():init "one" end, "a seed or a generator is expected")
  end)
end)
