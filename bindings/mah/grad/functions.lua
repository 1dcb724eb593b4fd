--- Gradients of any Lua function of tensors, by reverse mode.
---
---     local value, g = mah.value_and_grad(f)({ W = W, b = b }, x, y)         -- g.W, g.b
---
--- The function is called with traced tensors in the place of the first argument's. They have a
--- tensor's methods, fields and operators, and mah's functions take them; what is computed from
--- them is traced in turn. Tables may hold tensors by name or in a list. Further arguments are
--- passed on as they are, and have no gradient. mah.grad(mah.grad(f)) and the like work.
---
--- An argument's gradient has its dtype and shape, and memory of its own. float32 and float64;
--- numbers count as float64 and get a number.
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local leaves_of = require "mah.grad.leaves"
local make = require "mah.tensor.make"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"
local options = require "mah.base.options"
local tape = require "mah.grad.tape"
local traced = require "mah.tensor.traced"
local trees = require "mah.grad.trees"
local warn = require "mah.base.warn"
require "mah.grad.methods"

local raw, scalar = operands.raw, operands.scalar
local lifted = leaves_of.lifted

local functions = {}

local function expect_function(f, where)
  local meta = type(f) == "table" and getmetatable(f)
  if type(f) ~= "function" and not (meta and meta.__call) then
    check.raise("%s: a function is expected, got %s", where, check.show(f))
  end
  return f
end

-- -- Out ------------------------------------------------------------------------------------------

--- Results without this tape, to keep: of tables, too; other values as they are.
local function lowered(t, y)
  if type(y) ~= "table" and not traced.is(y) then return y end
  local has_changed = false
  local kept = trees.replace(y, function(one)
    if not (traced.is(one) and one.tape == t.id) then return one end
    has_changed = true
    local value = t:value(one.place)
    return Type.is_tensor(value) and value:clone() or value
  end)
  return has_changed and kept or y
end

--- A plain tensor without dimensions as a number.
local function as_number(y)
  return Type.is_tensor(y) and y.ndim == 0 and y:item() or y
end

--- Gives each leaf a gradient of its own: row-major, and shared with nothing. `own`: where it is so
--- already.
local function collector(t, gradients, where, quiet)
  local own = t.own
  return function(x, name, leaf)
    local g = gradients[leaf.place]
    if not g then
      if not quiet then
        warn("%s: the result does not depend on %s: its gradient is 0", where,
          name == "" and "the argument" or name)
      end
      g = operands.zeros(t.records[leaf.place].value)
    end
    if type(x) == "number" then return as_number(g) end
    if traced.is(g) or own[leaf.place] then return g end
    return g:clone()
  end
end

--- A result that is a tensor or a number.
local function expect_result(y, where)
  check.that(trees.is_leaf(y), "%s: the function gives %s; a tensor is expected", where,
    check.show(y))
  return y
end

--- The gradients of a flat table of leaves, as `collector` gives them; nil where one has none yet.
local function collected_again(t, leaves)
  local gradients, own, mine = t.gradients, t.own, leaves_of.room_like(leaves)
  for key, leaf in next, leaves do
    if not own[leaf.place] then return nil end
    mine[key] = gradients[leaf.place]
  end
  return mine
end

--- The place of a result on the tape; nil when it does not come from its leaves.
local function place_of(t, y) return traced.is(y) and y.tape == t.id and y.place or nil end

local function expect_scalar(y, where)
  local plain = raw(y)
  if type(plain) == "number" then return end
  if not Type.is_tensor(plain) then
    check.raise("%s: the function gives %s; a number is expected, x:sum() or x:mean()", where,
      check.show(plain))
  end
  if plain:numel() ~= 1 then
    check.raise("%s: the function gives %s; a gradient is of one number, x:sum() or x:mean()",
      where, Type.describe(plain))
  end
end

local function one_like(y)
  local plain = raw(y)
  local one = scalar(plain, 1)
  return plain.ndim > 0 and one:reshape(plain.shape) or one
end

