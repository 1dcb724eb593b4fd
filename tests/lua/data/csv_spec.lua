local file = require "mah.base.file"
local golden = require "golden"
local mah = require "mah"

local message = golden.message

describe("CSV", function()
  local path = os.tmpname()
  after_each(function() os.remove(path) end)
  local function load(text, options)
    file.write(path, text)
    return mah.load_csv(path, options)
  end
  local function fails(text, options)
    file.write(path, text)
    return message(mah.load_csv, path, options)
  end

  it("reads numbers, with and without a header", function()
    local x, columns = load "1,2\n3,4.5\n"
    assert.same({ { 1, 2 }, { 3, 4.5 } }, x:totable())
    assert.equal("float32", x.dtype)
    assert.is_nil(columns.names)
    x, columns = load "a, b\n1,2"
    assert.same({ { 1, 2 } }, x:totable())
    assert.same({ "a", "b" }, columns.names)
    x, columns = load("1,2\n3,4\n", { header = true, dtype = "int32" })
    assert.same({ { 3, 4 } }, x:totable())
    assert.same({ "1", "2" }, columns.names)
  end)
  it("reads quotes, CRLF, blank lines, a byte order mark, other delimiters, "
    .. "skipped lines", function()
    local text = '\239\187\191# note\r\n\r\n"a ""b""";"c;\nd"\r\n"1"; 2 \r\n\r\n3;4'
    local x, columns = load(text, { delimiter = ";", skip = 1 })
    assert.same({ 'a "b"', "c;\nd" }, columns.names)
    assert.same({ { 1, 2 }, { 3, 4 } }, x:totable())
    assert.same({ { 1, 2 } }, load("1\t2\n", { delimiter = "\t" }):totable())
  end)
  it("reads every spelling of a number exactly", function()
    local x = load("0.1,-1e-3,+2,1e300,123456789012345678,.5,5.,-0,inf,-Inf,4.9e-324,"
      .. "0.30000000000000004\n", { dtype = "float64" }):totable()[1]
    assert.same({ 0.1, -1e-3, 2, 1e300, 123456789012345678, 0.5, 5, 0, math.huge, -math.huge,
      4.9e-324, 0.30000000000000004 }, x)
    assert.equal(-math.huge, 1 / x[8])
  end)
  it("reads missing values as NaN", function()
    local x = load("1,,NA\nnan,NaN, \n"):totable()
    assert.equal(1, x[1][1])
    for _, value in ipairs { x[1][2], x[1][3], x[2][1], x[2][2], x[2][3] } do
      assert.is_true(value ~= value)
    end
  end)
  it("returns text columns as strings, by name and number", function()
    local text = "name,length,kind\nana,1.5,x\n\"b, c\",2,\"y\"\n"
    local x, columns = load(text, { text = { "name", 3 } })
    assert.same({ { 1.5 }, { 2 } }, x:totable())
    assert.same({ "length" }, columns.names)
    assert.same({ "ana", "b, c" }, columns.text.name)
    assert.same({ "x", "y" }, columns.text[3])
    x, columns = load(text, { columns = { "length" } })
    assert.same({ { 1.5 }, { 2 } }, x:totable())
    assert.same({ "length" }, columns.names)
    assert.same({ { 2, 1 } }, load("1,2\n", { columns = { 2, 1 } }):totable())
  end)
  it("reads empty tables", function()
    assert.same({ 0, 0 }, load("").shape)
    assert.same({ 0, 2 }, load("a,b\n").shape)
  end)
  it("names file, line and column of an error", function()
    assert.matches("line 3, column 2 'b': 'x' is not a number; .* text = {\"b\"}$",
      fails "a,b\n1,2\n3,x\n")
    assert.matches("line 5, column 1: 'z' is not a number",
      fails('1,"a\nb"\n2,c\n\nz,d\n', { header = false, text = { 2 } }))
    assert.matches("line 2 has 3 cells, line 1 has 2", fails "1,2\n1,2,3\n")
    assert.matches("line 2: a quote is not closed", fails '1\n"2\n3\n')
    assert.matches("line 3, column 2: 'x' is not a number; .* text = {2}$",
      fails("0,0\n1,2\n3,x\n", { header = false }))
    assert.matches("'1.5' is not an integer; .* text = {1}$", fails("1.5\n", { dtype = "int32" }))
    assert.matches("column 'c1' has 1 missing values, which int32",
      fails(",1\n", { dtype = "int32" }))
    assert.matches("column 'c1': 256 is no uint8", fails("256\n", { dtype = "uint8" }))
    assert.same({ { 2 ^ 40 } }, load("1099511627776\n", { dtype = "int64" }):totable())
    assert.matches("'0x10' is not a number", fails("0x10\n", { header = false }))
    assert.matches("there is no column 'lenght'; did you mean 'length'",
      fails("length\n1\n", { columns = { "lenght" } }))
    assert.matches("there is no column 3 %(it has 2", fails("1,2\n", { columns = { 3 } }))
    assert.matches("asked for twice", fails("1,2\n", { columns = { 1, 1 } }))
    assert.matches("one character", fails("1\n", { delimiter = ";;" }))
    assert.matches("one character", fails("1\n", { delimiter = '"' }))
    assert.matches("cannot read '/none'", message(mah.load_csv, "/none"))
  end)
  it("is written with the digits that it takes", function()
    local x = mah.tensor({ { 0.1, 1 / 3 }, { 1e-300, -0.0 }, { 0 / 0, math.huge } },
      { dtype = "float64" })
    mah.save_csv(path, x, { header = { "a", 'b"c,' } })
    assert.equal('a,"b""c,"\n0.1,0.3333333333333333\n1e-300,-0\nnan,inf\n', file.read(path))
    local y, columns = mah.load_csv(path, { dtype = "float64" })
    golden.equal(x, y)
    assert.same({ "a", 'b"c,' }, columns.names)
    local f = mah.randn(50, 3)
    mah.save_csv(path, f, { delimiter = ";" })
    golden.equal(f, (mah.load_csv(path, { delimiter = ";" })))
    mah.save_csv(path, mah.tensor({ 1, -2 }):int())
    assert.equal("1\n-2\n", file.read(path))
    mah.save_csv(path, f:t())
    golden.equal(f:t(), (mah.load_csv(path)))
  end)
  it("reads lines that end in CR, LF, CRLF, or in turn", function()
    for _, text in ipairs { "a,b\r1,2\r\r3,4\r", "a,b\r\n1,2\r3,4\n", "a,b\n1,2\r\n\r\n3,4" } do
      local x, columns = load(text)
      assert.same({ "a", "b" }, columns.names)
      assert.same({ { 1, 2 }, { 3, 4 } }, x:totable())
    end
    assert.same({ { 3 } }, load("note\r1\r\n3\n", { skip = 2 }):totable())
    assert.matches("line 4, column 1: 'x' is", fails("1\r2\r\n3\nx\r", { header = false }))
    assert.matches("line 3, column 1: 'x' is", fails('"1"\r2\rx', { header = false }))
  end)
  it("does not take text in text columns for a header", function()
    local iris = "5.1,3.5,Iris-setosa\n4.9,3.0,Iris-setosa\n"
    local x, columns = load(iris, { text = { 3 } })
    assert.same({ 2, 2 }, x.shape)
    assert.same({ "Iris-setosa", "Iris-setosa" }, columns.text[3])
    assert.is_nil(columns.names)
    assert.same({ 2, 2 }, load(iris, { columns = { 1, 2 } }).shape)
    x, columns = load("2020,2021,kind\n1,2,3\n", { columns = { 1, 2 } }) -- no text below it
    assert.same({ { 1, 2 } }, x:totable())
    assert.same({ "2020", "2021" }, columns.names)
    x, columns = load("2020,kind\n1,a\n", { columns = { "2020" }, text = { "kind" } })
    assert.same({ { 1 } }, x:totable())
    assert.same({ "a" }, columns.text.kind)
    assert.same({ 3, 0 }, load("a\nb\nc\n", { text = { 1 } }).shape)
  end)
  it("reads rows of 40,000 cells in no time", function()
    local names, cells = {}, {}
    for i = 1, 40000 do names[i], cells[i] = "gene" .. i, i % 7 end
    local text = table.concat(names, ",") .. "\n" .. table.concat(cells, ",") .. "\n"
    local before = os.clock()
    assert.same({ 1, 40000 }, load(text).shape)
    assert.same({ 1, 40000 }, load(text, { columns = names }).shape)
    local _, columns = load(text, { text = names })
    assert.same({ "6" }, columns.text.gene39997)
    assert.is_true(os.clock() - before < 5) -- 30 s when each cell is looked for from the start
  end)
  it("does not put a file's control bytes into messages", function()
    assert.matches([[column 1 'a\x07': '\x1b]0;t\x07\x1b%[31mred' is not]],
      fails "a\7\n\27]0;t\7\27[31mred\n")
    assert.matches([['ماه\xe2\x80\xae\xff' is not]],
      fails("ماه\226\128\174\255\n", { header = false }))
    local long = fails(("ماه"):rep(30) .. "\n", { header = false })
    assert.matches("'" .. ("ماه"):rep(10) .. "' is not", long) -- cut between characters
    local front = ("0,0\n"):rep(2000) -- what begins with zero bytes is no text at all
    assert.matches([[line 2001, column 1: '1\x002' is not a number]], fails(front .. "1\0002,3\n"))
    assert.matches([[column 1 'a\x00b': 'x' is not a number]],
      fails("#" .. (" "):rep(5000) .. "\na\0b,c\n1,2\nx,2\n"))
    assert.matches("no text: it has zero bytes", fails "a\n1\0002\n")
    assert.matches([[there is no column '\x1b']], fails("a\n1\n", { columns = { "\27" } }))
  end)
  it("knows packed files, spreadsheets and UTF-16", function()
    assert.matches("broken gzip stream", fails "\31\139\8\0abc")
    assert.matches("a ZIP archive", fails "PK\3\4abc")
    assert.matches("UTF%-16", fails "\255\2541\0")
  end)
  it("writes and reads points, whatever the locale", function()
    local folder = os.tmpname()
    os.remove(folder)
    os.execute(("mkdir %s; localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 2>/dev/null"):format(folder,
      folder))
    file.write(folder .. "/t.lua", [[
      local mah, path = require "mah", arg[1]
      local json = mah.json
      local text = json.encode { 0.5 }
      if not os.setlocale("de_DE.UTF-8", "numeric") then print "no such locale" return end
      mah.save_csv(path, mah.tensor { { 1.5, 1e-30 } })
      io.write(require "mah.base.file".read(path))
      print(mah.load_csv(path)[1][2] == mah.tensor { 1e-30 }[1])
      print(json.encode { 0.5 } == text, json.decode "[0.5]"[1], json.decode "[1e-7]"[1])
    ]])
    local pipe = io.popen(("LOCPATH=%s %s %s/t.lua %s 2>&1"):format(folder, arg[-1], folder, path))
    local text = pipe:read "*a"
    pipe:close()
    os.execute("rm -r " .. folder)
    if text == "no such locale\n" then
      pending "there is no locale with decimal commas, and localedef cannot make one"
      return
    end
    assert.matches("^1.5,1e%-30\ntrue\ntrue\t0.5\t1e%-07\n", text)
  end)
  it("of 2^40 rows without cells takes no time", function()
    mah.save_csv(path, mah.ones(2 ^ 40, 0))
    assert.equal("", file.read(path))
  end)
  it("refuses to write nonsense", function()
    assert.matches("cannot be a delimiter",
      message(mah.save_csv, path, mah.zeros(1), { delimiter = "\n" }))
    assert.matches("cannot be a delimiter",
      message(mah.save_csv, path, mah.zeros(1), { delimiter = "." }))
    assert.matches("the header has 1 names for 2 columns",
      message(mah.save_csv, path, mah.zeros(1, 2), { header = { "a" } }))
    assert.matches("a vector or a matrix", message(mah.save_csv, path, mah.zeros(1, 1, 1)))
    assert.matches("No space left", message(mah.save_csv, "/dev/full", mah.zeros(1)))
  end)
end)
