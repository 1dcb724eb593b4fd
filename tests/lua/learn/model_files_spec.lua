--- Model files that are damaged, small ones that ask for much, and those that lack something. The
--- mutations of tests/fuzz/models.lua run in a process of their own, always the same ones.
local freeze = require "mah.learn.freeze"
local mah = require "mah"

local MODELS, SEED = 2000, 1

describe("a model file", function()
  local path
  setup(function()
    mah.warnings(false)
    path = os.tmpname()
  end)
  teardown(function()
    mah.warnings(true)
    os.remove(path)
  end)

  --- Saves a small model whose state was changed by `change`.
  local function save_changed(change)
    local x = mah.randn({ 20, 2 }, { rng = 1 })
    mah.MLPClassifier { hidden_layer_sizes = 3, max_iter = 2, random_state = 1 }
      :fit(x, x[{ {}, 1 }]:gt(0):int()):save(path)
    local tensors, metadata = mah.load_safetensors(path)
    local state = freeze.thaw(tensors, metadata.state)
    change(state)
    local changed, text = freeze.freeze(state)
    mah.save_safetensors(path, changed, { format = metadata.format, state = text })
  end

  local function fails(pattern, change)
    save_changed(change)
    assert.error_matches(function() mah.load(path) end, "mah.load: " .. path .. ".*" .. pattern)
  end

  it("of the first form still loads", function()
    local folder = debug.getinfo(1, "S").source:match "^@(.*)lua/learn/model_files_spec%.lua$"
    local clf = mah.load(folder .. "golden/estimator_1.safetensors") -- saved by Mah 0.1.0
    local p = clf:predict_proba(mah.tensor { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } })
    for i, expected in ipairs { 0.318401486, 0.283078015, 0.240590334, 0.25738135 } do
      assert.near(expected, p[i][2], 1e-6)
    end
    assert.same({ "no", "yes" }, clf.classes_)
    assert.equal(20, clf.n_iter_)
  end)

  it("of the second form, with all parameters in one vector, still loads", function()
    local params
    save_changed(function(state)
      local parts = {}
      for _, layer in ipairs(state.network.layers) do
        parts[#parts + 1], parts[#parts + 2] = layer.weight:flatten(), layer.bias
        layer.weight, layer.bias = nil, nil
      end
      state.network.params = mah.cat(parts)
      params = state.network.params
    end)
    local tensors, metadata = mah.load_safetensors(path)
    metadata.format = "mah estimator 2"
    mah.save_safetensors(path, tensors, metadata)
    assert.is_true(mah.load(path).network.params:equal(params))
  end)

  it("is refused before it takes memory that it only speaks of", function()
    local before = select(2, mah.memory())
    fails("network.layers%[1%].weight must be a tensor", function(state)
      local layers = {}
      for i = 1, 192 do
        layers[2 * i - 1] = { units = 2147483647, activation = "relu", dropout = 0 }
        layers[2 * i] = { units = 1, activation = "relu", dropout = 0 }
      end
      layers[384].activation = "identity"
      state.network.layers = layers
    end)
    fails("layers%[1%].weight must be float32 %(2, 200000000%); it is", function(state)
      state.network.layers[1].units = 200000000
    end)
    fails("13 parameters for a network of 800000001", function(state)
      state.network.layers[1].units = 200000000
      state.network.params = mah.zeros(13) -- as older files have them
    end)
    assert.is_true(select(2, mah.memory()) - before < 1e6)
  end)

  it("is refused by its name and the part that is damaged", function()
    fails("the model is damaged: trainer must be a table", function(s) s.trainer = nil end)
    fails("trainer.history must be a table", function(s) s.trainer.history = 3 end)
    fails("trainer.order has other rows", function(s)
      s.trainer.order = mah.full({ 20 }, 2147483647, { dtype = "int32" })
    end)
    fails("trainer.solver.m must be a vector of 13 float32", function(s)
      s.trainer.solver.m = mah.zeros(3)
    end)
    fails("trainer.solver.reset", function(s) s.trainer.solver.reset = "x" end)
    fails("trainer.solver.lr is nan", function(s) s.trainer.solver.lr = 0 / 0 end)
    fails("network.layers%[1%].weight: row 1, column 1 is nan", function(s)
      s.network.layers[1].weight[1][1] = 0 / 0
    end)
    fails("network.input_scale is 0", function(s) s.network.input_scale = 0 end)
    fails("1 classes for 3 outputs", function(s)
      s.network.layers[2].units = 3
      s.network.params = mah.zeros(21)
      s.network.loss = "cross_entropy"
      s.attributes.classes_ = { 1 }
    end)
    fails("alpha must be a number in %[0, inf%); got nan", function(s) s.params.alpha = 0 / 0 end)
    fails("16 hexadecimal digits", function(s) s.rng.seed = "x" end)
  end)

  it("of other kinds is refused with a word on what reads it", function()
    local csv = path .. ".csv"
    mah.file.write(csv, "a,b\n1,2\n3,4\n")
    assert.error_matches(function() mah.load(csv) end,
      "not a model saved by mah: not a safetensors file; mah.data.table reads such files")
    os.remove(csv)
  end)

  it("that was damaged by chance is refused, or works, or says why not", function()
    local folder, output = arg[0]:match "^(.*/)" or "./", path .. ".out"
    local status = os.execute(("%s %s../fuzz/models.lua %d %d >%s 2>&1"):format(arg[-1], folder,
      MODELS, SEED, output))
    local text = mah.file.read(output)
    os.remove(output)
    assert.equal(0, status, text)
    local refused, loaded = text:match "(%d+) refused, (%d+) loaded"
    assert.equal(MODELS, refused + loaded)
    assert.is_true(loaded + 0 > MODELS / 20, text)
  end)
end)
