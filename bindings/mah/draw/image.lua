--- Pictures of tensors: PNG files in and out, sheets of digits, first-layer weights.
---
---     local digits = mah.data.digits { n = 30 }
---     mah.image.digits(digits.train.x, { rows = 3, labels = digits.train.y }):save "digits.png"
---     mah.image.save("noise.png", mah.rand(64, 64))
local C = require "mah.base.library"
local Locale = require "mah.draw.locale"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local image_files = require "mah.data.image_files"
local numbers = require "mah.draw.numbers"
local options = require "mah.base.options"
local pictures = require "mah.draw.pictures"
local sheet = require "mah.draw.sheet"
local texts = require "mah.draw.texts"

local image = { digit = require "mah.draw.digit" }

-- -- Files ----------------------------------------------------------------------------------------

--- Writes a tensor as a PNG: (H,W) grey, (H,W,3) RGB, (H,W,4) RGBA. uint8 goes as it is, int32
--- clamped to 0 ... 255, floats and bools from 0 ... 1, clamped; NaN is black.
---
---     mah.image.save("ramp.png", mah.linspace(0, 1, 64):expand(32, 64))
---     print(mah.image.load("ramp.png").shape[2])   --> 64
---@param path string   must end in .png
---@param t tensor      (H,W), (H,W,1), (H,W,3) or (H,W,4)
function image.save(path, t)
  check.that(type(path) == "string", "mah.image.save: the path must be a string; got %s",
    check.show(path))
  check.that(path:lower():find "%.png$", "mah.image.save: '%s': the name must end in .png", path)
  pictures.write(path, pictures.pixels(t, "mah.image.save: tensor"))
end

local load_rules = options.declare("mah.image.load", {
  grey = { false, "boolean", nil, "colours become grey, (H, W): (19595 r + 38470 g + 7471 b + "
    .. "32768) / 65536, cut to an integer; what is transparent stands before white" },
})

--- Reads a PNG or JPEG as pixels. The values are those that the file stores: gamma, colour profiles
--- and a camera's orientation change nothing, 1, 2 and 4 bits are spread over 0 ... 255, and 16
--- bits become the nearest to value / 257.
---
---     mah.image.save("red.png", mah.tensor({ { { 255, 0, 0 } } }, "uint8"))
---     print(mah.image.load "red.png")
---     --> uint8 1x1x3
---     --> {{{255,   0,   0}}}
---     print(mah.image.load("red.png", { grey = true })[1][1])   --> 76
---@param path string
---@param given table|nil
---@return tensor   uint8 (H,W) when it is grey, else (H,W,3), or (H,W,4) with transparency
function image.load(path, given)
  check.that(type(path) == "string", "mah.image.load: the path must be a string; got %s",
    check.show(path))
  local o = options(given, load_rules, "mah.image.load")
  local pixels = image_files.read(path, o.grey and 1 or 0)
  if pixels.extent[2] ~= 1 then return pixels end
  local grey = Type.view(C.mah_tensor_squeeze, pixels, 2)
  Type.release(pixels)
  return grey
end

-- -- Sheets ---------------------------------------------------------------------------------------

local sheet_rules = options.declare("mah.image.grid", {
  rows = { nil, "integer", "[1, 1000]", "rows of pictures; nil: what there is, up to 100 "
    .. "pictures" },
  columns = { nil, "integer", "[1, 1000]", "pictures in a row; nil: 10, of weights 8" },
  height = { nil, "integer", "[1, 100000]", "pixels of a picture that is a row or a column of "
    .. "numbers; nil: it is square" },
  width = { nil, "integer", "[1, 100000]", "pixels of a picture that is a row or a column of "
    .. "numbers; nil: it is square" },
  title = { "", "string", nil, texts.title },
  captions = { nil, "table", nil, "texts below the pictures" },
  scale = { nil, "number", "(0, 64]", "pixels of the figure for each pixel of a picture; nil: a "
    .. "side is about 56" },
  gap = { 6, "number", "[0, 1000]", "pixels between pictures" },
  range = { nil, "table", nil, "{low, high}: values of the darkest and lightest; nil: 0 and 1, or "
    .. "what there is beyond" },
  ink = { "light", { "dark", "light" }, nil, "what high values are" },
  lang = Locale.rule,
})

