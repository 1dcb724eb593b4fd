local C = require "mah.base.library"
local mah = require "mah"
local canonical = require "mah.sweep.canonical"
local ffi = require "ffi"
local file = require "mah.base.file"
local glob = require "mah.base.glob"
local helper = require "sweep.sweep_helper"

ffi.cdef "int kill(int pid, int signal); int getpid(void);"

local run = helper.run
local KILL, USR1 = 9, 10

local function data()
  local x = mah.rand(600, 5, { rng = mah.rng(1) })
  return x, (x:sum(2) * 2):int():clamp(4, 6)
end
local x, y = data()

--- Kills this process at the n-th call over all attempts, for each n of the list.
local function killer(log, signal, places)
  local calls = 0
  return function()
    calls = calls + 1
    local marks = glob.matching(log)
    local place = places[#marks]
    if not place or calls < place then return end
    file.write(log .. #marks, "")
    ffi.C.kill(ffi.C.getpid(), signal)
  end
end

local function marks()
  local log = helper.log()
  file.write(log, "")
  return log
end

local function forget(log)
  for _, path in ipairs(glob.matching(log)) do os.remove(path) end
end

--- The results and curves of a study with one trial, whose `step` is called in each epoch.
local function outcome(trial, step, o)
  o = o or {}
  o.name, o.store, o.trials, o.code = "one", helper.store(), { { a = 1 } }, "1"
  o.trial = function(p, report) return trial(p, report, step or function() end) end
  local study = mah.sweep(o)
  run(study)
  local row = study:results()[1]
  local folder = o.store:gsub("%.db$", ".checkpoints")
  return canonical.encode { row.status, row.result or row.error, row.curve or {} }, row, folder
end

--- Is a trial that is killed at these calls of `step` what it is undisturbed?
local function compare(trial, places, o)
  local log = marks()
  local settings = { checkpoint = 1e-4, retry = #places }
  for name, value in pairs(o or {}) do settings[name] = value end
  local calm = outcome(trial)
  local disturbed, row, folder = outcome(trial, killer(log, KILL, places), settings)
  assert.equal(calm, disturbed)
  assert.equal(#places + 1, row.attempts)
  assert.same({}, glob.matching(folder))
  forget(log)
  return row
end

describe("a trial that is killed", function()
  after_each(helper.clean)

  it("goes on in its second training", function()
    compare(function(_, report, step)
      local clf = mah.MLPClassifier { max_iter = 6, random_state = 1, dropout = 0.2,
        hidden_layer_sizes = { 8 }, on_epoch = function(s)
          report(s.epoch, s.loss)
          step()
        end }
      clf:fit(x, y)
      local net = mah.mlp { 5, { 4, "tanh" }, { 7, "softmax" } }
      local history = mah.train(net, { x = x, y = y }, { stop = 6, batch_size = 32,
        validation = 0.2, on_epoch = function(s)
          report(10 + s.epoch, s.val_score + mah.rand(1)[1])
          step()
        end }).history
      return { clf.loss_, history.loss, history.val_score, net.params:tolist(), math.random() }
    end, { 3, 2, 7, 1, 4 })
  end)
end)

describe("the signal to save", function()
  after_each(helper.clean)

  it("ends a run whose trials go on later", function()
    local function trial(p, report)
      local clf = mah.MLPClassifier { max_iter = 8, random_state = p.a, hidden_layer_sizes = { 8 },
        solver = p.a == 2 and "lbfgs" or "adam", on_epoch = function(s)
          report(s.epoch, s.loss)
          if s.epoch ~= 4 or not p.parent then return end
          if p.a == 1 then ffi.C.kill(p.parent, USR1) end
          repeat until C.mah_pause_requested() ~= 0
        end }
      clf:fit(x, y)
      return { clf.loss_curve_, clf.coefs_[1]:tolist() }
    end
    local function study(store, parent)
      return mah.sweep { name = "all", store = store, grid = { a = { 1, 2, 3 } }, code = "1",
        checkpoint = 1000, trial = function(p, report)
          return trial({ a = p.a, parent = parent }, report)
        end }
    end
    local calm, store = study(helper.store()), helper.store()
    run(calm)
    local ok, problem = pcall(run, study(store, ffi.C.getpid()))
    assert.is_false(ok)
    assert.matches("SIGUSR1: study \"all\" is interrupted with %d of 3", tostring(problem))
    assert.is_true(#glob.matching(store:gsub("%.db$", ".checkpoints") .. "/") > 0)
    local again = study(store)
    run(again)
    for i, row in ipairs(calm:results()) do
      local other = again:results()[i]
      assert.equal(canonical.encode(row.result), canonical.encode(other.result))
      assert.same(row.curve, other.curve)
    end
    assert.same({}, glob.matching(store:gsub("%.db$", ".checkpoints")))
  end)
end)
