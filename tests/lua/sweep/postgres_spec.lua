-- What only a store in a PostgreSQL database has: addresses, claims, and a connection to lose.
local mah = require "mah"
local Store = require "mah.sweep.store"
local address = require "mah.sweep.address"
local claims = require "mah.sweep.claims"
local database = require "mah.sweep.database"
local helper = require "sweep.sweep_helper"
local postgres = require "mah.sweep.store.postgres"
local process = require "mah.sweep.process"
local server = require "sweep.server"

local function with_server(name, body)
  local why = server.missing()
  it(name, function()
    if why then return pending(why) end
    body(server.new())
  end)
end

local function study_of(path, change)
  local o = { name = "claimed", store = path, code = "1", grid = { a = { 1, 2, 3, 4 } },
    trial = function(p) return p.a end }
  for name, value in pairs(change or {}) do o[name] = value end
  return mah.sweep(o)
end

describe("an address", function()
  it("is one of PostgreSQL's", function()
    for _, path in ipairs { "postgresql://", "postgres://a@b/c" } do
      assert.is_true(address.is(path))
    end
    for _, path in ipairs { "out/runs.db", "postgresql:/x", "./postgresql://", "mysql://a" } do
      assert.is_false(address.is(path))
    end
  end)

  it("is shown without a password", function()
    for given, shown in pairs {
      ["postgresql://mah:secret@host/db"] = "postgresql://mah:***@host/db",
      ["postgresql://mah:se?c#ret@host:1,other/db?x=1"] =
        "postgresql://mah:***@host:1,other/db?x=1",
      ["postgresql://mah:se@cret@host/db"] = "postgresql://mah:***@host/db",
      ["postgresql://:secret@host"] = "postgresql://:***@host",
      ["postgresql://mah@host:5432/db"] = "postgresql://mah@host:5432/db",
      ["postgresql:///db?host=/s&password=secret&user=mah&sslpassword=secret"] =
        "postgresql:///db?host=/s&password=***&user=mah&sslpassword=***",
      ["out/runs.db"] = "out/runs.db",
    } do
      assert.equal(shown, address.shown(given))
    end
    assert.equal('x = "postgresql://mah:***@h/" .. \'postgres://a:***@b\'', address.clean(
      'x = "postgresql://mah:secret@h/" .. \'postgres://a:pw@b\''))
    assert.equal("local pw = '***' .. '***'", address.clean("local pw = 'se%21ret' .. 'se!ret'",
      "postgresql://mah:se%21ret@host"))
  end)

  it("whose password must be written otherwise is an error that does not tell it", function()
    for _, path in ipairs { "postgresql://mah:se@cret@host/db", "postgresql://mah:se/cret@host/db",
      "postgresql://mah:se%zzcret@host/db",
      "postgresql://mah:cret:cret@host:port/db" } do
      local ok, problem = pcall(Store.open, path, "create")
      assert.is_false(ok)
      assert.is_nil(problem:find("cret", 1, true), problem)
      assert.matches("^tests/lua/sweep/postgres_spec.lua:", problem)
    end
  end)
end)

