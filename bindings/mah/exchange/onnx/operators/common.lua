--- What operators of several kinds need: attributes, positions, numbers.
local check = require "mah.base.check"
local tensor = require "mah.tensor"
local text_of = require "mah.base.text"

local common = {}

--- Complains of a node, by its name and what it is.
---@param node table   of decode.model
---@param message string
function common.fail(node, message, ...)
  if select("#", ...) > 0 then message = message:format(...) end
  local label = node.name ~= "" and node.name or node.outputs[1] or ""
  check.raise("%s", ("%snode '%.80s' (%.40s): %s"):format(node.where and node.where .. ": " or "",
    label, node.op, message))
end

---@return any condition
function common.that(node, condition, message, ...)
  if not condition then common.fail(node, message, ...) end
  return condition
end

--- What f(...) gives. Its errors name the node; of inputs and attributes that are missing or of
--- another kind f need not know.
---@param node table
---@param f function
---@return table results
function common.guard(node, f, ...)
  local results = { pcall(f, ...) }
  if results[1] then return { unpack(results, 2) } end
  local why = text_of.without_place(results[2])
  if why:find("node '", 1, true) then check.raise("%s", why) end
  if why:find("attempt to ", 1, true) or why:find("bad argument #", 1, true) then
    why = "its inputs or attributes are not what it takes"
  end
  common.fail(node, "%s", why)
end

--- A number that is an attribute.
function common.number(node, name, default)
  local value = node.attributes[name]
  if value == nil then value = default end
  if type(value) ~= "number" then
    common.fail(node, "attribute %s must be a number; it is %s", name, check.show(value))
  end
  return value
end

--- A list that is an attribute, or nil; of numbers or strings.
function common.list(node, name)
  local value = node.attributes[name]
  if value ~= nil and (type(value) ~= "table" or value.graph or value.dims) then
    common.fail(node, "attribute %s must be a list; it is %s", name, check.show(value))
  end
  return value
end

--- The elements of a tensor as numbers.
---@return number[]
function common.values(t)
  local list = t:double():reshape(-1):totable()
  return type(list) == "table" and list or { list }
end

--- Whole numbers that are an input (since a newer opset) or an attribute, or nil.
function common.positions(node, input, name)
  if input then return common.values(input) end
  return common.list(node, name)
end

--- The texts of a value that holds such, or nil.
---@return string[]|nil
function common.texts(x) return type(x) == "table" and x.strings or nil end

--- A dimension, from 0 or from the end, as one from 1.
function common.dim(node, axis, ndim)
  local d = axis < 0 and axis + ndim or axis
  if d % 1 ~= 0 or d < 0 or d >= math.max(ndim, 1) then
    common.fail(node, "axis %s of %d dimensions", check.show(axis), ndim)
  end
  return d + 1
end

--- A tensor without dimensions.
function common.scalar(value, dtype) return tensor.full({}, value, { dtype = dtype }) end

--- Product of numbers from place `first` to `last` of a list.
function common.product(list, first, last)
  local n = 1
  for i = first or 1, last or #list do n = n * list[i] end
  return n
end

return common
