--- Addresses of databases that stores are kept in, and how they are shown: without a password.
---
---     address.is "postgresql://mah@host/runs"                   --> true
---     address.shown "postgresql://mah:secret@host/runs"         --> postgresql://mah:***@host/runs
---     address.clean('store = "postgresql://mah:secret@host/"')  --> ...mah:***@host/"
---
--- A password need not be in the address at all: libpq finds it in ~/.pgpass or PGPASSWORD.
local check = require "mah.base.check"

local address = {}

--- Is it an address, and no path of a file?
---@param path string
---@return boolean
function address.is(path)
  return path:find "^postgres://" ~= nil or path:find "^postgresql://" ~= nil
end

--- Complains of an address of something else, which would be taken for a file's path.
---@param path string
function address.check_kind(path)
  check.that(address.is(path) or not (path:find "^%a[%w+.-]*://" or path:find "^postgres%a*:"),
    "the store '%s': the path of a file or an address postgresql://user@host/name is expected",
    (path:gsub("//([^/:]*):[^/]*@", "//%1:***@")))
end

--- Scheme, what stands before the first slash (user, password, hosts), and the rest.
local function split(path) return path:match "^(postgres%a*://)([^/]*)(.*)$" end

--- The address as messages, plots and manifests may have it.
---@param path string   a file's path is shown as it is
---@return string
function address.shown(path)
  if not address.is(path) then return path end
  local scheme, authority, rest = split(path)
  authority = authority:gsub("^([^:]*):.*@", "%1:***@")
  return (scheme .. authority .. rest):gsub("([?&]%a*password=)[^&#]*", "%1***")
end

--- The passwords that the address has, as they are written in it, and as they are.
local function passwords(path)
  local list, _, authority = {}, split(path)
  list[1] = (authority or ""):match "^[^:]*:(.*)@"
  for word in path:gmatch "[?&]%a*password=([^&#]*)" do list[#list + 1] = word end
  for i = 1, #list do
    list[#list + 1] = list[i]:gsub("%%(%x%x)", function(hex)
      return string.char(tonumber(hex, 16))
    end)
  end
  return list
end

local SHORT = 4 -- letters of a password that are too few to look for anywhere in a text

--- The text with all addresses in it shown without their passwords, and without those of one
--- address, wherever they stand.
---@param text string
---@param path string|nil   the address
---@return string
function address.clean(text, path)
  text = text:gsub("postgres[ql]*://[^%s\"'%]]+", address.shown)
  for _, word in ipairs(path and address.is(path) and passwords(path) or {}) do
    if #word >= SHORT then text = text:gsub(word:gsub("%p", "%%%0"), "***") end
  end
  return text
end

--- Complains of an address that libpq would read otherwise than it was meant, and then say parts of
--- the password aloud.
---@param path string
function address.check(path)
  local _, authority, rest = split(path)
  local before_query = rest:match "^[^?]*"
  check.that(select(2, authority:gsub("@", "")) <= 1 and not before_query:find "@",
    "the store '%s': an '@', '/' or ':' of a user's name or password is written %%40, %%2F, %%3A",
    (address.shown(authority:find "@" and path or path:gsub(":[^/].*@", ":***@"))))
end

return address
