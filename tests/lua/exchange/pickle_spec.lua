--- Pickles written out instruction by instruction; files of Python are in sklearn_spec and
--- pytorch_spec.
local bytes = require "mah.exchange.bytes"
local machine = require "mah.exchange.pickle.machine"
local names = require "mah.exchange.pickle.names"
local values = require "mah.exchange.pickle.values"

local function read(text) return machine.read(bytes.reader(text, "a.pickle"), names.find) end

local function refused(text, pattern)
  assert.error_matches(function() read(text) end, "a%.pickle: .*" .. pattern)
end

describe("the pickle reader", function()
  it("reads constants, numbers and strings", function()
    assert.equal(values.None, read "N.")
    assert.is_true(read "\136.")
    assert.is_false(read "I00\n.")
    assert.is_true(read "I01\n.")
    assert.equal(-17, read "I-17\n.")
    assert.equal(12, read "L12L\n.")
    assert.equal(1.5, read "F1.5\n.")
    assert.equal(-2.5, read "G\192\4\0\0\0\0\0\0.")
    assert.equal(-2, read "J\254\255\255\255.")
    assert.equal(513, read "M\1\2.")
    assert.equal(-128, read "\138\1\128.")
    assert.equal(128, read "\138\2\128\0.")
    assert.equal(2 ^ 40, read "\138\6\0\0\0\0\0\1.")
    assert.equal(0, read "\138\0.")
    assert.equal("a\n'\200\\", read "S'a\\n\\'\\xc8\\\\'\n.")
    assert.equal("\195\164\227\129\130", read "V\228\\u3042\n.")
    assert.equal("ab", read "X\2\0\0\0ab.")
    assert.equal("ab", read "\142\2\0\0\0\0\0\0\0ab.")
  end)

  it("reads containers, which may hold themselves", function()
    local list = read "]q\0(K\1K\2eh\0a."
    assert.equal(3, list.n)
    assert.equal(1, list[1])
    assert.equal(list, list[3])
    local dict = read "}(U\1aK\1U\1bNu."
    assert.equal(1, dict.of.a)
    assert.same({ "a", "b" }, dict.keys)
    assert.equal("tuple", read "K\1K\2\134.".kind)
    assert.equal(2, read "(K\1K\2d.".of[1])
    assert.equal("set", read "\143(K\1\144.".kind)
  end)

  it("reads what older ones remember by text", function()
    local list = read "(lp0\nI5\nag0\na."
    assert.equal(5, list[1])
    assert.equal(list, list[2])
  end)

  it("refuses what is not in the list, by its name, and runs nothing", function()
    refused("cos\nsystem\n(S'true'\ntR.", "os%.system, which is none of the things that a model is "
      .. "made of and is never run")
    refused("\140\8builtins\140\4eval\147.", "builtins%.eval")
    refused("(S'x'\nios\nsystem\n.", "os%.system")
    refused("cbuiltins\nfloat\n)R.", "calls builtins%.float, which is never run")
    refused("(cbuiltins\nint\no.", "calls builtins%.int")
    refused("K\1)R.", "it calls 1")
    refused("\130\1.", "Python's registry")
    refused("U\1xQ.", "from outside of the file")
    refused("\151.", "outside of the pickle")
  end)

  it("complains of what no pickle has", function()
    refused("", "1 bytes, and 0 are left")
    refused(".", "takes what is not there")
    refused("(K\1R.", "takes what is not there")
    refused("K\1\255", "no pickle has the byte 255 here")
    refused("h\5.", "nothing is remembered as 5")
    refused("pnan\n.", "nan")
    refused("t.", "there is no mark")
    refused("K\1K\2a.", "1 gets items")
    refused("}(K\1u.", "a key has no value")
    refused("\128\9.", "protocol 9")
    refused("\139\255\255\255\127", "an integer of 2147483647 bytes")
    refused("X\255\255\255\255ab", "needs 4294967295 bytes")
    refused("Ix\n.", "is no number")
    refused("Sx\n.", "no string in quotes")
    refused("K\1K\2b.", "1 gets a state")
  end)

  it("makes arrays, and no larger ones than the file has bytes for", function()
    local head = "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\133U\1btR"
    local dtype = "cnumpy\ndtype\n(U\2f4\137\136tR"
    local array = read(head .. "(K\1(K\1K\2t" .. dtype .. "\137U\8\0\0\128?\0\0\0@tb.")
    assert.same({ 1, 2 }, array.tensor[1]:totable())
    assert.equal("float32", array.tensor.dtype)
    refused(head .. "(K\1(J\255\255\255\127J\255\255\255\127t" .. dtype .. "\137U\4\0\0\128?tb.",
      "more than %d+ bytes, which is too much for such a file")
    refused(head .. "(K\1(K\2t" .. dtype .. "\137U\4\0\0\128?tb.", "needs 8 bytes, and 4 are left")
    refused(head .. "(K\1(K\1t" .. dtype .. "\137U\8\0\0\128?\0\0\0@tb.", "4 bytes too many")
    refused(head .. "(K\1(G\63\248\0\0\0\0\0\0t" .. dtype .. "\137U\4\0\0\128?tb.",
      "a size of 1%.5")
    refused("cnumpy\ndtype\n(U\3c16\137\136tR.", "complex numbers; a model has none")
    refused("cnumpy\ndtype\n(U\2xx\137\136tR.", "elements of type")
  end)

  it("ends where it would make too much", function()
    refused("]" .. ("q\0h\0"):rep(5e6) .. ".", "more than 4194304 values are too many")
    refused(("]"):rep(2e6) .. ".", "more than %d+ bytes, which is too much for such a file")
  end)
end)

describe("what a pickle begins with", function()
  it("tells it from other files", function()
    for _, head in ipairs { "\128\4\149abc", "\128\2]", "cos\nsystem\n(", "(dp0\n", "(lp0\n",
      "ccopy_reg\n_reconstructor\np0\n" } do
      assert.is_true(machine.is(head), head)
    end
    for _, head in ipairs { "", "PK\3\4", "{\"a\": 1}", "\128\9", "(1, 2)", "relation\n",
      "class\ncat\ndog\n" } do
      assert.is_false(machine.is(head), head)
    end
  end)
end)
