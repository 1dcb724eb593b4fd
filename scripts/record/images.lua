--- The images of a record. Those to train on are read at once; of the test images `open` only makes
--- sure that they can be read and are like those, so that no training is in vain. Who wants to look
--- at them calls `read_test`: record.lua does, when everything has been chosen.
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
  local grey = is_grey(read "train")
  local function read_part(part)
    if grey and part == "test" and not is_grey(read "test") then
      fail("'%s/test' has pictures in colour, and '%s/train' has none", folder, folder)
    end
    return read(part, grey)
  end
  return { name = "pictures", source = folder, read = read_part }
end

--- train_x.npy (N, height, width) or (N, height, width, channels), bytes or floats from 0 to 1,
--- train_y.npy (N) classes from 0, and the same of test.
local function of_arrays(folder)
  local function read(part)
    local path = ("%s/%s_x.npy"):format(folder, part)
    local x, y = mah.load_npy(path), mah.load_npy(("%s/%s_y.npy"):format(folder, part))
    local n, height, width, channels = unpack(x.shape)
    if x.ndim < 3 or x.ndim > 4 or (channels or 1) > math.max(height, width) then
      fail("'%s': (N, height, width) or (N, height, width, channels) is expected; got (%s)", path,
        table.concat(x.shape, ", "))
    end
    if n == 0 then fail("'%s' has no images", path) end
    if x.dtype ~= "uint8" and not x.dtype:find "^float" then
      fail("'%s': uint8 or floats are expected; got %s", path, x.dtype)
    end
    local scale = x.dtype == "uint8" and 1 / 255 or 1
    return { x = x:reshape(n, -1):float() * scale, y = y, height = height, width = width,
      channels = channels or 1 }
  end
  for _, name in ipairs { "train_y", "test_x", "test_y" } do
    expect(("%s/%s.npy"):format(folder, name))
  end
  return { name = "arrays", source = folder, read = read }
end

--- MNIST, what has its form, or the synthetic digits.
local function of_digits(what)
  local set = mah.data.load(what)
  return { name = set.name, source = set.source, read = function(part)
    local read = mah.data.load(what)
    read[part].class_names = read.class_names
    return read[part]
  end }
end

local function source_of(what)
  if is_there(what .. "/train_x.npy") then return of_arrays(what) end
  if is_there(what .. "/train") then return of_pictures(what) end
  return of_digits(what)
end

-- -- Checks ---------------------------------------------------------------------------------------

--- Fills in what the set does not say of its images: squares of one channel.
local function measured(set)
  set.channels = set.channels or 1
  local side = math.floor(math.sqrt(set.x.shape[2] / set.channels) + 0.5)
  set.height, set.width = set.height or side, set.width or side
  return set
end

--- Complains unless each image has one label, a whole number from 0 on, and all pixels are numbers.
local function check_set(set, part)
  local x, y = set.x, set.y
  if y.ndim ~= 1 or #y ~= #x then
    fail("the %s images: %d labels are expected; got (%s)", part, #x, table.concat(y.shape, ", "))
  end
  local labels = y:double()
  local wrong = labels:masked_select(labels:ne(labels:floor()):logical_or(labels:lt(0)))
  if #wrong > 0 then
    fail("the %s images: labels must be 0, 1, 2 ...; there is %.14g", part, wrong[1])
  end
  if not x:isfinite():all() then fail("the %s images: there is a pixel that is no number", part) end
  set.y = y:int()
end

--- How many classes there are. Each must have an image.
local function count_classes(y)
  local classes = y:max() + 1
  if classes > #y then
    fail("the train images: %d are too few for the label %d", #y, classes - 1)
  end
  local counts = y:bincount()
  for class = 0, classes - 1 do
    if counts[class + 1] == 0 then
      fail("the train images: there is none of class %d, of 0 ... %d", class, classes - 1)
    end
  end
  if classes < 2 then fail("the train images are all of one class") end
  return classes
end

--- Gives test labels the numbers that classes of their names have among those trained on.
local function renumber(test, train)
  local number, numbers = {}, {}
  for i, name in ipairs(train.class_names) do number[name] = i - 1 end
  for i, name in ipairs(test.class_names) do
    numbers[i] = number[name] or fail("the test images have a class '%s', which those to train on "
      .. "have not", name)
  end
  test.y = mah.tensor(numbers, { dtype = "int32" }):index_select(1, test.y + 1)
end

--- The test images, which must be like those to train on.
local function read_test(source, train, classes)
  local test = measured(source.read "test")
  check_set(test, "test")
  for _, name in ipairs { "height", "width", "channels" } do
    if test[name] ~= train[name] then
      fail("the test images have %s %d, those to train on %d", name, test[name], train[name])
    end
  end
  if test.class_names and train.class_names then renumber(test, train) end
  if test.y:max() >= classes then
    fail("the test images: the label %d is not among 0 ... %d", test.y:max(), classes - 1)
  end
  return { x = test.x, y = test.y }
end

-- -- Reading --------------------------------------------------------------------------------------

--- The images that --data names: "auto", "synthetic", a folder of MNIST's files, one with train/
--- and test/, each a folder of pictures for each class, or one of arrays, train_x.npy, train_y.npy,
--- test_x.npy and test_y.npy.
---@param what string
---@return table   {train = {x (N, inputs), y (N)}, height, width, channels, inputs, classes,
---  class_names, name, source, read_test = function () -> {x, y}}
function images.open(what)
  local source = source_of(what)
  local train = measured(source.read "train")
  check_set(train, "train")
  local classes = count_classes(train.y)
  local function test() return read_test(source, train, classes) end
  test() -- looks for faults, and is dropped
  return {
    train = { x = train.x, y = train.y }, name = source.name, source = source.source,
    height = train.height, width = train.width, channels = train.channels,
    inputs = train.x.shape[2], classes = classes, class_names = train.class_names, read_test = test,
  }
end

--- Rows as pictures: (N, height, width, 3) in colour, or (N, height, width), the first channel.
---@param set table    of images.open
---@param x tensor     (N, inputs)
---@return tensor
function images.pictures(set, x)
  local shaped = x:reshape(#x, set.height, set.width, set.channels)
  return set.channels == 3 and shaped or shaped:select(4, 1)
end

return images
