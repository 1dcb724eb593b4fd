--- Lua's values as C source: identifiers, numbers, strings, comments. C99 that is C++ too.
---
---     literal.number(0.1, "float32")      --> 0.100000001f
---     literal.text 'say "hi"\n'           --> "say \"hi\"\012"
local check = require "mah.base.check"
local ffi = require "ffi"
local text = require "mah.base.text"

local literal = {}

-- -- Identifiers ----------------------------------------------------------------------------------

local keywords = {}
for word in ([[auto break case char const continue default do double else enum extern float for goto
  if inline int long register restrict return short signed sizeof static struct switch typedef union
  unsigned void volatile while]]):gmatch "%a+" do
  keywords[word] = true
end

---@return boolean
function literal.is_identifier(name)
  return name:find "^[%a_][%w_]*$" ~= nil and not keywords[name]
end

--- The text with everything that cannot stand inside of an identifier as _, one for a character.
---@param s string
---@return string
function literal.part(s)
  local part = s:gsub("[\194-\244][\128-\191]*", "_"):gsub("[^%w]", "_")
  return part == "" and "empty" or part
end

-- -- Values ---------------------------------------------------------------------------------------

local single = ffi.new "float[1]"

--- The number that is nearest in float32, as a double.
---@return number
function literal.rounded(value)
  single[0] = value
  return tonumber(single[0])
end

--- A floating-point constant that keeps every bit (NaN: some NaN).
---@param value number
---@param dtype "float32"|"float64"
---@return string
function literal.number(value, dtype)
  local is_single = dtype == "float32"
  if is_single then value = literal.rounded(value) end
  if value ~= value then return is_single and "NAN" or "(double)NAN" end
  if math.abs(value) == math.huge then
    return (value < 0 and "-" or "") .. (is_single and "INFINITY" or "(double)INFINITY")
  end
  local digits = (is_single and "%.9g" or "%.17g"):format(value)
  if not digits:find "[.e]" then digits = digits .. ".0" end
  return is_single and digits .. "f" or digits
end

--- A string constant. Octal numbers end after three digits, whatever follows; "??=" and its like
--- are other characters in C99.
---@param s string
---@return string
function literal.text(s)
  return '"' .. s:gsub('["\\?]', "\\%0"):gsub("[^\32-\126]", function(c)
    return ("\\%03o"):format(c:byte())
  end) .. '"'
end

--- Text that may stand in a comment, on one line.
---@param s string
---@return string
function literal.comment(s)
  s = text.printable(s):gsub("\n", "\\n"):gsub("\t", " ")
  return (s:gsub("%*/", "* /"):gsub("/%*", "/ *"):gsub("%?%?/", "? ?/"))
end

--- The text in lines of at most `width` bytes, as far as it has blanks.
---@param s string
---@param width integer
---@return string[]
function literal.wrap(s, width)
  local lines, line = {}, ""
  for word in s:gmatch "[^ ]+" do
    if line ~= "" and #line + 1 + #word > width then
      lines[#lines + 1], line = line, word
    else
      line = line == "" and word or line .. " " .. word
    end
  end
  lines[#lines + 1] = line
  return lines
end

-- -- Labels ---------------------------------------------------------------------------------------

local forms = {
  number = { "int", function(v) return ("%d"):format(v) end },
  boolean = { "int", function(v) return v and "1" or "0" end },
  string = { "char *const", literal.text },
}

--- A list of labels (whole numbers of 32 bits, truths or texts) as the C type of an array and its
--- elements.
---@param classes any[]
---@return string ctype, string[] elements
function literal.labels(classes)
  local kind, out = type(classes[1]), {}
  for i, value in ipairs(classes) do
    check.that(type(value) == kind, "classes of several types, such as %s and %s, have no place in "
      .. "an array of C", check.show(classes[1]), check.show(value))
    out[i] = forms[kind][2](value)
  end
  return forms[kind][1], out
end

return literal
