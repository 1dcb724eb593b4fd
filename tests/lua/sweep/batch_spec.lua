-- Sweeps with batch = K: the rows of a sweep without, whatever the trials do.
local canonical = require "mah.sweep.canonical"
local helper = require "sweep.sweep_helper"
local mah = require "mah"
local warn = require "mah.base.warn"

local run = helper.run

local x, y = mah.rand(80, 4, { rng = 1 }), mah.randint(0, 2, 80, { rng = 2 })

--- What must not depend on the company.
local function fixed(rows)
  local list = {}
  for i, row in ipairs(rows) do
    list[i] = assert(canonical.encode { row.number, row.params, row.seed, row.status,
      row.reason or "", row.result or {}, row.warnings or {}, row.curve and row.curve.values or {},
      (row.error or ""):match "^[^\n]*", row.attempts })
  end
  return list
end

--- The rows of a study for each of some ways to run it; and what study:run returned.
local function rows_of(given, ways)
  local tables, counts = {}, {}
  for i, way in ipairs(ways) do
    given.name, given.store, given.batch = "batch", helper.store(), way.batch
    local study = mah.sweep(given)
    counts[i] = run(study, { jobs = way.jobs or 1 })
    tables[i] = fixed(study:results())
  end
  return tables, counts
end

local ways = { {}, { batch = 3 }, { batch = 100 }, { batch = 4, jobs = 2 } }

local function same(given, together)
  local tables, counts = rows_of(given, ways)
  for i = 2, #ways do assert.same(tables[1], tables[i]) end
  local found = {}
  for i, count in ipairs(counts) do found[i] = count.together end
  assert.same(together, found)
  return tables[1], counts
end

