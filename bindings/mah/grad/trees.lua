--- Tensors as functions take them: one alone, or tables of them, by name or in a list, within one
--- another too. What is made of them has the same form.
---
---     trees.map({ W = w, b = { b1 } }, f, "p")   --> { W = f(w, "p.W"), b = { f(b1, "p.b[1]") } }
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local traced = require "mah.tensor.traced"

local trees = {}

--- Is it a tensor (traced or plain) or a number?
function trees.is_leaf(value)
  return Type.is_tensor(value) or traced.is(value) or type(value) == "number"
end
local is_leaf = trees.is_leaf

--- "b[1]" or "b.c" for what is within b.
---@param name string
---@param key any
---@return string
function trees.name_of(name, key)
  if type(key) == "number" then return ("%s[%d]"):format(name, key) end
  return name == "" and tostring(key) or name .. "." .. tostring(key)
end

local name_of = trees.name_of

local DEEP = 32

--- The same form with f(leaf, name, other) in the place of each leaf. `others`: a tree of that form
--- or nil, whose leaves go along.
---@param value any
---@param f fun(leaf: any, name: string, other: any): any
---@param name string      what the whole is called in messages
---@param others any
---@param depth integer|nil
---@return any
function trees.map(value, f, name, others, depth)
  if others == nil then others = nil end -- a null pointer too
  if is_leaf(value) then return f(value, name, others) end
  depth = depth or 1
  if type(value) ~= "table" or getmetatable(value) or depth > DEEP then
    check.raise("%s: a tensor, or a table of tensors is expected, got %s%s",
      name == "" and "the argument" or name, check.show(value), type(value) ~= "table" and ""
      or getmetatable(value) and " with a metatable" or (" in %d others"):format(depth - 1))
  end
  if others ~= nil and (type(others) ~= "table" or is_leaf(others)) then
    check.raise("%s: a table of the same form is expected, got %s", name, check.show(others))
  end
  local mirrored = {}
  for key, one in pairs(value) do
    mirrored[key] = trees.map(one, f, name_of(name, key), others and others[key], depth + 1)
  end
  return mirrored
end

--- Whatever it is, with f(leaf) in the place of each tensor in plain tables.
---@param value any
---@param f fun(leaf: any): any
---@param depth integer|nil
function trees.replace(value, f, depth)
  if Type.is_tensor(value) or traced.is(value) then return f(value) end
  depth = depth or 1
  if type(value) ~= "table" or getmetatable(value) or depth > DEEP then return value end
  local mirrored = {}
  for key, one in pairs(value) do mirrored[key] = trees.replace(one, f, depth + 1) end
  return mirrored
end

return trees
