--- A sparse matrix in the place of x gives what x gives, bit by bit.
local file = require "mah.base.file"
local golden = require "golden"
local mah = require "mah"

describe("x without its zeros", function()
  local path, dense, x, y = os.tmpname(), nil, nil, nil
  setup(function()
    mah.manual_seed(3)
    y = mah.randint(0, 2, 300):int()
    dense = mah.randn(300, 37) * mah.rand(300, 37):lt(0.15):float()
    for i = 1, 300 do dense[i][y[i] + 1] = 1 + dense[i][y[i] + 1] end
    dense[7]:fill_(0)
    local lines = {}
    for i = 1, 300 do
      local parts = { tostring(y[i]) }
      for j = 1, 37 do
        if dense[i][j] ~= 0 then parts[#parts + 1] = ("%d:%.9g"):format(j, dense[i][j]) end
      end
      lines[i] = table.concat(parts, " ")
    end
    file.write(path, table.concat(lines, "\n"))
    x = mah.data.svmlight(path, { sparse = true, n_features = 37, zero_based = false })
  end)
  teardown(function() os.remove(path) end)

  local function same_network(a, b) assert.is_true(a.network.params:equal(b.network.params)) end

  for _, dtype in ipairs { "float32", "float64" } do
    for _, solver in ipairs { "adam", "sgd", "lbfgs" } do
      it(("gives MLPClassifier the same bits: %s, %s"):format(solver, dtype), function()
        local function new()
          return mah.MLPClassifier { hidden_layer_sizes = { 9, 5 }, max_iter = 4, solver = solver,
            random_state = 1, early_stopping = solver ~= "lbfgs", on_epoch = function() end }
        end
        local full, short = new(), new()
        golden.warnings(function()
          full:fit(dense:to(dtype), y)
          short:fit(x:to(dtype), y)
        end)
        same_network(full, short)
        assert.same(full.validation_scores_, short.validation_scores_)
        assert.is_true(full:predict_proba(dense:to(dtype)):equal(short:predict_proba(x:to(dtype))))
        assert.is_true(full:predict(dense):equal(short:predict(x)))
        assert.equal(full:score(dense, y), short:score(x, y))
        assert.is_true(full:activations(dense)[1]:equal(short:activations(x)[1]))
        for rows = 1, 10, 3 do
          local few = mah.arange(1, rows):int()
          assert.is_true(full:predict_proba(dense:index_select(1, few))
            :equal(short:predict_proba(x:index_select(1, few))))
        end
      end)
    end
  end
  it("gives MLPRegressor and partial_fit the same bits", function()
    local full, short = mah.MLPRegressor { random_state = 2 }, mah.MLPRegressor { random_state = 2 }
    for _ = 1, 3 do
      full:partial_fit(dense, y:double())
      short:partial_fit(x, y:double())
    end
    same_network(full, short)
    assert.equal(full:score(dense, y:double()), short:score(x, y:double()))
  end)
  it("is what mah.train, validation data and cross-validation take", function()
    local function run(data, validation)
      local net = mah.mlp { 37, { 6, "relu", dropout = 0.3 }, { 3, "softmax" } }:init(1)
      local result = mah.train(net, { x = data, y = y }, { stop = 3, seed = 1,
        validation = validation and { x = validation, y = y } or 0.2 })
      return net, result
    end
    local full, curves = run(dense, dense)
    local short, curves_2 = run(x, x)
    assert.is_true(full.params:equal(short.params))
    assert.same(curves.history.val_loss, curves_2.history.val_loss)
    assert.is_true(run(dense).params:equal(run(x).params))
    assert.equal(full:loss(dense, y), short:loss(x, y))
    local _, gradient = full:gradient(dense, y)
    local _, gradient_2 = short:gradient(x, y)
    assert.is_true(gradient:equal(gradient_2))
    assert.equal(full:loss(dense, y), full:loss(dense, y)) -- a dense one after it
    golden.warnings(function()
      local clf = mah.MLPClassifier { max_iter = 2, random_state = 1 }
      assert.same(mah.model_selection.cross_val_score(clf, dense, y, { cv = 3 }):totable(),
        mah.model_selection.cross_val_score(clf, x, y, { cv = 3 }):totable())
    end)
  end)
  it("names what does not fit", function()
    local message = golden.message
    local clf = mah.MLPClassifier { max_iter = 1, random_state = 1 }
    golden.warnings(function() clf:fit(x, y) end)
    file.write(path .. "2", "1 1:1 3:nan\n")
    local bad = mah.data.svmlight(path .. "2", { sparse = true, n_features = 37 })
    local narrow = mah.data.svmlight(path .. "2", { sparse = true })
    os.remove(path .. "2")
    assert.matches("MLPClassifier: x: row 1, column 3 is nan", message(clf.predict, clf, bad))
    assert.matches("MLPClassifier: x: row 1, column 3 is nan", message(clf.fit, clf, bad, { 1 }))
    assert.matches("x has 3 features, but", message(clf.predict, clf, narrow))
    assert.matches("x has 300 rows and y has 2", message(clf.fit, clf, x, { 1, 2 }))
    local net = mah.mlp { 37, { 3, "softmax" } }
    assert.matches("data.x has shape %(1, 3%)", message(mah.train, net,
      { x = narrow, y = mah.tensor({ 0 }, { dtype = "int32" }) }))
    assert.matches("data.x: row 1, column 3 is nan", message(mah.train, net,
      { x = bad, y = mah.tensor({ 0 }, { dtype = "int32" }) }))
    local own = { forward = function(z) return z end, backward = function(dy) return dy end }
    assert.matches("sparse matrix does not go with an activation in Lua", message(clf.fit,
      mah.MLPClassifier { activation = own, max_iter = 1 }, x, y))
  end)
  it("takes memory for its elements only", function()
    local lines = {}
    for i = 1, 2000 do
      lines[i] = ("%d %d:1.5 %d:%g"):format(i % 2, 1 + i % 2, 3 + i * 97, i / 1000)
    end
    file.write(path .. "2", table.concat(lines, "\n") .. "\n")
    collectgarbage() collectgarbage()
    local before, peak = mah.memory()
    local wide, wide_y = mah.data.svmlight(path .. "2", { sparse = true, n_features = 200000 })
    os.remove(path .. "2")
    assert.same({ 2000, 200000 }, wide.shape)
    assert.is_true(mah.memory() - before < 200e3) -- 4,000 elements; dense it is 1.6 GB
    local clf = mah.MLPClassifier { hidden_layer_sizes = { 2 }, max_iter = 4, random_state = 1,
      early_stopping = true, learning_rate_init = 0.1 }
    golden.warnings(function() clf:fit(wide, wide_y) end)
    assert.is_true(clf:score(wide, wide_y) > 0.9)
    local _, new_peak = mah.memory()
    assert.is_true(new_peak - peak < 100e6) -- the network, its solver and its work space
  end)
end)
