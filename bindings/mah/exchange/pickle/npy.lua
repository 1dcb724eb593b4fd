--- A .npy file in memory: arrays of numbers and of text, which mah.load_npy refuses.
---
---     npy.read(m, text, "1.npy")      -- m: who complains and counts memory, as pickle/machine.lua
local arrays = require "mah.exchange.pickle.arrays"
local bytes = require "mah.exchange.bytes"

local npy = {}

local MAGIC = "\147NUMPY"

--- The header, a Python dict: descr, fortran_order, shape.
local function read_header(r)
  r:check(r:take(#MAGIC, "a .npy file") == MAGIC, "no .npy file")
  local major = r:u8()
  r:u8()
  r:check(major >= 1 and major <= 3, "a .npy file of version %d", major)
  local header = r:take(major == 1 and r:u16() or r:u32(), "the header")
  local descr = r:check(header:match "'descr': *'([^']*)'", "elements that are records")
  local order = r:check(header:match "'fortran_order': *(%a+)", "no fortran_order")
  local sizes, shape = r:check(header:match "'shape': *%(([%d, ]*)%)", "no shape"), {}
  for size in sizes:gmatch "%d+" do shape[#shape + 1] = tonumber(size) end
  return descr, order == "True", shape
end

---@param m table
---@param text string
---@param name string   for messages
---@return table array
function npy.read(m, text, name)
  local r = bytes.reader(text, name)
  local descr, fortran, shape = read_header(r)
  local array = arrays.read(m, r, arrays.new(), arrays.dtype(m, descr), shape, fortran)
  r:check(r:left() == 0, "%d bytes are left over", r:left())
  return array
end

return npy
