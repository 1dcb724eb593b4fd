local decode = require "mah.exchange.onnx.decode"
local encode = require "mah.exchange.onnx.encode"

--- A TensorProto: what encode.message knows of it, and fields as bytes.
local function tensor(given, more)
  local text = encode.message("TensorProto", given) .. (more or "")
  return decode.tensor_file(text, "some.pb")
end

local function model(graph, more)
  local text = encode.message("ModelProto", { ir_version = 8, graph = graph,
    opset_import = { { domain = "", version = 17 } } })
  return decode.model(text .. (more or ""), "some.onnx")
end

describe("TensorProto", function()
  it("holds its elements as bytes", function()
    local t, name = tensor { dims = { 2, 1 }, data_type = 1, name = "w",
      raw_data = "\0\0\128\63\0\0\0\64" }
    assert.equal("w", name)
    assert.equal("float32", t.dtype)
    assert.same({ { 1 }, { 2 } }, t:totable())
    assert.same({ 1, -2 }, tensor { dims = { 2 }, data_type = 10,
      raw_data = "\0\60\0\192" }:totable()) -- FLOAT16
    assert.same({ 1.5 }, tensor { dims = { 1 }, data_type = 16, raw_data = "\192\63" }:totable())
    assert.same({ -1, 127 }, tensor { dims = { 2 }, data_type = 3,
      raw_data = "\255\127" }:totable())
    local none = tensor { dims = { 0, 3 }, data_type = 1, raw_data = "" }
    assert.same({ 0, 3 }, none.shape)
    assert.equal(7, tensor { data_type = 6, raw_data = "\7\0\0\0" }:item())
  end)

  it("holds them as numbers, packed or one by one", function()
    local one, two = "\0\0\128\63", "\0\0\0\64"
    local packed, single = "\34\8" .. one .. two, "\37" .. one .. "\37" .. two -- float_data
    for _, data in ipairs { packed, single, "\34\4" .. one .. "\37" .. two } do
      assert.same({ 1, 2 }, tensor({ dims = { 2 }, data_type = 1 }, data):totable())
    end
    local minus = ("\255"):rep(9) .. "\1"
    assert.same({ -1, 300 }, tensor({ dims = { 2 }, data_type = 7 },
      "\58\12" .. minus .. "\172\2"):totable()) -- int64_data
    assert.same({ -1, 1 }, tensor({ dims = { 2 }, data_type = 6 },
      "\40" .. minus .. "\40\1"):totable()) -- int32_data
    assert.same({ 1, 0 }, tensor({ dims = { 2 }, data_type = 9 }, "\42\2\1\0"):totable()) -- BOOL
    assert.same({ 1 }, tensor({ dims = { 1 }, data_type = 10 }, "\42\2\128\120"):totable())
    assert.same({ 2 ^ 32 - 1 }, tensor({ dims = { 1 }, data_type = 12 },
      "\90\5\255\255\255\255\15"):totable()) -- uint64_data
    assert.same({ 0.5 }, tensor({ dims = { 1 }, data_type = 11 },
      "\82\8\0\0\0\0\0\0\224\63"):totable()) -- double_data
    assert.same({ "a", "bc" }, (tensor { dims = { 2 }, data_type = 8,
      string_data = { "a", "bc" } }).strings)
  end)

  it("is refused by its name", function()
    local function refused(expected, given, more)
      given.name = "w"
      assert.error_matches(function() tensor(given, more) end,
        "some.pb: at byte %d+: .*" .. expected)
    end
    refused("tensor 'w': 6 elements of 4 bytes, and there are 8 bytes",
      { dims = { 2, 3 }, data_type = 1, raw_data = ("\0"):rep(8) })
    refused("2 elements of 4 bytes, and there are 12", { dims = { 2 }, data_type = 6 },
      "\42\3\1\1\1")
    refused("1099511627776 elements", { dims = { 2 ^ 20, 2 ^ 20 }, data_type = 1, raw_data = "" })
    refused("a size of %-1", { dims = { -1 }, data_type = 1, raw_data = "" })
    refused("9 dimensions", { dims = { 1, 1, 1, 1, 1, 1, 1, 1, 1 }, data_type = 2,
      raw_data = "\0" })
    refused("elements of type COMPLEX64", { dims = { 1 }, data_type = 14, raw_data = "12345678" })
    refused("elements of type type 99", { dims = { 1 }, data_type = 99, raw_data = "" })
    refused("1 strings for 2 elements", { dims = { 2 }, data_type = 8, string_data = { "a" } })
    refused("lie in another file", { dims = { 2 }, data_type = 1 }, "\112\1") -- data_location
    refused("lie in another file", { dims = { 2 }, data_type = 1 },
      "\106\13\10\8location\18\1x") -- external_data
  end)
end)

