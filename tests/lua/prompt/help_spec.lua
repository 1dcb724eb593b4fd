local mah = require "mah"
local page = require "mah.prompt.page"
local public = require "mah.prompt.public"
local rules = require "mah.prompt.rules"

describe("help", function()
  it("has an entry for every public name", function()
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

  it("walks what mah offers", function()
    local there = {}
    for _, record in ipairs(public.list()) do there[record.name] = true end
    for _, name in ipairs((getmetatable(mah).names())) do assert.is_true(there["mah." .. name],
      name) end
    for name in pairs(require("mah.tensor.type").methods) do assert.is_true(there["tensor:"
      .. name], name) end
    for _, name in ipairs {
      "mah.solver.adam", "mah.stop.any", "mah.plot.lines", "network:forward", "rng:shuffle",
        "figure:save",
      "MLPClassifier:fit", "MLPRegressor:score", "tensor.shape",
    } do
      assert.is_true(there[name], name)
    end
  end)

  it("notices a name without an entry", function()
    local entry, module = public.entry_of(function() end)
    assert.is_nil(entry)
    assert.is_nil(module)
    assert.is_false(public.is_documented { name = "x" })
  end)

  it("shows signature, text, arguments, options and example", function()
    local text = page.text(mah.train)
    assert.matches("^mah.train%(net, data, given%)", text)
    assert.matches("\nArguments\n.-net +Network", text)
    assert.matches("\nOptions\n.-\n  shuffle +.- boolean", text)
    assert.matches("\nExample\n    local run = mah.train%(", text)
    assert.matches("^tensor:exp%(%)", page.text "tensor:exp")
    assert.matches("^MLPClassifier:get_params%(%)", page.text "get_params")
    assert.matches("^mah%.MLPClassifier%(given%).-hidden_layer_sizes +%S* *= {100}",
      page.text(mah.MLPClassifier))
    assert.matches("There is no 'trian'", page.text "trian" .. "There is no 'trian'")
    assert.matches("Members\n.-mah.stop.max_iter%(n%)", page.text(mah.stop))
    assert.matches("Methods of tensor", page.text(mah.zeros(1)))
    assert.matches("%%timeit", page.text())
    assert.matches("mah.metrics.confusion", page.search "confusion")
    assert.matches("Nothing mentions", page.search "qqqqqq")
  end)

  it("finds options without calling", function()
    assert.equal("integer in [1, inf)", rules.of(mah.train).batch_size.text)
    assert.equal('"relu"', rules.of(mah.MLPClassifier).activation.default)
    assert.equal('"light"', rules.of(mah.image.grid).ink.default)
    assert.equal('"dark"', rules.of(mah.image.digits).ink.default)
    assert.equal("required", rules.of(mah.stop.target).value.default)
    assert.same({}, rules.of(mah.exp))
    assert.same({}, rules.of(print))
  end)
end)
