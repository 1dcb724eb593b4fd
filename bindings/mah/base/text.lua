--- Text that came from elsewhere: what a terminal may be shown of it, and whether it is UTF-8.
---
---     io.stderr:write(text.printable(message), "\n")
---     text.is_utf8 "\255"                              --> false
local C = require "mah.base.library"
local ffi = require "ffi"

local text = {}

--- The text with control characters (but line ends and tabs), marks that turn the direction of what
--- follows, and bytes that are no UTF-8 written as \xNN. What came out goes through unchanged.
---@param s string
---@return string
function text.printable(s)
  if not s:find "[^\9\10\32-\126]" then return s end
  local room = 4 * #s + 1
  local out = ffi.new("char[?]", room)
  return ffi.string(out, C.mah_text_escape(out, room, s, #s, "\n\t"))
end

--- Is the string well-formed UTF-8 (RFC 3629)?
---@param s string
---@return boolean
function text.is_utf8(s) return C.mah_text_is_utf8(s, #s) ~= 0 end

--- The first characters of a text, and how many they are.
---@param s string      UTF-8
---@param most integer
---@return string start, integer count
function text.cut(s, most)
  local at, count = 1, 0
  while at <= #s and count < most do
    at = s:find("[^\128-\191]", at + 1) or #s + 1 -- where the next character begins
    count = count + 1
  end
  return s:sub(1, at - 1), count
end

--- The word for so many: trial or trials.
---@param n number
---@param one string
---@param many string|nil   nil: `one` with an s
---@return string
function text.plural(n, one, many) return n == 1 and one or many or one .. "s" end

--- "1 trial", "2 trials", "3 studies".
---@param n integer
---@param one string
---@param many string|nil   nil: `one` with an s
---@return string
function text.count(n, one, many) return ("%d %s"):format(n, text.plural(n, one, many)) end

--- An error's message without the place that it was raised at.
---@param problem any
---@return string
function text.without_place(problem) return (tostring(problem):gsub("^[^\n]-:%d+: ", "", 1)) end

return text
