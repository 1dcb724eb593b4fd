--- Transformers one after the other, and an estimator at the end, that fit, predict, are
--- cross-validated and saved as one.
---
---     local data = mah.data.make_moons{n_samples = 60, random_state = 1}
---     local model = mah.Pipeline{
---       mah.preprocessing.StandardScaler{},
---       mah.MLPClassifier{hidden_layer_sizes = {16}, solver = "lbfgs", random_state = 1},
---     }
---     model:fit(data.x, data.y)
---     print(model:score(data.x, data.y) > 0.9)  --> true
---     local p = model:predict_proba(data.x)
---     print(p.shape[2], model:predict_log_proba(data.x):max() <= 0)  --> 2 true
---     print(model:predict(data.x)[1] == data.y[1], model[1], #model.classes_)
---     --> true StandardScaler{} 2
---     print(model:get_params().mlpclassifier__solver)  --> lbfgs
---
---     local m = mah.preprocessing
---     local scale = mah.Pipeline{m.StandardScaler{}, m.MinMaxScaler{}}
---     local z = scale:fit_transform({{1}, {2}, {5}})
---     print(scale:transform({{5}})[1][1], scale:inverse_transform(z)[2][1])  --> 1 2
---     print(scale:feature_names_out({"age"})[1])  --> age
---
--- Steps are named as make_pipeline of scikit-learn does, or by oneself: {"mlp", estimator}, then
--- model.named_steps.mlp; model[1] is the first step, model[-1] the last. "passthrough" in the
--- place of a step does nothing. y may be the name of a column of x. What the last step cannot do,
--- the pipeline cannot.
local Type = require "mah.tensor.type"
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local options = require "mah.base.options"
local target = require "mah.prepare.target"

local WHERE = "mah.Pipeline"

---@class Pipeline
---@field named_steps table the steps by their names
---@field classes_ any[]|nil those of the last step
---@field n_iter_ integer|nil that of the last step
---@field fitted_ boolean|nil true after fit
local Pipeline = {}

-- -- Steps ----------------------------------------------------------------------------------------

local function is_pair(step)
  return type(step) == "table" and getmetatable(step) == nil and type(step[1]) == "string"
    and step[2] ~= nil
end

local function check_step(step, last, name)
  if step == "passthrough" then return end
  check.that(base.is_estimator(step), "%s: step %s is %s; an estimator or \"passthrough\" is "
    .. "expected", WHERE, name, check.show(step))
  check.that(last or base.has(step, "transform"), "%s: step %s, a %s, has no transform; only the "
    .. "last one may be without", WHERE, name, tostring(step.class))
end

local function check_steps(steps)
  local seen = {}
  check.that(#steps > 0, "%s: there are no steps", WHERE)
  for i, step in ipairs(steps) do
    check.that(is_pair(step), "%s: steps: step %d is %s; {name, estimator} is expected", WHERE, i,
      check.show(step))
    local name = step[1]
    check.that(not seen[name], "%s: two steps have the name %q", WHERE, name)
    check.that(not name:find("__", 1, true), "%s: the name %q must not contain \"__\"", WHERE, name)
    seen[name] = true
    check_step(step[2], i == #steps, ("%d (%s)"):format(i, name))
  end
end

--- Steps as they are written, in a list, to {steps = {{name, estimator} ...}}.
local function read(given)
  local names_steps = type(given) == "table" and given.steps ~= nil
  if type(given) ~= "table" or names_steps and type(given.steps) ~= "table"
    or not names_steps and given[1] == nil and next(given) then
    return given
  end
  local list, all, steps = given.steps or given, {}, {}
  for i, step in ipairs(list) do
    all[i] = is_pair(step) and step[2] or step
    check.that(type(all[i]) == "table" or all[i] == "passthrough", "%s: step %d is %s; an "
      .. "estimator or \"passthrough\" is expected", WHERE, i, base.show(all[i]))
  end
  local names = base.names_of(all)
  for i, step in ipairs(list) do steps[i] = { is_pair(step) and step[1] or names[i], all[i] } end
  check_steps(steps)
  local named = { steps = steps }
  for key, value in pairs(given) do
    if type(key) ~= "number" then named[key] = named[key] or value end
  end
  return named
end

function Pipeline:_check() check_steps(self.steps) end

--- The steps' estimators by name.
function Pipeline:_children()
  local found = {}
  for _, step in ipairs(base.pairs_in(self.steps)) do found[step[1]] = step[2] end
  return found
end

--- As of all estimators; each step's as step__parameter.
function Pipeline:get_params(deep)
  local params = { steps = options.copy(self.steps) }
  if deep == false then return params end
  for name, child in pairs(self:_children()) do
    params[name] = child
    for inner, value in pairs(child ~= "passthrough" and child:get_params() or {}) do
      params[name .. "__" .. inner] = value
    end
  end
  return params
end

function Pipeline:_set_child(name, child)
  for i, step in ipairs(self.steps) do
    if step[1] == name then
      check_step(child, i == #self.steps, ("%d (%s)"):format(i, name))
      step[2] = child
    end
  end
end

--- What print shows: the steps.
function Pipeline:_text()
  local shown = {}
  for i, step in ipairs(base.pairs_in(self.steps)) do
    shown[i] = step[2] == "passthrough" and step[1] .. " = passthrough" or tostring(step[2])
  end
  return table.concat(shown, ", ")
end

--- Step i: pipeline[1], pipeline[-1].
function Pipeline:_at(i)
  local step = self.steps[i < 0 and #self.steps + 1 + i or i]
  return step and step[2]
end

local function last(self) return self.steps[#self.steps][2] end

-- -- What the last step can -----------------------------------------------------------------------

local asked = { predict = true, predict_proba = true, predict_log_proba = true, score = true,
  decision_function = true }

--- Complains when the last step has no such method.
function Pipeline._check_method(self, name)
  if not asked[name] then return end
  local step = last(self)
  check.that(step ~= "passthrough" and base.has(step, name), "%s: its last step, %s, has no %s",
    WHERE, step == "passthrough" and "passthrough" or tostring(step.class), name)
end

local function of_last(name)
  return function(self)
    local step = last(self)
    return step ~= "passthrough" and step[name] or nil
  end
end

Pipeline.computed = {
  classes_ = of_last "classes_", n_iter_ = of_last "n_iter_",
  named_steps = function(self) return self:_children() end,
}

-- -- Fitting and using ----------------------------------------------------------------------------

--- The names of the columns that the last step sees.
local function names_before_last(self, given)
  for i = 1, #self.steps - 1 do
    local step = self.steps[i][2]
    if step ~= "passthrough" then given = step:feature_names_out(given) end
  end
  return given
end

--- x after all steps but the last.
local function before_last(self, x, fitting, y)
  for i = 1, #self.steps - 1 do
    local step = self.steps[i][2]
    if step ~= "passthrough" then
      x = fitting and base.fit_transform(step, x, y) or not fitting and step:transform(x)
    end
  end
  return x
end

--- Where the last step wants numbers, the column without one is named.
local function check_complete(self, step, x)
  if step == "passthrough" or rawget(step, "where") or not Type.is_tensor(x) or x.ndim ~= 2 then
    return x
  end
  local bad = x:isfinite():eq(0)
  if not bad:any() then return x end
  local place = bad:nonzero()
  local i, k = place[1][1], place[1][2]
  local named, names = pcall(names_before_last, self)
  check.raise("%s: column %s has %s in row %d, of which %s can learn nothing%s", WHERE,
    named and names and ("%q"):format(names[k]) or tostring(k),
    x[i][k] ~= x[i][k] and "a missing value" or tostring(x[i][k]), i, tostring(step.class),
    x[i][k] ~= x[i][k] and "; mah.preprocessing.SimpleImputer fills such places" or "")
end

--- x as the last step sees it.
local function for_last(self, step, x)
  if step == "passthrough" then return x end
  return check_complete(self, step, base.for_estimator(step, x))
end

--- Fits each step to what the ones before it give.
---@param x any
---@param y any   labels or numbers; the name of a column of x
---@param sample_weight tensor|number[]|nil   for the last step
---@return table self
function Pipeline:fit(x, y, sample_weight)
  x, y = target(x, y, WHERE)
  self.fitted_ = nil
  x = before_last(self, x, true, y)
  local step = last(self)
  x = for_last(self, step, x)
  if step ~= "passthrough" then step:fit(x, y, sample_weight) end
  self.fitted_ = true
  return self
end

--- Complains before fit; the last step, and x as it sees it.
local function ready(self, x)
  base.fitted(self, "fitted_")
  local step = last(self)
  x = before_last(self, x)
  return step, for_last(self, step, x)
end

for _, name in ipairs { "predict", "predict_proba", "predict_log_proba", "decision_function" } do
  --- What the last step says of x, after the steps before it.
  ---
  ---     local model = mah.Pipeline{
  ---       mah.preprocessing.StandardScaler{}, mah.MLPClassifier{solver = "lbfgs"},
  ---     }
  ---     model:fit({{1}, {2}, {8}, {9}}, {"low", "low", "high", "high"})
  ---     print(model:predict({{0}, {10}})[2], model:predict_proba({{0}}).shape[2])  --> high 2
  ---@param x any
  ---@return tensor|any[]
  Pipeline[name] = function(self, x)
    local step, seen = ready(self, x)
    return step[name](step, seen)
  end
end

--- The last step's score: accuracy, or R2.
---@param y any   the name of a column of x too
---@return number
function Pipeline:score(x, y, sample_weight)
  x, y = target(x, y, WHERE)
  local step, seen = ready(self, x)
  return step:score(seen, y, sample_weight)
end

--- x after all steps, which are transformers.
function Pipeline:transform(x)
  local step, seen = ready(self, x)
  if step == "passthrough" then return seen end
  return step:transform(seen)
end

--- Fits, and gives x transformed.
function Pipeline:fit_transform(x, y)
  x, y = target(x, y, WHERE)
  x = before_last(self, x, true, y)
  self.fitted_ = true
  local step = last(self)
  return step == "passthrough" and x or base.fit_transform(step, x, y)
end

--- The way back through all steps.
function Pipeline:inverse_transform(x)
  for i = #self.steps, 1, -1 do
    local step = self.steps[i][2]
    if step ~= "passthrough" then x = step:inverse_transform(x) end
  end
  return x
end

--- The names of the columns that the last step sees, or gives when it is a transformer.
---@param given string[]|nil   names for the columns that go in
---@return string[]
function Pipeline:feature_names_out(given)
  given = names_before_last(self, given)
  local step = last(self)
  if step == "passthrough" or not base.has(step, "transform") then return given end
  return step:feature_names_out(given)
end


return base.define(WHERE, {
  steps = { options.required, "table", nil,
    "{name, estimator} of each step; usually written as a list of estimators" },
}, Pipeline, read)