--- The gradient of y with respect to x, whose leaves are `leaves`.
local function gradient(t, y, x, leaves, where, quiet, is_flat)
  local place, gradients = place_of(t, y), {}
  if place then gradients = t:backward(place, one_like(y)) end
  local all = is_flat and place and collected_again(t, leaves)
  if all then return all end
  return trees.map(x, collector(t, gradients, where, quiet), "", leaves)
end

-- -- Gradients ------------------------------------------------------------------------------------

local made = setmetatable({}, { __mode = "k" }) -- the functions of value_and_grad

local rules = options.declare("mah.grad mah.value_and_grad", {
  detect_anomaly = { false, "boolean", nil, "the first NaN, forwards or backwards, is an error "
    .. "that names the operation and the script's line; slow" },
})

local function transform(f, given, where, quiet)
  expect_function(f, where)
  if trees.is_leaf(given) then check.raise("%s: gives a function; write %s(f)(x)", where, where) end
  local watch, pool, known = options(given, rules, where).detect_anomaly, {}, {}
  return function(x, a, b, c, d, e, g)
    local t = tape.open(watch, pool)
    local again = leaves_of.lifted_again(t, x, known)
    local leaves = again or lifted(t, x, where)
    if not again then leaves_of.remember(known, x) end
    local y, y2, y3, y4, y5 = tape.with(t, f, leaves, a, b, c, d, e, g)
    expect_scalar(y, where)
    local result = gradient(t, y, x, leaves, where, quiet, again)
    y = place_of(t, y) and as_number(t:value(y.place)) or lowered(t, y)
    if y2 ~= nil then
      y2, y3, y4, y5 = lowered(t, y2), lowered(t, y3), lowered(t, y4), lowered(t, y5)
    end
    t:give_back()
    return y, result, y2, y3, y4, y5
  end
end

--- A function that gives f's value and its gradient with respect to its first argument, a tensor, a
--- number or a table of tensors, in whose form the gradient comes. f gives one number: a tensor of
--- one element, as x:sum() or x:mean() of a traced one is. What f gives besides, four values at
--- most, comes behind the gradient, without a gradient of its own.
---
--- Parameters that f does not depend on have the gradient 0, and are named in a warning.
--- Derivatives where there are none or many are PyTorch's: 0 for |x| at 0, for relu at 0 and for
--- norms of zeros.
---
---     local x = mah.tensor { 1, 2, 3 }
---     local f = mah.value_and_grad(function(p, x) return (p.a * x + p.b):square():sum() end)
---     local value, g = f({ a = mah.tensor(2), b = mah.tensor(1) }, x)
---     print(value, g.a:item(), g.b:item())           --> 83 68 30
---@param f function           (x, ...) -> a number, ...
---@param given {detect_anomaly: boolean?}|nil
---@return function            (x, ...) -> value, gradient, ...
function functions.value_and_grad(f, given)
  local both = transform(f, given, "mah.value_and_grad")
  made[both] = true
  return both
end

--- Was the function made by value_and_grad?
---@param f any
---@return boolean
function functions.gives_both(f) return made[f] == true end

--- value_and_grad for whoever is named in messages.
---@param f function
---@param where string
---@return function
function functions.with_gradient(f, where) return transform(f, nil, where) end

--- A function that gives the gradient of f with respect to its first argument: a tensor, a number
--- or a table of tensors, in whose form it comes. f gives one number, as x:sum(). Further
--- arguments, six at most, are passed on. mah.value_and_grad gives f's value, too, and tells more.
---
---     local slope = mah.grad(function(x) return x ^ 3 end)
---     print(slope(2), mah.grad(slope)(2))            --> 12 12
---     local f = mah.grad(function(p, x) return (x:matmul(p.W) + p.b):tanh():sum() end)
---     local p = { W = mah.randn(3, 2), b = mah.zeros(2) }
---     local g = f(p, mah.randn(5, 3))
---     p.W:axpy_(-0.1, g.W)                           -- a step downhill
---     print(g.W.shape[1], g.W.shape[2])              --> 3 2
---@param f function           (x, ...) -> a number
---@param given {detect_anomaly: boolean?}|nil
---@return function            (x, ...) -> gradient
function functions.grad(f, given)
  local both = transform(f, given, "mah.grad")
  return function(x, a, b, c, d, e, g)
    local _, result = both(x, a, b, c, d, e, g)
    return result
  end
