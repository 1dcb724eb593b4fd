local C = require "mah.base.library"
local mah = require "mah"
local canonical = require "mah.sweep.canonical"
local ffi = require "ffi"
local file = require "mah.base.file"
local foreign = require "mah.base.foreign"
local glob = require "mah.base.glob"
local helper = require "sweep.sweep_helper"

ffi.cdef "int kill(int pid, int signal); int getpid(void);"
foreign.declare "int usleep(unsigned microseconds);"

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
  assert.equal("done", row.status, row.error)
  local folder = o.store:gsub("%.db$", ".checkpoints")
  local curve = row.curve or { epochs = {}, values = {} }
  return assert(canonical.encode { row.status, row.result or row.error, curve.epochs, curve.values,
    row.warnings or {} }), row, folder
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
          require "mah.base.warn"("epoch %d", s.epoch)
          step()
        end }
      clf:fit(x, y)
      local net = mah.mlp { 5, { 4, "tanh" }, { 7, "softmax" } }
      local history = mah.train(net, { x = x, y = y }, { stop = 6, batch_size = 32,
        validation = 0.2, on_epoch = function(s)
          report(10 + s.epoch, s.val_score + mah.rand(1)[1])
          step()
        end }).history
      return { clf.loss_, history.loss, history.val_score, net.params:totable(), math.random() }
    end, { 3, 2, 7, 1, 4 })
  end)
end)

describe("where checkpoints lie", function()
  local checkpoints = require "mah.sweep.checkpoints"

  local function folder(given, store)
    return checkpoints.settings(checkpoints.read(given), store).folder
  end

  it("is beside the store, or where one says", function()
    assert.equal("out/runs.checkpoints", folder(60, "out/runs.db"))
    assert.equal("out/runs.2-of-8.checkpoints", folder(60, "out/runs.2-of-8.db"))
    assert.equal("runs.checkpoints", folder(60, "runs"))
    assert.equal("out/checkpoints", folder({}, "postgresql://host/runs.db"))
    assert.equal("/scratch/a", folder({ seconds = 1, folder = "/scratch/a" }, "out/runs.db"))
    assert.equal(60, checkpoints.read({}).seconds)
  end)

  it("is checked", function()
    local function try(checkpoint)
      return function()
        mah.sweep { name = "no", trials = { {} }, trial = print, checkpoint = checkpoint }
      end
    end
    assert.error_matches(try(0), "checkpoint must be a number or a table in %(0, inf%)")
    assert.error_matches(try { second = 1 }, "did you mean 'seconds'")
    assert.error_matches(try { folder = "" }, "the folder has no name")
  end)
end)

