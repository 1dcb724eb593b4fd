--- Discrete Fourier transforms, under NumPy's names. Complex tensors are two, of real and imaginary
--- parts. float32 and float64 are kept, integers become float32. Any length goes: those with prime
--- factors up to 61 take n log n steps, others about six times as many. The method is Stockham's,
--- and Bluestein's for large primes.
---
---     local x = mah.tensor { 1, 2, 3, 4 }
---     local re, im = mah.fft(x)                     -- of a real tensor, along its last dimension
---     local back = mah.ifft(re, im)                 -- and the way back: real part, imaginary part
---     local half_re, half_im = x:rfft()             -- the first n / 2 + 1 elements are enough
---     print(half_re:irfft(half_im):allclose(back))   --> true
---     print(mah.fft.fftfreq(4, 0.5))                -- the frequencies, in cycles per unit
---     --> float64 4
---     --> { 0.0,  0.5, -1.0, -0.5}
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local called = require "mah.base.called"
local check = require "mah.base.check"
local join = require "mah.tensor.join"
local make = require "mah.tensor.make"
local options = require "mah.base.options"

local expect, methods = Type.expect, Type.methods
local blank, own = Type.blank, Type.own

local fft = {}

-- -- Along one dimension --------------------------------------------------------------------------

local norms = { "backward", "ortho", "forward" }
local norm_text = "what divides: backward: ifft by n, ortho: both by sqrt n, forward: fft by n"
local rules = options.declare("mah.fft mah.fft.fft mah.fft.ifft mah.fft.rfft mah.fft.irfft "
  .. "mah.ifft mah.rfft mah.irfft tensor:fft tensor:ifft tensor:rfft tensor:irfft", {
  dim = { -1, "integer", nil, "the dimension of the transform; -1 is the last" },
  n = { nil, "integer", "[1, inf)", "elements along dim: the tensor is cut or filled with zeros to "
    .. "so many first; nil: as many as there are (irfft: 2 (m - 1) for m)" },
  norm = { "backward", norms, nil, norm_text },
})

--- What the result is multiplied by.
local function scale_of(norm, n, is_forward)
  if norm == "ortho" then return 1 / math.sqrt(n) end
  return (norm == "forward") == is_forward and 1 / n or 1
end

local usual = options(nil, rules, "fft")

--- The arguments of f(re, im, given), f(re, given): the imaginary part, the options, the dimension
--- as the core counts it, and the length along it.
local function read(where, re, im, given, known)
  expect(re, where)
  if type(im) == "table" and given == nil and getmetatable(im) == nil then im, given = nil, im end
  if im ~= nil then expect(im, where .. ": the imaginary part") end
  local o = given == nil and not known and usual or options(given, known or rules, where)
  return im, o, Type.dim(re, o.dim or -1, where)
end

--- The transform of a real or a complex tensor; both parts.
local function transform(where, direction, re, im, given)
  local o, dim
  im, o, dim = read(where, re, im, given)
  local n = o.n or tonumber(re.extent[dim])
  local scale = scale_of(o.norm, n, direction == C.MAH_FFT_FORWARD)
  local out_re, out_im = blank(), blank()
  check.status(C.mah_fft(out_re, out_im, re, im, dim, n, direction, scale))
  return own(out_re), own(out_im)
end

--- The discrete Fourier transform along one dimension, X[k] = sum of x[j] exp(-2 pi i j k / n) with
--- j and k from 0.
---
---     local re, im = mah.fft.fft(mah.tensor { 1, 0, -1, 0 })
---     print(re)
---     --> float32 4
---     --> {0.0, 2.0, 0.0, 2.0}
---     print(mah.fft(mah.tensor { { 1, 2 }, { 3, 4 } }, { dim = 1 })[1])
---     --> float32 2
---     --> {4.0, 6.0}
---@param re tensor          a real tensor, or the real part
---@param im tensor|nil      the imaginary part, of re's shape; zeros when left out
---@param given {dim: integer?, n: integer?, norm: string?}|nil
---@return tensor re         of re's shape, with n elements along dim
---@return tensor im
function fft.fft(re, im, given) return transform("fft", C.MAH_FFT_FORWARD, re, im, given) end

--- The inverse Fourier transform along one dimension, x[j] = sum of X[k] exp(2 pi i j k / n),
--- divided by n.
---
---     local re, im = mah.fft.fft(mah.tensor { 1, 2, 3, 4 })
---     print(mah.ifft(re, im):round())
---     --> float32 4
---     --> {1.0, 2.0, 3.0, 4.0}
---@param re tensor          the real part
---@param im tensor|nil      the imaginary part, of re's shape; zeros when left out
---@param given {dim: integer?, n: integer?, norm: string?}|nil
---@return tensor re         of re's shape, with n elements along dim
---@return tensor im
function fft.ifft(re, im, given) return transform("ifft", C.MAH_FFT_BACKWARD, re, im, given) end

