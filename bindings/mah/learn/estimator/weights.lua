--- coefs_ and intercepts_: the network's weights under scikit-learn's names. The lists hold views
--- of the parameters; a tensor that somebody put in the place of one is copied into the network
--- before it is used next.
---
---     clf.coefs_[1] = w          -- or, at once, clf.coefs_[1]:copy_(w)
local Type = require "mah.tensor.type"
local check = require "mah.base.check"

local weights = {}

local parts = { coefs_ = "weight", intercepts_ = "bias" }

--- Gives the estimator the lists of its network.
function weights.attach(estimator)
  for name, part in pairs(parts) do
    local list = {}
    for i, layer in ipairs(estimator.network.layers) do list[i] = layer[part] end
    estimator[name] = list
  end
end

--- Complains unless the tensor has the shape of the view in whose place it stands.
local function check_like(value, view, where)
  check.that(Type.is_tensor(value), "%s: a tensor is expected, got %s", where, check.show(value))
  Type.expect(value, where)
  local got, wanted = table.concat(value.shape, ", "), table.concat(view.shape, ", ")
  check.that(got == wanted, "%s: shape (%s) is expected, got (%s)", where, wanted, got)
end

--- The views whose places hold other tensors, and these: {view, value}.
local function find_assigned(estimator)
  local found = {}
  for name, part in pairs(parts) do
    local list, layers = rawget(estimator, name), estimator.network.layers
    local where = ("mah.%s: %s"):format(estimator.class, name)
    check.that(type(list) == "table" and #list == #layers,
      "%s must be a list of %d tensors, one for each layer; got %s", where, #layers,
      type(list) == "table" and #list or check.show(list))
    for i, layer in ipairs(layers) do
      if not rawequal(list[i], layer[part]) then
        check_like(list[i], layer[part], ("%s[%d]"):format(where, i))
        found[#found + 1] = { layer[part], list[i] }
      end
    end
  end
  return found
end

--- Are the lists as `attach` made them?
local function are_attached(coefs, intercepts, layers)
  if type(coefs) ~= "table" or type(intercepts) ~= "table" then return false end
  if #coefs ~= #layers or #intercepts ~= #layers then return false end
  for i = 1, #layers do
    local layer = layers[i]
    if not rawequal(coefs[i], layer.weight) or not rawequal(intercepts[i], layer.bias) then
      return false
    end
  end
  return true
end

--- Copies assigned tensors into the network.
function weights.take_assigned(estimator)
  local coefs, intercepts = rawget(estimator, "coefs_"), rawget(estimator, "intercepts_")
  if are_attached(coefs, intercepts, estimator.network.layers) then return end
  local found = find_assigned(estimator)
  if #found == 0 then return end
  for _, pair in ipairs(found) do pair[1]:copy_(pair[2]) end
  weights.attach(estimator)
end

return weights
