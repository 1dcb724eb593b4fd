-- What happens around a solver's step: the same bits where the core makes all steps of an epoch in
-- one call and where Lua makes them one by one, on any number of threads, and in two parts.
local mah = require "mah"

local rng = mah.rng(3)
local x = mah.randn(150, 60, { rng = rng })
local y = mah.randint(0, 2, { 150 }, { rng = rng, dtype = "int32" })
local weight = mah.rand(150, { rng = rng }) + 0.5

local function nothing() end

local function new_net(how)
  return mah.mlp {
    60, { 9, "tanh", max_norm = how.max_norm, dropout = how.dropout or 0 },
    { 5, "relu", max_norm = how.max_norm }, { 3, "softmax" }, seed = 1,
    dtype = how.dtype or "float32",
  }
end

--- Trains a little. Returns the network, the run, and what on_epoch saw of the last epoch.
local function train(how, more)
  local settings = { batch_size = 32, stop = 3, seed = 1, validation = 0.2, restore_best = false }
  for _, t in ipairs { how, more or {} } do
    for name, value in pairs(t) do settings[name] = value end
  end
  local net, seen = new_net(settings), {}
  settings.max_norm, settings.dropout, settings.dtype = nil, nil, nil
  settings.solver = how.solver()
  settings.on_epoch = function(s)
    seen.gradient, seen.w, seen.step = s.gradient:clone(), s.net.params:clone(), s.step
    seen.average = s.average and s.average:clone()
  end
  local run = mah.train(net, { x = x, y = y, weight = weight }, settings)
  return net, run, seen
end

local function same(how, more)
  local net, run, seen = train(how)
  local net2, run2, seen2 = train(how, more)
  assert.is_true(net.params:equal(net2.params))
  assert.is_true(seen.gradient:equal(seen2.gradient))
  assert.is_true(seen.w:equal(seen2.w))
  assert.equal(seen.average == nil, seen2.average == nil)
  if seen.average then assert.is_true(seen.average:equal(seen2.average)) end
  for _, name in ipairs { "loss", "val_loss", "val_score" } do
    assert.same(run.history[name], run2.history[name])
  end
  assert.equal(seen.step, seen2.step)
  return net, run, seen
end

local groups = {
  { layers = 1, lr_scale = 0.3 }, { params = { "2.weight" }, weight_decay = 0.1, lr_scale = 2 },
}
local cases = {
  average = { average = mah.average.ema { decay = 0.9 } },
  warmup = { average = mah.average.ema { warmup = true }, dropout = 0.2, dtype = "float64" },
  equal = { average = mah.average.swa { start = 2 }, l2 = 1e-2 },
  groups = { groups = groups, freeze = { "2.bias", 3 } },
  max_norm = { max_norm = 0.6 },
  accumulate = { accumulate = 3, dropout = 0.3, l1 = 1e-2, batch_size = 10 },
  all = { average = mah.average.ema {}, groups = groups, freeze = "1.bias", max_norm = 0.6,
    accumulate = 2, l2 = 1e-2 },
}

--- With the moments of a rule, with none, and one that keeps a single vector.
local solvers = { "sgd", "adam", "adamw", "rmsprop", "lion", "nadam", "radam" }

describe("what happens around a step", function()
  for name, case in pairs(cases) do
    it("has the same bits in one call as step by step, and on any number of threads: " .. name,
      function()
        for _, solver in ipairs(solvers) do
          local how = { solver = function() return mah.solver[solver] { lr = 0.02 } end }
          for key, value in pairs(case) do how[key] = value end
          local net = same(how, { on_batch = nothing, threads = 1 })
          same(how, { threads = 3 })
          same(how, { threads = 2, on_batch = nothing })
          local plain = train { solver = how.solver, dtype = how.dtype }
          assert.is_false(net.params:equal(plain.params))
        end
      end)
  end

  it("goes with many trainings side by side", function()
    local nets, settings, expected = {}, { batch_size = 32, stop = 3 }, {}
    local names = { "average", "equal", "groups", "max_norm", "accumulate", "all" }
    for i, name in ipairs(names) do
      local case = cases[name]
      local own = { seed = 1, validation = 0.2, solver = "adam", average = case.average,
        groups = case.groups, freeze = case.freeze, accumulate = case.accumulate }
      local alone = new_net(case)
      mah.train(alone, { x = x, y = y }, { seed = 1, validation = 0.2, solver = "adam",
        average = case.average, groups = case.groups, freeze = case.freeze,
        accumulate = case.accumulate, batch_size = 32, stop = 3 })
      nets[i], settings[i], expected[i] = new_net(case), own, alone.params
    end
    mah.train_many(nets, { x = x, y = y }, settings)
    for i, name in ipairs(names) do assert.is_true(nets[i].params:equal(expected[i]), name) end
  end)

  it("asks for no memory from step to step", function()
    local C = require "mah.base.library"
    local before
    local counts = {}
    local how = { solver = mah.solver.adam, stop = 6, validation = 0.2, threads = 1,
      on_batch = nothing }
    for key, value in pairs(cases.all) do how[key] = value end
    local net = new_net(how)
    how.max_norm, how.solver = nil, mah.solver.adam()
    how.on_epoch = function()
      collectgarbage()
      counts[#counts + 1] = tonumber(C.mah_memory_live())
      before = before or counts[1]
    end
    mah.train(net, { x = x, y = y }, how)
    assert.equal(counts[3], counts[6])
  end)

  it("goes on in the middle, bit for bit", function()
    local path = os.tmpname()
    for _, name in ipairs { "average", "equal", "all" } do
      local case = cases[name]
      local function run(stops_in, more)
        local net, count = new_net(case), 0
        local settings = { seed = 1, validation = 0.2, solver = mah.solver.adam(), batch_size = 10,
          average = case.average, groups = case.groups, freeze = case.freeze, stop = 5,
          accumulate = case.accumulate, checkpoint = { path = path, seconds = 1e-9 },
          on_epoch = function(s)
            count = s.epoch
            if s.epoch == stops_in then error "killed" end
          end }
        for key, value in pairs(more or {}) do settings[key] = value end
        local ok = pcall(mah.train, net, { x = x, y = y }, settings)
        return net, ok, count
      end
      os.remove(path)
      local expected = run(nil)
      os.remove(path)
      local _, ok = run(4)
      assert.is_false(ok)
      assert.is_true(mah.file.exists(path))
      local net, ended, count = run(nil)
      assert.is_true(ended)
      assert.equal(5, count)
      assert.is_true(net.params:equal(expected.params), name)
    end
    os.remove(path)
  end)
end)
