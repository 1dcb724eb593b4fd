--- ZIP files of members as they are, with their checksums right: what is damaged lies inside.
---
---     write(path, zipped { { "schema.json", "{}" }, { "1.npy", bytes } })
local ffi = require "ffi"
local foreign = require "mah.base.foreign"

foreign.declare "unsigned long crc32(unsigned long crc, const char *bytes, unsigned n);"

local function little(n, value)
  local out = {}
  for i = 1, n do
    out[i] = string.char(value % 256)
    value = math.floor(value / 256)
  end
  return table.concat(out)
end

--- Version, flags, method, time and date; checksum, sizes, lengths of the name and of extra fields.
local function fields(name, data)
  local crc = tonumber(ffi.C.mah_crc32(0, data, #data))
  return little(2, 20) .. little(8, 0) .. little(4, crc) .. little(4, #data) .. little(4, #data)
    .. little(2, #name) .. little(2, 0)
end

return function(members)
  local parts, directory, at = {}, {}, 0
  for i, member in ipairs(members) do
    local name, data = member[1], member[2]
    parts[i] = "PK\3\4" .. fields(name, data) .. name .. data
    directory[i] = "PK\1\2" .. little(2, 20) .. fields(name, data) .. little(10, 0) .. little(4, at)
      .. name
    at = at + #parts[i]
  end
  local list = table.concat(directory)
  return table.concat(parts) .. list .. "PK\5\6" .. little(4, 0) .. little(2, #members)
    .. little(2, #members) .. little(4, #list) .. little(4, at) .. little(2, 0)
end
