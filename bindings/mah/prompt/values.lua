--- The strings that an option of a function may be, for Tab behind `solver = '`.
---
---     values.of(mah.MLPClassifier, "learning_rate")     --> {"adaptive", "constant", "invscaling"}
local values = {}

--- Where rules say "a string or ...": the names that are known.
local named = {
  activation = function() return require("mah.learn.activation").hidden end,
  solver = function() return require "mah.learn.solver" end,
}

---@param f function
---@param option string
---@return string[]
function values.of(f, option)
  local rule, list = require("mah.docs.rules").of(f)[option], {}
  if not rule then return list end
  for value in rule.text:gmatch '"([^"]*)"' do list[#list + 1] = value end
  local known = #list == 0 and named[option] and rule.text:find "string" and named[option]() or {}
  for name in pairs(known) do list[#list + 1] = name end
  table.sort(list)
  return list
end

return values
