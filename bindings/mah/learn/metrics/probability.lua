--- How good probabilities and margins are, and whether probabilities are to be believed.
---
---     print(("%.4f"):format(mah.metrics.log_loss({0, 1}, {0.2, 0.9})))  --> 0.1643
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local elementwise = require "mah.tensor.elementwise"
local join = require "mah.tensor.join"
local labels = require "mah.data.labels"
local options = require "mah.base.options"
local shared = require "mah.learn.metrics.rules"
local sort = require "mah.tensor.sort"
local targets = require "mah.learn.metrics.targets"
local tensor = require "mah.tensor"

local probability = {}

-- The distance from 1 to the next number, by the dtype of what is given.
local epsilon = { float32 = 2 ^ -23, float64 = 2 ^ -52 }

--- Complains about what is no probability.
local function check_range(p, where, name)
  if p:min() >= 0 and p:max() <= 1 then return end
  local at = p:lt(0):add_(p:gt(1)):nonzero()[1]:totable()
  local value = p
  for _, place in ipairs(at) do value = value[place] end
  check.raise("%s: %s: row %d holds %s, which is no probability in [0, 1]", where, name, at[1],
    tostring(value))
end

--- Complains about rows that do not sum to 1, as near as the dtype gives them.
local function check_sums(p, where, name, eps)
  local sums = p:sum(2)
  local far = (sums - 1):abs():gt(math.sqrt(eps))
  if not far:any() then return end
  local row = far:argmax()
  check.raise("%s: %s: the probabilities of row %d sum to %s, not to 1", where, name, row,
    tostring(sums[row]))
end

-- -- Log loss -------------------------------------------------------------------------------------

local log_rules = options.declare("mah.metrics.log_loss", {
  eps = { "auto", "number|string", "[0, 0.5)", "probabilities are moved into [eps, 1 - eps] "
    .. "before; \"auto\": 2^-23 for a float32 tensor, else 2^-52" },
  normalize = shared.normalize, sample_weight = shared.sample_weight, labels = shared.classes,
})

