--- Initial values of parameters: mah.init.NAME(t, options) fills a tensor in place and gives it.
---
--- Weights are (in, out), as mah.mlp's; what more dimensions there are, as a convolution's places,
--- multiplies both. N(0, v) has the variance v and is not truncated. Numbers are drawn row by row.
--- A generator in the place of the options stands for {rng = generator}.
---
---     local W = mah.init.he_normal(mah.empty(784, 100), { rng = mah.rng(1) })
---     print(("%.2f %.2f"):format(W:std(), math.sqrt(2 / 784)))         --> 0.05 0.05
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local linalg = require "mah.tensor.linalg"
local operands = require "mah.grad.operands"
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local tensor = require "mah.tensor"

local init = {}

--- Bounds and standard deviations, from the numbers of inputs and outputs.
local sizes = {
  glorot_uniform = function(n_in, n_out) return math.sqrt(6 / (n_in + n_out)) end,
  glorot_normal = function(n_in, n_out) return math.sqrt(2 / (n_in + n_out)) end,
  he_uniform = function(n_in) return math.sqrt(6 / n_in) end,
  he_normal = function(n_in) return math.sqrt(2 / n_in) end,
  lecun_uniform = function(n_in) return math.sqrt(3 / n_in) end,
  lecun_normal = function(n_in) return math.sqrt(1 / n_in) end,
}

-- -- From the sizes -------------------------------------------------------------------------------

--- The numbers of inputs and outputs that a tensor of weights stands between.
local function fans(t, where)
  check.that(t.ndim >= 2, "%s: weights (in, out) are expected, got %s", where, Type.describe(t))
  local shape, places = t.shape, 1
  for d = 3, #shape do places = places * shape[d] end
  return shape[1] * places, shape[2] * places
end

local usual = {
  rng = { nil, "integer|table", nil, "a seed, or a generator (mah.rng); nil: the default generator "
    .. "(mah.manual_seed)" },
  gain = { 1, "number", "(0, inf)", "factor of all values" },
}
local scheme_rules = options.declare("mah.init.glorot_uniform mah.init.glorot_normal "
  .. "mah.init.he_uniform mah.init.he_normal mah.init.lecun_uniform mah.init.lecun_normal "
  .. "mah.init.orthogonal", usual)

--- What can be drawn: float32 or float64.
local function expect(t, where)
  check.that(operands.is_float(Type.expect(t, where)), "%s: float32 or float64 is expected, got %s",
    where, Type.describe(t))
  return t
end

local rng_class = getmetatable(random.rng(0))

--- The options; a generator in their place stands for {rng = generator}.
local function read(given, rules, where)
  if type(given) == "table" and getmetatable(given) == rng_class then given = { rng = given } end
  return options(given, rules, where)
end

local function draw(t, given, name)
  local where = "mah.init." .. name
  local o = read(given, scheme_rules, where)
  local n_in, n_out = fans(expect(t, where), where)
  local size, rng = sizes[name](n_in, n_out) * o.gain, random.generator(o.rng, where)
  if t:numel() == 0 then return t end
  if name:find "normal" then return rng:fill_normal(t, 0, size) end
  return rng:fill_uniform(t, -size, size)
end

