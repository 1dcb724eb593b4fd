--- Derivatives of arithmetic, element by element. Where there is none, or many, they are
--- PyTorch's: |x| and relu have 0 at 0, equal elements share the gradient of minimum and maximum
--- by halves, and x^0 has 0 everywhere.
local Type = require "mah.tensor.type"
local elementwise = require "mah.tensor.elementwise"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"
require "mah.tensor.special"

local methods, operators = Type.methods, Type.operators
local raw = operands.raw

local pi = math.pi
local TWO_BY_ROOT_PI = 2 / math.sqrt(pi)

-- -- One operand: the gradient of x from that of y = f(x) -----------------------------------------

local unary = {
  neg = function(g) return -g end,
  abs = function(g, _, x) return g * raw(x):sign() end,
  square = function(g, _, x) return g * x * 2 end,
  relu = function(g, y) return o.where(raw(y):gt(0), g, 0) end,
  reciprocal = function(g, y) return -g * y * y end,
  sqrt = function(g, y) return g / (y * 2) end,
  exp = function(g, y) return g * y end,
  expm1 = function(g, y) return g * (y + 1) end,
  log = function(g, _, x) return g / x end,
  log1p = function(g, _, x) return g / (x + 1) end,
  sin = function(g, _, x) return g * x:cos() end,
  cos = function(g, _, x) return -g * x:sin() end,
  tan = function(g, y) return g * (y * y + 1) end,
  tanh = function(g, y) return g * (1 - y * y) end,
  sigmoid = function(g, y) return g * y * (1 - y) end,
  erf = function(g, _, x) return g * (-x * x):exp() * TWO_BY_ROOT_PI end,
  erfc = function(g, _, x) return g * (-x * x):exp() * -TWO_BY_ROOT_PI end,
  erfinv = function(g, y) return g * (y * y):exp() / TWO_BY_ROOT_PI end,
  erfcinv = function(g, y) return g * (y * y):exp() / -TWO_BY_ROOT_PI end,
  gamma = function(g, y, x) return g * y * o.digamma(x) end,
  lgamma = function(g, _, x) return g * o.digamma(x) end,
  digamma = function(g, _, x) return g * o.trigamma(x) end,
}
for name, da in pairs(unary) do o.define_one(name, methods[name], da, name == "neg") end
o.gammaln = o.lgamma

-- log(1 + e^x), without overflow; its derivative is the sigmoid everywhere.
o.define_one("softplus", function(x) return x:relu() + (-x:abs()):exp():log1p() end,
  function(g, _, x) return g * x:sigmoid() end)

-- Abramowitz and Stegun, 6.4.12: trigamma(z) = 1/z + 1/(2 z^2) + sum B_2k / z^(2k + 1), for z >= 8.
local BERNOULLI = { 1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6 }

local function trigamma_of_positive(x)
  local sum = 0
  for k = 0, 7 do sum = ((x + k):square()):reciprocal() + sum end -- 6.4.6
  local z = (x + 8):reciprocal()
  local square, tail = z * z, 0
  for k = #BERNOULLI, 1, -1 do tail = square * tail + BERNOULLI[k] end
  return sum + z + square / 2 + z * square * tail
end

--- The derivative of digamma, by operations that have derivatives.
function o.trigamma(x)
  local is_low = raw(x):lt(0.5)
  local y = trigamma_of_positive(o.where(is_low, 1 - x, x))
  if not is_low:any() then return y end
  local turned = (o.where(is_low, x, 0.5) * pi):sin():reciprocal():square() * pi ^ 2 - y -- 6.4.7
  return o.where(is_low, turned, y)
end

-- -- Two operands, which broadcast ----------------------------------------------------------------

--- Where one is the result; halves where both are.
local function share(g, a, b, is_mine)
  a, b = raw(a), raw(b)
  return o.where(elementwise.eq(a, b), g / 2, o.where(is_mine(a, b), g, 0))
end

local function pow_da(g, _, a, b)
  if type(b) == "number" then
    if b == 0 then return g * 0 end
    if b == 1 then return g end
    return g * o.pow(a, b - 1) * b
  end
  return o.where(raw(b):eq(0), 0, g * (b * o.pow(a, b - 1)))
end

local function pow_db(g, y, a, b)
  if type(a) == "number" then
    if a == 0 then return o.where(raw(b):ge(0), 0, g * y * -math.huge) end
    return g * y * math.log(a)
  end
  local flat = elementwise.mul(raw(a):eq(0), elementwise.ge(raw(b), 0))
  return o.where(flat, 0, g * (y * a:log()))
end

o.define_two("add", operators.add, function(g) return g end, function(g) return g end, true)
o.define_two("sub", operators.sub, function(g) return g end, function(g) return -g end, true)
o.define_two("mul", operators.mul, function(g, _, _, b) return g * b end,
  function(g, _, a) return g * a end)
o.define_two("div", operators.div, function(g, _, _, b) return g / b end,
  function(g, y, _, b) return -g * (y / b) end)
o.define_two("pow", operators.pow, pow_da, pow_db)
o.define_two("remainder", operators.mod, function(g) return g end,
  function(g, _, a, b) return -g * elementwise.floor(elementwise.div(raw(a), raw(b))) end)
o.define_two("minimum", elementwise.minimum,
  function(g, _, a, b) return share(g, a, b, elementwise.lt) end,
  function(g, _, a, b) return share(g, a, b, elementwise.gt) end)
o.define_two("maximum", elementwise.maximum,
  function(g, _, a, b) return share(g, a, b, elementwise.gt) end,
  function(g, _, a, b) return share(g, a, b, elementwise.lt) end)
o.define_two("lerp", methods.lerp, function(g, _, _, _, weight) return g * (1 - weight) end,
  function(g, _, _, _, weight) return g * weight end, true)
o.define_two("betaln", methods.betaln,
  function(g, _, a, b) return g * (o.digamma(a) - o.digamma(a + b)) end,
  function(g, _, a, b) return g * (o.digamma(b) - o.digamma(a + b)) end)
o.define_two("beta", methods.beta,
  function(g, y, a, b) return g * y * (o.digamma(a) - o.digamma(a + b)) end,
  function(g, y, a, b) return g * y * (o.digamma(b) - o.digamma(a + b)) end)
o.lbeta = o.betaln

-- -- Choices --------------------------------------------------------------------------------------

-- a and b change places with the condition, which has no gradient.
local where = elementwise.where
o.define_two("where_", function(a, b, condition) return where(condition, a, b) end,
  function(g, _, _, _, condition) return o.where(condition, g, 0) end,
  function(g, _, _, _, condition) return o.where(condition, 0, g) end, true)

--- As mah.where; the branch that is not taken gets 0, of which what led there may make NaN.
function o.where(condition, a, b) return o.where_(a, b, raw(condition)) end

o.define_one("clamp", methods.clamp, function(g, _, x, low, high)
  local inside = raw(x):ge(low or -math.huge):mul(raw(x):le(high or math.huge))
  return o.where(inside, g, 0)
end)

-- -- dtypes and copies ----------------------------------------------------------------------------

o.define_one("to", methods.to, function(g, _, x) return g:to(raw(x).dtype) end, true)
for name, dtype in pairs { float = "float32", double = "float64", half = "float16",
  bfloat16 = "bfloat16" } do
  o[name] = function(x) return o.to(x, dtype) end
end
for _, name in ipairs { "clone", "contiguous" } do
  o.define_one(name, methods[name], function(g) return g end, true)
end

return o
