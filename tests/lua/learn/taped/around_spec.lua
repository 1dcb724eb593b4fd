-- What happens around a step of a network of a function in Lua: averages with buffers, groups,
-- norms, and gradients of several mini-batches.
local mah = require "mah"

local x = mah.randn(47, 6, { rng = mah.rng(1), dtype = "float64" })
local y = mah.randint(0, 2, { 47 }, { rng = mah.rng(2), dtype = "int32" })
local weight = (mah.rand(47, { rng = mah.rng(3) }) + 0.2):double()

--- The same layers as of mah.mlp; `more` (p, h, training) -> h comes before the last one.
local function new_net(more, limit)
  local net = mah.network {
    params = { l1 = { W = { 6, 5, max_norm = limit }, b = { 5 } }, l2 = { W = { 5, 3 }, b = { 3 } },
      mean = { 5, buffer = true } },
    forward = function(p, rows, training)
      local h = (rows:matmul(p.l1.W) + p.l1.b):tanh()
      if more then h = more(p, h, training) end
      return h:matmul(p.l2.W) + p.l2.b
    end,
    loss = "cross_entropy", dtype = "float64", seed = 1,
  }
  return net
end

local function new_mlp(limit)
  local net, of = mah.mlp { 6, { 5, "tanh", max_norm = limit }, { 3, "softmax" },
    dtype = "float64" }, new_net()
  for i = 1, 2 do
    net.layers[i].weight:copy_(of.parameters["l" .. i].W)
    net.layers[i].bias:copy_(of.parameters["l" .. i].b)
  end
  return net
end

local function train(net, settings)
  local o = { batch_size = 10, stop = 3, seed = 1, validation = 0.2, restore_best = false }
  for name, value in pairs(settings) do o[name] = value end
  o.solver = mah.solver.adamw { lr = 0.02 }
  local run = mah.train(net, { x = x, y = y, weight = weight }, o)
  return net, run
end

local function close(taped, net)
  for i = 1, 2 do
    local p = taped.parameters["l" .. i]
    assert.near(0, (p.W - net.layers[i].weight):abs():max(), 1e-12)
    assert.near(0, (p.b - net.layers[i].bias):abs():max(), 1e-12)
  end
end

local function both(settings, own, limit)
  local of_taped, of_mlp = {}, {}
  for name, value in pairs(settings) do of_taped[name], of_mlp[name] = value, value end
  for name, pair in pairs(own or {}) do of_taped[name], of_mlp[name] = pair[1], pair[2] end
  local taped, run = train(new_net(nil, limit), of_taped)
  local net, run2 = train(new_mlp(limit), of_mlp)
  close(taped, net)
  for i = 1, 3 do assert.near(run2.history.val_loss[i], run.history.val_loss[i], 1e-12) end
  return taped
end

describe("a network of a function in Lua is trained as the layers of mah.mlp", function()
  it("with an average", function()
    both { average = mah.average.ema { decay = 0.8 } }
    both { average = mah.average.swa { start = 2 } }
  end)

  it("with groups, and frozen", function()
    both({}, { groups = {
      { { params = { "l1" }, lr_scale = 0.5 }, { params = { "l2.b" }, weight_decay = 0 } },
      { { layers = 1, lr_scale = 0.5 }, { params = { "2.bias" }, weight_decay = 0 } },
    } })
    local taped = both({}, { freeze = { { "l1.W" }, { "1.weight" } } })
    assert.is_true(taped.parameters.l1.W:equal(new_net().parameters.l1.W))
  end)

  it("with norms", function()
    local taped = both({}, nil, 0.6)
    local W = taped.parameters.l1.W
    assert.near(0.6, (W * W):sum(1):sqrt():max(), 1e-12)
  end)

  it("with gradients of several mini-batches", function()
    both { accumulate = 3, l1 = 0.01, l2 = 0.1 }
    both { accumulate = 2, batch_size = 4 }
  end)
end)

