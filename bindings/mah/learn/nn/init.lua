--- Layers of networks, as functions of tensors (functions.lua) and as values (layer.lua), under
--- PyTorch's names.
---
---     local model = mah.nn.Sequential {
---       mah.nn.Linear { 4, 32 },
---       mah.nn.Residual { mah.nn.LayerNorm { 32 }, mah.nn.Linear { 32, 32 }, mah.nn.Tanh {} },
---       mah.nn.Dropout { 0.1 },
---       mah.nn.Linear { 32, 3 },
---     }
---     print(model)                             -- one layer on a line, with its parameters
---     local net = mah.network { forward = model, loss = "cross_entropy", seed = 1 }
---
--- As functions: mah.nn.linear(x, W, b), mah.nn.layer_norm(x, weight, bias), ...
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
