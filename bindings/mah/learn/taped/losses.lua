--- The losses that a network of a function in Lua may have by name: those of mah.loss, and those of
--- mah.mlp, whose conventions hold where both have the name. What they are of decides what
--- net:predict and net:score say.
---
---     local loss = losses.read("cross_entropy", "mah.network")
---     loss.name, loss.of(scores, y, weight), loss.predict(scores), loss.score(scores, y, weight)
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local functions = require "mah.grad.loss"
local operands = require "mah.grad.operands"
local options = require "mah.base.options"
local score_of = require "mah.learn.score_of"

local raw = operands.raw

-- -- What is predicted ----------------------------------------------------------------------------

local where = "net:score"

local function as_vector(scores)
  if not Type.is_tensor(scores) or scores.ndim ~= 2 or scores.shape[2] ~= 1 then return scores end
  return scores:select(2, 1)
end

local function predict_classes(scores) return (scores:argmax(2) - 1):int() end

--- 1 where the score, a logit, is above 0: a class with one score a row, a label each with several.
local function predict_labels(scores) return as_vector(scores):gt(0):int() end

--- Several scores a row are of classes, one is a logit.
local function is_one(scores) return not (scores.ndim == 2 and scores.shape[2] > 1) end

local function predict_either(scores)
  return (is_one(scores) and predict_labels or predict_classes)(scores)
end

local function expect_tensor(scores)
  return Type.expect(scores, "net:predict: what forward gives")
end

local function score_classes(scores, y, weight)
  return score_of.classes(predict_classes(scores), y, weight, where)
end

local function score_labels(scores, y, weight)
  local predicted = predict_labels(scores)
  y = y:gt(0):int() -- hinge's are -1 and 1
  if predicted.ndim > 1 then return score_of.labels(predicted, y, weight, where) end
  return score_of.classes(predicted, as_vector(y), weight, where)
end

local function score_either(scores, y, weight)
  local has_classes = not is_one(scores) and y.ndim == 1
  return (has_classes and score_classes or score_labels)(scores, y, weight)
end

local function score_numbers(scores, y, weight)
  return score_of.numbers(as_vector(scores), as_vector(y), weight, where)
end

--- Of rates, of which the scores are the logarithms.
local function score_rates(scores, y, weight) return score_numbers(scores:exp(), y, weight) end

local function is_never() return false end
local function is_always() return true end

-- has_labels(scores): are the scores logits of a label each, and not of classes?
local classes = { predict = predict_classes, score = score_classes, has_labels = is_never }
local labels = { predict = predict_labels, score = score_labels, has_labels = is_always }
local either = { predict = predict_either, score = score_either, has_labels = is_one }
local numbers = { predict = as_vector, score = score_numbers, is_of_numbers = true }
local rates = { predict = as_vector, score = score_rates, is_of_numbers = true }
local others = { predict = as_vector, is_of_numbers = true } -- the score is -loss

-- -- The losses -----------------------------------------------------------------------------------

local function of(name)
  local f = functions[name]
  return function(scores, y, weight)
    return f(scores, y, weight and { weight = weight } or nil)
  end
end

local function columns_of(scores)
  local plain = raw(scores)
  return plain.ndim == 2 and plain.shape[2] or 1
end

--- Of losses of elements: a row's weight is that of each of its elements.
local function by_element(name)
  local f = of(name)
  return function(scores, y, weight)
    if weight and columns_of(scores) > 1 then weight = weight:unsqueeze(2) end
    return f(scores, y, weight)
  end
end

--- The mean over rows of the sums over their elements, as mah.mlp's with several outputs.
local function summed(name, more)
  local mean = by_element(name)
  return function(scores, y, weight)
    local value, columns = mean(scores, y, weight), columns_of(scores)
    if columns > 1 then value = value * columns end
    return more and value + more(y, weight, columns) or value
  end
end

--- What poisson lacks to be 0 where rate and target agree: the mean of y log y - y.
local function poisson_rest(y, weight, columns)
  y = raw(y):double()
  local rest = (y:log() * y):where(y:gt(0), 0) - y
  rest = columns == 1 and as_vector(rest) or rest:sum(2)
  if not weight then return rest:sum() / #rest end
  weight = weight:double()
  return (rest * weight):sum() / weight:sum()
