--- Layers as values: what mah.nn's constructors give.
---
---     local layer = mah.nn.Linear { 3, 2 }
---     print(layer, layer.kind, layer.settings.inputs)  --> Linear{3, 2}: 8 parameters Linear 3
---     print(layer.params.weight[1], layer.params.bias[1])              --> 3 2
---     local p = { weight = mah.ones(3, 2), bias = mah.zeros(2) }
---     print(layer(p, mah.ones(1, 3), false)[1][1])                     --> 3
---
--- A kind says how its layers are made of settings, which are plain values, so that a file can hold
--- them; those of containers have the states of what is in them, settings.layers.
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local class = require "mah.base.class"
local options = require "mah.base.options"

---@class Layer
---@field kind string         "Linear" ...: the constructor's name
---@field settings table      its options, plain values, of which mah.nn.layer_of_state makes the
---  layer again
---@field params table        the parameters, in the form of mah.network's params
---@field layers Layer[]|nil  of containers: the layers in it
---@field forward fun(p: table, x: tensor, training: boolean|table|nil): tensor  layer(p, x,
---  training) calls it; p has the form of params
local Layer = class.new("a layer", "layer", "layers is_custom shown")

class.fields[Layer] = { kind = true, settings = true, params = true, forward = true }

local layer = { class = Layer, kinds = {} }

--- Is it a layer of mah.nn?
---
---     print(mah.nn.is_layer(mah.nn.Tanh {}))         --> true
---@param value any
---@return boolean
function layer.is(value) return type(value) == "table" and getmetatable(value) == Layer end

--- Complains unless it is a layer.
function layer.expect(value, where)
  check.that(layer.is(value), "%s: a layer of mah.nn is expected, got %s", where,
    check.show(value))
  return value
end

-- -- Kinds ----------------------------------------------------------------------------------------

--- A new kind. `make`(settings, list, where) gives {params =, forward =, layers =}, and may change
--- the settings; `list` holds the layers that a container is given.
---@param kind string
---@param rules table           the settings, as mah.base.options reads them
---@param positional string[]   the settings that stand without a name, in their order
---@param make function
---@param is_container boolean|nil
function layer.define(kind, rules, positional, make, is_container)
  options.declare("mah.nn." .. kind, rules)
  layer.kinds[kind] = { rules = rules, positional = positional, make = make,
    is_container = is_container or false }
end

--- Splits what a constructor is given: settings by name, and the layers of a container.
local function read(given, known, where)
  check.that(type(given) == "table" and not getmetatable(given),
    "%s: a table is expected, %s{...}; got %s", where, where, check.show(given))
  local named, list = {}, {}
  for key, value in pairs(given) do
    if type(key) ~= "number" then
      named[key] = value
    elseif known.is_container then
      check.that(key == 1 or given[key - 1] ~= nil, "%s: the list has a hole before layer %s",
        where, tostring(key))
      list[key] = layer.expect(value, ("%s: layer %s"):format(where, tostring(key)))
    else
      local name = known.positional[key]
      check.that(name, "%s: there is no setting number %s; got %s", where, tostring(key),
        check.show(value))
      check.that(named[name] == nil and given[name] == nil, "%s: %s is given twice", where, name)
      named[name] = value
    end
  end
  check.that(not known.is_container or #list > 0, "%s: layers are expected, %s{layer, ...}", where,
    where)
  return options(named, known.rules, where), list
end

--- Plain values alone: functions are of use when a network is made, and not in files.
local function plain(settings)
  local kept = {}
  for name, value in pairs(settings) do
    if type(value) ~= "function" then kept[name] = value end
  end
  return kept
end

--- A layer of a kind, as its constructor is called.
---@param kind string
---@param given table
---@return Layer
function layer.new(kind, given)
  local known, where = layer.kinds[kind], "mah.nn." .. kind
  local settings, list = read(given == nil and {} or given, known, where)
  local made = known.make(settings, list, where)
  made.kind, made.settings = kind, plain(settings)
  made.params = made.params or {}
  setmetatable(made, Layer)
  if made.layers then made.settings.layers = layer.states(made) end
  return made
end

-- -- Called ---------------------------------------------------------------------------------------

--- layer(p, x, training): the outputs for parameters p.
function Layer:__call(p, x, training)
  if type(p) ~= "table" and next(self.params) ~= nil then
    check.raise("a layer is called with its parameters, layer(p, x, training); got %s in the "
      .. "place of p", check.show(p))
  end
  return self.forward(p, x, training)
end

-- -- States ---------------------------------------------------------------------------------------

local function state_of(one, path, seen)
  if seen[one] then return { same = seen[one] } end
  seen[one] = path
  if not one.layers then return { kind = one.kind, settings = one.settings } end
  local settings = {}
  for name, value in pairs(one.settings) do settings[name] = value end
  settings.layers = layer.states(one, path, seen)
  return { kind = one.kind, settings = settings }
