--- C source while it is built: constants and functions that stand before, and the statements that
--- compute one row. Each value of a program is an array of its width; one that is not used any more
--- gives its array to what is made of it.
---
---     local s = source.new("model", p)
---     local y = s:array(node)                          -- "div_2"
---     s:each(node, "x / by", { by = node.by })
local check = require "mah.base.check"
local functions = require "mah.exchange.c.functions"
local literal = require "mah.exchange.c.literal"

local source = {}

local ctypes = { float32 = "float", float64 = "double", text = "int" }

---@class mah.CSource
---@field name string              what all names begin with
---@field arrays table             {[value] = the name of its array}
---@field categories table         {[value of texts] = its column's list, with [text] = place too}
---@field narrowed table           {[value] = true}: doubles that came in as floats
---@field quantized table          {[a linear node's name] = true}: its weights become int8
---@field enums table              {[an input of texts] = its enum's name}
local Source = {}
Source.__index = Source

---@param name string
---@param p mah.Program
---@return mah.CSource
function source.new(name, p)
  return setmetatable({ name = name, taken = {}, constants = {}, known = {}, helpers = {},
    has_helper = {}, body = {}, arrays = {}, owned = {}, uses = p:uses(), categories = {},
    narrowed = {}, quantized = {}, enums = {} }, Source)
end

--- The C type of a dtype; texts are their categories' numbers.
function source.ctype(dtype) return ctypes[dtype] end

-- -- Names ----------------------------------------------------------------------------------------

--- A name of the file's scope that nothing else has.
---@param stem string   an identifier's part
---@return string
function Source:global(stem)
  local name, k = self.name .. "_" .. stem, 1
  while self.taken[name] do
    k = k + 1
    name = ("%s_%s_%d"):format(self.name, stem, k)
  end
  self.taken[name] = true
  return name
end

-- -- What stands before ---------------------------------------------------------------------------

--- Elements in lines of at most 100 columns.
local function listed(elements)
  local lines, line, width = {}, {}, 2
  for _, element in ipairs(elements) do
    if width + #element + 2 > 100 and line[1] then
      lines[#lines + 1], line, width = "  " .. table.concat(line, ", "), {}, 2
    end
    line[#line + 1], width = element, width + #element + 2
  end
  lines[#lines + 1] = "  " .. table.concat(line, ", ")
  return table.concat(lines, ",\n")
end

--- An array of constants under that name.
function Source:array_of(name, ctype, elements)
  table.insert(self.constants, ("static const %s %s[%d] = {\n%s\n};\n"):format(ctype, name,
    #elements, listed(elements)))
end

--- An array of constants under a name that is free; equal ones are one.
---@param stem string
---@param ctype string
---@param elements string[]
---@return string name
function Source:constant(stem, ctype, elements)
  local key = ctype .. table.concat(elements, ",")
  if not self.known[key] then
    self.known[key] = self:global(stem)
    self:array_of(self.known[key], ctype, elements)
  end
  return self.known[key]
end

--- An array of numbers.
---@return string name
function Source:numbers(stem, list, dtype)
  local elements = {}
  for i, value in ipairs(list) do elements[i] = literal.number(value, dtype) end
  return self:constant(stem, ctypes[dtype], elements)
end

--- One of functions.lua, for a type.
---@return string name
function Source:helper(which, dtype)
  local name = self.name .. "_" .. which .. (dtype == "float32" and "f" or "")
  if not self.has_helper[name] then
    self.has_helper[name] = true
    local needed = functions.needs[which]
    if needed then self:helper(needed, dtype) end
    table.insert(self.helpers, functions.text(which, self.name, dtype))
  end
  return name
end

-- -- Statements -----------------------------------------------------------------------------------

function Source:line(text, ...)
  table.insert(self.body, "  " .. (select("#", ...) > 0 and text:format(...) or text))
end

function Source:loop(count, text, ...)
  self:line("for (int j = 0; j < %d; j++) %s", count, text:format(...))
end

--- A new array for what a node gives.
---@param room integer|nil   its size, where that is more than what is in it
---@return string name
function Source:array(node, room)
  local out = node.output
  self.arrays[out], self.owned[out] = out.name, true
  self:line("%s %s[%d];", ctypes[out.dtype], out.name, room or out.width)
  return out.name
end

--- The array of the node's first input, if nothing else needs it, or else a new one.
---@return string name, boolean is_new
function Source:own_array(node)
  local x, out = node.inputs[1], node.output
  local fits = x.dtype == out.dtype and x.width == out.width
  if not (fits and self.owned[x] and self.uses[x] == 1) then return self:array(node), true end
  self.arrays[out], self.owned[out] = self.arrays[x], true
  return self.arrays[x], false
end

--- Element j of a value, or the only one that it has, while column j of the node is computed.
function Source:element(value, node)
  return self.arrays[value] .. (value.width == 1 and node.output.width > 1 and "[0]" or "[j]")
end

--- y[j] = an expression of x, an element of the node's first input, and of `by`: a number for each
--- column, or an element of the second input. Both are in the dtype of x.
---@param expression string
---@param by number[]|nil
function Source:each(node, expression, by)
  local x, n = node.inputs[1], node.output.width
  local element = self:element(x, node)
  local second = node.inputs[2] and self:element(node.inputs[2], node)
    or by and self:by(node, by, x.dtype)
  local y = (self:own_array(node))
  expression = functions.of_type(expression, self.name, x.dtype)
  local _, count = expression:gsub("%f[%w_]x%f[^%w_]", "")
  local short = count == 1 and element or "z"
  expression = expression:gsub("%f[%w_]x%f[^%w_]", short)
    :gsub("%f[%w_]by%f[^%w_]", function() return second end)
  if count == 1 then return self:loop(n, "%s[j] = %s;", y, expression) end
  self:loop(n, "{\n    const %s z = %s;\n    %s[j] = %s;\n  }", ctypes[x.dtype], element, y,
    expression)
end

--- The constant of column j: a number where all are alike.
function Source:by(node, list, dtype)
  local alike = true
  for _, value in ipairs(list) do alike = alike and value == list[1] end
  if alike then return literal.number(list[1], dtype) end
  return self:numbers(node.output.name, list, dtype) .. "[j]"
end

--- A function of whole rows, in place.
function Source:row(node, helper)
  local x, n = node.inputs[1], node.output.width
  local y, is_new = self:own_array(node)
  if is_new then self:loop(n, "%s[j] = %s[j];", y, self.arrays[x]) end
  self:line("%s(%s, %d);", self:helper(helper, x.dtype), y, n)
end

--- The place of a text among its column's categories.
function Source:code(value, text)
  if text ~= text then return -1 end
  return check.that(self.categories[value][text], "a category that the column has not") - 1
end

return source
