--- What metrics are given, read and checked: labels, several labels at a time, scores, weights.
---
---     local t = targets.pair(y_true, y_pred, "mah.metrics.f1_score")
---     local classes = targets.classes(t)
---     local a, b = targets.codes(t, classes)          -- class numbers from 0, int32
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local labels = require "mah.data.labels"
local sample_weight = require "mah.learn.sample_weight"
local tensor = require "mah.tensor"
local vector = require "mah.base.vector"

local targets = {}

local function shape_of(y)
  if type(y) == "table" then return ("(%d)"):format(#y) end
  return "(" .. table.concat(y.shape, ", ") .. ")"
end

-- -- Numbers --------------------------------------------------------------------------------------

--- A tensor or a (nested) list of finite numbers as float64.
---@param values any
---@param name string   for messages
---@return tensor
function targets.numbers(values, name)
  values = vector(values, "numbers")
  if type(values) == "table" then
    local ok, made = pcall(tensor.tensor, values, { dtype = "float64" })
    if not ok then
      check.raise("%s: a tensor or a list of numbers is expected; %s", name,
        (tostring(made):gsub("^.-tensor: ", "")))
    end
    values = made
  elseif not Type.is_tensor(values) then
    check.raise("%s: a tensor or a list of numbers is expected, got %s", name, check.show(values))
  end
  Type.expect(values, name)
  check.that(values.ndim >= 1 and values:numel() > 0, "%s: there are no numbers: shape %s", name,
    shape_of(values))
  check.status(C.mah_batch_check_finite(values, name))
  return values:double()
end

--- The same for a vector; a column is flattened.
---@return tensor   (N)
function targets.vector(values, name)
  values = targets.numbers(values, name)
  if values.ndim == 2 and values.shape[2] == 1 then values = values:select(2, 1) end
  check.that(values.ndim == 1, "%s: a vector is expected, got shape %s%s", name, shape_of(values),
    values.ndim == 2 and values.shape[2] == 2 and "; of predict_proba's matrix the second column, "
      .. "p:select(2, 2), is the positive class's" or "")
  return values:contiguous()
end

--- Complains unless both have as many rows.
function targets.same_rows(a, b, where, name_a, name_b)
  check.that(#a == #b, "%s: %s and %s are of different lengths: shapes %s and %s", where, name_a,
    name_b, shape_of(a), shape_of(b))
end

--- Complains unless the y that x is scored against, a tensor or a list, has n rows, as x has.
---@param y any
---@param n integer
---@param where string
function targets.expect_rows(y, n, where)
  y = vector(y)
  local has_rows = type(y) == "table" or Type.is_tensor(y) and y.ndim > 0
  check.that(not has_rows or #y == n, "%s: x has %d rows and y has %d", where, n, has_rows and #y)
end

--- sample_weight as float64, or nil; not all of them may be 0.
---@return tensor|nil   (N)
function targets.weight(weight, n, where)
  if weight == nil then return nil end
  weight = sample_weight(weight, n, where .. ": sample_weight"):double():contiguous()
  check.that(weight:max() > 0, "%s: sample_weight: all weights are 0", where)
  return weight
end

--- The mean of a vector, weighted when there are weights.
---@param values tensor          (N)
---@param weight tensor|nil      (N)
---@return number
function targets.average(values, weight)
  if not weight then return values:sum() / #values end
  return (values:double() * weight):sum() / weight:sum()
end

-- -- Labels ---------------------------------------------------------------------------------------

local function is_nested(y) return type(y) == "table" and type(y[1]) == "table" end

--- y is a vector of labels, or an indicator matrix of 0 and 1 as a tensor.
local function read(y, name)
  y = vector(y, "labels")
  if is_nested(y) then y = targets.numbers(y, name) end
  if not Type.is_tensor(y) and type(y) ~= "table" then
    check.raise("%s: a tensor or a list of labels is expected, got %s", name, check.show(y))
  end
  if Type.is_tensor(y) then Type.expect(y, name) end
  if Type.is_tensor(y) and y.ndim == 2 and y.shape[2] > 1 then
    check.that(#y > 0, "%s: there are no labels", name)
    local known = y:eq(0):add_(y:eq(1))
    if not known:all() then
      local at = known:eq(0):nonzero()
      check.raise("%s: several labels at a time are a matrix of 0 and 1; row %d, column %d is %s",
        name, at[1][1], at[1][2], tostring(y[at[1][1]][at[1][2]]))
    end
    return y, true
  end
  y = labels.vector(y, name)
  check.that(#y > 0, "%s: there are no labels", name)
  labels.check(y, name)
  return y, false
end

local function check_one_kind(y, name)
  local kind, other = labels.kind(y)
  check.that(not other, "%s: label 1 is one of the %s, label %d is %s", name, kind, other or 0,
    check.show(type(y) == "table" and other and y[other]))
  return kind
end

--- One vector of labels, of one kind.
---@return tensor|table y
function targets.labels(y, name)
  local list, several = read(y, name)
  check.that(not several, "%s: a vector of labels is expected, got shape %s", name, shape_of(list))
  check_one_kind(list, name)
  return list
end

--- True and predicted labels, or two indicator matrices.
---@param y_true tensor|table
---@param y_pred tensor|table
---@param where string
---@param names string[]|nil   of the two, for messages
---@return table t   {y_true, y_pred, n, several}
function targets.pair(y_true, y_pred, where, names)
  local first, second = unpack(names or { "y_true", "y_pred" })
  local a, several_a = read(y_true, where .. ": " .. first)
  local b, several_b = read(y_pred, where .. ": " .. second)
  check.that(#a == #b, "%s: %s and %s have different lengths: two vectors of one length are "
    .. "expected, got shapes %s and %s", where, first, second, shape_of(a), shape_of(b))
  check.that(several_a == several_b, "%s: one is a vector of labels, the other a matrix of several "
    .. "labels at a time: %s has shape %s, %s %s", where, first, shape_of(a), second, shape_of(b))
  local t = { y_true = a, y_pred = b, n = #a, several = several_a, where = where }
  if several_a then
    check.that(a.shape[2] == b.shape[2], "%s: %s has %d columns, %s has %d", where, first,
      a.shape[2], second, b.shape[2])
    return t
  end
  local kind_a = check_one_kind(a, where .. ": " .. first)
  local kind_b = check_one_kind(b, where .. ": " .. second)
  check.that(kind_a == kind_b, "%s: %s holds %s (%s), %s holds %s (%s)", where, first, kind_a,
    check.show(a[1]), second, kind_b, check.show(b[1]))
  return t
end

--- Complains about several labels at a time.
function targets.no_several(t)
  check.that(not t.several, "%s: a vector of labels is expected, got an indicator matrix, shape %s",
    t.where, t.several and shape_of(t.y_true) or "")
end

--- The sorted labels that are in y_true or y_pred; of an indicator matrix 0 ... columns - 1.
---@return table
function targets.classes(t)
  if t.several then
    local numbers = {}
    for k = 1, t.y_true.shape[2] do numbers[k] = k - 1 end
    return numbers
  end
  return labels.union(labels.classes(t.y_true, t.where), labels.classes(t.y_pred, t.where))
end

--- Class numbers; a label that is none of the classes gets the number `other`.
---@return tensor, tensor   int32 (N)
function targets.codes(t, classes, other)
  return labels.encode(t.y_true, classes, t.where, other),
    labels.encode(t.y_pred, classes, t.where, other)
end

--- The option `labels` as a list, in its order; without doubles.
---@param given tensor|table
---@return table
function targets.label_list(given, where)
  local list = labels.vector(given, where .. ": labels")
  labels.check(list, where .. ": labels")
  if Type.is_tensor(list) then list = list:totable() end
  check.that(#list > 0, "%s: labels holds no label", where)
  check.that(#labels.classes(list, where) == #list, "%s: labels %s names one twice", where,
    labels.list(list))
  return list
end

--- The sorted classes that the columns of y_score stand for: `given`, or those of y_true.
---@param given tensor|table|nil
---@param y tensor|table      labels
---@param columns integer
---@return table
function targets.columns(given, y, columns, where)
  local present = labels.classes(y, where .. ": y_true")
  local classes = given and targets.label_list(given, where) or present
  if given then
    check.that(labels.same(classes, labels.union(classes, {})),
      "%s: labels must be sorted, as the columns of the scores are; got %s", where,
      labels.list(classes))
    for _, label in ipairs(present) do
      check.that(labels.contains(classes, label), "%s: y_true holds %s, which is not in labels %s",
        where, tostring(label), labels.list(classes))
    end
  end
  check.that(#classes == columns, "%s: %s has %d classes, %s, and the scores are of %d%s", where,
    given and "labels" or "y_true", #classes, labels.list(classes), columns,
    given and "" or "; name all of them with labels")
  return classes
end

--- A label that is to be the positive one: pos_label, or 1 for classes of 0, 1 and -1, and true.
---@param pos_label any
---@param classes table   of y_true
---@return any
function targets.positive(pos_label, classes, where)
  if pos_label ~= nil then return pos_label end
  local usual = #classes <= 2
  for _, label in ipairs(classes) do
    local plain = label == 0 or label == 1 or label == -1 or type(label) == "boolean"
    usual = usual and plain
  end
  local both_signs = #classes == 2 and classes[1] == -1 and classes[2] == 0
  check.that(usual and not both_signs, "%s: y_true holds %s, and which of them is positive? Say it "
    .. "with pos_label", where, labels.list(classes))
  return type(classes[1]) == "boolean" or 1
end

--- 1 where the label is the one, else 0.
---@return tensor   float64 (N)
function targets.is_label(y, label, where)
  return labels.encode(y, { label }, where, 1):eq(0):double()
end

return targets
