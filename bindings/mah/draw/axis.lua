--- Axes: from values to places, with ticks at round numbers.
---
---     local axis = Axis.new{low = 0, high = 7.3, most = 6, locale = locale}
---     axis:between(50, 600)
---     axis:place(2)          -- pixels
---     axis.ticks[1].label    -- "0"
---
--- Every finite double has a place: ranges whose difference overflows are measured by their halves.
local numbers = require "mah.draw.numbers"
local ticks = require "mah.draw.ticks"

local Axis = {}
Axis.__index = Axis

local TINIEST = 4.9406564584124654e-324
local FLAT = 1e-290 -- ranges narrower than this are one value
local FAR = 4e5 -- pixels; Cairo's places end at 2^23, divided by the largest scale of a figure

-- -- Ranges ---------------------------------------------------------------------------------------

--- Is there nothing but rounding between the two?
local function is_flat(low, high)
  local largest = math.max(math.abs(low), math.abs(high))
  return high - low <= math.max(FLAT, 1e-15 * largest)
end

--- A range around a single value, or around values that nothing but rounding tells apart; others
--- as they are.
---@return number, number
function Axis.opened(low, high)
  if not is_flat(low, high) then return low, high end
  local largest = math.max(math.abs(low), math.abs(high))
  local room = largest <= FLAT and 1 or largest * 0.05
  return numbers.bounded(low - room), numbers.bounded(high + room)
end

--- Ratios may overflow, their logarithms do not.
local function padded_log(low, high)
  local factor = low == high and 2 or 10 ^ (0.04 * (math.log10(high) - math.log10(low)))
  low = math.max(TINIEST, low / factor)
  return low, numbers.bounded(math.max(high * factor, low * 4))
end

--- Room around the data. Data on one side of zero stay there; `zero` includes zero when it is near.
---@param low number
---@param high number
---@return number, number
function Axis.padded(low, high, log, zero)
  if log then return padded_log(low, high) end
  if is_flat(low, high) then return Axis.opened(low, high) end
  local pad = 0.04 * high - 0.04 * low
  local new_low, new_high = numbers.bounded(low - pad), numbers.bounded(high + pad)
  if low >= 0 and (new_low < 0 or zero and low < 0.25 * high) then new_low = 0 end
  if high <= 0 and (new_high > 0 or zero and high > 0.25 * low) then new_high = 0 end
  return new_low, new_high
end

-- -- Places ---------------------------------------------------------------------------------------

---@param axis table   low, high, locale; log, most (ticks), whole (only integers), format
---  ("percent", function), values (of the ticks), names (of 1, 2 ...), reversed (from the right, or
---  from the top)
function Axis.new(axis)
  setmetatable(axis, Axis)
  axis:choose_ticks(axis.most or 6)
  return axis
end

--- Computes the ticks anew, at most about `most` of them: axis.ticks = {{value = , label = } ...},
--- axis.minor (values) and axis.offset, the text of what is to be added to every label, or nil.
function Axis:choose_ticks(most)
  self.most, self.minor, self.offset = math.max(most, 1), nil, nil
  self.ticks = ticks(self)
end

--- Where low and high lie.
function Axis:between(from, to) self.from, self.to = from, to end

--- What lies further away than any picture reaches is moved to where every back end can count.
---@return number pixels
function Axis:place(v)
  local low, high = self.low, self.high
  if self.log then v, low, high = math.log(v), math.log(low), math.log(high) end
  local place = self.from + numbers.part(v, low, high) * (self.to - self.from)
  return math.max(-FAR, math.min(FAR, place))
end

--- The value at a part, 0 ... 1, of the way from low to high.
function Axis:value(part)
  if self.log then return math.exp(math.log(self.low) * (1 - part) + math.log(self.high) * part) end
  return self.low * (1 - part) + self.high * part
end

--- Is the value in the range (and, on a logarithmic axis, does it have a place)?
function Axis:has(v)
  if v ~= v or self.log and v <= 0 then return false end
  local part = numbers.part(v, self.low, self.high)
  return part >= -1e-9 and part <= 1 + 1e-9
end

return Axis
