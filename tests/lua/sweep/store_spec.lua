local mah = require "mah"
local Store = require "mah.sweep.store"
local command = require "mah.sweep.command"
local database = require "mah.sweep.database"
local helper = require "sweep.sweep_helper"
local manifest = require "mah.sweep.manifest"
local merge = require "mah.sweep.merge"

--- A store with a study of `values`, run.
local function stored(path, values, change)
  local study = mah.sweep { name = "stored", store = path, grid = { ["a b"] = values,
    status = { "x" } }, code = change,
    trial = function(p, report)
      for epoch = 1, 3 do report(epoch, epoch == 2 and 0 / 0 or p["a b"]) end
      return { test = p["a b"] * 10, status = "fine" }
    end }
  helper.run(study)
  return study
end

describe("a store", function()
  after_each(helper.clean)

  it("has a view with parameters and results as columns", function()
    local path = helper.store()
    stored(path, { 1, 2 })
    local rows = helper.query(path, 'SELECT * FROM "stored"')
    assert.equal(2, #rows)
    assert.same({ 2, "done", 2, "x", 20, "fine" }, { rows[2].number, rows[2].status, rows[2]["a b"],
      rows[2]["params.status"], rows[2].test, rows[2]["result.status"] })
  end)

  it("knows which process runs it", function()
    local path = helper.store()
    assert.is_nil(mah.sweep.runner(path))
    stored(path, { 1 })
    local store = Store.open(path, "write")
    store:claim(store:find "stored", 1) -- as if by the first process, which always lives
    store:close()
    assert.equal(1, mah.sweep.runner(path))
    helper.query(path, "UPDATE studies SET owner = NULL")
    assert.is_nil(mah.sweep.runner(path))
  end)

  it("shows trials of the present code only in the view", function()
    local path = helper.store()
    stored(path, { 1, 2 }, "1")
    stored(path, { 3 }, "2")
    assert.equal(1, #helper.query(path, 'SELECT * FROM "stored"'))
    assert.equal(3, #helper.query(path, "SELECT * FROM trials"))
  end)

  it("is a table with a column for each name, whatever the parameters are called", function()
    local study = stored(helper.store(), { 1 })
    local row = study:table()[1]
    assert.same({ "done", "x", "fine" }, { row.status, row["params.status"],
      row["result.status"] })
    local seen = {}
    for _, name in ipairs(study:table().columns) do
      assert.is_nil(seen[name], name)
      seen[name] = true
    end
  end)

  it("finds names for views of awkward studies", function()
    local path = helper.store()
    for _, name in ipairs { "trials", "Trials", 'with "quotes"', "sqlite_x", "وزن", "a", "A" } do
      helper.run(mah.sweep { name = name, store = path, grid = { ['k"q'] = { 1 }, k = 1 },
        trial = function(p) return p end })
    end
    local views = helper.query(path, "SELECT name FROM sqlite_master WHERE type = 'view'")
    assert.equal(7, #views)
    assert.equal(1, helper.query(path, [[SELECT k FROM "with ""quotes"""]])[1].k)
  end)

  it("keeps curves and the manifest", function()
    local path = helper.store()
    stored(path, { 7 })
    local points = helper.query(path, "SELECT * FROM curves ORDER BY epoch")
    assert.same({ 3, 7, nil, 7 }, { #points, points[1].value, points[2].value, points[3].value })
    local note = helper.query(path, "SELECT * FROM manifest")[1]
    assert.equal(mah.version, note.mah)
    assert.matches("cores", note.machine)
    assert.equal(64, #note.script_sha256)
  end)

  it("is sound to SQLite", function()
    local path = helper.store()
    stored(path, { 1, 2, 3 })
    assert.equal("ok", helper.query(path, "PRAGMA integrity_check")[1].integrity_check)
    assert.same({}, helper.query(path, "PRAGMA foreign_key_check"))
  end)

  it("refuses files of something else", function()
    local path = helper.store()
    mah.file.write(path, ("this is no database, and long enough to tell"):rep(50))
    assert.error_matches(function() stored(path, { 1 }) end, "file is not a database")
    os.remove(path)
    local db = database.open(path, "create")
    db:execute "CREATE TABLE t (a)"
    db:close()
    assert.error_matches(function() stored(path, { 1 }) end, "something else than mah.sweep")
    assert.error_matches(function() Store.open(path .. ".none", "read") end, "there is no store")
    assert.error_matches(function() stored("/proc/none/runs.db", { 1 }) end, "/proc/none")
  end)

  it("leaves nothing beside it when it is closed, by whom it may", function()
    local path = helper.store()
    local study = stored(path, { 1, 2 })
    local function beside()
      return mah.file.exists(path .. "-wal") or mah.file.exists(path .. "-shm")
    end
    assert.is_false(beside())
    study:summary()
    mah.sweep.open(path):results()
    assert.is_false(beside())
    assert.equal("delete", helper.query(path, "PRAGMA journal_mode")[1].journal_mode)
    local whole = helper.store()
    merge(whole, { path })
    assert.is_false(mah.file.exists(whole .. "-wal"))
    local other = Store.open(path, "write") -- while another one has it open, the log stays
    stored(path, { 1, 2, 3 })
    assert.is_true(beside())
    assert.equal(3, #other:trials(other:find "stored"))
    other:close()
    assert.is_false(beside())
  end)

  it("of an older version is read as it is, and brought up to date when it is written", function()
    local path = helper.store()
    local study = stored(path, { 1, 2 })
    helper.query(path, "DROP VIEW stored")
    helper.query(path, "ALTER TABLE trials DROP COLUMN warnings")
    for _, column in ipairs { "constraints", "space" } do
      helper.query(path, "ALTER TABLE studies DROP COLUMN " .. column)
    end
    helper.query(path, "DROP INDEX trials_that_wait")
    for _, column in ipairs { "owner", "beat" } do
      helper.query(path, "ALTER TABLE trials DROP COLUMN " .. column)
    end
    helper.query(path, "PRAGMA user_version = 1")
    assert.equal(2, #study:results())
    assert.equal(1, helper.query(path, "PRAGMA user_version")[1].user_version)
    assert.equal(2, helper.run(study).skipped)
    assert.equal(4, helper.query(path, "PRAGMA user_version")[1].user_version)
    assert.is_nil(study:results()[1].warnings)
    helper.query(path, "PRAGMA user_version = 5")
    assert.error_matches(function() study:results() end, "version 5; this mah knows 4")
  end)

  it("rolls back what cannot be written, and says so", function()
    local path = helper.store()
    stored(path, { 1 })
    local store = Store.open(path, "write")
    local study = store:find "stored"
    store.db:rows "PRAGMA max_page_count = 1"
    local many = {}
    for i = 1, 1000 do many[i] = { identity = "x" .. i, number = i, text = "{}", seed = 1 } end
    assert.error_matches(function() store:add(study, many) end, "database or disk is full")
    assert.equal(1, #store:trials(study))
    store:close()
    assert.equal(1, #stored(path, { 1 }):results())
  end)
end)

describe("a damaged store", function()
  after_each(helper.clean)

  --- The warnings that `action` gives.
  local function warnings_of(action)
    local warn, said = require "mah.base.warn", {}
    local old = warn.to
    warn.to = function(_, text) said[#said + 1] = text end
    warn.said = {}
    action()
    warn.to = old
    return said
  end

  local function without_times(study)
    return (study:table():csv():gsub("done,[%d.e-]+,", "done,"))
  end

  local damages = {
    { "result", "'null'" }, { "result", "'{\"test\":'" }, { "result", "'[1,2]'" },
    { "result", "7" }, { "params", "'[1,2]'" }, { "params", "'x'" }, { "params", "'{}{}'" },
    { "number", "'two'" }, { "number", "2.5" }, { "seed", "'x'" }, { "seconds", "'long'" },
    { "warnings", "'{}'" }, { "attempts", "x'00ff'" },
  }

  it("is read but for the damaged trial, whose column is named, and which runs again", function()
    for _, damage in ipairs(damages) do
      local path = helper.store()
      local study = stored(path, { 1, 2, 3 })
      local before = without_times(study)
      helper.query(path, ("UPDATE trials SET %s = %s WHERE number = 2"):format(damage[1],
        damage[2]))
      local rows
      local said = warnings_of(function() rows = mah.sweep.open(path):results() end)
      assert.equal(2, #rows)
      assert.equal(1, #said)
      assert.matches(path, said[1], 1, true)
      assert.matches("the column '" .. damage[1] .. "' of trial [%w.]+ of \"stored\"", said[1])
      assert.equal(2, #study:results())
      assert.equal(2, helper.run(study).skipped)
      assert.equal(before, without_times(study))
      assert.equal(3, #helper.query(path, "SELECT * FROM stored"))
    end
  end)

  it("names the column of a damaged study", function()
    local path = helper.store()
    local study = stored(path, { 1 })
    helper.query(path, "UPDATE studies SET goal = 'up'")
    local wanted = path:gsub("%p", "%%%0")
      .. "' is damaged: the column 'goal' of the study \"stored"
    assert.error_matches(function() study:results() end, wanted)
    assert.error_matches(function() mah.sweep.open(path) end, wanted)
    assert.is_nil(mah.sweep.runner(path))
  end)
end)

describe("merging", function()
  after_each(helper.clean)

  it("takes what is new or went better, once", function()
    local a, b, whole = helper.store(), helper.store(), helper.store()
    stored(a, { 1, 2 }, "1")
    stored(b, { 2, 3 }, "1")
    helper.query(a, "UPDATE trials SET status = 'failed', result = NULL WHERE params LIKE '%2%'")
    assert.equal(4, merge(whole, { a, b })) -- the second trial twice
    assert.equal(0, merge(whole, { b, a }))
    local rows = helper.query(whole, 'SELECT * FROM "stored" ORDER BY test')
    assert.same({ 10, 20, 30 }, { rows[1].test, rows[2].test, rows[3].test })
    assert.equal(9, #helper.query(whole, "SELECT * FROM curves"))
    assert.equal(2, #helper.query(whole, "SELECT * FROM manifest"))
    assert.equal("done", helper.query(whole, "SELECT * FROM trials WHERE params LIKE "
      .. "'%2%'")[1].status)
  end)

  it("refuses nonsense, and then changes nothing", function()
    local a, whole = helper.store(), helper.store()
    stored(a, { 1 })
    assert.error_matches(function() merge(a, { a }) end, "given twice")
    assert.error_matches(function() merge(whole, { a, a .. ".none" }) end, "there is no store")
    assert.equal(1, #helper.query(whole, "SELECT * FROM trials"))
  end)

  it("puts shards together to the same as the whole", function()
    local path, whole = helper.store(), helper.store()
    local function new()
      return mah.sweep { name = "parts", store = path, grid = { k = { 1, 2, 3, 4, 5, 6, 7 } },
        trial = function(p) return p.k + mah.rand(1)[1] end }
    end
    helper.run(new())
    local parts = {}
    for i = 1, 3 do
      local study = new()
      local count = helper.run(study, { shard = i .. "/3" })
      assert.equal(i == 1 and 3 or 2, count.total)
      parts[i] = study.store
    end
    assert.equal(path:gsub("%.db$", ".2-of-3.db"), parts[2])
    merge(whole, parts)
    local sql = "SELECT number, params, seed, result FROM trials ORDER BY number"
    assert.same(helper.query(path, sql), helper.query(whole, sql))
    for _, part in ipairs(parts) do os.remove(part) end
  end)
end)

describe("the command line", function()
  it("has options of sweeps among those of the script", function()
    assert.same({ jobs = 3, shard = "1/2", list = true }, command.read { "data", "--x=1", "--jobs",
      "3", "--list",
      "--shard=1/2", "-v" })
    assert.same({ jobs = "auto" }, command.read { "--jobs=auto" })
  end)

  it("names the store of a part", function()
    assert.equal("out/runs.1-of-2.db", command.part_path("out/runs.db", "1-of-2"))
    assert.equal("./.runs.x", command.part_path("./.runs", "x"))
    assert.equal("a.b/runs.x", command.part_path("a.b/runs", "x"))
  end)

  it("reads shards", function()
    assert.same({ 2, 8 }, { command.parse_shard "2/8" })
    for _, text in ipairs { "0/2", "3/2", "1", "a/b", "1/2/3" } do
      assert.error_matches(function() command.parse_shard(text) end, "i/n")
    end
  end)
end)

describe("a fingerprint", function()
  it("is of shapes, types and elements", function()
    local function of(t) return manifest.fingerprint { train = { x = t } } end
    local plain = of(mah.tensor { { 1, 2 }, { 3, 4 } })
    assert.equal(plain, of(mah.tensor { { 1, 3 }, { 2, 4 } }:t()))
    assert.not_equal(plain, of(mah.tensor { { 1, 2 }, { 3, 5 } }))
    assert.not_equal(plain, of(mah.tensor { 1, 2, 3, 4 }))
    assert.not_equal(plain, of(mah.tensor({ { 1, 2 }, { 3, 4 } }, { dtype = "float64" })))
    assert.is_nil(manifest.fingerprint { 1, 2 })
  end)

  it("finds the tensors that a function refers to", function()
    local data = { x = mah.ones(2) }
    local function helper_of(p) return data.x[1] + p end
    assert.is_string(manifest.fingerprint(function(p) return helper_of(p) end))
  end)
end)
