--- What turns records into nodes: the entries of the operands so far (init.lua tells what they
--- are), constants, and how a value gets the columns of another one.
---
---     local a, b = t:operand(k, "a"), t:operand(k, "b")      -- of record k
---     t:node("add", { t:spread(a, sizes, dtype) }, { by = t:list(b, sizes) })
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local make = require "mah.tensor.make"
local probes = require "mah.exchange.trace.probes"

---@class mah.Trace
---@field program mah.Program
---@field entries table   by the record's place
---@field probes table
local Trace = {}
Trace.__index = Trace

function Trace.new(p, found)
  return setmetatable({ program = p, probes = found, entries = {} }, Trace)
end

-- -- Records --------------------------------------------------------------------------------------

--- Complains of record k, by the name of its operation and where that stands.
function Trace:fail(k, reason, ...)
  local where = self.probes.first.records[k].where
  check.raise("cannot write %s: %s%s", (self:rule(k).name:gsub("_list$", "")), reason:format(...),
    where ~= "" and (" (%s)"):format(where) or "")
end

--- The three records.
function Trace:records(k)
  local p = self.probes
  return p.first.records[k], p.other.records[k], p.more.records[k]
end

function Trace:rule(k) return self.probes.first.records[k].rule end

--- A setting of record k, which must be the same for all rows.
---@param k integer
---@param name string   "b", "c" ...
function Trace:setting(k, name)
  local first, other, more = self:records(k)
  local value = first[name]
  if not probes.same(value, other[name]) then
    self:fail(k, "its argument depends on what is in x")
  elseif not probes.same(value, more[name]) then
    self:fail(k, "its argument depends on how many rows x has")
  end
  return value
end

