local mah = require "mah"

local random_settings = { rotate = 15, scale = { 0.85, 1.15 }, shear = 5, shift = 2,
  elastic = { alpha = 34, sigma = 4 }, thickness = 0.5, noise = 0.1, erase = 0.3 }

describe("mah.augment", function()
  local x = mah.data.digits { n = 12, seed = 1 }.train.x

  it("leaves images as they are without settings", function()
    assert.is_true(mah.augment {}:apply(x):equal(x))
    assert.is_true(mah.augment():apply(x):equal(x))
  end)

  it("changes images by seed, epoch and row, and nothing else", function()
    local augment = mah.augment(random_settings)
    local y = augment:apply(x, { seed = 3, epoch = 2 })
    assert.is_true(y:equal(mah.augment(random_settings):apply(x, { seed = 3, epoch = 2 })))
    assert.is_false(y:equal(augment:apply(x, { seed = 4, epoch = 2 })))
    assert.is_false(y:equal(augment:apply(x, { seed = 3, epoch = 1 })))
    assert.is_true(y[{ { 1, 4 } }]:equal(augment:apply(x[{ { 1, 4 } }], { seed = 3, epoch = 2 })))
    assert.is_false(x:equal(y))
  end)

  it("takes bytes, doubles and images of any form, and leaves their dtype and shape", function()
    local augment = mah.augment { shift = { x = { 1, 1 }, y = { -1, -1 } } }
    local grid = mah.arange(1, 24):view(1, 4, 3, 2)
    local expected = mah.zeros(1, 4, 3, 2)
    expected[{ {}, { 1, 3 }, { 2, 3 } }] = grid[{ {}, { 2, 4 }, { 1, 2 } }]
    local two = mah.augment { shift = { x = { 1, 1 }, y = { -1, -1 } }, channels = 2 }
    assert.is_true(two:apply(grid):equal(expected))
    assert.is_true(two:apply(grid:byte()):equal(expected:byte()))
    assert.equal("float64", two:apply(grid:double()).dtype)
    local plain = grid:reshape(2, 4, 3)
    assert.same({ 2, 4, 3 }, augment:apply(plain).shape)
    local sized = mah.augment { shift = { x = { 1, 1 }, y = { -1, -1 } }, size = { 4, 3 } }
    assert.is_true(sized:apply(plain:reshape(2, 12)):equal(augment:apply(plain):reshape(2, 12)))
    assert.is_true(augment:apply(plain:transpose(2, 3):contiguous():transpose(2, 3))
      :equal(augment:apply(plain)))
  end)

  it("keeps images within their range where nothing is added", function()
    local y = mah.augment { rotate = 30, scale = { 0.5, 2 }, elastic = { alpha = 60, sigma = 4 },
      thickness = 2 }:apply(x)
    assert.is_true(y:min() >= 0 and y:max() <= x:max())
  end)

  it("turns counter-clockwise, and fills what comes from outside", function()
    local image = mah.zeros(1, 5, 5)
    image[{ 1, 1, 3 }] = 1 -- the top
    local left = mah.augment { rotate = { 90, 90 } }:apply(image)
    assert.is_true((left[{ 1, 3, 1 }] - 1) ^ 2 < 1e-10)
    local gone = mah.augment { shift = { x = { 9, 9 } }, fill = 0.5 }:apply(image)
    assert.is_true(gone:equal(mah.full({ 1, 5, 5 }, 0.5)))
  end)

  it("mixes rows and their targets by the same shares", function()
    local n = 400
    local eye, y = mah.eye(n), mah.arange(0, n - 1, 1, { dtype = "int32" })
    local mixed, targets = mah.augment { mixup = 0.4, size = { 1, n } }:apply(eye, { y = y })
    assert.is_true(mixed:equal(targets))
    assert.is_true(mixed:sum(2):allclose(mah.ones(n)))
    assert.equal(0, (mixed:gt(0):sum(2):gt(2)):sum())
    local own = mixed:diag()
    assert.is_true(math.abs(own:mean() - 0.5) < 0.08)
    assert.is_true(math.abs(own:var() - 0.25 / (2 * 0.4 + 1)) < 0.03) -- of Beta(a, a)
    assert.error_matches(function() mah.augment { mixup = 0.4 }:apply(x) end, "give them as y")
    for _, labels in ipairs { { -1, 0, 1 }, { -1, -2, -3 } } do
      assert.error_matches(function()
        mah.augment { mixup = 0.4 }:apply(x[{ { 1, 3 } }], { y = mah.tensor(labels, "int32") })
      end, "augment:apply: y: classes 0 ... %d are expected; got %-")
    end
  end)

  it("says what it is", function()
    assert.equal("augmentation {elastic = {alpha = 34, sigma = 4}, scale = {0.9, 1.1}}",
      tostring(mah.augment { scale = { 0.9, 1.1 }, elastic = { alpha = 34, sigma = 4 } }))
  end)

  it("refuses what is wrong, by name", function()
    for message, given in pairs {
      ["unknown option \"rotation\"; did you mean 'rotate'?"] = { rotation = 3 },
      ["scale must be a number or {from, to}; got a table"] = { scale = { 1 } },
      ["rotate must be a number or {from, to}"] = { rotate = { 2, 1 } },
      ["shift: x and y are expected; got \"z\""] = { shift = { z = 1 } },
      ["elastic: sigma is missing"] = { elastic = { alpha = 3 } },
      ["erase: chance must be a number in [0, 1]; got 2"] = { erase = 2 },
      ["size must be a number of pixels or {height, width}"] = { size = { 1, 2, 3 } },
      ["noise must be a number in [0, inf)"] = { noise = -1 },
      ["elastic: sigma must be a number in (0, 16384]"] = { elastic = { alpha = 3, sigma = 1e9 } },
    } do
      local ok, problem = pcall(mah.augment, given)
      assert.is_false(ok)
      assert.is_truthy(problem:find(message, 1, true), problem)
    end
    assert.error_matches(function() mah.augment { scale = { -1, 1 } }:apply(x) end, "scale: %-1")
    assert.error_matches(function() mah.augment {}:apply(mah.zeros(2, 5)) end,
      "5 columns are no square")
    assert.error_matches(function() mah.augment { size = 3 }:apply(x) end, "3 x 3 pixels")
    assert.error_matches(function() mah.augment {}:apply(mah.zeros(2, 4, "int32")) end,
      "got int32")
    assert.error_matches(function() mah.augment {}:aply(x) end, "did you mean 'apply'")
  end)
end)

