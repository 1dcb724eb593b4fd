--- Folders of pictures as data: one folder a class.
---
---     local set = mah.data.images("pets", { size = 64 })     -- pets/cat/1.png, pets/dog/1.jpg
---     print(set.class_names[1], set.x.shape[1])               --> cat    200
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local file = require "mah.base.file"
local glob = require "mah.base.glob"
local image_files = require "mah.data.image_files"
local options = require "mah.base.options"
local dtype_rule = require("mah.data.pixels").dtype_rule

local WHERE = "mah.data.images"

local rules = options.declare(WHERE, {
  size = { nil, "integer|table", nil, "pixels of a side, or {height, width}, 1 ... 10000; nil: all "
    .. "pictures must have one size" },
  resize = { "fit", { "fit", "crop", "pad" }, nil, "fit: stretched; crop: the middle; pad: whole, "
    .. "in the middle of the background" },
  method = { "bilinear", { "bilinear", "area" }, nil, "how pixels are made: bilinear between four, "
    .. "or area: the mean of those covered" },
  background = { 0, "number", "[0, 1]", "around padded pictures: 0 black, 1 white" },
  grey = { false, "boolean", nil, "one channel instead of three" },
  dtype = dtype_rule,
})

-- -- Files ----------------------------------------------------------------------------------------

