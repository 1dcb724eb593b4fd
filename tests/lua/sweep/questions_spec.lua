local mah = require "mah"
local helper = require "sweep.sweep_helper"

local run = helper.run

describe("questions about a study", function()
  local study
  setup(function()
    study = mah.sweep { name = "questions", store = helper.store(), grid = { lr = { 0.001, 0.1,
      1 }, kind = { "a", "b" },
      layers = { { 10 }, { 10, 5 } }, seed = { 1, 2, 3 } },
      trial = function(p)
        if p.lr == 1 and p.kind == "b" then error "diverged" end
        return { test = p.lr + p.seed, loss = 1 / p.seed, note = "n" }
      end }
    run(study)
  end)
  teardown(function()
    study = nil
    helper.clean()
  end)

  it("summary: mean, deviation and interval over the rest", function()
    local s = study:summary { by = "lr", of = "test" }
    assert.same({ "lr", "of", "n", "mean", "sd", "low", "high" }, s.columns)
    assert.equal(3, #s)
    assert.same({ 0.001, 12, 6 }, { s[1].lr, s[1].n, s[3].n })
    assert.near(2.001, s[1].mean, 1e-12)
    assert.near(0.8528, s[1].sd, 1e-4)
    local all = study:summary()
    assert.same({ "kind", "layers", "lr", "of", "n", "mean", "sd", "low", "high" }, all.columns)
    assert.equal(24, #all)
  end)

  it("summary: names that there are not are errors", function()
    local function summing(o) return function() study:summary(o) end end
    assert.error_matches(summing { by = "lrr" }, "no parameter 'lrr'; did you mean 'lr'?")
    assert.error_matches(summing { by = { "lr", "width" } },
      "no parameter 'width'; there are: kind, layers, lr, seed")
    assert.error_matches(summing { of = "tset" }, "number 'tset' .*did you mean 'test'?")
    local new = mah.sweep { name = "new", store = helper.store(), grid = { lr = 1 },
      trial = function() end }
    assert.equal(0, #new:summary { by = "lr" })
    assert.is_nil(new:best "test")
    assert.error_matches(function() new:summary { by = "kind" } end, "no parameter 'kind'")
  end)

  it("summary: as many digits as the spread leaves a meaning", function()
    local text = tostring(study:summary { by = { "lr", "kind" }, of = "test" })
    assert.matches("0%.001  a     test  6  2%.001  0%.894  1%.062  2%.940\n", text)
    assert.equal(0, mah.sweep.describe({ 0.1, 0.1, 0.1 }).sd)
    assert.equal(0.1, mah.sweep.describe({ 0.1, 0.1, 0.1 }).mean)
  end)

  it("are answered without the trial: mah.sweep.open", function()
    local opened = mah.sweep.open(study.store, "questions")
    assert.same(study:results(), opened:results())
    assert.same(study:best(), opened:best())
    assert.equal(tostring(study:summary()), tostring(opened:summary()))
    assert.equal(study:table():csv(), opened:table():csv())
    assert.matches("lr", opened:plot({ x = "lr", y = "test" }):svg())
    assert.error_matches(function() opened:run() end, "opened for reading, without its trial")
    assert.equal(opened.name, mah.sweep.open(study.store).name)
    assert.error_matches(function() mah.sweep.open(study.store, "question") end,
      "no study 'question' in .* there are: 'questions'")
    assert.error_matches(function() mah.sweep.open(study.store .. ".none") end,
      "there is no store")
  end)

  it("are answered of earlier code, too", function()
    local path = helper.store()
    for version = 1, 2 do
      run(mah.sweep { name = "versions", store = path, grid = { a = { 1, 2, 3 } },
        code = tostring(version), trial = function(p) return version * p.a end })
    end
    assert.equal(6, mah.sweep.open(path, "versions"):best().result.value)
    assert.equal(3, #mah.sweep.open(path, "versions"):results())
    local all = mah.sweep.open(path, "versions", { all = true }):results()
    assert.equal(6, #all)
    run(mah.sweep { name = "other", store = path, grid = { a = { 1 } }, trial = function() end })
    assert.error_matches(function() mah.sweep.open(path) end, "which study of .*There are 2")
  end)

  it("best: the largest result, or the smallest loss", function()
    assert.equal(1, study:best("test").params.lr)
    assert.near(1 / 3, study:best("loss").result.loss, 1e-12)
    assert.equal(1, study:best("loss", "max").result.loss)
    assert.matches("^number +kind +layers .* test\n +3  a +%[10%] .* 0%.333333 [^\n]+$",
      tostring(study:best "loss"))
    local unjudged = mah.sweep { name = "unjudged", store = helper.store(), grid = { lr = 1 },
      trial = function(p) return { y = p.lr } end }
    assert.is_nil(unjudged:best())
    helper.run(unjudged)
    assert.error_matches(function() unjudged:best() end, "study:best: .*there are: y")
    assert.error_matches(function() study:best "tset" end,
      "no finished trial has a number 'tset' in its result; did you mean 'test'?")
    assert.error_matches(function() study:best "note" end,
      "number 'note' in its result; .*loss, test")
  end)

  it("table: a row for each trial", function()
    local t = study:table()
    assert.equal(36, #t)
    assert.matches("diverged", t:csv())
  end)

  it("table: a long text does not make the others' lines slow", function()
    local text = ("x"):rep(1e6)
    local t = mah.sweep.table({ "a", "long", "end" }, { { a = 1, ["end"] = 2 }, { long = text } })
    assert.matches("\n1 +2\n +x+$", tostring(t))
  end)

  it("plot: lines with bands, bars, heat maps", function()
    assert.matches("lr", study:plot({ x = "lr", y = { "test", "loss" }, title = "t" }):svg())
    assert.matches("kind", study:plot({ x = "kind", y = "test", series = "lr",
      spread = "interval" }):svg())
    assert.matches("%[10,5%]", study:plot({ x = "layers", y = "test" }):svg())
    assert.matches("heat", study:plot({ x = { "lr", "kind" }, y = "test", title = "heat" }):svg())
    local one = study:plot { x = "lr", y = "test", over = "seed", where = { kind = "a",
      layers = { 10 } },
      log_y = true, spread = "range" }
    assert.matches("test", one:svg())
  end)

  it("plot: says what is wrong", function()
    local function plotting(o) return function() study:plot(o) end end
    assert.error_matches(plotting { x = "lrr", y = "test" },
      "no parameter 'lrr'; did you mean 'lr'")
    assert.error_matches(plotting { x = "lr", y = "tset" },
      "no finished trial has a number 'tset' .*mean 'test'")
    assert.error_matches(plotting { x = "lr", y = "test", over = "seed" }, "'kind' varies too")
    assert.error_matches(plotting { x = "lr", y = "note" }, "no finished trial has a number 'note'")
    assert.error_matches(plotting { x = { "a", "b", "c" }, y = "test" },
      "x is one parameter, or two")
    assert.error_matches(plotting { x = "lr", y = "test", where = { knd = "a" } },
      "no parameter 'knd'; did you mean 'kind'")
    assert.error_matches(plotting { x = "lr", y = "test", where = { kind = "c" } },
      "no finished trial")
    assert.error_matches(plotting { y = "test" }, "x is missing")
  end)
end)