--- The first n / 2 + 1 elements of a real tensor's Fourier transform; the others are their
--- conjugates.
---
---     local re, im = mah.rfft(mah.tensor { 1, 2, 3, 4 })
---     print(re)
---     --> float32 3
---     --> {10.0, -2.0, -2.0}
---     print(im)
---     --> float32 3
---     --> {0.0, 2.0, 0.0}
---@param x tensor
---@param given {dim: integer?, n: integer?, norm: string?}|nil
---@return tensor re         n / 2 + 1 elements along dim
---@return tensor im
function fft.rfft(x, given)
  local im, o, dim = read("rfft", x, nil, given)
  check.that(im == nil, "rfft: a real tensor is expected, got two; write fft")
  local n = o.n or tonumber(x.extent[dim])
  local out_re, out_im = blank(), blank()
  check.status(C.mah_rfft(out_re, out_im, x, dim, n, scale_of(o.norm, n, true)))
  return own(out_re), own(out_im)
end

--- The real tensor whose rfft is given. An odd length must be given as n.
---
---     local re, im = mah.rfft(mah.tensor { 1, 2, 3 })
---     print(mah.irfft(re, im, { n = 3 }))
---     --> float32 3
---     --> {1.0, 2.0, 3.0}
---@param re tensor          n / 2 + 1 elements along dim
---@param im tensor|nil      the imaginary part, of re's shape; zeros when left out
---@param given {dim: integer?, n: integer?, norm: string?}|nil   n: of the result, 2 (m - 1) for m
---     elements when left out
---@return tensor            n elements along dim
function fft.irfft(re, im, given)
  local o, dim
  im, o, dim = read("irfft", re, im, given)
  local n = o.n or 2 * (tonumber(re.extent[dim]) - 1)
  return Type.make(C.mah_irfft, re, im, dim, n, scale_of(o.norm, n, false))
end

-- -- Along two ------------------------------------------------------------------------------------

local rules2 = options.declare("mah.fft.fft2 mah.fft.ifft2 mah.fft.rfft2", {
  norm = { "backward", norms, nil, norm_text },
})

local function expect_matrices(re, where)
  if expect(re, where).ndim < 2 then
    check.raise("%s: two dimensions are expected, got %s", where, Type.describe(re))
  end
end

local function twice(where, f, re, im, given)
  expect_matrices(re, where)
  local o
  im, o = read(where, re, im, given, rules2)
  re, im = f(re, im, { dim = -1, norm = o.norm })
  return f(re, im, { dim = -2, norm = o.norm })
end

--- The Fourier transform along the last two dimensions.
---
---     local re, im = mah.fft.fft2(mah.tensor { { 1, 2 }, { 3, 4 } })
---     print(re)
---     --> float32 2x2
---     --> {{10.0, -2.0},
---     -->  {-4.0,  0.0}}
---@param re tensor          (..., m, n), real, or the real part
---@param im tensor|nil      the imaginary part; zeros when left out
---@param given {norm: string?}|nil
---@return tensor re         (..., m, n)
---@return tensor im
function fft.fft2(re, im, given) return twice("fft2", fft.fft, re, im, given) end

--- The inverse Fourier transform along the last two dimensions, divided by m n.
---
---     local re, im = mah.fft.ifft2(mah.tensor { { 10, -2 }, { -4, 0 } })
---     print(re)
---     --> float32 2x2
---     --> {{1.0, 2.0},
---     -->  {3.0, 4.0}}
---@param re tensor          (..., m, n), the real part
---@param im tensor|nil      the imaginary part; zeros when left out
---@param given {norm: string?}|nil
---@return tensor re         (..., m, n)
---@return tensor im
function fft.ifft2(re, im, given) return twice("ifft2", fft.ifft, re, im, given) end

--- The Fourier transform of real matrices along the last two dimensions, of whose columns the first
--- n / 2 + 1 are kept; the others are their conjugates.
---
---     local re, im = mah.fft.rfft2(mah.eye(4))
---     print(unpack(re.shape))   --> 4 3
---@param x tensor           (..., m, n)
---@param given {norm: string?}|nil
---@return tensor re         (..., m, n / 2 + 1)
---@return tensor im
function fft.rfft2(x, given)
  expect_matrices(x, "rfft2")
  local o = options(given, rules2, "rfft2")
  local re, im = fft.rfft(x, { dim = -1, norm = o.norm })
  return fft.fft(re, im, { dim = -2, norm = o.norm })
