-- Which frames of a traceback are the user's.
local mah = require "mah"
local traceback = require "mah.base.traceback"

describe("traceback", function()
  it("knows the frames that tell the user nothing", function()
    assert.is_true(traceback.is_inner "[C]: in function 'error'")
    assert.is_true(traceback.is_inner "[builtin#21]: at 0x55d0")
    assert.is_true(traceback.is_inner "[mah]/tensor/view.lua:12: in function 'narrow'")
    assert.is_true(traceback.is_inner "/usr/share/lua/5.1/mah/tensor/view.lua:12: in main chunk")
    assert.is_false(traceback.is_inner "script.lua:3: in function 'f'")
  end)

  it("leaves them out, and is nil when nothing is left", function()
    local _, text = xpcall(function() error "wrong" end, function() return traceback.text() end)
    assert.matches("traceback_spec.lua:%d+: in function", text)
    assert.is_nil(text:find("[C]", 1, true))
    assert.is_nil(coroutine.wrap(function() return (traceback.text()) end)())
  end)

  it("gives the same frames as tables", function()
    local function mine() mah.zeros(-1) end
    local _, frames = xpcall(mine, function() return traceback.frames(2) end)
    assert.matches("traceback_spec%.lua$", frames[1].short_src)
    for _, info in ipairs(frames) do assert.is_false(traceback.is_inner(info.short_src)) end
  end)
end)
