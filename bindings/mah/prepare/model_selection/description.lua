--- A text that differs where estimators, parameters or data do: what a stored trial was about.
---
---     description { model, x, y }      --> "{1={Pipeline steps={...}} 2=float64 5x2 3f0c..."
local Type = require "mah.tensor.type"
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local code = require "mah.sweep.code"
local manifest = require "mah.sweep.manifest"

local write

local function sorted(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    if type(a) == type(b) and type(a) ~= "table" then return a < b end
    return type(a) == "number" and type(b) ~= "number"
  end)
  return keys
end

local function write_table(out, t, depth)
  check.depth(depth, "a parameter")
  out[#out + 1] = "{"
  for _, key in ipairs(sorted(t)) do
    out[#out + 1] = tostring(key) .. "="
    write(out, t[key], depth + 1)
  end
  out[#out + 1] = "}"
end

function write(out, value, depth)
  if Type.is_tensor(value) then
    out[#out + 1] = Type.describe(value) .. " " .. manifest.fingerprint { value }
  elseif base.is_estimator(value) then
    out[#out + 1] = tostring(value.class)
    write_table(out, value:get_params(false), depth)
  elseif type(value) == "table" then
    write_table(out, value, depth)
  elseif type(value) == "function" then
    local ok, text = pcall(code.of, value)
    out[#out + 1] = ok and text or "function"
  else
    out[#out + 1] = type(value) == "number" and ("%.17g"):format(value) or tostring(value)
  end
  out[#out + 1] = " "
end

---@param value any
---@return string
return function(value)
  local out = {}
  write(out, value, 1)
  return table.concat(out)
end
