--- Which part of a sweep a process of a cluster should do, from the variables that batch systems
--- and launchers set.
---
---     environment.part(os.getenv)
---     --> {index = 3, count = 10, variables = "SLURM_ARRAY_TASK_ID"}
---     environment.part(os.getenv, 20)     -- the sweep has 20 parts, whatever the array's size
---
--- The number of a task is that of its part where the sweep itself says how many parts there are
--- (--parts 20, study:run{parts = 20}): then --array=3,7 does two of them again. Otherwise the
--- array has to tell, and does where its numbers go in equal steps: --array=0-9, 1-10%2, 0-38:2.
--- For --array=3,7 no variable says which place a task has, and --array=3-4 looks the same whether
--- it is a whole array or a few tasks of a larger one that run again.
---
--- A launcher's ranks (mpirun, srun) share the part of their array task, where there is one.
local check = require "mah.base.check"
local launcher = require "mah.base.launcher"
local text = require "mah.base.text"

local environment = {}

--- A whole number >= 0 of the environment; nil when the variable is not there. Grid Engine says
--- "undefined" for that.
local function number(get, name)
  return get(name) ~= "undefined" and launcher.number(get, name) or nil
end

-- -- Arrays of jobs -------------------------------------------------------------------------------

--- An array's task: id, and what is known of all ids: first, last, step, count.
local readers = {}

--- sbatch(1). Numbers may be any: --array=2-9:3,20 has MIN 2, MAX 20, STEP 3 and COUNT 4.
readers[1] = { variable = "SLURM_ARRAY_TASK_ID", option = "--array=", read = function(get)
  return {
    first = number(get, "SLURM_ARRAY_TASK_MIN"), last = number(get, "SLURM_ARRAY_TASK_MAX"),
    step = number(get, "SLURM_ARRAY_TASK_STEP") or 1, count = number(get, "SLURM_ARRAY_TASK_COUNT"),
  }
end }

--- PBS Professional's qsub(1B), Torque's qsub(1): the range is in no variable.
readers[2] = { variable = "PBS_ARRAY_INDEX", option = "-J ", read = function() return {} end }
readers[3] = { variable = "PBS_ARRAYID", option = "-t ", read = function() return {} end }

--- Grid Engine's qsub(1), -t n-m:s: n, m and s, though m itself may be beyond the last task.
readers[4] = { variable = "SGE_TASK_ID", option = "-t ", read = function(get)
  local first, last = number(get, "SGE_TASK_FIRST"), number(get, "SGE_TASK_LAST")
  local step = math.max(1, number(get, "SGE_TASK_STEPSIZE") or 1)
  return { first = first, last = first and last and last - (last - first) % step, step = step }
end }

--- LSF's reference of environment variables; LSB_JOBINDEX is 0 in a job that is no array. Where it
--- begins is in no variable: at 1, as most do, or its numbers are others than we expect.
readers[5] = { variable = "LSB_JOBINDEX", option = "-J name", list = "[1-N]", no_id = 0,
  read = function(get)
    local last, step = number(get, "LSB_JOBINDEX_END"), number(get, "LSB_JOBINDEX_STEP")
    step = math.max(1, step or 1)
    return { first = 1, last = last and last - (last - 1) % step, step = step }
  end }

--- AWS Batch's user guide, "Array jobs": from 0, and always the whole array.
readers[6] = { variable = "AWS_BATCH_JOB_ARRAY_INDEX", is_whole = true, read = function(get)
  local size = number(get, "AWS_BATCH_JOB_ARRAY_SIZE")
  return { first = 0, last = size and size - 1, step = 1 }
end }

--- The task of an array that this process is, or nil.
local function find_array(get)
  for _, reader in ipairs(readers) do
    local id = number(get, reader.variable)
    if id and id ~= reader.no_id then
      local array = reader.read(get)
      array.id, array.reader = id, reader
      array.count = array.count or array.first and array.last
        and (array.last - array.first) / array.step + 1
      return array
    end
  end
