--- The classes of the objects that people hold, and their methods.
---
---     members.classes().tensor.exp                     -- a function
---     members.class_of(mah.zeros(2))                   --> "tensor"
local Type = require "mah.tensor.type"
local estimators = require "mah.prepare.base"

local members = {}

--- The classes of preparation.
local function prepared()
  local mah = require "mah"
  for _, part in ipairs { "preprocessing", "model_selection", "calibration", "Pipeline" } do
    local _ = mah[part] -- is loaded now
  end
  return estimators.methods_of
end

--- The functions among the methods of a class of preparation, and those that all of them have.
local function methods_of(own)
  local methods, can_fit = {}, own.fit or own.transform
  for _, list in ipairs { estimators.methods, own } do
    for name, f in pairs(list) do
      local of_transformers = name == "fit_transform" or name == "feature_names_out"
      if type(f) == "function" and not name:find "^_" and (own[name] or not of_transformers
        or can_fit and own.transform) then
        methods[name] = f
      end
    end
  end
  return methods
end

--- The methods of each class, by its name.
---@return table<string, table<string, function>>
function members.classes()
  Type.load()
  local base = require "mah.learn.estimator.base"
  local function estimator(class)
    local metatable = getmetatable(require("mah")[class] {})
    local methods = {}
    for name, f in pairs(base.methods) do methods[name] = f end
    for name, f in pairs(metatable.methods) do methods[name] = f end
    return methods
  end
  local list = {
    tensor = Type.methods,
    network = getmetatable(require("mah").mlp { 1, { 1, "identity" }, seed = 0 }).__index,
    TapedNetwork = require("mah.learn.taped.network").class,
    StackedNetwork = require("mah.learn.stacked").class,
    augmentation = require "mah.data.augmentation",
    rng = getmetatable(require("mah").rng(0)).__index,
    distribution = getmetatable(require("mah").distributions.normal()).__index,
    ensemble = getmetatable(require("mah").ensemble { require("mah").mlp { 1, { 1, "identity" },
      seed = 0 } }).__index,
    find_lr = require "mah.learn.range_test",
    figure = require "mah.draw.figure",
    study = require "mah.sweep.study",
    sweep_table = require "mah.sweep.table",
    report = require "mah.report.report",
    page = require "mah.report.page",
    language = require "mah.report.language",
    table = require("mah.data.table").methods,
    column = require("mah.data.table").column_methods,
    grouped = require "mah.data.table.group",
    sparse = require("mah.data.sparse").methods,
    MLPClassifier = estimator "MLPClassifier",
    MLPRegressor = estimator "MLPRegressor",
  }
  for class, own in pairs(prepared()) do list[class] = list[class] or methods_of(own) end
  return list
end

--- "tensor", "network" ...: the class that a value is of, or nil. Calls nothing of the value's.
---@param value any
---@return string|nil
function members.class_of(value)
  if Type.is_tensor(value) then return "tensor" end
  if type(value) == "userdata" then
    local tables = require "mah.data.table"
    local is_sparse = require("mah.data.sparse").is
    return tables.is(value) and "table" or tables.is_column(value) and "column"
      or is_sparse(value) and "sparse" or nil
  end
  if type(value) ~= "table" then return nil end
  local class = rawget(value, "class")
  if class == "MLPClassifier" or class == "MLPRegressor" or estimators.methods_of[class or 0] then
    return class
  end
  local meta = debug.getmetatable(value)
  local index = type(meta) == "table" and rawget(meta, "__index")
  for name, methods in next, members.classes() do
    if index == methods and index ~= nil then return name end
  end
end

return members
