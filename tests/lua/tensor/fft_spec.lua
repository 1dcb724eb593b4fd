local ffi = require "ffi"
local golden = require "golden"
local mah = require "mah"

local close, message = golden.close, golden.message

--- NumPy's answers, to some units in the last place of what is summed; in float32 too.
local function both(expected_re, expected_im, f, ...)
  local re, im = f(...)
  close(expected_re, re, 4e-14)
  close(expected_im, im, 4e-14)
  local arguments = { ... }
  for i, x in ipairs(arguments) do
    if type(x) == "cdata" then arguments[i] = x:float() end
  end
  re, im = f(unpack(arguments))
  assert.equal("float32", re.dtype)
  close(expected_re, re, 2e-5)
  close(expected_im, im, 2e-5)
end

describe("Fourier transforms equal NumPy's", function()
  local g = golden.npz "fft"

  for _, n in ipairs(g.lengths:totable()) do
    it("of length " .. n, function()
      local x, y = g.x:narrow(1, 1, n), g.y:narrow(1, 1, n)
      local re, im = g["c" .. n .. "_re"], g["c" .. n .. "_im"]
      both(re, im, mah.fft, x, y)
      both(x, y, mah.ifft, re, im)
      local half = math.floor(n / 2) + 1
      local rre, rim = mah.fft(x)
      local hre, him = x:rfft()
      close(rre:narrow(1, 1, half), hre, 1e-14)
      close(rim:narrow(1, 1, half), him, 1e-14)
      both(x, x * 0, mah.ifft, rre, rim)
      close(x, hre:irfft(him, { n = n }), 1e-14)
      close(x:float(), hre:float():irfft(him:float(), { n = n }), 1e-6)
      -- a real tensor, backward: what fft gives, from behind, divided by n
      local bre, bim = x:ifft()
      close(rre / n, bre, 1e-14)
      close(rim / -n, bim, 1e-14)
      -- linear: x + i y from two real ones
      local yre, yim = mah.fft(y)
      close(re, rre - yim, 1e-13)
      close(im, rim + yre, 1e-13)
      -- a batch does the same
      local lines = mah.zeros(9, n, { dtype = "float64" }):add_(x)
      local bigger, bim2 = mah.fft(lines, lines * 0 + y)
      close(re, bigger[5], 1e-13)
      close(im, bim2[9], 1e-13)
      local r1, r2 = lines:rfft()
      close(hre, r1[8], 1e-13)
      close(him, r2[1], 1e-13)
      close(lines, r1:irfft(r2, { n = n }), 1e-13)
    end)
  end

  it("along any dimension, cut and filled", function()
    for dim = 1, 3 do
      for _, n in ipairs { 4, 13 } do
        local name = "b" .. dim .. "_" .. n
        local given = { dim = dim, n = n, norm = "ortho" }
        both(g[name .. "_re"], g[name .. "_im"], mah.fft, g.b, g.c, given)
        close(g[name .. "_irfft"], mah.irfft(g.b, g.c, { dim = dim, n = n }), 1e-14)
        local turned = { g.b:transpose(1, 3):contiguous():transpose(1, 3), g.c }
        both(g[name .. "_re"], g[name .. "_im"], mah.fft, turned[1], turned[2], given)
      end
    end
  end)
  it("along two dimensions", function()
    both(g.fft2_re, g.fft2_im, mah.fft.fft2, g.b, g.c)
    both(g.ifft2_re, g.ifft2_im, mah.fft.ifft2, g.b, g.c)
    both(g.rfft2_re, g.rfft2_im, mah.fft.rfft2, g.b)
    close(g.irfft2, mah.fft.irfft2(g.b, g.c), 1e-14)
    local re, im = mah.fft.rfft2(g.b)
    close(g.b, mah.fft.irfft2(re, im, { n = 5 }), 1e-14)
  end)
  it("as to frequencies and their order", function()
    for _, n in ipairs { 1, 2, 7, 8 } do
      close(g["fftfreq" .. n], mah.fft.fftfreq(n, 0.1), 1e-15)
      close(g["rfftfreq" .. n], mah.fft.rfftfreq(n, 0.1), 1e-15)
    end
    golden.equal(g.fftshift, mah.fft.fftshift(g.b))
    golden.equal(g.ifftshift, mah.fft.ifftshift(g.b))
    golden.equal(g.fftshift2, mah.fft.fftshift(g.b, 2))
    golden.equal(g.ifftshift2, mah.fft.ifftshift(g.b, 3))
    golden.equal(g.b, mah.fft.ifftshift(mah.fft.fftshift(g.b)))
  end)
end)

