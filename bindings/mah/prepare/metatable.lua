--- What an estimator of this wing is for Lua: its parameters and what fit finds are fields, its
--- methods refuse to be called with a point, and a wrong name is an error.
---
---     setmetatable(estimator, metatable.of("KFold", "mah.model_selection.KFold", rules, own))
local check = require "mah.base.check"
local options = require "mah.base.options"

local metatable = {}

local MOST_DEEP = 32 -- estimators in one another
local metas = {} -- those made here

local methods = {
  not_saved = {}, -- fitted attributes that files do without, by name
}

--- Complains of what no rule of a single parameter can tell.
function methods._check() end

--- Those of all classes.
metatable.methods = methods

--- What callers get of a method -> the method.
metatable.guarded = {}

--- Parameters that are not set, and what fit has not found yet.
local function may_be_nil(name, rules)
  return rules[name] or type(name) ~= "string" or name:sub(-1) == "_"
end

local function complain_of_name(where, name, own)
  local known = {}
  for key in pairs(own.computed or {}) do known[key] = true end
  for _, names in ipairs { own, methods, own.rules } do
    for key, value in pairs(names) do
      if names == own.rules or type(value) == "function" then known[key] = true end
    end
  end
  options.missing(where, known, name)
end

--- What takes parameters as they are; all else looks at them first, for they are fields that
--- anybody may have assigned to.
local takes_any = { get_params = true, set_params = true, clone = true }

local function check_parameters(self)
  for name, rule in pairs(self.rules) do
    local value = rawget(self, name)
    if value ~= nil or rule[1] ~= nil then options.check(name, value, rule, self.where) end
  end
  self:_check()
end

--- Complains of an estimator that lies in itself: what it does would never end.
local function check_inner(estimator, open, depth)
  if open[estimator] == "done" then return end
  if open[estimator] or depth > MOST_DEEP then
    check.raise("%s: an estimator lies in itself, or more than %d lie in one another",
      estimator.where, MOST_DEEP)
  end
  open[estimator] = "open"
  for _, child in pairs(estimator:_children()) do
    if metas[getmetatable(child)] then check_inner(child, open, depth + 1) end
  end
  open[estimator] = "done"
end

--- What callers get of a method: it refuses anything but an estimator in the place of self, which
--- is there when the method was called with a point. No varargs: see mah.base.compiler.
local function guarded(f, where, name)
  local function guard(self, a, b, c, d)
    if type(self) ~= "table" or not rawget(self, "where") then
      check.raise("%s: %s is called with a colon, estimator:%s(...); got %s in the place of the "
        .. "estimator", where, name, name, check.show(self))
    end
    if not takes_any[name] then check_parameters(self) end
    check_inner(self, {}, 1)
    return f(self, a, b, c, d)
  end
  metatable.guarded[guard] = f
  return guard
end

--- The metatable of a class' objects.
---@param class string     its name
---@param where string     with what it is in, for messages
---@param rules table      of its parameters
---@param own table        its methods
function metatable.of(class, where, rules, own)
  local meta, guards = { methods = own }, {}
  metas[meta] = true

  function meta.__index(estimator, name)
    if type(name) == "number" and own._at then return own._at(estimator, name) end
    local compute = own.computed and own.computed[name]
    if compute then return compute(estimator) end
    local value = own[name]
    if value == nil then value = methods[name] end
    if own._check_method and type(value) == "function" then own._check_method(estimator, name) end
    if value == nil and not may_be_nil(name, rules) then complain_of_name(where, name, own) end
    if type(value) ~= "function" or name:sub(1, 1) == "_" then return value end
    guards[name] = guards[name] or guarded(value, where, name)
    return guards[name]
  end

  --- A misspelt parameter must not become a field that nobody reads.
  function meta.__newindex(estimator, name, value)
    if not rules[name] and not (type(name) == "string" and name:sub(-1) == "_") then
      check.raise("%s: unknown parameter %s%s", where, check.show(name),
        options.did_you_mean(name, rules))
    end
    rawset(estimator, name, value)
  end

  --- For messages (mah.base.check).
  function meta.__describe(estimator) return "a " .. tostring(estimator) end

  function meta.__tostring(estimator)
    check_inner(estimator, {}, 1)
    if own._text then return class .. "{" .. own._text(estimator) .. "}" end
    local text = {}
    for name, rule in pairs(rules) do
      local value = rawget(estimator, name)
      if value ~= nil and value ~= rule[1] and type(value) ~= "table" then
        text[#text + 1] = ("%s = %s"):format(name, tostring(value))
      end
    end
    table.sort(text)
    return ("%s{%s}"):format(class, table.concat(text, ", "))
  end

  return meta
end

return metatable
