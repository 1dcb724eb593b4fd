-- What NumPy and PyTorch answer (tests/golden/make_arrays.py), for tensors that lie row by row, the
-- other way round, and with gaps; as a function and as a method.
local cjson = require "cjson"
local golden = require "golden"
local mah = require "mah"
local Type = require "mah.tensor.type"

local file = assert(io.open(golden.path "../arrays.json"))
local recorded = cjson.decode(file:read "*a")
file:close()

local odd = { nan = 0 / 0, inf = 1 / 0, ["-inf"] = -1 / 0 }

local function made(n)
  local dtype, shape, values = unpack(recorded.tensors[n])
  local list = {}
  for i, v in ipairs(values) do list[i] = odd[v] or v end
  return mah.tensor(list, { dtype = dtype }):reshape(shape)
end

-- The same elements, in another place of memory.
local forms = {
  ["row by row"] = function(x) return x end,
  transposed = function(x)
    local order = {}
    for d = 1, x.ndim do order[d] = x.ndim + 1 - d end
    return x:permute(order):clone():permute(order)
  end,
  ["with gaps"] = function(x)
    if x.ndim == 0 then return mah.stack({ x, x }):select(1, 2) end
    return mah.stack({ x:mul(0):sub(1), x, x }, x.ndim + 1):select(x.ndim + 1, 2)
  end,
}

local function argument(value, form)
  if type(value) ~= "table" then return value end
  if value.t then return form(made(value.t)) end
  local list = {}
  for k, v in pairs(value) do list[k] = argument(v, form) end
  return list
end

local tolerances = { float32 = 2e-6, float64 = 1e-13 }
local loose = { cov = 10, corrcoef = 10, einsum = 10, vecdot = 10, interp = 10, cumprod = 10 }

local function check(name, i, want, got, form)
  local ok, problem = pcall(function()
    if type(want) == "table" then
      local expected = made(want.t)
      assert(Type.is_tensor(got), "a tensor is expected, got " .. tostring(got))
      assert(got.dtype == expected.dtype, expected.dtype .. " is expected, got " .. got.dtype)
      golden.close(expected, got, (tolerances[got.dtype] or 0) * (loose[name] or 1))
    elseif type(want) == "boolean" then
      assert(got == want, tostring(got))
    else
      golden.close(odd[want] or want, got, 2e-6)
    end
  end)
  if not ok then error(("case %d, %s: %s"):format(i, form, tostring(problem)), 0) end
end

local function try(name, i, arguments, wanted, form)
  local list = {}
  for k, a in ipairs(arguments) do list[k] = argument(a, forms[form]) end
  local got = { mah[name](unpack(list)) }
  for k, want in ipairs(wanted) do check(name, i, want, got[k], form) end
  if Type.is_tensor(list[1]) and name ~= "meshgrid" then
    got = { list[1][name](unpack(list)) }
    for k, want in ipairs(wanted) do check(name, i, want, got[k], form .. ", as a method") end
  end
end

