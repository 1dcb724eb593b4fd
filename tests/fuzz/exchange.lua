--- Damaged model files of other tools: Torch7, KANN, FANN, GGUF. Bytes changed, inserted, left out
--- and doubled, ends cut off, numbers that count something replaced by large ones. mah.load must
--- refuse each, or give something that can be used: see loads.lua.
---
---     mah tests/fuzz/exchange.lua [files = 3000] [seed = the time] ["trace"]
---
--- The seed is printed; the same one makes the same files again. Files in the folder that
--- MAH_EXCHANGE names are damaged too.
local here = arg[0]:match "^(.*/)" or "./"
package.path = here .. "?.lua;" .. package.path

local ffi = require "ffi"
local loads = require "loads"
local mah = require "mah"

local random = math.random
local function pick(list) return list[random(#list)] end

-- -- Sound files ----------------------------------------------------------------------------------

local function i32(n) return ffi.string(ffi.new("int32_t[1]", n), 4) end
local function u64(n) return ffi.string(ffi.new("uint64_t[1]", n), 8) end
local function floats(n)
  local list = {}
  for i = 1, n do list[i] = random() - 0.5 end
  return ffi.string(ffi.new("float[?]", n, list), 4 * n)
end

--- KANN: 3 -> 4 tanh -> stdnorm -> 2 softmax.
local function kann()
  local function leaf(outer, flag, ...)
    local dims = { ... }
    local text = i32(0) .. i32(outer) .. string.char(flag) .. i32(0) .. string.char(#dims)
    for _, n in ipairs(dims) do text = text .. i32(n) end
    return text
  end
  local function op(outer, number, children)
    local text = i32(0) .. i32(outer) .. "\1" .. i32(#children) .. string.char(number, 0)
    for _, child in ipairs(children) do text = text .. i32(child) end
    return text .. i32(-1) .. i32(0)
  end
  local nodes = { leaf(1, 0, 1, 3), leaf(0, 1, 4, 3), op(0, 3, { 0, 1 }), leaf(0, 1, 4),
    op(0, 1, { 2, 3 }), op(0, 7, { 4 }), op(0, 32, { 5 }), leaf(0, 1, 2, 4), op(0, 3, { 6, 7 }),
    op(2, 14, { 8 }) }
  return "KAN\1" .. i32(#nodes) .. table.concat(nodes) .. floats(12 + 4 + 8)
end

local function gguf()
  local function name(s) return u64(#s) .. s end
  local text = "GGUF" .. i32(3) .. u64(4) .. u64(1) .. name "general.architecture" .. i32(8)
    .. name "mnist-fc"
  local at = 0
  for _, t in ipairs { { "fc1.weight", 6, 4 }, { "fc1.bias", 4 }, { "fc2.weight", 4, 2 },
    { "fc2.bias", 2 } } do
    text = text .. name(t[1]) .. i32(#t - 1)
    local elements = 1
    for d = 2, #t do
      text, elements = text .. u64(t[d]), elements * t[d]
    end
    text = text .. i32(0) .. u64(at)
    at = at + math.ceil(elements / 8) * 32
  end
  return text .. ("\0"):rep(-#text % 32) .. floats(at / 4)
end

--- Torch7: nn.Sequential of Linear 2-3, BatchNormalization, ReLU, Dropout, Linear 3-2, LogSoftMax.
local function torch7()
  local index = 0
  local function number(n) return i32(1) .. ffi.string(ffi.new("double[1]", n), 8) end
  local function text(s) return i32(#s) .. s end
  local function new(kind)
    index = index + 1
    return i32(kind) .. i32(index)
  end
  local function class(name) return new(4) .. text "V 1" .. text(name) end
  local function vector(...)
    local sizes, strides, elements = { ... }, "", 1
    local head = class "torch.FloatTensor" .. i32(#sizes)
    for d = #sizes, 1, -1 do strides, elements = u64(elements) .. strides, elements * sizes[d] end
    for _, n in ipairs(sizes) do head = head .. u64(n) end
    head = head .. strides .. u64(1)
    return head .. class "torch.FloatStorage" .. u64(elements) .. floats(elements)
  end
  local function fields(list)
    local out = new(3) .. i32(#list)
    for _, field in ipairs(list) do
      out = out .. (type(field[1]) == "number" and number(field[1]) or i32(2) .. text(field[1]))
        .. field[2]()
    end
    return out
  end
  local function module(name, list)
    return function() return class("nn." .. name) .. fields(list or {}) end
  end
  local function tensor(...)
    local sizes = { ... }
    return function() return vector(unpack(sizes)) end
  end
  return module("Sequential", { { "modules", function()
    return fields {
      { 1, module("Linear", { { "weight", tensor(3, 2) }, { "bias", tensor(3) } }) },
      { 2, module("BatchNormalization", { { "running_mean", tensor(3) },
        { "running_std", tensor(3) } }) },
      { 3, module "ReLU" },
      { 4, module("Dropout", { { "p", function() return number(0.5) end } }) },
      { 5, module("Linear", { { "weight", tensor(2, 3) } }) },
      { 6, module "LogSoftMax" },
    }
  end } })()
end

local function sound_files()
  local made = { kann(), gguf(), torch7() }
  local folders = { here .. "../golden/fann", os.getenv "MAH_EXCHANGE" }
  for _, folder in ipairs(folders) do
    for _, ending in ipairs { "net", "kan", "gguf", "t7" } do
      local list = io.popen(("ls '%s'/*.%s 2>/dev/null"):format(folder, ending))
      for path in list:lines() do made[#made + 1] = mah.file.read(path) end
      list:close()
    end
  end
  return made
end

-- -- Damage ---------------------------------------------------------------------------------------

--- Replaces n bytes from `at` on.
local function put(text, at, n, new) return text:sub(1, at - 1) .. new .. text:sub(at + n) end

local numbers = { 0, 1, 2, 3, 4, 5, 255, 65536, 2 ^ 24, 2 ^ 30, 2 ^ 31 - 1, -1, -2 ^ 31 }
local words = { "0", "-1", "1e9", "4294967296", "nan", "inf", "1e300", "", "(", ",", "\n",
  "9999999999" }

local damages = {
  function(text) return put(text, random(#text), 1, string.char(random(0, 255))) end,
  function(text) return put(text, random(#text), 4, i32(pick(numbers))) end,
  function(text) return put(text, random(#text), 8, u64(2 ^ random(0, 62))) end,
  function(text) return put(text, random(#text), 4, "\255\255\255\255") end, -- NaN, too
  function(text) return text:sub(1, random(0, #text)) end,
  function(text) return put(text, random(#text), random(40), "") end,
  function(text)
    local at, n = random(#text), random(200)
    return put(text, random(#text), 0, text:sub(at, at + n))
  end,
  function(text) -- a word of a text becomes another
    local at = random(#text)
    local first, last = text:find("[%w.+-]+", at)
    return first and put(text, first, last - first + 1, pick(words)) or text
  end,
}

local function damaged(text)
  for _ = 1, random(3) do
    if #text > 0 then text = pick(damages)(text) end
  end
  return text
end

-- -- Use ------------------------------------------------------------------------------------------

--- Every value of a table, each table once.
local function walk(value, seen)
  if type(value) == "table" and not seen[value] and not value.forward then
    seen[value] = true
    for key, inner in pairs(value) do
      walk(key, seen)
      walk(inner, seen)
    end
  elseif type(value) == "cdata" and value:numel() < 1e4 then
    assert(type(tostring(value)) == "string" and value:totable())
  end
end

local function use(value)
  local ok, layers = pcall(function() return value.layers end)
  if not ok or type(layers) ~= "table" or not layers[1] then return walk(value, {}) end
  local inputs = layers[1].weight.shape[1]
  value:forward(mah.randn(3, inputs, { dtype = layers[1].weight.dtype }))
  return tostring(value)
end

local function try(path)
  local ok, value = pcall(mah.load, path)
  if not ok then return "refused", loads.fault(value, path) end
  local used, problem = pcall(use, value)
  return "loaded", not used and loads.fault(problem) or nil
end

-- -- From start to end ----------------------------------------------------------------------------

local given, path = loads.start("exchange.lua", "damaged files of others"), os.tmpname()
local files, loaded, failures = sound_files(), 0, 0
for _, text in ipairs(files) do
  mah.file.write(path, text)
  local what, wrong = try(path)
  loaded, failures = loaded + (what == "loaded" and 1 or 0), failures + (wrong and 1 or 0)
  if wrong then io.stderr:write("FAILED sound file: ", wrong, "\n") end
end
print(("%d of %d sound files loaded"):format(loaded, #files))
loads.run(given, function()
  local number = random(#files)
  mah.file.write(path, damaged(files[number]))
  return "sound file " .. number
end, function() return try(path) end, function() os.remove(path) end, failures)
