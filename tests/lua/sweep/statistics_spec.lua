local mah = require "mah"
local Table = require "mah.sweep.table"
local objective = require "mah.sweep.objective"
local statistics = require "mah.sweep.statistics"

describe("Student's t", function()
  it("has the quantiles of the tables", function() -- scipy.stats.t.ppf
    for _, case in ipairs {
      { 0.975, 1, 12.706204736432095 }, { 0.975, 2, 4.302652729911275 },
        { 0.975, 4, 2.7764451051977987 },
      { 0.975, 30, 2.0422724563012373 }, { 0.9, 3, 1.637744357215907 },
        { 0.995, 7, 3.4994832973505026 },
      { 0.975, 0.5, 164.55767352 }, { 0.975, 1000, 1.96233908 }, { 0.025, 2, -4.302652729911275 },
    } do
      local t = mah.distributions.student_t(case[2])
      assert.near(case[3], t:quantile(case[1]), 1e-8 * math.abs(case[3]))
    end
    assert.near(0.8748496829146615, mah.distributions.student_t(5):cdf(1.3), 1e-12)
    assert.equal(0.5, mah.distributions.student_t(3):cdf(0))
  end)
end)

describe("a description", function()
  it("has mean, deviation and interval", function() -- scipy.stats.t.interval
    local s = statistics.describe { 0.96, 0.97, 0.95 }
    assert.equal(3, s.n)
    assert.near(0.96, s.mean, 1e-12)
    assert.near(0.01, s.sd, 1e-12)
    assert.near(0.96 - 0.0248413771, s.low, 1e-9)
    assert.near(0.96 + 0.0248413771, s.high, 1e-9)
  end)

  it("has no interval for one value", function()
    local s = statistics.describe { 7 }
    assert.same({ n = 1, mean = 7, min = 7, max = 7 }, s)
  end)
end)

describe("groups", function()
  it("are ordered by number, or as they come", function()
    local rows = {}
    for i, v in ipairs { 3, 1, 2, 1 } do
      rows[i] = { params = { a = v, b = ({ "y", "x", "y", "x" })[i] } }
    end
    local groups = statistics.groups(rows, { "a" })
    assert.same({ 1, 2, 3 }, { groups[1].key.a, groups[2].key.a, groups[3].key.a })
    assert.equal(2, #groups[1].rows)
    assert.equal("y", statistics.groups(rows, { "b" })[1].key.b)
    assert.equal(3, #statistics.groups(rows, { "b", "a" }))
  end)
end)

describe("the judged result", function()
  local rows = {
    { status = "done", result = { test = 0.9, loss = 3 } }, { status = "done",
      result = { test = 0.95, loss = 5 } },
    { status = "failed" }, { status = "done", result = { test = 0.95, loss = 4 } },
    { status = "pruned", result = { test = 1 } },
  }

  it("is best where it is largest, and losses where they are smallest", function()
    assert.equal(rows[2], (objective.best(rows)))
    assert.equal(rows[1], (objective.best(rows, "loss")))
    assert.equal(rows[2], (objective.best(rows, "loss", "max")))
    assert.is_nil((objective.best(rows, "nothing")))
  end)

  it("is test, or value", function()
    assert.same({ 0.9, "test" }, { objective.of(rows[1].result) })
    assert.same({ 4, "value" }, { objective.of { value = 4 } })
    assert.error_matches(function() objective.goal("x", "up") end, '"max" or "min"')
  end)
end)

describe("a table", function()
  local t = Table.new({ "name", "x" }, { { name = "a|b", x = 0.1 }, { name = 'say "hi", you',
    x = 12 }, { x = nil } })

  it("is aligned text", function()
    assert.equal('name             x\na|b            0.1\nsay "hi", you   12\n', tostring(t))
  end)

  it("is Markdown", function()
    assert.equal('| name          |   x |\n| ------------- | --: |\n| a\\|b          | 0.1 |\n'
      .. '| say "hi", you |  12 |\n|               |     |\n', t:markdown())
  end)

  it("is CSV with whole numbers", function()
    assert.equal('name,x\na|b,0.1\n"say ""hi"", you",12\n,\n', t:csv())
    assert.equal("v\n0.30000000000000004\n", Table.new({ "v" }, { { v = 0.1 + 0.2 } }):csv())
    assert.equal("v\ninf\n", Table.new({ "v" }, { { v = 1 / 0 } }):csv())
  end)

  it("is saved by its name's ending", function()
    local path = os.tmpname() .. ".md"
    t:save(path)
    assert.equal(t:markdown(), require("mah").file.read(path))
    os.remove(path)
    assert.error_matches(function() t:save "table.xls" end, "must end in .csv, .md or .txt")
  end)
end)
