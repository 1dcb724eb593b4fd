local activations = require "mah.exchange.activations"
local mah = require "mah"

local smooth = { "sin", "cos", "exp", "square", "gaussian", "gaussian_symmetric", "elliot",
  "elliot_symmetric", "sin_positive", "cos_positive", "stdnorm" }

local function check_gradient(activation)
  local net = mah.mlp { 3, { 4, activation }, { 2, "identity" }, dtype = "float64", seed = 5 }
  local x = mah.randn(6, 3, { rng = 1, dtype = "float64" })
  local y = mah.randn(6, 2, { rng = 2, dtype = "float64" })
  local r = mah.gradcheck(net, x, y)
  assert(r.ok, ("%s: %s is off by %g"):format(activation.name, r.name or "", r.max_error))
end

local function values(activation, list)
  local z = mah.tensor(list, { dtype = "float64" }):view(-1, 1)
  return activation.forward(z):view(-1):totable()
end

--- dy/dz at some places.
local function slopes(activation, list)
  local z = mah.tensor(list, { dtype = "float64" }):view(-1, 1)
  return activation.backward(activation.forward(z), mah.ones_like(z), z):view(-1):totable()
end

local function near(expected, got)
  assert.equal(#expected, #got)
  for i, value in ipairs(expected) do assert.near(value, got[i], 1e-12) end
end

describe("other tools' activations", function()
  for _, name in ipairs(smooth) do
    it("have the right gradient: " .. name, function() check_gradient(activations[name]) end)
  end

  it("with a kink have it beside the kink", function()
    near({ 0, .5, 1, 1 }, values(activations.clip(0, 1), { -1, .5, 1, 7 }))
    near({ 0, 1, 0 }, slopes(activations.clip(0, 1), { -1, .5, 7 }))
    near({ -7, -7, 1.5 }, values(activations.threshold(1, -7), { 0, 1, 1.5 }))
    near({ 0, 1 }, slopes(activations.threshold(1, -7), { 0, 1.5 }))
    near({ math.log(2) }, values(activations.log, { 2 }))
    near({ .5 }, slopes(activations.log, { 2 }))
    check_gradient(activations.limited(activations.sin, 0.5))
    check_gradient(activations.limited("tanh", 0.5))
  end)

  it("that step have values at the step", function()
    near({ 0, 1, 1 }, values(activations.step, { -1e-9, 0, 2 }))
    near({ -1, 1 }, values(activations.step_symmetric, { -1e-9, 0 }))
    near({ 0, 0 }, slopes(activations.step, { -1, 1 }))
  end)

  it("in straight pieces touch the sigmoid where they meet", function()
    local places, levels = {}, { .005, .05, .25, .75, .95 }
    for i, p in ipairs(levels) do places[i] = math.log(p / (1 - p)) / 2 end
    near(levels, values(activations.sigmoid_stepwise, places))
    near({ 0, .5, 1 }, values(activations.sigmoid_stepwise, { -3, 0, 3 }))
    near({ -1, 0, 1 }, values(activations.tanh_stepwise, { -3, 0, 3 }))
    near({ -.99, -.9, -.5, .5, .9 }, values(activations.tanh_stepwise, places))
    local slope = .5 / math.log(3)
    near({ 0, slope, 2 * slope, 0 }, {
      slopes(activations.sigmoid_stepwise, { -3 })[1],
      slopes(activations.sigmoid_stepwise, { 0 })[1],
      slopes(activations.tanh_stepwise, { 0 })[1],
      slopes(activations.tanh_stepwise, { 3 })[1],
    })
  end)

  it("normalize a row without a spread to zeros", function()
    local z = mah.tensor({ { 2, 2, 2 }, { 1, 2, 3 } }, { dtype = "float64" })
    local y = activations.stdnorm.forward(z):totable()
    near({ 0, 0, 0 }, y[1])
    near({ -math.sqrt(1.5), 0, math.sqrt(1.5) }, y[2])
  end)

  it("may be mixed in a layer", function()
    local mixed = activations.mixed { "tanh", activations.gaussian, "tanh", "relu" }
    local z = mah.randn(5, 4, { rng = 3 })
    local y = mixed.forward(z)
    assert.equal("float32", y.dtype)
    local function tanh(t) return t:tanh() end
    local function gaussian(t) return (-t * t):exp() end
    for column, f in ipairs { tanh, gaussian, tanh, function(t) return t:relu() end } do
      local part = z[{ {}, column }]
      assert.is_true((f(part) - y[{ {}, column }]):abs():max() < 1e-6)
    end
    check_gradient(activations.mixed { "tanh", "logistic", activations.gaussian, "identity" })
    assert.equal("tanh", activations.mixed { "tanh", "tanh" })
    assert.equal(activations.sin, activations.mixed { activations.sin })
    assert.error_matches(function() activations.mixed { "tanh", "gelu" } end, "unit 2: .*gelu")
  end)
end)
