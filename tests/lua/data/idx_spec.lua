local C = require "mah.base.library"
local file = require "mah.base.file"
local golden = require "golden"
local mah = require "mah"

local message = golden.message

describe("IDX", function()
  local path = os.tmpname()
  after_each(function() os.remove(path); os.remove(path .. ".gz") end)
  local function fails(bytes)
    file.write(path, bytes)
    return message(mah.load_idx, path)
  end

  it("reads each of the format's types", function()
    local function load(code, bytes)
      file.write(path, "\0\0" .. code .. "\2\0\0\0\1\0\0\0\2" .. bytes)
      return mah.load_idx(path)
    end
    local function is(dtype, values, t)
      assert.equal(dtype, t.dtype)
      assert.same({ values }, t:totable())
    end
    is("uint8", { 7, 255 }, load("\8", "\7\255"))
    is("int32", { 7, -1 }, load("\9", "\7\255"))
    is("int32", { 258, -2 }, load("\11", "\1\2\255\254"))
    is("int32", { 16909060, -1 }, load("\12", "\1\2\3\4\255\255\255\255"))
    is("float32", { 1, -2.5 }, load("\13", "\63\128\0\0\192\32\0\0"))
    is("float64", { 1, 0.1 }, load("\14", "\63\240\0\0\0\0\0\0\63\185\153\153\153\153\153\154"))
  end)
  for _, ending in ipairs { "", ".gz" } do
    it("is written and read again" .. ending, function()
      for _, dtype in ipairs { "uint8", "int32", "float32", "float64" } do
        local x = mah.randint(0, 255, { 3, 50, 70 }, { dtype = dtype })
        mah.save_idx(path .. ending, x:transpose(1, 3))
        local y = mah.load_idx(path .. ending)
        assert.equal(dtype, y.dtype)
        assert.is_true(y:equal(x:transpose(1, 3)))
      end
      mah.save_idx(path .. ending, mah.zeros(0, 5))
      assert.same({ 0, 5 }, mah.load_idx(path .. ending).shape)
    end)
  end
  it("packs when the name says so", function()
    mah.save_idx(path .. ".gz", mah.zeros(100000))
    assert.equal("\31\139", file.read(path .. ".gz"):sub(1, 2))
    assert.is_true(#file.read(path .. ".gz") < 2000)
  end)
  it("refuses other files, naming what it found", function()
    assert.matches("truncated: 0 bytes are no IDX header", fails "")
    assert.matches("truncated: 3 bytes are no IDX header", fails "\0\0\8")
    assert.matches("not an IDX file: it begins with 89 50 4e 47", fails "\137PNG")
    assert.matches("not an IDX file: it begins with 00 00 07 01", fails "\0\0\7\1\0\0\0\1x")
    assert.matches("0 dimensions; 1 %.%.%. 8", fails "\0\0\8\0")
    assert.matches("9 dimensions; 1 %.%.%. 8", fails "\0\0\8\9")
    assert.matches("truncated in the header's 2 extents", fails "\0\0\8\2\0\0\0\1")
    assert.matches("wants 5 bytes of data, there are 3$", fails "\0\0\8\1\0\0\0\5abc")
    assert.matches("2 bytes too many after the 3", fails "\0\0\8\1\0\0\0\3abcde")
    assert.matches("wants 4294967295 bytes of data, there are 3$",
      fails "\0\0\8\1\255\255\255\255abc")
    assert.is_true(tonumber(C.mah_memory_peak()) < 4e9) -- none was taken for what is not there
    assert.matches("overflow", fails("\0\0\14\3" .. ("\255"):rep(12)))
    assert.matches("cannot read '" .. path .. "none': No such file",
      message(mah.load_idx, path .. "none"))
    assert.matches("cannot read '/': Is a directory", message(mah.load_idx, "/"))
  end)
  it("refuses broken gzip streams", function()
    mah.save_idx(path .. ".gz", mah.arange(1000):int())
    local bytes = file.read(path .. ".gz")
    assert.matches("broken gzip stream: it ends too early", fails(bytes:sub(1, -20)))
    assert.matches("broken gzip stream: it ends too early", fails(bytes:sub(1, -3)))
    assert.matches("broken gzip stream: incorrect data check",
      fails(bytes:sub(1, -9) .. "abcd" .. bytes:sub(-4)))
  end)
  it("cannot hold a scalar, and says when the disk is full", function()
    assert.matches("cannot hold a scalar", message(mah.save_idx, path, mah.tensor(3)))
    assert.matches("No space left", message(mah.save_idx, "/dev/full", mah.zeros(3)))
    assert.matches("a tensor is expected", message(mah.save_idx, path, {}))
  end)
end)
