--- Convolution along one dimension: of layers as PyTorch's conv1d, of signals as NumPy's convolve.
---
---     mah.conv1d(x, w, { padding = 1 })             -- x (batch, in, length), w (out, in, k)
---     mah.convolve(a, v)                            -- of two vectors, n + m - 1 long
---     mah.convolve(a, v, "same")                    -- as long as the longer one
---
--- Short kernels are applied directly, long ones by Fourier transforms.
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local fft = require "mah.tensor.fft"
local options = require "mah.base.options"

local expect, methods = Type.expect, Type.methods

local convolve = {}

--- Kernels that are longer go by Fourier transforms.
local LONG = 256

-- -- By transforms --------------------------------------------------------------------------------

--- The least even length from n on that has only the factors 2, 3 and 5.
local function good_length(n)
  local best = math.huge
  local five = 2
  while five < 2 * n do
    local three = five
    while three < 2 * n do
      local m = three
      while m < n do m = m * 2 end
      best = math.min(best, m)
      three = three * 3
    end
    five = five * 5
  end
  return best
end

--- The cyclic convolution, or correlation, of n elements along the last dimension.
local function by_transforms(x, w, n, correlates)
  local xr, xi = fft.rfft(x, { n = n })
  local wr, wi = fft.rfft(w, { n = n })
  if correlates then wi = -wi end
  return fft.irfft(xr * wr - xi * wi, xr * wi + xi * wr, { n = n })
end

-- -- Layers ---------------------------------------------------------------------------------------

local rules = options.declare("mah.conv1d tensor:conv1d", {
  bias = { nil, "tensor", nil, "(out): added to each output channel; nil: nothing" },
  stride = { 1, "integer", "[1, inf)", "positions from one result to the next" },
  padding = { 0, "integer", "[0, inf)", "zeros on both sides of each channel" },
  dilation = { 1, "integer", "[1, inf)", "positions from one element of the kernel to the next" },
  groups = { 1, "integer", "[1, inf)", "parts of the channels that are convolved separately; both "
    .. "in and out are multiples" },
})

--- Long kernels of a single input channel: out (batch, out, results).
local function long_conv1d(x, w, o)
  local length, k = x.shape[3] + 2 * o.padding, w.shape[3]
  local n = good_length(length)
  local padded = x
  if o.padding > 0 then
    padded = Type.new(x.elem, 3, ffi.new("int64_t[8]", x.shape[1], 1, length)):zero_()
    padded:narrow(3, o.padding + 1, x.shape[3]):copy_(x)
  end
  local y = by_transforms(padded, w:reshape(1, w.shape[1], k), n, true)
  y = y:narrow(3, 1, length - k + 1)
  if o.bias then y = y + o.bias:reshape(1, -1, 1) end
  return o.stride == 1 and y:contiguous() or y[{ {}, {}, { 1, y.shape[3], o.stride } }]:contiguous()
end

--- Correlations of channels with kernels along the last dimension, a layer's convolution as
--- PyTorch's conv1d. Each output channel is the sum over the input channels: out[b, o, t] = bias[o]
--- + the sum of w[o, i, k] x[b, i, t stride + k dilation - padding], counted from 0.
---
---     local x = mah.tensor { { { 1, 2, 3, 4 } } }
---     local w = mah.tensor { { { 1, 0, -1 } } }
---     print(mah.conv1d(x, w))
---     --> float32 1x1x2
---     --> {{{-2.0, -2.0}}}
---     print(x:conv1d(w, { padding = 1, bias = mah.tensor { 10 } }))
---     --> float32 1x1x4
---     --> {{{ 8.0,  8.0,  8.0, 13.0}}}
---@param x tensor   (batch, in, length), float32 or float64
---@param w tensor   (out, in / groups, k), of x's dtype
---@param given {bias: tensor?, stride: integer?, padding: integer?, dilation: integer?}|nil   and
---     groups
---@return tensor    (batch, out, (length + 2 padding - dilation (k - 1) - 1) / stride + 1)
function convolve.conv1d(x, w, given)
  expect(x, "conv1d")
  expect(w, "conv1d: the weight")
  local o = options(given, rules, "conv1d")
  local is_long = x.ndim == 3 and w.ndim == 3 and x.elem == w.elem and w.extent[1] == 1
    and x.extent[1] == 1 and tonumber(w.extent[2]) > LONG and o.dilation == 1 and o.groups == 1
    and o.stride < 8 and w.extent[2] <= x.extent[2] and o.padding <= tonumber(x.extent[2])
    and x.extent[0] > 0 and w.extent[0] > 0 and C.mah_dtype_is_integer(x.elem) == 0
    and (not o.bias or o.bias.elem == x.elem and o.bias.ndim == 1
      and o.bias.extent[0] == w.extent[0])
  if is_long then return long_conv1d(x, w, o) end
  return Type.make(C.mah_conv1d, x, w, o.bias, o.stride, o.padding, o.dilation, o.groups)
end

-- -- Signals --------------------------------------------------------------------------------------

local modes = { full = true, same = true, valid = true }

local function expect_vector(v, name)
  if expect(v, "convolve: " .. name).ndim ~= 1 or v.extent[0] == 0 then
    check.raise("convolve: %s must be a vector with elements; got %s", name, Type.describe(v))
  end
end

--- Both as float tensors of one dtype: the larger one; integers become float32.
local function alike(a, v)
  if a.elem == v.elem and a.elem <= C.MAH_FLOAT64 then return a, v end
  local wide = a.elem == C.MAH_FLOAT64 or v.elem == C.MAH_FLOAT64
  if wide then return a:double(), v:double() end
  return a:float(), v:float()
end

--- The convolution of two vectors, out[t] = sum of a[t - k] v[k], as NumPy's convolve.
---
---     print(mah.convolve(mah.tensor { 1, 2, 3 }, mah.tensor { 1, 1 }))
---     --> float32 4
---     --> {1.0, 3.0, 5.0, 3.0}
---     print(mah.convolve(mah.tensor { 1, 2, 3 }, mah.tensor { 1, 1 }, "valid"))
---     --> float32 2
---     --> {3.0, 5.0}
---@param a tensor   (n)
---@param v tensor   (m)
---@param mode "full"|"same"|"valid"|nil   full: n + m - 1 elements; same: the middle max(n, m) of
---  them; valid: those for which both overlap, max(n, m) - min(n, m) + 1
---@return tensor
function convolve.convolve(a, v, mode)
  expect_vector(a, "a")
  expect_vector(v, "v")
  mode = mode or "full"
  if not modes[mode] then
    options.check("mode", mode, { nil, { "full", "same", "valid" } }, "convolve")
  end
  if a.extent[0] < v.extent[0] then a, v = v, a end
  a, v = alike(a, v)
  local n, m = a.shape[1], v.shape[1]
  local full
  if m > LONG then
    full = by_transforms(a, v, good_length(n + m - 1)):narrow(1, 1, n + m - 1)
  else
    full = Type.make(C.mah_convolve, a, v)
  end
  if mode == "full" then return full:contiguous() end
  if mode == "valid" then return full:narrow(1, m, n - m + 1):contiguous() end
  return full:narrow(1, math.floor((m - 1) / 2) + 1, n):contiguous()
end

for name, f in pairs(convolve) do methods[name] = f end

return convolve
