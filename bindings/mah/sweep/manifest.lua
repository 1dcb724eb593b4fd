--- What a run takes place with: program, machine, script, data.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local address = require "mah.sweep.address"
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local ffi = require "ffi"
local file = require "mah.base.file"
local identity = require "mah.sweep.identity"
local json = require "mah.base.json"
local machine = require "mah.base.machine"

local manifest = {}

-- -- Data -----------------------------------------------------------------------------------------

local function crc_of(t)
  local out = ffi.new "uint32_t[1]"
  if C.mah_tensor_is_contiguous(t) ~= 0 then
    check.status(C.mah_tensor_crc(out, t))
  else
    local copy = Type.make(C.mah_tensor_clone, t)
    check.status(C.mah_tensor_crc(out, copy))
    Type.release(copy)
  end
  return out[0]
end

local MOST_DEEP = 1000 -- tables and functions in one another

local visit

local function visit_table(walk, name, t)
  local keys = {}
  for key in pairs(t) do
    if type(key) == "string" or type(key) == "number" then keys[#keys + 1] = key end
  end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, key in ipairs(keys) do visit(walk, name .. "." .. tostring(key), rawget(t, key)) end
end

local function visit_function(walk, f)
  for i = 1, 255 do
    local name, value = debug.getupvalue(f, i)
    if not name then break end
    visit(walk, name, value)
  end
end

--- Notes every tensor that can be got at.
function visit(walk, name, value)
  check.that(walk.depth < MOST_DEEP, "mah.sweep: data are nested too deeply (%s)",
    check.short_path(name))
  walk.depth = walk.depth + 1
  if Type.is_tensor(value) then
    if value.store ~= nil then
      walk.out[#walk.out + 1] = ("%s %s %08x"):format(name, Type.describe(value), crc_of(value))
    end
  elseif type(value) == "table" and not walk.seen[value] and getmetatable(value) == nil then
    walk.seen[value] = true
    visit_table(walk, name, value)
  elseif type(value) == "function" and not walk.seen[value]
    and debug.getinfo(value, "S").what ~= "C" then
    walk.seen[value] = true
    visit_function(walk, value)
  end
  walk.depth = walk.depth - 1
end

--- A hash of the tensors in the data: shapes, types and elements; nil when there are none.
---@param data any   tables of tensors; or a function, for the tensors that it refers to
---@return string|nil
function manifest.fingerprint(data)
  local walk = { out = {}, seen = {}, depth = 0 }
  visit(walk, "data", data)
  return #walk.out > 0 and identity.hash(table.concat(walk.out, "\n")):sub(1, 32) or nil
end

-- -- The run --------------------------------------------------------------------------------------

local function script_of()
  local arguments = rawget(_G, "arg")
  local path = arguments and arguments[0]
  if type(path) ~= "string" or path == "" or not file.exists(path) then return nil end
  local ok, text = pcall(file.read, path)
  return path, ok and text or nil
end

local function command_line()
  local arguments, list = rawget(_G, "arg") or {}, {}
  local first = 0
  while arguments[first - 1] do first = first - 1 end
  while arguments[first] do
    list[#list + 1] = arguments[first]
    first = first + 1
  end
  return canonical.clean(table.concat(list, " "))
end

--- The manifest of a run that starts now. It is kept, and shown to others: passwords of addresses
--- are taken out.
---@param data any
---@param store string   path or address
---@return table
function manifest.new(data, store)
  local path, text = script_of()
  text = text and address.clean(text, store)
  return {
    mah = ffi.string(C.mah_version()), machine = json.encode(machine()),
    command = address.clean(command_line(), store),
    script = path and canonical.clean(path), script_text = text and canonical.clean(text),
    script_sha256 = text and identity.hash(text), data = manifest.fingerprint(data),
  }
end

return manifest
