--- scikit-learn's encoders, imputer and features as those of mah.preprocessing.
local KBinsDiscretizer = require "mah.prepare.preprocessing.k_bins_discretizer"
local OneHotEncoder = require "mah.prepare.preprocessing.one_hot_encoder"
local OrdinalEncoder = require "mah.prepare.preprocessing.ordinal_encoder"
local PolynomialFeatures = require "mah.prepare.preprocessing.polynomial_features"
local SimpleImputer = require "mah.prepare.preprocessing.simple_imputer"
local fitted = require "mah.exchange.sklearn.fitted"
local tensor = require "mah.tensor"
local values = require "mah.exchange.pickle.values"

local encoders = {}

local HIGHEST, MOST_FACTORS = 100, 7e5 -- of polynomials: their degree, and of all products

-- -- Missing values -------------------------------------------------------------------------------

--- The places, from 1, of the columns that get an indicator.
local function indicated(a, n)
  local indicator = a:get "indicator_"
  if indicator == nil then return {} end
  a:check(values.is(indicator, "object"), "indicator_ is %s", values.show(indicator))
  local places = a:plain_list("indicator_.features_", indicator.state.features_)
  for i, place in ipairs(places) do
    a:check(type(place) == "number" and place >= 0 and place < n and place % 1 == 0,
      "indicator_.features_ holds %s", values.show(place))
    places[i] = place + 1
  end
  return places
end