describe("a disk that is full", function()
  after_each(helper.clean)

  it("costs nothing but a warning", function()
    ffi.cdef [[
      struct limit { unsigned long soft, hard; };
      int setrlimit(int what, struct limit *to);
    ]]
    local function trial(_, _, step)
      step()
      local net = mah.mlp { 5, { 100, "tanh" }, { 7, "softmax" } }
      return { mah.train(net, { x = x, y = y }, { stop = 4 }).history.loss, net.params:sum() }
    end
    local _, calm = outcome(trial)
    local _, row, folder = outcome(trial, function()
      ffi.C.setrlimit(1, ffi.new("struct limit", 3000, 3000)) -- RLIMIT_FSIZE
    end, { checkpoint = 1e-4 })
    assert.equal(canonical.encode(calm.result), canonical.encode(row.result))
    assert.equal(1, #row.warnings)
    assert.matches("cannot be written, and the training goes on without: .*File too large",
      row.warnings[1])
    assert.same({}, glob.matching(folder)) -- nothing half-written, either
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
      return { clf.loss_curve_, clf.coefs_[1]:totable() }
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

describe("the signal to save, where trials are judged in the order of numbers", function()
  after_each(helper.clean)

  --- The first trial is in its third epoch when the other one, which may have so many, waits in its
  --- own to be judged; then the signal comes.
  local function study(store, epochs, parent)
    local mark = store .. ".mark"
    return mah.sweep { name = "order", store = store, trials = { { n = 1 }, { n = 2 } }, code = "1",
      checkpoint = 1000, deterministic = true, goal = "max", of = "value",
      prune = function(curve, others) return #others == 1 and #curve.epochs == 3 and "third" end,
      trial = function(p, report)
        local net = mah.mlp { 5, { 4, "tanh" }, { 7, "softmax" } }
        mah.train(net, { x = x, y = y }, { stop = p.n == 1 and 6 or epochs, on_epoch = function(s)
          if p.n == 1 and s.epoch == 3 and parent then
            repeat until file.exists(mark)
            ffi.C.mah_usleep(50000)
            ffi.C.kill(parent, USR1)
            repeat until C.mah_pause_requested() ~= 0
          end
          if p.n == 2 and s.epoch == 3 then file.write(mark, "") end
          report(s.epoch, s.loss)
        end })
        return { value = net.params:sum() }
      end }
  end

  for _, epochs in ipairs { 6, 3 } do
    it("lets those that wait save, too, and judges them later: of " .. epochs, function()
      local calm, store = study(helper.store(), epochs), helper.store()
      run(calm, { jobs = 1 })
      os.remove(calm.store .. ".mark")
      assert.is_false(pcall(run, study(store, epochs, ffi.C.getpid())))
      os.remove(store .. ".mark")
      local folder = store:gsub("%.db$", ".checkpoints/")
      assert.equal(epochs == 6 and 2 or 1, #glob.matching(folder))
      local again = study(store, epochs)
      run(again, { jobs = 1 })
      os.remove(store .. ".mark")
      for i, row in ipairs(calm:results()) do
        local other = again:results()[i]
        assert.same({ row.status, row.result, row.curve },
          { other.status, other.result, other.curve })
        assert.equal(i == 1 and "done" or "pruned", other.status)
      end
    end)
  end
end)

describe("trainings side by side in a trial", function()
  after_each(helper.clean)

  it("save before the trial ends, and go on", function()
    local log = helper.log()
    local function study(store, parent)
      return mah.sweep { name = "many", store = store, trials = { {} }, code = "1",
        checkpoint = 1000, trial = function(_, report)
          local nets, settings = {}, { batch_size = 100 }
          for i = 1, 3 do
            nets[i] = mah.mlp { 5, { 4, "tanh" }, { 7, "softmax" } }
            settings[i] = { seed = i, stop = 2 + 3 * i }
          end
          settings[2].on_epoch = function(s)
            report(s.epoch, s.loss)
            local handle = io.open(log, "a")
            handle:write(s.epoch, "\n")
            handle:close()
            if s.epoch ~= 6 or not parent then return end
            ffi.C.kill(parent, USR1)
            repeat until C.mah_pause_requested() ~= 0
          end
          local list = {}
          for i, r in ipairs(mah.train_many(nets, { x = x, y = y }, settings)) do
            list[i] = { r.history.loss, nets[i].params:sum() }
          end
          return list
        end }
    end
    local calm, store = study(helper.store()), helper.store()
    run(calm)
    assert.equal(8, helper.lines(log))
    assert.is_false(pcall(run, study(store, ffi.C.getpid())))
    local folder = glob.matching((store:gsub("%.db$", ".checkpoints/")))[1]
    assert.equal(2, #glob.matching(folder)) -- the first one had ended, and took no time
    run(study(store))
    local expected, row = calm:results()[1], study(store):results()[1]
    assert.equal(assert(canonical.encode { expected.result, expected.curve.values }),
      canonical.encode { row.result, row.curve.values })
    local after = helper.lines(log) - 8 - 8
    assert.is_true(after == 0, ("%d epochs were made twice"):format(after))
  end)
end)

describe("successive halving that promotes", function()
  after_each(helper.clean)

  --- Trial i is the better the larger i is; says in a file of each epoch that it trains.
  local function study(store, log, order, o)
    local trials = {}
    for k, i in ipairs(order) do trials[k] = { i = i } end
    local settings = { name = "asha", store = store, trials = trials, code = "1", checkpoint = 1000,
      prune = mah.prune.asha { min = 1, factor = 3, promote = true }, goal = "max", of = "value",
      trial = function(p, report)
        local net = mah.mlp { 5, { 4, "tanh" }, { 7, "softmax" } }
        mah.train(net, { x = x, y = y }, { stop = 9, on_epoch = function(s)
          local handle = io.open(log, "a")
          handle:write(p.i, " ", s.epoch, "\n")
          handle:close()
          report(s.epoch, p.i + s.epoch / 100)
        end })
        return { value = p.i, sum = net.params:sum() }
      end }
    for name, value in pairs(o or {}) do settings[name] = value end
    return mah.sweep(settings)
  end

  local function by_number(rows)
    local list = {}
    for _, row in ipairs(rows) do list[row.params.i] = row end
    return list
  end

  local order = { 3, 7, 1, 9, 5, 2, 8, 4, 6 }

  for _, o in ipairs { { batch = 1 }, { batch = 3 } } do
    it("goes on with the best, and trains no epoch twice, in batches of " .. o.batch, function()
      local store, log = helper.store(), helper.log()
      local counts = run(study(store, log, order, o), { jobs = 1 })
      local rows = by_number(study(store, log, order, o):results())
      assert.same({ 9, 0 }, { counts.done + counts.pruned, counts.waiting })
      assert.equal("done", rows[9].status)
      assert.equal(9, #rows[9].curve.epochs)
      assert.equal("pruned", rows[1].status)
      assert.same({ 1 }, rows[1].curve.epochs)
      assert.matches("^at epoch 1 it has 1.01; the best 1/3 of 9 trials have 7", rows[1].reason)
      for i = 7, 8 do
        assert.equal("pruned", rows[i].status)
        assert.same({ 1, 2, 3 }, rows[i].curve.epochs)
      end
      local seen = {}
      for line in io.lines(log) do
        assert.is_nil(seen[line], line)
        seen[line] = true
      end
      local alone = study(helper.store(), log, { 9 }, { prune = function() return false end })
      run(alone)
      assert.equal(alone:results()[1].result.sum, rows[9].result.sum)
      assert.same({}, glob.matching((store:gsub("%.db$", ".checkpoints"))))
    end)
  end

  it("remembers what is paused when the run ends", function()
    local store, log = helper.store(), helper.log()
    local parent, calls = ffi.C.getpid(), 0
    local rule = mah.prune.asha { min = 1, factor = 3, promote = true }
    local breaks = setmetatable({ promotes = true }, { __call = function(_, ...)
      calls = calls + 1
      if calls == 5 then ffi.C.kill(parent, USR1) end
      return rule(...)
    end })
    assert.is_false(pcall(run, study(store, log, order, { prune = breaks }), { jobs = 1 }))
    local paused = helper.query(store, "SELECT * FROM trials WHERE reason LIKE 'paused at 1: %'")
    assert.is_true(#paused > 0)
    run(study(store, log, order), { jobs = 1 })
    local rows = by_number(study(store, log, order):results())
    assert.equal("done", rows[9].status)
    assert.equal("pruned", rows[1].status)
    assert.same({ 1 }, rows[1].curve.epochs)
  end)
end)

describe("a coordinator that is killed when a trial has just ended", function()
  after_each(helper.clean)

  it("leaves no checkpoints once the command has run again", function()
    local store = helper.store()
    local folder = store:gsub("%.db$", ".checkpoints")
    local function study()
      return mah.sweep { name = "left", store = store, trials = { { a = 1 }, { a = 2 } },
        code = "1", checkpoint = 1000, trial = function(p)
          if p.a == 2 then ffi.C.kill(ffi.C.getpid(), KILL) end
          return p.a
        end }
    end
    run(study())
    for _, row in ipairs(helper.query(store, "SELECT identity FROM trials ORDER BY number")) do
      local trial = folder .. "/" .. row.identity:sub(1, 24)
      file.make_directory(trial)
      file.write(trial .. "/fit-1.safetensors", "")
    end
    run(study())
    local left = glob.matching(folder .. "/")
    assert.equal(1, #left) -- of the one that crashed, and may go on
    os.remove(left[1] .. "fit-1.safetensors")
    os.remove(left[1])
    os.remove(folder)
  end)
end)
