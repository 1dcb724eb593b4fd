-- The losses of mah.network by name: values, gradients, and what is predicted and scored by them.
local golden = require "golden"
local mah = require "mah"

local x = mah.randn(12, 3, { rng = 1, dtype = "float64" })
local y = mah.randint(0, 3, 12, { rng = 2 })
local targets = mah.randn(12, 4, { rng = 3, dtype = "float64" })
local labels = targets:gt(0):int()
local counts = (targets:abs() * 3):floor()
local p = targets:softmax(2)
local weight = mah.rand(12, { rng = 4, dtype = "float64" })

local function new(loss, outputs, output)
  return mah.network { params = { W = { 3, outputs or 4 }, b = { outputs or 4, init = "ones" } },
    loss = loss, seed = 5, dtype = "float64", output = output,
    forward = function(q, rows) return rows:matmul(q.W) + q.b end }
end

--- name, targets, what predict gives of the scores, the score.
local cases = {
  { "cross_entropy", y, "classes" }, { "kl", p, "classes", p:argmax(2) - 1 },
  { "binary_cross_entropy", labels, "labels" }, { "focal", y, "classes" },
  { "hinge", y, "classes" }, { "squared_error", targets, "numbers" },
  { "mse", targets, "numbers" }, { "absolute_error", targets, "numbers" },
  { "mae", targets, "numbers" }, { "huber", targets, "numbers" },
  { "poisson", counts, "rates" }, { "quantile", targets, "others" },
  { "cosine", targets, "others" },
}

