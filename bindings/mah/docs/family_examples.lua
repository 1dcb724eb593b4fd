--- Examples of the functions that are made in loops (mah.docs.families): what goes in, and what the
--- function prints of it.
---
---     family_examples.unary "exp_"
---     --> {"    local x = mah.tensor { 0, 1, -1 }", "    x:exp_()", "    print(x)", ...}
local examples = {}

-- -- Of one tensor --------------------------------------------------------------------------------

-- name -> the elements of x, and what is printed
local unary = {
  abs = { "1, -2, 0.5", "{1.0, 2.0, 0.5}" },
  ceil = { "1.5, -1.5, 2", "{ 2.0, -1.0,  2.0}" },
  cos = { "0, 0.5, 1", "{1.0000, 0.8776, 0.5403}" },
  digamma = { "1, 2, 10", "{-0.5772,  0.4228,  2.2518}" },
  erf = { "0, 0.5, -1", "{ 0.0000,  0.5205, -0.8427}" },
  erfc = { "0, 0.5, 1", "{1.0000, 0.4795, 0.1573}" },
  erfcinv = { "1, 0.5, 0.01", "{0.0000, 0.4769, 1.8214}" },
  erfinv = { "0, 0.5, -0.9", "{ 0.0000,  0.4769, -1.1631}" },
  exp = { "0, 1, -1", "{1.0000, 2.7183, 0.3679}" },
  expm1 = { "0, 1, -1", "{ 0.0000,  1.7183, -0.6321}" },
  floor = { "1.5, -1.5, 2", "{ 1.0, -2.0,  2.0}" },
  gamma = { "1, 5, 0.5", "{ 1.0000, 24.0000,  1.7725}" },
  isfinite = { "1, 0 / 0, 1 / 0", "{ true, false, false}" },
  isnan = { "1, 0 / 0, 1 / 0", "{false,  true, false}" },
  lgamma = { "1, 5, 100", "{  0.0000,   3.1781, 359.1342}" },
  log = { "1, 2, 10", "{0.0000, 0.6931, 2.3026}" },
  log1p = { "0, 1, 9", "{0.0000, 0.6931, 2.3026}" },
  neg = { "1, -2, 0.5", "{-1.0,  2.0, -0.5}" },
  reciprocal = { "1, -2, 0.5", "{ 1.0, -0.5,  2.0}" },
  relu = { "1, -2, 0.5", "{1.0, 0.0, 0.5}" },
  round = { "0.5, 1.5, -1.7", "{ 0.0,  2.0, -2.0}" },
  sigmoid = { "0, 2, -2", "{0.5000, 0.8808, 0.1192}" },
  sign = { "3, -2, 0", "{ 1.0, -1.0,  0.0}" },
  sin = { "0, 0.5, 1", "{0.0000, 0.4794, 0.8415}" },
  sqrt = { "4, 2, 0.25", "{2.0000, 1.4142, 0.5000}" },
  square = { "1, -2, 0.5", "{1.00, 4.00, 0.25}" },
  tan = { "0, 0.5, 1", "{0.0000, 0.5463, 1.5574}" },
  tanh = { "0, 0.5, -2", "{ 0.0000,  0.4621, -0.9640}" },
  trunc = { "1.5, -1.5, 2", "{ 1.0, -1.0,  2.0}" },
}

-- name -> the elements of both, and what is printed
local binary = {
  add = { "1, 2, 3", "10, 20, 30", "{11.0, 22.0, 33.0}" },
  beta = { "1, 2, 0.5", "1, 3, 0.5", "{1.0000, 0.0833, 3.1416}" },
  betaln = { "1, 2, 100", "1, 3, 100", "{   0.0000,   -2.4849, -139.6653}" },
  div = { "1, 2, 3", "2, 4, 8", "{0.500, 0.500, 0.375}" },
  eq = { "1, 2, 3", "1, 5, 2", "{ true, false, false}" },
  gammainc = { "1, 2, 3", "0.5, 1, 3", "{0.3935, 0.2642, 0.5768}" },
  gammaincc = { "1, 2, 3", "0.5, 1, 3", "{0.6065, 0.7358, 0.4232}" },
  gammainccinv = { "1, 2, 3", "0.5, 0.5, 0.1", "{0.6931, 1.6783, 5.3223}" },
  gammaincinv = { "1, 2, 3", "0.5, 0.5, 0.9", "{0.6931, 1.6783, 5.3223}" },
  ge = { "1, 2, 3", "1, 5, 2", "{ true, false,  true}" },
  gt = { "1, 2, 3", "1, 5, 2", "{false, false,  true}" },
  le = { "1, 2, 3", "1, 5, 2", "{ true,  true, false}" },
  logical_and = { "0, 1, 2", "0, 0, 3", "{false, false,  true}" },
  logical_or = { "0, 1, 2", "0, 0, 3", "{false,  true,  true}" },
  logical_xor = { "0, 1, 2", "0, 0, 3", "{false,  true, false}" },
  lt = { "1, 2, 3", "1, 5, 2", "{false,  true, false}" },
  maximum = { "1, 5, 3", "4, 2, 3", "{4.0, 5.0, 3.0}" },
  minimum = { "1, 5, 3", "4, 2, 3", "{1.0, 2.0, 3.0}" },
  mul = { "1, 2, 3", "10, 20, 30", "{10.0, 40.0, 90.0}" },
  ne = { "1, 2, 3", "1, 5, 2", "{false,  true,  true}" },
  pow = { "2, 3, 4", "2, 3, 0.5", "{ 4.0, 27.0,  2.0}" },
  remainder = { "5, -5, 5", "3, 3, -3", "{ 2.0,  1.0, -1.0}" },
  sub = { "10, 20, 30", "1, 2, 3", "{ 9.0, 18.0, 27.0}" },
}

