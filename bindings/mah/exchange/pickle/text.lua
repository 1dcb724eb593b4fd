--- The strings of Python's pickles as bytes: escapes of the old protocols, and code points.
local bit = require "bit"

local text = {}

--- The UTF-8 of a code point; nil when there is none such.
---@param code integer
---@return string|nil
function text.utf8(code)
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then return string.char(0xC0 + bit.rshift(code, 6), 0x80 + code % 64) end
  if code < 0x10000 then
    return string.char(0xE0 + bit.rshift(code, 12), 0x80 + bit.rshift(code, 6) % 64,
      0x80 + code % 64)
  end
  if code > 0x10FFFF then return nil end
  return string.char(0xF0 + bit.rshift(code, 18), 0x80 + bit.rshift(code, 12) % 64,
    0x80 + bit.rshift(code, 6) % 64, 0x80 + code % 64)
end

--- Each byte as the code point of its number.
---@param raw string
function text.of_latin1(raw)
  return (raw:gsub("[\128-\255]", function(c) return text.utf8(c:byte()) end))
end

--- The way back: code points below 256 in UTF-8 as bytes; nil for others.
---@param s string
---@return string|nil
function text.to_latin1(s)
  local fits = true
  local out = s:gsub("[\192-\255][\128-\191]*", function(c)
    local first, second = c:byte(1, 2)
    fits = fits and #c == 2 and first <= 0xC3
    return fits and string.char((first - 0xC0) * 64 + second - 0x80) or ""
  end)
  return fits and out or nil
end

local escapes = { n = "\n", t = "\t", r = "\r", a = "\a", b = "\b", f = "\f", v = "\v" }

--- A string as Python 2 wrote it, in its quotes.
---@param m table   the machine, for complaints
function text.quoted(m, written)
  local quote, inner = written:match "^(['\"])(.*)%1$"
  m:check(quote, "%q is no string in quotes", written:sub(1, 40))
  inner = inner:gsub("\\(.)(%x?%x?)", function(escape, hex)
    if escape == "x" and #hex == 2 then return string.char(tonumber(hex, 16)) end
    return (escapes[escape] or escape) .. hex
  end)
  return inner
end

--- Python's raw-unicode-escape: \uXXXX, \UXXXXXXXX, and Latin-1.
---@param m table   the machine, for complaints
function text.raw_unicode(m, written)
  local function code(hex)
    return m:check(text.utf8(tonumber(hex, 16)), "there is no character %s", hex)
  end
  return (text.of_latin1(written):gsub("\\u(%x%x%x%x)", code)
    :gsub("\\U(%x%x%x%x%x%x%x%x)", code))
end

return text
