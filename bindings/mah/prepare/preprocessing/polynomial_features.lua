--- All products of columns up to a degree.
---
---     local poly = mah.preprocessing.PolynomialFeatures{degree = 2}:fit({{2, 3}})
---     print(table.concat(poly:feature_names_out(), ", "))  --> 1, x0, x1, x0^2, x0 x1, x1^2
---     print(table.concat(poly:transform({{2, 3}}):totable()[1], " "))  --> 1 2 3 4 6 9
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local tensor = require "mah.tensor"

---@class PolynomialFeatures : mah.Prepared
---@field n_output_features_ integer how many products there are
---@field products_ integer[][] of each product the columns, from 1; {} is the constant 1
local PolynomialFeatures = {}

local MOST_COLUMNS, MOST_FACTORS = 1e6, 4e6 -- what is still kept as lists

--- Appends the ascending lists of `left` more columns from `first` on.
local function extend(lists, list, first, left, n, once)
  if left == 0 then
    lists[#lists + 1] = list
    return
  end
  for k = first, n do
    local longer = { unpack(list) }
    longer[#longer + 1] = k
    extend(lists, longer, once and k + 1 or k, left - 1, n, once)
  end
end

local function degrees(self)
  if type(self.degree) == "number" then return 0, self.degree end
  local low, high = self.degree[1], self.degree[2]
  check.that(type(low) == "number" and type(high) == "number" and low >= 0 and low <= high
    and low % 1 == 0 and high % 1 == 0,
    "%s: degree must be a number or {lowest, highest}; got {%s, %s}", self.where, tostring(low),
    tostring(high))
  return low, high
end

--- How many products of so many of n columns there are: n over degree, or, where a column may come
--- again, n + degree - 1 over degree.
local function count_products(n, degree, once)
  local count = 1
  for i = 1, degree do
    count = count * ((once and n - degree or n - 1) + i) / i
    if count <= 0 or count > 2 ^ 53 then break end
  end
  return math.max(0, math.floor(count + 0.5))
end

--- Complains, before anything is made, of more columns than can be used.
local function check_size(self, low, high)
  local n, once, columns, factors = self.n_features_in_, self.interaction_only, 0, 0
  for degree = math.max(low, 1), once and math.min(high, n) or high do
    local count = count_products(n, degree, once)
    columns, factors = columns + count, factors + count * degree
    check.that(columns <= MOST_COLUMNS and factors <= MOST_FACTORS, "%s: degree = %s of %d "
      .. "columns: up to degree %d there are already %s products; at most %d are made", self.where,
      tostring(high), n, degree, tostring(columns), MOST_COLUMNS)
  end
end

---@param x tensor|table
---@return table self
function PolynomialFeatures:fit(x)
  base.matrix(self, x, { fitting = true })
  local low, high = degrees(self)
  check.that(high > 0 or self.include_bias, "%s: degree 0 without include_bias leaves no column",
    self.where)
  check_size(self, low, high)
  local lists = {}
  if self.include_bias then lists[1] = {} end
  for degree = math.max(low, 1), math.min(high, self.interaction_only and self.n_features_in_
    or high) do
    extend(lists, {}, 1, degree, self.n_features_in_, self.interaction_only)
  end
  self.products_, self.n_output_features_ = lists, #lists
  return self
end

---@param x tensor|table
---@return tensor
function PolynomialFeatures:transform(x)
  local numbers = base.matrix(self, x, {})
  local out = tensor.ones(#numbers, self.n_output_features_, { dtype = "float64" })
  for j, product in ipairs(self.products_) do
    for _, k in ipairs(product) do out:select(2, j):mul_(numbers:select(2, k)) end
  end
  return base.like(out, x)
end

---@param given string[]|nil
---@return string[]
function PolynomialFeatures:feature_names_out(given)
  local all, names = base.names_in(self, given), {}
  for j, product in ipairs(self.products_) do
    local text, i = {}, 1
    while i <= #product do
      local power = 1
      while product[i + power] == product[i] do power = power + 1 end
      text[#text + 1] = all[product[i]] .. (power > 1 and "^" .. power or "")
      i = i + power
    end
    names[j] = #text > 0 and table.concat(text, " ") or "1"
  end
  return names
end

return base.define("mah.preprocessing.PolynomialFeatures", {
  degree = { 2, "integer|table", "[0, inf)", "the highest degree, or {lowest, highest}" },
  interaction_only = { false, "boolean", nil, "no column twice in a product" },
  include_bias = { true, "boolean", nil, "a column of ones, the product of none" },
}, PolynomialFeatures)
