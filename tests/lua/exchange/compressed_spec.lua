local compressed = require "mah.exchange.compressed"
local mah = require "mah"

local root = debug.getinfo(1, "S").source:match "^@(.*)/tests/lua/" or "."

--- One text, packed by joblib in each way.
local function packed(ending)
  return mah.file.read(root .. "/tests/golden/sklearn/packed." .. ending)
end

local kinds = { zlib = "zlib", gz = "zlib", bz2 = "bzip2", lzma = "xz", xz = "xz" }

describe("compressed files", function()
  it("are known by their beginning, and give what was packed", function()
    local plain = packed "joblib"
    assert.is_nil(compressed.kind(plain))
    for ending, kind in pairs(kinds) do
      assert.equal(kind, compressed.kind(packed(ending)))
      assert.equal(#plain, #compressed.unpack(packed(ending), ending))
      assert.equal(plain:sub(-200), compressed.unpack(packed(ending), ending):sub(-200))
    end
  end)

  it("give their beginning alone, of a text that is cut off too", function()
    local plain = packed "joblib"
    for _, ending in ipairs { "zlib", "gz" } do
      local first = compressed.unpack(packed(ending):sub(1, 200), ending, 20)
      assert.equal(plain:sub(1, 20), first:sub(1, 20))
      assert.is_true(#first < 100)
    end
  end)

  it("are errors when they are cut off, changed, or longer than they ought to be", function()
    for ending in pairs(kinds) do
      local text = packed(ending)
      for _, length in ipairs { #text - 1, #text - 9, math.floor(#text / 2), 20 } do
        assert.error_matches(function() compressed.unpack(text:sub(1, length), "a.bin") end,
          "a%.bin: its bytes, packed by %w+, are broken or cut off")
      end
      assert.error_matches(function() compressed.unpack(text .. "more", "a.bin") end,
        "4 bytes behind what was packed")
    end
    assert.error_matches(function() compressed.unpack("plain", "a.bin") end, "not packed by")
  end)

  it("say which package has the library, where there is none", function()
    local ffi = require "ffi"
    local load = ffi.load
    ffi.load = function() error "not here" end
    local ok, problem = pcall(compressed.unpack, packed "xz", "a.xz")
    ffi.load = load
    assert.is_false(ok)
    assert.matches("a%.xz: unpacking it needs liblzma%.so%.5: install the Debian package liblzma5",
      problem)
  end)

  it("do not unpack to far more than a model's numbers do", function()
    local path = os.tmpname()
    mah.save_npz(path, { mah.zeros(2 ^ 25) }, { compressed = true })
    local text = mah.file.read(path) -- a raw deflate stream of 128 MiB, which gets zlib's two bytes
    os.remove(path)
    local name, extra = text:byte(27) + 256 * text:byte(28), text:byte(29) + 256 * text:byte(30)
    local stream = "\120\156" .. text:sub(31 + name + extra)
    assert.error_matches(function() compressed.unpack(stream, "bomb") end,
      "bomb: it unpacks to more than %d+ bytes, which is too much for such a file")
  end)
end)
