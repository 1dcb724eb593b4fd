-- Trainings of networks of functions: memory, side by side, in sweeps.
local C = require "mah.base.library"
local mah = require "mah"

local x = mah.randn(200, 4, { rng = 1 })
local y = x:sum(2):gt(0):int()
local data = { x = x, y = y }

local function new(seed)
  local nn = mah.nn
  return mah.network { seed = seed, loss = "cross_entropy",
    forward = nn.Sequential { nn.Linear { 4, 16 }, nn.BatchNorm { 16 }, nn.Tanh {},
      nn.Residual { nn.Linear { 16, 16 }, nn.Dropout { 0.2 } }, nn.Linear { 16, 2 } } }
end

local function live()
  collectgarbage()
  collectgarbage()
  return tonumber(C.mah_memory_live()), collectgarbage "count"
end

describe("a training of a network of a function", function()
  it("takes no more memory after 10,000 steps than after some", function()
    local net, tensors, lua = new(1), nil, nil
    mah.train(net, data, { seed = 1, batch_size = 30, stop = 1430, on_epoch = function(s)
      if s.epoch == 100 then tensors, lua = live() end
      if s.epoch < 1430 then return end
      assert.equal(10010, s.step)
      local now, now_lua = live()
      assert.is_true(now <= tensors, ("%d bytes of tensors, and %d"):format(tensors, now))
      assert.is_true(now_lua < lua + 300, ("%d KB of Lua, and %d"):format(lua, now_lua))
    end })
    assert.is_number(tensors)
  end)

  it("makes no tensor a step that it had not before, and has room for the last batch", function()
    local net = mah.network { params = { W = { 4, 900 }, b = { 900 }, V = { 900, 2 } }, seed = 1,
      loss = function(scores) return scores:square():mean() end,
      forward = function(p, rows) return (rows:matmul(p.W) + p.b):tanh():matmul(p.V) end }
    local seen = {}
    mah.train(net, data, { seed = 1, batch_size = 30, stop = 6, l1 = 1e-3, on_batch = function(s)
      collectgarbage "stop"
      seen[#seen + 1] = tonumber(C.mah_memory_live())
      if s.epoch == 6 and s.batch == 7 then collectgarbage "restart" end
    end })
    local grown = seen[42] - seen[35]
    assert.is_true(grown < 7 * 4096, grown .. " bytes in an epoch of seven steps")
  end)

  it("ends between two steps where somebody wants that, and can go on", function()
    local net, last = new(1), nil
    local function train(options)
      options.batch_size, options.on_batch = 30, function(s)
        if s.batch == 3 and not options.resume then C.mah_interrupt_request() end
        last = s.net.params:clone()
      end
      return pcall(mah.train, net, data, options)
    end
    local ok, said = train { seed = 1, stop = 2 }
    assert.is_false(ok)
    assert.matches("training_spec.lua:%d+: interrupted$", said)
    assert.equal(0, C.mah_interrupt_requested())
    assert.is_true(last:equal(net.params))
    assert.is_true(train { stop = 2, resume = true })
  end)

  it("has the same bits on any number of threads", function()
    local nn, digits = mah.nn, mah.data.digits { n = 800, seed = 1 }.train
    local layers = nn.Sequential { nn.Linear { 784, 256 }, nn.BatchNorm { 256 }, nn.ReLU {},
      nn.Residual { nn.Linear { 256, 256 }, nn.LayerNorm { 256 }, nn.Tanh {}, nn.Dropout { 0.3 } },
      nn.Linear { 256, 10 } }
    local first, curve
    for _, threads in ipairs { 1, 2, 3 } do
      local net = mah.network { forward = layers, loss = "cross_entropy", seed = 1 }
      local run = mah.train(net, digits, { stop = 2, seed = 1, batch_size = 300, l2 = 1e-3,
        validation = 0.1, threads = threads })
      first, curve = first or net, curve or run.history
      assert.is_true(first.params:equal(net.params), threads .. " threads")
      assert.is_true(first.buffers:equal(net.buffers))
      assert.same(curve.val_loss, run.history.val_loss)
    end
  end)

  it("is the same alone and side by side", function()
    local nets, alone = { new(1), new(2) }, new(2)
    local settings = { batch_size = 32, stop = 4, validation = 0.2, { seed = 1 }, { seed = 5 } }
    local runs = mah.train_many(nets, data, settings)
    local run = mah.train(alone, data, { batch_size = 32, stop = 4, validation = 0.2, seed = 5 })
    assert.is_true(alone.params:equal(nets[2].params))
    assert.is_true(alone.buffers:equal(nets[2].buffers))
    assert.same(run.history.loss, runs[2].history.loss)
    local ensemble = mah.ensemble(nets)
    local p = (nets[1](x):softmax(2) + nets[2](x):softmax(2)) / 2
    assert.is_true((p - ensemble:predict_proba(x)):abs():max() < 1e-6)
    assert.is_true((p:argmax(2) - 1):equal(ensemble:predict(x)))
    assert.is_true(ensemble:score(x, y) > 0.5)
  end)

  it("is a trial of a sweep", function()
    local path = os.tmpname()
    local study = mah.sweep { name = "functions", store = path .. ".db", grid = { seed = { 1, 2 } },
      checkpoint = 60, trial = function(p)
        local net = new(p.seed)
        local run = mah.train(net, data, { batch_size = 32, stop = 3, seed = p.seed })
        return { loss = run.history.loss[3], sum = net.params:sum() }
      end }
    study:run { jobs = 2 }
    for _, row in ipairs(study:results()) do
      local net = new(row.params.seed)
      mah.train(net, data, { batch_size = 32, stop = 3, seed = row.params.seed })
      assert.equal("done", row.status)
      assert.equal(net.params:sum(), row.result.sum)
    end
    os.remove(path)
    os.remove(path .. ".db")
  end)
end)
