--- An ONNX graph while it is built: names, constants, nodes; and the ModelProto of it.
---
---     local g = graph.new(17)
---     local y = g:node("Mul", { "x", g:constant({ 2 }, "float32", {}) })
---     g:output("y", y, "float32", { "N", 1 })
---     local text = g:model { producer = "mah 0.1", doc = "...", metadata = {} }
local check = require "mah.base.check"
local encode = require "mah.exchange.onnx.encode"
local ffi = require "ffi"

local graph = {}

--- ONNX's numbers of the types of elements.
local types = { float32 = 1, uint8 = 2, int32 = 6, int64 = 7, text = 8, bool = 9, float64 = 11 }
local elements = { float32 = "float[?]", float64 = "double[?]", int64 = "int64_t[?]",
  bool = "uint8_t[?]" }

--- ai.onnx's versions, with the ir_version of the release of ONNX that brought each.
local ir_versions = { [13] = 7, [14] = 7, [15] = 8, [16] = 8, [17] = 8 }

graph.OLDEST, graph.NEWEST = 13, 17

local LARGEST = 2 ^ 31 - 2 ^ 20 -- bytes: protobuf's limit of 2 GiB, and what stands around weights

---@class mah.OnnxGraph
local Graph = {}
Graph.__index = Graph

---@param opset integer   13 ... 17
---@return mah.OnnxGraph
function graph.new(opset)
  return setmetatable({ opset = opset, nodes = {}, constants = {}, inputs = {}, outputs = {},
    infos = {}, taken = {}, count = {}, known = {}, bytes = 0, domains = {} }, Graph)
end

-- -- Names ----------------------------------------------------------------------------------------

--- Keeps a name for what must have it.
function Graph:reserve(name)
  check.that(name ~= "" and not self.taken[name], "two values of the graph have the name %s",
    check.show(name))
  self.taken[name] = true
  return name
end

--- A name that nothing else has.
function Graph:name(stem)
  local name
  repeat
    self.count[stem] = (self.count[stem] or 0) + 1
    name = stem .. "_" .. self.count[stem]
  until not self.taken[name]
  self.taken[name] = true
  return name
end

-- -- Constants ------------------------------------------------------------------------------------

local function keep(self, name, dtype, dims, data)
  self.bytes = self.bytes + (data.raw_data and #data.raw_data or 0)
  check.that(self.bytes <= LARGEST, "an ONNX file holds at most 2 GiB, and this model needs more; "
    .. "save it as .safetensors")
  data.name, data.data_type, data.dims = name, types[dtype], dims
  self.constants[#self.constants + 1] = data
  return name
end

--- Numbers as little-endian bytes.
local function raw(list, dtype)
  local array = ffi.new(elements[dtype], #list)
  for i, value in ipairs(list) do
    if value == true then value = 1 elseif value == false then value = 0 end
    array[i - 1] = value
  end
  return ffi.string(array, ffi.sizeof(array))
end

--- A constant of the graph; equal ones are one.
---@param list any[]       numbers, strings or booleans
---@param dtype string     or "int64", "bool", "text"
---@param dims integer[]|nil   one dimension unless told; {}: a single number
---@return string name
function Graph:constant(list, dtype, dims)
  dims = dims or { #list }
  local data = dtype == "text" and { string_data = list } or { raw_data = raw(list, dtype) }
  local key = dtype .. table.concat(dims, ",") .. ":"
    .. (data.raw_data or #list .. ":" .. table.concat(list, "\0"))
  if not self.known[key] then
    self.known[key] = keep(self, self:name "constant", dtype, dims, data)
  end
  return self.known[key]
end

--- A single number.
---@return string name
function Graph:number(value, dtype) return self:constant({ value }, dtype, {}) end

--- A tensor under a name of its own.
---@param name string
---@param t tensor   float32 or float64
---@return string name
function Graph:tensor(name, t)
  local size = (t.dtype == "float32" and 4 or 8) * t:numel()
  check.that(self.bytes + size <= LARGEST, "an ONNX file holds at most 2 GiB, and this model's "
    .. "weights are more; save it as .safetensors")
  t = t:contiguous()
  local bytes = size > 0 and ffi.string(t.data, size) or ""
  return keep(self, self:reserve(name), t.dtype, t.shape, { raw_data = bytes })
end

-- -- Nodes ----------------------------------------------------------------------------------------

--- An attribute from a Lua value: integers and lists of them, {float = x}, lists of strings.
local function attribute(name, value)
  if type(value) == "number" then return { name = name, i = value, type = 2 } end
  if value.float then return { name = name, f = value.float, type = 1 } end
  if type(value[1]) == "string" then return { name = name, strings = value, type = 8 } end
  return { name = name, ints = value, type = 7 }
end

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

--- A node with one output, whose name it gives.
---@param op string
---@param inputs string[]
---@param attributes table|nil
---@param output string|nil   its name
---@return string
function Graph:node(op, inputs, attributes, output)
  local domain, kind = op:match "^(ai%.onnx%.ml)%.(.*)$"
  op = kind or op
  local list = {}
  for i, name in ipairs(sorted_keys(attributes or {})) do
    list[i] = attribute(name, attributes[name])
  end
  output = output or self:name(op:lower())
  if domain then self.domains[domain] = 2 end
  self.nodes[#self.nodes + 1] = { op_type = op, input = inputs, output = { output },
    attribute = list, name = "node_" .. output, domain = domain }
  return output
end

-- -- Ends -----------------------------------------------------------------------------------------

--- Name, type and shape; a size that is a string is a free one.
local function info(name, dtype, dims)
  local list = {}
  for i, size in ipairs(dims) do
    list[i] = type(size) == "string" and { dim_param = size } or { dim_value = size }
  end
  return { name = name,
    type = { tensor_type = { elem_type = types[dtype], shape = { dim = list } } } }
end

function Graph:input(name, dtype, dims)
  self.inputs[#self.inputs + 1] = info(self:reserve(name), dtype, dims)
end

--- Another name for a value that a node gives; false where none does.
local function rename(self, from, name)
  local found = false
  for _, node in ipairs(self.nodes) do
    found = found or node.output[1] == from
    for _, list in ipairs { node.input, node.output } do
      for i, value in ipairs(list) do
        if value == from then list[i] = name end
      end
    end
  end
  return found
end

--- The value `from` becomes an output of that name, which was reserved.
function Graph:output(name, from, dtype, dims)
  if not rename(self, from, name) then self:node("Identity", { from }, nil, name) end
  self.outputs[#self.outputs + 1] = info(name, dtype, dims)
end

--- What a value is, for checkers that cannot find out.
function Graph:note(name, dtype, dims) self.infos[#self.infos + 1] = info(name, dtype, dims) end

--- The file's bytes.
---@param given {producer: string, version: string, doc: string, name: string, metadata: table}
---@return string
function Graph:model(given)
  local opsets, metadata = { { domain = "", version = self.opset } }, {}
  for _, domain in ipairs(sorted_keys(self.domains)) do
    opsets[#opsets + 1] = { domain = domain, version = self.domains[domain] }
  end
  for i, key in ipairs(sorted_keys(given.metadata)) do
    metadata[i] = { key = key, value = given.metadata[key] }
  end
  return encode.message("ModelProto", {
    ir_version = ir_versions[self.opset], producer_name = given.producer,
    producer_version = given.version, doc_string = given.doc, opset_import = opsets,
    metadata_props = metadata,
    graph = { node = self.nodes, name = given.name, initializer = self.constants,
      input = self.inputs, output = self.outputs, value_info = self.infos },
  })
end

return graph
