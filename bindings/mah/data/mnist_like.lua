--- Sets in MNIST's form, from their files: Fashion-MNIST, KMNIST, EMNIST and QMNIST.
---
---     local set = mah.data.fashion_mnist "data/fashion"
---     print(set.class_names[set.train.y[1] + 1])     --> Ankle boot
---
--- Each is like mah.data.mnist, and has class_names in the order of the labels.
local Type = require "mah.tensor.type"
local file = require "mah.base.file"
local idx_images = require "mah.data.idx_images"
local options = require "mah.base.options"
local dtype_rule = require("mah.data.pixels").dtype_rule

local sets = {}

local digits = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" }

--- The files of a training and a test part, as MNIST names them, with something in front.
local function files_of(prefix)
  local parts = {}
  for part, name in pairs { train = "train", test = prefix == "" and "t10k" or "test" } do
    parts[part] = { images = prefix .. name .. "-images-idx3-ubyte",
      labels = prefix .. name .. "-labels-idx1-ubyte" }
  end
  return parts
end

local function load(form, directory, parts, o)
  file.path(directory, form.where)
  Type.collect_if_full()
  return {
    train = idx_images.load(form, directory, parts.train, o.dtype),
    test = idx_images.load(form, directory, parts.test, o.dtype),
    class_names = form.class_names, name = form.name, source = directory,
  }
end

-- -- Fashion-MNIST --------------------------------------------------------------------------------

local fashion = { where = "mah.data.fashion_mnist", name = "Fashion-MNIST", what = "its classes",
  class_names = { "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt",
    "Sneaker", "Bag", "Ankle boot" } }
local fashion_rules = options.declare(fashion.where, { dtype = dtype_rule })

--- Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017), ten classes of clothes, from four files named as
--- MNIST's.
---
---     -- not run: needs Fashion-MNIST's files
---     local set = mah.data.fashion_mnist "data/fashion"
---     print(set.class_names[set.train.y[1] + 1])   --> Ankle boot
---@param directory string
---@param given {dtype: "float32"|"uint8"|nil}|nil
---@return Dataset   with class_names
function sets.fashion_mnist(directory, given)
  return load(fashion, directory, files_of "", options(given, fashion_rules, fashion.where))
end

-- -- KMNIST ---------------------------------------------------------------------------------------

local kmnist = { where = "mah.data.kmnist", name = "KMNIST", what = "its classes",
  class_names = { "o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo" } }
local kmnist_rules = options.declare(kmnist.where, { dtype = dtype_rule })

--- KMNIST (Clanuwat and others, 2018), ten Japanese letters, from four files named as MNIST's.
---
---     -- not run: needs KMNIST's files
---     local set = mah.data.kmnist "data/kmnist"
---     print(set.class_names[1])   --> o
---@param directory string
---@param given {dtype: "float32"|"uint8"|nil}|nil
---@return Dataset   with class_names
function sets.kmnist(directory, given)
  return load(kmnist, directory, files_of "", options(given, kmnist_rules, kmnist.where))
end

-- -- EMNIST ---------------------------------------------------------------------------------------

local function with_letters(names, letters)
  local list = {}
  for i, name in ipairs(names) do list[i] = name end
  for letter in letters:gmatch "%a" do list[#list + 1] = letter end
  return list
end

local capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
local merged = with_letters(digits, capitals .. "abdefghnqrt") -- the others look like capitals
local emnist_splits = {
  letters = { names = with_letters({}, capitals), first = 1 },
  balanced = { names = merged }, bymerge = { names = merged },
  byclass = { names = with_letters(digits, capitals .. capitals:lower()) },
  digits = { names = digits }, mnist = { names = digits },
}

local emnist_rules = options.declare("mah.data.emnist", {
  split = { "balanced", { "balanced", "byclass", "bymerge", "digits", "letters", "mnist" }, nil,
    "which files: balanced and bymerge have 47 classes, byclass 62, letters 26, the others 10" },
  dtype = dtype_rule,
})

--- EMNIST (Cohen, Afshar, Tapson and van Schaik, 2017), letters and digits, from
--- emnist-SPLIT-train-images-idx3-ubyte and so on. The files hold pictures with rows and columns
--- exchanged; here they stand upright. Labels are those of the files: 0 ..., but 1 ... 26 of
--- "letters", where class_names[label] is the letter of either case.
---
---     -- not run: needs EMNIST's files
---     local set = mah.data.emnist("data/emnist", { split = "letters" })
---     print(set.class_names[set.train.y[1]])
---@param directory string
---@param given {split: string?, dtype: "float32"|"uint8"|nil}|nil
---@return Dataset   with class_names
function sets.emnist(directory, given)
  local o = options(given, emnist_rules, "mah.data.emnist")
  local split = emnist_splits[o.split]
  local form = { where = "mah.data.emnist", name = "EMNIST " .. o.split, first = split.first,
    what = "the labels of " .. o.split, class_names = split.names, transposed = true }
  return load(form, directory, files_of(("emnist-%s-"):format(o.split)), o)
end

-- -- QMNIST ---------------------------------------------------------------------------------------

local qmnist = { where = "mah.data.qmnist", name = "QMNIST", what = "digits", columns = 8,
  class_names = digits }
local qmnist_rules = options.declare(qmnist.where, { dtype = dtype_rule })

--- QMNIST (Yadav and Bottou, 2019), MNIST with all of its 60,000 test images, from
--- qmnist-train-images-idx3-ubyte, qmnist-train-labels-idx2-int and so on.
---
---     -- not run: needs QMNIST's files
---     local set = mah.data.qmnist "data/qmnist"
---     print(set.test.x.shape[1])   --> 60000
---@param directory string
---@param given {dtype: "float32"|"uint8"|nil}|nil
---@return Dataset   with class_names
function sets.qmnist(directory, given)
  local parts = files_of "qmnist-"
  for _, names in pairs(parts) do names.labels = names.labels:gsub("idx1%-ubyte$", "idx2-int") end
  return load(qmnist, directory, parts, options(given, qmnist_rules, qmnist.where))
end

return sets
