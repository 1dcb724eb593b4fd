--- Which parameters a result depends on: functional ANOVA over a forest of regression trees (see
--- mah.sweep.forest). The importance of a parameter is the share of the result's variance over the
--- space that it explains by itself; what is missing to 1 they explain together.
---
--- Numbers of which the space says low and high count evenly between these, on their logarithmic
--- scale where they have one; in grids and lists each value counts the same; anything else is a
--- choice.
---
--- Parameters that only some trials have are judged among those trials, beside the others that all
--- of these have.
local canonical = require "mah.sweep.canonical"
local domain = require "mah.sweep.domain"
local forest = require "mah.sweep.forest"
local random = require "mah.tensor.random"

local importance = {}

local TREES = 64

--- What the parameters are called that explain the rest.
importance.together = "(together)"

-- -- Coordinates ----------------------------------------------------------------------------------

--- Numbers in [0, 1] where low and high are known.
local function in_range(values, entry)
  local half = entry.integer and 0.5 or 0
  local low, high = entry.low - half, entry.high + half
  local function scale(v) return entry.log and math.log(v) or v end
  if entry.log and low <= 0 then return nil end
  local x = {}
  for i, v in ipairs(values) do x[i] = (scale(v) - scale(low)) / (scale(high) - scale(low)) end
  return x
end

--- Numbers of a list: the k-th of n is in the middle of the k-th n-th.
local function by_rank(values, all)
  local sorted, places, x = {}, {}, {}
  for k, v in ipairs(all) do sorted[k] = v end
  table.sort(sorted)
  for k, v in ipairs(sorted) do places[v] = (k - 0.5) / #sorted end
  for i, v in ipairs(values) do x[i] = places[v] end
  return x
end

local function by_number(values, all)
  local numbers, x = {}, {}
  for k, v in ipairs(all) do numbers[canonical.encode(v)] = k end
  for i, v in ipairs(values) do x[i] = numbers[canonical.encode(v)] end
  return x, #all
end

--- The coordinate of each trial, and the number of categories where it is one.
local function coordinate(values, known)
  local entry = domain.of_values(known, values)
  if entry.low and known and known.low then return in_range(values, entry) end
  local all = domain.all_values(known, values)
  if entry.low then return by_rank(values, all) end
  return by_number(values, all)
end

-- -- Groups of parameters -------------------------------------------------------------------------

--- Does the parameter differ between the rows that have it?
local function varies(rows, name)
  local first
  for _, row in ipairs(rows) do
    local text = row.params[name] ~= nil and canonical.encode(row.params[name])
    if text and first and text ~= first then return true end
    first = first or text
  end
  return false
end

local function names_of(rows)
  local seen, names = {}, {}
  for _, row in ipairs(rows) do
    for name in pairs(row.params) do
      if not seen[name] then seen[name], names[#names + 1] = true, name end
    end
  end
  table.sort(names)
  return names
end

local function those_with(rows, name)
  local list, key = {}, {}
  for i, row in ipairs(rows) do
    if row.params[name] ~= nil then list[#list + 1], key[#key + 1] = row, i end
  end
  return list, table.concat(key, " ")
end

--- Parameters that vary, with the trials that have them; those that the same ones have together.
local function groups_of(rows)
  local groups, by_key = {}, {}
  for _, name in ipairs(names_of(rows)) do
    local list, key = those_with(rows, name)
    if varies(list, name) then
      if not by_key[key] then
        by_key[key] = { rows = list, names = {} }
        groups[#groups + 1] = by_key[key]
      end
      table.insert(by_key[key].names, name)
    end
  end
  return groups
end

--- The names of what all rows of a group have and that varies there.
local function present(group, rows)
  local names = {}
  for _, name in ipairs(names_of(rows)) do
    if #those_with(group.rows, name) == #group.rows and varies(group.rows, name) then
      names[#names + 1] = name
    end
  end
  return names
end

-- -- The whole ------------------------------------------------------------------------------------

--- How many trials are needed at least for so many parameters.
function importance.needed(parameters) return math.max(4, 2 * (parameters + 1)) end

--- The shares by name.
local function shares(rows, values, names, spaces)
  local x, y, categories = {}, {}, {}
  for d, name in ipairs(names) do
    local own = {}
    for i, row in ipairs(rows) do own[i] = row.params[name] end
    x[d], categories[d] = coordinate(own, spaces[name])
  end
  for i, row in ipairs(rows) do y[i] = values[row] end
  local list = forest.shares(x, y, categories, TREES,
    function(tree) return random.rng(0, "philox", tree) end)
  local by_name = {}
  for d, name in ipairs(names) do by_name[name] = list[d] end
  return by_name
end

--- The importances, the largest first.
---@param rows table[]   finished trials
---@param values table<table, number>   a finite number for each
---@param spaces table<string, table>   see mah.sweep.domain
---@return {parameter: string, importance: number|nil, trials: integer}[]   nil: too few trials
---  have it; the last one is what they explain together
---@return integer   how many parameters all trials have
function importance.of(rows, values, spaces)
  local list, main, rest = {}, 0, nil
  for _, group in ipairs(groups_of(rows)) do
    local names = present(group, rows)
    local enough = #group.rows >= importance.needed(#names)
    local by_name = enough and shares(group.rows, values, names, spaces) or {}
    for _, name in ipairs(group.names) do
      list[#list + 1] = { parameter = name, importance = by_name[name], trials = #group.rows }
    end
    if #group.rows == #rows then
      main, rest = #names, 1
      for _, name in ipairs(names) do rest = rest - (by_name[name] or 0) end
      rest = enough and math.max(0, rest) or nil
    end
  end
  table.sort(list, function(a, b)
    local u, v = a.importance or -1, b.importance or -1
    if u ~= v then return u > v end
    return a.parameter < b.parameter
  end)
  if rest and main > 1 then
    list[#list + 1] = { parameter = importance.together, importance = rest, trials = #rows }
  end
  return list, main
end

return importance
