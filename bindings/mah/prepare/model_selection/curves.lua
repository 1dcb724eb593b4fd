--- Scores over the number of rows, or over a parameter.
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local evaluate = require "mah.prepare.model_selection.evaluate"
local folds = require "mah.prepare.model_selection.folds"
local generator = require "mah.prepare.generator"
local options = require "mah.base.options"
local shared = require "mah.prepare.rules"
local tensor = require "mah.tensor"
local warn = require "mah.base.warn"

local curves = {}

local function matrix(n, m) return tensor.empty(n, m, { dtype = "float64" }) end

-- -- Over the number of rows ----------------------------------------------------------------------

local WHERE = "mah.model_selection.learning_curve"

local rules = options.declare(WHERE, evaluate.rules {
  train_sizes = { { 0.1, 0.325, 0.55, 0.775, 1 }, "table|tensor", nil,
    "shares of the first training part, at most 1, or numbers of rows" },
  shuffle = { false, "boolean", nil, "the training parts are shuffled before" },
  random_state = shared.random_state,
})

--- The different numbers of rows, ascending; shares are of `most`.
local function sizes_of(given, most)
  local largest, list, seen = 0, {}, {}
  for i = 1, #given do largest = math.max(largest, given[i]) end
  for i = 1, #given do
    local size = given[i]
    if largest <= 1 then size = math.max(1, math.floor(size * most)) end
    check.that(given[i] > 0 and size <= most and size % 1 == 0, "%s: train_sizes are shares in "
      .. "(0, 1] or numbers of rows up to %d; got %s", WHERE, most, tostring(given[i]))
    if not seen[size] then list[#list + 1] = size end
    seen[size] = true
  end
  if #list < #given then
    warn("%s: of %d train_sizes only %d are different", WHERE, #given, #list)
  end
  table.sort(list)
  return list
end

--- Scores of clones fitted to the first rows of each training part, ever more of them.
---
---     local data = mah.data.make_moons{n_samples = 60, random_state = 1}
---     local model = mah.MLPClassifier{solver = "lbfgs", max_iter = 20, random_state = 1}
---     local sizes, train, test = mah.model_selection.learning_curve(model, data.x, data.y,
---       {cv = 3, train_sizes = {0.5, 1}})
---     print(sizes[1], sizes[2], test.shape[1], test.shape[2])  --> 20 40 2 3
---     mah.plot.learning_curve{train_sizes = sizes, train_scores = train, test_scores = test}
---@param estimator table
---@param x any
---@param y any
---@param given table|nil
---@return tensor train_sizes, tensor train_scores, tensor test_scores   scores: (sizes, folds)
function curves.learning_curve(estimator, x, y, given)
  local o = options(given, rules, WHERE)
  x, y = evaluate.data(estimator, x, y, WHERE)
  local scorer = evaluate.scorer(o.scoring, WHERE)
  local list = folds.of(o.cv, estimator, x, y, o.groups, WHERE)
  local sizes = sizes_of(o.train_sizes, #list[1][1])
  local train_scores, test_scores = matrix(#sizes, #list), matrix(#sizes, #list)
  local rng = o.shuffle and generator(o.random_state, WHERE)
  for j, fold in ipairs(list) do
    local train = fold[1]
    if rng then train = train:index_select(1, rng:permutation(#train)) end
    for i, size in ipairs(sizes) do
      local part = train:narrow(1, 1, math.min(size, #train)):clone()
      local fitted = evaluate.fit(estimator, x, y, part, o.sample_weight)
      train_scores[i][j] = evaluate.score(scorer, fitted, x, y, part, o.sample_weight)
      test_scores[i][j] = evaluate.score(scorer, fitted, x, y, fold[2], o.sample_weight)
    end
  end
  return tensor.tensor(sizes, { dtype = "int32" }), train_scores, test_scores
end

-- -- Over a parameter -----------------------------------------------------------------------------

local validation_rules = options.declare("mah.model_selection.validation_curve", evaluate.rules {
  param_name = { options.required, "string", nil,
    "the parameter, such as \"mlpclassifier__alpha\" of a pipeline" },
  param_range = { options.required, "table|tensor", nil, "its values" },
})

--- Scores over the values of one parameter.
---
---     local data = mah.data.make_moons{n_samples = 60, random_state = 1}
---     local model = mah.MLPClassifier{solver = "lbfgs", max_iter = 20, random_state = 1}
---     local train, test = mah.model_selection.validation_curve(model, data.x, data.y,
---       {cv = 3, param_name = "alpha", param_range = {1e-4, 1}})
---     print(train.shape[1], test.shape[2])  --> 2 3
---@param estimator table
---@param x any
---@param y any
---@param given table
---@return tensor train_scores, tensor test_scores   (values, folds)
function curves.validation_curve(estimator, x, y, given)
  local where = "mah.model_selection.validation_curve"
  local o = options(given, validation_rules, where)
  x, y = evaluate.data(estimator, x, y, where)
  local scorer = evaluate.scorer(o.scoring, where)
  local list = folds.of(o.cv, estimator, x, y, o.groups, where)
  local train_scores, test_scores = matrix(#o.param_range, #list), matrix(#o.param_range, #list)
  for i = 1, #o.param_range do
    local changed = base.clone(estimator):set_params { [o.param_name] = o.param_range[i] }
    for j, fold in ipairs(list) do
      local fitted = evaluate.fit(changed, x, y, fold[1], o.sample_weight)
      train_scores[i][j] = evaluate.score(scorer, fitted, x, y, fold[1], o.sample_weight)
      test_scores[i][j] = evaluate.score(scorer, fitted, x, y, fold[2], o.sample_weight)
    end
  end
  return train_scores, test_scores
end

return curves