-- Those of three, with numbers for the first two; name -> what is printed.
local ternary = {
  betainc = "{0.0523, 0.6875, 0.9963}",
  betaincc = "{0.9477, 0.3125, 0.0037}",
  betaincinv = "{0.1426, 0.3857, 0.6795}",
  betainccinv = "{0.6795, 0.3857, 0.1426}",
}

local aliases = { gammaln = "lgamma", lbeta = "betaln" }
local signs = { add = "+", sub = "-", mul = "*", div = "/", pow = "^", remainder = "%" }

--- A vector of three as print shows it: truth values are a bool tensor, or 1 and 0 where they are
--- written into x.
local function shown(values, in_place)
  local is_truth = values:find "true"
  if is_truth and in_place then
    values = values:gsub("%s*true", "1.0"):gsub("%s*false", "0.0"):gsub(",", ", ")
  end
  return { "    --> " .. (is_truth and not in_place and "bool" or "float32") .. " 3",
    "    --> " .. values }
end

local function finished(lines, values, in_place)
  for _, line in ipairs(shown(values, in_place)) do lines[#lines + 1] = line end
  return lines
end

--- The example of f(x), or in place x:f_(), as indented lines; none where the table has nothing.
---@param name string   "exp", "exp_"
---@return string[]
function examples.unary(name)
  local plain = name:gsub("_$", "")
  local given, printed = unpack(unary[aliases[plain] or plain] or {})
  if not given then return {} end
  if name ~= plain then
    return finished({ ("    local x = mah.tensor { %s }"):format(given),
      ("    x:%s()"):format(name), "    print(x)" }, printed, true)
  end
  return finished({ ("    print(mah.%s(mah.tensor { %s }))"):format(name, given) }, printed)
end

--- The example of f(a, b), or in place a:f_(b), as indented lines.
---@param name string   "add", "add_"
---@param second string|nil   the name of the second operand, b
---@return string[]
function examples.binary(name, second)
  second = second or "b"
  local plain = name:gsub("_$", "")
  local a, b, printed = unpack(binary[aliases[plain] or plain] or {})
  if not a then return {} end
  local lines = { ("    local a, %s = mah.tensor { %s }, mah.tensor { %s }"):format(second, a, b) }
  if name ~= plain then
    lines[2], lines[3] = ("    a:%s(%s)"):format(name, second), "    print(a)"
    return finished(lines, printed, true)
  end
  local sign = signs[name] and (" -- or a %s b"):format(signs[name]) or ""
  lines[2] = ("    print(mah.%s(a, %s))%s"):format(name, second, sign)
  return finished(lines, printed)
end

--- The example of f(a, b, x), as indented lines.
---@param name string   "betainc"
---@return string[]
function examples.ternary(name)
  return finished({ ("    print(mah.%s(2, 3, mah.tensor { 0.1, 0.5, 0.9 }))"):format(name) },
    ternary[name])
end

-- -- Reductions that have no comment in the source ------------------------------------------------

local matrix = "    local x = mah.tensor { { 1, 5, 3 }, { 4, 2, 9 } }"
local with_nan = "    local x = mah.tensor { { 1, 0 / 0, 3 }, { 4, 6, 0 / 0 } }"

--- name -> indented lines
examples.reductions = {
  var = { matrix, "    print(x:var(), x:var(2)[1])   --> 8 4",
    '    print(("%.4f"):format(x:var(false)))   --> 6.6667' },
  std = { matrix, "    print(x:std(2))", "    --> float32 2", "    --> {2.0000, 3.6056}" },
  nanvar = { with_nan, "    print(x:nanvar(2))", "    --> float32 2", "    --> {2.0, 2.0}" },
  nanstd = { with_nan, "    print(x:nanstd(2))", "    --> float32 2", "    --> {1.4142, 1.4142}" },
  min = { matrix, "    print(x:min())   --> 1", "    local values, places = x:min(2)",
    "    print(values[2], places[2])   --> 2 2" },
  max = { matrix, "    print(x:max())   --> 9", "    local values, places = x:max(2)",
    "    print(values[1], places[1])   --> 5 2" },
  argmin = { matrix, "    print(x:argmin())   --> 1", "    print(x:argmin(2))", "    --> int32 2",
    "    --> {1, 2}" },
  argmax = { matrix, "    print(x:argmax())   --> 6", "    print(x:argmax(2))", "    --> int32 2",
    "    --> {2, 3}" },
}

return examples
