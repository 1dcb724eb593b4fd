--- Derivatives of linear algebra: Giles, "An extended collection of matrix derivative results for
--- forward and reverse mode automatic differentiation" (2008), and Murray, "Differentiation of the
--- Cholesky decomposition" (2016). A singular matrix has no inverse, and so the determinant none of
--- its gradients here: an error says so.
local linalg = require "mah.tensor.linalg"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"

local raw, scalar = operands.raw, operands.scalar

-- a x = b: dB = A^-T dX, dA = -dB X^T
local function solve_db(g, _, a) return o.solve(a:t(), g) end

o.define_two("solve", linalg.solve, function(g, x, a, b)
  local db = solve_db(g, x, a, b)
  return -(raw(x).ndim == 1 and o.outer(db, x) or o.matmul(db, x:t()))
end, solve_db)

o.define_one("inv", linalg.inv, function(g, y) return -o.matmul(o.matmul(y:t(), g), y:t()) end)

o.define_one("det", function(a) return scalar(a, linalg.det(a)) end,
  function(g, y, a) return g * y * o.inv(a):t() end)

--- The lower triangle with half of the diagonal.
local function half_triangle(x) return o.tril(x) - o.diag_embed(o.diagonal(x)) / 2 end

-- dA = L^-T Phi(L^T dL) L^-1, made symmetric (Murray, equation 10)
o.define_one("cholesky", linalg.cholesky, function(g, l)
  local phi = half_triangle(o.matmul(l:t(), g))
  local left = o.solve(l:t(), phi)
  local da = o.solve(l:t(), left:t()):t()
  return (da + da:t()) / 2
end)

-- The upper right block of exp((A^T, G), (0, A^T)): Mathias, "A chain rule for matrix functions and
-- applications", SIAM J. Matrix Anal. Appl. 17 (1996), theorem 2.1.
o.define_one("expm", linalg.expm, function(g, _, a)
  local n, t = raw(a):size(1), a:t()
  local above = o.cat({ t, g }, 2)
  local below = o.cat({ operands.zeros(a), t }, 2)
  return o.narrow(o.narrow(o.expm(o.cat { above, below }), 1, 1, n), 2, n + 1, n)
end)

return o
