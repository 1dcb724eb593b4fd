--- mah.MLPClassifier: scikit-learn's MLPClassifier, and more.
---
---     local clf = mah.MLPClassifier{
---       hidden_layer_sizes = {100, 50}, activation = "tanh", random_state = 1,
---     }
---     clf:fit(x, y)
---     print(clf:score(x_test, y_test), clf.n_iter_, clf.stop_reason_.text)
---
--- With early_stopping, n_iter_no_change = 10 ends the fit at the 11th epoch in a row without a
--- gain, as in scikit-learn; early_stopping_patience = 10 (patience, for short) at the 10th.
---
--- The same random_state gives the same run as scikit-learn, loss by loss. Where scikit-learn does
--- something else than it says, this estimator does what it says; compat = "sklearn" makes it do as
--- scikit-learn 1.2.1 does, for MLPRegressor too. What that changes:
---
---   of                       without compat                  with compat = "sklearn"
---   rows held out            each class in proportion        so with two classes only
---   a single row held out    refused                         taken (by the classifier)
---   warm start, partial_fit  the generator and the order go  random_state is used anew by each
---                            on: 10 partial_fits are a fit   call: it orders the rows as the
---                            of 10 epochs, and no row that   last one did, and holds out rows
---                            was held out is trained on      anew
---   n_iter_, warm start      epochs of this fit              of all fits (not lbfgs)
---   early stopping, warm     the best weights are a copy     the next fit overwrites them
---   solver = "lbfgs"         stops early if told; x's type   ignores early_stopping; float64
---   several targets          the loss's gradient             K times that, for K targets
---
--- And with or without compat:
---
---   of                       here                            scikit-learn 1.2.1
---   a loss not finite        ends the fit: an error, or      goes on until max_iter
---                            the best weights and a warning
---   set between partial_fits takes effect                    ignored, if it is the solver's
---   other layers in a warm   refused                         an error inside, or ignored
---   start
---   another solver in a      keeps the weights' type         may change it
---   warm start
---   one row held out,        refused: it has no R2           an error inside
---   MLPRegressor
---   the last bits            of sums in another order        lbfgs makes much of them
local Type = require "mah.tensor.type"
local base = require "mah.learn.estimator.base"
local check = require "mah.base.check"
local fit = require "mah.learn.estimator.fit"
local join = require "mah.tensor.join"
local labels = require "mah.data.labels"
local parameters = require "mah.learn.estimator.parameters"
local tensor = require "mah.tensor"
local vector = require "mah.base.vector"

local Classifier = setmetatable({}, { __index = base.methods })

local Y = "mah.MLPClassifier: y"

-- -- y as the network wants it --------------------------------------------------------------------

local function is_multilabel(y) return Type.is_tensor(y) and y.ndim == 2 and y.shape[2] > 1 end

local function rows_of(y)
  y = vector(y, "labels")
  return type(y) == "table" and #y or #Type.expect(y, Y)
end

