--- Numbers to the bins that they fall into.
---
---     local x = mah.tensor{{0}, {1}, {4}, {9}}
---     local bins = mah.preprocessing.KBinsDiscretizer{n_bins = 3, strategy = "uniform",
---       encode = "ordinal"}:fit(x)
---     print(unpack(bins.bin_edges_[1]))  --> 0 3 6 9
---     local z = bins:transform(x)
---     print(z[1][1], z[3][1], z[4][1])  --> 0 1 2
---     print(bins:inverse_transform(z)[4][1], bins:feature_names_out()[1])  --> 7.5 x0
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local clusters = require "mah.prepare.preprocessing.clusters"
local generator = require "mah.prepare.generator"
local shared = require "mah.prepare.rules"
local tensor = require "mah.tensor"
local warn = require "mah.base.warn"

---@class KBinsDiscretizer : mah.Prepared
---@field bin_edges_ number[][] the edges of each column's bins
---@field n_bins_ integer[] how many bins each column has; fewer where some were empty
local KBinsDiscretizer = {}

local NARROW = 1e-8 -- bins that are no wider are none
local MOST = 1e6 -- bins of all columns

local function linspace(low, high, count)
  return tensor.linspace(low, high, count, { dtype = "float64" }):totable()
end

local edges_by = {}

function edges_by.uniform(column, bins) return linspace(column:min(), column:max(), bins + 1) end

function edges_by.quantile(column, bins)
  local shares = tensor.linspace(0, 100, bins + 1, { dtype = "float64" }) / 100 -- as NumPy rounds
  return column:quantile(shares:totable()):totable()
end

function edges_by.kmeans(column, bins)
  local low, high = column:min(), column:max()
  local uniform, centers = linspace(low, high, bins + 1), {}
  for i = 1, bins do centers[i] = (uniform[i] + uniform[i + 1]) * 0.5 end
  centers = clusters(column, centers)
  local edges = { low }
  for i = 1, bins - 1 do edges[i + 1] = (centers[i] + centers[i + 1]) * 0.5 end
  edges[bins + 1] = high
  return edges
end

