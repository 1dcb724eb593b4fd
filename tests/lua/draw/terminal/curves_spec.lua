local curves = require "mah.draw.terminal.curves"

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
