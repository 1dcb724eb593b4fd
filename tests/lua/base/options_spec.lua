local mah = require "mah"
local options = require "mah.base.options"

local rules = {
  hidden = { 100, "integer", "[1, inf)" },
  lr = { 1e-3, "number", "(0, inf)" },
  nesterov = { true, "boolean" },
  solver = { "adam", { "adam", "sgd" } },
  data = { nil, "tensor|table" },
}

local function read(given) return options(given, rules, "here") end

describe("options", function()
  it("fills in defaults and keeps false", function()
    local o = read { nesterov = false, lr = 2 }
    assert.equal(100, o.hidden)
    assert.equal(2, o.lr)
    assert.is_false(o.nesterov)
    assert.is_nil(o.data)
    assert.equal(100, read(nil).hidden)
  end)

  it("leaves the caller's table alone", function()
    local given = { lr = 2 }
    local o = read(given)
    o.lr = 3
    assert.same({ lr = 2 }, given)
  end)

  it("rejects unknown names and offers the nearest", function()
    assert.error_matches(function() read { hiden = 100 } end,
      "unknown option \"hiden\"; did you mean 'hidden'")
    assert.error_matches(function() read { zzzzzzzz = 1 } end, "known: data, hidden, lr")
    assert.error_matches(function() read { 5 } end, "unknown option 1")
  end)

  it("never offers the name that is wrong", function()
    local read_number = function() options({ k = "5" }, { k = { 5, { 5, 6 } } }, "f") end
    assert.error_matches(read_number, 'k must be one of 5, 6; got "5"$')
    assert.equal("", options.did_you_mean("lr", { lr = true, l1 = true }))
    assert.equal("; did you mean 'lr'?", options.did_you_mean("LR", { lr = true, l1 = true }))
    local solver = mah.solver.adam()
    solver.lr = nil
    assert.error_matches(function() return solver.lr end, "the solver adam has no 'lr': it is nil$")
    assert.error_matches(function() return solver.rl end, "no 'rl'; did you mean 'lr'")
  end)

  it("checks types and ranges and names the value", function()
    assert.error_matches(function() read { lr = 0 } end,
      "here: lr must be a number in %(0, inf%); got 0")
    assert.error_matches(function() read { lr = 0 / 0 } end, "lr must be")
    assert.error_matches(function() read { lr = "fast" } end, 'got "fast"')
    assert.error_matches(function() read { hidden = 1.5 } end, "an integer in %[1, inf%); got 1.5")
    assert.error_matches(function() read { nesterov = 1 } end, "a boolean; got 1")
    assert.error_matches(function() read { solver = "adm" } end,
      "one of adam, sgd; got \"adm\" %(did you mean 'adam'%?%)")
    assert.error_matches(function() read { data = 1 } end, "a tensor or a table")
    assert.error_matches(function() read(7) end, "a table of options is expected, got 7")
  end)

  it("asks for what is required", function()
    assert.error_matches(function() options({}, { x = { options.required, "number" } }, "f") end,
      "f: x is missing")
  end)

  it("blames the line of the user", function()
    local ok, message = pcall(function() read { lr = -1 } end)
    assert.is_false(ok)
    assert.matches("options_spec.lua:%d+: here: lr", message)
  end)
end)
