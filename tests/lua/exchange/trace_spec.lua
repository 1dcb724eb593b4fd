-- Functions of rows as programs, ONNX files and C source: these say what the function says.
local affine = require "mah.exchange.lower.affine"
local mah = require "mah"
local program = require "mah.exchange.program"
local trace = require "mah.exchange.trace"
local written = require "exchange.written"

local cases

local function normal(seed, ...) return mah.randn({ ... }, { rng = mah.rng(seed) }) end

local function matrix(n, d, dtype)
  return mah.randn(n, d, { rng = mah.rng(7), dtype = dtype or "float32" })
end

--- The program of a function of one x.
local function lowered(f, x)
  local p = program.new()
  local outputs = trace(p, f, x)
  p.result = { kind = "network", value = outputs[1].value, sizes = outputs[1].sizes }
  return affine.fold(p):trim()
end

local function add(about, f, x, given) cases:add(about, lowered(f, x), x, f, given) end

-- -- The cases ------------------------------------------------------------------------------------

local W, b, V = normal(1, 4, 6) / 2, normal(2, 6), normal(3, 6, 3) / 2
local T = normal(4, 5, 3) -- a table of vectors

local function add_operations(dtype)
  local x = matrix(9, 4, dtype)
  local function try(about, f, given) add(about .. ", " .. dtype, f, x, given) end
  local w, c, v = W:to(dtype), b:to(dtype), V:to(dtype)
  for _, name in ipairs { "neg", "abs", "square", "relu", "exp", "expm1", "sin", "cos", "tan",
    "tanh", "sigmoid", "erf", "erfc", "sign", "floor", "ceil", "round", "trunc" } do
    try(name, function(t) return t[name](t * 0.4) end)
  end
  for _, name in ipairs { "sqrt", "log", "log1p", "reciprocal" } do
    try(name, function(t) return t[name](t:abs() + 0.1) end)
  end
  try("arithmetic", function(t) return (2 - t) / 3 + t * t - (5 / (t * t + 1)) ^ 2 end)
  try("powers", function(t)
    return t ^ 2 + (t * t + 1) ^ 0.5 + t:abs() ^ 1.5 + mah.tensor(2, dtype) ^ t
  end)
  try("with rows of one number", function(t)
    local m = t:max(2, true)
    return (t - m) * m / (t:min(2, true) - 4) + mah.maximum(t, m * 0.5) + mah.minimum(m, t)
  end)
  try("with constants of each column", function(t)
    return t * w:t()[1]:narrow(1, 1, 4) + (c:narrow(1, 1, 4) - t) / c:narrow(1, 2, 4)
  end)
  try("remainder and lerp", function(t) return t % 1.5 + t:lerp(t * t, 0.25) + (t * t + 1) % t end)
  try("clamp", function(t) return t:clamp(-0.5, 0.75) + t:clamp(nil, 0.1) + t:clamp(0.2) end)
  try("where", function(t)
    return mah.where(t:gt(0), t, t * 0.1) + mah.where(t:le(0.5):logical_and(t:ne(0)), 1, 0)
      + mah.where(w:t():narrow(1, 1, 1):narrow(2, 1, 4):gt(0), t, -t)
  end)
  try("where something is no number", function(t)
    return mah.where((t - 0.2):sqrt(), t, t * 2) + mah.where(t:relu(), 3, t)
  end)
  try("truth", function(t)
    return t:gt(0):to(dtype) + t:lt(0.5):logical_or(t:ge(1)):to(dtype) * 2
      + t:eq(t):logical_xor(t:gt(1)):logical_not():to(dtype) + t:isnan():to(dtype)
      + t:gt(-0.3):to(dtype) * t
  end)
  try("truths added", function(t)
    return (t:gt(0) + t:lt(0.5)):to(dtype) + (t:gt(0) * t:lt(0.5)):to(dtype) * 2
  end)
  try("numbers beyond their types", function(t)
    local far = mah.where(t:gt(1), t / 0, t * 300)
    return mah.cat({ far:byte(), (far * 1e9):int(), (far - far):byte(), (far - far):int(),
      (far - far):long() }, 2):to(dtype)
  end)
  try("log1p of infinity", function(t) return mah.where(t:gt(1), t / 0, t:abs()):log1p() end)
  try("detached", function(t) return t * t:detach():abs() end)
  try("sums", function(t)
    return mah.cat({ t:sum(2, true), t:mean(2, true), t:prod(2, true), t:norm(2, 2, true),
      t:norm(1, 2, true), t:norm(math.huge, 2, true), t:norm(3, 2, true), (t:max(2, true)) }, 2)
  end)
  try("spread", function(t)
    return mah.stack({ t:var(2), t:std(2), t:var(2, false), t:std(2, false) }, 2)
  end)
  try("a sum for each row", function(t) return (t * t):sum(2) * t:mean(2) end)
  try("cumsum", function(t) return t:cumsum(2) end)
  try("softmax", function(t) return t:softmax(2) + t:log_softmax(2) + t:logsumexp(2, true) end)
  try("linear", function(t) return t:matmul(w) + c end)
  try("linear of the other side", function(t)
    return (t:matmul(w):reshape(-1, 2, 3):transpose(2, 3)):reshape(-1, 6)
  end)
  try("residual", function(t)
    local h = (t:matmul(w) + c):tanh()
    return (h + (h:matmul(v):matmul(v:t()) + c):relu()):matmul(v)
  end)
  try("tied weights", function(t) return t:matmul(w):tanh():matmul(w:t()) end)
  try("weight norm", function(t)
    local u = w / w:norm(2, 1, true) * c
    return t:matmul(u)
  end)
  try("columns", function(t)
    return mah.cat({ t:narrow(2, 2, 2), t:select(2, 1):unsqueeze(2), t { {}, { 1, 4, 2 } },
      t:flip(2), t:roll(1, 2), t:index_select(2, { 3, 3 }), t:tile(1, 2) }, 2)
  end)
  try("cat with constants", function(t)
    return mah.cat({ mah.ones(#t, 2, { dtype = dtype }), t, t:mul(0):narrow(2, 1, 1) + 3 }, 2)
  end)
  try("groups of columns", function(t)
    local g = t:reshape(-1, 2, 2)
    return mah.cat({ g:sum(2), g:softmax(2):reshape(-1, 4), g:mean(3), (g:max(2)),
      (g - g:mean(2, true)):reshape(-1, 4), g:cumsum(2):flatten(2), g:prod(3), (g:min(3)) }, 2)
  end)
  try("products of rows", function(t)
    local g = t:reshape(-1, 2, 2)
    local q = g:matmul(g:transpose(2, 3)):softmax(3)
    return (q:matmul(g) + w:narrow(1, 1, 2):narrow(2, 1, 2):matmul(g)):reshape(-1, 4)
      + g:matmul(w:narrow(1, 1, 2):narrow(2, 1, 2)):reshape(-1, 4)
  end)
  try("rows of rows", function(t)
    local g = t:reshape(-1, 2) -- (2 N, 2)
    return (g:matmul(w:narrow(1, 1, 2)) + c):tanh():sum(2, true):reshape(-1, 2)
  end)
  try("of other types", function(t)
    return t:double():exp():float():to(dtype) + t:long():to(dtype)
  end)
  local scale, shift, mean = w[1]:abs() + 0.5, w[2], w[3]
  try("batch norm behind a layer", function(t)
    return ((t:matmul(w) + c - mean) / (scale + 1e-5):sqrt() * c + shift):relu():matmul(v)
  end)
  try("batch norm by itself", function(t)
    return (t - mean:narrow(1, 1, 4)) / scale:narrow(1, 1, 4):sqrt() * 3 + shift:narrow(1, 1, 4)
  end)
  try("gelu and its like", function(t)
    return t * 0.5 * ((t / math.sqrt(2)):erf() + 1) + t * t:sigmoid() + (t:exp() + 1):log()
      + t * 0.5 * (((t + t ^ 3 * 0.044715) * math.sqrt(2 / math.pi)):tanh() + 1)
  end)
  try("a gated unit", function(t)
    local h = t:matmul(w)
    return h:narrow(2, 1, 3) * h:narrow(2, 4, 3):sigmoid()
  end)
  try("checkpointed, without gradients, of one's own", function(t)
    local half = mah.custom { forward = function(z) return z / 2 end,
      backward = function(g) return g / 2 end }
    return half(mah.checkpoint(function(z) return (z * w[1]:narrow(1, 1, 4)):tanh() end)(t))
      + mah.no_grad(function(z) return z:abs() end)(t)
  end)
end

local function layer_norm(t)
  local d = t - t:mean(2, true)
  return d / ((d * d):mean(2, true) + 1e-5):sqrt()
end

local function add_layer_norms()
  for _, mean in ipairs { 0, 100, 1e4, -1e6 } do
    local x = matrix(20, 64) + mean
    add("layer norm about " .. mean, layer_norm, x, { is_deep = true, slack = 2 })
    add("variance about " .. mean, function(t) return t:var(2, false, true) end, x,
      { is_deep = true, slack = 2 })
  end
end

local function add_inputs()
  local codes = mah.tensor({ 1, 5, 2, 3, 3 }, { dtype = "int64" })
  add("an embedding", function(t) return mah.index_select(T, 1, t) end, codes)
  add("an embedding with a layer", function(t) return T:index_select(1, t):tanh():matmul(V:t()) end,
    codes:int())
  local several = mah.tensor({ { 1, 5 }, { 2, 2 }, { 4, 3 }, { 5, 1 } }, { dtype = "int32" })
  add("several embeddings", function(t)
    return mah.index_select(T, 1, t:reshape(-1)):reshape(-1, 6) + (t:float():sum(2, true))
  end, several)
  add("codes among numbers", function(t)
    local code = t:select(2, 1):long():clamp(1, 5)
    return mah.cat({ mah.index_select(T, 1, code), t:narrow(2, 2, 2) }, 2)
  end, mah.tensor { { 1, 0.5, 2 }, { 5, 7, 1 }, { 2, 0.25, 1 } })
  local images = mah.randn(6, 3, 5, { rng = mah.rng(5) })
  add("images", function(t) return t:mean(3):tanh() end, images)
  add("images to images", function(t) return t:flip(3):tanh() * t end, images)
  add("images behind a layer", function(t) return t:matmul(T) + 1 end, images)
  add("images in another form", function(t) return t:reshape(-1, 5, 3) end, images)
  add("rows of images", function(t) return t:flatten(2) * 1 end, images)
  add("numbers", function(t) return t:square() + 1 end, matrix(7, 1):squeeze(2))
end

-- -- Networks of random operations ----------------------------------------------------------------

--- Of the same width before and behind.
local function blocks(rng, width)
  local function weights(...) return mah.randn({ ... }, { rng = rng }) / math.sqrt(width) end
  local M, B, g = weights(width, width), weights(width), weights(width):abs() + 0.5
  local Wide, Narrow = weights(width, 2 * width), weights(2 * width, width)
  return {
    function(h) return (h:matmul(M) + B):tanh() end,
    function(h) return h + (h:matmul(M) + B):relu() end,
    function(h) return layer_norm(h) * g + B end,
    function(h) return (h:matmul(M) - B) / (g + 1e-5):sqrt() * g + B end,
    function(h)
      local z = h:matmul(Wide)
      return z:narrow(2, 1, width) * z:narrow(2, width + 1, width):sigmoid()
    end,
    function(h) return mah.cat({ h, h:tanh() }, 2):matmul(Narrow) end,
    function(h) return mah.where(h:gt(0), h, h * B) end,
    function(h) return h:clamp(-2, 2) * h:softmax(2) end,
    function(h) return (h * 0.1):exp() - h:mean(2, true) end,
    function(h) return mah.maximum(h, h:flip(2) * 0.5):sin() end,
    function(h) return h / (h:norm(2, 2, true) + 1) * g end,
    function(h) return (h * h + 1):sqrt():log() - h:abs() / 2 end,
  }
end

local function add_random_networks()
  for seed = 1, 20 do
    local rng = mah.rng(seed)
    local width = 3 + seed % 6
    local all, chain = blocks(rng, width), {}
    for i = 1, 5 + seed % 6 do chain[i] = all[mah.randint(1, #all, { 1 }, { rng = rng })[1]] end
    add("random network " .. seed, function(x)
      for _, block in ipairs(chain) do x = block(x) end
      return x
    end, mah.randn(11, width, { rng = rng }), { is_deep = true, opset = 13 + seed % 5 })
  end
end

describe("what a function does with rows", function()
  setup(function()
    cases = written.new()
    add_operations "float32"
    add_operations "float64"
    add_layer_norms()
    add_inputs()
    add_random_networks()
  end)
  teardown(function()
    cases:remove()
    cases = nil
  end)

  written.test_all(it, pending, function() return cases end)
end)
