local bytes = require "mah.exchange.bytes"

local function reader(text, big) return bytes.reader(text, "some.file", big) end

describe("bytes of a file", function()
  it("are numbers of either byte order", function()
    local r = reader "\255\254\255\252\255\255\255\1\0\0\0\0\0\0\0"
    assert.equal(255, r:u8())
    assert.equal(-2, r:i16())
    assert.equal(-4, r:i32())
    assert.equal(1, r:i64())
    assert.equal(0, r:left())
    assert.equal(258, reader("\1\2", true):u16())
    assert.equal(-2, reader(("\255"):rep(7) .. "\254", true):i64())
    assert.equal(-2, reader("\254" .. ("\255"):rep(7)):i64())
    assert.equal(-127, reader "\129":i8())
    assert.equal(0.5, reader "\0\0\0\63":f32())
    assert.equal(0.5, reader("\63\224\0\0\0\0\0\0", true):f64())
  end)

  it("are NaN whatever else its bits say", function()
    for _, raw in ipairs { ("\255"):rep(8), "\1\0\0\0\0\0\240\127", "\0\0\0\0\0\0\251\255" } do
      local value = reader(raw):f64()
      assert.equal("number", type(value))
      assert.is_true(value ~= value)
    end
    local value = reader("\255\255\255\255"):f32()
    assert.is_true(type(value) == "number" and value ~= value)
    assert.equal(-math.huge, reader("\0\0\128\255"):f32())
    assert.equal(math.huge, reader("\0\0\0\0\0\0\240\127"):f64())
  end)

  it("are tensors", function()
    local r = reader "x\0\0\128\63\0\0\0\64"
    r:skip(1)
    local t = r:tensor("<f4", { 2, 1 }, "float64")
    assert.equal("float64", t.dtype)
    assert.same({ { 1 }, { 2 } }, t:totable())
    assert.equal(0, r:left())
  end)

  it("are tensors with a NaN that is none but a number", function()
    for type, raw in pairs { ["<f8"] = ("\255"):rep(8), ["<f4"] = ("\255"):rep(4),
      [">f8"] = ("\255"):rep(8), ["<f2"] = "\255\255", ["<bf"] = "\255\255" } do
      for _, dtype in ipairs { "float32", "float64" } do
        local t = reader(raw):tensor(type, { 1 }, dtype)
        for _, value in ipairs { t[1], t:totable()[1] } do
          assert.equal("number", _G.type(value))
          assert.is_true(value ~= value)
        end
        assert.is_not_nil(t[1])
      end
    end
  end)

  it("end where the file ends", function()
    assert.error_matches(function() reader "abc":u32() end,
      "some%.file: at byte 0: a number needs 4 bytes, and 3 are left")
    assert.error_matches(function() reader "abcd":tensor("<f4", { 2 ^ 40, 2 ^ 40 }) end,
      "a tensor needs %d+ bytes, and 4 are left")
    assert.error_matches(function() reader "abcd":seek(5) end, "outside of the file")
    assert.error_matches(function() reader(("\255"):rep(8)):u64() end, "no number of anything")
    assert.error_matches(function() reader("\0\0\0\0\0\0\0\128"):i64() end, "too large")
    assert.error_matches(function() reader "abcd":tensor("<c8", { 1 }) end, "elements of type")
  end)
end)
