--- Trains many networks at once, each as mah.train would train it alone: with the same bits.
local Task = require "mah.learn.task"
local check = require "mah.base.check"
local checkpoint = require "mah.learn.checkpoint"
local class = require "mah.base.class"
local epoch_limit = require "mah.learn.epoch_limit"
local how_far = require "mah.base.how_far"
local inputs = require "mah.learn.inputs"
local threads = require "mah.base.threads"
local together = require "mah.learn.together"
local warn = require "mah.base.warn"

local of_all = { "threads", "verbose" } -- are no single run's

-- -- Whose settings -------------------------------------------------------------------------------

--- The networks' list, checked.
local function check_nets(nets)
  check.that(type(nets) == "table" and getmetatable(nets) == nil,
    "mah.train_many: a list of networks is expected, got %s", check.show(nets))
  check.that(next(nets) ~= nil, "mah.train_many: the list of networks is empty")
  check.that(nets[1] ~= nil, "mah.train_many: a list of networks is expected, got a table without "
    .. "a first one")
  local place = {}
  for i in pairs(nets) do
    check.that(type(i) ~= "number" or i == 1 or nets[i - 1] ~= nil,
      "mah.train_many: the list of networks has a hole before run %s", tostring(i))
  end
  for i, net in ipairs(nets) do
    check.that(not place[net], "mah.train_many: run %d has the network of run %s; net:clone() "
      .. "makes another one", i, tostring(place[net]))
    place[net] = i
  end
end

--- The settings that all have, and the list of each run's own.
local function divide(given, n)
  check.that(given == nil or type(given) == "table",
    "mah.train_many: settings must be a table, got %s", check.show(given))
  local common, own, count, in_a_row = {}, {}, 0, 0
  for name, value in pairs(given or {}) do
    if type(name) == "number" then own[name], count = value, count + 1 else common[name] = value end
  end
  for i in ipairs(own) do in_a_row = i end
  check.that(count == in_a_row and (count == 0 or count == n),
    "mah.train_many: there are %d networks, and settings of %d runs", n, count)
  return common, own
end

--- The settings of run i: its own before the common ones.
local function settings_of(i, common, own)
  check.that(own == nil or type(own) == "table",
    "mah.train_many: the settings of run %d must be a table, got %s", i, check.show(own))
  local o = {}
  for name, value in pairs(common) do o[name] = value end
  for name, value in pairs(own or {}) do o[name] = value end
  for _, name in ipairs(of_all) do
    check.that(own == nil or own[name] == nil,
      "mah.train_many: %s is for all runs, and not for run %d alone", name, i)
    o[name] = nil
  end
  return o
end

--- A solver remembers what it did, so that each run needs one of its own: copies of one of
--- mah.solver's, each of which begins anew (Task:run).
local function own_solver(i, solver, owner)
  if solver == nil or type(solver) == "string" or owner[solver] == nil then return solver end
  local class_of = type(solver) == "table" and getmetatable(solver)
  check.that(class_of and class.fields[class_of],
    "mah.train_many: run %d has the solver of run %s; a solver of your own may remember what it "
      .. "did: give each run another one", i, tostring(owner[solver]))
  local copy = setmetatable({}, class_of)
  for name, value in pairs(solver) do copy[name] = value end
  return copy
end

--- Checks all runs before the first one begins.
local function new_tasks(nets, data, settings)
  local tasks, solver_of, rng_of = {}, {}, {}
  for i, net in ipairs(nets) do
    local o = settings_of(i, settings.common, settings.own[i])
    o.solver = own_solver(i, o.solver, solver_of)
    check.that(o.rng == nil or not rng_of[o.rng],
      "mah.train_many: run %d has the generator of run %s; give it a seed, or another generator", i,
      tostring(rng_of[o.rng]))
    if o.solver then solver_of[o.solver] = i end
    if o.rng then rng_of[o.rng] = i end
    local set = type(data) == "table" and data[1] and data[i] or data
    local ok, task = together.apart(Task.new, net, set, o)
    if not ok then check.raise("mah.train_many: run %d: %s", i, tostring(task)) end
    tasks[i] = task
  end
  return tasks
end

-- -- What became of them --------------------------------------------------------------------------

local function first_line(problem) return (tostring(problem):match "^[^\n]*") end

