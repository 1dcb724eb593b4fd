--- Functions with gradients of another kind: none, computed twice, or one's own.
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local make = require "mah.tensor.make"
local operands = require "mah.grad.operands"
local options = require "mah.base.options"
local recording = require "mah.grad.recording"
local tape = require "mah.grad.tape"
local traced = require "mah.tensor.traced"
local trees = require "mah.grad.trees"
require "mah.grad.methods"

local raw = operands.raw

local wrap = {}

local function expect_function(f, where)
  check.that(type(f) == "function", "%s: a function is expected, got %s", where, check.show(f))
end

--- The function f without gradients: traced tensors among its arguments, in tables too, come as
--- plain ones, and so do those of its results. What it computes counts as constant.
---
---     local scale = mah.no_grad(function(x) return x:abs():max() end)
---     local g = mah.grad(function(x) return (x / scale(x)):sum() end)(mah.tensor { 1, 4 })
---     print(g[1], g[2])                              --> 0.25 0.25
---@param f function   at most eight arguments, at most four results
---@return function
function wrap.no_grad(f)
  expect_function(f, "mah.no_grad")
  local function to_plain(x) return traced.is(x) and raw(x):clone() or x end
  local function plain(value) return trees.replace(value, to_plain) end
  return function(a, b, c, d, e, g, h, i)
    if traced.is_whole then return f(a, b, c, d, e, g, h, i) end
    local y1, y2, y3, y4 = f(plain(a), plain(b), plain(c), plain(d), plain(e), plain(g), plain(h),
      plain(i))
    return plain(y1), plain(y2), plain(y3), plain(y4)
  end
end

-- -- Recomputing ----------------------------------------------------------------------------------

--- The tensors among `arguments` in a list, and a function that makes the arguments of such a list.
local function flattened(arguments)
  local list = { n = 0 }
  local form = trees.replace(arguments, function(x)
    list.n = list.n + 1
    list[list.n] = x
    return x
  end)
  return list, function(other)
    local k = 0
    return trees.replace(form, function()
      k = k + 1
      return other[k]
    end)
  end
end

--- A function's result; a number, as sums of plain tensors are, as a tensor of the dtype of x.
local function as_tensor(y, x)
  if type(y) ~= "number" then return y end
  return Type.is_tensor(x) and operands.scalar(x, y) or make.tensor(y, "float64")
end

local function call(f, a) return f(a[1], a[2], a[3], a[4], a[5], a[6]) end

--- Is `again` y but for rounding? Traced operations may add up in another order than plain ones.
local function expect_same(y, again)
  y, again = raw(y), raw(again)
  local is_same = Type.is_tensor(again) and operands.same(y, again)
  if is_same and y:numel() == 0 then return end
  if is_same and not ((y - again):abs():max() > 0.01 * y:abs():max()) then return end
  check.raise("mah.checkpoint: the function gives another result when it is called again; hand it "
    .. "random numbers as an argument")
end

local checkpointed = recording.many {
  name = "checkpoint", linear = false, is_foreign = true,
  forward = function(list, f, with)
    local y = as_tensor(call(f, with(list)), list[1])
    check.that(not traced.is(y), "mah.checkpoint: the function uses a traced tensor that is not "
      .. "among its arguments, where its gradient would be lost")
    check.that(Type.is_tensor(y), "mah.checkpoint: the function gives %s; one tensor is expected",
      check.show(y))
    return y
  end,
  gradients = function(g, before, list, places, f, with)
    local t, leaves = tape.open(), {}
    for k = 1, list.n do leaves[k] = places[k] > 0 and t:leaf(list[k]) or list[k] end
    local y = as_tensor(tape.with(t, call, f, with(leaves)), raw(list[1]))
    expect_same(before, y)
    local gradients = traced.is(y) and y.tape == t.id and t:backward(y.place, g) or {}
    local mine = {}
    for k = 1, list.n do mine[k] = places[k] > 0 and gradients[leaves[k].place] or nil end
    t:give_back()
    return mine
  end,
}

--- The function f, of which the results between are not kept for the gradient, but computed once
--- more when it is taken: memory for time (Chen et al., "Training deep nets with sublinear memory
--- cost", 2016). Everything that has a gradient must be among f's arguments, tensors and tables of
--- them; f must give the same result when it is called again, which is looked at.
---
---     local block = mah.checkpoint(function(h, W) return h:matmul(W):tanh():matmul(W):tanh() end)
---     local x, W = mah.rand(3, 4), mah.rand(4, 4)
---     local function f(W) return block(x, W):sum() end
---     local function plain(W) return x:matmul(W):tanh():matmul(W):tanh():sum() end
---     print(mah.grad(f)(W):allclose(mah.grad(plain)(W)))               --> true
---@param f function   at most six arguments, one tensor as its result
---@return function
function wrap.checkpoint(f)
  expect_function(f, "mah.checkpoint")
  return function(a, b, c, d, e, g)
    if traced.is_whole then return f(a, b, c, d, e, g) end
    local list, with = flattened { a, b, c, d, e, g }
    return checkpointed(list, f, with)
  end
end

-- -- A gradient of one's own ----------------------------------------------------------------------

local rules = options.declare("mah.custom", {
  forward = { options.required, "function", nil, "function (...) -> the result, of plain tensors" },
  backward = { options.required, "function", nil, "function (g, y, ...) -> the gradients of the "
    .. "arguments, from g, that of the result y; nil for those without" },
  name = { "mah.custom", "string", nil, "what messages call it" },
})

local function expect_gradient(g, x, name, k)
  if g == nil then return end
  check.that(Type.is_tensor(raw(g)), "%s: backward gives %s as the gradient of argument %d", name,
    check.show(g), k)
  local have, want = operands.shape(g), operands.shape(x)
  check.that(table.concat(have, "x") == table.concat(want, "x"),
    "%s: backward gives %s as the gradient of argument %d, which is %s", name,
    Type.describe(raw(g)), k, Type.describe(raw(x)))
end

--- A function with a gradient of one's own. forward(...) computes the result, a tensor, of plain
--- tensors (and of arguments of other kinds, as they come); backward(g, y, ...) gives the gradients
--- of the arguments from g, that of the result y: nil for those without. Written with operations
--- that have derivatives, it has one itself.
---
---     local softplus = mah.custom {
---       forward = function(x) return x:exp():log1p() end,
---       backward = function(g, _, x) return g * x:sigmoid() end,
---     }
---     print(mah.grad(function(x) return softplus(x):sum() end)(mah.zeros(3))[1])       --> 0.5
---@param given {forward: function, backward: function, name: string?}
---@return function   of at most eight arguments
function wrap.custom(given)
  local s = options(given, rules, "mah.custom")
  local function gradients(g, y, a)
    local list = { s.backward(g, y, a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8]) }
    for k = 1, a.n do expect_gradient(list[k], a[k], s.name, k) end
    return list
  end
  local operation = recording.many {
    name = s.name, linear = false, is_foreign = true, gradients = gradients,
    forward = function(a)
      local y = as_tensor(s.forward(a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8]), a[1])
      check.that(Type.is_tensor(y), "%s: forward gives %s; a tensor is expected", s.name,
        check.show(y))
      return y
    end,
  }
  return function(a, b, c, d, e, f, g, h)
    if traced.is_whole then return s.forward(a, b, c, d, e, f, g, h) end
    return operation({ n = 8, a, b, c, d, e, f, g, h })
  end
end

return wrap