describe("a training with augment", function()
  local data = mah.data.digits { n = 300, seed = 2 }.train
  local augment = mah.augment(random_settings)

  local function losses(given, net_given, set)
    net_given = net_given or {}
    local net = mah.mlp { 784, { 12, "relu", norm = net_given.norm }, { 10, "softmax" }, seed = 1,
      dtype = net_given.dtype }
    local o = { stop = 3, batch_size = 32, seed = 5, augment = augment }
    for name, value in pairs(given or {}) do o[name] = value end
    return mah.train(net, set or data, o).history.loss, net
  end

  it("gives the same bits for any threads, and for bytes", function()
    local one = losses { threads = 1 }
    assert.same(one, (losses { threads = 2 }))
    assert.same(one, (losses { threads = 3 }))
    local bytes = { x = (data.x * 255):round():byte(), y = data.y, scale = 1 / 255 }
    local floats = { x = bytes.x:float() * (1 / 255), y = data.y }
    for i, loss in ipairs((losses(nil, nil, bytes))) do
      assert.is_true(math.abs(loss - losses(nil, nil, floats)[i]) < 1e-5)
    end
  end)

  it("trains on other images in each epoch, and on those that apply gives", function()
    local first = losses { stop = 1, shuffle = false, solver = mah.solver.sgd { lr = 1e-30 } }
    local same = losses { stop = 2, shuffle = false, solver = mah.solver.sgd { lr = 1e-30 } }
    assert.equal(first[1], same[1])
    assert.not_equal(same[1], same[2])
    local plain = losses { stop = 2, shuffle = false, solver = mah.solver.sgd { lr = 1e-30 },
      augment = mah.augment { noise = 0 } }
    assert.equal(plain[1], plain[2])
    local shifted = mah.augment { shift = { x = { 2, 2 } } }
    local expected = losses({ stop = 1, augment = mah.augment {} }, nil,
      { x = shifted:apply(data.x), y = data.y })
    assert.same(expected, (losses { stop = 1, augment = shifted }))
  end)

  it("does so in float64, and in networks that are made in Lua", function()
    for _, given in ipairs { { dtype = "float64" }, { norm = "layer" } } do
      local changed, threaded = losses({ threads = 1 }, given), losses({ threads = 2 }, given)
      assert.same(changed, threaded)
      assert.not_same(changed, (losses({ augment = mah.augment {} }, given)))
    end
  end)

  it("mixes as apply does, with the rows that it trains on", function()
    local mixup = mah.augment { mixup = 0.4, shift = 1 }
    local sgd = mah.solver.sgd { lr = 1e-30 }
    for _, dtype in ipairs { "float32", "float64" } do
      local one = losses({ augment = mixup, threads = 1 }, { dtype = dtype })
      assert.same(one, (losses({ augment = mixup, threads = 2 }, { dtype = dtype })))
      assert.not_same(one, (losses(nil, { dtype = dtype })))
    end
    local sharp = losses { stop = 1, augment = mah.augment {}, solver = sgd }
    local soft = losses { stop = 1, augment = mah.augment { mixup = 1e-3 }, solver = sgd }
    assert.is_true(math.abs(sharp[1] - soft[1]) < 0.1) -- shares are near 0 and 1
    assert.error_matches(function() losses({ augment = mixup }, { norm = "layer" }) end,
      "mixup does not go with networks that are made in Lua")
    assert.error_matches(function()
      losses({ augment = mixup }, nil, { x = data.x, y = data.y + 1 })
    end, "mah.train: data.y: classes 0 ... 9 are expected; got 10")
  end)

  it("mixes each row with the one whose share its targets have", function()
    local net = mah.mlp { 300, { 300, "identity" }, loss = "squared_error", seed = 1,
      dtype = "float64" }
    net.params:fill_(0)
    net.layers[1].weight:copy_(mah.eye(300, { dtype = "float64" }))
    local eye = mah.eye(300, { dtype = "float64" })
    local run = mah.train(net, { x = eye, y = eye }, { stop = 2, batch_size = 32, seed = 3,
      augment = mah.augment { mixup = 1, size = { 1, 300 } },
      solver = mah.solver.sgd { lr = 1e-300 } })
    assert.same({ 0, 0 }, run.history.loss)
  end)

  it("leaves doubles as they are where nothing changes them", function()
    local x = data.x:double() + 1e-12
    assert.is_true(mah.augment { fill = 1 }:apply(x):equal(x))
    local function trained(a)
      local net = mah.mlp { 784, { 10, "softmax" }, seed = 1, dtype = "float64" }
      mah.train(net, { x = x, y = data.y }, { stop = 1, seed = 1, augment = a })
      return net.params
    end
    assert.is_true(trained():equal(trained(mah.augment {})))
  end)

  it("does the same in mah.train_many, step by step, and in parts of a step", function()
    local mixup = mah.augment { mixup = 0.4, shift = 1 }
    local given = { stop = 2, batch_size = 32, seed = 5, augment = mixup,
      solver = mah.solver.sgd { lr = 0.1 } }
    local function trained(more)
      local o = {}
      for name, value in pairs(given) do o[name] = value end
      for name, value in pairs(more) do o[name] = value end
      local net = mah.mlp { 784, { 12, "relu" }, { 10, "softmax" }, seed = 1 }
      mah.train(net, data, o)
      return net.params
    end
    local expected = trained {}
    assert.is_true(expected:equal(trained { on_batch = function() end }))
    assert.is_true(expected:allclose(trained { batch_size = 16, accumulate = 2 }))
    local nets = {}
    for i = 1, 2 do nets[i] = mah.mlp { 784, { 12, "relu" }, { 10, "softmax" }, seed = 1 } end
    mah.train_many(nets, data, given)
    assert.is_true(expected:equal(nets[1].params) and expected:equal(nets[2].params))
  end)

  it("leaves validation as it is", function()
    local function validated(a)
      local net = mah.mlp { 784, { 10, "softmax" }, seed = 1 }
      return mah.train(net, data, { stop = 1, seed = 1, validation = 0.2, augment = a,
        solver = mah.solver.sgd { lr = 1e-30 } }).history.val_loss[1]
    end
    assert.equal(validated(mah.augment {}), validated(augment))
  end)

  it("goes on with resume as if it had not stopped", function()
    local whole = losses { stop = 4 }
    local _, net = losses { stop = 2 }
    local run = mah.train(net, data, { stop = 4, batch_size = 32, augment = augment,
      resume = true })
    assert.same(whole, run.history.loss)
  end)

  it("is an option of the estimators", function()
    mah.warnings(false)
    local function fit(a)
      return mah.MLPClassifier { hidden_layer_sizes = { 8 }, max_iter = 2, random_state = 1,
        augment = a }:fit(data.x, data.y).loss_
    end
    assert.equal(fit(augment), fit(augment))
    assert.not_equal(fit(augment), fit())
    mah.warnings(true)
  end)

  it("is refused where it makes no sense", function()
    assert.error_matches(function() losses { augment = {} } end, "augment must be a mah.augment")
    assert.error_matches(function() losses { batch_size = 300, solver = mah.solver.lbfgs() } end,
      "the solver lbfgs needs a loss that stays the same")
    assert.error_matches(function()
      losses({ batch_size = 300, solver = mah.solver.lbfgs() }, { norm = "layer" })
    end, "the solver lbfgs needs a loss that stays the same")
    assert.error_matches(function() losses { augment = mah.augment { size = 3 } } end,
      "images of 9 elements, and the network has 784 inputs")
    assert.error_matches(function() mah.MLPClassifier { augment = 3 } end, "augment must be")
  end)
end)
