--- MNIST (LeCun, Cortes, Burges: yann.lecun.com/exdb/mnist) from its four files.
---
---     local mnist = mah.data.mnist "data/mnist"
---     print(mnist.train.x.shape[1])     --> 60000
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local file = require "mah.base.file"
local idx_images = require "mah.data.idx_images"
local options = require "mah.base.options"
local pixels = require "mah.data.pixels"

local mnist = {}

local parts = {
  train = { images = "train-images-idx3-ubyte", labels = "train-labels-idx1-ubyte" },
  test = { images = "t10k-images-idx3-ubyte", labels = "t10k-labels-idx1-ubyte" },
}

-- -- Where ? --------------------------------------------------------------------------------------

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
    if idx_images.locate(directory, parts.train.images) then return directory end
  end
end

-- -- Reading --------------------------------------------------------------------------------------

local form = { where = "mah.data.mnist", name = "MNIST", what = "digits",
  class_names = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" } }

local rules = options.declare("mah.data.mnist", { dtype = pixels.dtype_rule })

--- MNIST, or what has its form, from its four files, packed by gzip or not: x float32 (n, 784) in
--- [0, 1], y int32 (n). Errors name the file: missing, foreign, truncated, too long, another image
--- size, another number of labels than of images.
---
---     -- not run: needs MNIST's files
---     local mnist = mah.data.mnist "data/mnist"
---     print(mnist.train.x.shape[1])   --> 60000
---@param directory string|nil   nil: $MAH_MNIST, data/mnist, $XDG_DATA_HOME/mah/mnist
---@param given {dtype: "float32"|"uint8"|nil}|nil
---@return Dataset
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
    train = idx_images.load(form, directory, parts.train, o.dtype),
    test = idx_images.load(form, directory, parts.test, o.dtype),
    name = "MNIST",
    source = directory,
  }
end

return mnist
