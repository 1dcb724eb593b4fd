local file = require "mah.base.file"
local golden = require "golden"
local mah = require "mah"

local message = golden.message

describe("safetensors", function()
  local path = os.tmpname()
  after_each(function() os.remove(path) end)

  it("says of a folder that it is one", function()
    assert.error_matches(function() mah.load_safetensors "/tmp" end,
      "cannot read '/tmp': Is a directory")
    assert.error_matches(function() mah.load "/tmp" end,
      "mah.load: cannot read '/tmp': Is a directory")
  end)

  it("reads a file that was made by hand", function()
    local t, metadata = mah.load_safetensors(golden.path "files/hand.safetensors")
    assert.same({ ["made by"] = "hand" }, metadata)
    assert.same({ { 0, 1, 2 }, { 3, 4, 5 } }, t.a:totable())
    assert.same({ 1, 2 ^ 31 - 1 }, t.b:totable())
    assert.equal("int64", t.b.dtype)
    assert.same({ 1, -3 }, t.h:totable())
    assert.equal(2.5, t.s:item())
  end)
  it("writes what it reads again", function()
    local given = {
      w = mah.randn(3, 4), half = mah.randn(3, 4):t(), d = mah.randn(2):double(),
      i = mah.tensor({ -1, 7 }):int(), l = mah.tensor({ -2 ^ 60, 7 }, { dtype = "int64" }),
      u = mah.tensor(200):byte(), none = mah.zeros(0, 3), ['odd "name"/\n'] = mah.ones(1),
    }
    mah.save_safetensors(path, given, { a = "b", ["ماه"] = "moon\n" })
    local got, metadata = mah.load_safetensors(path)
    assert.same({ a = "b", ["ماه"] = "moon\n" }, metadata)
    for name, x in pairs(given) do
      assert.equal(x.dtype, got[name].dtype)
      assert.is_true(x:equal(got[name]))
    end
    mah.save_safetensors(path, {})
    got, metadata = mah.load_safetensors(path)
    assert.is_nil(next(got) or next(metadata))
  end)
  it("lays the file out as the format says", function()
    mah.save_safetensors(path, { x = mah.tensor { 1 } })
    assert.equal("\56\0\0\0\0\0\0\0" .. '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
      .. (" "):rep(2) .. "\0\0\128\63", file.read(path))
  end)

  local function load_text(header, bytes)
    local n = #header
    file.write(path, string.char(n % 256, math.floor(n / 256), 0, 0, 0, 0, 0, 0) .. header
      .. ("x"):rep(bytes or 0))
    return message(mah.load_safetensors, path)
  end
  local function entry(dtype, shape, offsets)
    return ('{"x":{"dtype":%q,"shape":%s,"data_offsets":%s}}'):format(dtype, shape, offsets)
  end
  it("refuses files that break the rules, and says how", function()
    assert.matches("a header of %d+ bytes",
      load_text("", 0) and message(mah.load_safetensors, golden.path "order.npz"))
    file.write(path, "abc")
    assert.matches("not a safetensors file", message(mah.load_safetensors, path))
    assert.matches("no JSON object", load_text "{")
    assert.matches("no JSON object", load_text "3")
    assert.matches("dtype, shape and data_offsets", load_text '{"x":3}')
    assert.matches("the dtype is 8", load_text '{"x":{"dtype":8,"shape":[],"data_offsets":[0,0]}}')
    assert.matches("data_offsets, begin <= end", load_text(entry("F32", "[1]", "[4,0]"), 4))
    assert.matches("data_offsets, begin <= end", load_text(entry("F32", "[1]", "[0]"), 4))
    assert.matches("data_offsets, begin <= end", load_text(entry("F32", "[1]", "[0,4.5]"), 4))
    assert.matches("size 1 of the shape is %-1", load_text(entry("F32", "[-1]", "[0,4]"), 4))
    assert.matches("2 elements of F32 need 8 bytes; its data_offsets give 4",
      load_text(entry("F32", "[2]", "[0,4]"), 4))
    assert.matches("truncated: the tensors need 4 bytes of data, there are 3",
      load_text(entry("F32", "[1]", "[0,4]"), 3))
    assert.matches("the shape is no list", load_text(entry("U8", '{"a":1}', "[0,1]"), 1))
    assert.matches("bytes left over", load_text(entry("F32", "[1]", "[0,4]"), 5))
    assert.matches("begins at byte 1 of the data, where 0 is expected %(a hole%)",
      load_text(entry("U8", "[1]", "[1,2]"), 2))
    assert.matches("an overlap", load_text('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},'
      .. '"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}', 3))
    assert.matches("maps strings to strings", load_text '{"__metadata__":{"a":1}}')
    assert.matches("__metadata__ is no object", load_text '{"__metadata__":1}')
    assert.matches("no JSON object", load_text "[]")
  end)
  it("survives torn and changed files", function()
    local text = file.read(golden.path "files/hand.safetensors")
    local function try(bytes)
      local handle = io.open(path, "wb") -- quicker than file.write, which waits for the disk
      handle:write(bytes)
      handle:close()
      local ok, problem = pcall(mah.load_safetensors, path)
      assert.is_true(ok or (type(problem) == "string" and #problem > 20))
      return ok
    end
    assert.is_true(try(text))
    for n = 0, #text - 1 do assert.is_false(try(text:sub(1, n))) end
    local rng = mah.rng(1)
    mah.warnings(false)
    finally(function() mah.warnings(true) end)
    for _ = 1, 1000 do
      local changed = text
      for _ = 1, rng:integers(1, 3) do
        local at = rng:integers(1, #text)
        changed = changed:sub(1, at - 1) .. string.char(rng:integers(0, 255)) .. changed:sub(at + 1)
      end
      try(changed)
    end
  end)
  it("takes what it can hold, and says what it cannot", function()
    local header = '{"f8":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]},'
      .. '"id":{"dtype":"U64","shape":[1],"data_offsets":[2,10]},'
      .. '"deep":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[10,11]},'
      .. '"x":{"dtype":"F32","shape":[1],"data_offsets":[11,15]}}'
    file.write(path, string.char(#header % 256, math.floor(#header / 256)) .. ("\0"):rep(6)
      .. header .. "\56\184" .. "\0\0\0\0\0\0\0\128" .. "\7" .. "\0\0\128\63")
    local warned = golden.warnings(function()
      local t, _, left_out = mah.load_safetensors(path)
      assert.equal(1, t.x:item())
      assert.is_nil(t.f8 or t.id or t.deep)
      assert.matches("tensor 'f8': dtype \"F8_E4M3\"", left_out.f8)
      assert.matches("tensor 'id': uint64 value 9223372036854775808 does not fit", left_out.id)
      assert.matches("tensor 'deep': 9 dimensions", left_out.deep)
    end)
    assert.matches("left out: .*tensor 'deep'.*tensor 'f8'.*tensor 'id'", warned)
    local t = mah.load_safetensors(path, { names = { "id" }, dtype = "float64" })
    assert.equal(2 ^ 63, t.id:item())
    assert.is_nil(t.x)
    assert.equal("", golden.warnings(mah.load_safetensors, path, { names = { "x" } }))
    assert.matches("tensor 'f8': dtype", message(mah.load_safetensors, path, { names = { "f8" } }))
    assert.matches("tensor 'id': uint64", message(mah.load_safetensors, path, { names = { "id" } }))
    assert.matches("no array named 'idd'; did you mean 'id'",
      message(mah.load_safetensors, path, { names = { "idd" } }))
  end)
  it("lays every tensor at a multiple of its elements' size", function()
    mah.save_safetensors(path, { a = mah.tensor({ 1, 2, 3 }):byte(), w = mah.ones(2), i =
      mah.ones(3):int(), z = mah.ones(1):double(), none = mah.zeros(2 ^ 40, 0) })
    local text = file.read(path)
    local start = 8 + text:byte(1) + 256 * text:byte(2)
    local header = mah.json.decode(text:sub(9, start))
    for name, size in pairs { a = 1, w = 4, i = 4, z = 8, none = 4 } do
      assert.equal(0, (start + header[name].data_offsets[1]) % size, name)
    end
    assert.equal(0, header.z.data_offsets[1])
    assert.same({ 2 ^ 40, 0 }, mah.load_safetensors(path).none.shape)
  end)
  it("refuses to write nonsense", function()
    assert.matches("the name 'a\\xff' is not UTF%-8",
      message(mah.save_safetensors, path, { ["a\255"] = mah.ones(1) }))
    assert.matches("metadata 'a' is not UTF%-8",
      message(mah.save_safetensors, path, {}, { a = "\255" }))
    assert.matches("'x': a tensor is expected", message(mah.save_safetensors, path, { x = 1 }))
    assert.matches("a name is expected, got 1",
      message(mah.save_safetensors, path, { mah.zeros(1) }))
    assert.matches("metadata 'a' must be a string",
      message(mah.save_safetensors, path, {}, { a = 1 }))
    assert.matches("can be named __metadata__",
      message(mah.save_safetensors, path, { __metadata__ = mah.zeros(1) }))
    assert.matches("No space left",
      message(mah.save_safetensors, "/dev/full", { x = mah.zeros(1) }))
  end)
end)