describe("gradients of several mini-batches", function()
  it("come from rows of their own, with random numbers of their own, step by step", function()
    local counts, steps, draws = {}, {}, {}
    local net = new_net(function(_, h, training)
      if training then
        counts[#counts + 1], steps[#steps + 1] = h.shape[1], training.step
        draws[#draws + 1] = training.rng:u32()
      end
      return h
    end)
    local seen = {}
    train(net, { accumulate = 2, stop = 1, validation = { x = x, y = y },
      on_batch = function(s) seen[#seen + 1] = s.step end })
    assert.same({ 10, 10, 10, 10, 7 }, counts)
    assert.same({ 1, 2, 3, 4, 5 }, steps)
    for i = 2, 5 do assert.is_false(draws[i] == draws[i - 1]) end
    assert.equal(3, #seen)
  end)
end)

describe("a deep network of mah.mlp", function()
  local function deep(limit)
    return mah.mlp { 6, { 5, "tanh", norm = "batch", max_norm = limit }, { 5, "tanh",
      residual = true }, { 3, "softmax" }, seed = 1, dtype = "float64" }
  end

  it("has layers by their numbers, norms and averages", function()
    local start = deep()
    local net = train(deep(0.5), { freeze = { 2 }, average = mah.average.swa { start = 1 },
      groups = { { layers = 1, lr_scale = 0.1 } } })
    assert.is_true(net.layers[2].weight:equal(start.layers[2].weight))
    assert.is_false(net.parameters[1].norm.weight:equal(start.parameters[1].norm.weight))
    local W = net.layers[1].weight
    assert.is_true((W * W):sum(1):sqrt():max() < 0.5 + 1e-9)
    assert.truthy(tostring(net):find("(batch norm, max_norm 0.5)", 1, true))
    local path = os.tmpname() .. ".safetensors"
    net:save(path)
    assert.equal(0.5, mah.load(path).layers[1].max_norm)
    os.remove(path)
  end)

  it("goes on with a training, its average and its buffers, bit for bit", function()
    for _, average in ipairs { mah.average.ema { decay = 0.9 }, mah.average.swa { start = 2 } } do
      for _, restores in ipairs { false, true } do
        local o = { average = average, stop = 6, restore_best = restores, accumulate = 2 }
        local whole, run = train(deep(), o)
        o.stop = 3
        local half = train(deep(), o)
        o.stop, o.resume, o.seed = 6, true, nil
        local _, rest = train(half, o)
        assert.is_true(half.params:equal(whole.params))
        assert.is_true(half.buffers:equal(whole.buffers))
        assert.same(run.history.val_loss, rest.history.val_loss)
      end
    end
  end)
end)

describe("buffers", function()
  --- Counts its evaluations in training.
  local function counting(p, h, training)
    if training then p.mean:add_(1) end
    return h
  end

  it("are averaged as the weights are, and the training goes on with its own", function()
    local own = {}
    local net = train(new_net(counting), { average = mah.average.ema { decay = 0.5 }, stop = 1,
      on_epoch = function(s) own[#own + 1] = s.net.buffers[1] end })
    assert.same({ 4 }, own)
    assert.near(1 / 8 + 2 / 8 + 3 / 4 + 4 / 2, net.buffers[1], 1e-12)
    net = train(new_net(counting), { average = mah.average.swa { start = 2 } })
    assert.near((8 + 12) / 2, net.buffers[1], 1e-12)
  end)

  it("come back from a checkpoint", function()
    local path = os.tmpname()
    local function run(dies)
      local net = new_net(counting)
      local ok = pcall(train, net, { average = mah.average.ema { decay = 0.9 }, accumulate = 2,
        freeze = "l1.b", checkpoint = { path = path, seconds = 1e-9 }, stop = 4,
        on_epoch = function(s) if dies and s.epoch == 3 then error "killed" end end })
      return net, ok
    end
    os.remove(path)
    local whole = run(false)
    local _, ok = run(true)
    assert.is_false(ok)
    assert.is_true(mah.file.exists(path))
    local net = run(false)
    assert.is_true(net.params:equal(whole.params))
    assert.is_true(net.buffers:equal(whole.buffers))
    os.remove(path)
  end)
end)
