--- The command `mah submit`: writes a batch script for Slurm, shows it, and hands it to sbatch.
---
---     mah submit sweep.lua --time 1:00:00                    one task
---     mah submit sweep.lua --array 1-20 --time 1:00:00       20 tasks, a part of the sweep each
---     mah submit sweep.lua --nodes 2 --ntasks-per-node 8     ranks of MPI that work together
---     mah submit sweep.lua --epochs 5 --nodes 2 -- --mail-type=END
---
--- Before the time limit the trials' checkpoints are written and the job queues again (see
--- mah.sweep.slurm); its log goes on in the same file.
local batch_script = require "mah.cluster.batch_script"
local exit = require "mah.base.exit"
local file = require "mah.base.file"
local mpi = require "mah.cluster.mpi"
local places = require "mah.base.places"
local shell = require "mah.base.shell"
local submission = require "mah.cluster.submission"

-- -- Help -----------------------------------------------------------------------------------------

--- "  -N, --nodes N     nodes"
local function help_line(letter, name, help)
  local value, text = (help or ""):match "^(%u+)%s+(.*)$"
  local left = (letter and "-" .. letter .. ", " or "    ") .. "--" .. name .. " "
    .. (value or help:match "^%u+$" or "")
  return ("  %-28s%s"):format(left, text or help:match "^%u+$" and "" or help):gsub("%s+$", "")
end

local function usage()
  local lines = {
    "usage: mah submit SCRIPT [its arguments] [options] [-- options of sbatch]",
    "Writes a batch script for Slurm, shows it, and submits it. Options with Slurm's names:",
  }
  for _, option in ipairs(submission.slurm) do
    lines[#lines + 1] = help_line(option[2], option[1], option[3])
  end
  lines[#lines + 1] = "Others:"
  for _, option in ipairs(submission.ours) do
    lines[#lines + 1] = help_line(nil, option[1], option[2])
  end
  return table.concat(lines, "\n") .. "\n"
end

local function note(message, ...)
  io.stderr:write("mah submit: ", message:format(...), "\n")
end

local function leave(status, ...)
  note(...)
  exit.now(status)
end

-- -- The script -----------------------------------------------------------------------------------

local function launcher_of(o)
  if not o.is_mpi then return "none" end
  local asked = o.own.launcher
  if asked == "srun" or not asked and not shell.has "mpirun" then return "srun" end
  return shell.run("mpirun --version 2>&1"):find "Open MPI" and "Open MPI" or "mpirun"
end

local function stem_of(path) return (path:gsub("%.lua$", "")) end

--- The settings of Slurm in the order of the help, the job's name first.
local function settings_of(o)
  local settings = {}
  o.slurm["job-name"] = o.slurm["job-name"] or stem_of(o.script:match "[^/]*$")
  for _, option in ipairs(submission.slurm) do
    local value = o.slurm[option[1]]
    if value then settings[#settings + 1] = { option[1], value } end
  end
  return settings
end

local function text_of(o, words)
  local others = shell.words(o.others)
  if o.own.sbatch then others = o.own.sbatch .. (others ~= "" and " " .. others or "") end
  return batch_script {
    settings = settings_of(o), others = others, lead = o.lead, requeue = not o.own["no-requeue"],
    launcher = launcher_of(o), has_cpus = o.slurm["cpus-per-task"] ~= nil, parts_ = o.parts,
    before_ = o.own.before, program = places.program(), script = o.script, arguments = o.arguments,
    more_ = o.own.arguments, command = "mah submit " .. shell.words(words),
  }
end

--- Complains of a script that cannot run, rather than let it wait in the queue.
local function check_script(o)
  if not file.exists(o.script) then leave(2, "there is no script '%s'", o.script) end
  local chunk, problem = loadfile(o.script)
  if not chunk then leave(1, "%s", problem) end
end

--- Writes it, over one that we wrote and nothing else.
local function write(path, text)
  if file.exists(path) and not file.read(path):find("\n" .. batch_script.MARK, 1, true) then
    leave(1, "'%s' is there already and was not written by mah submit; --script NAME writes "
      .. "another", path)
  end
  local ok, problem = pcall(file.write, path, text)
  if not ok then
    leave(1, "%s; --script NAME writes elsewhere", (tostring(problem):gsub("^[^\n]-:%d+: ", "")))
  end
end

-- -- Submitting -----------------------------------------------------------------------------------

--- Inside of a job its variables go on to what it submits: an array's task would be seen where
--- there is none, a rank where there is one process. SLURM_CONF says where Slurm is.
local function without_job()
  local words, environment = {}, io.open "/proc/self/environ"
  if not environment or not os.getenv "SLURM_JOB_ID" then return words end
  for name in environment:read("*a"):gmatch "([^%z=]+)=[^%z]*" do
    local is_job = name:find "^SLURMD?_" or name:find "^OMPI_" or name:find "^PMIX?_"
      or name == "MAH_PARTS"
    if is_job and name ~= "SLURM_CONF" then
      words[#words + 1] = "-u"
      words[#words + 1] = name
    end
  end
  environment:close()
  return words
end

local function submit(path)
  if not shell.has "sbatch" then
    leave(1, "there is no sbatch on the PATH, so nothing is submitted; the script is '%s': run "
      .. "`%s` where Slurm is", path, shell.words { "sbatch", path })
  end
  local words = without_job()
  table.insert(words, 1, "env")
  words[#words + 1] = "sbatch"
  words[#words + 1] = path
  local output, status = shell.run(shell.words(words))
  if output ~= "" then print(output) end
  if status ~= 0 then leave(1, "sbatch ended with status %d; the script is '%s'", status, path) end
end

--- Runs the command; ends the program with status 1 or 2 when it cannot.
---@param words string[]
return function(words)
  local ok, o = pcall(submission.read, words)
  if not ok then
    if type(o) ~= "table" then error(o, 0) end
    leave(2, "%s\n`mah submit --help` shows all options", o.usage)
  end
  if o.own.help then
    io.write(usage())
    return
  end
  check_script(o)
  local text, path = text_of(o, words), o.own.script or stem_of(o.script) .. ".sbatch"
  if o.slurm.array and not o.parts then
    note("the parts follow from the array as a whole: a few of its tasks cannot run again; --array "
      .. "1-N can")
  end
  if o.is_mpi and not mpi.find() then
    note("mah was built without MPI: each rank does a part of the sweep, in a store of its own")
  end
  io.write(text)
  io.flush()
  if o.own["dry-run"] then return end
  write(path, text)
  note("written to '%s'", path)
  submit(path)
end
