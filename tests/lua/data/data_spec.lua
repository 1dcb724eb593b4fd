local C = require "mah.base.library"
local ffi = require "ffi"
local file = require "mah.base.file"
local golden = require "golden"
local mah = require "mah"

local message = golden.message

ffi.cdef [[int setenv(const char *, const char *, int); int unsetenv(const char *);]]
local function setenv(name, value)
  if value then ffi.C.setenv(name, value, 1) else ffi.C.unsetenv(name) end
end

describe("pixels", function()
  it("become the correctly rounded x / 255 in float32", function()
    local bytes = mah.arange(0, 255):byte()
    local x = mah.zeros(256)
    assert.equal(0, C.mah_pixels_to_unit(x, bytes))
    for i = 0, 255 do assert.equal(tonumber(ffi.cast("float", i / 255)), x[i + 1]) end
  end)
end)

describe("digits", function()
  it("have MNIST's form", function()
    local d = mah.data.digits { n = 60, seed = 3 }
    assert.equal("synthetic digits", d.name)
    assert.equal("seed 3", d.source)
    assert.same({ 60, 784 }, d.train.x.shape)
    assert.same({ 10, 784 }, d.test.x.shape)
    assert.equal("float32", d.train.x.dtype)
    assert.equal("int32", d.test.y.dtype)
    assert.is_true(d.train.x:min() == 0 and d.train.x:max() > 0.9 and d.train.x:max() <= 1)
    assert.is_true(d.train.y:min() >= 0 and d.train.y:max() <= 9)
  end)
  it("are the same for the same seed, and begin the same whatever n", function()
    local a, b = mah.data.digits { n = 30, test = 5 }, mah.data.digits { n = 40, test = 7 }
    assert.is_true(a.train.x:equal(b.train.x:narrow(1, 1, 30)))
    assert.is_true(a.test.y:equal(b.test.y:narrow(1, 1, 5)))
    assert.is_false(a.train.x:equal(mah.data.digits({ n = 30, seed = 2 }).train.x))
  end)
  it("share no image between training and test", function()
    local d = mah.data.digits { n = 50, test = 50 }
    for i = 1, 50 do assert.is_false(d.train.x:select(1, i):equal(d.test.x:select(1, i))) end
  end)
  it("name wrong options", function()
    assert.matches("did you mean 'seed'", message(mah.data.digits, { sed = 1 }))
    assert.matches("n must be an integer in", message(mah.data.digits, { n = -1 }))
  end)
end)

