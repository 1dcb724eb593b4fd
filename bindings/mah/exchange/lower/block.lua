--- What goes from one step of a model to the next while it is written as a program: columns of
--- values, as mah.prepare.frame has them of data.
---
---     local b = block.matrix(p, x)
---     b = b:like(p:op("sub", { b:numbers() }, { by = mean }))
---
--- Transformers compute in float64 and round what they give to float32 where x was a float32 tensor
--- (prepare/base.lua, `like`); `single` says that it was.
local check = require "mah.base.check"

---@class mah.Block
---@field program mah.Program
---@field columns {value: table, place: integer}[]
---@field names string[]|nil   of the columns, where a table's are meant
---@field single boolean       is it a float32 tensor?
local Block = {}
Block.__index = Block

local block = {}

---@return mah.Block
function block.new(program, columns, names, single)
  return setmetatable({ program = program, columns = columns, names = names, single = single },
    Block)
end

--- The columns of one value, a tensor.
---@return mah.Block
function block.matrix(program, value)
  local columns = {}
  for j = 1, value.width do columns[j] = { value = value, place = j } end
  return block.new(program, columns, nil, value.dtype == "float32")
end

--- Some of the columns, by name or by number.
---@param wanted (string|integer)[]
---@return mah.Block   a frame: it is not float32 any more
function Block:pick(wanted)
  local place, columns, names = {}, {}, self.names and {}
  for k, name in ipairs(self.names or {}) do place[name] = k end
  for i, name in ipairs(wanted) do
    local k = type(name) == "number" and name or place[name]
    columns[i] = check.that(self.columns[k], "there is no column %s", check.show(name))
    if names then names[i] = self.names[k] end
  end
  return block.new(self.program, columns, names, false)
end

--- The columns that an estimator saw in fit, of those that are there.
---@return mah.Block
function Block:seen_by(estimator)
  local names = rawget(estimator, "feature_names_in_")
  if not (names and self.names) then return self end
  return self:pick(names)
end

--- Neighbours of one value become one piece.
local function pieces_of(columns)
  local pieces = {}
  for _, column in ipairs(columns) do
    local last = pieces[#pieces]
    if last and last.value == column.value then
      table.insert(last.places, column.place)
    else
      pieces[#pieces + 1] = { value = column.value, places = { column.place } }
    end
  end
  return pieces
end

local function is_whole(piece)
  if #piece.places ~= piece.value.width then return false end
  for j, place in ipairs(piece.places) do
    if j ~= place then return false end
  end
  return true
end

--- All columns as one value.
local function joined(self, dtype)
  local p, parts = self.program, {}
  for i, piece in ipairs(pieces_of(self.columns)) do
    local value = piece.value
    if not value.dtype then value.dtype = "float64" end
    check.that(value.dtype ~= "text" or dtype == "text", "column %s holds texts; numbers are "
      .. "needed there", check.show(value.column or value.name))
    value = is_whole(piece) and value or p:op("columns", { value }, { places = piece.places })
    parts[i] = p:cast(value, dtype)
  end
  return #parts == 1 and parts[1] or p:op("cat", parts)
end

--- All columns in that dtype (float64 unless told).
---@param dtype string|nil
---@return table value
function Block:numbers(dtype)
  if self.single and dtype == "float32" then return joined(self, "float32") end
  local value = joined(self, "float64")
  return self.program:cast(value, dtype or "float64")
end

--- One column by itself, as float64 or as text.
---@param k integer
---@param dtype "float64"|"text"
---@return table value   of width 1
function Block:column(k, dtype)
  local value = self.columns[k].value
  if not value.dtype then value.dtype = dtype end
  check.that((value.dtype == "text") == (dtype == "text"), "column %s is needed as numbers and as "
    .. "text", check.show(value.column or value.name))
  return joined(block.new(self.program, { self.columns[k] }, nil, false), dtype)
end

--- What a transformer made of this block: a tensor in x's precision.
---@param value table   float64
---@return mah.Block
function Block:like(value)
  return block.matrix(self.program, self.single and self.program:cast(value, "float32") or value)
end

return block
