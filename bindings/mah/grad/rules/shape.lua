--- Derivatives of other shapes over the same elements, of choices among them, and of joining: what
--- goes forth is brought back to its place.
local Type = require "mah.tensor.type"
local index = require "mah.tensor.index"
local join = require "mah.tensor.join"
local make = require "mah.tensor.make"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"
local traced = require "mah.tensor.traced"

local methods, operators = Type.methods, Type.operators
local raw, shape = operands.raw, operands.shape
-- As they are before changes of what is traced are refused.
local copy_, index_add_, scatter_add_ = methods.copy_, index.index_add_, index.scatter_add_

-- -- The same elements in another shape -----------------------------------------------------------

for _, name in ipairs { "reshape", "view", "flatten", "ravel", "squeeze", "unsqueeze",
  "atleast_1d", "atleast_2d", "atleast_3d" } do
  o.define_one(name, methods[name], function(g, _, x) return g:reshape(shape(x)) end, true)
end

local function transposed(g, _, _, dim0, dim1) return g:transpose(dim0, dim1) end
o.define_one("transpose", methods.transpose, transposed, true)
o.define_one("swapaxes", methods.swapaxes, transposed, true)
o.define_one("t", methods.t, function(g) return g:t() end, true)

o.define_one("movedim", methods.movedim,
  function(g, _, _, source, destination) return g:movedim(destination, source) end, true)
o.moveaxis = o.movedim

--- The order that undoes an order.
local function inverse(order)
  local back, n = {}, #order
  for i = 1, n do back[order[i] < 0 and order[i] + n + 1 or order[i]] = i end
  return back
end

o.define_one("permute_", methods.permute,
  function(g, _, _, order) return g:permute(inverse(order)) end, true)

local function listed(a, b, c, d, e, f, g, h)
  return type(a) == "table" and a or { a, b, c, d, e, f, g, h }
end

function o.permute(x, a, b, c, d, e, f, g, h)
  return o.permute_(x, listed(a, b, c, d, e, f, g, h))
end

o.define_one("expand_", methods.expand,
  function(g, _, x) return operands.sum_to(g, shape(x)) end, true)

function o.expand(x, a, b, c, d, e, f, g, h)
  return o.expand_(x, listed(a, b, c, d, e, f, g, h))
end

function o.expand_as(x, other) return o.expand_(x, shape(other)) end

-- Up to four sizes go as they are, more as a list: settings of an operation are at most four.
for _, name in ipairs { "reshape", "view" } do
  local f = o[name]
  o[name] = function(x, a, b, c, d, e, g, h, i) return f(x, listed(a, b, c, d, e, g, h, i)) end
end

-- -- Choices among the elements -------------------------------------------------------------------

-- The reverse of a choice f: zeros in x's shape, with g's elements where f has taken them from. Its
-- own derivative is f.

--- Of a view, no element of which is seen twice.
o.define_one("unview", function(g, f, sizes)
  local x = operands.zeros(g, sizes)
  copy_(f(x), g)
  return x
end, function(gg, _, _, f) return f(gg) end, true)

--- Of any choice: f of the elements' places tells where they come from.
o.define_one("unchoose", function(g, f, sizes)
  local x = operands.zeros(g, sizes)
  local n = x:numel()
  local places = f(make.arange(1, n, 1, { dtype = "int64" }):reshape(sizes))
  local flat = x:reshape(-1)
  index_add_(flat, 1, places:reshape(-1), g:reshape(-1))
  return flat:reshape(sizes)
end, function(gg, _, _, f) return f(gg) end, true)

--- An operation that chooses elements. `back`: "unview" or "unchoose".
local function define_choice(name, forward, back)
  o.define_one(name, forward, function(g, _, x, b, c, d, e)
    return o[back](g, function(t)
      return traced.is(t) and o[name](t, b, c, d, e) or forward(t, b, c, d, e)
    end, shape(x))
  end, true)
end

for _, name in ipairs { "narrow", "select", "diagonal" } do
  define_choice(name, methods[name], "unview")
end
for _, name in ipairs { "unfold", "masked_select", "repeat_interleave" } do
  define_choice(name, methods[name], "unchoose")
