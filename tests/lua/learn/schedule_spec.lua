local mah = require "mah"
local schedule = mah.schedule

--- The learning rates of the first n epochs; lr = 1, 4 steps in an epoch of 10 rows.
local function by_epoch(rate, n, more)
  local out = {}
  for epoch = 1, n do
    local s = { epoch = epoch, step = 4 * (epoch - 1), samples = 10 * (epoch - 1), lr = 1 }
    for k, v in pairs(more or {}) do s[k] = v end
    out[epoch] = rate(s)
  end
  return out
end

--- The same for the first n steps.
local function by_step(rate, n, more)
  local out = {}
  for step = 0, n - 1 do
    local s = { epoch = math.floor(step / 4) + 1, step = step, lr = 1, batches = 4 }
    for k, v in pairs(more or {}) do s[k] = v end
    out[step + 1] = rate(s)
  end
  return out
end

local function assert_rates(expected, got)
  assert.equal(#expected, #got)
  for i = 1, #expected do assert.near(expected[i], got[i], 1e-12) end
end

describe("mah.schedule", function()
  it("constant, step and exponential", function()
    assert_rates({ 1, 1 }, by_epoch(schedule.constant(), 2))
    assert_rates({ 1, 1, 0.5, 0.5, 0.25 },
      by_epoch(schedule.step { step_size = 2, gamma = 0.5 }, 5))
    assert_rates({ 1, 0.9, 0.81 }, by_epoch(schedule.exponential { gamma = 0.9 }, 3))
  end)

  it("inverse_scaling, by steps, samples or epochs", function()
    assert_rates({ 1, 5 ^ -0.5, 9 ^ -0.5 }, by_epoch(schedule.inverse_scaling(), 3))
    assert_rates({ 1, 11 ^ -0.25 },
      by_epoch(schedule.inverse_scaling { power = 0.25, of = "samples" }, 2))
    assert_rates({ 1, 0.5 }, by_epoch(schedule.inverse_scaling { power = 1, of = "epoch" }, 2))
  end)

  it("cosine, by epochs and by steps", function()
    local half = { 1, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2, 0, 0 }
    assert_rates(half, by_epoch(schedule.cosine { epochs = 4 }, 6))
    assert_rates(half, by_epoch(schedule.cosine(), 6, { max_iter = 4 }))
    assert_rates(half, by_step(schedule.cosine { epochs = 1, per_step = true }, 6))
    assert_rates({ 1, 0.55, 0.1 }, by_epoch(schedule.cosine { epochs = 2, min_lr = 0.1 }, 3))
    assert.is_true(schedule.cosine { per_step = true }.per_step)
    assert.is_false(schedule.cosine().per_step)
  end)

  -- torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=10): peak after 0.3 * 10 - 1 = 2
  -- steps, then 7
  it("one_cycle rises and falls", function()
    local expected, down = { 0.04, 0.52, 1 }, 0.04 / 1e4
    for k = 1, 7 do expected[3 + k] = down + (1 - down) * (1 + math.cos(math.pi * k / 7)) / 2 end
    assert_rates(expected, by_epoch(schedule.one_cycle { epochs = 10, per_step = false }, 10))
    assert_rates(expected, by_step(schedule.one_cycle { epochs = 2.5 }, 10))
    assert_rates({ 0.04 * 3, 0.52 * 3 },
      by_step(schedule.one_cycle { epochs = 2.5, max_lr = 3 }, 2))
    assert_rates({ down },
      { schedule.one_cycle { epochs = 2 } { epoch = 9, step = 99, lr = 1, batches = 4 } })
  end)

  -- PyTorch's, of tests/golden/make_solvers.py
  it("cosine_warm_restarts, polynomial and cyclic, by epochs and by steps", function()
    local seen = {}
    for _, case in ipairs(mah.json.decode(mah.file.read "tests/golden/solvers.json").schedules) do
      local o = case.options
      o.per_step = false
      local by_epochs = schedule[case.name](o)
      assert.is_false(by_epochs.per_step)
      o.per_step = true
      if o.epochs then o.epochs = o.epochs / 4 end -- of four steps each
      local by_steps = schedule[case.name](o)
      assert.is_true(by_steps.per_step)
      assert_rates(case.rates, by_epoch(by_epochs, 40, { lr = 0.1 }))
      assert_rates(case.rates, by_step(by_steps, 40, { lr = 0.1 }))
      seen[case.name] = (seen[case.name] or 0) + 1
    end
    assert.same({ cosine_warm_restarts = 3, polynomial = 2, cyclic = 3 }, seen)
    assert.is_true(schedule.cyclic { max_lr = 1 }.per_step)
    assert_rates({ 1, 0.5, 0, 0 }, by_epoch(schedule.polynomial(), 4, { max_iter = 2 }))
  end)

  it("warm_up climbs to what comes after it", function()
    assert_rates({ 0.2, 0.6, 1, 1 },
      by_epoch(schedule.warm_up(nil, { epochs = 2, start_factor = 0.2 }), 4))
    local inner = schedule.exponential { gamma = 0.5 }
    assert_rates({ 0.5, 1, 0.5, 0.25 },
      by_epoch(schedule.warm_up(inner, { epochs = 1, start_factor = 0.5 }), 4))
    assert_rates({ 0.5, 0.75, 1, 0.5, 0 },
      by_epoch(schedule.warm_up(schedule.cosine(), { epochs = 2, start_factor = 0.5 }), 5,
        { max_iter = 4 }))
    local stepwise = schedule.warm_up(nil, { epochs = 1, start_factor = 0.2, per_step = true })
    assert.is_true(stepwise.per_step)
    assert_rates({ 0.2, 0.4, 0.6, 0.8, 1, 1 }, by_step(stepwise, 6))
    local both = schedule.warm_up(schedule.cosine { epochs = 1, per_step = true },
      { epochs = 1, start_factor = 0.5 })
    assert_rates({ 0.5, 0.625, 0.75, 0.875, 1, (1 + math.sqrt(0.5)) / 2, 0.5 }, by_step(both, 7))
  end)

  -- Against PyTorch's ReduceLROnPlateau (tests/golden/make_solvers.py), bit for bit.
  describe("reduce_on_plateau", function()
    local plateaus = mah.json.decode(mah.file.read "tests/golden/solvers.json").plateaus

    --- The schedule and the curves of one of them.
    local function of(case)
      local o, values = { of = case.mode == "max" and "val_score" or "val_loss" }, {}
      for k, v in pairs(case.options) do o[k == "eps" and "epsilon" or k] = v end
      for i, v in ipairs(case.values) do values[i] = v == "nan" and 0 / 0 or v end
      return schedule.reduce_on_plateau(o), { [o.of] = values }
    end

    it("gives PyTorch's rates", function()
      local drops = 0
      for i, case in ipairs(plateaus) do
        local rate, history = of(case)
        for epoch, expected in ipairs(case.rates) do
          local got = rate { epoch = epoch, lr = 0.1, history = history }
          assert.equal(expected, got, ("case %d, epoch %d"):format(i, epoch))
          if epoch > 1 and expected < case.rates[epoch - 1] then drops = drops + 1 end
        end
      end
      assert.is_true(drops > 40)
    end)

    it("begins after a warm-up with the curves from there on", function()
      local rate, history = of(plateaus[3])
      local name, later = next(history)
      local values = { -1, -1, -1 } -- which nothing would better
      for i, v in ipairs(later) do values[3 + i] = v end
      local warm = schedule.warm_up(rate, { epochs = 3, start_factor = 0.25 })
      local got = {}
      for epoch = 1, #plateaus[3].rates + 3 do
        got[epoch] = warm { epoch = epoch, lr = 0.1, first_epoch = 1,
          history = { [name] = values } }
      end
      assert_rates({ 0.025, 0.05, 0.075 }, { unpack(got, 1, 3) })
      assert.same(plateaus[3].rates, { unpack(got, 4) })
    end)

    it("looks at what was measured alike, in this training", function()
      local rate = schedule.reduce_on_plateau { of = "loss", patience = 0 }
      local history = { loss = { 1, 2, 3, 3, 2.5 } }
      local function at(more)
        local s = { epoch = 6, lr = 1, history = history }
        for k, v in pairs(more) do s[k] = v end
        return rate(s)
      end
      assert.near(1e-4, at {}, 1e-15)
      assert.near(1e-2, at { measured_from = 3 }, 1e-15) -- 2 after 1, 3 after 3
      assert.near(0.1, at { first_epoch = 3 }, 1e-15)
      assert.equal(1, at { first_epoch = 6 })
      history.loss[1], history.loss[2] = nil, nil
      assert.near(0.1, at {}, 1e-15)
    end)

    it("explains what is wrong", function()
      assert.error_matches(function() schedule.reduce_on_plateau { mode = "max" } end,
        'unknown option "mode"; write of = "val_score"')
      assert.error_matches(function() schedule.reduce_on_plateau { factor = 1 } end,
        "mah.schedule.reduce_on_plateau: factor must be a number in %(0, 1%); got 1")
      assert.error_matches(function() schedule.reduce_on_plateau { of = "val_los" } end,
        "must be one of val_loss, loss, val_score; got \"val_los\" %(did you mean 'val_loss'%?%)")
      assert.error_matches(function()
        schedule.reduce_on_plateau() { epoch = 2, lr = 1, history = { loss = { 1 } } }
      end, "there is no 'val_loss' to look at; give the training a validation set, or write of")
    end)
  end)

  it("takes functions", function()
    local own = schedule.per_step(function(s) return s.lr / (1 + s.step) end)
    assert.is_true(own.per_step)
    assert_rates({ 1, 0.5 }, by_step(own, 2))
    local warm = schedule.warm_up(function(s) return s.lr end, { epochs = 2, start_factor = 0.5 })
    assert_rates({ 0.5, 0.75, 1 }, by_epoch(warm, 3))
  end)

  it("explains what is wrong", function()
    assert.error_matches(function() schedule.step { size = 2 } end, "unknown option")
    assert.error_matches(function() schedule.cosine() { epoch = 1, step = 0, lr = 1 } end,
      "mah.schedule.cosine: tell it how many epochs there will be")
    assert.error_matches(function()
      schedule.one_cycle { epochs = 3 } { epoch = 1, step = 0, lr = 1 }
    end, "s.batches")
    assert.error_matches(function()
      schedule.inverse_scaling { of = "samples" } { epoch = 1, step = 0, lr = 1 }
    end, "does not count samples")
    assert.error_matches(function() schedule.cosine_warm_restarts {} end, "epochs is missing")
    assert.error_matches(function() schedule.cosine_warm_restarts { T_0 = 3 } end,
      'unknown option "T_0"; write epochs = 10')
    assert.error_matches(function() schedule.cyclic { max_lr = 1, mode = "triangel" } end,
      "did you mean 'triangular'")
    assert.error_matches(function() schedule.warm_up(3) end, "a schedule is expected, got 3")
    assert.error_matches(function() schedule.per_step(nil) end, "a schedule is expected, got nil")
  end)
end)