end

local irfft2_rules = options.declare("mah.fft.irfft2", {
  norm = rules.norm,
  n = { nil, "integer", "[1, inf)", "columns of the result; nil: 2 (m - 1) for m columns" },
})

--- The real matrices whose rfft2 is given. An odd number of columns must be given as n.
---
---     local re, im = mah.fft.rfft2(mah.tensor { { 1, 2 }, { 3, 4 } })
---     print(mah.fft.irfft2(re, im))
---     --> float32 2x2
---     --> {{1.0, 2.0},
---     -->  {3.0, 4.0}}
---@param re tensor          (..., m, n / 2 + 1)
---@param im tensor|nil      the imaginary part; zeros when left out
---@param given {norm: string?, n: integer?}|nil
---@return tensor            (..., m, n)
function fft.irfft2(re, im, given)
  expect_matrices(re, "irfft2")
  local o
  im, o = read("irfft2", re, im, given, irfft2_rules)
  local half_re, half_im = fft.ifft(re, im, { dim = -2, norm = o.norm })
  return fft.irfft(half_re, half_im, { dim = -1, norm = o.norm, n = o.n })
end

-- -- Frequencies and their order ------------------------------------------------------------------

local function expect_length(n, d, where)
  if Type.integer(n, where, "n") < 1 then
    check.raise("%s: n must be at least 1; got %.0f", where, n)
  end
  if d == nil then return 1 end -- as a NULL of C is, too
  if type(d) ~= "number" or d == 0 then
    check.raise("%s: the distance d must be a number other than 0; got %s", where, check.show(d))
  end
  return d
end

--- The frequencies of fft's elements, in cycles per unit of d: 0, 1 ... then the negative ones,
--- each divided by n d.
---
---     local d = 0.5 -- seconds between two samples
---     print(mah.fft.fftfreq(4, d))
---     --> float64 4
---     --> { 0.0,  0.5, -1.0, -0.5}
---@param n integer
---@param d number|nil   the distance of two samples, 1 when left out
---@return tensor        (n), float64
function fft.fftfreq(n, d)
  d = expect_length(n, d, "fftfreq")
  local half = math.floor((n - 1) / 2)
  local k = make.arange(0, n - 1, 1, { dtype = "float64" })
  if n > 1 then k:narrow(1, half + 2, n - half - 1):sub_(n) end
  return k:div_(n * d)
end

--- The frequencies of rfft's elements: 0 ... n / 2, each divided by n d.
---
---     print(mah.fft.rfftfreq(4, 0.5))
---     --> float64 3
---     --> {0.0, 0.5, 1.0}
---@param n integer
---@param d number|nil   the distance of two samples, 1 when left out
---@return tensor        (n / 2 + 1), float64
function fft.rfftfreq(n, d)
  d = expect_length(n, d, "rfftfreq")
  return make.arange(0, math.floor(n / 2), 1, { dtype = "float64" }):div_(n * d)
end

--- x with the elements along a dimension turned around by `places`.
local function turn(x, dim, places)
  local n = x.shape[dim]
  if n < 2 then return x end
  local first = x:narrow(dim, n - places + 1, places)
  return join.cat({ first, x:narrow(dim, 1, n - places) }, dim)
end

local function shift(where, x, dim, places_of)
  expect(x, where)
  if dim ~= nil then
    local d = Type.dim(x, dim, where) + 1
    return turn(x:clone(), d, places_of(x.shape[d]))
  end
  local result = x:clone()
  for d = 1, x.ndim do result = turn(result, d, places_of(x.shape[d])) end
  return result
end

--- The elements turned around so that the one of frequency 0 is in the middle. A copy.
---
---     print(mah.fft.fftshift(mah.fft.fftfreq(4)))
---     --> float64 4
---     --> {-0.50, -0.25,  0.00,  0.25}
---@param x tensor
---@param dim integer|nil   all dimensions when left out
---@return tensor           of x's shape
function fft.fftshift(x, dim)
  return shift("fftshift", x, dim, function(n) return math.floor(n / 2) end)
end

--- The elements of fftshift as they were before. A copy.
---
---     print(mah.fft.ifftshift(mah.tensor { -2, -1, 0, 1 }))
---     --> float32 4
---     --> { 0.0,  1.0, -2.0, -1.0}
---@param x tensor
---@param dim integer|nil   all dimensions when left out
---@return tensor           of x's shape
function fft.ifftshift(x, dim)
  return shift("ifftshift", x, dim, function(n) return n - math.floor(n / 2) end)
end

for _, name in ipairs { "fft", "ifft", "rfft", "irfft" } do methods[name] = fft[name] end

return called(fft.fft, fft)
