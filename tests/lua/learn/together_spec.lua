-- Coroutines that train side by side: who waits for whom, whose time it is, and what ends them.
local mah = require "mah"
local progress = require "mah.base.progress"
local together = require "mah.learn.together"

--- What becomes of functions side by side.
local function run(...) return together.run({ ... }, {}) end

local x, y = mah.rand(60, 4, { rng = 1 }), mah.randint(0, 1, 60, { rng = 2 })

local function new_net(seed) return mah.mlp { 4, { 5, "relu" }, { 2, "softmax" }, seed = seed } end

--- A training of so many epochs, which notes them in a log.
local function training(name, epochs, log, given)
  return function()
    local o = { stop = epochs, batch_size = 20, seed = 1,
      on_epoch = function(s) log[#log + 1] = name .. s.epoch end }
    for k, v in pairs(given or {}) do o[k] = v end
    return mah.train(new_net(1), { x = x, y = y }, o).n_iter
  end
end

local function fields(members, name)
  local list = {}
  for i, member in ipairs(members) do list[i] = member[name] end
  return list
end

describe("trainings side by side", function()
  it("go epoch by epoch, and leave when they are done", function()
    local log = {}
    local members = run(training("a", 2, log), training("b", 4, log),
      training("c", 3, log))
    assert.equal("a1 b1 c1 a2 b2 c2 b3 c3 b4", table.concat(log, " "))
    assert.same({ 2, 4, 3 }, fields(members, "value"))
    assert.same({ true, true, true }, fields(members, "together"))
  end)

  it("take a turn each where Lua makes the steps", function()
    local log = {}
    local members = run(training("a", 2, log), training("b", 2, log, { clip_norm = 1 }),
      training("c", 2, log))
    assert.equal("b1 b2 a1 c1 a2 c2", table.concat(log, " "))
    assert.same({ true, false, true }, fields(members, "together"))
  end)

  it("may be one, or none, and one after another", function()
    local log = {}
    local members = run(training("a", 2, log))
    assert.is_false(members[1].together)
    assert.same({}, run())
    local function two() return training("a", 1, log)() + training("b", 2, log)() end
    members = run(two, training("c", 2, log))
    assert.equal(3, members[1].value)
    assert.equal("a1 a2 a1 c1 b1 c2 b2", table.concat(log, " "))
  end)

  it("may be in coroutines, groups and calls of their own", function()
    local log = {}
    local function in_coroutine()
      local value = coroutine.wrap(function() coroutine.yield(training("a", 2, log)()) end)()
      return value
    end
    local function in_group()
      return run(training("b", 1, log), training("c", 1, log))[2].value
    end
    local function in_c()
      local value
      string.gsub("x", "x", function() value = training("d", 2, log)() end)
      return value
    end
    local members = run(training("e", 1, log), in_coroutine, in_group, in_c,
      training("f", 1, log))
    assert.same({ 1, 2, 1, 2, 1 }, fields(members, "value"))
    assert.same({ true, false, false, false, true }, fields(members, "together"))
  end)

  it("keep their errors, among them a yield to nobody", function()
    local log = {}
    local members = run(training("a", 2, log), function() error("mine", 0) end,
      function() coroutine.yield(1) end, function() mah.train(1) end)
    assert.same({ true, false, false, false }, fields(members, "ok"))
    assert.equal("mine", members[2].value)
    assert.matches("yield outside", members[3].value)
    assert.matches("together_spec.lua:%d+: mah.train: a network is expected", members[4].value)
  end)

  it("have clocks of their own", function()
    local now, time, took = progress.now, 0, {}
    function progress.now() -- luacheck: ignore
      time = time + 1
      return time
    end
    local function slow(i, seconds)
      return function()
        local start = together.now()
        training("a", 2, {}, { on_epoch = function() time = time + seconds end })()
        took[i] = together.now() - start
      end
    end
    local ok, members = pcall(run, slow(1, 1000), slow(2, 0))
    progress.now = now -- luacheck: ignore
    assert(ok, members)
    assert.is_true(took[1] > 2000 and took[1] < 2100 and took[2] < 100)
    assert.is_true(members[1].seconds >= took[1] and members[2].seconds >= took[2])
  end)

  it("leave when their time is over, or when they are told to", function()
    local log = {}
    local members = together.run({ training("a", 3, log), training("b", 3, log, {
      on_epoch = function(s)
        if s.epoch == 2 then together.leave "pruned" end
        log[#log + 1] = "b" .. s.epoch
      end }) }, {})
    assert.equal("a1 b1 a2 a3", table.concat(log, " "))
    assert.same({ true, false }, fields(members, "ok"))
    assert.equal("pruned", members[2].left)
    together.leave "nobody"
    members = together.run({ training("a", 3, log) }, { seconds = 1e-9 })
    assert.equal("timeout", members[1].left)
  end)

  it("part where they train the same network or by the same solver", function()
    local log, net, solver = {}, new_net(1), mah.solver.adam {}
    local function with(given_net, given_solver)
      return function()
        mah.train(given_net, { x = x, y = y }, { stop = 2, batch_size = 20, solver = given_solver })
        return 1
      end
    end
    local members = run(with(net), with(new_net(2), solver), training("a", 2, log), with(net),
      with(new_net(3), solver))
    assert.same({ "clash", "clash", nil, "clash", "clash" }, { members[1].left, members[2].left,
      members[3].left, members[4].left, members[5].left })
    assert.is_true(members[3].ok)
  end)

  it("have the number of threads that they chose", function()
    local before, seen = mah.threads(), {}
    mah.threads(2)
    local function own(n)
      return training("a", 2, {}, { threads = n, on_epoch = function()
        seen[#seen + 1] = mah.threads()
      end })
    end
    run(own(3), own(nil), own(1))
    assert.same({ 3, 2, 1, 3, 2, 1 }, seen)
    assert.equal(2, mah.threads())
    mah.threads(before)
  end)
end)
