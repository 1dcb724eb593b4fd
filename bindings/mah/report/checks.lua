--- What a careful colleague would see in a model and its rows.
---
---     checks.run(judged, scores)
---       --> found {{kind =, values =}}, passed {kind}: kinds of mah.report.findings
---
--- Each check gives nil where it does not apply, false where all is well, or the values of its
--- text. Limits are rules of thumb; they are said in the texts.
local compare = require "mah.learn.metrics.compare"
local scores = require "mah.report.scores"

local checks = {}

local function score_of(list, name)
  for _, one in ipairs(list) do
    if one.name == name then return one end
  end
end

-- -- Training against test ------------------------------------------------------------------------

--- Training rows are told better than test rows by more than chance: the intervals are apart.
local function overfitting(j, list)
  if not j.train then return nil end
  if j.is_classifier then
    local one = score_of(list, "accuracy")
    local low = compare.wilson_interval(scores.right(j.train), j.train.n)
    return low > one.high and { train = one.train, test = one.test, measure = "accuracy" } or false
  end
  local one = score_of(list, "r2")
  if not one.high then return nil end -- all test rows are the same
  return one.train > one.high and one.train - one.test > 0.05
    and { train = one.train, test = one.test, measure = "R²" } or false
end

--- Not even the training rows are told better than by saying the same of all.
local function underfitting(j, list)
  if not j.train then return nil end
  if j.is_classifier then
    local share, class = scores.most_frequent(j.train)
    local low = compare.wilson_interval(scores.right(j.train), j.train.n)
    return low <= share and #j.classes > 1
      and { kind = "underfitting_class", train = score_of(list, "accuracy").train, share = share,
        class = tostring(class) } or false
  end
  local one = score_of(list, "r2")
  return one.train < 0.1 and { train = one.train } or false
end

--- The interval of the test rows holds what saying the same of all would reach.
local function no_skill(j, list)
  if j.is_classifier then
    local share, class = scores.most_frequent(j.test)
    local one = score_of(list, "accuracy")
    return #j.classes > 1 and one.low <= share
      and { kind = "no_skill_class", test = one.test, share = share, class = tostring(class) }
      or false
  end
  local one = score_of(list, "r2")
  if not one.low then return nil end
  return one.low <= 0 and { test = one.test, low = one.low } or false
end

-- -- Rows -----------------------------------------------------------------------------------------

local FEW = 10 -- rows of a class

local function counts_of(set, names)
  local counts = {}
  for _, name in ipairs(names) do counts[name] = 0 end
  for _, y in ipairs(set.y) do counts[y] = counts[y] + 1 end
  return counts
end

--- Classes with fewer than ten rows for training or test.
local function rare(j)
  if not j.is_classifier then return nil end
  local names, words = scores.classes(j), {}
  local test, train = counts_of(j.test, names), j.train and counts_of(j.train, names)
  for _, name in ipairs(names) do
    local few = test[name] < FEW or train and train[name] < FEW
    if few and #words < 8 then
      words[#words + 1] = train and ("`%s` (%d + %d)"):format(name, train[name], test[name])
        or ("`%s` (%d)"):format(name, test[name])
    end
  end
  return #words > 0 and { which = words, few = FEW } or false
end

local WIDE = 0.05 -- half of an interval

--- Too few test rows to tell accuracies apart; too few to say anything of errors.
local function small_test(j, list)
  if not j.is_classifier then return j.test.n < 50 and { n = j.test.n } or false end
  local one = score_of(list, "accuracy")
  local half = (one.high - one.low) / 2
  if half <= WIDE then return false end
  local share = math.min(0.95, math.max(0.05, one.test))
  return { kind = "small_test_class", n = j.test.n, half = half,
    needed = math.ceil(1.96 ^ 2 * share * (1 - share) / 0.02 ^ 2 / 100) * 100 }
end

-- -- The network ----------------------------------------------------------------------------------

--- Units of hidden layers that say the same of every row.
local function dead_units(j)
  local net = j.mlp and j.mlp.network
  if not net or #net.layers < 2 or j.seen.shape[1] < 2 then return nil end
  local words, dead, all = {}, 0, 0
  for k = 1, #net.layers - 1 do
    local out = net:forward(j.seen, k)
    local constant = out:max(1):eq(out:min(1)):sum()
    if constant > 0 then
      words[#words + 1] = ("%d / %d"):format(constant, net.layers[k].units)
    end
    dead, all = dead + constant, all + net.layers[k].units
  end
  return dead > 0 and { dead = dead, all = all, layers = words, rows = j.seen.shape[1] } or false
end

local LARGE = 10 -- what a column may be, or spread by, before it counts as not scaled

--- Columns that reach the network with large values.
local function unscaled(j)
  if not j.mlp or j.seen.shape[1] < 2 then return nil end
  local x = j.seen:double()
  local mean, deviation, worst, size, count = x:mean(1), x:std(1), nil, 0, 0
  for k = 1, x.shape[2] do
    local own = math.max(math.abs(mean[k]), deviation[k])
    count = count + (own > LARGE and 1 or 0)
    if own > size then worst, size = k, own end
  end
  return count > 0 and { column = worst, mean = mean[worst], deviation = deviation[worst],
    count = count, all = x.shape[2] } or false
end

local function mean_of(list, first, last)
  local sum = 0
  for i = first, last do sum = sum + list[i] end
  return sum / (last - first + 1)
end

--- The training ended at its limit while the loss still fell: by more than 1 % from one tenth of
--- the epochs to the last one.
local function still_falling(j)
  local reason, loss = j.mlp and j.mlp.stop_reason_, j.mlp and j.mlp.loss_curve_
  if not reason or type(loss) ~= "table" or #loss < 4 then return nil end
  if reason.rule ~= "max_iter" then return false end
  local width = math.max(2, math.floor(#loss / 10))
  local before = mean_of(loss, #loss - 2 * width + 1, #loss - width)
  local now = mean_of(loss, #loss - width + 1, #loss)
  return now < before and (before - now) > 0.01 * math.abs(before)
    and { share = (before - now) / math.abs(before), width = width, epochs = #loss } or false
end

--- The validation loss has turned, and is a tenth above its lowest.
local function turned(j)
  local history = j.mlp and j.mlp.history_
  local loss = history and history.val_loss
  if type(loss) ~= "table" or #loss < 4 then return nil end
  local best = 1
  for i, value in ipairs(loss) do best = value < loss[best] and i or best end
  return loss[#loss] > 1.1 * loss[best]
    and { low = loss[best], epoch = best, last = loss[#loss], epochs = #loss } or false
end

local all = {
  { "overfitting", overfitting }, { "underfitting", underfitting }, { "no_skill", no_skill },
  { "rare", rare }, { "small_test", small_test }, { "dead_units", dead_units },
  { "unscaled", unscaled }, { "still_falling", still_falling }, { "turned", turned },
}

---@param j table      of mah.report.judged
---@param list table   of mah.report.scores
---@return table[] found, string[] passed
function checks.run(j, list)
  local found, passed = {}, {}
  for _, one in ipairs(all) do
    local values = one[2](j, list)
    if values then
      found[#found + 1] = { kind = values.kind or one[1], values = values }
    elseif values == false then
      passed[#passed + 1] = one[1]
    end
  end
  return found, passed
end

return checks
