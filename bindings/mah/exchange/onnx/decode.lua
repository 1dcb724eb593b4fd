--- Reads the protobuf messages of ONNX that a model needs, within their bounds.
---
---     local model = decode.model(file.read(path), path)
---     for _, node in ipairs(model.graph.nodes) do print(node.op, node.inputs[1]) end
---     local w = decode.tensor(model.reader, model.graph.initializers["fc1.weight"])
---
--- Wire format: protobuf.dev/programming-guides/encoding; fields: onnx/onnx.proto. Fields that are
--- not listed here are skipped. Graphs inside of attributes (If, Loop) are not read, so that
--- messages nest no deeper than the schema does.
local bytes = require "mah.exchange.bytes"
local ffi = require "ffi"

local decode = {}

local VARINT, FIXED64, SPAN, FIXED32 = 0, 1, 2, 5

--- Messages and strings of one file: each takes much more memory here than there.
local MOST_PARTS = 500000

-- -- Messages: field -> {its name, what it holds, "list"} -----------------------------------------

--- int, float, text are values; `span` is a place {from, to}; `spans` a list of those that one
--- after the other are the packed numbers of a repeated field; other words are messages.
local schema = {
  model = {
    [1] = { "ir_version", "int" }, [2] = { "producer_name", "text" }, [7] = { "graph", "graph" },
    [8] = { "opset_import", "opset", "list" }, [14] = { "metadata_props", "entry", "list" },
  },
  opset = { [1] = { "domain", "text" }, [2] = { "version", "int" } },
  entry = { [1] = { "key", "text" }, [2] = { "value", "text" } },
  graph = {
    [1] = { "node", "node", "list" }, [2] = { "name", "text" },
    [5] = { "initializer", "tensor", "list" }, [11] = { "input", "value", "list" },
    [12] = { "output", "value", "list" }, [15] = { "sparse_initializer", "span", "list" },
  },
  node = {
    [1] = { "input", "text", "list" }, [2] = { "output", "text", "list" }, [3] = { "name", "text" },
    [4] = { "op_type", "text" }, [5] = { "attribute", "attribute", "list" },
    [7] = { "domain", "text" },
  },
  attribute = {
    [1] = { "name", "text" }, [2] = { "f", "float" }, [3] = { "i", "int" }, [4] = { "s", "text" },
    [5] = { "t", "tensor" }, [6] = { "g", "span" }, [7] = { "floats", "spans" },
    [8] = { "ints", "spans" }, [9] = { "strings", "text", "list" },
    [10] = { "tensors", "span", "list" }, [11] = { "graphs", "span", "list" },
    [20] = { "type", "int" },
  },
  tensor = {
    [1] = { "dims", "spans" }, [2] = { "data_type", "int" }, [4] = { "float_data", "spans" },
    [5] = { "int32_data", "spans" }, [6] = { "string_data", "text", "list" },
    [7] = { "int64_data", "spans" }, [8] = { "name", "text" }, [9] = { "raw_data", "span" },
    [10] = { "double_data", "spans" }, [11] = { "uint64_data", "spans" },
    [13] = { "external_data", "entry", "list" }, [14] = { "data_location", "int" },
  },
  value = { [1] = { "name", "text" }, [2] = { "type", "type" } },
  type = { [1] = { "tensor_type", "tensor_type" }, [4] = { "sequence_type", "span" } },
  tensor_type = { [1] = { "elem_type", "int" }, [2] = { "shape", "shape" } },
  shape = { [1] = { "dim", "dim", "list" } },
  dim = { [1] = { "dim_value", "int" }, [2] = { "dim_param", "text" } },
}

--- What fields that are lists are where a message has none of them: no list for each message.
local defaults, NONE = {}, {}
for kind, fields in pairs(schema) do
  local lists = {}
  for _, field in pairs(fields) do
    if field[3] or field[2] == "spans" then lists[field[1]] = NONE end
  end
  defaults[kind] = { __index = lists }
end

-- -- The wire -------------------------------------------------------------------------------------

