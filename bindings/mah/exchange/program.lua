--- What a fitted model computes from one row, as a list of operations on named values: no file
--- format, no class of estimators. lower/ writes models as programs, onnx/ and c/ turn programs
--- into files: each transformer is described once, each operation once for each kind of file.
---
---     local p = program.new()
---     local x = p:input("x", "float32", 4)
---     local z = p:op("div", { p:op("sub", { x }, { by = mean }) }, { by = deviation })
---
--- A value has a name, a dtype ("float32", "float64" or "text") and a width, its number of columns.
--- Rows are independent; x[j] is column j of a row, from 1. A node is {op =, inputs = {values},
--- output = value} with attributes; nodes stand in an order in which they can be computed. Numbers
--- in attributes are doubles, to be rounded to the values' dtype; `by` has one for each column. A
--- missing value is NaN, and in texts the empty string unless that is a category.
---
---   op           inputs, attributes           output (the dtype and width of x unless told)
---   cast         x; to                        x in the dtype `to`, rounded to nearest
---   columns      x; places                    x[places[1]], x[places[2]] ...; width #places
---   cat          x, y, ...                    their columns side by side, all of one dtype
---   add sub mul div   x; by, or x, y          x[j] + by[j], x[j] - by[j], x[j] by[j], x[j] / by[j]
---   pow          x; by, or x, y               x[j] to the power by[j]. A second value y stands in
---                                             the place of by; one of both may have the width 1
---   minimum maximum   x; by, or x, y          the smaller, larger one of x[j] and by[j]; NaN where
---                                             x[j] is, or y[j]
---   eq ne lt le gt ge   x; by, or x, y        1 where x[j] = by[j] (is not, <, <=, >, >=), else 0
---   where        c, x, y                      x[j] where c[j] is not 0, else y[j]; c too may have
---                                             the width 1
---   fill         x; by, to                    by[j] in each row that x has, in the dtype `to`
---   sum          x, y, ...                    x[j] + y[j] + ..., from the left
---   unary        x; name                      a function of single elements under its name among
---                                             tensors' (core/tensor/elementwise.h: "log1p" ...);
---                                             isnan and isfinite give 1 and 0
---   is_missing   x; value                     float64: 1 where x[j] is missing or equals value
---                                             (nil: where it is missing), else 0
---   fill_missing x; by, value                 by[j] where is_missing says 1, else x[j]
---   one_hot      x of width 1; categories     float64, width #categories: output[j] is 1 where x =
---                                             categories[j] (NaN there: where x is missing), else
---                                             0; so an unknown x gives zeros. `known`: categories
---                                             that fit saw, where some have no column; or nil
---   ordinal      x of width 1; categories,    float64: k - 1 where x = categories[k]; `missing`
---                missing, unknown             where x is missing; else `unknown`
---   bins         x of width 1; edges          how many of the (ascending) edges are <= x
---   interpolate  x of width 1; knots, values  numpy.interp: with the greatest i where knots[i] <=
---                                             x (knots ascend, and may be equal)
---                                             slope (x - knots[i]) + values[i], slope =
---                                             (values[i+1] - values[i]) / (knots[i+1] - knots[i]);
---                                             values[1] below and values[n] above them
---   quantiles    x of width 1; quantiles,     1 where x = quantiles[n], but 0 where x =
---                references                   quantiles[1]; else the mean of interpolate(x,
---                                             quantiles, references) and -interpolate(-x, both
---                                             lists negated and in reverse order)
---   power        x; powers, inverse           Yeo and Johnson's, p = powers[j]: for x >= 0
---                                             ((x + 1)^p - 1) / p, log(1 + x) where |p| < 2^-52;
---                                             else -((1 - x)^(2 - p) - 1) / (2 - p), -log(1 - x)
---                                             where |p - 2| <= 2^-52; with inverse the way back
---   normalize    x; norm                      x over its row's norm: "l1" sum |x|, "l2" root of
---                                             the sum of x^2, "max" max |x|; zeros stay
---   shares       x                            x over the row's sum; 1 / width where that is 0
---   monomials    x; products                  width #products: x[a] x[b] ... for products[j] =
---                                             {a, b, ...}, from the left; 1 for an empty list
---   reduce       x; name, outer, count,       x's row is (outer, count, inner), the last one being
---                inner                        the next; the sum, mean, prod, max or min over count
---   cumsum       x; outer, count, inner       likewise: sums of the first, the first two ...
---   centre       x; outer, count, inner       x minus its means over count, which must not cancel:
---                                             of 1e4 + (-1, 1) comes (-1, 1)
---   linear       x; weight, bias, name,       x W + b; weight (inputs, outputs) and bias (outputs)
---                times                        are tensors of x's dtype, bias may be nil. times: so
---                                             many groups of columns (1 unless told), each by
---                                             itself
---   product      x, y; rows, inner, columns,  matrices (times of them, 1 unless told) in x's row,
---                times                        (rows, inner), times those in y's, (inner, columns)
---   lookup       x; weight, first, name       for each column row x[j] - first, from 0, of weight,
---                                             a tensor, side by side; x is float64. C: NaN where
---                                             there is no such row; ONNX runtimes complain of it
---   activation   x; name                      a hidden layer's (core/learn/model/activation.h), or
---                                             softmax (the row's), or exp
---
--- An input or an entry of `outputs`, or else the result, whose rows are no vectors has `sizes` ({}
--- for numbers): the row in C's order is its columns.
---
--- `result` says what comes out:
---   {kind = "classifier", probabilities = value, classes = labels}: a row has the label of the
---     first of the largest probabilities. With multilabel = true column j is a label by itself, 1
---     where its probability is above 1/2.
---   {kind = "regressor" | "network" | "transformer", value = value}
---   {kind = "network", outputs = {{name =, value =}, ...}}
--- Inputs are one matrix, or a table's columns: values of width 1, `column` their names there. A
--- network of one's own may have several, of any `sizes`; whole numbers come as "int64", of which
--- the first node is a cast.
local Type = require "mah.tensor.type"
local check = require "mah.base.check"

local program = {}

---@class mah.Program
---@field inputs table[]    values
---@field nodes table[]
---@field result table      see above
---@field networks table    {[network] = {{name = of a linear node, weight =, bias =}, ...}}: those
---  whose weights are the network's own
local Program = {}
Program.__index = Program

---@return mah.Program
function program.new()
  return setmetatable({ inputs = {}, nodes = {}, networks = {}, count = {} }, Program)
end

--- A list negated and in reverse order, as `quantiles` wants it.
---@param list number[]
---@return number[]
function program.mirrored(list)
  local out = {}
  for i = 1, #list do out[i] = -list[#list + 1 - i] end
  return out
end

-- -- What each operation gives --------------------------------------------------------------------

local function same(x) return x.dtype, x.width end

--- The width of several values, some of width 1.
local function widest(all)
  local width = 1
  for _, value in ipairs(all) do width = math.max(width, value.width) end
  for _, value in ipairs(all) do
    check.that(value.width == 1 or value.width == width, "values of %d and %d columns", width,
      value.width)
    check.that(value.dtype == all[#all].dtype, "values of several types in one operation")
  end
  return all[#all].dtype, width
end

--- `by` as a list with one entry for each column; or a second value.
local function by_columns(x, given, all)
  if all[2] then return widest(all) end
  if type(given.by) ~= "table" then
    local list = {}
    for j = 1, x.width do list[j] = given.by end
    given.by = list
  end
  check.that(#given.by == x.width, "%d columns and %d constants", x.width, #given.by)
  return same(x)
end

local function one_column(x)
  check.that(x.width == 1, "a single column is expected, got %d", x.width)
  return same(x)
end

local function coded(x, given)
  one_column(x)
  return "float64", given.missing == nil and #given.categories or 1
end

local function numbers(x)
  check.that(x.dtype ~= "text", "numbers are expected, and these are texts")
  return same(x)
end

local function pieces(x, _, all)
  local width = 0
  for _, value in ipairs(all) do
    check.that(value.dtype == x.dtype, "values of several types side by side")
    width = width + value.width
  end
  return x.dtype, width
end

local function linear(x, given)
  local shape, times = Type.expect(given.weight, "weight").shape, given.times or 1
  check.that(#shape == 2 and times * shape[1] == x.width, "%d columns, and weights of %d", x.width,
    shape[1])
  return x.dtype, times * shape[2]
end

local function expect_groups(x, given)
  check.that(given.outer * given.count * given.inner == x.width, "groups of %d x %d x %d columns "
    .. "of %d", given.outer, given.count, given.inner, x.width)
end

local function grouped(x, given)
  expect_groups(x, given)
  return same(x)
end

local function reduced(x, given)
  expect_groups(x, given)
  return x.dtype, given.outer * given.inner
end

local function product(x, given, all)
  local times = given.times or 1
  check.that(times * given.rows * given.inner == x.width
    and times * given.inner * given.columns == all[2].width, "a product of %d and %d columns",
    x.width, all[2].width)
  return x.dtype, times * given.rows * given.columns
end

--- op -> function(x, attributes, inputs) -> dtype, width of what comes out
local operations = {
  cast = function(x, given) return given.to, x.width end,
  columns = function(x, given) return x.dtype, #given.places end,
  cat = pieces,
  add = by_columns, sub = by_columns, mul = by_columns, div = by_columns,
  minimum = by_columns, maximum = by_columns, fill_missing = by_columns, pow = by_columns,
  eq = by_columns, ne = by_columns, lt = by_columns, le = by_columns, gt = by_columns,
  ge = by_columns,
  where = function(_, _, all)
    local _, width = widest { all[2], all[3] }
    return all[2].dtype, math.max(width, all[1].width)
  end,
  fill = function(_, given) return given.to, #given.by end,
  sum = numbers, unary = numbers, normalize = numbers, shares = numbers, power = numbers,
  activation = numbers,
  is_missing = function(x) return "float64", x.width end,
  one_hot = coded, ordinal = coded,
  bins = one_column, interpolate = one_column, quantiles = one_column,
  monomials = function(x, given) return x.dtype, #given.products end,
  linear = linear, reduce = reduced, cumsum = grouped, centre = grouped, product = product,
  lookup = function(x, given) return given.weight.dtype, x.width * given.weight.shape[2] end,
}

-- -- Building -------------------------------------------------------------------------------------

--- A name that no other value of the program has.
local function unique(self, stem)
  self.count[stem] = (self.count[stem] or 0) + 1
  return stem .. "_" .. self.count[stem]
end

local function begins_input(self, name)
  for _, input in ipairs(self.inputs) do
    if input.name:sub(1, #name) == name then return true end
  end
  return false
end

--- A name for a node of weights with which no input's begins, as a column "dense_1.weight" does.
local function layer_name(self, stem)
  local name
  repeat name = unique(self, stem) until not begins_input(self, name)
  return name
end

local stems = { linear = "dense", lookup = "embedding" }

--- A matrix or, with `column`, a table's column, whose dtype may come to be known later.
---@param name string
---@param dtype string|nil
---@param width integer
---@param column string|nil
---@return table value
function Program:input(name, dtype, width, column)
  local value = { name = name, dtype = dtype, width = width, column = column }
  self.inputs[#self.inputs + 1] = value
  return value
end

--- One operation.
---@param name string
---@param inputs table[]
---@param given table|nil   its attributes; `name` of a linear one, of a lookup is found here
---@return table value
function Program:op(name, inputs, given)
  given = given or {}
  local dtype, width = operations[name](inputs[1], given, inputs)
  given.op, given.inputs = name, inputs
  if stems[name] then given.name = layer_name(self, stems[name]) end
  given.output = { name = unique(self, name), dtype = dtype, width = width, node = given }
  self.nodes[#self.nodes + 1] = given
  return given.output
end

--- x in that dtype; asked twice it is one value.
---@return table value
function Program:cast(x, dtype)
  if x.dtype == dtype then return x end
  x.casts = x.casts or {}
  x.casts[dtype] = x.casts[dtype] or self:op("cast", { x }, { to = dtype })
  return x.casts[dtype]
end

--- The values that come out: one, unless the result has `outputs`.
---@return table[]
function Program:ends()
  local result, list = self.result, {}
  for i, output in ipairs(result.outputs or {}) do list[i] = output.value end
  return result.outputs and list or { result.probabilities or result.value }
end

--- How often each value is needed: by nodes, and as one that comes out.
---@return table<table, integer>
function Program:uses()
  local uses = {}
  local function count(value) uses[value] = (uses[value] or 0) + 1 end
  for _, node in ipairs(self.nodes) do
    for _, input in ipairs(node.inputs) do count(input) end
  end
  for _, value in ipairs(self:ends()) do count(value) end
  return uses
end

--- Leaves out inputs and nodes that nothing of the result is made of.
---@return mah.Program self
function Program:trim()
  local used = {}
  local function mark(value)
    if used[value] then return end
    used[value] = true
    for _, input in ipairs(value.node and value.node.inputs or {}) do mark(input) end
  end
  for _, value in ipairs(self:ends()) do mark(value) end
  local nodes, inputs = {}, {}
  for _, node in ipairs(self.nodes) do
    if used[node.output] then nodes[#nodes + 1] = node end
  end
  for _, input in ipairs(self.inputs) do
    if used[input] or not input.column then inputs[#inputs + 1] = input end
  end
  self.nodes, self.inputs = nodes, inputs
  return self
end

return program
