-- Every operation of tensors: its value traced and plain, its gradient and the gradient's gradient
-- beside central differences, at ragged and broadcast shapes, in float64.
local Type = require "mah.tensor.type"
local mah = require "mah"
local operands = require "mah.grad.operands"

local rng = mah.rng(20)

--- Numbers from low to high.
local function tensor(low, high, ...)
  return rng:uniform(low, high, { ... }, { dtype = "float64" })
end

--- Different numbers in -2 ... 2, none near 0, no two near each other.
local function apart(...)
  local n = 1
  for _, size in ipairs { ... } do n = n * size end
  local x = mah.tensor(mah.arange(1, n, 1, "float64"):totable(), "float64")
  local order = mah.randperm(n, { rng = 7 })
  return ((x:index_select(1, order) - (n + 1) / 2) * (4 / n) + 0.013):reshape(...)
end

local a, b = tensor(-1.5, 1.5, 3, 5), tensor(-1.5, 1.5, 3, 5)
local row, column, one = tensor(0.4, 1.6, 5), tensor(0.4, 1.6, 3, 1), tensor(0.4, 1.6)
local positive, high = tensor(0.3, 2, 3, 5), tensor(1.2, 3, 2, 1, 5)
local square = tensor(-1, 1, 4, 4) + mah.eye(4, 4, "float64") * 3
local cube = tensor(-1, 1, 2, 3, 4)
local places = mah.tensor({ 3, 1, -1, 3 }, "int32")
local sorted_dim2 = mah.tensor({ { 5, 1 }, { 2, 2 }, { 3, 4 } }, "int64")
local mask = b:gt(0)

local cases = {}

