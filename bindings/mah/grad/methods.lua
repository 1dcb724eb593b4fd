--- What traced tensors have: a tensor's methods, fields and operators. An operation that has a
--- derivative gives a traced tensor, one whose derivative is 0 everywhere (comparisons, places) a
--- plain one; others are refused by name, as is every change in place.
local Type = require "mah.tensor.type"
local class = require "mah.base.class"
local check = require "mah.base.check"
local ffi = require "ffi"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"
local options = require "mah.base.options"
local tape = require "mah.grad.tape"
local traced = require "mah.tensor.traced"
require "mah.grad.rules.elementwise"
require "mah.grad.rules.reduce"
require "mah.grad.rules.product"
require "mah.grad.rules.shape"
require "mah.grad.rules.order"
require "mah.grad.rules.linalg"
require "mah.grad.fast"
require "mah.grad.fast_products"
require "mah.grad.fast_sums"

Type.load()

local Traced, methods, functions = {}, traced.methods, traced.functions
local raw = operands.raw

-- -- Methods --------------------------------------------------------------------------------------

-- With these names operations stand in for methods and functions; the others are of rules' own.
for name in pairs(Type.methods) do
  if o[name] then methods[name] = o[name] end
end

-- What has no gradient, or 0 wherever it has one: of the plain values.
local constants = "eq ne lt le gt ge isnan isfinite isclose allclose equal any all count_nonzero "
  .. "logical_and logical_or logical_xor logical_not argmax argmin argsort nanargmax nanargmin "
  .. "sign floor ceil round trunc nonzero searchsorted bucketize isin bincount histogram "
  .. "matrix_rank int long byte bool numel dim size stride is_contiguous item totable"

local function of_plain(f)
  return function(a, b, c, d)
    return f(raw(a), raw(b), raw(c), raw(d))
  end
end

for name in constants:gmatch "%S+" do methods[name] = of_plain(Type.methods[name]) end

for _, module in ipairs { require "mah.tensor.make", require "mah.tensor.drawn" } do
  for name, f in pairs(module) do
    if name:find "_like$" then functions[name] = of_plain(f) end
  end
end

--- Its values without what they came from, as a plain tensor.
function methods.detach(x)
  return raw(x):clone() -- the tape may write to its own once more
end

local function refuse(name)
  return function()
    if name:sub(-1) == "_" then
      check.raise("%s: a traced tensor is not changed in place; write x = x:%s(...)", name,
        name:sub(1, -2))
    end
    check.raise("%s has no derivative here; x:detach() gives the values alone", name)
  end
end

for name in pairs(Type.methods) do
  if not methods[name] then methods[name] = refuse(name) end
end

-- Arithmetic of plain tensors hands itself over by its name or sign.
for sign, name in pairs { ["+"] = "add", ["-"] = "sub", ["*"] = "mul", ["/"] = "div", ["^"] = "pow",
  ["%"] = "remainder" } do
  methods[sign] = o[name]
end

local function scaled(f)
  return function(x, y, alpha)
    if alpha ~= nil then return f(x, y * Type.number(alpha, "add", "alpha")) end
    return f(x, y)
  end
end
methods.add = scaled(o.add)

--- x - alpha y. With ranges the view, as of plain tensors.
function methods.sub(x, y, alpha, c, d)
  local is_range = type(y) == "table" or type(alpha) == "table"
  if is_range then return o.at(x, { y, alpha, c, d }) end
  return scaled(o.sub)(x, y, alpha)
end

function methods.where(x, condition, other) return o.where(condition, x, other) end

-- -- Functions: mah.name(...) ---------------------------------------------------------------------

functions.where, functions.cat, functions.stack = o.where, o.cat, o.stack
functions.einsum = o.einsum
for _, name in ipairs { "logical_and", "logical_or", "logical_xor" } do
  functions[name] = methods[name]
end
setmetatable(functions, { __index = function(_, name) return methods[name] or refuse(name) end })

-- -- x[i], x.name and the operators ---------------------------------------------------------------

local fields = {}
for _, name in ipairs { "shape", "dtype", "ndim" } do
  fields[name] = function(x) return raw(x)[name] end
end

local function index(x, key)
  local method = methods[key]
  if method then return method end
  if type(key) == "number" then return o.select(x, 1, key) end
  if fields[key] then return fields[key](x) end
  if type(key) == "table" then return o.at(x, key) end
  if Type.is_tensor(key) then return o.at_copy(x, key) end
  check.raise("a traced tensor has no '%s'%s", tostring(key),
    options.did_you_mean(tostring(key), Type.methods))
end

Traced.__index = index
Traced.__call = o.at
Traced.__add, Traced.__sub, Traced.__mul, Traced.__div = o.add, o.sub, o.mul, o.div
Traced.__pow, Traced.__mod = o.pow, o.remainder
function Traced.__unm(x) return o.neg(x) end

function Traced.__tostring(x)
  return operands.is_of_tape(x) and "traced " .. tostring(raw(x))
    or "a traced tensor of a function that has returned"
end

function Traced.__len(x) return #raw(x) end

--- == asks whether both are the same object, as of plain tensors.
function Traced.__eq(a, b)
  if type(a) == "number" or type(b) == "number" then return Type.operators.eq(a, b) end
  return traced.is(a) and traced.is(b) and a.tape == b.tape and a.place == b.place
end

function Traced.__newindex()
  check.raise("x[...] = v: a traced tensor is not changed in place; mah.where and mah.cat make "
    .. "a new one")
end

Traced.__lt, Traced.__le = Type.operators.lt, Type.operators.lt
local function no_loop()
  check.raise "a tensor is no table: write for i = 1, #x do local row = x[i] ... end"
end
Traced.__pairs, Traced.__ipairs = no_loop, no_loop
function Traced.__concat()
  check.raise "a tensor is no string: write tostring(x), or x:item() for one element"
end

ffi.metatype(traced.ctype, Traced)
traced.are_there = true

-- -- Changes of plain tensors while a function is traced ------------------------------------------

local before_change = tape.before_change
traced.before_change = before_change

local function watched(name, f)
  local function changes(x, a, b, c, d)
    if traced.is_open and Type.is_tensor(x) then before_change(x, name) end
    return f(x, a, b, c, d)
  end
  class.original[changes] = class.original[f] or f
  return changes
end

for name, f in pairs(Type.methods) do
  if name:sub(-1) == "_" then Type.methods[name] = watched(name, f) end
end
local assign, put = Type.operators.assign, Type.operators.put
Type.operators.assign = watched("x[...] = v", assign)
Type.operators.put = watched("x[...] = v", put)

return methods
