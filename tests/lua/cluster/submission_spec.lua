local submission = require "mah.cluster.submission"

--- What is read from a command line; or what is wrong with it.
local function read(line)
  local words = {}
  for word in line:gmatch "%S+" do words[#words + 1] = word end
  local ok, found = pcall(submission.read, words)
  return ok and found or found.usage or error(found, 0)
end

describe("the command line of mah submit", function()
  it("takes Slurm's names and letters, wherever they stand", function()
    for _, line in ipairs {
      "s.lua --nodes 2 --time 1:00:00 --cpus-per-task 4", "-N 2 s.lua -t1:00:00 -c=4",
      "--nodes=2 --time=1:00:00 -c4 s.lua",
    } do
      local o = read(line)
      assert.same({ nodes = "2", time = "1:00:00", ["cpus-per-task"] = "4" }, o.slurm)
      assert.equal("s.lua", o.script)
      assert.same({}, o.arguments)
    end
  end)

  it("leaves the script what is its own", function()
    assert.same({ "--epochs", "5", "data.csv", "-x", "-5" },
      read("s.lua --epochs 5 data.csv -x -5 --nodes 2").arguments)
    assert.same({ "--epochs=5" }, read("--nodes 2 s.lua --epochs=5").arguments)
    assert.same({ "--jobs", "3", "--again" }, read("s.lua -N 2 --jobs 3 --again").arguments)
    assert.equal("--node", read("s.lua --arguments --node").own.arguments)
  end)

  it("hands on what comes after --", function()
    local o = read "s.lua -N 2 -- --mail-type=END -x n1"
    assert.same({ "--mail-type=END", "-x", "n1" }, o.others)
    assert.equal("s.lua", o.script)
  end)

  it("names the nearest option", function()
    assert.matches("'%-%-nods'; did you mean %-%-nodes%?", read "--nods 2 s.lua")
    assert.matches("'%-%-tiem'; did you mean %-%-time%?.*%-%-arguments", read "s.lua --tiem 5")
    assert.matches("did you mean %-%-cpus%-per%-task", read "s.lua --cpu-per-task 5")
    assert.matches("did you mean %-%-cpus%-per%-task", read "s.lua --cpus_per_task 5")
    assert.matches("unknown option '%-%-epochs'", read "s.lua --nodes 2 --epochs 5")
    assert.same({ "--mode", "--seed", "--data" }, read("s.lua --mode --seed --data").arguments)
  end)

  it("says what is wrong with a value", function()
    for line, what in pairs {
      [""] = "no script", ["s.lua --nodes"] = "%-%-nodes needs a value",
      ["s.lua -N 0"] = "%-%-nodes: a number like 2, or 2%-4", ["s.lua -N 4-2"] = "%-%-nodes",
      ["s.lua -n 1.5"] = "%-%-ntasks: a whole number >= 1", ["s.lua -c x"] = "got 'x'",
      ["s.lua -t 1h"] = "%-%-time: minutes", ["s.lua -a 1-"] = "%-%-array: 1%-20",
      ["s.lua --dry-run=1"] = "takes no value", ["s.lua --launcher aprun"] = "mpirun or srun",
      ["s.lua --signal TERM@5"] = "%-%-signal: seconds", ["s.lua --parts 0"] = "%-%-parts",
      ["s.lua -t 1 --signal 60"] = "60 s before the limit is not after the start of a job of 60 s",
    } do
      assert.matches(what, read(line))
    end
  end)

  it("refuses what would be another line of the script", function()
    local ok, found = pcall(submission.read, { "s.lua", "--", "--comment=a\n#SBATCH b" })
    assert.is_false(ok)
    assert.matches("control characters in '%-%-comment=a%?#SBATCH b'", found.usage)
  end)

  it("tells ranks that work together from one task", function()
    for _, line in ipairs { "-N 2", "-N 1-2", "-n 2", "--ntasks-per-node 4" } do
      assert.is_true(read("s.lua " .. line).is_mpi, line)
    end
    for _, line in ipairs { "", "-N 1", "-n 1", "-c 8", "-a 1-5" } do
      assert.is_false(read("s.lua " .. line).is_mpi, line)
    end
  end)

  it("warns two minutes before the limit, or a quarter of a short one", function()
    assert.equal(120, read("s.lua").lead)
    assert.equal(120, read("s.lua -t 8").lead)
    assert.equal(60, read("s.lua -t 4").lead)
    assert.equal(1, read("s.lua -t 0:2").lead)
    assert.equal(30, read("s.lua -t 8 --signal 30").lead)
    assert.equal(30, read("s.lua --signal B:USR1@30").lead)
  end)

  it("says of how many parts an array is", function()
    assert.equal(20, read("s.lua -a 1-20%4").parts)
    assert.equal(20, read("s.lua -a 3,7 --parts 20").parts)
    assert.equal(20, read("s.lua -a 1-19:2 --parts 20").parts)
    local o = read "s.lua --parts 20"
    assert.equal("1-20", o.slurm.array)
    assert.equal(20, o.parts)
    assert.is_nil(read("s.lua -a 0-38:2").parts) -- the environment tells
    assert.is_nil(read("s.lua").parts)
  end)

  it("refuses arrays whose parts nobody could tell", function()
    for _, list in ipairs { "3,7", "5", "2-9:3,20" } do
      assert.matches("of how many parts are .*%-%-parts N", read("s.lua -a " .. list))
    end
    assert.matches("the parts are 1 to 5; got '3,7'", read "s.lua -a 3,7 --parts 5")
    assert.matches("the parts are 1 to 5; got '0%-4'", read "s.lua -a 0-4 --parts 5")
  end)
end)
