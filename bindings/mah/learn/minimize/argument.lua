--- What a function to be minimised takes, in the form of x0 (a number, a tensor, a table of them),
--- as one flat vector that methods work on, and back.
---
---     local argument = Argument.new({ b = mah.zeros(2), a = 1 }, "mah.minimize")
---     argument.start                                 --> (3): 1 0 0, a before b
---     argument:at(w)                                 --> { a = 1, b = a view }: what f gets
---     argument:form(w)                               --> the same in memory of its own
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local tensor = require "mah.tensor"
local traced = require "mah.tensor.traced"
local trees = require "mah.grad.trees"

local name_of = trees.name_of

local Argument = {}
Argument.__index = Argument

-- -- The leaves, in order -------------------------------------------------------------------------

local function by_name(a, b)
  if type(a) == type(b) then return a < b end
  return type(a) == "number"
end

--- The keys of a table, numbers before names, names sorted.
function Argument.sorted_keys(x)
  local keys = {}
  for key in pairs(x) do keys[#keys + 1] = key end
  table.sort(keys, by_name)
  return keys
end

local sorted_keys = Argument.sorted_keys

--- {value =, name =, path = keys, count =, first =} of each leaf, in that order.
local function leaves_of(x, name, path, list)
  if type(x) ~= "table" then
    local count = type(x) == "number" and 1 or x:numel()
    local last = list[#list]
    list[#list + 1] = { value = x, name = name, path = path, count = count,
      first = last and last.first + last.count or 1 }
    return list
  end
  for _, key in ipairs(sorted_keys(x)) do
    local inner = { unpack(path) }
    inner[#inner + 1] = key
    leaves_of(x[key], name_of(name, key), inner, list)
  end
  return list
end

local function expect_keys(x, where)
  if type(x) ~= "table" then return end
  for key, inner in pairs(x) do
    check.that(type(key) == "string" or type(key) == "number", "%s: x0 has a key %s; names or "
      .. "numbers are expected", where, check.show(key))
    expect_keys(inner, where)
  end
end

local function expect(x, where)
  trees.map(x, function(leaf, name)
    if traced.is(leaf) then check.raise("%s is a traced tensor", name) end
    if type(leaf) == "number" then return end
    if C.mah_dtype_is_integer(leaf.elem) ~= 0 then
      check.raise("%s is %s; write x:double(): minima are sought among float64 or float32", name,
        Type.describe(leaf))
    end
  end, where .. ": x0")
  expect_keys(x, where)
end

--- The dtype of all tensors among the leaves; float64 where there are only numbers.
local function dtype_of(list, where)
  local first
  for _, leaf in ipairs(list) do
    if Type.is_tensor(leaf.value) then
      first = first or leaf
      check.that(first.value.elem == leaf.value.elem, "%s: x0: %s is %s and %s is %s; one dtype is "
        .. "expected", where, first.name, first.value.dtype, leaf.name, leaf.value.dtype)
    end
  end
  return first and first.value.dtype or "float64"
end

-- -- Making ---------------------------------------------------------------------------------------

---@param x any          a number, a tensor, a table of them
---@param where string   for messages
---@return table argument   {start = (n), leaves, dtype, n}
function Argument.new(x, where)
  expect(x, where)
  local self = setmetatable({ x0 = x, where = where, leaves = leaves_of(x, "", {}, {}) }, Argument)
  local last = self.leaves[#self.leaves]
  self.n = last and last.first + last.count - 1 or 0
  self.dtype = dtype_of(self.leaves, where)
  self.buffer = tensor.zeros(self.n, { dtype = self.dtype })
  for _, leaf in ipairs(self.leaves) do
    local view = self.buffer:narrow(1, leaf.first, leaf.count)
    leaf.flat = view
    if type(leaf.value) == "number" then
      self.has_numbers = true
      view[1] = leaf.value
    else
      leaf.view = view:view(leaf.value.shape)
      leaf.view:copy_(leaf.value)
    end
  end
  self.start = self.buffer:clone()
  self:expect_finite(self.start, "x0")
  self.views = not self.has_numbers and self:mirror(function(leaf) return leaf.view end) or nil
  return self
end

--- The form of x0 with f(leaf) in the place of each leaf.
function Argument:mirror(f)
  local k = 0
  local function mirrored(x)
    if type(x) ~= "table" then
      k = k + 1
      return f(self.leaves[k])
    end
    local result = {}
    for _, key in ipairs(sorted_keys(x)) do result[key] = mirrored(x[key]) end
    return result
  end
  return mirrored(self.x0)
end

--- "x0.b[2]" of the i-th element, from 1; "b[2]" where the whole has no name.
function Argument:name_of(i, whole)
  for _, leaf in ipairs(self.leaves) do
    if i < leaf.first + leaf.count then
      local has_point = whole ~= "" and leaf.name ~= "" and not leaf.name:find "^%["
      local name = whole .. (has_point and "." or "") .. leaf.name
      return leaf.count > 1 and ("%s[%d]"):format(name, i - leaf.first + 1) or name
    end
  end
end

function Argument:expect_finite(w, whole)
  local is_good = w:isfinite()
  if is_good:all() then return end
  local i = is_good:int():argmin()
  check.raise("%s: %s is %s", self.where, self:name_of(i, whole), tostring(w[i]))
end

-- -- To and fro -----------------------------------------------------------------------------------

--- What f is called with for a flat w: views of a copy, so that f may do with it as it likes until
--- the next call. Numbers are numbers, or tensors without dimensions, as traced ones are.
---@param w tensor   (n)
---@param as_tensors boolean|nil
---@return any
function Argument:at(w, as_tensors)
  self.buffer:copy_(w)
  if self.views then return self.views end
  return self:mirror(function(leaf)
    return leaf.view or as_tensors and leaf.flat:select(1, 1) or leaf.flat[1]
  end)
end

--- A copy of the flat w in the form of x0.
---@param w tensor   (n)
---@return any
function Argument:form(w)
  return self:mirror(function(leaf)
    local part = w:narrow(1, leaf.first, leaf.count)
    return leaf.view and part:reshape(leaf.value.shape):clone() or part[1]
  end)
end

--- Writes what has the form of x0, a gradient, to the flat `out`.
---@param out tensor     (n)
---@param value any
---@param what string    for messages: "the gradient"
function Argument:flatten(out, value, what)
  local k = 0
  local function put(form, x, name)
    if type(form) == "table" then
      check.that(type(x) == "table", "%s: %s is %s; a table of the form of x0 is expected",
        self.where, name, Type.is_tensor(x) and Type.describe(x) or check.show(x))
      for _, key in ipairs(sorted_keys(form)) do put(form[key], x[key], name_of(name, key)) end
      return
    end
    k = k + 1
    local leaf = self.leaves[k]
    local part = out:narrow(1, leaf.first, leaf.count)
    if type(x) == "number" and leaf.count == 1 then
      part:fill_(x)
      return
    end
    check.that(Type.is_tensor(x), "%s: %s is %s; a tensor is expected", self.where, name,
      check.show(x))
    check.that(x:numel() == leaf.count, "%s: %s is %s, and has %d elements, not %d", self.where,
      name, Type.describe(x), tonumber(x:numel()), leaf.count)
    part:copy_(x:reshape(leaf.count))
  end
  put(self.x0, value, what)
end

return Argument
