--- Mah: a numerical toolkit. `local mah = require "mah"`; each part is loaded when it is first used.
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
local options = require "mah.base.options"

--- mah.NAME is the module itself.
local modules = {
}

--- mah.NAME is a field of the module.
local fields = {
  ["mah.tensor"] = "tensor empty zeros ones full",
}

local home = {}
for module, names in pairs(fields) do
  for name in names:gmatch "%S+" do home[name] = module end
end

local function load_part(mah, name)
  local value
  if modules[name] then
    value = require(modules[name])
  elseif home[name] then
    value = require(home[name])[name]
  end
  if value == nil then
    local known = {}
    for _, names in ipairs { modules, home } do
      for k in pairs(names) do known[k] = true end
    end
    local hint = type(name) == "string" and options.nearest(name, known)
    check.raise("mah has no '%s'%s", tostring(name), hint and ("; did you mean '%s'?"):format(hint) or "")
  end
  rawset(mah, name, value)
  return value
end

return setmetatable({ version = ffi.string(C.mah_version()) }, { __index = load_part })
