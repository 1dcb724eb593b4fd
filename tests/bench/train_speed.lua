--- The speed of training beside its peers; scripts/bench.sh calls it:
---
---     mah tests/bench/train_speed.lua FOLDER [--quick] [--threads 1,2] [--only row1,row2]
---
--- FOLDER takes the data. Each number is measured in a process of its own, Mah and its peers by
--- turns.
local mah = require "mah"
local progress = require "mah.base.progress"
local tasks = require "train_speed_tasks"
local timing = require "timing"

local median, output_of = timing.median, timing.output_of

local folder, here = arg[1], arg[0]:match "^(.*)/" or "."
local program = arg[-1]
local python = mah.file.exists "/usr/bin/python3" and "/usr/bin/python3" or "python3"

local o = mah.arguments({ unpack(arg, 2) }, {
  quick = { false, "boolean", help = "one round on fewer rows" },
  threads = { "1,2", "string", help = "how many, one after the other" },
  only = { "", "string", help = "some of row1 row2 row3 row4 lbfgs predict score memory bytes" },
}, "usage: scripts/bench.sh [options]")

local rounds = o.quick and 1 or 5

-- -- Running --------------------------------------------------------------------------------------

local function version_of(module)
  local code = ("import %s; print(%s.__version__)"):format(module, module)
  local version = output_of(("%s -c '%s' 2>/dev/null"):format(python, code))
  return version ~= "" and version or nil
end

--- Those that are there: {name, command for a task and a number of threads}.
local function find_tools()
  local own = ("'%s' %s/train_speed_mah.lua '%s' %%s %%d"):format(program, here, folder)
  local list = { { name = "Mah", command = own } }
  local function add(module, name, script, ...)
    local version = version_of(module)
    if not version then
      io.stderr:write(("%s is not installed for %s: it is left out.\n"):format(name, python))
      return
    end
    for _, dtype in ipairs { ... } do
      list[#list + 1] = {
        name = ("%s %s %s"):format(name, version, dtype), dtype = dtype, module = module,
        command = ("%s %s/%s '%s' %%s %%d %s"):format(python, here, script, folder, dtype),
      }
    end
  end
  add("sklearn", "scikit-learn", "train_speed_sklearn.py", "float64", "float32")
  add("torch", "PyTorch", "train_speed_torch.py", "float32")
  return list
end

local function measure(tool, key, threads)
  return tonumber(output_of(tool.command:format(key, threads))) or 0 / 0
end

--- medians[i] of tool i, measured by turns.
local function compare(list, key, threads)
  local all, medians = {}, {}
  for i = 1, #list do all[i] = {} end
  for _ = 1, rounds do
    for i, tool in ipairs(list) do
      if i == 1 or not tasks[key].own then table.insert(all[i], measure(tool, key, threads)) end
    end
  end
  for i = 1, #list do medians[i] = median(all[i]) end
  return medians
end

-- -- Showing --------------------------------------------------------------------------------------

local function show(value, unit)
  if value ~= value then return "-" end
  return (unit == "s" and "%.4f s" or "%.0f " .. unit:gsub("%%", "%%%%")):format(value)
end

local function print_row(title, list, values, unit)
  print(title)
  for i, tool in ipairs(list) do
    if i == 1 then
      print(("    %-34s %11s"):format(tool.name, show(values[i], unit)))
    elseif values[i] == values[i] then
      print(("    %-34s %11s   %6.1f times Mah's"):format(tool.name, show(values[i], unit),
        values[i] / values[1]))
    end
  end
  io.stdout:flush()
end

local function start_up(list)
  local function seconds(command)
    local times = {}
    for i = 1, o.quick and 3 or 11 do
      local start = progress.now()
      output_of(command)
      times[i] = progress.now() - start
    end
    return median(times)
  end
  local values, tools, seen = { seconds(("'%s' -e 'print(1)'"):format(program)) }, { list[1] }, {}
  for _, tool in ipairs(list) do
    if tool.module and not seen[tool.module] then
      seen[tool.module] = true
      tools[#tools + 1] = tool
      local import = tool.module == "sklearn" and "sklearn.neural_network" or tool.module
      values[#values + 1] = seconds(("%s -c 'import %s'"):format(python, import))
    end
  end
  print_row("start-up", tools, values, "s")
end

--- Mah alone with one thread and with more, by turns: rows that lie far apart tell nothing of it.
local function compare_threads(list, task, threads)
  local one, more = {}, {}
  for i = 1, rounds do
    one[i], more[i] = measure(list[1], task.key, 1), measure(list[1], task.key, threads)
  end
  print(("    %-34s %23.2f times as fast"):format(task.name, median(one) / median(more)))
  io.stdout:flush()
end

-- -- Go -------------------------------------------------------------------------------------------

local function write_data()
  local set = mah.data.default { quiet = false }
  local rows = o.quick and 12000 or #set.train.x
  local train = mah.data.take(set.train, rows)
  local bytes = (train.x * 255 + 0.5):byte()
  mah.save_npy(folder .. "/x_train.npy", train.x)
  mah.save_npy(folder .. "/y_train.npy", train.y)
  mah.save_npy(folder .. "/x_test.npy", set.test.x)
  mah.save_npy(folder .. "/y_test.npy", set.test.y)
  mah.save_npy(folder .. "/bytes_train.npy", bytes)
  return set.name, #train.x, #set.test.x
end

local name, rows, test_rows = write_data()
local machine = mah.machine()
local list = find_tools()
print(("%s, %d cores, %s; %s"):format(machine.cpu, machine.cores, machine.simd, machine.system))
print(("%s: %d rows to train on, %d to predict; batches of 200, Adam; %s"):format(name, rows,
  test_rows, rounds == 1 and "one round" or ("medians of %d rounds"):format(rounds)))

local wanted = {}
for key in o.only:gmatch "[^,]+" do wanted[key] = true end
local function is_wanted(task) return not next(wanted) or wanted[task.key] end

for threads in o.threads:gmatch "%d+" do
  print(("\n-- %s thread%s"):format(threads, threads == "1" and "" or "s"))
  for _, task in ipairs(tasks) do
    if is_wanted(task) and not (task.unit and threads ~= "1") then
      local medians = compare(list, task.key, tonumber(threads))
      print_row(task.name, list, medians, task.unit or "s")
    end
  end
  if threads ~= "1" then
    print(("Mah with %s threads against one"):format(threads))
    for _, task in ipairs(tasks) do
      if is_wanted(task) and tasks[task.key].kind == "epoch" then
        compare_threads(list, task, tonumber(threads))
      end
    end
  end
end
if not next(wanted) then
  print("\n-- start-up")
  start_up(list)
end
