local golden = require "golden"
local mah = require "mah"

local close, message = golden.close, golden.message

describe("factors equal SciPy's", function()
  local g = golden.npz "factors"
  for _, name in ipairs { "a", "tall", "wide", "low" } do
    it("lu of " .. name, function()
      local a = g[name]
      local p, l, u = a:lu()
      golden.equal(g[name .. "_p"], p)
      close(g[name .. "_l"], l, 1e-13)
      close(g[name .. "_u"], u, 1e-13)
      p, l, u = mah.linalg.lu(a:float():t():contiguous():t())
      assert.equal("float32", u.dtype)
      close(a, p:matmul(l):matmul(u), 1e-5)
    end)
    it("qr with pivots of " .. name, function()
      local a = g[name]
      local q, r, order = a:qr { pivoting = true }
      golden.equal(g[name .. "_order"], order)
      close(g[name .. "_q"]:narrow(2, 1, 2):abs(), q:narrow(2, 1, 2):abs(), 1e-12)
      close(g[name .. "_r"]:abs(), r:abs(), 1e-12)
      close(a:index_select(2, order), q:matmul(r), 1e-13)
      close(mah.eye(q.shape[2]), q:t():matmul(q), 1e-13)
    end)
  end
  it("lu_factor and lu_solve", function()
    local lu, pivots = g.a:lu_factor()
    assert.equal("int32", pivots.dtype)
    close(g.solve, mah.linalg.lu_solve(lu, pivots, g.b), 1e-12)
    close(g.solve:select(2, 1), mah.linalg.lu_solve(lu, pivots, g.b:select(2, 1)), 1e-12)
    local lu32, pivots32 = g.a:float():lu_factor()
    close(g.solve, mah.linalg.lu_solve(lu32, pivots32, g.b:float()), 1e-4)
  end)
  it("schur", function()
    local t, z = g.a:schur()
    close(g.t:abs(), t:abs(), 1e-12)
    close(g.z:abs(), z:abs(), 1e-12)
    close(g.a, z:matmul(t):matmul(z:t()), 1e-13)
    t, z = g.a:float():schur()
    close(g.a, z:matmul(t):matmul(z:t()), 1e-5)
  end)
  it("expm", function()
    for i, scale in ipairs { 1e-3, 0.03, 0.1, 0.5, 1, 5 } do
      local expected = g["expm" .. i - 1]
      local largest = expected:abs():max()
      close(expected / largest, mah.linalg.expm(g.a * scale) / largest, 1e-12)
      close(expected / largest, mah.linalg.expm(g.a:float() * scale) / largest, 5e-5)
    end
    close(mah.eye(3), mah.zeros(3, 3):expm(), 0)
    close(mah.tensor { { math.exp(1) } }, mah.ones(1, 1):expm(), 1e-7)
    local turn = mah.tensor({ { 0, -1 }, { 1, 0 } }, { dtype = "float64" }) * 30
    local expected = mah.tensor({ { math.cos(30), -math.sin(30) }, { math.sin(30), math.cos(30) } },
      { dtype = "float64" })
    close(expected, turn:expm(), 1e-13)
  end)
end)

describe("factors", function()
  it("of singular matrices are there, solutions are not", function()
    local lu, pivots = mah.ones(3, 3):lu_factor()
    assert.matches("lu_solve: the matrix is singular",
      message(mah.linalg.lu_solve, lu, pivots, mah.ones(3)))
    local p, l, u = mah.ones(3, 3):lu()
    close(mah.ones(3, 3), p:matmul(l):matmul(u), 0)
  end)
  it("of small matrices live in their room", function()
    local p, l, u = mah.tensor({ { 1, 2 }, { 3, 4 } }):lu()
    close(mah.tensor { { 1, 2 }, { 3, 4 } }, p:matmul(l):matmul(u), 1e-6)
    local q, r, order = mah.tensor({ { 1, 2 }, { 3, 4 } }):qr { pivoting = true }
    golden.equal(mah.tensor({ 2, 1 }, { dtype = "int32" }), order)
    close(mah.tensor { { 2, 1 }, { 4, 3 } }, q:matmul(r), 1e-6)
  end)
  it("name what is wrong", function()
    local a, lu, pivots = mah.eye(3), mah.eye(3):lu_factor()
    assert.matches("lu: .* got int32 3x3", message(mah.linalg.lu, a:int()))
    assert.matches("schur: a square matrix", message(mah.linalg.schur, mah.ones(2, 3)))
    assert.matches("expm: a square matrix", message(mah.linalg.expm, mah.ones(2, 3)))
    assert.matches("expm: there is a NaN", message(mah.linalg.expm, a / 0))
    assert.matches("expm: a float matrix", message(mah.linalg.expm, a:int()))
    assert.matches("lu_solve: 3 pivots are expected, got int32 2",
      message(mah.linalg.lu_solve, lu, pivots:narrow(1, 1, 2), mah.ones(3)))
    assert.matches("lu_solve: pivot 1 is 9; 1 ... 3 are possible",
      message(mah.linalg.lu_solve, lu, pivots * 9, mah.ones(3)))
    assert.matches("did you mean 'pivoting'", message(a.qr, a, { pivotin = true }))
    assert.matches("NaN", message(mah.linalg.lu, mah.full({ 2, 2 }, 0 / 0)))
  end)
end)