--- U(-b, b), b = gain sqrt(6 / (in + out)) (Glorot, Bengio: "Understanding the difficulty of
--- training deep feedforward neural networks", AISTATS 2010).
---
---     local t = mah.init.glorot_uniform(mah.empty(2, 4), { rng = 1 })
---     print(t:abs():max() <= 1)                                   --> true
---@param t tensor   (in, out), or with more dimensions
---@param given {rng: integer|rng|nil, gain: number?}|nil
---@return tensor t
function init.glorot_uniform(t, given) return draw(t, given, "glorot_uniform") end

--- N(0, gain^2 2 / (in + out)) (Glorot, Bengio 2010).
---
---     local t = mah.init.glorot_normal(mah.empty(200, 200), { rng = 1 })
---     print(("%.1f"):format(t:std() * math.sqrt(200)))            --> 1.0
---@param t tensor   (in, out), or with more dimensions
---@param given {rng: integer|rng|nil, gain: number?}|nil
---@return tensor t
function init.glorot_normal(t, given) return draw(t, given, "glorot_normal") end

--- U(-b, b), b = gain sqrt(6 / in) (He, Zhang, Ren, Sun: "Delving deep into rectifiers", 2015).
---
---     local t = mah.init.he_uniform(mah.empty(6, 4), { rng = 1 })
---     print(t:abs():max() <= 1)                                   --> true
---@param t tensor   (in, out), or with more dimensions
---@param given {rng: integer|rng|nil, gain: number?}|nil
---@return tensor t
function init.he_uniform(t, given) return draw(t, given, "he_uniform") end

--- N(0, gain^2 2 / in) (He, Zhang, Ren, Sun 2015).
---
---     local t = mah.init.he_normal(mah.empty(200, 100), { rng = 1 })
---     print(("%.1f"):format(t:std() * math.sqrt(100)))            --> 1.0
---@param t tensor   (in, out), or with more dimensions
---@param given {rng: integer|rng|nil, gain: number?}|nil
---@return tensor t
function init.he_normal(t, given) return draw(t, given, "he_normal") end

--- U(-b, b), b = gain sqrt(3 / in) (LeCun, Bottou, Orr, Müller: "Efficient backprop", 1998).
---
---     local t = mah.init.lecun_uniform(mah.empty(3, 4), { rng = 1 })
---     print(t:abs():max() <= 1)                                   --> true
---@param t tensor   (in, out), or with more dimensions
---@param given {rng: integer|rng|nil, gain: number?}|nil
---@return tensor t
function init.lecun_uniform(t, given) return draw(t, given, "lecun_uniform") end

--- N(0, gain^2 / in) (LeCun, Bottou, Orr, Müller 1998).
---
---     local t = mah.init.lecun_normal(mah.empty(200, 100), { rng = 1 })
---     print(("%.1f"):format(t:std() * math.sqrt(200)))            --> 1.0
---@param t tensor   (in, out), or with more dimensions
---@param given {rng: integer|rng|nil, gain: number?}|nil
---@return tensor t
function init.lecun_normal(t, given) return draw(t, given, "lecun_normal") end

-- -- From numbers ---------------------------------------------------------------------------------

local uniform_rules = options.declare("mah.init.uniform", {
  rng = usual.rng,
  low = { 0, "number", nil, "the least value" },
  high = { 1, "number", nil, "the end of the range, which is not reached" },
})

--- Uniform in [low, high).
---
---     local t = mah.init.uniform(mah.empty(100), { rng = 1, low = -2, high = 2 })
---     print(t:min() >= -2, t:max() < 2)                                --> true true
---@param t tensor
---@param given {rng: integer|rng|nil, low: number?, high: number?}|nil
---@return tensor t
function init.uniform(t, given)
  local where = "mah.init.uniform"
  local o = read(given, uniform_rules, where)
  return random.generator(o.rng, where):fill_uniform(expect(t, where), o.low, o.high)
end

local normal_rules = options.declare("mah.init.normal", {
  rng = usual.rng,
  mean = { 0, "number", nil, "mean" },
  std = { 1, "number", "[0, inf)", "standard deviation" },
})

--- Normally distributed.
---
---     local t = mah.init.normal(mah.empty(10000), { rng = 1, mean = 5, std = 2 })
---     print(("%.1f %.1f"):format(t:mean(), t:std()))                   --> 5.0 2.0
---@param t tensor
---@param given {rng: integer|rng|nil, mean: number?, std: number?}|nil
---@return tensor t
function init.normal(t, given)
  local where = "mah.init.normal"
  local o = read(given, normal_rules, where)
  return random.generator(o.rng, where):fill_normal(expect(t, where), o.mean, o.std)
end

--- An orthogonal matrix times gain: its rows, or its columns where there are fewer of them, are at
--- right angles (Saxe, McClelland, Ganguli: "Exact solutions to the nonlinear dynamics of learning
--- in deep linear neural networks", ICLR 2014). Further dimensions count as columns.
---
---     local t = mah.init.orthogonal(mah.empty(3, 5), { rng = 1 })
---     print((t:matmul(t:t()) - mah.eye(3)):abs():max() < 1e-5)         --> true
---@param t tensor   (in, out), or with more dimensions
---@param given {rng: integer|rng|nil, gain: number?}|nil
---@return tensor t
function init.orthogonal(t, given)
  local where = "mah.init.orthogonal"
  local o = read(given, scheme_rules, where)
  fans(expect(t, where), where)
  if t:numel() == 0 then return t end
  local rows = t.shape[1]
  local columns = t:numel() / rows
  local long, short = math.max(rows, columns), math.min(rows, columns)
  local drawn = tensor.empty(long, short, { dtype = "float64" })
  random.generator(o.rng, where):fill_normal(drawn, 0, 1)
  local q, r = linalg.qr(drawn)
  q = q * r:diag():sign() -- else not uniform among the orthogonal ones (Mezzadri, 2007)
  return t:copy_((rows < columns and q:t() or q):reshape(t.shape) * o.gain)
end

local not_drawn = { nil, "integer|table", nil, "taken, so that all of mah.init are called alike; "
  .. "nothing is drawn" }
local constant_rules = options.declare("mah.init.constant", {
  rng = not_drawn, value = { options.required, "number", nil, "of all elements" },
})

--- The same number everywhere.
---
---     print(mah.init.constant(mah.empty(2, 3), { value = 0.5 }):sum()) --> 3
---@param t tensor
---@param given {value: number}
---@return tensor t
function init.constant(t, given)
  local o = read(given, constant_rules, "mah.init.constant")
  return Type.expect(t, "mah.init.constant"):fill_(o.value)
end

local plain_rules = options.declare("mah.init.zeros mah.init.ones", { rng = not_drawn })

--- 0 everywhere.
---
---     print(mah.init.zeros(mah.empty(2, 3)):abs():sum())               --> 0
---@param t tensor
---@param given {rng: integer|rng|nil}|nil
---@return tensor t
function init.zeros(t, given)
  read(given, plain_rules, "mah.init.zeros")
  return Type.expect(t, "mah.init.zeros"):fill_(0)
end

--- 1 everywhere, as of the scale of a normalisation.
---
---     print(mah.init.ones(mah.empty(2, 3)):sum())                      --> 6
---@param t tensor
---@param given {rng: integer|rng|nil}|nil
---@return tensor t
function init.ones(t, given)
  read(given, plain_rules, "mah.init.ones")
  return Type.expect(t, "mah.init.ones"):fill_(1)
end

return init
