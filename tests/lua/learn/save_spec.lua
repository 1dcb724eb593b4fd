local mah = require "mah"
local saving = require "mah.learn.estimator.save"

local SIZE = 4000 -- bytes, for 123 parameters without a training's state

local x = mah.randn({ 40, 4 }, { rng = 1 })
local y = {}
for i = 1, 40 do y[i] = ({ "setosa", "versicolor", "virginica" })[i % 3 + 1] end

local function classifier(given)
  local params = { hidden_layer_sizes = 15, max_iter = 3, random_state = 1 }
  for name, value in pairs(given or {}) do params[name] = value end
  return mah.MLPClassifier(params)
end

describe("saving", function()
  local path
  setup(function()
    mah.warnings(false)
    path = os.tmpname()
  end)
  teardown(function()
    mah.warnings(true)
    os.remove(path)
  end)

  local function size() return #mah.file.read(path) end

  it("keeps all of a network", function()
    local nets = {
      mah.mlp { 3, { 4, "gelu", dropout = 0.25 }, { 5, "tanh" }, { 2, "identity" },
        loss = "huber", dtype = "float64", seed = 1 },
      mah.mlp({ 3, { 4, "relu" }, { 2, "softmax" }, seed = 2 }):scale_inputs(1 / 255),
      mah.mlp { 3, { 1, "exp" }, seed = 3 },
    }
    for _, net in ipairs(nets) do
      assert.equal(net, net:save(path))
      local back = mah.load(path)
      assert.equal(tostring(net), tostring(back))
      assert.is_true(net.params:eq(back.params):all())
      for _, field in ipairs { "dtype", "loss_function", "input_scale", "inputs" } do
        assert.equal(net[field], back[field])
      end
      local bytes = mah.randint(0, 255, { 5, 3 }, { rng = 1, dtype = "uint8" })
      assert.is_true(net:forward(bytes):eq(back:forward(bytes)):all())
      assert.equal(net.layers[1].dropout, back.layers[1].dropout)
    end
    mah.train(mah.load(path), { x = x:narrow(2, 1, 3), y = mah.ones(40) }, { stop = 1 })
  end)

  it("keeps a training of a network whatever it remembers, running statistics or none", function()
    local codes = (mah.arange(0, 39) % 3):int()
    local averages = { mah.average.ema { decay = 0.9 }, mah.average.swa { start = 2 } }
    for _, norm in ipairs { "none", "layer", "batch" } do
      for _, given in ipairs { {}, { validation = 0.2 }, { average = averages[1] },
        { average = averages[2] }, { validation = 0.2, average = averages[1] } } do
        local o = { stop = 3, seed = 1 }
        for name, value in pairs(given) do o[name] = value end
        local net = mah.mlp { 4, { 4, "tanh" }, { 3, "softmax" }, residual = true, seed = 1,
          norm = norm ~= "none" and norm or nil }
        mah.train(net, { x = x, y = codes }, o)
        net:save(path)
        local back = mah.load(path)
        o.stop, o.resume = 5, true
        for _, one in ipairs { net, back } do mah.train(one, { x = x, y = codes }, o) end
        assert.is_true(back.params:equal(net.params))
        local clf = classifier { norm = norm ~= "none" and norm or nil, residual = true,
          early_stopping = given.validation ~= nil, average = given.average }:fit(x, y)
        clf:save(path)
        assert.is_true(mah.load(path):predict_proba(x):equal(clf:predict_proba(x)))
      end
    end
  end)

  it("refuses activations of one's own and says what to do", function()
    local cube = { name = "cube", forward = function(z) return z * z * z end,
      backward = function(_, dy, z) return 3 * z * z * dy end }
    local net = mah.mlp { 3, { 4, cube }, { 1, "identity" }, seed = 1 }
    os.remove(path)
    assert.error_matches(function() net:save(path) end, "layer 1: a network with an activation of "
      .. "your own %(cube%) cannot be saved: .*mah.save_safetensors%(path, {params")
    assert.is_false(mah.file.exists(path))
    assert.error_matches(function() net.save(path) end, "called with a colon, net:save")
    assert.error_matches(function() net:save(path, { satte = false }) end,
      "net:save: unknown option \"satte\"; did you mean 'state'")
    assert.error_matches(function() net:save(3) end, "net:save: a file's path is expected, got 3")
  end)

  it("leaves out the training of an estimator with state = false", function()
    for _, solver in ipairs { "adam", "lbfgs" } do
      local clf = classifier { solver = solver }:fit(x, y):save(path)
      local whole = size()
      clf:save(path, { state = false })
      assert.is_true(size() <= SIZE and size() < whole / 2, size())
      assert.equal(123, #clf.network.params)
      local back = mah.load(path)
      assert.is_true(clf:predict_proba(x):eq(back:predict_proba(x)):all())
      assert.same(clf:get_params(), back:get_params())
      assert.equal(clf.n_iter_, back.n_iter_)
      assert.error_matches(function() back:resume(x, y) end, "there is no training to resume: this "
        .. "model came without its state %(save%(path, {state = false}%)")
      back.warm_start = true
      assert.equal(3, #back:fit(x, y).loss_curve_ % 4)
      back:save(path)
      assert.is_true(mah.load(path):predict_proba(x):eq(back:predict_proba(x)):all())
    end
    local reg = mah.MLPRegressor { hidden_layer_sizes = 3, max_iter = 2, random_state = 1 }
      :fit(x, x[{ {}, 1 }]):save(path, { state = false })
    assert.is_true(mah.load(path):predict(x):eq(reg:predict(x)):all())
    assert.error_matches(function() reg:save(path, { state = 1 }) end,
      "MLPRegressor:save: state must be a boolean; got 1")
  end)

  it("leaves it out of a pipeline too", function()
    local model = mah.Pipeline { mah.preprocessing.StandardScaler {}, classifier() }
    model:fit(x, y):save(path)
    local whole = size()
    model:save(path, { state = false })
    assert.is_true(size() <= SIZE and size() < whole / 2, size())
    local back = mah.load(path)
    assert.is_true(model:predict_proba(x):eq(back:predict_proba(x)):all())
    assert.is_nil(back.steps[2][2].trainer)
    assert.error_matches(function() model:save(path, { stat = true }) end,
      "mah.Pipeline:save: unknown option \"stat\"; did you mean 'state'")
  end)

  it("says labels, sizes and activations in the header's plain words", function()
    classifier { activation = "tanh" }:fit(x, y):save(path)
    local tensors, metadata = mah.load_safetensors(path)
    assert.same({ class = "MLPClassifier", classes = { "setosa", "versicolor", "virginica" },
      layer_sizes = { 4, 15, 3 }, activations = { "tanh", "softmax" } },
      mah.json.decode(metadata.model))
    assert.same({ 4, 15 }, tensors["coefs.0"].shape)
    mah.mlp({ 2, { 1, "logistic" }, seed = 1 }):save(path)
    tensors, metadata = mah.load_safetensors(path)
    assert.same({ class = "network", layer_sizes = { 2, 1 }, activations = { "logistic" } },
      mah.json.decode(metadata.model))
    assert.same({ 1 }, tensors["intercepts.0"].shape)
    mah.Pipeline({ mah.preprocessing.StandardScaler {}, classifier() }):fit(x, y):save(path)
    tensors, metadata = mah.load_safetensors(path)
    local summary = mah.json.decode(metadata.model)
    assert.same({ "StandardScaler", "MLPClassifier" }, summary.steps)
    assert.same({ 4, 15 }, tensors[summary.weights .. "coefs.0"].shape)
  end)

  it("keeps labels that are no UTF-8", function()
    local latin = {}
    for i, label in ipairs(y) do latin[i] = label:gsub("o", "\246") end
    local clf = classifier():fit(x, latin):save(path)
    local _, metadata = mah.load_safetensors(path)
    assert.same({ "set\\xf6sa", "versic\\xf6l\\xf6r", "virginica" },
      mah.json.decode(metadata.model).classes)
    assert.same(clf.classes_, mah.load(path).classes_)
  end)

  it("goes by the path's ending where a wing below has a writer for it", function()
    local seen = {}
    function saving.writers.toy(model, where, given) seen = { model, where, given } end
    local clf, net = classifier():fit(x, y), mah.mlp { 2, { 1, "logistic" }, seed = 1 }
    assert.equal(clf, clf:save("some.TOY", { opset = 17 }))
    assert.equal(clf, seen[1])
    assert.same({ "some.TOY", { opset = 17 } }, { seen[2], seen[3] })
    net:save "x/some.toy"
    assert.is_true(rawequal(net, seen[1]))
    assert.equal("x/some.toy", seen[2])
    mah.Pipeline({ clf }):save "some.toy"
    assert.equal("Pipeline", seen[1].class)
    saving.writers.toy = nil
  end)
end)