end

--- The states of a container's layers: {kind =, settings =} each, or {same = path} of one that has
--- been there before, at container.layers[path[1]].layers[path[2]] ...
---@param container Layer
---@return table[]
function layer.states(container, path, seen)
  path, seen = path or {}, seen or {}
  local list = {}
  for i, one in ipairs(container.layers) do
    local inner = { unpack(path) }
    inner[#inner + 1] = i
    list[i] = state_of(one, inner, seen)
  end
  return list
end

local of_state

--- The layers of a container's state. `places`: those that have been made, by their paths.
local function layers_of_states(states, path, places, where)
  check.depth(#path, "%s", where)
  check.that(type(states) == "table", "%s: the saved layer is damaged", where)
  local list = {}
  for i, state in ipairs(states) do
    local inner = { unpack(path) }
    inner[#inner + 1] = i
    if type(state) == "table" and type(state.same) == "table" then
      list[i] = check.that(places[table.concat(state.same, ".")],
        "%s: the saved layer is damaged", where)
    else
      list[i] = of_state(state, inner, places, where)
      places[table.concat(inner, ".")] = list[i]
    end
  end
  return list
end

function of_state(state, path, places, where)
  check.that(type(state) == "table" and type(state.kind) == "string"
    and type(state.settings) == "table", "%s: {kind =, settings =} is expected, got %s", where,
    check.show(state))
  local known = layer.kinds[state.kind]
  check.that(known, "%s: there is no layer %s%s", where, check.show(state.kind),
    options.did_you_mean(state.kind, layer.kinds))
  check.that(state.kind ~= "Layer", "%s: a layer of your own is made by the script that has its "
    .. "function", where)
  local given = {}
  for name, value in pairs(state.settings) do given[name] = value end
  if known.is_container then
    given.layers = nil
    local list = layers_of_states(state.settings.layers, path, places, where)
    for i, one in ipairs(list) do given[i] = one end
  end
  return layer.new(state.kind, given)
end

--- The layer of a state {kind = layer.kind, settings = layer.settings}, as files keep it.
---
---     local state = { kind = "Dropout", settings = { rate = 0.2 } }
---     print(mah.nn.layer_of_state(state))            --> Dropout{0.2}
---@param state table   kind, settings
---@return Layer
function layer.of_state(state) return of_state(state, {}, {}, "mah.nn.layer_of_state") end

-- -- Showing --------------------------------------------------------------------------------------

--- How many numbers a tree of parameters has, without buffers.
local function count(tree, depth)
  check.depth(depth, "a layer's params")
  if layer.is(tree) then return count(tree.params, depth + 1) end
  if Type.is_tensor(tree) then return tree:numel() end
  if tree.buffer then return 0 end
  local total, is_leaf = type(tree[1]) == "number" and 1 or 0, type(tree[1]) == "number"
  for key, value in pairs(tree) do
    if is_leaf then
      if type(key) == "number" then total = total * value end
    else
      total = total + count(value, depth + 1)
    end
  end
  return total
end

local function shown_setting(value)
  return type(value) == "string" and ("%q"):format(value) or tostring(value)
end

--- "784, 64, bias = false": what differs from the defaults.
local function shown_settings(one)
  local known, parts, is_positional = layer.kinds[one.kind], {}, {}
  for i, name in ipairs(known.positional) do
    is_positional[name] = true
    local value = one.settings[name]
    if value == nil then break end
    if value ~= known.rules[name][1] then parts[i] = shown_setting(value) end
  end
  local names = {}
  for name in pairs(known.rules) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local value = one.settings[name]
    if not is_positional[name] and value ~= nil and value ~= known.rules[name][1] then
      parts[#parts + 1] = ("%s = %s"):format(name, shown_setting(value))
    end
  end
  return table.concat(parts, ", ")
end

local function add_lines(lines, one, indent, seen)
  local n = count(one.params, 1)
  local same = seen[one] and n > 0 and " (the same as before)" or ""
  local number = n > 0 and same == "" and (": %d parameter%s"):format(n, n == 1 and "" or "s") or ""
  seen[one] = true
  local settings = shown_settings(one)
  local name = one.shown or one.kind
  local text = one.layers and settings == "" and name or ("%s{%s}"):format(name, settings)
  lines[#lines + 1] = indent .. text .. number .. same
  for _, inner in ipairs(one.layers or {}) do add_lines(lines, inner, indent .. "  ", seen) end
end

--- The layer with what is in it, one on a line, and how many parameters each has.
function Layer:__tostring()
  local lines = {}
  add_lines(lines, self, "", {})
  return table.concat(lines, "\n")
end

return layer
