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
    assert.same({ "a", " b" }, columns.names)
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
    assert.matches("line 3, column 2 'b': 'x' is not a number", fails "a,b\n1,2\n3,x\n")
    assert.matches("line 5, column 1: 'z' is not a number",
      fails('1,"a\nb"\n2,c\n\nz,d\n', { header = false, text = { 2 } }))
    assert.matches("line 2 has 3 cells, line 1 has 2", fails "1,2\n1,2,3\n")
    assert.matches("line 2: a quote is not closed", fails '1\n"2\n3\n')
    assert.matches("'1.5' is no int32", fails("1.5\n", { dtype = "int32" }))
    assert.matches("'' is no int32", fails(",1\n", { dtype = "int32" }))
    assert.matches("'256' is no uint8", fails("256\n", { dtype = "uint8" }))
    assert.matches("'0x10' is not a number", fails("0x10\n", { header = false }))
    assert.matches("no column is named 'lenght'; did you mean 'length'",
      fails("length\n1\n", { columns = { "lenght" } }))
    assert.matches("there is no column 3 %(it has 2", fails("1,2\n", { columns = { 3 } }))
    assert.matches("asked for twice", fails("1,2\n", { columns = { 1, 1 } }))
    assert.matches("one character", fails("1\n", { delimiter = ";;" }))
    assert.matches("cannot be a delimiter", fails("1\n", { delimiter = '"' }))
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
  it("refuses to write nonsense", function()
    assert.matches("the header has 1 names for 2 columns",
      message(mah.save_csv, path, mah.zeros(1, 2), { header = { "a" } }))
    assert.matches("a vector or a matrix", message(mah.save_csv, path, mah.zeros(1, 1, 1)))
    assert.matches("No space left", message(mah.save_csv, "/dev/full", mah.zeros(1)))
  end)
end)
