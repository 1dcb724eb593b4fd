--- What a training of a function in Lua is its own in: see mah.learn.kind.
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local derivatives = require "mah.grad.derivatives"
local ffi = require "ffi"
local kind = require "mah.learn.kind"
local losses = require "mah.learn.taped.losses"
local network = require "mah.learn.taped.network"
local outputs = require "mah.learn.taped.outputs"
local pass = require "mah.learn.taped.pass"
local rows = require "mah.learn.taped.rows"
local tensor = require "mah.tensor"
local trees = require "mah.grad.trees"

local training = {}

local function expect_bytes(set, name)
  if not set.scale then return end
  local has_bytes = false
  trees.map(set.x, function(t) has_bytes = has_bytes or t.dtype == "uint8" end, name)
  check.that(has_bytes, "mah.train: %s.scale is for bytes (uint8), and x has none", name)
end

function training.check_set(net, set, name)
  local at = "mah.train: " .. name
  local count = network.expect_x(net, set.x, at .. ".x")
  local y = losses.targets(net.loss_rule, set.y, at .. ".y")
  local has = rows.check(y, at .. ".y")
  check.that(count == has, "%s.x has %d rows and %s.y has %d", at, count, name, has)
  check.that(count > 0, "%s has no rows", at)
  check.that(set.weight == nil or set.weight.ndim == 1 and #set.weight == count,
    "%s.weight: one for each of the %d rows is expected, got %s", at, count,
    set.weight ~= nil and Type.describe(set.weight))
  if set.weight then rows.check(set.weight, at .. ".weight") end
  expect_bytes(set, name)
  return { x = set.x, y = y, weight = set.weight, scale = set.scale, rows = count }
end

function training.classes(net, set)
  return net.loss_function == "cross_entropy" and Type.is_tensor(set.y) and set.y.ndim == 1
    and set.y or nil
end

--- Why a full-batch solver's loss must not have noise in it.
local function noise_of(solver)
  if type(solver) ~= "table" or not solver.full_batch then return nil end
  return ("the solver %s needs a loss that stays the same; it does not go with random numbers: "
    .. "dropout, noise, or what a function draws from training.rng"):format(solver.name)
end

local function augmenter_of(settings, x)
  local augment, solver = settings.augment, settings.solver
  if not augment then return nil end
  check.that(type(solver) ~= "table" or not solver.full_batch,
    "the solver %s needs a loss that stays the same; it does not go with augment",
    type(solver) == "table" and solver.name)
  check.that(Type.is_tensor(x), "mah.train: augment: images are expected as a tensor; data.x is a "
    .. "table of several")
  check.that(not augment:mixes(), "mah.train: augment: mixup does not go with networks that are "
    .. "made in Lua (mah.network, and mah.mlp with norm, residual or noise)")
  return augment:augmenter(x.shape, "mah.train: augment")
end

function training.feed(trainer)
  local settings = trainer.settings
  trainer.training = ffi.new "mah_training" -- for the sum of the losses
  trainer.batch = pass.batch(trainer.net, trainer.data, { order = trainer.order,
    is_training = true, l1 = settings.l1, l2 = settings.l2, owner = trainer,
    noise = noise_of(settings.solver), watch = settings.detect_anomaly,
    augmenter = augmenter_of(settings, trainer.data.x) })
end

--- Loss without penalties and score, of one pass.
function training.measure(net, set)
  local y, weight = rows.all(set.y, net), set.weight and rows.all(set.weight, net)
  local scores = pass.scores(net, net.parameters, rows.all(set.x, net), false)
  local loss = pass.loss(net, scores, y, weight)
  local score = net.loss_rule.score
  return loss, score and score(losses.expect_tensor(scores), set.y, set.score_weight) or -loss
end

--- A batch of all rows, with the random numbers of o.seed where o.dropout: for mah.gradcheck.
function training.whole_batch(net, x, y, o)
  local batch = network.whole(net, x, y,
    { weight = o.weight, l1 = o.l1, l2 = o.l2, is_training = o.dropout }, "mah.gradcheck")
  batch.seed = o.seed
  return batch
end

--- The tape has looked already.
function training.look() end

-- What ensembles ask.

function training.gives(net) return net.loss_rule.is_of_numbers and "numbers" or "probabilities" end

--- Of the scores, whatever net:forward makes of them.
function training.probabilities(net, x)
  local scores = pass.scores(net, net.parameters, rows.all(x, net), false)
  local to_probabilities = outputs(net.loss_rule.has_labels(scores) and "logistic" or "softmax", "")
  return to_probabilities(losses.expect_tensor(scores))
end

function training.has_labels(net, p)
  return p.ndim == 2 and p.shape[2] > 1 and net.loss_rule.has_labels(p)
end

function training.describe(net)
  local outputs_ = rawget(net, "outputs")
  return ("a network for %s%s"):format(net.loss_function,
    outputs_ and (" with %d outputs"):format(outputs_) or "")
end

--- What l2 pulls: parameters of two dimensions and more.
local function pulled(net)
  local mask = tensor.zeros(#net.params, { dtype = "float64" })
  for _, one in ipairs(net.names) do
    if #one.sizes >= 2 then mask:narrow(1, one.first, one.count):fill_(1) end
  end
  return mask
end

function training.slopes(trainer)
  local net, batch = trainer.net, trainer.batch
  return function(w, with_derivatives)
    local scores = pass.function_of(net, batch)
    if not with_derivatives then return losses.expect_tensor(scores(w)) end
    return derivatives(scores, w, { {} }, #w, "mah.network")
  end, pulled(net)
end

function training.callbacks(net)
  local own = { net.buffers, net.parameters }
  trees.map(net.parameters, function(t) own[#own + 1] = t end, "")
  for _, one in ipairs(net.names) do own[#own + 1] = one.weight end
  return { forward = net.forward_function, loss = net.loss_rule.own }, own
end

kind.define(network.class, training)

return training
