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
--- Under Slurm (job arrays, srun) and MPI (mpirun) the part comes from the environment. After the
--- run of a part the program ends: what a script does with results needs all of them.
local check = require "mah.base.check"
local exit = require "mah.base.exit"

local command = {}

local with_value = { jobs = true, shard = true, trial = true, study = true }
local without = { list = true, again = true }

local function fail(message, ...)
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

local function number(name) return tonumber(os.getenv(name) or "") end

--- The part that a cluster's environment asks for, as "i/n", and the variable that says so.
---@return string|nil shard, string|nil variable
function command.from_environment()
  local first = number "SLURM_ARRAY_TASK_MIN" or 0
  local sources = {
    { "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", first },
    { "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", 0 },
    { "PMI_RANK", "PMI_SIZE", 0 },
  }
  if os.getenv "SLURM_STEP_ID" then
    table.insert(sources, 2, { "SLURM_PROCID", "SLURM_NTASKS", 0 })
  end
  for _, source in ipairs(sources) do
    local index, count = number(source[1]), number(source[2])
    if index and count and count > 1 and index - source[3] < count then
      return ("%d/%d"):format(index - source[3] + 1, count), source[1]
    end
  end
end

--- The store of a part, beside the whole: "out/runs.db" -> "out/runs.2-of-8.db".
---@param store string
---@param part string
function command.part_path(store, part)
  local stem, ending = store:match "^(.*[^/])(%.[^./]+)$"
  if not stem then stem, ending = store, "" end
  return ("%s.%s%s"):format(stem, part, ending)
end

return command
