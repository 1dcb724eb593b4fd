--- Picking rows and columns of tables, and putting rows in order.
local Column = require "mah.data.table.column"
local Table = require "mah.data.table.class"
local Type = require "mah.tensor.type"
local build = require "mah.data.table.build"
local check = require "mah.base.check"
local make = require "mah.tensor.make"
local elsewhere = require "mah.data.table.elsewhere"
local options = require "mah.base.options"
local random = require "mah.tensor.random"

local methods, expect = Table.methods, Table.expect

local MISSING = {} -- the stratum of rows without a value

local function map(columns, f)
  local mapped = {}
  for i, column in ipairs(columns) do mapped[i] = f(column) end
  return mapped
end

-- -- Columns --------------------------------------------------------------------------------------

--- Some columns, in this order.
---
---     local t = mah.data.table{{"name", {"Ann", "Bob", "Cem"}}, {"age", {30, 40, 20}}}
---     print(table.concat(t:select({"age", "name"}).names, " "))  --> age name
---@param self mah.Table
---@param columns (string|integer)[]
---@return mah.Table
function methods.select(self, columns)
  return Table.new(map(Table.pick(self, columns, "select"), function(c) return c end), #self)
end

--- All columns but these.
---
---     local t = mah.data.table{{"name", {"Ann", "Bob", "Cem"}}, {"age", {30, 40, 20}}}
---     print(table.concat(t:drop({"age"}).names, " "))  --> name
---@param self mah.Table
---@param columns string|integer|(string|integer)[]
---@return mah.Table
function methods.drop(self, columns)
  local gone, kept = {}, {}
  for _, column in ipairs(Table.pick(self, columns, "drop")) do gone[column.name] = true end
  for _, column in ipairs(Table.columns(self)) do
    if not gone[column.name] then kept[#kept + 1] = column end
  end
  return Table.new(kept, #self)
end

--- With new columns, or others in the place of those of the same name: columns, lists, tensors, or
--- functions of a row.
---
---     local t = mah.data.table{{"name", {"Ann", "Bob", "Cem"}}, {"age", {30, 40, 20}}}
---     local more = t:with({months = t.age * 12, old = function(row) return row.age > 35 end})
---     print(more.months[1], more.old[2], #t.names)  --> 360 true 2
---@param self mah.Table
---@param columns table<string, any>
---@return mah.Table
function methods.with(self, columns)
  expect(self, "with")
  local names, new, result = {}, {}, {}
  for name in pairs(columns) do
    check.that(type(name) == "string", "with: names of columns are strings; got %s",
      check.show(name))
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local values = columns[name]
    if type(values) == "function" then
      local list = {}
      local row_at = Table.reader(self)
      for i = 1, #self do list[i] = values(row_at(i)) end
      values = list
    end
    new[name] = build.column(name, values, nil, #Table.columns(self) > 0 and #self or nil)
  end
  for i, column in ipairs(Table.columns(self)) do
    result[i], new[column.name] = new[column.name] or column, nil
  end
  for _, name in ipairs(names) do result[#result + 1] = new[name] end
  return Table.new(result)
end

--- The columns under other names: t:rename{old = "new"}.
---
---     local t = mah.data.table{{"name", {"Ann", "Bob", "Cem"}}, {"age", {30, 40, 20}}}
---     print(t:rename({age = "years"}).years[1])  --> 30
---@param self mah.Table
---@param names table<string, string>
---@return mah.Table
function methods.rename(self, names)
  expect(self, "rename")
  check.that(type(names) == "table", "rename: a table {old = \"new\"} is expected, got %s",
    check.show(names))
  for old in pairs(names) do Table.place(self, old, "rename") end
  return Table.new(map(Table.columns(self), function(column)
    return Column.like(column, column.values, names[column.name])
  end), #self)
end

local tensor_rules = options.declare("table:tensor", {
  dtype = { "float64", "string", nil, "of the tensor" } })

--- The columns as one tensor (rows, columns), float64 unless told; missing values are NaN. Text and
--- categories are an error that names the column.
---
---     local t = mah.data.table{a = {1, 2, 3}, b = {4, 5, 0 / 0}}
---     local x = t:tensor({"b", "a"}, {dtype = "float32"})
---     print(x.dtype, x.shape[1], x.shape[2], x[1][1])  --> float32 3 2 4
---@param self mah.Table
---@param columns string|integer|(string|integer)[]|nil   all when nil
---@param given {dtype: string?}|nil
---@return tensor
function methods.tensor(self, columns, given)
  local o = options(given, tensor_rules, "table:tensor")
  local picked = Table.pick(self, columns, "tensor")
  local out = make.empty(#self, #picked, { dtype = o.dtype })
  for j, column in ipairs(picked) do out:select(2, j):copy_(column:tensor(o.dtype)) end
  return out
end

-- -- Rows -----------------------------------------------------------------------------------------

--- The rows with these numbers, from 1 (negative ones from the end), in this order.
---
---     local t = mah.data.table{{"name", {"Ann", "Bob", "Cem"}}, {"age", {30, 40, 20}}}
---     print(t:take({3, 1}).name[1], t:take({-1}).name[1])  --> Cem Cem
---@param self mah.Table
---@param rows tensor|integer[]
---@return mah.Table
function methods.take(self, rows)
  expect(self, "take")
  if type(rows) == "table" then rows = make.tensor(rows, { dtype = "int64" }) end
  Type.expect(rows, "take: rows")
  return Table.new(map(Table.columns(self), function(column)
    return Column.like(column, column.values:index_select(1, rows))
  end), #rows)
end

--- The rows where a mask is not 0 (t.age:gt(30)), where a boolean column is true, or where a
--- function of the row ({name = value}) is true.
---
---     local t = mah.data.table{{"name", {"Ann", "Bob", "Cem"}}, {"age", {30, 40, 20}}}
---     print(#t:where(t.age:gt(25)))  --> 2
---     print(#t:where(function(row) return row.name == "Bob" or row.age < 25 end))  --> 2
---@param self mah.Table
---@param condition tensor|mah.Column|function
---@return mah.Table
function methods.where(self, condition)
  expect(self, "where")
  local mask = condition
  if type(condition) == "function" then
    mask = make.zeros(#self, "bool")
    local row_at = Table.reader(self)
    for i = 1, #self do mask[i] = condition(row_at(i)) and 1 or 0 end
  elseif Column.is(condition) and condition.kind == "boolean" then
    mask = condition:eq(true)
  end
  if not Type.is_tensor(mask) then
    check.raise("where: a mask (t.age:gt(30)), a boolean column or a function of a row is "
      .. "expected, got %s", check.show(condition))
  end
  if mask.ndim ~= 1 or #mask ~= #self then
    check.raise("where: a mask of %d elements is expected, got %s", #self, Type.describe(mask))
  end
  return self:take(mask:nonzero():reshape(-1))
end

--- The first rows.
---
---     local t = mah.data.table{{"name", {"Ann", "Bob", "Cem"}}, {"age", {30, 40, 20}}}
---     print(#t:head(2), t:head(1).name[1])  --> 2 Ann
---@param self mah.Table
---@param n integer|nil   5
---@return mah.Table
function methods.head(self, n)
  n = math.min(Type.integer(n or 5, "head", "n"), #expect(self, "head"))
  return Table.new(map(Table.columns(self), function(column)
    return Column.like(column, column.values:narrow(1, 1, math.max(n, 0)))
  end), math.max(n, 0))
end

--- The last rows.
---
---     local t = mah.data.table{{"name", {"Ann", "Bob", "Cem"}}, {"age", {30, 40, 20}}}
---     print(#t:tail(2), t:tail(1).name[1])  --> 2 Cem
---@param self mah.Table
---@param n integer|nil   5
---@return mah.Table
function methods.tail(self, n)
  n = math.max(0, math.min(Type.integer(n or 5, "tail", "n"), #expect(self, "tail")))
  return self:take(make.arange(#self - n + 1, #self, { dtype = "int64" }))
end

--- The rows that have a value in each of these columns.
---
---     local t = mah.data.table{age = {30, 0 / 0}, name = {"Ann", "Bob"}}
---     print(#t:drop_missing(), #t:drop_missing({"name"}))  --> 1 2
---@param self mah.Table
---@param columns string|string[]|nil   all when nil
---@return mah.Table
function methods.drop_missing(self, columns)
  local mask = make.zeros(#expect(self, "drop_missing"), "bool")
  for _, column in ipairs(Table.pick(self, columns, "drop_missing")) do
    mask = mask:maximum(column:missing())
  end
  return self:where(mask:eq(0))
end

-- -- Order ----------------------------------------------------------------------------------------

--- The place of each name in the order of the alphabet (of bytes); false before true.
local function ranks(names)
  local order, rank = {}, {}
  for i = 1, #names do order[i] = i end
  if type(names[1]) == "boolean" then return { 1, 2 } end
  table.sort(order, function(a, b) return names[a] < names[b] end)
  for place, i in ipairs(order) do rank[i] = place end
  return rank
end

--- Numbers that order as the column's values do, with NaN (which comes last) where one is missing.
local function sort_keys(column)
  local kind = column.kind
  if kind == "integer" or kind == "date" then
    return column:count_missing() == 0 and column.values or column:tensor()
  elseif kind == "number" then
    return column.values
  end
  if kind == "text" then
    local list, distinct = column:list(), {}
    for i = 1, #column do if list[i] then distinct[list[i]] = true end end
    local names, code = {}, {}
    for name in pairs(distinct) do names[#names + 1] = name end
    table.sort(names)
    for i, name in ipairs(names) do code[name] = i end
    local keys = make.empty(#column, { dtype = "float64" })
    for i = 1, #column do keys[i] = list[i] and code[list[i]] or tonumber "nan" end
    return keys
  end
  local rank = ranks(column.names)
  local keys = make.empty(#column, { dtype = "float64" })
  for i = 1, #column do
    local code = column.values[i]
    keys[i] = code < 0 and tonumber "nan" or rank[code + 1]
  end
  return keys
end

local sort_rules = options.declare("table:sort", {
  descending = { false, "boolean", nil, "the greatest first" } })

--- The rows in the order of a column's values, or of several: the first is the weightiest. Rows
--- that are equal keep their order; missing values come last.
---
---     local t = mah.data.table{{"name", {"Ann", "Bob", "Cem"}}, {"age", {30, 40, 20}}}
---     print(t:sort("age").name[1], t:sort("age", {descending = true}).name[1])  --> Cem Bob
---@param self mah.Table
---@param by string|string[]
---@param given {descending: boolean?}|nil
---@return mah.Table
function methods.sort(self, by, given)
  expect(self, "sort")
  check.that(type(given) ~= "string", "table:sort: several columns are a list: t:sort{%s, %s}",
    check.show(by), check.show(given))
  local o = options(given, sort_rules, "table:sort")
  if by == nil then check.raise "sort: by which column?" end
  local columns = Table.pick(self, by, "sort")
  local order
  for i = #columns, 1, -1 do
    local keys = sort_keys(columns[i])
    if o.descending then keys = keys:neg() end -- NaN stays the last
    if order then keys = keys:index_select(1, order) end
    local places = keys:argsort()
    order = order and order:index_select(1, places) or places
  end
  return self:take(order)
end

-- -- Parts ----------------------------------------------------------------------------------------

local split_rules = options.declare("table:split", {
  test = { 0.25, "number", "(0, inf)", "rows for the test: a share below 1, or a number" },
  stratify = { nil, "string|integer", nil, "a column of which both tables get the same share of "
    .. "each value; nil: rows are drawn whatever they are" },
  seed = { nil, "integer", "[0, inf)", "seed of the draws; nil: other draws each time" },
})

--- Row numbers of each value of a column, in the order in which the values come.
local function strata(column)
  local groups, place, key_of = {}, {}, Column.keys { column }
  for i = 1, #column do
    local key = key_of(i) or MISSING
    if not place[key] then
      groups[#groups + 1] = { value = column[i] }
      place[key] = groups[#groups]
    end
    table.insert(place[key], i)
  end
  return groups
end

--- `count` of the rows, as evenly from the strata as it goes: each gives its whole part, and those
--- with the largest rest one more.
local function draw_stratified(groups, count, rows, rng)
  local rest, chosen, left = {}, {}, count
  for g, group in ipairs(groups) do
    local share = #group * count / rows
    group.taken = math.floor(share)
    rest[g] = { g = g, value = share - group.taken }
    left = left - group.taken
  end
  table.sort(rest, function(a, b)
    if a.value ~= b.value then return a.value > b.value end
    return a.g < b.g
  end)
  for i = 1, left do groups[rest[i].g].taken = groups[rest[i].g].taken + 1 end
  for _, group in ipairs(groups) do
    rng:shuffle(group)
    for i = 1, group.taken do chosen[group[i]] = true end
  end
  return chosen
end

--- Two tables: rows to learn from, and rows for the test, drawn at random; the rows of both keep
--- their order.
---
---     local t = mah.data.table{port = {"S", "S", "S", "S", "C", "C", "C", "C"}}
---     local train, test = t:split({test = 0.25, stratify = "port", seed = 1})
---     print(#train, #test, test.port[1], test.port[2])  --> 6 2 S C
---@param self mah.Table
---@param given {test: number?, stratify: string?, seed: integer?}|nil
---@return mah.Table train, mah.Table test
function methods.split(self, given)
  local o = options(given, split_rules, "table:split", elsewhere.split)
  local n = #expect(self, "split")
  local count = o.test < 1 and math.ceil(n * o.test - 1e-9) or o.test
  if count % 1 ~= 0 or count >= n then
    check.raise("table:split: test = %s of %d rows leaves nothing to learn from; a share below 1 "
      .. "or a number of rows below %d is expected", tostring(o.test), n, n)
  end
  local rng, chosen = random.generator(o.seed, "table:split"), {}
  if o.stratify then
    local column = self:column(o.stratify)
    local groups = strata(column)
    for _, group in ipairs(groups) do
      if #group < 2 then
        check.raise("table:split: stratify: column '%s' has %s in only one row (%d); each value "
          .. "must be in two at least", column.name, check.show(group.value), group[1])
      end
    end
    chosen = draw_stratified(groups, count, n, rng)
  else
    local order = rng:permutation(n)
    for i = 1, count do chosen[order[i]] = true end
  end
  local mask = make.zeros(n, "bool")
  for i in pairs(chosen) do mask[i] = 1 end
  return self:where(mask:eq(0)), self:where(mask)
end

return methods
