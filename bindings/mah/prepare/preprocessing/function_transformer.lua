--- A function of one's own as a step.
---
---     local log = mah.preprocessing.FunctionTransformer{func = "log1p", inverse_func = "expm1"}
---     local z = log:fit({{0}, {3}}):transform({{0}, {3}})
---     print(("%.4f %.4f"):format(z[2][1], log:inverse_transform(z)[2][1]))  --> 1.3863 3.0000
---     local function limit(x) return x:clamp(0, 1) end
---     local clip = mah.preprocessing.FunctionTransformer{func = limit}
---     print(clip:fit_transform({{0.5}, {7}})[2][1])  --> 1
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local base = require "mah.prepare.base"
local check = require "mah.base.check"
local named = require "mah.base.named"
local options = require "mah.base.options"

---@class FunctionTransformer : mah.Prepared
local FunctionTransformer = {}

--- The names that a function may have: a file must not name just any method.
local function known_names()
  local names = {}
  for _, name in named(C.mah_unary_name) do names[name] = true end
  return names
end

local function function_of(self, name)
  local value = self[name]
  if type(value) ~= "string" then return value end
  local known = known_names()
  check.that(known[value], "%s: %s: there is no function %s of single elements%s", self.where, name,
    check.show(value), options.did_you_mean(value, known))
  return Type.methods[value]
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
  func = { nil, "string|callable", nil, "a function of a float64 matrix, or the name of what "
    .. "tensors do element by element, such as \"log1p\", which can be saved; nil: x stays" },
  inverse_func = { nil, "string|callable", nil, "the way back, as func" },
}, FunctionTransformer)