--- Weights of the samples times those of their classes. class_weight: "balanced", n / (K count), or
--- a table label -> weight, 1 where a label is missing.
local function weigh(classifier, weight, numbers, classes)
  local class_weight = classifier.class_weight
  if class_weight == nil then return weight end
  local out = weight and weight:double():clone() or tensor.ones(#numbers, { dtype = "float64" })
  local factor, counts = {}, {}
  for i = 1, #numbers do counts[numbers[i]] = (counts[numbers[i]] or 0) + 1 end
  for k, label in ipairs(classes) do
    if class_weight == "balanced" then
      factor[k - 1] = #numbers / (#classes * (counts[k - 1] or 1))
    else
      for named in pairs(class_weight) do
        check.that(labels.contains(classes, named),
          "mah.MLPClassifier: class_weight: %s is not one of the classes %s", check.show(named),
          labels.list(classes))
      end
      factor[k - 1] = class_weight[label] or 1
    end
  end
  for i = 1, #numbers do out[i] = out[i] * factor[numbers[i]] end
  return out
end

--- 0/1 columns become targets as they are; labels become class numbers, for two classes one column
--- (a network of elsewhere that goes on may have two).
---@param network Network|nil   what the fit goes on with
local function encode(y, classes, network)
  if is_multilabel(y) then
    check.that((y:eq(0) + y:eq(1)):all(), "%s: an indicator matrix holds 0 and 1 only", Y)
    return { y = y, outputs = y.shape[2], activation = "logistic" }
  end
  local numbers = labels.encode(y, classes, Y)
  local two = #classes <= 2 and not (network and network.loss_function == "cross_entropy")
  return {
    y = numbers, labels = numbers, outputs = two and 1 or #classes,
    activation = two and "logistic" or "softmax",
  }
end

--- The whole task of a fit, checked. keeps: for the network that is there.
local function new_problem(classifier, x, y, weight, classes, keeps)
  local network = keeps and classifier.network or nil
  x = base.check_x(classifier, x, network and network.inputs)
  local n = rows_of(y)
  check.that(#x == n, "mah.MLPClassifier: x has %d rows and y has %d", #x, n)
  local problem = encode(y, classes, network)
  problem.classes = classes
  problem.x, problem.rows, problem.inputs = x, n, x.shape[2]
  problem.weight = base.check_weight(classifier, weight, n)
  problem.score_weight = problem.weight -- without those of the classes, as score(x, y, weight)
  if problem.labels then
    problem.weight = weigh(classifier, problem.weight, problem.labels, classes)
  end
  if classifier.validation_data then
    local v = classifier.validation_data
    problem.validation = encode(v.y or v[2], classes, network)
    problem.validation.x = base.check_x(classifier, v.x or v[1], problem.inputs):to(x.dtype)
  end
  return problem
end

--- Are they the classifier's classes, in whatever order? Those of weights of elsewhere are in the
--- order of the outputs, and with several labels at a time they have names.
local function are_same(classifier, sorted, y)
  local several = classifier.network and classifier.n_outputs_ > 1
    and classifier.out_activation_ == "logistic"
  if several and is_multilabel(y) then return y.shape[2] == classifier.n_outputs_ end
  return labels.same(sorted, labels.union(classifier.classes_, {}))
end

--- The classes of y, which a warm start or a resumed fit must not change.
local function find_classes(classifier, y, keep)
  local found
  base.check_target(classifier, y)
  if is_multilabel(y) then
    found = {}
    for k = 1, y.shape[2] do found[k] = k - 1 end
  else
    found = labels.classes(y, Y)
  end
  if keep and classifier.classes_ then
    check.that(are_same(classifier, found, y),
      "mah.MLPClassifier: warm_start can only be used where `y` has the "
        .. "same classes as in the previous call to fit. Previously got %s, `y` has %s",
      labels.list(classifier.classes_), labels.list(found))
    return classifier.classes_
  end
  return found
end

-- -- Fitting --------------------------------------------------------------------------------------

--- Fits the network to x (N, features) and y: labels (N), an int32 tensor or a Lua table of numbers
--- or strings; or a 0/1 matrix (N, K) for several labels at a time. Starts anew unless warm_start.
---@param x tensor|mah.Sparse
---@param y tensor|table
---@param sample_weight tensor|number[]|nil   (N)
---@return table self
function Classifier:fit(x, y, sample_weight)
  base.expect(self, "fit")
  parameters.check(self, self.class)
  local classes = find_classes(self, y, self.warm_start)
  fit.run(self, new_problem(self, x, y, sample_weight, classes, self.warm_start))
  return self
end

--- Goes on with the last fit, as if it had not stopped, until max_iter epochs in all: solver,
--- generator and order are as they were. Works after mah.load too.
function Classifier:resume(x, y, sample_weight)
  base.expect(self, "resume")
  check.that(self.network, "mah.MLPClassifier: there is no fit to resume")
  parameters.check(self, self.class)
  local classes = find_classes(self, y, true)
  fit.run(self, new_problem(self, x, y, sample_weight, classes, true), true)
  return self
end

--- One epoch over x and y. The first call needs `classes`, unless y is a 0/1 matrix for several
--- labels: later calls may bring labels that this one does not have.
---@param classes table|tensor|nil   all labels there will be
---@return table self
function Classifier:partial_fit(x, y, classes, sample_weight)
  base.expect(self, "partial_fit")
  parameters.check(self, self.class)
  check.that(not parameters.is_full_batch(self.solver),
    "mah.MLPClassifier: partial_fit is only available for stochastic optimizers. "
      .. "%s is not stochastic", self.solver)
  local list = self.classes_
  if classes ~= nil then
    list = labels.classes(classes, "mah.MLPClassifier: classes")
    check.that(not self.network or are_same(self, list),
      "mah.MLPClassifier: `classes=%s` is not the same as on last call to partial_fit, was: %s",
      labels.list(list), labels.list(self.classes_ or {}))
    list = self.network and self.classes_ or list
  elseif not self.network then
    check.that(is_multilabel(y),
      "mah.MLPClassifier: classes must be passed on the first call to partial_fit")
    list = find_classes(self, y)
  end
  fit.partial(self, new_problem(self, x, y, sample_weight, list, true))
  return self
end

-- -- Using ----------------------------------------------------------------------------------------

--- The probability of each class (N, K), columns in the order of classes_.
---@param x tensor|mah.Sparse
---@return tensor
function Classifier:predict_proba(x)
  base.expect(self, "predict_proba")
  local p = base.ask(self, "forward", x)
  if #self.classes_ > 2 or self.n_outputs_ > 1 then return p end
  if #self.classes_ == 1 then return tensor.ones_like(p) end
  return join.cat({ 1 - p, p }, 2)
end

--- log of predict_proba; log 0 is -inf.
function Classifier:predict_log_proba(x)
  base.expect(self, "predict_log_proba")
  return self:predict_proba(x):log()
end

--- The label of each row: the first most probable one; with two classes the second if p > 0.5; a
--- 0/1 matrix for several labels.
---@param x tensor|mah.Sparse
---@return tensor|table
function Classifier:predict(x)
  base.expect(self, "predict")
  if self.network and self.n_outputs_ > 1 and self.out_activation_ == "logistic" then
    return base.ask(self, "forward", x):gt(0.5):int()
  end
  local numbers = base.ask(self, "predict", x)
  if #self.classes_ == 1 then numbers:fill_(0) end -- there is nothing to choose from
  return labels.decode(numbers, self.classes_, numbers)
end

--- Accuracy; for several labels the share of rows with all of them right.
---@param x tensor|mah.Sparse
---@param y tensor|table
---@param sample_weight tensor|number[]|nil
---@return number
function Classifier:score(x, y, sample_weight)
  base.expect(self, "score")
  local predicted = self:predict(x)
  local n = rows_of(y)
  check.that(#predicted == n, "mah.MLPClassifier: x has %d rows and y has %d", #predicted, n)
  local weight = base.check_weight(self, sample_weight, n)
  local right
  if is_multilabel(y) then
    right = predicted:eq(y:int()):all(2):double()
  else
    local known = labels.classes(y, Y)
    for _, label in ipairs(self.classes_) do known[#known + 1] = label end
    known = labels.classes(known, Y)
    right = labels.encode(y, known, Y):eq(labels.encode(predicted, known, Y)):double()
  end
  return weight and (right * weight:double()):sum() / weight:sum() or right:sum() / #right
end

return base.define("MLPClassifier", Classifier)
