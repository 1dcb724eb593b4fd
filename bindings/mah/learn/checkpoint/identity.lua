--- What a training begins with, as a text: a checkpoint is of no other one. Data are told apart by
--- their shapes and a sample of their rows, weights by all their bits.
---
---     identity.of(trainer)      --> "network 3 -> 2 softmax, 8 parameters float32 ..."
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local ffi = require "ffi"
local shards = require "mah.data.shard"
local sparse = require "mah.data.sparse"

local identity = {}

local WHOLE = 2 ^ 20 -- bytes of a tensor that are all looked at
local PLACES, ROWS_BYTES = 16, 2 ^ 14 -- of a larger one: so many places, so much of each

local crc_out = ffi.new "uint32_t[1]"

local function crc(t)
  check.status(C.mah_tensor_crc(crc_out, t:contiguous()))
  return ("%08x"):format(crc_out[0])
end

--- A sum that tells tensors of other bits apart.
---@param t tensor
---@return string
function identity.sum(t)
  return t:numel() > 0 and crc(t) or "empty"
end

--- The same of some of its rows.
local function sample(t)
  local rows = t.shape[1] or 1
  local bytes = t:numel() * tonumber(C.mah_dtype_size(t.elem))
  if bytes <= WHOLE or rows < PLACES then return identity.sum(t) end
  local sums, count = {}, math.max(1, math.floor(ROWS_BYTES / (bytes / rows)))
  count = math.min(count, math.floor(rows / PLACES))
  for i = 1, PLACES do
    local first = math.floor((i - 1) * (rows - count) / (PLACES - 1)) + 1
    sums[i] = crc(t:narrow(1, first, count))
  end
  return table.concat(sums)
end

local of_data

--- Several tensors, by name.
local function of_several(t)
  local keys, texts = {}, {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for i, key in ipairs(keys) do texts[i] = ("%s: %s"):format(tostring(key), of_data(t[key])) end
  return table.concat(texts, ", ")
end

function of_data(x)
  if x == nil then return "none" end
  if type(x) == "table" and not getmetatable(x) then return of_several(x) end
  if shards.is(x) then return ("%d of %s %d"):format(#x, x.dtype, x.shape[2]) end -- as on all ranks
  if sparse.is(x) then
    local fields = sparse.fields(x)
    return ("sparse %d %s %s %s"):format(fields.columns, of_data(fields.start),
      of_data(fields.column), of_data(fields.value))
  end
  return Type.describe(x) .. " " .. sample(x)
end

local function of_set(set)
  if not set then return "none" end
  return ("%s, %s, %s"):format(of_data(set.x), of_data(set.y), of_data(set.weight))
end

--- The name and the numbers of a solver of ours; of another one we know nothing.
local function of_solver(solver)
  if type(solver) ~= "table" or not solver.name then return "of the user's own" end
  local names, texts = {}, { solver.name }
  for name, value in pairs(solver) do
    if type(value) == "number" then names[#names + 1] = name end
  end
  table.sort(names)
  for i, name in ipairs(names) do texts[i + 1] = ("%s=%.17g"):format(name, solver[name]) end
  return table.concat(texts, " ")
end

local function of_settings(o, around)
  local text, more = "batches of %d%s, l1 %.17g, l2 %.17g, clip %s %s, max_iter %s%s",
    around:describe(o)
  text = text:format(o.batch_size, o.shuffle and ", shuffled" or "", o.l1, o.l2,
    tostring(o.clip_norm), tostring(o.clip_value), tostring(o.max_iter),
    o.sums_outputs and ", summed" or "")
  if (o.accumulate or 1) > 1 then text = ("%s, %d to a step"):format(text, o.accumulate) end
  return more ~= "" and text .. ", " .. more or text
end

--- The generator's next numbers stand for its state.
local function of_generator(rng)
  rng = rng:clone()
  return ("%s %d %d"):format(rng.kind, rng:u32(), rng:u32())
end

---@param trainer table
---@return string
function identity.of(trainer)
  local net, batch = trainer.net, trainer.batch
  return table.concat({
    ("network %s, %s, %s, inputs times %.17g, weights %s"):format(tostring(net), net.dtype,
      net.loss_function, net.input_scale, identity.sum(net.params)
        .. (net.buffers and ", " .. identity.sum(net.buffers) or "")),
    "data " .. of_set(trainer.data),
    "order " .. of_data(trainer.order),
    "validation " .. of_set(trainer.validation),
    "solver " .. of_solver(trainer.settings.solver),
    "settings " .. of_settings(trainer.settings, trainer.around),
    ("generator %s, masks %d %d, from epoch %d on"):format(of_generator(trainer.rng),
      tonumber(batch.seed), tonumber(batch.step), trainer.epoch),
  }, "; ")
end

return identity
