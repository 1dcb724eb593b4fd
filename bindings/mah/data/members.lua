--- What .npz and safetensors files have in common: named arrays, of which some may be nothing that
--- a tensor can hold. They are left out, with a warning and a list; one that was asked for by name
--- is an error.
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
local options = require "mah.base.options"
local warn = require "mah.base.warn"

local members = {}

local MOST_NAMED = 3 -- in a warning

members.rules = options.declare("mah.load_npz mah.load_safetensors", {
  names = { nil, "table", nil, "only these; an error for one that is not there or that no tensor "
    .. "can hold; nil: all that can be held" },
  dtype = { nil, { "float32", "float64" }, nil, "of the tensors; nil: as they are stored" },
})

--- The dtype option as the core takes it.
function members.dtype(name)
  if name == nil then return C.MAH_AS_STORED end
  return name == "float64" and C.MAH_FLOAT64 or C.MAH_FLOAT32
end

--- Which names are wanted, as a set, or nil for all. `known` is the set of those in the file.
---@return table<string, boolean>|nil
function members.wanted(path, names, known, where)
  if names == nil then return nil end
  local wanted = {}
  for _, name in ipairs(names) do
    if not known[name] then
      check.raise("%s: '%s' has no array named %s%s", where, path,
        type(name) == "string" and "'" .. name .. "'" or check.show(name),
        options.did_you_mean(name, known))
    end
    wanted[name] = true
  end
  return wanted
end

--- The status of reading one array: nil when it was read, the reason when it is to be left out.
--- Damage, and what was asked for by name, raises an error.
---@return string|nil
function members.reason(status, is_asked_for)
  local holds_nothing = status == C.MAH_ERROR_DTYPE or status == C.MAH_ERROR_SHAPE
  if is_asked_for or not holds_nothing then return check.status(status) end
  return ffi.string(C.mah_error_message())
end

--- Warns of what was left out.
---@param left_out table<string, string>   reasons by name
function members.warn(left_out, where)
  local names, reasons = {}, {}
  for name in pairs(left_out) do names[#names + 1] = name end
  if #names == 0 then return end
  table.sort(names)
  for i = 1, math.min(#names, MOST_NAMED) do reasons[i] = left_out[names[i]] end
  if #names > MOST_NAMED then
    reasons[#reasons + 1] = ("and %d more"):format(#names - MOST_NAMED)
  end
  warn("%s: left out: %s", where, table.concat(reasons, "; "))
end

return members
