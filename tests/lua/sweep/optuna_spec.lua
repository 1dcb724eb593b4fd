--- What `mah results --optuna` writes, as Optuna itself reads it.
local mah = require "mah"
local Store = require "mah.sweep.store"
local helper = require "sweep.sweep_helper"
local json = require "mah.base.json"
local optuna = require "mah.sweep.optuna"

local run, search = helper.run, mah.search

local PYTHON = "/usr/bin/python3"

--- Writes all studies of a store for Optuna.
local function export(store)
  local path = helper.log() -- a name that is cleaned up
  os.remove(path)
  local trials, left_out
  Store.with(store, "read", function(open)
    trials, left_out = optuna(path, open, open:studies())
  end)
  return path, trials, left_out
end

--- What a script in Python prints as JSON, given the file and the study's name.
local function python(script, path, study)
  local source = helper.log()
  mah.file.write(source, "import json, math, sys, warnings\nwarnings.simplefilter('ignore')\n"
    .. "import optuna\noptuna.logging.set_verbosity(optuna.logging.ERROR)\n"
    .. "study = optuna.load_study(study_name=sys.argv[2], storage='sqlite:///' + sys.argv[1])\n"
    .. script)
  local pipe = io.popen(("%s %s %s '%s' 2>&1"):format(PYTHON, source, path,
    (study:gsub("'", "'\\''"))))
  local text = pipe:read "*a"
  pipe:close()
  local ok, value = pcall(json.decode, text)
  return ok and value or error(text, 0)
end

