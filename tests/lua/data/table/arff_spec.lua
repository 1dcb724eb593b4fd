local file = require "mah.base.file"
local golden = require "golden"
local mah = require "mah"

describe("ARFF", function()
  local name = os.tmpname()
  local path = name .. ".arff"
  after_each(function() os.remove(path) end)
  teardown(function() os.remove(name) end)
  local function read(text)
    file.write(path, text)
    return mah.data.table(path)
  end
  local head = "% a comment\r\n@RELATION iris\n\n@attribute 'sepal length' NUMERIC\n"
    .. "@attribute n integer\n@attribute class {setosa, 'Iris versicolor',\"it's\"}\n"
    .. "@attribute note string\n@attribute day date \"yyyy-MM-dd\"\n@DATA\n"

  it("is read with its names and types", function()
    local t = read(head .. "5.1,3,setosa,'a, b',2026-01-02\n% no row\n\n?,?,?,?,?\n"
      .. "4.9, 4, 'Iris versicolor' ,c,2026-01-03\n5,5,\"it's\",d,\"2026-01-04\"\n")
    assert.same({ "sepal length", "n", "class", "note", "day" }, t.names)
    assert.same({ 5.1, "-", 4.9, 5 }, t["sepal length"]:list "-")
    assert.same({ 3, "-", 4, 5 }, t.n:list "-")
    assert.same({ "setosa", "-", "Iris versicolor", "it's" }, t.class:list "-")
    assert.same({ "setosa", "Iris versicolor", "it's" }, t.class.names)
    assert.same({ "a, b", "-", "c", "d" }, t.note:list "-")
    assert.equal("2026-01-04", t.day[4])
    assert.same({ "n" }, mah.data.table(path, { columns = { "n" } }).names)
  end)
  it("is read when it is sparse: 0 and the first name are left out", function()
    local t = read("@relation r\n@attribute x real\n@attribute k {a,b}\n"
      .. "@attribute y integer\n@data\n{0 1.5, 2 3}\n{}\n{1 b}\n{1 ?, 0 ?}\n")
    assert.same({ 1.5, 0, 0, "-" }, t.x:list "-")
    assert.same({ "a", "a", "b", "-" }, t.k:list "-")
    assert.same({ 3, 0, 0, 0 }, t.y:list "-")
  end)
  it("is read when it is packed, and when its header is long", function()
    local lines = {}
    for i = 1, 5000 do lines[i] = "@attribute a" .. i .. " {no, yes}" end
    local text = table.concat(lines, "\n") .. "\n@data\n% none\n"
    for _, row in ipairs { "{4999 yes}\n", ("no,"):rep(4999) .. "yes\n" } do
      file.write(path, text .. row)
      os.execute(("gzip -c '%s' >'%s.gz'"):format(path, path))
      local t = mah.data.table(path .. ".gz")
      os.remove(path .. ".gz")
      assert.same({ "no", "yes", 5000 }, { t[1].a4999, t[1].a5000, #t.names })
    end
    assert.same({ "x" }, read("@attribute x real\n@data\n").names)
  end)
  it("names what is wrong", function()
    assert.matches("column 'k' has the value 'c'; the header has {a, b}",
      golden.message(read, "@attribute k {a,b}\n@data\nc\n"))
    assert.matches("no line @data", golden.message(read, "@attribute k {a,b}\n"))
    assert.matches("line 1: an attribute's name and its type .* got 'k complex'",
      golden.message(read, "@attribute k complex\n@data\n1\n"))
    assert.matches("line 3, column 1 'k': 'x' is not a number",
      golden.message(read, "@attribute k real\n@data\nx\n"))
    assert.matches("line 3, column 'k': 'x' is not a number",
      golden.message(read, "@attribute k real\n@data\n{0 x}\n"))
  end)
end)
