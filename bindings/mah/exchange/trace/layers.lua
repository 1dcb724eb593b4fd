--- Records of mah.nn's layers that are one operation each on the tape, as nodes:
--- translators.layer_norm(t, k) -> entry (context.lua).
local C = require "mah.base.library"
local activations = require "mah.learn.activation"

local translators = {}

--- The number of the last dimension among an entry's sizes; it must not be that of the rows.
local function last_of(t, k, a)
  local last = #a.sizes
  if last == 0 or a.fused and last == 1 then
    t:fail(k, "it mixes rows; each must be computed by itself")
  end
  return last
end

-- -- Activations ----------------------------------------------------------------------------------

for name in pairs(activations.hidden) do
  translators[name] = function(t, k)
    local value = t:cast(t:operand(k, "a").value, t:dtype(k))
    return t:entry(k, t:node("activation", { value }, { name = name }))
  end
end

-- -- Norms ----------------------------------------------------------------------------------------

--- x op one of the operands, constant or not; x where that is none.
local function with(t, k, op, x, name, sizes, dtype)
  if not t:records(k)[name] then return x end
  local operand = t:operand(k, name)
  if operand.constant == nil then return t:node(op, { x, t:spread(operand, sizes, dtype) }) end
  return t:node(op, { x }, { by = t:list(k, operand.constant, sizes) })
end

--- (x - mean) / sqrt(variance + eps) weight + bias along the last dimension.
function translators.layer_norm(t, k)
  local a, dtype = t:operand(k, "a"), t:dtype(k)
  local count = a.sizes[last_of(t, k, a)]
  local groups = { outer = a.value.width / count, count = count, inner = 1 }
  local function grouped(op, value, name)
    return t:node(op, { value }, { outer = groups.outer, count = count, inner = 1, name = name })
  end
  local centred = grouped("centre", t:cast(a.value, dtype))
  local variance = grouped("reduce", t:node("mul", { centred, centred }), "mean")
  local scale = t:node("unary", { t:node("add", { variance }, { by = t:setting(k, "d") }) },
    { name = "sqrt" })
  local kept = { unpack(a.sizes) }
  kept[#kept] = 1
  scale = t:spread({ value = scale, sizes = kept }, a.sizes)
  local value = t:node("div", { centred, scale })
  value = with(t, k, "mul", value, "b", a.sizes, dtype)
  return t:entry(k, with(t, k, "add", value, "c", a.sizes, dtype))
end

--- With the batch's own statistics.
function translators.batch_norm(t, k)
  t:fail(k, "the mean and variance of a batch mix its rows; with running_mean and running_var it "
    .. "can be written")
end

-- -- Gates and tables -----------------------------------------------------------------------------

--- a sigmoid(b), or a b sigmoid(b), of the halves of the last dimension.
function translators.glu(t, k)
  local a = t:operand(k, "a")
  local last = last_of(t, k, a)
  local half = a.sizes[last] / 2
  local numbers, places = t.numbered(a.sizes), {}
  for i = 1, 2 do places[i] = t.flat(numbers:narrow(last, (i - 1) * half + 1, half)) end
  local value = t:cast(a.value, t:dtype(k))
  local x, gate = t:chosen(value, places[1]), t:chosen(value, places[2])
  local share = t:node("unary", { gate }, { name = "sigmoid" })
  if t:setting(k, "b") ~= C.MAH_GATE_SIGMOID then x = t:node("mul", { x, gate }) end
  return t:entry(k, t:node("mul", { x, share }))
end

--- Rows of a table of parameters at codes from 0.
function translators.embedding(t, k)
  local table_, codes = t:operand(k, "a"), t:operand(k, "b")
  if table_.constant == nil then
    t:fail(k, "only rows of parameters can be looked up by what is in x")
  end
  return t:entry(k, t:node("lookup", { t:cast(codes.value, "float64") },
    { weight = table_.constant, first = 0 }))
end

return translators
