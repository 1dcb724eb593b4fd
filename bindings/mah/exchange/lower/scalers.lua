--- Scalers as operations, there and, for targets, back: what transform and inverse_transform of
--- mah.preprocessing compute, in the same order.
local check = require "mah.base.check"
local steps = require "mah.exchange.lower.steps"

local transformers, inverses = steps.transformers, steps.inverses

--- The block's numbers after some of {op, tensor, when}, those whose condition holds.
local function through(b, list)
  local p, value = b.program, b:numbers()
  for _, entry in ipairs(list) do
    if entry[3] then value = p:op(entry[1], { value }, { by = entry[2] and entry[2]:totable() }) end
  end
  return b:like(value)
end

function transformers.StandardScaler(s, b)
  steps.fitted(s, "n_features_in_")
  return through(b:seen_by(s), { { "sub", s.mean_, s.with_mean }, { "div", s.scale_, s.with_std } })
end

function inverses.StandardScaler(s, b)
  return through(b, { { "mul", s.scale_, s.with_std }, { "add", s.mean_, s.with_mean } })
end

function transformers.RobustScaler(s, b)
  steps.fitted(s, "n_features_in_")
  return through(b:seen_by(s),
    { { "sub", s.center_, s.with_centering }, { "div", s.scale_, s.with_scaling } })
end

function inverses.RobustScaler(s, b)
  return through(b, { { "mul", s.scale_, s.with_scaling }, { "add", s.center_, s.with_centering } })
end

function transformers.MinMaxScaler(s, b)
  steps.fitted(s, "scale_")
  b = b:seen_by(s)
  local p = b.program
  local value = p:op("mul", { b:numbers() }, { by = s.scale_:totable() })
  value = p:op("add", { value }, { by = s.min_:totable() })
  if s.clip then
    value = p:op("maximum", { value }, { by = s.feature_range[1] })
    value = p:op("minimum", { value }, { by = s.feature_range[2] })
  end
  return b:like(value)
end

function inverses.MinMaxScaler(s, b)
  local p = b.program
  local value = p:op("sub", { b:numbers() }, { by = s.min_:totable() })
  return b:like(p:op("div", { value }, { by = s.scale_:totable() }))
end

function transformers.Normalizer(s, b)
  steps.fitted(s, "n_features_in_")
  b = b:seen_by(s)
  return b:like(b.program:op("normalize", { b:numbers() }, { norm = s.norm }))
end

function transformers.PowerTransformer(s, b)
  local powers = steps.fitted(s, "lambdas_"):totable()
  b = b:seen_by(s)
  local value = b.program:op("power", { b:numbers() }, { powers = powers })
  local scaler = rawget(s, "scaler_")
  if scaler then
    value = b.program:op("sub", { value }, { by = scaler.mean_:totable() })
    value = b.program:op("div", { value }, { by = scaler.scale_:totable() })
  end
  return b:like(value)
end

function inverses.PowerTransformer(s, b)
  local p, value, scaler = b.program, b:numbers(), rawget(s, "scaler_")
  if scaler then
    value = p:op("mul", { value }, { by = scaler.scale_:totable() })
    value = p:op("add", { value }, { by = scaler.mean_:totable() })
  end
  return b:like(p:op("power", { value }, { powers = s.lambdas_:totable(), inverse = true }))
end

--- Each column by itself through an operation, side by side again.
local function by_column(b, act)
  local parts = {}
  for k = 1, #b.columns do parts[k] = act(b:column(k, "float64"), k) end
  return b:like(#parts == 1 and parts[1] or b.program:op("cat", parts))
end

local function check_uniform(s)
  steps.fitted(s, "quantiles_")
  check.that(s.output_distribution == "uniform", "cannot write QuantileTransformer: its "
    .. "output_distribution is \"normal\", for which there is no operation; \"uniform\" can be "
    .. "written")
end

function transformers.QuantileTransformer(s, b)
  check_uniform(s)
  local references = s.references_:totable()
  return by_column(b:seen_by(s), function(x, k)
    return b.program:op("quantiles", { x }, { quantiles = s.quantiles_:select(2, k):totable(),
      references = references })
  end)
end

function inverses.QuantileTransformer(s, b)
  check_uniform(s)
  return by_column(b, function(x, k)
    return b.program:op("interpolate", { x }, { knots = s.references_:totable(),
      values = s.quantiles_:select(2, k):totable() })
  end)
end

--- The names of functions whose results are truths have no place here but as numbers.
local function named(s, b, name)
  local f = s[name]
  if f == nil then return b end
  check.that(type(f) == "string", "cannot write FunctionTransformer: %s is a function of your own; "
    .. "a name, such as \"log1p\", can be written", name)
  return b:like(b.program:op("unary", { b:numbers() }, { name = f }))
end

function transformers.FunctionTransformer(s, b)
  steps.fitted(s, "n_features_in_")
  return named(s, s.func and b:seen_by(s) or b, "func")
end

function inverses.FunctionTransformer(s, b) return named(s, b, "inverse_func") end

return steps