end

-- -- Products with the Jacobian -------------------------------------------------------------------

--- The sum of the products of two trees' elements: of gradients with what they are multiplied by.
local function inner(x, v, where)
  local sum
  trees.map(x, function(g, name, other)
    if other == nil then
      check.raise("%s: the vector %s", where, name == "" and "is missing" or "lacks " .. name)
    end
    check.that(trees.is_leaf(other), "%s: the vector: a tensor is expected, got %s", where,
      check.show(other))
    if type(g) == "number" then g = make.tensor(g, { dtype = "float64" }) end
    if type(other) == "number" then other = make.tensor(other, { dtype = "float64" }) end
    check.that(table.concat(operands.shape(g), "x") == table.concat(operands.shape(other), "x"),
      "%s: the vector is %s, the argument %s%s", where, Type.describe(raw(other)),
      name == "" and "" or name .. " ", Type.describe(raw(g)))
    local term = o.sum(o.mul(g, other))
    sum = sum and sum + term or term
  end, "", v)
  return sum
end

--- f's value, and a function that gives for the gradient of a number with respect to that value the
--- gradient with respect to x: the product v^T J of a vector and f's Jacobian. As in JAX. What f
--- has computed with is not to change before.
---
---     local y, pull = mah.vjp(function(x) return x:square() end, mah.tensor { 1, 2, 3 })
---     print(pull(mah.ones(3))[3])                    --> 6
---@param f function   (x, ...) -> a tensor of any shape
---@param x any        a tensor or a table of tensors
---@param a any        further arguments of f, six at most
---@return tensor|number y, fun(v: tensor): any pull   v in the shape of y
function functions.vjp(f, x, a, b, c, d, e, g)
  expect_function(f, "mah.vjp")
  local t = tape.open()
  local leaves = lifted(t, x, "mah.vjp")
  local y = tape.with(t, f, leaves, a, b, c, d, e, g)
  expect_result(y, "mah.vjp")
  if type(y) == "number" then y = make.tensor(y, { dtype = "float64" }) end
  local place = place_of(t, y)
  local function pull(v)
    if type(v) == "number" then v = scalar(raw(y), v) end
    Type.expect(raw(v), "mah.vjp: the vector")
    local is_alike = table.concat(operands.shape(v), "x") == table.concat(operands.shape(y), "x")
    check.that(is_alike, "mah.vjp: the vector is %s, the function gives %s", Type.describe(raw(v)),
      Type.describe(raw(y)))
    local gradients = place and t:backward(place, v) or {}
    return trees.map(x, collector(t, gradients, "mah.vjp", true), "", leaves)
  end
  return as_number(lowered(t, y)), pull
end

--- f's value, and how it changes when x moves along v: the product J v of f's Jacobian and a vector
--- in the form of x. By two passes backwards (J v is the derivative of u^T J v with respect to u).
---
---     local y, dy = mah.jvp(function(x) return x:square() end, mah.tensor { 1, 2 },
---       mah.tensor { 1, 0 })
---     print(y[2], dy[1], dy[2])                      --> 4 2 0
---@param f function   (x, ...) -> a tensor of any shape
---@param x any        a tensor or a table of tensors
---@param v any        in the form of x
---@param a any        further arguments of f, five at most
---@return tensor|number y, tensor|number dy
function functions.jvp(f, x, v, a, b, c, d, e)
  local value = functions.vjp(f, x, a, b, c, d, e)
  local function product(u)
    local _, pull = functions.vjp(f, x, a, b, c, d, e)
    return inner(pull(u), v, "mah.jvp")
  end
  local u = type(value) == "number" and value or operands.zeros(value)
  local _, dy = transform(product, nil, "mah.jvp", true)(u)
  return value, dy
end

-- -- Jacobians and second derivatives -------------------------------------------------------------

