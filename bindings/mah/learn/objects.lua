--- Is a table a network, an estimator, a training run? Told by its fields, without calling anything
--- and without loading the modules that make them.
---
---     objects.is_network(mah.mlp { 2, { 1, "identity" } })     --> true
local Type = require "mah.tensor.type"

local objects = {}

---@param t table
---@return boolean
function objects.is_network(t)
  local meta = debug.getmetatable(t)
  return type(meta) == "table" and rawget(meta, "forward") ~= nil
    and (rawget(t, "layers") ~= nil or rawget(t, "is_taped") == true)
    and Type.is_tensor(rawget(t, "params"))
end

--- A table whose class is one of mah's.
---@param t table
---@return boolean
function objects.is_estimator(t)
  local meta = debug.getmetatable(t)
  local class = rawget(t, "class")
  return type(class) == "string" and type(meta) == "table" and type(meta.methods) == "table"
end

--- What mah.train returns.
---@param t table
---@return boolean
function objects.is_run(t)
  local history, reason = rawget(t, "history"), rawget(t, "stop_reason")
  return type(history) == "table" and type(rawget(history, "loss")) == "table"
    and type(reason) == "table" and type(rawget(t, "n_iter")) == "number"
end

return objects
