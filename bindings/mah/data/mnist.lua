--- MNIST (LeCun, Cortes, Burges: yann.lecun.com/exdb/mnist) from its four files.
---
---     local mnist = mah.data.mnist "data/mnist"
---     print(mnist.train.x.shape[1])     --> 60000
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local file = require "mah.base.file"
local options = require "mah.base.options"
local pixels = require "mah.data.pixels"

local mnist = {}

local SIDE = 28 -- pixels

local parts = {
  train = { images = "train-images-idx3-ubyte", labels = "train-labels-idx1-ubyte" },
  test = { images = "t10k-images-idx3-ubyte", labels = "t10k-labels-idx1-ubyte" },
}

-- -- Where ? --------------------------------------------------------------------------------------

--- The path of one of the files in `directory`, or nil. Some unpackers write a dot before "idx".
local function locate(directory, name)
  for _, spelling in ipairs { name, (name:gsub("%-idx", ".idx")) } do
    for _, ending in ipairs { "", ".gz" } do
      local path = directory .. "/" .. spelling .. ending
      if file.exists(path) then return path end
    end
  end
end

local function environment(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

--- The directories that are looked at when none is given, in this order: $MAH_MNIST alone when it
--- is set, so that a slip in it does not pass unnoticed.
---@return string[]
function mnist.places()
  local wanted = environment "MAH_MNIST"
  if wanted then return { wanted } end
  local home = environment "HOME"
  local shared = environment "XDG_DATA_HOME" or home and home .. "/.local/share"
  return { "data/mnist", shared and shared .. "/mah/mnist" }
end

--- The first of these places that holds the training images.
---@return string|nil
function mnist.find()
  for _, directory in ipairs(mnist.places()) do
    if locate(directory, parts.train.images) then return directory end
  end
end

-- -- Reading --------------------------------------------------------------------------------------

local function load_part(directory, name, ndim)
  local path = locate(directory, name)
  if not path then
    check.raise("mah.data.mnist: there is no %s, with or without .gz, in '%s'", name, directory)
  end
  local t = Type.make(C.mah_idx_load, path)
  if t.dtype ~= "uint8" or t.ndim ~= ndim then
    check.raise("%s: uint8 with %d dimensions is expected, got %s with %d", path, ndim, t.dtype,
      t.ndim)
  end
  return t, path
end

local function load_set(directory, part, dtype)
  local images, image_path = load_part(directory, part.images, 3)
  local n, height, width = unpack(images.shape)
  if height ~= SIDE or width ~= SIDE then
    check.raise("%s: images of %d x %d pixels; MNIST has %d x %d", image_path, height, width, SIDE,
      SIDE)
  end
  local labels, label_path = load_part(directory, part.labels, 1)
  if labels.shape[1] ~= n then
    check.raise("%s has %d labels, but %s has %d images", label_path, labels.shape[1], image_path,
      n)
  end
  if n == 0 then check.raise("%s has no images", image_path) end
  if labels:max() > 9 then
    check.raise("%s: a label is %d; digits are 0 ... 9", label_path, labels:max())
  end
  local y = Type.new(Type.dtype "int32", 1, labels.extent)
  check.status(C.mah_tensor_copy(y, labels))
  C.mah_tensor_release(labels)
  if dtype == "uint8" then return { x = images:view(n, SIDE * SIDE), y = y, scale = 1 / 255 } end
  return { x = pixels.to_rows(images), y = y }
end

local rules = options.declare("mah.data.mnist", { dtype = { "float32", { "float32", "uint8" } } })

--- MNIST, or what has its form: x float32 (n, 784) in [0, 1], y int32 (n). The files may be packed
--- (.gz) or not. Errors name the file: missing, foreign, truncated, too long, another image size,
--- another number of labels than of images. dtype = "uint8": x as the files have it, with scale =
--- 1 / 255 beside it, which mah.train takes: a quarter of the memory.
---@param directory string|nil   nil: $MAH_MNIST, data/mnist, $XDG_DATA_HOME/mah/mnist
---@param given {dtype: "float32"|"uint8"|nil}|nil
---@return mah.Dataset
function mnist.load(directory, given)
  local o = options(given, rules, "mah.data.mnist")
  if directory ~= nil then
    file.path(directory, "mah.data.mnist")
  else
    directory = mnist.find()
      or check.raise("mah.data.mnist: no %s, with or without .gz, in any of: %s (set MAH_MNIST to "
        .. "its directory)", parts.train.images, table.concat(mnist.places(), ", "))
  end
  Type.collect_if_full()
  return {
    train = load_set(directory, parts.train, o.dtype),
    test = load_set(directory, parts.test, o.dtype),
    name = "MNIST",
    source = directory,
  }
end

return mnist
