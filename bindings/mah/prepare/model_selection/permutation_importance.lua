--- How much a model relies on each column.
local Type = require "mah.tensor.type"
local evaluate = require "mah.prepare.model_selection.evaluate"
local frame = require "mah.prepare.frame"
local generator = require "mah.prepare.generator"
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local rows = require "mah.prepare.rows"
local shared = require "mah.prepare.rules"
local tensor = require "mah.tensor"

local WHERE = "mah.model_selection.permutation_importance"

local rules = options.declare(WHERE, {
  scoring = shared.scoring,
  n_repeats = { 5, "integer", "[1, inf)", "how often each column is shuffled" },
  random_state = shared.random_state, sample_weight = shared.sample_weight,
})

--- What permutation_importance gives: by how much the score falls.
---@class importances
---@field importances tensor (columns, n_repeats) each fall
---@field importances_mean tensor (columns) the mean fall
---@field importances_std tensor (columns) its standard deviation
---@field names string[] the names of the columns

--- x with the rows of column k in this order.
local function permuted(x, k, order)
  if Type.is_tensor(x) then
    local copy = x:clone()
    copy:select(2, k):copy_(x:select(2, k):index_select(1, order))
    return copy
  end
  local columns = { unpack(x.columns) }
  columns[k] = rows.take(columns[k], order)
  return frame.new(columns, x.names, x.rows)
end

--- A generator for each column, from one draw, as scikit-learn makes them.
local function seed_of(random_state)
  return generator(random_state, WHERE):u32() % 2 ^ 31
end

--- By how much the score of a fitted estimator falls when a column is shuffled, which tells how
--- much it relies on it. The shuffles go on from one another.
---
---     local x = mah.rand(40, 2, {rng = mah.rng(1)})
---     local y = x:select(2, 1):clone()
---     local model = mah.MLPRegressor{solver = "lbfgs", random_state = 1}:fit(x, y)
---     local r = mah.model_selection.permutation_importance(model, x, y, {random_state = 1})
---     print(r.names[1], r.importances_mean[1] > 0.5, r.importances_mean[2] < 0.1)
---     --> x0 true true
---@param estimator table   fitted
---@param x any
---@param y any
---@param given {scoring: any, n_repeats: integer?, random_state: any, sample_weight: any}|nil
---@return importances
return function(estimator, x, y, given)
  local o = options(given, rules, WHERE)
  x, y = evaluate.data(estimator, x, y, WHERE)
  if not Type.is_tensor(x) then x = frame.of(x, WHERE) end
  local names = frame.of(x, WHERE):labels()
  local scorer, n = evaluate.scorer(o.scoring, WHERE), rows.count(x, WHERE)
  local baseline, seed = scorer(estimator, x, y, o.sample_weight), seed_of(o.random_state)
  local falls = tensor.empty(#names, o.n_repeats, { dtype = "float64" })
  for k = 1, #names do
    local rng, order = random.rng(seed, "mt19937"), tensor.arange(1, n, { dtype = "int32" })
    local shuffled = x
    for r = 1, o.n_repeats do
      shuffled = permuted(shuffled, k, rng:shuffle(order))
      falls[k][r] = baseline - scorer(estimator, shuffled, y, o.sample_weight)
    end
  end
  return { importances = falls, importances_mean = falls:mean(2),
    importances_std = falls:std(2, false), names = names }
end
