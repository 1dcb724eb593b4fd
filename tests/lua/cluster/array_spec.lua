local array = require "mah.cluster.array"

describe("a time of Slurm's", function()
  it("has six forms", function()
    for text, seconds in pairs {
      ["90"] = 5400, ["1:30"] = 90, ["1:00:00"] = 3600, ["1-0"] = 86400, ["1-12:30"] = 131400,
      ["0-0:0:5"] = 5, ["2-01:02:03"] = 176523, UNLIMITED = math.huge, infinite = math.huge,
    } do
      assert.equal(seconds, array.seconds(text), text)
    end
  end)

  it("and nothing else", function()
    for _, text in ipairs { "", "1h", "1:2:3:4", ":5", "5:", "-1", "1-", "1.5", "a-1", "1-2-3" } do
      assert.is_nil(array.seconds(text), text)
    end
  end)
end)

describe("an array's tasks", function()
  local function ids(text)
    local tasks = array.read(text)
    return tasks and table.concat(tasks.ids, " ") .. (tasks.is_range and " range" or "")
  end

  it("are those of sbatch(1)", function() -- as Slurm 22.05 counts them
    assert.equal("1 2 3 4 range", ids "1-4")
    assert.equal("0 2 4 6 range", ids "0-7:2%3")
    assert.equal("3 7", ids "3,7")
    assert.equal("3 4 5 7", ids "7,3,3-5")
    assert.equal("2 5 8 20", ids "2-9:3,20")
    assert.equal("5", ids "5")
    assert.equal("5", ids "5-5")
  end)

  it("are no other texts", function()
    for _, text in ipairs { "", "a", "1-", "-1", "5-3", "1-4:0", "1,,2", "1-4%", "1-4%a", "1 2",
      "0-99999999999" } do
      assert.is_nil(ids(text), text)
    end
  end)
end)
