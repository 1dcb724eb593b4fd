--- What a training tells of itself: the state `s` that stopping rules and callbacks get, and a
--- check that a rule is asked about one.
---
---     check_state(s, "mah.stop.max_iter")
local check = require "mah.base.check"

--- Where a training stands: what stopping rules and callbacks get as `s`.
---@class training_state
---@field epoch integer           the epoch that has ended (with on_batch: that is running), from 1
---@field loss number             the epoch's mean loss over its rows, with penalties
---@field val_loss number|nil     of the validation set, without penalties
---@field val_score number|nil    of the validation set; more is better
---@field lr number|nil           the learning rate at the epoch's beginning; nil without one
---@field seconds number          spent in epochs so far, validation included
---@field history history         the curves of all epochs so far
---@field net network|TapedNetwork|StackedNetwork   with the training's own weights
---@field solver function|solver  which may be changed: s.solver.lr = s.solver.lr / 2
---@field gradient tensor         (P), of the last step; overwritten by the next one
---@field average tensor|nil      (P), the averaged weights, with the option average
---@field step integer            steps so far, in all epochs
---@field samples integer         rows seen so far, in all epochs
---@field batch integer|nil       for on_batch: the step's number in the epoch, from 1
---@field batch_loss number|nil   for on_batch: the step's loss
---@field first_epoch integer     the first epoch of this fit: not 1 after a warm start
---@field last_drop integer|nil   the epoch after which learning_rate = "adaptive" last lowered the
---  rate
---@field measured_from integer|nil  earlier losses and scores are not comparable with later ones
---@field misses integer|nil      of estimators: epochs in a row without a gain

--- The curves of a training: lists with a value for each epoch.
---@class history
---@field loss number[]           the mean over the epoch's rows, with penalties, as they were seen
---@field lr number[]             the learning rate at the epoch's beginning; empty without one
---@field seconds number[]        spent in epochs so far, validation included
---@field val_loss number[]|nil   of the validation set, without penalties
---@field val_score number[]|nil  of the validation set; more is better

--- Why a training ended.
---@class stop_reason
---@field rule string             "max_iter", "no_improvement", "gtol" ...: which rule, or which of
---  the solver's; "custom" of a function's text; "interrupted", "error": the fit was broken off
---@field text string             a sentence
---@field epoch integer           after which the training ended
---@field value number|nil        what the rule saw: the loss, the score, the seconds ...
---@field best number|nil         the best one so far, of rules that compare

---@alias stopping_rule fun(s: training_state): false|nil|string|stop_reason

--- Complains unless `s` is what a rule is asked about: a callback may have emptied it.
---@param s table
---@param where string   the rule, for messages
return function(s, where)
  check.that(type(s) == "table" and type(s.history) == "table" and type(s.epoch) == "number",
    "%s: a rule is asked with the state of a training, {epoch =, loss =, history = ...}; got %s",
    where, check.show(s))
end
