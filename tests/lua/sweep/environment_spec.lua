local environment = require "mah.sweep.environment"

--- The part for some variables: "3/10", "whole", or what is wrong.
local function part(variables, parts)
  local ok, found = pcall(environment.part, function(name) return variables[name] end, parts)
  if not ok then return found end
  return found and ("%d/%d"):format(found.index, found.count) or "whole"
end

--- The variables that Slurm 22.05 sets in task `id` of an array.
local function task(id, count, min, max, step, more)
  local variables = { SLURM_ARRAY_TASK_ID = id, SLURM_ARRAY_TASK_COUNT = count,
    SLURM_ARRAY_TASK_MIN = min, SLURM_ARRAY_TASK_MAX = max, SLURM_ARRAY_TASK_STEP = step }
  for name, value in pairs(variables) do variables[name] = tostring(value) end
  variables.SLURM_PROCID, variables.SLURM_JOB_ID = "0", "4711" -- of the batch script
  for name, value in pairs(more or {}) do variables[name] = value end
  return variables
end

describe("Slurm's arrays", function()
  it("have a part where the numbers go in equal steps", function()
    assert.equal("1/20", part(task(0, 20, 0, 38, 2))) -- --array=0-38:2
    assert.equal("20/20", part(task(38, 20, 0, 38, 2)))
    assert.equal("10/10", part(task(10, 10, 1, 10, 1))) -- --array=1-10%2
    assert.equal("2/2", part(task(4, 2, 3, 4, 1)))
    assert.equal("1/1", part(task(1, 1, 1, 1, 1)))
    assert.equal("1/1", part(task(0, 1, 0, 0, 1)))
    local old = task(3, 4, 0, 3)
    assert.is_nil(old.SLURM_ARRAY_TASK_STEP)
    assert.equal("4/4", part(old))
  end)

  it("cover every part once, for every start, step and count", function()
    for first = 0, 3 do
      for step = 1, 4 do
        for count = 2, 6 do
          local last, seen = first + (count - 1) * step, {}
          for id = first, last, step do seen[part(task(id, count, first, last, step))] = true end
          for i = 1, count do assert.is_true(seen[i .. "/" .. count]) end
        end
      end
    end
  end)

  it("are errors that say what to write where the numbers do not tell", function()
    for _, variables in ipairs {
      task(3, 2, 3, 7, 1), task(7, 2, 3, 7, 1), -- --array=3,7
      task(20, 4, 2, 20, 3), task(2, 4, 2, 20, 3), -- --array=2-9:3,20
      task(25, 8, 1, 30, 2), task(7, 1, 7, 7, 1), -- --array=1-9:2,20-30:5 and --array=7
      { SLURM_ARRAY_TASK_ID = "3" },
    } do
      assert.matches("cannot be told; submit the tasks %-%-array=1%-N, and write %-%-parts N",
        (part(variables):gsub("no variable says of how many", "cannot be told")))
    end
    assert.matches("unset SLURM_ARRAY_TASK_ID", part(task(9, 1, 9, 9, 1)))
    assert.matches("SLURM_ARRAY_TASK_ID: a whole number is expected, got 'x'",
      part { SLURM_ARRAY_TASK_ID = "x" })
  end)

  it("know a few tasks of a larger array by the stores that it left", function()
    local exists = function(i, n) return i == 10 and n == 10 end
    local how = environment.part(function(name) return task(3, 2, 3, 4, 1)[name] end).how
    assert.error_matches(function()
      environment.check_other_parts({ index = 1, count = 2, how = how }, exists)
    end, "a sweep in 10 parts, but this array makes 2.*%-%-parts N.*N is 10")
    environment.check_other_parts({ index = 1, count = 10 }, exists)
    environment.check_other_parts({ index = 1, count = 20 }, exists)
  end)
end)

describe("a sweep that says how many parts it has", function()
  it("has them done by the tasks of their numbers, all or some", function()
    assert.equal("1/20", part(task(1, 20, 1, 20, 1), 20))
    assert.equal("3/20", part(task(3, 2, 3, 7, 1), 20)) -- --array=3,7
    assert.equal("7/20", part(task(7, 2, 3, 7, 1), 20))
    assert.equal("3/20", part(task(3, 2, 3, 4, 1), 20)) -- --array=3-4
    assert.equal("9/20", part(task(9, 1, 9, 9, 1), 20)) -- --array=9
    assert.equal("20/20", part(task(20, 4, 2, 20, 3), 20)) -- --array=2-9:3,20
    assert.equal("5/20", part(task(5, 10, 1, 19, 2), 20)) -- --array=1-19:2
    assert.equal("1/1", part(task(1, 1, 1, 1, 1), 1))
  end)

  it("refuses all tasks of an array whose numbers are others", function()
    for _, variables in ipairs {
      task(0, 20, 0, 19, 1), task(5, 20, 0, 19, 1), -- --array=0-19
      task(2, 20, 0, 38, 2), task(38, 20, 0, 38, 2), -- --array=0-38:2
      task(3, 30, 1, 30, 1), -- --array=1-30
    } do
      assert.matches("the sweep's parts are 1 to 20; submit %-%-array=1%-20, or some",
        part(variables, 20))
    end
  end)

  it("says nothing where there is no array", function()
    assert.equal("whole", part({}, 20))
  end)
end)

