--- Linear algebra by LAPACK, for float32 and float64 matrices. Integers are refused: convert them
--- first. A singular matrix, one that is not positive definite, and NaN or infinity among the
--- elements are errors that say so. Products are in mah.matmul and its neighbours.
---
---     local a, b = mah.tensor { { 2, 1 }, { 1, 3 } }, mah.tensor { 3, 5 }
---     print(mah.linalg.solve(a, b))                 -- a x = b; a:solve(b) is the same
---     --> float32 2
---     --> {0.8, 1.4}
---     local u, s, vt = a:svd()                      -- a = u diag(s) vt
---     print((u * s):matmul(vt):allclose(a))   --> true
local C = require "mah.base.library"
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local make = require "mah.tensor.make"
local options = require "mah.base.options"

local expect, methods = Type.expect, Type.methods
local blank, own = Type.blank, Type.own

local linalg = {}

-- -- Equations ------------------------------------------------------------------------------------

--- The solution x of the equations a x = b.
---
---     local a = mah.tensor { { 2, 1 }, { 1, 3 } }
---     print(mah.linalg.solve(a, mah.tensor { 3, 5 }))
---     --> float32 2
---     --> {0.8, 1.4}
---@param a tensor   (n, n), not singular
---@param b tensor   (n) or (n, k); the larger dtype wins
---@return tensor    b's shape
function linalg.solve(a, b)
  return Type.make(C.mah_solve, expect(a, "solve"), expect(b, "solve: b"))
end

local lstsq_rules = options.declare("mah.linalg.lstsq", {
  rcond = { -1, "number", "[0, 1]", "singular values below rcond times the greatest count as 0; "
    .. "when left out: the dtype's epsilon times max(m, n)" },
})

--- Least squares: the x for which |a x - b| is least, the shortest one where there are several.
---
---     local a = mah.tensor { { 1, 0 }, { 1, 1 }, { 1, 2 } } -- a line through three points
---     local x, rank = mah.linalg.lstsq(a, mah.tensor { 1, 3, 5 })
---     print(x)
---     --> float32 2
---     --> {1.0, 2.0}
---     print(rank)   --> 2
---@param a tensor   (m, n)
---@param b tensor   (m) or (m, k); the larger dtype wins
---@param given {rcond: number?}|nil
---@return tensor x          (n) or (n, k)
---@return integer rank      of a
---@return tensor singular   a's singular values, (min(m, n))
function linalg.lstsq(a, b, given)
  expect(a, "lstsq")
  expect(b, "lstsq: b")
  local o = options(given, lstsq_rules, "lstsq")
  local x, singular, rank = blank(), blank(), ffi.new "int32_t[1]"
  check.status(C.mah_lstsq(x, singular, rank, a, b, o.rcond))
  return own(x), rank[0], own(singular)
end

--- The inverse of a square matrix. To solve equations, `solve` is faster and more accurate.
---
---     print(mah.linalg.inv(mah.tensor { { 1, 2 }, { 3, 4 } }))
---     --> float32 2x2
---     --> {{-2.0,  1.0},
---     -->  { 1.5, -0.5}}
---@param a tensor   (n, n), not singular
---@return tensor    (n, n)
function linalg.inv(a) return Type.make(C.mah_inverse, expect(a, "inv")) end

--- The determinant of a square matrix; 0 for a singular one.
---
---     print(mah.linalg.det(mah.tensor { { 2, 1 }, { 1, 3 } }))   --> 5
---@param a tensor   (n, n)
---@return number
function linalg.det(a)
  local result = ffi.new "double[1]"
  check.status(C.mah_determinant(result, expect(a, "det")))
  return result[0]
end

-- -- Factors --------------------------------------------------------------------------------------

--- The Cholesky factor, the lower triangular l with a = l l^T, of a symmetric positive definite
--- matrix. Only the lower triangle of a is read.
---
---     print(mah.linalg.cholesky(mah.tensor { { 4, 2 }, { 2, 5 } }))
---     --> float32 2x2
---     --> {{2.0, 0.0},
---     -->  {1.0, 2.0}}
---@param a tensor   (n, n)
---@return tensor    l (n, n)
function linalg.cholesky(a) return Type.make(C.mah_cholesky, expect(a, "cholesky")) end

