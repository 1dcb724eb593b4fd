--- What becomes of parameters that were changed since the last fit, when the next one goes on from
--- it (warm_start, resume, partial_fit): most are read anew by each fit; these take effect here, or
--- are refused.
---
---     local changed = changes.find(estimator)          --> {learning_rate_init = true}
local check = require "mah.base.check"

local changes = {}

--- Are two values of a parameter the same? Plain tables are, when what they hold is; those that lie
--- in one another without end are only when they are one.
local function same(a, b, depth)
  if rawequal(a, b) then return true end
  if depth > check.MOST_DEEP then return false end
  if type(a) ~= "table" or type(b) ~= "table" or getmetatable(a) or getmetatable(b) then
    return false
  end
  for key, value in pairs(a) do
    if not same(value, b[key], depth + 1) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

--- One hidden layer may be a number or a list of one.
local function normal(name, value)
  return name == "hidden_layer_sizes" and type(value) == "number" and { value } or value
end

--- The names of the parameters that are not what they were in the last fit.
---@return table<string, boolean>
function changes.find(estimator)
  local changed, used = {}, estimator.used
  for name in pairs(estimator:get_params()) do
    local now, before = normal(name, estimator[name]), normal(name, used[name])
    if not same(now, before, 1) then changed[name] = true end
  end
  for name in pairs(used) do
    if estimator[name] == nil then changed[name] = true end
  end
  return changed
end

local function describe(value)
  if type(value) ~= "table" then return check.show(value) end
  local text = {}
  for i, entry in ipairs(value) do text[i] = check.show(entry) end
  return "{" .. table.concat(text, ", ") .. "}"
end

--- Complains about changes that a network with weights cannot follow.
function changes.check(estimator, changed)
  if changed.hidden_layer_sizes then
    check.raise("mah.%s: hidden_layer_sizes is %s and was %s in the fit that this one goes on "
      .. "from; its weights fit those layers only: fit anew (without warm_start), or set it back",
      estimator.class, describe(estimator.hidden_layer_sizes),
      describe(estimator.used.hidden_layer_sizes))
  end
  if changed.norm then
    check.raise("mah.%s: norm is %s and was %s in the fit that this one goes on from, whose "
      .. "weights are of another network: fit anew (without warm_start), or set it back",
      estimator.class, describe(estimator.norm), describe(estimator.used.norm))
  end
  if changed.init and estimator.init ~= nil then
    check.raise("mah.%s: init has been changed, and this fit goes on with the weights there are: "
      .. "fit anew (without warm_start), or set coefs_ and intercepts_", estimator.class)
  end
end

--- Parameters that make another function of the weights, or another loss.
local function changes_loss(changed)
  return changed.activation or changed.dropout or changed.loss or changed.residual or changed.noise
end

--- The network, or one with its weights and the activations, dropout rates, noise, residual
--- connections, limits and loss that the estimator has now.
---@param build function   () -> a network of the estimator as it is
function changes.network(estimator, changed, build)
  if not changes_loss(changed) and not changed.max_norm then return estimator.network end
  local network = build()
  network.params:copy_(estimator.network.params)
  local buffers = estimator.network.buffers
  if network.buffers and buffers then network.buffers:copy_(buffers) end
  return network
end

--- Is what early stopping compares from epoch to epoch another thing now? (Other penalties change
--- the loss as well; scikit-learn compares on, and so do we.)
---@return boolean
function changes.measure(changed)
  return changed.scoring or changed.validation_data or changed.loss or false
end

--- Does L-BFGS have to forget what it knows of the loss?
function changes.forgets(changed)
  return changes_loss(changed) or changed.alpha or changed.l1 or changed.compat or false
end

return changes
