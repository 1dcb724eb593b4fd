--- Random arguments for random_calls.lua: what a documented type asks for, and everything else.
---
---     local values = require("values").new(pool)
---     values.of("tensor|integer[]|nil", "which")      values.any()      values.show(x)
local mah = require "mah"
local Type = require "mah.tensor.type"
local ffi = require "ffi"

ffi.cdef "struct random_calls_foreign { int x; };"

local random = math.random
local function pick(list) return list[random(#list)] end
local function chance(p) return random() < p end

local DTYPES = { "float32", "float64", "int64", "int32", "uint8", "bool", "float16", "bfloat16" }
local HUGE = { 2 ^ 31, 3e9, 2 ^ 40, 2 ^ 52, 2 ^ 53, 1e18, 1e300, -2 ^ 31, -2 ^ 52, -1e300 }
local ODD = {
  0 / 0, 1 / 0, -1 / 0, -0.0, 0.5, -1.5, 1e-300, 255, 256, 2147483647, -2147483648,
}
local WORDS = {
  "", "float32", "int64", "x", "\0", "%s %d", "mt19937", "a,b\n1,2\n", ("y"):rep(300),
}

local EQUATIONS = {
  "i,i", "i,i->i", "ij,jk->ik", "ij,jk", "ij->ji", "ii->i", "ii", "ij,ij->i", "i,j->ij", "ij,ij->",
  "ij,jk,kl->il", "...ij,...jk->...ik", "...,...", "...i->...", "ij,j", "i,ij,j", ",->", "iji->j",
  "ijk->ki", "i j , j k", "i,j,k->kji", "ij->iij", "i.j", "ij,jk->", "->", "", "a..., ...a",
}

--- Files that saving functions write and loading functions find: few names, all endings.
local PATHS = {
  "a.npy", "b.npy", "a.npz", "b.npz", "a.csv", "b.csv", "a.idx", "a.idx.gz", "a.safetensors",
  "model.safetensors", "no/such/folder/a.npy", ".", "", "with\0zero", "missing",
}

local values = {}

-- -- Numbers -------------------------------------------------------------------------------------

function values.integer()
  local kind = random(20)
  if kind <= 14 then return random(-3, 6) end
  if kind <= 17 then return random(0, 40) end
  return pick(kind == 18 and HUGE or ODD)
end

function values.number()
  local kind = random(10)
  if kind <= 4 then return random() * 4 - 2 end
  if kind <= 7 then return random(-4, 9) end
  return kind <= 9 and pick(ODD) or pick(HUGE)
end

-- -- Tensors -------------------------------------------------------------------------------------

local function random_shape()
  local shape = pick { {}, {}, { 3 }, { 3, 3 }, { 3, 3 }, { 2, 3 }, { 3, 2 } }
  if #shape > 0 then return shape end
  for d = 1, pick { 0, 1, 1, 1, 2, 2, 2, 3, 4, 8 } do shape[d] = pick { 0, 1, 1, 2, 2, 3, 4, 5 } end
  return shape
end

local function random_element(has_odd)
  local kind = random(has_odd and 12 or 11)
  if kind <= 3 then return random(1, 3) end
  if kind <= 6 then return random(0, 5) end
  if kind <= 11 then return random() * 6 - 3 end
  return pick(ODD)
end

--- Another view of t: every way there is to make one.
local function random_view(t)
  local kind, dim = random(7), t.ndim > 0 and random(t.ndim) or 0
  if kind == 1 or t.ndim == 0 then return t:unsqueeze(random(t.ndim + 1)) end
  local n = t.shape[dim]
  if kind == 2 then return t:transpose(dim, random(t.ndim)) end
  if kind == 3 and n > 0 then return t:select(dim, random(n)) end
  if kind == 4 then
    local start = random(n + 1)
    return t:narrow(dim, start, random(0, n - start + 1))
  end
  if kind == 5 and n > 1 then return t:transpose(1, dim) { { 1, n, 2 } } end
  if kind == 6 then return t:unsqueeze(1):expand(random(3), unpack(t.shape)) end
  return t:flatten()
end

--- A new tensor: small, of any dtype; often a view of a view, not contiguous, or expanded.
function values.new_tensor()
  local t = mah.zeros(random_shape(), { dtype = chance(0.3) and "float32" or pick(DTYPES) })
  local flat = t:view(t:numel())
  local has_odd = chance(0.3)
  for i = 1, #flat do flat[i] = random_element(has_odd) end
  for _ = 1, pick { 0, 0, 0, 1, 2, 3 } do
    if t.ndim < Type.MAX_DIMS then t = random_view(t) end
  end
  return t
end

--- A distribution with parameters that it takes.
function values.distribution()
  local D = mah.distributions
  return pick {
    D.normal(random() - 0.5, 2), D.gamma(0.1 + random() * 9), D.beta(0.5, random() * 3 + 0.1),
    D.student_t(random(9)), D.f(random(9), 3), D.binomial(random(0, 40), random()),
    D.poisson(random() * 50), D.geometric(0.2), D.uniform(-1, values.new_tensor():double()),
  }
end

-- -- Everything else -----------------------------------------------------------------------------

local function callback()
  local kind = random(6)
  return function(x)
    if kind == 1 then error "a callback's own error" end
    if kind == 2 then return nil end
    if kind == 3 then return "text" end
    if kind == 4 then return {} end
    return type(x) == "number" and x * 2 or 1
  end
end

local function circle()
  local t = {}
  t[1] = t
  return t
end

local foreign = { -- nothing that FFI's own operators would follow to a wrong address
  function() return ffi.new "struct random_calls_foreign" end,
  function() return ffi.new("int64_t", 3) end,
  function() return ffi.cast("void *", nil) end,
  function() return ffi.new "mah_rng" end,
  function() return ffi.new "mah_tensor" end, -- as one that has been freed
}

local anything = {
  function() return nil end,
  function() return chance(0.5) end,
  values.integer,
  values.number,
  function() return pick(WORDS) end,
  callback,
  function() return pick(foreign)() end,
  function() return {} end,
  function() return { values.integer(), values.integer() } end,
  function() return { pick(WORDS), x = values.number(), [0.5] = 1 } end,
  function() return { { 1, 2 }, { 3 } } end,
  circle,
  function() return coroutine.create(callback()) end,
}

--- Makes the generators that need a pool of tensors, {tensor, ...}, and objects {rng =, net = ...}.
---@param pool tensor[]
---@param objects table<string, any>
function values.new(pool, objects)
  local new = setmetatable({}, { __index = values })

  local family -- {dtype, shape} while the tensors of one call are to fit together

  --- Decides for the next call whether its tensors fit one another.
  function new.settle()
    family = chance(0.5) and { pick(DTYPES), pick { { 3 }, { 3, 3 }, { 3, 3 } } } or nil
    if family and chance(0.5) then family[1] = "float64" end
  end

  function new.tensor()
    if not family then return chance(0.05) and values.new_tensor() or pick(pool) end
    return mah.randint(-2, 4, family[2]):add(mah.rand(family[2])):to(family[1])
  end

  --- Positions that are there, mostly.
  local function positions()
    if not family then return new.tensor() end
    return mah.randint(1, 3, chance(0.5) and family[2] or 3, pick { "int32", "int64" })
  end

  --- A value of no type in particular.
  function new.any()
    local kind = random(#anything + 5)
    if kind == #anything + 1 then return objects.rng end
    if kind == #anything + 2 then return objects.net end
    if kind > #anything + 2 then return new.tensor() end
    return anything[kind]()
  end

  local function list(kind)
    local result = {}
    for i = 1, random(0, 4) do result[i] = new.of(kind) end
    return result
  end

  local function record(text, name)
    local result = {}
    for field, optional, kind in text:gmatch "([%w_]+)(%??): ([^,}]+)" do
      local present = optional == "" and not kind:find "%?" and 0.95 or 0.35
      if chance(present) then result[field] = new.of(kind:gsub("%?", ""), field) end
    end
    if chance(0.03) then result.unknown_option = 1 end
    if chance(0.03) then result[1] = new.any() end
    return next(result) == nil and name ~= "data" and chance(0.5) and nil or result
  end

  local named = {
    path = function() return pick(PATHS) end,
    dtype = function() return pick(DTYPES) end,
    directory = function() return pick(PATHS) end,
    equation = function() return pick(EQUATIONS) end,
    dim = function() return chance(0.8) and pick { 1, 1, 2, -1 } or values.integer() end,
    which = positions, mask = new.tensor, y_true = positions, y_pred = positions,
  }
  for _, name in ipairs { "start", "length", "index", "k", "count", "dim0", "dim1", "dim2",
    "repeats", "shift", "diagonal", "offset", "source", "destination", "step", "n" } do
    named[name] = function() return chance(0.8) and random(1, 2) or values.integer() end
  end
  local typed = {
    integer = values.integer,
    number = values.number,
    tensor = new.tensor,
    boolean = function() return chance(0.5) end,
    ["nil"] = function() return nil end,
    string = function() return pick(WORDS) end,
    table = function() return pick { {}, { 1, 2 }, { a = 1 }, circle(), objects.rng:state() } end,
    rng = function() return objects.rng end,
    distribution = function() return objects.distribution end,
    Network = function() return objects.net end,
    self = function() return objects.net end,
    ["table<string, tensor>"] = function() return { a = new.tensor(), b = new.tensor() } end,
  }

  local function alternatives(text)
    local found, depth, from = {}, 0, 1
    for i = 1, #text do
      local c = text:sub(i, i)
      if c:find "[{<%(]" then depth = depth + 1 elseif c:find "[}>%)]" then depth = depth - 1 end
      if c == "|" and depth == 0 then
        found[#found + 1] = text:sub(from, i - 1)
        from = i + 1
      end
    end
    found[#found + 1] = text:sub(from)
    return found
  end

  --- A value of a documented type; `name` tells paths and dtypes from other strings.
  function new.of(text, name)
    local kind = pick(alternatives(text))
    if named[name] and (kind == "string" or kind == "integer" or kind == "tensor") then
      return named[name]()
    end
    if typed[kind] then return typed[kind]() end
    if kind:find "^fun" then return callback() end
    if kind:find '^"' then return kind:sub(2, -2) end
    if kind:find "^{" then return record(kind, name) end
    if kind:find "%[%]$" then return list(kind:sub(1, -3)) end
    return new.any()
  end
  return new
end

-- -- For people ----------------------------------------------------------------------------------

--- A value in a line of a report.
function values.show(x)
  if Type.is_tensor(x) then
    if x.store == nil then return "freed" end
    return "<" .. Type.describe(x) .. (x:is_contiguous() and ">" or ", strided>")
  end
  if type(x) == "string" then return ("%q"):format(x:sub(1, 40)) end
  if type(x) ~= "table" then return tostring(x) end
  if rawequal(rawget(x, 1), x) then return "{itself}" end
  local parts = {}
  for k, v in pairs(x) do
    local shown = type(v) == "table" and "{...}" or values.show(v)
    parts[#parts + 1] = ("[%s]=%s"):format(tostring(k), shown)
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ", ", 1, math.min(#parts, 6)) .. "}"
end

values.pick, values.chance = pick, chance

return values
