--- NumPy's files: .npy holds one array, .npz several with names.
---
---     mah.save_npy("a.npy", a)                     local b = mah.load_npy "a.npy"
---     mah.save_npz("all.npz", { a = a, b = b })    local all = mah.load_npz "all.npz"
---
--- Read: float32, float64, int32, uint8 as they are; bool as uint8; float16 as float32; int8,
--- int16, uint16 as int32; int64, uint64, uint32 as int32 when every value fits. Objects, text and
--- complex numbers are refused. What is written is row major and little endian.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local file = require "mah.base.file"
local options = require "mah.base.options"

local npy = {}

--- Reads a .npy file (versions 1.0, 2.0, 3.0; any byte order; row or column major). Errors name the
--- file: missing, no .npy, truncated, too long, a type that a tensor cannot hold.
---@param path string
---@return tensor
function npy.load_npy(path)
  file.path(path, "load_npy")
  Type.collect_if_full()
  return Type.make(C.mah_npy_load, path)
end

--- Writes a .npy file that numpy.load reads.
---@param path string
---@param t tensor
function npy.save_npy(path, t)
  file.path(path, "save_npy")
  check.status(C.mah_npy_save(path, Type.expect(t, "save_npy")))
end

--- Reads every array of a .npz file, packed or not.
---@param path string
---@return table<string, tensor>
function npy.load_npz(path)
  local handle = ffi.new "mah_npz *[1]"
  check.status(C.mah_npz_open(handle, file.path(path, "load_npz")))
  local npz = ffi.gc(handle[0], C.mah_npz_close)
  local arrays = {}
  for i = 0, tonumber(C.mah_npz_count(npz)) - 1 do
    Type.collect_if_full()
    arrays[ffi.string(C.mah_npz_name(npz, i))] = Type.make(C.mah_npz_read, npz, i)
  end
  C.mah_npz_close(ffi.gc(npz, nil))
  return arrays
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

local save_rules = options.declare("mah.save_npz", { compressed = { false, "boolean" } })

--- Writes tensors to a .npz file that numpy.load reads.
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
