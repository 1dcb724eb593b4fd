-- The operations of networks in one pass each (mah.grad.fast...): beside the same composed of
-- others, in calls in a row, where results and gradients are written to what is there.
local golden = require "golden"
local mah = require "mah"

local rng = mah.rng(3)
local function normal(...) return rng:normal(0, 1, { ... }, { dtype = "float64" }) end

local p = { x = normal(7, 5), W = normal(5, 4), b = normal(4), v = normal(7) }
local classes = mah.tensor({ 0, 3, 1, 1, 2, 0, 3 }, "int32")
local positions = (classes + 1):unsqueeze(2)

--- name -> two functions of p that give the same.
local pairs_of = {
  ["a product and its bias"] = { function(q) return (q.x:matmul(q.W) + q.b):tanh():sum() end,
    function(q) return (q.x:matmul(q.W):clone() + q.b):tanh():sum() end },
  ["a bias and its product"] = { function(q) return (q.b + q.x:matmul(q.W)):tanh():sum() end,
    function(q) return (q.x:matmul(q.W):clone() + q.b):tanh():sum() end },
  ["a product that is used besides"] = { function(q)
    local z = q.x:matmul(q.W)
    local y = (z + q.b):tanh()
    return (y * z):sum() + z:square():mean()
  end, function(q)
    local z = q.x:matmul(q.W):clone()
    return ((z + q.b):tanh() * z):sum() + z:square():mean()
  end },
  ["a product with two biases"] = { function(q)
    local z = q.x:matmul(q.W)
    return ((z + q.b):tanh() * (z + q.b * 2)):sum()
  end, function(q)
    local z = q.x:matmul(q.W):clone()
    return ((z + q.b):tanh() * (z + q.b * 2)):sum()
  end },
  ["a product and a column, a number, another product"] = { function(q)
    local z = q.x:matmul(q.W)
    return ((z + q.v:unsqueeze(2)):tanh() + (z + 1):tanh() + (z + q.x:matmul(q.W)):tanh()):sum()
  end, function(q)
    local z = q.x:matmul(q.W):clone()
    return ((z + q.v:unsqueeze(2)):tanh() + (z + 1):tanh() + (z * 2):tanh()):sum()
  end },
  ["a product with what is transposed"] = { function(q)
    local h = (q.x:matmul(q.W) + q.b):tanh()
    return (h:matmul(q.W:t()) - q.x):square():mean()
  end, function(q)
    local h = (mah.einsum("ij,jk->ik", q.x, q.W) + q.b):tanh()
    return (mah.einsum("ik,jk->ij", h, q.W) - q.x):square():mean()
  end },
  ["a plain product and a traced bias"] = { function(q)
    return ((p.x:matmul(p.W) + q.b):tanh() * q.x:sum()):sum() + (q.W * q.v:sum()):sum()
  end, function(q)
    return ((q.b + mah.einsum("ij,jk->ik", p.x, p.W)):tanh() * q.x:sum()):sum()
      + (q.W * q.v:sum()):sum()
  end },
  ["a cross entropy of classes"] = { function(q)
    local z = q.x:matmul(q.W) + q.b
    return mah.loss.cross_entropy(z, classes) + z:sum() * 0.1
  end, function(q)
    local z = q.x:matmul(q.W) + q.b
    return (z:logsumexp(2) - z:gather(2, positions):squeeze(2)):mean() + z:sum() * 0.1
  end },
  ["sums and choices"] = { function(q)
    return (q.x:sum(1):square():mean() + q.x:mean(2):square():sum() + q.x:logsumexp(-1):sum())
      * (q.W:gather(-1, mah.tensor({ { 1 }, { 2 }, { 3 }, { 4 }, { 1 } }, "int32")):squeeze(-1)
      :sum()) / 3
  end, function(q)
    local ones, picked = mah.ones(7, "float64"), q.W:diagonal():sum() + q.W[5][1]
    local columns = mah.einsum("ij,i->j", q.x, ones)
    local rows = mah.einsum("ij->i", q.x) / 5
    return ((columns * columns):mean() + (rows * rows):sum() + q.x:exp():sum(2):log():sum())
      * picked / 3
  end },
  ["factors"] = { function(q)
    local y = q.x * q.x:tanh() * 3 / 2 + 2 * q.x
    return (y * y * 0.5 - y / 4):sum()
  end, function(q)
    local y = mah.einsum("ij,ij->ij", q.x, q.x:tanh()) * 1.5 + (q.x + q.x)
    return mah.einsum("ij,ij->", y, y) / 2 - y:mean() * 35 / 4
  end },
}

--- The functions with the sum of all parameters added, so that each has a gradient.
local function with_all(f)
  return function(q) return f(q) + (q.x:sum() + q.W:sum() + q.b:sum() + q.v:sum()) * 0.01 end
end

describe("in one pass or composed, the same:", function()
  for name, two in pairs(pairs_of) do
    it(name, function()
      local one, other = mah.value_and_grad(with_all(two[1])), mah.value_and_grad(with_all(two[2]))
      local value, g = other(p)
      for _ = 1, 3 do -- later calls write to what the first one has made
        local again, more = one(p)
        golden.close(value, again, 1e-12)
        for key in pairs(g) do golden.close(g[key], more[key], 1e-12) end
      end
      assert.is_true(mah.gradcheck(with_all(two[1]), p).ok)
      assert.is_true(mah.gradcheck(with_all(two[1]), p, { twice = true }).ok)
    end)
  end
end)

describe("a product that waits", function()
  it("is computed where somebody looks at it", function()
    local seen, shape
    local f = mah.grad(function(W)
      local z = p.x:matmul(W)
      shape, seen = z.shape, z:detach()
      return (z + p.b):sum()
    end)
    for _ = 1, 2 do
      f(p.W)
      assert.same({ 7, 4 }, shape)
      golden.close(p.x:matmul(p.W), seen, 1e-14)
    end
  end)

  it("comes out of the function as its value", function()
    local _, _, z = mah.value_and_grad(function(W)
      local z = p.x:matmul(W)
      return (z + p.b):sum(), z
    end)(p.W)
    golden.close(p.x:matmul(p.W), z, 1e-14)
  end)

  it("needs its operands as they are", function()
    local said = golden.message(function()
      return mah.grad(function(W)
        local x = p.x:clone()
        local z = x:matmul(W)
        x:add_(1)
        return (z + p.b):sum()
      end)(p.W)
    end)
    assert.is_truthy(said:find("the gradient of matmul needs this tensor", 1, true), said)
  end)

  it("takes a bias of an outer function", function()
    local f = mah.grad(function(b)
      return mah.grad(function(W) return (p.x:matmul(W) + b):tanh():sum() end)(p.W):square():sum()
    end)
    local g = mah.grad(function(b)
      return mah.grad(function(W)
        return (p.x:matmul(W):clone() + b):tanh():sum()
      end)(p.W):square():sum()
    end)
    golden.close(g(p.b), f(p.b), 1e-12)
  end)

  it("lets the bias be changed, as a sum does", function()
    local b = p.b:clone()
    mah.grad(function(W)
      local y = p.x:matmul(W) + b
      b:add_(1)
      return y:sum()
    end)(p.W)
  end)
end)

describe("a tape that is used again", function()
  it("does not know traced tensors of before", function()
    local kept
    local f = mah.grad(function(x)
      local said = kept and golden.message(function() return kept + x end)
      assert.is_truthy(not kept or said:find("after its gradient has been taken", 1, true), said)
      kept = x
      return x:sum()
    end)
    for _ = 1, 3 do f(p.b) end
  end)
end)
