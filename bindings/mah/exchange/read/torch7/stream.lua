--- The numbers, strings and arrays of a Torch7 file, in its two encodings.
---
---     local s = stream.binary(text, path, 8)     -- 8 bytes a long; 4 in files of 32-bit machines
---     local s = stream.ascii(text, path)
---     local kind, name = s:int(), s:string()
---
--- Layout: torch/torch7, lib/TH/THDiskFile.c.
local bytes = require "mah.exchange.bytes"
local ffi = require "ffi"
local foreign = require "mah.base.foreign"
local make = require "mah.tensor.make"

foreign.declare "long long strtoll(const char *text, char **end, int base);"

local stream = {}

---@class mah.TorchStream
---@field int fun(self): integer
---@field longs fun(self, n: integer): number[]    sizes, strides, counts
---@field long fun(self): number
---@field double fun(self): number
---@field string fun(self): string                  with its length in front
---@field array fun(self, type: string, n: integer): tensor
---@field reader mah.Reader

local function fails(self, ...) self.reader:fail(...) end
local function checks(self, ...) return self.reader:check(...) end

--- A string: its length, then its bytes.
local function counted(self)
  local n = self:int()
  self:check(n >= 0, "a string of %d bytes", n)
  return self:raw(n)
end

--- A list of n longs; each takes at least one byte.
local function longs(self, n)
  self:check(n >= 0 and n <= self.reader:left(), "a list of %.0f numbers", n)
  local list = {}
  for i = 1, n do list[i] = self:long() end
  if n > 0 then self:end_line() end
  return list
end

-- -- Binary ---------------------------------------------------------------------------------------

local Binary = { fail = fails, check = checks, string = counted, longs = longs }
Binary.__index = Binary

--- What an element is in the file, by its storage's name.
local types = { Double = "<f8", Float = "<f4", Half = "<f2", Long = "<i8", Int = "<i4",
  Short = "<i2", Char = "|i1", Byte = "|u1" }

---@param text string
---@param path string
---@param long_bytes integer   8, or 4
---@return mah.TorchStream
function stream.binary(text, path, long_bytes)
  return setmetatable({ reader = bytes.reader(text, path), long_bytes = long_bytes }, Binary)
end

function Binary:int() return self.reader:i32() end
function Binary:long() return self.long_bytes == 4 and self.reader:i32() or self.reader:i64() end
function Binary:double() return self.reader:f64() end
function Binary:raw(n) return self.reader:take(n, "a string") end
function Binary:end_line() end -- luacheck: ignore 212

function Binary:array(name, n)
  if name == "Long" and self.long_bytes == 4 then
    return self.reader:tensor("<i4", { n }):to "int64"
  end
  return self.reader:tensor(types[name], { n })
end

-- -- Text -----------------------------------------------------------------------------------------

local Ascii = { fail = fails, check = checks, string = counted, longs = longs }
Ascii.__index = Ascii

---@return mah.TorchStream
function stream.ascii(text, path)
  return setmetatable({ reader = bytes.reader(text, path) }, Ascii)
end

local MOST_DIGITS = 40

--- The next number as it is written; the space or line break behind it is left alone.
local function token(self)
  local r = self.reader
  local first, last = r.text:find("^%s*[%w%.+-]+", r.at + 1)
  self:check(first and last - first < MOST_DIGITS + 8, "a number is expected")
  local word = r.text:sub(first, last):match "%S+"
  r.at = last
  return word
end

--- A number behind which the line, or the list, goes on.
local function number(self)
  local word = token(self)
  return self:check(tonumber(word), "%q is no number", word)
end

function Ascii:end_line()
  local r = self.reader
  self:check(r.text:sub(r.at + 1, r.at + 1) == "\n", "the line is expected to end here")
  r.at = r.at + 1
end

function Ascii:int()
  local value = number(self)
  self:check(value % 1 == 0 and math.abs(value) < 2 ^ 31, "%g is no integer", value)
  self:end_line()
  return value
end

--- One of a list.
function Ascii:long()
  local value = number(self)
  return self:check(value % 1 == 0 and math.abs(value) <= 2 ^ 53 and value, "%g is no integer",
    value)
end

function Ascii:double()
  local value = number(self)
  self:end_line()
  return value
end

function Ascii:raw(n)
  local text = self.reader:take(n, "a string")
  self:end_line()
  return text
end

local dtypes = { Double = "float64", Float = "float32", Half = "float32", Long = "int64",
  Int = "int32", Short = "int32" }
local ranges = { Int = 2 ^ 31, Short = 2 ^ 15 }

local function int64(self)
  local word = token(self)
  self:check(word:find "^[+-]?%d+$" and #word < 20, "%q is no integer", word)
  return ffi.C.mah_strtoll(word, nil, 10)
end

local function integer(self, most)
  local value = number(self)
  self:check(value % 1 == 0 and value >= -most and value < most, "%g is out of range", value)
  return value
end

--- Characters and bytes are written as they are, other elements as words on one line.
function Ascii:array(name, n)
  local r = self.reader
  if name == "Char" or name == "Byte" then
    local out = r:tensor(types[name], { n })
    if n > 0 then self:end_line() end
    return out
  end
  r:need(math.max(0, 2 * n - 1), "a storage")
  local out = make.empty({ n }, { dtype = dtypes[name] })
  local data = ffi.cast(({ float64 = "double *", float32 = "float *", int64 = "int64_t *",
    int32 = "int32_t *" })[dtypes[name]], out.data)
  for i = 0, n - 1 do
    data[i] = name == "Long" and int64(self) or ranges[name] and integer(self, ranges[name])
      or number(self)
  end
  if n > 0 then self:end_line() end
  return out
end

return stream