local qr_rules = options.declare("mah.linalg.qr", {
  pivoting = { false, "boolean", nil, "exchange columns so that the diagonal of r falls in size, "
    .. "and give their order as a third result" },
})

--- The factors a = q r, with orthonormal columns in q and upper triangular r; k = min(m, n). With
--- the option pivoting also the order p of the columns, with a:index_select(2, p) = q r and the
--- diagonal of r falling in size: how many of it are not small is the rank.
---
---     local a = mah.tensor { { 3, 1 }, { 4, 2 } }
---     local q, r = mah.linalg.qr(a)
---     print(r)
---     --> float32 2x2
---     --> {{-5.0, -2.2},
---     -->  { 0.0,  0.4}}
---     print(q:matmul(r):allclose(a))   --> true
---@param a tensor   (m, n)
---@param given {pivoting: boolean?}|nil
---@return tensor q        (m, k)
---@return tensor r        (k, n)
---@return tensor|nil p    (n) int32 from 1, with pivoting
function linalg.qr(a, given)
  expect(a, "qr")
  local q, r = blank(), blank()
  if given == nil or not options(given, qr_rules, "qr").pivoting then
    check.status(C.mah_qr(q, r, a))
    return own(q), own(r)
  end
  local p = blank()
  check.status(C.mah_qr_pivoted(q, r, p, a))
  return own(q), own(r), own(p)
end

--- The factors a = p l u: p exchanges rows, l is lower triangular with ones on its diagonal, u
--- upper triangular; k = min(m, n). As scipy.linalg.lu.
---
---     local p, l, u = mah.linalg.lu(mah.tensor { { 1, 2 }, { 2, 2 } })
---     print(l)
---     --> float32 2x2
---     --> {{1.0, 0.0},
---     -->  {0.5, 1.0}}
---     print(u)
---     --> float32 2x2
---     --> {{2.0, 2.0},
---     -->  {0.0, 1.0}}
---@param a tensor   (m, n)
---@return tensor p   (m, m)
---@return tensor l   (m, k)
---@return tensor u   (k, n)
function linalg.lu(a)
  local p, l, u = blank(), blank(), blank()
  check.status(C.mah_lu(p, l, u, expect(a, "lu")))
  return own(p), own(l), own(u)
end

--- The factors of lu in the form that lu_solve takes: l, without its ones, and u in one matrix, and
--- with which row each row was exchanged.
---
---     local lu, pivots = mah.linalg.lu_factor(mah.tensor { { 1, 2 }, { 2, 2 } })
---     print(lu)
---     --> float32 2x2
---     --> {{2.0, 2.0},
---     -->  {0.5, 1.0}}
---     print(pivots)
---     --> int32 2
---     --> {2, 2}
---@param a tensor   (m, n)
---@return tensor lu       (m, n)
---@return tensor pivots   (min(m, n)) int32 from 1
function linalg.lu_factor(a)
  local lu, pivots = blank(), blank()
  check.status(C.mah_lu_factor(lu, pivots, expect(a, "lu_factor")))
  return own(lu), own(pivots)
end

--- The solution x of a x = b from a's lu_factor: the way for many b that come one after the other.
---
---     local lu, pivots = mah.linalg.lu_factor(mah.tensor { { 2, 1 }, { 1, 3 } })
---     print(mah.linalg.lu_solve(lu, pivots, mah.tensor { 4, 7 }))
---     --> float32 2
---     --> {1.0, 2.0}
---@param lu tensor       (n, n)
---@param pivots tensor   (n) int32
---@param b tensor        (n) or (n, k)
---@return tensor         b's shape
function linalg.lu_solve(lu, pivots, b)
  expect(lu, "lu_solve")
  return Type.make(C.mah_lu_solve, lu, expect(pivots, "lu_solve: pivots"),
    expect(b, "lu_solve: b"))
end

