--- safetensors files (github.com/huggingface/safetensors): named tensors and a little text about
--- them, readable by PyTorch, JAX and others.
---
---     mah.save_safetensors("net.safetensors", { w = w, b = b }, { made_by = "mah" })
---     local tensors, metadata = mah.load_safetensors "net.safetensors"
---
--- The file: 8 bytes with the header's length, little endian; the header, JSON, with each tensor's
--- dtype, shape and [begin, end) among the bytes that follow; those bytes without holes or
--- overlaps.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local file = require "mah.base.file"

local safetensors = {}

local LONGEST_HEADER = 100e6 -- bytes; the format's own limit

-- What the format calls a type, and what NumPy does. BF16 has no name there.
local stored = {
  F32 = "<f4", F64 = "<f8", I32 = "<i4", U8 = "|u1", BOOL = "|b1", F16 = "<f2", BF16 = "<bf",
  I8 = "|i1", I16 = "<i2", U16 = "<u2", U32 = "<u4", I64 = "<i8", U64 = "<u8",
}
local sizes = {
  F32 = 4, F64 = 8, I32 = 4, U8 = 1, BOOL = 1, F16 = 2, BF16 = 2, I8 = 1, I16 = 2, U16 = 2, U32 = 4,
  I64 = 8, U64 = 8,
}
local names = { float32 = "F32", float64 = "F64", int32 = "I32", uint8 = "U8" }

local function json()
  local ok, cjson = pcall(require, "cjson")
  if not ok then check.raise "safetensors files need the Lua module cjson (Debian: lua-cjson)" end
  local own = cjson.new()
  own.decode_invalid_numbers(false)
  return own
end

-- -- Reading --------------------------------------------------------------------------------------

--- The header's table, the place where the data begin, and how many bytes there are.
local function read_header(path)
  local handle, message = io.open(path, "rb")
  if not handle then check.raise("cannot read '%s': %s", path, (message:gsub("^.*: ", ""))) end
  local size = handle:seek "end" or 0
  handle:seek "set"
  local prefix = handle:read(8) or ""
  local length = 0
  for i = #prefix, 1, -1 do length = length * 256 + prefix:byte(i) end
  if #prefix < 8 or length > LONGEST_HEADER or length > size - 8 then
    handle:close()
    check.raise("%s: not a safetensors file: a header of %.0f bytes in a file of %.0f", path,
      length, size)
  end
  local text = handle:read(length) or ""
  handle:close()
  local ok, header = pcall(json().decode, text)
  if not ok or type(header) ~= "table" then
    check.raise("%s: not a safetensors file: the header is no JSON object", path)
  end
  return header, 8 + length, size - 8 - length
end

local function is_count(value)
  return type(value) == "number" and value >= 0 and value % 1 == 0 and value < 2 ^ 53
end

--- One entry of the header, understood and checked by itself.
local function read_entry(path, name, entry)
  local function refuse(why, ...) check.raise("%s: tensor '%s': " .. why, path, name, ...) end
  if type(entry) ~= "table" or type(entry.shape) ~= "table"
    or type(entry.data_offsets) ~= "table" then
    refuse "dtype, shape and data_offsets are expected"
  end
  local size = sizes[entry.dtype] or refuse("unknown dtype %s", check.show(entry.dtype))
  local first, last = entry.data_offsets[1], entry.data_offsets[2]
  if #entry.data_offsets ~= 2 or not is_count(first) or not is_count(last) or last < first then
    refuse "two data_offsets, begin <= end, are expected"
  end
  for key in pairs(entry.shape) do
    if type(key) ~= "number" then refuse "the shape is no list" end
  end
  if #entry.shape > 8 then refuse("%d dimensions; a tensor has at most 8", #entry.shape) end
  local extents, count = ffi.new "int64_t[8]", 1
  for d, extent in ipairs(entry.shape) do
    if not is_count(extent) then refuse("size %d of the shape is %s", d, check.show(extent)) end
    extents[d - 1], count = extent, count * extent
  end
  if count * size ~= last - first then
    refuse("%.0f elements of %s need %.0f bytes; its data_offsets give %.0f", count, entry.dtype,
      count * size, last - first)
  end
  return { name = name, type = stored[entry.dtype], first = first, last = last, ndim = #entry.shape,
    extents = extents }
end

local function check_metadata(path, metadata)
  if type(metadata) ~= "table" then check.raise("%s: __metadata__ is no object", path) end
  for key, value in pairs(metadata) do
    if type(key) ~= "string" or type(value) ~= "string" then
      check.raise("%s: __metadata__ maps strings to strings; %s is %s", path, check.show(key),
        check.show(value))
    end
  end
