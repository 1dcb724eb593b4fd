--- Axes: from values to places, with ticks at round numbers.
---
---     local axis = Axis.new{low = 0, high = 7.3, most = 6, locale = locale}
---     axis:between(50, 600)
---     axis:place(2)          -- pixels
---     axis.ticks[1].label    -- "0"
---
--- Ticks are the multiples of a "nice" step, 1, 2, 2.5 or 5 times a power of ten (after Heckbert,
--- "Nice numbers for graph labels", Graphics Gems, 1990), inside the range; the range is not
--- stretched to them. Logarithmic axes have decades, with 2 and 5 in between where there are few.
local Axis = {}
Axis.__index = Axis

-- -- Ranges ---------------------------------------------------------------------------------------

--- Room around the data. A range that is empty or a single value gets some too. Data on one side of
--- zero stay there; `zero` includes zero when it is near.
---@param low number
---@param high number
---@return number, number
function Axis.padded(low, high, log, zero)
  if log then
    local factor = low == high and 2 or (high / low) ^ 0.04
    return low / factor, high * factor
  end
  if high - low <= 1e-12 * math.max(math.abs(low), math.abs(high)) then
    local room = low == 0 and 1 or math.abs(low) * 0.05
    return low - room, high + room
  end
  local pad = 0.04 * (high - low)
  local new_low, new_high = low - pad, high + pad
  if low >= 0 and (new_low < 0 or zero and low < 0.25 * high) then new_low = 0 end
  if high <= 0 and (new_high > 0 or zero and high > 0.25 * low) then new_high = 0 end
  return new_low, new_high
end

-- -- Ticks ----------------------------------------------------------------------------------------

--- The smallest nice step with at most `most` steps in `span`.
local function nice_step(span, most, whole)
  local power = 10 ^ math.floor(math.log10(span / most))
  for _, factor in ipairs { 1, 2, 2.5, 5, 10, 20 } do
    local step = factor * power
    if span / step <= most and (not whole or step >= 1 and step % 1 == 0) then return step end
  end
  return 1
end

--- Decimals that `step` needs.
local function decimals_of(step)
  for decimals = 0, 15 do
    local scaled = step * 10 ^ decimals
    if math.abs(scaled - math.floor(scaled + 0.5)) < 1e-6 * scaled then return decimals end
  end
  return 15
end

--- How the multiples of `step` are written: plain, or with a common power of ten when they are huge
--- or tiny.
local function writer(locale, step, largest, format)
  if type(format) == "function" then return function(v) return tostring(format(v)) end end
  if format == "percent" then
    local decimals = decimals_of(step * 100)
    return function(v) return locale:percent(v, decimals) end
  end
  if largest >= 1e6 or largest < 1e-3 then
    local exponent = math.floor(math.log10(largest) + 1e-9)
    local decimals = decimals_of(step / 10 ^ exponent)
    return function(v)
      if v == 0 then return locale:number(0, 0) end
      return locale:number(v / 10 ^ exponent, math.min(decimals, 6)) .. "×"
        .. locale:power(exponent)
    end
  end
  local decimals = decimals_of(step)
  return function(v) return locale:number(v, decimals) end
end

local function linear_ticks(axis)
  local step = nice_step(axis.high - axis.low, axis.most, axis.whole)
  local write = writer(axis.locale, step, math.max(math.abs(axis.low), math.abs(axis.high)),
    axis.format)
  local ticks = {}
  for i = math.ceil(axis.low / step - 1e-9), math.floor(axis.high / step + 1e-9) do
    local value = i == 0 and 0 or i * step -- not -0
    ticks[#ticks + 1] = { value = value, label = write(value) }
  end
  return ticks
end

--- Ticks at factors * 10^d inside the range.
local function decade_values(axis, factors, every)
  local values = {}
  for d = math.floor(math.log10(axis.low)), math.ceil(math.log10(axis.high)) do
    for _, factor in ipairs(d % every == 0 and factors or {}) do
      local v = factor * 10 ^ d
      if v >= axis.low * (1 - 1e-9) and v <= axis.high * (1 + 1e-9) then values[#values + 1] = v end
    end
  end
  return values
end

local function write_log(axis, values)
  local plain = true
  for _, v in ipairs(values) do plain = plain and v > 0.9e-4 and v < 1.1e5 end
  return function(v)
    if type(axis.format) == "function" then return tostring(axis.format(v)) end
    if axis.format == "percent" then return axis.locale:percent(v, decimals_of(v * 100)) end
    local exponent = math.floor(math.log10(v) + 0.5)
    local is_power = math.abs(v / 10 ^ exponent - 1) < 1e-9
    return not plain and is_power and axis.locale:power(exponent) or axis.locale:number(v)
  end
end

local function log_ticks(axis)
  local decades = decade_values(axis, { 1 }, 1)
  local values = decades
  if #decades > axis.most then
    values = decade_values(axis, { 1 }, math.ceil(#decades / axis.most))
  elseif #decades <= 3 then
    local finer = decade_values(axis, { 1, 2, 5 }, 1)
    if #finer <= axis.most + 1 then values = finer end
  end
  if #values < 2 then return linear_ticks(axis) end
  if #values == #decades then
    axis.minor = decade_values(axis, { 2, 3, 4, 5, 6, 7, 8, 9 }, 1)
  end
  local write, ticks = write_log(axis, values), {}
  for i, v in ipairs(values) do ticks[i] = { value = v, label = write(v) } end
  return ticks
end

local function given_ticks(axis)
  local ticks = {}
  for _, v in ipairs(axis.values) do
    if v >= axis.low and v <= axis.high then
      local label = axis.format == "percent" and axis.locale:percent(v, decimals_of(v * 100))
        or type(axis.format) == "function" and tostring(axis.format(v)) or axis.locale:number(v)
      ticks[#ticks + 1] = { value = v, label = label }
    end
  end
  return ticks
end

local function named_ticks(axis)
  local ticks = {}
  for i, name in ipairs(axis.names) do ticks[i] = { value = i, label = axis.locale:label(name) } end
  return ticks
end

--- Computes the ticks anew, at most about `most` of them.
function Axis:choose_ticks(most)
  self.most, self.minor = math.max(most, 1), nil
  if self.names then
    self.ticks = named_ticks(self)
  elseif self.values then
    self.ticks = given_ticks(self)
  else
    self.ticks = self.log and log_ticks(self) or linear_ticks(self)
  end
end

-- -- Places ---------------------------------------------------------------------------------------

---@param axis table   low, high, locale; log, most (ticks), whole (only integers), format
---  ("percent", function), values (of the ticks), names (of 1, 2 ...)
function Axis.new(axis)
  setmetatable(axis, Axis)
  axis:choose_ticks(axis.most or 6)
  return axis
end

--- Where low and high lie.
function Axis:between(from, to) self.from, self.to = from, to end

---@return number pixels
function Axis:place(v)
  local low, high = self.low, self.high
  local part = self.log and math.log(v / low) / math.log(high / low) or (v - low) / (high - low)
  return self.from + part * (self.to - self.from)
end

--- Is the value in the range (and, on a logarithmic axis, does it have a place)?
function Axis:has(v)
  local slack = 1e-9 * math.abs(self.high - self.low)
  return v == v and v >= self.low - slack and v <= self.high + slack
end

return Axis
