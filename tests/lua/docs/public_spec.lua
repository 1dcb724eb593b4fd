local mah = require "mah"
local page = require "mah.docs.page"
local members = require "mah.docs.members"
local public = require "mah.docs.public"

describe("the public names", function()
  it("have an entry each", function()
    local missing = {}
    local records = public.list()
    assert.is_true(#records > 300)
    for _, record in ipairs(records) do
      if not public.is_documented(record) then
        missing[#missing + 1] = record.name .. " " .. tostring(record.place)
      end
    end
    assert.same({}, missing)
  end)

  it("are all that mah offers", function()
    local there = {}
    for _, record in ipairs(public.list()) do there[record.name] = true end
    for _, name in ipairs((getmetatable(mah).names())) do
      assert.is_true(there["mah." .. name], name)
    end
    for name in pairs(require("mah.tensor.type").methods) do
      assert.is_true(there["tensor:" .. name], name)
    end
    for _, name in ipairs {
      "mah.solver.adam", "mah.stop.any", "mah.plot.lines", "network:forward", "rng:shuffle",
      "figure:save", "MLPClassifier:fit", "MLPRegressor:score", "tensor.shape",
      "study:run", "study:pareto_front",
    } do
      assert.is_true(there[name], name)
    end
    local sweep = page.of(public.named("mah.sweep")[1])
    for _, option in ipairs { "constraints", "of", "goal", "batch", "retry" } do
      assert.is_truthy(sweep:find("\n  " .. option .. "  ", 1, true), option)
    end
  end)

  it("of preparation's classes are found as one writes them", function()
    for _, name in ipairs { "mah.Pipeline.fit", "mah.preprocessing.StandardScaler.transform",
      "Pipeline:fit", "mah.model_selection.KFold:split" } do
      assert.equal(1, #public.named(name), name)
    end
    local text = page.named "mah.preprocessing.StandardScaler"
    assert.truthy(text:find("StandardScaler:inverse_transform(x)", 1, true), text)
    for _, name in ipairs { "mean_", "n_features_in_", "scale_", "var_" } do
      assert.truthy(text:find("\n  " .. name .. " +%l[%w|%[%]]+%s+%S"), text)
    end
    local scaler = mah.preprocessing.StandardScaler {}
    assert.equal("StandardScaler", members.class_of(scaler))
    assert.equal("StandardScaler:fit", public.find(scaler.fit).name)
    assert.same({}, public.fitted(public.find(mah.metrics.accuracy_score)))
  end)

  it("are found out when one has no entry", function()
    local entry, module = public.entry_of(function() end)
    assert.is_nil(entry)
    assert.is_nil(module)
    assert.is_false(public.is_documented { name = "x" })
  end)

  it("tell the class of a value", function()
    assert.equal("tensor", members.class_of(mah.zeros(1)))
    assert.equal("network", members.class_of(mah.mlp { 1, { 1, "identity" } }))
    assert.equal("MLPRegressor", members.class_of(mah.MLPRegressor {}))
    assert.is_nil(members.class_of {})
    assert.is_nil(members.class_of "text")
  end)

  it("tell signature and place of a function", function()
    assert.equal("(net, data, given)", public.signature(mah.train))
    assert.equal("(net, data, given)", public.signature(mah.train.find_lr))
    assert.equal("(a, ...)", public.signature(function(a, ...) return a, ... end))
    assert.matches("learn/train%.lua:%d+$", public.place(mah.train))
    assert.is_nil(public.place(print))
  end)
end)
