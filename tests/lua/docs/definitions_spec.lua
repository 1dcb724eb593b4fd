local annotations = require "mah.docs.annotations"
local definitions = require "mah.docs.definitions"
local types = require "mah.docs.types"

--- What lua-language-server knows by itself.
local built_in = {}
for name in ([[nil any boolean string number integer function table thread userdata unknown
  true false self ffi.cdata* file*]]):gmatch "%S+" do built_in[name] = true end

--- The types that a file of definitions defines, and those that it uses: name -> line.
local function read(text)
  local defined, used = {}, {}
  local function note(kind, line)
    local names, problem = types.names(kind)
    assert(names, ("%s in %s"):format(problem or "", line))
    for _, name in ipairs(names) do used[name] = line end
  end
  for line in text:gmatch "[^\n]+" do
    local entry = annotations.entry { line:match "^%-%-%-(@.*)" or "" }
    if entry.class then defined[entry.class] = true end
    if entry.parent then note(entry.parent, line) end
    for _, alias in ipairs(entry.aliases) do
      defined[alias.name] = true
      note(alias.type, line)
    end
    for _, list in ipairs { entry.arguments, entry.returns, entry.fields } do
      for _, item in ipairs(list) do note(item.type, line) end
    end
    note(line:match "^%-%-%-@overload (.*)" or "nil", line)
    local taken, given = line:match "^%-%-%-@operator %a+%(?([^)]*)%)?: (.*)"
    note(given or "nil", line)
    note(taken ~= "" and taken or "nil", line)
  end
  return defined, used
end

describe("the definitions for editors", function()
  local text, problems = definitions.text()

  --- The lines from one that begins so to the next empty one.
  local function block(start)
    local at = assert(text:find("\n" .. start, 1, true), start)
    return text:sub(at + 1, (text:find("\n\n", at, true) or #text))
  end

  it("are Lua", function()
    local f = assert(loadstring(text))
    assert.is_function(f().train_many)
    assert.is_function(f().train.find_lr)
  end)

  it("define every type that they use", function()
    assert.same({}, problems)
    local defined, used = read(text)
    for name, line in pairs(used) do
      assert.is_true(defined[name] or built_in[name] or false, name .. " in " .. line)
    end
    assert.is_true(defined.tensor and defined["mah.train.options"])
  end)

  it("would show a type that is not there", function()
    local defined, used = read "---@class a\n---@param x a|nothing.such[]"
    assert.is_true(defined.a)
    assert.is_truthy(used["nothing.such"])
    assert.is_nil(defined["nothing.such"])
    assert.has_error(function() read "---@param x {a" end)
  end)

  it("have options as fields, with what they may be and their defaults", function()
    local options = block "---@class mah.train.options"
    assert.matches("%-%-%-@field shuffle%? boolean [^\n]*%(default: true%)\n", options)
    assert.matches('norm%? "backward"|"ortho"|"forward" [^\n]*%(default: "backward"%)',
      block "---@class mah.fft.options")
    assert.matches("@field name string", block "---@class mah.sweep.options")
  end)

  it("have the types of arguments and of what comes back", function()
    assert.matches("%-%-%-@return tensor[^\n]*\nfunction tensor:exp%(%) end", text)
    assert.matches("%-%-%-@param given mah%.preprocessing%.StandardScaler%.options|nil[^\n]*\n"
      .. "%-%-%-@return StandardScaler\nfunction mah%.preprocessing%.StandardScaler%(given%)", text)
    assert.matches("%-%-%-@return self[^\n]*\nfunction KBinsDiscretizer:fit%(", text)
  end)

  it("have tables that are called", function()
    assert.matches("%-%-%-@class mah%.sweep\n%-%-%-@overload fun%(given: mah%.sweep%.options%): "
      .. "study\nmah%.sweep = {}", text)
    assert.matches("%-%-%-@overload fun%(given: mah%.MLPClassifier%.options|nil%): MLPClassifier\n",
      text)
    assert.matches("%-%-%-@overload fun%(net: [^\n]-, given: mah%.train%.options|nil%)", text)
  end)

  it("have the fields of classes, and what operators give", function()
    local tensor = block "---@class tensor"
    assert.matches("\n%-%-%-@field shape integer%[%]", tensor)
    assert.matches("\n%-%-%-@operator add%(tensor|number%): tensor\n", tensor)
    assert.matches("\n%-%-%-@field %[integer", tensor)
    assert.matches("\n%-%-%-@field store string", block "---@class study\n")
  end)
end)

describe("a type", function()
  it("is read and written again with other names", function()
    local function lower(name) return name:lower() end
    for text, expected in pairs {
      ["N|nil"] = "n|nil", ["N[][]?"] = "n[][]?",
      ["fun(X: N, ...: any): N[], b?"] = "fun(X: n, ...: any): n[], b?",
      ['{a: N, b?: "X"|"y", [integer]: N}|nil'] = '{a: n, b?: "X"|"y", [integer]: n}|nil',
      ["table<string, (N|nil)[]>"] = "table<string, (n|nil)[]>",
      ["fun(f: fun(): N): a: N, b"] = "fun(f: fun(): n): a: n, b",
    } do
      assert.equal(expected, (types.map(text, lower)))
    end
  end)

  it("is refused with a reason where it is none", function()
    for text, problem in pairs { ["a b"] = "'b' comes too late", ["{a"] = "',' is expected",
      ["a|"] = "ends too early", ["fun(a"] = "expected", ["#"] = "'#' is no part" } do
      local result, said = types.names(text)
      assert.is_nil(result)
      assert.is_truthy(said:find(problem, 1, true), said)
    end
  end)

  it("has alternatives", function()
    assert.same({ "a", "{b: c|d}", "fun(e: f|g)", "nil" },
      types.alternatives "a|{b: c|d}|fun(e: f|g)|nil")
  end)
end)
