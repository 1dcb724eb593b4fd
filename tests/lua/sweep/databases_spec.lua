-- What a store keeps, and gives back, is the same in a file and in a PostgreSQL database.
local mah = require "mah"
local Store = require "mah.sweep.store"
local canonical = require "mah.sweep.canonical"
local database = require "mah.sweep.database"
local helper = require "sweep.sweep_helper"
local merge = require "mah.sweep.merge"
local server = require "sweep.server"

local kinds = { SQLite = helper.store, PostgreSQL = server.new }

--- The spec for both.
local function both(name, body)
  for kind, new in pairs(kinds) do
    local why = kind == "PostgreSQL" and server.missing()
    it(("%s: %s"):format(kind, name), function()
      if why then return pending(why) end
      body(new)
    end)
  end
end

--- All rows but their times, as text.
local function rows_of(path, name)
  local list = {}
  for i, row in ipairs(mah.sweep.open(path, name, { all = true }):results()) do
    list[i] = assert(canonical.encode { row.number, row.params, row.seed, row.status,
      row.result or {}, row.reason or "", row.warnings or {}, row.identity,
      row.curve and row.curve.epochs or {} })
  end
  return list
end

local function study_of(path, change)
  local o = { name = "both", store = path, code = "1", grid = { a = { 1, 2, 3 }, b = { "x", "y" } },
    trial = function(p, report)
      for epoch = 1, 3 do report(epoch, epoch == 2 and 0 / 0 or p.a / epoch) end
      if p.a == 3 then error("no " .. p.b) end
      return { test = p.a / 3, word = p.b .. "'\"?$1", drawn = mah.rand(1)[1] }
    end }
  for name, value in pairs(change or {}) do o[name] = value end
  o.grid = o.grid or nil -- false: none
  return mah.sweep(o)
end

