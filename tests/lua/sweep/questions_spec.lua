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

  it("best: the largest result, or the smallest loss", function()
    assert.equal(1, study:best("test").params.lr)
    assert.near(1 / 3, study:best("loss").result.loss, 1e-12)
    assert.equal(1, study:best("loss", "max").result.loss)
    assert.is_nil(study:best "nothing")
  end)

  it("table: a row for each trial", function()
    local t = study:table()
    assert.equal(36, #t)
    assert.matches("diverged", t:csv())
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
    assert.error_matches(plotting { x = "lr", y = "tset" }, "no trial has a number 'tset'")
    assert.error_matches(plotting { x = "lr", y = "test", over = "seed" }, "'kind' varies too")
    assert.error_matches(plotting { x = "lr", y = "note" }, "no trial has a number 'note'")
    assert.error_matches(plotting { x = { "a", "b", "c" }, y = "test" },
      "x is one parameter, or two")
    assert.error_matches(plotting { x = "lr", y = "test", where = { kind = "c" } },
      "no finished trial")
    assert.error_matches(plotting { y = "test" }, "x is missing")
  end)
end)
