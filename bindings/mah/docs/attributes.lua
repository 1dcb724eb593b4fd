--- What one finds in objects: the fields of classes, from the `---@field` lines below a `---@class`
--- in any module.
---
---     for _, field in ipairs(attributes.of "study") do print(field.name, field.type) end
---
--- A class is known by its public name ("study", "MLPClassifier"); "mah.Table" is what the class
--- "table" is called in types, as Lua has a table already. Other classes of the form mah.Name are
--- Mah's own and not shown.
local annotations = require "mah.docs.annotations"
local sources = require "mah.docs.sources"

local attributes = {}

--- What public classes are called in types, where that is another name.
local typed_as = { table = "mah.Table", column = "mah.Column", sparse = "mah.Sparse",
  grouped = "mah.Grouped" }

local shown_as = {}
for shown, typed in pairs(typed_as) do shown_as[typed] = shown end

local classes, aliases -- name -> {name =, fields =, operators =, text =, module =, parent =}; {}

local function add(entry, module)
  local class = classes[entry.class]
    or { name = entry.class, fields = {}, operators = {}, text = "" }
  classes[entry.class] = class
  class.parent = class.parent or entry.parent
  if class.text == "" then class.text = entry.text end
  if not class.module or #entry.fields > 0 then class.module = module end
  for _, field in ipairs(entry.fields) do class.fields[#class.fields + 1] = field end
  for _, operator in ipairs(entry.operators) do
    class.operators[#class.operators + 1] = operator
  end
end

local function read()
  classes, aliases = {}, {}
  for _, name in ipairs(sources.names()) do
    local text = sources.text(name)
    if text:find("---@class ", 1, true) or text:find("---@alias ", 1, true) then
      local module = annotations.read(text)
      for _, entry in ipairs(module.classes) do add(entry, name) end
      for _, alias in ipairs(module.aliases) do aliases[#aliases + 1] = alias end
    end
  end
end

--- What a public class is called in types.
---@param name string
---@return string
function attributes.typed(name) return typed_as[name] or name end

--- What a public class is called in help, of its name in types: the other way round.
---@param name string
---@return string
function attributes.shown(name) return shown_as[name] or name end

--- The class of that name, as the comments have it, or nil.
---@param name string
---@return {name: string, fields: table[], operators: string[], text: string, module: string,
---  parent: string|nil}|nil
function attributes.class(name)
  if not classes then read() end
  return classes[typed_as[name] or name] or classes[name]
end

--- Other names of types: functions of a certain form, texts of a list.
---@return {name: string, type: string, text: string}[]
function attributes.aliases()
  if not aliases then read() end
  return aliases
end

--- The names of all classes that are not Mah's own, sorted; as types have them.
---@return string[]
function attributes.names()
  if not classes then read() end
  local names, public_too = {}, {}
  for _, name in pairs(typed_as) do public_too[name] = true end
  for name in pairs(classes) do
    if not name:find "^mah%.%u" or public_too[name] then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

--- The names of all classes, Mah's own too.
---@return string[]
function attributes.all()
  if not classes then read() end
  local names = {}
  for name in pairs(classes) do names[#names + 1] = name end
  table.sort(names)
  return names
end

--- The fields of a class and of those that it descends from.
---@param name string
---@param hidden_too boolean|nil   also those that are private
---@return {name: string, type: string, text: string}[]
function attributes.of(name, hidden_too)
  local list, seen, class = {}, {}, attributes.class(name)
  while class do
    for _, field in ipairs(class.fields) do
      if not seen[field.name] and (hidden_too or not field.hidden) then
        seen[field.name], list[#list + 1] = true, field
      end
    end
    local parent = class.parent
    class = parent and not seen[class] and attributes.class(parent) or nil
    if class then seen[class] = true end
  end
  return list
end

--- The classes with fields among what a function returns; tensors, which most do, are not told of.
---@param entry table|nil   see mah.docs.annotations
---@return string[]
function attributes.returned(entry)
  local list, seen = {}, {}
  for _, result in ipairs(entry and entry.returns or {}) do
    for name in result.type:gmatch "[%a_][%w_.]*" do
      local class = attributes.class(name)
      local has_fields = class and class.name == name and #attributes.of(name) > 0
      if not seen[name] and name ~= "tensor" and has_fields then
        seen[name], list[#list + 1] = true, name
      end
    end
  end
  return list
end

return attributes
