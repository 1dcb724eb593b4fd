-- Memory: garbage does not pile up, and what is freed early is gone.
local C = require "mah.base.library"
local ffi = require "ffi"
local mah = require "mah"
local Type = require "mah.tensor.type"

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

  it("of small tensors is Lua's, until they are seen by a view", function()
    collectgarbage()
    local before = live()
    local x = mah.arange(4) * 2
    assert.equal(before, live())
    local view = x:narrow(1, 2, 2)
    assert.is_true(live() > before)
    x[2] = 7
    assert.equal(7, view[1])
    x:free()
    collectgarbage()
    assert.same({ 7, 6 }, view:totable())
    view = nil -- luacheck: ignore 311
    collectgarbage()
    assert.equal(before, live())
  end)

  it("of small tensors is kept by every kind of view", function()
    local shapes = {
      alias = function(x) return x:squeeze() end,
      row = function(x) return x[2] end,
      part = function(x) return x { 2 } end,
      transposed = function(x) return x:t()[2]:narrow(1, 2, 1) end,
      flat = function(x) return x:reshape(4):narrow(1, 3, 2) end,
      viewed = function(x) return x:view(4):narrow(1, 3, 2) end,
      permuted = function(x) return x:permute(2, 1):select(2, 2) end,
      expanded = function(x) return x:narrow(1, 2, 1):expand(3, 2)[1] end,
      diagonal = function(x) return x:diag():narrow(1, 2, 1) end,
      chunk = function(x) return (select(2, x:chunk(2))) end,
      unsqueezed = function(x) return x:unsqueeze(1)[1][2] end,
    }
    for name, view_of in pairs(shapes) do
      local view = view_of(mah.tensor { { 1, 2 }, { 3, 4 } })
      for _ = 1, 3 do
        collectgarbage()
        for _ = 1, 50 do mah.full({ 2, 2 }, 9) end -- would be written over what is gone
      end
      local last = view:reshape(-1)
      assert.equal(4, last[-1], name)
    end
  end)

  it("of small tensors is given back by free", function()
    local x = mah.zeros(3)
    x:free()
    assert.has_error(function() return x + 1 end)
    assert.has_error(function() return x:narrow(1, 1, 1) end)
    x:free()
  end)

  it("of many tensors comes back, whichever of them are dropped, freed or kept", function()
    collectgarbage()
    local before, kept = live(), {}
    for round = 1, 4 do
      for i = 1, 1500 do
        local x = mah.full(40, i)
        if i % 3 == 0 then kept[#kept + 1] = { x, i } end
        if i % 7 == 0 then x:free() end
        if i % 5 == 0 and i % 7 ~= 0 then kept[#kept + 1] = { x:narrow(1, 2, 3), i } end
      end
      collectgarbage()
      local left = {}
      for k, pair in ipairs(kept) do
        if pair[2] % 7 ~= 0 then
          assert.equal(pair[2], pair[1][3])
          if k % 2 == round % 2 then left[#left + 1] = pair end
        end
      end
      kept = left
    end
    assert.is_true(live() > before)
    kept = nil -- luacheck: ignore 311
    collectgarbage()
    assert.equal(before, live())
  end)

  it("is given back once, however often a tensor is entered, settled or freed", function()
    collectgarbage()
    local before = live()
    local x, small = mah.zeros(100), mah.zeros(3)
    for _ = 1, 3 do
      Type.own(x)
      Type.settle(small)
      Type.own(small)
    end
    assert.is_true(live() > before)
    x:free()
    x:free()
    small = nil -- luacheck: ignore 311
    collectgarbage()
    assert.equal(before, live())
  end)

  it("is that of views, too, when tensors are freed in any order", function()
    collectgarbage()
    local before = live()
    for i = 1, 200 do
      local x = mah.full(50, i)
      local y, z = x:reshape(5, 10), x:narrow(1, 3, 4)
      local order = i % 2 == 0 and { x, y, z } or { z, x, y }
      order[1]:free()
      order[2]:free()
      assert.equal(i, order[3]:max())
    end
    collectgarbage()
    assert.equal(before, live())
  end)

  it("is not lost when finalizers make views while garbage is given back", function()
    collectgarbage()
    local before = live()
    local source, views, kept, stopped = mah.zeros(100), {}, {}, false
    local function make_views(object)
      if stopped then return end
      for i = 1, 20 do views[i] = source:narrow(1, i, 40) end
      ffi.gc(object, make_views)
    end
    jit.off()
    jit.flush() -- interpreted, a collection can come between any two allocations
    make_views(ffi.new "char[1]")
    for i = 1, 20000 do kept[i] = mah.full(40, i) end
    local pause, pace = collectgarbage("setpause", 100), collectgarbage("setstepmul", 1000)
    for round = 1, 4 do
      collectgarbage "stop"
      for i = round, #kept, 8 do kept[i]:free() end
      mah.empty(2 ^ 25):free()
      local large = mah.empty(2 ^ 26)
      mah.empty(100) -- more than the limit is live: collects
      large:free()
    end
    collectgarbage("setpause", pause)
    collectgarbage("setstepmul", pace)
    jit.on()
    assert.equal(20, #views)
    for i = 5, #kept, 8 do assert.equal(i, kept[i]:max()) end
    source, views, kept, stopped = nil, nil, nil, true -- luacheck: ignore 311 331
    for _ = 1, 3 do collectgarbage() end
    assert.equal(before, live())
  end)

  it("is not lost when the core runs out of it", function()
    local x = mah.arange(1000)
    collectgarbage()
    local before = live()
    C.mah_memory_fail_at(1)
    local ok, problem = pcall(function() return x + x end)
    assert.is_false(ok)
    assert.truthy(tostring(problem):find("out of memory", 1, true))
    C.mah_memory_fail_at(0)
    collectgarbage()
    assert.equal(before, live())
  end)
end)
