--- joblib's files: a pickle in which the numbers of each array lie after a small object that
--- announces them, from joblib 1.2 on aligned to 16 bytes of the stream that is not compressed.
---
---     machine.read(reader, names.with(joblib.names))
local arrays = require "mah.exchange.pickle.arrays"
local machine = require "mah.exchange.pickle.machine"
local values = require "mah.exchange.pickle.values"

--- The bytes between the object and the numbers: their count, and as many.
local function skip_padding(m)
  local n = m.reader:u8()
  m.reader:skip(n, "the padding of an array")
end

--- The state of the wrapper says what follows; the wrapper becomes the array, so that whoever
--- remembers it has the array, too.
machine.builds("wrapper", function(m, array, state)
  m:check(values.is(state, "dict"), "the state of an array is %s", values.show(state))
  local s = state.of
  local dtype = m:check(values.is(s.dtype, "dtype") and s.dtype, "an array of dtype %s",
    values.show(s.dtype))
  local shape = arrays.shape_of(m, s.shape)
  array.kind = "array"
  if dtype.letter == "O" then
    local inner = m:nested()
    m:check(values.is(inner, "array"), "%s where an array of objects is expected",
      values.show(inner))
    array.shape, array.type, array.list, array.tensor = inner.shape, inner.type, inner.list,
      inner.tensor
    return
  end
  if values.plain(s.numpy_array_alignment_bytes) then skip_padding(m) end
  arrays.read(m, m.reader, array, dtype, shape, s.order == "F")
end)

local function refuse_old(m)
  m:fail "its arrays are in other files, as joblib before 0.10 wrote them; joblib.dump it again"
end

local joblib = { names = { ["joblib.numpy_pickle.NumpyArrayWrapper"] = function()
  return { kind = "wrapper" }
end } }

for _, name in ipairs { "NDArrayWrapper", "ZNDArrayWrapper" } do
  joblib.names["joblib.numpy_pickle." .. name] = refuse_old
  joblib.names["joblib.numpy_pickle_compat." .. name] = refuse_old
end

return joblib