--- 64 bits in pieces of 28, 28 and 8 as a signed number: exact up to 2^53.
local function signed(low, middle, high)
  high = high % 256
  if high < 128 then return (high * 2 ^ 28 + middle) * 2 ^ 28 + low end
  return -((255 - high) * 2 ^ 56 + (2 ^ 28 - 1 - middle) * 2 ^ 28 + (2 ^ 28 - 1 - low)) - 1
end

--- The next varint as an int64.
local function varint(r, stop)
  local text, at = r.text, r.at
  local low, middle, high = 0, 0, 0
  for i = 0, 9 do
    if at >= stop then r:fail "a number is cut off" end
    local byte = text:byte(at + 1)
    local bits = byte % 128
    at = at + 1
    if i < 4 then low = low + bits * 128 ^ i
    elseif i < 8 then middle = middle + bits * 128 ^ (i - 4)
    else high = high + bits * 128 ^ (i - 8) end
    if byte < 128 then
      r.at = at
      return signed(low, middle, high)
    end
  end
  r:fail "a number of more than 10 bytes"
end

--- Goes over a field's content: where it begins and ends.
local function span(r, wire, stop)
  local length = wire == FIXED64 and 8 or wire == FIXED32 and 4
  if wire == SPAN then
    length = varint(r, stop)
  elseif wire == VARINT then
    local from = r.at
    varint(r, stop)
    return from, r.at
  elseif not length then
    r:fail("a field of wire type %d: not a protobuf message of ONNX", wire)
  end
  r:check(length >= 0 and length <= stop - r.at, "a field of %.0f bytes where %d are left", length,
    stop - r.at)
  r.at = r.at + length
  return r.at - length, r.at
end

local message

local wires = { int = VARINT, float = FIXED32 } -- all others: SPAN

--- The value of a field whose content lies from `from` to `to`.
local function value_of(r, kind, from, to, wire)
  r:check(kind == "spans" or wire == (wires[kind] or SPAN), "a field of the wrong wire type %d",
    wire)
  if kind == "spans" or kind == "span" then return { from, to } end
  if kind == "text" then return r.text:sub(from + 1, to) end
  r.at = from
  local value
  if kind == "int" then
    value = varint(r, to)
  elseif kind == "float" then
    value = r:f32()
  else
    value = message(r, kind, to)
  end
  r.at = to
  return value
end

