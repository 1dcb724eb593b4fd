--- NumPy's files: .npy holds one array, .npz several with names.
---
---     mah.save_npy("a.npy", a)                     local b = mah.load_npy "a.npy"
---     mah.save_npz("all.npz", { a = a, b = b })    local all = mah.load_npz "all.npz"
---
--- Read: float32, float64, float16, int32, int64, uint8, bool as they are; int8, int16, uint16 as
--- int32; uint32, uint64 as int64 when every value fits. The option dtype,
--- "float32" or "float64", makes everything that (int64 values beyond 2^53 become the nearest
--- float64). Objects, text and complex numbers are refused. What is written is row major and little
--- endian.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local file = require "mah.base.file"
local members = require "mah.data.members"
local options = require "mah.base.options"

local npy = {}

local load_rules = options.declare("mah.load_npy", { dtype = members.rules.dtype })

--- Reads a .npy file of NumPy (versions 1.0, 2.0, 3.0; any byte order; row or column major).
--- float32, float64, float16, int32, int64, uint8 and bool come as they are; int8, int16, uint16 as
--- int32; uint32, uint64 as int64 when every value fits. Errors name the file: missing, no .npy,
--- truncated, too long, a type that a tensor cannot hold.
---
---     mah.save_npy("a.npy", mah.tensor { { 1, 2 }, { 3, 4 } })
---     print(mah.load_npy "a.npy")
---     --> float32 2x2
---     --> {{1.0, 2.0},
---     -->  {3.0, 4.0}}
---@param path string
---@param given {dtype: string?}|nil
---@return tensor
function npy.load_npy(path, given)
  local o = options(given, load_rules, "load_npy")
  file.path(path, "load_npy")
  return Type.make(C.mah_npy_load, path, members.dtype(o.dtype))
end

--- Writes a tensor to a .npy file, which numpy.load reads.
---
---     mah.save_npy("b.npy", mah.arange(3, "int64"))
---     print(mah.load_npy("b.npy", { dtype = "float64" }))
---     --> float64 3
---     --> {1.0, 2.0, 3.0}
---@param path string
---@param t tensor
function npy.save_npy(path, t)
  file.path(path, "save_npy")
  check.status(C.mah_npy_save(path, Type.expect(t, "save_npy")))
end

--- The members' numbers by their names.
local function places_of(npz)
  local places = {}
  for i = 0, tonumber(C.mah_npz_count(npz)) - 1 do
    places[ffi.string(C.mah_npz_name(npz, i))] = i
  end
  return places
end

--- Reads the arrays of a .npz file, packed or not. Members that a tensor cannot hold (text, uint64
--- that do not fit, folders, other files) are left out with a warning; damaged ones are an error.
---
---     mah.save_npz("all.npz", { a = mah.ones(2), b = mah.zeros(3) })
---     local arrays = mah.load_npz "all.npz"
---     print(#arrays.a, #arrays.b)   --> 2 3
---@param path string
---@param given {names: string[]?, dtype: string?}|nil
---@return table<string, tensor> arrays       by name
---@return table<string, string> left_out     the reason by the member's name
function npy.load_npz(path, given)
  local o = options(given, members.rules, "load_npz")
  local handle = ffi.new "mah_npz *[1]"
  check.status(C.mah_npz_open(handle, file.path(path, "load_npz")))
  local npz = ffi.gc(handle[0], C.mah_npz_close)
  local places, arrays, left_out = places_of(npz), {}, {}
  local wanted = members.wanted(path, o.names, places, "load_npz")
  for name, place in pairs(places) do
    if not wanted or wanted[name] then
      local t = Type.blank()
      local status = C.mah_npz_read(t, npz, place, members.dtype(o.dtype))
      left_out[name] = status ~= 0 and members.reason(status, wanted) or nil
      arrays[name] = status == 0 and Type.own(t) or nil
    end
  end
  C.mah_npz_close(ffi.gc(npz, nil))
  members.warn(left_out, "load_npz")
  return arrays, left_out
end

--- The tensors of {name = tensor} by name, as C arrays. A list's are arr_0, arr_1, ... as in NumPy.
local function arrange(tensors, where)
  if type(tensors) ~= "table" then
    check.raise("%s: a table {name = tensor} is expected, got %s", where, check.show(tensors))
  end
  local named, names = {}, {}
  for key, t in pairs(tensors) do
    local name = type(key) == "number" and ("arr_%d"):format(key - 1) or key
    if type(name) ~= "string" or name:find("\0", 1, true) then
      check.raise("%s: a name is expected, got %s", where, check.show(key))
    end
    if named[name] then check.raise("%s: two arrays are named '%s'", where, name) end
    named[name] = Type.expect(t, ("%s: '%s'"):format(where, name))
    names[#names + 1] = name
  end
  table.sort(names)
  local c_names = ffi.new("const char *[?]", #names + 1)
  local c_tensors = ffi.new("const mah_tensor *[?]", #names + 1)
  for i = 1, #names do
    c_names[i - 1], c_tensors[i - 1] = names[i], named[names[i]]
  end
  return c_names, c_tensors, names, named -- the last one keeps the tensors from the collector
end

local save_rules = options.declare("mah.save_npz", {
  compressed = { false, "boolean", nil, "pack each array by deflate, as numpy.savez_compressed" },
})

--- Writes tensors with names to a .npz file, which numpy.load reads.
---
---     mah.save_npz("all.npz", { a = mah.ones(2), b = mah.zeros(3) }, { compressed = true })
---     print(mah.load_npz("all.npz", { names = { "a" } }).a)
---     --> float32 2
---     --> {1.0, 1.0}
---@param path string
---@param tensors table<string, tensor>   or a list, which gets NumPy's names arr_0, arr_1 ...
---@param given {compressed: boolean?}|nil
function npy.save_npz(path, tensors, given)
  local o = options(given, save_rules, "save_npz")
  file.path(path, "save_npz")
  local c_names, c_tensors, names, named = arrange(tensors, "save_npz")
  check.status(C.mah_npz_save(path, c_names, c_tensors, named and #names, o.compressed and 1 or 0))
end

return npy
