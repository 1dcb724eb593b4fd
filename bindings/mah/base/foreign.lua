--- Functions of other libraries for the FFI, under names of mah's own: what a script declares of
--- libc, SQLite or Cairo stays its own, whether it does so before or after `require "mah"`.
---
---     foreign.declare "int isatty(int fd);"
---     print(ffi.C.mah_isatty(0))
local ffi = require "ffi"

local foreign = {}

--- The names of the types that the text declares.
local function types_of(text)
  local types = {}
  for _, pattern in ipairs { "struct%s+([%a_][%w_]*)", "typedef%s[^;{}]-([%a_][%w_]*)%s*;",
    "}%s*([%a_][%w_]*)%s*;" } do
    for name in text:gmatch(pattern) do
      types[name] = name:find "^mah_" and name or "mah_" .. name
    end
  end
  return types
end

--- Declares types and functions as a C header does; each is there with `mah_` in front of its name.
---@param text string
function foreign.declare(text)
  text = text:gsub("[%a_][%w_]*", types_of(text))
  ffi.cdef((text:gsub("([%a_][%w_]*)(%s*%b())%s*;", 'mah_%1%2 __asm__("%1");')))
end

--- The first of these libraries that is on this machine; nil when none is.
---@param names string[]   { "libturbojpeg.so.0", "turbojpeg" }
---@return ffi.namespace*|nil
function foreign.load(names)
  for _, name in ipairs(names) do
    local ok, found = pcall(ffi.load, name)
    if ok then return found end
  end
end

return foreign