describe("arrays of other batch systems", function()
  it("of PBS need the number of parts", function()
    assert.matches("PBS_ARRAY_INDEX is 3, .*submit the tasks %-J 1%-N, and write %-%-parts N",
      part { PBS_ARRAY_INDEX = "3" })
    assert.equal("3/8", part({ PBS_ARRAY_INDEX = "3" }, 8))
    assert.matches("PBS_ARRAYID is 3, .*submit the tasks %-t 1%-N", part { PBS_ARRAYID = "3" })
    assert.equal("3/8", part({ PBS_ARRAYID = "3" }, 8))
    assert.matches("parts are 1 to 8; submit %-t 1%-8", part({ PBS_ARRAYID = "9" }, 8))
    assert.matches("parts are 1 to 8", part({ PBS_ARRAYID = "0" }, 8))
  end)

  it("of Grid Engine tell first, last and step", function()
    local function sge(id, first, last, step)
      return { SGE_TASK_ID = id, SGE_TASK_FIRST = first, SGE_TASK_LAST = last,
        SGE_TASK_STEPSIZE = step }
    end
    assert.equal("2/4", part(sge("4", "1", "10", "3")))
    assert.equal("3/3", part(sge("8", "2", "10", "3"))) -- 2, 5, 8
    assert.equal("5/5", part(sge("7", "3", "7", "1")))
    assert.equal("7/20", part(sge("7", "3", "7", "1"), 20))
    assert.matches("submit %-t 1%-20", part(sge("1", "1", "21", "1"), 20))
    assert.equal("whole", part(sge("undefined", "undefined", "undefined", "undefined")))
    assert.matches("no variable says of how many", part { SGE_TASK_ID = "2" })
  end)

  it("of LSF begin at 1", function()
    local function lsf(index, last, step)
      return { LSB_JOBINDEX = index, LSB_JOBINDEX_END = last, LSB_JOBINDEX_STEP = step }
    end
    assert.equal("3/20", part(lsf("3", "20", "1")))
    assert.equal("3/20", part(lsf("3", "20")))
    assert.equal("2/4", part(lsf("4", "10", "3")))
    assert.equal("whole", part(lsf("0", "0", "0")))
    assert.equal("7/20", part(lsf("7", "7", "1"), 20))
    assert.matches("do not go in steps of 3.*%-J name%[1%-N%]", part(lsf("5", "10", "3")))
    assert.matches("submit %-J name%[1%-5%]", part(lsf("3", "7", "1"), 5))
  end)

  it("of AWS Batch begin at 0 and are whole", function()
    local function aws(index, size)
      return { AWS_BATCH_JOB_ARRAY_INDEX = index, AWS_BATCH_JOB_ARRAY_SIZE = size }
    end
    assert.equal("1/4", part(aws("0", "4")))
    assert.equal("4/4", part(aws("3", "4"), 4))
    assert.matches("the sweep has 5 parts, and this array 4 tasks", part(aws("3", "4"), 5))
    assert.matches("AWS_BATCH_JOB_ARRAY_INDEX is 3, .*%-%-shard i/N", part(aws "3"))
  end)
end)

describe("launchers", function()
  it("tell the part of each process", function()
    assert.equal("whole", part {})
    assert.equal("3/5", part { OMPI_COMM_WORLD_RANK = "2", OMPI_COMM_WORLD_SIZE = "5" })
    assert.equal("2/3", part { PMI_RANK = "1", PMI_SIZE = "3" })
    assert.equal("4/4", part { SLURM_PROCID = "3", SLURM_NTASKS = "4", SLURM_STEP_ID = "0" })
  end)

  it("do not take a batch script for a process of srun", function()
    assert.equal("whole", part { SLURM_PROCID = "0", SLURM_NTASKS = "2" })
  end)

  it("go by mpirun inside of a job, where SLURM_PROCID is 0 everywhere", function()
    assert.equal("2/2", part { OMPI_COMM_WORLD_RANK = "1", OMPI_COMM_WORLD_SIZE = "2",
      SLURM_PROCID = "0", SLURM_NTASKS = "4", SLURM_STEP_ID = "0" })
  end)

  it("divide the part of an array's task", function()
    local seen = {}
    for id = 0, 4, 2 do
      for rank = 0, 1 do
        seen[part(task(id, 3, 0, 4, 2, { OMPI_COMM_WORLD_RANK = tostring(rank),
          OMPI_COMM_WORLD_SIZE = "2" }))] = true
      end
    end
    for i = 1, 6 do assert.is_true(seen[i .. "/6"]) end
  end)

  it("with a rank beyond the size are an error", function()
    assert.matches("PMI_RANK is 3, and PMI_SIZE 3", part { PMI_RANK = "3", PMI_SIZE = "3" })
  end)
end)