local function with(rules, more)
  local all = {}
  for _, table_ in ipairs { rules, more } do
    for name, rule in pairs(table_) do all[name] = rule end
  end
  return all
end

--- How many there may be, from rows and columns; at most 100 when rows are not given.
local function count_of(o, n, columns)
  columns = o.columns or math.min(columns, n)
  return math.min(n, columns * (o.rows or math.max(1, math.floor(100 / columns)))), columns
end

--- Pixels of the picture for each pixel of a tile: about 56 for a side, whole.
local function zoom(o, stack)
  return o.scale or math.max(1, math.floor(56 / math.max(stack.height, stack.width) + 0.5))
end

local function number_of_pictures(x, where)
  if type(x) == "table" then return #x end
  Type.expect(x, where .. ": x")
  return x.ndim > 1 and tonumber(x.extent[0]) or 1
end

--- The first pictures, and in how many columns they stand.
local function read_stack(x, o, where)
  numbers.bounds(o.range, where .. ": range")
  local count, columns = count_of(o, number_of_pictures(x, where), 10)
  if type(x) ~= "table" then
    return pictures.stack(x, { count = count, height = o.height, width = o.width, range = o.range,
      dark = o.ink == "dark" }, where .. ": x"), columns
  end
  local all = pictures.list(x, where .. ": x")
  for i = #all, count + 1, -1 do all[i] = nil end
  return all, columns
end

local function make_sheet(o, stack, columns, captions, locale, longest)
  local scale = zoom(o, stack)
  return sheet { tiles = stack,
    tile_width = stack.width * scale, tile_height = stack.height * scale,
    columns = columns, captions = captions, longest = longest, title = o.title, locale = locale,
    gap = o.gap }
end

local function given_captions(o, count, locale)
  local captions = {}
  for i = 1, o.captions and count or 0 do
    if o.captions[i] ~= nil then captions[i] = { text = locale:label(o.captions[i]) } end
  end
  return captions
end

