--- What the command line and the environment say about a run: every script with a sweep takes
---
---     --jobs 4                      how many trials at a time
---     --shard 2/8                   the second of eight parts, into a store NAME.2-of-8.db
---     --list                        prints the trials, one a line, and runs nothing
---     --trial 3f2a5b90c1d2          one of these, into a store of its own (NAME.trial-3f2a....db)
---     --study NAME                  for scripts with several studies: the one that is meant
---     --again                       failed trials run again
---
---     mah sweep.lua --list | parallel --colsep '\t' mah sweep.lua --trial {1}
---     mah results merge out/runs.db out/runs.*.db
---
--- Under mpirun (or srun --mpi=pmix) the ranks work together: the first one hands out the trials
--- and alone writes the store, and jobs counts for each node. Where mah was built without MPI,
--- under plain srun and in Slurm's job arrays the part comes from the environment (see
--- mah.sweep.environment): --array=1-20 and --array=0-38:2 make 20 parts. Where it does not tell,
--- --shard does: with --array=1-20 and `--shard $SLURM_ARRAY_TASK_ID/20`, a later --array=3,7 does
--- these two parts again. After the run of a part the program ends: what a script does with results
--- needs all of them.
local check = require "mah.base.check"
local environment = require "mah.sweep.environment"
local exit = require "mah.base.exit"
local file = require "mah.base.file"
local launcher = require "mah.base.launcher"

local command = {}

local with_value = { jobs = true, shard = true, trial = true, study = true }
local without = { list = true, again = true }

local function fail(message, ...)
  launcher.let_the_first_speak()
  io.stderr:write("mah: ", message:format(...), "\n")
  exit.now(2)
end

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
  if found.jobs and found.jobs ~= "auto" then
    local jobs = tonumber(found.jobs)
    if not jobs or jobs % 1 ~= 0 or jobs < 1 then
      fail("--jobs: a whole number >= 1 or auto is expected, got '%s'", found.jobs)
    end
    found.jobs = jobs
  end
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
---@param together boolean|nil   the launcher's ranks work together
---@return string|nil shard, string|nil variables
function command.from_environment(store, together)
  local ok, part = pcall(function()
    local part = environment.part(os.getenv, together)
    if part and part.variables:find "ARRAY" then
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

return command
