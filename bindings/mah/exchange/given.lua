--- The options of mah.load: what files of others do not say. Each reader takes some.
---
---     local o = options_of(given, { "classes", "regression" }, path, "KANN")
local check = require "mah.base.check"
local options = require "mah.base.options"

local rules = options.declare("mah.load", {
  activation = { nil, "string|table" },
  out_activation = { nil, "string" },
  key = { nil, "string" },
  layers = { nil, "table" },
  classes = { nil, "table|tensor" },
  regression = { false, "boolean" },
  scaling = { nil, "boolean" },
  eps = { 1e-5, "number", "(0, inf)" },
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
