--- Products of vectors and matrices, by CBLAS.
---
---     local a = mah.tensor { { 1, 2 }, { 3, 4 } }
---     print(a:matmul(a)[2][1])                               --> 15
---     mah.mm(a, a, { out = c })                              -- into a matrix that is there
---
--- float32 and float64; of one each, the result is float64 (not for mm and dot, which take one
--- dtype). Integer tensors are refused: convert them first.
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local number_in = require "mah.base.number_in"
local options = require "mah.base.options"
local traced = require "mah.tensor.traced"

local methods = Type.methods
local number = ffi.new "double[1]"

local product = {}

local function expect_two(a, b, where)
  Type.expect(a, where .. ": first argument")
  Type.expect(b, where .. ": second argument")
end

--- The sum of the products of two vectors' elements, as a number.
---
---     print(mah.dot(mah.tensor { 1, 2, 3 }, mah.tensor { 4, 5, 6 }))   --> 32
---@param a tensor   (n)
---@param b tensor   (n), of the same dtype
---@return number
function product.dot(a, b)
  expect_two(a, b, "dot")
  check.status(C.mah_tensor_dot(number, a, b))
  return number_in(number)
end

--- Every product of an element of one vector with one of another.
---
---     print(mah.outer(mah.tensor { 1, 2 }, mah.tensor { 10, 20, 30 }))
---     --> float32 2x3
---     --> {{10.0, 20.0, 30.0},
---     -->  {20.0, 40.0, 60.0}}
---@param a tensor   (m)
---@param b tensor   (n), of the same dtype
---@return tensor    (m, n)
function product.outer(a, b)
  expect_two(a, b, "outer")
  return Type.make(C.mah_tensor_outer, a, b)
end

--- The dot products of two tensors along their last dimension; the others broadcast. Two vectors
--- give a tensor without dimensions.
---
---     print(mah.vecdot(mah.tensor { { 1, 2 }, { 3, 4 } }, mah.tensor { 10, 1 }))
---     --> float32 2
---     --> {12.0, 34.0}
---@param a tensor   (..., n)
---@param b tensor   (..., n)
---@return tensor    (...)
function product.vecdot(a, b)
  expect_two(a, b, "vecdot")
  return Type.make(C.mah_tensor_vecdot, a, b)
end

--- Kronecker's product: every element of `a` times all of `b`, in the place of that element. The
--- one with fewer dimensions gets new ones in front. Any dtype.
---
---     print(mah.kron(mah.tensor { { 1, 2 } }, mah.tensor { { 1, 1 }, { 0, 1 } }))
---     --> float32 2x4
---     --> {{1.0, 1.0, 2.0, 2.0},
---     -->  {0.0, 1.0, 0.0, 2.0}}
---@param a tensor   (m, n)
---@param b tensor   (p, q)
---@return tensor    (m p, n q)
function product.kron(a, b)
  expect_two(a, b, "kron")
  local ndim = math.max(a.ndim, b.ndim)
  if a.ndim == 2 and b.ndim == 2 then return Type.make(C.mah_tensor_kron, a, b) end
  check.that(2 * ndim <= Type.MAX_DIMS, "kron: at most %d dimensions, got %s and %s",
    Type.MAX_DIMS / 2, Type.describe(a), Type.describe(b))
  local a_sizes, b_sizes, sizes = {}, {}, {}
  for d = 1, ndim do
    local i, j = d - 1 - (ndim - a.ndim), d - 1 - (ndim - b.ndim)
    local m = i >= 0 and tonumber(a.extent[i]) or 1
    local p = j >= 0 and tonumber(b.extent[j]) or 1
    a_sizes[2 * d - 1], a_sizes[2 * d] = m, 1
    b_sizes[2 * d - 1], b_sizes[2 * d] = 1, p
    sizes[d] = m * p
  end
  local each = methods.mul(a:reshape(a_sizes), b:reshape(b_sizes))
  return each:reshape(sizes)
end

--- The matrix product, as NumPy's matmul: (m, k) by (k, n) gives (m, n). A vector on the left is a
--- row, on the right a column, and its dimension is gone from the result; two vectors give a
--- number, as dot. More dimensions are batches of matrices, which broadcast: (10, m, k) by (k, n)
--- gives (10, m, n).
---
---     local a = mah.tensor { { 1, 2 }, { 3, 4 } }
---     print(mah.matmul(a, a))
---     --> float32 2x2
---     --> {{ 7.0, 10.0},
---     -->  {15.0, 22.0}}
---     print(a:matmul(mah.tensor { 1, 1 }))
---     --> float32 2
---     --> {3.0, 7.0}
---@param a tensor   (..., m, k) or (k)
---@param b tensor   (..., k, n) or (k)
---@return tensor|number
function product.matmul(a, b)
  expect_two(a, b, "matmul")
  if a.ndim == 1 and b.ndim == 1 and a.elem == b.elem then return product.dot(a, b) end
  return Type.make(C.mah_tensor_matmul, a, b)
end

local mm_rules = options.declare("mah.mm", {
  out = { nil, "tensor", nil, "(m, n): where the result is written; nil: a new matrix" },
  alpha = { 1, "number", nil, "factor of the product" },
  beta = { 0, "number", nil, "factor of what out held before; 0: it is not read" },
})

--- The matrix product alpha a b + beta out, written to the option `out`: BLAS's gemm. All of one
--- dtype. `out` may be any view, and may share memory with a and b; without it the result is a new
--- matrix.
---
---     local a, out = mah.tensor { { 1, 2 }, { 3, 4 } }, mah.ones(2, 2)
---     mah.mm(a, a, { out = out, alpha = 0.5, beta = 1 })
---     print(out)
---     --> float32 2x2
---     --> {{ 4.5,  6.0},
---     -->  { 8.5, 12.0}}
---@param a tensor   (m, k)
---@param b tensor   (k, n)
---@param given {out: tensor?, alpha: number?, beta: number?}|nil
---@return tensor    out (m, n)
function product.mm(a, b, given)
  expect_two(a, b, "mm")
  local o = options(given, mm_rules, "mm")
  local out = o.out
  if not out then
    if a.ndim ~= 2 or b.ndim ~= 2 then check.raise("mm: two matrices are expected") end
    if o.beta ~= 0 then check.raise("mm: beta = %s needs an out", tostring(o.beta)) end
    out = Type.new(a.elem, 2, ffi.new("int64_t[8]", a.extent[0], b.extent[1]))
  end
  Type.expect(out, "mm: out")
  if traced.is_open and o.out then traced.before_change(out, "mm") end
  check.status(C.mah_tensor_mm(out, a, b, o.alpha, o.beta))
  return out
end

for name, f in pairs(product) do methods[name] = f end

return product
