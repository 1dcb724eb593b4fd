-- Data that ranks read in parts, with made-up ranks; tests/cluster has real ones.
local ffi = require "ffi"
local mah = require "mah"
local shards = require "mah.data.shard"

describe("mah.data.shard", function()
  local path, before = os.tmpname(), shards.drivers.join
  local x = mah.arange(1, 7 * 12, { dtype = "float32" }):view(7, 3, 4)

  before_each(function() mah.save_npy(path .. ".npy", x) end)
  after_each(function()
    shards.drivers.join = before
    for _, ending in ipairs { "", ".npy", ".idx", ".idx.gz" } do os.remove(path .. ending) end
  end)

  --- Rank r of `size`; what the ranks gather goes through `wire`, the same table for all.
  local function rank(r, size, wire)
    shards.drivers.join = function()
      return { rank = r, size = size, gather = wire or function() end }
    end
  end

  it("is a matrix of all rows where there is one process", function()
    shards.drivers.join = nil
    assert.same({ 7, 12 }, mah.data.shard(path .. ".npy").shape)
    shards.drivers.join = function() return nil end
    assert.is_true(mah.data.shard(path .. ".npy"):equal(x:view(7, 12)))
  end)

  it("has about as many rows on each rank, in order", function()
    for _, ending in ipairs { ".npy", ".idx", ".idx.gz" } do
      if ending ~= ".npy" then mah.save_idx(path .. ending, x) end
      for size = 2, 9 do
        local rows = {}
        for r = 0, size - 1 do
          rank(r, size)
          local part = mah.data.shard(path .. ending)
          assert.same({ 7, 12 }, part.shape)
          assert.equal(7, #part)
          assert.is_true(math.abs(#part.own - 7 / size) < 1)
          rows[#rows + 1] = part.own
        end
        assert.is_true(mah.cat(rows, 1):equal(x:view(7, 12)))
      end
    end
  end)

  it("makes numbers of another type, and scales them", function()
    mah.save_idx(path .. ".idx", mah.tensor({ { 0, 51, 255 }, { 1, 2, 3 } }, { dtype = "uint8" }))
    rank(0, 2)
    local part = mah.data.shard(path .. ".idx", { dtype = "float64", scale = 1 / 255 })
    assert.equal("float64", part.dtype)
    assert.is_true(part.own:equal(mah.tensor({ { 0, 0.2, 1 } }, { dtype = "float64" })))
    assert.error_matches(function() mah.data.shard(path .. ".idx", { scale = 2 }) end,
      "scale goes with dtype")
  end)

  it("sends rows to rank 0", function()
    local parts, size = {}, 3
    for r = 0, size - 1 do
      rank(r, size)
      parts[r] = mah.data.shard(path .. ".npy")
    end
    -- First the others write what they send; then rank 0 reads it.
    local sent = {}
    local index = mah.tensor({ 7, 1, 4, 2 }, { dtype = "int32" })
    for r = size - 1, 0, -1 do
      shards.fields(parts[r]).group.gather = function(bytes, starts)
        bytes = ffi.cast("uint8_t *", bytes)
        sent[r] = ffi.string(bytes + starts[r], tonumber(starts[r + 1] - starts[r]))
        for other = 0, r == 0 and size - 1 or -1 do
          ffi.copy(bytes + starts[other], sent[other], #sent[other])
        end
      end
      local rows = parts[r]:index_select(1, index)
      assert.same({ 4, 12 }, rows.shape)
      if r == 0 then assert.is_true(rows:equal(x:view(7, 12):index_select(1, index))) end
    end
  end)

  it("says what it is not", function()
    rank(1, 2)
    local part = mah.data.shard(path .. ".npy")
    assert.equal("float32 7x12, rows 4 ... 7 of which are this rank's", tostring(part))
    assert.error_matches(function() return part:mean() end, 'a shard has no "mean"')
    assert.error_matches(function() part.own = 1 end, "a shard cannot be changed")
    mah.save_npy(path .. ".npy", mah.zeros(5))
    assert.error_matches(function() mah.data.shard(path .. ".npy") end, "single numbers")
    assert.error_matches(function() mah.data.shard(path .. ".none.npy") end, "none.npy")
    local net, y = mah.mlp { 12, { 2, "softmax" } }, mah.zeros(7):int()
    assert.error_matches(function() mah.train(net, { x = part, y = y }, { stop = 1 }) end,
      "goes with distributed = true")
    assert.error_matches(function() mah.train(net, { x = x:view(7, 12), y = y },
      { stop = 1, validation = { x = part, y = y } }) end, "validation.x")
    assert.error_matches(function() net:forward(part) end, "got a shard: float32 7x12")
  end)
end)
