--- The last line of a study:  return require "report.alone"(study, ...)
---
--- Where the file is required, that is the study. Where it is the script that mah runs, the study
--- runs by itself and writes a report of one section to out/NAME.
local options = require "report.options"
local mah = require "mah"

local function run(study)
  local rules = {}
  for name, rule in pairs(options.rules) do rules[name] = rule end
  rules.out = { "out/" .. study.id, "string", help = options.rules.out.help }
  local o = mah.arguments(_G.arg, rules, ("usage: mah %s [options]"):format(_G.arg[0]))
  local report = require("report.report").new(options.prepare(o))
  if study.applies and not study.applies(report) then options.refuse(study) end
  report:run(study)
  report:save()
end

---@param study table
---@param name string|nil   the module's name, which `require` passes to the file
---@return table study
return function(study, name)
  if name == nil or package.loaded[name] == nil then run(study) end
  return study
end
