--- Data sets: MNIST from its files, digits that the program draws itself, and parts of both.
---
---     local set = mah.data.digits { n = 60 }
---     local few = mah.data.take(set, 20)
---     print(set.name, few.train.x.shape[1])   --> synthetic digits 20
local check = require "mah.base.check"
local digits = require "mah.data.digits"
local images = require "mah.data.images"
local mnist = require "mah.data.mnist"
local mnist_like = require "mah.data.mnist_like"
local options = require "mah.base.options"
local shards = require "mah.data.shard"
local split = require "mah.data.split"
local svmlight = require "mah.data.svmlight"
local tables = require "mah.data.table"
local toy = require "mah.data.toy"

--- Samples and what they are: a plain table, of which mah.train and others take x and y.
---@class Set
---@field x tensor        (n, features), a sample in each row
---@field y tensor        (n), the samples' labels, int32; of regression floats, (n) or (n, targets)
---@field scale number|nil            1 / 255 where x are bytes: mah.train multiplies by it
---@field class_names string[]|nil    of mah.data.images: names of the labels 0, 1 ...
---@field files string[]|nil          of mah.data.images: where each row comes from
---@field height integer|nil          of mah.data.images: pixels of each picture
---@field width integer|nil           of mah.data.images: pixels of each picture
---@field channels integer|nil        of mah.data.images: 1 (grey) or 3
---@field centers tensor|nil          of mah.data.make_blobs: (classes, features)
---@field coef tensor|nil             of mah.data.make_regression: the true coefficients

--- A set to train on and one to test with: a plain table.
---@class Dataset
---@field train Set
---@field test Set
---@field name string     "MNIST", "synthetic digits" ...
---@field source string   the directory of the files, or the seed
---@field class_names string[]|nil    names of the labels, of the sets in MNIST's form

local data = {
  mnist = mnist.load, digits = digits, images = images, take = split.take, split = split.split,
  svmlight = svmlight.svmlight, table = tables.table, shard = shards.shard,
  make_moons = toy.make_moons, make_circles = toy.make_circles, make_blobs = toy.make_blobs,
  fashion_mnist = mnist_like.fashion_mnist, kmnist = mnist_like.kmnist,
  emnist = mnist_like.emnist, qmnist = mnist_like.qmnist,
  make_spirals = toy.make_spirals, make_regression = toy.make_regression,
}

local said = false -- that there is no MNIST

local quiet_text = "do not say that there is no MNIST"
local seed_text = "of the digits, where they are drawn; nil: 1"

local default_rules = options.declare("mah.data.default", {
  quiet = { false, "boolean", nil, quiet_text },
  n = { nil, "integer", "[0, 1e9]", "training images, where the digits are drawn; nil: 10000" },
  seed = { nil, "integer", "[0, inf)", seed_text },
  test = { nil, "integer", "[0, 1e9]", "test images, where the digits are drawn; nil: n / 6" },
})

--- MNIST where mah.data.mnist() finds it; else the synthetic digits, and says so once on stderr. An
--- error when $MAH_MNIST is set and MNIST is not there.
---
---     local set = mah.data.default { n = 60, quiet = true }
---     print(set.train.x.shape[2], set.name == "MNIST" or set.name == "synthetic digits")
---     --> 784 true
---@param given {quiet: boolean?, n: integer?, seed: integer?, test: integer?}|nil
---@return Dataset
function data.default(given)
  local o = options(given, default_rules, "mah.data.default")
  if mnist.find() or (os.getenv "MAH_MNIST" or "") ~= "" then return mnist.load() end
  if not o.quiet and not said then
    said = true
    io.stderr:write("mah: no MNIST in ", table.concat(mnist.places(), ", "),
      "; using the synthetic digits (set MAH_MNIST to change that)\n")
  end
  return digits { n = o.n, seed = o.seed, test = o.test }
end

local load_rules = options.declare("mah.data.load", {
  n = { nil, "integer", "[0, 1e9]", "at most so many training samples; nil: all" },
  test = { nil, "integer", "[0, 1e9]", "at most so many test samples; nil: all" },
  seed = { nil, "integer", "[0, inf)", seed_text },
  quiet = { false, "boolean", nil, quiet_text },
})

--- The data set that a script's --data option names: "auto" is mah.data.default, "synthetic" the
--- digits that the program draws, and everything else MNIST's directory.
---
---     local set = mah.data.load("synthetic", { n = 60, test = 10 })
---     print(set.name, set.train.x.shape[1], set.test.x.shape[1])   --> synthetic digits 60 10
---@param what string|nil   "auto" when nil
---@param given {n: integer?, test: integer?, seed: integer?, quiet: boolean?}|nil
---@return Dataset
function data.load(what, given)
  local o = options(given, load_rules, "mah.data.load")
  if what ~= nil and type(what) ~= "string" then
    check.raise('mah.data.load: "auto", "synthetic" or a directory is expected, got %s',
      check.show(what))
  end
  local set
  if what == nil or what == "auto" then
    set = data.default(o)
  elseif what == "synthetic" then
    set = digits { n = o.n, seed = o.seed, test = o.test }
  else
    set = mnist.load(what)
  end
  if o.n then set = data.take(set, o.n) end
  if o.test then set.test = data.take(set.test, o.test) end
  return set
end

return data
