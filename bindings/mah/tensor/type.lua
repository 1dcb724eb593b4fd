--- The tensor type as other wings use it: mah.tensor.ctype, whose methods are loaded as they are
--- looked for.
local Type = require "mah.tensor.ctype"
local loading = require "mah.base.loading"

--- The files that fill Type.methods and Type.operators; first those that most scripts need.
Type.files = "make values view elementwise reduce show setting product index join ranges sort "
  .. "arrange dimensions cumulate search linalg compare softmax drawn statistics special fft "
  .. "convolve einsum"

--- Loads all of these files: for who walks over the tables. A name that is looked for loads one
--- after the other until it is there, as small heaps are collected in less time.
function Type.load()
  for file in Type.files:gmatch "%S+" do loading.module("mah.tensor." .. file) end
  getmetatable(Type.methods).__index, getmetatable(Type.operators).__index = nil, nil
end

local function find(names, key)
  if type(key) ~= "string" or Type.fields[key] then return nil end -- no method has such a name
  local is_whole = true
  for file in Type.files:gmatch "%S+" do
    local module = "mah.tensor." .. file
    if loading.is_underway(module) then
      is_whole = false -- and asks for a name itself, or a finalizer does
    else
      loading.module(module)
    end
    local found = rawget(names, key)
    if found ~= nil then return found end
  end
  if is_whole then Type.load() end
end

getmetatable(Type.methods).__index, getmetatable(Type.operators).__index = find, find

return Type
