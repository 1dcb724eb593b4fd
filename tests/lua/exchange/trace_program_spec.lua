-- Which operations a function's program has, and which functions have none.
local affine = require "mah.exchange.lower.affine"
local mah = require "mah"
local program = require "mah.exchange.program"
local trace = require "mah.exchange.trace"

local function normal(seed, ...) return mah.randn({ ... }, { rng = mah.rng(seed) }) end

local W, b, T = normal(1, 4, 6) / 2, normal(2, 6), normal(4, 5, 3)

local function matrix(n, d) return mah.randn(n, d, { rng = mah.rng(7) }) end

local function lowered(f, x)
  local p = program.new()
  p.result = { kind = "network", value = trace(p, f, x)[1].value }
  return affine.fold(p):trim()
end

local function layer_norm(t)
  local d = t - t:mean(2, true)
  return d / ((d * d):mean(2, true) + 1e-5):sqrt()
end

--- "linear add unary": the operations of a function's program.
local function operations_of(f, x)
  local list = {}
  for i, node in ipairs(lowered(f, x).nodes) do list[i] = node.op end
  return table.concat(list, " ")
end

describe("the program of a function", function()
  local x = matrix(3, 4)

  it("has what depends on rows", function()
    assert.equal("linear unary linear", operations_of(function(t)
      return t:matmul(W * 2):reshape(-1, 6):tanh():matmul((W / W:norm(2, 1, true)):t())
    end, x))
    assert.equal("unary", operations_of(function(t)
      local _ = t:t() -- what leads nowhere may be anything
      return t:tanh():clone():contiguous():view(-1, 4)
    end, x))
  end)

  it("has constants in a linear operation where that is exact", function()
    local function norm(mean, scale)
      return function(t) return (t:matmul(W) + b - mean) / scale * b + 1 end
    end
    assert.equal("linear", operations_of(norm(b * 2, b:abs() + 1), x))
    assert.equal("linear mul add", operations_of(norm(1000, 0.1), x)) -- a large mean
    assert.equal("linear div mul add", operations_of(norm(b, 0), x))
    assert.equal("linear div mul add", operations_of(norm(b, b:abs() + 2e38), x))
    assert.equal("linear mul mul", operations_of(function(t) -- it is needed by itself
      local z = t:matmul(W)
      return (z * b) * z
    end, x))
    local p = lowered(function(t) return t:matmul(W) + b end, x)
    assert.is_true(p.nodes[1].weight == W) -- the same tensor, not a copy
  end)

  it("has one subtraction of means that does not cancel", function()
    assert.equal("centre mul reduce add unary div", operations_of(layer_norm, x))
    assert.equal("centre", operations_of(function(t) return t - t:mean(2):unsqueeze(2) end, x))
    assert.equal("reduce sub", operations_of(function(t) return t - t:sum(2, true) end, x))
    assert.equal("unary reduce sub", operations_of(function(t)
      return t - t:tanh():mean(2, true)
    end, x))
  end)
end)

