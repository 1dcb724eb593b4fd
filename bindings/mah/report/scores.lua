--- How good predictions are, with intervals of 95 %.
---
---     scores.of_classes(j)   scores.of_numbers(j)   --> {{name, train =, test =, low =, high =}}
local compare = require "mah.learn.metrics.compare"
local numbers = require "mah.draw.numbers"
local probability = require "mah.learn.metrics.probability"
local ranking = require "mah.learn.metrics.ranking"
local random = require "mah.tensor.random"
local tensor = require "mah.tensor"

local scores = {}

local RESAMPLES, SEED = 400, 1

-- -- Resampling -----------------------------------------------------------------------------------

--- The middle 95 % of a measure over samples of rows with replacement (Efron, Annals of Statistics
--- 7, 1979). measure(rows) -> numbers by name.
---@return table<string, {low: number, high: number}>
local function resampled(n, measure)
  local rng, drawn = random.rng(SEED), tensor.zeros(n, { dtype = "int32" })
  local data, chosen, found = numbers.pointer(drawn), {}, {}
  for _ = 1, RESAMPLES do
    rng:fill_integers(drawn, 1, n)
    for i = 1, n do chosen[i] = data[i - 1] end
    for name, value in pairs(measure(chosen)) do
      found[name] = found[name] or {}
      if value == value then table.insert(found[name], value) end
    end
  end
  local intervals = {}
  for name, values in pairs(found) do
    table.sort(values)
    local function at(share) return values[math.max(1, math.ceil(share * #values))] end
    intervals[name] = { low = at(0.025), high = at(0.975) }
  end
  return intervals
end

local function every(n)
  local all = {}
  for i = 1, n do all[i] = i end
  return all
end

-- -- Classes --------------------------------------------------------------------------------------

--- All classes of the model and of the rows, and their places.
function scores.classes(j)
  local names, place = {}, {}
  local function add(list)
    for _, name in ipairs(list) do
      if not place[name] then
        names[#names + 1] = name
        place[name] = #names
      end
    end
  end
  add(j.classes)
  for _, set in ipairs { j.test, j.train or { y = {} } } do add(set.y) end
  return names, place
end

local function places_of(list, place)
  local places = {}
  for i, name in ipairs(list) do places[i] = place[name] end
  return places
end

--- Counts of the chosen rows: counts[truth][predicted], by the places of k classes.
local function counted(truth, predicted, chosen, k)
  local counts = {}
  for a = 1, k do
    counts[a] = {}
    for b = 1, k do counts[a][b] = 0 end
  end
  for _, i in ipairs(chosen) do
    local row, column = counts[truth[i]], predicted[i]
    row[column] = row[column] + 1
  end
  return counts
end

--- Counts of all rows: counts[truth][predicted], by the classes' places.
function scores.confusion(set, names, place)
  return counted(places_of(set.y, place), places_of(set.predicted, place), every(set.n), #names)
end

--- Precision, recall, F1 and rows of each class; nan where nothing is to be divided by.
function scores.per_class(counts)
  local list = {}
  for k = 1, #counts do
    local row, column = 0, 0
    for i = 1, #counts do row, column = row + counts[k][i], column + counts[i][k] end
    list[k] = { precision = counts[k][k] / column, recall = counts[k][k] / row,
      f1 = 2 * counts[k][k] / (row + column), support = row }
  end
  return list
end

--- Means over the classes that have rows.
local function averages(counts)
  local recall, f1, n = 0, 0, 0
  for _, one in ipairs(scores.per_class(counts)) do
    if one.support > 0 then recall, f1, n = recall + one.recall, f1 + one.f1, n + 1 end
  end
  return { balanced = recall / n, f1 = f1 / n }
end

--- How many rows are right.
function scores.right(set)
  local right = 0
  for i = 1, set.n do right = right + (set.y[i] == set.predicted[i] and 1 or 0) end
  return right
end

--- The share of the most frequent class, and its name.
function scores.most_frequent(set)
  local counts, best = {}, nil
  for _, y in ipairs(set.y) do
    counts[y] = (counts[y] or 0) + 1
    if not best or counts[y] > counts[best] then best = y end
  end
  return counts[best] / set.n, best
end

--- The interval of an area under the ROC curve (Hanley & McNeil, Radiology 143, 1982).
function scores.area_interval(area, positive, negative)
  local q1, q2 = area / (2 - area), 2 * area ^ 2 / (1 + area)
  local variance = (area * (1 - area) + (positive - 1) * (q1 - area ^ 2)
    + (negative - 1) * (q2 - area ^ 2)) / (positive * negative)
  local half = 1.96 * math.sqrt(math.max(0, variance))
  return math.max(0, area - half), math.min(1, area + half)
end

--- y of the second class as 1, of the first one as 0, and that class' probabilities.
function scores.binary(j, set)
  local truth, positive = {}, 0
  for i = 1, set.n do
    truth[i] = set.y[i] == j.classes[2] and 1 or 0
    positive = positive + truth[i]
  end
  return truth, set.probabilities:select(2, 2), positive
end

local function add_area(j, list)
  local truth, score, positive = scores.binary(j, j.test)
  if positive == 0 or positive == j.test.n then return end
  local row = { name = "roc_auc", test = ranking.roc_auc_score(truth, score) }
  row.low, row.high = scores.area_interval(row.test, positive, j.test.n - positive)
  if j.train then
    local train_truth, train_score, count = scores.binary(j, j.train)
    if count > 0 and count < j.train.n then
      row.train = ranking.roc_auc_score(train_truth, train_score)
    end
  end
  list[#list + 1] = row
end

local function add_loss(j, list)
  if #j.classes < 2 then return end -- nothing is uncertain
  local known = {}
  for _, class in ipairs(j.classes) do known[class] = true end
  local function loss(set)
    for _, y in ipairs(set and set.y or {}) do
      if not known[y] then return nil end
    end
    return set and probability.log_loss(set.y, set.probabilities, { labels = j.classes })
  end
  local test = loss(j.test)
  if test then list[#list + 1] = { name = "log_loss", train = loss(j.train), test = test } end
end

--- What is said of a classifier: accuracy, balanced accuracy, macro F1, the area under the ROC
--- curve of two classes, log loss.
function scores.of_classes(j)
  local names, place = scores.classes(j)
  local test, train = j.test, j.train
  local function measure(set)
    local truth, predicted = places_of(set.y, place), places_of(set.predicted, place)
    return function(chosen) return averages(counted(truth, predicted, chosen, #names)) end
  end
  local right = scores.right(test)
  local accuracy = { name = "accuracy", test = right / test.n,
    train = train and scores.right(train) / train.n }
  accuracy.low, accuracy.high = compare.wilson_interval(right, test.n)
  local list, intervals = { accuracy }, resampled(test.n, measure(test))
  local of_test, of_train = measure(test)(every(test.n)), train and measure(train)(every(train.n))
  for _, name in ipairs { "balanced", "f1" } do
    list[#list + 1] = { name = name, test = of_test[name], train = of_train and of_train[name],
      low = intervals[name].low, high = intervals[name].high }
  end
  if #j.classes == 2 and #names == 2 then add_area(j, list) end
  add_loss(j, list)
  return list
end

-- -- Numbers --------------------------------------------------------------------------------------

--- R^2 is nan where all chosen rows are the same: it is not defined there.
local function measure_numbers(set)
  return function(chosen)
    local sum, squares, absolute, n, errors = 0, 0, 0, #chosen, 0
    local first, differ = set.y[chosen[1]], false
    for _, i in ipairs(chosen) do
      sum, differ = sum + set.y[i], differ or set.y[i] ~= first
    end
    for _, i in ipairs(chosen) do
      local e = set.y[i] - set.predicted[i]
      squares, absolute = squares + (set.y[i] - sum / n) ^ 2, absolute + math.abs(e)
      errors = errors + e * e
    end
    return { r2 = differ and 1 - errors / squares or 0 / 0, rmse = math.sqrt(errors / n),
      mae = absolute / n }
  end
end

--- What is said of a regressor: R^2, the root mean squared error, the mean absolute error.
function scores.of_numbers(j)
  local intervals = resampled(j.test.n, measure_numbers(j.test))
  local test = measure_numbers(j.test)(every(j.test.n))
  local train = j.train and measure_numbers(j.train)(every(j.train.n))
  local list = {}
  for k, name in ipairs { "r2", "rmse", "mae" } do
    list[k] = { name = name, test = test[name], train = train and train[name],
      low = intervals[name].low, high = intervals[name].high }
  end
  return list
end

return scores
