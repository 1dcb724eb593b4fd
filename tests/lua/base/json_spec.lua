local file = require "mah.base.file"
local json = require "mah.base.json"

local function real_path(path)
  local pipe = io.popen("realpath " .. path)
  local text = pipe:read "*l"
  pipe:close()
  return text
end

describe("json", function()
  it("writes sorted, indented objects and lists", function()
    assert.equal('{\n  "a": [\n    1,\n    true\n  ],\n  "b": "x\\"y"\n}',
      json.encode { b = 'x"y', a = { 1, true } })
    assert.equal("[]", json.encode {})
  end)

  it("writes null for numbers that JSON lacks", function()
    assert.equal("[\n  null,\n  null\n]", json.encode { 0 / 0, math.huge })
  end)

  it("reads back what it wrote", function()
    local value = { list = { 1, 2.5, { deep = "ماه" }, false, true }, flag = false }
    assert.same(value, json.decode(json.encode(value)))
  end)

  it("says what is wrong with a text in its own signs", function()
    for text, what in pairs { ["[1,]"] = "found ']' at", ["{,}"] = "found ',' at",
      ["{1: 2}"] = "found a number at", [""] = "found the end at" } do
      local _, problem = pcall(json.decode, text)
      assert.truthy(problem:find(what, 1, true), problem)
    end
  end)

  it("reads and writes single values", function()
    for _, value in ipairs { true, 3, "a" } do
      assert.equal(value, json.decode(json.encode(value)))
    end
    assert.is_false(json.decode "false")
    assert.equal("null", json.encode(json.decode "null"))
  end)

  it("writes numbers with the digits that they need", function()
    for text, value in pairs { ["9007199254740992"] = 2 ^ 53, ["0.1"] = 0.1, ["-0.0"] = -0.0,
      ["0.30000000000000004"] = 0.1 + 0.2, ["1e+300"] = 1e300,
      ["123456789012345"] = 123456789012345,
      ["4.94065645841247e-324"] = 2 ^ -1074 } do
      assert.equal(text, json.encode(value))
      assert.equal(value, json.decode(text))
      assert.equal(1 / value, 1 / json.decode(text))
    end
  end)

  it("never runs a module of the current folder", function()
    local folder = os.tmpname()
    os.remove(folder)
    os.execute("mkdir " .. folder)
    for _, name in ipairs { "cjson", "mah", "ffi", "bit" } do
      file.write(folder .. "/" .. name .. ".lua", "print 'code ran' return {}")
    end
    file.write(folder .. "/beside.lua", "return 'beside'")
    file.write(folder .. "/script.lua", "print(require 'beside')")
    local function run(what)
      local pipe = io.popen(("cd %s && %s %s 2>&1"):format(folder, real_path(arg[-1]), what))
      local text = pipe:read "*a"
      pipe:close()
      return text
    end
    assert.equal("1\n", run [[-e 'print(require "mah".json.decode "[1]"[1])']])
    assert.matches("no JSON object", run [[-e 'local mah = require "mah"
      mah.file.write("x", "\2\0\0\0\0\0\0\0[}") print(pcall(mah.load_safetensors, "x"))']])
    assert.is_nil(run("results none.db"):find "code ran")
    assert.equal("beside\n", run "script.lua")
    os.execute("rm -r " .. folder)
  end)

  it("refuses what it cannot write or read", function()
    assert.error_matches(function() json.encode { a = 1, [{}] = 2 } end,
      "a key must be a string, got a table")
    assert.error_matches(function() json.encode { 1, 2, x = 3 } end, "neither a list")
    assert.error_matches(function() json.encode "\255" end, 'the string "\\xff" is not UTF%-8')
    assert.error_matches(function() json.encode(print) end, "a function cannot be written")
    local round = {}
    round[1] = round
    assert.error_matches(function() json.encode(round) end, "without end")
    assert.error_matches(function() json.decode "[NaN]" end, "mah.json.decode")
    assert.error_matches(function() json.decode "{" end, "mah.json.decode")
  end)
end)
