-- Searches and pruning in the order of numbers, and as results come.
local ffi = require "ffi"
local helper = require "sweep.sweep_helper"
local mah = require "mah"
local foreign = require "mah.base.foreign"

foreign.declare [[
int usleep(unsigned microseconds);
int getpid(void);
int kill(int pid, int signal);
]]

local run = helper.run

--- What of the rows may not depend on the number of workers.
local function fixed(rows)
  local list = {}
  for i, row in ipairs(rows) do
    list[i] = { row.number, row.params, row.status, row.result or 0, row.reason or 0,
      row.curve and row.curve.values or 0, (row.error or ""):match "^[^\n]*" }
  end
  return list
end

--- Trials whose speeds differ so that later ones overtake earlier ones.
local function slow_curve(p, report, a, epochs)
  for epoch = 1, epochs do
    if epoch == 2 and p.seed % 5 == 3 then error "one of those that fail" end
    ffi.C.mah_usleep((p.seed * 7919 + epoch * 31) % 7 * 700)
    report(epoch, a * math.sqrt(epoch) + (p.seed % 13) / 13)
  end
  return { test = a * math.sqrt(epochs) }
end

local function of(o)
  o.name, o.store = o.name or "order", o.store or helper.store()
  return mah.sweep(o)
end

--- The rows of a study with so many workers.
local function rows_of(make, jobs)
  local study = make()
  run(study, { jobs = jobs })
  return fixed(study:results()), study
end

describe("deterministic = true", function()
  after_each(helper.clean)

  local function same_for_all(make)
    local one = rows_of(make, 1)
    for _, jobs in ipairs { 2, 5 } do assert.same(one, (rows_of(make, jobs))) end
    return one
  end

  local function count(rows, status)
    local n = 0
    for _, row in ipairs(rows) do n = n + (row[3] == status and 1 or 0) end
    return n
  end

  it("gives successive halving and the median rule the rows of one worker", function()
    for _, rule in ipairs { mah.prune.asha { min = 1, factor = 2 },
      mah.prune.median { startup = 3 } } do
      local rows = same_for_all(function()
        return of { prune = rule, deterministic = true, retry = 1, n = 24,
          random = { a = mah.search.uniform(0, 1) },
          trial = function(p, report) return slow_curve(p, report, p.a, 6) end }
      end)
      assert.is_true(count(rows, "pruned") > 3 and count(rows, "done") > 1)
      assert.is_true(count(rows, "failed") > 0)
    end
  end)

  it("shows a rule the earlier trials up to the same epoch, in order", function()
    same_for_all(function()
      return of { deterministic = true, grid = { a = { 3, 1, 4, 2, 5, 9, 6 } },
        prune = function(curve, others)
          local seen = {}
          for i, other in ipairs(others) do seen[i] = table.concat(other.epochs, "+") end
          return #others > 3 and #curve.epochs == 2 and table.concat(seen, " ")
        end,
        trial = function(p, report) return slow_curve(p, report, p.a, p.a) end }
    end)
  end)

  it("keeps a search with pruning in order, whatever the number of workers", function()
    for _, search in ipairs { mah.search.tpe { trials = 30, startup = 6, parallel = 2, seed = 3 },
      mah.search.cmaes { trials = 30, parallel = 2, seed = 3 } } do
      local rows = same_for_all(function()
        return of { prune = mah.prune.asha { min = 2, factor = 2 }, deterministic = true,
          space = { a = mah.search.uniform(0, 1), b = mah.search.uniform(0, 1) }, search = search,
          trial = function(p, report) return slow_curve(p, report, p.a - p.b, 4) end }
      end)
      assert.is_true(count(rows, "pruned") > 0 and count(rows, "done") > 0)
    end
  end)

  it("goes on where it was with the same rows", function()
    local function make()
      return of { prune = mah.prune.asha { min = 1, factor = 2 }, deterministic = true, n = 16,
        random = { a = mah.search.uniform(0, 1) },
        trial = function(p, report) return slow_curve(p, report, p.a, 5) end }
    end
    local rows, study = rows_of(make, 3)
    helper.query(study.store, "DELETE FROM curves WHERE trial IN (SELECT id FROM trials "
      .. "WHERE number IN (2, 5, 9))")
    helper.query(study.store, "DELETE FROM trials WHERE number IN (2, 5, 9)")
    run(study, { jobs = 3 })
    assert.same(rows, fixed(study:results()))
  end)

  it("judges a trial that goes on from its checkpoint as one that was not killed", function()
    local x, folder = mah.rand(40, 3, { rng = mah.rng(1) }), nil
    local function make()
      return of { prune = mah.prune.asha { min = 1, factor = 2 }, deterministic = true, retry = 1,
        grid = { h = { 2, 3, 4, 5, 6, 7, 8, 9 } }, checkpoint = 1e-6, goal = "min", code = "1",
        trial = function(p, report)
          local net = mah.mlp { 3, { p.h, "tanh" }, { 1, "identity" }, seed = 1 }
          mah.train(net, { x = x, y = x:sum(2) }, { stop = 6, seed = 1, on_epoch = function(s)
            report(s.epoch, s.loss)
            local mark = folder and ("%s.%d"):format(folder, p.h)
            if mark and s.epoch >= 2 and not mah.file.exists(mark) then
              mah.file.write(mark, "")
              ffi.C.mah_kill(ffi.C.mah_getpid(), 9)
            end
          end })
          return { test = net.params:sum() }
        end }
    end
    local calm = rows_of(make, 1)
    assert.is_true(count(calm, "pruned") > 0 and count(calm, "done") > 0)
    for _, jobs in ipairs { 1, 3 } do
      folder = helper.log()
      assert.same(calm, (rows_of(make, jobs)))
      for h = 2, 9 do os.remove(("%s.%d"):format(folder, h)) end
    end
  end)

  it("does not count the time in which a trial waits for others", function()
    local study = of { deterministic = true, grid = { a = { 1, 2 } }, timeout = 0.6,
      prune = function() return false end,
      trial = function(p, report)
        for epoch = 1, 4 do
          if p.a == 1 then ffi.C.mah_usleep(200000) end
          report(epoch, 1)
        end
        ffi.C.mah_usleep(p.a == 2 and 300000 or 0)
        return 1
      end }
    run(study, { jobs = 6 })
    local rows = study:results()
    assert.equal("timeout", rows[1].reason) -- which is late by itself
    assert.equal("done", rows[2].status)
  end)

  it("is refused together with a rule and batches", function()
    assert.error_matches(function()
      of { deterministic = true, batch = 4, prune = mah.prune.asha {}, grid = { a = { 1 } },
        trial = function() end }
    end, "must run alone; batch = 4")
  end)
end)

