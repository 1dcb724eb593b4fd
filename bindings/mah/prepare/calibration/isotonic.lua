--- Isotonic regression: the ascending step function that is nearest to the targets, found by
--- pooling adjacent violators; straight lines between the steps, level beyond the ends.
---
---     local s = isotonic.fit(f, is_class, weight)      s.x, s.y      isotonic.apply(s, f)
local interpolate = require "mah.prepare.interpolate"
local tensor = require "mah.tensor"

local isotonic = {}

--- The distinct values of f, ascending, with the weighted means of their targets and their weights.
local function distinct(f, target, weight)
  local values, order = f:sort()
  local x, y, w = {}, {}, {}
  for i = 1, #values do
    local row = order[i]
    local share = weight and weight[row] or 1
    if share > 0 then
      if values[i] ~= x[#x] then x[#x + 1], y[#x + 1], w[#x + 1] = values[i], 0, 0 end
      y[#x], w[#x] = y[#x] + share * target[row], w[#x] + share
    end
  end
  for i = 1, #x do y[i] = y[i] / w[i] end
  return x, y, w
end

--- Means that ascend: a block that is not above the one before it is pooled with it.
local function pool(y, w)
  local blocks = {}
  for i = 1, #y do
    local block = { mean = y[i], weight = w[i], size = 1 }
    while #blocks > 0 and blocks[#blocks].mean >= block.mean do
      local before = table.remove(blocks)
      local sum = before.weight + block.weight
      block = { mean = (before.mean * before.weight + block.mean * block.weight) / sum,
        weight = sum, size = before.size + block.size }
    end
    blocks[#blocks + 1] = block
  end
  local out = {}
  for _, block in ipairs(blocks) do
    for _ = 1, block.size do out[#out + 1] = block.mean end
  end
  return out
end

---@param f tensor          (N)
---@param is_class tensor   (N) 1 for rows of the class, else 0
---@param weight tensor|nil (N)
---@return {x: number[], y: number[]}
function isotonic.fit(f, is_class, weight)
  local x, y, w = distinct(f, is_class, weight)
  return { x = x, y = pool(y, w) }
end

---@param f tensor   (N)
---@return tensor    probabilities
function isotonic.apply(s, f)
  local out = tensor.empty(#f, { dtype = "float64" })
  for i = 1, #f do out[i] = interpolate(f[i], s.x, s.y) end
  return out
end

return isotonic
