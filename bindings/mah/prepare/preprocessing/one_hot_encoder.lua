--- mah.preprocessing.OneHotEncoder: a column of 0 and 1 for each category.
---
---     local encoder = mah.preprocessing.OneHotEncoder{handle_unknown = "ignore"}
---     encoder:fit{sex = {"male", "female"}, port = {"S", "C"}}
---     print(encoder:feature_names_out())      -- port_C port_S sex_female sex_male
---
--- A missing value is a category of its own. drop leaves one category of each column out: "first",
--- "if_binary" (the first where there are two), or a list of them. handle_unknown: "error", or
--- "ignore": what fit never saw becomes zeros. The result is a dense matrix.
local base = require "mah.prepare.base"
local categories = require "mah.prepare.preprocessing.categories"
local check = require "mah.base.check"
local frame = require "mah.prepare.frame"
local tensor = require "mah.tensor"
local warn = require "mah.base.warn"

local OneHotEncoder = {}

--- The place of the category of column k that is left out; 0 for none.
local function dropped(self, f, k, list)
  local drop = self.drop
  if drop == nil or drop == "if_binary" and #list ~= 2 then return 0 end
  if drop == "first" or drop == "if_binary" then return 1 end
  check.that(type(drop) == "table" and drop[k] ~= nil,
    '%s: drop must be "first", "if_binary" or a list with one category of each column; got %s',
    self.where, check.show(drop))
  return categories.codes(list)(drop[k])
    or check.raise("%s: drop: column %s has no category %s", self.where, f:label(k),
      check.show(drop[k]))
end

---@param x tensor|table
---@return table self
function OneHotEncoder:fit(x)
  local f = base.frame(self, x, true)
  local width = self.n_features_in_
  self.n_features_in_ = nil -- not fitted, should an error come
  self.categories_ = categories.find(self, f, self.handle_unknown == "error")
  self.drop_idx_ = {}
  for k, list in ipairs(self.categories_) do self.drop_idx_[k] = dropped(self, f, k, list) end
  self.n_features_in_ = width
  return self
end

local function width_of(self, k)
  return #self.categories_[k] - (self.drop_idx_[k] > 0 and 1 or 0)
end

local function width(self)
  local sum = 0
  for k = 1, #self.categories_ do sum = sum + width_of(self, k) end
  return sum
end

local function warn_of_unknown(self, f, k)
  if self.drop then
    warn("%s: column %s has categories that fit never saw; they are encoded as zeros, as the one "
      .. "that is dropped", self.where, f:label(k))
  end
end

--- Writes column k of the frame into the columns of `out` after `offset`.
local function encode_column(self, out, f, k, offset)
  local unknown = self.handle_unknown == "ignore" and 0 or nil
  local codes = categories.encode(self, f, k, self.categories_[k], unknown)
  local column_of, seen_unknown = {}, false
  for code = 1, #self.categories_[k] do
    if code ~= self.drop_idx_[k] then
      offset = offset + 1
      column_of[code] = out:select(2, offset)
    end
  end
  for i = 1, f.rows do
    local code = codes[i]
    local column = column_of[code]
    seen_unknown = seen_unknown or code == 0
    if column then column[i] = 1 end
  end
  if seen_unknown then warn_of_unknown(self, f, k) end
end

---@param x tensor|table
---@return tensor
function OneHotEncoder:transform(x)
  local f, offset = base.frame(self, x), 0
  local out = tensor.zeros(f.rows, width(self), { dtype = "float64" })
  for k = 1, #f.columns do
    encode_column(self, out, f, k, offset)
    offset = offset + width_of(self, k)
  end
  return base.like(out, x)
end

--- The category of one row's part of the matrix: the greatest column; with only zeros the dropped
--- one, or a missing value.
local function decode(self, row, k, offset)
  local list, drop, best, at = self.categories_[k], self.drop_idx_[k], 0, nil
  for j = 1, width_of(self, k) do
    if row[offset + j] > best then best, at = row[offset + j], j end
  end
  if not at then return drop > 0 and list[drop] or frame.MISSING end
  return list[drop > 0 and at >= drop and at + 1 or at]
end

--- The categories again: a matrix when all are numbers.
---@param x tensor
---@return tensor|mah.Table
function OneHotEncoder:inverse_transform(x)
  base.check_fitted(self)
  local numbers, columns, offset = base.given_back(self, x, width(self)), {}, 0
  for k = 1, #self.categories_ do
    columns[k] = {}
    for i = 1, #numbers do columns[k][i] = decode(self, numbers[i], k, offset) end
    offset = offset + width_of(self, k)
  end
  return frame.result(columns, rawget(self, "feature_names_in_"), #numbers)
end

--- The column's name and the category's: sex_male.
---@param given string[]|nil
---@return string[]
function OneHotEncoder:feature_names_out(given)
  local names = {}
  for k, name in ipairs(base.names_in(self, given)) do
    for j, value in ipairs(self.categories_[k]) do
      if j ~= self.drop_idx_[k] then names[#names + 1] = name .. "_" .. categories.text(value) end
    end
  end
  return names
end

return base.define("mah.preprocessing.OneHotEncoder", {
  categories = { "auto", "string|table" },
  drop = { nil, "string|table" },
  handle_unknown = { "error", { "error", "ignore" } },
}, OneHotEncoder)