--- name: of the operation, or of more separated by spaces; x: the argument, a tensor or a table.
local function case(name, x, f, once)
  cases[#cases + 1] = { name = name, x = x, f = f, once = once }
end

-- -- Element by element ---------------------------------------------------------------------------

for name, x in pairs {
  neg = a, abs = apart(3, 5), square = a, relu = apart(3, 5), reciprocal = positive,
  sqrt = positive,
  exp = a, expm1 = a, log = positive, log1p = positive, sin = a, cos = a, tan = a * 0.6, tanh = a,
  sigmoid = a, erf = a, erfc = a, erfinv = a * 0.5, erfcinv = positive * 0.5, gamma = positive,
  lgamma = positive, gammaln = positive, digamma = positive, clone = a, contiguous = a,
} do
  case(name, x, function(t) return t[name](t) end)
  if rawget(mah, name) or pcall(function() return mah[name] end) then
    case(name, x, function(t) return mah[name](t) end)
  end
end
case("lgamma digamma", tensor(-2.8, -2.2, 4), function(t) return t:lgamma() + t:digamma() end)

for name, f in pairs {
  add = function(x, y) return x + y end, sub = function(x, y) return x - y end,
  mul = function(x, y) return x * y end, div = function(x, y) return x / y end,
  pow = function(x, y) return x ^ y end, remainder = function(x, y) return x % y end,
} do
  case(name, { x = positive, y = row }, function(p) return f(p.x, p.y) end)
  case(name, { x = high, y = column }, function(p) return f(p.x, p.y) end)
  case(name, { x = one, y = high }, function(p) return f(p.y, p.x) end)
  case(name, positive, function(x) return f(x, 1.3) + f(2.1, x) end)
  case(name, positive, function(x) return f(x, row) + f(column, x) end) -- plain and traced
  case(name, { x = positive, y = row }, function(p) return mah[name](p.x, p.y) end)
  case(name, positive, function(x) return x[name](x, row) + mah[name](row, x) end)
end
case("add sub", { x = positive, y = row },
  function(p) return p.x:add(p.y, 3) - p.x:sub(p.y, 0.5) + row:add(p.x, 2) end)
for _, name in ipairs { "minimum", "maximum" } do
  case(name, { x = apart(3, 5), y = apart(5) * 0.9 }, function(p) return p.x[name](p.x, p.y) end)
  case(name, apart(3, 5), function(x) return mah[name](x, 0.2) * mah[name](row, x) end)
end
case("pow", { x = positive, y = row }, function(p) return p.x:pow(2) + p.y:pow(3) + p.x ^ 0.5 end)
case("lerp", { x = a, y = row }, function(p) return p.x:lerp(p.y, 0.3) + row:lerp(p.x, 0.2) end)
case("clamp", apart(3, 5), function(x) return x:clamp(-0.9, 1.1) * x + mah.clamp(x, nil, 0.5) end)
case("where", { x = a, y = row }, function(p) return mah.where(mask, p.x, p.y) * p.x end)
case("where", a, function(x) return x:where(mask, 2) + mah.where(mask, 1, x) + b:where(mask, x) end)
case("beta betaln lbeta", { x = positive, y = row },
  function(p) return mah.beta(p.x, p.y) + p.x:betaln(p.y) + mah.lbeta(p.x, 1.5) end)
case("to float double half bfloat16", a, function(x)
  return x:to("float64") * x:double()
end)

-- -- Reductions -----------------------------------------------------------------------------------

for _, name in ipairs { "sum", "mean", "prod", "logsumexp", "var", "std", "norm", "nansum",
  "nanmean", "nanprod", "max", "min", "median" } do
  local x = name:find "^m" and apart(3, 5) or a
  local is_spread = name == "var" or name == "std"
  local function along(t, dim, keep)
    if name == "norm" then return (t:norm(2, dim, keep)) end
    if is_spread then return t[name](t, dim, nil, keep) end
    return (t[name](t, dim, keep))
  end
  case(name, x, function(t) return along(t) end)
  case(name, x, function(t) return mah[name](t, 1) end)
  if name ~= "norm" then case(name, x, function(t) return along(t, 2) * along(t, -1, true) end) end
  case(name, cube + apart(2, 3, 4), function(t) return along(t, 2, true) end)
end
for _, p in ipairs { 1, 1.5, 2, 3, math.huge } do
  case("norm", apart(3, 5), function(x) return x:norm(p, 2, true) * x:norm(p) end)
end
case("var std", a, function(x) return x:var(false) + x:std(1, false) + x:var(2, 0.5, true) end)
case("prod cumprod", mah.tensor({ { 2, 0, 3 }, { 0, 0, 1 }, { 1, 4, 5 } }, "float64"),
  function(x) return x:prod(2) + x:cumprod(2):sum(2) + x:prod(1) end)
case("softmax log_softmax", cube, function(x)
  return x:softmax() * mah.softmax(x, 2) + x:log_softmax(1) + mah.log_softmax(x)
end)
case("cumsum cumprod diff", a, function(x)
  return x:cumsum(2) + x:cumprod(1) + x[1]:cumsum() + mah.cumprod(x[2]) + x:diff():sum()
    + x:diff(2, 1):sum()
end)
case("cummax cummin", apart(3, 5), function(x) return (x:cummax(2)) * (mah.cummin(x, 1)) end)
case("quantile", apart(3, 5), function(x)
  return x:quantile(0.3) + x:quantile(0.6, 2, true) + x:quantile({ 0.2, 0.7 }, 1):sum()
end)
case("cov corrcoef", a, function(x)
  return x:cov() + x:corrcoef() + mah.cov(x, { correction = 0 })
end)
case("cov corrcoef", { x = a, y = b }, function(p)
  return p.x:cov { y = p.y, rowvar = false }:sum() + p.x:corrcoef { rowvar = false }:sum()
end)

-- -- Products -------------------------------------------------------------------------------------

case("matmul", { x = a, y = b }, function(p) return p.x:matmul(p.y:t()) end)
case("matmul", { x = a, y = row }, function(p) return p.x:matmul(p.y) end)
case("matmul", { x = tensor(-1, 1, 3), y = a }, function(p) return p.x:matmul(p.y) end)
case("matmul", { x = cube, y = tensor(-1, 1, 4, 2) }, function(p) return p.x:matmul(p.y) end)
case("matmul", { x = tensor(-1, 1, 3, 2), y = tensor(-1, 1, 5, 1, 2, 4) },
  function(p) return mah.matmul(p.x, p.y) end)
case("matmul", { x = cube, y = tensor(-1, 1, 4) }, function(p) return p.x:matmul(p.y) end)
case("matmul mm", a, function(x) return b:t():matmul(x) + mah.mm(b:t(), x, { alpha = 2 }) end)
case("dot outer vecdot", { x = row, y = tensor(-1, 1, 5) }, function(p)
  return p.x:dot(p.y) * mah.outer(p.x, p.y) + p.x:vecdot(p.y) + row:outer(p.x)
end)
case("vecdot", { x = cube, y = tensor(-1, 1, 3, 4) }, function(p) return p.x:vecdot(p.y) end)
case("kron", { x = a, y = tensor(-1, 1, 2, 2) }, function(p) return p.x:kron(p.y) end)
for equation, sizes in pairs {
  ["ij,jk->ik"] = { { 2, 3 }, { 3, 4 } }, ["ij,jk"] = { { 2, 3 }, { 3, 4 } },
  ["bij,bjk->bik"] = { { 2, 3, 2 }, { 2, 2, 4 } }, ["i,ij,j"] = { { 2 }, { 2, 3 }, { 3 } },
  ["ii->i"] = { { 3, 3 } }, ["ii"] = { { 3, 3 } }, ["ij->ji"] = { { 2, 3 } },
  ["ij->i"] = { { 2, 3 } },
  ["ij,k->i"] = { { 2, 3 }, { 4 } }, ["...ij,jk->...ik"] = { { 2, 2, 3 }, { 3, 2 } },
  ["iij,j->i"] = { { 3, 3, 2 }, { 2 } }, ["...i,...i"] = { { 2, 3 }, { 2, 3 } },
  ["bi,i->b"] = { { 2, 3 }, { 1 } },
} do
  local list = {}
  for i, size in ipairs(sizes) do list[i] = tensor(-1, 1, unpack(size)) end
  case("einsum", list, function(p) return mah.einsum(equation, unpack(p)) end)
end
case("conv1d", { x = tensor(-1, 1, 2, 4, 9), w = tensor(-1, 1, 6, 2, 3), b = tensor(-1, 1, 6) },
  function(p)
    return p.x:conv1d(p.w, { bias = p.b, stride = 2, padding = 1, dilation = 2, groups = 2 })
  end)
case("conv1d", { w = tensor(-1, 1, 3, 2, 3) },
  function(p) return cube:reshape(3, 2, 4):conv1d(p.w) end)

-- -- Shapes and choices ---------------------------------------------------------------------------

case("reshape view flatten ravel", a, function(x)
  return x:reshape(5, 3):view(-1) * x:flatten() + x:ravel() + x:reshape { 15 }
end)
case("squeeze unsqueeze atleast_1d atleast_2d atleast_3d", { x = column, y = one }, function(p)
  return p.x:squeeze() + p.x:squeeze(2):unsqueeze(1) + mah.atleast_1d(p.y) + p.y:atleast_2d()
    + p.y:atleast_3d()
end)
case("transpose t swapaxes permute movedim moveaxis", cube, function(x)
  return x:transpose(1, 3) * x:permute(3, 2, 1) + x:permute { -1, -2, -3 } + x:swapaxes(1, -1)
    + x:movedim({ 1, 2 }, { 3, 2 }) + mah.moveaxis(x, 1, -1):transpose(1, 2) + x[1]:t():unsqueeze(3)
end)
case("expand expand_as", { x = column, y = row }, function(p)
  return p.x:expand(3, 5) * p.x:expand(-1, 5) + p.y:expand_as(a)
end)
case("narrow select at split chunk", cube, function(x)
  local parts, left, right = x:split({ 1, 2 }, 2), x:chunk(2, 3)
  return x:narrow(3, 2, 2) * parts[1]:narrow(3, 1, 2) + left * right + x[1][2][3] * x { 1, 2, -1 }
    + x { {}, { 1, 3, 2 }, 2 }:sum() + x:select(2, -1):unsqueeze(2):narrow(3, 3, 2)
end)
case("diagonal diag trace diag_embed", square, function(x)
  return x:diag() * x:diagonal(1):sum() + x[1]:diag():sum(1) + x:trace() + x:trace(-1)
    + mah.diag_embed(x[2], 1):sum()
end)
case("unfold", a, function(x) return x:unfold(2, 3, 1) end)
case("masked_select at", a, function(x)
  return x:masked_select(mask):sum() * x[mask]:prod() + x[{ {}, row:gt(1) }]:sum()
end)
case("index_select gather take_along_dim at", a, function(x)
  return x:index_select(1, places):sum(1):sum() * x:gather(2, sorted_dim2)
    + mah.take_along_dim(x, sorted_dim2, 2) + x[places]:sum() + mah.index_select(x, 2, { 1, 1 })
    + x[{ mah.tensor({ 1, 2, 3 }, "int32"), mah.tensor({ 2, 5, 2 }, "int32") }]:unsqueeze(2)
end)
case("gather", a, function(x)
  return x:gather(2, sorted_dim2:byte()) + x:gather(2, sorted_dim2:int())
    + x:gather(-1, sorted_dim2)
end)
case("scatter_add", { x = a, y = tensor(-1, 1, 3, 2) }, function(p)
  return p.x:scatter_add(2, sorted_dim2, p.y) + a:scatter_add(2, sorted_dim2, p.y)
end)
case("tile repeat repeat_interleave", a, function(x)
  return x:tile(2, 1) * mah["repeat"](x, 2, 1) + x:tile(2):sum() + x:repeat_interleave(2, 1)
    + x:repeat_interleave({ 1, 3, 2 }, 1)
end)
case("flip fliplr flipud roll", a, function(x)
  return x:flip(1) * x:flip() + x:fliplr() * x:flipud() + x:roll(2) + x:roll(-1, 2)
    + mah.roll(x, { 1, 2 }, { 1, 2 })
end)
case("tril triu", cube, function(x) return x:tril() * x + x:triu(1) + mah.tril(x, -1) end)
case("cat stack", { x = a, y = tensor(-1, 1, 2, 5), z = row }, function(p)
  return mah.cat { p.x, p.y, a }:sum(1) * mah.cat({ p.x, p.x }, 2):sum()
    + mah.stack { p.z, p.z, row }:prod(1) + mah.stack({ p.x, a }, 3):sum()
end)
case("sort topk", apart(3, 5), function(x)
  return (x:sort(2)) * (mah.sort(x, 2, true)) + x:topk(2):sum() + x:topk(1, 1, false):sum()
end)

-- -- Linear algebra -------------------------------------------------------------------------------

case("solve", { a = square, b = tensor(-1, 1, 4) }, function(p) return p.a:solve(p.b) end)
case("solve", { a = square, b = tensor(-1, 1, 4, 2) },
  function(p) return mah.linalg.solve(p.a, p.b) + square:solve(p.b) end)
case("inv det", square, function(x) return x:inv() * x:det() end)
case("cholesky", square, function(x) return x:matmul(x:t()):cholesky() end)
case("expm", square * 0.3, function(x) return x:expm() end, "once")

-- -- The tests ------------------------------------------------------------------------------------

describe("gradients of", function()
  for i, c in ipairs(cases) do
    it(c.name .. " (" .. i .. ")", function()
      local plain = c.f(c.x)
      local value = mah.no_grad(function(y) return y end)(mah.vjp(c.f, c.x))
      plain = type(plain) == "number" and plain or plain:double()
      local difference = type(plain) == "number" and math.abs(plain - value)
        or (plain - value):abs():max()
      assert.is_true(difference <= 1e-12, "values differ by " .. difference)
      local r = mah.gradcheck(c.f, c.x)
      assert.is_true(r.ok, ("%s: %.9g, numerically %.9g"):format(r.name, r.analytic, r.numeric))
      if c.once then return end
      r = mah.gradcheck(c.f, c.x, { twice = true })
      assert.is_true(r.ok, ("twice, %s: %.9g, numerically %.9g"):format(r.name, r.analytic,
        r.numeric))
    end)
  end

  it("float32 and float64 come in the operand's dtype", function()
    local g = mah.grad(function(p) return (p.a * p.b:double() + p.c:half():float()):sum() end) {
      a = mah.rand(3, 1), b = mah.rand(4), c = mah.rand(3, 4):double() }
    assert.same({ "float32", "float32", "float64" }, { g.a.dtype, g.b.dtype, g.c.dtype })
    assert.same({ { 3, 1 }, { 4 }, { 3, 4 } }, { g.a.shape, g.b.shape, g.c.shape })
  end)

  it("norms and spreads are 0 where they are 0, and so are the derivatives of that", function()
    for _, f in ipairs {
      function(x) return x:norm() end, function(x) return x:norm(1.5) end,
      function(x) return x:norm(3) end, function(x) return x:std() end,
    } do
      local zeros = mah.zeros(3, "float64")
      assert.same(zeros:totable(), mah.grad(f)(zeros):totable())
      assert.same(zeros:totable(), mah.hvp(f, zeros, mah.ones(3, "float64")):totable())
    end
  end)

  it("every method there is, or it is refused by name, or gives plain values", function()
    local tried, missing = {}, {}
    for _, c in ipairs(cases) do
      for name in c.name:gmatch "%S+" do tried[name] = true end
    end
    local methods = require("mah.tensor.traced").methods
    for name in pairs(Type.methods) do
      if not tried[name] then
        local function call(of)
          return pcall(function()
            local result
            mah.vjp(function(x)
              result = of[name](x)
              return x:sum()
            end, square)
            return result
          end)
        end
        local ok, y = call(methods)
        local said = not ok and tostring(y):match "%S+ has no derivative here"
          or not ok and tostring(y):match "a traced tensor is not changed in place"
        local is_plain = ok and operands.raw(y) == y
        local lacks_arguments = not ok and methods[name] and not pcall(Type.methods[name], square)
        if not (said or is_plain or lacks_arguments) then
          missing[#missing + 1] = name .. ": " .. tostring(y)
        end
      end
    end
    assert.same({}, missing)
  end)
end)
