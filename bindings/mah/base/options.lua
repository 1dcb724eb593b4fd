--- One reader for every table of options: rejects unknown names and offers the nearest, fills in
--- defaults, checks types and ranges, keeps `false`, and leaves the caller's table alone.
---
---     local o = options(given, {
---       lr       = {1e-3, "number", "(0, inf)", "how far a step goes"},   -- what help says of it
---       nesterov = {true, "boolean"},
---       init     = {"glorot", {"glorot", "he"}},       -- one of these
---       stop     = {nil, "function|callable"},         -- nil: may be left out
---       data     = {options.required, "tensor"},
---     }, "mah.solver.sgd")
---
--- Types: number integer boolean string table function callable tensor any; several with "|". Where
--- a tensor may stand, a table's column may, and is read as one (mah.base.vector).
---
--- A public function's rules are kept under its name, for help and completion:
---
---     local rules = options.declare("mah.gradcheck", { h = { 1e-5, "number", "(0, inf)" } })
local check = require "mah.base.check"
local ffi = require "ffi"
local vector = require "mah.base.vector"

local required = setmetatable({}, { __tostring = function() return "required" end })

-- -- Did you mean ...? ----------------------------------------------------------------------------

--- The optimal string alignment distance: insertions, deletions, substitutions and exchanges of
--- neighbours from a to b (Damerau 1964; Levenshtein 1966).
local function distance(a, b)
  local before, previous, current = {}, {}, {}
  for j = 0, #b do previous[j] = j end
  for i = 1, #a do
    current[0] = i
    for j = 1, #b do
      local x, y = a:byte(i), b:byte(j)
      local change = x == y and 0 or 1
      current[j] = math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + change)
      if i > 1 and j > 1 and x == b:byte(j - 1) and y == a:byte(i - 1) then
        current[j] = math.min(current[j], before[j - 2] + 1)
      end
    end
    before, previous, current = previous, current, before
  end
  return previous[#b]
end

--- The name of `names` (a table with names as keys) that is nearest to `wrong`, if one is near. Of
--- a `wrong` that is one of them there is none: the name is not what is wrong.
---@return string|nil
local function nearest(wrong, names)
  local best, best_distance
  if #wrong > 60 then return nil end -- no name, and long to compare
  if rawget(names, wrong) ~= nil then return nil end
  for name in pairs(names) do
    local d = distance(wrong:lower(), name:lower())
    if name:sub(1, #wrong) == wrong then d = math.min(d, 1) end
    if not best or d < best_distance or (d == best_distance and name < best) then
      best, best_distance = name, d
    end
  end
  local most = #wrong < 3 and 1 or math.max(2, math.floor(#wrong / 2)) -- f1 is not like r2
  if best and best_distance <= most then return best end
end

local function sorted_keys(t)
  local keys = {}
  for k in pairs(t) do keys[#keys + 1] = tostring(k) end
  table.sort(keys)
  return keys
end

-- -- Types and ranges -----------------------------------------------------------------------------

local is = {
  any = function() return true end,
  integer = function(v)
    return type(v) == "number" and v == math.floor(v) and math.abs(v) < 2 ^ 53
  end,
  callable = function(v)
    local meta = getmetatable(v)
    return type(v) == "function" or (type(meta) == "table" and meta.__call ~= nil)
  end,
  tensor = function(v) return type(v) == "cdata" and ffi.istype("mah_tensor", v) end,
}

--- What a text of a rule says, read once.
local function remembered(read)
  return setmetatable({}, { __index = function(texts, text)
    local said = read(text)
    texts[text] = said
    return said
  end })
end

local words_of = remembered(function(types)
  local words = {}
  for word in types:gmatch "[^|]+" do words[#words + 1] = word end
  return words
end)

local holds_tensor = remembered(function(types) return types:find "tensor" ~= nil end)
local function takes_vector(types) return type(types) == "string" and holds_tensor[types] end

local function matches(value, types)
  local words = words_of[types]
  for i = 1, #words do
    local test = is[words[i]]
    if test then
      if test(value) then return true end
    elseif type(value) == words[i] then
      return true
    end
  end
  return false
end

local ends_of = remembered(function(interval)
  local open, low, high, close = interval:match "^([%[%(])%s*([^,]+),%s*([^%]%)]+)([%]%)])$"
  return { low = low == "-inf" and -math.huge or tonumber(low), has_low = open == "[",
    high = high == "inf" and math.huge or tonumber(high), has_high = close == "]" }
end)

--- Is the number in the interval, written "[0, 1)", "(0, inf)" ...? NaN is in none.
local function inside(value, interval)
  local ends = ends_of[interval]
  return (value > ends.low or ends.has_low and value == ends.low)
    and (value < ends.high or ends.has_high and value == ends.high)
end

local articles = { integer = "an integer", any = "any value", callable = "a function" }
local function describe(types, interval)
  local words = {}
  for i, name in ipairs(words_of[types]) do words[i] = articles[name] or "a " .. name end
  return table.concat(words, " or ") .. (interval and " in " .. interval or "")
end

local function check_one_of(name, value, allowed, where)
  for _, candidate in ipairs(allowed) do
    if value == candidate then return end
  end
  local names, hint = {}, allowed.elsewhere and allowed.elsewhere[value]
  for i, candidate in ipairs(allowed) do names[i] = tostring(candidate) end
  if type(value) == "string" and not hint then
    local set = {}
    for _, candidate in ipairs(names) do set[candidate] = true end
    hint = nearest(value, set)
  end
  check.raise("%s: %s must be one of %s; got %s%s", where, name, table.concat(names, ", "),
    check.show(value), hint and (" (did you mean '%s'?)"):format(hint) or "")
end

--- Complains unless the value is what the rule asks for.
---@param name string
---@param value any
---@param rule table     {default, type or list of values, interval}
---@param where string   for messages
local function check_value(name, value, rule, where)
  local types, interval = rule[2], rule[3]
  if type(types) == "table" then return check_one_of(name, value, types, where) end
  local fits = matches(value, types)
  if fits and interval and type(value) == "number" then fits = inside(value, interval) end
  if not fits then
    check.raise("%s: %s must be %s; got %s", where, name, describe(types, interval),
      check.show(value))
  end
end

--- A copy of a plain table, so that nobody's changes reach the original; other values as they are.
local function copy(value)
  if type(value) ~= "table" or getmetatable(value) then return value end
  local result = {}
  for k, v in pairs(value) do result[k] = v end
  return result
end

local orders = setmetatable({}, { __mode = "k" }) -- rules -> their names, sorted

local function order_of(rules)
  local names = orders[rules]
  if not names then
    names = sorted_keys(rules)
    orders[rules] = names
  end
  return names
end

--- Complains of what is no table of options, and of names that no rule knows.
local function check_names(given, rules, where, elsewhere)
  local what = rules.dtype and "a dtype or a table of options" or "a table of options"
  check.that(type(given) == "table", "%s: %s is expected, got %s", where, what, check.show(given))
  local meta = getmetatable(given) -- an estimator, a figure ...
  check.that(not meta or not rawget(meta, "__tostring"), "%s: %s is expected, got %s", where, what,
    tostring(given))
  for name in pairs(given) do
    if rules[name] == nil then
      local said = elsewhere and elsewhere[name]
      local hint = not said and type(name) == "string" and nearest(name, rules)
      check.raise("%s: unknown option %s; %s", where, check.show(name),
        said or hint and ("did you mean '%s'?"):format(hint)
          or "known: " .. table.concat(sorted_keys(rules), ", "))
    end
  end
end

local none = {}

---@param given table|string|nil   what the user wrote; a string is the dtype, where there is one
---@param rules table       name -> {default, type or list of values, interval, text for help}; a
---  list of values may have a table `elsewhere`: other tools' values -> the one to write here
---@param where string      the function's name, for messages
---@param elsewhere table<string, string>|nil   other tools' names -> what to write here
---@return table            a new table with every option
local function options(given, rules, where, elsewhere)
  if given == nil then -- a null pointer too
    given = none
  else
    if type(given) == "string" and rules.dtype then given = { dtype = given } end
    check_names(given, rules, where, elsewhere)
  end
  local result, names = {}, order_of(rules)
  for i = 1, #names do
    local name = names[i]
    local rule, value = rules[name], given[name]
    if value == nil then
      value = copy(rule[1])
      if value == required then check.raise("%s: %s is missing", where, name) end
    else
      if takes_vector(rule[2]) then value = vector(value) end
      check_value(name, value, rule, where)
    end
    result[name] = value
  end
  return result
end

--- "; did you mean 'name'?" for a name that is near, or "".
---@param wrong any
---@param names table    with names as keys
---@return string
local function did_you_mean(wrong, names)
  local hint = type(wrong) == "string" and nearest(wrong, names)
  return hint and ("; did you mean '%s'?"):format(hint) or ""
end

local HANDFUL = 20

--- "; there are: a, b" for a handful of names, or "".
local function listed(names)
  local keys = {}
  for _, key in ipairs(sorted_keys(names)) do
    if not key:find "^_" then keys[#keys + 1] = key end
  end
  return #keys > 0 and #keys <= HANDFUL and "; there are: " .. table.concat(keys, ", ") or ""
end

--- For __index of what has a fixed set of names: complains about one that is not there.
---@param what string    "mah.solver", "a network" ...
---@param names table    with names as keys
---@param name any
---@param elsewhere table<string, string>|nil   other tools' names -> what to write here
local function missing(what, names, name, elsewhere)
  local said = elsewhere and elsewhere[name]
  local hint = said and "; " .. said or did_you_mean(name, names)
  if rawget(names, name) ~= nil then hint = ": it is nil" end -- an object's field
  check.raise("%s has no %s%s", what, type(name) == "string" and ("'%s'"):format(name:sub(1, 60))
    or check.show(name), hint ~= "" and hint or listed(names))
end

-- -- For help and completion ----------------------------------------------------------------------

local declared = {}

--- Keeps the rules of public functions under the names that help gives them.
---@param names string   "mah.zeros mah.ones", "network:loss" ...
---@param rules table
---@return table rules
local function declare(names, rules)
  for name in names:gmatch "%S+" do declared[name] = rules end
  return rules
end

return setmetatable({
  required = required, nearest = nearest, matches = matches, copy = copy,
  declare = declare, declared = declared,
  check = check_value, missing = missing, did_you_mean = did_you_mean,
}, {
  __call = function(_, ...) return options(...) end,
})