--- Row by row: the derivatives of all elements of one result, in the form of x.
local function rows_of(t, y, x, leaves)
  local place, plain = place_of(t, y), raw(y)
  local n, rows = plain:numel(), {}
  for i = 1, n do
    local seed = make.zeros(n, { dtype = plain.dtype })
    seed[i] = 1
    local gradients = place and t:backward(place, seed:reshape(plain.shape)) or {}
    rows[i] = trees.map(x, collector(t, gradients, "mah.jacobian", true), "", leaves)
  end
  return rows
end

--- The tree of x with the sizes of y before each leaf's.
local function stacked(rows, y, x)
  local count = 0
  local lists = {} -- leaf by leaf, in the order of `pairs`, which does not change
  for i = 1, #rows do
    local k = 0
    trees.map(rows[i], function(g)
      k = k + 1
      lists[k] = lists[k] or {}
      lists[k][i] = type(g) == "number" and make.tensor(g, { dtype = "float64" }) or g
    end, "")
    count = k
  end
  local k = 0
  return trees.map(#rows > 0 and rows[1] or x, function(leaf)
    k = k + 1
    local sizes = operands.shape(y)
    local own = type(leaf) == "number" and {} or operands.shape(leaf)
    for d = 1, #own do sizes[#sizes + 1] = own[d] end
    if count == 0 then return operands.zeros(type(leaf) == "number" and y or leaf, sizes) end
    return o.reshape(o.stack(lists[k]), sizes)
  end, "")
end

--- A function that gives the Jacobian of f: for a result y and an argument x, tensors, their
--- partial derivatives dy/dx in the shape of y followed by that of x. Tables of tensors, as
--- arguments or as results, give tables: J.y.x. One pass backwards for each element of the result.
---
---     local A = mah.tensor { { 1, 2 }, { 3, 4 } }
---     local J = mah.jacobian(function(x) return A:matmul(x) end)(mah.tensor { 1, 1 })
---     print(J:equal(A))                              --> true
---@param f function   (x, ...) -> a tensor or a table of tensors
---@return function    (x, ...) -> a tensor or a table
function functions.jacobian(f)
  expect_function(f, "mah.jacobian")
  return function(x, a, b, c, d, e, g)
    local t = tape.open()
    local leaves = lifted(t, x, "mah.jacobian")
    local y = tape.with(t, f, leaves, a, b, c, d, e, g)
    local J = trees.map(y, function(one)
      if type(one) == "number" then one = make.tensor(one, { dtype = "float64" }) end
      return stacked(rows_of(t, one, x, leaves), one, x)
    end, "mah.jacobian: the result")
    t:give_back()
    return J
  end
end

--- The gradient without a warning, for second derivatives.
---@param f function
---@param where string   the function that is named in messages
---@return function
function functions.quiet_grad(f, where)
  local both = transform(f, nil, where, true)
  return function(x, a, b, c, d, e, g)
    local _, result = both(x, a, b, c, d, e, g)
    return result
  end
end

--- A function that gives the second derivatives of f, which gives a number: of a tensor x in its
--- shape twice over; of a table, H.a.b = d2f / da db.
---
---     local H = mah.hessian(function(x) return x:prod() end)(mah.tensor { 2, 3, 4 })
---     print(H[1][2], H[1][1])                        --> 4 0
---@param f function   (x, ...) -> a number
---@return function    (x, ...) -> a tensor or a table of tables
function functions.hessian(f)
  return functions.jacobian(functions.quiet_grad(f, "mah.hessian"))
end

--- The product H v of f's second derivatives at x and a vector in the form of x, without making H:
--- the gradient of the product of gradient and vector. It takes about twice a gradient's time.
---
---     local f = function(x) return x:square():sum() end
---     print(mah.hvp(f, mah.tensor { 1, 2 }, mah.tensor { 3, 4 })[2])          --> 8
---@param f function   (x, ...) -> a number
---@param x any        a tensor or a table of tensors
---@param v any        in the form of x
---@param a any        further arguments of f, five at most
---@return any         in the form of x
function functions.hvp(f, x, v, a, b, c, d, e)
  local slope = functions.quiet_grad(f, "mah.hvp")
  local _, product = transform(function(p) return inner(slope(p, a, b, c, d, e), v, "mah.hvp") end,
    nil, "mah.hvp", true)(x)
  return product
end

return functions
