--- Linear algebra by LAPACK, for float32 and float64 matrices.
---
---     local x = mah.linalg.solve(a, b)              -- a x = b; a:solve(b) is the same
---     local u, s, vt = a:svd()                      -- a = u diag(s) vt
---     print(a:det(), a:cond())
---
--- Integers are refused: convert them first. A singular matrix, one that is not positive definite,
--- and NaN or infinity among the elements are errors that say so. Products are in mah.matmul and
--- its neighbours.
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local options = require "mah.base.options"

local expect, methods = Type.expect, Type.methods
local blank, own = Type.blank, Type.own

local linalg = {}

-- -- Equations ------------------------------------------------------------------------------------

--- The x with a x = b.
---@param a tensor   (n, n)
---@param b tensor   (n) or (n, k)
---@return tensor    b's shape
function linalg.solve(a, b)
  return Type.make(C.mah_solve, expect(a, "solve"), expect(b, "solve: b"))
end

local lstsq_rules = options.declare("mah.linalg.lstsq", { rcond = { -1, "number", "[0, 1]" } })

--- The shortest x for which |a x - b| is least.
---@param a tensor   (m, n)
---@param b tensor   (m) or (m, k)
---@param given {rcond: number?}|nil   singular values below rcond times the greatest count as 0;
---  default: the dtype's epsilon times max(m, n)
---@return tensor x, integer rank, tensor singular   (n) or (n, k); a's rank; its singular values
function linalg.lstsq(a, b, given)
  expect(a, "lstsq")
  expect(b, "lstsq: b")
  local o = options(given, lstsq_rules, "lstsq")
  local x, singular, rank = blank(), blank(), ffi.new "int32_t[1]"
  check.status(C.mah_lstsq(x, singular, rank, a, b, o.rcond))
  return own(x), rank[0], own(singular)
end

--- The inverse matrix. To solve equations, `solve` is faster and more accurate.
---@param a tensor   (n, n)
---@return tensor    (n, n)
function linalg.inv(a) return Type.make(C.mah_inverse, expect(a, "inv")) end

--- The determinant; 0 for a singular matrix.
---@param a tensor   (n, n)
---@return number
function linalg.det(a)
  local result = ffi.new "double[1]"
  check.status(C.mah_determinant(result, expect(a, "det")))
  return result[0]
end

-- -- Factors --------------------------------------------------------------------------------------

--- The lower triangular l with a = l l^T, of a symmetric positive definite matrix, of which the
--- lower triangle is read.
---@param a tensor   (n, n)
---@return tensor    (n, n)
function linalg.cholesky(a) return Type.make(C.mah_cholesky, expect(a, "cholesky")) end

--- a = q r with orthonormal columns in q and upper triangular r; k = min(m, n).
---@param a tensor   (m, n)
---@return tensor q, tensor r   (m, k), (k, n)
function linalg.qr(a)
  local q, r = blank(), blank()
  check.status(C.mah_qr(q, r, expect(a, "qr")))
  return own(q), own(r)
end

--- a = u diag(s) vt with orthonormal columns in u and rows in vt, s descending; k = min(m, n).
---@param a tensor   (m, n)
---@return tensor u, tensor s, tensor vt   (m, k), (k), (k, n)
function linalg.svd(a)
  local u, s, vt = blank(), blank(), blank()
  check.status(C.mah_svd(u, s, vt, expect(a, "svd")))
  return own(u), own(s), own(vt)
end

--- The singular values alone, descending.
---@param a tensor   (m, n)
---@return tensor    (min(m, n))
function linalg.svdvals(a)
  local s = blank()
  check.status(C.mah_svd(nil, s, nil, expect(a, "svdvals")))
  return own(s)
end

-- -- Eigenvalues ----------------------------------------------------------------------------------

--- a = v diag(w) v^T of a symmetric matrix, of which the lower triangle is read; w ascending.
---@param a tensor   (n, n)
---@return tensor w, tensor v   (n), (n, n) with a vector in each column
function linalg.eigh(a)
  local w, v = blank(), blank()
  check.status(C.mah_eigh(w, v, expect(a, "eigh")))
  return own(w), own(v)
end

--- a v = v diag(w) of any square matrix. Eigenvalues and vectors may be complex: they come as real
--- and imaginary parts.
---@param a tensor   (n, n)
---@return tensor w_re, tensor w_im, tensor v_re, tensor v_im   (n), (n), (n, n), (n, n)
function linalg.eig(a)
  local w_re, w_im, v_re, v_im = blank(), blank(), blank(), blank()
  check.status(C.mah_eig(w_re, w_im, v_re, v_im, expect(a, "eig")))
  return own(w_re), own(w_im), own(v_re), own(v_im)
end

-- -- From the singular values ---------------------------------------------------------------------

local epsilon = { float32 = 2 ^ -23, float64 = 2 ^ -52 }

--- Below what a singular value counts as 0: `rcond` (eps max(m, n) when nil) times the greatest.
local function threshold(a, s, rcond, where)
  local m, n = unpack(a.shape)
  if rcond == nil then rcond = epsilon[a.dtype] * math.max(m, n) end
  return Type.number(rcond, where, "rcond") * s[1]
end

--- How many singular values are greater than `rcond` times the greatest.
---@param a tensor              (m, n)
---@param rcond number|nil      the dtype's epsilon times max(m, n)
---@return integer
function linalg.matrix_rank(a, rcond)
  local s = linalg.svdvals(a)
  local limit, rank = threshold(a, s, rcond, "matrix_rank"), 0
  for i = 1, #s do
    if s[i] > limit then rank = rank + 1 end
  end
  return rank
end

--- The pseudo-inverse (Moore, Penrose): the matrix that solves equations as lstsq does.
---@param a tensor              (m, n)
---@param rcond number|nil      as for matrix_rank
---@return tensor               (n, m)
function linalg.pinv(a, rcond)
  local u, s, vt = linalg.svd(a)
  local limit = threshold(a, s, rcond, "pinv")
  for i = 1, #s do s[i] = s[i] > limit and 1 / s[i] or 0 end
  return (vt:t() * s):matmul(u:t())
end

--- The condition number: the greatest singular value divided by the least; inf for a singular
--- matrix.
---@param a tensor   (m, n)
---@return number
function linalg.cond(a)
  local s = linalg.svdvals(a)
  return s[#s] == 0 and math.huge or s[1] / s[#s]
end

for name, f in pairs(linalg) do methods[name] = f end

return linalg
