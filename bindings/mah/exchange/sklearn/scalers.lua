--- scikit-learn's scalers as those of mah.preprocessing: the attributes have the same names.
local StandardScaler = require "mah.prepare.preprocessing.standard_scaler"
local MinMaxScaler = require "mah.prepare.preprocessing.min_max_scaler"
local Normalizer = require "mah.prepare.preprocessing.normalizer"
local PowerTransformer = require "mah.prepare.preprocessing.power_transformer"
local QuantileTransformer = require "mah.prepare.preprocessing.quantile_transformer"
local RobustScaler = require "mah.prepare.preprocessing.robust_scaler"
local fitted = require "mah.exchange.sklearn.fitted"

local scalers = {}

function scalers.StandardScaler(a)
  local with_mean, with_std = a:boolean("with_mean", true), a:boolean("with_std", true)
  local some = with_std and "scale_" or with_mean and "mean_" or nil
  local n = a:features(some)
  if some then a:need(some) end
  if with_mean then a:need "mean_" end
  return fitted(a, n, StandardScaler { with_mean = with_mean, with_std = with_std }, {
    mean_ = a:vector("mean_", n), var_ = a:vector("var_", n), scale_ = a:vector("scale_", n) })
end

--- x / max_abs, which is a StandardScaler that takes no mean off.
function scalers.MaxAbsScaler(a)
  local n = a:features "scale_"
  local scale = a:needed_vector("scale_", n)
  return fitted(a, n, StandardScaler { with_mean = false },
    { scale_ = scale, var_ = scale * scale })
end

function scalers.MinMaxScaler(a)
  local n = a:features "scale_"
  return fitted(a, n, MinMaxScaler { feature_range = a:pair("feature_range", { 0, 1 }),
    clip = a:boolean("clip", false) }, {
    scale_ = a:needed_vector("scale_", n), min_ = a:needed_vector("min_", n),
    data_min_ = a:vector("data_min_", n), data_max_ = a:vector("data_max_", n),
    data_range_ = a:vector("data_range_", n) })
end

function scalers.RobustScaler(a)
  local centering, scaling = a:boolean("with_centering", true), a:boolean("with_scaling", true)
  local n = a:features(scaling and "scale_" or centering and "center_" or nil)
  if centering then a:need "center_" end
  if scaling then a:need "scale_" end
  return fitted(a, n, RobustScaler { with_centering = centering, with_scaling = scaling,
    quantile_range = a:pair("quantile_range", { 25, 75 }),
    unit_variance = a:boolean("unit_variance", false) },
    { center_ = a:vector("center_", n), scale_ = a:vector("scale_", n) })
end

function scalers.Normalizer(a)
  local norm = a:choice("norm", { "l1", "l2", "max" }, "l2")
  return fitted(a, a:features(), Normalizer { norm = norm }, {})
end

function scalers.PowerTransformer(a, convert)
  a:choice("method", { "yeo-johnson" }, "yeo-johnson")
  local n, standardize = a:features "lambdas_", a:boolean("standardize", true)
  return fitted(a, n, PowerTransformer { standardize = standardize }, {
    lambdas_ = a:needed_vector("lambdas_", n),
    scaler_ = standardize and convert(a:need "_scaler", "_scaler") or nil })
end

function scalers.QuantileTransformer(a)
  local n = a:features "quantiles_"
  local quantiles = a:tensor_of("quantiles_", a:need "quantiles_", 2):double()
  local references = a:needed_vector "references_"
  a:check(quantiles.shape[1] == #references and quantiles.shape[2] == n,
    "quantiles_ is %d x %d, with %d references_ and %d features", quantiles.shape[1],
    quantiles.shape[2], #references, n)
  a:check(#references > 0, "it has no quantiles_")
  local count = a:count("n_quantiles", 1, 1000)
  return fitted(a, n, QuantileTransformer { n_quantiles = count,
    output_distribution = a:choice("output_distribution", { "uniform", "normal" }, "uniform"),
    subsample = math.max(count, a:number "subsample" or count) },
    { quantiles_ = quantiles, references_ = references, n_quantiles_ = #references })
end

return scalers
