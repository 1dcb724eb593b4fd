--- Functions written down whole: on the tape is all that is done with the argument, what has no
--- derivative too (comparisons, rounding, other types, choices by traced positions). For who makes
--- something else of the records than a gradient, as mah.exchange.trace does.
---
---     local w = whole.record(f, { x = x })           -- f(leaves) in the place of f({ x = x })
---     w.records[3].rule.name                         --> "tanh"
---     w.leaves.x, w.result                           -- traced tensors, with places in records
---
--- A record has `rule`, `value`, the operands `a`, `b`, `c` with their places `pa`, `pb`, `pc`
--- (0: a plain tensor, a number, or what is set), the settings behind them, to `e`; or `list` and
--- `places` with the settings `b`, `c`; and `where` it was made. See mah.grad.recording.
local Type = require "mah.tensor.type"
local elementwise = require "mah.tensor.elementwise"
local index = require "mah.tensor.index"
local o = require "mah.grad.operations"
local recording = require "mah.grad.recording"
local tape = require "mah.grad.tape"
local traced = require "mah.tensor.traced"
local trees = require "mah.grad.trees"
require "mah.grad.methods"

Type.load()

local whole = {}

-- -- What is recorded beside the operations that have derivatives ---------------------------------

local function rule(name, forward) return { name = name, forward = forward, into = false } end

--- name -> what stands in for the method meanwhile
local methods = {}

for name in ("isnan isfinite sign floor ceil round trunc logical_not"):gmatch "%S+" do
  methods[name] = recording.one(rule(name, Type.methods[name]))
end

for name in ("eq ne lt le gt ge logical_and logical_or logical_xor"):gmatch "%S+" do
  methods[name] = recording.two(rule(name, elementwise[name]))
end

for name, dtype in pairs { int = "int32", long = "int64", byte = "uint8", bool = "bool" } do
  methods[name] = function(x) return o.to(x, dtype) end
end

function methods.detach(x) return o.clone(x) end

--- Extremes along a dimension by themselves, and not by their places, which depend on x.
for _, name in ipairs { "max", "min" } do
  local along = recording.one(rule(name, function(x, dim, keepdim)
    return (Type.methods[name](x, dim, keepdim))
  end))
  methods[name] = function(x, dim, keepdim)
    if dim == nil then return o[name](x) end
    local _, places = o[name](x, dim, keepdim)
    return along(x, dim, keepdim), places
  end
end

--- Choices by a traced condition.
local choose = recording.many(rule("where", function(list)
  return elementwise.where(list[1], list[2], list[3])
end))

local plain_where = o.where

local function where(condition, a, b)
  if not traced.is(condition) then return plain_where(condition, a, b) end
  return choose { n = 3, condition, a, b }
end

function methods.where(x, condition, other) return where(condition, x, other) end

--- Parts of x at traced positions, from 1, of one dimension.
local select_at = recording.two(rule("index_select", function(x, which, dim)
  return index.index_select(x, dim, which)
end))

function methods.index_select(x, dim, which, given)
  if not traced.is(which) then return o.index_select(x, dim, which, given) end
  return select_at(x, which, dim)
end

-- -- Recording ------------------------------------------------------------------------------------

--- Puts values into a table, and gives back what was there.
local function exchanged(place, values)
  local before = {}
  for name in pairs(values) do before[name] = rawget(place, name) or false end
  for name, value in pairs(values) do place[name] = value or nil end
  return before
end

local functions = { where = where, logical_and = methods.logical_and,
  logical_or = methods.logical_or, logical_xor = methods.logical_xor }

--- Everything that is to stand elsewhere while a function is written down: {table, values}.
local function replacements()
  local plain = Type.methods.index_select
  local function of_plain(x, dim, which, given)
    if traced.is(which) then return methods.index_select(x, dim, which, given) end
    return plain(x, dim, which, given)
  end
  return { { traced.methods, methods }, { traced.functions, functions }, { o, { where = where } },
    { Type.methods, { index_select = of_plain } }, { traced, { is_whole = true } } }
end

--- Gives each record that a tape makes what place() says as its `where`.
local function with_places(t, place)
  local record = t.record
  function t.record(...)
    local x = record(...)
    t.records[t.count].where = place()
    return x
  end
end

--- f(x) with everything that is done with x written down.
---@param f function
---@param x any   a tensor, or a tree of tensors
---@param place function|nil   () -> where in the script, which records keep as `where`
---@return table   {records =, count =, leaves = x in traced tensors, result = what f gives}
function whole.record(f, x, place)
  local t = tape.open()
  if place then with_places(t, place) end
  local leaves = trees.map(x, function(value) return t:leaf(value) end, "x")
  local places = replacements()
  for _, entry in ipairs(places) do entry[2] = exchanged(entry[1], entry[2]) end
  local ok, result = pcall(tape.with, t, f, leaves)
  for _, entry in ipairs(places) do exchanged(entry[1], entry[2]) end
  for k = 1, ok and t.count or 0 do t:value(k) end -- what nobody has asked for so far
  local id = t.id
  t:close()
  if not ok then error(result, 0) end
  return { tape = id, records = t.records, count = t.count, leaves = leaves, result = result }
end

return whole
