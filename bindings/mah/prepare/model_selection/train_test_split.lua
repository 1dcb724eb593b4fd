--- Rows to train, and rows to test.
local check = require "mah.base.check"
local draws = require "mah.prepare.model_selection.draws"
local generator = require "mah.prepare.generator"
local options = require "mah.base.options"
local rows = require "mah.prepare.rows"
local shared = require "mah.prepare.rules"
local tensor = require "mah.tensor"
local vector = require "mah.base.vector"

local WHERE = "mah.model_selection.train_test_split"

local test_size, train_size = draws.size_rules "0.25"

local rules = options.declare(WHERE, {
  test_size = test_size, train_size = train_size, random_state = shared.random_state,
  shuffle = { true, "boolean", nil, "false: the first rows train, the last ones test" },
  stratify = { nil, "any", nil, "(N) classes whose shares both parts keep, or the name of a column "
    .. "of the first argument; nil: rows are drawn whatever they are" },
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
  local train, test = draws.sizes(n, o.test_size, o.train_size, 0.25, WHERE)
  if not o.shuffle then
    check.that(o.stratify == nil, "%s: stratify needs shuffle = true", WHERE)
    return tensor.arange(1, train, { dtype = "int32" }),
      tensor.arange(train + 1, train + test, { dtype = "int32" })
  end
  local rng = generator(o.random_state, WHERE)
  local fold = o.stratify == nil and draws.plain(n, train, test, rng)
    or draws.stratified(classes_of(o.stratify, x, n), train, test, rng, WHERE)
  return fold[1], fold[2]
end

--- Splits anything with rows into a training and a test part: tensors, tables, lists. The last
--- argument may hold options.
---
---     local x, y = mah.arange(8):view(8, 1), {"a", "a", "a", "a", "b", "b", "b", "b"}
---     local x_train, x_test, y_train, y_test = mah.model_selection.train_test_split(x, y,
---       {test_size = 0.25, random_state = 1, stratify = y})
---     print(#x_train, #x_test, #y_train, table.concat(y_test, " "))  --> 6 2 6 a b
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
