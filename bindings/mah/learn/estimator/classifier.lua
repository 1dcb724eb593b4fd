--- scikit-learn's MLPClassifier, and more.
---
--- Three options say how long a fit waits for a gain of tol, in epochs in a row.
--- n_iter_no_change = 10 ends it at the 11th epoch without one, of the loss or,
--- with early_stopping, of the validation score, as in scikit-learn.
--- early_stopping_patience = 10, or patience = 10 for short, ends a fit with
--- early_stopping at the 10th.
---
--- The same random_state gives the same run as scikit-learn, loss by loss. Where
--- scikit-learn does something else than it says, this estimator does what it
--- says; compat = "sklearn" makes it do as scikit-learn 1.2.1 does, and
--- mah.MLPRegressor too. Then
--- * rows are held out class by class only with two classes (else with any
---   number), and the classifier may hold out a single row (else refused);
--- * a warm start and partial_fit use random_state anew: rows are ordered as in
---   the last call, and held out anew (else generator and order go on: 10
---   partial_fits are a fit of 10 epochs, and no row that was held out is
---   trained on);
--- * n_iter_ after a warm start counts the epochs of all fits, except with lbfgs
---   (else those of this fit);
--- * the best weights of early stopping are overwritten by the next warm start
---   (else they are a copy);
--- * solver = "lbfgs" ignores early_stopping and computes in float64 (else it
---   stops early if told to, in the type of x);
--- * the gradient of several targets is K times that of the loss, for K targets
---   (else the loss's).
---
--- With compat and without, and other than scikit-learn 1.2.1,
--- * a loss that is not finite ends the fit, with an error, or with the best
---   weights and a warning (there it goes on until max_iter);
--- * a setting of the solver that is changed between two partial_fits takes
---   effect (there it is ignored);
--- * other layers in a warm start are refused (there an error inside, or
---   ignored), and another solver keeps the type of the weights;
--- * MLPRegressor refuses to hold out one row, which has no R2 (there an error
---   inside);
--- * sums are made in another order, which differs in the last bits; lbfgs makes
---   much of them.
---
---     local train = mah.data.make_moons { n_samples = 200, noise = 0.1, random_state = 1 }
---     local test = mah.data.make_moons { n_samples = 100, noise = 0.1, random_state = 2 }
---     local clf = mah.MLPClassifier {
---       hidden_layer_sizes = { 20, 10 }, activation = "tanh", solver = "lbfgs", random_state = 1,
---     }
---     clf:fit(train.x, train.y)
---     print(clf:score(test.x, test.y) > 0.95, clf.stop_reason_.rule)  --> true gtol
---     print(#clf:predict(test.x), clf.classes_[2])                    --> 100 1
---     print(clf.coefs_[1].shape[1], clf.coefs_[1].shape[2])           --> 2 20
local Type = require "mah.tensor.type"
local base = require "mah.learn.estimator.base"
local check = require "mah.base.check"
local fit = require "mah.learn.estimator.fit"
local join = require "mah.tensor.join"
local labels = require "mah.data.labels"
local parameters = require "mah.learn.estimator.parameters"
local tensor = require "mah.tensor"
local vector = require "mah.base.vector"

---@class MLPClassifier: mah.MLP
---@field classes_ any[]              the labels, numbers or strings, in the order of the outputs:
---  sorted, or as MLPClassifier.from was given them; of a 0/1 matrix 0 ... K-1
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
---@param network network|nil   what the fit goes on with
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
---
---     local clf = mah.MLPClassifier { solver = "lbfgs", random_state = 1 }
---     clf:fit(mah.tensor { { 0 }, { 1 }, { 2 }, { 3 } }, { "low", "low", "high", "high" })
---     print(clf:predict(mah.tensor { { -1 }, { 5 } })[2])              --> high
---@param x tensor|mah.Sparse
---@param y tensor|table
---@param sample_weight tensor|number[]|nil   (N)
---@return MLPClassifier self
function Classifier:fit(x, y, sample_weight)
  base.expect(self, "fit")
  parameters.check(self, self.class)
  local classes = find_classes(self, y, self.warm_start)
  fit.run(self, new_problem(self, x, y, sample_weight, classes, self.warm_start))
  return self
end

--- Goes on with the last fit, as if it had not stopped, until max_iter epochs in all: solver,
--- generator and order are as they were. Works after mah.load too.
---
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local options = { max_iter = 5, random_state = 1, n_iter_no_change = math.huge }
---     mah.warnings(false)                      -- 5 epochs do not converge
---     local clf = mah.MLPClassifier(options):fit(moons.x, moons.y)
---     clf.max_iter = 8
---     clf:resume(moons.x, moons.y)
---     options.max_iter = 8
---     local whole = mah.MLPClassifier(options):fit(moons.x, moons.y)
---     mah.warnings(true)
---     print(clf.n_iter_, clf.loss_ == whole.loss_)                     --> 8 true
---@param x tensor|mah.Sparse
---@param y tensor|table
---@param sample_weight tensor|number[]|nil   (N)
---@return MLPClassifier self
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
---
---     local clf = mah.MLPClassifier { random_state = 1 }
---     for part = 1, 3 do
---       local moons = mah.data.make_moons { n_samples = 50, random_state = part }
---       clf:partial_fit(moons.x, moons.y, { 0, 1 })
---     end
---     print(#clf.loss_curve_, clf.t_)                                  --> 3 150
---@param x tensor|mah.Sparse
---@param y tensor|table
---@param classes table|tensor|nil   all labels there will be
---@param sample_weight tensor|number[]|nil   (N)
---@return MLPClassifier self
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
---
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local clf = mah.MLPClassifier { solver = "lbfgs", random_state = 1 }:fit(moons.x, moons.y)
---     local p = clf:predict_proba(moons.x)
---     print(p.shape[1], p.shape[2], ("%.4f"):format(p:sum(2):min()))   --> 100 2 1.0000
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
---
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local clf = mah.MLPClassifier { solver = "lbfgs", random_state = 1 }:fit(moons.x, moons.y)
---     print(clf:predict_log_proba(moons.x):max() <= 0)                 --> true
---@param x tensor|mah.Sparse
---@return tensor
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
