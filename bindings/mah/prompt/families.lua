--- What functions do that are made in loops, and so have no comment of their own in the source:
--- element by element, over all elements.
---
---     families.entry "exp_"      --> {summary = "x = e^x, element by element.", ...}
local annotations = require "mah.prompt.annotations"

local families = {}

local unary = {
  neg = "-x", abs = "|x|", sign = "-1, 0 or 1", square = "x x", relu = "max(x, 0)",
  floor = "the largest integer <= x", ceil = "the smallest integer >= x",
  round = "the nearest integer, ties to the even one",
    trunc = "x without its fraction, towards zero",
  reciprocal = "1 / x", sqrt = "the square root of x", exp = "e^x",
  expm1 = "e^x - 1, exact near 0", log = "the natural logarithm of x",
  log1p = "log(1 + x), exact near 0", sin = "the sine of x (radians)",
  cos = "the cosine of x (radians)", tan = "the tangent of x (radians)",
  tanh = "the hyperbolic tangent of x", sigmoid = "1 / (1 + e^-x)",
  isnan = "1 where x is NaN, else 0 (uint8)",
    isfinite = "1 where x is neither NaN nor infinite, else 0 (uint8)",
}

local binary = {
  add = "a + b", sub = "a - b", mul = "a b", div = "a / b; integers give float32", pow = "a^b",
  remainder = "a - floor(a / b) b: the divisor's sign, as in Lua",
  minimum = "the smaller one, NaN if either is", maximum = "the larger one, NaN if either is",
  eq = "1 where a = b, else 0 (uint8)", ne = "1 where a is not b, else 0 (uint8)",
  lt = "1 where a < b, else 0 (uint8)", le = "1 where a <= b, else 0 (uint8)",
  gt = "1 where a > b, else 0 (uint8)", ge = "1 where a >= b, else 0 (uint8)",
}

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
  min = reduction("The smallest element. Along a dimension also where it stands (int32, from 1).",
    along[1], along[2], "@return number|tensor values", "@return tensor|nil places"),
  max = reduction("The largest element. Along a dimension also where it stands (int32, from 1).",
    along[1], along[2], "@return number|tensor values", "@return tensor|nil places"),
  argmin = reduction("Where the smallest element stands, counted from 1 (int32).", along[1],
    along[2],
    "@return integer|tensor"),
  argmax = reduction("Where the largest element stands, counted from 1 (int32).", along[1],
    along[2],
    "@return integer|tensor"),
}

local function unary_lines(name, text)
  if name:sub(-1) == "_" then
    return { (" x = %s, element by element, in place."):format(text), "@return tensor x" }
  end
  return { (" %s, element by element, as a new tensor; a number for a number."):format(text),
    "@param x tensor|number",
    "@return tensor" }
end

local function binary_lines(name, text)
  if name:sub(-1) == "_" then
    return { (" a = %s, element by element, in place; b broadcasts."):format(text),
      "@param b tensor|number",
      "@return tensor a" }
  end
  return { (" %s, element by element, as a new tensor; shapes broadcast."):format(text),
    "@param a tensor|number",
    "@param b tensor|number", "@return tensor" }
end

--- The entry (see mah.prompt.annotations) of a function by the last part of its name, or nil.
---@param name string
---@return table|nil
function families.entry(name)
  local plain = name:gsub("_$", "")
  local lines = unary[plain] and unary_lines(name, unary[plain]) or binary[plain]
    and binary_lines(name, binary[plain])
    or reductions[name]
  if not lines then return nil end
  local entry = annotations.entry(lines)
  entry.documented = true
  return entry
end

return families
