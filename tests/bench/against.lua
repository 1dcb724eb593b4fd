--- Is this build slower than an older one? scripts/bench.sh --against DIR calls it:
---
---     mah tests/bench/against.lua FOLDER OLD [--pairs N] [--threads 1,2] [--only a,b] [--limit R]
---
--- FOLDER takes the data, OLD is the older program. Both run the same scripts in alternating pairs
--- (old new, new old, ...), each measurement in a process of its own. A row shows the medians of
--- both, and of the ratios new / old of the pairs their median, quartiles, smallest and largest.
--- Exit status 1 when a row's median ratio is above --limit, or a measurement failed.
local mah = require "mah"
local tasks = require "train_speed_tasks"
local timing = require "timing"

local folder, old = arg[1], arg[2]
local here = arg[0]:match "^(.*)/" or "."

local keys, rows_by_key = {}, {}
for i, row in ipairs(tasks.against) do
  keys[i], rows_by_key[row.key] = row.key, row
end

local o = mah.arguments({ unpack(arg, 3) }, {
  pairs = { 11, "integer", "[1, 1000]", help = "of measurements a row" },
  threads = { "1,2", "string", help = "how many, one after the other" },
  only = { "", "string", help = "some of " .. table.concat(keys, " ") },
  limit = { nil, "number", "(0, inf)", help = "median ratios above it are an error" },
}, "usage: scripts/bench.sh --against DIR [options]")

-- -- Measuring ------------------------------------------------------------------------------------

--- The seconds of twenty starts, each in a process of its own.
local function start_seconds(program)
  local command = ("'%s' -e 'require(\"mah\").zeros(1)'"):format(program)
  local seconds = {}
  for i = 1, 20 do
    local before = mah.progress.now()
    if os.execute(command) ~= 0 then return 0 / 0 end
    seconds[i] = mah.progress.now() - before
  end
  return timing.median(seconds)
end

--- Seconds, or NaN when the program fails; it says why on stderr.
local function measure(program, row, threads)
  local kind = tasks[row.key].kind
  if kind == "start" then return start_seconds(program) end
  local command = kind == "tensor" and ("'%s' '%s/tensor_speed.lua' %s %d"):format(program, here,
      row.key, threads)
    or ("'%s' '%s/train_speed_mah.lua' '%s' %s %d %d"):format(program, here, folder, row.key,
      threads, row.epochs)
  return tonumber(timing.output_of(command)) or 0 / 0
end

--- The medians of both, and the pairs' ratios.
local function compare(row, threads)
  local seconds, ratios = { old = {}, new = {} }, {}
  local programs = { old = old, new = arg[-1] }
  for i = 1, o.pairs do
    for _, which in ipairs(i % 2 == 1 and { "old", "new" } or { "new", "old" }) do
      seconds[which][i] = measure(programs[which], row, threads)
    end
    ratios[i] = seconds.new[i] / seconds.old[i]
  end
  return seconds.old, seconds.new, ratios
end

-- -- Showing --------------------------------------------------------------------------------------

local function name_of(row)
  if row.name then return row.name end
  for _, task in ipairs(tasks) do
    if task.key == row.key then return task.name end
  end
end

local function has_failed(list)
  for _, v in ipairs(list) do
    if v ~= v then return true end
  end
  return false
end

--- "7.03 ms"
local function show(seconds)
  if seconds < 1e-3 then return ("%.1f us"):format(seconds * 1e6) end
  return seconds < 1 and ("%.2f ms"):format(seconds * 1e3) or ("%.3f s"):format(seconds)
end

--- Prints a row; returns what is wrong with it, or nil.
local function print_row(row, threads)
  local before, now, ratios = compare(row, threads)
  local title = ("%s, %d thread%s"):format(name_of(row), threads, threads == 1 and "" or "s")
  if has_failed(ratios) then
    print(("%-48s failed"):format(title))
    return title .. ": a measurement failed"
  end
  local function at(q) return timing.quantile(ratios, q) end
  print(("%-48s %9s %9s   %6.3f   %.3f ... %.3f   (%.3f ... %.3f)"):format(title,
    show(timing.median(before)), show(timing.median(now)), at(0.5), at(0.25), at(0.75), at(0),
    at(1)))
  io.stdout:flush()
  if o.limit and at(0.5) > o.limit then
    return ("%s: %.3f times the older build's time, more than %g"):format(title, at(0.5), o.limit)
  end
end

-- -- Go -------------------------------------------------------------------------------------------

local function write_data()
  local set = mah.data.default()
  local train = mah.data.take(set.train, 12000)
  for name, t in pairs { x_train = train.x, y_train = train.y, x_test = set.test.x,
    y_test = set.test.y } do
    mah.save_npy(("%s/%s.npy"):format(folder, name), t)
  end
  return set.name, #train.x
end

local function is_wanted(row)
  return o.only == "" or ("," .. o.only .. ","):find("," .. row.key .. ",", 1, true) ~= nil
end

for key in o.only:gmatch "[^,]+" do
  if not rows_by_key[key] then
    io.stderr:write(("--only: there is no row '%s'; known: %s\n"):format(key,
      table.concat(keys, " ")))
    os.exit(2)
  end
end

local name, rows = write_data()
print(("%s: %d rows; %d pairs a row, old against new, new / old below 1: faster"):format(name, rows,
  o.pairs))
print(("%-48s %9s %9s   %6s   %-15s   %s"):format("", "old", "new", "ratio", "quartiles",
  "(smallest ... largest)"))
local problems = {}
for threads in o.threads:gmatch "%d+" do
  for _, row in ipairs(tasks.against) do
    if is_wanted(row) and not (row.one_thread and threads ~= "1") then
      problems[#problems + 1] = print_row(row, tonumber(threads))
    end
  end
end
for _, problem in ipairs(problems) do io.stderr:write(problem, "\n") end
os.exit(#problems == 0 and 0 or 1)
