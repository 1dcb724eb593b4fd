local mah = require "mah"
local ffi = require "ffi"

--- A folder of its own: writes pictures, and is removed by f.remove().
local function new_folder()
  local root = os.tmpname()
  os.remove(root)
  local f = { root = root }
  function f.path(name)
    mah.file.make_directory(root .. "/" .. (name:match "^(.*)/" or ""))
    return root .. "/" .. name
  end
  function f.save(name, t) mah.image.save(f.path(name), t) end
  function f.write(name, text) mah.file.write(f.path(name), text) end
  function f.remove() os.execute("rm -r '" .. root .. "'") end
  return f
end

local function grey(h, w, value) return mah.zeros(h, w, { dtype = "uint8" }):fill_(value) end

describe("mah.data.images", function()
  local f

  before_each(function() f = new_folder() end)
  after_each(function() f.remove() end)

  it("has a class for each folder, in the order of names", function()
    f.save("dog/2.png", grey(4, 4, 200))
    f.save("dog/1.png", grey(4, 4, 100))
    f.save("cat/a.PNG", grey(4, 4, 50))
    f.write("dog/notes.txt", "not a picture")
    f.write("list.txt", "no folder")
    local set = mah.data.images(f.root, { grey = true })
    assert.same({ "cat", "dog" }, set.class_names)
    assert.same({ 0, 1, 1 }, set.y:totable())
    assert.same({ 3, 16 }, set.x.shape)
    assert.same({ f.root .. "/cat/a.PNG", f.root .. "/dog/1.png", f.root .. "/dog/2.png" },
      set.files)
    for i, value in ipairs { 50, 100, 200 } do
      assert.is_true(math.abs(set.x[i][1] - value / 255) < 1e-6)
    end
    assert.equal("int32", set.y.dtype)
    assert.same({ 4, 4, 1 }, { set.height, set.width, set.channels })
  end)

  it("brings all to one size: fit, crop and pad", function()
    local wide = grey(10, 20, 0) -- black, white, white, black
    wide:narrow(2, 6, 10):fill_(255)
    f.save("a/wide.png", wide)
    local function picture(how)
      return mah.data.images(f.root, { grey = true, size = 10, resize = how, method = "area",
        background = 0.2, dtype = "uint8" }).x:view(10, 10)
    end
    local fit, crop, pad = picture "fit", picture "crop", picture "pad"
    assert.equal(0, fit[5][1])
    assert.is_true(fit[5][5] == 255 and fit[1][5] == 255)
    assert.equal(255, crop:min())
    assert.is_true(pad[1][5] == 51 and pad[10][5] == 51 and pad[5][5] == 255 and pad[5][1] == 0)
    local set = mah.data.images(f.root, { size = { 3, 5 }, dtype = "uint8" })
    assert.same({ 1, 45 }, set.x.shape)
    assert.same({ "uint8", 1 / 255 }, { set.x.dtype, set.scale })
  end)

  it("has colours in the order that mah.image takes", function()
    f.save("a/1.png", mah.tensor({ { { 255, 0, 0 }, { 0, 0, 255 } } }, { dtype = "uint8" }))
    local set = mah.data.images(f.root)
    assert.same({ 1, 0, 0, 0, 0, 1 }, set.x[1]:totable())
  end)

  it("reads JPEG", function()
    local foreign = require "mah.base.foreign"
    local ok, lib = pcall(ffi.load, "libturbojpeg.so.0")
    if not ok then return pending "libturbojpeg is not installed" end
    foreign.declare [[
      void *tjInitCompress(void);
      int tjCompress2(void *, const unsigned char *, int, int, int, int, unsigned char **,
                      unsigned long *, int, int, int);
      void tjFree(unsigned char *);
    ]]
    local pixels = mah.zeros(16, 24, 3, { dtype = "uint8" })
    pixels:narrow(2, 1, 12):select(3, 1):fill_(250) -- red, black
    local bytes, size = ffi.new "unsigned char *[1]", ffi.new "unsigned long[1]"
    local handle = ffi.gc(lib.mah_tjInitCompress(), lib.mah_tjDestroy)
    assert.equal(0, lib.mah_tjCompress2(handle, pixels.data, 24, 0, 16, 0, bytes, size, 0, 95, 0))
    local jpeg = ffi.string(bytes[0], tonumber(size[0]))
    lib.mah_tjFree(bytes[0])
    f.write("a/1.jpg", jpeg)
    local back = mah.image.load(f.path "a/1.jpg")
    assert.same({ 16, 24, 3 }, back.shape)
    assert.is_true((back:int() - pixels:int()):abs():max() <= 8)
    local dark = mah.image.load(f.path "a/1.jpg", { grey = true })
    assert.same({ 16, 24 }, dark.shape)
    assert.is_true(math.abs(dark[1][1] - 0.299 * 250) < 4)
    f.save("b/1.png", grey(16, 24, 9))
    assert.same({ 2, 16 * 24 * 3 }, mah.data.images(f.root).x.shape)

    f.write("a/2.jpeg", jpeg:sub(1, #jpeg / 2))
    assert.error_matches(function() mah.data.images(f.root) end, "/a/2.jpeg: ")
    f.write("a/2.jpeg", jpeg:sub(1, 20))
    assert.error_matches(function() mah.image.load(f.path "a/2.jpeg") end, "/a/2.jpeg: ")
  end)

  it("reads a list of files as those of a folder, without classes", function()
    f.save("a/1.png", grey(4, 6, 50))
    f.save("a/2.png", grey(8, 8, 90))
    local how = { grey = true, size = 5 }
    local set = mah.data.images({ f.path "a/2.png", f.path "a/1.png" }, how)
    assert.is_true(set.x:equal(mah.data.images(f.root, how).x:flip(1)))
    assert.same({ f.path "a/2.png", f.path "a/1.png" }, set.files)
    assert.is_nil(set.y or set.class_names)
    assert.same({ 1, 24 }, mah.data.images({ f.path "a/1.png" }, { grey = true }).x.shape)
    assert.error_matches(function() mah.data.images {} end, "or a list of files is expected")
    assert.error_matches(function() mah.data.images { f.root, 7 } end, "file 2 must be a path")
    assert.error_matches(function() mah.data.images { f.root .. "/no.png" } end, "no.png")
  end)

  it("names the file of what is wrong", function()
    assert.error_matches(function() mah.data.images(f.root) end, "there is no folder '/")
    f.write("file", "x")
    assert.error_matches(function() mah.data.images(f.root) end, "no folder of a class in '/")
    f.write("a/notes.txt", "x")
    assert.error_matches(function() mah.data.images(f.root) end,
      "no .png, .jpg or .jpeg in '.*/a/'")
    f.save("a/1.png", grey(2, 2, 0))
    f.save("a/2.png", grey(2, 3, 0))
    assert.error_matches(function() mah.data.images(f.root) end,
      "'.*/a/2.png' has 2 x 3 pixels and the first picture 2 x 2; give size")
    f.write("a/2.png", "no picture")
    assert.error_matches(function() mah.data.images(f.root, { size = 2 }) end, "a/2.png")
    assert.error_matches(function() mah.data.images(f.root, { size = 0 }) end,
      "size must be a number of pixels or {height, width}, 1 ... 10000; got 0")
    assert.error_matches(function() mah.data.images(f.root, { size = { 3 } }) end, "size must be")
    assert.error_matches(function() mah.data.images(f.root, { resize = "cut" }) end,
      "resize must be one of")
  end)
end)
