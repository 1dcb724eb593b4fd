--- The parameters of a network as the user describes them: tables by name or lists, within one
--- another, and at their ends sizes, tensors or layers.
---
---     local tree = tree.read({ W = { 3, 2 }, b = { 2, init = "ones" } }, "mah.network: params")
---     -- {form = { W = leaf, b = leaf }, parameters = {leaf W, leaf b}, buffers = {}}
---     -- leaf: {name = "W", sizes = { 3, 2 }, init =, max_norm =, value = a tensor or nil,
---     --        first =, count =}       its place in the flat vector, from 1
---
--- Leaves come in the order of lists, then of names, in which numbers count, W2 before W10, and
--- `weight` comes first.
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local initial = require "mah.learn.initial"
local options = require "mah.base.options"

local tree = {}

local DEEP = 32
local MOST = 2 ^ 48 -- numbers of a parameter: no memory has more

-- -- Leaves ---------------------------------------------------------------------------------------

local leaf_rules = {
  init = { nil, "string|callable" },
  max_norm = { nil, "number", "(0, inf)" },
  buffer = { false, "boolean" },
}

--- The name of an initialiser, checked.
function tree.expect_init(init, where)
  if type(init) ~= "string" or rawget(initial, init) then return init end
  check.raise("%s: init must be one of mah.init's or a function; got %s%s", where, check.show(init),
    options.did_you_mean(init, initial))
end

--- Fills t with what an initialiser gives.
---@param init string|function   a name of mah.init's; or function (t, rng), which fills t, or gives
---  other values for it
---@param t tensor
---@param rng rng
---@param where string
---@param usual string|function|nil   the network's initialiser, for functions of layers
function tree.draw(init, t, rng, where, usual)
  if type(init) == "string" then
    initial[init](t, { rng = rng })
    return
  end
  local got = init(t, rng, usual)
  if got == nil or rawequal(got, t) then return end
  Type.expect(got, where .. ": what init gives")
  check.that(table.concat(got.shape, "x") == table.concat(t.shape, "x"),
    "%s: init gives %s for %s", where, Type.describe(got), Type.describe(t))
  t:copy_(got)
end