end

--- The entries in the order of their data, which must cover all of it, each byte once.
local function read_entries(path, header, bytes)
  local entries = {}
  for name, entry in pairs(header) do
    if name ~= "__metadata__" then
      entries[#entries + 1] = read_entry(path, tostring(name), entry)
    end
  end
  table.sort(entries, function(a, b)
    if a.first ~= b.first then return a.first < b.first end
    return a.last < b.last
  end)
  local at = 0
  for _, entry in ipairs(entries) do
    if entry.first ~= at then
      check.raise("%s: tensor '%s' begins at byte %.0f of the data, where %.0f is expected (%s)",
        path, entry.name, entry.first, at, entry.first > at and "a hole" or "an overlap")
    end
    at = entry.last
  end
  if at ~= bytes then
    check.raise("%s: %s: the tensors need %.0f bytes of data, there are %.0f", path,
      at > bytes and "truncated" or "bytes left over", at, bytes)
  end
  return entries
end

--- Reads every tensor, and the text about them. Types that tensors lack: BOOL gives uint8; F16 and
--- BF16 float32; other integers int32 when every value fits. Errors name the file and the tensor.
---@param path string
---@return table<string, tensor> tensors
---@return table<string, string> metadata   empty when the file has none
function safetensors.load_safetensors(path)
  file.path(path, "load_safetensors")
  local header, begin, bytes = read_header(path)
  local metadata = header.__metadata__ or {}
  check_metadata(path, metadata)
  local tensors = {}
  for _, entry in ipairs(read_entries(path, header, bytes)) do
    Type.collect_if_full()
    tensors[entry.name] = Type.make(C.mah_elements_load, path, begin + entry.first, entry.type,
      entry.ndim, entry.extents)
  end
  return tensors, metadata
end

-- -- Writing --------------------------------------------------------------------------------------

local function sorted_names(t, where)
  local list = {}
  for name in pairs(t) do
    if type(name) ~= "string" then
      check.raise("%s: a name is expected, got %s", where, check.show(name))
    end
    list[#list + 1] = name
  end
  table.sort(list)
  return list
end

local function metadata_text(metadata, encode)
  if metadata == nil then return nil end
  if type(metadata) ~= "table" then
    check.raise("save_safetensors: metadata must be a table of strings, got %s",
      check.show(metadata))
  end
  if next(metadata) == nil then return nil end
  local parts = {}
  for _, key in ipairs(sorted_names(metadata, "save_safetensors: metadata")) do
    local value = metadata[key]
    if type(value) ~= "string" then
      check.raise("save_safetensors: metadata '%s' must be a string, got %s", key,
        check.show(value))
    end
    parts[#parts + 1] = encode(key) .. ":" .. encode(value)
  end
  return '"__metadata__":{' .. table.concat(parts, ",") .. "}"
end

--- Writes tensors and, if you like, a table of strings about them.
---@param path string
---@param tensors table<string, tensor>
---@param metadata table<string, string>|nil
function safetensors.save_safetensors(path, tensors, metadata)
  file.path(path, "save_safetensors")
  if type(tensors) ~= "table" then
    check.raise("save_safetensors: a table {name = tensor} is expected, got %s",
      check.show(tensors))
  end
  local list, encode = sorted_names(tensors, "save_safetensors"), json().encode
  local parts, at = { metadata_text(metadata, encode) }, 0
  for _, name in ipairs(list) do
    local t = Type.expect(tensors[name], ("save_safetensors: '%s'"):format(name))
    if name == "__metadata__" then
      check.raise "save_safetensors: no tensor can be named __metadata__"
    end
    local first, count = at, 1
    for _, extent in ipairs(t.shape) do count = count * extent end
    at = at + count * sizes[names[t.dtype]]
    parts[#parts + 1] = ('%s:{"dtype":"%s","shape":[%s],"data_offsets":[%.0f,%.0f]}'):format(
      encode(name), names[t.dtype], table.concat(t.shape, ","), first, at)
  end
  local header = "{" .. table.concat(parts, ",") .. "}"
  header = header .. (" "):rep(-#header % 8) -- the data begin at a multiple of 8
  local length, prefix = #header, {}
  for i = 1, 8 do
    prefix[i] = string.char(length % 256)
    length = math.floor(length / 256)
  end
  local head = table.concat(prefix) .. header
  local c_tensors = ffi.new("const mah_tensor *[?]", #list + 1)
  for i = 1, #list do c_tensors[i - 1] = tensors[list[i]] end
  check.status(C.mah_elements_save(path, head, #head, c_tensors, #list))
end

return safetensors
