--- The options that a function takes in a table, as help and completion show them: from the rules
--- that its module declares (options.declare).
---
---     rules.of(mah.train).batch_size.text          --> integer in [1, inf)
local options = require "mah.base.options"
local public = require "mah.docs.public"

local rules = {}

local function quote(value)
  return type(value) == "string" and ('"%s"'):format(value) or tostring(value)
end

local function describe(rule)
  local kind, interval = rule[2], rule[3]
  if type(kind) == "string" then
    return kind:gsub("|", " or ") .. (interval and " in " .. interval or "")
  end
  local values = {}
  for i, value in ipairs(kind) do values[i] = quote(value) end
  return table.concat(values, " | ")
end

local function default_text(value)
  if value == nil then return "" end
  if value == options.required then return "required" end
  if type(value) == "number" then return ("%.6g"):format(value) end
  return type(value) == "table" and "{" .. table.concat(value, ", ") .. "}" or quote(value)
end

--- What a rule says, as texts: what it may be, its default, what it means.
---@param rule table   see mah.base.options
---@return {text: string, default: string, meaning: string}
function rules.text(rule)
  return { text = describe(rule), default = default_text(rule[1]), meaning = rule[4] or "" }
end

--- name -> what its rule says; empty when the function takes no options.
---@param f function
---@return table<string, {text: string, default: string, meaning: string}>
function rules.of(f)
  local record, found = public.function_of(f) and public.find(f) or nil, {}
  for name, rule in pairs(record and options.declared[record.name] or {}) do
    found[name] = rules.text(rule)
  end
  return found
end

return rules
