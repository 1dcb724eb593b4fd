--- Mutations of tests/fuzz/exchange.lua, run in a process of their own, always the same ones.
local mah = require "mah"

local FILES, SEED = 600, 1

describe("a model file of another tool", function()
  it("that was damaged by chance is refused, or gives something that can be used", function()
    local folder, output = arg[0]:match "^(.*/)" or "./", os.tmpname()
    local status = os.execute(("%s %s../fuzz/exchange.lua %d %d >%s 2>&1"):format(arg[-1], folder,
      FILES, SEED, output))
    local text = mah.file.read(output)
    os.remove(output)
    assert.equal(0, status, text)
    local refused, loaded = text:match "(%d+) refused, (%d+) loaded"
    assert.is_true(refused + loaded >= FILES, text)
    assert.is_true(loaded + 0 > FILES / 20, text)
  end)
end)
