local blocks = require "mah.draw.terminal.blocks"
local mah = require "mah"

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
