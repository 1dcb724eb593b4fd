local golden = require "golden"
local mah = require "mah"

local message = golden.message

--- Three clouds in `columns` dimensions.
local function clouds(rows, columns, seed, dtype)
  local rng = mah.rng(seed or 1)
  local y = rng:integers(0, 2, rows)
  local x = rng:normal(0, 1, rows, columns, { dtype = dtype or "float32" })
  return { x = x + y:reshape(rows, 1):to(dtype or "float32"), y = y }
end

local function new_net(seed, given)
  given = given or {}
  local hidden = { given.units or 8, given.activation or "relu", dropout = given.dropout or 0 }
  return mah.mlp { 5, hidden, { 3, "softmax" }, seed = seed, dtype = given.dtype }
end

--- What must be the same, whether a run is alone or not.
local function bits(net, run)
  return { n_iter = run.n_iter, seed = run.seed, reason = run.stop_reason, best = run.best_epoch,
    loss = run.history.loss, val_loss = run.history.val_loss, val_score = run.history.val_score,
    lr = run.history.lr, weights = net.params:totable() }
end

--- Trains each alone, and all at once; complains unless they are the same.
---@param cases {net: function, data: table, settings: function}[]
local function compare(cases, common)
  local nets, data, settings, alone = {}, {}, {}, {}
  for name, value in pairs(common or {}) do settings[name] = value end
  for i, case in ipairs(cases) do
    local o, net = case.settings(), case.net()
    for name, value in pairs(common or {}) do
      if o[name] == nil then o[name] = value end
    end
    alone[i] = bits(net, mah.train(net, case.data, o))
    nets[i], data[i], settings[i] = case.net(), case.data, case.settings()
  end
  local runs = mah.train_many(nets, data, settings)
  for i, net in ipairs(nets) do assert.same(alone[i], bits(net, runs[i])) end
  return runs
end

local function case(settings, net, data)
  return { settings = settings, net = net or function() return new_net(1) end,
    data = data or clouds(100, 5) }
end