function encoders.SimpleImputer(a)
  local n = a:features "statistics_"
  local statistics = a:plain_list("statistics_", a:need "statistics_")
  a:check(#statistics == n, "statistics_ has %d entries for %d features", #statistics, n)
  local missing, fill = a:get "missing_values", a:get "fill_value"
  for name, value in pairs { missing_values = missing, fill_value = fill } do
    a:check(type(value) == "number" or type(value) == "string", "%s is %s", name,
      values.show(value))
  end
  return fitted(a, n, SimpleImputer { missing_values = missing, fill_value = fill,
    strategy = a:choice("strategy", { "mean", "median", "most_frequent", "constant" }, "mean"),
    add_indicator = a:boolean("add_indicator", false),
    keep_empty_features = a:boolean("keep_empty_features", false) },
    { statistics_ = statistics, with_missing_ = indicated(a, n) })
end

-- -- Categories -----------------------------------------------------------------------------------

local function categories_of(a, n)
  local list, out = a:list("categories_", n), {}
  for k = 1, n do out[k] = a:plain_list("categories_", list[k]) end
  return out
end

--- categories as a parameter: "auto", or the lists.
local function given_categories(a, categories)
  return a:get "categories" == "auto" and "auto" or categories
end

local function width_of_categories(a)
  return a:get "n_features_in_" and a:features() or a:list("categories_").n
end

--- The values of each column that were rare, { {} ... } where none may be, or nil.
local function infrequent(a, n, categories)
  if not a:get "_infrequent_enabled" then return nil end
  local list, out = a:list("_infrequent_indices", n), {}
  for k = 1, n do
    out[k] = {}
    local places = values.plain(list[k])
    for i, place in ipairs(places and a:plain_list("_infrequent_indices", places) or {}) do
      out[k][i] = a:check(type(place) == "number" and categories[k][place + 1],
        "_infrequent_indices holds %s", values.show(place))
    end
  end
  return out
end

--- The place, from 1, of what is left out of each column, with the rare ones as the last; 0 for
--- nothing. From scikit-learn 1.3 on drop_idx_ has the place without them.
local function dropped(a, n, categories, rare)
  local value, out = a:get "_drop_idx_after_grouping" or a:get "drop_idx_", {}
  local list = value and values.is(value, "array") and (value.list or value.tensor:totable())
  a:check(value == nil or list and #list == n, "drop_idx_ is %s", values.show(value))
  for k = 1, n do
    local place, columns = list and values.plain(list[k]), #categories[k]
    if rare and #rare[k] > 0 then columns = columns - #rare[k] + 1 end
    a:check(place == nil or type(place) == "number" and place >= 0 and place < columns
      and place % 1 == 0, "drop_idx_ holds %s", values.show(place))
    out[k] = place and place + 1 or 0
  end
  return out
end

local function drop_parameter(a)
  local drop = a:get "drop"
  if drop == nil or drop == "first" or drop == "if_binary" then return drop end
  return a:plain_list("drop", drop)
end

function encoders.OneHotEncoder(a)
  local n = width_of_categories(a)
  local categories = categories_of(a, n)
  local rare = infrequent(a, n, categories)
  local unknown = a:choice("handle_unknown", { "error", "ignore", "infrequent_if_exist", "warn" },
    "error")
  return fitted(a, n, OneHotEncoder { categories = given_categories(a, categories),
    drop = drop_parameter(a), handle_unknown = unknown == "warn" and "infrequent_if_exist"
    or unknown, min_frequency = a:number "min_frequency",
    max_categories = a:number "max_categories" }, { categories_ = categories,
    infrequent_categories_ = rare, drop_idx_ = dropped(a, n, categories, rare) })
end

function encoders.OrdinalEncoder(a)
  local n = width_of_categories(a)
  local categories = categories_of(a, n)
  a:check(not a:get "_infrequent_enabled", "it puts rare categories together (min_frequency, "
    .. "max_categories), which Mah does not")
  return fitted(a, n, OrdinalEncoder { categories = given_categories(a, categories),
    handle_unknown = a:choice("handle_unknown", { "error", "use_encoded_value" }, "error"),
    unknown_value = a:number "unknown_value",
    encoded_missing_value = a:number("encoded_missing_value", 0 / 0) },
    { categories_ = categories })
end

-- -- Features of features -------------------------------------------------------------------------

local function degrees(a)
  if type(a:get "degree") ~= "number" then
    local pair = a:pair("degree", { 0, 2 })
    return pair, pair[2]
  end
  local degree = a:count("degree", 0)
  return degree, degree
end

--- At most how many factors the products of up to `high` of n columns have.
local function count_factors(n, high)
  local count = 1
  for k = 1, high do count = count * (n + k) / k end
  return count * high
end

function encoders.PolynomialFeatures(a)
  local n = a:features "n_input_features_"
  local degree, high = degrees(a)
  a:check(high <= HIGHEST and count_factors(n, high) <= MOST_FACTORS,
    "%d features and degree %s are too many products", n, tostring(high))
  local made = PolynomialFeatures { degree = degree,
    interaction_only = a:boolean("interaction_only", false),
    include_bias = a:boolean("include_bias", true) }:fit(tensor.zeros(1, n))
  return fitted(a, n, made, {})
end

local function edges_of(a, n)
  local value, out = a:need "bin_edges_", {}
  a:check(values.is(value, "array") and value.list and #value.list == n, "bin_edges_ is %s",
    values.show(value))
  for k = 1, n do
    out[k] = a:plain_list("bin_edges_", value.list[k])
    a:check(#out[k] >= 2, "bin_edges_ has %d edges for a column", #out[k])
    for i, edge in ipairs(out[k]) do
      a:check(type(edge) == "number" and edge == edge and (i == 1 or edge >= out[k][i - 1]),
        "bin_edges_ do not ascend")
    end
  end
  return out
end

function encoders.KBinsDiscretizer(a)
  local n = a:features "n_bins_"
  local edges, counts = edges_of(a, n), {}
  for k = 1, n do counts[k] = #edges[k] - 1 end
  local bins = a:get "n_bins"
  if type(bins) ~= "number" then bins = counts end
  local encode = a:choice("encode", { "onehot", "onehot-dense", "ordinal" }, "onehot")
  return fitted(a, n, KBinsDiscretizer { n_bins = bins,
    encode = encode == "ordinal" and "ordinal" or "onehot",
    strategy = a:choice("strategy", { "uniform", "quantile", "kmeans" }, "quantile") },
    { bin_edges_ = edges, n_bins_ = counts })
end

return encoders