describe("Fourier transforms", function()
  it("have three norms, each with its way back", function()
    local x, y = mah.randn(3, 12):double(), mah.randn(3, 12):double()
    for _, norm in ipairs { "backward", "ortho", "forward" } do
      local re, im = mah.fft(x, y, { norm = norm })
      local factor = norm == "ortho" and 12 ^ -0.5 or norm == "forward" and 1 / 12 or 1
      close((mah.fft(x, y)) * factor, re, 1e-14)
      local back, back_im = mah.ifft(re, im, { norm = norm })
      close(x, back, 1e-14)
      close(y, back_im, 1e-14)
      local half_re, half_im = x:rfft { norm = norm }
      close(x, half_re:irfft(half_im, { norm = norm }), 1e-14)
    end
  end)
  it("take integers, scalars' neighbours and tensors without vectors", function()
    local re, im = mah.fft(mah.tensor({ 1, 2, 3, 4 }, { dtype = "int32" }))
    golden.equal(mah.tensor { 10, -2, -2, -2 }, re)
    golden.equal(mah.tensor { 0, 2, 0, -2 }, im)
    assert.same({ 0, 4 }, mah.fft(mah.zeros(0, 4)).shape)
    assert.same({ 0, 3 }, mah.rfft(mah.zeros(0, 4)).shape)
    assert.equal("float64", mah.fft(mah.ones(2), mah.ones(2):double()).dtype)
    golden.equal(mah.tensor { 3, 3, 3 }, (mah.fft(mah.tensor { 3 }, { n = 3 })))
    local nan = mah.fft(mah.tensor { 1, 0 / 0, 2 })
    assert.is_true(nan:isnan():all())
  end)
  it("leave their arguments alone", function()
    local x = mah.randn(64):double()
    local before = x:clone()
    mah.fft(x, x)
    mah.irfft(x, x)
    golden.equal(before, x)
  end)
  it("of long vectors agree with those of short ones", function()
    for _, n in ipairs { 1000, 4096, 6125, 10007, 30030 } do -- a wave has one frequency
      local t = mah.arange(0, n - 1, 1, { dtype = "float64" })
      local k = 37
      local angle = (t * k):remainder(n) * (2 * math.pi / n)
      local re, im = mah.fft(angle:cos(), angle:sin())
      re[k + 1] = re[k + 1] - n
      assert.is_true(re:abs():max() < 1e-11 and im:abs():max() < 1e-11, tostring(n))
      local half, half_im = angle:cos():rfft()
      half[k + 1] = half[k + 1] - n / 2
      assert.is_true(half:abs():max() < 1e-11 and half_im:abs():max() < 1e-11, tostring(n))
    end
  end)
  it("have the same bits for any number of threads", function()
    local before = mah.threads()
    local x, y = mah.randn(40000), mah.randn(40, 3000)
    mah.threads(1)
    local re, rows = mah.fft(x, x), mah.rfft(y)
    local columns = mah.fft(y, y, { dim = 1 })
    mah.threads(3)
    golden.equal(re, (mah.fft(x, x)))
    golden.equal(rows, (mah.rfft(y)))
    golden.equal(columns, (mah.fft(y, y, { dim = 1 })))
    mah.threads(before)
  end)
  it("name what is wrong", function()
    local x = mah.ones(4)
    assert.matches("fft: a tensor is expected, got 3", message(mah.fft, 3))
    assert.matches("parts differ in shape: float32 4 and float32 5",
      message(mah.fft, x, mah.ones(5)))
    assert.matches("n must be an integer in %[1, inf%); got 0", message(mah.fft, x, { n = 0 }))
    assert.matches("dimension 2", message(mah.rfft, x, { dim = 2 }))
    assert.matches("dimension %-1 of a tensor with 0", message(mah.fft, mah.ones():reshape {}))
    assert.matches("did you mean 'norm'", message(mah.ifft, x, { norms = "ortho" }))
    assert.matches("backward, ortho, forward", message(x.fft, x, { norm = "orto" }))
    assert.matches("0 elements along dimension 1", message(mah.fft, mah.zeros(0)))
    assert.matches("irfft: 0 elements", message(mah.irfft, mah.ones(1)))
    assert.matches("fft2: two dimensions", message(mah.fft.fft2, x))
    assert.matches("fftfreq: n must be at least 1", message(mah.fft.fftfreq, 0))
    assert.matches("fftfreq: the distance d must be", message(mah.fft.fftfreq, 4, 0))
    assert.matches("mah.fft has no 'fftfrq'", message(function() return mah.fft.fftfrq end))
  end)

  it("takes a NULL of C for a distance that is left out, as it equals nil", function()
    local null = ffi.cast("void *", nil)
    assert.is_true(mah.fft.fftfreq(4, null):equal(mah.fft.fftfreq(4)))
    assert.is_true(mah.fft.rfftfreq(4, null):equal(mah.fft.rfftfreq(4)))
  end)
end)