describe("a sweep in batches", function()
  after_each(helper.clean)

  it("has the rows of one without: estimators", function()
    local rows = same({
      grid = { alpha = { 0, 0.01 }, seed = { 1, 2 }, dropout = { 0, 0.3 } },
      trial = function(p, report)
        local clf = mah.MLPClassifier { hidden_layer_sizes = { 6 }, alpha = p.alpha,
          dropout = p.dropout, random_state = p.seed, batch_size = 16, max_iter = 4 + p.seed * 3,
          on_epoch = function(s) report(s.epoch, s.loss) end }
        clf:fit(x, y)
        return { score = clf:score(x, y), loss = clf.loss_, n_iter = clf.n_iter_ }
      end,
    }, { 0, 8, 8, 8 })
    assert.equal(8, #rows)
  end)

  it("has the rows of one without: networks, random numbers, threads", function()
    same({
      grid = { a = { 1, 2, 3, 4, 5 } },
      trial = function(p)
        local list = { math.random(), mah.rand(1)[1] }
        local net = mah.mlp { 4, { 3 + p.a, "tanh" }, { 3, "softmax" } }
        local run_ = mah.train(net, { x = x, y = y }, { stop = 1 + p.a, batch_size = 10 + p.a,
          threads = p.a % 2 + 1, validation = 0.2, on_epoch = function()
            list[#list + 1] = math.random() + mah.randn(1)[1]
          end })
        list[#list + 1] = math.random(100)
        return { list = list, seed = run_.seed, loss = run_.history.loss, threads = mah.threads() }
      end,
    }, { 0, 5, 5, 5 })
  end)

  it("has the rows of one without: warnings, failures, nothing to train", function()
    local rows = same({
      grid = { a = { 1, 2, 3, 4, 5, 6, 7 } },
      trial = function(p)
        warn("warned by %d", p.a)
        if p.a == 1 then return { plain = 1 } end
        if p.a == 2 then error("failed before") end
        local solver = mah.solver.sgd { lr = p.a == 3 and 1e30 or 0.1 }
        local net = mah.mlp { 4, { 3, "relu" }, { 3, "softmax" }, seed = 1 }
        mah.train(net, { x = x, y = y }, { stop = 3, seed = p.a, batch_size = 16, solver = solver,
          clip_norm = p.a == 4 and 1 or nil })
        warn("all")
        if p.a == 5 then return { f = print } end
        if p.a == 6 then return 0 / 0 end
        return { sum = net.params:sum() }
      end,
    }, { 0, 2, 4, 3 })
    assert.equal(7, #rows)
  end)

  it("lets those run alone that bring the others down", function()
    local rows = same({
      grid = { a = { 1, 2, 3, 4 } }, timeout = 0.5,
      trial = function(p)
        local net = mah.mlp { 4, { 3, "relu" }, { 3, "softmax" }, seed = 1 }
        mah.train(net, { x = x, y = y }, { stop = 2, seed = p.a })
        if p.a == 2 then os.exit(7) end
        if p.a == 3 then while true do end end
        return p.a
      end,
    }, { 0, 1, 1, 1 })
    assert.matches("exit status 7", rows[2])
    assert.matches("timeout", rows[3])
  end)

  it("lets those run alone that share a network, a solver or an estimator", function()
    local net, solver = mah.mlp { 4, { 3, "relu" }, { 3, "softmax" } }, mah.solver.adam {}
    local clf = mah.MLPClassifier { hidden_layer_sizes = { 3 }, max_iter = 5 }
    for what, given in pairs {
      network = function(p)
        mah.train(net:init(p.a), { x = x, y = y }, { stop = 3, seed = p.a })
        return net.params:sum()
      end,
      solver = function(p)
        local own = mah.mlp { 4, { 3, "relu" }, { 3, "softmax" }, seed = p.a }
        mah.train(own, { x = x, y = y }, { stop = 3, seed = p.a, solver = solver })
        return own.params:sum()
      end,
      estimator = function(p)
        clf:set_params { random_state = p.a, max_iter = 4 + p.a % 2 }
        mah.warnings(false)
        clf:fit(x, y)
        return clf.loss_
      end,
    } do
      local tables = rows_of({ grid = { a = { 1, 2, 3, 4, 5 } }, trial = given }, ways)
      for i = 2, #ways do assert.same(tables[1], tables[i], what) end
    end
  end)

  it("prunes single ones, whose others go on", function()
    local tables, counts = rows_of({
      grid = { a = { 1, 2, 3, 4, 5, 6 } }, of = "loss", goal = "min",
      prune = function(curve) return curve.values[1] > 3 and "hopeless" end,
      trial = function(p, report)
        local net = mah.mlp { 4, { 3, "relu" }, { 3, "softmax" }, seed = 1 }
        local run_ = mah.train(net, { x = x, y = y }, { stop = 4, seed = p.a,
          on_epoch = function(s) if s.epoch == 2 then report(2, p.a) end end })
        return { loss = run_.history.loss[4] }
      end,
    }, ways)
    for i = 2, #ways do assert.same(tables[1], tables[i]) end
    for i = 1, #ways do assert.same({ 3, 3 }, { counts[i].done, counts[i].pruned }) end
    assert.equal(6, counts[3].together)
  end)

  it("goes with searches, retries and what is there already", function()
    local given = { space = { a = mah.search.uniform(0, 1) }, of = "a", goal = "max",
      search = mah.search.tpe { trials = 12, seed = 3, parallel = 4 },
      trial = function(p) return { a = p.a } end }
    same(given, { 0, 0, 0, 0 })
    local log = helper.log()
    local study = mah.sweep { name = "again", store = helper.store(), grid = { a = { 1, 2, 3 } },
      batch = 3, retry = 2,
      trial = function(p)
        local file = io.open(log, "a")
        file:write(p.a, "\n")
        file:close()
        if p.a == 2 then error "no" end
        return p.a
      end }
    run(study, { jobs = 1 })
    assert.equal(5, helper.lines(log))
    assert.equal(3, study:results()[2].attempts)
    assert.equal(3, run(study, { jobs = 1 }).skipped)
    assert.equal(5, helper.lines(log))
  end)

  it("asks for a whole number of trials", function()
    assert.error_matches(function()
      mah.sweep { name = "b", trial = function() end, grid = { a = { 1 } }, batch = 0 }
    end, "batch")
  end)
end)