describe("mah.train_many", function()
  after_each(function() mah.warnings(true) end)

  it("gives each the bits of its run alone: solvers", function()
    local cases = {}
    for i, name in ipairs { "adam", "adamw", "sgd", "rmsprop", "adagrad", "lbfgs", "lion", "nadam",
      "radam", "rprop" } do
      cases[i] = case(function()
        return { solver = mah.solver[name] {}, seed = i, stop = 3 + i,
          batch_size = name ~= "lbfgs" and 16 or nil }
      end)
    end
    cases[11] = case(function()
      return { solver = function(evaluate, w)
        local loss, g = evaluate(w)
        w:axpy_(-0.1, g)
        return loss
      end, seed = 7, stop = 4, batch_size = 9 }
    end)
    local runs = compare(cases)
    assert.equal(4, runs[1].n_iter)
    assert.equal(7, runs[4].n_iter)
  end)

  it("gives each the bits of its run alone: shapes, types, rows, batches, penalties", function()
    local function of(rows, batch, given, dtype)
      return case(function()
        return { seed = rows, stop = 3, batch_size = batch, l1 = 1e-3, l2 = batch / 1e4 }
      end, function() return new_net(rows, given) end, clouds(rows, 5, rows, dtype))
    end
    compare {
      of(33, 8, { units = 1 }), of(64, 64, { units = 17, activation = "tanh" }),
      of(100, 7, { dropout = 0.3 }), of(50, 200, { activation = "logistic", dropout = 0.5 }),
      of(81, 16, { dtype = "float64" }, "float64"), of(1, 1, {}),
      case(function() return { seed = 3, stop = 2, batch_size = 16 } end, function()
        return mah.mlp { 5, { 6, "relu" }, { 4, "tanh" }, { 1, "identity" }, seed = 2 }
      end, { x = mah.rand(40, 5, { rng = 1 }), y = mah.rand(40, 1, { rng = 2 }) }),
      case(function() return { seed = 3, stop = 2, batch_size = 16 } end, nil,
        { x = mah.rand(40, 5, { rng = 1 }):gt(0.8):float(), y = mah.randint(0, 2, 40, { rng = 2 }),
          weight = mah.rand(40, { rng = 3 }) }),
    }
  end)

  it("gives each the bits of its run alone: stopping, validation, schedules", function()
    local runs = compare({
      case(function()
        return { validation = 0.2, seed = 1, stop = mah.stop.any { mah.stop.max_iter(40),
          mah.stop.no_improvement { of = "val_score", patience = 2 } } }
      end),
      case(function() return { validation = clouds(20, 5, 9), seed = 2, stop = 5 } end),
      case(function()
        return { seed = 3, stop = 6, schedule = mah.schedule.step { step_size = 2 } }
      end),
      case(function()
        return { seed = 4, stop = 6, schedule = mah.schedule.one_cycle { max_lr = 0.01 } }
      end),
      case(function() return { seed = 5, stop = 4, clip_norm = 0.1 } end),
      case(function() return { seed = 6, stop = 4, shuffle = false } end),
      case(function()
        return { seed = 7, stop = function(s) return s.epoch == 2 and "two" end }
      end),
    }, { batch_size = 16 })
    assert.equal("two", runs[7].stop_reason.text)
    assert.is_true(runs[1].n_iter < 40)
  end)

  it("trains what a run has when its turn comes, whoever changed it", function()
    local data, nets, solvers, settings = clouds(40, 5), {}, {}, { batch_size = 8, stop = 3 }
    for i = 1, 3 do
      nets[i], solvers[i] = new_net(i), mah.solver.adam()
      settings[i] = { seed = i, solver = solvers[i] }
    end
    local steps
    settings[2].on_epoch = function(s) -- while the first run waits for its third epoch
      if s.epoch ~= 2 then return end
      nets[1].params = nets[1].params:clone()
      solvers[1]:reset()
      collectgarbage()
      collectgarbage()
    end
    settings[1].on_epoch = function(s) steps = s.solver.t end
    local runs = mah.train_many(nets, data, settings)
    assert.equal("max_iter", runs[1].stop_reason.rule)
    assert.equal(5, steps) -- since it was reset
    local alone = new_net(1)
    mah.train(alone, data, { batch_size = 8, stop = 3, seed = 1, on_epoch = function(s)
      if s.epoch == 2 then s.solver:reset() end
    end })
    assert.is_true(alone.params:equal(nets[1].params))
  end)

  it("begins each with a solver that remembers nothing, whoever used it before", function()
    local data, solver, settings = clouds(40, 5), mah.solver.adam(), { batch_size = 8, stop = 2 }
    mah.train(new_net(9, { units = 3 }), data, { solver = solver, stop = 1, seed = 1 })
    settings[1] = { seed = 1, solver = function(evaluate, w) return (evaluate(w)) end,
      on_epoch = function() -- all of its epochs come before the others'
        solver:reset()
        solver(function(w) return 1, w end, new_net(7).params)
      end }
    settings[2], settings[3] = { seed = 2, solver = solver }, { seed = 3, solver = solver }
    local nets = { new_net(1), new_net(2), new_net(3) }
    mah.train_many(nets, data, settings)
    for i = 2, 3 do
      local alone = new_net(i)
      mah.train(alone, data, { batch_size = 8, stop = 2, seed = i })
      assert.is_true(alone.params:equal(nets[i].params))
    end
  end)

  it("leaves a solver as it is where a run is refused", function()
    local solver, data = mah.solver.adam(), clouds(40, 5)
    mah.train(new_net(1), data, { solver = solver, stop = 1, batch_size = 10, seed = 1 })
    message(function()
      mah.train_many({ new_net(1), 5 }, data, { { solver = solver }, {} })
    end)
    assert.equal(4, solver.t)
  end)

  it("lets none train parameters that another one trains, too", function()
    local nets = { new_net(1), new_net(2), new_net(3) }
    nets[3].params = nets[1].params
    mah.warnings(false)
    local runs = mah.train_many(nets, clouds(40, 5), { batch_size = 8, stop = 2, seed = 1 })
    assert.same({ "error", "max_iter", "error" }, { runs[1].stop_reason.rule,
      runs[2].stop_reason.rule, runs[3].stop_reason.rule })
    assert.truthy(runs[3].stop_reason.text:find("clash", 1, true))
  end)

  it("gives each the bits of its run alone: data that they share, for any number of threads",
    function()
      local rng, before = mah.rng(5), mah.threads()
      local data = { x = rng:normal(0, 1, 200, 5), y = rng:integers(0, 2, 200) }
      data.x = data.x:gt(1):float() -- mostly zeros
      local function settings(i)
        return { seed = i, stop = 3, batch_size = 20 + i, validation = i % 2 == 0 and data or nil }
      end
      for threads = 1, 3 do
        mah.threads(threads)
        local cases = {}
        for i = 1, 7 do
          cases[i] = case(function() return settings(i) end, function()
            return new_net(i, { dtype = i == 3 and "float64" or nil, dropout = i % 3 / 10 })
          end, data)
        end
        compare(cases)
      end
      mah.threads(before)
    end)

  it("makes once what several want of the same data", function()
    local C = require "mah.base.library"
    local data = clouds(4000, 100)
    data.x = data.x:gt(2):float() -- mostly zeros
    local function live(n)
      local nets = {}
      for i = 1, n do nets[i] = mah.mlp { 100, { 2, "relu" }, { 3, "softmax" }, seed = i } end
      collectgarbage()
      local most, start = 0, C.mah_memory_live()
      mah.train_many(nets, data, { stop = 1, batch_size = 10, seed = 1,
        on_epoch = function() most = math.max(most, tonumber(C.mah_memory_live() - start)) end })
      return most
    end
    local one, nine = live(1), live(9)
    assert.is_true(nine < 9 * one / 2, ("%d bytes for one, %d for nine"):format(one, nine))
  end)

  it("takes settings for all, and copies of a solver for each", function()
    local data, nets = clouds(100, 5), { new_net(1), new_net(2), new_net(3) }
    local solver = mah.solver.adam { lr = 0.01 }
    local runs = mah.train_many(nets, data, { solver = solver, stop = 3, batch_size = 16, seed = 5,
      threads = 1, { seed = 1 }, { stop = 2 }, { solver = "sgd" } })
    assert.same({ 3, 2, 3 }, { runs[1].n_iter, runs[2].n_iter, runs[3].n_iter })
    assert.same({ 1, 5, 5 }, { runs[1].seed, runs[2].seed, runs[3].seed })
    for i, o in ipairs { { stop = 3, seed = 1 }, { stop = 2, seed = 5 } } do
      local net = new_net(i)
      o.solver, o.batch_size = mah.solver.adam { lr = 0.01 }, 16
      mah.train(net, data, o)
      assert.is_true(net.params:equal(nets[i].params))
    end
    local one = mah.train_many({ new_net(1) }, data, { stop = 1 })
    assert.equal(1, one[1].n_iter)
  end)

  it("leaves what it can where a run fails, and says so", function()
    local warn = require "mah.base.warn"
    local data, said, before = clouds(60, 5), {}, warn.to
    local function settings(i)
      return { solver = mah.solver.sgd { lr = i == 2 and 1e30 or 0.01 }, stop = 4, seed = i,
        on_epoch = i == 3 and function(s) if s.epoch == 3 then error "enough" end end or nil }
    end
    local nets = { new_net(1), new_net(2), new_net(3), new_net(4) }
    warn.to = function(_, text) said[#said + 1] = text end
    local ok, runs = pcall(mah.train_many, nets, data,
      { batch_size = 16, settings(1), settings(2), settings(3), settings(4) })
    warn.to = before
    assert(ok, runs)
    assert.equal(1, #said)
    assert.matches("2 of 4 runs failed %(2, 3%); run 2: mah.train: the training diverged", said[1])
    assert.same({ "max_iter", "error", "error", "max_iter" }, { runs[1].stop_reason.rule,
      runs[2].stop_reason.rule, runs[3].stop_reason.rule, runs[4].stop_reason.rule })
    assert.matches("enough", runs[3].stop_reason.text)
    assert.equal(3, #runs[3].history.loss)
    local net = new_net(4)
    local o = settings(4)
    o.batch_size = 16
    mah.train(net, data, o)
    assert.is_true(net.params:equal(nets[4].params))
    assert.matches("2 of 2 runs failed", message(function()
      mah.train_many({ new_net(1), new_net(2) }, data,
        { solver = mah.solver.sgd { lr = 1e30 }, batch_size = 16, stop = 3, seed = 1 })
    end))
  end)

  it("is ended by Ctrl-C as a whole", function()
    local data, ended = clouds(60, 5), {}
    local said = message(function()
      mah.train_many({ new_net(1), new_net(2), new_net(3) }, data, { stop = 5, batch_size = 16,
        on_epoch = function(s)
          ended[#ended + 1] = s.epoch
          if s.epoch == 2 then require("mah.base.library").mah_interrupt_request() end
        end })
    end)
    assert.matches("train_many_spec.lua:%d+: interrupted$", said)
    assert.equal(0, require("mah.base.library").mah_interrupt_requested())
    assert.is_true(#ended <= 6)
    mah.train(new_net(1), data, { stop = 1 })
  end)

  it("names the run that is wrong, before anything is trained", function()
    local data = clouds(60, 5)
    local one, two = new_net(1), new_net(2)
    local untouched = one.params:clone()
    local function own_solver(evaluate, w) return (evaluate(w)) end
    for _, wrong in ipairs {
      { "a list of networks is expected", one, data, {} },
      { "the list of networks is empty", {}, data, {} },
      { "a list of networks is expected, got a table without", { a = one }, data, {} },
      { "a hole before run 3", { one, nil, two }, data, {} },
      { "run 2 has the network of run 1", { one, one }, data, {} },
      { "run 2: mah.train: a network is expected", { one, 5 }, data, {} },
      { "2 networks and 1 data sets", { one, two }, { data }, {} },
      { "2 networks, and settings of 1 runs", { one, two }, data, { { seed = 1 } } },
      { "2 networks, and settings of 1 runs", { one, two }, data, { [5] = { seed = 1 } } },
      { "2 networks, and settings of 2 runs", { one, two }, data, { {}, [3] = { seed = 1 } } },
      { "run 2: mah.train.*did you mean 'batch_size'", { one, two }, data,
        { {}, { batch_sz = 1 } } },
      { "run 2: mah.train: data has an unknown field", { one, two }, { data, { x = data.x,
        y = data.y, z = 1 } }, {} },
      { "threads is for all runs, and not for run 1", { one, two }, data, { { threads = 1 }, {} } },
      { "the settings of run 1 must be a table", { one, two }, data, { 3, {} } },
      { "settings must be a table", { one, two }, data, 3 },
      { "run 2 has the solver of run 1", { one, two }, data, { solver = own_solver } },
      { "run 2 has the generator of run 1", { one, two }, data, { rng = mah.rng(1) } },
    } do
      local said = message(function() mah.train_many(wrong[2], wrong[3], wrong[4]) end)
      assert.matches("train_many_spec.lua:%d+: mah.train_many: ", said)
      assert.matches(wrong[1], said)
    end
    assert.is_true(untouched:equal(one.params))
  end)
end)
