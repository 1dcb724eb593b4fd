local mah = require "mah"
local canonical = require "mah.sweep.canonical"
local ffi = require "ffi"
local helper = require "sweep.sweep_helper"

local run = helper.run
local stderr = io.stderr

--- Everything about the trials that must not depend on when and where they ran.
local function fixed(rows)
  local list = {}
  for i, row in ipairs(rows) do
    list[i] = assert(canonical.encode { row.number, row.params, row.seed, row.status,
      row.result or {}, row.curve and row.curve.values or {} })
  end
  return list
end

describe("a study", function()
  after_each(helper.clean)

  it("runs every trial and keeps what it returns", function()
    local study = mah.sweep { name = "squares", store = helper.store(), grid = { a = { 1, 2, 3 } },
      trial = function(p) return { square = p.a ^ 2, list = { p.a }, text = "n" .. p.a } end }
    assert.same({}, study:results())
    local count = run(study)
    assert.same({ 3, 3, 0, 0, 0 }, { count.total, count.done, count.failed, count.waiting,
      count.skipped })
    local rows = study:results()
    assert.same({ square = 9, list = { 3 }, text = "n3" }, rows[3].result)
    assert.same({ a = 3 }, rows[3].params)
    assert.equal("done", rows[3].status)
    assert.is_true(rows[3].seconds >= 0 and rows[3].peak_memory > 0 and rows[3].attempts == 1)
  end)

  it("gives the same results with 1, 2 and 4 jobs", function()
    local tables, numbers = {}, {}
    for i = 1, 25 do numbers[i] = i end
    for i, jobs in ipairs { 1, 2, 4 } do
      local study = mah.sweep { name = "same", store = helper.store(),
        grid = { a = numbers, b = { "x", "y", "z", "w" }, seed = { 1, 2 } },
        trial = function(p, report)
          report(1, mah.rand(1)[1])
          return { p.a * math.random(), mah.randn(3):sum(), #p.b }
        end }
      run(study, { jobs = jobs })
      tables[i] = fixed(study:results())
    end
    assert.equal(200, #tables[1])
    assert.same(tables[1], tables[2])
    assert.same(tables[1], tables[3])
  end)

  it("walks over grids, lists of grids, functions and draws", function()
    local search, counts = mah.search, {}
    for i, given in ipairs {
      { grid = { { a = { 1, 2 }, b = 3 }, { a = { 1 }, c = { 4, 5 } } } },
      { grid = function(pick) if pick("a", { 1, 2 }) == 1 then pick("b", { 3, 4 }) end end },
      { random = { a = search.uniform(0, 1) }, n = 5 },
      { sobol = function(pick) pick("a", search.integer(1, 100)) end, n = 6, seed = 3 },
      { space = { a = search.uniform(0, 1) }, search = search.sobol { trials = 7 } },
      { trials = { { a = 1 }, { a = 2 }, { a = 1 } } },
    } do
      given.name, given.store, given.trial = "walk", helper.store(), function(p) return p.a end
      counts[i] = run(mah.sweep(given)).done
    end
    assert.same({ 4, 3, 5, 6, 7, 2 }, counts)
  end)

  it("takes plain values and nothing as results", function()
    local study = mah.sweep { name = "plain", store = helper.store(), trials = { { k = 1 },
      { k = 2 }, { k = 3 } },
      trial = function(p) return ({ 0.5, "text", nil })[p.k] end }
    run(study)
    local rows = study:results()
    assert.same({ { value = 0.5 }, { value = "text" }, {} }, { rows[1].result, rows[2].result,
      rows[3].result })
  end)

  it("has infinite results, and numbers to the last digit and the sign of zero", function()
    local study = mah.sweep { name = "numbers", store = helper.store(), trials = { { k = 1 } },
      trial = function()
        return { inf = -1 / 0, sum = 0.1 + 0.2, large = 2 ^ 53 - 1, zero = -0.0,
          list = { -0.0, 0 } }
      end }
    run(study)
    local result = study:results()[1].result
    assert.same({ inf = -1 / 0, sum = 0.1 + 0.2, large = 2 ^ 53 - 1, zero = -0.0,
      list = { -0.0, 0 } }, result)
    assert.equal(-1 / 0, 1 / result.zero)
    assert.equal(-1 / 0, 1 / result.list[1])
    assert.equal(1 / 0, 1 / result.list[2])
  end)

  it("keeps what its trials warn of with them, and none of it on stderr", function()
    local warn = require "mah.base.warn"
    local study = mah.sweep { name = "warns", store = helper.store(), grid = { a = { 1, 2, 3 } },
      timeout = 1,
      trial = function(p)
        warn("said before")
        if p.a == 1 then return 1 end
        warn("only %d", p.a)
        warn("only %d", p.a)
        for i = 1, p.a == 2 and 1000 or 0 do warn("many %d\nlines \255", i) end
        if p.a == 3 then while true do end end
        return 2
      end }
    local old, rows = warn.to, nil
    warn.to = function() end
    warn("said before")
    warn.to = old
    local fake = { write = function(_, ...) error("on stderr: " .. table.concat { ... }) end }
    io.stderr = fake -- luacheck: ignore
    local ok, problem = pcall(function()
      run(study)
      rows = study:results()
    end)
    io.stderr = stderr -- luacheck: ignore
    assert(ok, problem)
    assert.equal(1, #rows[1].warnings)
    assert.matches("study_spec.lua:%d+: said before", rows[1].warnings[1])
    assert.equal(100, #rows[2].warnings)
    assert.matches("many 98\nlines", rows[2].warnings[100], 1, true)
    assert.equal("failed", rows[3].status)
    assert.matches("only 3", rows[3].warnings[2])
  end)

  it("knows each trial by what it is, and its seed from that", function()
    local trial = function(p) return { seed = p.seed, first = mah.rand(1)[1],
      second = math.random() } end
    local store = helper.store()
    local study = mah.sweep { name = "seeds", store = store, grid = { a = { 1, 2 } },
      trial = trial }
    local reversed = mah.sweep { name = "seeds", store = helper.store(),
      grid = { a = { 3, 2, 1 } }, trial = trial }
    run(study)
    run(reversed, { jobs = 1 })
    local one, other = study:results(), reversed:results()
    assert.same(one[1].result, other[3].result)
    assert.same(one[2].result, other[2].result)
    assert.not_equal(one[1].result.first, one[2].result.first)
    assert.equal(one[1].seed, one[1].result.seed) -- no seed in the grid: p.seed is the trial's own
    assert.is_nil(one[1].params.seed)
    local given = mah.sweep { name = "given", store = store, grid = { seed = { 7 } },
      trial = trial }
    run(given)
    assert.equal(7, given:results()[1].result.seed)
  end)

  it("checks what it is given", function()
    local function with(more)
      local o = { name = "x", store = helper.store(), trial = function() end }
      for name, value in pairs(more) do o[name] = value end
      return function() mah.sweep(o) end
    end
    assert.error_matches(with {}, "grid, random, sobol, trials or space is missing")
    assert.error_matches(with { grid = { a = 1 }, trials = { { a = 1 } } }, "either grid or trials")
    assert.error_matches(with { random = { a = 1 } }, "n, the number of trials")
    assert.error_matches(with { space = { a = 1 } }, "space goes together with search")
    assert.error_matches(with { trials = {} }, "no trial in trials")
    assert.error_matches(with { trials = { { f = print } } }, "cannot be stored: f: a function")
    assert.error_matches(with { grid = { a = 1 }, timeot = 5 }, "did you mean 'timeout'")
    assert.error_matches(with { grid = { a = 1 }, name = "" }, "name")
    local study = mah.sweep { name = "x", store = helper.store(), grid = { a = 1 },
      trial = function() end }
    assert.error_matches(function() run(study, { jobs = "many" }) end, 'whole number or "auto"')
    for address, shown in pairs { ["sqlite:///runs.db"] = "sqlite:///runs.db",
      ["postgresql+psycopg2://me:geheim@host/runs"] = "psycopg2://me:%*%*%*@host",
      ["postgresql:/runs"] = "postgresql:/runs" } do
      local other = mah.sweep { name = "x", store = address, grid = { a = 1 },
        trial = function() end }
      assert.error_matches(function() run(other) end,
        shown .. ".*': the path of a file or an address postgresql://user@host/name is expected")
    end
    assert.error_matches(function() run(study, { shard = "3/2" }) end, "1 <= i <= n")
  end)
end)

describe("running again", function()
  after_each(helper.clean)

  local source = [[
    local log = ...
    return function(p)
      local f = io.open(log, "a") f:write(p.a, "\n") f:close()
      return {a = p.a %s}
    end %s]]

  --- Runs a study over `values` with the trial's program changed in two places; counts what ran.
  local function ran(store, log, values, change, comment, more)
    io.open(log, "w"):close()
    local o = { name = "again", store = store, grid = { a = values },
      trial = helper.trial(source:format(change or "", comment or ""), log) }
    for name, value in pairs(more or {}) do o[name] = value end
    local study = mah.sweep(o)
    run(study)
    return helper.lines(log), study
  end

  it("runs what is missing", function()
    local store, log = helper.store(), helper.log()
    assert.equal(2, (ran(store, log, { 1, 2 })))
    assert.equal(0, (ran(store, log, { 1, 2 })))
    assert.equal(1, (ran(store, log, { 1, 3, 2 })))
    local count, study = ran(store, log, { 2 })
    assert.equal(0, count)
    assert.equal(1, #study:results())
    assert.equal(1, study:results()[1].number)
  end)

  it("runs everything when the code changes, and nothing for a comment", function()
    local store, log = helper.store(), helper.log()
    assert.equal(2, (ran(store, log, { 1, 2 })))
    assert.equal(0, (ran(store, log, { 1, 2 }, "-- the same\n")))
    local count, study = ran(store, log, { 1, 2 }, "+ 1")
    assert.equal(2, count)
    assert.equal(2, study:results()[1].result.a)
    assert.equal(0, (ran(store, log, { 1, 2 }))) -- and the old ones are still known
    assert.equal(4, helper.query(store, "SELECT count(*) AS n FROM trials")[1].n)
  end)

  it("goes by the version where there is one", function()
    local store, log = helper.store(), helper.log()
    assert.equal(2, (ran(store, log, { 1, 2 }, "", "", { code = "1" })))
    assert.equal(0, (ran(store, log, { 1, 2 }, "+ 1", "", { code = "1" })))
    assert.equal(2, (ran(store, log, { 1, 2 }, "+ 1", "", { code = "2" })))
  end)

  it("goes by the code of another function where there is one", function()
    local store, log = helper.store(), helper.log()
    local one, other = helper.trial "return function() return 1 end",
      helper.trial "return function() return 2 end"
    assert.equal(2, (ran(store, log, { 1, 2 }, "", "", { code = one })))
    assert.equal(0, (ran(store, log, { 1, 2 }, "+ 1", "", { code = one })))
    assert.equal(2, (ran(store, log, { 1, 2 }, "+ 1", "", { code = other })))
  end)

  it("runs interrupted trials again, and takes running ones of a dead process for such", function()
    local store, log = helper.store(), helper.log()
    ran(store, log, { 1, 2, 3 })
    helper.query(store, "UPDATE trials SET status = 'running' WHERE number = 1")
    helper.query(store, "UPDATE trials SET status = 'interrupted' WHERE number = 3")
    helper.query(store, "UPDATE studies SET owner = ?", require("mah.sweep.process").host()
      .. " 999999999 1")
    local count, study = ran(store, log, { 1, 2, 3 })
    assert.equal(2, count)
    for _, row in ipairs(study:results()) do assert.equal("done", row.status) end
  end)

  it("is refused while another process runs the study", function()
    local store, log = helper.store(), helper.log()
    ran(store, log, { 1 })
    local stat = mah.file.read("/proc/1/stat")
    local fields = {}
    for field in stat:match("%) (.*)$"):gmatch "%S+" do fields[#fields + 1] = field end
    helper.query(store, "UPDATE studies SET owner = ?",
      ("%s 1 %s"):format(require("mah.sweep.process").host(), fields[20]))
    assert.error_matches(function() ran(store, log, { 1 }) end,
      '"again" .* is being run by process 1')
  end)

  it("leaves failed trials alone, unless asked", function()
    local store, log = helper.store(), helper.log()
    local study = mah.sweep { name = "failing", store = store, grid = { a = { 1, 2 } },
      trial = helper.trial([[
        local log = ...
        return function(p)
          local f = io.open(log, "a") f:write(p.a, "\n") f:close()
          if p.a == 2 then error "no" end
        end]], log) }
    assert.equal(1, run(study).failed)
    assert.equal(2, helper.lines(log))
    assert.equal(1, run(study).failed)
    assert.equal(2, helper.lines(log))
    run(study, { again = true })
    assert.equal(3, helper.lines(log))
  end)

  it("tells when the data have changed", function()
    local store, said = helper.store(), {}
    local old = io.stderr
    local fake = { write = function(_, ...) said[#said + 1] = table.concat { ... } end }
    io.stderr = fake -- luacheck: ignore
    local function try(x, more)
      local data = { x = x }
      local study = mah.sweep { name = "data", store = store, grid = { a = more }, code = "1",
        trial = function() return data.x:sum() end }
      pcall(run, study)
    end
    try(mah.ones(3, 2), { 1 })
    try(mah.ones(3, 2), { 1, 2 })
    local before = #said
    try(mah.zeros(3, 2), { 1, 2, 3 })
    io.stderr = old -- luacheck: ignore
    assert.equal(0, before)
    assert.matches("the data are not those", said[1])
  end)
end)

describe("failures", function()
  after_each(helper.clean)

  ffi.cdef [[
    int fork(void);
    int setsid(void);
    unsigned sleep(unsigned seconds);
    void _exit(int code);
  ]]
  local HOLDS = 40 -- seconds

  local function hold()
    if ffi.C.fork() ~= 0 then return end
    ffi.C.setsid()
    ffi.C.sleep(HOLDS)
    ffi.C._exit(0)
  end

  local kinds = {
    good = function() return 1 end,
    text = function() error "plain" end,
    code = function() error { code = 7 } end,
    nothing = function() error() end,
    object = function() error(setmetatable({},
      { __tostring = function() return "an object" end })) end,
    loop = function() while true do end end,
    segfault = function() return require("ffi").cast("int *", 8)[0] end,
    exit = function() os.exit(5) end,
    lua_memory = function() local s = ("x"):rep(1e6) while true do s = s .. s end end,
    tensor_memory = function() return mah.zeros(2 ^ 28):sum() end,
    stack = function() local function f() return 1 + f() end return f() end,
    nan = function() return { loss = 1, test = 0 / 0 } end,
    closure = function() return { test = 1, f = function() end } end,
    tensor = function() return { w = mah.zeros(2) } end,
    report = function(_, report) report("first", 1) end,
    -- A process of another session holds what the trial talks through.
    holder = function()
      hold()
      return 1
    end,
    holder_crash = function()
      hold()
      return ffi.cast("int *", 8)[0]
    end,
    holder_loop = function()
      hold()
      while true do end
    end,
  }
  local expected = {
    text = { "error", "study_spec.lua:%d+: plain\nstack traceback:\n\t.*study_spec" },
    code = { "error", "error object is a table value: {\"code\":7}" }, nothing = { "error",
      "nil value" },
    object = { "error", "^an object" }, loop = { "timeout", "timeout of 6 s" },
    segfault = { "crash", "SIGSEGV" }, exit = { "crash", "exit status 5" },
    lua_memory = { "memory", "not enough memory" }, tensor_memory = { "memory", "out of memory" },
    stack = { "error", "stack overflow" }, nan = { "nan", "test: NaN" }, closure = { "result",
      "f: a function" },
    holder_crash = { "crash", "SIGSEGV" }, holder_loop = { "timeout", "timeout of 6 s" },
    tensor = { "result", "w: cdata" }, report = { "error", "epoch must be a number" },
  }

  ffi.cdef "void __asan_init(void);"
  -- AddressSanitizer ends a process with a report and a status instead of a signal or NULL.
  if pcall(function() return ffi.C.__asan_init end) then
    for _, kind in ipairs { "segfault", "holder_crash", "tensor_memory" } do
      expected[kind] = { "crash", "exit status" }
    end
  end

  it("are rows with their reasons, and all others finish", function()
    local list = {}
    for name in pairs(kinds) do
      for i = 1, 2 do list[#list + 1] = { kind = name, i = i } end
    end
    for i = 1, 20 do list[#list + 1] = { kind = "good", i = i + 2 } end
    local study = mah.sweep { name = "failures", store = helper.store(), trials = list,
      timeout = 6, memory = 128,
      trial = function(p, report) return kinds[p.kind](p, report) end }
    local started = os.time()
    local count = run(study)
    assert.is_true(os.time() - started < HOLDS) -- what is left behind holds up nobody
    assert.equal(3, require("mah.base.exit").status)
    assert.same({ 24, 32, 0 }, { count.done, count.failed, count.waiting })
    for _, row in ipairs(study:results()) do
      local wanted = expected[row.params.kind]
      assert.equal(wanted and "failed" or "done", row.status, row.params.kind)
      if wanted then
        assert.equal(wanted[1], row.reason, row.error)
        assert.matches(wanted[2], row.error)
        assert.is_nil(row.result)
      end
    end
  end)

  it("of small memory limits are clear, and come at once", function()
    if os.getenv "ASAN_OPTIONS" then
      return pending "AddressSanitizer's shadow memory leaves no room under a memory limit"
    end
    local function trial(p)
      if p.kind == "product" then return mah.randn(p.n, p.n):matmul(mah.randn(p.n, p.n)):sum() end
      local clf = mah.MLPClassifier { max_iter = 2, hidden_layer_sizes = { p.n } }
      clf:fit(mah.randn(300, p.n), mah.randint(0, 3, 300):int())
      return clf.loss_
    end
    for _, memory in ipairs { 1, 4, 16 } do
      local study = mah.sweep { name = "small", store = helper.store(), memory = memory,
        timeout = 60, threads = 2,
        grid = { kind = { "product", "fit" }, n = { 20, 200, 800 } }, trial = trial }
      mah.warnings(false)
      run(study)
      for _, row in ipairs(study:results()) do
        if row.status ~= "done" then
          assert.equal("memory", row.reason, row.error)
          assert.matches("memory", row.error)
        end
      end
    end
  end)

  it("are tried again with retry", function()
    local log = helper.log()
    local study = mah.sweep { name = "retry", store = helper.store(), grid = { a = { 1, 2 } },
      retry = 2,
      trial = helper.trial([[
        local log = ...
        return function(p)
          local f = io.open(log, "a") f:write(p.a, "\n") f:close()
          local n = 0
          for line in io.lines(log) do if tonumber(line) == p.a then n = n + 1 end end
          if p.a == 1 and n < 3 or p.a == 2 then error "flaky" end
        end]], log) }
    local count = run(study)
    assert.same({ 1, 1 }, { count.done, count.failed })
    local rows = study:results()
    assert.same({ "done", 3, "failed", 3 }, { rows[1].status, rows[1].attempts, rows[2].status,
      rows[2].attempts })
    assert.equal(6, helper.lines(log))
  end)

  it("of processes that somebody kills leave one more chance", function()
    local log = helper.log()
    local study = mah.sweep { name = "killed", store = helper.store(), grid = { times = { 1, 2 } },
      trial = function(p)
        local marks = log .. p.times
        local file = io.open(marks, "a")
        file:write "x"
        file:close()
        if #mah.file.read(marks) <= p.times then os.execute("kill -KILL $PPID") end
        return 1
      end }
    run(study)
    local once, twice = unpack(study:results())
    assert.same({ "done", 2 }, { once.status, once.attempts })
    assert.same({ "failed", 2 }, { twice.status, twice.attempts })
    assert.matches("signal 9", twice.error)
    for i = 1, 2 do os.remove(log .. i) end
  end)
end)

describe("pruning", function()
  after_each(helper.clean)

  it("ends hopeless trials, which are rows too", function()
    local study = mah.sweep { name = "pruned", store = helper.store(),
      grid = { a = { 9, 8, 1, 2, 10 } },
      prune = mah.prune.median { startup = 2, warmup = 1 },
      trial = function(p, report)
        for epoch = 1, 5 do report(epoch, p.a * epoch) end
        return p.a
      end }
    local count = run(study, { jobs = 1 })
    assert.same({ 3, 2 }, { count.done, count.pruned })
    local rows = study:results()
    assert.equal("pruned", rows[3].status)
    assert.matches("median", rows[3].reason)
    assert.same({ 1, 2 }, rows[3].curve.values)
    assert.same({ 1, 2, 3, 4, 5 }, rows[5].curve.epochs)
    assert.equal(10, study:best().params.a)
    assert.equal(5, run(study).skipped)
  end)

  it("takes a rule of one's own", function()
    local study = mah.sweep { name = "own", store = helper.store(), grid = { a = { 1, 2 } },
      prune = function(curve, others, goal) return curve.values[1] == 2 and #others == 1
        and goal == "max" and "two" end,
      trial = function(p, report) report(1, p.a) return p.a end }
    run(study, { jobs = 1 })
    assert.equal("two", study:results()[2].reason)
  end)
end)

describe("a search that learns", function()
  after_each(helper.clean)

  local function new(store)
    return mah.sweep { name = "tpe", store = store, goal = "min",
      space = { x = mah.search.uniform(-1, 1), kind = { "a", "b" } },
      search = mah.search.tpe { trials = 24, seed = 1, startup = 8 },
      trial = function(p)
        if p.x > 0.9 then error "too large" end
        return p.x ^ 2 + (p.kind == "a" and 0 or 1)
      end }
  end

  it("proposes the same for any number of jobs, and goes on where it was", function()
    local tables = {}
    for i, jobs in ipairs { 1, 3 } do
      local study = new(helper.store())
      run(study, { jobs = jobs })
      tables[i] = fixed(study:results())
    end
    assert.equal(24, #tables[1])
    assert.same(tables[1], tables[2])
    local store = helper.store()
    run(new(store))
    helper.query(store, "DELETE FROM trials WHERE number > 15 OR number = 12")
    local study = new(store)
    run(study)
    assert.same(tables[1], fixed(study:results()))
    assert.is_true(study:best().result.value < 0.05)
  end)

  it("copes with a space that is used up", function()
    local study = mah.sweep { name = "small", store = helper.store(), space = { k = { 1, 2, 3 } },
      search = mah.search.tpe { trials = 8, startup = 2 }, trial = function(p) return p.k end }
    local count = run(study)
    assert.equal(8, count.done)
    assert.equal(3, #study:results())
    local drawn = mah.sweep { name = "drawn", store = helper.store(), random = { k = { 1, 2, 3 } },
      n = 8,
      trial = function(p) return p.k end }
    assert.equal(3, run(drawn).total)
  end)
end)