end

local mse = by_element "mse"
local function halved(scores, y, weight) return mse(scores, y, weight) / 2 end

--- Name -> the loss, what is predicted, and what mah.loss has under the name, where that differs.
local kinds = {
  cross_entropy = { of "cross_entropy", classes },
  binary_cross_entropy = { summed "binary_cross_entropy", labels,
    by_element "binary_cross_entropy" },
  hinge = { of "hinge", either },
  focal = { of "focal", either },
  kl = { of "kl", classes },
  squared_error = { halved, numbers },
  mse = { mse, numbers },
  absolute_error = { by_element "mae", numbers },
  mae = { by_element "mae", numbers },
  huber = { by_element "huber", numbers },
  poisson = { summed("poisson", poisson_rest), rates, by_element "poisson" },
  quantile = { by_element "quantile", others },
  cosine = { of "cosine", others },
}

local losses = { names = {} }
for name in pairs(kinds) do losses.names[#losses.names + 1] = name end
table.sort(losses.names)

--- "absolute_error, cosine ...": for the help.
function losses.list() return table.concat(losses.names, ", ") end

local elsewhere = {
  nll = "cross_entropy", crossentropy = "cross_entropy", bce = "binary_cross_entropy",
  l1 = "mae", pinball = "quantile", cross_entropy_with_logits = "cross_entropy",
}

local function name_of_function(f)
  for name, one in pairs(functions) do
    if one == f then return name end
  end
end

--- A loss of its name, of one of mah.loss, or of a function of one's own.
---@param given string|function   function: (scores, y, weight) -> one number
---@param at string   for messages
---@return table   {name, of, predict, score, is_of_numbers}
function losses.read(given, at)
  local name = type(given) == "function" and name_of_function(given) or given
  if type(name) ~= "string" then
    check.that(type(given) == "function", "%s: loss must be a name or a function (scores, y, "
      .. "weight) -> number; got %s", at, check.show(given))
    return { name = "custom", of = given, own = given, predict = as_vector, is_of_numbers = true }
  end
  local found = kinds[name]
  if not found then
    local hint = elsewhere[name] and ("; did you mean '%s'?"):format(elsewhere[name])
      or options.did_you_mean(name, kinds)
    check.raise("%s: loss must be a function or one of %s; got %s%s", at,
      table.concat(losses.names, ", "), check.show(given), hint)
  end
  local is_named = given == name
  local loss = { name = name, is_named = is_named, of = not is_named and found[3] or found[1] }
  for key, value in pairs(found[2]) do loss[key] = value end
  return loss
end

local SLACK = 1e-3 -- of shares, as the core has it

--- The largest target that mah.mlp's losses of these names take.
local highest = { binary_cross_entropy = 1, cross_entropy = 1, poisson = math.huge }

--- Complains of targets that these losses refuse there, too. mah.loss' functions take any.
local function check_numbers(loss, y, at)
  local high = loss.is_named and highest[loss.name]
  if not high or not Type.is_tensor(y) or y:numel() == 0 then return end
  local low, top = y:min(), y:max()
  check.that(low >= 0 and top <= high, "%s: %g; %s takes targets in [0, %s", at,
    low < 0 and low or top, loss.name, high == 1 and "1]" or "inf)")
  if loss.name ~= "cross_entropy" then return end
  check.that((y:sum(-1) - 1):abs():max() <= SLACK, "%s: cross_entropy takes class numbers, or "
    .. "shares of the classes that add up to 1 in each row", at)
end

--- y as the losses take it: class numbers as int32.
---@param loss table
---@param y tensor
---@param at string
---@return tensor
function losses.targets(loss, y, at)
  local has_classes = loss.predict == predict_classes and Type.is_tensor(y) and y.ndim == 1
  if not has_classes then
    check_numbers(loss, y, at)
    return y
  end
  if C.mah_dtype_is_integer(y.elem) ~= 0 then return y:int() end
  check.raise("%s: class numbers are integers, and these are %s: write y:int()", at, y.dtype)
end

losses.expect_tensor = expect_tensor

return losses
