--- Protobuf's wire format, as far as ONNX files need it. Written by hand and not by libprotobuf-c:
--- a dozen messages of three kinds of fields are less than a schema compiler in the build and a
--- library beside the program.
---
---     local text = encode.message("NodeProto", { input = { "x" }, op_type = "Relu" })
---
--- Wire format: protobuf.dev/programming-guides/encoding; the fields: onnx/onnx.proto.
local check = require "mah.base.check"
local ffi = require "ffi"

local encode = {}

-- -- Wire format ----------------------------------------------------------------------------------

local VARINT, SPAN, FIXED32 = 0, 2, 5

--- Seven bits a byte, the lowest first; 0 <= n < 2^53.
local function varint(n)
  local out = {}
  while n >= 128 do
    out[#out + 1] = string.char(n % 128 + 128)
    n = math.floor(n / 128)
  end
  out[#out + 1] = string.char(n)
  return table.concat(out)
end

--- An int64: negative numbers are 10 bytes, two's complement.
local function int64(n)
  if n >= 0 then return varint(n) end
  local left, out = ffi.cast("uint64_t", ffi.cast("int64_t", n)), {}
  while left >= 128 do
    out[#out + 1] = string.char(tonumber(left % 128) + 128)
    left = left / 128
  end
  out[#out + 1] = string.char(tonumber(left))
  return table.concat(out)
end

local function tag(number, wire) return varint(number * 8 + wire) end

local single = ffi.new "float[1]"

--- How a value of a kind is written after its field's number.
local kinds = {
  int = function(number, value) return tag(number, VARINT) .. int64(value) end,
  float = function(number, value)
    single[0] = value
    return tag(number, FIXED32) .. ffi.string(single, 4)
  end,
  bytes = function(number, value) return tag(number, SPAN) .. varint(#value) .. value end,
}

-- -- Messages -------------------------------------------------------------------------------------

--- Message -> its fields: {name, number, kind}. Kinds are those above, or a message; "*" behind it:
--- a list, a field for each entry (of numbers too, as readers of proto2 expect).
local messages = {
  ModelProto = {
    { "ir_version", 1, "int" }, { "producer_name", 2, "bytes" }, { "producer_version", 3, "bytes" },
    { "doc_string", 6, "bytes" }, { "graph", 7, "GraphProto" },
    { "opset_import", 8, "OperatorSetIdProto*" },
    { "metadata_props", 14, "StringStringEntryProto*" },
  },
  OperatorSetIdProto = { { "domain", 1, "bytes" }, { "version", 2, "int" } },
  StringStringEntryProto = { { "key", 1, "bytes" }, { "value", 2, "bytes" } },
  GraphProto = {
    { "node", 1, "NodeProto*" }, { "name", 2, "bytes" }, { "initializer", 5, "TensorProto*" },
    { "input", 11, "ValueInfoProto*" }, { "output", 12, "ValueInfoProto*" },
    { "value_info", 13, "ValueInfoProto*" },
  },
  NodeProto = {
    { "input", 1, "bytes*" }, { "output", 2, "bytes*" }, { "name", 3, "bytes" },
    { "op_type", 4, "bytes" }, { "attribute", 5, "AttributeProto*" }, { "domain", 7, "bytes" },
  },
  AttributeProto = {
    { "name", 1, "bytes" }, { "f", 2, "float" }, { "i", 3, "int" }, { "ints", 8, "int*" },
    { "strings", 9, "bytes*" }, { "type", 20, "int" },
  },
  TensorProto = {
    { "dims", 1, "int*" }, { "data_type", 2, "int" }, { "string_data", 6, "bytes*" },
    { "name", 8, "bytes" }, { "raw_data", 9, "bytes" },
  },
  ValueInfoProto = { { "name", 1, "bytes" }, { "type", 2, "TypeProto" } },
  TypeProto = { { "tensor_type", 1, "TypeProto.Tensor" } },
  ["TypeProto.Tensor"] = { { "elem_type", 1, "int" }, { "shape", 2, "TensorShapeProto" } },
  TensorShapeProto = { { "dim", 1, "TensorShapeProto.Dimension*" } },
  ["TensorShapeProto.Dimension"] = { { "dim_value", 1, "int" }, { "dim_param", 2, "bytes" } },
}

local function field(number, kind, value)
  if kinds[kind] then return kinds[kind](number, value) end
  return kinds.bytes(number, encode.message(kind, value))
end

--- The bytes of a message.
---@param name string
---@param given table   its fields; one that the message has not is an error
---@return string
function encode.message(name, given)
  local out, left = {}, 0
  for _ in pairs(given) do left = left + 1 end
  for _, entry in ipairs(messages[name]) do
    local value, kind = given[entry[1]], entry[3]
    local repeated = kind:match "^(.*)%*$"
    for _, one in ipairs(value ~= nil and (repeated and value or { value }) or {}) do
      out[#out + 1] = field(entry[2], repeated or kind, one)
    end
    if value ~= nil then left = left - 1 end
  end
  check.that(left == 0, "%s: a field that it has not", name)
  return table.concat(out)
end

return encode