--- Says which runs failed; an error when all did.
local function tell(ends)
  local failed = {}
  for i, ended in ipairs(ends) do
    if not ended.ok then failed[#failed + 1] = i end
  end
  if #failed == 0 then return end
  local text = ("mah.train_many: %d of %d runs failed (%s); run %d: %s"):format(#failed, #ends,
    table.concat(failed, ", "), failed[1], first_line(ends[failed[1]].value))
  if #failed == #ends then check.raise(text) end
  warn("%s", text)
end

local function result_of(task, ended)
  local run = task:result()
  if not ended.ok then
    run.stop_reason = { rule = "error", epoch = run.n_iter, text = tostring(ended.value) }
  end
  return run
end

--- Ctrl-C is for all, whoever was told.
local function check_interruption(member)
  if not member.ok and tostring(member.value):find "interrupted$" then check.raise "interrupted" end
end

--- How many epochs all have made, and how many they may make; nil where one has no limit.
local function count_epochs(tasks)
  local made, all = 0, 0
  for _, task in ipairs(tasks) do
    local limit = epoch_limit.of(task.o.stop)
    made, all = made + task.trainer.epoch, all and limit and all + limit
  end
  return made, all
end

--- The lines of all trainings in one; nil where nobody looks.
local function new_line(tasks, verbose)
  local line = how_far.line("training", verbose)
  if not line then return nil end
  local ended, first = 0, count_epochs(tasks)
  local shared = {}
  function shared.show()
    if not line:is_due() then return end
    local made, all = count_epochs(tasks)
    line:update(how_far.text(line, "epoch", made, all,
      ("%d of %d networks are done"):format(ended, #tasks), first))
  end
  function shared.hide() line:hide() end
  function shared.done() ended = ended + 1 end
  function shared.close() ended = ended + 1 end
  function shared.finish() line:done(("%d of %d networks are done"):format(ended, #tasks)) end
  return shared
end

local function run_all(tasks, verbose)
  local functions = {}
  local line = new_line(tasks, verbose)
  for i, task in ipairs(tasks) do
    task.trainer.line = line
    functions[i] = function() task:run() end
  end
  local enter, leave = checkpoint.side_by_side(#tasks)
  local ends = together.run(functions, { on_end = check_interruption,
    enter = function(member) enter(member.number) end, leave = leave })
  leave()
  if line then line:finish() end
  return ends
end

--- Trains networks side by side: each with its own weights, order of rows, solver and stopping
--- rule, each with the bits that mah.train alone would give it. The networks share out the threads,
--- from which small ones gain most. One that stops leaves; the others go on.
---
--- The settings are mah.train's. Those with a name are for all runs; the list in the same table has
--- those of each run, which come first: {batch_size = 32, stop = 50, {seed = 1}, {seed = 2}}. Of a
--- solver of mah.solver's that several runs are given, each gets a copy. A rule, a schedule or a
--- score that remembers something must be another one for each run. threads and verbose are for
--- all runs.
---
--- Runs whose steps Lua has to see one by one (own solvers, L-BFGS, clipping, on_batch, schedules
--- by step, activations in Lua) and distributed ones take their turns. A run's seconds are its own
--- share of the time.
---
--- A run that fails, as one that diverges, leaves its results so far, stop_reason.rule = "error"
--- and a warning that names it; the others go on. Where all fail that is an error. Other errors:
--- those of mah.train, before anything is trained, and the same network twice. Ctrl-C ends all.
---
---     local moons = mah.data.make_moons { n_samples = 100, random_state = 1 }
---     local nets, settings = {}, { batch_size = 20, stop = 5 }
---     for i, lr in ipairs { 1e-2, 1e-3, 1e-4 } do
---       nets[i] = mah.mlp { 2, { 8, "tanh" }, { 2, "softmax" }, seed = 1 }
---       settings[i] = { solver = mah.solver.adam { lr = lr }, seed = i }
---     end
---     local runs = mah.train_many(nets, moons, settings)
---     print(#runs, runs[2].n_iter)                                     --> 3 5
---     print(runs[1].history.loss[5] < runs[3].history.loss[5])         --> true
---@param nets network[]
---@param data table    {x =, y =, weight =, scale =} as for mah.train, for all; or a list of these
---@param given table|nil
---@return run[] runs   one for each network
return function(nets, data, given)
  check_nets(nets)
  check.that(not (type(data) == "table" and data[1]) or #data == #nets,
    "mah.train_many: there are %d networks and %d data sets", #nets,
    type(data) == "table" and #data or 0)
  local common, own = divide(given, #nets)
  check.that(common.checkpoint == nil, "mah.train_many: checkpoint is a file of one run, and not "
    .. "for all; write it among the settings of each")
  local tasks = inputs.sharing(new_tasks, nets, data, { common = common, own = own })
  local before = common.threads and threads()
  if before then threads(common.threads) end
  local ok, ends = pcall(run_all, tasks, common.verbose)
  if before then threads(before) end
  if not ok then error(ends, 0) end
  tell(ends)
  local runs = {}
  for i, task in ipairs(tasks) do runs[i] = result_of(task, ends[i]) end
  return runs
end
