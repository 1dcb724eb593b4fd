local mah = require "mah"
local options = require "mah.base.options"
local public = require "mah.docs.public"
local rules = require "mah.docs.rules"

--- Those that hand their options to another function, or read them by themselves.
local without_rules = {
  ["figure:png"] = true, ["figure:save"] = true,
  [":set_params"] = true, [":feature_names_out"] = true, -- of every class
}

describe("the rules of options", function()
  it("are found under the function's name", function()
    assert.equal("integer in [1, inf)", rules.of(mah.train).batch_size.text)
    assert.equal('"relu"', rules.of(mah.MLPClassifier).activation.default)
    assert.equal("{100}", rules.of(mah.MLPClassifier).hidden_layer_sizes.default)
    assert.equal('"light"', rules.of(mah.image.grid).ink.default)
    assert.equal('"dark"', rules.of(mah.image.digits).ink.default)
    assert.equal("required", rules.of(mah.stop.target).value.default)
    assert.equal("integer or string in [1, 4096]",
      rules.of(require("mah.sweep.study").run).jobs.text)
    assert.same({}, rules.of(mah.exp))
    assert.same({}, rules.of(print))
  end)

  it("carry the text of an option, in help too", function()
    local batch_size = options.declared["mah.train"].batch_size
    local before = batch_size[4]
    batch_size[4] = "rows of a mini-batch that are counted here"
    local meaning, page = rules.of(mah.train).batch_size.meaning, require "mah.docs.page"
    local shown = page.named "mah.train"
    batch_size[4] = before
    assert.equal("rows of a mini-batch that are counted here", meaning)
    assert.matches("\n  batch_size +[^\n]+%s+rows of a mini%-batch that are counted here", shown)
  end)

  it("are declared for every public function that takes a table `given`", function()
    local missing = {}
    for _, record in ipairs(public.list()) do
      for _, argument in ipairs(record.entry and record.entry.arguments or {}) do
        local named = argument.name == "given" or argument.type:find "{%a+:"
        if named and not next(rules.of(record.value)) and not without_rules[record.name]
          and not without_rules[record.name:match ":.+" or ""] then
          missing[#missing + 1] = record.name
        end
      end
    end
    assert.same({}, missing)
  end)

  it("are declared for functions that are there", function()
    for _, record in ipairs(public.list()) do assert.is_string(record.name) end -- loads them all
    for name in pairs(options.declared) do
      local found = public.named(name)[1]
      assert.is_true(found ~= nil, name)
    end
  end)
end)
