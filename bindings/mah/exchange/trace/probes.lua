--- A function of rows, written down three times (mah.grad.whole): of some rows, of as many others,
--- and of one row more. What differs between the first two depends on what is in the rows, what
--- differs between the first and the third on how many there are: neither may be in a file.
---
---     local probes = require("mah.exchange.trace.probes").run(f, { x = like })
---     probes.first.records[3]     probes.other.records[3]     probes.more.records[3]
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local make = require "mah.tensor.make"
local drawn = require "mah.tensor.drawn"
local operands = require "mah.grad.operands"
local places = require "mah.exchange.trace.places"
local random = require "mah.tensor.random"
local traced = require "mah.tensor.traced"
local trees = require "mah.grad.trees"

local probes = {}

local ROWS, SEED = 3, 20

-- -- Rows -----------------------------------------------------------------------------------------

local function with_rows(sizes, n)
  local list = { n }
  for d = 2, #sizes do list[d] = sizes[d] end
  return list
end

--- n rows like those of `like`: random numbers, or, of whole numbers and where `own`, its own in
--- turn from the k-th on.
local function rows_like(like, n, k, own)
  if not own and like.dtype:find "^float" then
    return drawn.randn(with_rows(like.shape, n), { rng = random.rng(SEED + k), dtype = like.dtype })
  end
  local which = {}
  for i = 1, n do which[i] = (i + k - 1) % #like + 1 end
  return like:index_select(1, make.tensor(which, { dtype = "int64" }))
end

local function try(f, like, n, k, own)
  return places.record(f, trees.map(like, function(t) return rows_like(t, n, k, own) end, "x"))
end

local function run(f, like, n, k, own)
  local ok, found, where = try(f, like, n, k, own)
  if ok then return found end
  check.raise("forward fails for %d rows like x%s: %s", n, where ~= "" and ", " .. where or "",
    tostring(found))
end

--- The first of the three, and whether of the rows given: a function that takes no random numbers,
--- as one of codes among others, sees these where there are several.
local function run_first(f, like)
  local ok, found = try(f, like, ROWS, 0, false)
  if ok then return found, false end
  local has_others = true
  trees.map(like, function(t) has_others = has_others and #t > 1 end, "x")
  return run(f, like, ROWS, 0, has_others), has_others
end

--- Were the same operations done?
local function check_alike(a, b, what)
  for k = 1, math.max(a.count, b.count) do
    local one, other = k <= a.count and a.records[k], k <= b.count and b.records[k]
    if not (one and other and one.rule == other.rule) then
      local r = one or other
      local name = r.rule and ("%s %s"):format(r.rule.name, r.where) or "its inputs"
      check.raise("forward does other operations for %s, from %s on: what it does must not depend "
        .. "on them", what, (name:gsub(" $", "")))
    end
  end
end

---@param f fun(x: any): any
---@param like any   a tensor or a tree of tensors, rows like those that f takes
---@return table   {first =, other =, more =}, of mah.grad.whole, and rows = {first, more}
function probes.run(f, like)
  local first, own = run_first(f, like)
  local found = { first = first, other = run(f, like, ROWS, 1, own),
    more = run(f, like, ROWS + 1, 0, own), rows = { ROWS, ROWS + 1 }, own = own }
  check_alike(found.first, found.other, "other rows")
  check_alike(found.first, found.more, "another number of rows")
  return found
end

--- Complains where the first rows would now give something else: where calls change what they use.
---@param found table   what run gave
function probes.check_steady(found, f, like)
  local function values(one)
    return trees.map(one.result, function(x)
      return traced.is(x) and one.records[x.place].value
    end, "forward")
  end
  check.that(probes.same(values(found.first), values(run(f, like, ROWS, 0, found.own))), "forward "
    .. "gives something else each time for the same rows: it changes what it computes with")
end

-- -- Comparing ------------------------------------------------------------------------------------

--- Are both tensors the same, NaN where NaN is?
local function same_elements(a, b)
  if not operands.same(a, b) then return false end
  return a:eq(b):logical_or(a:ne(a):logical_and(b:ne(b))):all()
end

--- Are two settings or constants the same, tables too?
---@param a any
---@param b any
---@return boolean
function probes.same(a, b)
  if Type.is_tensor(a) and Type.is_tensor(b) then return same_elements(a, b) end
  if type(a) ~= "table" or type(b) ~= "table" then return rawequal(a, b) or a ~= a and b ~= b end
  for key, value in pairs(a) do
    if not probes.same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

return probes
