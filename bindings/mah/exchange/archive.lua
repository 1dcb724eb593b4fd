--- The members of a ZIP file, as PyTorch and skops make their files of them.
---
---     local data = archive.with("model.pt", function(zip) return zip:read "model/data.pkl" end)
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
local most_unpacked = require "mah.exchange.unpacked"

local archive = {}

---@class mah.Archive
---@field path string
---@field names string[]
---@field left number   how many bytes may still be unpacked
local Archive = {}
Archive.__index = Archive

--- Does it begin as ZIP files do?
function archive.is(head) return head:sub(1, 4) == "PK\3\4" end

local function size_of(path)
  local handle = io.open(path, "rb")
  local size = handle and handle:seek "end" or 0
  if handle then handle:close() end
  return size
end

---@param path string
---@return mah.Archive
function archive.open(path)
  local out = ffi.new "mah_archive *[1]"
  check.status(C.mah_archive_open(out, path))
  local self = setmetatable({ path = path, handle = ffi.gc(out[0], C.mah_archive_close),
    names = {}, places = {}, left = most_unpacked(size_of(path)) }, Archive)
  for i = 0, tonumber(C.mah_archive_count(self.handle)) - 1 do
    local name = ffi.string(C.mah_archive_name(self.handle, i))
    self.names[i + 1], self.places[name] = name, i
  end
  return self
end

function Archive:has(name) return self.places[name] ~= nil end

--- All bytes of a member.
---@param name string
---@return string
function Archive:read(name)
  local place = check.that(self.places[name], "%s: it has no member '%s'", self.path, name)
  local bytes = tonumber(C.mah_archive_bytes(self.handle, place))
  check.that(bytes <= self.left, "%s: member '%s': %.0f bytes are too many for such a file",
    self.path, name, bytes)
  self.left = self.left - bytes
  local buffer = ffi.new("char[?]", math.max(bytes, 1))
  check.status(C.mah_archive_read(buffer, self.handle, place))
  return ffi.string(buffer, bytes)
end

function Archive:close()
  C.mah_archive_close(ffi.gc(self.handle, nil))
  self.handle = nil
end

--- What f(zip) gives; the archive is closed behind it, come what may.
---@param path string
---@param f fun(zip: mah.Archive): any
---@return any
function archive.with(path, f)
  local zip = archive.open(path)
  local ok, result = pcall(f, zip)
  zip:close()
  if not ok then error(result, 0) end
  return result
end

return archive
