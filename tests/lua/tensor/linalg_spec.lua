local golden = require "golden"
local mah = require "mah"

local close, message = golden.close, golden.message

describe("products equal NumPy's", function()
  local g = golden.npz "linalg"
  it("of matrices and vectors", function()
    close(g.ab, g.a:matmul(g.b), 1e-13)
    close(g.va, g.b:select(2, 1):matmul(g.a), 1e-13)
    close(g.av, g.a:matmul(g.b:select(2, 1)), 1e-13)
    close(g.outer, g.y:outer(g.y:narrow(1, 1, 4)), 1e-15)
    close(g.dot, g.y:dot(g.y), 1e-14)
    close(g.dot, mah.matmul(g.y, g.y), 1e-14)
    close(g.ab:float(), g.a:float():matmul(g.b:float()), 1e-5)
    assert.equal("float64", g.a:float():matmul(g.b).dtype)
  end)
  it("of batches", function()
    close(g.batches, g.batch:matmul(g.other), 1e-13)
    close(g.batch_matrix, g.batch:matmul(g.other[1]), 1e-13)
  end)
  it("into a matrix that is there", function()
    local c = mah.ones(6, 3):double()
    assert.equal(c, mah.mm(g.a, g.b, { out = c, alpha = 2, beta = 3 }))
    close(g.ab * 2 + 3, c, 1e-13)
    close(g.ab, mah.mm(g.a, g.b), 1e-13)
    local turned = mah.zeros(3, 6):double()
    mah.mm(g.a, g.b, { out = turned:t() })
    close(g.ab:t(), turned, 1e-13)
  end)
  it("name what is wrong", function()
    assert.matches("float64 6x6 and float64 9x4", message(mah.matmul, g.a, g.tall))
    assert.matches("int32 2x2; x:float%(%) converts it",
      message(mah.matmul, mah.ones(2, 2), mah.ones(2, 2):int()))
    assert.matches("out is float64 6x6", message(mah.mm, g.a, g.b, { out = g.a:clone() }))
    assert.matches("needs an out", message(mah.mm, g.a, g.b, { beta = 1 }))
    assert.matches("one dtype", message(mah.dot, g.y, g.y:float()))
    assert.matches("two vectors", message(mah.outer, g.a, g.y))
    assert.matches("a tensor is expected", message(mah.matmul, g.a, 3))
  end)
end)

