-- Wrong names on every public object and module, and methods that are called with a point.
local golden = require "golden"
local mah = require "mah"

local message = golden.message
local folder = os.tmpname()
mah.file.write(folder, "1 1:0.5 3:2\n0 2:1\n")

local x, y = mah.rand(6, 2), mah.tensor({ 0, 1, 0, 1, 0, 1 }, "int32")
local t = mah.data.table { a = { 1, 2, 3 }, b = { "x", "y", "x" } }
local study = mah.sweep {
  name = "names", store = folder .. ".db", grid = { a = { 1 } },
  trial = function(p) return { test = p.a } end,
}
--- What people hold: an object, one of its methods (or nil), a wrong name, and what is near it.
local objects = {
  tensor = { x, "sum", "smu" },
  rng = { mah.rng(1), "uniform", "unifrom" },
  network = { mah.mlp { 2, { 2, "softmax" }, seed = 1 }, "forward", "forwrad" },
  ["network of a function"] = { mah.network { params = { W = { 2, 2 } }, loss = "mse",
    forward = function(p, one) return one:matmul(p.W) end }, "forward", "forwrad" },
  ensemble = { mah.ensemble { mah.mlp { 2, { 2, "softmax" }, seed = 1 } }, "predict", "perdict" },
  classifier = { mah.MLPClassifier {}, "fit", "fti" },
  regressor = { mah.MLPRegressor {}, "predict", "perdict" },
  pipeline = { mah.Pipeline { { "scale", mah.preprocessing.StandardScaler {} } }, "fit", "fitt" },
  scaler = { mah.preprocessing.StandardScaler {}, "transform", "ftransform" },
  splitter = { mah.model_selection.KFold {}, "split", "splti" },
  search = { mah.model_selection.GridSearchCV {
    estimator = mah.MLPClassifier {}, param_grid = { alpha = { 1 } } }, "fit", "ift" },
  calibrated = { mah.calibration.CalibratedClassifierCV { estimator = mah.MLPClassifier {} },
    "fit", "ift" },
  figure = { mah.plot.lines { series = { { x = { 1, 2 }, y = { 1, 2 } } } }, "save", "svae" },
  picture = { mah.image.digits(mah.rand(1, 16)), "save", "saev" },
  language = { mah.locale.of "fa", "number", "numbr" },
  table = { t, "where", "wehre" },
  column = { t.a, "mean", "maen" },
  groups = { t:group_by "b", "mean", "maen" },
  sparse = { mah.data.svmlight(folder, { sparse = true }), "to_dense", "to_desne" },
  study = { study, "run", "rnu" },
  report = { mah.report { title = "names" }, "figure", "figrue" },
  results = { mah.sweep.table({ "a" }, { { a = 1 } }), "save", "svae" },
  line = { mah.progress.new "names", "done", "doen" },
  distribution = { mah.distributions.normal(0, 1), "sample", "smaple" },
  ["search's distribution"] = { mah.search.uniform(0, 1), "value", "vlaue" },
  schedule = { mah.schedule.step { step_size = 1 }, nil, "raet", "rate" },
  scorer = { mah.metrics.make_scorer(mah.metrics.accuracy_score), nil, "singn", "sign" },
}
os.remove(folder)
for _, name in ipairs { "adam", "adamw", "sgd", "rmsprop", "adagrad", "lbfgs", "cg",
  "levenberg_marquardt", "lion", "nadam", "radam", "rprop" } do
  objects["solver " .. name] = { mah.solver[name] {}, "reset", "rseet" }
end

describe("a wrong name", function()
  for kind, case in pairs(objects) do
    it("on a " .. kind .. " offers the nearest", function()
      local object, method, wrong, right = unpack(case, 1, 4)
      local said = message(function() return object[wrong] end)
      assert.is_truthy(said:find("tests/lua/names_spec.lua:", 1, true), said)
      if method then
        assert.is_truthy(said:find(("did you mean '%s'?"):format(right or method), 1, true), said)
        assert.is_truthy(object[method])
      else
        assert.is_truthy(said:find(("has no '%s'"):format(wrong), 1, true), said)
      end
    end)
  end

  it("on a part of mah offers the nearest", function()
    local names, modules = getmetatable(mah).names()
    local walked = 0
    for _, name in ipairs(names) do
      local part = mah[name]
      if type(part) == "table" and modules[name] and name ~= "MLPClassifier"
        and name ~= "MLPRegressor" then
        local some
        for key, value in pairs(part) do
          if type(key) == "string" and type(value) == "function" and #key > 3
            and (not some or key < some) then
            some = key
          end
        end
        if some then
          walked = walked + 1
          local said = message(function() return part[some .. "z"] end)
          assert.is_truthy(said:find("did you mean '" .. some, 1, true), name .. ": " .. said)
          assert.is_truthy(said:find("mah." .. name, 1, true), said)
        end
      end
    end
    assert.is_true(walked >= 15)
    for wrong, right in pairs { zerso = "zeros", arnage = "arange", MLPClasifier = "MLPClassifier",
      sovler = "solver" } do
      assert.is_truthy(message(function() return mah[wrong] end)
        :find("did you mean '" .. right, 1, true))
    end
  end)
end)

describe("a point in the place of a colon", function()
  local heads = { tensor = "x:sum%(" }
  for kind, case in pairs(objects) do
    local object, method = case[1], case[2]
    if method then
      it("is told of by a " .. kind, function()
        for _, first in ipairs { false, 3, "a", { {} } } do
          local said = message(function()
            local got -- no tail call, which would have no line
            if first == false then got = object[method]() else got = object[method](first) end
            return got
          end)
          assert.is_truthy(said:find("tests/lua/names_spec.lua:", 1, true), said)
          if kind ~= "tensor" or first == false then
            assert.matches(heads[kind] or "colon", said)
          end
        end
      end)
    end
  end
  it("is told of by every method", function()
    for kind, class in pairs(require("mah.docs.members").classes()) do
      for name, f in pairs(class) do
        local is_method = kind ~= "tensor" and type(f) == "function" and not name:find "^_"
          and debug.getlocal(require("mah.base.class").original[f] or f, 1) == "self"
        if is_method and not require("mah.prepare.base").methods_of[kind] then
          local said = message(f, 3)
          assert.is_truthy(said:find("colon", 1, true), kind .. ":" .. name .. " says " .. said)
        end
      end
    end
  end)
end)

describe("a network called", function()
  it("gives its outputs", function()
    local net = objects.network[1]
    assert.is_true(net(x):equal(net:forward(x)))
    assert.equal(6, #y)
  end)
end)
