--- .npy files in memory; the files are those of tests/golden/numpy_golden.py.
local bytes = require "mah.exchange.bytes"
local golden = require "golden"
local mah = require "mah"
local npy = require "mah.exchange.pickle.npy"

--- Who complains and counts, as the machine does.
local function counter(name)
  local m = bytes.reader("", name)
  function m.charge() end
  return m
end

local function read(text) return npy.read(counter "x.npy", text, "x.npy") end

describe("a .npy file in memory", function()
  it("gives what mah.load_npy gives", function()
    for _, name in ipairs { "big_f4", "big_i8", "fortran", "half", "little_u2", "scalar",
      "version2", "version3", "empty", "one_b1" } do
      local path = golden.path("files/" .. name .. ".npy")
      local array, expected = read(mah.file.read(path)), mah.load_npy(path)
      assert.same(expected.shape, array.tensor.shape)
      golden.close(expected, array.tensor, 0)
    end
  end)

  it("gives text too", function()
    local array = read(mah.file.read(golden.path "files/text.npy"))
    assert.matches("^<U", array.type)
    assert.equal("string", type(array.list[1]))
  end)

  it("refuses objects, records and what is torn", function()
    assert.error_matches(function() read(mah.file.read(golden.path "files/objects.npy")) end,
      "objects")
    assert.error_matches(function() read(mah.file.read(golden.path "files/records.npy")) end,
      "records")
    assert.error_matches(function() read(mah.file.read(golden.path "files/complex.npy")) end,
      "complex numbers")
    local text = mah.file.read(golden.path "files/little_f4.npy")
    assert.error_matches(function() read(text:sub(1, -2)) end, "x%.npy: .*needs")
    assert.error_matches(function() read(text .. "x") end, "1 bytes are left over")
    assert.error_matches(function() read "PK" end, "needs")
  end)
end)