describe("linear algebra equals NumPy's", function()
  local g = golden.npz "linalg"
  local linalg = mah.linalg

  -- Both precisions: a function of a tensor, its expected result, and how close.
  local function both(f, expected, tolerance)
    close(expected, f(function(x) return x end), tolerance or 1e-12)
    local single = f(function(x) return x:float() end)
    if type(single) ~= "number" then assert.equal("float32", single.dtype) end
    close(expected, single, 1e-4)
  end

  it("solve", function()
    both(function(to) return linalg.solve(to(g.a), to(g.b)) end, g.solve)
    both(function(to) return to(g.a):solve(to(g.b:select(2, 1))) end, g.solve1)
    -- Any strides:
    both(function(to) return to(g.a:t():contiguous()):t():solve(to(g.b)) end, g.solve)
  end)
  it("inv and det", function()
    both(function(to) return to(g.a):inv() end, g.inv)
    both(function(to) return to(g.a):det() end, g.det)
    assert.equal(0, mah.ones(3, 3):det())
    assert.equal(-1, mah.tensor({ { 0, 1 }, { 1, 0 } }):det())
  end)
  it("cholesky", function() both(function(to) return to(g.spd):cholesky() end, g.cholesky) end)
  it("qr, up to signs", function()
    both(function(to) return (to(g.tall):qr()):abs() end, g.q:abs())
    both(function(to) return select(2, to(g.tall):qr()):abs() end, g.r:abs())
    both(function(to) return select(2, to(g.wide):qr()):abs() end, g.wide_r:abs())
    local q, r = g.wide:qr()
    close(g.wide, q:matmul(r), 1e-13)
    close(mah.eye(4):double(), q:t():matmul(q), 1e-13)
  end)
  it("svd", function()
    both(function(to) return linalg.svdvals(to(g.tall)) end, g.s)
    both(function(to) return select(2, to(g.wide):svd()) end, g.s)
    for _, a in ipairs { g.tall, g.wide, g.a } do
      local u, s, vt = a:svd()
      close(a, (u * s):matmul(vt), 1e-13)
      close(mah.eye(#s):double(), u:t():matmul(u), 1e-13)
      close(mah.eye(#s):double(), vt:matmul(vt:t()), 1e-13)
    end
  end)
  it("eigh", function()
    both(function(to) return (to(g.spd):eigh()) end, g.eigh)
    local w, v = g.spd:eigh()
    close(g.spd, (v * w):matmul(v:t()), 1e-12)
  end)
  it("eig, with complex pairs", function()
    local re, im, v_re, v_im = g.a:eig()
    -- a v = v w in complex numbers
    close(v_re * re - v_im * im, g.a:matmul(v_re), 1e-12)
    close(v_re * im + v_im * re, g.a:matmul(v_im), 1e-12)
    local list = {}
    for i = 1, 6 do list[i] = { re[i], im[i] } end
    table.sort(list, function(a, b)
      return a[1] < b[1] - 1e-9 or (math.abs(a[1] - b[1]) < 1e-9 and a[2] < b[2])
    end)
    for i = 1, 6 do
      close(g.eig_re[i], list[i][1], 1e-12)
      close(g.eig_im[i], list[i][2], 1e-12)
    end
  end)
  it("lstsq: tall, wide, several sides, without full rank", function()
    both(function(to) return (linalg.lstsq(to(g.tall), to(g.y))) end, g.lstsq)
    both(function(to) return (linalg.lstsq(to(g.tall), to(g.y2))) end, g.lstsq2)
    both(function(to) return (linalg.lstsq(to(g.wide), to(g.y:narrow(1, 1, 4)))) end, g.lstsq_wide)
    local x, rank, singular = g.low:lstsq(g.y)
    close(g.lstsq_low, x, 1e-12)
    assert.equal(3, rank)
    assert.equal(4, #singular)
  end)
  it("pinv, rank and condition", function()
    both(function(to) return to(g.tall):pinv() end, g.pinv)
    close(g.pinv_low, g.low:pinv(), 1e-12)
    assert.equal(g.low_rank:item(), g.low:matrix_rank())
    assert.equal(4, g.wide:matrix_rank())
    assert.equal(1, g.wide:matrix_rank(0.999))
    both(function(to) return to(g.a):cond() end, g.cond)
    assert.equal(math.huge, mah.zeros(2, 2):cond())
    assert.equal(0, mah.zeros(2, 2):matrix_rank())
  end)
end)

describe("linear algebra refuses", function()
  local singular, nan = mah.tensor { { 1, 2 }, { 2, 4 } }, mah.full({ 2, 2 }, 0 / 0)
  it("singular and indefinite matrices", function()
    assert.matches("solve: the matrix is singular",
      message(mah.linalg.solve, singular, mah.ones(2)))
    assert.matches("inv: the matrix is singular", message(singular.inv, singular))
    assert.matches("not positive definite",
      message(mah.linalg.cholesky, mah.tensor { { 1, 2 }, { 2, 1 } }))
  end)
  it("infinity, with which LAPACK may never come back", function()
    local inf = mah.tensor({ { 1, 2 }, { 1 / 0, 4 } }, { dtype = "float64" })
    for _, name in ipairs { "svd", "svdvals", "inv", "det", "qr", "eig", "eigh", "cholesky" } do
      assert.matches("infinity", message(mah.linalg[name], inf))
    end
    local upper = mah.tensor { { 1, 1 / 0 }, { 0, 1 } } -- is not read
    assert.equal(1, mah.linalg.eigh(upper)[2])
    assert.matches("infinity", message(mah.linalg.solve, mah.eye(2), mah.tensor { 1, 1 / 0 }))
  end)

  it("NaN", function()
    local names = { "inv", "det", "cholesky", "qr", "svd", "svdvals", "eigh", "eig", "pinv" }
    for _, name in ipairs(names) do
      assert.matches("NaN", message(mah.linalg[name], nan))
    end
  end)
  it("shapes and dtypes", function()
    local wide = mah.ones(2, 3)
    for _, name in ipairs { "inv", "det", "cholesky", "eigh", "eig" } do
      assert.matches(name .. ": a square matrix is expected, got float32 2x3",
        message(mah.linalg[name], wide))
    end
    assert.matches("x:float%(%) converts it", message(mah.linalg.inv, mah.ones(2, 2):int()))
    assert.matches("a matrix with elements", message(mah.linalg.svd, mah.ones(3)))
    assert.matches("a matrix with elements", message(mah.linalg.inv, mah.ones(0, 0)))
    assert.matches("do not fit", message(mah.linalg.solve, mah.eye(2), mah.ones(3)))
    assert.matches("a tensor is expected", message(mah.linalg.det, 5))
  end)
end)
