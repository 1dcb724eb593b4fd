--- Pictures and labels of 28 x 28 pixels in two IDX files: MNIST and the sets in its form.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local file = require "mah.base.file"
local pixels = require "mah.data.pixels"

local idx_images = {}

local SIDE = 28 -- pixels

--- The path of one of the files in `directory`, or nil. Some unpackers write a dot before "idx".
function idx_images.locate(directory, name)
  for _, spelling in ipairs { name, (name:gsub("%-idx", ".idx")) } do
    for _, ending in ipairs { "", ".gz" } do
      local path = directory .. "/" .. spelling .. ending
      if file.exists(path) then return path end
    end
  end
end

local function load_file(form, directory, name, dtype, ndim)
  local path = idx_images.locate(directory, name)
  if not path then
    check.raise("%s: there is no %s, with or without .gz, in '%s'", form.where, name, directory)
  end
  local t = Type.make(C.mah_idx_load, path)
  if t.dtype ~= dtype or t.ndim ~= ndim then
    check.raise("%s: %s with %d dimensions is expected, got %s with %d", path, dtype, ndim, t.dtype,
      t.ndim)
  end
  return t, path
end

--- The labels as int32: the first column where there are several (QMNIST).
local function load_labels(form, directory, name, n, image_path)
  local labels, path = load_file(form, directory, name, form.columns and "int32" or "uint8",
    form.columns and 2 or 1)
  if labels.shape[1] ~= n then
    check.raise("%s has %d labels, but %s has %d images", path, labels.shape[1], image_path, n)
  end
  if n == 0 then check.raise("%s has no images", image_path) end
  if form.columns and labels.shape[2] ~= form.columns then
    check.raise("%s: %d columns are expected, got %d", path, form.columns, labels.shape[2])
  end
  local column = form.columns and labels:select(2, 1) or labels
  local y = Type.new(Type.dtype "int32", 1, column.extent)
  check.status(C.mah_tensor_copy(y, column))
  Type.release(labels)
  local low, high = form.first or 0, (form.first or 0) + #form.class_names - 1
  for _, label in ipairs { y:min(), y:max() } do
    if label < low or label > high then
      check.raise("%s: a label is %d; %s are %d ... %d", path, label, form.what, low, high)
    end
  end
  return y
end

--- Rows and columns of each picture exchanged.
local function upright(images)
  local turned = images:transpose(2, 3):contiguous()
  Type.release(images)
  return turned
end

--- One part of a set.
---@param form table   where (the function), what (its labels are), class_names; first (label, 0),
---  columns (of the labels' file), transposed
---@param names {images: string, labels: string}
---@param dtype string   "float32": x in [0, 1]; "uint8": bytes, and scale
---@return Set
function idx_images.load(form, directory, names, dtype)
  local images, path = load_file(form, directory, names.images, "uint8", 3)
  local n, height, width = unpack(images.shape)
  if height ~= SIDE or width ~= SIDE then
    check.raise("%s: images of %d x %d pixels; %s has %d x %d", path, height, width, form.name,
      SIDE, SIDE)
  end
  local y = load_labels(form, directory, names.labels, n, path)
  if form.transposed then images = upright(images) end
  if dtype == "uint8" then return { x = images:view(n, SIDE * SIDE), y = y, scale = 1 / 255 } end
  return { x = pixels.to_rows(images), y = y }
end

return idx_images
