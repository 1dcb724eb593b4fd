--- FANN's neurons as a chain of dense layers (exchange/chain.lua).
---
---     local steps = graph.steps(text.read(content, path))
---
--- A neuron may look at any of the layers before its own (shortcuts), and at some neurons only
--- (sparse nets): what a later layer needs is carried along by columns of the unit matrix.
local activations = require "mah.exchange.activations"
local check = require "mah.base.check"
local ffi = require "ffi"
local make = require "mah.tensor.make"

local graph = {}

local MOST_SUM = 150 -- FANN cuts steepness * sum(w x) at +- this / steepness

-- -- Neurons --------------------------------------------------------------------------------------

--- By FANN's numbers: the activation, what its argument is multiplied by, and are its values
--- without a limit, or not constant far from 0 (then it matters what FANN cuts)?
local functions = {
  [0] = { "identity", 1, true },
  { activations.step, 1 },
  { activations.step_symmetric, 1 },
  { "logistic", 2 }, -- 1 / (1 + exp(-2 t))
  { activations.sigmoid_stepwise, 1 },
  { "tanh", 1 },
  { activations.tanh_stepwise, 1 },
  { activations.gaussian, 1 },
  { activations.gaussian_symmetric, 1 },
  false, -- the stepwise gaussian: FANN has not written it
  { activations.elliot, 1, true },
  { activations.elliot_symmetric, 1, true },
  { activations.clip(0, 1), 1 },
  { activations.clip(-1, 1), 1 },
  { activations.sin, 1, true },
  { activations.cos, 1, true },
  { activations.sin_positive, 1, true },
  { activations.cos_positive, 1, true },
}

--- Beyond this the other functions are constant to float32's precision.
local FLAT = 20

--- What a neuron does: activation, factor of its sum, and the largest absolute value that comes out
--- when the sum of |w x| is at most `most`.
local function describe(net, i, most)
  local neuron = net.neurons[i]
  local f, s = functions[neuron.activation], neuron.steepness
  check.that(f, "%s: neuron %d: the activation function %d, which FANN 2.2 does not have", net.path,
    i - 1, neuron.activation)
  check.that(s >= 0 and s < math.huge, "%s: neuron %d: a steepness of %s", net.path, i - 1,
    check.show(s))
  local cut = MOST_SUM / s
  local reached = s == 0 and 0 or s * most
  local activation = f[1]
  if reached > cut and (f[3] or cut < FLAT) then
    activation = activations.limited(activation, cut * f[2])
  end
  return activation, s * f[2], neuron.activation == 0 and math.min(reached, cut) or 1
end

--- One neuron of a layer: {activation =, factor =, bound =, from =, to =}, connections from ... to.
local function read_neuron(net, state, i)
  local neuron, most = net.neurons[i], 0
  local from, to = state.next, state.next + neuron.count - 1
  state.next = to + 1
  for k = from, to do
    local connection = net.connections[k]
    local source = connection.source
    check.that(source < state.first, "%s: neuron %d looks at neuron %d, which is in no layer "
      .. "before its own", net.path, i - 1, source - 1)
    if connection.weight ~= 0 then -- 0 times infinity
      most = most + math.abs(connection.weight) * state.bound[source]
    end
    state.last_use[source] = state.layer
  end
  local read = { from = from, to = to }
  read.activation, read.factor, read.bound = describe(net, i, most)
  state.bound[i] = read.bound
  return read
end

--- A neuron without connections is a bias: 1, for all later layers.
local function is_bias(net, i) return net.neurons[i].count == 0 end

--- Layers after the first, as lists of neurons by their numbers.
local function read_layers(net)
  local state = { next = 1, first = 1, bound = {}, last_use = {}, layer = 1 }
  local layers, known = {}, {}
  for i = 1, net.sizes[1] do
    check.that(is_bias(net, i), "%s: the input %d has connections", net.path, i - 1)
    state.bound[i] = i < net.sizes[1] and math.huge or 1
  end
  local first = net.sizes[1] + 1
  for layer = 2, #net.sizes do
    state.first, state.layer, layers[layer] = first, layer, {}
    local is_last = layer == #net.sizes
    for i = first, first + net.sizes[layer] - 1 do
      local is_unused = is_last and not net.shortcut and i == first + net.sizes[layer] - 1
      state.bound[i] = 1
      if not is_bias(net, i) then known[i] = read_neuron(net, state, i) end
      if not is_unused and (known[i] or is_last) then table.insert(layers[layer], i) end
    end
    first = first + net.sizes[layer]
  end
  return layers, known, state.last_use
end

-- -- Layers ---------------------------------------------------------------------------------------

--- The columns behind a layer: its neurons, then what later layers look at.
local function columns_behind(neurons, columns, layer, last_use)
  local behind = {}
  for _, i in ipairs(neurons) do behind[#behind + 1] = i end
  for _, i in ipairs(columns) do
    if (last_use[i] or 0) > layer then behind[#behind + 1] = i end
  end
  return behind
end

local function places(columns)
  local place = {}
  for at, i in ipairs(columns) do place[i] = at - 1 end
  return place
end

--- The steps that lead from some columns to those behind a layer.
local function layer_steps(net, known, columns, behind, neuron_count, name)
  local weight, bias = make.zeros(#columns, #behind), make.zeros(#behind)
  local w, b = ffi.cast("float *", weight.data), ffi.cast("float *", bias.data)
  local place, list = places(columns), {}
  for at, i in ipairs(behind) do
    local neuron = at <= neuron_count and known[i]
    list[at] = neuron and neuron.activation or "identity"
    if not neuron and at <= neuron_count then
      b[at - 1] = 1 -- an output without connections
    elseif not neuron then
      w[place[i] * #behind + at - 1] = 1
    else
      for k = neuron.from, neuron.to do
        local connection = net.connections[k]
        local row, value = place[connection.source], connection.weight * neuron.factor
        if row then
          local cell = row * #behind + at - 1
          w[cell] = w[cell] + value
        else
          b[at - 1] = b[at - 1] + value
        end
      end
    end
  end
  return { kind = "linear", weight = weight, bias = bias, name = name },
    { kind = "activation", name = activations.mixed(list) }
end

--- What carrying along may cost: a few connections over many layers become large matrices.
local function check_size(net, columns, behind, total)
  check.that(#behind > 0, "%s: a hidden layer has a bias neuron only", net.path)
  total = total + #columns * #behind
  check.that(total <= 1e6 + 1000 * #net.connections, "%s: as dense layers its %d connections would "
    .. "take more than %.0f weights", net.path, #net.connections, total)
  return total
end

--- The steps from the inputs to the outputs.
---@param net mah.FannFile
---@return table[] steps
function graph.steps(net)
  check.that(net.sizes[1] > 1, "%s: a network without inputs", net.path)
  local layers, known, last_use = read_layers(net)
  local steps, columns, total = {}, {}, 0
  for i = 1, net.sizes[1] - 1 do columns[i] = i end
  for layer = 2, #net.sizes do
    local behind = columns_behind(layers[layer], columns, layer, last_use)
    total = check_size(net, columns, behind, total)
    local linear, activation = layer_steps(net, known, columns, behind, #layers[layer],
      "layer " .. layer)
    steps[#steps + 1], steps[#steps + 2] = linear, activation
    columns = behind
  end
  return steps
end

return graph
