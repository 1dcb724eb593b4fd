--- Encoders of categories and SimpleImputer as operations.
---
--- What fit never saw is an error in mah where handle_unknown = "error". A program cannot raise
--- one: OneHotEncoder then gives zeros, as with "ignore", and OrdinalEncoder NaN.
local check = require "mah.base.check"
local options = require "mah.base.options"
local block = require "mah.exchange.lower.block"
local steps = require "mah.exchange.lower.steps"
local tensor = require "mah.tensor"

local transformers = steps.transformers

--- Are the values texts or numbers? nil where all are missing.
local function kind_of(list, class)
  local kind
  for _, value in ipairs(list) do
    local own = type(value) == "string" and "text" or value == value and "float64" or kind
    check.that(not kind or own == kind, "cannot write %s: a column's categories are numbers and "
      .. "texts", class)
    kind = own
  end
  local seen, has_missing = {}, false
  for _, value in ipairs(list) do
    check.that(not seen[value], "cannot write %s: the category %s is there twice", class,
      check.show(value))
    if value == value then seen[value] = true else has_missing = true end
  end
  check.that(not (seen[""] and has_missing), "cannot write %s: a column has a missing category "
    .. "and an empty one, which are one in a file", class)
  return kind
end

local function column_for(b, k, list, class)
  local open = b.columns[k].value.dtype == "text" and "text" or "float64"
  return b:column(k, kind_of(list, class) or open)
end

local function side_by_side(b, parts)
  return b:like(#parts == 1 and parts[1] or b.program:op("cat", parts))
end

--- Columns of categories as fewer ones, each the sum of some: place[code] is the new column of a
--- category, 0 of none; place[0] is that of what is no category.
local function gathered(p, x, place, width)
  local weight = tensor.zeros(x.width, width, { dtype = "float64" })
  local bias = tensor.zeros(width, { dtype = "float64" })
  if place[0] > 0 then
    bias[place[0]] = 1
    weight:select(2, place[0]):fill_(-1)
  end
  for code = 1, x.width do
    local at = place[code]
    if at > 0 then weight[code][at] = weight[code][at] + 1 end
  end
  return p:op("linear", { x }, { weight = weight, bias = bias })
end

--- Places without the column that is dropped, and how many columns are left.
local function without_dropped(place, width, drop)
  local left = {}
  for code, at in pairs(place) do left[code] = at == drop and 0 or at > drop and at - 1 or at end
  return left, width - 1
end

--- Column k of the block as columns of 0 and 1; nil where it gives none.
local function one_hot(s, b, k)
  local list, kept, p = s.categories_[k], {}, b.program
  local shown, place = s:_places(k)
  local width, drop = #shown, s.drop_idx_[k]
  if drop > 0 then place, width = without_dropped(place, width, drop) end
  if width == 0 then return nil end
  local x, rare = column_for(b, k, list, "OneHotEncoder"), rawget(s, "infrequent_categories_")
  local gathers = rare and #rare[k] > 0
  for code, category in ipairs(list) do
    if gathers or place[code] > 0 then kept[#kept + 1] = category end
  end
  x = p:op("one_hot", { x }, { categories = kept, known = list })
  return gathers and gathered(p, x, place, width) or x
end

function transformers.OneHotEncoder(s, b)
  steps.fitted(s, "categories_")
  b = b:seen_by(s)
  local parts = {}
  for k = 1, #s.categories_ do parts[#parts + 1] = one_hot(s, b, k) end
  check.that(#parts > 0, "cannot write OneHotEncoder: it gives no column")
  return side_by_side(b, parts)
end

function transformers.OrdinalEncoder(s, b)
  steps.fitted(s, "categories_")
  b = b:seen_by(s)
  local parts, unknown = {}, s.unknown_value or 0 / 0
  for k, list in ipairs(s.categories_) do
    local known, missing = {}, unknown
    for _, category in ipairs(list) do
      if category == category then
        known[#known + 1] = category
      else
        missing = s.encoded_missing_value
      end
    end
    parts[k] = b.program:op("ordinal", { column_for(b, k, list, "OrdinalEncoder") },
      { categories = known, missing = missing, unknown = unknown })
  end
  return side_by_side(b, parts)
end

-- -- SimpleImputer --------------------------------------------------------------------------------

local function kind_of_value(value) return type(value) == "string" and "text" or "float64" end

--- What marks a missing value apart from NaN, in a column of that kind; nil: nothing.
local function mark_for(s, kind)
  local mark = s.missing_values
  return mark == mark and kind_of_value(mark) == kind and mark or nil
end

--- The kinds of columns, as far as the values that fill them tell.
local function filled_columns(s, b)
  local columns, texts = {}, false
  for k, value in ipairs(s.statistics_) do
    if value == value then
      local kind = kind_of_value(value)
      local x = b.program:op("fill_missing", { b:column(k, kind) },
        { by = { value }, value = mark_for(s, kind) })
      columns[#columns + 1], texts = { value = x, place = 1 }, texts or kind == "text"
    end
  end
  return columns, texts
end

local function add_indicators(s, b, columns)
  for _, k in ipairs(s.add_indicator and s.with_missing_ or {}) do
    local value = b.columns[k].value
    local kind = kind_of_value(s.statistics_[k])
    if value.dtype == "text" then kind = "text" end
    columns[#columns + 1] = { place = 1, value = b.program:op("is_missing", { b:column(k, kind) },
      { value = mark_for(s, kind) }) }
  end
end

--- Numbers that are all filled in alike are one operation for all of them.
local function all_numbers(s)
  for _, value in ipairs(s.statistics_) do
    if type(value) ~= "number" or value ~= value then return false end
  end
  return not s.add_indicator or #s.with_missing_ == 0
end

function transformers.SimpleImputer(s, b)
  steps.fitted(s, "statistics_")
  b = b:seen_by(s)
  if all_numbers(s) then
    return b:like(b.program:op("fill_missing", { b:numbers() },
      { by = options.copy(s.statistics_), value = mark_for(s, "float64") }))
  end
  local columns, texts = filled_columns(s, b)
  add_indicators(s, b, columns)
  local all = block.new(b.program, columns, b.names and s:feature_names_out(), false)
  return texts and all or b:like(all:numbers())
end

return steps