describe("a search with more workers than it foresees", function()
  after_each(helper.clean)

  local function append(path, line)
    local file = io.open(path, "a")
    file:write(line, "\n")
    file:close()
  end

  --- The most trials that ran at once, by a log of starts (+) and ends (-); whether one has given
  --- up waiting for others (?).
  local function read(log)
    local now, most, given_up = 0, 0, false
    for line in io.lines(log) do
      now = now + (line == "+" and 1 or line == "-" and -1 or 0)
      most = math.max(most, now)
      given_up = given_up or line == "?"
    end
    return most, given_up
  end

  --- Trials that note how many run at once. The first of them wait until `together` do, however
  --- slow the machine is, for half a minute at most.
  local function make(search, together, deterministic)
    local log = helper.log()
    local function meet()
      for _ = 1, 3000 do
        local most, given_up = read(log)
        if most >= together or given_up then return end
        ffi.C.mah_usleep(10000)
      end
      append(log, "?")
    end
    return function(store)
      return of { store = store,
        space = { x = mah.search.uniform(-1, 1), y = mah.search.uniform(-1, 1) },
        search = search, goal = "min", deterministic = deterministic,
        trial = function(p)
          append(log, "+")
          ffi.C.mah_usleep(20000)
          meet()
          append(log, "-")
          return p.x ^ 2 + p.y ^ 2
        end }
    end, log
  end

  for name, search in pairs {
    tpe = mah.search.tpe { trials = 20, startup = 6, parallel = 2, seed = 1 },
    cmaes = mah.search.cmaes { trials = 20, parallel = 2, seed = 1 },
  } do
    it("uses all of them, and goes on where it was: " .. name, function()
      local new, log = make(search, 3)
      local study = new()
      run(study, { jobs = 6 })
      assert.is_true(read(log) >= 3)
      local rows = study:results()
      assert.equal(20, #rows)
      assert.equal(20, run(study, { jobs = 6 }).skipped)
      helper.query(study.store, "DELETE FROM trials WHERE number IN (4, 11, 20)")
      local again = new(study.store)
      assert.equal(17, run(again, { jobs = 6 }).skipped)
      local all = again:results()
      assert.equal(20, #all)
      for i, row in ipairs(all) do
        if i ~= 4 and i ~= 11 and i ~= 20 then assert.same(rows[i].params, row.params) end
      end
    end)

    it("keeps to its order where that is asked for: " .. name, function()
      local new, log = make(search, 1, true)
      local rows = rows_of(new, 6)
      assert.is_true(read(log) <= 2)
      assert.same(rows, (rows_of(new, 1)))
    end)
  end

  it("proposes as results come with fewer, too, where that is asked for", function()
    local search = mah.search.tpe { trials = 12, startup = 2, parallel = 4, seed = 1 }
    local one = rows_of(make(search, false), 1) -- knows one result more each time
    local other = rows_of(make(search, 1, true), 1)
    local differ = 0
    for i, row in ipairs(one) do differ = differ + (row[2].x ~= other[i][2].x and 1 or 0) end
    assert.is_true(differ > 0)
  end)
end)
