--- What comes out above each threshold of a score: counts and the curves made of them.
---
---     local fpr, tpr, at = thresholds.roc(positive, score, nil, true, "mah.metrics.roc_curve")
local join = require "mah.tensor.join"
local tensor = require "mah.tensor"
local warn = require "mah.base.warn"

local thresholds = {}

local float64 = { dtype = "float64" }

--- The elements from the last to the first.
---@return tensor
function thresholds.reversed(x)
  return x:index_select(1, tensor.arange(#x, 1, -1, { dtype = "int32" }))
end

--- Differences of neighbours.
---@return tensor
function thresholds.diff(x) return x:narrow(1, 2, #x - 1) - x:narrow(1, 1, #x - 1) end

-- -- Counts above thresholds ----------------------------------------------------------------------

--- The summed weights of the positive and the other rows whose score is at least each threshold,
--- thresholds being the different scores, falling.
---@param positive tensor      float64 (N) of 0 and 1
---@param score tensor         float64 (N)
---@param weight tensor|nil    float64 (N); rows of weight 0 do not count
---@return tensor false_positives, tensor true_positives, tensor thresholds
function thresholds.counts(positive, score, weight)
  if weight and weight:min() == 0 then
    local some = weight:ne(0)
    positive, score = positive:masked_select(some), score:masked_select(some)
    weight = weight:masked_select(some)
  end
  local n = #score
  local order = thresholds.reversed(score:argsort())
  score, positive = score:index_select(1, order), positive:index_select(1, order)
  weight = weight and weight:index_select(1, order)
  local ends = tensor.full(1, n, { dtype = "int32" })
  if n > 1 then
    local last_of_equals = score:narrow(1, 2, n - 1):ne(score:narrow(1, 1, n - 1))
    ends = join.cat { last_of_equals:nonzero():view(-1), ends }
  end
  local tps = (weight and positive * weight or positive):cumsum():index_select(1, ends)
  local fps
  if weight then
    fps = ((1 - positive) * weight):cumsum():index_select(1, ends)
  else
    fps = ends:double() - tps
  end
  return fps, tps, score:index_select(1, ends)
end

-- -- Curves ---------------------------------------------------------------------------------------

--- x / its last element, or NaN with a warning.
local function share(x, where, which)
  if x[#x] > 0 then return x / x[#x] end
  warn("%s: y_true has no %s rows; their rate is NaN", where, which)
  return tensor.full(#x, 0 / 0, float64)
end

--- Points that lie on the line between their neighbours leave the curve as it is.
local function without_intermediate(fps, tps, at)
  local n = #fps
  if n <= 2 then return fps, tps, at end
  local diff = thresholds.diff
  local bends = diff(diff(fps)):ne(0):add_(diff(diff(tps)):ne(0))
  local ends = tensor.ones(1, { dtype = "uint8" })
  local kept = join.cat({ ends, bends, ends }):nonzero():view(-1)
  return fps:index_select(1, kept), tps:index_select(1, kept), at:index_select(1, kept)
end

--- The curve of read rows, from (0, 0) on.
---@return tensor fpr, tensor tpr, tensor thresholds
function thresholds.roc(positive, score, weight, drops, where)
  local fps, tps, at = thresholds.counts(positive, score, weight)
  if drops then fps, tps, at = without_intermediate(fps, tps, at) end
  local zero = tensor.zeros(1, float64)
  return share(join.cat { zero, fps }, where, "negative"),
    share(join.cat { zero, tps }, where, "positive"),
    join.cat { at:narrow(1, 1, 1) + 1, at }
end

--- The curve of read rows.
---@return tensor precision, tensor recall, tensor thresholds
function thresholds.precision_recall(positive, score, weight, where)
  local fps, tps, at = thresholds.counts(positive, score, weight)
  local predicted = tps + fps
  local precision = tps / (predicted + predicted:eq(0):double())
  local recall
  if tps[#tps] == 0 then
    warn("%s: y_true has no positive rows; recall is 1 everywhere", where)
    recall = tensor.ones_like(tps)
  else
    recall = tps / tps[#tps]
  end
  return join.cat { thresholds.reversed(precision), tensor.ones(1, float64) },
    join.cat { thresholds.reversed(recall), tensor.zeros(1, float64) }, thresholds.reversed(at)
end

return thresholds
