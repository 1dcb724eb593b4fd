--- Torch7's files (.t7, torch.save), binary and ascii.
---
---     local net = mah.load "mlp.t7"            -- an nn.Sequential: a network
---     local data = mah.load "train.t7"         -- {data = tensor, labels = tensor}: as it is
---
--- A module (nn.Sequential, nested ones too, of Linear, ReLU, Threshold, Tanh, Sigmoid, SoftMax,
--- LogSoftMax, Dropout, BatchNormalization, Identity, and View and Reshape that change nothing)
--- becomes a network that predicts as evaluate() does; LogSoftMax as SoftMax, so it gives
--- probabilities. Anything else is given as it is, with the modules in it, of a checkpoint for
--- example, as networks: tables, numbers, strings, booleans, and tensors, of int8 and int16 as
--- int32, of half as float32. Criteria and the like are tables of their fields.
local chain = require "mah.exchange.chain"
local file = require "mah.base.file"
local modules = require "mah.exchange.read.torch7.modules"
local objects = require "mah.exchange.read.torch7.objects"
local options_of = require "mah.exchange.given"

local torch7 = { name = "Torch7" }

-- -- Is it one? -----------------------------------------------------------------------------------

--- Nothing but a number, a string or a boolean.
local function is_scalar(head)
  local kind = head:byte(1)
  if #head >= 8 and head:find "^\2%z%z%z" then
    local a, b, c, d = head:byte(5, 8)
    return #head == math.min(4096, 8 + a + 256 * (b + 256 * (c + 256 * d)))
  end
  return head:find "^%z%z%z%z" and #head == 4 or head:find "^\1%z%z%z" and #head == 12
    or head:find "^\5%z%z%z[%z\1]%z%z%z" and #head == 8 or kind == 49 and head:find "^1\n%S+\n$"
    or kind == 50 and head:find "^2\n%d+\n" or kind == 53 and head:find "^5\n[01]\n$"
end

--- Tables and objects begin with their type, and have the number 1.
function torch7.knows(head)
  local object = head:find "^\4%z%z%z\1%z%z%z[\1-\200]%z%z%z[%w_. ]+"
    or head:find "^4\n1\n%d+\n[%w_. ]+\n"
  local table = head:find "^\3%z%z%z\1%z%z%z" or head:find "^3\n1\n%d+\n"
  return (object or table or is_scalar(head)) and true or false
end

-- -- What is in it --------------------------------------------------------------------------------

--- The value with its modules as models, tables in place; each table once.
local function with_models(value, model_of, seen)
  if type(value) ~= "table" then return value end
  if seen[value] == nil then
    if modules.is(value) then
      seen[value] = model_of(value)
    else
      seen[value] = value
      local changed = {}
      for key, inner in pairs(value) do
        local new = with_models(inner, model_of, seen)
        if new ~= inner then changed[key] = new end
      end
      for key, new in pairs(changed) do value[key] = new end
    end
  end
  return seen[value]
end

---@param path string
---@param given {classes: table?, regression: boolean?}|nil   of the estimator that a module becomes
---@return any
function torch7.read(path, given)
  local o = options_of(given, { "classes", "regression" }, path, "Torch7")
  local text = file.read(path)
  local budget = modules.budget(text)
  return with_models(objects.read(text, path), function(module)
    return chain.model(modules.chain(module, path, budget),
      { where = path, classes = o.classes, regression = o.regression })
  end, {})
end

return torch7
