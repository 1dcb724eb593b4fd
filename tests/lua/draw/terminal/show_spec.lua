local mah = require "mah"

--- What mah.show writes.
local function shown(x, given)
  local out = {}
  local before = io.stdout
  io.stdout = { write = function(_, ...) -- luacheck: ignore
    for _, text in ipairs { ... } do out[#out + 1] = text end
  end }
  local ok, problem = pcall(mah.show, x, given)
  io.stdout = before -- luacheck: ignore
  if not ok then error(problem, 0) end
  return table.concat(out)
end

describe("mah.show", function()
  local plain = { colors = "none", width = 60, height = 20, graphics = false }

  it("knows what to draw", function()
    local digits = mah.data.digits { n = 20, seed = 1 }
    assert.matches("[@%%#]", shown(digits.train.x[1], plain))
    assert.matches("\n +0 +2 +3", shown(digits, plain))
    assert.matches("true \\ predicted", shown(mah.eye(3, { dtype = "int32" }), plain))
    assert.matches("3[┤+]", shown({ 1, 2, 3 }, plain))
    assert.matches("a .*b", shown({ a = { 1, 2 }, b = { 2, 1 } }, plain))
    local net = mah.mlp { 64, { 4, "softmax" }, seed = 1 }
    assert.matches("[@%%#]", shown(net, plain))
    local run = mah.train(mah.mlp { 784, { 10, "softmax" }, seed = 1 }, digits.train,
      { stop = 2, seed = 1 })
    assert.matches("loss", shown(run, plain))
    assert.matches("2[┤+]", shown(mah.plot.lines { series = { { y = { 1, 2 } } } }, plain))
    assert.matches("[@%%#]", shown(mah.rand(10, 12, 3, { rng = 1 }), plain))
  end)

  it("shows the real PNG", function()
    local text = shown(mah.rand(16, 16, { rng = 1 }), { graphics = true, colors = "none" })
    assert.matches("^\27_Ga=T,f=100,q=2,m=%d;iVBORw0KGgo", text)
  end)

  it("refuses what it cannot draw", function()
    assert.error_matches(function() mah.show(nil) end, "mah.show: no picture is known for nil")
    assert.error_matches(function() mah.show { x = "text" } end, "mah.show: no picture")
    assert.error_matches(function() mah.show({ x = mah.zeros(2, 2) }, { kind = "curve" }) end,
      "mah.show: no picture")
    assert.error_matches(function() mah.show({ 1 }, { heigth = 3 }) end, "did you mean 'height'")
    assert.error_matches(function() mah.show({ 1 }, { kind = "picture" }) end,
      "a tensor is expected")
  end)
end)
