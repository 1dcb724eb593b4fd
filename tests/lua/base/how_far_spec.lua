local how_far = require "mah.base.how_far"
local interactive = require "mah.base.interactive"
local progress = require "mah.base.progress"
local terminal = require "mah.base.terminal"

describe("how far", function()
  local unicode, columns, now = terminal.unicode, terminal.columns, progress.now
  after_each(function()
    terminal.unicode, terminal.columns, progress.now = unicode, columns, now
    interactive.watches = false
  end)

  it("writes times", function()
    assert.are.same({ "0:00", "1:15", "1:06:40" },
      { how_far.time(0.4), how_far.time(75), how_far.time(4000) })
  end)

  it("draws bars", function()
    terminal.unicode = function() return true end
    assert.are.equal("██▎                 ", how_far.bar(22, 200, 20))
    assert.are.equal("██████████", how_far.bar(7, 7, 10))
    assert.are.equal("          ", how_far.bar(0, 7, 10))
    terminal.unicode = function() return false end
    assert.are.equal("[####    ]", how_far.bar(1, 2, 10))
  end)

  it("tells how many of how many, and the time that is left", function()
    progress.now = function() return 130 end
    local line = { label = "fit", started = 100 }
    assert.are.equal("epoch 30 of 40, loss 1, 0:15 left",
      how_far.text(line, "epoch", 30, 40, "loss 1", 10))
    assert.are.equal("epoch 40 of 40", how_far.text(line, "epoch", 40, 40))
    assert.are.equal("epoch 40, loss 1", how_far.text(line, "epoch", 40, nil, "loss 1"))
    assert.are.equal("epoch 0 of 5", how_far.text(line, "epoch", 0, 5))
  end)

  it("fits a bar into the line's width", function()
    terminal.unicode = function() return true end
    progress.now = function() return 130 end
    for width, wanted in pairs { [20] = "20/40, 0:30 left", [28] = "██▌   20/40, 0:30 left" } do
      terminal.columns = function() return width + 1 end
      local text = how_far.text({ label = "f", live = true, started = 100 }, "epoch", 20, 40)
      assert(terminal.width("f: " .. text) <= width + 1, text)
      assert.are.equal(#wanted > 20, text:find "█" ~= nil)
    end
  end)

  it("is shown where it was asked for, or somebody waits at a terminal", function()
    assert.is_nil(how_far.line "fit")
    assert.are.equal("fit", how_far.line("fit", true).label)
    interactive.watches = true
    if not terminal.is_terminal(2) then assert.is_nil(how_far.line "fit") end
  end)
end)