--- The message of that kind from here to `stop`: {field's name = value or list}.
function message(r, kind, stop)
  local fields, out = schema[kind], setmetatable({}, defaults[kind])
  while r.at < stop do
    local key = varint(r, stop)
    local field = fields[math.floor(key / 8)]
    r:check(key >= 8, "a field without a number: not a protobuf message of ONNX")
    local from, to = span(r, key % 8, stop)
    if field then
      local name, value = field[1], value_of(r, field[2], from, to, key % 8)
      r.parts = (r.parts or 0) + 1
      r:check(r.parts <= MOST_PARTS, "more than %d parts: no chain of layers", MOST_PARTS)
      if out[name] == NONE then out[name] = {} end
      if field[3] or field[2] == "spans" then
        table.insert(out[name], value)
      else
        out[name] = value
      end
    end
  end
  return out
end

--- The bytes of spans, one after the other.
local function bytes_of(r, spans)
  local pieces = {}
  for i, place in ipairs(spans) do pieces[i] = r.text:sub(place[1] + 1, place[2]) end
  return table.concat(pieces)
end

--- Packed varints as a list: of sizes and attributes, not of data.
local function integers(r, spans)
  local list = {}
  for _, place in ipairs(spans) do
    r.at = place[1]
    while r.at < place[2] do list[#list + 1] = varint(r, place[2]) end
  end
  return list
end

local function floats(r, spans)
  local inner = bytes.reader(bytes_of(r, spans), r.name)
  local list = {}
  for i = 1, math.floor(inner:left() / 4) do list[i] = inner:f32() end
  return list
end

-- -- Tensors --------------------------------------------------------------------------------------

--- ONNX's number of a type -> its name, NumPy's, where its elements lie unless in raw_data, and
--- C's type there.
local types = {
  { "FLOAT", "<f4", "float_data" }, { "UINT8", "|u1", "int32_data", "uint8_t[?]" },
  { "INT8", "|i1", "int32_data", "int8_t[?]" }, { "UINT16", "<u2", "int32_data", "uint16_t[?]" },
  { "INT16", "<i2", "int32_data", "int16_t[?]" }, { "INT32", "<i4", "int32_data", "int32_t[?]" },
  { "INT64", "<i8", "int64_data", "int64_t[?]" }, { "STRING" },
  { "BOOL", "|b1", "int32_data", "uint8_t[?]" }, { "FLOAT16", "<f2", "int32_data", "uint16_t[?]" },
  { "DOUBLE", "<f8", "double_data" }, { "UINT32", "<u4", "uint64_data", "uint32_t[?]" },
  { "UINT64", "<u8", "uint64_data", "int64_t[?]" }, { "COMPLEX64" }, { "COMPLEX128" },
  { "BFLOAT16", "<bf", "int32_data", "uint16_t[?]" }, { "FLOAT8E4M3FN" }, { "FLOAT8E4M3FNUZ" },
  { "FLOAT8E5M2" }, { "FLOAT8E5M2FNUZ" }, { "UINT4" }, { "INT4" }, { "FLOAT4E2M1" },
}

--- ONNX's name of an element type.
---@param number integer|nil
---@return string
function decode.type_name(number)
  return types[number] and types[number][1] or ("type %s"):format(tostring(number))
end

--- Varints as C's integers, one after the other.
local function repacked(r, spans, ctype)
  local inner = bytes.reader(bytes_of(r, spans), r.name)
  local _, count = inner.text:gsub("[%z\1-\127]", "") -- each varint's last byte
  local packed, size = ffi.new(ctype, count), ffi.sizeof(ctype, 1)
  for i = 0, count - 1 do packed[i] = varint(inner, #inner.text) end
  return ffi.string(packed, count * size)
end

--- Complains of a tensor, with its name.
local function refuse(r, t, text, ...)
  r:fail("tensor '%.80s': " .. text, t.name or "", ...)
end

local function count_of(r, t, dims)
  local count = 1
  for _, extent in ipairs(dims) do
    if extent < 0 then refuse(r, t, "a size of %.0f", extent) end
    count = count * extent
  end
  return count
end

local function strings_of(r, t, dims)
  if #t.string_data ~= count_of(r, t, dims) then
    refuse(r, t, "%d strings for %.0f elements", #t.string_data, count_of(r, t, dims))
  end
  return { strings = t.string_data, shape = dims }
end

--- A TensorProto as a tensor; its strings as {strings = list, shape = sizes}. FLOAT16 and BFLOAT16
--- become float32, small integers int32 (core/data/elements.h).
---@param r mah.Reader   the model's
---@param t table        the message
---@return tensor|table
function decode.tensor(r, t)
  local dims, type = integers(r, t.dims), types[t.data_type]
  if t.data_location == 1 or #t.external_data > 0 then
    refuse(r, t, "its numbers lie in another file; save the model with its data inside")
  end
  if type and type[1] == "STRING" then return strings_of(r, t, dims) end
  if not (type and type[2]) then
    refuse(r, t, "elements of type %s", decode.type_name(t.data_type))
  end
  local inner, count = r, count_of(r, t, dims)
  local size
  if t.raw_data then
    r.at, size = t.raw_data[1], t.raw_data[2] - t.raw_data[1]
  else
    local spans = t[type[3]]
    inner = bytes.reader(type[4] and repacked(r, spans, type[4]) or bytes_of(r, spans), r.name)
    size = #inner.text
  end
  local width = type[2] == "<bf" and 2 or tonumber(type[2]:sub(3))
  if size ~= count * width then
    refuse(r, t, "%.0f elements of %d bytes, and there are %d bytes", count, width, size)
  end
  if inner:left() == 0 then inner = bytes.reader("\0", r.name) end -- no elements
  return inner:tensor(type[2], dims)
end

-- -- Models ---------------------------------------------------------------------------------------

--- AttributeProto.type -> the field
local attribute_fields = { "f", "i", "s", "t", "g", "floats", "ints", "strings", "tensors",
  "graphs" }

--- What an attribute says: a number, a string, a list of these, a TensorProto, or {graph = true}.
local function attribute_value(r, a)
  local field = attribute_fields[a.type]
  for _, name in ipairs(field and {} or { "f", "i", "s", "t", "g" }) do
    if a[name] ~= nil then field = name end
  end
  for _, name in ipairs(field and {} or { "floats", "ints", "strings", "graphs", "tensors" }) do
    if a[name][1] then field = name end
  end
  if field == "ints" then return integers(r, a.ints) end
  if field == "floats" then return floats(r, a.floats) end
  if field == "g" or field == "graphs" or field == "tensors" then return { graph = true } end
  if field == "s" then return a.s or "" end
  if field == "f" or field == "i" then return a[field] or 0 end
  return field and a[field]
end

local function node_of(r, n)
  local node = { name = n.name or "", op = n.op_type or "", domain = n.domain or "",
    inputs = n.input, outputs = n.output, attributes = {} }
  if node.domain == "ai.onnx" then node.domain = "" end
  for _, a in ipairs(n.attribute) do node.attributes[a.name or ""] = attribute_value(r, a) end
  return node
end

--- {name =, dims = {number, or false where it is free} or nil, type = of its elements}
local function value_info(v)
  local of = v.type and v.type.tensor_type
  local dims = of and of.shape and {}
  for i, dim in ipairs(dims and of.shape.dim or {}) do dims[i] = dim.dim_value or false end
  return { name = v.name or "", dims = dims, type = of and of.elem_type }
end

local function each(list, f)
  local out = {}
  for i, entry in ipairs(list) do out[i] = f(entry) end
  return out
end

local function graph_of(r, g)
  local graph = { name = g.name, initializers = {}, inputs = each(g.input, value_info),
    outputs = each(g.output, value_info),
    nodes = each(g.node, function(n) return node_of(r, n) end) }
  r:check(#g.sparse_initializer == 0, "the graph has sparse initializers")
  for _, t in ipairs(g.initializer) do graph.initializers[t.name or ""] = t end
  return graph
end

--- A whole file.
---@param text string
---@param name string   of the file, for messages
---@return {graph: table, opsets: table, metadata: table, producer: string, reader: mah.Reader}
function decode.model(text, name)
  local r = bytes.reader(text, name)
  local m = message(r, "model", #text)
  r:check(m.graph, "there is no graph in it")
  local model = { graph = graph_of(r, m.graph), opsets = {}, metadata = {},
    producer = m.producer_name or "", reader = r }
  for _, o in ipairs(m.opset_import) do
    local domain = o.domain == "ai.onnx" and "" or o.domain or ""
    model.opsets[domain] = o.version or 0
  end
  for _, entry in ipairs(m.metadata_props) do
    model.metadata[entry.key or ""] = entry.value or ""
  end
  return model
end

--- A file that holds one TensorProto.
---@param text string
---@param name string   of the file, for messages
---@return tensor|table, string tensor_name
function decode.tensor_file(text, name)
  local r = bytes.reader(text, name)
  local t = message(r, "tensor", #text)
  return decode.tensor(r, t), t.name or ""
end

--- ModelProto's fields and their wire types.
local model_wires = { [1] = VARINT, [2] = SPAN, [3] = SPAN, [4] = SPAN, [5] = VARINT, [6] = SPAN,
  [7] = SPAN, [8] = SPAN, [14] = SPAN, [20] = SPAN, [25] = SPAN }

--- Does a file that begins with `head` look like a ModelProto? Its fields do until the graph comes,
--- or one that is longer than the head, as a long doc_string.
---@param head string
---@return boolean
function decode.knows(head)
  local r, has_version = bytes.reader(head, "head"), false
  return (pcall(function()
    while true do
      local key = varint(r, #head)
      local field, wire = math.floor(key / 8), key % 8
      r:check(model_wires[field] == wire, "another field")
      if field == 1 then
        local version = varint(r, #head)
        has_version = r:check(version >= 1 and version < 1000, "another version")
      elseif field == 7 then
        varint(r, #head)
        return r:check(has_version or r:left() == 0, "no version")
      elseif wire == SPAN and has_version then
        local length = varint(r, #head)
        if length >= r:left() then return end
        r:skip(length)
      else
        span(r, wire, #head)
      end
    end
  end))
end

return decode
