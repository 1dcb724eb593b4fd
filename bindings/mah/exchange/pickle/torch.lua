--- PyTorch's tensors in pickles: a storage, which lies outside of the pickle, and the place, the
--- sizes and the strides of a tensor in it. Several may share one.
---
---     machine.read(reader, names.with(torch.names), { persistent = torch.storages(load) })
---
--- load: function(key) -> the storage's bytes.
local arrays = require "mah.exchange.pickle.arrays"
local bytes = require "mah.exchange.bytes"
local strided = require "mah.exchange.strided"
local values = require "mah.exchange.pickle.values"

local torch = { names = {} }

--- NumPy's names of the elements; the order of bytes comes in front.
local types = { Float = "f4", Double = "f8", Half = "f2", BFloat16 = "bf", Long = "i8", Int = "i4",
  Short = "i2", Char = "i1", Byte = "u1", Bool = "b1" }

for name in pairs(types) do torch.names[("torch.%sStorage"):format(name)] = true end
for name in ("float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 bool"):gmatch "%S+" do
  torch.names["torch." .. name] = true
end

-- -- Storages -------------------------------------------------------------------------------------

--- What makes storages of ("storage", class, key, device, elements).
---@param load fun(key: string): string
---@param big boolean|nil   are numbers big-endian?
---@return fun(m: table, id: any): table
function torch.storages(load, big)
  local known = {}
  return function(m, id)
    m:check(values.is(id, "tuple") and id.n >= 5 and id[1] == "storage"
      and values.is(id[2], "class") and type(id[3]) == "string", "it wants %s from outside of it",
      values.show(id))
    local type = types[id[2].name:match "^torch%.(%w+)Storage$"]
    m:check(type, "a storage of %s", id[2].name)
    if known[id[3]] then return known[id[3]] end
    local raw = bytes.reader(load(id[3]), m.reader.name .. ": storage " .. id[3])
    local count = math.floor(#raw.text / tonumber(type:match "%d" or 2))
    m:check(id[5] == count, "storage %s has %d elements; the file has %d", id[3], id[5] == id[5]
      and tonumber(id[5]) or 0, count)
    m:charge(8 * count)
    local dtype = (big and ">" or "<") .. type
    known[id[3]] = { kind = "storage", count = count, type = dtype,
      tensor = raw:tensor(dtype, { count }) }
    return known[id[3]]
  end
end

-- -- Tensors --------------------------------------------------------------------------------------

--- A tensor of its own, row major; what is copied for that counts.
local function rebuild(m, args)
  local storage, offset = args[1], args[2]
  m:check(values.is(storage, "storage"), "a tensor of %s", values.show(storage))
  m:check(type(offset) == "number", "a tensor begins at %s", values.show(offset))
  local shape, strides = arrays.shape_of(m, args[3]), arrays.shape_of(m, args[4])
  local view = strided(storage.tensor, shape, strides, offset, m.reader.name)
  if not view:is_contiguous() then m:charge(8 * view:numel()) end
  return { kind = "array", shape = shape, type = storage.type, tensor = view:contiguous() }
end

local function parameter(m, args)
  return m:check(values.is(args[1], "array") and args[1], "a parameter is %s", values.show(args[1]))
end

torch.names["torch._utils._rebuild_tensor"] = rebuild
torch.names["torch._utils._rebuild_tensor_v2"] = rebuild
torch.names["torch._utils._rebuild_parameter"] = parameter
torch.names["torch._utils._rebuild_parameter_with_state"] = parameter
torch.names["torch.Size"] = function(_, args) return args[1] end
torch.names["torch.device"] = function(_, args) return args[1] end

return torch
