--- Sheets of digits and of weights for the page: several narrow ones, so that they stand side by
--- side on a wide screen and one above the other on a narrow one.
local mah = require "mah"

local image_sheets = {}

local texts = {
  digits = { en = "Sheet of {count} digits with their labels: {labels}.",
    fa = "برگه‌ای از {count} رقم با برچسب: {labels}." },
  right = { en = "Sheet of {count} digits that are classified correctly: {labels}.",
    fa = "برگه‌ای از {count} رقم که درست شناخته شدند: {labels}." },
  wrong = { en = "Sheet of {count} misclassified digits, true label and prediction: {labels}.",
    fa = "برگه‌ای از {count} رقم نادرست، برچسب واقعی و پیش‌بینی: {labels}." },
  weights = { en = "Weights of {count} hidden units as images, from {low:2} to {high:2}.",
    fa = "وزن‌های {count} نورون مخفی به صورت تصویر، از {low:2} تا {high:2}." },
}

local function int32(list) return mah.tensor(list, { dtype = "int32" }) end

--- Labels, a few of them in words.
local function words_of(language, list, write)
  local words = {}
  for i = 1, math.min(#list, 16) do words[i] = write(list[i]) end
  return table.concat(words, language.rtl and "، " or ", ")
end

--- The first digits of a set with their labels.
---@return table[] parts
function image_sheets.samples(report, set, o)
  local language, parts, at = report.language, {}, 1
  for p = 1, o.parts do
    local count = math.min(o.rows * o.columns, #set.x - at + 1)
    if count < 1 then break end
    local x, y = set.x:narrow(1, at, count), set.y:narrow(1, at, count)
    local labels = {}
    for i = 1, count do labels[i] = y[i] end
    parts[p] = {
      figure = mah.image.digits(x, { rows = o.rows, columns = o.columns, labels = y,
        lang = language.name }),
      alt = language:say(texts.digits, { count = count,
        labels = words_of(language, labels, function(v) return language:number(v) end) }),
    }
    at = at + count
  end
  return parts
end

--- A sheet of the first ones that are right; nil where none is.
---@return table|nil part
function image_sheets.right(report, set, predicted, probabilities, o)
  local language, rows, labels, confidence = report.language, {}, {}, {}
  for i = 1, #predicted do
    if predicted[i] == set.y[i] and #rows < o.rows * o.columns then
      local k = #rows + 1
      rows[k], labels[k], confidence[k] = i, set.y[i], probabilities[i][predicted[i] + 1]
    end
  end
  if #rows == 0 then return nil end
  return {
    figure = mah.image.digits(set.x:index_select(1, int32(rows)), { columns = o.columns,
      rows = o.rows, title = o.title, labels = labels, predicted = labels, confidence = confidence,
      lang = language.name }),
    alt = language:say(texts.right, { count = #rows,
      labels = words_of(language, labels, function(v) return language:number(v) end) }),
  }
end

--- A sheet of wrong ones: entries of classification.wrong.
---@return table part
function image_sheets.wrong(report, set, list, o)
  local language, rows, predicted, confidence = report.language, {}, {}, {}
  for i, one in ipairs(list) do
    rows[i], predicted[i], confidence[i] = one.row, one.predicted, one.confidence
  end
  local index = int32(rows)
  return {
    figure = mah.image.digits(set.x:index_select(1, index), {
      columns = o.columns, rows = math.ceil(#list / o.columns), title = o.title,
      labels = set.y:index_select(1, index), predicted = int32(predicted),
      confidence = confidence, lang = language.name,
    }),
    alt = language:say(texts.wrong, { count = #list,
      labels = words_of(language, list, function(one)
        return language:number(one.truth) .. (language.rtl and " ← " or " → ")
          .. language:number(one.predicted)
      end) }),
  }
end

--- Sheets of columns * rows wrong ones each.
---@return table[] parts
function image_sheets.all_wrong(report, set, list, o)
  local parts, size = {}, o.rows * o.columns
  for p = 1, math.min(o.parts, math.ceil(#list / size)) do
    local some = {}
    for i = 1, size do some[i] = list[(p - 1) * size + i] end
    parts[p] = image_sheets.wrong(report, set, some, o)
  end
  return parts
end

--- What the first hidden units look for.
---@param weight tensor   (inputs, units)
---@return table[] parts
function image_sheets.weights(report, weight, o)
  local language, parts, units = report.language, {}, weight.shape[2]
  local low, high = weight:min(), weight:max()
  local limit = math.max(math.abs(low), math.abs(high))
  for p = 1, o.parts do
    local first = (p - 1) * o.rows * o.columns + 1
    local count = math.min(o.rows * o.columns, units - first + 1)
    if count < 1 then break end
    parts[p] = {
      figure = mah.image.weights(weight:narrow(2, first, count), {
        rows = o.rows, columns = math.min(o.columns, count), limit = limit, lang = language.name,
      }),
      alt = language:say(texts.weights, { count = count, low = low, high = high }),
    }
  end
  return parts
end

return image_sheets
