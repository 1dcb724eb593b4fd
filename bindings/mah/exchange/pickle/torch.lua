--- PyTorch's tensors in pickles: a storage, which lies outside of the pickle, and the place, the
--- sizes and the strides of a tensor in it. Several may share one.
---
---     machine.read(reader, names.with(torch.names), { persistent = torch.storages(load) })
---
--- load: function(key) -> the storage's bytes.
local arrays = require "mah.exchange.pickle.arrays"
local bytes = require "mah.exchange.bytes"
local tensor = require "mah.tensor"
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

local function is_contiguous(shape, strides)
  local expected = 1
  for d = #shape, 1, -1 do
    if shape[d] ~= 1 and strides[d] ~= expected then return false end
    expected = expected * shape[d]
  end
  return true
end

--- The places, from 1, of a view's elements, row by row.
local function places_of(shape, strides, offset, count)
  local out, index, place = tensor.empty(count, { dtype = "int32" }), {}, offset + 1
  for d = 1, #shape do index[d] = 0 end
  for i = 1, count do
    out[i] = place
    local d = #shape
    while d > 0 do
      index[d], place = index[d] + 1, place + strides[d]
      if index[d] < shape[d] then break end
      place, index[d] = place - shape[d] * strides[d], 0
      d = d - 1
    end
  end
  return out
end

--- The sizes and strides of a tensor, which must lie in its storage.
local function layout(m, storage, offset, size, stride)
  local shape, strides, count = arrays.shape_of(m, size), arrays.shape_of(m, stride), 1
  m:check(#shape == #strides, "a tensor with %d sizes and %d strides", #shape, #strides)
  m:check(type(offset) == "number" and offset >= 0 and offset % 1 == 0, "a tensor begins at %s",
    values.show(offset))
  local last = offset
  for d = 1, #shape do
    count, last = count * shape[d], last + (shape[d] - 1) * strides[d]
  end
  m:check(count == 0 or last < storage.count, "a tensor reaches to element %.0f of %d of its "
    .. "storage", last + 1, storage.count)
  return shape, strides, count
end

local function rebuild(m, args)
  local storage = args[1]
  m:check(values.is(storage, "storage"), "a tensor of %s", values.show(storage))
  local shape, strides, count = layout(m, storage, args[2], args[3], args[4])
  local out = { kind = "array", shape = shape, type = storage.type }
  if count > 0 and is_contiguous(shape, strides) then
    out.tensor = storage.tensor:narrow(1, args[2] + 1, count)
  else
    m:charge(12 * count)
    m:check(count < 2 ^ 31, "a tensor of %.0f elements", count)
    local places = places_of(shape, strides, args[2], count)
    out.tensor = count > 0 and storage.tensor:index_select(1, places)
      or tensor.zeros(0, { dtype = storage.tensor.dtype })
  end
  out.tensor = #shape == 0 and out.tensor:squeeze(1) or out.tensor:reshape(unpack(shape))
  return out
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
