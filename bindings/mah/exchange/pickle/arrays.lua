--- NumPy's arrays, dtypes and scalars as pickles hold them.
---
---     local dtype = arrays.dtype(m, "f8")           -- m: who complains and counts memory
---     arrays.read(m, reader, array, dtype, { 2, 3 }, true)     -- Fortran's order
---
--- Numbers become tensors (array.tensor), strings and objects lists, row by row (array.list).
local bytes = require "mah.exchange.bytes"
local machine = require "mah.exchange.pickle.machine"
local tensor = require "mah.tensor"
local text = require "mah.exchange.pickle.text"
local values = require "mah.exchange.pickle.values"

local arrays = {}

local WIDEST = 8 -- bytes of an element of a tensor
local ENTRY = 16 -- of a list

local kinds = { f = "numbers", i = "numbers", u = "numbers", b = "numbers", U = "text",
  S = "bytes", O = "objects" }
local refused = { c = "complex numbers", V = "records", M = "dates", m = "durations" }

---@param m table
---@param descr any   "f8", "<U10", "O" ...
function arrays.dtype(m, descr)
  local order, letter, size = tostring(descr):match "^([<>|=]?)(%a)(%d*)$"
  if letter == "?" then letter, size = "b", "1" end
  m:check(letter and (kinds[letter] or refused[letter]), "elements of type %s", values.show(descr))
  m:check(kinds[letter], "elements of type %s, which are %s; a model has none", descr,
    refused[letter])
  m:check(letter == "O" or tonumber(size), "elements of type %s", descr)
  return { kind = "dtype", letter = letter, size = tonumber(size) or 8,
    order = order == ">" and ">" or "<" }
end

--- NumPy's name of a type: "<f8".
local function name_of(dtype) return dtype.order .. dtype.letter .. dtype.size end

-- -- Elements -------------------------------------------------------------------------------------

