--- Layers of networks, as functions of tensors and as values with parameters, under PyTorch's
--- names: mah.nn.linear(x, W, b) and mah.nn.Linear{3, 2}, mah.nn.layer_norm and
--- mah.nn.LayerNorm, ... print(layer) shows the layers in it, one on a line, with their parameters.
---
---     local model = mah.nn.Sequential {
---       mah.nn.Linear { 4, 32 },
---       mah.nn.Residual { mah.nn.LayerNorm { 32 }, mah.nn.Linear { 32, 32 }, mah.nn.Tanh {} },
---       mah.nn.Dropout { 0.1 },
---       mah.nn.Linear { 32, 3 },
---     }
---     local net = mah.network { forward = model, loss = "cross_entropy", seed = 1 }
---     print(#net.params, net(mah.zeros(5, 4)).shape[2])                --> 1379 3
local containers = require "mah.learn.nn.containers"
local functions = require "mah.learn.nn.functions"
local layer = require "mah.learn.nn.layer"
local layers = require "mah.learn.nn.layers"

local nn = {}
for _, part in ipairs { functions, layers, containers } do
  for name, f in pairs(part) do
    if type(f) == "function" then nn[name] = f end
  end
end
nn.layer_of_state, nn.is_layer = layer.of_state, layer.is

return nn
