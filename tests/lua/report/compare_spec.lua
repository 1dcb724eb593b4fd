-- report:compare and report:study.
local golden = require "golden"
local mah = require "mah"

local message = golden.message
local folder = os.tmpname()
os.remove(folder)
mah.file.make_directory(folder)

local function read(name) return mah.file.read(folder .. "/" .. name) end
local function report(lang) return mah.report { title = "Two", out = folder, lang = lang } end

--- A model that says what the function says of each row's first column.
local function model(f, is_classifier)
  local self = { classes_ = { "no", "yes" } }
  function self.get_params() return {} end
  function self.fit() return self end
  function self.predict(_, x)
    local list = {}
    for i = 1, #x do list[i] = f(x[i][1], i) end
    return list
  end
  function self.predict_proba(_, x)
    local p = mah.full({ #x, 2 }, 0.5)
    return p
  end
  if not is_classifier then self.predict_proba = nil end
  return self
end

teardown(function() os.execute(("rm -rf '%s'"):format(folder)) end)

describe("report:compare", function()
  local x = mah.arange(1, 100):reshape(100, 1):float()
  local y, numbers = {}, {}
  for i = 1, 100 do y[i], numbers[i] = i > 50 and "yes" or "no", i end
  local function flipped(n)
    return model(function(_, i) return (i > 50) ~= (i % 100 < n) and "yes" or "no" end, true)
  end

  it("tests two classifiers as McNemar does", function()
    report():compare({ a = flipped(30), b = flipped(5), on = { x = x, y = y },
      names = { "worse", "better" } }):save()
    local t = mah.metrics.mcnemar(y, flipped(30):predict(x), flipped(5):predict(x))
    assert.is_true(t.pvalue < 1e-4)
    local text = read "report.md"
    assert.truthy(text:find(("worse alone has %d rows right, better alone %d (McNemar's test, "
      .. "p < 0.0001): **better is better, by more than chance.**"):format(t.only_a, t.only_b), 1,
      true))
    assert.truthy(text:find("| measure | worse | better |", 1, true))
    assert.truthy(text:find("| accuracy | 0.7000 (0.6042 – 0.7811) | 0.9500 (0.8882 – 0.9785) |", 1,
      true))
    assert.truthy(read("table_01.csv"):find("measure,worse,worse from,worse to,better,better from,"
      .. "better to\naccuracy,0.7,0.604", 1, true))
  end)

  it("says when the difference may be chance", function()
    report():compare({ a = flipped(6), b = flipped(5), on = { x = x, y = y } }):save()
    assert.truthy(read("report.md"):find("p = 1): **the difference may be chance.**", 1, true))
  end)

  it("tests two regressors by their absolute errors", function()
    local function off(by) return model(function(v, i) return v + by * (i % 3) end) end
    report():compare({ a = off(1), b = off(3), on = { x = x, y = numbers } }):save()
    -- the differences are 0, 2 and 4: their mean is 2 / 100 * (34 * 1 + 33 * 2)
    assert.truthy(read("report.md"):find("differ by 2 on average (paired t-test, p < 0.0001): "
      .. "**a is better", 1, true))
    report():compare({ a = off(1), b = off(1), on = { x = x, y = numbers } }):save()
    assert.truthy(read("report.md"):find("p = 1): **the difference may be chance", 1, true))
  end)

  it("refuses what cannot be compared", function()
    local r, on = report(), { x = x, y = y }
    for i, case in ipairs {
      { { a = flipped(1), b = flipped(2) }, "report:compare: on" },
      { { a = flipped(1), b = 3, on = on }, "report:compare: b: a fitted estimator" },
      { { a = flipped(1), b = flipped(2), on = on, names = { "x" } }, "names must be two" },
      { { a = flipped(1), b = flipped(2), on = on, names = { "x", "x" } }, "are the same" },
      { { a = flipped(1), b = flipped(2), on = on, names = { "measure", "x" } },
        'names: "measure" would be two columns' },
      { { a = flipped(1), b = flipped(2), on = on, names = { "x", "x from" } },
        'names: "x from" would be two columns' },
      { { a = flipped(1), b = flipped(2), of = on }, "did you mean 'on'" },
    } do
      local said = message(function() r:compare(case[1]) end)
      assert.truthy(said:find(case[2], 1, true), i .. ": " .. said)
      assert.truthy(said:find("compare_spec.lua:", 1, true), said)
    end
    assert.equal(0, #r.page.sections)
  end)
end)

describe("report:study", function()
  it("knows why trials failed, the most frequent reason first", function()
    local failures = require "mah.report.failures"
    local rows = {}
    for i, why in ipairs { "a\nb", "c", "", "d", "c\n", "d" } do
      rows[i] = { number = i, status = why == "" and "done" or "failed", error = why }
    end
    assert.same({ { text = "c", times = 2, first = 2 }, { text = "d", times = 2, first = 4 },
      { text = "a", times = 1, first = 1 } }, failures(rows))
  end)

  local study = mah.sweep {
    name = "rates & widths", store = folder .. "/runs.db",
    grid = { lr = { 0.001, 0.01, 0.1, 1 }, kind = { "a", "b" }, width = { 8, 16 } },
    trial = function(p)
      if p.lr == 1 and p.kind == "b" then error "diverged" end
      return { test = -math.log(p.lr) ^ 2 + (p.kind == "b" and 5 or 0) }
    end,
  }
  study:run { jobs = 2, quiet = true, arguments = false }

  it("has counts, the best, history, parameters, importances, failures and all trials", function()
    report():study(study):save()
    local text = read "report.md"
    for _, part in ipairs { "## rates & widths", "16 trials: 14 finished, 2 failed, 0 stopped",
      "The best 10 by `test`", "`test`, trial by trial.", "Parameters that vary, against",
      "How much of the variance of `test`", "Why trials failed.", "diverged | 2 |",
      "All trials." } do
      assert.truthy(text:find(part, 1, true), part)
    end
    local _, number = text:gsub("%(figure_02.png%)", "")
    assert.equal(1, number)
    local best = {}
    for line in read("table_01.csv"):gmatch "[^\n]+" do best[#best + 1] = line end
    assert.equal(11, #best)
    assert.truthy(best[2]:find "^%d+,a,1,%d+,%-?0," and best[3]:find "^%d+,a,1,%d+,%-?0,", best[2])
    local _, points = read("figure_01.csv"):gsub("\nbest so far,", "")
    assert.equal(14, points)
    local last = read("figure_01.csv"):match "best so far,%d+,(%-?[%d.]+)\n$"
    assert.equal(0, tonumber(last))
  end)

  it("shows parameters that are tables as they were given", function()
    local nested = mah.sweep { name = "nested", store = folder .. "/nested.db",
      grid = { layers = { { { 8, "relu" } }, { 16 } } },
      trial = function(p) return #p.layers + 1 end }
    nested:run { jobs = 1, quiet = true, arguments = false }
    report():study(nested):save()
    assert.truthy(read("report.md"):find('| [[8,"relu"]] | 2 |', 1, true))
  end)

  it("takes one that was opened, in Persian, and says why importances are missing", function()
    local few = mah.sweep { name = "few", store = folder .. "/few.db", grid = { a = { 1 } },
      trial = function(p) return { loss = p.a } end }
    few:run { jobs = 1, quiet = true, arguments = false }
    report():study(mah.sweep.open(folder .. "/few.db"), { of = "loss", title = "Few" }):save()
    assert.truthy(read("report.md"):find("left out: two finished trials with a number 'loss'", 1,
      true))
    report("fa"):study(mah.sweep.open(folder .. "/runs.db")):save()
    assert.truthy(read("report.md"):find("۱۶ آزمون: ۱۴ به پایان رسید", 1, true))
  end)

  it("refuses what is no study, has no trials, or not that result", function()
    local none = mah.sweep { name = "none", store = folder .. "/none.db", grid = { a = { 1 } },
      trial = function() return 1 end }
    local r = report()
    for i, case in ipairs {
      { function() r:study(3) end, "a study of mah.sweep or mah.sweep.open is expected; got 3" },
      { function() r:study {} end, "a study of mah.sweep" },
      { function() r:study(none) end, 'study "none" has no trials yet' },
      { function() r:study(study, { of = "tset" }) end, "test" },
    } do
      local said = message(case[1])
      assert.truthy(said:find(case[2], 1, true), i .. ": " .. said)
      assert.truthy(said:find("compare_spec.lua:", 1, true), said)
    end
    assert.equal(0, #r.page.sections)
  end)
end)
