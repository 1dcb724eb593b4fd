--- Records of views, choices and joins as nodes: what they do with the elements' numbers tells
--- which columns they take. translators.narrow(t, k) -> entry (context.lua).
local join = require "mah.tensor.join"
local probes = require "mah.exchange.trace.probes"

local translators = {}

-- -- One operand ----------------------------------------------------------------------------------

--- The places that an operation takes one row's elements from; nil where rows are mixed. `rows` are
--- there; a is the operand, whose rows have `width` elements.
local function places_of(t, rule, r, rows, width)
  local numbers = rule.forward(t.numbered(r.a.shape), r.b, r.c, r.d, r.e)
  local all, places = t.flat(numbers), {}
  local count = #all / rows
  if count % 1 ~= 0 then return nil end
  for i, number in ipairs(all) do
    local row, j = math.floor((i - 1) / count), (i - 1) % count + 1
    local place = number - row * width
    if place < 1 or place > width or places[j] and places[j] ~= place then return nil end
    places[j] = place
  end
  return places
end

local function same(a, b)
  if not a or not b or #a ~= #b then return false end
  for j, place in ipairs(a) do
    if b[j] ~= place then return false end
  end
  return true
end

local function chosen(t, k)
  local a, rows, rule = t:operand(k, "a"), t.probes.rows, t:rule(k)
  local first, other, more = t:records(k)
  for _, name in ipairs { "b", "c", "d", "e" } do
    if not probes.same(first[name], other[name]) then
      t:fail(k, "which columns it takes depends on what is in x")
    end
  end
  local places = places_of(t, rule, first, rows[1], a.value.width)
  if not places or not same(places, places_of(t, rule, more, rows[2], a.value.width)) then
    t:fail(k, "it mixes rows; each must be computed by itself")
  end
  return t:entry(k, t:chosen(a.value, places))
end

for _, name in ipairs { "reshape", "view", "flatten", "ravel", "squeeze", "unsqueeze", "atleast_1d",
  "atleast_2d", "atleast_3d", "transpose", "swapaxes", "t", "movedim", "permute", "expand",
  "narrow", "select", "diagonal", "unfold", "masked_select", "repeat_interleave", "tile_list",
  "repeat_list", "x[...]", "gather", "take_along_dim", "flip", "roll" } do
  translators[name] = chosen
end

for _, name in ipairs { "clone", "contiguous" } do
  translators[name] = function(t, k)
    local a = t:operand(k, "a")
    return { value = a.value, sizes = a.sizes, fused = a.fused }
  end
end

-- -- Several --------------------------------------------------------------------------------------

local function sizes_of(t, k, i)
  local sizes, shape = {}, t:records(k).list[i].shape
  for d = 2, #shape do sizes[d - 1] = shape[d] end
  return sizes
end

--- Side by side along `dim`: their columns one after the other, then in the order that numbers of
--- one row each take.
function translators.cat(t, k)
  local list, dim = t:records(k).list, t:setting(k, "b")
  local sizes, fused = t:sizes(k)
  if fused then t:fail(k, "it mixes rows; each must be computed by itself") end
  local parts, numbers, from, like = {}, {}, 0, nil
  for i = 1, list.n do
    parts[i] = t:operand(k, i)
    if parts[i].fused then t:fail(k, "it mixes rows; each must be computed by itself") end
    like = like or parts[i].constant == nil and parts[i]
  end
  for i, part in ipairs(parts) do
    local own = sizes_of(t, k, i)
    parts[i] = t:value(k, part, own, t:dtype(k), like, true)
    numbers[i] = t.numbered { 1, unpack(own) } + from
    from = from + parts[i].width
  end
  local value = #parts == 1 and parts[1] or t:node("cat", parts)
  return { value = t:chosen(value, t.flat(join.cat(numbers, dim))), sizes = sizes }
end

--- Parts of a constant at positions that x has.
function translators.index_select(t, k)
  if t:records(k).pb == 0 then return chosen(t, k) end -- at constant positions
  local table_, which, dim = t:operand(k, "a"), t:operand(k, "b"), t:setting(k, "c")
  if table_.constant == nil or dim ~= 1 then
    t:fail(k, "only rows of parameters can be looked up by what is in x")
  end
  local weight = table_.constant
  weight = weight:reshape(weight.shape[1], -1)
  return t:entry(k, t:node("lookup", { which.value }, { weight = weight, first = 1 }))
end

return translators
