local golden = require "golden"
local mah = require "mah"
local tables = require "mah.data.table"

local message = golden.message
local nan = tonumber "nan"

local function people()
  return mah.data.table {
    { "name", { "Ann", "Bob", "Cem", "Dara", "Eva" } },
    { "age", { 30, nil, 41, 25, 30 } },
    { "city", { "Yazd", "Rasht", "Yazd", "Yazd", nil } },
    { "income", { 1.5, 2.5, nan, 4, 5 } },
    { "born", { "1990-05-01", "1985-01-02", nil, "1999-12-31", "1990-05-01" } },
    { "ok", { true, false, true, nil, true } },
  }
end
local function table_of_people() return mah.data.table({ { "name", people().name },
  { "age", people().age }, { "city", { "Yazd", "Rasht", "Yazd", "Yazd" } },
  { "income", people().income }, { "born", people().born:list() }, { "ok", people().ok } },
  { types = { born = "date", city = "category" } }) end

describe("a table of Lua's values", function()
  it("comes from columns, rows and tensors", function()
    local t = table_of_people()
    assert.same({ "name", "age", "city", "income", "born", "ok" }, t.names)
    local kinds = {}
    for i, column in ipairs(t.columns) do kinds[i] = column.kind end
    assert.equal("text integer category number date boolean", table.concat(kinds, " "))
    assert.equal(5, #t)
    assert.same({ 1, 2 }, mah.data.table({ b = { 1, 2 }, a = { "x", "y" } }).b:list())
    assert.same({ "a", "b" }, mah.data.table({ b = { 1, 2 }, a = { "x", "y" } }).names)
    local rows = mah.data.table { { a = 1, b = "x" }, { a = 2 } }
    assert.same({ { a = 1, b = "x" }, { a = 2 } }, { rows[1], rows[2] })
    assert.same({ "x", "y" }, mah.data.table({ { 1, "x" }, { 2, "y" } }).c2:list())
    local matrix = mah.tensor { { 1, 3 }, { 2, 4 } }
    assert.same({ 3, 4 }, mah.data.table(matrix, { names = { "p", "q" } }).q:list())
    assert.equal("category", tables.category("k", mah.tensor { 0, -1 }, { "a" }).kind)
    assert.is_true(tables.is(t) and tables.is_column(t.age) and not tables.is {})
  end)
  it("refuses what does not fit", function()
    assert.matches("column 'a', row 2: a number, a string or a boolean is expected, got a function",
      message(mah.data.table, { { "a", { 1, print } } }))
    assert.matches("column 'a': row 2 has \"x\", rows above it have another kind",
      message(mah.data.table, { { "a", { 1, "x" } } }))
    assert.matches("column 'a', row 1: 1.5 is not an integer",
      message(mah.data.table, { { "a", { 1.5 } } }, { types = { a = "integer" } }))
    assert.matches("two columns are named 'a'", message(mah.data.table, { { "a", { 1 } },
      { "a", { 2 } } }))
    assert.matches("a matrix is expected", message(mah.data.table, mah.ones(3)))
  end)
  it("tells what pandas' names are here", function()
    local t = table_of_people()
    assert.matches("no method 'dropna'; t:drop_missing{...}", message(function() t.dropna() end))
    assert.matches("no 'value_counts'; write values, counts = column:unique%(%)",
      message(function() t.name.value_counts() end))
    assert.matches('several columns are a list: t:sort{"age", "name"}',
      message(t.sort, t, "age", "name"))
    local groups = t:group_by "name"
    assert.matches('groups have no "age"; of this column alone: t:select{..., "age"}:group_by',
      message(function() return groups.age end))
    assert.matches("groups have no \"maen\"; did you mean 'mean'",
      message(function() return groups.maen end))
    assert.matches('unknown option "sep"; write delimiter = ";"',
      message(mah.data.table, "people.csv", { sep = ";" }))
    assert.matches('unknown option "test_size"; write test = 0.2',
      message(t.split, t, { test_size = 0.5 }))
  end)
  it("cannot be changed, and offers the nearest name", function()
    local t = table_of_people()
    assert.matches("cannot be changed; t:with{x = values}", message(function() t.x = 1 end))
    assert.matches("no column and no method 'incme'; did you mean 'income'",
      message(function() return t.incme end))
    assert.matches("there is no column 'agee'; did you mean 'age'", message(t.column, t, "agee"))
    assert.matches("there are name, age", message(t.column, t, "qqqqqqqq"))
    assert.matches("has no 'meen'; did you mean 'mean'", message(function() return t.age.meen end))
    assert.matches("a tensor is expected, got a table of 6 columns; t:tensor{",
      message(mah.exp, t))
    assert.matches("row 6 is outside of 1 ... 5", message(function() return t[6] end))
    assert.matches("head: a table .* is expected, got 3; with a colon: t:head%(",
      message(t.head, 3))
    assert.matches("got a tensor; rows: t:where%(mask%)",
      message(function() return t[t.age:gt(3)] end))
    assert.matches("got a table; columns: t:select{...}",
      message(function() return t[{ "age" }] end))
    assert.matches("row 9 of column 'age' is outside", message(function() return t.age[9] end))
    assert.matches("a table %(mah.data.table%) is expected", message(t.head, {}))
  end)
end)

describe("a column", function()
  local t = table_of_people()
  it("gives numbers, labels and lists", function()
    assert.same({ 30, "-", 41, 25, 30 }, t.age:list "-")
    assert.equal(30, t.age[-1])
    assert.equal("float64", t.age:tensor().dtype)
    assert.is_true(t.age:tensor()[2] ~= t.age:tensor()[2])
    assert.same({ 1, 0 }, { t.ok:tensor()[1], t.ok:tensor()[2] })
    assert.equal(641520000, t.born:tensor()[1])
    assert.matches("column 'city' holds categories, not numbers", message(t.city.tensor, t.city))
    assert.matches("column 'age' has 1 missing values, which int64 cannot hold",
      message(t.age.tensor, t.age, "int64"))
    assert.matches("column 'age' has 1 missing values %(the first one in row 2%)",
      message(t.age.labels, t.age))
    assert.same({ "Ann", "Bob", "Cem", "Dara", "Eva" }, t.name:labels())
    assert.same({ 0, 1, 0, 0, 0 }, t.age:missing():int():totable())
    assert.same({ 4, 1 }, { t.age:count(), t.age:count_missing() })
  end)
  it("compares: 0 where a value is missing", function()
    assert.equal("bool", t.age:gt(30).dtype)
    assert.same({ 0, 0, 1, 0, 0 }, t.age:gt(30):int():totable())
    assert.same({ 1, 0, 1, 0, 1 }, t.age:ge(29.5):int():totable())
    assert.same({ 1, 0, 0, 0, 1 }, t.age:eq(30):int():totable())
    assert.same({ 0, 0, 1, 1, 0 }, t.age:ne(30):int():totable())
    assert.same({ 1, 0, 1, 1, 0 }, t.city:eq("Yazd"):int():totable())
    assert.same({ 0, 0, 0, 0, 0 }, t.city:eq("Paris"):int():totable())
    assert.same({ 0, 1, 0, 0, 0 }, t.city:ne("Yazd"):int():totable())
    assert.same({ 0, 1, 0, 0, 0 }, t.name:eq("Bob"):int():totable())
    assert.same({ 1, 1, 0, 0, 0 }, t.name:isin({ "Bob", "Ann" }):int():totable())
    assert.same({ 0, 1, 0, 0, 0 }, t.born:lt("1990-01-01"):int():totable())
    assert.same({ 1, 1, 0, 0, 1 }, t.born:le("1990-05-01"):int():totable())
    assert.same({ 1, 0, 1, 0, 1 }, t.ok:eq(true):int():totable())
    assert.matches("column 'city' holds category, which has no order",
      message(t.city.lt, t.city, "a"))
    assert.matches("a date as \"2026%-11%-28\" is expected", message(t.born.lt, t.born, "May"))
    assert.matches("column 'age' holds numbers; got \"x\"", message(t.age.eq, t.age, "x"))
  end)
  it("has statistics of the values that are there", function()
    assert.equal(31.5, t.age:mean())
    assert.equal(126, t.age:sum())
    assert.same({ 25, 41 }, { t.age:min(), t.age:max() })
    assert.equal(30, t.age:median())
    assert.equal(28.75, t.age:quantile(0.25))
    assert.is_true(math.abs(t.income:std() ^ 2 - t.income:var()) < 1e-12)
    assert.equal(3, t.ok:sum())
    assert.same({ "1985-01-02", "1999-12-31" }, { t.born:min(), t.born:max() })
    local values, counts = t.city:unique()
    assert.same({ { "Rasht", "Yazd" }, { 1, 3 } }, { values, counts })
    assert.same({ 1990, 1985, "-", 1999, 1990 }, t.born:part("year"):list "-")
    assert.same({ 2, 3, "-", 5, 2 }, t.born:part("weekday"):list "-")
    assert.matches("column 'city' holds category, not numbers", message(t.city.mean, t.city))
  end)
  it("is calculated with", function()
    assert.same({ 31.5, "-", "-", 29, 35 }, (t.age + t.income):list "-")
    assert.same({ 15, "-", 20.5, 12.5, 15 }, (t.age / 2):list "-")
    assert.same({ -1.5, -2.5, "-", -4, -5 }, (-t.income):list "-")
    assert.same({ 2.25, 6.25, "-", 16, 25 }, (t.income ^ 2):list "-")
    assert.equal("column 'age': 5 x integer, 1 missing: 30, -, 41, 25, 30", tostring(t.age))
  end)
end)

describe("rows and columns", function()
  local t = table_of_people()
  it("are picked", function()
    assert.same({ "age", "name" }, t:select({ "age", 1 }).names)
    assert.same({ "name", "city", "born", "ok" }, t:drop({ "age", "income" }).names)
    assert.same({ "Cem" }, t:where(t.age:gt(30)).name:list())
    assert.same({ "Ann", "Cem", "Eva" }, t:where(t.ok).name:list())
    assert.same({ "Bob" }, t:where(function(row) return row.city == "Rasht" end).name:list())
    assert.same({ "Eva", "Ann" }, t:take({ -1, 1 }).name:list())
    assert.same({ "Ann", "Bob" }, t:head(2).name:list())
    assert.same({ "Dara", "Eva" }, t:tail(2).name:list())
    assert.equal(1, #t:drop_missing())
    assert.equal(4, #t:drop_missing "age")
    assert.same({ 0, 5 }, { #t:head(0), #t:head(99) })
    assert.matches("a mask of 5 elements is expected", message(t.where, t, mah.ones(2):byte()))
    assert.matches("a mask .* is expected, got 3", message(t.where, t, 3))
  end)
  it("are added and renamed", function()
    local u = t:with { double = t.age * 2, note = function(row) return row.name .. "!" end,
      age = { 1, 2, 3, 4, 5 } }
    assert.same({ "name", "age", "city", "income", "born", "ok", "double", "note" }, u.names)
    assert.same({ 1, 2, 3, 4, 5 }, u.age:list())
    assert.equal("Bob!", u.note[2])
    assert.equal("years", t:rename({ age = "years" }).names[2])
    assert.matches("did you mean 'age'", message(t.rename, t, { agee = "x" }))
    assert.same({ { 30, 1.5 }, { 25, 4 } },
      t:tensor({ "age", "income" }):index_select(1, mah.tensor({ 1, 4 }):int()):totable())
    assert.equal("float32", t:tensor("income", { dtype = "float32" }).dtype)
    assert.matches("column 'name' holds text, not numbers; leave it out", message(t.tensor, t))
  end)
  it("are sorted, stably, missing values last", function()
    assert.same({ "Dara", "Ann", "Eva", "Cem", "Bob" }, t:sort("age").name:list())
    assert.same({ "Cem", "Ann", "Eva", "Dara", "Bob" },
      t:sort("age", { descending = true }).name:list())
    assert.same({ "Bob", "Dara", "Ann", "Cem", "Eva" }, t:sort({ "city", "age" }).name:list())
    assert.same({ "Eva", "Dara", "Cem", "Bob", "Ann" },
      t:sort("name", { descending = true }).name:list())
    assert.same({ "Bob", "Ann", "Eva", "Dara", "Cem" }, t:sort("born").name:list())
    assert.matches("by which column", message(t.sort, t))
  end)
  it("are split: all rows once, the same for a seed, strata in proportion", function()
    local list = {}
    for i = 1, 100 do list[i] = { id = i, class = i % 5 == 0 and "rare" or "often" } end
    local all = mah.data.table(list)
    local train, test = all:split { test = 0.2, stratify = "class", seed = 1 }
    assert.same({ 80, 20 }, { #train, #test })
    assert.same({ 16, 4 }, { train.class:eq("rare"):sum(), test.class:eq("rare"):sum() })
    local seen = {}
    for _, part in ipairs { train, test } do
      for _, id in ipairs(part.id:list()) do seen[id] = (seen[id] or 0) + 1 end
    end
    for i = 1, 100 do assert.equal(1, seen[i]) end
    local _, again = all:split { test = 0.2, stratify = "class", seed = 1 }
    assert.same(test.id:list(), again.id:list())
    local _, ten = all:split { test = 10, seed = 2 }
    assert.equal(10, #ten)
    assert.matches("column 'name' has \"Ann\" in only one row %(1%)",
      message(t.split, t, { stratify = "name" }))
    assert.matches("leaves nothing to learn from", message(t.split, t, { test = 5 }))
  end)
end)

describe("group_by", function()
  local t = mah.data.table { { "k", { "b", "a", "b", "a", nil } }, { "n", { 1, 1, 2, 2, 2 } },
    { "x", { 1, 2, 3, nan, 5 } }, { "s", { "p", "q", "r", "s", "t" } } }
  it("has a row for each value, in order", function()
    local g = t:group_by "k"
    local means = g:mean()
    assert.same({ "k", "n", "x" }, means.names)
    assert.same({ { "a", "b" }, { 1.5, 1.5 }, { 2, 2 } },
      { means.k:list(), means.n:list(), means.x:list() })
    assert.same({ 2, 2 }, g:count().count:list())
    assert.same({ 2, 4 }, g:sum().x:list())
    assert.same({ { 2, 1 }, { 2, 3 } }, { g:min().x:list(), g:max().x:list() })
    assert.same({ 2, 2 }, g:median().x:list())
    assert.is_true(math.abs(g:std().x[2] - math.sqrt(2)) < 1e-15)
    assert.same({ "q", "p" }, g:first().s:list())
    assert.same({ 1, 2, 1, 2 }, t:group_by("k", "n"):count().n:list())
    assert.matches("2 groups of 4 rows by k", tostring(g))
    assert.matches("by which column", message(t.group_by, t))
    assert.matches(": group_by: there is no column 'kk'", message(t.group_by, t, "kk"))
  end)
end)

describe("values that look alike in few digits", function()
  local big = 9007199254740993LL
  local alike = { { 123456789012345, 123456789012346 }, { 0.1 + 0.2, 0.3 }, { big, big + 1 } }

  it("are different groups, keys, strata and values", function()
    for _, pair in ipairs(alike) do
      local a, b = pair[1], pair[2]
      local t = mah.data.table { { "id", { a, b, a, b } }, { "v", { 1, 2, 3, 4 } } }
      local sums = t:group_by("id"):sum().v:list()
      table.sort(sums)
      assert.same({ 4, 6 }, sums)
      local one = mah.data.table { { "id", { b, b + (b - a) * 8 } }, { "w", { 9, 8 } } }
      assert.same({ 2, 4 }, t:join(one, "id").v:list())
      local _, counts = t.id:unique()
      assert.same({ 2, 2 }, counts)
      local train = t:split { test = 0.5, stratify = "id", seed = 1 }
      assert.is_false(train.id[1] == train.id[2])
    end
  end)

  it("are different texts", function()
    local ids = { 123456789012345, 123456789012346, 0.1 + 0.2, 0.3, big }
    local t = mah.data.table({ { "id", ids } }, { types = { id = "text" } })
    assert.same({ "123456789012345", "123456789012346", "0.30000000000000004", "0.3",
      "9007199254740993" }, t.id:list())
  end)

  it("are one, if they are 0 and -0", function()
    local t = mah.data.table { { "x", mah.tensor({ 0, -0.0, 1 }, { dtype = "float64" }) } }
    assert.same({ 2, 1 }, t:group_by("x"):count().count:list())
  end)
end)

describe("join", function()
  local orders = mah.data.table { { "id", { 1, 2, 3, 2 } }, { "who", { "a", "b", "c", nil } } }
  local names = mah.data.table { { "who", { "b", "a", "b", "z" } }, { "n", { 1, 2, 3, 4 } },
    { "id", { 10, 20, 30, 40 } } }
  it("keeps partners, or all rows of the left table", function()
    local inner = orders:join(names, { on = "who" })
    assert.same({ "id", "who", "n", "id_2" }, inner.names)
    assert.same({ { 1, 2, 2 }, { 2, 1, 3 } }, { inner.id:list(), inner.n:list() })
    local left = orders:join(names, { on = "who", how = "left" })
    assert.same({ { 1, 2, 2, 3, 2 }, { 2, 1, 3, "-", "-" } }, { left.id:list(), left.n:list "-" })
    assert.matches("is category in one table and integer in the other", message(orders.join, orders,
      mah.data.table { { "who", { 1 } } }, { on = "who" }) :gsub("text", "category"))
    assert.matches("on is missing", message(orders.join, orders, names))
    assert.same(inner.who:list(), orders:join(names, "who").who:list())
  end)
end)

describe("what a table shows and writes", function()
  local t = table_of_people()
  it("is its head, and each column in a line", function()
    local text = tostring(t)
    assert.matches("^table of 5 rows and 6 columns\n", text)
    assert.matches("age%s+integer%s+1%s+mean 31.5, 25 ... 41", text)
    assert.matches("city%s+category%s+1%s+2: Yazd, Rasht", text)
    assert.matches("born%s+date%s+1%s+1985%-01%-02 ... 1999%-12%-31", text)
    assert.matches("ok%s+boolean%s+1%s+3 true", text)
    for line in text:gmatch "[^\n]+" do assert.is_true(#line <= 80) end
  end)
  it("is described as numbers", function()
    local d = t:describe()
    assert.same({ "age", "income" }, d.name:list())
    assert.same({ 4, 4 }, d.count:list())
    assert.same({ 31.5, 3.25 }, d.mean:list())
    assert.same({ 30, 3.25 }, d["50%"]:list())
  end)
  it("is read back from CSV", function()
    local path = os.tmpname()
    local odd = mah.data.table { { "a,b", { 'x "y"', " z", "p\nq", "1" } },
      { "n", { 0.1, 1e300, nil, -2.5 } }, { "i", { 9007199254740993LL, 2, nil, 4 } } }
    odd:save_csv(path)
    local back = mah.data.table(path)
    assert.same(odd["a,b"]:list(), back["a,b"]:list())
    assert.same(odd.n:list "-", back.n:list "-")
    assert.is_true(back.i[1] == 9007199254740993LL)
    t:save_csv(path, { delimiter = ";", na = "NA" })
    assert.same(t:drop_missing().born:list(), mah.data.table(path):drop_missing().born:list())
    assert.matches("delimiter must be one character", message(t.save_csv, t, path, {
      delimiter = "ab" }))
    os.remove(path)
  end)
end)

describe("an estimator", function()
  it("takes a column as labels, and says what to do with a table", function()
    local t = mah.data.table { { "x", { 0, 1, 2, 3 } }, { "y", { "a", "a", "b", "b" } } }
    local clf = mah.MLPClassifier { max_iter = 2, random_state = 1 }
    golden.warnings(function() clf:fit(t:tensor { "x" }, t.y) end)
    assert.same({ "a", "b" }, clf.classes_)
    assert.matches("t:tensor{", message(clf.fit, clf, t, t.y))
  end)
end)
