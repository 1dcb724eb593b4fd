local chunk = require "mah.prompt.chunk"

local function nothing() end

describe("a chunk", function()
  it("goes on until it is complete", function()
    for _, text in ipairs {
      "f(", "x =", "for i = 1, 2 do", "if a then b()", "function f()", "{1,", "[[one", "1 +",
        "--[[ c",
      "return function()", "local t = {\n1,", "a = 'x' ..", "repeat", "f{\n",
    } do
      assert.is_nil(chunk.read(text), text)
    end
  end)

  it("is done, or wrong, otherwise", function()
    for _, text in ipairs { "x", "x = 1", "f()", "-- c", "do end", "return 1", "local x", "{}",
      "" } do
      assert.is_function(assert(chunk.read(text), text).f, text)
    end
    for _, text in ipairs { "x = = 1", "end", '"open', "'open", "1 2", "x = )", "for", "a b" } do
      local found = chunk.read(text)
      if found then assert.is_string(found.message, text) else assert.equal("for", text) end
    end
  end)

  it("knows expressions, and a semicolon at the end", function()
    assert.equal("expression", chunk.read("1 + 1").kind)
    assert.equal("expression", chunk.read("= 1").kind)
    assert.equal("statement", chunk.read("x = 1").kind)
    assert.is_true(chunk.read("f() ; ").quiet)
    assert.is_false(chunk.read("f()").quiet)
    assert.is_false(chunk.read("f() -- ;").quiet)
  end)

  it("gives the values of an expression", function()
    local values
    chunk.read("1, nil, 'x'").f(function(...) values = { n = select("#", ...), ... } end)
    assert.same({ n = 3, 1, nil, "x" }, values)
  end)

  it("keeps the locals of a statement", function()
    local found
    for _, comment in ipairs { "", " -- c", " --[[ c ]]", " -- 'c" } do
      local text = "local a, b = 1, 2 do local c = 3 end" .. comment
      found = nil
      chunk.read(text).f(function() found = chunk.locals(2) end)
      assert.same({ { "a", 1 }, { "b", 2 } }, found, text)
    end
    assert.has_no.errors(function() chunk.read("local a = 1 return a").f(nothing) end)
  end)

  it("knows an expression behind statements", function()
    local function values_of(text)
      local found = chunk.read(text)
      assert.equal("both", found.kind, text)
      local values
      found.f(function(...) values = { ... } end)
      return values
    end
    for text, wanted in pairs {
      ["local a = 1; a"] = { 1 }, ["local a = 1; -- c\na, 2"] = { 1, 2 },
      ["local a = 1\na"] = { 1 },
      ["local t = {\n1}; t[1] -- ; x"] = { 1 }, ["local s = '; 5'; s"] = { "; 5" },
      ["do end; {\n3\n}"] = { { 3 } }, ["local s = [[\n;1]];s"] = { ";1" },
      ["local f = tostring\nf(1)"] = { "1" }, ["local a = 1;\na"] = { 1 },
    } do
      assert.same(wanted, values_of(text), text)
    end
    for _, text in ipairs { "local x = 1\n-1", "x = 1 -- a; b", "do end;" } do
      local found = chunk.read(text)
      assert.equal("statement", found and found.kind, text)
    end
    assert.is_true(chunk.read("x = 1; x;").quiet)
  end)

  it("has the lines of its own text", function()
    local ok, message = pcall(chunk.read("\n\nerror 'here'").f, nothing)
    assert.is_false(ok)
    assert.equal("prompt:3: here", message)
  end)
end)
