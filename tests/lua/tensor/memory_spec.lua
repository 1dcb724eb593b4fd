-- Memory: garbage does not pile up, and what is freed early is gone.
local C = require "mah.base.library"
local mah = require "mah"

local function live() return tonumber(C.mah_memory_live()) end

describe("memory", function()
  it("does not pile up in a loop that drops its tensors", function()
    collectgarbage()
    local before, most = live(), 0
    for _ = 1, 2000 do
      local x = mah.empty(262144) -- 1 MB
      x[1] = 1
      most = math.max(most, live())
    end
    assert.is_true(most - before < 200 * 2 ^ 20)
    collectgarbage()
    assert.equal(before, live())
  end)

  it("is given back by free, once no view is left", function()
    collectgarbage()
    local before = live()
    local x = mah.zeros(1000)
    local view = x { { 1, 10 } }
    x:free()
    assert.is_true(live() >= before + 4000)
    view:free()
    assert.equal(before, live())
  end)

  it("is not lost when the core runs out of it", function()
    local x = mah.arange(1000)
    collectgarbage()
    local before = live()
    for n = 1, 2 do
      C.mah_memory_fail_at(n)
      local ok, problem = pcall(function() return x + x end)
      assert.is_false(ok)
      assert.truthy(tostring(problem):find("out of memory", 1, true))
    end
    C.mah_memory_fail_at(0)
    collectgarbage()
    assert.equal(before, live())
  end)
end)
