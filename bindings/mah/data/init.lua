--- Data sets: MNIST from its files, digits that the program draws itself, and parts of both.
---
---     local set = mah.data.default()
---     local few = mah.data.take(set, 1000)
---     print(set.name, few.train.x.shape[1])
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

---@class mah.Set
---@field x tensor    float32 (n, 784), one sample a row
---@field y tensor    int32 (n), its label

---@class mah.Dataset
---@field train mah.Set
---@field test mah.Set
---@field name string     "MNIST" or "synthetic digits"
---@field source string   the directory, or the seed

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
---@param given {quiet: boolean?, n: integer?, seed: integer?, test: integer?}|nil  n ...: of the
---  digits
---@return mah.Dataset
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

--- What a script's --data option names: "auto" (mah.data.default), "synthetic", or MNIST's
--- directory.
---@param what string|nil   "auto" when nil
---@param given {n: integer?, test: integer?, seed: integer?, quiet: boolean?}|nil  n, test: at most
---  so many training and test samples; seed: of the digits
---@return mah.Dataset
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
