--- What a PNG stores is what is read. The images of PngSuite (libpng.org/pub/png/pngsuite.html) are
--- not part of this repository: $MAH_PNGSUITE names their folder. What they hold was found by
--- tests/golden/make_pngsuite.py, and agrees with Pillow.
local file = require "mah.base.file"
local golden = require "golden"
local mah = require "mah"
local C = require "mah.base.library"
local ffi = require "ffi"

local suite = os.getenv "MAH_PNGSUITE"

local function fingerprint(x)
  local hex = ffi.new "char[65]"
  C.mah_sha256(hex, x.data, x:numel())
  return ffi.string(hex)
end

local function from_hex(text)
  return (text:gsub("..", function(h) return string.char(tonumber(h, 16)) end))
end

describe("PNG", function()
  local path = os.tmpname() .. ".png"
  after_each(function() os.remove(path) end)

  it("gives the values that the 156 images of PngSuite store", function()
    if not suite then
      pending "MAH_PNGSUITE IS NOT SET: PngSuite's images were not read"
      return
    end
    local expected, wrong, count = dofile(golden.path "../pngsuite.lua"), {}, 0
    for name, image in pairs(expected) do
      local x = mah.image.load(suite .. "/" .. name)
      local channels = x.ndim == 3 and x.shape[3] or 1
      if channels ~= image[1] or x.shape[1] ~= image[2] or x.shape[2] ~= image[3]
        or fingerprint(x) ~= image[4] then
        wrong[#wrong + 1] = name
      end
      count = count + 1
    end
    table.sort(wrong)
    assert.same({}, wrong)
    assert.equal(156, count)
  end)
  it("does not apply gAMA: a mask of 0 ... 5 stays one", function()
    file.write(path, from_hex("89504e470d0a1a0a0000000d4948445200000006000000010800000000d8a2802c"
      .. "0000000467414d41000186a031e8965f0000000f49444154789c636060646266610500002a00101acc8c24"
      .. "0000000049454e44ae426082"))
    assert.same({ { 0, 1, 2, 3, 4, 5 } }, mah.image.load(path):totable())
  end)
  it("makes grey of colours by one formula that keeps grey", function()
    local x = mah.zeros(256, 1, 3, { dtype = "uint8" })
    local expected = {}
    for v = 0, 255 do
      for c = 1, 3 do x[v + 1][1][c] = v end
      expected[v + 1] = { v }
    end
    mah.image.save(path, x)
    assert.same(expected, mah.image.load(path, { grey = true }):totable())
    mah.image.save(path, mah.tensor({ { { 255, 0, 0 }, { 0, 255, 0 }, { 0, 0, 255 } } }):byte())
    assert.same({ { 76, 150, 29 } }, mah.image.load(path, { grey = true }):totable())
  end)
end)
