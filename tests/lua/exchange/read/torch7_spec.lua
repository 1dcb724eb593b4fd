--- Torch7's files: samples of the real tool, and files written here from the layout, in both
--- encodings and with longs of 4 bytes.
local ffi = require "ffi"
local golden = require "golden"
local mah = require "mah"
local samples = require "exchange.samples"
local torch7 = require "mah.exchange.read.torch7"

-- -- A writer -------------------------------------------------------------------------------------

local function bits(type, size, value) return ffi.string(ffi.new(type .. "[1]", value), size) end

local function binary(long_bytes)
  local w = {}
  function w.int(n) return bits("int32_t", 4, n) end
  function w.longs(list)
    local out = {}
    for i, n in ipairs(list) do
      out[i] = long_bytes == 4 and bits("int32_t", 4, n) or bits("int64_t", 8, n)
    end
    return table.concat(out)
  end
  function w.double(n) return bits("double", 8, n) end
  function w.raw(s) return s end
  local types = { Double = { "double", 8 }, Float = { "float", 4 }, Int = { "int32_t", 4 },
    Short = { "int16_t", 2 }, Char = { "int8_t", 1 }, Byte = { "uint8_t", 1 },
    Long = long_bytes == 4 and { "int32_t", 4 } or { "int64_t", 8 }, Half = { "uint16_t", 2 } }
  function w.array(name, list)
    local out = {}
    for i, n in ipairs(list) do out[i] = bits(types[name][1], types[name][2], n) end
    return table.concat(out)
  end
  return w
end

local function ascii()
  local w = {}
  local function line(list) return #list > 0 and table.concat(list, " ") .. "\n" or "" end
  function w.int(n) return ("%d\n"):format(n) end
  w.longs = line
  function w.double(n) return ("%.17g\n"):format(n) end
  function w.raw(s) return s .. "\n" end
  function w.array(name, list)
    if #list > 0 and (name == "Char" or name == "Byte") then
      local out = {}
      for i, n in ipairs(list) do out[i] = string.char(n % 256) end
      return table.concat(out) .. "\n"
    end
    local words = {}
    for i, n in ipairs(list) do words[i] = ("%.17g"):format(n) end
    return line(words)
  end
  return w
end

