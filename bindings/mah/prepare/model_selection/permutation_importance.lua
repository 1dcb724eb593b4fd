--- mah.model_selection.permutation_importance.
local Type = require "mah.tensor.type"
local evaluate = require "mah.prepare.model_selection.evaluate"
local frame = require "mah.prepare.frame"
local generator = require "mah.prepare.generator"
local options = require "mah.base.options"
local random = require "mah.tensor.random"
local rows = require "mah.prepare.rows"
local tensor = require "mah.tensor"

local WHERE = "mah.model_selection.permutation_importance"

local rules = options.declare(WHERE, {
  scoring = { nil, "string|callable" },
  n_repeats = { 5, "integer", "[1, inf)" },
  random_state = { nil, "integer|table", "[0, 4294967295]" },
  sample_weight = { nil, "tensor|table" },
})

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
---     local r = mah.model_selection.permutation_importance(model, x, y, {n_repeats = 10})
---     for k, name in ipairs(r.names) do print(name, r.importances_mean[k]) end
---@param estimator table   fitted
---@param x any
---@param y any
---@param given {scoring: any, n_repeats: integer?, random_state: any, sample_weight: any}|nil
---@return {importances: tensor, importances_mean: tensor, importances_std: tensor, names: string[]}
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
