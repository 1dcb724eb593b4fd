--- What a training of layers in the core is its own in: the batch points into the data, which may
--- be sparse, or spread over ranks, and the core evaluates a validation set in one pass. See
--- kind.lua.
local Augmentation = require "mah.data.augmentation"
local Network = require "mah.learn.network"
local Type = require "mah.tensor.type"
local activations = require "mah.learn.activation"
local anomaly = require "mah.learn.anomaly"
local check = require "mah.base.check"
local evaluate_set = require "mah.learn.evaluate_set"
local ffi = require "ffi"
local inputs = require "mah.learn.inputs"
local kind = require "mah.learn.kind"
local row_slopes = require "mah.learn.row_slopes"

local feed = {}

--- Shapes, and that all numbers are finite.
function feed.check_set(net, set, name)
  local expect = name == "data" and inputs.expect_data or inputs.expect
  local x = expect(set.x, "mah.train: " .. name .. ".x")
  local y = activations.targets(net.loss_function, set.y, ("mah.train: %s.y"):format(name))
  check.that(x.ndim == 2 and x.shape[2] == net.inputs,
    "mah.train: %s.x has shape (%s); the network has %d inputs", name, table.concat(x.shape, ", "),
    net.inputs)
  check.that(y.ndim >= 1 and #x == #y, "mah.train: %s.x has %d rows and %s.y has %d",
    name, #x, name, #y)
  check.that(#x > 0, "mah.train: %s has no rows", name)
  inputs.check_finite(x, "mah.train: " .. name .. ".x")
  if y.ndim <= 2 then inputs.check_finite(y, "mah.train: " .. name .. ".y") end
  return { x = x, y = y, weight = set.weight, scale = set.scale, rows = #x }
end

function feed.classes(net, set)
  return net.loss_function == "cross_entropy" and set.y.ndim == 1 and set.y or nil
end

--- A full-batch solver compares losses, so they must not change from one evaluation to the next.
local function check_dropout(net, solver)
  if type(solver) ~= "table" or not solver.full_batch then return end
  for _, layer in ipairs(net.layers) do
    check.that(layer.dropout == 0,
      "the solver %s needs a loss that stays the same; it does not go with dropout", solver.name)
  end
end

--- Nor must its images change.
local function check_images(solver)
  check.that(type(solver) ~= "table" or not solver.full_batch,
    "the solver %s needs a loss that stays the same; it does not go with augment",
    type(solver) == "table" and solver.name)
end

--- What changes the images on their way; nil where they stay as they are.
local function augmenter_of(trainer)
  local augment, x = trainer.settings.augment, trainer.data.x
  if not augment then return nil end
  check_images(trainer.settings.solver)
  check.that(not inputs.is_sparse(x), "mah.train: augment: images are expected as a tensor; data.x "
    .. "is a sparse matrix")
  return augment:augmenter({ #x, trainer.net.inputs }, "mah.train: augment")
end

--- The targets; classes as probabilities where they are mixed.
local function targets_of(trainer)
  local net, y, augment = trainer.net, trainer.data.y, trainer.settings.augment
  local has_classes = net.loss_function == "cross_entropy" and y.ndim == 1
  if not has_classes or not augment or not augment:mixes() then return y end
  trainer.probabilities = Augmentation.probabilities(y, net.outputs, net.dtype, "mah.train: data.y")
  return trainer.probabilities
end

--- x without its zeros, for a rank that computes with it.
local function prepare_inputs(trainer, x, is_wanted)
  if not is_wanted then return nil end
  if not trainer.ranks then return inputs.compress(trainer.net, x) end
  return trainer.ranks:at_work(inputs.compress, trainer.net, x)
end

--- Of a shard no rank has all rows, to look at them.
local function check_anomaly(trainer)
  check.that(not trainer.settings.detect_anomaly or not inputs.is_shard(trainer.data.x),
    "mah.train: detect_anomaly does not go with a shard: no rank has all rows")
end

feed.look = anomaly.look

function feed.feed(trainer)
  local net, data, ranks, set = trainer.net, trainer.data, trainer.ranks, trainer.validation
  local training = ffi.new "mah_training"
  local batch = training.batch
  check_dropout(net, trainer.settings.solver)
  check_anomaly(trainer)
  trainer.training, trainer.batch = training, batch
  batch.exchange_ = ranks and ranks.shares and ranks.group.exchange or nil
  batch.x, batch.y, batch.weight_ = inputs.matrix(data.x), targets_of(trainer), data.weight
  batch.order_, batch.training = trainer.order, 1
  batch.l1, batch.l2 = trainer.settings.l1, trainer.settings.l2
  batch.sums_outputs = trainer.settings.sums_outputs and 1 or 0
  trainer.augmenter = augmenter_of(trainer)
  batch.augmenter_ = trainer.augmenter
  if inputs.is_shard(data.x) then
    trainer.spread = ranks:spread(data.x, net.dtype)
    batch.spread_ = trainer.spread
  else
    local goes_without = not trainer.augmenter and (not ranks or ranks.computes)
    trainer.compressed = prepare_inputs(trainer, data.x, goes_without)
    batch.compressed_ = trainer.compressed
  end
  if not set then return end
  trainer.validation = {
    x = set.x, y = set.y, weight = set.weight, score_weight = set.score_weight,
    compressed = prepare_inputs(trainer, set.x, not ranks or ranks.rank == 0),
  }
end

feed.measure = evaluate_set
feed.slopes = row_slopes

--- A batch of all rows, with the masks of o.seed where o.dropout: for mah.gradcheck.
function feed.whole_batch(_, x, y, o)
  Type.expect(x, "mah.gradcheck: x")
  Type.expect(y, "mah.gradcheck: y")
  check.that(x.ndim == 2 and #x > 0,
    "mah.gradcheck: x: a matrix with at least one row is expected, got shape (%s)",
    table.concat(x.shape, ", "))
  local batch = ffi.new "mah_batch"
  batch.x, batch.y, batch.weight_, batch.count = x, y, o.weight, #x
  batch.l1, batch.l2 = o.l1, o.l2
  batch.training, batch.seed = o.dropout and 1 or 0, o.seed
  return batch
end

-- What ensembles ask.

function feed.gives(net)
  return activations.is_regression(net.loss_function) and "numbers" or "probabilities"
end

function feed.probabilities(net, x) return net:forward(x) end

function feed.has_labels(net)
  return net.loss_function == "binary_cross_entropy" and net.outputs > 1
end

function feed.describe(net)
  return ("a network for %s with %d outputs"):format(net.loss_function, net.outputs)
end

function feed.callbacks(net)
  local functions, own = {}, { net.layers }
  for _, i in ipairs(net.custom or {}) do
    functions["activation " .. i] = net.layers[i].activation
  end
  for _, layer in ipairs(net.layers) do
    own[#own + 1], own[#own + 2] = layer.weight, layer.bias
  end
  return functions, own
end

kind.define(Network, feed)

return feed
