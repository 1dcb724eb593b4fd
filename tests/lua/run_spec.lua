-- The harness itself: what must fail fails.
local folder = arg[0]:match "^(.*/)" or "./"

--- The exit status and output of a run of one spec file with this text.
local function run(text, options)
  local name = os.tmpname()
  local spec = name .. "_spec.lua"
  local file = assert(io.open(spec, "w"))
  file:write(text)
  file:close()
  local status = os.execute(("%s %srun.lua -o TAP %s %s >%s 2>&1"):format(arg[-1], folder,
    options or "", spec, name))
  local output = assert(io.open(name)):read "*a"
  os.remove(name)
  os.remove(spec)
  return status, output
end

describe("tests/lua/run.lua", function()
  it("passes what passes", function()
    local status, output = run 'it("is true", function() assert.is_true(true) end)'
    assert.equal(0, status, output)
    assert.truthy(output:find("ok 1", 1, true))
  end)

  it("fails a failing test", function()
    local status, output = run 'it("is false", function() assert.is_true(false) end)'
    assert.not_equal(0, status)
    assert.truthy(output:find("not ok 1", 1, true))
  end)

  it("fails an error, in a test and in the file", function()
    assert.not_equal(0, (run 'it("breaks", function() error "x" end)'))
    assert.not_equal(0, (run "this is not Lua"))
  end)

  it("fails a file that keeps a tensor", function()
    local status, output = run [[
      it("leaks", function() package.loaded.kept = require("mah").zeros(1000) end)]]
    assert.not_equal(0, status)
    assert.truthy(output:find("bytes of tensors", 1, true))
  end)

  it("takes tensors that the file itself holds as given back", function()
    local status, output = run [[
      local x = require("mah").zeros(1000)
      it("uses it", function() for i = 1, 1000 do x[i] = i end end)]]
    assert.equal(0, status, output)
  end)

  it("fails when the path does not exist", function()
    assert.not_equal(0, (run("", "/no/such/spec.lua")))
  end)
end)
