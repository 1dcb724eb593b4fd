--- Python's values as plain Lua tables. Nothing of them does anything.
---
---     strings and bytes   strings                None          values.None
---     numbers, booleans   themselves             list, tuple   { kind = "list", n = 2, a, b }
---     set                 as list                dict          { kind = "dict", keys =, values =,
---                                                                of = }
---     array               { kind = "array", shape =, type = "<f8", tensor = | list = }
---     a class, by itself  { kind = "class", name = "numpy.float64" }
---     an object           { kind = "object", class = "sklearn.pipeline.Pipeline", state = {} }
---
--- state and a dict's `of` hold what strings, numbers and booleans name. Whole numbers beyond 2^53
--- are rounded.
local check = require "mah.base.check"

local values = {
  None = setmetatable({ kind = "None" }, { __tostring = function() return "None" end }),
}

---@param items any[]
---@param n integer
---@param kind "list"|"tuple"|"set"|nil
function values.list(items, n, kind)
  items.kind, items.n = kind or "list", n
  return items
end

function values.dict() return { kind = "dict", keys = {}, values = {}, of = {} } end

--- dict[key] = value; later ones take the place of earlier ones.
function values.put(dict, key, value)
  local n = #dict.keys + 1
  dict.keys[n], dict.values[n] = key, value
  if type(key) == "string" or type(key) == "boolean" or type(key) == "number" and key == key then
    dict.of[key] = value
  end
end

---@param class string   module and name
function values.object(class, args)
  return { kind = "object", class = class, args = args, state = {} }
end

--- Is it a table of that kind?
function values.is(value, kind) return type(value) == "table" and value.kind == kind end

--- nil in the place of None.
function values.plain(value)
  if value == values.None then return nil end
  return value
end

--- What a value is, for messages.
function values.show(value)
  if type(value) ~= "table" or not value.kind then return check.show(value) end
  if value.kind == "object" then return "an object of " .. value.class end
  if value.kind == "class" then return "the class " .. value.name end
  return value == values.None and "None" or (value.kind == "array" and "an " or "a ") .. value.kind
end

return values