--- The singular value decomposition a = u diag(s) vt, with orthonormal columns in u and rows in vt,
--- s descending; k = min(m, n).
---
---     local a = mah.tensor { { 3, 0 }, { 0, -2 }, { 0, 0 } }
---     local u, s, vt = mah.linalg.svd(a)
---     print(s)
---     --> float32 2
---     --> {3.0, 2.0}
---     print((u * s):matmul(vt):allclose(a))   --> true
---@param a tensor   (m, n)
---@return tensor u    (m, k)
---@return tensor s    (k)
---@return tensor vt   (k, n)
function linalg.svd(a)
  local u, s, vt = blank(), blank(), blank()
  check.status(C.mah_svd(u, s, vt, expect(a, "svd")))
  return own(u), own(s), own(vt)
end

--- The singular values of a matrix alone, descending.
---
---     print(mah.linalg.svdvals(mah.tensor { { 3, 0 }, { 0, -2 } }))
---     --> float32 2
---     --> {3.0, 2.0}
---@param a tensor   (m, n)
---@return tensor    (min(m, n))
function linalg.svdvals(a)
  local s = blank()
  check.status(C.mah_svd(nil, s, nil, expect(a, "svdvals")))
  return own(s)
end

-- -- Eigenvalues ----------------------------------------------------------------------------------

--- Eigenvalues and eigenvectors of a symmetric matrix, a = v diag(w) v^T, w ascending. Only the
--- lower triangle of a is read.
---
---     local w, v = mah.linalg.eigh(mah.tensor { { 2, 1 }, { 1, 2 } })
---     print(w)
---     --> float32 2
---     --> {1.0, 3.0}
---@param a tensor   (n, n)
---@return tensor w   (n)
---@return tensor v   (n, n), with a vector in each column
function linalg.eigh(a)
  local w, v = blank(), blank()
  check.status(C.mah_eigh(w, v, expect(a, "eigh")))
  return own(w), own(v)
end

--- Eigenvalues and eigenvectors of any square matrix, a v = v diag(w). They may be complex: they
--- come as real and imaginary parts.
---
---     local w_re, w_im = mah.linalg.eig(mah.tensor { { 0, -1 }, { 1, 0 } }) -- 90 degrees
---     print(w_re)
---     --> float32 2
---     --> {0.0, 0.0}
---     print(w_im)
---     --> float32 2
---     --> { 1.0, -1.0}
---@param a tensor   (n, n)
---@return tensor w_re   (n)
---@return tensor w_im   (n)
---@return tensor v_re   (n, n), with a vector in each column
---@return tensor v_im   (n, n)
function linalg.eig(a)
  local w_re, w_im, v_re, v_im = blank(), blank(), blank(), blank()
  check.status(C.mah_eig(w_re, w_im, v_re, v_im, expect(a, "eig")))
  return own(w_re), own(w_im), own(v_re), own(v_im)
end

--- The real Schur form a = z t z^T, with orthogonal z, and t upper triangular but for blocks of 2 x
--- 2 on its diagonal, one for each pair of complex eigenvalues.
---
---     local a = mah.tensor { { 1, 2 }, { 0, 3 } }
---     local t, z = mah.linalg.schur(a)
---     print(z:matmul(t):matmul(z:t()):allclose(a))   --> true
---@param a tensor   (n, n)
---@return tensor t   (n, n)
---@return tensor z   (n, n)
function linalg.schur(a)
  local t, z = blank(), blank()
  check.status(C.mah_schur(t, z, expect(a, "schur")))
  return own(t), own(z)
end

-- -- The exponential ------------------------------------------------------------------------------

-- Up to which 1-norm the Pade approximant of each degree is exact to the last place (Higham: "The
-- scaling and squaring method for the matrix exponential revisited", SIAM J. Matrix Anal. Appl. 26,
-- 2005, tables 2.3 and 2.1).
local degrees = {
  float64 = { { 3, 1.495585217958292e-2 }, { 5, 2.539398330063230e-1 },
    { 7, 9.504178996162932e-1 }, { 9, 2.097847961257068 }, { 13, 5.371920351148152 } },
  float32 = { { 3, 4.258730016922831e-1 }, { 5, 1.880152677804762 }, { 7, 3.925724783138660 } },
}