describe("a PostgreSQL store", function()
  setup(server.start)
  teardown(server.stop)
  after_each(helper.clean)

  local function complains(path, pattern, mode)
    assert.error_matches(function() Store.open(path, mode or "create") end, pattern)
  end

  with_server("that cannot be reached is an error with the server's words", function(path)
    complains("postgresql://mah@/postgres?host=/none/here", "No such file or directory")
    complains((path:gsub("/postgres%?", "/nothing?")), 'database "nothing" does not exist')
    complains((path:gsub("mah@", "nobody@")), 'role "nobody" does not exist')
    complains("postgresql://mah@/postgres?hots=x", 'invalid URI query parameter: "hots"')
    complains(path, "there is no store in 'postgresql://mah@/postgres", "read")
    complains(path, "there is no store in 'postgresql://mah@/postgres", "write")
    assert.same({}, study_of(path):results())
  end)

  with_server("is none where others have tables of its names", function(path)
    helper.execute(path, "CREATE TABLE trials (a INTEGER)")
    complains(path, "has a table 'trials' of something else")
    assert.equal(0, #helper.query(path, "SELECT * FROM trials"))
  end)

  with_server("of a newer version is left alone", function(path)
    helper.run(study_of(path))
    helper.execute(path, "UPDATE mah_sweep SET version = 99")
    complains(path, "has version 99; this mah knows %d")
    complains(path, "has version 99; this mah knows %d", "read")
  end)

  with_server("needs rights", function(path)
    helper.run(study_of(path))
    local schema = path:match "test%d+$"
    local role = "other_" .. schema
    helper.execute(path, ("CREATE ROLE %s LOGIN"):format(role))
    local theirs = path:gsub("mah@", role .. "@")
    complains(theirs, "no schema has been selected to create in")
    helper.execute(path, ("GRANT USAGE ON SCHEMA %s TO %s; GRANT SELECT ON ALL TABLES IN SCHEMA "
      .. "%s TO %s"):format(schema, role, schema, role))
    assert.equal(4, #mah.sweep.open(theirs):results())
    assert.error_matches(function() helper.run(study_of(theirs)) end, "permission denied for table")
    -- one who may write, but not make or drop the view
    helper.execute(path, ("GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %s TO %s")
      :format(schema, role))
    assert.equal(4, helper.run(study_of(theirs)).skipped)
    assert.equal(2, helper.run(study_of(theirs, { grid = { a = { 4, 5, 6 } } })).done - 1)
  end)

  with_server("keeps no password", function(path)
    local given = path:gsub("mah@", "mah:s3cret%%21word@")
    local said = {}
    local study = study_of(given, { trial = function(p)
      if p.a == 2 then error "failed" end
      return p.a
    end })
    helper.run(study)
    said[#said + 1] = tostring(study)
    said[#said + 1] = tostring(mah.sweep.open(given))
    for _, row in ipairs(helper.query(path, "SELECT * FROM manifest")) do
      for _, value in pairs(row) do said[#said + 1] = tostring(value) end
    end
    local _, problem = pcall(mah.sweep.open, given, "another")
    said[#said + 1] = problem
    _, problem = pcall(study.run, study, { shard = "1/2", quiet = true, arguments = false })
    said[#said + 1] = problem
    local text = table.concat(said, "\n")
    assert.is_nil(text:find("s3cret", 1, true), text)
    assert.matches("mah:%*%*%*@", text)
  end)

  with_server("keeps no script's password either", function(path)
    local manifest = require "mah.sweep.manifest"
    local old, script = _G.arg, os.tmpname()
    mah.file.write(script, 'store = "postgresql://mah:s3cret@h"; password = "s3cret"')
    _G.arg = { [0] = script, "--store", "postgresql://mah:s3cret@h/" }
    local note = manifest.new(nil, "postgresql://mah:s3cret@h/")
    _G.arg = old
    os.remove(script)
    assert.equal('store = "postgresql://mah:***@h"; password = "***"', note.script_text)
    assert.matches("postgresql://mah:%*%*%*@h/$", note.command)
    assert.is_string(path)
  end)

  with_server("gets trials back that somebody has taken off its list", function(path)
    local log = helper.log()
    local counts = helper.run(study_of(path, { grid = { a = { 1, 2, 3, 4, 5, 6 } },
      trial = function(p)
        if p.a == 2 then helper.execute(path, "DELETE FROM trials WHERE status = 'waiting'") end
        local file = io.open(log, "a")
        file:write "once\n"
        file:close()
        return p.a
      end }), { jobs = 1 })
    assert.same({ 6, 6 }, { counts.done, helper.lines(log) })
  end)

  with_server("has no rule that waits for others, and no parts", function(path)
    assert.error_matches(function()
      helper.run(study_of(path, { deterministic = true, prune = mah.prune.asha {} }))
    end, "goes with one coordinator")
    for option, value in pairs { shard = "1/2", parts = 2 } do
      assert.error_matches(function() helper.run(study_of(path), { [option] = value }) end,
        "is of stores that are files")
    end
  end)

  with_server("knows which process runs it", function(path)
    assert.is_nil(mah.sweep.runner(path))
    helper.run(study_of(path))
    helper.execute(path, "UPDATE trials SET status = 'running' WHERE number < 3")
    assert.equal(process.id(), mah.sweep.runner(path))
  end)
end)

describe("a claim", function()
  setup(server.start)
  teardown(server.stop)
  after_each(helper.clean)

  --- A store with four trials that wait.
  local function waiting(path)
    local store = Store.open(path, "create")
    local study = store:study { name = "claimed", code = "1" }
    local list = {}
    for i = 1, 4 do list[i] = { identity = "t" .. i, number = i, text = "{}", seed = i } end
    store:add(study, list)
    return store, study
  end

  local function everything() return true end

  with_server("is of one coordinator", function(path)
    local store, study = waiting(path)
    local first, second = claims.take(store, study, "a", 4), claims.take(store, study, "b", 4)
    assert.same({ "t1", 1, "t2", 1 },
      { first.identity, first.attempts, second.identity, second.attempts })
    assert.is_nil(claims.take(store, study, "a", 2))
    assert.equal("t3", claims.take(store, study, "a", 4).identity)
    store:close()
  end)

  with_server("passes over what another one holds just now", function(path)
    local store, study = waiting(path)
    local other = Store.open(path, "write")
    other.db:transaction(function()
      other.db:row "SELECT id FROM trials WHERE number = 1 FOR UPDATE"
      assert.equal("t2", claims.take(store, study, "a", 4).identity)
    end)
    assert.equal("t1", claims.take(store, study, "a", 4).identity)
    store:close()
    other:close()
  end)

  with_server("is lost when its owner is not heard of, and then its result does not count",
    function(path)
      local store, study = waiting(path)
      local row = claims.take(store, study, "far away 1 2 x-1", 1)
      local mine = { identity = "t1", owner = "far away 1 2 x-1", attempts = row.attempts }
      assert.same({ t1 = true }, claims.beat(store, study, mine.owner, { mine }))
      local function free(seconds)
        return { claims.free(store, study, "b", seconds, {}, everything) }
      end
      assert.same({ 0, 1 }, free(60))
      assert.is_true(store:finish(mine, { status = "interrupted" }))
      assert.same({ 1, 0 }, free(60))
      mine.attempts = claims.take(store, study, mine.owner, 1).attempts
      assert.equal(2, mine.attempts)
      helper.execute(path, "UPDATE trials SET beat = '2020-01-01T00:00:00.000Z' WHERE number = 1")
      assert.same({ 1, 0 }, free(60))
      assert.same({}, claims.beat(store, study, mine.owner, { mine }))
      assert.is_false(store:finish(mine, { status = "done", result = '{"value":1}' }))
      local theirs = { identity = "t1", owner = "b" }
      theirs.attempts = claims.take(store, study, "b", 1).attempts
      assert.is_false(store:finish(mine, { status = "done", result = '{"value":1}' }))
      mine.owner = "b" -- even in its own name: another attempt
      assert.is_false(store:finish(mine, { status = "done", result = '{"value":1}' }))
      for _ = 1, 2 do -- twice, as when the first answer is lost
        assert.is_true(store:finish(theirs, { status = "done", result = '{"value":2}' }))
      end
      assert.equal(2, store:known(study).t1.result.value)
      store:close()
    end)

  with_server("of a process of this machine that has ended is lost at once", function(path)
    local store, study = waiting(path)
    local dead = process.owner():gsub(" %d+ %d+ ", " 999999 1 ")
    claims.take(store, study, dead, 4)
    claims.take(store, study, process.owner(), 4)
    assert.same({ 1, 1 }, { claims.free(store, study, "b", 60, {}, everything) })
    store:close()
  end)

  with_server("of a plan that nobody runs is forgotten", function(path)
    local store, study = waiting(path)
    claims.take(store, study, "a", 4)
    claims.forget(store, study, 60)
    assert.equal(3, store:counts(study).waiting)
    helper.execute(path, "UPDATE trials SET beat = NULL")
    claims.forget(store, study, 60)
    assert.is_nil(store:counts(study).waiting)
    store:close()
  end)

  with_server("of a number is of the first proposal", function(path)
    local store, study = waiting(path)
    local now = claims.now(store)
    local function settle(identity, number)
      return claims.settle(store, study, { identity = identity, number = number,
        text = '"' .. identity .. '"', seed = 1 }, now)
    end
    assert.is_nil(settle("x", 5))
    assert.is_nil(settle("x", 5))
    assert.equal('"x"', settle("y", 5))
    helper.execute(path, "UPDATE trials SET status = 'done', finished = '2020' WHERE number = 5")
    assert.is_nil(settle("y", 5)) -- that one is of an earlier search
    store:close()
  end)
end)

describe("a connection", function()
  setup(server.start)
  teardown(server.stop)
  local patience = postgres.PATIENCE
  after_each(function()
    postgres.PATIENCE = patience
    helper.clean()
  end)

  local function end_session(db)
    local pid = db:row("SELECT pg_backend_pid() AS pid").pid
    local other = database.open(db.address, "write")
    other:run("SELECT pg_terminate_backend(?)", pid)
    other:close()
  end

  with_server("that is lost is made again", function(path)
    local db = database.open(path, "create")
    end_session(db)
    assert.equal(7, db:row("SELECT 7 AS seven").seven)
    db:execute "CREATE TABLE t (a BIGINT)"
    local times = 0
    db:transaction(function()
      times = times + 1
      db:run("INSERT INTO t VALUES (?)", times)
      if times == 1 then end_session(db) end
      db:run("INSERT INTO t VALUES (?)", 10 * times)
    end)
    local rows = db:rows "SELECT a FROM t ORDER BY a"
    assert.same({ { a = 2 }, { a = 20 } }, rows)
    assert.equal(2, db.reconnects)
    db:close()
  end)

  with_server("to a server that starts again goes on", function(path)
    local db = database.open(path, "create")
    server.restart()
    assert.equal(1, db:row("SELECT 1 AS one").one)
    db:close()
  end)

  with_server("that is gone for good is given up", function(path)
    local db = database.open(path, "create")
    postgres.PATIENCE = 0.2
    end_session(db)
    db.address = "postgresql://mah@/postgres?host=/none"
    assert.error_matches(function() db:row "SELECT 1" end, "the store "
      .. "'postgresql://mah@/.*': the connection is lost %(.*none again in 0.2 s: .*/none")
    assert.error_matches(function() db:row "SELECT 1" end, "the connection is lost")
  end)

  with_server("is left alone by a trial's process", function(path)
    local counts = helper.run(study_of(path, { grid = { a = { 1, 2, 3, 4, 5, 6 } },
      trial = function(p)
        collectgarbage()
        collectgarbage()
        if p.a == 2 then os.exit(0) end
        return #mah.sweep.open(path):results() -- a trial may look, by a connection of its own
      end }))
    assert.equal(5, counts.done)
    assert.equal(1, counts.failed)
  end)

  with_server("that deadlocks does it again", function(path)
    local one, other = database.open(path, "create"), database.open(path, "write")
    one:execute "CREATE TABLE t (a BIGINT); INSERT INTO t VALUES (1)"
    local times = 0
    one:execute "SET default_transaction_isolation = 'serializable'"
    one:transaction(function()
      times = times + 1
      local a = one:row("SELECT a FROM t").a
      if times == 1 then other:run "UPDATE t SET a = a + 10" end
      one:run("UPDATE t SET a = ?", a + 1)
    end)
    assert.same({ 2, 12 }, { times, one:row("SELECT a FROM t").a })
    one:close()
    other:close()
  end)
end)
