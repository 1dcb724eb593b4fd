--- A script's command line, by the same rules as tables of options.
---
---     local rules = { jobs = { 1, "integer", "[1, inf)" }, resume = { false, "boolean" } }
---     local o = mah.arguments({ "--jobs=2" }, rules, "usage: mah report.lua [options]")
---     print(o.jobs, o.resume)   --> 2 false
local options = require "mah.base.options"
local exit = require "mah.base.exit"

local function option_names(rules)
  local names = {}
  for name in pairs(rules) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function describe(name, rule)
  local kind = type(rule[2]) == "table" and table.concat(rule[2], "|") or rule[2]:upper()
  local head = "  --" .. name .. (rule[2] == "boolean" and "" or " " .. kind)
  local default = rule[1] ~= nil and rule[1] ~= false
    and ("  (default: %s)"):format(tostring(rule[1])) or ""
  return ("%-36s %s%s"):format(head, rule.help or "", default)
end

local function print_help(rules, usage)
  print(usage)
  for _, name in ipairs(option_names(rules)) do print(describe(name, rules[name])) end
  exit.now(0)
end

local function complain(message)
  io.stderr:write("mah: ", message, "\n")
  exit.now(2)
end

--- The text as the type that the rule wants; what does not convert is left for the rule to refuse.
local function convert(text, rule)
  local types = type(rule[2]) == "string" and rule[2] or "string"
  if types:find "number" or types:find "integer" then return tonumber(text) or text end
  return text
end

--- Reads a script's command line by rules as those of tables of options: --name value, --name=value
--- and --flag. --help prints the usage and the options and ends the program; a wrong command line
--- ends it with status 2 and says why.
---
---     local o = mah.arguments({ "--preset", "full", "--resume" }, {
---       preset = { "quick", { "smoke", "quick", "full" }, help = "how much to do" },
---       jobs = { 1, "integer", "[1, inf)", help = "processes at once" },
---       resume = { false, "boolean", help = "go on where it stopped" },
---     }, "usage: mah report.lua [options]")
---     print(o.preset, o.jobs, o.resume)   --> full 1 true
---@param arg string[]   the global `arg`
---@param rules table    name -> {default, type or list of values, interval, help = a text}
---@param usage string   one line, shown by --help and with errors
---@return table         name -> value
return function(arg, rules, usage)
  local given, i = {}, 1
  while arg[i] do
    local name, value = arg[i]:match "^%-%-([%w_-]+)=?(.*)$"
    if not name then complain(("unexpected argument '%s'\n%s"):format(arg[i], usage)) end
    if name == "help" then print_help(rules, usage) end
    local rule = rules[name]
    if not rule then
      local hint = options.nearest(name, rules)
      complain(("unknown option --%s%s\n%s"):format(name,
        hint and (" (did you mean --%s?)"):format(hint) or "", usage))
    end
    local joined = arg[i]:find("=", 1, true)
    if rule[2] == "boolean" then
      if joined then complain(("--%s takes no value; got '%s'\n%s"):format(name, value, usage)) end
      given[name] = true
    else
      if not joined then
        i = i + 1
        value = arg[i] or complain(("--%s needs a value\n%s"):format(name, usage))
      end
      given[name] = convert(value, rule)
    end
    i = i + 1
  end
  local ok, result = pcall(options, given, rules, "command line")
  if not ok then complain(tostring(result):gsub("^[^:]*:%d+: ", "") .. "\n" .. usage) end
  return result
end
