local shell = require "mah.base.shell"
local slurm = require "mah.sweep.slurm"

describe("a job of Slurm", function()
  local run, commands, answers = shell.run, nil, nil

  before_each(function()
    commands = {}
    shell.run = function(command)
      commands[#commands + 1] = command
      for pattern, answer in pairs(answers) do
        if command:find(pattern) then return answer[1], answer[2] end
      end
      return "", 127
    end
  end)
  after_each(function() shell.run = run end)

  local function environment(variables)
    return function(name) return variables[name] end
  end
  local function batch(more)
    local variables = { ENVIRONMENT = "BATCH", SLURM_JOB_ID = "12", SLURM_PROCID = "0" }
    for name, value in pairs(more or {}) do variables[name] = value end
    return environment(variables)
  end
  -- As scontrol of Slurm 22.05 prints them.
  local alone = "JobId=12 JobName=s UserId=root(0) JobState=RUNNING Reason=None Requeue=1"
  local tasks = "JobId=12 ArrayJobId=12 ArrayTaskId=4 JobName=s JobState=RUNNING Reason=None x\n"
    .. "JobId=13 ArrayJobId=12 ArrayTaskId=3 JobName=s JobState=RUNNING Reason=None x"
  local late = "JobId=12 JobName=s JobState=COMPLETING Reason=TimeLimit Dependency=(null)"
  local array = { SLURM_ARRAY_JOB_ID = "12", SLURM_ARRAY_TASK_ID = "4" }

  it("that an array's task submitted is no task itself", function()
    answers = { ["show job 12"] = { alone, 0 } }
    local get, inherited = slurm.environment(batch(array))
    assert.is_nil(get "SLURM_ARRAY_TASK_ID")
    assert.equal("12", get "SLURM_JOB_ID")
    assert.equal("12_4", inherited)
  end)

  it("that is a task has its variables, also where scontrol does not answer", function()
    for _, answer in ipairs { { tasks, 0 }, { "", 1 }, { "JobId=120 x", 0 } } do
      answers = { ["show job 12"] = answer }
      local get, inherited = slurm.environment(batch(array))
      assert.equal("4", get "SLURM_ARRAY_TASK_ID")
      assert.is_nil(inherited)
    end
    commands = {}
    slurm.environment(batch()) -- nothing to ask
    slurm.environment(environment { SLURM_ARRAY_TASK_ID = "4" })
    assert.same({}, commands)
  end)

  it("runs again after SIGUSR1", function()
    answers = { ["show job 12"] = { alone, 0 }, ["requeue 12 "] = { "", 0 } }
    assert.equal("Slurm runs job 12 again (restart 1)", slurm.run_again(batch(), 10))
    assert.equal("Slurm runs job 12 again (restart 3)",
      slurm.run_again(batch { SLURM_RESTART_COUNT = "2" }, 10))
  end)

  it("of an array runs this task again, and no other", function()
    answers = { ["show job 12"] = { tasks, 0 }, ["requeue 12_4 "] = { "", 0 } }
    assert.equal("Slurm runs job 12_4 again (restart 1)", slurm.run_again(batch(array), 10))
    answers = { ["show job 12"] = { alone, 0 }, ["requeue 12 "] = { "", 0 } } -- inherited
    assert.equal("Slurm runs job 12 again (restart 1)", slurm.run_again(batch(array), 10))
  end)

  it("says why it does not run again", function()
    answers = { ["show job 12"] = { alone, 0 },
      requeue = { "Requested operation is presently disabled for job 12", 1 } }
    assert.equal("Slurm does not run job 12 again: Requested operation is presently disabled for "
      .. "job 12", slurm.run_again(batch(), 10))
    answers = {}
    assert.equal("scontrol does not know job 12, which does not run again",
      slurm.run_again(batch(), 10))
  end)

  it("runs again after SIGTERM only where that was the limit", function()
    answers = { ["show job 12"] = { late, 0 }, ["requeue 12 "] = { "", 0 } }
    assert.equal("Slurm runs job 12 again (restart 1)", slurm.run_again(batch(), 15))
    answers["show job 12"] = { alone, 0 } -- scancel, or mpirun
    assert.is_nil(slurm.run_again(batch(), 15))
    answers["show job 12"] = nil
    assert.is_nil(slurm.run_again(batch(), 15))
  end)

  it("is asked for by its first process alone", function()
    answers = { ["show job 12"] = { alone, 0 }, ["requeue 12 "] = { "", 0 } }
    for _, more in ipairs {
      { OMPI_COMM_WORLD_RANK = "1", OMPI_COMM_WORLD_SIZE = "3" },
      { PMI_RANK = "1", PMI_SIZE = "2" },
      { PMIX_RANK = "2", SLURM_STEP_ID = "0", SLURM_NTASKS = "3" },
      { SLURM_STEP_ID = "0", SLURM_PROCID = "1", SLURM_NTASKS = "2" },
      { ENVIRONMENT = "INTERACTIVE" },
    } do
      assert.is_nil(slurm.run_again(batch(more), 10))
    end
    assert.is_nil(slurm.run_again(environment {}, 10))
    assert.is_nil(slurm.run_again(batch(), 2)) -- Ctrl-C
    assert.same({}, commands)
    for _, more in ipairs {
      { OMPI_COMM_WORLD_RANK = "0", OMPI_COMM_WORLD_SIZE = "3" },
      { SLURM_STEP_ID = "0", SLURM_PROCID = "0", SLURM_NTASKS = "2" },
      { SLURM_PROCID = "0", SLURM_NTASKS = "2" }, -- of a batch script
    } do
      assert.equal("Slurm runs job 12 again (restart 1)", slurm.run_again(batch(more), 10))
    end
  end)
end)
