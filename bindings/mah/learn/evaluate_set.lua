--- Loss and score of a data set, for the training loop: in one pass where the core can do both, as
--- for classes.
---
---     local loss, score = evaluate_set(net, {x = x, y = y, compressed = inputs.compress(net, x)})
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
local inputs = require "mah.learn.inputs"
local number_in = require "mah.base.number_in"

local loss_out, correct_out = ffi.new "double[1]", ffi.new "double[1]"

local function has_classes(net, y)
  return net.loss_function == "binary_cross_entropy"
    or net.loss_function == "cross_entropy" and y.ndim == 1
end

--- The mean loss without penalties, and net:score, both weighted: the score by score_weight.
---@param net network
---@param set {x: tensor|mah.Sparse, y: tensor, weight: tensor?, score_weight: tensor?,
---  compressed: ffi.cdata*?}
---@return number loss, number score
return function(net, set)
  local batch = ffi.new "mah_batch"
  batch.x, batch.y, batch.weight_ = inputs.matrix(set.x), set.y, set.weight
  batch.count = #set.x
  batch.compressed_ = set.compressed
  if net.custom or set.score_weight or not has_classes(net, set.y) then
    local loss = net:evaluate(batch, net.params, nil)
    return loss, net:score(set.x, set.y, set.score_weight)
  end
  check.status(C.mah_mlp_evaluate(net.handle, loss_out, correct_out, net.params, batch))
  return number_in(loss_out), number_in(correct_out) / #set.x
end