local function read_sizes(given, where)
  local sizes, named = {}, {}
  for key, value in pairs(given) do
    if type(key) ~= "number" then
      named[key] = value
    else
      check.that(key == 1 or given[key - 1] ~= nil, "%s: the list of sizes has a hole before [%s]",
        where, tostring(key))
      sizes[key] = value
    end
  end
  local count = 1
  for d, size in ipairs(sizes) do
    check.that(options.matches(size, "integer") and size >= 1,
      "%s: sizes are integers >= 1; got %s", where, check.show(size))
    check.that(d <= 8, "%s: a tensor has at most 8 dimensions", where)
    count = count * size
  end
  check.that(count <= MOST, "%s: %g numbers are more than a tensor can have", where, count)
  local leaf = options(named, leaf_rules, where)
  leaf.sizes, leaf.init = sizes, tree.expect_init(leaf.init, where)
  check.that(not (leaf.buffer and leaf.max_norm),
    "%s: max_norm is for what is trained, and this is a buffer", where)
  check.that(not leaf.max_norm or #sizes >= 2, "%s: max_norm is for weights (in, out)", where)
  return leaf
end

local function of_tensor(value, where)
  check.that(value.dtype:find "^float", "%s: %s; parameters are numbers with fractions", where,
    Type.describe(value))
  return { sizes = value.shape, value = value:clone(), buffer = false }
end

--- A layer of mah.nn, or another object that has a tree of parameters.
---@param value any
---@return boolean
function tree.is_layer(value)
  local meta = type(value) == "table" and getmetatable(value)
  return type(meta) == "table" and meta.__call ~= nil and type(rawget(value, "params")) == "table"
end

-- -- Order ----------------------------------------------------------------------------------------

--- "W10" as text that is sorted behind "W2".
local function sortable(name)
  if name == "weight" then return "" end -- before the bias, as everywhere
  return (name:gsub("%d+", function(digits) return ("%020d"):format(tonumber(digits)) end))
end

local function before(a, b)
  if type(a) ~= type(b) then return type(a) == "number" end
  if type(a) == "number" then return a < b end
  local one, other = sortable(a), sortable(b)
  if one ~= other then return one < other end
  return a < b
end

local function sorted_keys(t, where)
  local keys = {}
  for key in pairs(t) do
    check.that(type(key) == "string" or type(key) == "number",
      "%s: parameters have names or numbers; got the key %s", where, check.show(key))
    keys[#keys + 1] = key
  end
  table.sort(keys, before)
  return keys
end

-- -- Reading --------------------------------------------------------------------------------------

local read

local function read_table(found, given, name, where, depth)
  local form = {}
  for _, key in ipairs(sorted_keys(given, where)) do
    local shown = type(key) == "number" and ("%s[%d]"):format(where, key) or where .. "." .. key
    local inner = name == "" and tostring(key) or name .. "." .. key
    form[key] = read(found, given[key], inner, shown, depth + 1)
  end
  return form
end

--- What stands for `given` in the form; its leaves are added to `found`.
function read(found, given, name, where, depth)
  if tree.is_layer(given) then given = rawget(given, "params") end
  local leaf
  if Type.is_tensor(given) then
    leaf = of_tensor(given, where)
  else
    check.that(type(given) == "table" and not getmetatable(given) and depth <= DEEP,
      "%s: sizes, a tensor, a layer or a table of these is expected, got %s", where,
      check.show(given))
    if type(given[1]) ~= "number" then return read_table(found, given, name, where, depth) end
    leaf = read_sizes(given, where)
  end
  leaf.name, leaf.is_leaf = name ~= "" and name or "params", true
  check.that(not found.named[leaf.name], "%s: two parameters are called %s", where, leaf.name)
  found.named[leaf.name] = true
  local list = leaf.buffer and found.buffers or found.parameters
  list[#list + 1] = leaf
  return leaf
end

local function lay_out(leaves)
  local first = 1
  for _, leaf in ipairs(leaves) do
    leaf.first, leaf.count = first, 1
    for _, size in ipairs(leaf.sizes) do leaf.count = leaf.count * size end
    first = first + leaf.count
  end
  return first - 1
end

--- Reads a description; errors name the place in it.
---@param given any
---@param where string   what it is called in messages
---@return table   {form, parameters, buffers, size, buffer_size}
function tree.read(given, where)
  local found = { parameters = {}, buffers = {}, named = {} }
  found.form = read(found, given, "", where, 1)
  found.named = nil
  check.that(#found.parameters > 0, "%s: there are no parameters", where)
  found.size, found.buffer_size = lay_out(found.parameters), lay_out(found.buffers)
  return found
end

-- -- Views ----------------------------------------------------------------------------------------

--- The part of a flat vector that is a leaf's, in its shape.
function tree.view(leaf, flat)
  local part = flat:narrow(1, leaf.first, leaf.count)
  return #leaf.sizes == 1 and part or part:view(leaf.sizes)
end

--- Views of a list of leaves, in its order.
function tree.views(leaves, flat)
  local list = {}
  for i, leaf in ipairs(leaves) do list[i] = tree.view(leaf, flat) end
  return list
end

local function fill(form, value_of)
  if form.is_leaf == true then return value_of(form) end
  local made = {}
  for key, inner in pairs(form) do made[key] = fill(inner, value_of) end
  return made
end

--- The tree in its form with value_of(leaf) at the ends.
---@param form table
---@param value_of fun(leaf: table): any
---@return any
function tree.fill(form, value_of) return fill(form, value_of) end

--- The tree with views of both flat vectors.
function tree.of_views(found, params, buffers)
  return fill(found.form, function(leaf)
    return tree.view(leaf, leaf.buffer and buffers or params)
  end)
end

return tree
