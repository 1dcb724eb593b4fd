local blocks = require "mah.prompt.blocks"
local curves = require "mah.prompt.curves"
local grid = require "mah.prompt.grid"
local kitty = require "mah.prompt.kitty"
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

describe("half blocks", function()
  it("take two pixels for a character", function()
    local canvas = blocks.canvas(2, 2)
    canvas:set(0, 0, 255, 0, 0)
    canvas:set(1, 1, 0, 0, 255)
    assert.same({ "\27[38;2;255;0;0;48;2;0;0;0m▀\27[38;2;0;0;0;48;2;0;0;255m▀\27[0m" },
      blocks.lines(canvas, "true"))
    assert.same({ "\27[38;5;196;48;5;16m▀\27[38;5;16;48;5;21m▀\27[0m" }, blocks.lines(canvas,
      "256"))
  end)

  it("find the nearest of 256 colours", function()
    assert.equal(16, blocks.nearest(0, 0, 0))
    assert.equal(231, blocks.nearest(255, 255, 255))
    assert.equal(244, blocks.nearest(128, 128, 128))
    assert.equal(46, blocks.nearest(0, 255, 0))
  end)

  it("become characters without colours", function()
    local canvas = blocks.canvas(3, 2)
    for y = 0, 1 do
      canvas:set(0, y, 255, 255, 255)
      canvas:set(1, y, 128, 128, 128)
    end
    assert.same({ "@=" }, blocks.lines(canvas, "none"))
  end)

  it("average when they shrink", function()
    local canvas = blocks.canvas(1, 1)
    canvas:paste(mah.tensor({ { { 0 }, { 100 } }, { { 100 }, { 200 } } }, { dtype = "uint8" }), 0,
      0, 1, 1)
    assert.same({ 100, 100, 100 }, { canvas:get(0, 0) })
  end)
end)

describe("curves", function()
  it("are drawn with braille dots or characters", function()
    local lines = curves.lines({ { y = { 1, 2, 3 } } }, { width = 20, height = 7, unicode = true })
    assert.matches("^ *3┤", lines[1])
    assert.matches("⡠", table.concat(lines))
    lines = curves.lines({ { y = { 1, 0 / 0, 3 }, label = "a" }, { y = { 3, 2, 1 } } },
      { width = 20, height = 7 })
    assert.matches("^%* a", lines[1])
    assert.matches("o", table.concat(lines))
    assert.matches("^ +1 +3$", lines[#lines])
  end)

  it("take constants, one value, and none that is finite", function()
    for _, y in ipairs { { 2, 2 }, { 5 }, { 0 / 0 }, {} } do
      assert.has_no.errors(function() curves.lines({ { y = y } }, { width = 30, height = 8 }) end)
    end
  end)
end)

describe("a confusion matrix", function()
  it("is a grid with each row's share", function()
    local lines = grid.lines({ { 8, 2 }, { 0, 5 } }, { depth = "none" })
    assert.equal("0  8  2    80.0 %", lines[3])
    assert.equal("1  .  5   100.0 %", lines[4])
    assert.equal("13 of 15 right, 86.67 %", lines[5])
    local colored = table.concat(grid.lines({ { 1 } }, { depth = "true" }))
    assert.matches("\27%[48;2;%d+;%d+;%d+;97m", colored)
  end)
end)

describe("kitty's protocol", function()
  it("sends base64 in pieces", function()
    assert.equal("", kitty.base64 "")
    assert.equal("Zg==", kitty.base64 "f")
    assert.equal("Zm9vYmE=", kitty.base64 "fooba")
    assert.equal("Zm9vYmFy", kitty.base64 "foobar")
    assert.equal("\27_Ga=T,f=100,q=2,m=0;Zm9v\27\\\n", kitty.text "foo")
    assert.matches("^\27_Ga=T,f=100,q=2,m=1;.*\27\\\27_Gm=0;[^;]+\27\\\n$",
      kitty.text(("x"):rep(4000)))
  end)

  it("shows the real PNG", function()
    local text = shown(mah.rand(16, 16, { rng = 1 }), { graphics = true, colors = "none" })
    assert.matches("^\27_Ga=T,f=100,q=2,m=%d;iVBORw0KGgo", text)
  end)
end)

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
    assert.matches("[@%%#]", shown(mah.plot.lines { series = { { y = { 1, 2 } } } }, plain))
    assert.matches("[@%%#]", shown(mah.rand(10, 12, 3, { rng = 1 }), plain))
  end)

  it("refuses what it cannot draw", function()
    assert.error_matches(function() mah.show(nil) end, "mah.show: no picture is known for nil")
    assert.error_matches(function() mah.show { x = "text" } end, "mah.show: no picture")
    assert.error_matches(function() mah.show({ 1 }, { heigth = 3 }) end, "did you mean 'height'")
    assert.error_matches(function() mah.show({ 1 }, { kind = "picture" }) end,
      "a tensor is expected")
  end)
end)
