--- Where the first number that is not finite comes from in a network of layers: mah.train's
--- detect_anomaly. (The tape looks for itself: mah.grad.tape.)
---
---     anomaly.look(trainer, w, loss, gradient)     -- after each evaluation; raises what it finds
local check = require "mah.base.check"
local activations = require "mah.learn.activation"

local anomaly = {}

local function is_finite(t) return t:isfinite():all() end

--- The rows of the batch at hand.
local function rows_of(trainer)
  local batch = trainer.batch
  local places = trainer.order:narrow(1, tonumber(batch.first) + 1, tonumber(batch.count)) + 1
  return trainer.data.x:index_select(1, places)
end

local function raise(trainer, what, ...)
  check.raise("detect_anomaly: %s is the first that is not finite, in step %d (epoch %d)",
    what:format(...), tonumber(trainer.batch.step) + 1, trainer.epoch)
end

local function named(net, i)
  return ("%d (%s)"):format(i, activations.name(net.layers[i].activation))
end

--- Forwards, without dropout: weights, and what comes out of each layer.
local function look_forwards(trainer, w)
  local net = trainer.net:clone()
  net.params:copy_(w)
  local outs = net:activations(rows_of(trainer))
  for i, layer in ipairs(net.layers) do
    if not is_finite(layer.weight) then raise(trainer, "a weight of layer %d", i) end
    if not is_finite(layer.bias) then raise(trainer, "a bias of layer %d", i) end
    if not is_finite(outs[i]) then raise(trainer, "the output of layer %s", named(net, i)) end
  end
end

--- Backwards: the gradients of each layer, the last one first.
local function look_backwards(trainer, gradient)
  local net = trainer.net:clone()
  net.params:copy_(gradient)
  for i = #net.layers, 1, -1 do
    local layer = net.layers[i]
    if not (is_finite(layer.weight) and is_finite(layer.bias)) then
      raise(trainer, "the gradient of layer %s", named(net, i))
    end
  end
end

--- Raises an error that names the layer where the loss or the gradient is not finite.
---@param trainer table
---@param w tensor
---@param loss number
---@param gradient tensor
function anomaly.look(trainer, w, loss, gradient)
  if loss - loss == 0 and is_finite(gradient) then return end
  look_forwards(trainer, w)
  if loss - loss ~= 0 then raise(trainer, "the loss, %g,", loss) end
  look_backwards(trainer, gradient)
end

return anomaly
