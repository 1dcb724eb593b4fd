local examples = require "mah.docs.examples"
local running = require "docs.running"

describe("an example's run", function()
  local runner

  setup(function() runner = running.new() end)
  teardown(function() runner:close() end)

  it("compares line by line", function()
    assert.is_nil(runner:run "print(1 + 1) --> 2\nprint('a\\nb', 3)\n--> a\n--> b 3")
    assert.matches('line 1 of what it prints is "3", and it says "2"', runner:run "print(3) --> 2")
    assert.matches('is missing, and it says "2"', runner:run "local a = 1 --> 2")
    assert.matches('is "7", and it says nothing', runner:run "print(7)")
  end)

  it("prints the value of a line that says one", function()
    assert.is_nil(runner:run "1 / 3   --> 0.333...")
    assert.is_nil(runner:run "mah.metrics.mean({1, 2})   --> 1.5")
    assert.matches('"0.333', runner:run "1 / 3   --> 0.334...")
  end)

  it("tells of errors", function()
    assert.matches("attempt to index global 'model'", runner:run "model:fit()")
    assert.matches("unexpected symbol", runner:run "local f = ...}")
    assert.matches("no end", runner:run "error 'no end'")
  end)

  it("stays in a folder of its own", function()
    local code = "io.open('left.txt', 'w'):close()"
    assert.is_nil(runner:run(code))
    assert.is_nil(io.open "left.txt")
    assert.is_truthy(io.open(runner.folder .. "/left.txt"))
  end)
end)

describe("a text's examples", function()
  local text = "Words.\n  a list's row\n      goes on\n\n    local a = 1\n\n    print(a) --> 1\n\n"
    .. "More words.\n\n    a = 2 --> no"

  it("are what is indented by four", function()
    assert.equal("local a = 1\n\nprint(a) --> 1\na = 2 --> no", examples.of(text))
    assert.is_nil(examples.of "Words.\n  a row\n      goes on")
    assert.is_nil(examples.of "")
  end)

  it("say what they print, or why they do not run", function()
    assert.same({ "1", "no" }, examples.outputs(examples.of(text)))
    assert.equal("a download", examples.not_run "-- not run: a download\nmah.data.mnist()")
    assert.is_nil(examples.not_run "print(1) -- not run: no")
  end)
end)
