--- Precision, recall and F1 of every class, as a text or a table.
---
---     local text = mah.metrics.classification_report({0, 1, 1}, {0, 1, 0})
---     print((text:match "accuracy[^\n]*"))  --> accuracy                           0.67         3
local check = require "mah.base.check"
local ffi = require "ffi"
local foreign = require "mah.base.foreign"
local labels = require "mah.data.labels"
local options = require "mah.base.options"
local precision_recall = require "mah.learn.metrics.precision_recall"
local shared = require "mah.learn.metrics.rules"
local targets = require "mah.learn.metrics.targets"
local warn = require "mah.base.warn"

foreign.declare "int snprintf(char *, size_t, const char *, ...);"

local report = {}

local columns = { "precision", "recall", "f1-score", "support" }

local rules = options.declare("mah.metrics.classification_report", {
  labels = shared.labels,
  target_names = { nil, "table", nil, "names to show for the classes, in their order" },
  sample_weight = shared.sample_weight,
  digits = { 2, "integer", "[0, 99]", "digits behind the point, in the text" },
  output_dict = { false, "boolean", nil, "a table of numbers instead of a text" },
  zero_division = shared.zero_division,
})

-- -- Numbers --------------------------------------------------------------------------------------

--- A name for each class, checked against their number.
local function names_of(o, list, where)
  local given = o.target_names
  if given and #given ~= #list then
    check.that(o.labels, "%s: target_names has %d names, and there are %d classes: %s", where,
      #given, #list, labels.list(list))
    warn("%s: target_names has %d names, labels has %d", where, #given, #list)
  end
  local names = {}
  for i = 1, math.min(#list, given and #given or #list) do
    names[i] = tostring(given and given[i] or list[i])
  end
  return names
end

--- {name, precision, recall, f1, support} of each class.
local function class_rows(y_true, y_pred, o, names, settings)
  settings.average = "none"
  local p, r, f, s = precision_recall.precision_recall_fscore_support(y_true, y_pred, settings)
  local rows = {}
  for i, name in ipairs(names) do rows[i] = { name, p[i], r[i], f[i], s[i] } end
  return rows, s:sum(), o.sample_weight ~= nil
end

--- Micro-averaged precision is accuracy where every row has one label, and all labels are shown.
local function micro_is_accuracy(t, o, list)
  if t.several then return false end
  return not o.labels or labels.same(labels.union(list, {}), targets.classes(t))
end

local function average_rows(y_true, y_pred, t, is_accuracy, total, settings)
  local rows = {}
  for _, average in ipairs { "micro", "macro", "weighted", t.several and "samples" or nil } do
    settings.average = average
    local p, r, f = precision_recall.precision_recall_fscore_support(y_true, y_pred, settings)
    local name = average == "micro" and is_accuracy and "accuracy" or average .. " avg"
    rows[#rows + 1] = { name, p, r, f, total }
  end
  return rows
end

-- -- Text -----------------------------------------------------------------------------------------

local function width_of(text) return select(2, text:gsub("[^\128-\191]", "")) end

local function right(text, width) return (" "):rep(width - width_of(text)) .. text end

local buffer = ffi.new "char[512]"

--- The number with so many digits, a half going to the even neighbour as in C and Python; LuaJIT's
--- own format rounds it up.
local function fixed(x, digits)
  ffi.C.mah_snprintf(buffer, ffi.sizeof(buffer), "%.*f", ffi.cast("int", digits), x)
  return ffi.string(buffer)
end

--- With as few digits as are read as the same number; conversion: "e" or "g".
local function shortest(x, conversion)
  for digits = 1, 17 do
    local precision = conversion == "e" and digits - 1 or digits
    local text = ("%%.%d%s"):format(precision, conversion):format(x)
    if tonumber(text) == x then return text end
  end
end

--- A float as Python writes it.
local function python_float(x)
  if x ~= 0 and (math.abs(x) >= 1e16 or math.abs(x) < 1e-4) then return shortest(x, "e") end
  local text = shortest(x, "g")
  if text:find "e" then text = ("%.0f"):format(x) end
  return text:find "^-?%d+$" and text .. ".0" or text
end

local function line(row, o, width, show_support)
  local cells = { right(row[1], width), " " }
  for i = 2, 4 do
    local blank = row[1] == "accuracy" and i < 4
    cells[#cells + 1] = " " .. right(blank and "" or fixed(row[i], o.digits), 9)
  end
  cells[#cells + 1] = " " .. right(show_support(row[5]), 9)
  return table.concat(cells) .. "\n"
end

local function as_text(classes, averages, o, show_support)
  local width = math.max(width_of "weighted avg", o.digits)
  for _, row in ipairs(classes) do width = math.max(width, width_of(row[1])) end
  local out = { (" "):rep(width) .. " " }
  for _, name in ipairs(columns) do out[#out + 1] = " " .. right(name, 9) end
  out[#out + 1] = "\n\n"
  for _, row in ipairs(classes) do out[#out + 1] = line(row, o, width, show_support) end
  out[#out + 1] = "\n"
  for _, row in ipairs(averages) do out[#out + 1] = line(row, o, width, show_support) end
  return table.concat(out)
end

local function as_table(classes, averages)
  local result = {}
  for _, rows in ipairs { classes, averages } do
    for _, row in ipairs(rows) do
      local numbers = {}
      for i, name in ipairs(columns) do numbers[name] = row[i + 1] end
      result[row[1]] = numbers
    end
  end
  if result.accuracy then result.accuracy = result.accuracy.precision end
  return result
end

-- -- Both -----------------------------------------------------------------------------------------

--- scikit-learn 1.2.1 shows 2.0 for a support of 2 with weights, and where no row at all is right.
local function support_format(t, is_weighted, classes)
  local none_right = not t.several
  for _, row in ipairs(classes) do none_right = none_right and row[3] == 0 end
  if is_weighted or none_right then return python_float end
  return function(n) return ("%d"):format(n) end
end

--- Precision, recall, F1 and support of each class and their averages, as a text. With
--- output_dict = true a table by the classes' names: report["cat"].precision,
--- report["macro avg"]["f1-score"], report.accuracy.
---
---     local y_true, y_pred = {"cat", "dog", "cat", "dog"}, {"cat", "cat", "cat", "dog"}
---     local report = mah.metrics.classification_report(y_true, y_pred, {output_dict = true})
---     print(report.dog.precision, report.dog.recall, report.accuracy)  --> 1 0.5 0.75
---@param y_true tensor|table    (N) labels, or (N, K) of 0 and 1
---@param y_pred tensor|table    as y_true
---@param given {labels: table?, target_names: string[]?, sample_weight: tensor|number[]|nil,
---  digits: integer?, output_dict: boolean?, zero_division: any}|nil
---@return string|table
function report.classification_report(y_true, y_pred, given)
  local where = "mah.metrics.classification_report"
  local o = options(given, rules, where)
  local t = targets.pair(y_true, y_pred, where)
  local list = o.labels and targets.label_list(o.labels, where) or targets.classes(t)
  local names = names_of(o, list, where)
  local settings = { labels = list, sample_weight = o.sample_weight,
    zero_division = o.zero_division }
  local classes, total, is_weighted = class_rows(y_true, y_pred, o, names, settings)
  local averages = average_rows(y_true, y_pred, t, micro_is_accuracy(t, o, list), total, settings)
  if o.output_dict then return as_table(classes, averages) end
  return as_text(classes, averages, o, support_format(t, is_weighted, classes))
end

return report
