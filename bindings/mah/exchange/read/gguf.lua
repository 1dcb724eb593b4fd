--- ggml's MNIST example with dense layers (mnist-fc) from a GGUF file: version 2 or 3, of either
--- byte order, weights of F32, F16, BF16 or F64.
---
---     local net = mah.load "mnist-fc-f32.gguf"       -- x in [0, 1]; logits, as in ggml
---     local clf = mah.load("mnist-fc-f32.gguf", { classes = mah.arange(0, 9) })    -- an estimator
---
--- Other architectures and quantised weights are refused by their names. Layout: ggml-org/ggml,
--- docs/gguf.md and src/gguf.cpp.
local bytes = require "mah.exchange.bytes"
local chain = require "mah.exchange.chain"
local check = require "mah.base.check"
local file = require "mah.base.file"
local options_of = require "mah.exchange.given"

local gguf = { name = "GGUF" }

local ARCHITECTURE, MOST_DEPTH = "mnist-fc", 8

function gguf.knows(head) return head:sub(1, 4) == "GGUF" or head:sub(1, 4) == "lmgg" end

-- -- Values ---------------------------------------------------------------------------------------

local function read_string(r) return r:take(r:u64(), "a string") end

local read_value

--- Arrays are only skipped; each element takes at least one byte.
local function skip_array(r, depth)
  local kind, count = r:u32(), r:u64()
  r:check(depth < MOST_DEPTH, "more than %d arrays in one another", MOST_DEPTH)
  r:need(count, "an array")
  for _ = 1, count do read_value(r, kind, depth + 1) end
end

local function method(name) return function(r) return r[name](r) end end

local function skip_long(r) return r:skip(8) end

local readers = { [0] = method "u8", method "i8", method "u16", method "i16", method "u32",
  method "i32", method "f32", method "u8", read_string, skip_array, skip_long, skip_long,
  method "f64" }

function read_value(r, kind, depth)
  local read = r:check(readers[kind], "a value of type %d, which GGUF does not have", kind)
  return read(r, depth)
end

local function read_pairs(r, count)
  local values = {}
  r:need(count * 13, "a list of values")
  for _ = 1, count do
    local key = read_string(r)
    values[key] = read_value(r, r:u32(), 0)
  end
  return values
end

-- -- Tensors --------------------------------------------------------------------------------------

--- What can be read, as elements of core/data/elements.h, and the names of what cannot.
local types = { [0] = "f4", [1] = "f2", [28] = "f8", [30] = "bf" }
local other_types = { [2] = "Q4_0", [3] = "Q4_1", [6] = "Q5_0", [7] = "Q5_1", [8] = "Q8_0",
  [9] = "Q8_1", [10] = "Q2_K", [11] = "Q3_K", [12] = "Q4_K", [13] = "Q5_K", [14] = "Q6_K",
  [15] = "Q8_K", [16] = "IQ2_XXS", [17] = "IQ2_XS", [18] = "IQ3_XXS", [19] = "IQ1_S",
  [20] = "IQ4_NL", [21] = "IQ3_S", [22] = "IQ2_S", [23] = "IQ4_XS", [24] = "I8", [25] = "I16",
  [26] = "I32", [27] = "I64", [29] = "IQ1_M", [34] = "TQ1_0", [35] = "TQ2_0", [39] = "MXFP4" }

---@return {name: string, shape: integer[], type: string, offset: number}
local function read_info(r)
  local info = { name = read_string(r), shape = {} }
  local ndim = r:u32()
  r:check(ndim >= 1 and ndim <= 4, "tensor %s: %d dimensions; ggml has 1 to 4",
    check.show(info.name), ndim)
  for _ = 1, ndim do table.insert(info.shape, 1, r:u64()) end -- the fastest comes first
  local kind = r:u32()
  if not types[kind] then
    r:fail("tensor %s has elements of type %s; F32, F16, BF16 and F64 can be read: write the file "
      .. "anew without quantising it",
      check.show(info.name), other_types[kind] or tostring(kind))
  end
  info.type, info.offset = types[kind], r:u64()
  return info
end

--- By name. The data begin at the next multiple of the alignment.
local function read_tensors(r, count, alignment)
  local infos, tensors = {}, {}
  r:need(count * 32, "a list of tensors")
  for i = 1, count do infos[i] = read_info(r) end
  local start = math.ceil(r.at / alignment) * alignment
  for _, info in ipairs(infos) do
    r:check(not tensors[info.name], "there are two tensors %s", check.show(info.name))
    r:check(info.offset % alignment == 0, "tensor %s: the offset %.0f is no multiple of %d",
      check.show(info.name), info.offset, alignment)
    r:check(start + info.offset >= r.at, "tensor %s begins within the one before",
      check.show(info.name))
    r:seek(start + info.offset)
    tensors[info.name] = r:tensor((r.big and ">" or "<") .. info.type, info.shape)
  end
  return tensors
end

-- -- Files ----------------------------------------------------------------------------------------

local function read_version(r)
  r:check(r:take(4) == "GGUF", "a file of ggml before GGUF (2023), which had other layouts; "
    .. "convert it with a program of that time")
  local version = r:u32()
  if version % 2 ^ 16 == 0 then -- in the other byte order
    r.big, r.at = true, 4
    version = r:u32()
  end
  r:check(version == 2 or version == 3, "version %d of GGUF; 2 and 3 can be read%s", version,
    version == 1 and " (convert the model anew with today's ggml)" or "")
end

local function read_alignment(r, values)
  local alignment = values["general.alignment"] or 32
  local is_power = type(alignment) == "number" and alignment >= 1 and alignment <= 2 ^ 20
    and math.frexp(alignment) == 0.5
  return r:check(is_power and alignment, "general.alignment is %s, and no power of two",
    check.show(alignment))
end

local function check_architecture(values, path)
  local found = values["general.architecture"]
  check.that(found == ARCHITECTURE, "%s: a model of the architecture %s; of GGUF files Mah reads "
    .. "%s, ggml's MNIST example with dense layers. Others come as .safetensors, .onnx or .npy",
    path, check.show(found), ARCHITECTURE)
end

--- fc1, relu, fc2 and so on.
local function steps_of(tensors, path)
  local steps, count = {}, 0
  for _ in pairs(tensors) do count = count + 1 end
  for layer = 1, math.ceil(count / 2) do
    local name = "fc" .. layer
    local weight, bias = tensors[name .. ".weight"], tensors[name .. ".bias"]
    check.that(weight and bias and weight.ndim == 2 and bias.ndim == 1,
      "%s: the layer %s is incomplete: %s.weight, a matrix, and %s.bias, a vector, are expected",
      path, name, name, name)
    if layer > 1 then steps[#steps + 1] = { kind = "activation", name = "relu" } end
    steps[#steps + 1] = { kind = "linear", weight = weight:t():contiguous(), bias = bias,
      name = name }
  end
  return steps
end

---@param path string
---@param given {classes: table?, regression: boolean?}|nil   of the estimator that it becomes
---@return table   network or estimator
function gguf.read(path, given)
  local o = options_of(given, { "classes", "regression" }, path, "GGUF")
  local r = bytes.reader(file.read(path), path)
  read_version(r)
  local tensor_count, pair_count = r:u64(), r:u64()
  local values = read_pairs(r, pair_count)
  check_architecture(values, path)
  local tensors = read_tensors(r, tensor_count, read_alignment(r, values))
  return chain.model(steps_of(tensors, path),
    { where = path, classes = o.classes, regression = o.regression })
end

return gguf
