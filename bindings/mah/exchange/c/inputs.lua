--- What comes in, in C: a matrix's row as it lies, or a table's columns, side by side; categories
--- are the values of an enum.
---
---     inputs.declare(s, p, "float32")          -- enums, and the first statements
local literal = require "mah.exchange.c.literal"
local source = require "mah.exchange.c.source"

local inputs = {}

-- -- Categories -----------------------------------------------------------------------------------

--- The texts that an operation knows.
local function texts_of(node)
  local list = {}
  for _, text in ipairs(node.known or node.categories or {}) do list[#list + 1] = text end
  if node.op == "fill_missing" or node.op == "is_missing" then
    list[#list + 1] = node.by and node.by[1]
    list[#list + 1] = node.value
  end
  return list
end

--- All texts that operations know of a column: encoders' first, then what imputers fill in.
local function categories_of(p, column)
  local from, list = { [column] = true }, {}
  local function add(ops)
    for _, node in ipairs(p.nodes) do
      local is_filled = node.op == "fill_missing"
      if from[node.inputs[1]] and is_filled then from[node.output] = true end
      for _, text in ipairs(from[node.inputs[1]] and ops[node.op] and texts_of(node) or {}) do
        if text == text and not list[text] then
          list[#list + 1] = text
          list[text] = #list
        end
      end
    end
  end
  add { one_hot = true, ordinal = true }
  add { fill_missing = true, is_missing = true }
  return list
end

--- An enum of {name, text} with values from `first`.
local function enum(name, entries, first)
  local lines = {}
  for k, entry in ipairs(entries) do
    lines[k] = ("  %s = %d%s /* %s */"):format(entry[1], first + k - 1, k < #entries and "," or "",
      literal.comment(entry[2]))
  end
  return ("enum %s {\n%s\n};\n"):format(name, table.concat(lines, "\n"))
end

--- The enum of a column's categories.
local function category_enum(s, input, list)
  local stem = literal.part(input.column)
  s.enums[input] = s:global(stem)
  local entries = { { s:global(stem .. "_missing"), "or NaN" } }
  for i, text in ipairs(list) do
    entries[i + 1] = { s:global(stem .. "_" .. literal.part(text)), text }
  end
  return enum(s.enums[input], entries, -1)
end

-- -- Columns --------------------------------------------------------------------------------------

--- The enum of places in x: a name for each column.
local function place_enum(s, p)
  local name, entries = s:global "column", {}
  for k, input in ipairs(p.inputs) do
    entries[k] = { s:global("column_" .. literal.part(input.column)), input.column }
  end
  return enum(name, entries, 0)
end

local function read_column(s, input, k, dtype)
  local name = ("column_%d"):format(k - 1)
  s.arrays[input], s.owned[input] = name, true
  if input.dtype == "text" then
    return s:line("int %s[1] = {%s(x[%d], %d)};", name, s:helper("code", dtype), k - 1,
      #s.categories[input])
  end
  s.narrowed[input] = dtype == "float32" or nil
  s:line("double %s[1] = {(double)x[%d]};", name, k - 1)
end

local function declare_columns(s, p, dtype)
  local enums = { place_enum(s, p) }
  for k, input in ipairs(p.inputs) do
    input.dtype = input.dtype or "float64"
    if input.dtype == "text" then
      s.categories[input] = categories_of(p, input)
      enums[#enums + 1] = category_enum(s, input, s.categories[input])
    end
    read_column(s, input, k, dtype)
  end
  return enums
end

--- A matrix's row, as it lies or in another type.
local function declare_matrix(s, input, dtype, from)
  if input.dtype == dtype or input.dtype == "int64" then -- whole numbers are cast at once
    s.arrays[input] = from
    return
  end
  local name = from == "x" and "row" or ("row_%d"):format(#s.body)
  s.narrowed[input] = input.dtype == "float64" or nil
  s.arrays[input], s.owned[input] = name, true
  s:line("%s %s[%d];", source.ctype(input.dtype), name, input.width)
  s:loop(input.width, "%s[j] = (%s)%s[j];", name, source.ctype(input.dtype), from)
end

--- Gives the inputs of the program their arrays. Several matrices stand side by side in x.
---@param s mah.CSource
---@param p mah.Program
---@param dtype string   of what comes in
---@return string[]   enums, to stand before everything
function inputs.declare(s, p, dtype)
  if p.inputs[1].column then return declare_columns(s, p, dtype) end
  local from = 0
  for _, input in ipairs(p.inputs) do
    declare_matrix(s, input, dtype, from == 0 and "x" or ("(x + %d)"):format(from))
    from = from + input.width
  end
  return {}
end

--- How many numbers a row has.
---@return integer
function inputs.count(p)
  local count = 0
  for _, input in ipairs(p.inputs) do count = count + input.width end
  return count
end

return inputs