--- Cross-entropy, -1/N sum log p(true class), natural logarithm.
---
---     local p = {{0.1, 0.9}, {0.9, 0.1}, {0.8, 0.2}}
---     print(("%.4f"):format(mah.metrics.log_loss({"spam", "ham", "ham"}, p)))  --> 0.1446
---@param y_true tensor|table    (N) labels
---@param y_pred tensor|table    (N, classes), columns in the order of the sorted labels; or (N) of
---  the greater of two
---@param given {eps: number|"auto"|nil, normalize: boolean?, sample_weight: tensor|number[]|nil,
---  labels: table?}|nil
---@return number
function probability.log_loss(y_true, y_pred, given)
  local where = "mah.metrics.log_loss"
  local o = options(given, log_rules, where)
  check.that(type(o.eps) == "number" or o.eps == "auto", "%s: eps must be a number or \"auto\"; "
    .. "got %s", where, check.show(o.eps))
  local y = targets.labels(y_true, where .. ": y_true")
  local dtype = Type.is_tensor(y_pred) and y_pred.dtype or "float64"
  local p = targets.numbers(y_pred, where .. ": y_pred")
  local eps = epsilon[dtype] or epsilon.float64
  targets.same_rows(y, p, where, "y_true", "y_pred")
  check_range(p, where, "y_pred")
  if p.ndim == 1 then p = p:view(-1, 1) end
  if p.shape[2] == 1 then p = join.cat({ 1 - p, p }, 2) end
  check_sums(p, where, "y_pred", eps)
  local sorted = o.labels and labels.classes(o.labels, where .. ": labels")
  local classes = targets.columns(sorted, y, p.shape[2], where)
  local codes = labels.encode(y, classes, where)
  p:clamp_(o.eps == "auto" and eps or o.eps, 1 - (o.eps == "auto" and eps or o.eps))
  local own = p:gather(2, codes:view(-1, 1) + 1):view(-1) / p:sum(2)
  local loss = own:log():neg()
  local weight = targets.weight(o.sample_weight, #y, where)
  if o.normalize then return targets.average(loss, weight) end
  return weight and (loss * weight):sum() or loss:sum()
end

-- -- Brier ----------------------------------------------------------------------------------------

--- 0/1 of the positive class of two, and its probabilities.
local function read_binary(y_true, y_prob, pos_label, where, falls_back)
  local y = targets.labels(y_true, where .. ": y_true")
  local p = targets.vector(y_prob, where .. ": y_prob")
  targets.same_rows(y, p, where, "y_true", "y_prob")
  check_range(p, where, "y_prob")
  local classes = labels.classes(y, where)
  check.that(#classes <= 2, "%s: y_true holds %d classes, %s; two are expected", where, #classes,
    labels.list(classes))
  if pos_label == nil and falls_back and type(classes[1]) == "number" then
    local usual = pcall(targets.positive, nil, classes, where)
    pos_label = usual and 1 or classes[#classes]
  end
  return targets.is_label(y, targets.positive(pos_label, classes, where), where), p
end

local brier_rules = options.declare("mah.metrics.brier_score_loss", {
  sample_weight = shared.sample_weight,
  pos_label = { nil, "number|string|boolean", nil, "the positive class; nil: 1 of the labels 0, 1 "
    .. "and -1, true of booleans, else the greater number; strings must be named" },
})

--- Brier's score, the mean of (p - [y is the positive label])^2. 0 is best.
---
---     print(mah.metrics.brier_score_loss({0, 1, 1, 0}, {0.1, 0.9, 0.8, 0.3}))  --> 0.0375
---@param y_true tensor|table    (N) labels of two classes
---@param y_prob tensor|table    (N) the probability of the positive label
---@param given {sample_weight: tensor|number[]|nil, pos_label: any}|nil
---@return number
function probability.brier_score_loss(y_true, y_prob, given)
  local where = "mah.metrics.brier_score_loss"
  local o = options(given, brier_rules, where)
  local positive, p = read_binary(y_true, y_prob, o.pos_label, where, true)
  return targets.average((positive - p):square(), targets.weight(o.sample_weight, #p, where))
end

-- -- Hinge ----------------------------------------------------------------------------------------

local hinge_rules = options.declare("mah.metrics.hinge_loss", {
  labels = { nil, "tensor|table", nil, "all classes, when y_true lacks some" },
  sample_weight = shared.sample_weight,
})

--- How far the true class is before the best of the others.
local function margins(y, decision, classes, where)
  check.that(decision.ndim == 2 and decision.shape[2] == #classes, "%s: pred_decision has shape "
    .. "(%s); for the classes %s it is (%d, %d)", where, table.concat(decision.shape, ", "),
    labels.list(classes), #y, #classes)
  local place = labels.encode(y, classes, where):view(-1, 1)
  local column = tensor.arange(0, #classes - 1, { dtype = "int32" }):view(1, -1)
  local others = elementwise.where(column:eq(place), -math.huge, decision):max(2)
  return decision:gather(2, place + 1):view(-1) - others
end

--- The mean hinge loss, max(0, 1 - margin). Two classes: the margin is the decision, negative for
--- the smaller label. More (Crammer & Singer 2001): the decision of the true class minus the
--- greatest of the others.
---
---     print(("%.4f"):format(mah.metrics.hinge_loss({-1, 1, 1}, {-2.18, 2.36, 0.09})))  --> 0.3033
---@param y_true tensor|table          (N) labels
---@param pred_decision tensor|table   (N), or (N, classes) in the order of the sorted labels
---@param given {labels: table?, sample_weight: tensor|number[]|nil}|nil
---@return number
function probability.hinge_loss(y_true, pred_decision, given)
  local where = "mah.metrics.hinge_loss"
  local o = options(given, hinge_rules, where)
  local y = targets.labels(y_true, where .. ": y_true")
  local decision = targets.numbers(pred_decision, where .. ": pred_decision")
  targets.same_rows(y, decision, where, "y_true", "pred_decision")
  local present = labels.classes(y, where)
  local classes = o.labels and labels.classes(o.labels, where .. ": labels") or present
  local margin
  if #classes > 2 then
    margin = margins(y, decision, classes, where)
  else
    local greater = #present == 2 and targets.is_label(y, present[2], where) or tensor.zeros(#y)
    margin = (greater:double() * 2 - 1) * targets.vector(decision, where .. ": pred_decision")
  end
  return targets.average((1 - margin):clamp(0), targets.weight(o.sample_weight, #y, where))
end

-- -- Calibration ----------------------------------------------------------------------------------

--- The number of the bin of each p, from 0: bins have their right edge, and the first both.
local function bins_of(p, n_bins, strategy)
  local inner = tensor.linspace(0, 1, n_bins + 1, { dtype = "float64" }):narrow(1, 2, n_bins - 1)
  if strategy == "quantile" then inner = sort.quantile(p, inner:totable()) end
  local bin = tensor.zeros(#p, { dtype = "int32" })
  for i = 1, n_bins - 1 do bin:add_(p:gt(inner[i]):to "int32") end
  return bin
end

--- Of each bin with rows: how many, the sum of the outcomes, the sum of the probabilities.
local function binned(outcome, p, n_bins, strategy)
  local bin = bins_of(p, n_bins, strategy)
  local function sums(values)
    return bin:bincount({ weights = values, minlength = n_bins }):double()
  end
  local total = sums()
  local some = total:ne(0)
  return total:masked_select(some), sums(outcome):masked_select(some), sums(p):masked_select(some)
end

local calibration_rules = options.declare("mah.metrics.calibration_curve", {
  pos_label = shared.pos_label, n_bins = shared.n_bins(5), strategy = shared.strategy,
})

--- Reliability, the share of positive rows beside the mean probability, in bins of the latter.
--- Where the two are equal, probabilities are to be believed. Bins without rows are left out.
---
---     local y, p = {0, 0, 0, 1, 1, 1}, {0.1, 0.2, 0.6, 0.7, 0.8, 0.9}
---     local share, mean = mah.metrics.calibration_curve(y, p, {n_bins = 2})
---     for i = 1, #share do print(("%.2f of those said to be %.2f"):format(share[i], mean[i])) end
---     --> 0.00 of those said to be 0.15
---     --> 0.75 of those said to be 0.75
---@param y_true tensor|table    (N) labels of two classes
---@param y_prob tensor|table    (N) the probability of the positive label
---@param given {pos_label: any, n_bins: integer?, strategy: string?}|nil
---@return tensor prob_true
---@return tensor prob_pred
function probability.calibration_curve(y_true, y_prob, given)
  local where = "mah.metrics.calibration_curve"
  local o = options(given, calibration_rules, where)
  local positive, p = read_binary(y_true, y_prob, o.pos_label, where)
  local total, outcomes, sums = binned(positive, p, o.n_bins, o.strategy)
  return outcomes / total, sums / total
end

local ece_rules = options.declare("mah.metrics.expected_calibration_error", {
  pos_label = shared.pos_label, n_bins = shared.n_bins(15), strategy = shared.strategy,
  labels = shared.classes,
})

--- The expected calibration error, sum over bins of n_bin / N |share right - mean confidence|
--- (Naeini, Cooper, Hauskrecht, AAAI 2015; with 15 bins of equal width and the confidence of the
--- predicted class as Guo et al., ICML 2017). Probabilities (N, classes): the confidence is the
--- greatest of a row, right is the row whose true class has it. Probabilities (N) of the positive
--- label: the bins of calibration_curve, positive rows being "right".
---
---     local y, p = {0, 0, 0, 1, 1, 1}, {0.1, 0.2, 0.6, 0.7, 0.8, 0.9}
---     print(("%.4f"):format(mah.metrics.expected_calibration_error(y, p, {n_bins = 2})))
---     --> 0.0500
---@param y_true tensor|table    (N) labels
---@param y_prob tensor|table    (N, classes), columns in the order of the sorted labels; or (N)
---@param given {pos_label: any, n_bins: integer?, strategy: string?, labels: table?}|nil
---@return number
function probability.expected_calibration_error(y_true, y_prob, given)
  local where = "mah.metrics.expected_calibration_error"
  local o = options(given, ece_rules, where)
  local p = targets.numbers(y_prob, where .. ": y_prob")
  local outcome
  if p.ndim == 2 and p.shape[2] > 1 then
    local y = targets.labels(y_true, where .. ": y_true")
    targets.same_rows(y, p, where, "y_true", "y_prob")
    check_range(p, where, "y_prob")
    check_sums(p, where, "y_prob", epsilon.float32)
    local classes = targets.columns(o.labels, y, p.shape[2], where)
    local confidence, place = p:max(2)
    outcome = labels.encode(y, classes, where):eq(place - 1):double()
    p = confidence
  else
    outcome, p = read_binary(y_true, y_prob, o.pos_label, where)
  end
  local total, right, sums = binned(outcome, p, o.n_bins, o.strategy)
  return (right - sums):abs():sum() / total:sum()
end

return probability
