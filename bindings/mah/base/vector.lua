--- A table's column where a vector is wanted: it stands for the tensor or the list of its values; a
--- whole table for a matrix.
---
---     local x = vector(given)                -- a column of numbers: a tensor; of texts: strings
---     local y = vector(given, "labels")      -- what fit and metrics take as labels
---
--- They say by themselves what they stand for: their metatables have __vector(value, want).

--- Everything else is given back as it is.
---@param value any
---@param want "numbers"|"labels"|nil   nil: numbers where it has them, else labels
---@return any
return function(value, want)
  local meta = type(value) == "userdata" and getmetatable(value)
  local values = type(meta) == "table" and rawget(meta, "__vector")
  return values and values(value, want) or value
end
