--- Which part of a sweep a process of a cluster should do, from the variables that Slurm and MPI
--- set.
---
---     environment.part(os.getenv)
---     --> {index = 3, count = 10, variables = "SLURM_ARRAY_TASK_ID"}
---
--- A launcher's ranks (mpirun, srun) share the part of their array task, where there is one.
---
--- Slurm counts the tasks of an array, but does not say which place a task has. Its number gives
--- the place only where the numbers go in equal steps: --array=0-9, 1-10%2, 0-38:2. For --array=3,7
--- no variable does, and --array=3-4 looks the same whether it is a whole array or a few tasks of a
--- larger one that run again.
local check = require "mah.base.check"
local launcher = require "mah.base.launcher"

local environment = {}

local number = launcher.number

local HOW = "write the part yourself: submit --array=1-N, and run the script with --shard "
  .. "$SLURM_ARRAY_TASK_ID/N in all N tasks; then a later --array=3,7 does these parts again"

-- -- Slurm's arrays -------------------------------------------------------------------------------

--- Index from 0, and count, of the task of an array.
local function of_array(get)
  local id = number(get, "SLURM_ARRAY_TASK_ID")
  if not id then return nil end
  local count, first = number(get, "SLURM_ARRAY_TASK_COUNT"), number(get, "SLURM_ARRAY_TASK_MIN")
  local last, step = number(get, "SLURM_ARRAY_TASK_MAX"), number(get, "SLURM_ARRAY_TASK_STEP") or 1
  check.that(count and first and last and step > 0, "SLURM_ARRAY_TASK_ID is %d, but "
    .. "SLURM_ARRAY_TASK_COUNT, _MIN and _MAX do not say of which array; %s", id, HOW)
  check.that(count > 1 or id <= 1, "this is task %d of an array of one task: which part of the "
    .. "sweep it should do cannot be told; %s. Where it is no task of an array, unset "
    .. "SLURM_ARRAY_TASK_ID", id, HOW)
  local index = (id - first) / step
  check.that((last - first) / step + 1 == count and index % 1 == 0 and index >= 0 and index < count,
    "the %d tasks of this array, %d to %d, do not go in steps of %d, so which part task %d should "
    .. "do cannot be told; %s", count, first, last, step, id, HOW)
  return index, count
end

-- -- Both -----------------------------------------------------------------------------------------

--- The part that the environment asks for, counted from 1; one of one is the whole. nil: there is
--- no cluster.
---@param get fun(name: string): string|nil   os.getenv
---@param together boolean|nil   the launcher's ranks work together, on one part
---@return {index: integer, count: integer, variables: string}|nil
function environment.part(get, together)
  local task, tasks = of_array(get)
  local process = not together and launcher.find(get) or nil
  if not tasks and not process then return nil end
  local rank, ranks, names = process and process.rank or 0, process and process.size or 1, {}
  if tasks then names[1] = "SLURM_ARRAY_TASK_ID" end
  if ranks > 1 then names[#names + 1] = process.variable end
  return { index = (task or 0) * ranks + rank + 1, count = (tasks or 1) * ranks,
    variables = table.concat(names, " and ") }
end

--- Complains where parts of another number lie: an array of fewer tasks than before is most likely
--- a few of them again.
---@param part {index: integer, count: integer}
---@param exists fun(index: integer, count: integer): boolean   is there the store of this part?
function environment.check_other_parts(part, exists)
  for count = part.count + 1, environment.MOST_PARTS do
    for _, index in ipairs { 1, count } do
      check.that(not exists(index, count), "there are stores of a sweep in %d parts, but this "
        .. "array makes %d. For some of those parts again, %s. (N is %d.) For a new division, move "
        .. "the stores away", count, part.count, HOW, count)
    end
  end
end

environment.MOST_PARTS = 4096

return environment
