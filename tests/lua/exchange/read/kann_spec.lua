--- KANN's networks: a sample of the real tool, and files written here from its layout.
local ffi = require "ffi"
local golden = require "golden"
local kann = require "mah.exchange.read.kann"
local mah = require "mah"
local samples = require "exchange.samples"

local function i32(n)
  return ffi.string(ffi.new("int32_t[1]", n), 4)
end

local function floats(list)
  return ffi.string(ffi.new("float[?]", #list, list), 4 * #list)
end

--- A graph as KANN writes it: add nodes, then finish.
local function graph()
  local g = { nodes = {}, variables = {}, constants = {} }

  local function add(text)
    g.nodes[#g.nodes + 1] = text
    return #g.nodes - 1
  end

  function g.leaf(flag, dims, values, outer)
    local text = i32(0) .. i32(outer or 0) .. string.char(flag) .. i32(0) .. string.char(#dims)
    for _, n in ipairs(dims) do text = text .. i32(n) end
    local into = flag == 1 and g.variables or g.constants
    for _, value in ipairs(values or {}) do into[#into + 1] = value end
    return add(text)
  end

  function g.op(op, children, given)
    given = given or {}
    local text = i32(0) .. i32(given.outer or 0) .. "\1" .. i32(#children)
      .. string.char(op % 256, math.floor(op / 256))
    for _, child in ipairs(children) do text = text .. i32(child) end
    local extra = given.extra or ""
    return add(text .. i32(given.pre or -1) .. i32(#extra) .. extra)
  end

  function g.input(n) return g.leaf(0, { 1, n }, nil, 1) end
  function g.weights(dims, values) return g.leaf(1, dims, values) end

  function g.text()
    return "KAN\1" .. i32(#g.nodes) .. table.concat(g.nodes) .. floats(g.variables)
      .. floats(g.constants)
  end

  return g
end

local path

local function read(g, given)
  mah.file.write(path, type(g) == "table" and g.text() or g)
  return kann.read(path, given)
end

local function refused(g, message)
  local ok, problem = pcall(read, g)
  assert.is_false(ok)
  assert.matches(message, problem)
  assert.matches(path, problem, 1, true)
end

--- x (2 columns) W + b, W = {{1, 2, 3}, {-1, .5, 0}} as KANN keeps it, b = {0, .5, -1}.
local function dense(g, x)
  local weights = g.weights({ 3, 2 }, { 1, -1, 2, .5, 3, 0 })
  return g.op(1, { g.op(3, { x, weights }), g.weights({ 3 }, { 0, .5, -1 }) })
end

local x = mah.tensor { { 1, 2 }, { -1, .5 } }
local z = x:matmul(mah.tensor { { 1, 2, 3 }, { -1, .5, 0 } }) + mah.tensor { 0, .5, -1 }

--- The outputs of a dense layer with one operation behind it.
local function behind(add)
  local g = graph()
  add(g, dense(g, g.input(2)))
  return read(g):forward(x)
end

local OUT = { outer = 2 }

describe("KANN's networks", function()
  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  it("are known by their first bytes", function()
    assert.is_true(kann.knows "KAN\1\5\0\0\0")
    assert.is_false(kann.knows "KAN\2")
  end)

  it("may end in any activation", function()
    local function op(number)
      return behind(function(g, y) g.op(number, { y }, OUT) end)
    end
    golden.close(z:sigmoid(), op(6), 1e-6)
    golden.close(z:tanh(), op(7), 1e-6)
    golden.close(z:relu(), op(8), 1e-6)
    golden.close(1 - z, op(11), 1e-6)
    golden.close(z:exp() / z:exp():sum(2, true), op(14), 1e-6)
    golden.close(z:square(), op(5), 1e-6)
    golden.close(z:sin(), op(34), 1e-6)
    golden.close(z:exp(), op(33), 1e-6)
    local centred = z - z:mean(2, true)
    golden.close(centred / centred:square():mean(2, true):sqrt(), op(32), 1e-6)
    golden.close(z:square():log(), behind(function(g, y)
      g.op(27, { g.op(5, { y }) }, OUT)
    end), 1e-5)
  end)

  it("may add, take off and multiply", function()
    local v = { 2, -3, .5 }
    local t = mah.tensor(v)
    local function op(number, is_first)
      return behind(function(g, y)
        local leaf = g.weights({ 1, 3 }, v)
        g.op(number, is_first and { leaf, y } or { y, leaf }, OUT)
      end)
    end
    golden.close(z + t, op(1), 1e-6)
    golden.close(z + t, op(1, true), 1e-6)
    golden.close(z * t, op(2), 1e-6)
    golden.close(z - t, op(23), 1e-6)
    golden.close(t - z, op(23, true), 1e-6)
    golden.close(z * 2, behind(function(g, y) g.op(2, { y, g.leaf(2, {}, { 2 }) }, OUT) end), 1e-6)
  end)

  it("learn nothing here: dropout passes, and select takes its first child", function()
    golden.close(z:tanh(), behind(function(g, y)
      local t = g.op(7, { y })
      local dropped = g.op(15, { t, g.leaf(2, {}, { .25 }) }, { extra = ("r"):rep(32) })
      g.op(12, { t, dropped }, { extra = i32(0), outer = 2 })
    end), 1e-6)
    golden.close(z:tanh(), behind(function(g, y)
      local rate = g.leaf(2, {}, { .25 })
      local dropped = g.op(15, { g.op(7, { y }), rate }, { extra = ("r"):rep(32) })
      local out = g.op(1, { dropped, g.weights({ 3 }, { 0, 0, 0 }) }, OUT)
      g.op(13, { out, g.leaf(0, { 1, 3 }, nil, 4) }, { outer = 8 }) -- a cost
    end), 1e-6)
  end)

  it("normalize layers between others", function()
    local g = graph()
    local y = g.op(32, { g.op(6, { dense(g, g.input(2)) }) })
    y = g.op(1, { g.op(2, { y, g.weights({ 3 }, { 1, 2, -1 }) }), g.weights({ 3 }, { 0, 1, 0 }) })
    g.op(14, { g.op(3, { y, g.weights({ 2, 3 }, { 1, 0, 1, -1, 1, 0 }) }) }, OUT)
    local net = read(g)
    local centred = z:sigmoid() - z:sigmoid():mean(2, true)
    local normal = centred / centred:square():mean(2, true):sqrt()
    local s = (normal * mah.tensor { 1, 2, -1 } + mah.tensor { 0, 1, 0 })
      :matmul(mah.tensor { { 1, -1 }, { 0, 1 }, { 1, 0 } }):exp()
    golden.close(s / s:sum(2, true), net:forward(x), 1e-6)
  end)

  it("are classifiers or regressors when asked", function()
    local g = graph()
    g.op(14, { dense(g, g.input(2)) }, OUT)
    local clf = read(g, { classes = { "a", "b", "c" } })
    local more = mah.tensor { { 1, 2 }, { 5, 0 }, { -9, -9 } }
    assert.same({ "b", "c", "a" }, clf:predict(more))
    g = graph()
    g.op(11, { dense(g, g.input(2)) }, OUT)
    golden.close(1 - z, read(g, { regression = true }):predict(x), 1e-6)
  end)

  it("are refused where they are no chain", function()
    local function with(add, message)
      local g = graph()
      add(g, dense(g, g.input(2)))
      refused(g, message)
    end
    with(function() end, "none of its 5 nodes is an output")
    with(function(g, y) g.op(9, { y, y }, OUT) end, "node 5 %(matmul%): Mah has no such operation")
    with(function(g, y) g.op(77, { y, y }, OUT) end, "node 5 %(op 77%): Mah has no such operation")
    with(function(g, y) g.op(1, { y, y }, OUT) end, "node 5 %(add%): it does not work on the chain")
    with(function(g, y) g.op(1, { y }, OUT) end, "two children are expected")
    with(function(g, y) g.op(7, { y }, { outer = 2, pre = 1 }) end, "recurrent")
    with(function(g) g.op(7, { 9 }, OUT) end, "node 5 has the child 9")
    with(function(g) g.op(7, { 5 }, OUT) end, "node 5 has the child 5")
    with(function(g) g.op(7, { -1 }, OUT) end, "has the child %-1")
    with(function(g, y)
      g.op(7, { y }, OUT)
      g.op(6, { y }, OUT)
    end, "nodes 5 and 6 are outputs")
    with(function(g) g.op(7, { 1 }, OUT) end, "ends in weights")
    with(function(g, y) g.op(2, { y, g.weights({ 4 }, { 1, 2, 3, 4 }) }, OUT) end,
      "made for 4 columns, and gets 3")
  end)

  it("are refused where the file is damaged", function()
    local g = graph()
    g.op(7, { dense(g, g.input(2)) }, OUT)
    local text = g.text()
    for n = 4, #text - 1 do refused(text:sub(1, n), "needs %-?%d+ bytes") end
    refused(text .. "\0", "1 bytes too many")
    refused("KAN\1" .. i32(2 ^ 31 - 1) .. text:sub(9), "a list of nodes needs")
    g = graph()
    g.op(7, { dense(g, g.input(3)) }, OUT)
    refused(g, "3 inputs, and node %d takes 2")
    g = graph()
    g.leaf(0, { 1, 1, 1, 1, 1 })
    refused(g, "5 dimensions")
    g = graph()
    g.weights({ 2 ^ 30, 2 ^ 30, 2 ^ 30 }, {})
    refused(g, "a tensor needs")
  end)

  it("may not use an array again and again", function()
    local g = graph()
    local w = g.weights({ 16, 16 }, mah.zeros(256):totable())
    local y = g.input(16)
    for i = 1, 100 do y = g.op(3, { y, w }, i == 100 and OUT or nil) end
    refused(g, "more weights than the file has")
  end)

  it("may not ask for unit matrices out of proportion", function()
    local g = graph()
    local columns = mah.ones(4000):totable()
    local y = g.op(1, { g.input(4000), g.weights({ 4000 }, columns) })
    for i = 1, 9 do y = g.op(7, { y }, i == 9 and OUT or nil) end
    refused(g, "it would need a layer with a unit matrix of 4000 x 4000")
  end)

  samples.each(it, pending, {
    ["mlp.kan"] = function(file)
      golden.close(mah.tensor { { 0.07040884, 0.9295911 } },
        mah.load(file):forward(mah.tensor { { 1, 2, -3 } }), 1e-7)
    end,
  })
end)
