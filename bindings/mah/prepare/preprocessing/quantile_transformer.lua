--- Makes the distribution of each column uniform or normal, by its quantiles.
---
---     local x = mah.tensor{{1}, {2}, {3}, {10}, {1000}}
---     local t = mah.preprocessing.QuantileTransformer{n_quantiles = 5}:fit(x)
---     local z = t:transform({{2}, {6.5}, {5000}})
---     print(z[1][1], z[2][1], z[3][1])  --> 0.25 0.625 1
---     print(t:inverse_transform(z)[2][1])  --> 6.5
---
--- Missing values (NaN) stay. Values outside of what fit saw become the ends of the distribution.
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local generator = require "mah.prepare.generator"
local interpolate = require "mah.prepare.interpolate"
local normal = require "mah.prepare.normal"
local shared = require "mah.prepare.rules"
local tensor = require "mah.tensor"
local warn = require "mah.base.warn"

---@class QuantileTransformer : mah.Prepared
---@field n_quantiles_ integer how many quantiles there are, at most the rows of fit
---@field quantiles_ tensor (n_quantiles_, columns) the quantiles
---@field references_ tensor (n_quantiles_) the shares that they stand for, 0 ... 1
local QuantileTransformer = {}

local BOUND = 1e-7
local LOWEST, HIGHEST = normal.ppf(BOUND - 2 ^ -52), normal.ppf(1 - (BOUND - 2 ^ -52))

--- The quantiles of one column; ascending in spite of rounding.
local function quantiles_of(column, references)
  local values = base.present(column)
  if #values == 0 then return tensor.full({ #references }, 0 / 0, { dtype = "float64" }) end
  local q = values:quantile(references)
  for i = 2, #q do q[i] = math.max(q[i], q[i - 1]) end
  return q
end

---@param x tensor|table
---@return table self
function QuantileTransformer:fit(x)
  check.that(self.n_quantiles <= self.subsample, "%s: n_quantiles = %d is more than subsample = %d",
    self.where, self.n_quantiles, self.subsample)
  local numbers = base.matrix(self, x, { fitting = true, missing = true })
  local n = #numbers
  if self.n_quantiles > n then
    warn("%s: n_quantiles (%d) is greater than the number of rows (%d), which is taken instead",
      self.where, self.n_quantiles, n)
  end
  self.n_quantiles_ = math.max(1, math.min(self.n_quantiles, n))
  local count = self.n_quantiles_
  self.references_ = tensor.linspace(0, 1, count, { dtype = "float64" })
  self.quantiles_ = tensor.empty(count, self.n_features_in_, { dtype = "float64" })
  local rng = generator(self.random_state, self.where)
  local references = (self.references_ * 100 / 100):totable() -- rounded as scikit-learn's per cent
  for k = 1, self.n_features_in_ do
    local column = numbers:select(2, k)
    if self.subsample < n then
      column = column:index_select(1, rng:permutation(n):narrow(1, 1, self.subsample))
    end
    self.quantiles_:select(2, k):copy_(quantiles_of(column, references))
  end
  return self
end

local function negated_and_turned(list)
  local out = {}
  for i = 1, #list do out[i] = -list[#list + 1 - i] end
  return out
end

--- The share of a column's distribution below x: the mean of the interpolations from both sides,
--- which differ where a value is repeated.
local function forward(quantiles, references, is_normal)
  local back, back_references = negated_and_turned(quantiles), negated_and_turned(references)
  local low, high = quantiles[1], quantiles[#quantiles]
  return function(x)
    local share = 0.5 * (interpolate(x, quantiles, references)
      - interpolate(-x, back, back_references))
    if is_normal then
      if x + BOUND > high then share = 1 end
      if x - BOUND < low then share = 0 end
      return share ~= share and share or math.min(math.max(normal.ppf(share), LOWEST), HIGHEST)
    end
    if x == high then share = 1 end
    if x == low then share = 0 end
    return share
  end
end

local function backward(quantiles, references, is_normal)
  local low, high = quantiles[1], quantiles[#quantiles]
  return function(share)
    if is_normal then share = normal.cdf(share) end
    local slack = is_normal and BOUND or 0
    if is_normal and share - slack < 0 or share == 0 then return low end
    if is_normal and share + slack > 1 or share == 1 then return high end
    return interpolate(share, references, quantiles)
  end
end

local function through(self, numbers, direction)
  local references = self.references_:totable()
  for k = 1, self.n_features_in_ do
    local f = direction(self.quantiles_:select(2, k):totable(), references,
      self.output_distribution == "normal")
    local column = numbers:select(2, k)
    for i = 1, #column do column[i] = f(column[i]) end
  end
  return numbers
end

---@param x tensor|table
---@return tensor
function QuantileTransformer:transform(x)
  return base.like(through(self, base.matrix(self, x, { missing = true }), forward), x)
end

---@param x tensor
---@return tensor
function QuantileTransformer:inverse_transform(x)
  return base.like(through(self, base.given_back(self, x), backward), x)
end

return base.define("mah.preprocessing.QuantileTransformer", {
  n_quantiles = { 1000, "integer", "[1, inf)", "quantiles to keep; at most the rows of fit" },
  output_distribution = { "uniform", { "uniform", "normal" }, nil,
    "\"uniform\": in [0, 1]; \"normal\": the standard normal distribution" },
  subsample = { 10000, "integer", "[1, inf)", "rows that are enough to find the quantiles" },
  random_state = shared.random_state,
}, QuantileTransformer)
