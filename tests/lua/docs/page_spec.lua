local page = require "mah.docs.page"

describe("a page", function()
  it("has signature, text, arguments, options and example", function()
    local text = page.named "mah.train"
    assert.matches("^mah.train%(net, data, given%)", text)
    assert.matches("\nArguments\n.-net +Network", text)
    assert.matches("\nOptions\n.-\n  shuffle +.- boolean", text)
    assert.matches("\nExample\n    local run = mah.train%(", text)
    assert.matches("Members\n.-mah.stop.max_iter%(n%)", page.named "mah.stop")
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
