--- scikit-learn's stopping rules, comparison by comparison, and those that we put beside them.
local check_state = require "mah.learn.training_state"
local epoch_limit = require "mah.learn.epoch_limit"
local text = require "mah.base.text"

local stopping = {}

--- Misses in a row at the end of a curve. Without early stopping an epoch misses if
--- loss > best - tol; with it, if score < best + tol; then the best value moves on any gain.
--- The count starts anew after `since`, and what came before epoch `first` was measured otherwise.
--- NaN never misses; an epoch without a value, from before there was a validation set, does not
--- count.
local function count_misses(values, epochs, scores, tol, since, first)
  local best = scores and -math.huge or math.huge
  local misses = 0
  for epoch = first or 1, epochs do
    local value = values[epoch]
    if value then
      local missed = scores and value < best + tol or not scores and value > best - tol
      misses = missed and epoch > since and misses + 1 or 0
      if scores and value > best or not scores and value < best then best = value end
    end
  end
  return misses, best
end

--- Stops (or, adaptive, divides the learning rate by 5 until it is at most 1e-6) when more than
--- `n_iter_no_change` epochs in a row have missed.
---@param given {of: "loss"|"val_score", tol: number, n_iter_no_change: number, adaptive: boolean}
---@return stopping_rule
function stopping.no_change(given)
  local scores = given.of == "val_score"
  return function(s)
    check_state(s, "n_iter_no_change")
    local misses, best = count_misses(s.history[given.of], s.epoch, scores, given.tol,
      s.last_drop or 0, s.measured_from)
    s.misses = misses
    if not (misses > given.n_iter_no_change) then return false end
    local what = scores and "validation score" or "training loss"
    local why = ("%s did not improve more than tol=%f for %s"):format(what, given.tol,
      text.count(given.n_iter_no_change, "consecutive epoch"))
    if given.adaptive and s.solver.lr > 1e-6 then
      s.solver.lr, s.last_drop = s.solver.lr / 5, s.epoch
      return false
    end
    if given.adaptive then why = why .. ", and the learning rate is too small" end
    return { rule = "n_iter_no_change", value = s[given.of], best = best, text = why }
  end
end

--- Stops at the k-th epoch in a row whose validation score misses: patience as its name says.
---@param patience integer
---@param tol number
---@return stopping_rule
function stopping.patience(patience, tol)
  return function(s)
    check_state(s, "early_stopping_patience")
    local misses, best = count_misses(s.history.val_score, s.epoch, true, tol, 0, s.measured_from)
    s.misses = misses
    if misses < patience then return false end
    return {
      rule = "early_stopping_patience", value = s.val_score, best = best,
      text = ("validation score did not improve more than tol=%f for %s"):format(tol,
        text.count(patience, "consecutive epoch")),
    }
  end
end

--- Ends the fit after max_iter epochs (iterations of L-BFGS) from `first` on.
---@param max_iter integer
---@param first integer   epochs before this fit
---@return stopping_rule
function stopping.max_iter(max_iter, first)
  return epoch_limit.set(function(s)
    check_state(s, "max_iter")
    if s.epoch - first < max_iter then return false end
    return {
      rule = "max_iter", value = max_iter,
      text = ("the limit of %s is reached"):format(text.count(max_iter, "iteration")),
    }
  end, first + max_iter)
end

return stopping
