--- The number of each category, from 0.
---
---     local encoder = mah.preprocessing.OrdinalEncoder{categories = {{"low", "middle", "high"}}}
---     local z = encoder:fit({{"high"}, {"low"}}):transform({{"high"}, {"low"}})
---     print(z[1][1], z[2][1], #encoder.categories_[1])  --> 2 0 3
---     print(encoder:inverse_transform(z).x0[1])  --> high
local base = require "mah.prepare.base"
local categories = require "mah.prepare.preprocessing.categories"
local check = require "mah.base.check"
local frame = require "mah.prepare.frame"
local tensor = require "mah.tensor"

---@class OrdinalEncoder : mah.Prepared
---@field categories_ any[][] the categories of each column, in the order of their numbers
local OrdinalEncoder = {}

local UNKNOWN = 0 -- the place of what is in no list

---@param x tensor|table
---@return table self
function OrdinalEncoder:fit(x)
  local tolerant = self.handle_unknown == "use_encoded_value"
  check.that(tolerant == (self.unknown_value ~= nil), '%s: unknown_value goes together with '
    .. 'handle_unknown = "use_encoded_value"', self.where)
  local f = base.frame(self, x, true)
  self.categories_ = categories.find(self, f, not tolerant)
  for k, list in ipairs(self.categories_) do
    local value = self.unknown_value
    check.that(not value or value ~= value or value < 0 or value >= #list, "%s: unknown_value = %s "
      .. "is the number of a category of column %s", self.where, tostring(value), f:label(k))
  end
  return self
end

---@param x tensor|table
---@return tensor
function OrdinalEncoder:transform(x)
  local f = base.frame(self, x)
  local out = tensor.empty(f.rows, #f.columns, { dtype = "float64" })
  for k, list in ipairs(self.categories_) do
    local codes = categories.encode(self, f, k, list, self.unknown_value and UNKNOWN)
    local column = out:select(2, k)
    for i = 1, f.rows do
      local value = codes[i] == UNKNOWN and self.unknown_value or codes[i] - 1
      if codes[i] ~= UNKNOWN and frame.is_missing(list[codes[i]]) then
        value = self.encoded_missing_value
      end
      column[i] = value
    end
  end
  return base.like(out, x)
end

--- The categories again: a matrix when all are numbers.
---@param x tensor
---@return tensor|mah.Table
function OrdinalEncoder:inverse_transform(x)
  local numbers, columns = base.given_back(self, x), {}
  for k, list in ipairs(self.categories_) do
    columns[k] = {}
    for i = 1, #numbers do
      local code = numbers[i][k]
      local value = list[code + 1]
      if value == nil then
        check.that(code ~= code or code == self.unknown_value or code == self.encoded_missing_value,
          "%s: inverse_transform: row %d holds %s, which is the number of no category", self.where,
          i, tostring(code))
        value = frame.MISSING
      end
      columns[k][i] = value
    end
  end
  return frame.result(columns, rawget(self, "feature_names_in_"), #numbers)
end

return base.define("mah.preprocessing.OrdinalEncoder", {
  categories = categories.rule,
  handle_unknown = { "error", { "error", "use_encoded_value" }, nil,
    "what fit never saw: \"error\"; \"use_encoded_value\": it becomes unknown_value" },
  unknown_value = { nil, "number", nil, "for \"use_encoded_value\"; no category's number" },
  encoded_missing_value = { frame.MISSING, "number", nil, "what a missing value becomes" },
}, OrdinalEncoder)
