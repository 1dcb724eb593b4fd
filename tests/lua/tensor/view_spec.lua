-- Views, indexing and assignment.
local mah = require "mah"
local message = require("golden").message

local function grid() return mah.arange(6):reshape(2, 3) end

describe("a view", function()
  it("shares its elements", function()
    local x = grid()
    x:t()[3]:fill_(0)
    x:reshape(6)[1] = 9
    assert.same({ { 9, 2, 0 }, { 4, 5, 0 } }, x:totable())
  end)

  it("keeps the memory alive", function()
    local x = grid()
    local row = x[2]
    x:free()
    assert.same({ 4, 5, 6 }, row:totable())
    assert.truthy(message(x.sum, x):find("freed", 1, true))
    x:free()
  end)

  it("tells its sizes and steps", function()
    local x = grid():t()
    assert.same({ 3, 2 }, x:size())
    assert.equal(2, x:size(2))
    assert.equal(3, x:size(-2))
    assert.same({ 1, 3 }, x:stride())
    assert.equal(3, x:stride(-1))
    assert.equal(6, x:numel())
    assert.equal(2, x:dim())
    assert.equal(3, #x)
    assert.is_false(x:is_contiguous())
    assert.is_true(x:contiguous():is_contiguous())
    local y = grid()
    assert.equal(y, y:contiguous())
    assert.truthy(message(x.size, x, 3):find("dimension 3", 1, true))
    assert.truthy(message(function() return #mah.tensor(1) end):find("no length", 1, true))
  end)
end)

describe("reshape and view", function()
  it("give another shape", function()
    local x = grid()
    assert.same({ { 1, 2 }, { 3, 4 }, { 5, 6 } }, x:reshape(3, 2):totable())
    assert.same({ 3, 2 }, x:view({ 3, -1 }).shape)
    assert.same({ 1, 6, 1 }, x:view(1, -1, 1).shape)
    assert.same({}, mah.ones(1):reshape({}).shape)
  end)

  it("copy only where they must", function()
    local x = grid()
    x:reshape(3, 2)[1][1] = 7
    assert.equal(7, x[1][1])
    x:t():reshape(6)[1] = 0
    assert.equal(7, x[1][1])
    assert.same({ 7, 4, 2, 5, 3, 6 }, x:t():reshape(6):totable())
    assert.truthy(message(function() return x:t():view(6) end):find("without a copy", 1, true))
  end)

  it("refuse what does not fit", function()
    local x = grid()
    assert.truthy(message(x.reshape, x, 4):find("6 elements are not 4", 1, true))
    assert.truthy(message(x.reshape, x, 4, -1):find("no size for -1", 1, true))
    assert.truthy(message(x.reshape, x, -1, -1):find("only one", 1, true))
    assert.truthy(message(x.view, x, 2.5):find("2.5", 1, true))
  end)
end)

describe("dimensions", function()
  it("change places", function()
    local x = mah.arange(24):reshape(2, 3, 4)
    assert.same({ 4, 3, 2 }, x:transpose(1, 3).shape)
    assert.same({ 4, 2, 3 }, x:permute(3, 1, 2).shape)
    assert.same({ 4, 2, 3 }, x:permute({ -1, 1, 2 }).shape)
    assert.equal(x[2][3][4], x:permute(3, 1, 2)[4][2][3])
    assert.same({ 3 }, mah.ones(3):t().shape)
    assert.truthy(message(x.t, x):find("matrix", 1, true))
    assert.truthy(message(x.permute, x, 1, 2):find("2 dimensions named", 1, true))
    assert.truthy(message(x.permute, x, 1, 2, 2):find("permutation", 1, true))
    assert.truthy(message(x.transpose, x, 0, 1):find("dimension 0", 1, true))
  end)

  it("come and go", function()
    local x = mah.ones(2, 1, 3, 1)
    assert.same({ 2, 3 }, x:squeeze().shape)
    assert.same({ 2, 3, 1 }, x:squeeze(2).shape)
    assert.same({ 2, 1, 3, 1 }, x:squeeze(1).shape)
    assert.same({ 1, 2 }, mah.ones(2):unsqueeze(1).shape)
    assert.same({ 2, 1 }, mah.ones(2):unsqueeze(-1).shape)
    assert.truthy(message(x.unsqueeze, x, 6):find("dimension 6", 1, true))
    assert.same({ 2, 1, 3 }, x:flatten(3).shape)
    assert.same({ 6 }, x:flatten().shape)
    assert.same({ 6, 1 }, x:flatten(1, 3).shape)
    assert.same({ 1 }, mah.tensor(3):flatten().shape)
    assert.truthy(message(x.flatten, x, 3, 2):find("after", 1, true))
  end)

  it("expand without memory", function()
    local x = mah.arange(3)
    local y = x:expand(2, -1)
    assert.same({ { 1, 2, 3 }, { 1, 2, 3 } }, y:totable())
    assert.same({ 4, 2, 3 }, x:expand_as(mah.zeros(4, 2, 3)).shape)
    assert.truthy(message(y.fill_, y, 0):find("clone it first", 1, true))
    assert.truthy(message(y.add_, y, 1):find("clone it first", 1, true))
    assert.truthy(message(x.expand, x, 4):find("does not expand", 1, true))
    assert.truthy(message(x.expand, x, -1, 3):find("size 1", 1, true))
  end)

  it("have a diagonal", function()
    local x = grid()
    x:diag():fill_(0)
    assert.same({ { 0, 2, 3 }, { 4, 0, 6 } }, x:totable())
    assert.same({ { 1, 0 }, { 0, 2 } }, mah.arange(2):diag():totable())
  end)
end)

describe("indexing", function()
  it("gives numbers and slices, from either end", function()
    local x = grid()
    assert.same({ 4, 5, 6 }, x[2]:totable())
    assert.same({ 4, 5, 6 }, x[-1]:totable())
    assert.equal(6, x[2][3])
    assert.equal(6, x[-1][-1])
    assert.same({ 2, 5 }, x:select(2, 2):totable())
    assert.same({ { 2, 3 }, { 5, 6 } }, x:narrow(2, 2, 2):totable())
    assert.same({ { 3 }, { 6 } }, x:narrow(-1, -1, 1):totable())
  end)

  it("takes ranges", function()
    local x = mah.arange(24):reshape(4, 6)
    assert.equal(9, x { 2, 3 })
    assert.same({ 2, 8, 14, 20 }, x({ {}, 2 }):totable())
    assert.same({ { 8, 9 }, { 14, 15 } }, x({ { 2, 3 }, { 2, 3 } }):totable())
    assert.same({ { 19, 21, 23 } }, x({ { -1 }, { 1, -1, 2 } }):totable())
    assert.same({ 7, 8, 9, 10, 11, 12 }, x({ 2 }):totable())
    assert.same({ 8, 14 }, x:sub({ 2, 3 }, 2):totable())
    assert.same({ 0, 6 }, x({ { 2, 1 } }).shape)
    assert.same({ 1, 2 }, mah.arange(5)({ { 1, 2 } }):totable())
  end)

  it("refuses what is outside", function()
    local x, v = grid(), mah.arange(3)
    for _, i in ipairs { 0, 4, -4, 1.5, 1e20, -1e20, 0 / 0, math.huge } do
      assert.truthy(message(function() return v[i] end):find("outside of 1 ... 3", 1, true))
      assert.truthy(message(function() v[i] = 1 end):find("outside of 1 ... 3", 1, true))
      assert.truthy(message(function() return x:t()[i] end):find("outside of 1 ... 3", 1, true))
      assert.truthy(message(function() return x { 1, i } end):find("outside of 1 ... 3", 1, true))
    end
    assert.truthy(message(function() return x { { 1, 3 } } end):find("range {1, 3}", 1, true))
    assert.truthy(message(function() return x { { 0, 1 } } end):find("range", 1, true))
    assert.truthy(message(function() return x { { 1, 2, 0 } } end):find("range", 1, true))
    assert.truthy(message(function() return x { 1, 2, 3 } end):find("3 indices", 1, true))
    assert.truthy(message(function() return x { "a" } end):find('"a"', 1, true))
    assert.truthy(message(function() return x { { 1, "b" } } end)
      :find("to must be an integer", 1, true))
    assert.truthy(message(x.narrow, x, 1, 2, 2):find("leave dimension 1", 1, true))
    assert.truthy(message(x.select, x, 3, 1):find("dimension 3", 1, true))
    assert.truthy(message(function() return mah.tensor(1)[1] end):find("dimension", 1, true))
  end)

  it("offers the nearest name of a method", function()
    assert.truthy(message(function() return grid().shap end):find("'shape'", 1, true))
    assert.truthy(message(function() return grid():reshap(6) end):find("'reshape'", 1, true))
    assert.truthy(message(function() grid().shape = 1 end):find("cannot be set", 1, true))
  end)
end)

describe("assignment", function()
  it("sets numbers, slices and ranges", function()
    local x = grid()
    x[1] = 0
    x[{ 2, 3 }] = -1
    x[{ {}, 2 }] = mah.tensor { 7, 8 }
    assert.same({ { 0, 7, 0 }, { 4, 8, -1 } }, x:totable())
    x[2] = { 1, 2, 3 }
    x[{ {}, { 1, 2 } }] = mah.tensor { 5, 6 }
    assert.same({ { 5, 6, 0 }, { 5, 6, 3 } }, x:totable())
    assert.truthy(message(function() x[1] = mah.ones(2) end):find("broadcast", 1, true))
    assert.truthy(message(function() x[1] = "a" end):find('got "a"', 1, true))
    assert.truthy(message(function() x[3] = 1 end):find("outside", 1, true))
  end)

  it("converts to the dtype, by element as by slice", function()
    for dtype, expected in pairs {
      int32 = { -1, 2147483647, 0, 300 },
      uint8 = { 0, 255, 0, 255 },
      float32 = { -1.5, 1e10, nil, 300 },
    } do
      local values = { -1.5, 1e10, 0 / 0, 300 }
      for i, value in ipairs(values) do
        local x = mah.zeros(2, { dtype = dtype })
        x[1] = value
        x[{ { 2 } }] = value
        if expected[i] then
          assert.equal(expected[i], x[1])
          assert.equal(expected[i], x[2])
        else
          assert.is_true(x[1] ~= x[1] and x[2] ~= x[2])
        end
      end
    end
  end)

  it("copies overlapping ranges as if there were two tensors", function()
    local x = mah.arange(5)
    x[{ { 2, 5 } }] = x { { 1, 4 } }
    assert.same({ 1, 1, 2, 3, 4 }, x:totable())
  end)

  it("goes through strided views", function()
    local x = grid()
    local column = x:select(2, 3)
    for i = 1, #column do column[i] = column[i] * 10 end
    assert.same({ { 1, 2, 30 }, { 4, 5, 60 } }, x:totable())
  end)

  it("does not write one element of an expanded vector, nor free what is no tensor", function()
    local x = mah.zeros(1):expand(3)
    assert.truthy(message(function() x[2] = 1 end):find("expanded", 1, true))
    assert.equal(0, x[2])
    local row = mah.zeros(4):expand(1, 4)[1]
    row[-1] = 7
    assert.equal(7, row[4])
    assert.truthy(message(row.free, {}):find("a tensor is expected", 1, true))
    assert.truthy(message(row.apply_, row, 1):find("a function is expected", 1, true))
  end)
end)
