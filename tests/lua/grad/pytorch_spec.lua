-- Beside PyTorch 1.13 (tests/golden/make_grad.py): random compositions of ten operations, what it
-- gives where there is no derivative or many, and losses.
local mah = require "mah"
local golden = require "golden"

local given = mah.json.decode(mah.file.read "tests/golden/grad.json")

local function double(list) return mah.tensor(list, "float64") end

local eye = mah.eye(4, 4, "float64")
local operations = {
  add = function(x, y) return x + y end, sub = function(x, y) return x - y end,
  mul = function(x, y) return x * y end, div = function(x, y) return x / (y * y + 1) end,
  tanh = function(x) return x:tanh() end, sigmoid = function(x) return mah.sigmoid(x) end,
  sin = function(x) return x:sin() end, exp = function(x) return mah.exp(x:tanh()) end,
  log = function(x) return (x * x + 1):log() end,
  sqrt = function(x) return (x * x + 0.5):sqrt() end,
  erf = function(x) return x:erf() end, abs = function(x) return x:abs() end,
  relu = function(x, y) return x:relu() - y end, square = function(x) return x:square() / 4 end,
  maximum = function(x, y) return mah.maximum(x, y) end,
  minimum = function(x, y) return x:minimum(y) end,
  where = function(x, y) return mah.where(y:gt(0), x, y * x) end,
  pow = function(x, y) return (x * x + 0.2) ^ (y * 0.3) end,
  matmul = function(x, y) return x:matmul(y:t():matmul(x)) / 5 end,
  center = function(x) return x - x:mean(2, true) end,
  std = function(x) return x / (x:std(2, nil, true) + 1) end,
  softmax = function(x, y) return x:softmax(2) + y end,
  log_softmax = function(x) return mah.log_softmax(x, 1) / 3 end,
  logsumexp = function(x, y) return x + x:logsumexp(2, true) * y end,
  norm = function(x) return x / (x:norm(2, 1) + 0.5) end,
  cumsum = function(x) return x:cumsum(2) / 3 end,
  cumprod = function(x) return (x:tanh() + 0.1):cumprod(1) + x end,
  flip = function(x, y) return x:flip(2) + y end, roll = function(x, y) return x:roll(1, 1) * y end,
  sort = function(x, y) return (x:sort(2)) + y end,
  permute = function(x, y) return x:t():reshape(4, 5) - y end,
  narrow = function(x, y) return mah.cat({ x:narrow(2, 2, 4), y { {}, { 1, 1 } } }, 2) end,
  gather = function(x)
    return x:gather(2, mah.tensor({ { 1, 2, 2, 5, 3 } }, "int32"):expand(4, 5))
  end,
  tril = function(x, y) return x:tril() + y end,
  stack = function(x, y) return mah.stack { x, y }:prod(1) end,
  max = function(x) return x - (x:max(2, true)) end,
  clamp = function(x, y) return x:clamp(-1.2, 1.1) + y end,
  solve = function(x) return (x:matmul(x:t()) + eye * 3):solve(x) end,
  einsum = function(x, y) return mah.einsum("ij,kj,kl->il", x, y, y) / 5 end,
  var = function(x) return x * x:var(1, nil, true) end,
}

local function numbers(list)
  local x = {}
  for i, text in ipairs(list) do
    x[i] = text:find "inf" and (text:find "-" and -math.huge or math.huge)
      or text == "nan" and 0 / 0 or tonumber(text)
  end
  return double(x)
end