describe("NumPy's and PyTorch's answer", function()
  local names, groups = {}, {}
  for i, case in ipairs(recorded.cases) do
    if not groups[case[1]] then
      groups[case[1]], names[#names + 1] = {}, case[1]
    end
    table.insert(groups[case[1]], i)
  end
  for _, name in ipairs(names) do
    for form in pairs(forms) do
      it(("for %s of tensors %s"):format(name, form), function()
        for _, i in ipairs(groups[name]) do
          try(name, i, recorded.cases[i][2], recorded.cases[i][3], form)
        end
      end)
    end
  end
end)

describe("array functions", function()
  local function says(words, f, ...)
    local message = golden.message(f, ...)
    assert.matches("arrays_spec%.lua:%d+: ", message)
    assert.truthy(message:find(words, 1, true), message)
  end
  local a, v = mah.arange(12):reshape(3, 4), mah.arange(4)

  it("say what is wrong with an equation", function()
    local einsum = mah.einsum
    says('operand 2, which is float32 4', function() einsum("ij,jk->ik", a, v) end)
    says('index j is 4 in operand 1 (float32 3x4) and 3 in operand 2 (float32 3x4)', function()
      einsum("ij,jk->ik", a, a)
    end)
    says('"ij,jk->ik" has 2 operands; 1 tensors are given', function() einsum("ij,jk->ik", a) end)
    local nine = { v, v, v, v, v, v, v, v, v }
    says("9 operands; 8 tensors are given (more than eight are given as a list)", function()
      einsum("i,i,i,i,i,i,i,i,i", unpack(nine))
    end)
    assert.equal(v:pow(9):sum(), einsum("i,i,i,i,i,i,i,i,i", nine):item())
    says("index k of the result is in no operand", function() einsum("ij->ik", a) end)
    says("index i of the result is named twice", function() einsum("ij->ii", a) end)
    says('has "."; letters', function() einsum("i.j", a) end)
    says('two ...', function() einsum("...i...", a) end)
    says("an equation", function() einsum(a, a) end)
    says("einsum: a tensor is expected, got 3", function() einsum("i,i", v, 3) end)
    says("9 dimensions", function()
      einsum("abc,def,ghi->abcdefghi", unpack { mah.ones(2, 2, 2), mah.ones(2, 2, 2),
        mah.ones(2, 2, 2) })
    end)
  end)

  it("plan an equation again for other sizes and numbers of dimensions", function()
    for n = 1, 5 do
      local x, y = mah.rand(n, 3), mah.rand(3, n + 1)
      assert.is_true(mah.allclose(mah.einsum("ij,jk", x, y), x:matmul(y)))
    end
    assert.same({ 4, 3 }, mah.einsum("...i->i...", a).shape)
    assert.same({ 2, 3, 4 }, mah.einsum("...i->i...", mah.ones(3, 4, 2)).shape)
    for k = 1, 120 do -- more than are remembered
      local name = string.char(97 + k % 26) .. string.char(65 + k % 25)
      assert.same({ 4, 3 }, mah.einsum(name .. "->" .. name:reverse(), a).shape)
    end
  end)

  it("give views of one operand without a sum", function()
    local x = mah.zeros(3, 3)
    mah.einsum("ii->i", x):fill_(1)
    assert.equal(3, x:sum())
    assert.is_true(x:equal(mah.eye(3)))
    mah.einsum("ij->ij", x):fill_(2)
    assert.equal(18, x:sum())
  end)

  it("wraps integers around, beyond 2^53 too, as C's do", function()
    local ffi = require "ffi"
    local rng = mah.rng(8)
    local function twin(x, y, i, k) -- sum over j of x[i, j] y[j, k]
      local sum = ffi.new "int64_t"
      for j = 1, x.shape[2] do
        sum = sum + ffi.cast("int64_t", x[i][j]) * ffi.cast("int64_t", y[j][k])
      end
      return sum
    end
    for dtype, most in pairs { int64 = 2 ^ 40, int32 = 2 ^ 30 } do
      local x, y = rng:integers(-most, most, 3, 4, dtype), rng:integers(-most, most, 4, 5, dtype)
      local ctype = dtype == "int64" and "int64_t" or "int32_t"
      local all = ffi.new(ctype .. "[15]")
      for i = 1, 3 do
        for k = 1, 5 do all[5 * (i - 1) + k - 1] = ffi.cast(ctype, twin(x, y, i, k)) end
      end
      local function same(result, f)
        assert.equal(dtype, result.dtype)
        assert.is_true(result:is_contiguous())
        local data = ffi.cast(ctype .. "*", result.data)
        for n = 0, result:numel() - 1 do assert.is_true(data[n] == f(n)) end
      end
      same(mah.einsum("ij,jk->ik", x, y), function(n) return all[n] end)
      same(mah.einsum("ij,jk->ki", x, y):contiguous(),
        function(n) return all[5 * (n % 3) + math.floor(n / 3)] end)
      same(mah.einsum("j,jk->k", x[2], y), function(n) return all[5 + n] end)
      same(mah.einsum("ij,j->i", x, y:select(2, 3)), function(n) return all[5 * n + 2] end)
      same(mah.einsum("j,j", x[3], y:select(2, 1)), function() return all[10] end)
      same(mah.einsum("bij,bjk->bik", mah.stack { x, x }, mah.stack { y, y }),
        function(n) return all[n % 15] end)
      same(mah.einsum("ij,ij->i", mah.stack { x[1], x[3] }, y:t():narrow(1, 1, 2):contiguous()),
        function(n) return all[n == 0 and 0 or 11] end)
    end
    assert.same({}, mah.einsum("i,i", mah.zeros(0, "int64"), mah.zeros(0, "int64")).shape)
  end)
  it("say what is wrong with arguments", function()
    says("roll: 2 shifts for 1 dimensions", function() a:roll({ 1, 2 }, { 1 }) end)
    says("roll: dimension 3", function() a:roll(1, 3) end)
    says("roll: shift must be an integer; got 0.5", function() a:roll(0.5) end)
    says("flip: dimension 4", function() a:flip(4) end)
    says("fliplr: a matrix is expected, got float32 4", function() v:fliplr() end)
    says("tile: dimension 2 -1 times", function() a:tile(1, -1) end)
    says("repeat: 1 numbers for float32 3x4; x:repeat_interleave(2)", function()
      a["repeat"](a, 2)
    end)
    says("repeat_interleave: counts must be 3 integers", function()
      a:repeat_interleave({ 1, 2 }, 1)
    end)
    says("count 2 is -1", function() a:repeat_interleave({ 1, -1, 2 }, 1) end)
    says("meshgrid: vectors are expected, got float32 3x4", function() mah.meshgrid(a) end)
    says("did you mean 'ij'?", function() mah.meshgrid(v, v, { indexing = "ik" }) end)
    says("tril: a matrix is expected, got float32 4", function() v:tril() end)
    says("diagonal: dimension 1 is named twice", function() a:diagonal(0, 1, 1) end)
    says("windows of 5 positions by 1", function() a:unfold(2, 5) end)
    says("movedim: dimension 1 is named twice", function() a:movedim({ 1, 1 }, { 1, 2 }) end)
    says("searchsorted: a vector is expected", function() mah.searchsorted(a, v) end)
    says("right must be true or false", function() v:searchsorted(v, 1) end)
    says("xp must ascend, but 1 at 2 follows 2", function() mah.interp(v, { 2, 1 }, { 1, 2 }) end)
    says("vectors of one length", function() mah.interp(v, { 1, 2 }, { 1 }) end)
    says("cummax: along which dimension of float32 3x4?", function() a:cummax() end)
    says("diff: n must not be negative", function() a:diff(-1) end)
    says("cov: y: a matrix", function() a:cov { y = mah.ones(2, 2, 2) } end)
    says("as many observations", function() a:cov { y = v:narrow(1, 1, 2) } end)
    says("did you mean 'correction'?", function() a:cov { corection = 1 } end)
    says("isclose: rtol must be a number in [0, inf)", function() a:isclose(a, { rtol = -1 }) end)
    says("do not broadcast", function() a:allclose(mah.ones(3)) end)
    says("nanargmin: all elements are NaN", function() (v * (0 / 0)):nanargmin() end)
    says("nanmin of no elements", function() mah.zeros(0):nanmin() end)
  end)

  it("take zero and one dimension, and none where that has a meaning", function()
    local s = mah.tensor(3)
    assert.equal(3, s:flip():item())
    assert.same({ 2, 1 }, s:tile(2, 1).shape)
    assert.equal(3, s:nansum())
    assert.equal(1, s:count_nonzero())
    assert.same({ 3, 3 }, s:repeat_interleave(2):totable())
    assert.is_true(s:isclose(3):all() and s:allclose(3))
    assert.equal(2, mah.searchsorted(v, s - 1):item())
    assert.same({ 0, 2 }, mah.zeros(0, 3):kron(mah.zeros(2, 0)):reshape(0, 2).shape)
    assert.same({}, mah.zeros(0):cumprod():totable())
  end)

  it("keep int64 beyond 2^53 exact where nothing is summed", function()
    local x = mah.tensor({ 2 ^ 53, 1 }, { dtype = "int64" }) + 1
    for _, y in ipairs { x:flip():flip(), x:roll(2), x:tile(1), (x:cummin()), x:kron(mah.ones(1, {
      dtype = "int64" })) } do
      assert.is_true(y:equal(x))
    end
    assert.equal(2 ^ 53 + 1, tonumber(x:nanmax(1):item()))
    assert.equal(1, x:nanargmax())
  end)

  it("add up the windows of unfold", function()
    local windows = v:unfold(1, 2, 1)
    assert.same({ { 1, 2 }, { 2, 3 }, { 3, 4 } }, windows:totable())
    assert.same({ 3, 5, 7 }, windows:sum(2):totable())
    local message = "elements of float32 %dx%d share memory"
    for _, write in ipairs {
      function() windows:add_(1) end,
      function() windows:copy_(windows:clone()) end,
      function() windows:t():fill_(0) end,
    } do
      assert.error_matches(write, message)
    end
    local x = mah.zeros(2, 6)
    x:unfold(2, 2, 2):add_(1) -- side by side
    x:unfold(2, 2, 3):transpose(1, 3):mul_(2)
    x:unfold(2, 6, 1):select(2, 1):add_(1)
    assert.same({ 3, 3, 2, 3, 3, 2 }, x[2]:totable())
  end)

  it("write to every view but windows", function()
    local x = mah.zeros(4, 4, 4, 4)
    local step = { 1, -1, 2 }
    for _, view in ipairs {
      x:permute(3, 1, 4, 2), x { step, {}, step, step }, x:diagonal(0, 1, 3):diagonal(0, 1, 2),
      x:diagonal(1, 2, 4):transpose(1, 3), x:unsqueeze(2):squeeze(),
    } do
      view:add_(1)
    end
  end)
end)

describe("array functions of bool, float16 and bfloat16", function()
  local wide = mah.tensor { { 1, 0, 1 }, { 0, 1, 1 } }

  it("move elements as they are", function()
    for _, dtype in ipairs { "bool", "float16", "bfloat16" } do
      local x = wide:to(dtype)
      for _, f in ipairs {
        function(t) return t:flip() end,
        function(t) return t:t():flip(1) end,
        function(t) return t:roll(1) end,
        function(t) return t:tile(2, 3) end,
        function(t) return t:repeat_interleave(3, 2) end,
        function(t) return t:tril() end,
        function(t) return t:diag_embed() end,
        function(t) return (t:cummax(2)) end,
        function(t) return t:nanmax(1) end,
        function(t) return t:kron(t) end,
        function(t) return mah.einsum("ij->ji", t) end,
        function(t) return mah.einsum("ij,ik->jk", t, t:narrow(2, 1, 1)) end,
      } do
        local got = f(x)
        assert.equal(dtype, got.dtype)
        golden.equal(f(wide), got)
      end
    end
  end)

  it("compute as their wider kin", function()
    for _, dtype in ipairs { "float16", "bfloat16" } do
      local x = wide:to(dtype)
      for _, name in ipairs { "cumsum", "cumprod", "nansum", "nanmean", "nanstd", "nanmedian" } do
        local got = x[name](x, 2)
        assert.equal(dtype, got.dtype)
        golden.close(wide[name](wide, 2), got, 5e-3)
      end
      assert.equal("float32", x:cov().dtype)
      golden.close(wide:cov(), x:cov(), 1e-6)
      assert.is_true(x:allclose(wide))
    end
    local b = wide:to "bool"
    golden.equal(mah.tensor({ { 1, 1, 2 }, { 0, 1, 2 } }, { dtype = "int64" }), b:cumsum(2))
    golden.equal(mah.tensor({ { 1, 1 }, { 1, 0 } }, { dtype = "bool" }), b:diff())
    assert.equal("bool", b:isin({ 1 }).dtype)
  end)
end)
