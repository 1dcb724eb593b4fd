--- The job of Slurm that a process runs in, where there is one: which array it belongs to, and how
--- it is asked to run again.
---
---     local get = slurm.environment(os.getenv)     -- as os.getenv, without what is another job's
---     print(slurm.run_again(os.getenv, 10))        -- after SIGUSR1: "Slurm runs job 12_3 again"
---
--- A job that is submitted from within an array's task inherits the array's variables, and so looks
--- like that task: only scontrol knows.
local launcher = require "mah.base.launcher"
local shell = require "mah.base.shell"

local slurm = {}

local SIGUSR1, SIGTERM = 10, 15 -- of Linux on all machines that we build for

-- -- What scontrol says ---------------------------------------------------------------------------

--- scontrol's line about the job with the number SLURM_JOB_ID, or nil. (The last task of an array
--- has the array's own number, for which scontrol shows them all.)
local function line_of(job)
  local text, status = shell.run("scontrol -o show job " .. shell.quote(job) .. " 2>/dev/null")
  for line in (status == 0 and text or ""):gmatch "[^\n]+" do
    if line:find("JobId=" .. job .. " ", 1, true) == 1 then return line end
  end
end

--- Is the job the task of an array that its variables say? nil: nobody knows.
local function is_task(line) return line and line:find " ArrayTaskId=%d" ~= nil end

-- -- Variables ------------------------------------------------------------------------------------

--- os.getenv, or what stands for it, without the variables of an array that the job is no task of.
---@param get fun(name: string): string|nil
---@return fun(name: string): string|nil get
---@return string|nil inherited   the task that they are of, "12_3", where they are not ours
function slurm.environment(get)
  local job, task = get "SLURM_JOB_ID", get "SLURM_ARRAY_TASK_ID"
  if not job or not task or is_task(line_of(job)) ~= false then return get end
  return function(name)
    if not name:find "^SLURM_ARRAY_" then return get(name) end
  end, ("%s_%s"):format(get "SLURM_ARRAY_JOB_ID" or "?", task)
end

--- Does this process run in a job that sbatch submitted?
---@param get fun(name: string): string|nil
---@return boolean
function slurm.is_batch(get) return get "ENVIRONMENT" == "BATCH" and get "SLURM_JOB_ID" ~= nil end

-- -- Another run ----------------------------------------------------------------------------------

--- As scontrol is to be told it. The number alone of an array's last task would mean all of them,
--- those that have ended too.
local function name_of(get, job, line)
  if not line or not is_task(line) then return job end
  return ("%s_%s"):format(get "SLURM_ARRAY_JOB_ID", get "SLURM_ARRAY_TASK_ID")
end

--- Does the signal mean that the job's time is over? SIGTERM comes from scancel and mpirun, too.
local function is_limit(signal, line)
  return signal == SIGUSR1
    or signal == SIGTERM and line ~= nil and line:find " Reason=TimeLimit " ~= nil
end

--- Is this the process that speaks for its batch job (of mpirun's and srun's, the first one), and
--- the signal what says that the job's time is over: SIGUSR1, or SIGTERM at the limit?
---@param get fun(name: string): string|nil   os.getenv
---@param signal integer   the number of the signal that came
---@return boolean is_so
---@return string|nil line   what scontrol says of the job
function slurm.has_limit(get, signal)
  if signal ~= SIGUSR1 and signal ~= SIGTERM or not slurm.is_batch(get) then return false end
  local ok, process = pcall(launcher.find, get)
  if launcher.is_other() or ok and process and process.rank > 0 then return false end
  local line = line_of(get "SLURM_JOB_ID")
  return is_limit(signal, line), line
end

--- Asks Slurm to run this job, of an array this task alone, again, where has_limit() holds. Slurm
--- then ends the job within seconds: all that is to be kept must be on disk.
---@param get fun(name: string): string|nil   os.getenv
---@param signal integer   the number of the signal that came
---@return string|nil   what became of it; nil: has_limit() does not hold
function slurm.run_again(get, signal)
  local is_over, line = slurm.has_limit(get, signal)
  local job = get "SLURM_JOB_ID"
  if not is_over then return nil end
  if not line then return "scontrol does not know job " .. job .. ", which does not run again" end
  local name = name_of(get, job, line)
  local answer, status = shell.run(("scontrol requeue %s 2>&1"):format(name))
  if status ~= 0 then return ("Slurm does not run job %s again: %s"):format(name, answer) end
  return ("Slurm runs job %s again (restart %d)"):format(name,
    (tonumber(get "SLURM_RESTART_COUNT") or 0) + 1)
end

return slurm