describe("a function that no file can hold", function()
  local x = matrix(6, 4)

  local function refuses(message, f, like)
    assert.error_matches(function() lowered(f, like or x) end, message)
  end

  it("is one that mixes rows", function()
    for name, f in pairs {
      sum = function(t) return t - t:sum(1) end, mean = function(t) return t - t:mean(1, true) end,
      t = function(t) return t:t():matmul(t) end, matmul = function(t) return t:matmul(t:t()) end,
      cumsum = function(t) return t:cumsum(1) end, softmax = function(t) return t:softmax(1) end,
      flip = function(t) return t:flip(1) end, roll = function(t) return t:roll(1, 1) end,
      max = function(t) return t - t:max(1, true) end, std = function(t) return t / t:std(1) end,
      cat = function(t) return mah.cat { t, t } end,
      add = function(t) return t + t:sum(2):unsqueeze(1):tile(1, 1):narrow(2, 1, 1) end,
      narrow = function(t) return t - t:narrow(1, 1, 1) end,
      index_select = function(t) return t:index_select(1, { 1, 1, 1 }) end,
      layer_norm = function(t) return (mah.nn.layer_norm(t:reshape(-1)):reshape(-1, 4)) end,
      glu = function(t) return mah.nn.glu(t:reshape(-1)):reshape(-1, 2) end,
    } do
      local ok, message = pcall(lowered, f, x)
      assert.is_false(ok, name)
      assert.matches("cannot write [%w_]+: .*mix.* rows", message, name)
    end
    refuses("cannot write sum: without a dimension it mixes rows", function(t)
      return t / t:sum()
    end)
    refuses("cannot write add: its rows meet another operand's columns", function(t)
      return t:reshape(-1, 4, 1) + t:narrow(2, 1, 1):reshape(-1)
    end)
  end)

  it("is one that does something else for other rows", function()
    refuses("forward does other operations for other rows", function(t)
      return t:select(2, 1):sum():item() > 0 and t:tanh() or t:exp():neg()
    end)
    refuses("forward does other operations for another number of rows", function(t)
      for _ = 1, #t do t = t:tanh() end
      return t
    end)
    refuses("cannot write mul: an operand depends on what is in x", function(t)
      return t * t:totable()[1][1]
    end)
    refuses("cannot write div: an operand depends on how many rows x has", function(t)
      return t / #t
    end)
    refuses("cannot write gather: which columns it takes depends on what is in x", function(t)
      return (t:sort(2))
    end)
    refuses("cannot write add: an operand that is no part of x has other numbers for other rows",
      function(t) return t + mah.arange(#t):unsqueeze(2) end)
    refuses("cannot write add: an operand depends on what is in x by a way that cannot be followed",
      function(t) return t + mah.rand(4) end)
  end)

  it("is one of operations that files have not", function()
    refuses("cannot write lgamma: there is no such operation in a file", function(t)
      return t:abs():lgamma()
    end)
    refuses("cannot write einsum: there is no such operation", function(t)
      return mah.einsum("ni,io->no", t, W)
    end)
    refuses("forward fails for 3 rows like x: .*trace_program_spec.lua:%d+: svd has no derivative",
      function(t) return (t:svd()) end)
    refuses("float16 has no place in a file", function(t) return t:half():tanh():float() end)
    refuses("x is bool", function(t) return t:float() end, mah.ones(2, 3, { dtype = "bool" }))
  end)

  it("is one of bytes that go round", function()
    local bytes = mah.tensor({ { 200, 3 }, { 4, 5 } }, { dtype = "uint8" })
    for name, f in pairs {
      add = function(t) return t + t end, sub = function(t) return t - 4 end,
      mul = function(t) return t * t end, neg = function(t) return -t end,
      square = function(t) return t:square() end, pow = function(t) return t ^ 2 end,
    } do
      refuses(("cannot write %s: uint8 goes round at 256"):format(name), f, bytes)
    end
    assert.equal("cast cast div", operations_of(function(t) return t / 255 end, bytes))
  end)

  it("is told with the line and the layer where that stands", function()
    local function at(line, more)
      return ("%%(in %s.*trace_program_spec.lua:%d%%)$"):format(more or "",
        debug.getinfo(2, "l").currentline + line)
    end
    refuses("cannot write mean: .* mixes rows " .. at(1), function(t)
      return t - t:mean(1, true)
    end)
    local nn = mah.nn
    local function whole(t) return t / t:sum() end
    local model = nn.Sequential { nn.Tanh {}, nn.Residual { nn.Identity {},
      nn.Layer { forward = function(_, t) return whole(t) end } } }
    refuses("cannot write sum: .* %(in layer 2.2, Layer, .*trace_program_spec.lua:%d+%)$",
      function(t) return model(model.params, t) end)
    refuses("forward does other operations for other rows, from tanh in .*spec.lua:%d+ on",
      function(t) return t:select(2, 1):sum():item() > 0 and t:tanh() or t:exp():neg() end)
    refuses("forward fails for 3 rows like x, in layer 1, Linear: .*for each column", function(t)
      local wrong = nn.Sequential { nn.Linear { 5, 2 } }
      return wrong({ { weight = W:t(), bias = b } }, t)
    end)
  end)

  it("is one of something else", function()
    refuses("what forward gives does not depend on x", function() return W end)
    refuses("forward gives nil", function() end)
    refuses("forward gives a table as a, within one", function(t) return { a = { b = t } } end)
    local steps = mah.zeros(1)
    refuses("forward gives something else each time for the same rows", function(t)
      steps:add_(1)
      return t * steps
    end)
    refuses("cannot write sum: without a dimension", function(t) return t:sum() end)
    refuses("has another number of rows", function(t) return t:reshape(-1, 2) end)
    refuses("only rows of parameters can be looked up", function(t)
      return mah.index_select(T, 2, t)
    end, mah.tensor({ 1, 2, 3 }, { dtype = "int64" }))
  end)

  it("leaves tracing as it was", function()
    pcall(lowered, function(t) return t:gt(0):tanh() + error "x" end, x)
    local g = mah.grad(function(t) return mah.where(t:gt(0), t, t * 0):sum() end)
    assert.is_true(g(mah.tensor { 1, -1 }):equal(mah.tensor { 1, 0 }))
    assert.is_nil(rawget(require("mah.tensor.traced"), "is_whole") or nil)
  end)
end)
