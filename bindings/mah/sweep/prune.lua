--- Rules that end hopeless trials early, from the curves that trials report.
---
---     local study = mah.sweep{
---       name = "hopeless trials end early", store = "runs.db", grid = {rate = {1, 2, 3, 4}},
---       prune = mah.prune.asha{min = 1, factor = 2}, of = "test", goal = "max",
---       trial = function(p, report)
---         for epoch = 1, 4 do report(epoch, epoch / p.rate) end
---         return {test = 4 / p.rate}
---       end,
---     }
---     local counts = study:run{jobs = 1, quiet = true}
---     print(counts.done, counts.pruned)  --> 1 3
---
--- A rule is a function (curve, others, goal) -> false | "why", asked after every report. A curve
--- is {epochs = {1, 2 ...}, values = {...}, at = {[epoch] = value}}; others are the curves of the
--- other trials that have reported; goal is "max" or "min". With a rule a trial waits for the
--- answer to each report, and what is pruned depends on which trials ran at the same time, unless
--- mah.sweep's deterministic is true: then the others are the trials with smaller numbers, up to
--- the curve's last epoch, and the answer waits until they have come as far.
local check = require "mah.base.check"
local options = require "mah.base.options"
local text = require "mah.base.text"

local prune = {}

--- Complains unless a rule is asked about curves.
local function check_curves(curve, others, where)
  check.that(type(curve) == "table" and type(curve.epochs) == "table" and #curve.epochs > 0
    and type(curve.values) == "table" and type(others) == "table",
    "%s: a rule is asked with a curve, {epochs =, values =, at =}, and a list of others; "
      .. "got %s, %s", where, check.show(curve), check.show(others))
end

--- Is a better than b? NaN is worse than anything.
local function better(a, b, goal)
  if a ~= a or b ~= b then return b ~= b and a == a end
  if goal == "min" then return a < b end
  return a > b
end

--- The best value of a curve up to an epoch.
local function best_until(curve, epoch, goal)
  local best
  for i, e in ipairs(curve.epochs) do
    if e <= epoch and (best == nil or better(curve.values[i], best, goal)) then
      best = curve.values[i]
    end
  end
  return best
end

local function median(list)
  table.sort(list)
  local middle = (#list + 1) / 2
  return (list[math.floor(middle)] + list[math.ceil(middle)]) / 2
end

-- -- Median ---------------------------------------------------------------------------------------

local goals = { nil, { "max", "min" }, nil,
  "which reported values are better; nil: the study's goal" }
local median_rules = options.declare("mah.prune.median", {
  startup = { 5, "integer", "[1, inf)", "others that must have reported at the epoch" },
  warmup = { 0, "number", "[0, inf)", "epochs in which nothing is pruned" },
  goal = goals,
})

--- Ends a trial whose best value so far is worse than the median of what others had reported at the
--- same epoch.
---
---     local rule = mah.prune.median{startup = 2}
---     local function curve(value) return {epochs = {1}, values = {value}, at = {value}} end
---     print(rule(curve(0.3), {curve(0.5), curve(0.7)}, "max"))
---     --> the best value up to epoch 1 is 0.3, and the median of 2 others there 0.6
---     print(rule(curve(0.8), {curve(0.5), curve(0.7)}, "max"))  --> false
---@param given {startup: integer?, warmup: integer?, goal: string?}|nil
---@return function rule
function prune.median(given)
  local o = options(given, median_rules, "mah.prune.median")
  return function(curve, others, study_goal)
    check_curves(curve, others, "mah.prune.median")
    local goal, epoch, values = o.goal or study_goal, curve.epochs[#curve.epochs], {}
    if epoch <= o.warmup then return false end
    for _, other in ipairs(others) do
      local v = other.at[epoch]
      if v and v == v then values[#values + 1] = v end
    end
    if #values < o.startup then return false end
    local own, middle = best_until(curve, epoch, goal), median(values)
    if not better(middle, own, goal) then return false end
    return ("the best value up to epoch %g is %.6g, and the median of %s there %.6g"):format(
      epoch, own, text.count(#values, "other"), middle)
  end
end

-- -- Successive halving ---------------------------------------------------------------------------

local asha_rules = options.declare("mah.prune.asha", {
  min = { 1, "integer", "[1, inf)", "the first epoch at which trials are judged" },
  factor = { 3, "number", "[1.5, 100]",
    "the best 1/factor go on, and the next epoch is so many times as large" },
  goal = goals,
  promote = { false, "boolean", nil, "trials that are not among the best pause, and go on when "
    .. "they are; needs mah.sweep's checkpoint" },
})

--- Is the epoch a rung: min, min * factor, min * factor^2 ...?
local function is_rung(epoch, min, factor)
  local rung = min
  while rung < epoch do rung = math.ceil(rung * factor) end
  return rung == epoch
end

--- The value that the best 1/factor of the list have at least; nil where that is not even one.
local function threshold(values, factor, goal)
  table.sort(values, function(a, b) return better(a, b, goal) end)
  return values[math.floor(#values / factor)]
end

--- Why a trial is not among the best of those that came to its rung, or false. The first ones are,
--- unless there must be enough of them to tell.
local function judge(o, curve, others, study_goal)
  check_curves(curve, others, "mah.prune.asha")
  local goal, epoch = o.goal or study_goal, curve.epochs[#curve.epochs]
  if not is_rung(epoch, o.min, o.factor) then return false end
  local own = curve.values[#curve.values]
  local values = { own }
  for _, other in ipairs(others) do values[#values + 1] = other.at[epoch] end
  local needed = threshold(values, o.factor, goal)
  if not needed and not o.promote then needed = values[1] end
  if needed and not better(needed, own, goal) then return false end
  if not needed then
    return ("at epoch %g it has %.6g, and %s come there"):format(epoch, own,
      text.count(#values, "trial has", "trials have"))
  end
  return ("at epoch %g it has %.6g; the best 1/%g of %s %.6g"):format(epoch, own, o.factor,
    text.count(#values, "trial has", "trials have"), needed)
end

--- Asynchronous successive halving (Li et al., "A system for massively parallel hyperparameter
--- tuning", MLSys 2020): at the epochs min, min * factor, min * factor^2 ... only a trial among the
--- best 1/factor of those that got there goes on.
---
--- promote = true is the form of the paper: a trial that is not among the best is paused, and goes
--- on when so many others got there that it is. Free workers take such trials first, from the
--- highest rung down, and then new ones. It needs mah.sweep{checkpoint = 60, ...}, from which
--- paused trials go on; a trial pauses in a training or before the next one. What is still paused
--- in the end has been pruned. Without promote trials stop, and none goes on later.
---
---     local rule = mah.prune.asha{min = 1, factor = 2}
---     local function curve(value) return {epochs = {1}, values = {value}, at = {value}} end
---     print(rule(curve(0.3), {curve(0.5), curve(0.7)}, "max"))
---     --> at epoch 1 it has 0.3; the best 1/2 of 3 trials have 0.7
---     print(rule(curve(0.8), {curve(0.5), curve(0.7)}, "max"))  --> false
---@param given {min: integer?, factor: number?, goal: string?, promote: boolean?}|nil
---@return function|table rule
function prune.asha(given)
  local o = options(given, asha_rules, "mah.prune.asha")
  local function rule(curve, others, goal) return judge(o, curve, others, goal) end
  if not o.promote then return rule end
  return setmetatable({ promotes = true }, {
    __call = function(_, curve, others, goal) return rule(curve, others, goal) end,
  })
end

return prune
