--- The images of a record. Those to train on are read at once; the test images only by
--- `read_test`, which record.lua calls when everything has been chosen.
---
---     local set = images.open "data/mnist"
---     print(set.train.x.shape[1], set.height, set.channels, set.classes)     --> 60000 28 1 10
local mah = require "mah"

local images = {}

local function fail(text, ...) error(text:format(...), 0) end

-- -- Kinds of folders -----------------------------------------------------------------------------

--- Is there such a file or folder?
local function is_there(path)
  local handle = io.open(path)
  if handle then handle:close() end
  return handle ~= nil
end

--- Complains, before hours of training.
local function expect(path)
  if not is_there(path) then fail("there is no '%s'", path) end
end

--- Do the three channels of all pixels say the same?
local function is_grey(set)
  local pixels = set.x:reshape(-1, 3)
  local red = pixels:select(2, 1)
  return red:equal(pixels:select(2, 2)) and red:equal(pixels:select(2, 3))
end

--- train/CLASS/*.png and test/CLASS/*.png (or .jpg): of one channel where all pictures to train on
--- are grey.
local function of_pictures(folder)
  expect(folder .. "/test")
  local function read(part, grey) return mah.data.images(folder .. "/" .. part, { grey = grey }) end
  local train = read "train"
  local grey = is_grey(train)
  if grey then train = read("train", true) end
  return { name = "pictures", source = folder, first = train,
    read = function(part) return read(part, grey) end }
end

--- train_x.npy (N, height, width) or (N, height, width, channels), train_y.npy (N) classes from 0,
--- and the same of test.
local function of_arrays(folder)
  local function read(part)
    local x = mah.load_npy(("%s/%s_x.npy"):format(folder, part))
    local y = mah.load_npy(("%s/%s_y.npy"):format(folder, part))
    if x.ndim < 3 or x.ndim > 4 then
      fail("'%s/%s_x.npy': (N, height, width) or (N, height, width, channels) is expected; got "
        .. "(%s)", folder, part, table.concat(x.shape, ", "))
    end
    local shape, scale = x.shape, x.dtype == "uint8" and 1 / 255 or 1
    return { x = x:reshape(#x, -1):float():mul_(scale), y = y:int(), height = shape[2],
      width = shape[3], channels = shape[4] or 1 }
  end
  for _, name in ipairs { "train_y", "test_x", "test_y" } do
    expect(("%s/%s.npy"):format(folder, name))
  end
  return { name = "arrays", source = folder, read = read }
end

--- MNIST, what has its form, or the synthetic digits; of the first reading the test images are
--- dropped.
local function of_digits(what)
  local set = mah.data.load(what)
  return { name = set.name, source = set.source, first = set.train,
    read = function(part) return mah.data.load(what)[part] end }
end

local function open(what)
  if is_there(what .. "/train_x.npy") then return of_arrays(what) end
  if is_there(what .. "/train") then return of_pictures(what) end
  return of_digits(what)
end

-- -- Sets -----------------------------------------------------------------------------------------

--- Fills in what the set does not say of its images: squares of one channel.
local function measured(set)
  set.channels = set.channels or 1
  local side = math.floor(math.sqrt(set.x.shape[2] / set.channels) + 0.5)
  set.height, set.width = set.height or side, set.width or side
  return set
end

--- Complains unless the test images are like those that were trained on.
local function check_alike(test, train)
  for _, name in ipairs { "height", "width", "channels" } do
    if test[name] ~= train[name] then
      fail("the test images have %s %d, those to train on %d", name, test[name], train[name])
    end
  end
  local names = test.class_names and train.class_names
  if names and table.concat(names, "/") ~= table.concat(train.class_names, "/") then
    fail("the test images have other classes than those to train on")
  end
end

--- The images that --data names: "auto", "synthetic", a folder of MNIST's files, one with train/
--- and test/, each a folder of pictures for each class, or one of arrays, train_x.npy, train_y.npy,
--- test_x.npy and test_y.npy.
---@param what string
---@return table   {train = {x (N, inputs), y (N)}, height, width, channels, classes, name, source,
---  read_test = function () -> {x, y}}
function images.open(what)
  local source = open(what)
  local train = measured(source.first or source.read "train")
  return {
    train = { x = train.x, y = train.y }, name = source.name, source = source.source,
    height = train.height, width = train.width, channels = train.channels,
    inputs = train.x.shape[2], classes = train.y:max() + 1, class_names = train.class_names,
    read_test = function()
      local test = measured(source.read "test")
      check_alike(test, train)
      return { x = test.x, y = test.y }
    end,
  }
end

--- Rows as pictures: (N, height, width), of the first channel where there are two, or with 3 or 4
--- channels.
---@param set table    of images.open
---@param x tensor     (N, inputs)
---@return tensor
function images.pictures(set, x)
  local n, c = #x, set.channels
  local shaped = x:reshape(n, set.height, set.width, c)
  return (c == 3 or c == 4) and shaped or shaped:select(4, 1)
end

return images