describe("ModelProto", function()
  local relu = { node = { { input = { "x" }, output = { "y" }, op_type = "Relu", name = "n" } },
    output = { { name = "y" } }, input = { { name = "x", type = { tensor_type = { elem_type = 1,
      shape = { dim = { { dim_param = "N" }, { dim_value = 3 } } } } } } } }

  it("is read", function()
    local m = model(relu)
    assert.equal(17, m.opsets[""])
    assert.same({ "Relu", "n", { "x" }, { "y" } }, { m.graph.nodes[1].op, m.graph.nodes[1].name,
      m.graph.nodes[1].inputs, m.graph.nodes[1].outputs })
    assert.same({ { name = "x", dims = { false, 3 }, type = 1 } }, m.graph.inputs)
    assert.equal("y", m.graph.outputs[1].name)
  end)

  it("keeps attributes of each kind", function()
    local node = { op_type = "X", attribute = { { name = "i", i = -3, type = 2 },
      { name = "f", f = 0.5, type = 1 }, { name = "l", ints = { 1, -1 }, type = 7 },
      { name = "s", strings = { "a", "" }, type = 8 }, { name = "zero", type = 2 },
      { name = "untold", ints = { 4 } } } }
    local a = model { node = { node } }.graph.nodes[1].attributes
    assert.same({ i = -3, f = 0.5, l = { 1, -1 }, s = { "a", "" }, zero = 0, untold = { 4 } }, a)
  end)

  it("skips fields that are unknown, of each wire type", function()
    local unknown = "\240\7\150\1" .. "\241\7" .. ("x"):rep(8) .. "\242\7\3abc" .. "\245\7abcd"
    assert.equal(1, #model(relu, unknown).graph.nodes)
  end)

  it("ends where it ends", function()
    local function refused(expected, more)
      assert.error_matches(function() model(relu, more) end, "some.onnx: at byte %d+: " .. expected)
    end
    refused("a field of 100 bytes where 3 are left", "\242\7\100abc")
    refused("a number is cut off", "\240\7\128")
    refused("a number of more than 10 bytes", "\240\7" .. ("\128"):rep(11))
    refused("a field of wire type 3", "\243\7")
    refused("a field without a number", "\0")
    refused("a field of the wrong wire type", "\56\1") -- graph as a number
    local text = encode.message("ModelProto", { ir_version = 8, graph = relu })
    for n = 0, #text - 1 do
      local ok, problem = pcall(decode.model, text:sub(1, n), "some.onnx")
      assert.is_false(ok)
      assert.is_truthy(problem:find "some.onnx: at byte ")
    end
    assert.error_matches(function()
      decode.model(encode.message("ModelProto", { ir_version = 8 }), "some.onnx")
    end, "there is no graph in it")
  end)

  it("has a bounded number of parts", function()
    local node = "\10\0" -- an empty node
    local graph = node:rep(600000)
    local text = "\8\8\58" .. "\128\159\73" .. graph
    assert.equal(1200000, #graph)
    assert.error_matches(function() decode.model(text, "some.onnx") end, "more than 500000 parts")
  end)

  it("is known by its beginning", function()
    local text = encode.message("ModelProto", { ir_version = 8, producer_name = "p", graph = relu })
    assert.is_true(decode.knows(text))
    assert.is_true(decode.knows(text:sub(1, 12)))
    local long = encode.message("ModelProto", { ir_version = 8, doc_string = ("x"):rep(9000),
      graph = relu })
    assert.is_true(decode.knows(long:sub(1, 4096)))
    for _, other in ipairs { "", "\8\8", "KAN\1", "PK\3\4", "\128\2}q", "\4\0\0\0\1\0\0\0",
      "\18\0\0\0\0\0\0\0{\"a\"", "GGUF\3\0\0\0", "FANN_FLO_2.1\n", ("\0"):rep(20) } do
      assert.is_false(decode.knows(other))
    end
  end)
end)
