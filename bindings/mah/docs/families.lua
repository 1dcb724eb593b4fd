--- What functions do that are made in loops, and so have no comment of their own in the source:
--- element by element, over all elements.
---
---     families.entry "exp_"      --> {summary = "x = e^x, element by element.", ...}
local C = require "mah.base.library"
local annotations = require "mah.docs.annotations"
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
  "@param keepdim boolean|nil" }
local spread = { along[1],
  "@param unbiased boolean|number|nil   false: divide by n; a number: by n - number",
  along[2], "@return number|tensor" }

local function reduction(text, ...)
  local lines = { " " .. text }
  for _, line in ipairs { ... } do lines[#lines + 1] = line end
  return lines
end

local reductions = {
  var = reduction("The variance: sum (x - mean)^2 / (n - 1).", unpack(spread)),
  std = reduction("The standard deviation: the square root of the variance.", unpack(spread)),
  nanvar = reduction("The variance of what is not NaN: sum (x - mean)^2 / (n - 1), where n counts "
    .. "the numbers.", unpack(spread)),
  nanstd = reduction("The square root of nanvar.", unpack(spread)),
  min = reduction("The smallest element. Along a dimension also where it stands (int32, from 1).",
    along[1], along[2], "@return number|tensor values", "@return tensor|nil places"),
  max = reduction("The largest element. Along a dimension also where it stands (int32, from 1).",
    along[1], along[2], "@return number|tensor values", "@return tensor|nil places"),
  argmin = reduction("Where the smallest element stands, counted from 1 (int32).",
    along[1], along[2], "@return integer|tensor"),
  argmax = reduction("Where the largest element stands, counted from 1 (int32).",
    along[1], along[2], "@return integer|tensor"),
}

local function unary_lines(name, text)
  if name:sub(-1) == "_" then
    return { (" x = %s, element by element, in place."):format(text), "@return tensor x" }
  end
  if text:sub(-1) == "?" then
    return { (" %s, element by element, as a new bool tensor; a truth value for a number.")
      :format(text), "@param x tensor|number", "@return tensor|boolean" }
  end
  return { (" %s, element by element, as a new tensor; a number for a number."):format(text),
    "@param x tensor|number", "@return tensor" }
end

local function binary_lines(name, text)
  if name:sub(-1) == "_" then
    return { (" a = %s, element by element, in place; b broadcasts."):format(text),
      "@param b tensor|number", "@return tensor a" }
  end
  return { (" %s, element by element, as a new %stensor; shapes broadcast."):format(text,
    text:sub(-1) == "?" and "bool " or ""), "@param a tensor|number", "@param b tensor|number",
    "@return tensor" }
end

local function special_lines(name, text)
  local parameters = special_parameters[(name:gsub("_$", ""))]
  if parameters == "x" then return unary_lines(name, text) end
  local lines = { (" %s, element by element; shapes broadcast, numbers give a number."):format(
    text) }
  for parameter in parameters:gmatch "%a" do
    lines[#lines + 1] = "@param " .. parameter .. " tensor|number"
  end
  lines[#lines + 1] = "@return tensor|number"
  return lines
end

local logical = {
  logical_and = "are a and b not 0?", logical_or = "is a or b not 0?",
  logical_xor = "is one of a and b not 0, and the other 0?",
}

local function logical_lines(name, text)
  if name:sub(-1) == "_" then
    return { (" a = %s, element by element, in place, as 1 and 0."):format(text),
      "@param b tensor|number|boolean", "@return tensor a" }
  end
  return { (" %s, element by element, as a new bool tensor; shapes broadcast."):format(text),
    "@param a tensor", "@param b tensor|number|boolean", "@return tensor" }
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
