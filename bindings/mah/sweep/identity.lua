--- Who a trial is: a hash of the study's name, the parameters and the code. What is finished under
--- this identity need not run again, and its random seed follows from it, whatever ran before.
local C = require "mah.base.library"
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local code = require "mah.sweep.code"
local ffi = require "ffi"

local identity = {}

--- SHA-256 as 64 hexadecimal digits.
---@param text string
---@return string
function identity.hash(text)
  local hex = ffi.new "char[65]"
  C.mah_sha256(hex, text, #text)
  return ffi.string(hex, 64)
end

--- The hash of a trial's code; `version`, when given, stands for the code, or is the function whose
--- code counts.
---@param trial function
---@param version string|function|nil
---@return string
function identity.of_code(trial, version)
  if type(version) == "string" then return identity.hash("version " .. version) end
  trial = version or trial
  local meta = getmetatable(trial)
  if type(trial) ~= "function" then trial = meta.__call end
  return identity.hash(code.of(trial))
end

--- Identity and seed of one trial. The seed is in 0 ... 2^31 - 1.
---@param study string        its name
---@param params string       canonical JSON
---@param code_hash string
---@return string identity, integer seed
function identity.of_trial(study, params, code_hash)
  local hash = identity.hash(table.concat({ study, params, code_hash }, "\0"))
  return hash, tonumber(hash:sub(1, 8), 16) % 2 ^ 31
end

--- Parameters as text; complains about what cannot be written down.
---@param params table
---@return string
function identity.encode(params)
  check.that(type(params) == "table",
    "mah.sweep: the parameters of a trial must be a table, got %s", check.show(params))
  for name in pairs(params) do
    check.that(type(name) == "string", "mah.sweep: a parameter's name must be a string, got %s",
      check.show(name))
  end
  local text, problem = canonical.encode(params)
  return text or check.raise("mah.sweep: the parameters cannot be stored: %s", problem)
end

return identity
