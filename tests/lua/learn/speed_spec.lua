--- What makes training fast must not change its results: threads, inputs without their zeros,
--- bytes.
local mah = require "mah"
local C = require "mah.base.library"
local compress = require("mah.learn.inputs").compress
local evaluate_set = require "mah.learn.evaluate_set"

--- n images of 12 x 12 pixels, four of five of them 0, as bytes and as floats.
local function images(n, seed)
  local lit = mah.rand(n, 144, { rng = seed }):gt(0.8):float()
  local bytes = (lit * mah.randint(1, 255, n, 144, { rng = seed + 1 }):float()):byte()
  local y = mah.randint(0, 3, n, { rng = seed + 2 })
  return bytes, bytes:float() / 255, y
end

local function network(units, o)
  o = o or {}
  local first = { units, "relu", dropout = o.dropout }
  return mah.mlp { 144, first, { 20, "tanh" }, { 4, "softmax" }, seed = 1, dtype = o.dtype }
end

local function train(net, x, y, o)
  local run = mah.train(net, { x = x, y = y, scale = o.scale }, {
    solver = o.solver and o.solver() or mah.solver.adam { lr = 0.01 }, stop = 3,
    batch_size = o.batch_size, l2 = 1e-3, l1 = o.l1 or 0, seed = 1, validation = o.validation,
  })
  return run, net.params
end

describe("the number of threads", function()
  local before = mah.threads()
  after_each(function() mah.threads(before) end)

  local cases = {
    ["a narrow first layer"] = { units = 30 },
    ["a wide first layer"] = { units = 100 },
    ["dropout"] = { units = 40, dropout = 0.3 },
    ["float64"] = { units = 70, dtype = "float64" },
    ["dense inputs"] = { units = 40, dense = true },
    ["L-BFGS on pieces"] = { units = 30, solver = mah.solver.lbfgs },
    ["both penalties and a validation set"] = { units = 33, l1 = 1e-4, validation = 0.2 },
  }
  for name, case in pairs(cases) do
    it("changes no bit: " .. name, function()
      local _, x, y = images(1500, 5)
      if case.dense then x = mah.randn(1500, 144, { rng = 9 }) end
      case.batch_size = case.solver == nil and 200 or nil
      local runs, params = {}, {}
      for i, threads in ipairs { 1, 2, 3 } do
        mah.threads(threads)
        local net = network(case.units, case)
        runs[i], params[i] = train(net, x:to(case.dtype or "float32"), y, case)
      end
      for i = 2, 3 do
        assert.same(runs[1].history.loss, runs[i].history.loss)
        assert.same(runs[1].history.val_loss, runs[i].history.val_loss)
        assert.is_true(params[1]:equal(params[i]))
      end
    end)
  end

  it("is an option of mah.train, and of the estimators", function()
    local _, x, y = images(60, 1)
    mah.threads(2)
    local seen
    local function look() seen = mah.threads() end
    mah.train(network(5), { x = x, y = y }, { stop = 1, threads = 1, on_epoch = look })
    assert.equal(1, seen)
    assert.equal(2, mah.threads())
    mah.MLPClassifier {
      hidden_layer_sizes = 5, n_iter_no_change = 1, tol = 1e9, threads = 3, on_epoch = look,
    }:fit(x, y)
    assert.equal(3, seen)
    assert.has_error(function()
      local function fail() error "mine" end
      mah.train(network(5), { x = x, y = y }, { threads = 1, on_epoch = fail })
    end)
    assert.equal(2, mah.threads())
  end)

  it("is checked", function()
    for _, wrong in ipairs { 0, 1.5, 1000, "2" } do
      assert.error_matches(function() mah.threads(wrong) end, "threads: an integer in 1 ... 256")
    end
  end)
end)

