--- Trains one MLPClassifier and says how well it does: what a trial of most studies is.
---
---     study.trial = function(p, data)
---       return fit(p, data, {hidden_layer_sizes = {100}, dropout = p.dropout})
---     end
local mah = require "mah"

--- The rows of a trial: the first n training images, those after them for validation, and test
--- images. Where the training images do not suffice for both, n gets smaller.
---@return table train, table|nil validation, table test
local function rows_of(p, data)
  local total = #data.train.x
  local held = math.min(p.validation, math.floor(total / 3))
  local n = math.min(p.n, total - held)
  local function part(set, first, count)
    return { x = set.x:narrow(1, first, count), y = set.y:narrow(1, first, count) }
  end
  return part(data.train, 1, n), held > 0 and part(data.train, n + 1, held) or nil,
    mah.data.take(data.test, p.test)
end

--- Parameters that all trials take from the preset, unless `given` has them.
local function with_defaults(given, p)
  local all = { random_state = p.seed, max_iter = p.max_iter, tol = p.tol }
  for name, value in pairs(given) do all[name] = value end
  return all
end

--- Bytes of tensors that are alive; garbage does not count.
local function live_bytes()
  collectgarbage()
  collectgarbage()
  return (mah.memory())
end

--- Notes in `result` how much memory the first mini-batch left in use.
local function watch_memory(parameters, result)
  local before = live_bytes()
  function parameters.on_batch()
    result.memory = result.memory or live_bytes() - before
  end
end

--- Trains on p.n images; p also holds validation, test (numbers of images), seed, max_iter and tol.
---@param p table
---@param data mah.Dataset
---@param given table       parameters of mah.MLPClassifier
---@param more table|nil    validate = true: the curves of the validation rows too; memory = true:
---  result.memory, bytes of tensors that training holds (parameters, solver, work space)
---@return table result     {train, test, validation, n_iter, loss, stopped_by, seconds}
---@return table classifier, table sets   {train =, validation =, test =}
return function(p, data, given, more)
  mah.warnings(false)
  local train, validation, test = rows_of(p, data)
  local parameters = with_defaults(given, p)
  if more and more.validate then parameters.validation_data = { validation.x, validation.y } end
  local result = {}
  if more and more.memory then watch_memory(parameters, result) end
  local classifier = mah.MLPClassifier(parameters)
  local start = mah.progress.now()
  classifier:fit(train.x, train.y)
  result.seconds = mah.progress.now() - start
  result.train = classifier:score(train.x, train.y)
  result.validation = validation and classifier:score(validation.x, validation.y)
  result.test = classifier:score(test.x, test.y)
  result.n_iter, result.loss = classifier.n_iter_, classifier.loss_
  result.stopped_by = classifier.stop_reason_.rule
  return result, classifier, { train = train, validation = validation, test = test }
end
