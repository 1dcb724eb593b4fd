--- A network of mah.mlp's as plain values and tensors, for files; estimator/load.lua makes one of
--- them again.
---
---     network_state.of(net)     --> {inputs =, dtype =, loss =, input_scale =, layers = {{units =,
---                               --   activation =, dropout =, max_norm =, weight =, bias =} ...}}
---
--- Layers with a norm have norm_weight, norm_bias, running_mean and running_var, too.
local activations = require "mah.learn.activation"
local check = require "mah.base.check"

local network_state = {}

--- What a layer has beyond the core's: see stacked.lua. nil where there is nothing.
local function deep_state(net, layer, i)
  if not rawget(net, "norms") then return {} end
  local norm = net.parameters[i].norm
  return { norm = layer.norm, residual = layer.residual or nil,
    noise = layer.noise > 0 and layer.noise or nil, norm_weight = norm and norm.weight,
    norm_bias = norm and norm.bias, running_mean = norm and norm.running_mean,
    running_var = norm and norm.running_var }
end

---@param net network
---@return table
function network_state.of(net)
  local layers = {}
  for i, layer in ipairs(net.layers) do
    if type(layer.activation) ~= "string" then
      check.raise("layer %d: a network with an activation of your own (%s) cannot be saved: a file "
        .. "holds no functions. Save the weights, mah.save_safetensors(path, {params = "
        .. "net.params}), and make the network in the script that loads them", i,
        activations.name(layer.activation))
    end
    local state = deep_state(net, layer, i)
    state.units, state.activation, state.weight = layer.units, layer.activation, layer.weight
    state.bias, state.dropout = layer.bias, layer.dropout > 0 and layer.dropout or nil
    state.max_norm = layer.max_norm
    layers[i] = state
  end
  return { inputs = net.inputs, dtype = net.dtype, loss = net.loss_function, layers = layers,
    input_scale = net.input_scale ~= 1 and net.input_scale or nil }
end

--- Names for the layers' tensors in a file: coefs.0, intercepts.0 ... as scikit-learn calls them,
--- norms.0.weight ... of norms.
---@param net network
---@param prefix string               of the names
---@param names table<tensor, string>   where they are put
---@return table<tensor, string> names
function network_state.name(net, prefix, names)
  for i, layer in ipairs(net.layers) do
    names[layer.weight] = ("%scoefs.%d"):format(prefix, i - 1)
    names[layer.bias] = ("%sintercepts.%d"):format(prefix, i - 1)
    local norm = rawget(net, "norms") and net.parameters[i].norm
    for name, value in pairs(norm or {}) do
      names[value] = ("%snorms.%d.%s"):format(prefix, i - 1, name)
    end
  end
  return names
end

--- What everybody wants to know of a network, for the header of a file.
---@return {layer_sizes: integer[], activations: string[]}
function network_state.summary(net)
  local sizes, names = { net.inputs }, {}
  for i, layer in ipairs(net.layers) do
    sizes[i + 1], names[i] = layer.units, activations.name(layer.activation)
  end
  return { layer_sizes = sizes, activations = names }
end

--- What a file of such a network has: see estimator/save.lua.
network_state.file = {
  FORMAT = "mah network 1", state = network_state.of, summary = network_state.summary,
  names = function(net) return network_state.name(net, "", {}) end,
}

return network_state
