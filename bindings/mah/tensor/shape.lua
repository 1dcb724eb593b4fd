--- Sizes as people write them: f(2, 3), f{2, 3}, with a table of options behind them.
---
---     local o, ndim, extents = shape.read("zeros", rules, ...)   -- zeros(2, 3, {dtype = "int32"})
---                                                                -- zeros(2, 3, "int32")
---
--- `...` is only ever read as a whole. LuaJIT before 2023 (Debian 12 has one of 2022) compiles
--- `(...)` and `local a, b = ...` wrongly where a trace begins in the middle of the function: they
--- give the arguments that stand further behind.
local Type = require "mah.tensor.ctype"
local check = require "mah.base.check"
local ffi = require "ffi"
local options = require "mah.base.options"

local extents_t = ffi.typeof "int64_t[8]"

local shape = {}

--- The arguments, or the elements of the list that is the first one.
---@param ... any
---@return any[]
function shape.list(...)
  local list = { ... }
  return type(list[1]) == "table" and list[1] or list
end

--- Is the last one of `n` arguments a table of options or a dtype, and not a list of sizes?
local function is_options(last, n)
  if type(last) == "string" then return true end
  return type(last) == "table" and (n > 1 or (last[1] == nil and next(last) ~= nil))
end

--- As the core wants it: the size of a vector, the commonest shape.
local function vector_of(n)
  if type(n) == "number" and n % 1 == 0 and n >= 0 and n <= 2 ^ 52 then return extents_t(n) end
end

local defaults = {} -- rules -> the options that nobody has chosen: shared, and only read

local function chosen(given, rules, where)
  if given ~= nil then return options(given, rules, where) end
  local o = defaults[rules]
  if not o then
    o = options(nil, rules, where)
    defaults[rules] = o
  end
  return o
end

--- Reads sizes and options of f(2, 3), f{2, 3}, f(2, 3, {dtype = ...}), f({2, 3}, {dtype = ...}),
--- or with a dtype in the place of the options.
---@param where string   the function's name, for messages
---@param rules table    as for options()
---@param ... any
---@return table options   to be read, not changed
---@return integer ndim
---@return ffi.cdata* extents
---@return boolean shaped   were there any sizes?
function shape.read(where, rules, ...)
  local vector = select("#", ...) == 1 and vector_of(...)
  if vector then return chosen(nil, rules, where), 1, vector, true end
  local list, n, given = { ... }, select("#", ...), nil
  if n > 0 and is_options(list[n], n) then
    given, list[n], n = list[n], nil, n - 1
  end
  for i = 1, n do
    if list[i] == nil then check.raise("%s: size %d is nil", where, i) end
  end
  local sizes = n == 1 and type(list[1]) == "table" and list[1] or list
  local ndim, extents = Type.sizes(where, sizes)
  return chosen(given, rules, where), ndim, extents, n > 0
end

--- The rules for {dtype = ...} alone.
shape.dtype_rules = {
  dtype = { nil, Type.dtype_list, nil, "of the elements; nil: float32, or as the text says; the "
    .. "name alone may stand in the place of the options" },
}

--- The dtype number that a table of options asks for, else `default` (float32 when nil).
---@param given table|string|nil
---@param where string
---@param default integer|nil
---@return integer
function shape.dtype(given, where, default)
  return shape.dtype_in(chosen(given, shape.dtype_rules, where), default)
end

--- The same, of options that have been read.
---@param o table
---@param default integer|nil
---@return integer
function shape.dtype_in(o, default)
  if o.dtype == nil then return default or Type.dtype(nil) end
  return Type.dtype(o.dtype)
end

--- One value as a list of it; a list as it is.
function shape.listed(value) return type(value) == "table" and value or { value } end

return shape
