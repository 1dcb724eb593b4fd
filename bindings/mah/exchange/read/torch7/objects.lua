--- The objects of a Torch7 file as Lua values: nil, numbers, booleans and strings as such, tables
--- as tables (a table may hold itself), tensors and storages as tensors (views of one storage where
--- they are in Torch), and objects of other classes as tables of their fields, whose metatable has
--- the class. Functions are refused; nothing is run.
---
---     local value = objects.read(text, path)
---     print(objects.class(value))                  --> nn.Sequential
---
--- Layout: torch/torch7, File.lua and generic/Tensor.c.
local check = require "mah.base.check"
local make = require "mah.tensor.make"
local strided = require "mah.exchange.strided"
local stream = require "mah.exchange.read.torch7.stream"

local objects = {}

local MOST_DEPTH = 200

---@class mah.TorchObjects
---@field stream mah.TorchStream
---@field known table<integer, any>      by the file's numbers
---@field storages table<tensor, string> the storages among them, and of what
---@field depth integer
local Objects = {}
Objects.__index = Objects

--- The class of an object that is none of tensor, storage and table; nil for other values.
---@param value any
---@return string|nil class, integer version
function objects.class(value)
  local meta = type(value) == "table" and getmetatable(value)
  if meta and meta.torch_class then return meta.torch_class, meta.version end
end

-- -- Tensors --------------------------------------------------------------------------------------

local dtypes = { Double = "float64", Float = "float32", Half = "float32", Long = "int64",
  Int = "int32", Short = "int32", Char = "int32", Byte = "uint8" }

--- "Float", "Storage" of torch.CudaStorage; nil for what is neither tensor nor storage.
local function element_and_kind(class)
  local element, kind = class:match "^torch%.(%a-)(Tensor)$"
  if not kind then element, kind = class:match "^torch%.(%a-)(Storage)$" end
  if not kind then return nil end
  element = element:gsub("^Cuda", "")
  if element == "" then element = "Float" end
  return dtypes[element] and element, kind
end

local function read_storage(self, index, element)
  local s = self.stream
  local storage = s:array(element, s:longs(1)[1])
  self.known[index], self.storages[storage] = storage, element
  return storage
end

local function read_tensor(self, index, element)
  local s = self.stream
  local ndim = s:int()
  s:check(ndim >= 0 and ndim <= 8, "a tensor of %d dimensions; Mah has up to 8", ndim)
  local sizes, strides = s:longs(ndim), s:longs(ndim)
  local offset = s:longs(1)[1] - 1
  self.known[index] = false -- a tensor that holds itself is none
  local storage = self:object()
  s:check(storage == nil or self.storages[storage] == element,
    "the storage of a tensor of type %s is none", element)
  storage = storage or make.zeros({ 0 }, { dtype = dtypes[element] })
  if ndim == 0 then sizes, strides, offset = { 0 }, { 1 }, 0 end
  local where = ("%s: the tensor before byte %d"):format(s.reader.name, s.reader.at)
  self.known[index] = strided(storage, sizes, strides, offset, where)
  return self.known[index]
end

-- -- Objects --------------------------------------------------------------------------------------

--- Fills `into` with pairs of objects.
local function read_pairs(self, into)
  local count = self.stream:int()
  self.stream:check(count >= 0 and 2 * count <= self.stream.reader:left(), "a table of %d pairs",
    count)
  for _ = 1, count do
    local key, value = self:object(), self:object()
    self.stream:check(key ~= nil and key == key, "a key that is nil or NaN")
    into[key] = value
  end
  return into
end

local function read_table(self)
  local index = self.stream:int()
  if self.known[index] == nil then
    self.known[index] = {}
    read_pairs(self, self.known[index])
  end
  return self.known[index]
end

local function read_fields(self, index, class, version)
  local s = self.stream
  s:check(not class:find "^torch%." and not class:find "^tds%.",
    "an object of the class %s: only tensors, storages and nn's modules can be read; convert it to "
      .. "a tensor or a table in Torch7", check.show(class))
  local object = setmetatable({}, { torch_class = class, version = version })
  self.known[index] = object
  local fields = self:object()
  s:check(type(fields) == "table" and not objects.class(fields),
    "an object of the class %s, whose fields are no table", check.show(class))
  for key, value in pairs(fields) do object[key] = value end
  return object
end

local function read_object(self)
  local s = self.stream
  local index = s:int()
  if self.known[index] ~= nil then return self.known[index] end
  local class, version = s:string(), 0
  if class:find "^V %d+$" then version, class = tonumber(class:sub(3)), s:string() end
  s:check(#class <= 200 and class:find "^[%w_.]+$", "a class of the name %s",
    check.show(class:sub(1, 60)))
  local element, kind = element_and_kind(class)
  if element then
    return (kind == "Tensor" and read_tensor or read_storage)(self, index, element)
  end
  return read_fields(self, index, class, version)
end

local function refuse_function(self)
  self.stream:fail("a function (compiled Lua), and nothing of a file is run here; in Torch7 remove "
    .. "it before torch.save")
end

local readers = {
  [0] = function() return nil end,
  [1] = function(self) return self.stream:double() end,
  [2] = function(self) return self.stream:string() end,
  [3] = read_table,
  [4] = read_object,
  [5] = function(self)
    local value = self.stream:int()
    self.stream:check(value == 0 or value == 1, "a boolean of %d", value)
    return value == 1
  end,
  [6] = refuse_function, [7] = refuse_function, [8] = refuse_function,
}

--- The next object.
function Objects:object()
  local s = self.stream
  local kind = s:int()
  local read = s:check(readers[kind], "an object of type %d, which Torch7 does not write", kind)
  s:check(self.depth < MOST_DEPTH, "more than %d objects in one another", MOST_DEPTH)
  self.depth = self.depth + 1
  local value = read(self)
  self.depth = self.depth - 1
  return value
end

-- -- Files ----------------------------------------------------------------------------------------

local function first_object(s)
  return setmetatable({ stream = s, known = {}, storages = {}, depth = 0 }, Objects):object()
end

--- The first object of a file. Files of 32-bit machines, whose longs have 4 bytes, look the same
--- but for these: such a one is read when the usual reading fails, or leaves something behind.
---@param text string
---@param path string   for messages
---@return any
function objects.read(text, path)
  if text:find "^%d" then return first_object(stream.ascii(text, path)) end
  local usual, short = stream.binary(text, path, 8), stream.binary(text, path, 4)
  local ok, value = pcall(first_object, usual)
  if ok and usual.reader:left() == 0 then return value end
  local short_ok, short_value = pcall(first_object, short)
  if short_ok and (not ok or short.reader:left() == 0) then return short_value end
  if ok then return value end
  -- The one that got further is right; it names the caller's line already.
  error(short.reader.at > usual.reader.at and short_value or value, 0)
end

return objects
