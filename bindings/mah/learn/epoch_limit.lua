--- How many epochs a stopping rule allows, for those who want to know how long it will take.
---
---     epoch_limit.of(mah.stop.any { mah.stop.max_iter(50), mah.stop.time_limit(60) })    --> 50
local epoch_limit = {}

local limits = setmetatable({}, { __mode = "k" }) -- rule -> epochs

--- Notes a rule's limit.
---@param rule function
---@param epochs number|nil   nil: it has none
---@return function rule
function epoch_limit.set(rule, epochs)
  limits[rule] = epochs
  return rule
end

---@param rule any
---@return number|nil
function epoch_limit.of(rule) return limits[rule] end

--- The least of the rules' limits; nil where none has one.
---@param rules table
---@return number|nil
function epoch_limit.least(rules)
  local least
  for _, rule in pairs(rules) do
    local limit = limits[rule]
    if limit then least = math.min(least or limit, limit) end
  end
  return least
end

--- The largest of them; nil where one has none.
---@param rules table
---@return number|nil
function epoch_limit.largest(rules)
  local largest = 0
  for _, rule in pairs(rules) do
    if not limits[rule] then return nil end
    largest = math.max(largest, limits[rule])
  end
  return largest
end

return epoch_limit
