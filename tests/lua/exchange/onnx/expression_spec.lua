local expression = require "mah.exchange.onnx.expression"
local golden = require "golden"
local mah = require "mah"

local x = expression.x

local function op(name, ...)
  return expression.new({ op = name, domain = "", attributes = {}, opset = 17, name = "n",
    outputs = { "y" } }, { ... })
end

--- "multiply 2, relu": the steps as a text.
local function told(e, tolerance)
  local words = {}
  for i, step in ipairs(expression.steps(e, tolerance or 1e-12)) do
    if step.kind == "activation" then
      words[i] = type(step.name) == "table" and "own " .. step.name.name or step.name
    else
      for _, part in ipairs { "subtract", "divide", "multiply", "add" } do
        if step[part] then words[i] = ("%s %g"):format(part, step[part]) end
      end
    end
  end
  return table.concat(words, ", ")
end

describe("what a graph spells out", function()
  it("is an activation in whatever form", function()
    local half, sigmoid = op("Mul", x, math.sqrt(0.5)), op("Sigmoid", x)
    assert.equal("gelu", told(op("Mul", op("Mul", x, op("Add", 1, op("Erf", half))), 0.5)))
    assert.equal("gelu", told(op("Mul", op("Mul", 0.5, x),
      op("Add", op("Erf", op("Div", x, 1.4142135381698608)), 1)), 2e-7))
    assert.equal("silu", told(op("Mul", sigmoid, x)))
    assert.equal("silu", told(op("Div", x, op("Add", 1, op("Exp", op("Neg", x))))))
    assert.equal("softplus", told(op("Log", op("Add", op("Exp", x), 1))))
    assert.equal("tanh", told(op("Sub", op("Mul", 2, op("Sigmoid", op("Mul", x, 2))), 1)))
    assert.equal("relu", told(op("Max", x, 0)))
    assert.equal("leaky_relu", told(op("Where", op("Less", x, 0), op("Mul", x, 0.01), x)))
    assert.equal("logistic", told(op("Clip", op("Sigmoid", x), 0, 1)))
    assert.equal("exp", told(op("Exp", x)))
  end)

  it("may have affine parts before and behind it", function()
    assert.equal("multiply 2, add 1", told(op("Add", op("Mul", x, 2), 1)))
    assert.equal("divide 3, tanh", told(op("Tanh", op("Div", x, 3))))
    assert.equal("subtract 1, relu, multiply 2", told(op("Mul", op("Relu", op("Sub", x, 1)), 2)))
    assert.equal("multiply -1, add 1, relu", told(op("Relu", op("Sub", 1, x))))
    assert.equal("multiply -1, softplus, multiply -1", told(op("Log", op("Sigmoid", x))))
    assert.equal("multiply -1, softplus, multiply -1",
      told(op("Neg", op("Softplus", op("Neg", x)))))
  end)

  it("is not taken for what it is not", function()
    assert.equal("own n", told(op("Mul", op("Mul", x, op("Add", 1.001, op("Erf", op("Mul", x,
      math.sqrt(0.5))))), 0.5), 2e-7)) -- not gelu
    assert.equal("own n", told(op("Clip", x, 0, 6)))
    assert.equal("own elu 0.5", told(expression.new({ op = "Elu", domain = "", opset = 17,
      attributes = { alpha = 0.5 }, name = "n", outputs = { "y" } }, { x })))
    assert.equal("own selu", told(op("Selu", x)))
    assert.equal("multiply 1", told(op("Mul", x, 1)))
  end)

  it("has a slope of its own", function()
    local step = expression.steps(op("Selu", x), 1e-12)[1].name
    local net = mah.mlp { 3, { 4, step }, { 2, "identity" }, seed = 1, dtype = "float64" }
    local rows = mah.randn(9, 3, { rng = mah.rng(1), dtype = "float64" })
    local target = mah.randn(9, 2, { rng = mah.rng(2), dtype = "float64" })
    assert.is_true(mah.gradcheck(net, rows, target).max_error < 1e-6)
    golden.close(mah.tensor({ 2 * 1.0507009873554805, 1.7580993408473766 * (math.exp(-1) - 1) },
      { dtype = "float64" }), step.forward(mah.tensor({ 2, -1 }, { dtype = "float64" })), 1e-6)
  end)

  it("is bounded", function()
    local e = x
    assert.error_matches(function()
      for _ = 1, 1000 do e = op("Sin", e) end
    end, "node 'n' %(Sin%): more than 100 operations without weights")
  end)
end)
