--- mah.model_selection.train_test_split.
local check = require "mah.base.check"
local generator = require "mah.prepare.generator"
local options = require "mah.base.options"
local rows = require "mah.prepare.rows"
local shuffle_split = require "mah.prepare.model_selection.shuffle_split"
local tensor = require "mah.tensor"
local vector = require "mah.base.vector"

local WHERE = "mah.model_selection.train_test_split"

local rules = options.declare(WHERE, {
  test_size = { nil, "number", "(0, inf)" },
  train_size = { nil, "number", "(0, inf)" },
  random_state = { nil, "integer|table", "[0, 4294967295]" },
  shuffle = { true, "boolean" },
  stratify = { nil, "any" },
})

--- Is it a table of options, and no columns by name?
local function are_options(value)
  local plain = type(value) == "table" and not getmetatable(value)
  if not plain or not rows.has_names(value) then return false end
  for name in pairs(value) do
    if rules[name] then return true end
  end
  return false
end

--- stratify may be the name of a column of the first argument.
local function classes_of(stratify, x, n)
  stratify = vector(stratify, "labels")
  if type(stratify) ~= "string" then
    local m = rows.count(stratify, WHERE .. ": stratify")
    check.that(m == n, "%s: argument 1 has %d rows, and stratify has %d", WHERE, n, m)
    return stratify
  end
  local classes = rows.has_names(x) and rows.column(x, stratify)
  return classes or check.raise("%s: stratify: there is no column %q", WHERE, stratify)
end

local function draw(n, o, x)
  local train, test = shuffle_split.sizes(n, o.test_size, o.train_size, 0.25, WHERE)
  if not o.shuffle then
    check.that(o.stratify == nil, "%s: stratify needs shuffle = true", WHERE)
    return tensor.arange(1, train, { dtype = "int32" }),
      tensor.arange(train + 1, train + test, { dtype = "int32" })
  end
  local rng = generator(o.random_state, WHERE)
  local fold = o.stratify == nil and shuffle_split.draw(n, train, test, rng)
    or shuffle_split.draw_stratified(classes_of(o.stratify, x, n), train, test, rng, WHERE)
  return fold[1], fold[2]
end

--- Splits anything with rows at random: tensors, tables, lists. The last argument may hold options:
--- test_size, train_size (a share or a number of rows; 0.25 to test), random_state, shuffle,
--- stratify (the classes whose shares both parts keep, or the name of a column).
---
---     local x_train, x_test, y_train, y_test = mah.model_selection.train_test_split(x, y,
---       {test_size = 0.2, random_state = 1, stratify = y})
---@param x any
---@param ... any   more of as many rows; options
---@return any ...  the training and the test part of each
return function(x, ...)
  local parts = { x, ... }
  local given = #parts > 1 and are_options(parts[#parts]) and table.remove(parts) or nil
  local o = options(given, rules, WHERE)
  local n = rows.count(x, WHERE .. ": argument 1")
  for i = 2, #parts do
    local m = rows.count(parts[i], ("%s: argument %d"):format(WHERE, i))
    check.that(m == n, "%s: argument 1 has %d rows, and argument %d has %d", WHERE, n, i, m)
  end
  local train, test = draw(n, o, x)
  local result = {}
  for i, part in ipairs(parts) do
    result[2 * i - 1], result[2 * i] = rows.take(part, train), rows.take(part, test)
  end
  return unpack(result)
end
