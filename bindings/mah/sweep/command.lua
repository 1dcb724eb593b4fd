--- What the command line and the environment say about a run: every script with a sweep takes
---
---     --jobs 4                      how many trials at a time
---     --shard 2/8                   the second of eight parts, into a store NAME.2-of-8.db
---     --parts 8                     the same, where a batch system's array says which one
---     --list                        prints the trials, one a line, and runs nothing
---     --trial 3f2a5b90c1d2          one of these, into a store of its own (NAME.trial-3f2a....db)
---     --study NAME                  for scripts with several studies: the one that is meant
---     --again                       failed trials run again
---
---     mah sweep.lua --list | parallel --colsep '\t' mah sweep.lua --trial {1}
---     mah results merge out/runs.db out/runs.*.db
---
--- Under mpirun (or srun --mpi=pmix) the ranks work together: the first one hands out the trials
--- and alone writes the store, and jobs counts for each node. (Open MPI's mpirun binds each of one
--- or two ranks to one processor; --bind-to none leaves them all.) Where mah was built without MPI,
--- and under plain srun, each takes a part.
---
--- Under batch systems (arrays of jobs of Slurm, PBS, Grid Engine, LSF and AWS Batch) the part
--- comes from the environment, too (see mah.sweep.environment): --array=1-20 and --array=0-38:2
--- make 20 parts. With --parts 20, or study:run{parts = 20}, the task i does part i of these 20, so
--- that a later --array=3,7 does two of them again (`mah submit` writes MAH_PARTS into its batch
--- scripts, which is the same). After the run of a part the program ends: what a script does with
--- results needs all of them.
---
--- Where the store is a PostgreSQL database, there are no parts: the same command on many machines
--- shares the trials out, and each ends when all are done (see mah.sweep).
local check = require "mah.base.check"
local environment = require "mah.sweep.environment"
local exit = require "mah.base.exit"
local file = require "mah.base.file"
local launcher = require "mah.base.launcher"
local slurm = require "mah.sweep.slurm"

local command = {}

local with_value = { jobs = true, shard = true, parts = true, trial = true, study = true }
local without = { list = true, again = true }

local function fail(message, ...)
  launcher.let_the_first_speak()
  io.stderr:write("mah: ", message:format(...), "\n")
  exit.now(2)
end

local function whole_number(name, text, or_else)
  local value = tonumber(text)
  if text and not (value and value % 1 == 0 and value >= 1) then
    fail("--%s: a whole number >= 1%s is expected, got '%s'", name, or_else, text)
  end
  return value
end

--- Does every script with a sweep take this option?
---@param name string   without its dashes
---@return boolean
function command.is_option(name) return with_value[name] or without[name] or false end

--- Our options among the script's arguments; what else is there is the script's.
---@param arguments string[]
---@return table<string, string|boolean>
function command.read(arguments)
  local found, i = {}, 1
  while arguments[i] do
    local name, value = tostring(arguments[i]):match "^%-%-(%a+)=?(.*)$"
    if with_value[name] then
      if not arguments[i]:find("=", 1, true) then
        i = i + 1
        value = arguments[i] or fail("--%s needs a value", name)
      end
      found[name] = value
    elseif without[name] then
      found[name] = true
    end
    i = i + 1
  end
  if found.jobs ~= "auto" then found.jobs = whole_number("jobs", found.jobs, " or auto") end
  found.parts = whole_number("parts", found.parts, "")
  return found
end

--- "2/8" as 2, 8.
---@param text string
---@return integer index, integer count
function command.parse_shard(text)
  local index, count = tostring(text):match "^(%d+)/(%d+)$"
  index, count = tonumber(index), tonumber(count)
  check.that(index and index >= 1 and index <= count,
    "shard: i/n with 1 <= i <= n is expected, got '%s'", tostring(text))
  return index, count
end

--- The store of a part, beside the whole: "out/runs.db" -> "out/runs.2-of-8.db".
---@param store string
---@param part string
function command.part_path(store, part)
  local stem, ending = store:match "^(.*[^/])(%.[^./]+)$"
  if not stem then stem, ending = store, "" end
  return ("%s.%s%s"):format(stem, part, ending)
end

--- The part that a cluster's environment asks for, as "i/n", and the variables that say so. Ends
--- the program where they do not say which.
---@param store string   the path of the whole
---@param parts integer|nil   of the sweep, where it says so itself
---@param together boolean|nil   the launcher's ranks work together
---@return string|nil shard, string|nil variables
function command.from_environment(store, parts, together)
  local get, inherited = slurm.environment(os.getenv)
  if inherited then
    io.stderr:write(("mah: this job is no task of an array; the variables of task %s, which "
      .. "submitted it, do not count\n"):format(inherited))
  end
  local ok, part = pcall(function()
    local part = environment.part(get, parts, together)
    if part and part.how then
      environment.check_other_parts(part, function(i, n)
        return file.exists(command.part_path(store, ("%d-of-%d"):format(i, n)))
      end)
    end
    return part
  end)
  if not ok then fail("%s", (tostring(part):gsub("^[^\n]-:%d+: ", ""))) end
  if part and part.count > 1 then
    return ("%d/%d"):format(part.index, part.count), part.variables
  end
end

--- The number of parts in the batch script of `mah submit`, MAH_PARTS, or nil.
---@return integer|nil
function command.parts_of_job() return tonumber(os.getenv "MAH_PARTS") end

--- Ends the program: --parts was given, and nothing tells which part.
function command.complain_of_parts(parts)
  fail("--parts %d: no variable of a batch system's array says which part this is; --shard i/%d "
    .. "does the i-th", parts, parts)
end

return command
