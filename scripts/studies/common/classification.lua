--- How good a classifier is, in more than one number.
---
---     classification.per_class(confusion)[1].f1   classification.pairs(confusion)[1].count
local classification = {}

local function divide(a, b) return b > 0 and a / b or 0 end

--- Precision, recall, F1 and support of each class (0/0 is 0).
---@param confusion tensor    rows true, columns predicted
---@return {class: integer, precision: number, recall: number, f1: number, support: integer}[]
function classification.per_class(confusion)
  local list = {}
  for i = 1, #confusion do
    local right, row, column = confusion[i][i], 0, 0
    for j = 1, #confusion do row, column = row + confusion[i][j], column + confusion[j][i] end
    local precision, recall = divide(right, column), divide(right, row)
    list[i] = { class = i - 1, precision = precision, recall = recall, support = row,
      f1 = divide(2 * precision * recall, precision + recall) }
  end
  return list
end

--- The wrong cells that are not empty, most frequent first.
---@return {truth: integer, predicted: integer, count: integer}[]
function classification.pairs(confusion)
  local list = {}
  for i = 1, #confusion do
    for j = 1, #confusion do
      if i ~= j and confusion[i][j] > 0 then
        list[#list + 1] = { truth = i - 1, predicted = j - 1, count = confusion[i][j] }
      end
    end
  end
  table.sort(list, function(a, b)
    if a.count ~= b.count then return a.count > b.count end
    return a.truth * 100 + a.predicted < b.truth * 100 + b.predicted
  end)
  return list
end

--- The rows that are wrong, surest first: {row, truth, predicted, confidence}.
---@param y tensor
---@param predicted tensor
---@param probabilities tensor
function classification.wrong(y, predicted, probabilities)
  local list = {}
  for i = 1, #y do
    if y[i] ~= predicted[i] then
      list[#list + 1] = { row = i, truth = y[i], predicted = predicted[i],
        confidence = probabilities[i][predicted[i] + 1] }
    end
  end
  table.sort(list, function(a, b)
    if a.confidence ~= b.confidence then return a.confidence > b.confidence end
    return a.row < b.row
  end)
  return list
end

return classification
