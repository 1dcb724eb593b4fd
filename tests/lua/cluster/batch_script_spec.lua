local batch_script = require "mah.cluster.batch_script"

local function text(more)
  local o = { settings = { { "job-name", "s" } }, others = "", lead = 120, requeue = true,
    launcher = "none", program = "/opt/a b/mah", script = "s.lua", arguments = { "it's" },
    command = "mah submit s.lua" }
  for name, value in pairs(more or {}) do o[name] = value end
  return batch_script(o)
end

describe("a batch script", function()
  it("asks for a signal, a log that goes on, and another run", function()
    assert.equal([[
#!/bin/sh
#SBATCH --job-name=s
#SBATCH --signal=B:USR1@120
#SBATCH --open-mode=append
#SBATCH --requeue

# Written by: mah submit s.lua
exec '/opt/a b/mah' s.lua 'it'\''s'
]], text())
    assert.matches("\n#SBATCH %-%-no%-requeue\n", text { requeue = false })
  end)

  it("is one line for each setting, quoted as Slurm reads it", function()
    local lines = text { settings = { { "job-name", 'a "b" #c' }, { "nodes", "2" } },
      others = "--mail-type=END" }
    assert.is_truthy(lines:find('#SBATCH --job-name="a \\"b\\" #c"\n#SBATCH --nodes=2\n', 1, true))
    assert.is_truthy(lines:find("#SBATCH --requeue\n#SBATCH --mail-type=END\n\n", 1, true))
  end)

  it("says the number of parts before it starts the program", function()
    assert.matches("\nexport MAH_PARTS=20\nmodule load x\nexec ",
      text { parts_ = 20, before_ = "module load x" })
  end)

  it("starts ranks by the launcher that is there", function()
    local function last_line(o) return text(o):match "\nexec ([^\n]*)\n$" end
    assert.matches("^mpirun %-%-bind%-to none %-%-mca odls_base_sigkill_timeout 25 '/opt",
      last_line { launcher = "Open MPI" })
    assert.matches("^mpirun %-bind%-to none '/opt", last_line { launcher = "mpirun" })
    assert.matches("^srun %-%-mpi=pmix '/opt", last_line { launcher = "srun" })
    assert.matches('^srun %-%-mpi=pmix %-%-cpus%-per%-task="$SLURM_CPUS_PER_TASK" ',
      last_line { launcher = "srun", has_cpus = true })
    assert.matches("'it'\\''s' %-%-node 3$", last_line { more_ = "--node 3" })
  end)

  it("has no line of the user's command", function()
    assert.matches("\n# Written by: mah submit a b\nexec", text { command = "mah submit a\nb" })
  end)
end)
