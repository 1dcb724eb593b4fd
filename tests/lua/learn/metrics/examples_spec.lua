local examples = require "mah.docs.examples"
local public = require "mah.docs.public"
local running = require "docs.running"

describe("the examples in the help on metrics", function()
  it("run, and print what they say, one at least for each metric", function()
    local runner, count = running.new(), 0
    for _, record in ipairs(public.list()) do
      if record.name:find "^mah%.metrics%." then
        local code = examples.of(record.entry.text)
        assert.is_truthy(code, record.name)
        assert.is_true(#examples.outputs(code) > 0, record.name)
        assert.is_nil(runner:run(code), record.name)
        count = count + 1
      end
    end
    runner:close()
    assert.is_true(count > 50)
  end)
end)
