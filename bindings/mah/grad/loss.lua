--- Losses: ordinary functions of scores (what a network gives), targets and options, which are
--- traced where the scores are.
---
--- A loss has one value for each row, or each element, and is their mean: weighted where there is a
--- `weight`, which is one number for each. {reduction = "sum"} adds them up, "none" leaves them.
--- Targets have no gradient. Of plain tensors the result is a number.
---
---     local f = mah.value_and_grad(function(p, x, y)
---       return mah.loss.cross_entropy(x:matmul(p.W) + p.b, y, { label_smoothing = 0.1 })
---     end)
---     local x, y = mah.ones(4, 2), mah.tensor({ 0, 1, 2, 0 }, "int32")
---     local value, g = f({ W = mah.zeros(2, 3), b = mah.zeros(3) }, x, y)
---     print(("%.4f"):format(value), g.W.shape[1], g.W.shape[2])        --> 1.0986 2 3
local Type = require "mah.tensor.type"
local arguments = require "mah.grad.loss_arguments"
local check = require "mah.base.check"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"
local options = require "mah.base.options"
require "mah.grad.methods"

local raw, shape = operands.raw, operands.shape
local declare, reduced = arguments.declare, arguments.reduced
local expect_scores, expect_targets = arguments.expect_scores, arguments.expect_targets
local targets_like, classes_of = arguments.targets_like, arguments.classes_of
local positions, expect_classes = arguments.positions, arguments.expect_classes

local loss = {}

-- -- Classes --------------------------------------------------------------------------------------

--- Element (i, place of row i) of x, as (N).
local function picked(x, places) return o.gather(x, 2, places):squeeze(2) end

local smoothing = { 0, "number", "[0, 1]", "share of the target that all classes get alike" }

local cross_entropy_rules = declare("cross_entropy", {
  label_smoothing = smoothing,
  class_weight = { nil, "tensor", nil, "(K): what the rows of each class count; nil: all alike" },
})

--- sum_c w[c] (lse - x[c]) q[c] of each row, for probabilities q.
local function cross_entropy_with(x, q, class_weight)
  local terms = (o.logsumexp(x, 2, true) - x) * q
  return (class_weight and terms * class_weight or terms):sum(2)
end

