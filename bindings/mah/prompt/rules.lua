--- The options that a function takes in a table: from the rules that it gives to mah.base.options,
--- which are found in its source and in what its closures hold, or from its annotations.
---
---     rules.of(mah.train).batch_size.text          --> integer in [1, inf)
---     rules.of(mah.zeros).dtype.text               --> string?
---
--- The source of the function is looked through for a call of options(...), directly or through
--- other functions of Mah that the table is handed to. Nothing is called.
local options = require "mah.base.options"
local public = require "mah.prompt.public"

local rules = {}

local MOST_CALLS = 4

-- -- The values of names in a function ------------------------------------------------------------

--- A value that answers everything with itself, for names that are not known before the call.
local unknown = setmetatable({}, {
  __index = function(t) return t end, __concat = function() return "" end,
})

--- Upvalues of f, then `bound` parameters, then globals.
local function environment(f, bound)
  local names, i = {}, 1
  while true do
    local name, value = debug.getupvalue(f, i)
    if not name then break end
    names[name] = value
    i = i + 1
  end
  for name, value in pairs(bound) do names[name] = value end
  return setmetatable({}, { __index = function(_, name)
    local value = names[name]
    if value == nil then value = rawget(_G, name) end
    if value == nil then return unknown end
    return value
  end })
end

--- The text with an x for each character inside of strings: brackets there do not count.
local function mask(text)
  return (text:gsub('"[^"\n]*"', function(s) return '"' .. ("x"):rep(#s - 2) .. '"' end))
end

--- The value of an expression's text that calls nothing; nil if there is none.
local function evaluate(text, names)
  local calls_nothing = not mask(text):find "[%(:]" and not text:find "function"
  local f = calls_nothing and loadstring("return " .. text)
  if not f then return nil end
  setfenv(f, names)
  local ok, value = pcall(f)
  return ok and value ~= unknown and value or nil
end

--- The arguments of a call, split at its commas. `list` has the parentheses.
local function split(list)
  local parts, depth, from, masked = {}, 0, 2, mask(list)
  for i = 2, #list - 1 do
    local c = masked:sub(i, i)
    if c:find "[%(%[{]" then depth = depth + 1 elseif c:find "[%)%]}]" then depth = depth - 1 end
    if c == "," and depth == 0 then
      parts[#parts + 1] = list:sub(from, i - 1)
      from = i + 1
    end
  end
  parts[#parts + 1] = list:sub(from, #list - 1)
  for i, part in ipairs(parts) do parts[i] = part:match "^%s*(.-)%s*$" end
  return parts
end

-- -- From the source -----------------------------------------------------------------------------

local function body_of(f)
  local info = debug.getinfo(f, "S")
  local _, module = public.entry_of(f)
  if not module then return nil end
  local lines = public.module(module).lines
  local text = table.concat(lines, "\n", info.linedefined, info.lastlinedefined)
  return (text:gsub("%-%-[^\n]*", ""))
end

local function is_rules(value)
  if type(value) ~= "table" then return false end
  local name, rule = next(value)
  return type(name) == "string" and type(rule) == "table" and (type(rule[2]) == "string"
    or type(rule[2]) == "table")
end

local function parameters(f)
  local names = {}
  for i = 1, debug.getinfo(f, "u").nparams do names[i] = debug.getlocal(f, i) end
  return names
end

--- Each call in a text, also those in other calls' arguments: path and "(arguments)".
local function calls(text)
  local at, masked = 1, mask(text)
  return function()
    local from, to, path = masked:find("([%a_][%w_.]*)%b()", at)
    if not from then return nil end
    at = from + #path
    return path, text:sub(at, to)
  end
end

local find

--- The rules that a function gets to, called with those arguments.
local function follow(callee, arguments, names, depth)
  local bound = {}
  for i, name in ipairs(parameters(callee)) do
    if arguments[i] then bound[name] = evaluate(arguments[i], names) end
  end
  return find(callee, bound, depth + 1)
end

function find(f, bound, depth)
  local body = depth <= MOST_CALLS and body_of(f)
  if not body then return nil end
  local names, later = environment(f, bound), {}
  for path, list in calls(body) do
    local arguments = split(list)
    local callee = evaluate(path, names)
    if callee == options then
      local found = arguments[2] and evaluate(arguments[2], names)
      if is_rules(found) then return found end
    elseif type(callee) == "function" and callee ~= f then
      later[#later + 1] = { callee, arguments }
    end
  end
  for _, call in ipairs(later) do
    local takes_table = table.concat(call[2], " "):find "given" or table.concat(call[2],
      " "):find "%.%.%."
    local found = takes_table and follow(call[1], call[2], names, depth)
    if found then return found end
  end
end

local function describe_rule(rule)
  if type(rule[2]) == "table" then
    local values = {}
    for i, value in ipairs(rule[2]) do values[i] = type(value) == "string"
      and ('"%s"'):format(value) or tostring(value) end
    return table.concat(values, " | ")
  end
  return rule[2]:gsub("|", " or ") .. (rule[3] and " in " .. rule[3] or "")
end

local function default_text(value)
  if value == nil then return "" end
  if value == options.required then return "required" end
  if type(value) == "string" then return ('"%s"'):format(value) end
  if type(value) == "number" then return ("%.6g"):format(value) end
  return type(value) == "table" and require("mah.prompt.print").text(value) or tostring(value)
end

-- -- From annotations -----------------------------------------------------------------------------

--- The fields of the type "{a: integer?, b: fun(x): y}|nil", added to `found`.
local function add_fields(found, kind)
  local inner = kind:match "%b{}"
  for _, part in ipairs(inner and split(inner) or {}) do
    local name, text = part:match "^([%a_][%w_]*)%s*:%s*(.*)$"
    if name and not found[name] then found[name] = { text = text:gsub("%?$", ""), default = "" } end
  end
end

local function from_annotations(f)
  local found, entry = {}, public.entry_of(f)
  for _, argument in ipairs(entry and entry.arguments or {}) do
    if argument.name == "given" or argument.name == "..." then add_fields(found, argument.type) end
  end
  return found
end

--- name -> {text = what it may be, default = text}; empty when the function takes no options.
---@param f function
---@return table<string, {text: string, default: string}>
function rules.of(f)
  if type(f) ~= "function" then return {} end
  local found = from_annotations(f)
  local ok, exact = pcall(find, f, {}, 1)
  for name, rule in pairs(ok and exact or {}) do
    found[name] = { text = describe_rule(rule), default = default_text(rule[1]) }
  end
  return found
end

return rules
