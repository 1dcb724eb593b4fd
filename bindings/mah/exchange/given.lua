--- The options of mah.load: what files of others do not say. Each reader takes some.
---
---     local o = options_of(given, { "classes", "regression" }, path, "KANN")
local check = require "mah.base.check"
local options = require "mah.base.options"

local rules = options.declare("mah.load", {
  activation = { nil, "string|table", nil,
    "between layers of files that hold weights by names: one for all hidden layers, or a list" },
  out_activation = { nil, "string", nil, "the last layer's: \"identity\", \"softmax\", "
    .. "\"logistic\" or \"exp\"; nil: what the file or classes say" },
  key = { nil, "string", nil, "the place of the state_dict in a checkpoint of PyTorch's that has "
    .. "several, such as \"model\" or \"nets.actor\"" },
  layers = { nil, "table", nil,
    "the names of the layers in their order, where that is not clear from the file" },
  classes = { nil, "table|tensor", nil,
    "the labels in the order of the outputs: the model becomes an MLPClassifier" },
  regression = { false, "boolean", nil, "the model becomes an MLPRegressor" },
  scaling = { nil, "boolean", nil, "FANN: applies the scaling that the file holds" },
  eps = { 1e-5, "number", "(0, inf)", "of BatchNorm layers in files that do not say it" },
})

--- The options with their defaults. One that the kind of file has no use for is an error.
---@param given table|nil
---@param takes string[]   what the reader looks at
---@param path string
---@param kind string      of the file, for messages
---@return table
return function(given, takes, path, kind)
  local o, known = options(given, rules, "mah.load"), {}
  if given == nil then given = {} end -- a null pointer too
  for _, name in ipairs(takes) do known[name] = true end
  for name in pairs(given) do
    if not known[name] then
      check.raise("mah.load: %s: %s takes %s, and not %s", path, kind,
        #takes > 0 and "the options " .. table.concat(takes, ", ") or "no options", name)
    end
  end
  check.that(not (o.classes and o.regression), "mah.load: %s: classes make a classifier, and "
    .. "regression = true a regressor: one of them is expected", path)
  return o
end
