local file = require "mah.base.file"
local golden = require "golden"
local json = require "mah.base.json"
local mah = require "mah"

local message = golden.message
local path = os.tmpname()
local function read(text, given)
  file.write(path, text)
  return mah.data.table(path, given)
end
local function kinds_of(t)
  local kinds = {}
  for i, column in ipairs(t.columns) do kinds[i] = column.kind end
  return table.concat(kinds, " ")
end

describe("mah.data.table of a file", function()
  after_each(function() os.remove(path) end)

  it("finds kinds, and keeps what is missing", function()
    local t = read("id,x,city,name,when,ok,none\n1,2.5,Yazd,a,2026-01-02,true,\n"
      .. "2,NA,Rasht,b,2026-01-02T10:30,False,\n?,1e3,Yazd,c,,TRUE,\n4,7,Rasht,,2026-01-04,,\n")
    assert.equal("integer number category text date boolean number", kinds_of(t))
    assert.same({ "id", "x", "city", "name", "when", "ok", "none" }, t.names)
    assert.same({ 1, 2, "-", 4 }, t.id:list "-")
    assert.same({ 2.5, "-", 1000, 7 }, t.x:list "-")
    assert.same({ "Yazd", "Rasht", "Yazd", "Rasht" }, t.city:list())
    assert.same({ "a", "b", "c", "-" }, t.name:list "-")
    assert.same({ "2026-01-02", "2026-01-02T10:30:00", "-", "2026-01-04" }, t.when:list "-")
    assert.same({ true, false, true, "-" }, t.ok:list "-")
    assert.equal(4, t.none:count_missing())
    assert.equal(4, #t)
    assert.same({ id = 2, city = "Rasht", name = "b", when = "2026-01-02T10:30:00", ok = false },
      t[2])
  end)
  it("takes kinds, names, columns and what is missing from the caller", function()
    local t = read("a,b,c\n1,x,-9\n2,y,3\n", { na = { "-9" },
      types = { a = "text", [2] = "category", c = "float32" } })
    assert.equal("text category number", kinds_of(t))
    assert.equal("float32", t.c.values.dtype)
    assert.same({ "-", 3 }, t.c:list "-")
    assert.same({ "1", "2" }, t.a:list())
    assert.same({ "c", "a" }, read("a,b,c\n1,x,3\n", { columns = { "c", 1 } }).names)
    assert.same({ "p", "q" }, read("1,2\n", { names = { "p", "q" } }).names)
    assert.same({ "c1", "c2" }, read("1,2\n").names)
    assert.same({ "a", "a.1", "c3" }, read("a,a,\n1,2,3\n").names)
    assert.equal("text text", kinds_of(read("a,b\n1,2\n", { types = "text" })))
    assert.equal("boolean", kinds_of(read("a\nyes\nno\n", { types = { a = "boolean" } })))
    assert.equal("text", kinds_of(read("zip\n02134\n10001\n")))
    assert.equal("integer", kinds_of(read("zip\n02134\n10001\n", { types = "integer" })))
  end)
  it("reads the dialects that people have", function()
    local function same(text, given, a, b)
      local t = read(text, given)
      assert.same(a, t.columns[1]:list "-")
      assert.same(b, t.columns[2]:list "-")
    end
    same("mpg,hp\n18.0,130.0\n25.0,?\n", nil, { 18, 25 }, { 130, "-" })
    same("a;b\n1,5;2,25\n", nil, { 1.5 }, { 2.25 })
    same('a,b\n"1,234",x\n', nil, { 1234 }, { "x" })
    same("a\tb\n1.234,5\t2\n", { decimal = ",", thousands = "." }, { 1234.5 }, { 2 })
    same(" 1.5   2\n 10\t3  \n", nil, { 1.5, 10 }, { 2, 3 })
    same("# a b\n1,2\n", nil, { 1 }, { 2 })
    same("junk\n% note\n1,3%x\n4,5\n", { comment = "%", skip = 1 }, { 1, 4 }, { 3, 5 })
  end)
  it("reads gzip, and members one after the other", function()
    local text = { "a,b\n" }
    for i = 1, 1000 do text[i + 1] = i .. ",x" .. i % 7 .. "\n" end
    file.write(path, table.concat(text))
    assert.equal(0, os.execute(("gzip -c %s > %s.gz"):format(path, path)))
    local t = mah.data.table(path .. ".gz")
    os.remove(path .. ".gz")
    assert.equal(500500, t.a:sum())
    assert.equal(7, #t.b.names)
  end)
  it("names what is wrong in the user's words", function()
    assert.matches("line 3 has 3 cells, line 1 has 2$", message(read, "a,b\n1,2\n1,2,3\n"))
    local title = "|1x3 Cross validator\n25, Private, 7, 40, <=50K.\n38, ?, 9, 3, >50K.\n"
    assert.matches("skip = 1 says so$", message(read, title))
    assert.equal(5, #read(title, { skip = 1 }).names)
    assert.matches("line 3, column 1 'a': 'x' is not an integer",
      message(read, "a,b\n1,2\nx,2\n", { types = { a = "integer" } }))
    assert.matches("there is no column 'ages'; did you mean 'age'%?",
      message(read, "age,b\n1,2\n", { types = { ages = "text" } }))
    assert.matches("did you mean 'category'%?",
      message(read, "age,b\n1,2\n", { types = { age = "categry" } }))
    assert.matches("unknown option \"delimeter\"; did you mean 'delimiter'",
      message(read, "a\n", { delimeter = ";" }))
    assert.matches("delimiter must be one character", message(read, "a\n", { delimiter = ";;" }))
    assert.matches("names has 1 names, the file has 2", message(read, "1,2\n", { names = { "a" } }))
    assert.matches("cannot read '/none'", message(mah.data.table, "/none"))
    assert.matches("got true", message(mah.data.table, true))
  end)
end)

-- Small files of the forms in which data sets are published.
describe("a file as it is published", function()
  after_each(function() os.remove(path) end)
  local function check(text, given, rows, kinds)
    local t = read(text, given)
    assert.equal(rows, #t)
    assert.equal(kinds, kinds_of(t))
    return t
  end
  it("like iris.data: no header, an empty line at the end", function()
    check("5.1,3.5,1.4,0.2,Iris-setosa\n4.9,3.0,1.4,0.2,Iris-setosa\n\n", nil, 2,
      "number number number number category")
  end)
  it("like auto-mpg.data: blanks, a tab, quotes, ? for missing", function()
    local t = check('18.0   8   307.0      130.0   3504.   12.0   70  1\t"chevrolet malibu"\n'
      .. '25.0   4   98.00      ?       2046.   19.0   71  1\t"ford pinto"\n', nil, 2,
      "number integer number number number number integer integer text")
    assert.equal("ford pinto", t.c9[2])
    assert.equal(1, t.c4:count_missing())
  end)
  it("like housing.data: columns aligned by blanks", function()
    check(" 0.00632  18.00   2.310  0  0.5380\n 0.02731   0.00   7.070  0  0.4690\n", nil, 2,
      "number number number integer number")
  end)
  it("like breast-cancer-wisconsin.data: ids and ?", function()
    assert.equal(1, check("1000025,5,1,?,2\n1002945,5,4,4,4\n", nil, 2,
      "integer integer integer integer integer").c4:count_missing())
  end)
  it("like breast-cancer.data: texts and ranges without a header", function()
    check("no-recurrence-events,30-39,premeno,0-2,no,3,left\n"
      .. "no-recurrence-events,40-49,premeno,0-2,no,2,right\n", nil, 2,
      "category text category category category integer text")
  end)
  it("like adult.data: a blank behind each comma", function()
    assert.equal("State-gov",
      check("39, State-gov, 77516, <=50K\n50, ?, 83311, <=50K\n", nil, 2,
        "integer text integer category").c2[1])
  end)
  it("like winequality-red.csv: semicolons, quoted names with blanks", function()
    local t = check('"fixed acidity";"pH";"quality"\n7.4;3.51;5\n7.8;3.2;5\n', nil, 2,
      "number number integer")
    assert.equal(7.4, t["fixed acidity"][1])
  end)
  it("like titanic.csv: names with commas and quotes", function()
    local t = check('Survived,Name,Age\n0,"Braund, Mr. Owen ""Ow""",22\n1,"Heikkinen, Miss",\n',
      nil, 2, "integer text integer")
    assert.equal('Braund, Mr. Owen "Ow"', t.Name[1])
  end)
  it("like mushroom data: letters alone", function()
    check("p,x,s,n\ne,x,s,y\ne,b,s,w\np,x,y,w\n", nil, 4, "category category category text")
  end)
  it("names the column when the caller gave the names", function()
    assert.matches("line 2, column 2 'size': 'x' is not a number",
      message(read, "1,2\n3,x\n", { header = false, names = { "id", "size" }, types = "number" }))
    assert.matches("names must be strings; entry 2 is 7",
      message(read, "1,2\n", { names = { "id", 7 } }))
  end)
  it("like R's write.table: a header without a name for the rows' names", function()
    local r = '"len" "kind"\n"1" 5.1 "a"\n"2" NA "b"\n"10" 3 "a"\n'
    local t = check(r, nil, 3, "integer number text")
    assert.same({ "row_names", "len", "kind" }, t.names)
    assert.same({ 1, 2, 10 }, t.row_names:list())
    t = check("mpg\tcyl\nMazda RX4\t21\t6\nFiat\t32.4\t4\n", nil, 2, "text number integer")
    assert.same({ "Mazda RX4", "Fiat" }, t.row_names:list())
    t = check('"x"\t"row_names"\n"a"\t1\t2\n', nil, 1, "text integer integer")
    assert.same({ "row_names", "x", "row_names.1" }, t.names)
    local rows = { "a b" }
    for i = 1, 120 do rows[i + 1] = ("r%d %d x"):format(i, i) end
    rows[122] = "z 1"
    assert.matches("line 122 has 2 cells; rows have 3, one more than the header",
      message(read, table.concat(rows, "\n")))
  end)
  it("but not: a delimiter behind each row, the same text in each, numbers above", function()
    for _, text in ipairs { "a,b\n1,2,\n3,4,\n", "a,b\nx,1,2\nx,3,4\n",
      "1,2\n1,2,3\n4,5,6\n" } do
      assert.matches("line 2 has 3 cells, line 1 has 2", message(read, text))
    end
    assert.matches("line 2 has 3 cells", message(read, "a,b\nx,1,2\n", { header = false }))
  end)
  it("like a spreadsheet's export: byte order mark, CRLF, decimal commas", function()
    local t = check("\239\187\191Stadt;Preis;Datum\r\nUlm;1.234,50;2026-01-02\r\n"
      .. "Bonn;99,00;2026-01-03\r\n", nil, 2, "text number date")
    assert.same({ 1234.5, 99 }, t.Preis:list())
    assert.equal("Ulm", t.Stadt[1])
  end)
end)

describe("csv-spectrum", function()
  local folder = os.getenv "MAH_CSV_SPECTRUM"
  local names = { "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines",
    "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8" }
  if not folder then
    io.stderr:write "table/read_spec: MAH_CSV_SPECTRUM is not set: its eleven files are not read\n"
    return
  end
  for _, name in ipairs(names) do
    it("reads " .. name, function()
      local t = mah.data.table(folder .. "/" .. name .. ".csv", { types = "text", na = {},
        header = true })
      local rows = json.decode(file.read(folder .. "/" .. name .. ".json"))
      assert.equal(#rows, #t)
      for i, row in ipairs(rows) do assert.same(row, t[i]) end
    end)
  end
end)