--- A sheet of pictures of equal size, row by row.
---
---     local x = mah.rng(1):uniform(0, 1, 6, 8, 8)
---     local figure = mah.image.grid(x, { columns = 3, captions = { "a", "b", "c" } })
---     figure:save "grid.png"
---     print(figure.width > figure.height)   --> true
---@param x tensor|table    (N,H*W), (N,H,W), (N,H,W,3), or a table of equally large (H,W), (H,W,3)
---@param given table|nil
---@return figure
function image.grid(x, given)
  local where = "mah.image.grid"
  local o = options(given, sheet_rules, where)
  local locale = Locale.of(o.lang)
  local stack, columns = read_stack(x, o, where)
  return make_sheet(o, stack, columns, given_captions(o, #stack, locale), locale)
end

-- -- Digits ---------------------------------------------------------------------------------------

local digits_rules = options.declare("mah.image.digits", with(sheet_rules, {
  labels = { nil, "table|tensor", nil, "(N): the true labels, below the pictures" },
  predicted = { nil, "table|tensor", nil, "(N): predicted labels; a wrong one is coloured, and has "
    .. "both" },
  confidence = { nil, "table|tensor", nil, "(N): 0 ... 1, in percent beside the labels" },
  ink = { "dark", { "dark", "light" }, nil, sheet_rules.ink[4] },
}))

--- The first `count` values of an option, if it is there. Names stay names.
local function read_list(given, name, count)
  if given == nil then return nil end
  local list = type(given) == "table" and type(given[1]) == "string" and given
    or numbers.vector(given, name)
  check.that(#list >= count, "%s has %d values for %d pictures", name, #list, count)
  return list
end

--- "4", "4  87%" or "4 → 9  87%".
local function digit_caption(truth, guess, confidence, locale)
  local share = confidence and "\194\160 " .. locale:percent(confidence) or ""
  if truth == nil or guess == nil or truth == guess then
    return { text = locale:label(guess == nil and truth or guess) .. share }
  end
  return { text = ("%s %s %s%s"):format(locale:label(truth), locale.words.arrow,
    locale:label(guess), share),
    color = "c2", bold = true }
end

--- A sheet of digits with captions below them: the label, or the prediction; a wrong one is
--- coloured and has both, "4 → 9  87%".
---
---     local digits = mah.data.digits { n = 20 }
---     local figure = mah.image.digits(digits.train.x, { rows = 2, labels = digits.train.y })
---     figure:save "digits.png"
---     print(figure.width > figure.height)   --> true
---@param x tensor          as in mah.image.grid; the first rows * columns are shown
---@param given table|nil
---@return figure
function image.digits(x, given)
  local where = "mah.image.digits"
  local o = options(given, digits_rules, where)
  local locale = Locale.of(o.lang)
  local stack, columns = read_stack(x, o, where)
  local labels = read_list(o.labels, where .. ": labels", #stack)
  local predicted = read_list(o.predicted, where .. ": predicted", #stack)
  local confidence = read_list(o.confidence, where .. ": confidence", #stack)
  check.that(labels or predicted or not confidence, "%s: confidence needs labels or predicted",
    where)
  local captions = given_captions(o, #stack, locale)
  for i = 1, (labels or predicted) and #stack or 0 do
    captions[i] = captions[i] or digit_caption(labels and labels[i], predicted and predicted[i],
      confidence and confidence[i], locale)
  end
  local longest = confidence and labels and predicted and digit_caption(0, 1, 1, locale)
  return make_sheet(o, stack, columns, captions, locale, longest or nil)
end

-- -- Weights --------------------------------------------------------------------------------------

local weights_rules = options.declare("mah.image.weights", {
  rows = sheet_rules.rows, columns = sheet_rules.columns, height = sheet_rules.height,
  width = sheet_rules.width, title = sheet_rules.title, captions = sheet_rules.captions,
  scale = sheet_rules.scale, gap = sheet_rules.gap, lang = Locale.rule,
  limit = { nil, "number", "(0, inf)", "the strongest colours stand for +- limit; nil: the largest "
    .. "magnitude shown" },
  color_bar = { true, "boolean", nil, texts.color_bar },
})

--- What the units of a first layer look for: each column of the weights as a picture, red where
--- positive, blue where negative.
---
---     local net = mah.mlp { 64, { 4, "relu" }, { 2, "softmax" }, seed = 1 }
---     mah.image.weights(net.layers[1].weight, { columns = 2 }):save "weights.png"
---     print(mah.file.exists "weights.png")   --> true
---@param w tensor          (H*W, units), as coefs_[1] of an MLPClassifier
---@param given table|nil
---@return figure
function image.weights(w, given)
  local where = "mah.image.weights"
  local o = options(given, weights_rules, where)
  local locale = Locale.of(o.lang)
  Type.expect(w, where .. ": w")
  local count, columns = count_of(o, w.ndim == 2 and tonumber(w.extent[1]) or 1, 8)
  local stack = pictures.columns(w, { count = count, height = o.height, width = o.width,
    limit = o.limit },
    where .. ": w")
  local scale = zoom(o, stack)
  local bar = o.color_bar and { map = "diverging", low = -stack.limit, high = stack.limit,
    locale = locale, label = locale.words.weight } or nil
  return sheet { tiles = stack,
    tile_width = stack.width * scale, tile_height = stack.height * scale,
    columns = columns, captions = given_captions(o, #stack, locale), title = o.title,
    locale = locale, gap = o.gap, bar = bar }
end

return image
