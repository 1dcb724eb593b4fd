--- Torch7's nn modules as a chain (exchange/chain.lua).
---
---     local steps = modules.chain(objects.read(text, path), path, modules.budget(text))
local Type = require "mah.tensor.type"
local activations = require "mah.exchange.activations"
local check = require "mah.base.check"
local objects = require "mah.exchange.read.torch7.objects"

local modules = {}

local MOST_DEPTH = 50

--- What is being built: steps; name and depth of the module that is looked at; width, how many
--- columns there are, if that is known.
---@class mah.TorchChain
---@field path string
---@field steps table[]
---@field budget {modules: integer, elements: integer}
local Chain = {}
Chain.__index = Chain

function Chain:fail(message, ...)
  check.raise("%s", ("%s: %s: %s"):format(self.path, self.name, message:format(...)))
end

function Chain:check(condition, message, ...)
  if not condition then self:fail(message, ...) end
  return condition
end

function Chain:add(step)
  step.name = step.name or self.name
  self.steps[#self.steps + 1] = step
end

-- -- Fields ---------------------------------------------------------------------------------------

--- A parameter: a float tensor of `ndim` dimensions, or nil.
function Chain:parameter(module, field, ndim)
  local t = module[field]
  if t == nil or Type.is_tensor(t) and t.ndim == 1 and #t == 0 then return nil end
  self:check(Type.is_tensor(t) and t.dtype:find "^float", "%s: a float tensor is expected, got %s",
    field, Type.is_tensor(t) and Type.describe(t) or check.show(t))
  self:check(t.ndim == ndim, "%s: %d dimensions are expected, got %s", field, ndim,
    Type.describe(t))
  self.budget.elements = self.budget.elements - t:numel()
  self:check(self.budget.elements >= 0, "%s: with %s it is more than the file holds", field,
    Type.describe(t))
  return t
end

function Chain:number(module, field, default)
  local value = module[field]
  if value == nil then value = default end
  return self:check(type(value) == "number" and value, "%s: a number is expected, got %s", field,
    check.show(value))
end

--- Complains unless the module takes as many columns as there are.
function Chain:takes(width)
  self:check(not self.width or self.width == width, "%s columns are expected, but %s come", width,
    self.width)
  self.width = width
end

-- -- Modules --------------------------------------------------------------------------------------

local readers = {}

function readers.Linear(self, module)
  local weight = self:parameter(module, "weight", 2) or self:fail "weight is missing"
  local bias = self:parameter(module, "bias", 1)
  self:takes(weight.shape[2])
  self:check(not bias or #bias == weight.shape[1], "bias: %d values for %d outputs",
    bias and #bias or 0, weight.shape[1])
  self:add { kind = "linear", weight = weight:t():contiguous(), bias = bias and bias:contiguous() }
  self.width = weight.shape[1]
end

--- The inverse of running_std before version 2, running_var since.
local function deviation(self, module, version)
  if version < 2 and module.running_std ~= nil then
    return 1 / self:parameter(module, "running_std", 1):double()
  end
  local variance = self:parameter(module, "running_var", 1) or self:fail "running_var is missing"
  return (variance:double() + self:number(module, "eps", 1e-5)):sqrt()
end

function readers.BatchNormalization(self, module, version)
  local mean = self:parameter(module, "running_mean", 1) or self:fail "running_mean is missing"
  self:takes(#mean)
  self:add { kind = "affine", subtract = mean:double(), divide = deviation(self, module, version),
    multiply = self:parameter(module, "weight", 1), add = self:parameter(module, "bias", 1) }
end

--- Since version 2 the training scales, before that what comes out when it is over.
function readers.Dropout(self, module)
  if module.v2 then return end
  self:add { kind = "affine", multiply = 1 - self:number(module, "p", 0.5) }
end

function readers.Threshold(self, module)
  local threshold, value = self:number(module, "threshold", 0), self:number(module, "val", 0)
  local is_relu = threshold == 0 and value == 0
  self:add { kind = "activation", name = is_relu and "relu"
    or activations.threshold(threshold, value) }
end

readers.ReLU = readers.Threshold

local function named(name)
  return function(self) self:add { kind = "activation", name = name } end
end

readers.Tanh, readers.Sigmoid = named "tanh", named "logistic"
readers.SoftMax, readers.LogSoftMax = named "softmax", named "log_softmax"

function readers.Identity() end

--- View, Reshape: the sizes but for ones are that of a row, or -1.
local function reshape(self, module)
  local size = module.size
  self:check(Type.is_tensor(size) and size.ndim == 1 and #size <= 8, "size: %s", check.show(size))
  local width
  for i = 1, #size do
    local n = tonumber(size[i])
    if n > 1 then
      self:check(not width, "rows of %d x %d are made here, and Mah's have one dimension", width, n)
      width = n
    end
  end
  if width then self:takes(width) end
end

readers.View, readers.Reshape = reshape, reshape

function readers.Sequential(self, module)
  local list, name = module.modules, self.name
  self:check(type(list) == "table", "modules: a table is expected, got %s", check.show(list))
  self:check(self.depth < MOST_DEPTH, "more than %d containers in one another", MOST_DEPTH)
  self.depth = self.depth + 1
  for i, inner in ipairs(list) do
    self.name = name
    self:module(inner, i)
  end
  self.depth, self.name = self.depth - 1, name
end

local known = "Sequential, Linear, ReLU, Threshold, Tanh, Sigmoid, SoftMax, LogSoftMax, Dropout, "
  .. "BatchNormalization, Identity, View and Reshape"

--- Adds what one module computes.
function Chain:module(module, place)
  local class, version = objects.class(module)
  self.name = self.name .. (place and ("[%d]"):format(place) or "")
  self:check(class, "a module is expected, got %s", check.show(module))
  self.name = ("%s %s"):format(self.name, class):gsub("^ ", "")
  self.budget.modules = self.budget.modules - 1
  self:check(self.budget.modules >= 0, "too many modules")
  local read = readers[class:match "^nn%.(.*)$" or class:match "^cudnn%.(.*)$"]
  if not read then
    self:fail("Mah has no such module: chains of %s can be read. In Torch7 save the weights as a "
      .. "table of tensors: torch.save('w.t7', {w1 = net:get(1).weight, ...})", known)
  end
  read(self, module, version)
end

--- Is it a module, and not a table, a criterion or the like?
---@param value any
---@return boolean
function modules.is(value)
  local class = objects.class(value)
  return class ~= nil and (class:find "^nn%." or class:find "^cudnn%." or class:find "^cunn%.")
    and not class:find "Criterion$" and true or false
end

--- What the modules of a file may amount to. Objects that are there several times are stored once,
--- so a small file could describe a large model.
---@param text string   the file
function modules.budget(text) return { modules = 10000, elements = #text } end

--- The steps of a module.
---@param module table
---@param path string    for messages
---@param budget {modules: integer, elements: integer}   what is left, for all of a file's modules
---@return table[] steps
function modules.chain(module, path, budget)
  local self = setmetatable({ path = path, steps = {}, budget = budget, depth = 0, name = "" },
    Chain)
  self:module(module)
  return self.steps
end

return modules