local function without_narrow(edges)
  local kept = { edges[1] }
  for i = 2, #edges do
    if edges[i] - edges[i - 1] > NARROW then kept[#kept + 1] = edges[i] end
  end
  return kept
end

local function edges_of(self, column, bins, label)
  if column:min() == column:max() then
    warn("%s: column %s has the single value %s; it becomes 0", self.where, label,
      tostring(column:min()))
    return { -math.huge, math.huge }
  end
  local edges = edges_by[self.strategy](column, bins)
  if self.strategy == "uniform" then return edges end
  edges = without_narrow(edges)
  if #edges - 1 < bins then
    warn("%s: column %s: bins narrower than 1e-8 are left out; %d of %d remain", self.where, label,
      #edges - 1, bins)
  end
  return edges
end

--- How many bins column k gets.
local function bins_of(self, k)
  local bins = type(self.n_bins) == "table" and self.n_bins[k] or self.n_bins
  check.that(type(bins) == "number" and bins >= 2 and bins % 1 == 0
    and bins < 2 ^ 53,
    "%s: n_bins must be whole numbers from 2 on, one for each column; got %s for column %d",
    self.where, check.show(bins), k)
  return bins
end

--- Complains, before anything is made, of more bins than can be used.
local function check_size(self, rows)
  local total = 0
  for k = 1, self.n_features_in_ do
    local bins = bins_of(self, k)
    check.that(self.strategy ~= "kmeans" or bins <= rows, "%s: n_bins = %d for column %d is more "
      .. "than the %d rows of which \"kmeans\" makes clusters", self.where, bins, k, rows)
    total = total + bins
  end
  check.that(total <= MOST, "%s: n_bins makes %s bins%s; at most %d are made", self.where,
    tostring(total), self.encode == "onehot" and ", a column for each" or "", MOST)
end

---@param x tensor|table
---@return table self
function KBinsDiscretizer:fit(x)
  local numbers, f = base.matrix(self, x, { fitting = true })
  check_size(self, #numbers)
  check.that(not self.subsample or self.strategy == "quantile",
    '%s: subsample must be used with strategy = "quantile"', self.where)
  if self.subsample and #numbers > self.subsample then
    local rows = generator(self.random_state, self.where):permutation(#numbers)
    numbers = numbers:index_select(1, rows:narrow(1, 1, self.subsample))
  end
  self.bin_edges_, self.n_bins_ = {}, {}
  for k = 1, self.n_features_in_ do
    local column = numbers:select(2, k):clone()
    self.bin_edges_[k] = edges_of(self, column, bins_of(self, k), f:label(k))
    self.n_bins_[k] = #self.bin_edges_[k] - 1
  end
  return self
end

--- The bin of a value, from 0: how many inner edges are not above it.
local function bin_of(value, edges)
  local low, high = 1, #edges - 1
  while low < high do
    local middle = math.floor((low + high + 1) / 2)
    if edges[middle] <= value then low = middle else high = middle - 1 end
  end
  return low - 1
end

local function to_one_hot(self, codes)
  local width = 0
  for _, bins in ipairs(self.n_bins_) do width = width + bins end
  local out, offset = tensor.zeros(#codes, width, { dtype = "float64" }), 0
  for k, bins in ipairs(self.n_bins_) do
    local column = codes:select(2, k)
    for bin = 0, bins - 1 do out:select(2, offset + bin + 1):copy_(column:eq(bin)) end
    offset = offset + bins
  end
  return out
end

---@param x tensor|table
---@return tensor
function KBinsDiscretizer:transform(x)
  local numbers = base.matrix(self, x, {})
  for k, edges in ipairs(self.bin_edges_) do
    local column = numbers:select(2, k)
    for i = 1, #column do column[i] = bin_of(column[i], edges) end
  end
  return base.like(self.encode == "ordinal" and numbers or to_one_hot(self, numbers), x)
end

--- The bins' numbers, from a matrix of either encoding.
local function to_codes(self, x)
  if self.encode == "ordinal" then return base.given_back(self, x) end
  local width = 0
  for _, bins in ipairs(self.n_bins_ or {}) do width = width + bins end
  local numbers = base.given_back(self, x, width)
  local out, offset = tensor.empty(#numbers, #self.n_bins_, { dtype = "float64" }), 0
  for k, bins in ipairs(self.n_bins_) do
    out:select(2, k):copy_(numbers:narrow(2, offset + 1, bins):argmax(2):double():sub_(1))
    offset = offset + bins
  end
  return out
end

--- The middle of each bin.
---@param x tensor
---@return tensor
function KBinsDiscretizer:inverse_transform(x)
  local codes = to_codes(self, x)
  for k, edges in ipairs(self.bin_edges_) do
    local column = codes:select(2, k)
    for i = 1, #column do
      local bin = column[i] + 1
      check.that(edges[bin + 1], "%s: inverse_transform: column %d has no bin %s", self.where, k,
        tostring(bin - 1))
      column[i] = (edges[bin] + edges[bin + 1]) * 0.5
    end
  end
  return base.like(codes, x)
end

---@param given string[]|nil
---@return string[]   with "onehot" age_0, age_1 ...
function KBinsDiscretizer:feature_names_out(given)
  local all = base.names_in(self, given)
  if self.encode == "ordinal" then return all end
  local names = {}
  for k, name in ipairs(all) do
    for bin = 0, self.n_bins_[k] - 1 do names[#names + 1] = ("%s_%d"):format(name, bin) end
  end
  return names
end

return base.define("mah.preprocessing.KBinsDiscretizer", {
  n_bins = { 5, "integer|table", nil, "bins of every column, from 2 on; a list: of each" },
  encode = { "onehot", { "onehot", "onehot-dense", "ordinal" }, nil, "\"onehot\" and "
    .. "\"onehot-dense\", which are one, as the matrix is dense: a column of 0 and 1 for each bin; "
    .. "\"ordinal\": the bin's number from 0" },
  strategy = { "quantile", { "uniform", "quantile", "kmeans" }, nil, "\"quantile\": bins of as "
    .. "many values each; \"uniform\": of one width; \"kmeans\": around the means of clusters" },
  subsample = { nil, "integer", "[1, inf)",
    "rows, drawn at random, that are enough for \"quantile\"; nil: all" },
  random_state = shared.random_state,
}, KBinsDiscretizer)
