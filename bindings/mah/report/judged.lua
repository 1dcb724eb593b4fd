--- A fitted model beside rows: what it says of them, and what its network looks at.
---
---     local j = judged.new(model, {train = , test = , target = }, "report:model")
---     j.test.y, j.test.predicted     -- lists; of a classifier also j.test.probabilities (N, K)
local Type = require "mah.tensor.type"
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local judge = require "mah.report.judge"
local rows = require "mah.prepare.rows"
local target = require "mah.prepare.target"
local tensor = require "mah.tensor"
local vector = require "mah.base.vector"

local judged = {}

--- A vector as a Lua list; (N, 1) too.
local function list_of(values, where)
  values = vector(values, "labels")
  if not Type.is_tensor(values) then return values end
  if values.ndim == 2 and values.shape[2] == 1 then values = values:select(2, 1) end
  check.that(values.ndim == 1, "%s: one value a row is expected, got shape (%s)", where,
    table.concat(values.shape, ", "))
  local list = {}
  for i = 1, #values do
    local value = values[i]
    list[i] = tonumber(value) or value
  end
  return list
end

--- {x = , y = }, or a table whose column `name` is y.
local function read(given, name, where)
  local x, y = given, name
  if name == nil then
    check.that(type(given) == "table" and given.x ~= nil and given.y ~= nil,
      "%s: {x = , y = } is expected, or a table with target = \"the column's name\"", where)
    x, y = given.x, given.y
  end
  x, y = target(x, y, where)
  local n = rows.count(x, where)
  check.that(n > 0, "%s has no rows", where)
  return { x = x, y = list_of(y, where .. ": y"), n = n }
end

--- Complains of what a regressor cannot have been meant to say.
local function check_numbers(y, where)
  for i, value in ipairs(y) do
    check.that(type(value) == "number", "%s: y: row %d is %s; the model gives numbers", where, i,
      check.show(value))
  end
end

local function predict(model, set, is_classifier, where)
  local x = base.for_estimator(model, set.x)
  set.input = x
  set.predicted = list_of(model:predict(x), where .. ": what the model predicts")
  if is_classifier then set.probabilities = model:predict_proba(x) end
end

--- What stands at the end of a pipeline or a search, and what it is given of some rows.
local function last_step(model, x)
  local class = rawget(model, "class")
  if class == "GridSearchCV" or class == "RandomizedSearchCV" then
    return last_step(model.best_estimator_, x)
  end
  local steps = class == "Pipeline" and model.steps or nil
  if not steps then return model, x end
  for i = 1, #steps - 1 do
    local step = steps[i][2]
    if step ~= "passthrough" then x = step:transform(x) end
  end
  return steps[#steps][2], x
end

local MANY = 2000 -- rows that tell what units do

--- The network of a model, and the first training rows as it sees them; nil where there is none.
local function network_of(model, set)
  local part = rows.take(set.input, tensor.arange(1, math.min(set.n, MANY), { dtype = "int32" }))
  local mlp, x = last_step(model, part)
  local net = type(mlp) == "table" and rawget(mlp, "network")
  if not net or not Type.is_tensor(x) or x.ndim ~= 2 then return nil end
  return mlp, x
end

--- The training of a network, and the first training rows.
local function training_of(model, set, run)
  local trained = judge.trained(model, run)
  if not trained then return nil end
  local part = rows.take(set.input, tensor.arange(1, math.min(set.n, MANY), { dtype = "int32" }))
  if not Type.is_tensor(part) or part.ndim ~= 2 then return nil end
  return trained, part
end

--- Complains of what is no fitted estimator, network or ensemble.
---@param given table   train, test, target; run: of a network
function judged.new(given_model, given, where)
  check.that(given.run == nil or judge.is_run(given.run), "%s: run must be what mah.train "
    .. "returned; got %s", where, check.show(given.run))
  local test = read(given.test, given.target, where .. ": test")
  local model = judge.of(given_model, test.x, where)
  check.that(given.run == nil or model ~= given_model, "%s: run goes with a network; an estimator "
    .. "knows its own training", where)
  local self = { model = model, is_classifier = base.is_classifier(model), test = test }
  self.train = given.train and read(given.train, given.target, where .. ": train")
  if self.is_classifier then self.classes = list_of(model.classes_, where .. ": classes_") end
  for _, name in ipairs { "test", "train" } do
    local set = self[name]
    if set then
      if not self.is_classifier then check_numbers(set.y, where .. ": " .. name) end
      predict(model, set, self.is_classifier, where)
      if self.is_classifier and judge.trained(given_model) then
        judge.check_classes(model, set.y, where .. ": " .. name)
      elseif self.is_classifier then
        judge.check_labels(self.classes, set.y, where .. ": " .. name)
      end
    end
  end
  self.mlp, self.seen = training_of(given_model, self.train or test, given.run)
  if not self.mlp then self.mlp, self.seen = network_of(model, self.train or test) end
  return self
end

return judged
