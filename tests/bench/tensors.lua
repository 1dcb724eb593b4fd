--- Tensors beside NumPy and PyTorch, one thread each; scripts/bench.sh tensors calls it:
---
---     mah tests/bench/tensors.lua [--only sum,sort] [--sizes 16,10000,1000000] [--rounds 3]
---                                 [--table out/tensors.md]
---
--- Every row of tensor_rows.lua in a loop of its own, the rows of a group in one process, in
--- processes that take turns. Prints the medians, writes them as a table, and tells how many rows
--- reach the goals: none below .95 of the faster peer's speed, two in three at least 1.2, those of
--- 16 elements at least 1.5 in the median.
local mah = require "mah"
local json = require "mah.base.json"
local groups = require "tensor_rows"
local timing = require "timing"

local LEAST, MOST_AT_LEAST, SMALL_AT_LEAST = 0.95, 1.2, 1.5

local here, program = arg[0]:match "^(.*)/" or ".", arg[-1]

local o = mah.arguments(arg, {
  only = { "", "string", help = "parts of the rows' names" },
  sizes = { "16,10000,1000000", "string", help = "elements" },
  rounds = { 3, "integer", help = "how often each process runs" },
  table = { "out/tensors.md", "string", help = "the file for the table" },
}, "usage: scripts/bench.sh tensors [options]")

-- -- What is measured -----------------------------------------------------------------------------

local function is_wanted(name)
  if o.only == "" then return true end
  for part in o.only:gmatch "[^,]+" do
    if name:find(part, 1, true) then return true end
  end
  return false
end

--- {title =, name =, n =, code = {mah, numpy, torch}, all = {}, us = {}} each, of a group
local function list_rows(group)
  local rows = {}
  for _, row in ipairs(group) do
    for n in o.sizes:gmatch "%d+" do
      if is_wanted(row[1]) and tonumber(n) <= (row.most or math.huge) then
        rows[#rows + 1] = { title = group.title, name = row[1], n = tonumber(n),
          code = { unpack(row, 2) }, all = { {}, {}, {} }, us = {} }
      end
    end
  end
  return rows
end

local sides = {
  { name = "Mah", command = ("'%s' '%s/tensors_mah.lua'"):format(program, here) },
  { name = "NumPy", command = ("%s '%s/tensors_peer.py' numpy"):format(timing.python, here) },
  { name = "PyTorch", command = ("%s '%s/tensors_peer.py' torch"):format(timing.python, here) },
}

-- -- Measuring ------------------------------------------------------------------------------------

