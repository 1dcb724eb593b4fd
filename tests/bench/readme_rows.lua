--- README's rows of the training table are those of training.md; this copies them anew, after
---
---     scripts/bench.sh --table tests/bench/training.md
---     build/mah tests/bench/readme_rows.lua
---
--- The lines whose first cell is that of a row there take its place, and the line of the machine,
--- without the versions. What the README says of tensor operations is tensors.md's verdict.
local mah = require "mah"

local readme_rows = {}

local function first_cell(line) return line:match "^| ([^|]+) |" end

--- Processor, system and number of rounds.
local function without_versions(machine)
  local fields = {}
  for field in machine:gmatch "[^;]+" do fields[#fields + 1] = field end
  return table.concat({ fields[1], fields[2], fields[#fields] }, ";")
end

--- The text of README.md with the verdict on tensor operations.
---@param readme string
---@param tensors_text string   of tensors.md
---@return string
function readme_rows.update_verdict(readme, tensors_text)
  local rows, slow, good = tensors_text:match "(%d+) rows: (%d+) below .- (%d+ %%) at least 1%.2 "
  return (readme:gsub("Of %d+ rows of (%b[]%b()) %d+ %%", ("Of %s rows of %%1 %s"):format(rows,
    (good:gsub("%%", "%%%%")))):gsub("PyTorch, %d+ are slower", ("PyTorch, %s are slower"):format(
    slow)))
end

--- The text of README.md with the table's rows.
---@param readme string
---@param table_text string     of training.md
---@return string
function readme_rows.update(readme, table_text)
  local machine, rows = without_versions(table_text:match "^[^\n]+"), {}
  for line in table_text:gmatch "[^\n]+" do
    local name = first_cell(line)
    if name and not rows[name] then rows[name] = line end -- of one thread
  end
  local in_table, lines = false, {}
  for line in (readme .. "\n"):gmatch "(.-)\n" do
    if line:find "; medians of %d+ rounds$" or line:find "; one round$" then line = machine end
    if line:find "^| one thread |" then in_table = rows["one thread"] ~= nil end
    if line == "" then in_table = false end
    lines[#lines + 1] = in_table and rows[first_cell(line)] or line
  end
  return table.concat(lines, "\n")
end

if arg and arg[0] and arg[0]:find "readme_rows%.lua$" then
  local text = mah.file.read "README.md"
  text = readme_rows.update(text, mah.file.read "tests/bench/training.md")
  text = readme_rows.update_verdict(text, mah.file.read "tests/bench/tensors.md")
  mah.file.write("README.md", text)
end

return readme_rows