--- The numerator's coefficients of the approximant of a degree, the last one 1.
local function pade(degree)
  local b = { [degree] = 1 }
  for j = degree, 1, -1 do b[j - 1] = b[j] * j * (2 * degree - j + 1) / (degree - j + 1) end
  return b
end

--- The sums of a's odd and even powers, weighted by b.
local function powers(a, b, degree)
  local one = make.eye(a.shape[1], a.shape[1], { dtype = a.dtype })
  local square = a:matmul(a)
  local odd, even = one * b[1], one * b[0]
  local power = one
  for j = 2, degree, 2 do
    power = j == 2 and square or power:matmul(square)
    even:add_(power, b[j])
    if j < degree then odd:add_(power, b[j + 1]) end
  end
  return a:matmul(odd), even
end

--- The matrix exponential 1 + a + a a / 2 + a a a / 6 + ..., by a Pade approximant of a / 2^s,
--- squared s times (Higham 2005).
---
---     print(mah.linalg.expm(mah.tensor { { 0, 1 }, { 0, 0 } }))
---     --> float32 2x2
---     --> {{1.0, 1.0},
---     -->  {0.0, 1.0}}
---@param a tensor   (n, n)
---@return tensor    (n, n)
function linalg.expm(a)
  local known = degrees[expect(a, "expm").dtype]
  if not known then check.raise("expm: a float matrix is expected, got %s", Type.describe(a)) end
  local shape = a.shape
  if #shape ~= 2 or shape[1] ~= shape[2] or shape[1] == 0 then
    check.raise("expm: a square matrix is expected, got %s", Type.describe(a))
  end
  local norm = a:abs():sum(1):max()
  if not (norm < math.huge) then
    check.raise("expm: there is a NaN or an infinity among the elements of %s", Type.describe(a))
  end
  local degree, squarings = known[#known][1], 0
  for i = #known, 1, -1 do
    if norm <= known[i][2] then degree = known[i][1] end
  end
  local most = known[#known][2]
  if norm > most then squarings = math.ceil(math.log(norm / most) / math.log(2)) end
  local odd, even = powers(a * 2 ^ -squarings, pade(degree), degree)
  local result = linalg.solve(even - odd, even + odd)
  for _ = 1, squarings do result = result:matmul(result) end
  return result
end

-- -- From the singular values ---------------------------------------------------------------------

local epsilon = { float32 = 2 ^ -23, float64 = 2 ^ -52 }

--- Below what a singular value counts as 0: `rcond` (eps max(m, n) when nil) times the greatest.
local function threshold(a, s, rcond, where)
  local m, n = unpack(a.shape)
  if rcond == nil then rcond = epsilon[a.dtype] * math.max(m, n) end
  return Type.number(rcond, where, "rcond") * s[1]
end

--- The rank of a matrix: how many singular values are greater than `rcond` times the greatest.
---
---     print(mah.linalg.matrix_rank(mah.tensor { { 1, 2 }, { 2, 4 } }))   --> 1
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

--- The pseudo-inverse of a matrix (Moore, Penrose), which solves equations as lstsq does.
---
---     print(mah.linalg.pinv(mah.tensor { { 3 }, { 4 } }))
---     --> float32 1x2
---     --> {{0.12, 0.16}}
---@param a tensor              (m, n)
---@param rcond number|nil      singular values below rcond times the greatest count as 0; nil: the
---     dtype's epsilon times max(m, n)
---@return tensor               (n, m)
function linalg.pinv(a, rcond)
  local u, s, vt = linalg.svd(a)
  local limit = threshold(a, s, rcond, "pinv")
  for i = 1, #s do s[i] = s[i] > limit and 1 / s[i] or 0 end
  return (vt:t() * s):matmul(u:t())
end

--- The condition number of a matrix, the greatest singular value divided by the least; inf for a
--- singular matrix.
---
---     print(("%.2f"):format(mah.linalg.cond(mah.tensor { { 4, 0 }, { 0, 2 } })))   --> 2.00
---@param a tensor   (m, n)
---@return number
function linalg.cond(a)
  local s = linalg.svdvals(a)
  return s[#s] == 0 and math.huge or s[1] / s[#s]
end

for name, f in pairs(linalg) do methods[name] = f end

return linalg
