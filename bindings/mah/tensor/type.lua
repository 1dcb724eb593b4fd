--- The tensor type as other wings use it: mah.tensor.ctype, with all methods.
local Type = require "mah.tensor.ctype"
local traced = require "mah.tensor.traced"

--- The files that fill Type.methods and Type.operators; first those that most scripts need.
Type.files = "make values view elementwise reduce show setting product index join ranges sort "
  .. "arrange dimensions cumulate search linalg compare softmax drawn statistics special fft "
  .. "convolve einsum"

--- Loads all of these files: for who walks over the tables. A name that is looked for loads one
--- after the other until it is there, as small heaps are collected in less time.
function Type.load()
  setmetatable(Type.methods, nil)
  setmetatable(Type.operators, nil)
  for file in Type.files:gmatch "%S+" do require("mah.tensor." .. file) end
  traced.guard_methods(Type.methods)
end

local function find(names, key)
  for file in Type.files:gmatch "%S+" do
    require("mah.tensor." .. file)
    traced.guard_methods(Type.methods)
    if rawget(names, key) ~= nil then return rawget(names, key) end
  end
  Type.load()
end

setmetatable(Type.methods, { __index = find })
setmetatable(Type.operators, { __index = find })

return Type