describe("a store of either kind", function()
  setup(server.start)
  teardown(server.stop)
  after_each(helper.clean)

  local first
  both("has the same rows and curves", function(new)
    local path = new()
    local counts = helper.run(study_of(path))
    assert.same({ 6, 4, 2, 0, 0 }, { counts.total, counts.done, counts.failed, counts.waiting,
      counts.skipped })
    local rows = rows_of(path)
    assert.equal(6, #rows)
    first = first or rows
    assert.same(first, rows)
    local curve = mah.sweep.open(path):results()[2].curve
    assert.same({ 1, 2, 3 }, curve.epochs)
    assert.is_true(curve.values[2] ~= curve.values[2])
    assert.equal(1 / 3, curve.values[3])
  end)

  both("goes on where it was, and again where it failed", function(new)
    local path = new()
    helper.run(study_of(path))
    assert.equal(6, helper.run(study_of(path)).skipped)
    assert.equal(4, helper.run(study_of(path), { again = true }).skipped)
    helper.query(path, "DELETE FROM curves WHERE trial IN (SELECT id FROM trials WHERE number = 1)")
    helper.query(path, "DELETE FROM trials WHERE number = 1")
    helper.query(path, "UPDATE trials SET status = 'interrupted' WHERE number = 2")
    helper.query(path, "UPDATE trials SET status = 'running' WHERE number = 4")
    assert.equal(3, helper.run(study_of(path)).skipped)
    assert.same({ 4, 2 }, { #helper.query(path, "SELECT 1 FROM trials WHERE status = 'done'"),
      #helper.query(path, "SELECT 1 FROM trials WHERE status = 'failed'") })
  end)

  both("tries failed trials again as often as it is told", function(new)
    local path, log = new(), helper.log()
    helper.run(study_of(path, { retry = 2, grid = { a = { 3 } }, trial = function()
      local file = io.open(log, "a")
      file:write "once\n"
      file:close()
      error "no"
    end }))
    assert.equal(3, helper.lines(log))
  end)

  both("keeps trials of earlier code, and forgets what waits from an earlier plan", function(new)
    local path = new()
    helper.run(study_of(path, { code = "0", grid = { a = { 1 } } }))
    local store = Store.open(path, "write")
    local row = store:find "both"
    store:add(row, { { identity = "x", number = 9, text = "{}", seed = 1 } }, true)
    store:close()
    helper.run(study_of(path, { code = "2", grid = { a = { 1, 2 } } }))
    assert.equal(2, #mah.sweep.open(path):results())
    assert.equal(3, #mah.sweep.open(path, "both", { all = true }):results())
  end)

  both("has numbers to the last bit, and odd texts", function(new)
    local path = new()
    local given = { tiny = 5e-324, huge = 1.7976931348623157e308, third = 1 / 3, big = 2 ^ 53 - 1,
      above = math.huge, below = -math.huge, minus = -0.1, yes = true, empty = "",
      text = "وزن ' \" ? $1 \\ \n\t\1", list = { 1, { x = 2 } } }
    helper.run(study_of(path, { grid = { a = { 1 } }, trial = function() return given end }))
    assert.same(given, mah.sweep.open(path):results()[1].result)
    helper.run(study_of(path, { name = "zero", grid = { a = { 1 } },
      trial = function() return { text = "a\0b" } end }))
    assert.equal("a\0b", mah.sweep.open(path, "zero"):results()[1].result.text)
    assert.equal(1, #helper.query(path, 'SELECT * FROM "zero"'))
  end)

  both("keeps errors with any bytes", function(new)
    local path = new()
    helper.run(study_of(path, { grid = { a = { 1 } },
      trial = function() error("what\0\255\226\130 is it", 0) end }))
    assert.matches("^what", mah.sweep.open(path):results()[1].error)
  end)

  both("has a view", function(new)
    local path = new()
    helper.run(study_of(path))
    local row = helper.query(path, "SELECT * FROM \"both\" WHERE number = 4")[1]
    assert.same({ 2, "y", "done", 2 / 3, "y'\"?$1" },
      { row.a, row.b, row.status, row.test, row.word })
  end)

  both("finds names for views of awkward studies and columns", function(new)
    local path, long = new(), ("long "):rep(30)
    for _, name in ipairs { "trials", 'with "quotes"', "sqlite_x", "وزن", "a", "A", long,
      long .. "er" } do
      helper.run(study_of(path, { name = name, grid = { [long] = { 1 }, [long .. "x"] = { 1 },
        ["k'NOW?"] = { 1 } }, trial = function() return { [long] = "NOW ?", n = 1 / 0 } end }))
      assert.equal(1, #mah.sweep.open(path, name):results())
    end
    local views = {}
    for _, row in ipairs(helper.query(path, "SELECT view FROM studies")) do
      views[row.view] = true
      assert.equal(1, #helper.query(path, ('SELECT * FROM "%s"'):format(row.view:gsub('"', '""'))))
    end
    assert.is_true(views.a and views.A == nil or views.A)
  end)

  both("answers questions, and goes to Optuna", function(new)
    local path, out = new(), helper.store()
    helper.run(study_of(path, { grid = { a = { 1, 2 }, b = { "x", "y" }, c = { 1, 2, 3, 4 } } }))
    local study = mah.sweep.open(path)
    assert.equal(2, study:best("test").params.a)
    assert.equal(2, #study:summary { by = "a", of = "test" })
    assert.equal("a", study:importances({ of = "test" })[1].parameter)
    local store = Store.open(path, "read")
    assert.equal(16, (require("mah.sweep.optuna")(out, store, store:studies())))
    store:close()
    assert.equal(16, #helper.query(out, "SELECT * FROM trial_values"))
  end)

  local searched
  both("runs searches and rules", function(new)
    local path, search = new(), mah.search
    local study = study_of(path, { grid = false, goal = "min",
      space = { x = search.uniform(-5, 5), k = { 1, 2 } },
      search = search.tpe { trials = 24, startup = 8, seed = 2 },
      trial = function(p, report)
        for epoch = 1, 4 do report(epoch, p.x ^ 2 + p.k / epoch) end
        return p.x ^ 2 + p.k
      end, prune = function(curve) return curve.values[1] > 20 and "too large" end })
    local counts = helper.run(study)
    assert.equal(24, counts.done + counts.pruned)
    assert.is_true(counts.pruned > 0)
    local rows = rows_of(path)
    searched = searched or rows
    assert.same(searched, rows)
    assert.equal(24, helper.run(study).skipped)
  end)

  both("goes to the other kind and back, with all that it has", function(new)
    local from = new()
    helper.run(study_of(from))
    helper.run(study_of(from, { name = "second", of = { "test", "drawn" }, constraints = "a",
      random = { lr = mah.search.log_uniform(1e-4, 1) }, n = 3, grid = false,
      trial = function(p) return { test = p.lr, drawn = 1, a = -1 } end }))
    for _, into in pairs(kinds) do
      if into ~= server.new or not server.missing() then
        local to = into()
        assert.equal(9, merge(to, { from }))
        assert.equal(0, merge(to, { from }))
        for _, name in ipairs { "both", "second" } do
          assert.same(rows_of(from, name), rows_of(to, name))
        end
        local sql = 'SELECT name, code, "of", goal, constraints, space FROM studies ORDER BY name'
        assert.same(helper.query(from, sql), helper.query(to, sql))
        sql = "SELECT started, mah, machine, host, command, jobs, script_text, data FROM manifest "
          .. "ORDER BY id"
        assert.same(helper.query(from, sql), helper.query(to, sql))
        sql = "SELECT seconds, cpu_seconds, peak_memory, started, finished, error, attempts "
          .. "FROM trials ORDER BY identity"
        assert.same(helper.query(from, sql), helper.query(to, sql))
        assert.equal(6, helper.run(study_of(to)).skipped)
      end
    end
  end)
end)

describe("transactions of either kind", function()
  setup(server.start)
  teardown(server.stop)
  after_each(helper.clean)

  both("happen, or do not", function(new)
    local db = database.open(new(), "create")
    db:execute "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)"
    assert.equal("yes", db:transaction(function()
      db:run("INSERT INTO t VALUES (?, ?)", 1, "one")
      return "yes"
    end))
    assert.error_matches(function()
      db:transaction(function()
        db:run("UPDATE t SET a = ?", "two")
        error "stop"
      end)
    end, "stop")
    assert.error_matches(function()
      db:transaction(function() db:run("INSERT INTO t VALUES (?, ?)", 1, "again") end)
    end, "the store '.*")
    assert.equal("one", db:row("SELECT a FROM t WHERE id = ?", 1).a)
    assert.equal(1, db:run("UPDATE t SET a = ? WHERE a IS ?", nil, "one"))
    assert.equal(1, #db:rows("SELECT 1 FROM t WHERE a IS ?", nil))
    assert.matches("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%dZ$", db:row("SELECT NOW AS t").t)
    db:close()
    assert.error_matches(function() db:row "SELECT 1" end, "it is closed")
  end)
end)
