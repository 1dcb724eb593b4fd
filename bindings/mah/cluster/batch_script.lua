--- The text of a batch script for Slurm.
---
---     local text = batch_script {
---       settings = { { "nodes", "2" }, { "time", "1:00:00" } }, command = "mah submit sweep.lua",
---       lead = 120, requeue = true, launcher = "mpirun", program = "/usr/bin/mah",
---       script = "sweep.lua", arguments = { "--jobs", "4" },
---     }
---
--- Whatever runs in it is started by `exec`: the signal before the time limit goes to the shell's
--- process alone, and a shell would die of it. open-mode=append: the log of a job that runs again
--- would be truncated. odls_base_sigkill_timeout: seconds that ranks have after a SIGTERM of
--- mpirun's, where there would be one.
local shell = require "mah.base.shell"

--- The first line that all of them have.
local MARK = "# Written by: "

--- A value in an #SBATCH line, where quotes keep blanks together.
local function setting(name, value)
  if value:find "[%s\"'#\\]" then value = '"' .. value:gsub('[\\"]', "\\%0") .. '"' end
  return ("#SBATCH --%s=%s"):format(name, value)
end

--- What comes before the program in the last line, for each launcher. Open MPI binds each rank to
--- one core, Slurm's srun of 22.05 and later does not know the job's cpus-per-task.
local launchers = {
  none = function() return "" end,
  ["Open MPI"] = function()
    return "mpirun --bind-to none --mca odls_base_sigkill_timeout 25 "
  end,
  mpirun = function() return "mpirun -bind-to none " end, -- MPICH's and Intel's
  srun = function(o)
    return "srun --mpi=pmix "
      .. (o.has_cpus and '--cpus-per-task="$SLURM_CPUS_PER_TASK" ' or "")
  end,
}

--- Lines of #SBATCH.
local function head_of(o)
  local lines = {}
  for _, pair in ipairs(o.settings) do lines[#lines + 1] = setting(pair[1], pair[2]) end
  lines[#lines + 1] = setting("signal", "B:USR1@" .. o.lead)
  lines[#lines + 1] = "#SBATCH --open-mode=append"
  lines[#lines + 1] = o.requeue and "#SBATCH --requeue" or "#SBATCH --no-requeue"
  if o.others ~= "" then lines[#lines + 1] = "#SBATCH " .. o.others end
  return lines
end

--- Its settings: settings {{name, value}, ...} of sbatch in order, others (text of more of them),
--- lead (seconds before the limit), requeue, launcher, has_cpus, parts_ (of an array), before_ (a
--- line of shell), program, script, arguments, more_ (text of arguments), command (what wrote it).
---@param o table
---@return string
local function batch_script(o)
  local lines = head_of(o)
  table.insert(lines, 1, "#!/bin/sh")
  lines[#lines + 1] = ""
  lines[#lines + 1] = MARK .. o.command:gsub("%c", " ")
  if o.parts_ then
    lines[#lines + 1] = "# Task i does part i of these; sbatch --array=3,7 of this file does two "
      .. "of them again."
    lines[#lines + 1] = "export MAH_PARTS=" .. o.parts_
  end
  lines[#lines + 1] = o.before_
  lines[#lines + 1] = "exec " .. launchers[o.launcher](o)
    .. shell.words { o.program, o.script, unpack(o.arguments) }
    .. (o.more_ and " " .. o.more_ or "")
  return table.concat(lines, "\n") .. "\n"
end

return setmetatable({ MARK = MARK }, { __call = function(_, o) return batch_script(o) end })
