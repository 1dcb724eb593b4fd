local launcher = require "mah.base.launcher"

--- What is found for some variables: "rank/size", with "mpi" behind it, or what is wrong.
local function found(variables)
  local ok, here = pcall(launcher.find, function(name) return variables[name] end)
  if not ok then return here end
  return here and ("%d/%d%s"):format(here.rank, here.size, here.mpi and " mpi" or "") or "none"
end

describe("a launcher", function()
  it("is known by its variables, and whether the ranks can speak to one another", function()
    assert.equal("none", found {})
    assert.equal("2/5 mpi", found { OMPI_COMM_WORLD_RANK = "2", OMPI_COMM_WORLD_SIZE = "5" })
    assert.equal("1/3 mpi", found { PMI_RANK = "1", PMI_SIZE = "3" })
    local srun = { SLURM_PROCID = "3", SLURM_NTASKS = "4", SLURM_STEP_ID = "0" }
    assert.equal("3/4", found(srun))
    srun.PMIX_RANK = "3"
    assert.equal("3/4 mpi", found(srun))
    srun.OMPI_COMM_WORLD_RANK, srun.OMPI_COMM_WORLD_SIZE = "0", "2" -- mpirun inside of it
    assert.equal("0/2 mpi", found(srun))
  end)

  it("is no batch script, which looks like rank 0 of all tasks", function()
    assert.equal("none", found { SLURM_PROCID = "0", SLURM_NTASKS = "2" })
    assert.equal("none", found { PMIX_RANK = "0", SLURM_NTASKS = "2" })
  end)

  it("with numbers that cannot be is an error", function()
    assert.matches("PMI_RANK is 3, and PMI_SIZE 3", found { PMI_RANK = "3", PMI_SIZE = "3" })
    assert.matches("PMI_RANK: a whole number is expected, got 'x'",
      found { PMI_RANK = "x", PMI_SIZE = "3" })
  end)

  it("did not start the tests", function()
    assert.is_nil(launcher.world())
    assert.is_false(launcher.is_other())
  end)
end)
