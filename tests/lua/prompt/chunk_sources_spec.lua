local chunk = require "mah.prompt.chunk"
local code = require "mah.sweep.code"
local sources = require "mah.prompt.chunk_sources"

--- What the chunk returns, as the prompt would have read it.
local function run(text)
  local read = assert(chunk.read(text))
  local value
  sources.add(read)
  read.f(function(...) value = ... end)
  return value
end

describe("the text of a function that was typed", function()
  it("is its chunk's, also when others have the same lines", function()
    local one = run "function(p) return p.x end"
    local two = run "function(p) return p.y end"
    local inner = run "(function() local k = 3 return function(p) return p.z + k end end)()"
    assert.equal("function(p) return p.x end", sources.of(one))
    assert.equal("function(p) return p.y end", sources.of(two))
    assert.matches("p.z %+ k", sources.of(inner))
    assert.matches("p . z %+ k", code.of(inner))
    for _ = 1, 200 do one { x = 1 } end
    assert.equal("function(p) return p.x end", sources.of(one))
  end)

  it("changes with the globals that it names", function()
    rawset(_G, "typed_scale", 2)
    rawset(_G, "typed_helper", run "function(v) return v * typed_scale end")
    local trial = run "function(p) return typed_helper(p.a) end"
    local before = code.of(trial)
    assert.equal(before, code.of(trial))
    rawset(_G, "typed_scale", 3)
    assert.are_not.equal(before, code.of(trial))
    rawset(_G, "typed_scale", 2)
    assert.equal(before, code.of(trial))
    rawset(_G, "typed_helper", run "function(v) return v + typed_scale end")
    assert.are_not.equal(before, code.of(trial))
    rawset(_G, "typed_scale", nil)
    rawset(_G, "typed_helper", nil)
  end)
end)