local ones = double { 1, 1, 1 }
local edges = {
  pow1 = function(x) return x ^ 1 end, pow2 = function(x) return x ^ 2 end,
  pow3 = function(x) return x ^ 3 end, pow0 = function(x) return x ^ 0 end,
  sqrt = function(x) return x:sqrt() end, abs = function(x) return x:abs() end,
  relu = function(x) return x:relu() end, norm = function(x) return x:norm() end,
  norm1 = function(x) return x:norm(1) end, norm3 = function(x) return x:norm(3) end,
  norminf = function(x) return x:norm(math.huge) end, max = function(x) return x:max() end,
  max_dim = function(x) return (x:max(1)) end, min = function(x) return x:min() end,
  prod1 = function(x) return x:prod() end, prod2 = function(x) return x:prod() end,
  cumprod = function(x) return x:cumprod() end, base0 = function(x) return 0 ^ x end,
  exponent = function(x) return double { 0, 2, 0 } ^ x end,
  where = function(x) return mah.where(x:gt(0), x:sqrt(), x) end,
  clamp = function(x) return x:clamp(-1, 1) end,
  maximum = function(x) return x:maximum(ones) end, std = function(x) return x:std() end,
  sign = function(x) return x:sign() * x end, log = function(x) return x:log() end,
  logsumexp = function(x) return x:logsumexp() end, remainder = function(x) return x % 2 end,
  sort = function(x) return (x:sort(1, true)) * double { 1, 2, 3 } end,
}

describe("as PyTorch's", function()
  it("are the gradients of 60 compositions of ten operations", function()
    for _, case in ipairs(given.compositions) do
      local f = mah.value_and_grad(function(p)
        local value = p.x
        for _, name in ipairs(case.operations) do value = operations[name](value, p.y) end
        return (value * value):mean()
      end)
      mah.warnings(false)
      local value, g = f { x = double(case.x), y = double(case.y) }
      mah.warnings(true)
      local said = table.concat(case.operations, " ")
      golden.close(case.value, value, 1e-12)
      local ok, problem = pcall(golden.close, double(case.dx), g.x, 1e-10)
      assert.is_true(ok, said .. ": " .. tostring(problem))
      ok, problem = pcall(golden.close, double(case.dy), g.y, 1e-10)
      assert.is_true(ok, said .. ": " .. tostring(problem))
    end
  end)

  for _, case in ipairs(given.edges) do
    it("is the gradient of " .. case.name .. " at " .. table.concat(case.x, ", "), function()
      local x = numbers(case.x)
      golden.close(numbers(case.g), mah.grad(function(t)
        local y = edges[case.name](t)
        return y:sum()
      end)(x), 1e-14)
    end)
  end
end)

describe("mah.loss, as PyTorch's", function()
  local l = given.losses
  local y = mah.tensor(l.y, "int32")
  local weights, q, t = double(l.weights), double(l.q), double(l.t)
  local bits, counts = double(l.bits), double(l.counts)
  local losses = {
    ["cross_entropy"] = { "cross_entropy", y },
    ["cross_entropy smoothed"] = { "cross_entropy", y, { label_smoothing = 0.1 } },
    ["cross_entropy weighted"] = { "cross_entropy", y,
      { class_weight = weights, label_smoothing = 0.2 } },
    ["cross_entropy sum"] = { "cross_entropy", y, { class_weight = weights, reduction = "sum" } },
    ["cross_entropy soft"] = { "cross_entropy", q,
      { class_weight = weights, label_smoothing = 0.1 } },
    ["binary"] = { "binary_cross_entropy", bits },
    ["binary weighted"] = { "binary_cross_entropy", bits, { pos_weight = 3 } },
    ["mse"] = { "mse", t }, ["mae"] = { "mae", t }, ["huber"] = { "huber", t, { delta = 0.7 } },
    ["poisson"] = { "poisson", counts }, ["poisson full"] = { "poisson", counts, { full = true } },
    ["kl"] = { "kl", q }, ["cosine"] = { "cosine", t },
  }
  for name, expected in pairs(l.results) do
    it(name, function()
      local f, target, settings = unpack(losses[name], 1, 3)
      local value, g = mah.value_and_grad(function(x)
        return mah.loss[f](x, target, settings)
      end)(double(l.scores))
      golden.close(expected.value, value, 1e-12)
      golden.close(double(expected.g), g, 1e-12)
      golden.close(expected.value, mah.loss[f](double(l.scores), target, settings), 1e-12)
    end)
  end
end)