--- The sizes of a row of what record k gives: those behind the first dimension, with how many rows
--- there are for one of x before them where that is more than one (then `fused`).
---@return integer[] sizes, boolean fused
function Trace:sizes(k)
  local first, _, more = self:records(k)
  local a, b, rows = first.value.shape, more.value.shape, self.probes.rows
  local times = #a > 0 and a[1] / rows[1] or 0
  if times < 1 or times % 1 ~= 0 or #a ~= #b or b[1] ~= times * rows[2] then
    self:fail(k, "it mixes rows; each must be computed by itself")
  end
  local sizes = {}
  if times > 1 then sizes[1] = times end
  for d = 2, #a do
    sizes[#sizes + 1] = a[d]
    if a[d] ~= b[d] then self:fail(k, "it mixes rows; each must be computed by itself") end
  end
  return sizes, times > 1
end

--- The dtype of the program for what record k gives.
---@return "float32"|"float64"
function Trace:dtype(k)
  local dtype = self:records(k).value.dtype
  if dtype == "float32" or dtype == "float64" then return dtype end
  if dtype:find "float" then self:fail(k, "%s has no place in a file", dtype) end
  return "float64"
end

--- How many elements sizes are of, or the first `count` of them.
local function width_of(sizes, count)
  local n = 1
  for d = 1, count or #sizes do n = n * sizes[d] end
  return n
end
Trace.width_of = width_of

--- What record k gives, as the entry of a value.
function Trace:entry(k, value)
  local sizes, fused = self:sizes(k)
  return { value = value, sizes = sizes, fused = fused }
end

--- Sees to it that the entry of record k is what the record says.
function Trace:check_entry(k)
  local entry = self.entries[k]
  local sizes = self:sizes(k)
  assert(table.concat(sizes, "x") == table.concat(entry.sizes, "x")
    and entry.value.width == width_of(sizes), self:rule(k).name)
end

-- -- Operands -------------------------------------------------------------------------------------

--- The row that a constant (N, ...) has N times.
local function only_row(t, k, first, more)
  local row = first:narrow(1, 1, 1)
  local all_alike = first.ndim == more.ndim
  for _, x in ipairs { first, more } do
    for i = 1, #x do all_alike = all_alike and probes.same(x:narrow(1, i, 1), row) end
  end
  if not all_alike then
    t:fail(k, "an operand that is no part of x has other numbers for other rows")
  end
  return row
end

local function constant(t, k, first, other, more)
  if not probes.same(first, other) then
    t:fail(k, "an operand depends on what is in x by a way that cannot be followed; comparisons, "
      .. "rounding and mah.where can")
  end
  if Type.is_tensor(first) and Type.is_tensor(more) and first.ndim > 0
    and first.shape[1] == t.probes.rows[1] and more.shape[1] == t.probes.rows[2] then
    return { constant = only_row(t, k, first, more) }
  elseif not probes.same(first, more) then
    t:fail(k, "an operand depends on how many rows x has")
  end
  return { constant = first }
end

--- A constant that stands among the settings of record k.
function Trace:mask(k, name)
  local first, other, more = self:records(k)
  return constant(self, k, first[name], other[name], more[name]).constant
end

--- An operand of record k: its entry, or {constant = a tensor or a number}.
---@param k integer
---@param name "a"|"b"|integer   integer: of its list
---@return table
function Trace:operand(k, name)
  local first, other, more = self:records(k)
  if type(name) == "number" then
    local place = first.places[name]
    return self.entries[place] or constant(self, k, first.list[name], other.list[name],
      more.list[name])
  end
  return self.entries[first["p" .. name]]
    or constant(self, k, first[name], other[name], more[name])
end

--- Is the operand, in this shape, of no more dimensions than the result of record k?
local function expect_aligned(t, k, entry, name)
  local r = t:records(k)
  local x = type(name) == "number" and r.list[name] or r[name]
  if not entry.constant and x.ndim ~= r.value.ndim then
    t:fail(k, "its rows meet another operand's columns")
  end
end

--- Operands of an operation by elements, which broadcast.
---@param k integer
---@param ... "a"|"b"|integer
---@return table ...   as t:operand gives them
function Trace:operands(k, ...)
  local list = {}
  for i, name in ipairs { ... } do
    list[i] = self:operand(k, name)
    expect_aligned(self, k, list[i], name)
  end
  return unpack(list)
end

-- -- Columns --------------------------------------------------------------------------------------

--- The same sizes with those of 1 before them that broadcasting puts there.
local function padded(sizes, count)
  local list = {}
  for _ = 1, count - #sizes do list[#list + 1] = 1 end
  for _, size in ipairs(sizes) do list[#list + 1] = size end
  return list
end

--- 1 ... n in a tensor of these sizes.
function Trace.numbered(sizes)
  return make.arange(1, width_of(sizes), 1, { dtype = "int64" }):reshape(sizes)
end

--- A tensor's elements, in order.
function Trace.flat(x)
  if x:numel() == 0 then return {} end
  return x:contiguous():view(x:numel()):totable()
end

--- A value's columns, chosen by places.
---@return table value
function Trace:chosen(value, places)
  local is_whole = #places == value.width
  for j, place in ipairs(places) do is_whole = is_whole and j == place end
  return is_whole and value or self:node("columns", { value }, { places = places })
end

function Trace:node(op, inputs, given) return self.program:op(op, inputs, given) end

function Trace:cast(value, dtype) return self.program:cast(value, dtype) end

--- An entry's value with the columns of `sizes`; one of width 1 stays as it is unless `exact`.
---@param entry table
---@param sizes integer[]
---@param dtype string|nil   nil: as it is
---@param exact boolean|nil
---@return table value
function Trace:spread(entry, sizes, dtype, exact)
  local value = dtype and self:cast(entry.value, dtype) or entry.value
  local width = width_of(sizes)
  if value.width == width or value.width == 1 and not exact then return value end
  local from = padded(entry.sizes, #sizes)
  return self:chosen(value, self.flat(self.numbered(from):expand(sizes)))
end

--- A constant's numbers for the columns of `sizes`, one for each.
---@param k integer
---@param constant number|tensor
---@param sizes integer[]
---@return number[]
function Trace:list(k, value, sizes)
  local list = {}
  if type(value) == "number" or type(value) == "boolean" then
    if type(value) == "boolean" then value = value and 1 or 0 end
    for j = 1, width_of(sizes) do list[j] = value end
    return list
  end
  local shape = padded(value.shape, #sizes)
  if #shape > #sizes and shape[1] == 1 then table.remove(shape, 1) end
  if #shape ~= #sizes then self:fail(k, "a constant has more dimensions than a row") end
  return self.flat(value:reshape(shape):expand(sizes):double())
end

--- An entry or constant as a value with the columns of `sizes`.
---@param like table   an entry: there are as many rows
---@param exact boolean|nil   not of width 1 in their place
---@return table value
function Trace:value(k, operand, sizes, dtype, like, exact)
  if operand.constant == nil then return self:spread(operand, sizes, dtype, exact) end
  local list = self:list(k, operand.constant, sizes)
  local is_one = not exact
  for _, number in ipairs(list) do is_one = is_one and number == list[1] end
  return self:node("fill", { like.value }, { by = is_one and { list[1] } or list,
    to = dtype or "float64" })
end

return Trace
