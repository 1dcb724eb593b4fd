--- Weights as whole numbers of a byte: one scale for each output unit, the largest weight is 127 of
--- it. Inputs and sums stay floating-point.
---
---     local codes, scale = int8.quantize(weight)      -- weight is near codes * scale
---     local accuracy = int8.measure(model, p, { x, y })
local check = require "mah.base.check"
local elementwise = require "mah.tensor.elementwise"

local int8 = {}

local MOST = 127

---@param weight tensor   (inputs, outputs)
---@return tensor codes   (inputs, outputs), whole numbers of weight's dtype
---@return tensor scale   (outputs)
function int8.quantize(weight)
  local most = weight:abs():max(1)
  check.that(most:isfinite():all(), "weights that are not finite cannot be written as int8")
  local scale = most / MOST
  local safe = elementwise.where(scale:eq(0), 1, scale):to(weight.dtype)
  local codes = (weight / safe):round():clamp(-MOST, MOST)
  return codes, scale
end

--- What `act` gives while all networks of the program have the weights that their codes stand for.
local function quantized(p, act)
  local kept = {}
  for net, layers in pairs(p.networks) do
    kept[net] = net.params:clone()
    for _, layer in ipairs(layers) do
      local codes, scale = int8.quantize(layer.weight)
      layer.weight:copy_(codes * scale)
    end
  end
  local ok, result = pcall(act)
  for net, params in pairs(kept) do net.params:copy_(params) end
  if not ok then error(result, 0) end
  return result
end

--- The model's score on data with its own weights, and with these as int8.
---@param model table
---@param p mah.Program
---@param data table   {x, y}
---@return {rows: integer, float: number, int8: number}
function int8.measure(model, p, data)
  local function score() return model:score(data[1], data[2]) end
  local rows = type(data[2]) == "cdata" and data[2].shape[1] or #data[2]
  return { rows = rows, float = score(), int8 = quantized(p, score) }
end

return int8