--- A study of all kinds of parameters, results and ends.
local function mixed()
  local study = mah.sweep { name = "all kinds", store = helper.store(), goal = "min", of = "loss",
    prune = function(curve) return curve.values[#curve.values] > 100 and "too large" end,
    space = function(pick)
      pick("lr", search.log_uniform(1e-4, 1))
      pick("n", search.integer(1, 9))
      pick("hidden", { { 10 }, { 20, 10 } })
      if pick("kind", { "a", "b", true }) == "a" then pick("m", search.uniform(-1, 1)) end
    end, search = search.random { trials = 40, seed = 1 },
    trial = function(p, report)
      for epoch = 1, 3 do report(epoch, epoch == 2 and p.n == 8 and 1e3 or p.lr / epoch) end
      if p.n == 9 then error "nine" end
      return { loss = p.n == 7 and math.huge or math.log10(p.lr) ^ 2 + p.n, train = p.lr,
        text = "é" }
    end }
  run(study, { jobs = 1 })
  return study
end

describe("a file for Optuna", function()
  after_each(helper.clean)

  it("is new, or an error", function()
    local study = mah.sweep { name = "new", store = helper.store(), grid = { a = { 1, 2 } },
      trial = function(p) return p.a end }
    run(study)
    helper.query(study.store, "UPDATE trials SET status = 'interrupted' WHERE number = 2")
    local path, trials, left_out = export(study.store)
    assert.same({ 1, 1 }, { trials, left_out })
    assert.equal(13, helper.query(path,
      "SELECT count(*) AS n FROM sqlite_master WHERE type = 'table'")[1].n)
    Store.with(study.store, "read", function(store)
      assert.error_matches(function() optuna(path, store, store:studies()) end, "is there already")
      assert.error_matches(function() optuna("/none/at/all", store, store:studies()) end,
        "/none/at/all")
    end)
    assert.is_false(mah.file.exists(path .. ".part"))
  end)

  if os.execute(PYTHON .. " -c 'import optuna' 2>/dev/null") ~= 0 then
    it("is read by it", function() pending "python3-optuna is not installed" end)
    return
  end

  it("has the trials: states, values, parameters, curves, times, attributes", function()
    local study = mixed()
    local path = export(study.store)
    local seen = python([[
print(json.dumps({"direction": study.direction.name,
  "best": study.best_trial.user_attrs["mah:number"], "best_params": study.best_params, "trials": [{
    "number": t.number, "state": t.state.name, "value": t.value, "params": t.params,
    "steps": list(t.intermediate_values), "curve": list(t.intermediate_values.values()),
    "ms": t.datetime_start.microsecond / 1000,
    "seconds": (t.datetime_complete - t.datetime_start).total_seconds(), "attrs": t.user_attrs,
    "kinds": {k: type(d).__name__ for k, d in t.distributions.items()}} for t in study.trials],
  "lr": [study.trials[0].distributions["lr"].low, study.trials[0].distributions["lr"].high],
  "log": study.trials[0].distributions["lr"].log, "n": study.trials[0].distributions["n"].high,
  "choices": study.trials[0].distributions["kind"].choices}))]], path, "all kinds")
    assert.same({ "MINIMIZE", { 1e-4, 1 }, true, 9, { "a", "b", true } },
      { seen.direction, seen.lr, seen.log, seen.n, seen.choices })
    local best = study:best()
    assert.equal(best.number, seen.best)
    assert.equal(best.params.lr, seen.best_params.lr)
    local rows, counts = study:results(), {}
    assert.equal(#rows, #seen.trials)
    for i, row in ipairs(rows) do
      local trial = seen.trials[i]
      local expected = row.status == "pruned" and "PRUNED"
        or row.status == "done" and row.result.loss < math.huge and "COMPLETE" or "FAIL"
      counts[expected] = (counts[expected] or 0) + 1
      assert.same({ i - 1, expected, row.number }, { trial.number, trial.state,
        trial.attrs["mah:number"] })
      assert.same({ row.params.lr, row.params.n, row.params.m, row.params.kind },
        { trial.params.lr, trial.params.n, trial.params.m, trial.params.kind })
      assert.equal(#row.params.hidden == 1 and "[10]" or "[20,10]", trial.params.hidden)
      assert.same({ "FloatDistribution", "IntDistribution", "CategoricalDistribution" },
        { trial.kinds.lr, trial.kinds.n, trial.kinds.hidden })
      assert.same(row.curve.epochs, trial.steps)
      assert.same(row.curve.values, trial.curve)
      assert.equal(tonumber(row.started:match "%.(%d+)Z$"), trial.ms)
      assert.is_true(trial.seconds >= 0 and trial.seconds < 60)
      if expected == "COMPLETE" then
        assert.same({ row.result.loss, row.result.train, "é" },
          { trial.value, trial.attrs.train, trial.attrs.text })
      elseif expected == "PRUNED" then
        assert.equal(1000, trial.value)
        assert.equal("too large", trial.attrs["mah:reason"])
      elseif row.status == "failed" then
        assert.matches("nine", trial.attrs["mah:error"])
      end
    end
    assert.is_true(counts.COMPLETE > 10 and counts.PRUNED > 0 and counts.FAIL > 3)
  end)

  it("has several results and constraints", function()
    local study = mah.sweep { name = "it's two", store = helper.store(), of = { "test", "seconds" },
      constraints = "over", grid = { width = { 1, 2, 4, 8, 16 } },
      trial = function(p)
        return { test = p.width == 4 and 0.1 or -1 / p.width, seconds = p.width,
          over = p.width - 9 }
      end }
    run(study)
    run(mah.sweep { name = "infinite", store = study.store, of = { "test", "seconds" },
      grid = { width = { 0, 2 } },
      trial = function(p) return { test = 1 / p.width, seconds = p.width } end })
    local path = export(study.store)
    assert.same({ "FAIL", "COMPLETE" }, python("print(json.dumps([t.state.name for t in "
      .. "study.trials] if study.best_trials else None))", path, "infinite"))
    local seen = python([[
print(json.dumps({"directions": [d.name for d in study.directions],
  "front": sorted(t.user_attrs["mah:number"] for t in study.best_trials),
  "values": study.trials[2].values, "names": study.system_attrs["study:metric_names"],
  "constraints": [t.system_attrs["constraints"] for t in study.trials]}))]], path, "it's two")
    assert.same({ { "MAXIMIZE", "MINIMIZE" }, { 1, 2, 3 }, { 0.1, 4 }, { "test", "seconds" },
      { { -8 }, { -7 }, { -5 }, { -1 }, { 7 } } },
      { seen.directions, seen.front, seen.values, seen.names, seen.constraints })
    assert.equal(3, #study:pareto_front())
  end)

  it("can be gone on with there", function()
    local study = mah.sweep { name = "on", store = helper.store(), goal = "min", n = 12,
      random = { x = search.uniform(0, 1) }, trial = function(p) return p.x end }
    run(study)
    local seen = python([[
study.sampler = optuna.samplers.RandomSampler(seed=1)
study.optimize(lambda t: t.suggest_float("x", 0.0, 1.0), n_trials=3)
print(json.dumps([t.number for t in study.trials]))]], export(study.store), "on")
    assert.same({ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 }, seen)
  end)

  if os.execute(PYTHON .. " -c 'import sklearn' 2>/dev/null") ~= 0 then
    it("gives the same importances there", function()
      pending "Optuna needs python3-sklearn for importances, and it is not installed"
    end)
    return
  end

  -- Optuna's evaluator takes logarithmic parameters for linear ones, so there are none here.
  it("gives the same importances there, but for its random trees", function()
    local study = mah.sweep { name = "fanova", store = helper.store(), n = 200, seed = 4,
      random = { a = search.uniform(0, 1), b = search.uniform(-3, 0), c = { "x", "y", "z" } },
      trial = function(p)
        return { test = p.a + p.b / 2 + (p.c == "y" and 0.4 or 0) + p.a * p.b }
      end }
    run(study)
    local seen = python([[
e = optuna.importance.FanovaImportanceEvaluator(n_trees=64, seed=0)
print(json.dumps(optuna.importance.get_param_importances(study, evaluator=e)))]],
      export(study.store), "fanova")
    local own, sum = study:importances(), 0
    for _, row in ipairs(own) do
      if row.parameter ~= "(together)" then sum = sum + row.importance end
    end
    for _, row in ipairs(own) do
      if row.parameter ~= "(together)" then
        assert.near(seen[row.parameter], row.importance / sum, 0.03) -- Optuna's sum is 1
      end
    end
  end)
end)
