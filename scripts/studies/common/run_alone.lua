--- The last line of a study:  return require "common.run_alone"(study, ...)
---
--- Where the file is required, that is the study. Where it is the script that mah runs, the study
--- runs by itself and writes a report of one section to out/NAME.
local command_line = require "common.command_line"
local mah = require "mah"

local function run(study)
  local rules = {}
  for name, rule in pairs(command_line.rules) do rules[name] = rule end
  rules.out = { "out/" .. study.id, "string", help = command_line.rules.out.help }
  local o = mah.arguments(_G.arg, rules, ("usage: mah %s [options]"):format(_G.arg[0]))
  local report = require("common.report").new(command_line.prepare(o, { study.id }))
  if study.applies and not study.applies(report) then command_line.refuse(study) end
  report:run(study)
  report:save()
end

---@param study table
---@param name string|nil   the module's name, which `require` passes to the file
---@return table study
return function(study, name)
  if name == nil or package.loaded[name] == nil then
    command_line.main(function() run(study) end)
  end
  return study
end
