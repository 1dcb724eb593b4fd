--- mah.preprocessing.FunctionTransformer: a function of one's own as a step.
---
---     mah.preprocessing.FunctionTransformer{func = "log1p", inverse_func = "expm1"}
---     mah.preprocessing.FunctionTransformer{func = function(x) return x:clamp(0, 1) end}
---
--- func and inverse_func: functions of a float64 matrix, or the names of tensors' methods, which
--- can be saved with a model. Without one, x stays as it is.
local Type = require "mah.tensor.type"
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local options = require "mah.base.options"

local FunctionTransformer = {}

local function function_of(self, name)
  local value = self[name]
  if type(value) ~= "string" then return value end
  Type.load()
  return Type.methods[value] or check.raise("%s: %s: tensors have no method %q%s", self.where, name,
    value, options.nearest(value, Type.methods)
      and ("; did you mean %q?"):format(options.nearest(value, Type.methods)) or "")
end

local function apply(self, name, x, numbers)
  local f = function_of(self, name)
  if not f then return x end
  return base.like(check.that(f(numbers), "%s: %s gave nothing", self.where, name), x)
end

---@param x tensor|table
---@return table self
function FunctionTransformer:fit(x)
  base.frame(self, x, true)
  function_of(self, "func")
  function_of(self, "inverse_func")
  return self
end

---@param x tensor|table
---@return tensor
function FunctionTransformer:transform(x)
  return apply(self, "func", x, base.matrix(self, x, { missing = true }))
end

---@param x tensor
---@return tensor
function FunctionTransformer:inverse_transform(x)
  return apply(self, "inverse_func", x, base.given_back(self, x))
end

return base.define("mah.preprocessing.FunctionTransformer", {
  func = { nil, "string|callable" },
  inverse_func = { nil, "string|callable" },
}, FunctionTransformer)
