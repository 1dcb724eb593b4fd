local golden = require "golden"
local mah = require "mah"

local close, message = golden.close, golden.message
local g = golden.npz "convolution"

--- By its definition, for one channel.
local function plain(x, w, stride)
  local k = w:numel()
  local results = math.floor((x:numel() - k) / stride) + 1
  local y = mah.zeros(results, { dtype = "float64" })
  for t = 1, results do y[t] = x:narrow(1, (t - 1) * stride + 1, k):dot(w) end
  return y
end

describe("conv1d equals PyTorch's", function()
  for i = 1, g.cases.shape[1] do
    local _, k, stride, padding, dilation, groups = unpack(g.cases[i]:totable())
    it(("with k %d, stride %d, padding %d, dilation %d, groups %d"):format(k, stride, padding,
      dilation, groups), function()
      local w, bias, expected = g["w" .. i], g["bias" .. i], g["conv" .. i]
      local given = {
        bias = bias, stride = stride, padding = padding, dilation = dilation, groups = groups,
      }
      close(expected, mah.conv1d(g.x, w, given), 1e-13)
      local turned = g.x:transpose(2, 3):contiguous():transpose(2, 3)
      close(expected, turned:conv1d(w, given), 1e-13)
      given.bias = bias:float()
      close(expected, mah.conv1d(g.x:float(), w:float(), given), 1e-5)
      given.bias = nil
      close(expected - bias:reshape(-1, 1), mah.conv1d(g.x, w, given), 1e-13)
    end)
  end
  it("for kernels so long that transforms are faster", function()
    for _, stride in ipairs { 1, 3 } do
      local x, w = mah.randn(700):double(), mah.randn(2, 1, 300):double()
      local y = mah.conv1d(x:reshape(1, 1, -1), w, { stride = stride, bias = mah.ones(2):double() })
      close(plain(x, w[1][1], stride) + 1, y[1][1], 1e-12)
      close(plain(x, w[2][1], stride) + 1, y[1][2], 1e-12)
    end
    local x, w = mah.randn(3, 1, 400):double(), mah.randn(1, 1, 257):double()
    local padded = mah.zeros(3, 1, 420):double()
    padded:narrow(3, 11, 400):copy_(x)
    close(mah.conv1d(padded, w), mah.conv1d(x, w, { padding = 10 }), 1e-12)
  end)
  it("of ragged sizes", function()
    for n = 1, 40, 3 do
      for k = 1, math.min(n, 9) do
        local x, w = mah.randn(n):double(), mah.randn(k):double()
        close(plain(x, w, 1), mah.conv1d(x:reshape(1, 1, n), w:reshape(1, 1, k))[1][1], 1e-13)
        close(plain(x, w, 2),
          mah.conv1d(x:reshape(1, 1, n), w:reshape(1, 1, k), { stride = 2 })[1][1], 1e-13)
      end
    end
    assert.same({ 0, 2, 3 }, mah.conv1d(mah.ones(0, 1, 4), mah.ones(2, 1, 2)).shape)
  end)
  it("with the same bits for any number of threads", function()
    local before = mah.threads()
    local x, w = mah.randn(5, 8, 600), mah.randn(9, 8, 7)
    mah.threads(1)
    local y = mah.conv1d(x, w)
    mah.threads(3)
    golden.equal(y, mah.conv1d(x, w))
    mah.threads(before)
  end)
end)

describe("convolve equals NumPy's", function()
  for _, mode in ipairs { "full", "same", "valid" } do
    it(mode, function()
      close(g[mode], mah.convolve(g.a, g.v, mode), 1e-13)
      close(g[mode .. "_even"], mah.convolve(g.even, g.a, mode), 1e-13)
      close(g[mode], g.a:float():convolve(g.v:float(), mode), 1e-5)
    end)
  end
  it("for long vectors", function()
    local a, v = mah.randn(900):double(), mah.randn(400):double()
    local full = mah.convolve(a, v)
    assert.same({ 1299 }, full.shape)
    for _, t in ipairs { 1, 2, 400, 700, 1299 } do
      local sum = 0
      for k = 1, 400 do
        if t - k + 1 >= 1 and t - k + 1 <= 900 then sum = sum + a[t - k + 1] * v[k] end
      end
      close(sum, full[t], 1e-11)
    end
    close(full:narrow(1, 400, 501), mah.convolve(v, a, "valid"), 0)
  end)
  it("for integers and single elements", function()
    local i = mah.tensor({ 1, 2, 3 }, { dtype = "int32" })
    close(mah.tensor { 1, 4, 10, 12, 9 }, mah.convolve(i, i), 0)
    close(mah.tensor { 6 }, mah.convolve(mah.tensor { 2 }, mah.tensor { 3 }), 0)
  end)
end)

describe("convolutions", function()
  it("name what is wrong", function()
    local x, w = mah.ones(1, 2, 5), mah.ones(3, 2, 2)
    assert.matches("conv1d: two tensors with 3 dimensions", message(mah.conv1d, x[1], w))
    assert.matches("shapes do not fit: float32 1x2x5 and a weight of float32 3x1x2, 1 groups",
      message(mah.conv1d, x, mah.ones(3, 1, 2)))
    assert.matches("a kernel of 6, dilation 1, is longer than float32 1x2x5 with padding 0",
      message(mah.conv1d, x, mah.ones(3, 2, 6)))
    assert.matches("the weight", message(mah.conv1d, x, w:double()))
    assert.matches("conv1d: .* got int32 1x2x5", message(mah.conv1d, x:int(), w))
    assert.matches("a bias of 3 is expected, got float32 2",
      message(mah.conv1d, x, w, { bias = mah.ones(2) }))
    assert.matches("stride must be an integer in %[1, inf%); got 0",
      message(mah.conv1d, x, w, { stride = 0 }))
    assert.matches("convolve: v must be a vector with elements; got float32 1x2x5",
      message(mah.convolve, mah.ones(3), x))
    assert.matches("mode must be one of full, same, valid",
      message(mah.convolve, mah.ones(3), mah.ones(2), "sam"))
  end)
end)
