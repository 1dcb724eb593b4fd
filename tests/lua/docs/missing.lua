--- Lists what the documentation lacks, of some wings or all:
---
---     build/mah tests/lua/docs/missing.lua learn grad data/table
---
--- A line for each: what is missing (text, example, option, attribute, or fails: an example that
--- does not run, or prints something else), its module, its name, and more.
local folder = arg[0]:match "^(.*/)docs/" or "./"
package.path = folder .. "?.lua;" .. package.path

local coverage = require "docs.coverage"

--- Is the module in one of the wings that the command line names?
local function wanted(module)
  if #arg == 0 then return true end
  for _, wing in ipairs(arg) do
    local prefix = "mah." .. wing:gsub("/", ".")
    if module == prefix or module:sub(1, #prefix + 1) == prefix .. "." then return true end
  end
  return false
end

local gaps, ran, not_run = coverage.all()
local counts, total = {}, 0
for _, gap in ipairs(gaps) do
  if wanted(gap.module) then
    print(("%-9s  %-30s  %s%s"):format(gap.kind, gap.module:gsub("^mah%.", ""), gap.name,
      gap.why and ": " .. gap.why:gsub("%s*\n%s*", " ") or ""))
    counts[gap.kind], total = (counts[gap.kind] or 0) + 1, total + 1
  end
end
for _, kind in ipairs { "text", "example", "option", "attribute", "fails" } do
  print(("%5d %s"):format(counts[kind] or 0, kind))
end
print(("%d examples ran, %d are marked \"not run\"; %d things are missing"):format(ran, not_run,
  total))
os.exit(total == 0 and 0 or 1)
