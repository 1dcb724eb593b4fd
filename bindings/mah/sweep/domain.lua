--- What each parameter of a study may be, as the study's row in the store has it: for importances,
--- and for other programs.
---
---     {"lr": {"low": 0.0001, "high": 1, "log": true}, "n": {"low": 1, "high": 9, "integer": true},
---      "hidden": {"values": [[100], [100, 50]]}}
local canonical = require "mah.sweep.canonical"

local domain = {}

-- -- Collecting -----------------------------------------------------------------------------------

local function add_values(known, values)
  local seen = {}
  for _, value in ipairs(known) do seen[canonical.encode(value) or value] = true end
  for _, value in ipairs(values) do
    local text = canonical.encode(value) or value
    if not seen[text] then
      known[#known + 1], seen[text] = value, true
    end
  end
end

local function describe(distribution)
  local entry = { low = distribution.low, high = distribution.high, log = distribution.log or nil,
    integer = distribution.integer or nil }
  if distribution.values then
    entry.values = {}
    add_values(entry.values, distribution.values)
  end
  return entry
end

--- Takes in a distribution of a parameter: where another one was known, what both have. Is it news?
---@param spaces table<string, table>   by parameter; changed
---@param name string
---@param distribution distribution
---@return boolean
function domain.add(spaces, name, distribution)
  local known = spaces[name]
  if not known then
    spaces[name] = describe(distribution)
    return true
  end
  if known.values and distribution.values then
    local before = #known.values
    add_values(known.values, distribution.values)
    return #known.values > before
  end
  if known.values or distribution.values then return false end
  local low, high = math.min(known.low, distribution.low), math.max(known.high, distribution.high)
  local log, integer = known.log and distribution.log, known.integer and distribution.integer
  local same = low == known.low and high == known.high and log == known.log
    and integer == known.integer
  known.low, known.high, known.log, known.integer = low, high, log or nil, integer or nil
  return not same
end

--- As text; nil when there is nothing, or something that cannot be written.
---@param spaces table<string, table>
---@return string|nil
function domain.text(spaces) return next(spaces) and canonical.encode(spaces) or nil end

-- -- Reading --------------------------------------------------------------------------------------

local function is_finite(v) return type(v) == "number" and v - v == 0 end

local function is_sound(entry)
  if type(entry) ~= "table" then return false end
  if entry.values ~= nil then return type(entry.values) == "table" and #entry.values > 0 end
  return is_finite(entry.low) and is_finite(entry.high) and entry.low < entry.high
    and (not entry.log or entry.low > 0)
end

--- What the text says; nil where it is damaged.
---@param text string|nil
---@return table<string, table>|nil
function domain.read(text)
  if text == nil then return {} end
  if type(text) ~= "string" or text:sub(1, 1) ~= "{" then return nil end
  local ok, spaces = pcall(canonical.decode, text)
  if not ok or type(spaces) ~= "table" then return nil end
  for name, entry in pairs(spaces) do
    if type(name) ~= "string" or not is_sound(entry) then return nil end
  end
  return spaces
end

-- -- Of trials ------------------------------------------------------------------------------------

--- Numbers that reach over more than two decades are taken for logarithmic ones.
local function of_numbers(low, high, integer)
  return { low = low, high = high, log = low > 0 and high >= 99 * low or nil,
    integer = integer or nil }
end

--- The values that a list of the space has, and those of trials; each once.
---@return any[]
function domain.all_values(known, values)
  local all = {}
  add_values(all, known and known.values or {})
  add_values(all, values)
  return all
end

--- What the values of trials tell of a parameter, beside what is known of it: numbers have a low
--- and a high that holds them all, anything else is a choice.
---@param known table|nil   what the store has
---@param values any[]      those of the trials
---@return {low: number, high: number, log: boolean|nil, integer: boolean|nil}|{values: any[]}
function domain.of_values(known, values)
  local all = domain.all_values(known, values)
  local low, high, integer = math.huge, -math.huge, true
  for _, value in ipairs(all) do
    if not is_finite(value) then return { values = all } end
    low, high, integer = math.min(low, value), math.max(high, value), integer and value % 1 == 0
  end
  if not known or known.values then return of_numbers(low, high, integer) end
  low, high = math.min(low, known.low), math.max(high, known.high)
  return { low = low, high = high, log = known.log and low > 0 or nil,
    integer = known.integer and integer or nil }
end

return domain
