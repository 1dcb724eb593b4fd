--- The outputs of a network of layers in the core, and the derivatives of each with respect to all
--- parameters, row by row: for least squares (residuals.lua).
---
---     local slopes, pulled = row_slopes(trainer)
---     local p, D = slopes(w, true)                   -- (rows, K), (rows K, P)
---
--- A derivative is the gradient of a row with a target that is 1 less than the output: of
--- (p - t)^2 / 2 the slope is then that of p. So the core computes them, of whatever it knows; each
--- goes to its row of the matrix.
local ffi = require "ffi"
local inputs = require "mah.learn.inputs"
local tensor = require "mah.tensor"

--- The outputs of all rows with the parameters w.
local function outputs_at(net, w, x)
  local own = net.params
  net.params = w
  local ok, p = pcall(net.forward, net, x)
  net.params = own
  if not ok then error(p, 0) end
  return p
end

--- A batch of one row, for its gradient.
local function new_batch(trainer)
  local batch, x = ffi.new "mah_batch", trainer.data.x
  batch.x, batch.compressed_, batch.order_ = inputs.matrix(x), trainer.compressed, trainer.order
  batch.count, batch.sums_outputs = 1, 1
  return batch
end

--- A mask of what l2 pulls, the weights, in the flat vector.
local function pulled(net)
  local mask, first = tensor.zeros(#net.params, { dtype = "float64" }), 1
  for _, layer in ipairs(net.layers) do
    mask:narrow(1, first, layer.weight:numel()):fill_(1)
    first = first + layer.weight:numel() + layer.units
  end
  return mask
end

---@param trainer table
---@return fun(w: tensor, with_derivatives: boolean): tensor, tensor|nil   the matrix is written to
---  again
---@return tensor pulled   (P): 1 where l2 pulls
return function(trainer)
  local net, x, outputs = trainer.net, trainer.data.x, trainer.net.outputs
  local places, batch = trainer.order + 1, new_batch(trainer)
  local targets, derivatives, rows

  local function make_room(p)
    targets = tensor.zeros_like(p)
    derivatives = tensor.zeros(#places * outputs, #net.params, { dtype = net.dtype })
    rows = {}
    for i = 1, #places * outputs do rows[i] = derivatives:select(1, i) end
  end

  --- Of output k.
  local function differentiate(w, p, k)
    targets:copy_(p)
    targets:select(2, k):sub_(1)
    batch.y = targets
    for i = 1, #places do
      batch.first = i - 1
      net:evaluate(batch, w, rows[(i - 1) * outputs + k])
    end
  end

  return function(w, with_derivatives)
    local p = outputs_at(net, w, x)
    if with_derivatives then
      if not targets then make_room(p) end
      for k = 1, outputs do differentiate(w, p, k) end
    end
    return p:index_select(1, places), with_derivatives and derivatives or nil
  end, pulled(net)
end
