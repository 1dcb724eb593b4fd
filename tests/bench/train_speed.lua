--- The speed of training and predicting beside peers; scripts/bench.sh calls it:
---
---     mah tests/bench/train_speed.lua FOLDER OLDER [--quick] [--threads 1,2] [--only 100,small]
---
--- FOLDER takes the data; the script has put dense_openblas, dense_onednn and multiply_adds there,
--- as far as they can be built. OLDER is the program that --against names, or "". Mah and its peers
--- measure a row in turns, in one order and then in the other; shown are medians, and the peer's
--- divided by Mah's. Exit status 1 when a measurement of Mah failed, or was slower than --limit
--- allows.
local mah = require "mah"
local tasks = require "train_speed_tasks"
local timing = require "timing"
local tools = require "train_speed_tools"

local folder, older = arg[1], arg[2] ~= "" and arg[2] or nil
local here = arg[0]:match "^(.*)/" or "."

local keys = {}
for i, task in ipairs(tasks) do keys[i] = task.key end

local o = mah.arguments({ unpack(arg, 3) }, {
  quick = { false, "boolean", help = "one round on a fifth of the rows" },
  threads = { "1", "string", help = "how many, one after the other: 1,2" },
  only = { "all", "string", help = "some of " .. table.concat(keys, " ") },
  rounds = { nil, "integer", "[1, 1000]", help = "how often each measures (default: 5; quick: 1)" },
  peers = { nil, "string", help = "some of " .. table.concat(tools.names, " ")
    .. ", or none (default: all; with --against: none)" },
  against = { nil, "string", help = "an older build: its folder, or a checkout with build/" },
  limit = { nil, "number", "(0, inf)", help = "times the older build's time: more is an error" },
  table = { "out/training.md", "string", help = "the file for the table" },
}, "usage: scripts/bench.sh [options]")

local rounds = o.rounds or (o.quick and 1 or 5)
tasks.prepare(o.quick)

--- "a,b" as {a = true, b = true}; a name that is none of the known ones ends the program.
local function read_names(text, option, known)
  local names, given = {}, {}
  for _, name in ipairs(known) do names[name] = true end
  for name in text:gmatch "[^,%s]+" do
    if not names[name] then
      io.stderr:write(("mah: --%s: there is no '%s'; known: %s\n"):format(option, name,
        table.concat(known, " ")))
      os.exit(2)
    end
    given[name] = true
  end
  return given
end

local wanted = read_names(o.only == "all" and "" or o.only, "only", keys)
local function is_wanted(task)
  return (o.only == "all" or wanted[task.key]) and (older or not task.older)
end

local all = table.concat(tools.names, ",")
local peers = o.peers or (older and "none" or all)
peers = read_names(peers == "none" and "" or peers, "peers", tools.names)