describe("MNIST's files", function()
  local folder = os.tmpname()
  local saved = {}
  setup(function()
    os.remove(folder)
    os.execute("mkdir " .. folder)
    for _, name in ipairs { "MAH_MNIST", "XDG_DATA_HOME" } do
      saved[name] = os.getenv(name) or false
    end
  end)
  teardown(function()
    os.execute("rm -r " .. folder)
    for name, value in pairs(saved) do setenv(name, value) end
  end)

  local function write(names, n, side, labels)
    local images = mah.randint(0, 255, { n, side, side }, { dtype = "uint8", rng = 1 })
    mah.save_idx(folder .. "/" .. names[1], images)
    mah.save_idx(folder .. "/" .. names[2],
      mah.randint(0, 9, labels or n, { dtype = "uint8", rng = 2 }))
    return images
  end
  local train = { "train-images-idx3-ubyte", "train-labels-idx1-ubyte" }
  local test = { "t10k-images-idx3-ubyte.gz", "t10k-labels.idx1-ubyte" } -- any mixture

  it("are read, packed or not", function()
    local images = write(train, 7, 28)
    write(test, 3, 28)
    local d = mah.data.mnist(folder)
    assert.equal("MNIST", d.name)
    assert.equal(folder, d.source)
    assert.same({ 7, 784 }, d.train.x.shape)
    assert.same({ 3, 784 }, d.test.x.shape)
    assert.equal("int32", d.train.y.dtype)
    golden.close(images:double():view(7, 784) / 255, d.train.x, 1e-7)
  end)
  it("are found in the environment's places", function()
    write(train, 7, 28)
    write(test, 3, 28)
    setenv("MAH_MNIST", folder)
    assert.equal(folder, mah.data.mnist().source)
    assert.equal(folder, mah.data.default().source)
    setenv("MAH_MNIST", nil)
    os.execute(("mkdir -p %s/mah; ln -sfn .. %s/mah/mnist"):format(folder, folder))
    setenv("XDG_DATA_HOME", folder)
    assert.equal(folder .. "/mah/mnist", mah.data.mnist().source)
    assert.equal("MNIST", mah.data.load("auto", { n = 2 }).name)
    assert.equal(2, #mah.data.load(nil, { n = 2 }).train.y)
    assert.equal(1, #mah.data.load(folder, { test = 1 }).test.y)
    assert.equal(7, #mah.data.load(folder, { n = 100 }).train.x)
    setenv("XDG_DATA_HOME", "/none")
    assert.matches("in any of: data/mnist, /none/mah/mnist", message(mah.data.mnist))
    assert.equal("synthetic digits", mah.data.default({ quiet = true, n = 6 }).name)
    assert.equal(6, #mah.data.load("synthetic", { n = 6 }).train.y)
  end)
  it("are refused with a clear message", function()
    write(train, 7, 28, 6)
    write(test, 3, 28)
    assert.matches(("%s has 6 labels, but %s has 7 images"):format(
      (folder .. "/" .. train[2]):gsub("%-", "%%-"), (folder .. "/" .. train[1]):gsub("%-", "%%-")),
      message(mah.data.mnist, folder))
    write(train, 7, 27)
    assert.matches("train%-images%-idx3%-ubyte: images of 27 x 27 pixels; MNIST has 28 x 28",
      message(mah.data.mnist, folder))
    mah.save_idx(folder .. "/" .. train[1], mah.zeros(7, 28, 28))
    assert.matches("uint8 with 3 dimensions is expected, got float32 with 3",
      message(mah.data.mnist, folder))
    file.write(folder .. "/" .. train[1], "\0\0\8\3")
    assert.matches("train%-images%-idx3%-ubyte: truncated", message(mah.data.mnist, folder))
    write(train, 7, 28)
    os.remove(folder .. "/" .. test[1])
    assert.matches("there is no t10k%-images%-idx3%-ubyte, with or without .gz, in",
      message(mah.data.mnist, folder))
    assert.matches("there is no train%-images", message(mah.data.mnist, "/"))
    assert.matches("a file's path is expected, got 3", message(mah.data.mnist, 3))
    assert.matches('"auto", "synthetic" or a directory', message(mah.data.load, 3))
  end)
end)

describe("parts of a set", function()
  local x = mah.arange(1, 40, { dtype = "float64" }):reshape(20, 2)
  local y = mah.tensor({ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2 }):int()
  local set = { x = x, y = y }

  it("take the first rows as views", function()
    local few = mah.data.take(set, 3)
    assert.same({ { 1, 2 }, { 3, 4 }, { 5, 6 } }, few.x:totable())
    assert.same({ 0, 0, 0 }, few.y:totable())
    assert.equal(20, #mah.data.take(set, 99).x)
    local whole = mah.data.take({ train = set, test = set, name = "n" }, 2)
    assert.equal("n", whole.name)
    assert.equal(2, #whole.train.y)
    assert.equal(20, #whole.test.y)
  end)
  it("split at random, each row once", function()
    local rest, part = mah.data.split(set, 0.3, { rng = 5 })
    assert.equal(14, #rest.x)
    assert.equal(6, #part.y)
    golden.equal(x, (mah.cat({ rest.x, part.x }):sort(1)))
    for i = 1, 6 do assert.equal(set.y[(part.x[i][1] + 1) / 2], part.y[i]) end
    assert.is_true(rest.x:equal(mah.data.split(set, 0.3, { rng = 5 }).x))
  end)
  it("keep the classes' shares when stratified", function()
    for seed = 1, 10 do
      local rest, part = mah.data.split(set, 0.5, { rng = seed, stratified = true })
      assert.same({ 5, 3, 2 }, part.y:bincount():totable())
      assert.same({ 5, 3, 2 }, rest.y:bincount():totable())
      assert.equal(7, #select(2, mah.data.split(set, 0.35, { rng = seed, stratified = true })).y)
    end
  end)
  it("name what is wrong", function()
    assert.matches("x has 20 rows, y has 3", message(mah.data.take, { x = x, y = mah.zeros(3) }, 1))
    assert.matches("{x = tensor, y = tensor}", message(mah.data.split, x, 0.5))
    assert.matches("n must be an integer >= 0, got %-1", message(mah.data.take, set, -1))
    assert.matches("fraction must be in 0 %.%.%. 1; got 2", message(mah.data.split, set, 2))
    assert.matches("labels in a vector",
      message(mah.data.split, { x = x, y = x }, 0.5, { stratified = true }))
  end)
end)

describe("MNIST itself", function()
  local folder = os.getenv "MAH_MNIST"
  if not folder then
    io.stderr:write "data_spec: MAH_MNIST is not set: MNIST itself is NOT tested\n"
    return
  end
  it("has its known sizes and sums", function()
    local d = mah.data.mnist(folder)
    assert.same({ 60000, 784 }, d.train.x.shape)
    assert.same({ 10000 }, d.test.y.shape)
    assert.same({ 5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949 },
      d.train.y:bincount():totable())
    assert.same({ 980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009 },
      d.test.y:bincount():totable())
    assert.is_true(math.abs(d.train.x:mean() - 0.1306604762738429) < 1e-8)
    d.train.x:free()
    d.test.x:free()
  end)
end)
