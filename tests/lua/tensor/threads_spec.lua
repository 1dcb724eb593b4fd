-- Large tensors have the same bits for any number of threads.
local mah = require "mah"
local ffi = require "ffi"
local C = require "mah.base.library"

local before = mah.threads()

-- The elements' bits as text.
local function bits(t)
  if type(t) == "number" then return ("%.17g"):format(t) end
  local whole = t:contiguous()
  return ffi.string(whole.data, whole:numel() * tonumber(C.mah_dtype_size(whole.elem)))
end

-- f's results for 1, 2, 3 and 8 threads are equal.
local function same(name, f)
  local first
  for _, threads in ipairs { 1, 2, 3, 8 } do
    mah.threads(threads)
    local results = { f() }
    for i, r in ipairs(results) do results[i] = bits(r) end
    first = first or results
    assert.equal(#first, #results)
    for i = 1, #first do
      assert.is_true(first[i] == results[i], name .. ": " .. threads .. " threads")
    end
  end
end

describe("threads and tensors", function()
  after_each(function() mah.threads(before) end)

  for _, n in ipairs { 65537, 131071, 131072, 131073, 1000000, 10000019 } do
    it("elementwise and reductions of " .. n, function()
      mah.manual_seed(n)
      local x, y = mah.randn(n), mah.rand(n)
      x[n] = 7
      for _, op in ipairs { "exp", "sin", "tanh", "abs", "isnan" } do
        same(op, function() return x[op](x) end)
        if n > 1e6 then break end
      end
      same("add", function() return x + y end)
      same("pow", function() return y ^ 2.5 end)
      same("in place", function() return x:clone():mul_(y):add_(1) end)
      same("overlap", function()
        local z = x:clone()
        z:narrow(1, 2, n - 1):add_(z:narrow(1, 1, n - 1))
        return z
      end)
      same("copies", function() return x:double(), x:int(), y:clone() end)
      same("dot", function() return x:dot(y), x:double():dot(y:double()) end)
      same("fill", function() return x:clone():fill_(3) end)
      for _, op in ipairs { "sum", "mean", "std", "norm", "max", "min", "argmax", "logsumexp",
        "prod" } do
        same(op, function() return x[op](x) end)
      end
    end)
  end

  it("and a generator goes on from the same state", function()
    for extra = 0, 4 do
      same("state", function()
        local rng = mah.rng(1)
        rng:u32()
        rng:fill_uniform(mah.zeros(200000 + extra))
        local words = mah.tensor(rng:state().words, "int64")
        return words, rng:random()
      end)
    end
  end)

  it("the gamma family, whose negative numbers go another way", function()
    local x = mah.rand(1000003, { rng = mah.rng(5) }) * 3 + 0.6
    x { { 1, -1, 301 } }:neg_()
    local whole = x:int()
    for _, name in ipairs { "gamma", "lgamma", "digamma" } do
      same(name, function() return x[name](x), whole[name](whole) end)
    end
    assert.is_true(mah.tensor({ 1, 2 }, "float32"):lgamma():eq(0):all())
  end)

  for _, shape in ipairs { { 1, 140001 }, { 140001, 1 }, { 457, 301 }, { 1025, 1000 },
    { 3, 100003 }, { 100003, 3 }, { 31, 5000 } } do
    it(("rows and columns of %d x %d"):format(shape[1], shape[2]), function()
      mah.manual_seed(1)
      local x = mah.randn(shape[1], shape[2])
      for _, view in ipairs { x, x:t(), x:narrow(1, 1, math.max(1, shape[1] - 1)) } do
        same("turned", function() return view:t():contiguous(), (view:t() + 1):contiguous() end)
        same("broadcast", function() return view + view[1], view * view:narrow(2, 1, 1) end)
        for dim = 1, 2 do
          for _, op in ipairs { "sum", "std", "max", "argmax", "logsumexp" } do
            same(op .. dim, function() return (view[op](view, dim)) end)
          end
        end
      end
    end)
  end

  for _, n in ipairs { 131071, 131072, 300007, 1000003 } do
    it("sorts " .. n, function()
      mah.manual_seed(n)
      local x, few = mah.randn(n), mah.randint(0, 9, n):int()
      local wide = mah.randint(-2147483648, 2147483647, n):int()
      for _, t in ipairs { x, few, wide, few:float(), mah.zeros(n), x:double() } do
        same("sort", function() return t:sort() end)
        same("argsort", function() return t:argsort(1, true) end)
      end
      x[5], x[n - 5], x[77] = 0 / 0, 0 / 0, -0.0
      same("sort with NaN", function() return x:sort() end)
      local ascending = few:sort()
      assert.is_true(ascending:narrow(1, 1, n - 1):le(ascending:narrow(1, 2, n - 1)):all())
    end)
  end

  it("sorts lanes", function()
    local x = mah.randn(301, 1003)
    for dim = 1, 2 do
      same("sort", function() return x:sort(dim) end)
      same("sort", function() return x:double():t():sort(dim) end)
    end
  end)

  it("the first of equals and the first NaN are found", function()
    local x = mah.zeros(1000003)
    x[400001], x[400002], x[900000] = 5, 5, 5
    same("argmax", function() return x:argmax() end)
    assert.equal(400001, x:argmax())
    x[300000], x[800000] = 0 / 0, 0 / 0
    same("argmax", function() return x:argmax() end)
    assert.equal(300000, x:argmax())
    assert.equal(300000, x:argmin())
    mah.threads(2)
    assert.is_true(x:max() ~= x:max())
  end)

  for _, n in ipairs { 200, 374, 375, 513, 700 } do
    it("products of matrices, " .. n, function()
      mah.manual_seed(n)
      local a, b = mah.randn(n, n + 3), mah.randn(n + 3, 2 * n + 1)
      same("matmul", function() return a:matmul(b), b:t():matmul(a:t()) end)
      same("double", function() return a:double():matmul(b:double()) end)
      same("views", function() return a:t():contiguous():t():matmul(b:narrow(2, 2, n)) end)
      mah.threads(2)
      local c, plain = a:matmul(b), a:double():matmul(b:double())
      assert.is_true((c:double() - plain):abs():max() < 1e-3)
    end)
  end

  it("errors are the whole's", function()
    mah.threads(2)
    local x, y = mah.zeros(200000), mah.zeros(200001)
    assert.error_matches(function() return x + y end, "do not broadcast")
    assert.error_matches(function() return x:add_(y) end, "does not broadcast")
    assert.error_matches(function() x:int():exp_() end, "cannot hold")
  end)
end)
