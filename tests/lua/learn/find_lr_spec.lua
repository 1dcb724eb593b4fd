local golden = require "golden"
local mah = require "mah"

local x, y = mah.randn(160, 4, { rng = 1 }), mah.randint(0, 2, 160, { rng = 2 })
local data = { x = x, y = y }

local function new_net(o)
  return mah.mlp { 4, { 8, "tanh", dropout = o and o.dropout or 0 }, { 3, "softmax" }, seed = 1,
    dtype = o and o.dtype }
end

--- The i-th of n rates.
local function rate(from, to, n, i) return from * (to / from) ^ ((i - 1) / (n - 1)) end

describe("mah.train.find_lr", function()
  it("takes the steps of a training whose rate grows", function()
    for _, o in ipairs { {}, { dropout = 0.3, dtype = "float64" } } do
      for _, name in ipairs { "adam", "sgd", "rmsprop", "nadam" } do
        local given = { from = 1e-5, to = 1e-1, steps = 21, batch_size = 16, seed = 3, l2 = 1e-3,
          clip_norm = 5, accumulate = 2, freeze = 1, solver = name }
        local found = mah.train.find_lr(new_net(o), data, given)
        local losses, rates = {}, {}
        local solver = mah.solver[name]()
        mah.train(new_net(o), data, { batch_size = 16, seed = 3, l2 = 1e-3, clip_norm = 5,
          accumulate = 2, freeze = 1, solver = solver, stop = 5,
          schedule = mah.schedule.per_step(function(s) return rate(1e-5, 1e-1, 21, s.step + 1) end),
          on_batch = function(s)
            losses[#losses + 1], rates[#rates + 1] = s.batch_loss, solver.lr
          end })
        assert.equal(25, #losses) -- five epochs
        assert.same({ unpack(losses, 1, 21) }, found.loss)
        assert.same({ unpack(rates, 1, 21) }, found.lr)
        assert.near(1e-5, found.lr[1], 1e-20)
        assert.near(1e-1, found.lr[21], 1e-16)
      end
    end
  end)

  it("smooths the losses, and suggests where they fall fastest", function()
    local found = mah.train.find_lr(new_net(), data, { seed = 1, batch_size = 40, steps = 60,
      smoothing = 0.8 })
    local m, steepest, suggestion = 0, 0, nil
    for i, loss in ipairs(found.loss) do
      m = 0.8 * m + 0.2 * loss
      assert.near(m / (1 - 0.8 ^ i), found.smoothed[i], 1e-12)
    end
    for i = 7, #found.lr - 6 do -- not the first tenth, nor the last five steps
      local slope = (found.smoothed[i + 1] - found.smoothed[i])
        / (math.log(found.lr[i + 1]) - math.log(found.lr[i]))
      if slope < steepest then steepest, suggestion = slope, found.lr[i] end
    end
    assert.is_truthy(suggestion)
    assert.equal(suggestion, found.suggestion)
    local plain = mah.train.find_lr(new_net(), data, { seed = 1, batch_size = 40, smoothing = 0 })
    assert.same(plain.loss, plain.smoothed)
  end)

  it("suggests a rate at which a bowl of known curvature converges", function()
    local inputs = mah.randn(400, 5, { rng = 1 })
    local set = { x = inputs, y = inputs:sum(2):reshape(-1, 1) }
    local net = mah.mlp { 5, { 1, "identity" }, seed = 1, loss = "squared_error" }
    local found = mah.train.find_lr(net, set, { batch_size = 400, seed = 1,
      solver = mah.solver.sgd { momentum = 0, nesterov = false } })
    -- steps of more than 2 over the largest curvature, which is near 1, diverge
    assert.is_true(found.suggestion > 0.01 and found.suggestion < 1.5, tostring(found))
  end)

  it("ends when the loss has grown", function()
    local given = { seed = 1, batch_size = 40, steps = 50, from = 1e-3, to = 1e4, solver = "sgd" }
    local short = mah.train.find_lr(new_net(), data, given)
    given.early_stop_threshold = math.huge
    local long = mah.train.find_lr(new_net(), data, given)
    assert.is_true(#short.lr < 50)
    assert.equal(50, #long.lr)
    local best = math.huge
    for i, value in ipairs(short.smoothed) do
      best = math.min(best, value)
      assert.equal(i == #short.lr, value > 4 * best)
      assert.equal(long.smoothed[i], value)
    end
  end)

  it("ends where the loss is not finite", function()
    local net = mah.mlp { 4, { 1, "identity" }, seed = 1 }
    local found = mah.train.find_lr(net, { x = x, y = x:sum(2):reshape(-1, 1) }, { seed = 1,
      solver = "sgd", from = 1, to = 1e30, steps = 20, early_stop_threshold = math.huge })
    assert.is_true(#found.lr < 20)
    for _, loss in ipairs(found.loss) do assert.is_true(loss - loss == 0) end
  end)

  it("leaves network and solver as they were", function()
    local net = new_net()
    local solver = mah.solver.adam { lr = 0.01 }
    mah.train(net, data, { solver = solver, stop = 1, seed = 1 })
    local before, lr, t, m = net.params:clone(), solver.lr, solver.t, solver.m:clone()
    local bytes = { x = mah.randint(0, 255, 160, 4, { rng = 1 }):to "uint8", y = y,
      scale = 1 / 255 }
    mah.train.find_lr(net, bytes, { solver = solver, seed = 1 })
    assert.is_true(net.params:equal(before))
    assert.equal(1, net.input_scale)
    assert.equal(lr, solver.lr)
    assert.equal(t, solver.t)
    assert.is_true(m:equal(solver.m))
    local straight = new_net()
    mah.train(straight, data, { solver = mah.solver.adam { lr = 0.01 }, stop = 2, seed = 1 })
    mah.train(net, data, { resume = true, stop = 2 })
    assert.is_true(straight.params:equal(net.params))
  end)

  it("leaves what a network keeps beside its parameters as it was", function()
    local nn = mah.nn
    local net = mah.network { forward = nn.Sequential { nn.Linear { 4, 8 }, nn.BatchNorm { 8 },
      nn.Tanh {}, nn.Dropout { 0.2 }, nn.Linear { 8, 3 } }, loss = "cross_entropy", seed = 1 }
    mah.train(net, data, { stop = 1, seed = 1 })
    local params, buffers = net.params:clone(), net.buffers:clone()
    assert.is_true(#buffers >= 16)
    local found = mah.train.find_lr(net, data, { seed = 1, batch_size = 40, solver = "radam" })
    assert.is_true(#found.lr > 50 and found.suggestion > 1e-6)
    assert.is_true(net.params:equal(params))
    assert.is_true(net.buffers:equal(buffers))
  end)

  it("leaves them so when it breaks off", function()
    local net, calls = new_net(), 0
    local before = net.params:clone()
    local own = setmetatable({ lr = 0.5, velocity = mah.zeros(#before), list = {} }, {
      __call = function(self, evaluate, w)
        local loss, g = evaluate(w)
        self.velocity:mul_(0.9):axpy_(-self.lr, g)
        w:add_(self.velocity)
        calls = calls + 1
        if calls == 12 then error "enough" end
        return loss
      end,
    })
    assert.matches("enough", golden.message(function()
      mah.train.find_lr(net, data, { solver = own, batch_size = 32, seed = 1 })
    end))
    assert.equal(12, calls)
    assert.is_true(net.params:equal(before))
    assert.equal(0.5, own.lr)
    assert.equal(0, own.velocity:norm())
  end)

  it("has a picture, and a text", function()
    local found = mah.train.find_lr(new_net(), data, { seed = 1, batch_size = 40 })
    local svg = found:plot({ title = "Rates" }):svg()
    for _, text in ipairs { "Rates", "learning rate", "loss", "mini-batch", "smoothed",
      ("%.2g"):format(found.suggestion) } do
      assert.is_truthy(svg:find(text, 1, true), text)
    end
    assert.is_truthy(found:plot({ lang = "fa", log_y = true }):svg():find("نرخ یادگیری", 1, true))
    assert.matches("^range test of %d+ learning rates, 1e%-07 to .*; suggestion [%d.e-]+$",
      tostring(found))
    found.suggestion = nil
    assert.matches("suggestion none", tostring(found))
    assert.is_falsy(found:plot():svg():find("stroke-dasharray=\"4", 1, true))
    assert.error_matches(function() found:plot { tilte = "" } end, "did you mean 'title'")
    assert.error_matches(function() return found.sugestion end, "did you mean 'suggestion'")
  end)

  it("explains what is wrong, at the caller's line", function()
    local net = new_net()
    local function says(text, f)
      local said = golden.message(f)
      assert.is_truthy(said:find(text, 1, true), said)
      assert.matches("tests/lua/learn/find_lr_spec.lua:%d+: ", said)
    end
    says("mah.train.find_lr: from = 1 must be less than to = 0.1", function()
      mah.train.find_lr(net, data, { from = 1, to = 0.1 })
    end)
    says("unknown option \"num_it\"; write steps = 100", function()
      mah.train.find_lr(net, data, { num_it = 50 })
    end)
    says("steps must be an integer in [2, inf); got 1", function()
      mah.train.find_lr(net, data, { steps = 1 })
    end)
    says("did you mean 'adam'", function() mah.train.find_lr(net, data, { solver = "adma" }) end)
    for _, solver in ipairs { "lbfgs", "rprop", function() return 0 end } do
      says("the solver has no learning rate `lr` that could be tried", function()
        mah.train.find_lr(net, data, { solver = solver })
      end)
    end
    says("a network is expected, got a table", function() mah.train.find_lr({}, data) end)
    says("data.x has shape", function() mah.train.find_lr(net, { x = x:t(), y = y }) end)
    says("mah.train has no 'find_rate'", function() mah.train.find_rate(net, data) end)
    says("mah.train: unknown option \"epochs\"", function()
      mah.train(net, data, { epochs = 1 })
    end)
  end)
end)