--- One process: measured[i] of row i, microseconds or a message.
local function run_side(side, rows)
  local tasks, places = {}, {}
  for i, row in ipairs(rows) do
    local code = row.code[side]
    if code ~= "" then
      tasks[#tasks + 1] = { code, row.n }
      places[#places + 1] = i
    end
  end
  local path = os.tmpname()
  mah.file.write(path, json.encode(tasks))
  local text = timing.output_of(("%s < '%s'"):format(sides[side].command, path))
  os.remove(path)
  local measured = {}
  for k, value in ipairs(text ~= "" and json.decode(text) or {}) do measured[places[k]] = value end
  return measured
end

--- row.us[side]: the medians; row.problem: the message of Mah's own failure.
local function measure(rows)
  for _ = 1, o.rounds do
    for side in ipairs(sides) do
      for i, value in pairs(run_side(side, rows)) do
        if type(value) == "number" then table.insert(rows[i].all[side], value) end
        if type(value) == "string" and side == 1 then rows[i].problem = value end
      end
    end
  end
  for _, row in ipairs(rows) do
    for side in ipairs(sides) do row.us[side] = timing.median(row.all[side]) end
    local numpy, torch = row.us[2], row.us[3]
    local faster = numpy ~= numpy and torch or torch ~= torch and numpy or math.min(numpy, torch)
    row.ratio = faster / row.us[1]
  end
end

-- -- Showing --------------------------------------------------------------------------------------

local function print_row(row)
  if row.problem then print(("%-22s %8d  %s"):format(row.name, row.n, row.problem)) return end
  local function ratio(side) return timing.show_ratio(row.us[side] / row.us[1]) end
  print(("%-22s %8d %11s us   NumPy %6s   PyTorch %6s%s"):format(row.name, row.n,
    timing.show_microseconds(row.us[1]), ratio(2), ratio(3),
    row.ratio < LEAST and "   <- slower" or ""))
end

local function verdict(rows)
  local slow, good, small, known = 0, 0, {}, 0
  for _, row in ipairs(rows) do
    if row.ratio == row.ratio then
      known = known + 1
      slow = slow + (row.ratio < LEAST and 1 or 0)
      good = good + (row.ratio >= MOST_AT_LEAST and 1 or 0)
      if row.n == 16 then small[#small + 1] = row.ratio end
    end
  end
  return ("%d rows: %d below %g of the faster peer's speed (goal 0), %.0f %% at least %g (goal "
    .. "67 %%), 16 elements %.1f in the median (goal %g)"):format(known, slow, LEAST,
    100 * good / known, MOST_AT_LEAST, timing.median(small), SMALL_AT_LEAST)
end

--- A line for each kind of operation: the median of how many times as long the faster peer takes.
local function kinds_table(rows, sizes)
  local titles, ratios = {}, {}
  for _, row in ipairs(rows) do
    if row.title ~= titles[#titles] then titles[#titles + 1] = row.title end
    local key = row.title .. row.n
    ratios[key] = ratios[key] or {}
    table.insert(ratios[key], row.ratio)
  end
  local lines = { timing.table_head { "medians of each kind", unpack(sizes) } }
  for _, title in ipairs(titles) do
    local line = { title }
    for i, n in ipairs(sizes) do
      line[1 + i] = timing.show_ratio(timing.median(ratios[title .. n] or {}))
    end
    lines[#lines + 1] = timing.table_line(line)
  end
  return lines
end

--- Markdown: the kinds, then a line for each operation, its sizes side by side.
local function write_table(rows, machine, text)
  local sizes, cells = {}, {}
  for n in o.sizes:gmatch "%d+" do sizes[#sizes + 1] = n end
  for _, row in ipairs(rows) do
    cells[row.name .. row.n] = ("%s | %s"):format(timing.show_microseconds(row.us[1]),
      timing.show_ratio(row.ratio))
  end
  local lines = { machine, "", text, "", "How many times as long as Mah the faster of NumPy "
    .. "(SciPy) and PyTorch takes:", "" }
  for _, line in ipairs(kinds_table(rows, sizes)) do lines[#lines + 1] = line end
  lines[#lines + 1] = "\nThe same row by row, with Mah's microseconds before it:"
  local title, name
  for _, row in ipairs(rows) do
    if row.title ~= title then
      title = row.title
      local head = { title }
      for i, n in ipairs(sizes) do head[2 * i], head[2 * i + 1] = n, "" end
      lines[#lines + 1] = "\n" .. timing.table_head(head)
    end
    if row.name ~= name then
      local line = { row.name }
      for i, n in ipairs(sizes) do line[1 + i] = cells[row.name .. n] or " | " end
      lines[#lines + 1] = timing.table_line(line)
    end
    name = row.name
  end
  timing.write_table(o.table, lines)
end

local machine = ("%s; one thread; NumPy %s, PyTorch %s; medians of %d rounds"):format(
  timing.machine(), timing.version_of "numpy" or "-", timing.version_of "torch" or "-", o.rounds)
print(machine)
local rows = {}
for _, group in ipairs(groups) do
  local some = list_rows(group)
  if #some > 0 then measure(some) end
  for _, row in ipairs(some) do
    print_row(row)
    rows[#rows + 1] = row
  end
end
local text = verdict(rows)
print(text)
write_table(rows, machine, text)
