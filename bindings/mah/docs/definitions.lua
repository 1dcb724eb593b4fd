--- The text of mah.lua: what lua-language-server should know of `require "mah"`. Classes with their
--- fields, operators and methods, options as classes of their own, functions, and every type that
--- these use.
---
---     local text, problems = definitions.text()      -- problems: types that nothing defines
local attributes = require "mah.docs.attributes"
local options = require "mah.base.options"
local page = require "mah.docs.page"
local members = require "mah.docs.members"
local public = require "mah.docs.public"
local types = require "mah.docs.types"

local definitions = {}

local reserved = { ["end"] = true, ["repeat"] = true, ["and"] = true, ["or"] = true,
  ["not"] = true }

--- The types that the language server has by itself.
local known = { "nil", "any", "boolean", "string", "number", "integer", "function", "table",
  "thread", "userdata", "lightuserdata", "unknown", "true", "false", "self", "fun", "file*",
  "ffi.cdata*" }

--- A definition in the making: `out` are its lines, `used` the types by name and who uses them,
--- `defined` those that it has.
local Text = {}
Text.__index = Text

function Text:add(line, ...)
  self.out[#self.out + 1] = (select("#", ...) > 0 and line:format(...) or line):gsub("%s+$", "")
end

function Text:comment(text)
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do self:add("--- " .. line) end
end

--- A type as it is written in the file, whose names are noted.
function Text:type(text, where)
  local result, problem = types.map(text, function(name)
    self.used[name] = self.used[name] or where
    return name
  end)
  if not result then
    self.problems[#self.problems + 1] = ("%s: '%s' is no type: %s"):format(where, text, problem)
  end
  return (result or "any"):gsub("%s*|%s*", "|")
end

-- -- Options --------------------------------------------------------------------------------------

local function literal(value)
  return type(value) == "string" and ("%q"):format(value) or tostring(value)
end

--- What a rule allows, as a type: "integer|string", "\"a\"|\"b\"".
local function type_of_rule(rule)
  local words, kind = {}, rule[2]
  if type(kind) == "table" then
    for i, value in ipairs(kind) do words[i] = literal(value) end
  else
    for word in kind:gmatch "[^|]+" do
      words[#words + 1] = word == "callable" and "function" or word
    end
    if kind:find "callable" and not kind:find "table" then words[#words + 1] = "table" end
  end
  return table.concat(words, "|")
end

local function default_of(rule)
  local value = rule[1]
  if value == nil or value == options.required or type(value) == "table" then return "" end
  return (" (default: %s)"):format(literal(value))
end

--- The classes of the tables of options, by the rules: several functions may share one.
function Text:add_options()
  local names = {}
  for name in pairs(options.declared) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local rules = options.declared[name]
    local class = name:gsub(":", ".") .. ".options"
    if not self.class_of_rules[rules] and next(rules) then
      self.class_of_rules[rules], self.defined[class] = class, true
      self:add("\n---@class %s", class)
      local sorted = {}
      for option in pairs(rules) do sorted[#sorted + 1] = option end
      table.sort(sorted)
      for _, option in ipairs(sorted) do
        local rule = rules[option]
        self:add("%s", ("---@field %s%s %s %s%s"):format(option,
          rule[1] == options.required and "" or "?", self:type(type_of_rule(rule), class),
          rule[4] or "", default_of(rule)))
      end
    end
  end
end

--- The class of the options of a record's function, or nil.
function Text:options_of(record)
  local rules = options.declared[record.name]
  return rules and self.class_of_rules[rules]
end

-- -- Functions ------------------------------------------------------------------------------------

--- The name of the argument that holds the options: `given`, or else the last one that is a table
--- of known fields.
local function holds_options(record)
  local found
  for _, argument in ipairs(record.entry and record.entry.arguments or {}) do
    if argument.name == "given" then return "given" end
    if argument.type:find "{%a[%w_]*%??:" then found = argument.name end
  end
  return found or "given"
end

--- The argument's type with the class in the place of its table; of one that has no type the
--- options may be left out.
local function with_class(kind, class)
  local others = { class }
  for _, alternative in ipairs(kind == "any" and { "nil" } or types.alternatives(kind)) do
    local is_table = alternative == "table" or alternative:find "^{" or alternative:find "options$"
    if not is_table then others[#others + 1] = alternative end
  end
  return table.concat(others, "|")
end

--- The arguments: {name, type, text}; those that have no comment are "any", options have a class.
function Text:arguments(record)
  local list, class = {}, self:options_of(record)
  local described, options_name = {}, class and holds_options(record)
  for _, argument in ipairs(record.entry and record.entry.arguments or {}) do
    described[argument.name] = argument
  end
  for name in page.signature(record):match("%((.*)%)"):gmatch "[%w_.]+" do
    local argument = described[name] or { name = name, type = "any", text = "" }
    local kind = argument.type
    if name == options_name then kind = with_class(kind, class) end
    list[#list + 1] = { name = name, type = self:type(kind, record.name), text = argument.text }
  end
  return list
end

--- The types of what comes back: {type, text}.
function Text:results(record)
  local list, class = {}, public.made_by(record)
  if class then return { { type = self:type(attributes.typed(class), record.name), text = "" } } end
  for i, result in ipairs(record.entry and record.entry.returns or {}) do
    local kind = result.type == "table" and result.text:find "^self%f[%W]" and "self" or result.type
    list[i] = { type = self:type(kind, record.name), text = result.text }
  end
  return list
end

--- "fun(net: network, given: mah.train.options|nil): run" of what is called, but is a table.
function Text:overload(record)
  local arguments, results = {}, {}
  for i, a in ipairs(self:arguments(record)) do
    arguments[i] = a.name == "..." and "...: any" or ("%s: %s"):format(a.name, a.type)
  end
  for i, result in ipairs(self:results(record)) do results[i] = result.type end
  return ("fun(%s)%s"):format(table.concat(arguments, ", "),
    #results > 0 and ": " .. table.concat(results, ", ") or "")
end

local function text_of(record)
  local entry = record.entry
  return entry and entry.text ~= "" and entry.text or record.head or ""
end

--- A function, a part with members, or a value.
function Text:add_record(record)
  local name = record.name
  if reserved[name:match "[^.:]+$"] then return end
  self:add ""
  self:comment(text_of(record))
  if type(record.value) == "function" then
    for _, a in ipairs(self:arguments(record)) do
      self:add("%s", ("---@param %s %s %s"):format(a.name, a.type, a.text))
    end
    for _, result in ipairs(self:results(record)) do
      self:add("%s", ("---@return %s %s"):format(result.type, result.text))
    end
    local class, rest = name:match "^([^.:]+)([.:].*)$"
    local signature = page.signature(record):sub(#name + 1)
    self:add("function %s%s end", (self.locals[class] or class) .. rest, signature)
  elseif type(record.value) == "table" then
    self.defined[name] = true
    self:add("---@class %s", name)
    if public.function_of(record.value) then self:add("---@overload %s", self:overload(record)) end
    self:add("%s = {}", name)
  else
    self:add("%s = %s", name, literal(record.value))
  end
end

-- -- Classes --------------------------------------------------------------------------------------

--- A class with its fields and operators; and where it has methods a local to hang them on.
function Text:add_class(name, records)
  local class = attributes.class(name) or { name = name, operators = {}, text = "" }
  if self.defined[class.name] then return end
  self.defined[class.name] = true
  self:add ""
  if class.text ~= "" then self:comment(class.text) end
  self:add("---@class %s%s", class.name, class.parent and ": "
    .. self:type(class.parent, class.name) or "")
  for _, operator in ipairs(class.operators) do
    local head, arguments, result = operator:match "^(%a+)%s*%(?(.-)%)?%s*:%s*(.+)$"
    self:add("---@operator %s%s: %s", head, arguments ~= ""
      and "(" .. self:type(arguments, class.name) .. ")" or "", self:type(result, class.name))
  end
  for _, field in ipairs(public.fields(name)) do
    self:add("%s", ("---@field %s %s %s"):format(field.name, self:type(field.type, class.name),
      field.text))
  end
  if #records == 0 then return end
  self.locals[name] = class.name:gsub("%.", "_")
  self:add("local %s = {}", self.locals[name])
  for _, record in ipairs(records) do self:add_record(record) end
end

--- The classes that types use and that have no methods, with those that they use in turn.
function Text:add_used_classes()
  local before
  repeat
    before = #self.out
    for _, name in ipairs(attributes.all()) do
      if self.used[name] and not self.defined[name] then self:add_class(name, {}) end
    end
    for _, alias in ipairs(attributes.aliases()) do
      if self.used[alias.name] and not self.defined[alias.name] then
        self.defined[alias.name] = true
        self:add ""
        self:comment(alias.text)
        self:add("---@alias %s %s", alias.name, self:type(alias.type, alias.name))
      end
    end
  until #self.out == before
end

function Text:undefined()
  for _, name in ipairs(known) do self.defined[name] = true end
  local names = {}
  for name in pairs(self.used) do
    if not self.defined[name] then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    self.problems[#self.problems + 1] = ("%s: the type '%s' is not defined"):format(
      self.used[name], name)
  end
end

--- The whole text, and what is wrong with its types.
---@return string text, string[] problems
function definitions.text()
  local text = setmetatable({ out = {}, used = {}, defined = { mah = true }, problems = {},
    class_of_rules = {}, locals = {} }, Text)
  local by_class, order = {}, {}
  public.list() -- loads all modules
  text:add "---@meta\n\n---@class mah\nlocal mah = {}"
  text:add_options()
  for name in pairs(members.classes()) do
    by_class[name], order[#order + 1] = {}, name
  end
  table.sort(order)
  local functions = {}
  for _, record in ipairs(public.list()) do
    local class = record.name:match "^([%w_]+):"
    local list = class and by_class[class] or record.name:find "^mah%." and functions
    if list then list[#list + 1] = record end
  end
  for _, name in ipairs(order) do text:add_class(name, by_class[name]) end
  for _, record in ipairs(functions) do text:add_record(record) end
  text:add_used_classes()
  text:undefined()
  text:add "\nreturn mah"
  return table.concat(text.out, "\n") .. "\n", text.problems
end

return definitions
