--- Bytes of a file that somebody else wrote, read one after the other; never beyond the end.
---
---     local r = bytes.reader(file.read(path), path)
---     local count = r:u32()
---     local weight = r:tensor("<f4", { 3, 4 })
---     r:fail("an op of type %d", 7)         -- error: "model.kan: at byte 48: an op of type 7"
---
--- Numbers are little-endian, unless the reader was made with big = true.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local bit = require "bit"
local check = require "mah.base.check"
local ffi = require "ffi"

local NAN = tonumber "nan"

local bytes = {}

---@class mah.Reader
---@field text string   all bytes
---@field name string   of the file, for messages
---@field at integer    how many have been read
---@field big boolean   are numbers big-endian?
local Reader = {}
Reader.__index = Reader

---@param text string
---@param name string
---@param big boolean|nil
---@return mah.Reader
function bytes.reader(text, name, big)
  return setmetatable({ text = text, name = name, at = 0, big = big or false }, Reader)
end

--- Complains of what lies here.
---@param message string   and values for string.format
function Reader:fail(message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
  check.raise("%s", ("%s: at byte %d: %s"):format(self.name, self.at, message))
end

---@param condition any
---@return any condition
function Reader:check(condition, message, ...)
  if not condition then self:fail(message, ...) end
  return condition
end

--- How many bytes are left.
function Reader:left() return #self.text - self.at end

--- Complains unless n more bytes (a double: sizes of files are larger than they ought to be) are
--- there, which is to be asked before memory for them is.
function Reader:need(n, what)
  self:check(n >= 0 and n <= self:left(), "%s needs %.0f bytes, and %d are left", what or "it", n,
    self:left())
end

--- The next n bytes.
---@param n integer
---@param what string|nil   for messages
---@return string
function Reader:take(n, what)
  self:need(n, what)
  self.at = self.at + n
  return self.text:sub(self.at - n + 1, self.at)
end

function Reader:skip(n, what)
  self:need(n, what)
  self.at = self.at + n
end

--- Goes to a place, counted from 0.
function Reader:seek(at)
  self:check(at % 1 == 0 and at >= 0 and at <= #self.text,
    "the place %.0f is outside of the file, which has %d bytes", at, #self.text)
  self.at = at
end

--- An unsigned integer of n bytes as a double: exact up to 2^53.
local function unsigned(self, n)
  self:need(n, "a number")
  local text, at, value = self.text, self.at, 0
  self.at = at + n
  for i = 1, n do value = value * 256 + text:byte(self.big and at + i or at + n + 1 - i) end
  return value
end

function Reader:u8() return unsigned(self, 1) end
function Reader:u16() return unsigned(self, 2) end
function Reader:u32() return unsigned(self, 4) end
function Reader:i8() return bit.arshift(bit.lshift(unsigned(self, 1), 24), 24) end
function Reader:i16() return bit.arshift(bit.lshift(unsigned(self, 2), 16), 16) end
function Reader:i32() return bit.tobit(unsigned(self, 4)) end

--- A count of 8 bytes; more than 2^53 of anything is an error.
function Reader:u64()
  local start = self.at
  local value = unsigned(self, 8)
  if value > 2 ^ 53 then
    self.at = start
    self:fail("%.0f is no number of anything", value)
  end
  return value
end

--- An integer of 8 bytes, between -2^53 and 2^53.
function Reader:i64()
  local start = self.at
  local value = unsigned(self, 8)
  if value >= 2 ^ 63 then -- negative: the complement, piece by piece
    self.at = start
    local low, high = self:u32(), self:u32()
    if self.big then low, high = high, low end
    value = (high - 2 ^ 32) * 2 ^ 32 + low
  end
  if math.abs(value) > 2 ^ 53 then
    self.at = start
    self:fail("%.0f is too large", value)
  end
  return value
end

--- Numbers of C's type, whose two highest bytes hold the bits of `exponent`. A NaN is always the
--- same one: LuaJIT takes others, of which a file may have any, for values of other types.
local function of_type(type, size, exponent)
  local one = ffi.typeof(type .. "[1]")
  local infinite = { [exponent] = true, [exponent + 0x8000] = true }
  return function(self)
    local raw, out = self:take(size, "a number"), one()
    if self.big then raw = raw:reverse() end
    local high = raw:byte(size) * 256 + raw:byte(size - 1)
    if bit.band(high, exponent) == exponent
      and not (infinite[high] and raw:sub(1, -3) == ("\0"):rep(size - 2)) then
      return NAN
    end
    ffi.copy(out, raw, size)
    return tonumber(out[0])
  end
end

Reader.f32, Reader.f64 = of_type("float", 4, 0x7f80), of_type("double", 8, 0x7ff0)

local sizes = { f2 = 2, f4 = 4, f8 = 8, i1 = 1, i2 = 2, i4 = 4, i8 = 8, u1 = 1, u2 = 2, u4 = 4,
  u8 = 8, b1 = 1, bf = 2 }

--- A tensor of the bytes from here on, row major. type is NumPy's short name ("<f4", ">i8", "|u1",
--- "|b1") or "<bf" for bfloat16; what becomes of each is in core/data/elements.h.
---@param type string
---@param shape integer[]
---@param dtype string|nil   "float32" or "float64" instead
---@return tensor
function Reader:tensor(type, shape, dtype)
  local size = self:check(sizes[type:sub(2)], "elements of type %s", check.show(type))
  local extents, count = ffi.new("int64_t[?]", #shape + 1), 1
  self:check(#shape <= Type.MAX_DIMS, "%d dimensions; a tensor has at most %d", #shape,
    Type.MAX_DIMS)
  for d, extent in ipairs(shape) do
    self:check(extent % 1 == 0 and extent >= 0, "a size of %s", check.show(extent))
    extents[d - 1], count = extent, count * extent
  end
  self:need(count * size, "a tensor")
  local out = Type.blank()
  check.status(C.mah_elements_decode(out, self.text, #self.text, self.name, self.at, type,
    dtype and Type.dtype(dtype) or C.MAH_AS_NUMBERS, #shape, extents))
  self.at = self.at + count * size
  return Type.own(out)
end

return bytes