end
for _, name in ipairs { "tile", "repeat" } do
  define_choice(name .. "_list", methods[name], "unchoose")
  o[name] = function(x, a, b, c, d, e, f, g, h)
    return o[name .. "_list"](x, listed(a, b, c, d, e, f, g, h))
  end
end

--- x{...} and x[...]: views by numbers and ranges, copies by tensors.
define_choice("at_view", function(x, keys)
  local y = methods.at(x, keys)
  if Type.is_tensor(y) then return y end
  for i = 1, #keys do x = x:select(1, keys[i]) end -- without dimensions, and not a number
  return x
end, "unview")
define_choice("at_copy", operators.pick, "unchoose")

function o.at(x, keys)
  for i = 1, type(keys) == "table" and #keys or 0 do
    if Type.is_tensor(keys[i]) then return o.at_copy(x, keys) end
  end
  return o.at_view(x, keys)
end

-- -- By positions ---------------------------------------------------------------------------------

o.define_one("index_select", index.index_select,
  function(g, _, x, dim, which) return o.unindex(g, dim, which, shape(x)) end, true)

o.define_one("unindex", function(g, dim, which, sizes)
  return index_add_(operands.zeros(g, sizes), dim, which, g)
end, function(gg, _, _, dim, which) return o.index_select(gg, dim, which) end, true)

o.define_one("gather", index.gather,
  function(g, _, x, dim, which) return o.ungather(g, dim, which, shape(x)) end, true)

o.define_one("ungather", function(g, dim, which, sizes)
  return scatter_add_(operands.zeros(g, sizes), dim, which, g)
end, function(gg, _, _, dim, which) return o.gather(gg, dim, which) end, true)

function o.scatter_add(x, dim, which, y) return x + o.ungather(y, dim, which, shape(x)) end

define_choice("take_along_dim", methods.take_along_dim, "unchoose")

-- -- Order ----------------------------------------------------------------------------------------

o.define_one("flip_", methods.flip, function(g, _, _, dims) return g:flip(dims) end, true)
function o.flip(x, a, b, c, d, e, f, g, h) return o.flip_(x, listed(a, b, c, d, e, f, g, h)) end
function o.fliplr(x) return o.flip(x, 2) end
function o.flipud(x) return o.flip(x, 1) end

local function negated(shift)
  if type(shift) ~= "table" then return -shift end
  local list = {}
  for i = 1, #shift do list[i] = -shift[i] end
  return list
end

o.define_one("roll", methods.roll,
  function(g, _, _, shift, dim) return g:roll(negated(shift), dim) end, true)

for _, name in ipairs { "tril", "triu" } do
  o.define_one(name, methods[name], function(g, _, _, diagonal) return o[name](g, diagonal) end,
    true)
end

-- -- Diagonals ------------------------------------------------------------------------------------

o.define_one("diag_embed", methods.diag_embed, function(g, _, _, offset, dim1, dim2)
  return g:diagonal(offset, dim1 or -2, dim2 or -1)
end, true)

function o.diag(x)
  if raw(x).ndim == 1 then return o.diag_embed(x) end
  return o.diagonal(x)
end

function o.trace(x, offset) return o.diagonal(x, offset):sum(-1) end

-- -- Joining and cutting --------------------------------------------------------------------------

o.define_many("cat_", function(list, dim) return join.cat(list, dim) end,
  function(g, _, list, _, dim)
    local gradients, start = {}, 1
    for i = 1, list.n do
      local n = raw(list[i]):size(dim)
      gradients[i], start = g:narrow(dim, start, n), start + n
    end
    return gradients
  end, true)

function o.cat(list, dim) return o.cat_(list, dim or 1, false) end

function o.stack(list, dim)
  local whole = {}
  for i = 1, #list do whole[i] = list[i]:unsqueeze(dim or 1) end
  return o.cat(whole, dim)
end

function o.split(x, size, dim)
  dim = dim or 1
  local parts, start = {}, 1
  for i, part in ipairs(join.split(raw(x), size, dim)) do
    local n = part:size(dim)
    parts[i], start = o.narrow(x, dim, start, n), start + n
  end
  return parts
end

function o.chunk(x, count, dim)
  dim = dim or 1
  local size = math.max(1, math.ceil(raw(x):size(dim) / count))
  return unpack(o.split(x, size, dim))
end

return o
