--- A network as operations: a linear one and an activation for each layer. Dropout is for training,
--- and gone.
---
---     local y = network.outputs(p, net, x)
local activations = require "mah.learn.activation"
local check = require "mah.base.check"
local taped = require "mah.exchange.lower.taped"

local network = {}

--- Bytes times the input scale, as the core does: in double, divided where 1 / scale is whole.
---@param p mah.Program
---@param x table   of the network's dtype
---@return table value
function network.scaled(p, net, x)
  local scale = net.input_scale
  if scale == 1 then return x end
  local whole = math.floor(1 / scale + 0.5)
  local divides = whole ~= 0 and math.abs(whole * scale - 1) < 1e-15
  x = p:cast(x, "float64")
  return p:cast(p:op(divides and "div" or "mul", { x }, { by = divides and whole or scale }),
    net.dtype)
end

local function activated(p, z, name)
  return name == "identity" and z or p:op("activation", { z }, { name = name })
end

--- The outputs of the last layer.
---@param p mah.Program
---@param net network
---@param x table   of the network's dtype
---@return table value
function network.outputs(p, net, x)
  if taped.is(net) then return taped.value(p, net, x) end
  local own = {}
  for i, layer in ipairs(net.layers) do
    local hidden = i < #net.layers
    check.that(type(layer.activation) == "string", "cannot write layer %d: its activation, %s, is "
      .. "a function of your own", i, activations.name(layer.activation))
    x = p:op("linear", { x }, { weight = layer.weight, bias = layer.bias })
    own[i] = { name = x.node.name, weight = layer.weight, bias = layer.bias }
    x = activated(p, x, hidden and layer.activation or activations.output_of[net.loss_function])
  end
  p.networks[net] = own
  return x
end

return network
