--- scikit-learn's fitted estimators as Mah's, whichever file they were in: read/sklearn.lua has
--- them from pickles, read/skops.lua from skops files.
---
---     local model = sklearn.estimator(object, path)      -- object: see pickle/values.lua
---
--- A class goes by its last name: modules moved between versions.
local attributes = require "mah.exchange.sklearn.attributes"
local check = require "mah.base.check"
local text = require "mah.base.text"
local values = require "mah.exchange.pickle.values"
require "mah.prepare.saved" -- pipelines can be saved

local sklearn = {}

local DEEPEST = 32 -- estimators in estimators

--- Functions (attributes, convert) -> estimator, by class.
local makers = {}
for _, module in ipairs { require "mah.exchange.sklearn.compose",
  require "mah.exchange.sklearn.encoders", require "mah.exchange.sklearn.networks",
  require "mah.exchange.sklearn.scalers" } do
  for class, make in pairs(module) do makers[class] = make end
end

--- Classes that lie inside of others, and are looked at or left aside.
local inner = { AdamOptimizer = true, SGDOptimizer = true, LabelBinarizer = true,
  LabelEncoder = true, MissingIndicator = true, Bunch = true, _RemainderColsList = true,
  make_column_selector = true } -- ColumnTransformer has the columns that it found, too

--- Is it one of the classes that become data?
---@param full string   with its module
---@return boolean
function sklearn.knows(full)
  local class = full:match "^sklearn%.[%w_.]*%.([%w_]+)$"
  return class ~= nil and (makers[class] ~= nil or inner[class] ~= nil)
end

--- What can be read, and how to save that of a model which cannot, for messages.
---@return string
function sklearn.advice()
  local list = {}
  for class in pairs(makers) do list[#list + 1] = class end
  table.sort(list)
  return ("the estimators that are read: %s; save such a one by itself: "
    .. "joblib.dump(search.best_estimator_, path), joblib.dump(pipeline[1:], path)")
    :format(table.concat(list, ", "))
end

--- An estimator, fitted, that predicts what this one did.
---@param object any
---@param path string   for messages
---@return table
function sklearn.estimator(object, path)
  local done, depth = {}, 0
  local function convert(value, name)
    local full = values.is(value, "object") and value.class or ""
    local make = sklearn.knows(full) and makers[full:match "[^.]+$"]
    check.that(make, "%s: %s%s, which is no estimator of scikit-learn's that Mah has; %s", path,
      name and name .. " is " or "it holds ", values.show(value), sklearn.advice())
    check.that(depth < DEEPEST, "%s: estimators lie in estimators, %d deep", path, DEEPEST)
    if done[value] then return done[value] end
    depth = depth + 1
    local ok, made = pcall(make, attributes.of(value, path), convert)
    depth = depth - 1
    if not ok then
      local why = text.without_place(made)
      check.raise("%s", why:sub(1, #path) == path and why or path .. ": " .. why)
    end
    done[value] = made
    return made
  end
  local model = convert(object)
  check.that(type(model) == "table", "%s: it holds a step that changes nothing", path)
  return model
end

return sklearn
