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

local environment = {}

local HOW = "write the part yourself: submit --array=1-N, and run the script with --shard "
  .. "$SLURM_ARRAY_TASK_ID/N in all N tasks; then a later --array=3,7 does these parts again"

--- A whole number >= 0 of the environment; nil when the variable is not there.
local function number(get, name)
  local text = get(name)
  if text == nil or text == "" then return nil end
  local value = tonumber(text)
  check.that(value and value >= 0 and value % 1 == 0, "%s: a whole number is expected, got '%s'",
    name, text)
  return value
end

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

-- -- Launchers ------------------------------------------------------------------------------------

--- mpirun inside of a job sets its own; SLURM_PROCID is then 0 in every rank. A batch script has
--- SLURM_PROCID too, though it runs once: srun's processes have SLURM_STEP_ID.
local launchers = {
  { "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE" },
  { "PMI_RANK", "PMI_SIZE" },
  { "SLURM_PROCID", "SLURM_NTASKS", needs = "SLURM_STEP_ID" },
}

--- Index from 0, count, and variable of a launcher's process.
local function of_launcher(get)
  for _, launcher in ipairs(launchers) do
    local index, count = number(get, launcher[1]), number(get, launcher[2])
    if index and count and (not launcher.needs or get(launcher.needs)) then
      check.that(index < count, "%s is %d, and %s %d", launcher[1], index, launcher[2], count)
      return index, count, launcher[1]
    end
  end
end

-- -- Both -----------------------------------------------------------------------------------------

--- The part that the environment asks for, counted from 1; one of one is the whole. nil: there is
--- no cluster.
---@param get fun(name: string): string|nil   os.getenv
---@return {index: integer, count: integer, variables: string}|nil
function environment.part(get)
  local task, tasks = of_array(get)
  local rank, ranks, variable = of_launcher(get)
  if not tasks and not ranks then return nil end
  local names = {}
  if tasks then names[1] = "SLURM_ARRAY_TASK_ID" end
  if (ranks or 1) > 1 then names[#names + 1] = variable end
  ranks = ranks or 1
  return { index = (task or 0) * ranks + (rank or 0) + 1, count = (tasks or 1) * ranks,
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