local function check_shape(m, shape)
  local count = 1
  m:check(#shape <= 8, "an array of %d dimensions; a tensor has at most 8", #shape)
  for _, extent in ipairs(shape) do
    m:check(type(extent) == "number" and extent >= 0 and extent % 1 == 0 and extent < 2 ^ 53,
      "an array with a size of %s", values.show(extent))
    count = count * extent
  end
  return count
end

local function reversed(list)
  local out = {}
  for i = 1, #list do out[i] = list[#list + 1 - i] end
  return out
end

--- From Fortran's order: the reversed shape's tensor, with its dimensions turned around.
local function turned(t)
  local order = {}
  for d = 1, t.ndim do order[d] = t.ndim + 1 - d end
  return t:permute(unpack(order)):contiguous()
end

--- A list in Fortran's order, row by row.
local function turned_list(list, shape)
  if #shape < 2 or #list == 0 then return list end
  local places = tensor.arange(1, #list):int():reshape(unpack(reversed(shape)))
  local out, order = {}, turned(places):reshape(#list)
  for i = 1, #list do out[i] = list[order[i]] end
  return out
end

--- The text of n UTF-32 characters, without the zeros at the end.
local function utf32(m, reader, n)
  local parts = {}
  for i = 1, n do
    local code = reader:u32()
    parts[i] = m:check(text.utf8(code), "there is no character %.0f", code)
  end
  while parts[n] == "\0" do
    parts[n] = nil
    n = n - 1
  end
  return table.concat(parts)
end

local function strings(m, reader, dtype, count)
  local list, size = {}, dtype.letter == "U" and 4 * dtype.size or dtype.size
  m:charge(count * (ENTRY + size))
  reader:need(count * size, "an array of strings")
  local part = bytes.reader(reader.text, reader.name, dtype.order == ">")
  part.at = reader.at
  for i = 1, count do
    list[i] = dtype.letter == "U" and utf32(m, part, dtype.size)
      or part:take(dtype.size):gsub("%z+$", "")
  end
  reader.at = part.at
  return list
end

--- Fills the array with what comes next in the reader; nothing is allocated before it is there.
---@param m table
---@param reader mah.Reader
---@param array table
---@param dtype table
---@param shape integer[]
---@param fortran boolean
function arrays.read(m, reader, array, dtype, shape, fortran)
  local count = check_shape(m, shape)
  m:check(dtype.letter ~= "O", "an array of objects, which are elsewhere")
  array.shape, array.type = shape, name_of(dtype)
  if kinds[dtype.letter] == "numbers" then
    m:charge(count * WIDEST)
    local t = reader:tensor(array.type, fortran and reversed(shape) or shape)
    array.tensor, array.list = fortran and #shape > 1 and turned(t) or t, nil
  else
    local list = strings(m, reader, dtype, count)
    array.list, array.tensor = fortran and turned_list(list, shape) or list, nil
  end
  return array
end

--- Fills the array with a list of Python's values.
function arrays.of_list(m, array, dtype, shape, list, fortran)
  local count = check_shape(m, shape)
  m:check(values.is(list, "list") and list.n == count, "an array of %.0f objects has %s", count,
    values.is(list, "list") and tostring(list.n) or values.show(list))
  m:charge(count * ENTRY)
  local items = {}
  for i = 1, count do items[i] = list[i] end
  array.shape, array.type = shape, name_of(dtype)
  array.list, array.tensor = fortran and turned_list(items, shape) or items, nil
  return array
end

-- -- As pickles spell them ------------------------------------------------------------------------

local function shape_of(m, value)
  if type(value) == "number" then return { value } end
  m:check(values.is(value, "tuple"), "a shape is %s", values.show(value))
  local shape = {}
  for d = 1, value.n do shape[d] = value[d] end
  check_shape(m, shape)
  return shape
end
arrays.shape_of = shape_of

function arrays.new() return { kind = "array", shape = { 0 }, list = {} } end

local function expect_dtype(m, value)
  return m:check(values.is(value, "dtype") and value, "%s is no dtype", values.show(value))
end

--- numpy.dtype("f8", False, True); its byte order comes as a state.
local function make_dtype(m, args) return arrays.dtype(m, args[1]) end

machine.builds("dtype", function(m, dtype, state)
  m:check(values.is(state, "tuple"), "the state of a dtype is %s", values.show(state))
  if state[2] == ">" then dtype.order = ">" end
end)

--- The state of an array: (version, shape, dtype, is it in Fortran's order?, bytes or a list).
machine.builds("array", function(m, array, state)
  m:check(values.is(state, "tuple") and state.n == 5, "the state of an array is %s",
    values.show(state))
  local shape, dtype, raw = shape_of(m, state[2]), expect_dtype(m, state[3]), state[5]
  if dtype.letter == "O" then
    return arrays.of_list(m, array, dtype, shape, raw, state[4] == true)
  end
  m:check(type(raw) == "string", "the bytes of an array are %s", values.show(raw))
  local reader = bytes.reader(raw, m.reader.name)
  arrays.read(m, reader, array, dtype, shape, state[4] == true)
  m:check(reader:left() == 0, "an array has %d bytes too many", reader:left())
end)

--- One element: a number, a boolean or a string.
---@param array table
function arrays.item(array)
  if array.list then return array.list[1] end
  local value = array.tensor:item()
  if array.type:find "b" then return value ~= 0 end
  return value
end

local function make_scalar(m, args)
  local dtype, raw = expect_dtype(m, args[1]), args[2]
  if dtype.letter == "O" then return raw end
  m:check(type(raw) == "string", "the bytes of a number are %s", values.show(raw))
  local reader = bytes.reader(raw, m.reader.name)
  return arrays.item(arrays.read(m, reader, arrays.new(), dtype, {}, false))
end

--- Protocol 5: _frombuffer(bytes, dtype, shape, order).
local function make_of_buffer(m, args)
  local dtype, shape = expect_dtype(m, args[2]), shape_of(m, args[3])
  m:check(type(args[1]) == "string", "the bytes of an array are %s", values.show(args[1]))
  return arrays.read(m, bytes.reader(args[1], m.reader.name), arrays.new(), dtype, shape,
    args[4] == "F")
end

--- The callables of NumPy that arrays are made by.
arrays.makers = {
  ["numpy.dtype"] = make_dtype,
  ["numpy.core.multiarray._reconstruct"] = arrays.new,
  ["numpy.core.multiarray.scalar"] = make_scalar,
  ["numpy.core.numeric._frombuffer"] = make_of_buffer,
}

return arrays
