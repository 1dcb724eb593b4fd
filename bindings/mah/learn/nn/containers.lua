--- Layers of layers: one after the other, side by side, and around. Parameters have the places of
--- the layers in the list. A layer that is there twice has its parameters once, at its first place,
--- as in PyTorch: so in a container within the container, too.
local check = require "mah.base.check"
local layer = require "mah.learn.nn.layer"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"

local containers = {}

-- -- Parameters that are shared -------------------------------------------------------------------

local function extended(path, key)
  local longer = { unpack(path) }
  longer[#longer + 1] = key
  return longer
end

--- A layer's tree without the layers that have been seen; `links` tell where these are to be found.
local function without_seen(tree, path, seen, links)
  check.depth(#path, "a layer's params")
  if layer.is(tree) then
    if next(tree.params) == nil then return tree end
    if seen[tree] then
      links[#links + 1] = { to = path, from = seen[tree] }
      return nil
    end
    seen[tree] = path
    tree = tree.params
  end
  if type(tree) ~= "table" or getmetatable(tree) or type(tree[1]) == "number" then return tree end
  local kept = {}
  for key, inner in pairs(tree) do
    kept[key] = without_seen(inner, extended(path, key), seen, links)
  end
  return kept
end

local function at(tree, path)
  for _, key in ipairs(path) do tree = tree[key] end
  return tree
end

--- The tree with `value` at the end of a path; tables on the way are copied, or made.
local function with(tree, path, k, value)
  if k > #path then return value end
  local copy = {}
  for key, inner in pairs(tree or {}) do copy[key] = inner end
  copy[path[k]] = with(copy[path[k]], path, k + 1, value)
  return copy
end

--- The parameters of a list of layers, and what gives p of it the shared ones in all their places.
local function parameters_of(list)
  local links, seen, sparse = {}, {}, {}
  for i, one in ipairs(list) do sparse[i] = without_seen(one, { i }, seen, links) or {} end
  if #links == 0 then
    local params = {}
    for i, one in ipairs(list) do params[i] = one end
    return params
  end
  return sparse, function(p)
    for _, link in ipairs(links) do p = with(p, link.to, 1, at(p, link.from)) end
    return p
  end
end

local no_parameters = {}

--- A container of the layers: forward(p, x, training) is made by `run`(list, p, x, training).
local function container(list, run)
  local params, linked = parameters_of(list)
  local is_custom = false
  for _, one in ipairs(list) do is_custom = is_custom or one.is_custom or false end
  return { params = params, layers = list, is_custom = is_custom,
    forward = function(p, x, training)
      p = p or no_parameters
      return run(list, linked and linked(p) or p, x, training)
    end }
end

-- -- One after the other --------------------------------------------------------------------------

local function in_turn(list, p, x, training)
  for i = 1, #list do x = list[i](p[i], x, training) end
  return x
end

layer.define("Sequential", {}, {}, function(_, list) return container(list, in_turn) end, true)

--- Layers one after the other.
---
---     local model = mah.nn.Sequential {
---       mah.nn.Linear { 4, 16 }, mah.nn.Tanh {}, mah.nn.Linear { 16, 3 },
---     }
---     print(model)
---     --> Sequential: 131 parameters
---     -->   Linear{4, 16}: 80 parameters
---     -->   Tanh{}
---     -->   Linear{16, 3}: 51 parameters
---@param list Layer[]   a layer that is there twice has its parameters once
---@return Layer
function containers.Sequential(list) return layer.new("Sequential", list) end

-- -- Around ---------------------------------------------------------------------------------------

local function around(list, p, x, training)
  local y = in_turn(list, p, x, training)
  local have, want = operands.shape(y), operands.shape(x)
  if table.concat(have, "x") ~= table.concat(want, "x") then
    check.raise("mah.nn.Residual: the layers give %s for %s; what is added has its shape",
      table.concat(have, "x"), table.concat(want, "x"))
  end
  return x + y
end

layer.define("Residual", {}, {}, function(_, list) return container(list, around) end, true)

--- The input, and added to it what the layers make of it, one after the other (He et al., "Deep
--- residual learning for image recognition", 2016).
---
---     local block = mah.nn.Residual { mah.nn.Linear { 64, 64 }, mah.nn.Tanh {} }
---     print(block.layers[1])                         --> Linear{64, 64}: 4160 parameters
---@param list Layer[]   they give as many columns as they take
---@return Layer
function containers.Residual(list) return layer.new("Residual", list) end

-- -- Side by side ---------------------------------------------------------------------------------

local function each(list, p, x, training)
  local ys = {}
  for i = 1, #list do ys[i] = list[i](p[i], x, training) end
  return ys
end

local joins = {
  cat = function(list, p, x, training) return o.cat(each(list, p, x, training), -1) end,
  sum = function(list, p, x, training)
    local ys = each(list, p, x, training)
    local sum = ys[1]
    for i = 2, #ys do sum = sum + ys[i] end
    return sum
  end,
}

layer.define("Parallel", {
  join = { "cat", { "cat", "sum" }, nil, "what becomes of the results. cat: their columns stand "
    .. "side by side; sum: they are added up" },
}, {},
  function(settings, list) return container(list, joins[settings.join]) end, true)

--- Layers side by side, each of the same input; what they give is put together.
---
---     local both = mah.nn.Parallel { mah.nn.Linear { 8, 4 }, mah.nn.Linear { 8, 2 } }
---     print(both.settings.join)                      --> cat
---@param given table   layers, and join
---@return Layer
function containers.Parallel(given) return layer.new("Parallel", given) end

return containers
