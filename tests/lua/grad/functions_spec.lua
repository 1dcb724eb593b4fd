local golden = require "golden"
local mah = require "mah"

local message, warnings = golden.message, golden.warnings
local function double(list) return mah.tensor(list, "float64") end

local function says(text, f, a, b, c)
  local said = message(function()
    local result = f(a, b, c)
    return result
  end)
  assert.is_truthy(said:find(text, 1, true), said)
  assert.is_truthy(said:find("functions_spec.lua:", 1, true), said)
end

local function cube(x) return (x * x * x):sum() end

describe("mah.value_and_grad", function()
  it("mirrors a tensor, a number, a list, a table of tables", function()
    local value, g = mah.value_and_grad(cube)(double { 1, 2 })
    assert.equal(9, value)
    golden.equal(double { 3, 12 }, g)
    assert.equal(27, mah.grad(function(x) return x ^ 3 end)(3))
    local p = { W = mah.ones(2, 3), list = { mah.ones(3), 2 } }
    value, g = mah.value_and_grad(function(q, scale)
      return (q.W * q.list[1] * q.list[2]):sum() * scale
    end)(p, 10)
    assert.equal(120, value)
    golden.equal(mah.full({ 2, 3 }, 20), g.W)
    golden.equal(mah.full({ 3 }, 40), g.list[1])
    assert.equal(60, g.list[2])
    assert.equal("float32", g.W.dtype)
  end)

  it("passes on what else there is, without gradients", function()
    local value, g, scores, note = mah.value_and_grad(function(x, y, t)
      local h = x * y
      return h:sum(), h, t.note
    end)(double { 1, 2 }, 3, { note = "as it is" })
    assert.same({ 9, "as it is" }, { value, note })
    golden.equal(double { 3, 3 }, g)
    golden.equal(double { 3, 6 }, scores)
    assert.is_truthy(tostring(scores):find "^float64 2")
  end)

  it("gives gradients with memory of their own", function()
    local x = double { { 1, 2 }, { 3, 4 } }
    local g = mah.grad(function(p) return (p.a + p.b:t()):sum() end) { a = x, b = x }
    assert.is_true(g.a:is_contiguous() and g.b:is_contiguous())
    g.a:fill_(7)
    golden.equal(mah.ones(2, 2, "float64"), g.b)
    g = mah.grad(function(p) return p:sum() end)(x)
    g:add_(1)
    golden.equal(double { { 2, 2 }, { 2, 2 } }, g)
  end)

  it("is 0 where nothing depends on a parameter, and says so once", function()
    local f = mah.grad(function(p) return p.used:sum() end)
    local p = { used = mah.ones(2), unused_one = mah.ones(3) }
    local g
    local said = warnings(function() g = f(p) end)
    assert.is_truthy(said:find("the result does not depend on unused_one", 1, true), said)
    assert.is_truthy(said:find("functions_spec.lua:", 1, true), said)
    golden.equal(mah.zeros(3), g.unused_one)
    assert.equal("", warnings(function() f(p) end))
    said = warnings(function() assert.equal(0, mah.grad(function() return 5 end)(2)) end)
    assert.is_truthy(said:find("does not depend on the argument", 1, true), said)
  end)

  it("says what is the matter with a table", function()
    local f = mah.grad(function(p) return p.a:sum() end)
    local p = { a = mah.ones(2) }
    says("the argument: a tensor, or a table of tensors is expected, got a table with a metatable",
      f, setmetatable({ a = p.a }, {}))
    p.a = p
    says("got a table in 32 others", f, p)
  end)

  it("refuses integers as often as they come", function()
    local f = mah.grad(function(p) return (p.a * 1.5):sum() end)
    local p = { a = mah.tensor({ 1, 2 }, "int32") }
    for _ = 1, 2 do
      local ok, said = pcall(f, p)
      assert.is_false(ok)
      assert.is_truthy(said:find("a is int32 2; gradients are of float32", 1, true), said)
    end
  end)

  it("gives tables of traced tensors as tables of plain ones", function()
    local seen = { steps = 1 }
    local _, _, more, same = mah.value_and_grad(function(x)
      return x:sum(), { twice = x * 2, { x } }, seen
    end)(double { 1, 2 })
    golden.equal(double { 2, 4 }, more.twice)
    golden.equal(double { 1, 2 }, more[1][1])
    assert.is_true(rawequal(seen, same))
  end)

  it("refuses what has no gradient", function()
    local x = mah.rand(2, 3)
    says("the function gives float32 2x3; a gradient is of one number", mah.grad(mah.exp), x)
    says("the function gives nil", mah.grad(function() end), x)
    says("a tensor, or a table of tensors is expected, got nil", mah.grad(cube), nil)
    says("x.name: a tensor, or a table of tensors is expected, got \"W\"",
      function() mah.grad(cube) { x = { name = "W" } } end)
    says("n is int32 3; gradients are of float32 and float64",
      function() mah.grad(cube) { n = mah.ones(3, "int32") } end)
    says("a function is expected, got 3", function() mah.grad(3) end)
    says("unknown option \"detect_anomly\"; did you mean 'detect_anomaly'?",
      function() mah.grad(cube, { detect_anomly = true }) end)
    says("svd has no derivative here", mah.grad(function(t) return t:svd() end), x)
    says("nanmedian has no derivative here", mah.grad(function(t) return mah.nanmedian(t) end), x)
    says("a traced tensor has no 'sun'; did you mean", mah.grad(function(t) return t:sun() end), x)
    says("a tensor is expected, got a traced tensor; no gradient comes through here",
      mah.grad(function(t) return mah.fft.rfft(t) end), x)
  end)

  it("gives plain values of comparisons and places", function()
    mah.grad(function(t)
      assert.equal("bool", t:gt(0).dtype)
      golden.equal(mah.tensor({ 2, 1 }, "int32"), t:argmax(2))
      assert.equal(4, t:numel())
      assert.same({ 2, 2 }, t.shape)
      assert.equal("float64", t.dtype)
      assert.equal(4, t[2][1]:item())
      golden.equal(mah.zeros(2, 2, "float64"), mah.zeros_like(t))
      assert.is_truthy(tostring(t):find "traced float64 2x2")
      assert.equal(2, #t)
      assert.is_true(t == t and t ~= t:t())
      for _, f in ipairs { function() return t < 3 end, function() return t == 3 end,
        function() return t .. "" end, function() for _ in ipairs(t) do error() end end } do
        assert.is_false(pcall(f))
      end
      return t:sum()
    end)(double { { 1, 2 }, { 4, 3 } })
  end)
end)

describe("changes in place", function()
  local x = mah.rand(20, 3)

  it("of traced tensors are refused", function()
    says("tanh_: a traced tensor is not changed in place",
      mah.grad(function(t) return t:tanh_():sum() end), x)
    says("x[...] = v: a traced tensor is not changed in place",
      mah.grad(function(t) t[1] = 0 return t:sum() end), x)
  end)

  it("of what a gradient needs are refused by the operation's name", function()
    local y = mah.rand(20, 3)
    says("add_: the gradient of mul needs this tensor as it is", mah.grad(function(t)
      local h = t * y
      y:add_(1)
      return h:sum()
    end), x)
    says("x[...] = v: the gradient of matmul needs this tensor as it is", mah.grad(function(t)
      local h = t:matmul(y:t())
      y[{ 1, 1 }] = 5
      return h:sum()
    end), x)
    local v = mah.rand(3)
    says("x[i] = v: the gradient of mul needs this tensor as it is", mah.grad(function(t)
      local h = t * v
      v[2] = 5
      return h:sum()
    end), x)
    for name, change in pairs {
      ["rng:fill_uniform"] = function(w) mah.rng(1):fill_uniform(w) end,
      ["rng:fill_normal"] = function(w) mah.rng(1):fill_normal(w) end,
      ["rng:shuffle"] = function(w) mah.rng(1):shuffle(w) end,
      mm = function(w) mah.mm(mah.ones(20, 2), mah.ones(2, 3), { out = w }) end,
    } do
      says(name .. ": the gradient of mul needs this tensor as it is", mah.grad(function(t)
        local h = t * y
        change(y)
        return h:sum()
      end), x)
    end
    y:add_(1) -- the functions are left: by errors
    v[2] = 5
  end)

  it("of masks and places that a gradient needs are refused, too", function()
    local mask, places = mah.zeros(20, 3):eq(0), mah.tensor({ 1, 2 }, "int64")
    local column = places:unsqueeze(1)
    for name, f in pairs {
      where = function(t) return mah.where(mask, t * t, 0) end,
      masked_select = function(t) return (t * t):masked_select(mask) end,
      index_select = function(t) return (t * t):index_select(1, places) end,
      gather = function(t) return (t * t):gather(2, column) end,
      ["x[...]"] = function(t) return (t * t) { places } end,
    } do
      says("zero_: the gradient of " .. name .. " needs this tensor", mah.grad(function(t)
        local h = f(t)
        for _, one in ipairs { mask, places } do one:zero_() end
        return h:sum()
      end), x)
      mask, places = mah.zeros(20, 3):eq(0), mah.tensor({ 1, 2 }, "int64")
      column = places:unsqueeze(1)
    end
  end)

  it("in a coroutine are seen", function()
    local y = mah.rand(20, 3)
    says("zero_: the gradient of mul needs this tensor", mah.grad(function(t)
      local h = t * y
      coroutine.wrap(function() y:zero_() end)()
      return h:sum()
    end), x)
    coroutine.wrap(function() y:zero_() end)() -- the function is left: by an error
  end)

  it("of other tensors are none of its business", function()
    local y, buffer = mah.rand(20, 3), mah.zeros(20, 3)
    local g = mah.grad(function(t)
      local h = t + y
      y:add_(1) -- a sum does not need it
      buffer:copy_(h:detach())
      return h:sum()
    end)(x)
    golden.equal(mah.ones(20, 3), g)
  end)
end)

describe("traced tensors", function()
  it("are of no use when their function has returned", function()
    local kept
    mah.grad(function(x)
      kept = x * 2
      return kept:sum()
    end)(double { 1, 2 })
    says("a traced tensor is used after its gradient has been taken",
      function() return kept + 1 end)
  end)

  it("are kept as values with detach", function()
    local kept
    mah.grad(function(x)
      kept = (x * 2):detach()
      return (x * kept):sum()
    end)(double { 1, 2 })
    golden.equal(double { 2, 4 }, kept)
    kept:fill_(0)
  end)

  it("of inner functions are not written over while an outer one needs them", function()
    -- s = sum_i a x_i^3, by inner gradients of a p^3 / 3 at plain p: ds/da = sum_i x_i^2
    local inner = mah.grad(function(p, a) return (p * p * p * a):sum() / 3 end)
    local slope = mah.grad(function(a)
      return (inner(double { 1, 2 }, a) + inner(double { 3, 4 }, a)):sum()
    end)
    for _ = 1, 3 do assert.equal(30, slope(2)) end
    -- The rows of an inner Jacobian: J = a diag(2 p), and the sum of its squares
    local jacobian = mah.jacobian(function(p) return p * p end)
    local g = mah.grad(function(a)
      local J = mah.jacobian(function(p) return p:tanh():square() * a end)(double { 1, 2 })
      return (J:square()):sum() + jacobian(double { 1, 2 }):sum() * a
    end)
    local function numeric(a)
      local function f(x) return 2 * math.tanh(x) * (1 - math.tanh(x) ^ 2) end
      return 2 * a * (f(1) ^ 2 + f(2) ^ 2) + 6
    end
    golden.close(numeric(3), g(3), 1e-13)
  end)

  it("of outer functions are used in inner ones that run in a coroutine", function()
    local g = mah.grad(function(x)
      local inner
      coroutine.wrap(function()
        inner = mah.grad(function(y) return (x * y * y):sum() end)(x)
      end)()
      return inner:sum()
    end)(double { 1, 2 })
    golden.equal(double { 4, 8 }, g)
  end)

  it("of outer functions are used in inner ones", function()
    -- d/dx of x d/dy (x y^2) at y = 3: d/dx 6 x^2
    local g = mah.grad(function(x)
      return x * mah.grad(function(y) return x * y ^ 2 end)(3)
    end)(2)
    assert.equal(24, g)
  end)
end)

describe("derivatives of derivatives", function()
  local x, v = double { 1, 2, 3 }, double { 1, -1, 2 }

  it("are those of polynomials", function()
    local f = function(t) return t ^ 5 end
    for _, expected in ipairs { 80, 160, 240, 240, 120 } do
      f = mah.grad(f)
      assert.equal(expected, f(2))
    end
  end)

  it("agree: hessian, hvp, jacobian, jvp, vjp", function()
    local f = function(t) return (t:prod() * t:sum()):exp():log() + cube(t) end
    local H = mah.hessian(f)(x)
    golden.close(H:matmul(v), mah.hvp(f, x, v), 1e-12)
    golden.close(H, H:t():contiguous(), 1e-12)
    golden.close(H, mah.jacobian(mah.grad(f))(x), 1e-12)
    local g = function(t) return mah.stack { t:prod(), t[1] / t[3] } end
    local J = mah.jacobian(g)(x)
    golden.close(double { { 6, 3, 2 }, { 1 / 3, 0, -1 / 9 } }, J, 1e-14)
    local y, dy = mah.jvp(g, x, v)
    golden.close((mah.vjp(g, x)), y, 1e-14)
    golden.close(J:matmul(v), dy, 1e-14)
    local _, pull = mah.vjp(g, x)
    golden.close(J:t():matmul(double { 2, 5 }), pull(double { 2, 5 }), 1e-14)
    golden.close(J[1], pull(double { 1, 0 }), 1e-14)
    says("the vector is float64 3, the function gives float64 2", pull, x)
  end)

  it("have the form of tables", function()
    local p = { a = double { 1, 2 }, b = 3 }
    local H = mah.hessian(function(q) return (q.a:square() * q.b):sum() end)(p)
    golden.equal(double { { 6, 0 }, { 0, 6 } }, H.a.a)
    golden.equal(double { 2, 4 }, H.a.b)
    golden.equal(double { 2, 4 }, H.b.a)
    local product = mah.hvp(function(q) return (q.a:square() * q.b):sum() end, p,
      { a = double { 1, 0 }, b = 1 })
    golden.equal(double { 8, 4 }, product.a)
    assert.equal(2, product.b)
    local J = mah.jacobian(function(t) return { s = t:sum(), t = t:t() } end)(mah.ones(2, 2))
    assert.same({ { 2, 2 }, { 2, 2, 2, 2 } }, { J.s.shape, J.t.shape })
    local function product_of(q) return (q.a * q.b):sum() end
    says("the vector lacks b", mah.hvp, product_of, p, { a = double { 1, 0 } })
    local null = require("ffi").new "void *"
    for _, f in ipairs { mah.hvp, mah.jvp } do
      says("the vector lacks ", f, product_of, p, null)
      says("the vector is missing", f, function(t) return t:sum() end, double { 1, 2 }, null)
      says("the vector is missing", f, function(t) return t:sum() end, double { 1, 2 })
    end
  end)

  it("take gradients that do not come from the seed", function()
    local constant = mah.custom {
      forward = function(h) return h * 1 end,
      backward = function() return mah.ones(2, "float64") end,
    }
    local function f(t)
      local h = t * 2
      return constant(h:tanh()) + h
    end
    local at = double { 0, 0 }
    local _, dy = mah.jvp(f, at, double { 1, 3 })
    golden.equal(double { 2, 6 }, dy)
  end)

  it("refuse vectors of another shape, which would broadcast", function()
    local function cubes(t) return (t ^ 3):sum() end
    says("mah.hvp: the vector is float64 2x1, the argument float64 2", mah.hvp, cubes,
      double { 1, 2 }, double { { 1 }, { 0 } })
    says("mah.jvp: the vector is float64 scalar, the argument float64 2", mah.jvp, cubes,
      double { 1, 2 }, 1)
    says("mah.hvp: the vector is float64 3, the argument a float64 2",
      mah.hvp, function(p) return cubes(p.a) end, { a = double { 1, 2 } },
      { a = double { 1, 2, 3 } })
    local empty = mah.jacobian(function(t) return t:narrow(1, 1, 0) end)(double { 1, 2 })
    assert.same({ 0, 2 }, empty.shape)
    assert.equal("float64", empty.dtype)
  end)

  it("of linear functions are 0, without a warning", function()
    assert.equal("", warnings(function()
      golden.equal(mah.zeros(3, 3, "float64"), mah.hessian(function(t) return t:sum() end)(x))
      golden.equal(mah.zeros(3, "float64"), mah.hvp(function(t) return t:sum() end, x, v))
    end))
  end)
end)

describe("mah.no_grad", function()
  it("makes constants of what a function computes", function()
    local mean = mah.no_grad(function(t) return { t.x:mean() } end)
    local g = mah.grad(function(x) return ((x - mean { x = x }[1]) ^ 2):sum() end)(double { 1, 3 })
    golden.equal(double { -2, 2 }, g)
  end)
end)

describe("mah.checkpoint", function()
  local x, W = double { { 0.1, 0.2 } }, double { { 0.3, -0.4 }, { 0.5, 0.6 } }
  local calls = 0
  local function block(h, p)
    calls = calls + 1
    return h:matmul(p.W):tanh():matmul(p.W:t())
  end

  it("gives the same gradients, and computes twice", function()
    local function loss(f) return function(w) return f(f(x, { W = w }), { W = w }):sum() end end
    local plain = mah.grad(loss(block))(W)
    calls = 0
    golden.close(plain, mah.grad(loss(mah.checkpoint(block)))(W), 1e-15)
    assert.equal(4, calls)
    golden.close(mah.hessian(loss(block))(W), mah.hessian(loss(mah.checkpoint(block)))(W), 1e-14)
    assert.is_true(mah.gradcheck(loss(mah.checkpoint(block)), W, { twice = true }).ok)
  end)

  it("takes sums, whose plain result is a number", function()
    local squares = mah.checkpoint(function(h) return (h * h):sum() end)
    golden.equal(double { 2, 4 }, mah.grad(squares)(double { 1, 2 }))
    assert.equal(5, squares(double { 1, 2 }):item())
  end)

  it("refuses functions that give another result the second time", function()
    local noisy = mah.checkpoint(function(h) return h * mah.rand(3) end)
    says("mah.checkpoint: the function gives another result when it is called again",
      mah.grad(function(h) return noisy(h):sum() end), mah.ones(3))
  end)

  it("refuses traced tensors that are not arguments", function()
    says("a traced tensor that is not among its arguments", mah.grad(function(w)
      return mah.checkpoint(function(h) return h:matmul(w) end)(x):sum()
        + mah.checkpoint(function(h) return h:matmul(w) end)(w):sum()
    end), W)
  end)
end)

describe("mah.custom", function()
  it("takes the gradient that is given", function()
    local clipped = mah.custom {
      forward = function(x, low) return x:clamp(low, 1) end,
      backward = function(g) return g end, -- straight through
    }
    local g = mah.grad(function(x) return (clipped(x, -1) * 2):sum() end)(double { -3, 0, 5 })
    golden.equal(double { 2, 2, 2 }, g)
  end)

  it("has gradients of gradients", function()
    local cubed = mah.custom {
      forward = function(x) return x * x * x end,
      backward = function(g, _, x) return g * x * x * 3 end,
    }
    assert.equal(24, mah.grad(mah.grad(mah.grad(function(x) return cubed(x) * x end)))(1))
    assert.is_true(mah.gradcheck(cubed, double { 1, 2 }, { twice = true }).ok)
  end)

  it("refuses gradients of another shape, and other things", function()
    local odd = mah.custom { name = "odd", forward = mah.exp, backward = function() return 3 end }
    says("odd: backward gives 3 as the gradient of argument 1",
      mah.grad(function(x) return odd(x):sum() end), double { 1, 2 })
    odd = mah.custom { forward = mah.exp, backward = function(g) return g:sum(1) end }
    says("backward gives float64 scalar as the gradient of argument 1, which is float64 2",
      mah.grad(function(x) return odd(x):sum() end), double { 1, 2 })
    says("backward", mah.custom, { forward = mah.exp })
  end)
end)

describe("detect_anomaly", function()
  it("names the operation and the line of the first NaN", function()
    local f = mah.grad(function(x)
      local y = x:log() -- line
      return (y * 2):sum()
    end, { detect_anomaly = true })
    local line = debug.getinfo(1, "l").currentline - 3
    says("detect_anomaly: log gives the first NaN, float64 2 in tests/lua/grad/functions_spec.lua:"
      .. line, f, double { 1, -1 })
    assert.equal(2, f(double { 1, 2 })[1])
  end)

  it("does so backwards", function()
    local f = mah.grad(function(x)
      local root = x:norm(2, 1):square():sqrt()
      local y = mah.where(root:gt(0), root, 0)
      return y:sum()
    end, { detect_anomaly = true })
    says("detect_anomaly: the gradient of sqrt is the first NaN", f, double { { 0 }, { 0 } })
  end)
end)

describe("mah.gradcheck of a function", function()
  it("finds a wrong gradient, and says where", function()
    local wrong = mah.custom {
      forward = function(x) return x:square() end,
      backward = function(g, _, x)
        return g * x * mah.tensor({ { 2, 2 }, { 2, 2.1 } }, "float64")
      end,
    }
    local r = mah.gradcheck(function(p) return wrong(p.W) end,
      { W = double { { 1, 2 }, { 3, 4 } } })
    assert.is_false(r.ok)
    assert.equal("W[2][2]", r.name)
    assert.is_true(mah.gradcheck(function(x) return x:square():sum() end, 2).ok)
  end)

  it("refuses a network's options", function()
    says("l2 is for networks", mah.gradcheck, cube, double { 1 }, { l2 = 1 })
  end)
end)

describe("calls in a row", function()
  local function network(p, x, how)
    local h = (x:matmul(p.W) + p.b):tanh()
    if how == "deep" then h = h + (h:matmul(p.W:t()):matmul(p.W) * 0.1):sigmoid() end
    if how == "odd" then h = h:exp():log():square() / 2 - x:sum() end
    return (h:logsumexp(2) - h:gather(2, mah.ones(x:size(1), 1, "int32")):squeeze(2)):mean()
      + h:relu():sum() * 0.01, h, h:detach()
  end
  local function parameters(dtype)
    return { W = mah.randn(5, 7, { rng = 1, dtype = dtype }),
      b = mah.randn(7, { rng = 2, dtype = dtype }) }
  end

  it("give what each gives alone, whatever the others were", function()
    local f = mah.value_and_grad(network)
    local kept = {}
    for i, case in ipairs { { 16 }, { 16 }, { 9 }, { 16, "deep" }, { 16, "odd" }, { 1, "deep" },
      { 16, "deep" }, { 16, nil, "float64" }, { 16, nil, "float64" }, { 16 }, { 0 } } do
      local rows, how, dtype = unpack(case, 1, 3)
      local p = parameters(dtype)
      local x = mah.randn(rows, 5, { rng = i, dtype = dtype })
      local got = { f(p, x, how) }
      local alone = { mah.value_and_grad(network)(p, x, how) }
      golden.close(alone[1], got[1], 1e-6)
      golden.close(alone[2].W, got[2].W, 1e-6)
      golden.close(alone[2].b, got[2].b, 1e-6)
      for k = 3, 4 do golden.close(alone[k], got[k], 1e-6) end
      kept[i] = { got, { got[1], { W = got[2].W:clone(), b = got[2].b:clone() }, got[3]:clone(),
        got[4]:clone() } }
    end
    for _, pair in ipairs(kept) do -- what was given has not been written over
      local now, before = unpack(pair)
      golden.equal(before[2].W, now[2].W)
      golden.equal(before[2].b, now[2].b)
      for k = 3, 4 do golden.equal(before[k], now[k]) end
    end
  end)

  it("give the same bits, on two threads too", function()
    local f, p, x = mah.value_and_grad(network), parameters(), mah.randn(300, 5, { rng = 3 })
    local value, g = f(p, x, "deep")
    for threads = 1, 2 do
      mah.threads(threads)
      local again, more = f(p, x, "deep")
      assert.equal(value, again)
      golden.equal(g.W, more.W)
      golden.equal(g.b, more.b)
    end
    mah.threads(1)
  end)

  it("go on after an error, and within themselves", function()
    local f
    f = mah.value_and_grad(function(x, deep)
      local y = x:exp() * x
      if deep == "fail" then error "on purpose" end
      if deep then y = y + f(x:detach(), false) end
      return y:sum()
    end)
    local x = double { 0.5, -1 }
    local value, g = f(x, false)
    assert.is_false(pcall(f, x, "fail"))
    local again, g2 = f(x, false)
    golden.equal(value, again)
    golden.equal(g, g2)
    value, g2 = f(x, true)
    golden.close(3 * again, value, 1e-14)
    golden.close(g, g2, 1e-14)
  end)

  it("do not see what a function of one's own keeps", function()
    local kept = {}
    local keep = mah.custom {
      forward = function(x) kept[#kept + 1] = x return x * 2 end,
      backward = function(g) kept[#kept + 1] = g return g * 2 end,
    }
    local f = mah.grad(function(x) return (keep(x:exp()) * x):tanh():sum() end)
    f(double { 1, 2 })
    local first, second = kept[1]:clone(), kept[2]:clone()
    f(double { 0, -1 })
    golden.equal(first, kept[1])
    golden.equal(second, kept[2])
  end)
end)

describe("10,000 steps", function()
  it("leave memory as it was", function()
    local p = { W = mah.rand(8, 8), b = mah.zeros(8) }
    local x, y = mah.rand(16, 8), mah.randint(0, 7, { 16 }, { dtype = "int32" })
    local f = mah.value_and_grad(function(q)
      local h = (x:matmul(q.W) + q.b):tanh() + x
      return mah.loss.cross_entropy(h, y)
    end)
    local function run(steps)
      local first, last
      for _ = 1, steps do
        local value, g = f(p)
        p.W:axpy_(-0.1, g.W)
        p.b:axpy_(-0.1, g.b)
        first, last = first or value, value
      end
      collectgarbage()
      collectgarbage()
      return first, last, collectgarbage "count", (mah.memory())
    end
    local first, _, lua, tensors = run(2000)
    local _, last, lua_later, tensors_later = run(10000)
    assert.is_true(last < first)
    -- A table of the smallest for each step would be 600 KiB.
    assert.is_true(lua_later < lua + 500, ("%d KiB more"):format(lua_later - lua))
    assert.equal(tensors, tensors_later)
  end)
end)
