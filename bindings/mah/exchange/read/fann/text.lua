--- The text of a FANN file: neurons, connections and scaling as lists of numbers.
---
---     local net = text.read(file.read(path), path)
---     print(net.sizes[1], net.neurons[4].activation, net.connections[1].weight)
---
--- Fields go by their names. Numbers of fixed point are divided already. FANN prints in the locale
--- of its program, so a decimal point may be a comma.
local check = require "mah.base.check"

local text = {}

---@class mah.FannFile
---@field path string
---@field shortcut boolean
---@field sizes integer[]      of the layers, with their bias neurons
---@field neurons {count: integer, activation: integer, steepness: number}[]
---@field connections {source: integer, weight: number}[]   neuron by neuron; source from 1
---@field scaling table<string, number[]>|nil               mean_in, deviation_in ... factor_out

local MOST_BITS = 30 -- of a fixed-point number's fraction

-- -- Fields ---------------------------------------------------------------------------------------

--- How many fraction bits there are, 0 for floats; complains of versions that have another layout.
local function read_version(content, path)
  local version = content:match "^(FANN_F[LI][OX]_[%d.]+)%s" or content:sub(1, 12)
  if version == "FANN_FLO_2.1" then return nil end
  check.that(version == "FANN_FIX_2.0", "%s: it begins with %s; FANN_FLO_2.1 and FANN_FIX_2.0 can "
    .. "be read. libfann 2.2 writes an older file anew: fann_create_from_file, then fann_save",
    path, check.show(version))
  local bits = tonumber(content:match "\ndecimal_point=(%d+)%s" or nil)
  return check.that(bits and bits <= MOST_BITS and bits, "%s: no decimal_point of 0 ... %d", path,
    MOST_BITS)
end

local function read_fields(content)
  local fields = {}
  for line in content:gmatch "[^\r\n]+" do
    local key, value = line:match "^([^=]+)=(.*)$"
    if key and not fields[key] then fields[key] = value end
  end
  return fields
end

local function field(fields, name, path)
  return check.that(fields[name], "%s: there is no %s", path, name)
end

local function number(word, path, name)
  local value = #word <= 60 and tonumber((word:gsub(",", ".")))
  return check.that(value, "%s: %s: %s is no number", path, name, check.show(word:sub(1, 60)))
end

local function list(fields, name, path)
  local values = {}
  for word in field(fields, name, path):gmatch "%S+" do
    values[#values + 1] = number(word, path, name)
  end
  return values
end

local function integer(fields, name, path)
  local word = field(fields, name, path):match "^%s*(%d+)%s*$"
  return check.that(word and #word < 10 and tonumber(word), "%s: %s is no integer", path, name)
end

--- Calls `take` with the words of each pair or triple, "(3, 5, 0,5) ...", from first to last.
local function each_tuple(content, pattern, path, name, take)
  local at = 1
  while content:find("%S", at) do
    local first, last, a, b, c = content:find(pattern, at)
    check.that(first, "%s: %s: %s is none of its entries", path, name,
      check.show(content:sub(at, at + 30)))
    take(a, b, c)
    at = last + 1
  end
end

-- -- Lists ----------------------------------------------------------------------------------------

local NEURONS = "neurons (num_inputs, activation_function, activation_steepness)"
local CONNECTIONS = "connections (connected_to_neuron, weight)"

local function read_neurons(fields, path, scale)
  local neurons = {}
  each_tuple(field(fields, NEURONS, path), "^%s*%((%d+), (%d+), ([^%s%)]+)%)", path, "neurons",
    function(count, activation, steepness)
      neurons[#neurons + 1] = { count = tonumber(count), activation = tonumber(activation),
        steepness = number(steepness, path, "neurons") / scale }
    end)
  return neurons
end

local function read_connections(fields, path, scale)
  local connections = {}
  each_tuple(field(fields, CONNECTIONS, path), "^%s*%((%d+), ([^%s%)]+)%)", path, "connections",
    function(source, weight)
      connections[#connections + 1] = { source = tonumber(source) + 1,
        weight = number(weight, path, "connections") / scale }
    end)
  return connections
end

local function read_scaling(fields, path)
  if not fields.scale_included or integer(fields, "scale_included", path) == 0 then return nil end
  local scaling = {}
  for _, side in ipairs { "in", "out" } do
    for _, part in ipairs { "mean", "deviation", "new_min", "factor" } do
      local name = part .. "_" .. side
      scaling[name] = list(fields, "scale_" .. name, path)
    end
  end
  return scaling
end

-- -- All of it ------------------------------------------------------------------------------------

local function sum(entries, of)
  local total = 0
  for _, entry in ipairs(entries) do total = total + of(entry) end
  return total
end

--- Complains unless the counts agree with one another.
local function check_counts(net, path)
  for _, size in ipairs(net.sizes) do
    check.that(size % 1 == 0 and size >= 1, "%s: a layer of %g neurons", path, size)
  end
  local neurons = sum(net.sizes, function(size) return size end)
  local connections = sum(net.neurons, function(neuron) return neuron.count end)
  check.that(neurons == #net.neurons, "%s: %d neurons, but layer_sizes names %.0f", path,
    #net.neurons, neurons)
  check.that(connections == #net.connections, "%s: %d connections, but the neurons have %.0f", path,
    #net.connections, connections)
end

---@param content string
---@param path string   for messages
---@return mah.FannFile
function text.read(content, path)
  local bits = read_version(content, path)
  local fields, scale = read_fields(content), 2 ^ (bits or 0)
  local kind = integer(fields, "network_type", path)
  check.that(kind <= 1, "%s: network_type %d; FANN has 0 and 1", path, kind)
  local net = { path = path, shortcut = kind == 1, sizes = list(fields, "layer_sizes", path),
    neurons = read_neurons(fields, path, scale),
    connections = read_connections(fields, path, scale), scaling = read_scaling(fields, path) }
  local layers = integer(fields, "num_layers", path)
  check.that(#net.sizes == layers and layers >= 2, "%s: num_layers is %d, and layer_sizes has %d",
    path, layers, #net.sizes)
  check_counts(net, path)
  return net
end

return text