--- The class folders, sorted by name: {{name, files} ...}.
local function classes_of(folder)
  file.path(folder, WHERE)
  check.that(C.mah_file_is_directory(folder) ~= 0, "%s: there is no folder '%s'", WHERE, folder)
  local list = {}
  folder = folder:gsub("/+$", "")
  for _, path in ipairs(glob.matching(folder .. "/")) do
    local name = path:match "([^/]+)/$"
    if name then
      local class = { name = name, files = {} }
      for _, inside in ipairs(glob.matching(path)) do
        if image_files.is_named(inside) then class.files[#class.files + 1] = inside end
      end
      check.that(#class.files > 0, "%s: no .png, .jpg or .jpeg in '%s'", WHERE, path)
      table.sort(class.files)
      list[#list + 1] = class
    end
  end
  check.that(#list > 0, "%s: no folder of a class in '%s'", WHERE, folder)
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

--- The pictures of a list, which has no classes.
local function listed(paths)
  check.that(#paths > 0, "%s: a folder or a list of files is expected, got an empty table", WHERE)
  for i, path in ipairs(paths) do
    check.that(type(path) == "string", "%s: file %d must be a path; got %s", WHERE, i,
      check.show(path))
    file.path(path, WHERE)
  end
  return { { files = paths } }
end

-- -- To one size ----------------------------------------------------------------------------------

local methods = { bilinear = C.MAH_RESIZE_BILINEAR, area = C.MAH_RESIZE_AREA }

local function scaled(pixels, height, width, method)
  if pixels.extent[0] == height and pixels.extent[1] == width then return pixels end
  return Type.make(C.mah_resize, pixels, height, width, methods[method])
end

local function rounded(v) return math.max(1, math.floor(v + 0.5)) end

local fitters = {}

--- Stretched.
function fitters.fit(pixels, to, height, width, method)
  to:copy_(scaled(pixels, height, width, method))
end

--- The largest part in the middle that has the form of the whole.
function fitters.crop(pixels, to, height, width, method)
  local h, w = tonumber(pixels.extent[0]), tonumber(pixels.extent[1])
  local part = math.min(h / height, w / width)
  local rows, columns = math.min(h, rounded(part * height)), math.min(w, rounded(part * width))
  local middle = pixels:narrow(1, math.floor((h - rows) / 2) + 1, rows)
    :narrow(2, math.floor((w - columns) / 2) + 1, columns)
  to:copy_(scaled(middle, height, width, method))
end

--- As large as it fits, in the middle of the background.
function fitters.pad(pixels, to, height, width, method)
  local h, w = tonumber(pixels.extent[0]), tonumber(pixels.extent[1])
  local part = math.min(height / h, width / w)
  local rows, columns = math.min(height, rounded(part * h)), math.min(width, rounded(part * w))
  to:narrow(1, math.floor((height - rows) / 2) + 1, rows)
    :narrow(2, math.floor((width - columns) / 2) + 1, columns)
    :copy_(scaled(pixels, rows, columns, method))
end

-- -- The set --------------------------------------------------------------------------------------

--- Height and width that were asked for; nil when all pictures have theirs.
local function read_size(size)
  if size == nil then return nil end
  local height, width = size, size
  if type(size) == "table" then height, width = size[1], size[2] end
  for _, side in ipairs { height or false, width or false } do
    check.that(type(side) == "number" and side >= 1 and side <= 10000 and side % 1 == 0,
      "%s: size must be a number of pixels or {height, width}, 1 ... 10000; got %s", WHERE,
      type(size) == "table" and "{" .. check.show(height) .. ", " .. check.show(width) .. "}"
      or check.show(size))
  end
  return height, width
end

local function read_one(o, path, to, height, width)
  local pixels = image_files.read(path, o.grey and 1 or 3)
  if not o.size then
    check.that(pixels.extent[0] == height and pixels.extent[1] == width,
      "%s: '%s' has %d x %d pixels and the first picture %d x %d; give size = ", WHERE, path,
      tonumber(pixels.extent[0]), tonumber(pixels.extent[1]), height, width)
  end
  fitters[o.resize](pixels, to, height, width, o.method)
  Type.release(pixels)
end

--- All pictures as (n, height, width, channels) bytes, and their labels.
local function read_all(o, classes, count)
  local height, width = read_size(o.size)
  if not height then
    local first = image_files.read(classes[1].files[1], 1)
    height, width = tonumber(first.extent[0]), tonumber(first.extent[1])
  end
  local _, extent = Type.sizes(WHERE, count, height, width, o.grey and 1 or 3)
  local images = Type.new(Type.dtype "uint8", 4, extent)
  if o.resize == "pad" then images:fill_(math.floor(o.background * 255 + 0.5)) end
  local y = Type.new(Type.dtype "int32", 1, ffi.new("int64_t[8]", count))
  local labels, i, files = ffi.cast("int32_t*", y.data), 0, {}
  for k, class in ipairs(classes) do
    for _, path in ipairs(class.files) do
      i = i + 1
      read_one(o, path, images:select(1, i), height, width)
      labels[i - 1], files[i] = k - 1, path
    end
  end
  return images, y, files
end

--- Reads the pictures of a folder that holds one folder for each class, PNG and JPEG. x has a
--- picture a row, y the numbers of the classes, 0 ... in the order of their names. What has another
--- ending than .png, .jpg or .jpeg is left out; a picture that cannot be read is an error that
--- names the file. A list of files is read in the same way, without y and class_names: pictures
--- that a model is to judge.
---
---     mah.file.make_directory "pets/cat"
---     mah.file.make_directory "pets/dog"
---     mah.image.save("pets/cat/1.png", mah.zeros(8, 8))
---     mah.image.save("pets/dog/1.png", mah.ones(10, 12))
---     local set = mah.data.images("pets", { size = 8, resize = "crop", grey = true })
---     print(set.x.shape[1], set.x.shape[2], set.class_names[set.y[2] + 1])   --> 2 64 dog
---     print(#mah.data.images({"pets/cat/1.png"}, { size = 8 }).x)                  --> 1
---@param folder string|string[]   or the paths of pictures
---@param given table|nil
---@return Set   x (n, height * width * channels); and class_names, files, height, width, channels
return function(folder, given)
  local o, has_classes = options(given, rules, WHERE), type(folder) ~= "table"
  local classes, count, names = has_classes and classes_of(folder) or listed(folder), 0, {}
  for k, class in ipairs(classes) do count, names[k] = count + #class.files, class.name end
  Type.collect_if_full()
  local images, y, files = read_all(o, classes, count)
  local shape = images.shape
  local set = { files = files, height = shape[2], width = shape[3], channels = shape[4] }
  if has_classes then set.y, set.class_names = y, names end
  local rows = images:view(count, shape[2] * shape[3] * shape[4])
  if o.dtype == "uint8" then
    set.x, set.scale = rows, 1 / 255
  else
    local wide = ffi.new("int64_t[8]", count, rows.extent[1])
    set.x = Type.new(Type.dtype "float32", 2, wide)
    check.status(C.mah_pixels_to_unit(set.x, rows:view(count, 1, -1)))
    Type.release(images)
  end
  return set
end