describe("a loss by name", function()
  for _, case in ipairs(cases) do
    local name, t, what = case[1], case[2], case[3]

    it(name .. " has the gradient of its value, with weights and penalties", function()
      local net = new(name)
      for _, o in ipairs { {}, { weight = weight, l2 = 0.3, l1 = 0.1 } } do
        local r = mah.gradcheck(net, x, t, o)
        assert.is_true(r.ok, ("%s: %g at %s"):format(name, r.max_error, r.name))
      end
    end)

    it(name .. " weighs rows", function()
      local net, doubled = new(name), mah.ones(12, { dtype = "float64" })
      doubled[1] = 2
      local again = mah.tensor({ 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, "int32")
      local expected = net:loss(x:index_select(1, again), t:index_select(1, again))
      assert.near(expected, net:loss(x, t, { weight = doubled }), 1e-12)
    end)

    it(name .. " says what is predicted, and how good it is", function()
      local net = new(name)
      local scores = net(x)
      local predicted, score = net:predict(x), net:score(x, t)
      if what == "classes" then
        assert.is_true(predicted:equal((scores:argmax(2) - 1):int()))
        local truth = case[4] or t
        assert.near(predicted:eq(truth):double():mean(), score, 1e-12)
      elseif what == "labels" then
        assert.is_true(predicted:equal(scores:gt(0):int()))
        assert.near(predicted:eq(t):all(2):double():mean(), score, 1e-12)
      else
        assert.is_true(predicted:equal(scores))
        local given = what == "rates" and scores:exp() or scores
        local expected = what == "others" and -net:loss(x, t) or mah.metrics.r2_score(t, given)
        assert.near(expected, score, 1e-12)
      end
    end)
  end

  it("may be one of mah.loss' functions, which mean the elements", function()
    local by_name, by_function = new "binary_cross_entropy", new(mah.loss.binary_cross_entropy)
    assert.equal("binary_cross_entropy", by_function.loss_function)
    assert.near(by_name:loss(x, labels) / 4, by_function:loss(x, labels), 1e-12)
    assert.near(mah.loss.binary_cross_entropy(by_name(x), labels),
      by_function:loss(x, labels), 1e-12)
    assert.equal(by_name:score(x, labels), by_function:score(x, labels))
    local mse = new(mah.loss.mse)
    assert.near(mah.loss.mse(mse(x), targets), mse:loss(x, targets), 1e-12)
    assert.near(new "squared_error":loss(x, targets) * 2, mse:loss(x, targets), 1e-12)
  end)

  it("takes the targets that mah.mlp's takes", function()
    local plain, deep = { 3, { 4, "tanh" } }, { 3, { 4, "tanh", norm = "layer" } }
    local function both(pattern, name, last, wrong, w)
      for _, description in ipairs { plain, deep } do
        description[3] = { last == "softmax" and 4 or 1, last }
        local net = mah.mlp(description)
        assert.equal(name, net.loss_function)
        assert.matches(pattern, golden.message(function()
          mah.train(net, { x = x, y = wrong, weight = w }, { stop = 1, seed = 1 })
        end))
      end
    end
    local one = targets:select(2, 1)
    both("2; binary_cross_entropy takes targets in %[0, 1%]", "binary_cross_entropy", "logistic",
      one * 0 + 2)
    both("%-1; poisson takes targets in %[0, inf%)", "poisson", "exp", one * 0 - 1)
    both("1.5; cross_entropy takes targets in %[0, 1%]", "cross_entropy", "softmax", p * 0 + 1.5)
    both("adds? up to 1", "cross_entropy", "softmax", p / 2)
    both("weights add up to 0", "cross_entropy", "softmax", y, weight * 0)
    local free = new(mah.loss.cross_entropy) -- as PyTorch's
    assert.near(2 * free:loss(x, p / 2), free:loss(x, p), 1e-12)
    local said = golden.message(function()
      mah.train(free, { x = x, y = y, weight = weight / 0 }, { stop = 1 })
    end)
    assert.matches("data.weight: row 1, column 1 is inf", said)
  end)

  it("of one score a row takes (N) and gives (N)", function()
    local one = targets:select(2, 1)
    for _, name in ipairs { "mse", "huber", "poisson", "quantile" } do
      local net = new(name, 1)
      local t = name == "poisson" and one:abs():floor() or one
      assert.near(net:loss(x, t:unsqueeze(2)), net:loss(x, t), 1e-12)
      assert.same({ 12 }, net:predict(x).shape)
      assert.is_number(net:score(x, t, weight))
    end
    for _, name in ipairs { "binary_cross_entropy", "hinge", "focal" } do
      local net = new(name, 1)
      local t = one:gt(0):int()
      local predicted = net:predict(x)
      assert.is_true(predicted:equal(net(x):select(2, 1):gt(0):int()))
      assert.near(predicted:eq(t):double():mean(), net:score(x, t), 1e-12)
    end
    local hinge = new("hinge", 1)
    local signs = one:gt(0):int() * 2 - 1
    assert.near(hinge:score(x, one:gt(0):int()), hinge:score(x, signs), 1e-12)
  end)

  it("goes with outputs as they are asked for", function()
    local raw, soft = new "cross_entropy", new("cross_entropy", 4, "softmax")
    assert.is_true((raw(x):softmax(2) - soft(x)):abs():max() < 1e-12)
    assert.equal(raw:loss(x, y), soft:loss(x, y))
    assert.is_true(raw:predict(x):equal(soft:predict(x)))
    local rates = new("poisson", 4, "exp")
    assert.is_true(rates:predict(x):equal(new "poisson"(x):exp()))
    assert.is_true((new("binary_cross_entropy", 4, "sigmoid")(x)
      - new "binary_cross_entropy"(x):sigmoid()):abs():max() < 1e-12)
  end)

  it("that is a function of one's own scores by its negative", function()
    local net = new(function(scores, t, w)
      local d = (scores - t):square():mean(2)
      return w and (d * w):sum() / w:sum() or d:mean()
    end)
    assert.equal("custom", net.loss_function)
    assert.near(-net:loss(x, targets), net:score(x, targets), 1e-12)
    assert.near(-net:loss(x, targets, { weight = weight }), net:score(x, targets, weight), 1e-12)
    assert.is_true(net:predict(x):equal(net(x)))
    local said = golden.message(function() net:loss(x, targets, { weight = mah.ones(3) }) end)
    assert.matches("weight: one for each of the 12 rows", said)
    said = golden.message(function() net:loss(x:narrow(1, 1, 0), targets:narrow(1, 1, 0)) end)
    assert.matches("net:loss: there are no rows", said)
    said = golden.message(function()
      mah.gradcheck(net, x, targets, { weight = mah.ones(3) })
    end)
    assert.matches("mah.gradcheck: weight: one for each of the 12 rows", said)
  end)
end)
