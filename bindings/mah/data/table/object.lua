--- Objects that know their length: in Lua 5.1 `#x` asks a userdata's metatable, and not a table's.
---
---     local Column = object.class { __index = ..., __len = ... }
---     local column = Column.new { name = "age" }
---     print(Column.fields(column).name, Column.is(column))
local object = {}

--- A class with these metamethods. Their first argument is the object; `fields` gives the table
--- that it was made from.
---@param metamethods table
---@return {new: fun(fields: table): any, fields: fun(x: any): table, is: fun(x: any): boolean}
function object.class(metamethods)
  local proto, fields = newproxy(true), setmetatable({}, { __mode = "k" })
  for name, f in pairs(metamethods) do getmetatable(proto)[name] = f end
  return {
    new = function(values)
      local made = newproxy(proto)
      fields[made] = values
      return made
    end,
    fields = function(x) return fields[x] end,
    is = function(x) return type(x) == "userdata" and fields[x] ~= nil end,
  }
end

return object
