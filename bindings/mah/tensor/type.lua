--- The tensor type as other wings use it: mah.tensor.ctype, with all methods.
local Type = require "mah.tensor.ctype"
local traced = require "mah.tensor.traced"

--- Loads the files that fill Type.methods and Type.operators. That happens by itself when one that
--- is not there is looked for; who walks over the tables calls it before.
function Type.load()
  setmetatable(Type.methods, nil)
  setmetatable(Type.operators, nil)
  require "mah.tensor.make"
  require "mah.tensor.values"
  require "mah.tensor.view"
  require "mah.tensor.ranges"
  require "mah.tensor.elementwise"
  require "mah.tensor.setting"
  require "mah.tensor.reduce"
  require "mah.tensor.cumulate"
  require "mah.tensor.show"
  require "mah.tensor.product"
  require "mah.tensor.linalg"
  require "mah.tensor.index"
  require "mah.tensor.join"
  require "mah.tensor.sort"
  require "mah.tensor.search"
  require "mah.tensor.arrange"
  require "mah.tensor.dimensions"
  require "mah.tensor.statistics"
  require "mah.tensor.compare"
  require "mah.tensor.einsum"
  require "mah.tensor.drawn"
  require "mah.tensor.fft"
  require "mah.tensor.special"
  require "mah.tensor.convolve"
  require "mah.tensor.softmax"
  traced.guard_methods(Type.methods)
end

local function find(names, key)
  Type.load()
  return rawget(names, key)
end

setmetatable(Type.methods, { __index = find })
setmetatable(Type.operators, { __index = find })

return Type
