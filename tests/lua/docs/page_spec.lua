local page = require "mah.docs.page"

describe("a page", function()
  it("has signature, text, arguments, options and example", function()
    local text = page.named "mah.train"
    assert.matches("^mah.train%(net, data, given%)", text)
    assert.matches("\nArguments\n.-net +network", text)
    assert.matches("\nOptions\n.-\n  shuffle +.- boolean", text)
    assert.matches("\nExample\n    local net = mah.mlp{", text)
    assert.matches("\nMembers\n  mah.train.find_lr%(net, data, given%)%s+Looks for a ", text)
    text = page.named "mah.train.find_lr"
    assert.matches("\nOptions\n.-\n  smoothing +.- number in %[0, 1%)", text)
    assert.matches("\nMethods\n  find_lr:plot%(given%)", text)
    assert.matches("Members\n.-mah.stop.max_iter%(n%)", page.named "mah.stop")
  end)

  it("has the parameters of functions that are made in loops", function()
    assert.matches("^mah.gammainc%(a, x%)", page.named "mah.gammainc")
    assert.matches("\n  tensor:betainc%(b, x%)", page.named "mah.tensor")
    assert.matches("^mah.gt%(a, b%).-as a new bool tensor", page.named "mah.gt")
    assert.matches("^mah.isnan%(x%).-as a new bool tensor", page.named "mah.isnan")
    assert.matches("^tensor:round%(%)", page.named "tensor:round")
  end)

  it("is found by a name or its last part", function()
    assert.matches("^tensor:exp%(%)", page.named "tensor:exp")
    assert.matches("^MLPClassifier:get_params%(%).*\nAlso\n", page.named "get_params")
    assert.is_nil(page.named "trian")
  end)

  it("is listed where it mentions a word", function()
    assert.matches("mah.metrics.confusion", page.search "confusion")
    assert.matches("Nothing mentions", page.search "qqqqqq")
  end)
end)
