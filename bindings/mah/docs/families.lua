--- What functions do that are made in loops, and so have no comment of their own in the source:
--- element by element, over all elements.
---
---     families.entry "exp_"      --> {summary = "e^x, element by element, in place.", ...}
local C = require "mah.base.library"
local annotations = require "mah.docs.annotations"
local examples = require "mah.docs.family_examples"
local ffi = require "ffi"
local named = require "mah.base.named"

local families = {}

--- What each operation is: name -> text.
local function texts(name_of, text_of)
  local list = {}
  for op, name in named(name_of) do list[name] = ffi.string(text_of(op)) end
  return list
end

local unary = texts(C.mah_unary_name, C.mah_unary_text)
local binary = texts(C.mah_binary_name, C.mah_binary_text)
local special = texts(C.mah_special_name, C.mah_special_text)
local special_parameters = texts(C.mah_special_name, C.mah_special_parameters)
special.gammaln, special_parameters.gammaln = special.lgamma, special_parameters.lgamma
special.lbeta, special_parameters.lbeta = special.betaln, special_parameters.betaln

local along = { "@param dim integer|nil   over all elements when left out",
  "@param keepdim boolean|nil   true: the dimension stays, with size 1" }
local spread = { along[1],
  "@param unbiased boolean|number|nil   true; false: divide by n; a number: by n - number",
  along[2], "@return number|tensor   along a dimension of x's dtype, float64 for integers" }
local extremes = { along[1], along[2], "@return number|tensor values   of x's dtype",
  "@return tensor|nil places      along a dimension: where they stand, int32 from 1" }
local places = { "@param dim integer|nil   over all elements, counted row by row, when left out",
  along[2], "@return integer|tensor   along a dimension int32" }

--- The lines of a comment: the text, an example, annotations.
local function lines_of(text, example, ...)
  local lines = { " " .. text, "" }
  for _, line in ipairs(example) do lines[#lines + 1] = " " .. line end
  for _, line in ipairs { ... } do lines[#lines + 1] = line end
  return lines
end

local function reduction(name, text, annotated)
  return lines_of(text, examples.reductions[name], unpack(annotated))
end

local reductions = {
  var = reduction("var", "The variance of all elements or along a dimension, sum (x - mean)^2 / "
    .. "(n - 1). x:var(false) and x:var(dim, false) divide by n.", spread),
  std = reduction("std", "The standard deviation of all elements or along a dimension, the square "
    .. "root of the variance. x:std(false) and x:std(dim, false) divide by n.", spread),
  nanvar = reduction("nanvar", "The variance of the elements that are not NaN, sum (x - mean)^2 / "
    .. "(n - 1), where n counts them.", spread),
  nanstd = reduction("nanstd", "The standard deviation of the elements that are not NaN, the "
    .. "square root of nanvar.", spread),
  min = reduction("min", "The smallest element of all, or along a dimension, then with its place. "
    .. "NaN if there is a NaN.", extremes),
  max = reduction("max", "The largest element of all, or along a dimension, then with its place. "
    .. "NaN if there is a NaN.", extremes),
  argmin = reduction("argmin", "Where the smallest element stands, counted from 1.", places),
  argmax = reduction("argmax", "Where the largest element stands, counted from 1.", places),
}

--- What an operation is, as the beginning of a sentence: a question stays one.
local function opening(text, in_place)
  text = text:gsub("^%l%l+%s", function(word) return word:sub(1, 1):upper() .. word:sub(2) end)
  if text:sub(-1) ~= "?" then return text .. ", element by element" end
  return text .. " Element by element" .. (in_place and ", as 1 and 0" or "")
end

local function unary_lines(name, text)
  if name:sub(-1) == "_" then
    return lines_of(opening(text, true) .. ", in place.", examples.unary(name), "@return tensor x")
  end
  if text:sub(-1) == "?" then
    return lines_of(opening(text) .. ", as a new bool tensor; a truth value for a number.",
      examples.unary(name), "@param x tensor|number", "@return tensor|boolean   of x's shape")
  end
  return lines_of(opening(text) .. ", as a new tensor; a number for a number.",
    examples.unary(name), "@param x tensor|number",
    "@return tensor|number   of x's shape; float dtypes are kept")
end

local function binary_lines(name, text)
  if name:sub(-1) == "_" then
    return lines_of(opening(text, true) .. ", in place: written to a, to whose shape b broadcasts.",
      examples.binary(name), "@param b tensor|number", "@return tensor a")
  end
  local kind = text:sub(-1) == "?" and "bool tensor" or "tensor"
  return lines_of(("%s, as a new %s; shapes broadcast."):format(opening(text), kind),
    examples.binary(name), "@param a tensor|number", "@param b tensor|number",
    "@return tensor   of the broadcast shape" .. (kind == "tensor" and " and the larger dtype"
      or ""))
end

local function special_lines(name, text)
  local parameters = special_parameters[(name:gsub("_$", ""))]
  if parameters == "x" then return unary_lines(name, text) end
  local annotated = {}
  for parameter in parameters:gmatch "%a" do
    annotated[#annotated + 1] = "@param " .. parameter .. " tensor|number"
  end
  annotated[#annotated + 1] = "@return tensor|number   of the broadcast shape"
  local second = parameters:match "^%a (%a)$"
  local example = second and examples.binary(name, second) or examples.ternary(name)
  return lines_of(opening(text) .. ", as a new tensor; shapes broadcast, numbers give a number.",
    example, unpack(annotated))
end

local logical = {
  logical_and = "are a and b not 0?", logical_or = "is a or b not 0?",
  logical_xor = "is one of a and b not 0, and the other 0?",
}

local function logical_lines(name, text)
  if name:sub(-1) == "_" then
    return lines_of(opening(text, true) .. ", in place: written to a, to whose shape b broadcasts.",
      examples.binary(name), "@param b tensor|number|boolean", "@return tensor a")
  end
  return lines_of(opening(text) .. ", as a new bool tensor; shapes broadcast.",
    examples.binary(name), "@param a tensor", "@param b tensor|number|boolean",
    "@return tensor   bool, of the broadcast shape")
end

--- The entry (see mah.docs.annotations) of a function by the last part of its name, or nil.
---@param name string
---@return table|nil
function families.entry(name)
  local plain = name:gsub("_$", "")
  local lines = unary[plain] and unary_lines(name, unary[plain])
    or binary[plain] and binary_lines(name, binary[plain]) or reductions[name]
    or logical[plain] and logical_lines(name, logical[plain])
    or special[plain] and special_lines(name, special[plain])
  if not lines then return nil end
  local entry = annotations.entry(lines)
  entry.documented = true
  local parameters = special_parameters[plain]
  if unary[plain] then parameters = "x" end
  if binary[plain] and binary[plain]:sub(-1) == "?" then parameters = "a b" end
  if parameters then entry.params = "(" .. parameters:gsub(" ", ", ") .. ")" end
  return entry
end

return families
