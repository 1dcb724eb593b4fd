--- The main job: runs the studies on MNIST (or on digits that Mah draws itself), checks what the
--- report that they come from claims, and writes a report of its own.
---
---     mah scripts/report.lua --preset quick --data auto --jobs auto --lang en --out out/report
---     mah scripts/report.lua --only dropout,solvers --resume
---     mah scripts/report.lua --models          -- keeps the final model for mah classify
---
--- The studies are in scripts/studies, one file each; what they share is in scripts/studies/common.
package.path = (arg[0]:match "^(.*/)" or "./") .. "studies/?.lua;" .. package.path

local mah = require "mah"
local command_line = require "common.command_line"

--- In the order of the report.
local studies = {
  "hidden_layers", "residual_layers", "neurons", "solvers", "activations", "learning_rate",
  "fitting", "stopping", "dropout", "batch_size", "final_model", "scikit_learn",
}

local rules = { only = { nil, "string", help = "some studies: " .. table.concat(studies, ",") } }
for name, rule in pairs(command_line.rules) do rules[name] = rule end

--- The studies that --only names, in the order of the report.
local function chosen_studies(only)
  if not only then return studies end
  local known, wanted, chosen = {}, {}, {}
  for _, name in ipairs(studies) do known[name] = true end
  for name in (only .. ","):gmatch "%s*(.-)%s*," do
    if not known[name] then
      command_line.stop(2, ("--only: there is no study '%s'; known: %s"):format(name,
        table.concat(studies, ", ")))
    end
    wanted[name] = true
  end
  for _, name in ipairs(studies) do
    if wanted[name] then chosen[#chosen + 1] = name end
  end
  return chosen
end

--- Of the studies those that apply. One that --only names and that does not is a mistake.
local function applicable(report, names, only)
  local list = {}
  for _, name in ipairs(names) do
    local study = require(name)
    if not study.applies or study.applies(report) then
      list[#list + 1] = name
    elseif only then
      command_line.refuse(study)
    end
  end
  return list
end

command_line.main(function()
  local Report, Schedule = require "common.report", require "common.schedule"
  local o = mah.arguments(arg, rules, "usage: mah scripts/report.lua [options]")
  local names = chosen_studies(o.only)
  local report = Report.new(command_line.prepare(o, studies))
  names = applicable(report, names, o.only)
  local schedule = Schedule.new(names, report.settings)
  for _, name in ipairs(names) do
    schedule:begin(name)
    report:run(require(name))
  end
  report:save()
end)
