--- Records of sums, means, extremes and norms along dimensions, and of what is made with them, as
--- nodes: translators.sum(t, k) -> entry (context.lua).
local Type = require "mah.tensor.type"
local check = require "mah.base.check"

local translators = {}

--- The groups of one dimension of an entry: {outer =, count =, inner =}, and the sizes with that
--- dimension as 1.
local function groups_of(t, k, a, dim)
  if dim == nil then t:fail(k, "without a dimension it mixes rows") end
  local x = t:records(k).a
  local d = Type.dim(x, dim, "dim") + (a.fused and 1 or 0)
  if d == 0 or a.fused and d == 1 then
    t:fail(k, "along dimension %s it mixes rows", check.show(dim))
  end
  local groups, kept = { outer = 1, count = a.sizes[d], inner = 1 }, {}
  for i, size in ipairs(a.sizes) do
    if i < d then groups.outer = groups.outer * size end
    if i > d then groups.inner = groups.inner * size end
    kept[i] = i == d and 1 or size
  end
  return groups, kept
end

local function reduced(t, name, value, groups)
  return t:node("reduce", { value }, { name = name, outer = groups.outer, count = groups.count,
    inner = groups.inner })
end

--- Values of one group's each as an entry of all of the columns.
local function over(value, kept) return { value = value, sizes = kept } end

--- The operand, its groups, its value in the result's dtype, and how an entry is made at last.
local function start(t, k, dim)
  local a = t:operand(k, "a")
  local groups, kept = groups_of(t, k, a, dim)
  return a, t:cast(a.value, t:dtype(k)), groups, kept, function(value) return t:entry(k, value) end
end

local function spread(t, a, value, kept) return t:spread(over(value, kept), a.sizes) end

--- x minus its means.
local function centred(t, value, groups)
  return t:node("centre", { value }, { outer = groups.outer, count = groups.count,
    inner = groups.inner })
end

for _, name in ipairs { "sum", "mean", "prod", "max", "min" } do
  translators[name] = function(t, k)
    local _, value, groups, _, done = start(t, k, t:setting(k, "b"))
    return done(reduced(t, name, value, groups))
  end
end

function translators.cumsum(t, k)
  local dim = t:setting(k, "b")
  local _, value, groups, _, done = start(t, k, dim == nil and 1 or dim)
  return done(t:node("cumsum", { value }, { outer = groups.outer, count = groups.count,
    inner = groups.inner }))
end

-- -- Spread and size ------------------------------------------------------------------------------

local function divisor(n, unbiased)
  if unbiased == nil or unbiased == true then return n - 1 end
  return unbiased == false and n or n - unbiased
end

local function variance(t, k)
  local _, value, groups, _, done = start(t, k, t:setting(k, "b"))
  local square = t:node("unary", { centred(t, value, groups) }, { name = "square" })
  local sum = reduced(t, "sum", square, groups)
  local n = divisor(groups.count, t:setting(k, "c"))
  return done(t:node("div", { sum }, { by = n }))
end

translators.var = variance

function translators.std(t, k)
  local entry = variance(t, k)
  entry.value = t:node("unary", { entry.value }, { name = "sqrt" })
  return entry
end

--- (sum |x|^p)^(1 / p)
function translators.norm(t, k)
  local p = t:setting(k, "b") or 2
  local _, value, groups, _, done = start(t, k, t:setting(k, "c"))
  if p == 2 then
    local sum = reduced(t, "sum", t:node("unary", { value }, { name = "square" }), groups)
    return done(t:node("unary", { sum }, { name = "sqrt" }))
  end
  local size = t:node("unary", { value }, { name = "abs" })
  if p == math.huge then return done(reduced(t, "max", size, groups)) end
  if p == 1 then return done(reduced(t, "sum", size, groups)) end
  local sum = reduced(t, "sum", t:node("pow", { size }, { by = p }), groups)
  return done(t:node("pow", { sum }, { by = 1 / p }))
end

-- -- Exponentials ---------------------------------------------------------------------------------

--- x minus the largest of its group, and that.
local function from_largest(t, a, value, groups, kept)
  local most = reduced(t, "max", value, groups)
  return t:node("sub", { value, spread(t, a, most, kept) }), most
end

local function exponentials(t, value, groups)
  local e = t:node("unary", { value }, { name = "exp" })
  return e, reduced(t, "sum", e, groups)
end

function translators.softmax(t, k)
  local dim = t:setting(k, "b")
  local a, value, groups, kept, done = start(t, k, dim == nil and -1 or dim)
  if groups.outer * groups.inner == 1 then
    return done(t:node("activation", { value }, { name = "softmax" }))
  end
  local e, sum = exponentials(t, (from_largest(t, a, value, groups, kept)), groups)
  return done(t:node("div", { e, spread(t, a, sum, kept) }))
end

function translators.log_softmax(t, k)
  local dim = t:setting(k, "b")
  local a, value, groups, kept, done = start(t, k, dim == nil and -1 or dim)
  local low = from_largest(t, a, value, groups, kept)
  local _, sum = exponentials(t, low, groups)
  local log = t:node("unary", { sum }, { name = "log" })
  return done(t:node("sub", { low, spread(t, a, log, kept) }))
end

function translators.logsumexp(t, k)
  local a, value, groups, kept, done = start(t, k, t:setting(k, "b"))
  local low, most = from_largest(t, a, value, groups, kept)
  local _, sum = exponentials(t, low, groups)
  return done(t:node("add", { t:node("unary", { sum }, { name = "log" }), most }))
end

return translators
