--- Discrete Fourier transforms, under NumPy's names. Complex tensors are two, of real and imaginary
--- parts.
---
---     local re, im = mah.fft(x)                     -- of a real tensor, along its last dimension
---     local back = mah.ifft(re, im)                 -- and the way back: real part, imaginary part
---     local half_re, half_im = x:rfft()             -- the first n / 2 + 1 elements: all there is
---     local same = half_re:irfft(half_im)           -- to know of a real tensor, and the way back
---     mah.fft.fft(re, im, { dim = 1, n = 64, norm = "ortho" })
---     print(mah.fft.fftfreq(8, 0.1))                -- the frequencies, in cycles per unit
---
--- X[k] = sum of x[j] exp(-2 pi i j k / n), j and k from 0; ifft turns the other way and divides by
--- n. float32 and float64 are kept, integers become float32. Any length goes: those with prime
--- factors up to 61 take n log n steps, others about six times as many. The method is Stockham's,
--- and Bluestein's for large primes.
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
local rules = options.declare("mah.fft mah.fft.fft mah.fft.ifft mah.fft.rfft mah.fft.irfft "
  .. "mah.ifft mah.rfft mah.irfft tensor:fft tensor:ifft tensor:rfft tensor:irfft", {
  dim = { -1, "integer" },
  n = { nil, "integer", "[1, inf)" },
  norm = { "backward", norms },
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

--- The transform: X[k] = sum of x[j] exp(-2 pi i j k / n).
---
---     local re, im = mah.fft(x, { dim = 1 })
---@param re tensor          a real tensor, or the real part
---@param im tensor|nil      the imaginary part, of re's shape
---@param given {dim: integer?, n: integer?, norm: string?}|nil   dim -1; n: cut or filled
---  with zeros to so many first; norm "backward" (ifft divides by n), "ortho" (both by sqrt n) or
---  "forward"
---@return tensor re, tensor im
function fft.fft(re, im, given) return transform("fft", C.MAH_FFT_FORWARD, re, im, given) end

--- The way back: x[j] = sum of X[k] exp(2 pi i j k / n), divided by n.
---@param re tensor
---@param im tensor|nil      zeros when left out
---@param given {dim: integer?, n: integer?, norm: string?}|nil   as for fft
---@return tensor re, tensor im
function fft.ifft(re, im, given) return transform("ifft", C.MAH_FFT_BACKWARD, re, im, given) end

--- The first n / 2 + 1 elements of a real tensor's transform; the others are their conjugates.
---@param x tensor
---@param given {dim: integer?, n: integer?, norm: string?}|nil   as for fft
---@return tensor re, tensor im   n / 2 + 1 elements along dim
function fft.rfft(x, given)
  local im, o, dim = read("rfft", x, nil, given)
  check.that(im == nil, "rfft: a real tensor is expected, got two; write fft")
  local n = o.n or tonumber(x.extent[dim])
  local out_re, out_im = blank(), blank()
  check.status(C.mah_rfft(out_re, out_im, x, dim, n, scale_of(o.norm, n, true)))
  return own(out_re), own(out_im)
end

--- The real tensor of which (re, im) is the rfft. An odd length must be given as n.
---@param re tensor          n / 2 + 1 elements along dim
---@param im tensor|nil      zeros when left out
---@param given {dim: integer?, n: integer?, norm: string?}|nil   n: of the result, 2 (m - 1) for m
---  elements when left out
---@return tensor            n elements along dim
function fft.irfft(re, im, given)
  local o, dim
  im, o, dim = read("irfft", re, im, given)
  local n = o.n or 2 * (tonumber(re.extent[dim]) - 1)
  return Type.make(C.mah_irfft, re, im, dim, n, scale_of(o.norm, n, false))
end

-- -- Along two ------------------------------------------------------------------------------------

local rules2 = options.declare("mah.fft.fft2 mah.fft.ifft2 mah.fft.rfft2", {
  norm = { "backward", norms },
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

--- The transform along the last two dimensions.
---@param re tensor          (..., m, n), or the real part
---@param im tensor|nil
---@param given {norm: string?}|nil   as for fft
---@return tensor re, tensor im
function fft.fft2(re, im, given) return twice("fft2", fft.fft, re, im, given) end

--- The way back along the last two dimensions, divided by m n.
---@param re tensor          (..., m, n)
---@param im tensor|nil
---@param given {norm: string?}|nil   as for fft
---@return tensor re, tensor im
function fft.ifft2(re, im, given) return twice("ifft2", fft.ifft, re, im, given) end

--- The transform of real matrices along the last two dimensions.
---@param x tensor           (..., m, n)
---@param given {norm: string?}|nil   as for fft
---@return tensor re, tensor im   (..., m, n / 2 + 1)
function fft.rfft2(x, given)
  expect_matrices(x, "rfft2")
  local o = options(given, rules2, "rfft2")
  local re, im = fft.rfft(x, { dim = -1, norm = o.norm })
  return fft.fft(re, im, { dim = -2, norm = o.norm })
end

local irfft2_rules = options.declare("mah.fft.irfft2", { norm = rules.norm, n = rules.n })

--- The real matrices of which (re, im) is the rfft2.
---@param re tensor          (..., m, n / 2 + 1)
---@param im tensor|nil
---@param given {norm: string?, n: integer?}|nil   n: columns of the result, as for irfft
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

--- The elements with that of frequency 0 in the middle.
---@param x tensor
---@param dim integer|nil   all dimensions when left out
---@return tensor
function fft.fftshift(x, dim)
  return shift("fftshift", x, dim, function(n) return math.floor(n / 2) end)
end

--- The elements of fftshift as they were.
---@param x tensor
---@param dim integer|nil   all dimensions when left out
---@return tensor
function fft.ifftshift(x, dim)
  return shift("ifftshift", x, dim, function(n) return n - math.floor(n / 2) end)
end

for _, name in ipairs { "fft", "ifft", "rfft", "irfft" } do methods[name] = fft[name] end

return called(fft.fft, fft)
