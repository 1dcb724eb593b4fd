--- A column of 0 and 1 for each category.
---
---     local encoder = mah.preprocessing.OneHotEncoder{handle_unknown = "ignore"}
---     encoder:fit({sex = {"male", "female"}, port = {"S", "C"}})
---     print(table.concat(encoder:feature_names_out(), " "))  --> port_C port_S sex_female sex_male
---     local z = encoder:transform({sex = {"female"}, port = {"X"}})
---     print(table.concat(z:totable()[1], " "))  --> 0 0 1 0
---     print(encoder:inverse_transform(z):column("sex")[1])  --> female
---
--- A missing value is a category of its own. min_frequency and max_categories gather rare
--- categories in a last column, NAME_infrequent_sklearn. The result is a dense matrix.
local base = require "mah.prepare.base"
local categories = require "mah.prepare.preprocessing.categories"
local check = require "mah.base.check"
local frame = require "mah.prepare.frame"
local infrequent = require "mah.prepare.preprocessing.infrequent"
local tensor = require "mah.tensor"
local warn = require "mah.base.warn"

local DENSE = "leave it out: the result is always a dense matrix"

---@class OneHotEncoder : mah.Prepared
---@field categories_ any[][] the categories of each column, sorted; a missing one, NaN, is the last
---@field infrequent_categories_ any[][]|nil the rare ones of each column; nil without
---  min_frequency and max_categories
---@field drop_idx_ integer[] the place, from 1, of each column's category that is left out; 0 for
---  none
local OneHotEncoder = { _elsewhere = { sparse = DENSE, sparse_output = DENSE } }

-- -- Rare categories ------------------------------------------------------------------------------

--- The categories of column k that are rare.
local function rare_of(self, f, k)
  local list, counts, rare = self.categories_[k], {}, {}
  for code = 1, #list do counts[code] = 0 end
  for _, code in ipairs(categories.encode(self, f, k, list, 0)) do
    if code > 0 then counts[code] = counts[code] + 1 end
  end
  local is_rare = infrequent.find(counts, f.rows, self)
  for code, value in ipairs(list) do
    if is_rare[code] then rare[#rare + 1] = value end
  end
  return rare
end

--- What the columns stand for that feature k becomes, with the dropped one, and by category (0: not
--- known) the place there; 0 for none.
function OneHotEncoder:_places(k)
  local all, list = rawget(self, "infrequent_categories_"), self.categories_[k]
  local rare, shown, place = all and all[k] or {}, {}, {}
  local is_rare = categories.codes(rare)
  for code, value in ipairs(list) do
    if not is_rare(value) then
      shown[#shown + 1] = value
      place[code] = #shown
    end
  end
  if #rare > 0 then shown[#shown + 1] = infrequent.NAME end
  for code = 1, #list do place[code] = place[code] or #shown end
  place[0] = #rare > 0 and self.handle_unknown == "infrequent_if_exist" and #shown or 0
  return shown, place
end

-- -- There ----------------------------------------------------------------------------------------

--- The place of the column of feature k that is left out; 0 for none.
local function dropped(self, f, k)
  local drop, shown, place = self.drop, self:_places(k)
  if drop == nil or drop == "if_binary" and #shown ~= 2 then return 0 end
  if drop == "first" or drop == "if_binary" then return 1 end
  check.that(type(drop) == "table" and drop[k] ~= nil,
    '%s: drop must be "first", "if_binary" or a list with one category of each column; got %s',
    self.where, check.show(drop))
  local code = categories.codes(self.categories_[k])(drop[k])
    or check.raise("%s: drop: column %s has no category %s", self.where, f:label(k),
      check.show(drop[k]))
  check.that(shown[place[code]] ~= infrequent.NAME, "%s: drop: %s of column %s is infrequent, and "
    .. "has no column of its own", self.where, check.show(drop[k]), f:label(k))
  return place[code]
end

---@param x tensor|table
---@return table self
function OneHotEncoder:fit(x)
  local least = self.min_frequency
  check.that(not least or least < 1 or least % 1 == 0, "%s: min_frequency must be a share below 1 "
    .. "or a whole number of rows; got %s", self.where, tostring(least))
  local f = base.frame(self, x, true)
  local width = self.n_features_in_
  self.n_features_in_ = nil -- not fitted, should an error come
  self.categories_ = categories.find(self, f, self.handle_unknown == "error")
  self.infrequent_categories_ = (least or self.max_categories) and {} or nil
  self.drop_idx_ = {}
  for k = 1, #self.categories_ do
    if self.infrequent_categories_ then self.infrequent_categories_[k] = rare_of(self, f, k) end
    self.drop_idx_[k] = dropped(self, f, k)
  end
  self.n_features_in_ = width
  return self
end

local function width_of(self, k) return #self:_places(k) - (self.drop_idx_[k] > 0 and 1 or 0) end

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
  local unknown = self.handle_unknown ~= "error" and 0 or nil
  local codes = categories.encode(self, f, k, self.categories_[k], unknown)
  local shown, place = self:_places(k)
  local column_of, seen_unknown = {}, false
  for at = 1, #shown do
    if at ~= self.drop_idx_[k] then
      offset = offset + 1
      column_of[at] = out:select(2, offset)
    end
  end
  for i = 1, f.rows do
    local at = place[codes[i]]
    local column = column_of[at]
    seen_unknown = seen_unknown or at == 0
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

-- -- And back -------------------------------------------------------------------------------------

--- The categories of feature k in its part of the matrix: by the greatest column of each row; with
--- only zeros the dropped one, or a missing value.
local function decode(self, part, k)
  local shown, drop, list = self:_places(k), self.drop_idx_[k], {}
  local without = drop > 0 and shown[drop] or frame.MISSING
  if part.shape[2] == 0 then
    for i = 1, #part do list[i] = without end
    return list
  end
  if drop > 0 then table.remove(shown, drop) end
  local best, place = part:max(2):totable(), part:argmax(2):totable()
  for i = 1, #part do list[i] = best[i] > 0 and shown[place[i]] or without end
  return list
end

--- The categories again, "infrequent_sklearn" for the rare ones: a matrix when all are numbers.
---@param x tensor
---@return tensor|mah.Table
function OneHotEncoder:inverse_transform(x)
  base.check_fitted(self)
  local numbers, columns, offset = base.given_back(self, x, width(self)), {}, 0
  for k = 1, #self.categories_ do
    columns[k] = decode(self, numbers:narrow(2, offset + 1, width_of(self, k)), k)
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
    for j, value in ipairs((self:_places(k))) do
      if j ~= self.drop_idx_[k] then names[#names + 1] = name .. "_" .. categories.text(value) end
    end
  end
  return names
end

return base.define("mah.preprocessing.OneHotEncoder", {
  categories = categories.rule,
  drop = { nil, "string|table", nil, "leaves out a category of each column: \"first\", "
    .. "\"if_binary\" (the first where there are two), or a list of them; nil: none" },
  handle_unknown = { "error", { "error", "ignore", "infrequent_if_exist" }, nil,
    "what fit never saw: \"error\"; \"ignore\": zeros; \"infrequent_if_exist\": it counts as rare "
    .. "where there is a column for those" },
  min_frequency = { nil, "number", "(0, inf)",
    "categories of fewer rows are rare; below 1: of a smaller share of the rows" },
  max_categories = { nil, "integer", "[1, inf)",
    "columns of a feature at most, with that of the rare ones; nil: any number" },
}, OneHotEncoder)
