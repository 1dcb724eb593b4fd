--- Classes of the objects that people hold. A name that an object has not is an error that offers
--- the nearest one, and so is a method that is called with a point.
---
---     local Figure = class.new("a figure", "figure", "title rtl")
---     function Figure:save(path) ... end
---     local figure = setmetatable({ width = 640 }, Figure)
---     figure:svae "a.png"      --> a figure has no 'svae'; did you mean 'save'?
---     figure.save "a.png"      --> a figure's save is called with a colon, figure:save(...)
local check = require "mah.base.check"
local options = require "mah.base.options"

local class = {}

--- What callers get of a method -> the method as it was written.
class.original = setmetatable({}, { __mode = "k" })

--- A class -> a table with its objects' fields as keys, for messages.
class.fields = setmetatable({}, { __mode = "k" })

--- Is `guard` a method of this object?
local function has(object, name, guard)
  local meta = type(object) == "table" and getmetatable(object)
  return type(meta) == "table" and rawget(meta, name) == guard
end

--- The method, which refuses anything but an object in the place of self. Only methods that take
--- any number of arguments get them so: see mah.base.compiler.
local function guarded(f, what, variable, name)
  local guard
  local function expect(self)
    if has(self, name, guard) then return end
    check.raise("%s's %s is called with a colon, %s:%s(...); got %s in the place of %s", what, name,
      variable, name, check.show(self), variable)
  end
  local info = debug.getinfo(f, "u")
  assert(info.nparams <= 6, name)
  if info.isvararg then
    function guard(self, ...)
      expect(self)
      return f(self, ...)
    end
  else
    function guard(self, a, b, c, d, e)
      expect(self)
      return f(self, a, b, c, d, e)
    end
  end
  class.original[guard] = f
  return guard
end

--- Sees to it that wrong names of a class' objects are errors. Objects find what the table has.
---@param members table     the class, which is its objects' metatable
---@param what string       "a figure"
---@param may_lack string|nil   names that need not be there, and are nil then
---@param elsewhere table<string, string>|nil   other tools' names -> what to write here
---@return table members
function class.names(members, what, may_lack, elsewhere)
  local lacking, known = {}, {}
  for name in (may_lack or ""):gmatch "%S+" do lacking[name] = true end
  local meta = getmetatable(members) or {}
  function meta.__index(_, name)
    if lacking[name] or type(name) ~= "string" or name:sub(1, 2) == "__" then return nil end
    for _, names in ipairs { members, class.fields[members] or {} } do
      for own in pairs(names) do known[own] = true end
    end
    options.missing(what, known, name, elsewhere)
  end
  members.__index = members
  return setmetatable(members, meta)
end

--- A new class, for functions to be put into. Methods are those whose first parameter is `self`, as
--- `function Class:method()` makes them; names that begin with _ are the language's.
---@param what string           "a figure", in messages
---@param variable string       "figure": what people call one of its objects
---@param may_lack string|nil   names that need not be there, and are nil then
---@param parent table|nil      a class whose methods it has, too
---@param elsewhere table<string, string>|nil   other tools' names -> what to write here
---@return table
function class.new(what, variable, may_lack, parent, elsewhere)
  local members = {}
  for name, value in pairs(parent or {}) do members[name] = value end
  local meta = {}
  function meta.__newindex(_, name, value)
    if type(value) == "function" and name:sub(1, 1) ~= "_" then
      local is_method = debug.getlocal(value, 1) == "self"
      value = is_method and guarded(value, what, variable, name) or value
    end
    rawset(members, name, value)
  end
  return class.names(setmetatable(members, meta), what, may_lack, elsewhere)
end

return class
