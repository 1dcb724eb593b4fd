--- A function written down (mah.grad.whole) with the place of each record in `where`, for messages:
--- the layer of mah.nn by its numbers in the containers around it, and the script's line where that
--- is not the one that asks for the file.
---
---     places.record(f, x).records[3].where     --> "in layer 2.1, BatchNorm", "in net.lua:12", ""
local check = require "mah.base.check"
local layer = require "mah.learn.nn.layer"
local whole = require "mah.grad.whole"

local places = {}

local Layer = layer.class

--- "layer 2.1, BatchNorm" of the first `depth` layers of a list, each within the one before.
local function layer_text(stack, depth)
  local numbers = {}
  for i = 2, depth do
    for k, inner in ipairs(stack[i - 1].layers or {}) do
      if inner == stack[i] then
        numbers[#numbers + 1] = k
        break
      end
    end
  end
  local path = #numbers > 0 and ("layer %s, "):format(table.concat(numbers, ".")) or ""
  return path .. stack[depth].kind
end

--- f(x) with everything that is done with x written down; what whole.record gives.
---@param f function
---@param x any   a tensor, or a tree of tensors
---@return boolean ok
---@return table|string found   or the error's message
---@return string where         not ok: where that was
function places.record(f, x)
  local stack, depth, asks = {}, 0, check.where()
  local function where()
    local parts, line = {}, check.where()
    if depth > 0 then parts[1] = layer_text(stack, depth) end
    if line ~= asks then parts[#parts + 1] = (line:gsub(": $", "")) end
    return #parts > 0 and "in " .. table.concat(parts, ", ") or ""
  end
  local call = Layer.__call
  function Layer:__call(p, rows, training)
    local level = depth + 1
    stack[level], depth = self, level
    local y = call(self, p, rows, training)
    depth = level - 1
    return y
  end
  local ok, found = pcall(whole.record, f, x, where)
  Layer.__call = call
  return ok, found, not ok and depth > 0 and "in " .. layer_text(stack, depth) or ""
end

return places
