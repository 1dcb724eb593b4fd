local scope = require "mah.prompt.scope"

local outer = 1 -- an upvalue of those below

--- Calls work(scope) as mah.prompt would call the prompt.
local function wait(work, own)
  local hold
  function hold()
    local s = scope.of_caller(hold, own or {})
    work(s)
  end
  hold()
end

describe("the scope of a function that waits", function()
  -- wait is a function of this file and not of mah's: so it is the caller itself.
  local function find(work)
    local result
    wait(function(s) result = work(s) end)
    return result
  end

  it("has its locals and upvalues, to be read and assigned to", function()
    local names = find(function(s) return s:names() end)
    assert.same({ "hold", "own", "scope", "work" }, names)
    local seen = {}
    wait(function(s)
      seen.own = s:get "own"
      s:set("own", "changed")
      seen.now = s:get "own"
      s.env.own = s.env.own .. " again"
      seen.last = s:get "own"
    end, { "first" })
    assert.same({ own = { "first" }, now = "changed", last = "changed again" }, seen)
  end)

  it("has globals beside, and its own names last", function()
    local seen, globals = {}, getfenv(wait)
    globals.watched = 5
    wait(function(s)
      seen.global, seen.print, seen.helper = s:get "watched", s:get "print", s:get "helper"
      s:set("watched", 6)
      seen.all = scope.use(s) == nil and scope.all()
      scope.use(nil)
    end, { helper = 7, print = 8 })
    assert.are.equal(6, globals.watched)
    assert.are.equal(5, seen.global)
    assert.are.equal(print, seen.print)
    assert.are.equal(7, seen.helper)
    assert.is_true(seen.all.helper and seen.all.work)
    globals.watched = nil
  end)

  it("changes what compiled code has taken for a constant", function()
    local rate = 1
    local function step() return rate + outer - 1 end
    local function train()
      local sum = 0
      for _ = 1, 300 do sum = sum + step() end
      return sum
    end
    assert.are.equal(300, train())
    local hold
    function hold() scope.of_caller(hold, {}):set("rate", 2) end
    local function waits()
      hold()
      return rate
    end
    assert.are.equal(2, waits())
    assert.are.equal(600, train())
  end)

  it("is of no use in another coroutine", function()
    local seen
    wait(function(s)
      coroutine.wrap(function() seen = s:get "work" end)()
    end)
    assert.is_nil(seen)
  end)
end)
