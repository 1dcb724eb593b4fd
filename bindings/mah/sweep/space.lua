--- Spaces of parameters: what each one may be, and how to walk over all or some of them.
---
---     local study = mah.sweep{name = "what is picked may depend on what was picked",
---       grid = function(pick)
---         if pick("solver", {"sgd", "adam"}) == "sgd" then pick("momentum", {0, 0.9}) end
---       end,
---       trial = function(p) return p.momentum or 1 end}
---     print((tostring(study):match "%d trials"))  --> 3 trials
local canonical = require "mah.sweep.canonical"
local check = require "mah.base.check"
local class = require "mah.base.class"

local space = {}

-- -- Distributions --------------------------------------------------------------------------------

--- What a parameter may be: one of some values, or a number of a range.
---@class search_range
---@field values any[]|nil the values; nil for numbers
---@field low number|nil the lower bound
---@field high number|nil the upper bound
---@field log boolean|nil is it uniform in the logarithm?
---@field integer boolean|nil are they whole numbers?
local Distribution = class.new("a distribution", "distribution", "values low high log integer")

function Distribution:__tostring()
  if self.values then return ("choice of %d"):format(#self.values) end
  return ("%s%s(%g, %g)"):format(self.log and "log_" or "", self.integer and "integer" or "uniform",
    self.low, self.high)
end

local function range(name, low, high, log, integer)
  local where = "mah.search." .. name
  for i, v in ipairs { low, high } do
    check.that(type(v) == "number" and v - v == 0 and (not integer or v % 1 == 0),
      "%s: bound %d must be %s number; got %s", where, i, integer and "a whole" or "a finite",
      check.show(v))
  end
  check.that(low ~= nil and high ~= nil and low < high, "%s: low < high is expected; got %s and %s",
    where, check.show(low), check.show(high))
  check.that(high - low < math.huge, "%s: high - low must be finite; got %s and %s", where,
    check.show(low), check.show(high))
  check.that(not log or low > 0, "%s: low must be > 0; got %s", where, check.show(low))
  return setmetatable({ low = low, high = high, log = log, integer = integer }, Distribution)
end

--- A real number in [low, high).
---
---     print(mah.search.uniform(0, 0.5))  --> uniform(0, 0.5)
---     local study = mah.sweep{name = "uniform", store = "runs.db", n = 3,
---       random = {a = mah.search.uniform(0, 0.5)}, trial = function(p) return p.a end}
---     study:run{jobs = 1, quiet = true}
---     print(#study:results(), study:best().params.a < 0.5)  --> 3 true
---@param low number
---@param high number
---@return search_range
function space.uniform(low, high) return range("uniform", low, high, false, false) end

--- A positive real number whose logarithm is uniform.
---
---     local lr = mah.search.log_uniform(1e-4, 1)
---     print(lr, lr.low, lr.high)  --> log_uniform(0.0001, 1) 0.0001 1
---@param low number    > 0
---@param high number
---@return search_range
function space.log_uniform(low, high) return range("log_uniform", low, high, true, false) end

--- A whole number in low ... high.
---
---     local width = mah.search.integer(8, 64)
---     print(width, width.integer)  --> integer(8, 64) true
---@param low integer
---@param high integer
---@return search_range
function space.integer(low, high) return range("integer", low, high, false, true) end

--- A positive whole number, small ones as often as large ones on a logarithmic scale.
---
---     local width = mah.search.log_integer(8, 512)
---     print(width, width.log)  --> log_integer(8, 512) true
---@param low integer   > 0
---@param high integer
---@return search_range
function space.log_integer(low, high) return range("log_integer", low, high, true, true) end

--- One of the values; a plain list means the same.
---
---     local solver = mah.search.choice({"sgd", "adam"})
---     print(solver, solver.values[2])  --> choice of 2 adam
---@param values any[]
---@return search_range
function space.choice(values)
  check.that(type(values) == "table" and #values > 0,
    "mah.search.choice: a list of values is expected")
  return setmetatable({ values = values }, Distribution)
end

--- The interval that numbers are drawn from: of logarithms, and half a step wider for whole
--- numbers.
---@return number low, number high
function Distribution:interval()
  local half = self.integer and 0.5 or 0
  local low, high = self.low - half, self.high + half
  if self.log then return math.log(low), math.log(high) end
  return low, high
end

--- Where a value is in the interval; nil when it is no number of it.
---@return number|nil
function Distribution:place(value)
  if type(value) ~= "number" or value < self.low or value > self.high then return nil end
  return self.log and math.log(value) or value
end

--- The parameter's value at a place of the interval.
function Distribution:value(place)
  local v = self.log and math.exp(place) or place
  if self.integer then v = math.floor(v + 0.5) end
  return math.max(self.low, math.min(self.high, v))
end

--- The value for u, uniform in [0, 1).
function Distribution:at(u)
  if self.values then return self.values[math.floor(u * #self.values) + 1] end
  local low, high = self:interval()
  return self:value(low + u * (high - low))
end

--- A list is a choice, anything else that is no distribution a constant.
local function as_distribution(spec, name)
  if getmetatable(spec) == Distribution then return spec end
  check.that(spec ~= nil, "mah.sweep: there is no value for '%s'", name)
  check.that(type(spec) ~= "table" or #spec > 0, "mah.sweep: '%s' is an empty list", name)
  return space.choice(type(spec) == "table" and spec or { spec })
end

-- -- Walking --------------------------------------------------------------------------------------

--- Names in order; the seed comes last, so that neighbours differ in it.
local function ordered_names(names)
  local list = {}
  check.that(type(names) == "table", "mah.sweep: a table {name = values} is expected, got %s",
    check.show(names))
  for name in pairs(names) do
    check.that(type(name) == "string" and name ~= "",
      "mah.sweep: a parameter's name must be a string, got %s", check.show(name))
    list[#list + 1] = name
  end
  table.sort(list, function(a, b)
    if (a == "seed") ~= (b == "seed") then return b == "seed" end
    return a < b
  end)
  return list
end

--- One walk through the space. choose(name, distribution) says what is picked.
---@param given table|function
---@param choose fun(name: string, distribution: distribution): any
---@return table params
function space.walk(given, choose)
  local params = {}
  local function pick(name, spec)
    check.that(type(name) == "string" and name ~= "",
      "mah.sweep: pick(name, values): the name must be a string, got %s", check.show(name))
    check.that(params[name] == nil, "mah.sweep: '%s' is picked twice", name)
    local value = choose(name, as_distribution(spec, name))
    params[name] = value
    return value
  end
  if type(given) == "function" then
    local more = given(pick)
    for name, value in pairs(type(more) == "table" and more or {}) do params[name] = value end
  else
    for _, name in ipairs(ordered_names(given)) do pick(name, given[name]) end
  end
  return params
end

--- The same space, whose distributions are told: those of a table at once, those of a function when
--- it picks.
---@param given table|function
---@param note fun(name: string, distribution: distribution)
---@return table|function
function space.noted(given, note)
  if type(given) ~= "function" then
    for _, name in ipairs(ordered_names(given)) do
      note(name, as_distribution(given[name], name))
    end
    return given
  end
  return function(pick)
    return given(function(name, spec)
      local value = pick(name, spec)
      note(name, as_distribution(spec, name))
      return value
    end)
  end
end

local function is_same(a, b)
  if not (a.values and b.values) then
    return a.low == b.low and a.high == b.high and a.log == b.log and a.integer == b.integer
      and a.values == b.values
  end
  for i = 1, math.max(#a.values, #b.values) do
    if canonical.encode(a.values[i] or {}) ~= canonical.encode(b.values[i] or {}) then
      return false
    end
  end
  return #a.values == #b.values
end

local WALKS = 64 -- to see what is always picked

--- The parameters that every trial has, with the same distribution, sorted by name: all of a table;
--- of a function those that it always picks, as some walks show.
---@param given table|function
---@param rng rng
---@return {name: string, distribution: distribution}[]
function space.always(given, rng)
  local counts, found, walks = {}, {}, type(given) == "function" and WALKS or 1
  for _ = 1, walks do
    space.walk(given, function(name, distribution)
      found[name] = found[name] or distribution
      if is_same(found[name], distribution) then counts[name] = (counts[name] or 0) + 1 end
      return distribution:at(rng:random())
    end)
  end
  local list = {}
  for name, distribution in pairs(found) do
    if counts[name] == walks then list[#list + 1] = { name = name, distribution = distribution } end
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

--- Moves on to the next combination; false after the last. places: what was taken at each pick.
local function advance(places, sizes, depth)
  for i = #places, depth + 1, -1 do places[i] = nil end
  for i = depth, 1, -1 do
    if places[i] < sizes[i] then
      places[i] = places[i] + 1
      return true
    end
    places[i] = nil
  end
  return false
end

--- Every combination, the last name varying fastest.
---@param given table|function
---@return table[] params
function space.grid(given)
  local list, places, sizes = {}, {}, {}
  repeat
    local depth = 0
    list[#list + 1] = space.walk(given, function(name, distribution)
      check.that(distribution.values, "mah.sweep: a grid needs values for '%s', and %s has none; "
        .. "use random, sobol or search", name, tostring(distribution))
      depth = depth + 1
      places[depth], sizes[depth] = places[depth] or 1, #distribution.values
      return distribution.values[places[depth]]
    end)
    check.that(#list <= 1e6, "mah.sweep: the grid has more than a million combinations")
  until not advance(places, sizes, depth)
  return list
end

return space
