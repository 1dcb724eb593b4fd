--- Ticks at round numbers, and their labels, which differ.
---
--- Ticks are the multiples of a "nice" step, 1, 2, 2.5 or 5 times a power of ten (after Heckbert,
--- "Nice numbers for graph labels", Graphics Gems, 1990), inside the range; the range is not
--- stretched to them. Where the step is less than a millionth of the numbers, they are counted from
--- a round number, the offset, which is shown once: 0, 1, 2 and "+10¹⁶". Logarithmic axes have
--- decades, with 2 and 5 in between where there are few.
local LARGEST_STEP, SMALLEST_STEP = 1e308, 1e-300
local DIGITS = 1e6 -- numbers of more digits than this has get an offset

-- -- Steps ----------------------------------------------------------------------------------------

--- The distance of neighbouring doubles.
local function spacing(v)
  local _, exponent = math.frexp(v)
  return 2 ^ (exponent - 53)
end

--- The smallest nice step with at most `most` steps from low to high.
local function nice_step(axis)
  local each = axis.high / axis.most - axis.low / axis.most -- the difference may overflow
  local least = spacing(math.max(math.abs(axis.low), math.abs(axis.high)))
  local power = 10 ^ math.floor(math.log10(math.max(each, least)))
  for _, factor in ipairs { 1, 2, 2.5, 5, 10, 20 } do
    local step = math.min(factor * power, LARGEST_STEP)
    local fits = each <= step * (1 + 1e-12) and step >= least
    if fits and (not axis.whole or step >= 1 and step % 1 == 0) then return step end
  end
  return each > 1 and LARGEST_STEP or 1
end

--- Decimals that `step` needs.
local function decimals_of(step)
  for decimals = 0, 15 do
    local scaled = step * 10 ^ decimals
    if math.abs(scaled - math.floor(scaled + 0.5)) < 1e-6 * scaled then return decimals end
  end
  return 15
end

-- -- Linear axes ----------------------------------------------------------------------------------

--- The number from which ticks are counted: the roundest one of the range, or, when all have the
--- same leading digits, those digits. 0 where it is not needed.
local function offset_of(axis, step, largest)
  if axis.format or largest / step < DIGITS then return 0 end
  local least = math.ceil(math.log10(axis.high - axis.low))
  for exponent = math.ceil(math.log10(largest)), least, -1 do
    local unit = 10 ^ exponent
    local offset = math.floor(axis.high / unit) * unit
    if offset >= axis.low then return offset end
  end
  return math.floor(axis.low / 10 ^ least) * 10 ^ least
end

--- The offset in full, with its sign: "+1.5×10¹⁶".
local function write_offset(locale, offset)
  local digits = ("%.15g"):format(offset)
  if tonumber(digits) ~= offset then digits = ("%.17g"):format(offset) end
  return (offset > 0 and "+" or "") .. locale:numeral(digits)
end

--- How the multiples of `step` are written: plain, or with a common power of ten when they are huge
--- or tiny.
local function writer(axis, step, largest)
  local locale, format = axis.locale, axis.format
  if type(format) == "function" then return function(v) return tostring(format(v)) end end
  if format == "percent" then
    local decimals = decimals_of(step * 100)
    return function(v) return locale:percent(v, decimals) end
  end
  if largest >= 1e6 or largest < 1e-3 then
    local exponent = math.floor(math.log10(largest) + 1e-9)
    local decimals = math.min(decimals_of(step / 10 ^ exponent), 8)
    return function(v)
      if v == 0 then return locale:number(0, 0) end
      return locale:number(v / 10 ^ exponent, decimals) .. "×" .. locale:power(exponent)
    end
  end
  local decimals = decimals_of(step)
  return function(v) return locale:number(v, decimals) end
end

--- Ranges that are too narrow for steps have their ends.
local function end_ticks(axis)
  local function tick(v) return { value = v, label = axis.locale:number(v) } end
  return { tick(axis.low), tick(axis.high) }
end

local function linear_ticks(axis)
  local step = nice_step(axis)
  if step < SMALLEST_STEP then return end_ticks(axis) end
  local largest = math.max(math.abs(axis.low), math.abs(axis.high))
  local offset = offset_of(axis, step, largest)
  local low, high = axis.low - offset, axis.high - offset
  if offset ~= 0 then
    largest = math.max(math.abs(low), math.abs(high))
    axis.offset = write_offset(axis.locale, offset)
  end
  local write, ticks = writer(axis, step, largest), {}
  for i = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) do
    local value = i == 0 and 0 or i * step -- not -0
    ticks[#ticks + 1] = { value = offset + value, label = write(value) }
  end
  return ticks
end

-- -- Logarithmic axes -----------------------------------------------------------------------------

--- Ticks at factors * 10^d inside the range.
local function decade_values(axis, factors, every)
  local values = {}
  for d = math.floor(math.log10(axis.low)), math.ceil(math.log10(axis.high)) do
    for _, factor in ipairs(d % every == 0 and factors or {}) do
      local v = factor * 10 ^ d
      local inside = v >= axis.low * (1 - 1e-9) and v <= axis.high * (1 + 1e-9)
      if inside and v > (values[#values] or 0) and v < math.huge then values[#values + 1] = v end
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

-- -- Ticks that are given -------------------------------------------------------------------------

local function write_given(axis, v, digits)
  if axis.format == "percent" then return axis.locale:percent(v, decimals_of(v * 100)) end
  if type(axis.format) == "function" then return tostring(axis.format(v)) end
  return axis.locale:number(v, nil, digits)
end

--- With as many digits as tell them apart.
local function given_ticks(axis, digits)
  local ticks, seen, alike = {}, {}, false
  for _, v in ipairs(axis.values) do
    if axis:has(v) then
      local label = write_given(axis, v, digits)
      alike = alike or seen[label] ~= nil and seen[label] ~= v
      seen[label] = v
      ticks[#ticks + 1] = { value = v, label = label }
    end
  end
  return alike and digits < 17 and given_ticks(axis, digits + 1) or ticks
end

local function named_ticks(axis)
  local ticks = {}
  for i, name in ipairs(axis.names) do ticks[i] = { value = i, label = axis.locale:label(name) } end
  return ticks
end

--- The ticks of an axis of mah.draw.axis: {{value = , label = } ...}; sets its minor and offset.
---@param axis table
---@return table
return function(axis)
  if axis.names then return named_ticks(axis) end
  if axis.values then return given_ticks(axis, 4) end
  return axis.log and log_ticks(axis) or linear_ticks(axis)
end
