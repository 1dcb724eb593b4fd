--- Objects that know their length: in Lua 5.1 `#x` asks a userdata's metatable, and not a table's.
---
---     local Column = object.class { __index = ..., __len = ... }
---     local column = Column.new { name = "age" }
---     print(Column.fields(column).name, Column.is(column))
local object = {}

-- A userdata's environment is the one table that belongs to it alone; a registry with weak keys
-- would keep tensors alive for two more rounds of the collector.
local getfenv, setfenv = debug.getfenv, debug.setfenv

--- A class with these metamethods. Their first argument is the object; `fields` gives the table
--- that it was made from.
---@param metamethods table
---@return {new: fun(fields: table): any, fields: fun(x: any): table, is: fun(x: any): boolean}
function object.class(metamethods)
  local proto = newproxy(true)
  local meta = getmetatable(proto)
  for name, f in pairs(metamethods) do meta[name] = f end
  return {
    new = function(fields) return setfenv(newproxy(proto), fields) end,
    fields = getfenv,
    is = function(x) return type(x) == "userdata" and getmetatable(x) == meta end,
  }
end

return object
