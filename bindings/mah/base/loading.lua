--- `require` for what is loaded when it is first used. After an error or a Ctrl-C on the way Lua
--- takes a module for loaded in part, and refuses it from then on; here the next use tries again.
---
---     local part = loading.module "mah.sweep"
local loading = {}

--- Is the module being loaded now? Until it is there Lua marks it by an address, which LuaJIT (2.1
--- of 2022) takes for a number. No module of mah is one.
---@param name string
---@return boolean
function loading.is_underway(name)
  local kind = type(package.loaded[name])
  return kind == "userdata" or kind == "number"
end

local function underway()
  local names = {}
  for name in pairs(package.loaded) do names[name] = loading.is_underway(name) or nil end
  return names
end

--- require(name); what it has begun and not ended is forgotten when it fails.
---@param name string
---@return any
function loading.module(name)
  local there = package.loaded[name]
  if there ~= nil and not loading.is_underway(name) then return there end
  local before = underway()
  local ok, result = pcall(require, name)
  if ok then return result end
  for other in pairs(underway()) do
    if not before[other] then package.loaded[other] = nil end
  end
  error(result, 0)
end

return loading
