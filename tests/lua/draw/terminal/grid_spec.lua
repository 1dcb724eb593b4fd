local grid = require "mah.draw.terminal.grid"

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