end

--- What to write where the variables do not tell.
local function how(array, parts)
  local reader, n = array.reader, parts or "N"
  if not reader.option then return "write --shard i/N" end
  local range = (reader.list or "1-N"):gsub("N", n)
  return ("submit the tasks %s%s, and write --parts %s after the script's name: part i is then the "
    .. "task i, also when some run again"):format(reader.option, range, n)
end

--- Index from 0, and count, where the sweep says how many parts it has: tasks are numbered as
--- these.
local function part_of_sweep(array, parts)
  if array.reader.is_whole then
    check.that(array.count == parts, "the sweep has %s, and this array %s",
      text.count(parts, "part"),
      array.count and text.count(array.count, "task") or "does not say how many tasks")
    return array.id, parts
  end
  local low, high = array.first or array.id, array.last or array.id
  if array.reader.variable == "LSB_JOBINDEX" then low = array.id end
  check.that(math.min(low, array.id) >= 1 and math.max(high, array.id) <= parts,
    "%s is %d, of an array from %d to %d, and the sweep's parts are 1 to %d; submit %s%s, or some "
    .. "of these", array.reader.variable, array.id, low, high, parts, array.reader.option,
    ((array.reader.list or "1-N"):gsub("N", parts)))
  return array.id - 1, parts
end

--- The same where only the array tells.
local function part_of_array(array)
  local reader, id, count = array.reader, array.id, array.count
  check.that(count and array.step > 0, "%s is %d, but no variable says of how many; %s",
    reader.variable, id, how(array))
  check.that(count > 1 or id <= 1, "this is task %d of an array of one task: which part of the "
    .. "sweep it should do cannot be told; %s. Where it is no task of an array, unset %s", id,
    how(array), reader.variable)
  local index = (id - array.first) / array.step
  check.that((array.last - array.first) / array.step + 1 == count and index % 1 == 0 and index >= 0
    and index < count, "the %g tasks of this array, %d to %d, do not go in steps of %d, so which "
    .. "part task %d should do cannot be told; %s", count, array.first, array.last, array.step, id,
    how(array))
  return index, count
end

-- -- Both -----------------------------------------------------------------------------------------

--- The part that the environment asks for, counted from 1; one of one is the whole. nil: there is
--- no cluster. Errors say what to write where the variables do not tell.
---@param get fun(name: string): string|nil   os.getenv
---@param parts integer|nil   of the sweep, where it says so itself
---@param together boolean|nil   the launcher's ranks work together, on one part
---@return {index: integer, count: integer, variables: string, how: string|nil}|nil   how: where the
---  array alone told, what to write so that the sweep does
function environment.part(get, parts, together)
  local array, task, tasks = find_array(get), nil, nil
  if array and parts then
    task, tasks = part_of_sweep(array, parts)
  elseif array then
    task, tasks = part_of_array(array)
  end
  local process = not together and launcher.find(get) or nil
  if not tasks and not process then return nil end
  local rank, ranks, names = process and process.rank or 0, process and process.size or 1, {}
  if tasks then names[1] = array.reader.variable end
  if ranks > 1 then names[#names + 1] = process.variable end
  return { index = (task or 0) * ranks + rank + 1, count = (tasks or 1) * ranks,
    variables = table.concat(names, " and "), how = array and not parts and how(array) or nil }
end

--- Complains where parts of another number lie: an array of fewer tasks than before is most likely
--- a few of them again.
---@param part {index: integer, count: integer, how: string}
---@param exists fun(index: integer, count: integer): boolean   is there the store of this part?
function environment.check_other_parts(part, exists)
  for count = part.count + 1, environment.MOST_PARTS do
    for _, index in ipairs { 1, count } do
      check.that(not exists(index, count), "there are stores of a sweep in %d parts, but this "
        .. "array makes %d. For some of those parts again, %s. (N is %d.) For a new division, move "
        .. "the stores away", count, part.count, part.how, count)
    end
  end
end

environment.MOST_PARTS = 4096

return environment
