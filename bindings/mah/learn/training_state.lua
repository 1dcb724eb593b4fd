--- Is a stopping rule asked about the state of a training?
---
---     check_state(s, "mah.stop.max_iter")
local check = require "mah.base.check"

--- Complains unless `s` is what a rule is asked about: a callback may have emptied it.
---@param s table
---@param where string   the rule, for messages
return function(s, where)
  check.that(type(s) == "table" and type(s.history) == "table" and type(s.epoch) == "number",
    "%s: a rule is asked with the state of a training, {epoch =, loss =, history = ...}; got %s",
    where, check.show(s))
end
