--- ggml's MNIST networks, from files written here from GGUF's layout, and a sample.
local ffi = require "ffi"
local gguf = require "mah.exchange.read.gguf"
local golden = require "golden"
local mah = require "mah"
local samples = require "exchange.samples"

--- Writes numbers of C's types, little or big endian.
local function writer(big)
  local w = {}
  local function of(type, size)
    local one = ffi.typeof(type .. "[1]")
    return function(n)
      local text = ffi.string(one(n), size)
      return big and text:reverse() or text
    end
  end
  w.u32, w.u64, w.f32, w.f64 = of("uint32_t", 4), of("uint64_t", 8), of("float", 4), of("double", 8)
  w.u16 = of("uint16_t", 2)
  function w.string(s) return w.u64(#s) .. s end
  function w.pair(key, kind, value) return w.string(key) .. w.u32(kind) .. value end
  return w
end

local function map(list, f)
  local out = {}
  for i, value in ipairs(list) do out[i] = f(value) end
  return table.concat(out)
end

local function pad(text, to) return text .. ("\0"):rep(-#text % to) end

local F32, F16, F64, BF16 = 0, 1, 28, 30

--- The tensors of a network 2-2-1, in the order in which ggml writes them.
local function tensors()
  return {
    { "fc1.weight", { 2, 2 }, F32, { 1, 2, -3, 4 } }, -- out x in
    { "fc1.bias", { 2 }, F32, { .5, -.5 } },
    { "fc2.weight", { 2, 1 }, F32, { 2, -1 } },
    { "fc2.bias", { 1 }, F32, { .25 } },
  }
end

local function half(value) -- of a few numbers
  return ({ [2] = 0x4000, [-1] = 0xbc00, [0] = 0 })[value]
end

--- A file; `o` says what is not as usual.
local function file_of(o)
  local w, align = writer(o.big), math.max(o.alignment or 32, 1)
  local put = { [F32] = w.f32, [F64] = w.f64, [F16] = function(v) return w.u16(half(v)) end,
    [BF16] = function(v) return o.big and w.f32(v):sub(1, 2) or w.f32(v):sub(3, 4) end }
  local pairs_of = { w.pair("general.architecture", 8, w.string(o.architecture or "mnist-fc")) }
  if o.alignment then
    table.insert(pairs_of, w.pair("general.alignment", 4, w.u32(o.alignment)))
  end
  for _, pair in ipairs(o.pairs and o.pairs(w) or {}) do table.insert(pairs_of, pair) end
  local list, infos, data = o.tensors or tensors(), "", ""
  for _, t in ipairs(list) do
    infos = infos .. w.string(t[1]) .. w.u32(#t[2]) .. map(t[2], w.u64) .. w.u32(t[3])
      .. w.u64(#data + (t.shift or 0))
    data = data .. pad(map(t[4], put[t[3]] or w.f32), align)
  end
  local head = "GGUF" .. w.u32(o.version or 3) .. w.u64(o.count or #list) .. w.u64(#pairs_of)
    .. table.concat(pairs_of) .. infos
  return pad(head, align) .. data
end

local path

local function read(o, given)
  mah.file.write(path, type(o) == "string" and o or file_of(o))
  return gguf.read(path, given)
end

local function refused(o, message)
  local ok, problem = pcall(read, o)
  assert.is_false(ok)
  assert.matches(message, problem)
  assert.matches(path, problem, 1, true)
end

local x = mah.tensor { { 1, 2 }, { -1, .5 } }
local expected = (x:matmul(mah.tensor { { 1, -3 }, { 2, 4 } }) + mah.tensor { .5, -.5 }):relu()
  :matmul(mah.tensor { { 2 }, { -1 } }) + .25

describe("ggml's networks", function()
  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  it("give logits", function()
    assert.is_true(gguf.knows "GGUF\3\0\0\0")
    assert.is_false(gguf.knows "GGML")
    for _, o in ipairs { {}, { version = 2 }, { alignment = 8 }, { alignment = 1 },
      { big = true } } do
      golden.equal(expected, read(o):forward(x))
    end
  end)

  it("have weights of several types", function()
    for _, kind in ipairs { F16, BF16, F64 } do
      local list = tensors()
      list[3][3] = kind
      golden.equal(expected:to(kind == F64 and "float64" or "float32"), read { tensors = list }
        :forward(kind == F64 and x:double() or x))
    end
  end)

  it("may hold values of any type besides", function()
    local function pairs_of(w)
      return {
        w.pair("a", 0, "\1"), w.pair("b", 1, "\255"), w.pair("c", 2, "\1\2"),
        w.pair("d", 3, "\1\2"),
        w.pair("e", 4, w.u32(1)), w.pair("f", 5, w.u32(1)), w.pair("g", 6, w.f32(1)),
        w.pair("h", 7, "\1"), w.pair("i", 8, w.string "text"), w.pair("j", 10, w.u64(1)),
        w.pair("k", 11, w.u64(1)), w.pair("l", 12, w.f64(1)),
        w.pair("m", 9, w.u32(8) .. w.u64(2) .. w.string "x" .. w.string ""),
        w.pair("n", 9, w.u32(9) .. w.u64(1) .. w.u32(0) .. w.u64(3) .. "abc"),
      }
    end
    golden.equal(expected, read({ pairs = pairs_of }):forward(x))
  end)

  it("are classifiers when asked", function()
    local list = tensors()
    list[3] = { "fc2.weight", { 2, 2 }, F32, { 1, 0, 0, 1 } }
    list[4] = { "fc2.bias", { 2 }, F32, { 0, 0 } }
    local clf = read({ tensors = list }, { classes = { "left", "right" } })
    assert.same({ "left", "right" }, clf:predict(mah.tensor { { 3, 1 }, { 0, 1 } }))
    golden.close(mah.ones(2), clf:predict_proba(x):sum(2), 1e-6)
  end)

  it("are refused by name where they are of another kind", function()
    refused({ architecture = "mnist-cnn" }, 'architecture "mnist%-cnn"')
    refused({ architecture = "llama" }, 'architecture "llama"')
    refused({ version = 1 }, "version 1 of GGUF")
    refused({ version = 4 }, "version 4 of GGUF")
    refused("lmgg" .. ("\0"):rep(20), "before GGUF")
    local list = tensors()
    list[1][3] = 8
    refused({ tensors = list }, '"fc1.weight" has elements of type Q8_0')
    list[1][3] = 39
    refused({ tensors = list }, "elements of type MXFP4")
    list[1][3] = 99
    refused({ tensors = list }, "elements of type 99")
    list = tensors()
    list[1][1] = "conv1.kernel"
    refused({ tensors = list }, "the layer fc1 is incomplete")
    list = tensors()
    list[2][1] = "fc1.weight"
    refused({ tensors = list }, "two tensors")
    list = tensors()
    table.remove(list)
    refused({ tensors = list }, "the layer fc2 is incomplete")
    list = tensors()
    list[3][2] = { 4, 1 }
    list[3][4] = { 1, 2, 3, 4 }
    refused({ tensors = list }, "fc2: 4 inputs, but fc1 gives 2")
  end)

  it("are refused where the file is damaged", function()
    local text = file_of {}
    for n = 4, #text - 32, 3 do
      local ok, problem = pcall(read, text:sub(1, n))
      assert.is_false(ok)
      assert.is_truthy(problem:find "needs %d+ bytes" or problem:find "outside of the file")
    end
    refused({ count = 2 ^ 40 }, "a list of tensors needs")
    refused({ alignment = 24 }, "no power of two")
    refused({ alignment = 0 }, "no power of two")
    local function odd(change)
      local list = tensors()
      change(list)
      return { tensors = list }
    end
    refused(odd(function(list) list[2].shift = 1 end), "no multiple of 32")
    refused(odd(function(list) list[2].shift = -32 end), "begins within the one before")
    refused(odd(function(list) list[4].shift = 2 ^ 50 end), "outside of the file")
    refused(odd(function(list) list[1][2] = { 2 ^ 40, 2 ^ 40 } end), "a tensor needs")
    refused(odd(function(list) list[1][2] = { 1, 1, 1, 1, 1 } end), "5 dimensions")
    refused(odd(function(list) list[1][2] = {} end), "0 dimensions")
    refused({ pairs = function(w)
      return { w.pair("a", 9, w.u32(0) .. w.u64(2 ^ 50)) }
    end }, "an array needs")
    refused({ pairs = function(w)
      return { w.pair("a", 9, (w.u32(9) .. w.u64(1)):rep(9) .. w.u32(0) .. w.u64(0)) }
    end }, "more than 8 arrays in one another")
    refused({ pairs = function(w) return { w.pair("a", 13, "") } end }, "a value of type 13")
  end)

  samples.each(it, pending, {
    ["small.gguf"] = function(file)
      local weight = mah.load(file).layers[1].weight
      golden.close(mah.tensor { 1.7640524, 0.4001572 }, weight[{ { 1, 2 }, 1 }], 1e-7)
      assert.same({ 7, 5 }, weight.shape)
    end,
  })
end)