--- Cross entropy of a softmax: -log p[y], p = softmax(scores), for each row. With label smoothing e
--- the target is 1 - e and e / K for all K classes (Szegedy et al., "Rethinking the Inception
--- architecture", 2016); the mean is divided by the classes' weights. As PyTorch's.
---
---     local scores, y = mah.zeros(5, 3), mah.tensor({ 0, 2, 1, 1, 0 }, "int32")
---     local loss = mah.loss.cross_entropy(scores, y, { class_weight = mah.tensor { 1, 2, 1 } })
---     print(("%.4f %.4f"):format(loss, math.log(3)))                   --> 1.0986 1.0986
---@param scores tensor   (N, K)
---@param y tensor        (N) class numbers 0 ... K-1; or (N, K) probabilities
---@param given {label_smoothing: number?, class_weight: tensor?, weight: tensor?,
---  reduction: string?}|nil
---@return number|tensor
function loss.cross_entropy(scores, y, given)
  local where = "mah.loss.cross_entropy"
  local s, x = options(given, cross_entropy_rules, where), expect_scores(scores, where)
  local e, classes, class_weight = s.label_smoothing, shape(x)[2], s.class_weight
  expect_classes(class_weight, x, where)
  if expect_targets(y, where).ndim == 2 then
    local q = targets_like(x, y, where) * (1 - e) + e / classes
    return reduced(cross_entropy_with(x, q, class_weight), s)
  end
  y = classes_of(x, y, where)
  local values, own = o.class_entropy_(x, y), nil
  if class_weight then
    own = class_weight:index_select(1, y + 1)
    values = values * own
  end
  if e > 0 then
    values = values * (1 - e) + cross_entropy_with(x, 1 / classes, class_weight) * e
  end
  return reduced(values, s, own)
end

local binary_rules = declare("binary_cross_entropy", {
  pos_weight = { nil, "number|tensor", "(0, inf)", "what elements with y = 1 count; nil: 1" },
  label_smoothing = smoothing,
})

--- Cross entropy of a sigmoid: -y log p - (1 - y) log(1 - p), p = sigmoid(scores), for each
--- element. As PyTorch's binary_cross_entropy_with_logits.
---
---     print(("%.4f"):format(mah.loss.binary_cross_entropy(mah.zeros(4), mah.ones(4)))) --> 0.6931
---@param scores tensor   any shape
---@param y tensor        0 ... 1, in the same shape; (N) for (N, 1)
---@param given {pos_weight: number|tensor|nil, label_smoothing: number?, weight: tensor?,
---  reduction: string?}|nil
---@return number|tensor
function loss.binary_cross_entropy(scores, y, given)
  local where = "mah.loss.binary_cross_entropy"
  local s, x = options(given, binary_rules, where), expect_scores(scores, where)
  local t = targets_like(x, y, where)
  if s.label_smoothing > 0 then t = t * (1 - s.label_smoothing) + s.label_smoothing / 2 end
  if not s.pos_weight then return reduced(o.softplus(x) - x * t, s) end
  -- (1 - y) x + (1 + (pos_weight - 1) y) log(1 + e^-x)
  return reduced((1 - t) * x + ((s.pos_weight - 1) * t + 1) * o.softplus(-x), s)
end

local hinge_rules = declare("hinge", {
  margin = { 1, "number", "(0, inf)", "distance from 0, or from other scores, that is enough" },
  squared = { false, "boolean", nil, "take the square of each value" },
})

--- Hinge loss: max(0, margin - y s) for targets y of -1 and 1 (0 counts as -1); for class numbers
--- max(0, margin - s[y] + the greatest other score) (Crammer and Singer, "On the algorithmic
--- implementation of multiclass kernel-based vector machines", 2001).
---
---     print(mah.loss.hinge(mah.tensor { 0.5, -2 }, mah.tensor { 1, -1 }))     --> 0.25
---@param scores tensor   (N) or (N, 1); or (N, K) for classes
---@param y tensor        in the scores' shape; or (N) class numbers 0 ... K-1
---@param given {margin: number?, squared: boolean?, weight: tensor?, reduction: string?}|nil
---@return number|tensor
function loss.hinge(scores, y, given)
  local where = "mah.loss.hinge"
  local s, x = options(given, hinge_rules, where), expect_scores(scores, where)
  local sizes = shape(x)
  local gap
  if #sizes == 2 and sizes[2] > 1 then
    local places = positions(x, y, where)
    local mine = operands.zeros(x):scatter_add(2, places, operands.zeros(x, { sizes[1], 1 }) + 1)
    gap = picked(x, places) - (o.max(o.where(mine, -math.huge, x), 2))
  else
    local t = targets_like(x, y, where)
    gap = x * (t:gt(0):to(t.dtype) * 2 - 1)
  end
  local values = o.relu(s.margin - gap)
  return reduced(s.squared and values * values or values, s)
end

local focal_rules = declare("focal", {
  gamma = { 2, "number", "[0, inf)", "how much less easy examples count; 0: cross entropy" },
  alpha = { nil, "number|tensor", "[0, inf)", "the weight of y = 1 (1 - alpha is that of 0), or "
    .. "(K) the weights of the classes; nil: all alike" },
})

--- Focal loss: -alpha (1 - p)^gamma log p, where p is the probability of what is right: hard
--- examples count more (Lin et al., "Focal loss for dense object detection", 2017). It is that of a
--- softmax for class numbers, else of a sigmoid.
---
---     local y = mah.tensor { 0, 1 }
---     print(("%.4f"):format(mah.loss.focal(mah.zeros(2), y, { gamma = 0 })))  --> 0.6931
---@param scores tensor   (N, K) for classes; or any shape
---@param y tensor        (N) class numbers 0 ... K-1; or 0 and 1 in the scores' shape
---@param given {gamma: number?, alpha: number|tensor|nil, weight: tensor?, reduction: string?}|nil
---@return number|tensor
function loss.focal(scores, y, given)
  local where = "mah.loss.focal"
  local s, x = options(given, focal_rules, where), expect_scores(scores, where)
  local sizes = shape(x)
  local log_p, alpha
  if #sizes == 2 and sizes[2] > 1 and expect_targets(y, where).ndim == 1 then
    local places = positions(x, y, where)
    expect_classes(s.alpha, x, where)
    log_p = picked(x, places) - o.logsumexp(x, 2)
    alpha = Type.is_tensor(s.alpha) and s.alpha:index_select(1, places:squeeze(2)) or s.alpha
  else
    local t = targets_like(x, y, where)
    local sign = t * 2 - 1
    log_p = -o.softplus(-x * sign)
    alpha = s.alpha and sign * (s.alpha - 0.5) + 0.5
  end
  local wrong = -log_p:expm1() -- where it is 0, log_p is 0, and powers have no derivative
  local values = -o.where(raw(wrong):eq(0), 1, wrong) ^ s.gamma * log_p
  return reduced(alpha and values * alpha or values, s)
end

local kl_rules = declare "kl"

--- The Kullback-Leibler divergence of softmax(scores) from probabilities y: sum_c y[c] (log y[c] -
--- log p[c]) for each row, where y[c] = 0 adds nothing (Kullback and Leibler, 1951).
---
---     print(mah.loss.kl(mah.zeros(1, 2), mah.tensor { { 0.5, 0.5 } }))        --> 0
---@param scores tensor   (N, K)
---@param y tensor        (N, K) probabilities
---@param given {weight: tensor?, reduction: string?}|nil
---@return number|tensor
function loss.kl(scores, y, given)
  local where = "mah.loss.kl"
  local s, x = options(given, kl_rules, where), expect_scores(scores, where)
  local t = targets_like(x, y, where)
  local known = t:log():where(t:gt(0), 0)
  return reduced((known - o.log_softmax(x, 2)):mul(t):sum(2), s)
end

-- -- Numbers --------------------------------------------------------------------------------------

--- The differences of scores and targets, and the options.
local function differences(scores, y, given, rules, where)
  local s, x = options(given, rules, where), expect_scores(scores, where)
  return x - targets_like(x, y, where), s
end

local mse_rules = declare "mse"

--- The mean squared error: (s - y)^2 for each element. mah.mlp's squared_error is half of it.
---
---     print(mah.loss.mse(mah.tensor { 1, 3 }, mah.tensor { 1, 1 }))           --> 2
---@param scores tensor
---@param y tensor   in the scores' shape; (N) for (N, 1)
---@param given {weight: tensor?, reduction: string?}|nil
---@return number|tensor
function loss.mse(scores, y, given)
  local d, s = differences(scores, y, given, mse_rules, "mah.loss.mse")
  return reduced(d:square(), s)
end

local mae_rules = declare "mae"

--- The mean absolute error: |s - y| for each element.
---
---     print(mah.loss.mae(mah.tensor { 1, 3 }, mah.tensor { 1, 1 }))           --> 1
---@param scores tensor
---@param y tensor   in the scores' shape; (N) for (N, 1)
---@param given {weight: tensor?, reduction: string?}|nil
---@return number|tensor
function loss.mae(scores, y, given)
  local d, s = differences(scores, y, given, mae_rules, "mah.loss.mae")
  return reduced(d:abs(), s)
end

local huber_rules = declare("huber", {
  delta = { 1, "number", "(0, inf)", "the distance up to which errors count by their squares" },
})

--- Huber's loss: d^2 / 2 up to |d| = delta, delta (|d| - delta / 2) beyond, d = s - y (Huber,
--- "Robust estimation of a location parameter", 1964).
---
---     print(mah.loss.huber(mah.tensor { 0.5, 3 }, mah.tensor { 0, 0 }))       --> 1.3125
---@param scores tensor
---@param y tensor   in the scores' shape; (N) for (N, 1)
---@param given {delta: number?, weight: tensor?, reduction: string?}|nil
---@return number|tensor
function loss.huber(scores, y, given)
  local d, s = differences(scores, y, given, huber_rules, "mah.loss.huber")
  local size = o.abs(d)
  local far = (size - s.delta / 2) * s.delta
  return reduced(o.where(raw(size):le(s.delta), d * d / 2, far), s)
end

local quantile_rules = declare("quantile", {
  q = { 0.5, "number|tensor|table", nil, "the quantile, in (0, 1), or one for each column of the "
    .. "scores" },
})

--- Quantile (pinball) loss: q (y - s) where y > s, else (1 - q) (s - y). It is least where s is the
--- q-quantile of y (Koenker and Bassett, "Regression quantiles", 1978). Several q, one for each
--- column of the scores: y may be (N).
---
---     local y = mah.tensor { 0, 1, 2, 10 }
---     print(("%.3f"):format(mah.loss.quantile(mah.ones(4), y, { q = 0.9 })))  --> 2.275
---@param scores tensor   (N), (N, 1), or (N, Q)
---@param y tensor        in the scores' shape; or (N)
---@param given {q: number|number[]|tensor|nil, weight: tensor?, reduction: string?}|nil
---@return number|tensor
function loss.quantile(scores, y, given)
  local where = "mah.loss.quantile"
  local s, x = options(given, quantile_rules, where), expect_scores(scores, where)
  local q = s.q
  if type(q) == "table" then q = require("mah.tensor.make").tensor(q, raw(x).dtype) end
  for _, one in ipairs(type(q) == "number" and { q } or q:totable()) do
    check.that(one > 0 and one < 1, "%s: q must be in (0, 1); got %s", where, tostring(one))
  end
  y = expect_targets(y, where)
  if raw(x).ndim == 2 and y.ndim == 1 then y = y:unsqueeze(2):expand(shape(x)) end
  local d = targets_like(x, y, where) - x
  return reduced(o.where(raw(d):gt(0), d * q, d * (q - 1)), s)
end

local poisson_rules = declare("poisson", {
  log_input = { true, "boolean", nil, "scores are logarithms of rates; false: they are rates" },
  full = { false, "boolean", nil, "with Stirling's approximation of log y!, for y > 1" },
})

--- The negative log-likelihood of counts y whose rate is e^s, without the terms of y alone: e^s -
--- y s for each element. With {log_input = false} the scores are the rates; {full = true} adds
--- Stirling's approximation of log y! for y > 1. As PyTorch's.
---
---     print(mah.loss.poisson(mah.zeros(2), mah.tensor { 1, 2 }))              --> 1
---@param scores tensor
---@param y tensor   in the scores' shape; (N) for (N, 1)
---@param given {log_input: boolean?, full: boolean?, weight: tensor?, reduction: string?}|nil
---@return number|tensor
function loss.poisson(scores, y, given)
  local where = "mah.loss.poisson"
  local s, x = options(given, poisson_rules, where), expect_scores(scores, where)
  local t = targets_like(x, y, where)
  local values = s.log_input and o.exp(x) - x * t or x - o.log(x + 1e-8) * t
  if s.full then
    local more = t * t:log() - t + (t * (2 * math.pi)):log() * 0.5
    values = values + more:where(t:gt(1), 0)
  end
  return reduced(values, s)
end

local cosine_rules = declare("cosine", {
  eps = { 1e-8, "number", "(0, inf)", "the least product of two lengths that is divided by" },
})

--- 1 - cos of the angle between scores and targets, for each row.
---
---     print(mah.loss.cosine(mah.tensor { { 1, 0 } }, mah.tensor { { 0, 2 } }))        --> 1
---@param scores tensor   (N, K)
---@param y tensor        (N, K)
---@param given {eps: number?, weight: tensor?, reduction: string?}|nil
---@return number|tensor
function loss.cosine(scores, y, given)
  local where = "mah.loss.cosine"
  local s, x = options(given, cosine_rules, where), expect_scores(scores, where)
  local t = targets_like(x, y, where)
  local lengths = o.norm(x, 2, -1) * t:norm(2, -1)
  return reduced(1 - (x * t):sum(-1) / o.maximum(lengths, s.eps), s)
end

return loss
