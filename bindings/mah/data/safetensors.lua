--- safetensors files (github.com/huggingface/safetensors): named tensors and a little text about
--- them, readable by PyTorch, JAX and others.
---
---     mah.save_safetensors("net.safetensors", { w = w, b = b }, { made_by = "mah" })
---     local tensors, metadata = mah.load_safetensors "net.safetensors"
---
--- The file: 8 bytes with the header's length, little endian; the header, JSON, with each tensor's
--- dtype, shape and [begin, end) among the bytes that follow; those bytes without holes or
--- overlaps. Written are the widest elements first, so that each tensor lies at a multiple of its
--- elements' size, and others can use the bytes where they are.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local file = require "mah.base.file"
local json = require "mah.base.json"
local members = require "mah.data.members"
local options = require "mah.base.options"
local utf8 = require("mah.base.text").is_utf8

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
local names = { float32 = "F32", float64 = "F64", int32 = "I32", int64 = "I64", uint8 = "U8",
  bool = "BOOL", float16 = "F16", bfloat16 = "BF16" }

-- -- Reading --------------------------------------------------------------------------------------

--- The header's table, the place where the data begin, and how many bytes there are.
local function read_header(path)
  local handle, message = io.open(path, "rb")
  if not handle then check.raise("cannot read '%s': %s", path, (message:gsub("^.*: ", ""))) end
  local size = handle:seek "end" or 0
  handle:seek "set"
  local prefix, why = handle:read(8)
  if why then -- a folder can be opened
    handle:close()
    check.raise("cannot read '%s': %s", path, (why:gsub("^.*: ", "")))
  end
  prefix = prefix or ""
  local length = 0
  for i = #prefix, 1, -1 do length = length * 256 + prefix:byte(i) end
  if #prefix < 8 or length > LONGEST_HEADER or length > size - 8 then
    handle:close()
    check.raise("%s: not a safetensors file: a header of %.0f bytes in a file of %.0f", path,
      length, size)
  end
  local text = handle:read(length) or ""
  handle:close()
  local ok, header = pcall(json.decode, text)
  if not ok or type(header) ~= "table" or not text:find "^{" then
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
  if type(entry.dtype) ~= "string" then refuse("the dtype is %s", check.show(entry.dtype)) end
  local first, last = entry.data_offsets[1], entry.data_offsets[2]
  if #entry.data_offsets ~= 2 or not is_count(first) or not is_count(last) or last < first then
    refuse "two data_offsets, begin <= end, are expected"
  end
  for key in pairs(entry.shape) do
    if type(key) ~= "number" then refuse "the shape is no list" end
  end
  local extents, count = ffi.new("int64_t[?]", #entry.shape + 8), 1
  for d, extent in ipairs(entry.shape) do
    if not is_count(extent) then refuse("size %d of the shape is %s", d, check.show(extent)) end
    extents[d - 1], count = extent, count * extent
  end
  local result = { name = name, first = first, last = last, ndim = #entry.shape,
    extents = extents, type = stored[entry.dtype], label = ("%s: tensor '%s'"):format(path, name) }
  local size = sizes[entry.dtype]
  if not size then
    result.refusal = ("%s: dtype %s, which a tensor cannot hold"):format(result.label,
      check.show(entry.dtype))
  elseif count * size ~= last - first then
    refuse("%.0f elements of %s need %.0f bytes; its data_offsets give %.0f", count, entry.dtype,
      count * size, last - first)
  elseif #entry.shape > 8 then
    result.refusal = ("%s: %d dimensions; a tensor has at most 8"):format(result.label,
      #entry.shape)
  end
  return result
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

local function read_tensor(path, begin, entry, dtype)
  Type.collect_if_full()
  local t = Type.blank()
  local status = C.mah_elements_load(t, path, entry.label, begin + entry.first, entry.type,
    members.dtype(dtype), entry.ndim, entry.extents)
  return status, Type.own(t)
end

--- Reads the tensors of a safetensors file, and the text about them. Types that tensors lack: I8,
--- I16 and U16 give int32; U32, and U64 when every value fits, int64. What a tensor cannot hold
--- (F8, uint64 that do not fit) is left out with a warning; a file that breaks the format's rules
--- is an error. Messages name the file and the tensor.
---
---     mah.save_safetensors("net.safetensors", { w = mah.ones(2, 3) }, { made_by = "mah" })
---     local tensors, metadata = mah.load_safetensors "net.safetensors"
---     print(tensors.w.shape[2], metadata.made_by)   --> 3 mah
---@param path string
---@param given {names: string[]?, dtype: string?}|nil
---@return table<string, tensor> tensors     by name
---@return table<string, string> metadata    empty when the file has none
---@return table<string, string> left_out    the reason by the tensor's name
function safetensors.load_safetensors(path, given)
  local o = options(given, members.rules, "load_safetensors")
  file.path(path, "load_safetensors")
  local header, begin, bytes = read_header(path)
  local metadata = header.__metadata__ or {}
  check_metadata(path, metadata)
  local tensors, left_out, known = {}, {}, {}
  local entries = read_entries(path, header, bytes)
  for _, entry in ipairs(entries) do known[entry.name] = true end
  local wanted = members.wanted(path, o.names, known, "load_safetensors")
  for _, entry in ipairs(entries) do
    if not wanted or wanted[entry.name] then
      if entry.refusal and wanted then check.raise("%s", entry.refusal) end
      local status, t
      if not entry.refusal then status, t = read_tensor(path, begin, entry, o.dtype) end
      if status == 0 then
        tensors[entry.name] = t
      else
        left_out[entry.name] = entry.refusal or members.reason(status, wanted)
      end
    end
  end
  members.warn(left_out, "load_safetensors")
  return tensors, metadata, left_out
end

-- -- Writing --------------------------------------------------------------------------------------

local function sorted_names(t, where)
  local list = {}
  for name in pairs(t) do
    if type(name) ~= "string" then
      check.raise("%s: a name is expected, got %s", where, check.show(name))
    end
    check.that(utf8(name), "%s: the name '%s' is not UTF-8", where, name)
    list[#list + 1] = name
  end
  table.sort(list)
  return list
end

--- The names in the order of their data: the widest elements first, then by name.
local function arranged(tensors)
  local list, width = sorted_names(tensors, "save_safetensors"), {}
  for _, name in ipairs(list) do
    if name == "__metadata__" then
      check.raise "save_safetensors: no tensor can be named __metadata__"
    end
    local t = Type.expect(tensors[name], ("save_safetensors: '%s'"):format(name))
    width[name] = sizes[names[t.dtype]]
  end
  table.sort(list, function(a, b)
    if width[a] ~= width[b] then return width[a] > width[b] end
    return a < b
  end)
  return list
end

local function metadata_text(metadata)
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
    check.that(utf8(value), "save_safetensors: metadata '%s' is not UTF-8: '%s'", key, value)
    parts[#parts + 1] = json.string(key) .. ":" .. json.string(value)
  end
  return '"__metadata__":{' .. table.concat(parts, ",") .. "}"
end

--- Writes tensors with names to a safetensors file and, if you like, a table of strings about them.
---
---     mah.save_safetensors("net.safetensors", { w = mah.ones(2), b = mah.zeros(1) })
---     print(mah.load_safetensors("net.safetensors", { names = { "b" } }).b)
---     --> float32 1
---     --> {0.0}
---@param path string
---@param tensors table<string, tensor>
---@param metadata table<string, string>|nil
function safetensors.save_safetensors(path, tensors, metadata)
  file.path(path, "save_safetensors")
  if type(tensors) ~= "table" then
    check.raise("save_safetensors: a table {name = tensor} is expected, got %s",
      check.show(tensors))
  end
  local list = arranged(tensors)
  local parts, at = { metadata_text(metadata) }, 0
  for _, name in ipairs(list) do
    local t, shape = tensors[name], {}
    local first, count = at, 1
    for d, extent in ipairs(t.shape) do
      shape[d], count = ("%.0f"):format(extent), count * extent
    end
    at = at + count * sizes[names[t.dtype]]
    parts[#parts + 1] = ('%s:{"dtype":"%s","shape":[%s],"data_offsets":[%.0f,%.0f]}'):format(
      json.string(name), names[t.dtype], table.concat(shape, ","), first, at)
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
