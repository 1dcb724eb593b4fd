local file = require "mah.base.file"
local golden = require "golden"
local mah = require "mah"

local message = golden.message
local function load(name) return mah.load_npy(golden.path("files/" .. name .. ".npy")) end

describe("load_npy", function()
  local becomes = {
    float32 = "little_f4 big_f4 version2 version3",
    float16 = "little_f2 big_f2",
    float64 = "little_f8 big_f8",
    int32 = "little_i4 big_i4 one_i1 little_i2 big_i2 little_u2",
    int64 = "little_i8 big_i8 little_u8 little_u4",
    uint8 = "one_u1",
  }
  for dtype, names in pairs(becomes) do
    for name in names:gmatch "%S+" do
      it("reads " .. name, function()
        local x = load(name)
        assert.equal(dtype, x.dtype)
        assert.same({ { 0, 1, 2 }, { 3, 100, 127 } }, x:totable())
      end)
    end
  end
  it("reads bool, Fortran order, scalars, empty arrays and half precision", function()
    local truth = load "one_b1"
    assert.equal("bool", truth.dtype)
    assert.same({ { false, true, true }, { true, true, true } }, truth:totable())
    assert.is_true(load("fortran"):equal(mah.arange(0, 23):reshape(2, 3, 4)))
    assert.is_true(load("fortran"):is_contiguous())
    assert.equal(2.5, load("scalar"):item())
    assert.same({ 0, 3 }, load("empty").shape)
    local half = load("half"):totable()
    assert.same({ 0, 0, 1, -2.5, 65504 }, { unpack(half, 1, 5) })
    assert.equal(-math.huge, 1 / half[2])
    assert.equal(2 ^ -24, half[6])
    assert.is_true(math.abs(half[7] - 6.1e-5) < 1e-7)
    assert.same({ math.huge, -math.huge }, { half[8], half[9] })
    assert.is_true(half[10] ~= half[10])
  end)
  it("refuses what a tensor cannot hold, by name", function()
    assert.matches("large_u8.npy: uint64 value 18446744073709551615 does not fit into int64",
      message(load, "large_u8"))
    assert.matches("objects.npy: the array holds Python objects", message(load, "objects"))
    assert.matches("complex numbers", message(load, "complex"))
    assert.matches("text", message(load, "text"))
    assert.matches("records", message(load, "records"))
    assert.matches("not a .npy file: it begins with 50 4b 03 04",
      message(mah.load_npy, golden.path "files/stored.npz"))
    assert.matches("cannot read '/none': No such file", message(mah.load_npy, "/none"))
    assert.matches("a file's path is expected, got 3", message(mah.load_npy, 3))
  end)
end)

describe("save_npy", function()
  local path = os.tmpname()
  after_each(function() os.remove(path) end)
  for _, dtype in ipairs { "float32", "float64", "int64", "int32", "uint8", "bool", "float16" } do
    it("and load_npy are inverse: " .. dtype, function()
      for _, shape in ipairs { {}, { 0 }, { 1 }, { 7 }, { 2, 3 }, { 3, 0, 2 }, { 2, 3, 4, 5 } } do
        local x = mah.randint(0, dtype == "bool" and 1 or 255, shape, dtype)
        mah.save_npy(path, x)
        local y = mah.load_npy(path)
        assert.equal(dtype, y.dtype)
        assert.is_true(x:equal(y))
      end
    end)
  end
  it("writes views row by row", function()
    local x = mah.arange(12):reshape(3, 4)
    local views = { x:t(), x:narrow(2, 2, 2), x:select(2, 3), x:select(1, 1):expand(3, 4) }
    for _, view in ipairs(views) do
      mah.save_npy(path, view)
      assert.is_true(view:equal(mah.load_npy(path)))
    end
  end)
  it("writes NumPy's own bytes", function()
    mah.save_npy(path, load "little_f4")
    assert.equal(file.read(golden.path "files/little_f4.npy"), file.read(path))
  end)
  it("is refused when bytes are missing or left over", function()
    local bytes = file.read(golden.path "files/little_f4.npy")
    file.write(path, bytes .. "abc")
    assert.matches("3 bytes too many after the array", message(mah.load_npy, path))
    file.write(path, bytes:sub(1, -2))
    assert.matches("truncated: the header wants 6 elements of 4 bytes, there are 23 bytes",
      message(mah.load_npy, path))
    file.write(path, bytes:sub(1, 40))
    assert.matches("truncated: a .npy header of 118 bytes in 40", message(mah.load_npy, path))
    file.write(path, (bytes:gsub("descr", "descn")))
    assert.matches("the .npy header cannot be understood at", message(mah.load_npy, path))
    file.write(path, (bytes:gsub("NUMPY\1", "NUMPY\9")))
    assert.matches(".npy version 9.0", message(mah.load_npy, path))
  end)
  it("is read as floats where that is asked for", function()
    for _, name in ipairs { "little_f4", "little_i8", "big_i2", "one_b1", "little_f2", "little_u8",
      "one_i1", "one_u1", "big_f8", "little_u4", "fortran" } do
      local x = load(name)
      local y = mah.load_npy(golden.path("files/" .. name .. ".npy"), { dtype = "float64" })
      assert.equal("float64", y.dtype)
      golden.equal(x, y)
      golden.equal(x, mah.load_npy(golden.path("files/" .. name .. ".npy"), { dtype = "float32" }))
    end
    assert.matches("dtype must be one of float32, float64",
      message(mah.load_npy, path, { dtype = "int32" }))
  end)
  it("names what is wrong", function()
    assert.matches("cannot write '/dev/full': No space left",
      message(mah.save_npy, "/dev/full", mah.zeros(9)))
    assert.matches("No space left", message(mah.save_npz, "/dev/full", { mah.zeros(9) }))
    assert.matches("a tensor is expected, got 3", message(mah.save_npy, path, 3))
  end)
end)

