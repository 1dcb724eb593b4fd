--- Whether a launcher (mpirun, srun) started this process as one of several, and which one: from
--- the environment, before anything is known of MPI.
---
---     launcher.find(os.getenv)
---     --> {rank = 2, size = 4, variable = "OMPI_COMM_WORLD_RANK", mpi = true}
---     launcher.is_other()          --> true: another rank is the one that prints
local check = require "mah.base.check"
local ffi = require "ffi"
local foreign = require "mah.base.foreign"
local places = require "mah.base.places"
local warn = require "mah.base.warn"

foreign.declare [[
int getpid(void);
int usleep(unsigned microseconds);
int open(const char *path, int flags, ...);
int dup2(int from, int to);
int close(int file);
]]

local launcher = {}

local WRITE_ONLY, STDOUT = 1, 1
local PATIENCE = 3e6 -- µs in which the first rank's end reaches the others

--- mpirun inside of a job of Slurm sets its own; SLURM_PROCID is then 0 in every rank. A batch
--- script has SLURM_PROCID too, though it runs once: srun's processes have SLURM_STEP_ID. Only srun
--- with PMIx tells the ranks of one another.
local launchers = {
  { "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", mpi = true },
  { "PMI_RANK", "PMI_SIZE", mpi = true },
  { "PMIX_RANK", "SLURM_NTASKS", needs = "SLURM_STEP_ID", mpi = true },
  { "SLURM_PROCID", "SLURM_NTASKS", needs = "SLURM_STEP_ID" },
}

--- A whole number >= 0 of the environment; nil when the variable is not there.
---@param get fun(name: string): string|nil
---@param name string
---@return integer|nil
function launcher.number(get, name)
  local text = get(name)
  if text == nil or text == "" then return nil end
  local value = tonumber(text)
  check.that(value and value >= 0 and value % 1 == 0, "%s: a whole number is expected, got '%s'",
    name, text)
  return value
end

--- Rank, from 0, and size; nil when there is no launcher. mpi: can the ranks speak to one another?
---@param get fun(name: string): string|nil   os.getenv
---@return {rank: integer, size: integer, variable: string, mpi: boolean}|nil
function launcher.find(get)
  for _, names in ipairs(launchers) do
    local rank, size = launcher.number(get, names[1]), launcher.number(get, names[2])
    if rank and size and (not names.needs or get(names.needs)) then
      check.that(rank < size, "%s is %d, and %s %d", names[1], rank, names[2], size)
      return { rank = rank, size = size, variable = names[1], mpi = names.mpi or false }
    end
  end
end

-- -- Who prints -----------------------------------------------------------------------------------

local found, process -- what there was when the program began

--- Is there mah's library with MPI?
local function has_mpi()
  for _, path in ipairs(places.of "libmah_mpi.so") do
    local file = path:find "/" and io.open(path, "rb")
    if file then return file:close() end
  end
  return false
end

--- The ranks that can work together, of which this process is one; nil where there are none, and in
--- processes that it forked. Remembers what the environment said first.
---@return {rank: integer, size: integer}|nil
function launcher.world()
  if found == nil then
    local ok, here = pcall(launcher.find, os.getenv)
    found, process = ok and here and here.mpi and here.size > 1 and has_mpi() and here or false,
      ffi.C.mah_getpid()
  end
  return found and process == ffi.C.mah_getpid() and found or nil
end

--- Is this a rank that works with others, and not the first one?
---@return boolean
function launcher.is_other()
  launcher.world()
  return found and found.rank > 0 or false
end

--- What the other ranks print and warn of goes nowhere: all run the same script, and lines would be
--- torn.
function launcher.hush()
  if not launcher.is_other() then return end
  warn.to = function() end
  local null = ffi.C.mah_open("/dev/null", WRITE_ONLY)
  if null < 0 then return end
  ffi.C.mah_dup2(null, STDOUT)
  ffi.C.mah_close(null)
end

--- Before a rank complains: what all ranks complain of the first one says, and the launcher ends
--- the others meanwhile.
function launcher.let_the_first_speak()
  if launcher.world() and launcher.is_other() then ffi.C.mah_usleep(PATIENCE) end
end

return launcher