--- "1,2" as {1, 2}; anything else ends the program.
local function read_threads(text)
  local list = {}
  for part in (text .. ","):gmatch "([^,]*)," do
    local n = part:match "^%d+$" and tonumber(part)
    if not n or n < 1 or n > 256 then
      io.stderr:write(("mah: --threads: numbers in [1, 256] are expected, as 1,2; got '%s'\n")
        :format(text))
      os.exit(2)
    end
    list[#list + 1] = n
  end
  return list
end

local thread_counts = read_threads(o.threads)

-- -- Data -----------------------------------------------------------------------------------------

local function save(name, columns, x)
  mah.save_npy(("%s/%s_%d.npy"):format(folder, name, columns), x)
end

--- Classes by the signs of a row's first numbers.
local function save_random(columns, rows, classes)
  local x = mah.randn(rows, columns, { rng = mah.rng(1) })
  local y = (x:narrow(2, 1, 1):gt(0) * 2 + x:narrow(2, 2, 1):gt(0)):int():flatten()
  save("x", columns, x)
  save("y", columns, y:clamp(0, classes - 1):int())
  save("rows", columns, x)
end

local function save_digits()
  local set = mah.data.default { quiet = false }
  local train = mah.data.take(set.train, o.quick and 12000 or #set.train.x)
  save("x", 784, train.x)
  save("y", 784, train.y)
  save("bytes", 784, (train.x * 255 + 0.5):byte())
  save("rows", 784, #set.test.x >= 10000 and set.test.x:narrow(1, 1, 10000)
    or mah.randn(10000, 784, { rng = mah.rng(1) }))
  return ("%s, %d rows to train on"):format(set.name, #train.x)
end

--- What the wanted rows need; returns what the digits are, where they are needed.
local function write_data()
  local columns, text = {}, nil
  for _, task in ipairs(tasks) do
    local layers = (tasks[task.of] or task).layers
    if is_wanted(task) and layers then columns[layers[1]] = true end
  end
  if columns[784] then text = save_digits() end
  if columns[4] then save_random(4, 10000, 4) end
  if columns[6] then save_random(6, 64, 3) end
  if columns[20] then save_random(20, 1000, 3) end
  return text
end

--- KEY.onnx for ONNX Runtime.
local function write_networks()
  for _, task in ipairs(tasks) do
    if is_wanted(task) and (task.kind == "proba" or task.kind == "row") then
      local layers = { task.layers[1], seed = 1 }
      for i = 2, #task.layers - 1 do layers[i] = { task.layers[i], task.activation } end
      layers[#task.layers] = { task.layers[#task.layers], "softmax" }
      mah.mlp(layers):save(("%s/%s.onnx"):format(folder, task.key))
    end
  end
end

-- -- Measuring ------------------------------------------------------------------------------------

--- 1, 2, ... n in odd rounds, n, ... 2, 1 in even ones.
local function place(round, i, n) return round % 2 == 1 and i or n + 1 - i end

--- Its tool's next number into a result; or why there is none, and then no more.
local function measure_once(result, tool, task, threads)
  if result.why then return end
  local value, why
  if task.kind == "start" then
    value = tool.start(task)
  else
    value, why = tool:measure(task, threads)
  end
  result.why = why
  result.values[#result.values + 1] = value and value / (task.steps or 1)
end

--- {{tool =, values =, median =, why =}, ...} of those that can do the task, Mah first.
local function measure(list, task, threads)
  local results = {}
  for _, tool in ipairs(list) do
    if tool.can[task.kind] and (tool.is_own or not task.own) then
      results[#results + 1] = { tool = tool, values = {} }
    end
  end
  for round = 1, rounds do
    for i = 1, #results do
      local result = results[place(round, i, #results)]
      if not results[1].why then measure_once(result, result.tool, task, threads) end
    end
  end
  for _, result in ipairs(results) do
    result.median = result.why and 0 / 0 or timing.median(result.values)
  end
  return results
end

--- The median seconds of Mah and of pure multiply-adds, with one thread and with two.
local function measure_gain(list, task)
  local seconds = { mah = { {}, {} }, pure = { {}, {} } }
  local pure = folder .. "/multiply_adds"
  for round = 1, rounds do
    for i = 1, 2 do
      local threads = place(round, i, 2)
      local value = list[1]:measure(task, threads)
      table.insert(seconds.mah[threads], value or 0 / 0)
      value = mah.file.exists(pure) and timing.output_of(("'%s' %d"):format(pure, threads))
      table.insert(seconds.pure[threads], tonumber(value) or 0 / 0)
    end
  end
  local function gain(of) return timing.median(of[1]) / timing.median(of[2]) end
  return gain(seconds.mah), gain(seconds.pure)
end

-- -- Showing --------------------------------------------------------------------------------------

local function show(value, task)
  if value ~= value then return "-" end
  return task.unit and ("%.0f %s"):format(value, task.unit) or timing.show_seconds(value)
end

--- The quartiles of the rounds' ratios, where there are enough of them.
local function quartiles(result, own)
  if rounds < 4 then return "" end
  local ratios = {}
  for i, value in ipairs(result.values) do ratios[i] = value / own.values[i] end
  return ("   (%.2f ... %.2f)"):format(timing.quantile(ratios, 0.25), timing.quantile(ratios, 0.75))
end

--- Prints a row; returns what is wrong with it, or nil.
local function print_row(task, results)
  local own = results[1]
  print(task.name)
  if own.why then
    print("    left out: " .. own.why)
    return not own.why:find "^there is no " and ("%s: %s"):format(task.name, own.why) or nil
  end
  for _, result in ipairs(results) do
    local line = ("    %-28s"):format(result.tool.name)
    if result.why then
      line = ("%s left out: %s"):format(line, result.why)
    else
      line = ("%s %11s"):format(line, show(result.median, task))
      if result ~= own then
        line = ("%s   %6s times Mah's%s"):format(line,
          timing.show_ratio(result.median / own.median), quartiles(result, own))
      end
    end
    print(line)
  end
  io.stdout:flush()
  local ratio = older and own.median / results[2].median
  if o.limit and ratio and ratio > o.limit then
    return ("%s: %.3f times the older build's time, more than %g"):format(task.name, ratio, o.limit)
  end
end

--- The row's line of the table: Mah's number, then how many times as long each tool takes.
local function table_row(task, list, results)
  local cells = { task.name, show(results[1].median, task) }
  for _ = 2, #list do cells[#cells + 1] = "" end
  for i = 2, #list do
    for _, result in ipairs(results) do
      if result.tool == list[i] then
        cells[i + 1] = timing.show_ratio(result.median / results[1].median)
      end
    end
  end
  return timing.table_line(cells)
end

-- -- Go -------------------------------------------------------------------------------------------

local digits = write_data() -- nil: none are needed
write_networks()
local list, absent = tools.find { folder = folder, here = here, program = arg[-1], peers = peers,
  size = o.quick and "quick" or "full", older = older }
for _, what in ipairs(absent) do io.stderr:write(what, ": it is left out.\n") end

local problems, lines = {}, {}
local function say(text)
  print(text)
  lines[#lines + 1] = text
end

local facts = { timing.machine(), digits }
for _, tool in ipairs(list) do facts[#facts + 1] = tool.version end
facts[#facts + 1] = rounds == 1 and "one round" or ("medians of %d rounds"):format(rounds)
say(table.concat(facts, "; "))
lines[#lines + 1] = "\nBatches of 200, Adam and float32 unless told. Mah's number, and how many "
  .. "times as much each of the others takes:"

local head = { "" }
for i, tool in ipairs(list) do head[i + 1] = tool.name end

for _, threads in ipairs(thread_counts) do
  print(("\n-- %d thread%s"):format(threads, threads == 1 and "" or "s"))
  head[1] = threads == 1 and "one thread" or threads .. " threads"
  lines[#lines + 1] = "\n" .. timing.table_head(head)
  for _, task in ipairs(tasks) do
    local is_of_one = task.unit or task.kind == "start" or task.kind == "row"
    if is_wanted(task) and task.kind ~= "gain" and not (is_of_one and threads ~= 1) then
      local results = measure(list, task, threads)
      problems[#problems + 1] = print_row(task, results)
      if not results[1].why then lines[#lines + 1] = table_row(task, list, results) end
    end
  end
end
tools.stop(list)

local gains = {}
for _, task in ipairs(tasks) do
  if task.kind == "gain" and is_wanted(task) and mah.machine().cores > 1 then
    gains[#gains + 1] = task
  end
end
if #gains > 0 then
  print "\n-- two threads against one"
  lines[#lines + 1] = "\n" .. timing.table_head { "two threads against one: times as fast", "Mah",
    "pure multiply-adds", "share" }
end
for _, task in ipairs(gains) do
  local own, pure = measure_gain(list, tasks[task.of])
  print(("%-32s %.2f times as fast; pure multiply-adds %.2f"):format(task.name, own, pure))
  lines[#lines + 1] = timing.table_line { task.name, timing.show_ratio(own),
    timing.show_ratio(pure), timing.show_ratio(own / pure) }
end

timing.write_table(o.table, lines)
for _, problem in ipairs(problems) do io.stderr:write(problem, "\n") end
os.exit(#problems == 0 and 0 or 1)