describe("npz", function()
  local path = os.tmpname()
  after_each(function() os.remove(path) end)
  it("is read, stored and packed", function()
    local stored = mah.load_npz(golden.path "files/stored.npz")
    assert.same({ { 0, 1, 2 }, { 3, 100, 127 } }, stored.first:totable())
    assert.same({ 0, 1, 2, 3, 4 }, stored.second:totable())
    local packed = mah.load_npz(golden.path "files/packed.npz")
    assert.equal("int32", packed.arr_0.dtype)
    assert.same({ { 0, 1, 2 }, { 3, 100, 127 } }, packed.arr_0:totable())
    assert.is_true(packed.named:equal(mah.zeros(50, 50):double()))
  end)
  for _, compressed in ipairs { false, true } do
    it("is written and read again, compressed = " .. tostring(compressed), function()
      local given = { x = mah.randn(30, 40), ["with space"] = mah.zeros(500):int(),
        t = mah.randn(3, 4):t() }
      mah.save_npz(path, given, { compressed = compressed })
      local got = mah.load_npz(path)
      for name, x in pairs(given) do assert.is_true(x:equal(got[name])) end
      mah.save_npz(path, { mah.zeros(1), mah.ones(1) }, { compressed = compressed })
      assert.equal(1, mah.load_npz(path).arr_1:item())
      mah.save_npz(path, {}, { compressed = compressed })
      assert.is_nil(next((mah.load_npz(path))))
    end)
  end
  it("is what NumPy reads", function()
    local python = "/usr/bin/python3"
    if os.execute(python .. " -c 'import numpy' 2>/dev/null") ~= 0 then
      io.stderr:write "npy_spec: no NumPy here; what it reads is not tried\n"
      return
    end
    mah.save_npz(path, { a = mah.arange(6):reshape(2, 3), b = mah.tensor(7):int() },
      { compressed = true })
    local pipe = io.popen(([[%s -c "
import numpy
z = numpy.load('%s')
print(sorted(z), z['a'].tolist(), z['a'].dtype, z['b'])" 2>&1]]):format(python, path))
    assert.equal("['a', 'b'] [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]] float32 7\n", pipe:read "*a")
    pipe:close()
  end)
  it("is empty for NumPy, too, and keeps any name in UTF-8", function()
    if os.execute "/usr/bin/python3 -c 'import numpy' 2>/dev/null" ~= 0 then
      pending "there is no NumPy: what it reads is not tried"
      return
    end
    local function numpy(what)
      local pipe = io.popen(([[/usr/bin/python3 -c "
import numpy
print(%s)" 2>&1]]):format(what:format(path)))
      local text = pipe:read "*a"
      pipe:close()
      return text
    end
    mah.save_npz(path, {})
    assert.equal("[]\n", numpy "list(numpy.load('%s'))")
    mah.save_npz(path, { ["a.npy"] = mah.ones(1), [""] = mah.ones(2), ["x/y"] = mah.ones(3),
      ["ماه"] = mah.ones(4), none = mah.zeros(2 ^ 40, 0) })
    assert.equal("[('', (2,)), ('a.npy', (1,)), ('none', (1099511627776, 0)), ('x/y', (3,)), "
      .. "('ماه', (4,))]\n", numpy "sorted((k, v.shape) for k, v in numpy.load('%s').items())")
    assert.same({ 2 }, mah.load_npz(path)[""].shape)
    assert.matches("the name 'a\\xff.npy' is not UTF%-8",
      message(mah.save_npz, path, { ["a\255"] = mah.ones(1) }))
  end)
  it("gives what tensors can hold, and says what they cannot", function()
    local made = golden.path "files/odd.npz" -- by tests/golden/numpy_golden.py
    local warned = golden.warnings(function()
      local all, left_out = mah.load_npz(made)
      assert.same({ { 0, 1, 2 }, { 3, 4, 5 } }, all.x:totable())
      assert.same({ 2 ^ 40, -1 }, all.id:totable())
      assert.is_nil(all.label or all.deep)
      assert.matches("label: the array holds text", left_out.label)
      assert.matches("more than 8 dimensions", left_out.deep)
      assert.matches("it is no array", left_out["d/"])
      assert.matches("it is no array", left_out["README.txt"])
      assert.matches("packing method 12", left_out.bzipped)
    end)
    assert.matches("load_npz: left out: .*; and %d more", warned)
    local ids = mah.load_npz(made, { names = { "id" }, dtype = "float64" })
    assert.same({ 2 ^ 40, -1 }, ids.id:totable())
    assert.is_nil(ids.x)
    assert.equal("", golden.warnings(mah.load_npz, made, { names = { "x" } }))
    assert.matches("label: the array holds text",
      message(mah.load_npz, made, { names = { "label" } }))
    assert.matches("no array named 'labels'; did you mean 'label'",
      message(mah.load_npz, made, { names = { "labels" } }))
  end)
  it("does not take damage for an odd member", function()
    local bytes = file.read(golden.path "files/stored.npz")
    for _, change in ipairs { { "'<f4'", "'<U4'" }, { "\147NUMPY", "\147NUMPI" } } do
      local changed, count = bytes:gsub(change[1], change[2], 1)
      assert.equal(1, count)
      file.write(path, changed)
      assert.matches("its checksum is wrong", message(mah.load_npz, path))
    end
  end)
  it("takes the memory of its arrays, and not twice that", function()
    for _, compressed in ipairs { false, true } do
      mah.save_npz(path, { x = mah.rand(1000, 4000) }, { compressed = compressed })
      collectgarbage()
      collectgarbage()
      local program = ([[%s -e 'local mah = require "mah" local C = require "mah.base.library"
        local x = mah.load_npz("%s").x print(tonumber(C.mah_memory_peak()) < 1.2 * 16e6)']]):format(
        arg[-1], path)
      local pipe = io.popen(program)
      assert.equal("true\n", pipe:read "*a")
      pipe:close()
    end
  end)
  it("compares checksums", function()
    local bytes = file.read(golden.path "files/stored.npz")
    local at = bytes:find("\0\0\200\66", 1, true) -- 100 in float32
    file.write(path, bytes:sub(1, at - 1) .. "\1" .. bytes:sub(at + 1))
    assert.matches("member 'first': its checksum is wrong", message(mah.load_npz, path))
  end)
  it("names what is wrong", function()
    assert.matches("not a sound ZIP archive: it has no end record",
      message(mah.load_npz, golden.path "files/little_f4.npy"))
    assert.matches("'bad': a tensor is expected", message(mah.save_npz, path, { bad = 3 }))
    assert.matches("two arrays are named 'arr_0'",
      message(mah.save_npz, path, { mah.zeros(1), arr_0 = mah.zeros(1) }))
    assert.matches("a table {name = tensor}", message(mah.save_npz, path, 3))
    assert.matches("longer than", message(mah.save_npz, path, { [("n"):rep(300)] = mah.zeros(1) }))
  end)
end)