describe("inputs without their zeros", function()
  it("give the dense results up to rounding", function()
    local _, x, y = images(600, 3)
    for _, units in ipairs { 1, 3, 30, 64, 65, 130 } do
      local net = network(units, { dtype = "float64" })
      x = x:double()
      local dense = x + 1e-300 -- no element is 0 any more
      local loss, g = net:gradient(x, y, { l2 = 0.1 })
      local dense_loss, dense_g = net:gradient(dense, y, { l2 = 0.1 })
      assert.near(dense_loss, loss, 1e-14)
      assert.is_true((g - dense_g):abs():max() < 1e-14)
      assert.is_true((net:forward(x) - net:forward(dense)):abs():max() < 1e-14)
    end
  end)

  it("are compressed where there are many zeros only", function()
    local net = network(5)
    local _, x = images(50, 1)
    assert.is_not_nil(compress(net, x))
    assert.is_nil(compress(net, x + 1))
    assert.is_true(tonumber(C.mah_compressed_bytes(compress(net, x))) < 50 * 144)
  end)

  it("may be a part of what a batch is, and must fit", function()
    local net, other = network(5), network(5, { dtype = "float64" })
    local _, x, y = images(50, 1)
    local loss, score = evaluate_set(net, { x = x, y = y })
    local same_loss, same_score = evaluate_set(net, { x = x, y = y, compressed = compress(net, x) })
    assert.near(loss, same_loss, 1e-6)
    assert.equal(score, same_score)
    assert.near(net:loss(x, y), loss, 1e-7)
    assert.equal(net:score(x, y), score)
    local few = x:narrow(1, 1, 10)
    local function use(compressed)
      return function() evaluate_set(net, { x = x, y = y, compressed = compressed }) end
    end
    assert.error_matches(use(compress(net, few)),
      "the compressed inputs are 10x144, x is float32 50x144")
    assert.error_matches(use(compress(other, x)),
      "the compressed inputs are float64, the network is float32")
  end)
end)

describe("inputs as bytes with a scale", function()
  it("give the bits of float32 inputs", function()
    local bytes, x, y = images(900, 7)
    for _, units in ipairs { 30, 100 } do
      local a, b = network(units), network(units)
      train(a, x, y, { validation = 0.1 })
      train(b, bytes, y, { validation = 0.1, scale = 1 / 255 })
      assert.is_true(a.params:equal(b.params))
      assert.is_true(a:forward(x):equal(b:forward(bytes)))
      assert.is_true(a:clone():forward(x):equal(b:clone():forward(bytes)))
      assert.equal(a:score(x, y), b:score(bytes, y))
    end
  end)

  it("are divided exactly", function()
    local all = mah.arange(0, 255, { dtype = "uint8" }):view(1, 256)
    local net = mah.mlp { 256, { 256, "identity" }, { 1, "identity" } }
    net.layers[1].weight:copy_(mah.eye(256))
    net.layers[1].bias:fill_(0)
    net:scale_inputs(1 / 255)
    assert.is_true(net:forward(all, 1):equal(all:float() / 255))
    assert.is_true(net:scale_inputs(0.3):forward(all, 1):equal((all:double() * 0.3):float()))
  end)

  it("has a scale that is checked", function()
    local bytes, _, y = images(20, 1)
    assert.error_matches(function() mah.train(network(3), { x = bytes, y = y, scale = "1" }) end,
      "data.scale must be a number; got \"1\"")
    assert.error_matches(function() network(3):scale_inputs(0) end, "other than 0, got 0")
    assert.error_matches(function() network(3):scale_inputs() end, "a number is expected, got nil")
  end)
end)

describe("inputs that are no numbers", function()
  it("are found on the way", function()
    for _, units in ipairs { 3, 70 } do
      local net = network(units)
      local _, x = images(700, 1)
      for _, m in ipairs { x, mah.randn(700, 144) } do
        m[600][7] = 0 / 0
        for _, use in ipairs { "forward", "predict" } do
          assert.error_matches(function() net[use](net, m) end, "x: row 600, column 7 is %-?nan")
        end
      end
    end
  end)
end)

it("live bytes go back to where they were", function()
  collectgarbage()
  collectgarbage()
  local before = tonumber(C.mah_memory_live())
  do
    local _, x, y = images(300, 1)
    train(network(30), x, y, { validation = 0.2 })
    train(network(100), x, y, {})
  end
  collectgarbage()
  collectgarbage()
  assert.equal(before, tonumber(C.mah_memory_live()))
end)