--- Objects in an encoding. Tables of objects are numbered as Torch7 does.
local function writer(w)
  local o, count = {}, 0
  local function number() count = count + 1 return count end
  function o.nothing() return w.int(0) end
  function o.number(n) return w.int(1) .. w.double(n) end
  function o.string(s) return w.int(2) .. w.int(#s) .. w.raw(s) end
  function o.boolean(b) return w.int(5) .. w.int(b and 1 or 0) end
  --- Fields given as {name, function that writes}, in order.
  function o.table(fields)
    local out = { w.int(3), w.int(number()), w.int(#fields) }
    for _, field in ipairs(fields) do
      local key = field[1]
      out[#out + 1] = type(key) == "number" and o.number(key) or o.string(key)
      out[#out + 1] = field[2]()
    end
    return table.concat(out)
  end
  function o.again(kind, index) return w.int(kind) .. w.int(index) end
  function o.class(name, version, content)
    local head = w.int(4) .. w.int(number())
    if version then
      local v = "V " .. version
      head = head .. w.int(#v) .. w.raw(v)
    end
    return head .. w.int(#name) .. w.raw(name) .. content()
  end
  function o.object(name, fields, version)
    return o.class(name, version or 1, function() return o.table(fields) end)
  end
  function o.storage(kind, list, name)
    return o.class("torch." .. (name or kind) .. "Storage", 1, function()
      return w.longs { #list } .. w.array(kind, list)
    end)
  end
  --- sizes, strides, offset from 1, and what writes the storage.
  function o.view(kind, sizes, strides, offset, storage, name)
    return o.class("torch." .. (name or kind) .. "Tensor", 1, function()
      return w.int(#sizes) .. w.longs(sizes) .. w.longs(strides) .. w.longs { offset } .. storage()
    end)
  end
  function o.tensor(kind, sizes, list, name)
    local strides, step = {}, 1
    for d = #sizes, 1, -1 do
      strides[d] = step
      step = step * sizes[d]
    end
    return o.view(kind, sizes, strides, 1, function() return o.storage(kind, list, name) end, name)
  end
  function o.module(name, fields, version)
    return o.object("nn." .. name, fields or {}, version)
  end
  function o.sequential(list)
    local modules = {}
    for i, write in ipairs(list) do modules[i] = { i, write } end
    return o.module("Sequential", { { "modules", function() return o.table(modules) end } })
  end
  return o
end

local encodings = { binary = function() return binary(8) end,
  ["binary with longs of 4 bytes"] = function() return binary(4) end, ascii = ascii }

-- -- Helpers --------------------------------------------------------------------------------------

local path

local function load(text, given)
  mah.file.write(path, text)
  assert.is_true(torch7.knows(text:sub(1, 4096)))
  return torch7.read(path, given)
end

local function refused(text, message)
  mah.file.write(path, text)
  local ok, problem = pcall(torch7.read, path)
  assert.is_false(ok)
  assert.matches(message, problem)
  assert.matches(path, problem, 1, true)
end

local x = mah.tensor { { 1, 2 }, { -1, .5 } }

--- nn.Linear(2, 3), with z = x W' + b.
local function linear(o)
  return function()
    return o.module("Linear", {
      { "gradWeight", function() return o.tensor("Float", { 0 }, {}) end },
      { "weight", function() return o.tensor("Float", { 3, 2 }, { 1, -1, 2, .5, 3, 0 }) end },
      { "bias", function() return o.tensor("Float", { 3 }, { 0, .5, -1 }) end },
    })
  end
end

local z = x:matmul(mah.tensor { { 1, 2, 3 }, { -1, .5, 0 } }) + mah.tensor { 0, .5, -1 }

describe("Torch7's files", function()
  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  for encoding, new in pairs(encodings) do
    --- What stands behind a linear layer makes of z.
    local function behind(add)
      local o = writer(new())
      return load(o.sequential { linear(o), function() return add(o) end }):forward(x)
    end

    it("hold values of all kinds: " .. encoding, function()
      local o = writer(new())
      assert.equal(-1.5, load(o.number(-1.5)))
      assert.equal("two\nlines\0", load(o.string "two\nlines\0"))
      assert.is_true(load(o.boolean(true)))
      assert.is_false(load(o.boolean(false)))
      local t = load(writer(new()).table {
        { 2, function() return o.number(1 / 3) end }, { 1, function() return o.string "" end },
        { "inf", function() return o.number(-math.huge) end },
        { "nothing", function() return o.nothing() end },
        { "self", function() return o.again(3, 1) end },
      })
      assert.equal(1 / 3, t[2])
      assert.equal("", t[1])
      assert.equal(-math.huge, t.inf)
      assert.is_nil(t.nothing)
      assert.equal(t, t.self)
      local nan = load(o.number(0 / 0))
      assert.is_true(type(nan) == "number" and nan ~= nan)
    end)

    it("hold tensors of all types: " .. encoding, function()
      local dtypes = { Double = "float64", Float = "float32", Long = "int64", Int = "int32",
        Short = "int32", Char = "int32", Byte = "uint8" }
      for kind, dtype in pairs(dtypes) do
        local t = load(writer(new()).tensor(kind, { 2, 3 }, { 1, 2, 3, 10, 100, 7 }))
        assert.same({ { 1, 2, 3 }, { 10, 100, 7 } }, t:totable())
        assert.equal(dtype, t.dtype)
        assert.same({ 0 }, load(writer(new()).tensor(kind, {}, {})).shape)
        assert.same({ 5 }, load(writer(new()).storage(kind, { 5 })):totable())
      end
      assert.same({ -128, -1 }, load(writer(new()).tensor("Char", { 2 }, { -128, -1 })):totable())
      assert.same({ -2 ^ 31 }, load(writer(new()).tensor("Int", { 1 }, { -2 ^ 31 })):totable())
      assert.same({ .5 }, load(writer(new()).tensor("Float", { 1 }, { .5 }, "Cuda")):totable())
      local cuda = load(writer(new()).tensor("Double", { 1 }, { .5 }, "CudaDouble"))
      assert.equal("float64", cuda.dtype)
    end)

    it("hold tensors that share a storage: " .. encoding, function()
      local o = writer(new())
      local t = load(o.table {
        { "a", function() return o.tensor("Float", { 2, 3 }, { 1, 2, 3, 4, 5, 6 }) end }, -- 2, 3
        { "turned", function()
          return o.view("Float", { 3, 2 }, { 1, 3 }, 1, function() return o.again(4, 3) end)
        end },
        { "windows", function()
          return o.view("Float", { 3, 2 }, { 1, 1 }, 3, function() return o.again(4, 3) end)
        end },
        { "repeated", function()
          return o.view("Float", { 2, 2 }, { 0, 1 }, 5, function() return o.again(4, 3) end)
        end },
        { "same", function() return o.again(4, 2) end },
      })
      assert.same({ { 1, 4 }, { 2, 5 }, { 3, 6 } }, t.turned:totable())
      assert.same({ { 3, 4 }, { 4, 5 }, { 5, 6 } }, t.windows:totable())
      assert.same({ { 5, 6 }, { 5, 6 } }, t.repeated:totable())
      t.a[2][3] = 9
      assert.equal(9, t.turned[3][2])
      assert.equal(9, t.same[2][3])
    end)

    it("become networks: " .. encoding, function()
      local function module(name, fields, version)
        return behind(function(o) return o.module(name, fields and fields(o), version) end)
      end
      golden.close(z:tanh(), module "Tanh", 1e-6)
      golden.close(z:sigmoid(), module "Sigmoid", 1e-6)
      golden.close(z:exp() / z:exp():sum(2, true), module "SoftMax", 1e-6)
      golden.close(z:exp() / z:exp():sum(2, true), module "LogSoftMax", 1e-6)
      golden.close(z, module "Identity", 0)
      local function numbers(list)
        return function(o)
          local fields = {}
          for name, value in pairs(list) do
            fields[#fields + 1] = { name, function()
              return type(value) == "boolean" and o.boolean(value) or o.number(value)
            end }
          end
          return fields
        end
      end
      golden.close(z:relu(), module("ReLU", numbers { threshold = 0, val = 0 }), 1e-6)
      golden.close(mah.where(z:gt(1), z, -7),
        module("Threshold", numbers { threshold = 1, val = -7 }), 1e-6)
      golden.close(z, module("Dropout", numbers { p = .25, v2 = true }), 0)
      golden.close(z * .75, module("Dropout", numbers { p = .25, v2 = false }), 1e-6)
    end)

    it("normalize as batches did: " .. encoding, function()
      local mean, var = { .5, -1, 2 }, { 4, .25, 1 }
      local weight, bias = { 1, 2, -1 }, { 0, 1, 5 }
      local normal = (z - mah.tensor(mean)) / (mah.tensor(var) + .5):sqrt()
      local function batch(version, fields)
        return behind(function(o)
          local list = { { "eps", function() return o.number(.5) end } }
          for name, values in pairs(fields) do
            list[#list + 1] = { name, function() return o.tensor("Float", { 3 }, values) end }
          end
          return o.module("BatchNormalization", list, version)
        end)
      end
      golden.close(normal, batch(2, { running_mean = mean, running_var = var }), 1e-6)
      golden.close(normal * mah.tensor(weight) + mah.tensor(bias), batch(2, { running_mean = mean,
        running_var = var, weight = weight, bias = bias }), 1e-6)
      local inverse = { 1 / math.sqrt(4.5), 1 / math.sqrt(.75), 1 / math.sqrt(1.5) }
      golden.close(normal, batch(1, { running_mean = mean, running_std = inverse }), 1e-6)
    end)

    it("may nest containers, and reshape to what is there already: " .. encoding, function()
      local o = writer(new())
      local function view(size)
        return function()
          return o.module("View", { { "size", function() return o.storage("Long", size) end } })
        end
      end
      local net = load(o.sequential { view { -1, 2 }, function()
        return o.sequential { linear(o), function() return o.module "Tanh" end, view { 1, 3 } }
      end, function()
        return o.module("Linear", { { "weight", function() -- turned, and without a bias
          return o.view("Float", { 1, 3 }, { 1, 1 }, 1, function()
            return o.storage("Float", { 1, 2, 3 })
          end)
        end } })
      end })
      golden.close(z:tanh():matmul(mah.tensor { { 1 }, { 2 }, { 3 } }), net:forward(x), 1e-6)
      refused(writer(new()).sequential { view { 3 }, linear(o) }, "2 columns are expected, but 3")
      refused(writer(new()).sequential { view { 1, 28, 28 }, linear(o) },
        "rows of 28 x 28 are made")
    end)

    it("may be networks of float64, and stand in a table: " .. encoding, function()
      local o = writer(new())
      local t = load(o.table {
        { "epoch", function() return o.number(3) end },
        { "model", function()
          return o.module("Linear", { { "weight", function()
            return o.tensor("Double", { 1, 2 }, { 1 / 3, 2 })
          end } })
        end },
        { "again", function() return o.again(4, 2) end },
        { "criterion", function()
          return o.module("MSECriterion", {
            { "sizeAverage", function() return o.boolean(true) end },
          })
        end },
      })
      assert.equal(3, t.epoch)
      assert.equal("float64", t.model.dtype)
      assert.equal(t.model, t.again)
      assert.equal(1 / 3 + 4, t.model:forward(x:double())[1][1])
      assert.is_true(t.criterion.sizeAverage)
    end)

    it("become estimators when asked: " .. encoding, function()
      local o = writer(new())
      local text = o.sequential { linear(o), function() return o.module "LogSoftMax" end }
      local clf = load(text, { classes = { "a", "b", "c" } })
      assert.same({ "b", "c" }, clf:predict(mah.tensor { { 1, 2 }, { 5, 0 } }))
    end)

    it("are refused: " .. encoding, function()
      local w = new()
      local o = writer(w)
      local function alone(name, fields) return writer(new()).module(name, fields) end
      for kind = 6, 8 do
        refused(w.int(kind) .. w.int(1) .. w.int(4), "a function %(compiled Lua%)")
      end
      refused(w.int(9), "an object of type 9")
      refused(w.int(5) .. w.int(2), "a boolean of 2")
      refused(w.int(2) .. w.int(-1), "a string of %-1 bytes")
      refused(w.int(3) .. w.int(1) .. w.int(2 ^ 31 - 1), "a table of 2147483647 pairs")
      refused(w.int(3) .. w.int(1) .. w.int(1) .. o.nothing() .. o.number(1) .. o.number(1),
        "nil or NaN")
      refused(o.class("tds.Hash", 1, function() return "" end), '"tds.Hash"')
      refused(o.class("torch.Generator", 1, function() return "" end), '"torch.Generator"')
      refused(alone "SpatialConvolution",
        "nn.SpatialConvolution: Mah has no such module.*torch.save")
      refused(alone "Linear", "nn.Linear: weight is missing")
      refused(alone("Sequential"), "modules: a table is expected")
      refused(alone("Linear", { { "weight", function() return o.number(1) end } }),
        "a float tensor")
      refused(alone("Linear", { { "weight", function()
        return o.tensor("Long", { 1, 1 }, { 1 })
      end } }), "a float tensor")
      refused(alone("Linear", { { "weight", function()
        return o.view("Float", { 3000, 3000 }, { 0, 0 }, 1, function()
          return o.storage("Float", { 1 })
        end)
      end } }), "more than the file holds")
      local function view(sizes, strides, offset)
        return writer(new()).view("Float", sizes, strides, offset, function()
          return o.storage("Float", { 1, 2, 3, 4 })
        end)
      end
      refused(view({ 5 }, { 1 }, 1), "lead out of the 4")
      refused(view({ 2, 2 }, { 2, 1 }, 2), "lead out of the 4")
      refused(view({ 4 }, { 1 }, 0), "an offset of %-1")
      refused(view({ 2 }, { -1 }, 3), "a stride of %-1")
      refused(view({ -1 }, { 1 }, 1), "a size of %-1")
      for _, other in ipairs { "number", "string", "boolean" } do
        refused(writer(new()).view("Float", { 1 }, { 1 }, 1, function()
          return o[other](other == "string" and "" or 1)
        end), "the storage of a tensor of type Float is none")
      end
      refused(writer(new()).view("Float", { 1 }, { 1 }, 1, function() return o.again(4, 1) end),
        "the storage of a tensor of type Float is none")
      refused(writer(new()).view("Float", { 1 }, { 1 }, 1, function()
        return o.storage("Double", { 1 })
      end), "the storage of a tensor of type Float is none")
      local nine = { 1, 1, 1, 1, 1, 1, 1, 1, 1 }
      refused(view(nine, nine, 1), "9 dimensions")
    end)

    it("do not nest without an end: " .. encoding, function()
      local w = new()
      local deep, o = {}, writer(w)
      for i = 1, 300 do deep[i] = w.int(3) .. w.int(i) .. w.int(1) .. o.number(1) end
      refused(table.concat(deep) .. o.nothing(), "more than 200 objects in one another")
      o = writer(new())
      refused(o.module("Sequential", { { "modules", function()
        return o.table { { 1, function() return o.again(4, 1) end } }
      end } }), "more than 50 containers in one another")
    end)

    it("are refused where they end early: " .. encoding, function()
      local o = writer(new())
      local text = o.sequential { linear(o), function() return o.module "Tanh" end }
      for n = 12, #text - 1, 7 do
        mah.file.write(path, text:sub(1, n))
        local ok, problem = pcall(torch7.read, path)
        assert.is_false(ok)
        assert.matches(path, problem, 1, true)
      end
    end)
  end

  it("of old versions name the class at once", function()
    local w = binary(8)
    local text = w.int(4) .. w.int(1) .. w.int(17) .. "torch.FloatTensor" .. w.int(1)
      .. w.longs { 1, 1, 1 }
      .. w.int(4) .. w.int(2) .. w.int(18) .. "torch.FloatStorage" .. w.longs { 1 } .. "\0\0\0\63"
    assert.same({ .5 }, load(text):totable())
  end)

  it("cannot use small modules for large models", function()
    local o = writer(binary(8))
    local list = { linear(o) }
    for i = 2, 12000 do list[i] = function() return o.again(4, 12) end end
    list[2] = function() return o.module "Tanh" end -- the object 12
    refused(o.sequential(list), "too many modules")
  end)

  it("of other kinds are not taken", function()
    for _, text in ipairs { "", "KAN\1", "GGUF\3\0\0\0", "\137PNG", "1,2\n3,4\n", "{}",
      "\128\2}q\0.",
      "\0\0\8\3\0\0\39\16", "PK\3\4", "FANN_FLO_2.1\n", "4 1 2\n3 4 5\n", "\8\7\18\7pytorch" } do
      assert.is_false(torch7.knows(text))
    end
  end)

  local rows = mah.tensor { { 1, -2, .5 }, { 0, 0, 0 } }
  local logs = mah.tensor { { -0.9041401, -0.5190088 }, { -0.9274850, -0.5034318 } }
  local function network(file) golden.close(logs, mah.load(file):forward(rows):log(), 1e-6) end

  samples.each(it, pending, {
    ["mlp.bin.t7"] = network,
    ["mlp.ascii.t7"] = network,
    ["misc.ascii.t7"] = function(file)
      local t = mah.load(file)
      assert.equal("two\nlines", t.s)
      assert.equal(t.q, t.q.self)
      golden.equal(t.t:t(), t.tt)
      assert.same({ 65, 66 }, t.byte:totable())
      assert.same({ 1, -2 }, t.long:totable())
      assert.same({ 0 }, t.e.shape)
      assert.equal(math.huge, t.i)
      assert.is_true(t.n ~= t.n)
    end,
    ["fn.t7"] = function(file)
      assert.error_matches(function() mah.load(file) end, "a function %(compiled Lua%)")
    end,
  })
end)
