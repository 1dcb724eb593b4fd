--- Damages small valid files in many ways and has the readers in Lua read them: an answer or an
--- error each time, no internal error, no hang, and nothing for the sanitizers that the program was
--- built with.
---
---     mah tests/fuzz/mutate.lua SECONDS [seed] [reader ...]
---
--- Prints the executions of each reader; ends with status 1 at the first offence, and leaves and
--- names the file.
local here = arg[0]:match "^(.*/)" or "./"
package.path = here .. "?.lua;" .. package.path

local check = require "mah.base.check"
local corpus = require "corpus"
local mah = require "mah"
local onnx = require "mah.exchange.onnx.write"
local progress = require "mah.base.progress"

local SLOWEST = 5 -- seconds for one file

local seconds, seed = tonumber(arg[1]) or 5, tonumber(arg[2]) or 1
local rng = mah.rng(seed)
local folder = os.tmpname()
os.remove(folder)
if os.rename("/dev/shm", "/dev/shm") then folder = "/dev/shm/" .. folder:match "[^/]+$" end
mah.file.make_directory(folder)
mah.warnings(false)

local function write(path, text) -- quicker than file.write, which waits for the disk
  local handle = assert(io.open(path, "wb"))
  handle:write(text)
  handle:close()
end

-- -- Readers and what they read -------------------------------------------------------------------

local scratch = folder .. "/scratch"
local in_c = corpus.readers(scratch)

local function saved(save)
  save(scratch)
  return mah.file.read(scratch)
end

local function model(class, settings, rows)
  local x, y = mah.randn(rows, 3), mah.randint(0, 2, { rows }, { dtype = "int32" })
  settings.max_iter, settings.random_state = 2, 1
  mah.warnings(false)
  local estimator = mah[class](settings):fit(x, class == "MLPRegressor" and x or y)
  return saved(function(path) estimator:save(path) end)
end

local function to_list(make)
  local list = {}
  make(function(text) list[#list + 1] = text end)
  return list
end

local function read_model(path)
  local estimator = mah.load(path)
  pcall(estimator.predict, estimator, mah.ones(2, 3))
end

local readers = {
  csv = { seeds = function() return to_list(in_c.csv) end, read = function(path)
    mah.load_csv(path)
    pcall(mah.load_csv, path, { text = { 1 }, skip = 1 })
    pcall(mah.load_csv, path, { columns = { "a" }, delimiter = ";" })
  end },
  json = { seeds = function()
    return { '{"a": [1, 2.5e-3, null, true, "\\u00e9\\n"], "b": {"c": {}}}', "[-0, 1e999, []]",
      '"\\ud83d\\ude00"' }
  end, read = function(path)
    local value = mah.json.decode(mah.file.read(path))
    mah.json.decode(mah.json.encode(value))
  end },
  model = { seeds = function()
    return { model("MLPClassifier", { hidden_layer_sizes = { 3 } }, 9),
      model("MLPClassifier", { hidden_layer_sizes = {}, early_stopping = true }, 30),
      model("MLPRegressor", { hidden_layer_sizes = { 2, 2 }, solver = "sgd" }, 9) }
  end, read = read_model },
  npz = { seeds = function() return to_list(in_c.npz) end, read = function(path)
    pcall(mah.load_npz, path, { names = { "a" }, dtype = "float64" })
    mah.load_npz(path)
  end },
  onnx = { seeds = function()
    local list = { saved(function(path)
      onnx.save(mah.mlp { 3, { 4, "gelu" }, { 2, "softmax" }, seed = 1 }, path)
    end) }
    for _, set in ipairs { "torch", "others" } do
      local answers = mah.json.decode(mah.file.read(here .. "../golden/onnx/" .. set .. ".json"))
      for name in pairs(answers) do
        list[#list + 1] = mah.file.read(("%s../golden/onnx/%s_%s.onnx"):format(here, set, name))
      end
    end
    table.sort(list)
    return list
  end, read = function(path)
    local loaded = mah.load(path)
    pcall(loaded.predict, loaded, mah.ones(2, 4))
  end },
  png = { seeds = function() return to_list(in_c.png) end, read = function(path)
    mah.image.load(path, { grey = true })
  end },
  safetensors = { seeds = function()
    return { saved(function(path)
      local t = { a = mah.ones(2, 3), b = mah.ones(2):int(), [""] = mah.zeros(0) }
      mah.save_safetensors(path, t, { made_by = "mah" })
    end), mah.file.read(here .. "../golden/numpy/files/hand.safetensors") }
  end, read = function(path)
    pcall(mah.load_safetensors, path, { names = { "a" }, dtype = "float32" })
    mah.load_safetensors(path)
  end },
}

-- -- Damage ---------------------------------------------------------------------------------------

local words = { "0", "-1", "1e308", "2147483647", "4294967296", "9007199254740993", "nan", "null",
  "{}", "[]", "\"\"", "true", "\0", "\255", "\27[31m", "[", "F64", "I64", "t:", "n:" }

local function pick(list) return list[rng:integers(1, #list)] end

local changes = {
  function(s, at) return s:sub(1, at - 1) .. string.char(rng:integers(0, 255)) .. s:sub(at + 1) end,
  function(s, at) return s:sub(1, at - 1) .. s:sub(at + rng:integers(1, 8)) end,
  function(s, at) return s:sub(1, at - 1) .. pick(words) .. s:sub(at) end,
  function(s, at) return s:sub(1, at - 1) .. pick(words) .. s:sub(at + rng:integers(1, 8)) end,
  function(s, at) -- another number in the place of one
    local first, last = s:find("%d+", at)
    if not first then return s end
    return s:sub(1, first - 1) .. pick(words) .. s:sub(last + 1)
  end,
  function(s, at) -- a piece from elsewhere
    local from = rng:integers(1, #s)
    return s:sub(1, at - 1) .. s:sub(from, from + rng:integers(0, 40)) .. s:sub(at)
  end,
  function(s, at) return s:sub(1, at) end,
}

--- A file of the length-prefixed kind keeps a true length now and then, so that more is looked at.
local function mend_length(s)
  local close = s:find("}[ ]*", 9)
  while close and s:find("}", close + 1, true) do close = s:find("}", close + 1, true) end
  if not close then return s end
  local n = close - 8
  return string.char(n % 256, math.floor(n / 256) % 256, math.floor(n / 65536) % 256) .. s:sub(4)
end

local function damage(s, name)
  for _ = 1, rng:integers(1, 4) do
    if #s > 0 then s = pick(changes)(s, rng:integers(1, #s)) end
  end
  local has_length = (name == "model" or name == "safetensors") and #s > 9
  return has_length and rng:integers(1, 4) > 1 and mend_length(s) or s
end

-- -- The run --------------------------------------------------------------------------------------

local function offence(name, path, why)
  io.stderr:write(("mutate: %s: %s\n  the file: %s (seed %d)\n"):format(name, why, path, seed))
  os.exit(1)
end

local function judge(name, path, ok, problem, spent)
  if spent > SLOWEST then offence(name, path, ("%.1f s"):format(spent)) end
  if ok then return end
  if type(problem) ~= "string" or #problem < 10 then offence(name, path, check.show(problem)) end
  if problem:find "%[mah%]/" or problem:find "[%z\1-\8\11-\31\127]" then
    offence(name, path, ("%q"):format(problem))
  end
end

local function run(name, budget)
  local reader, path, count = readers[name], folder .. "/" .. name, 0
  if name == "png" then path = path .. ".png" end
  local seeds, start = reader.seeds(), progress.now()
  for _, text in ipairs(seeds) do
    write(path, text)
    local ok, problem = pcall(reader.read, path)
    judge(name, path, ok, problem, 0)
  end
  while progress.now() - start < budget do
    write(path, damage(pick(seeds), name))
    local before = progress.now()
    local ok, problem = pcall(reader.read, path)
    judge(name, path, ok, problem, progress.now() - before)
    count = count + 1
  end
  print(("%-12s %9d executions"):format(name, count))
end

local names = { unpack(arg, 3) }
if #names == 0 then
  for name in pairs(readers) do names[#names + 1] = name end
  table.sort(names)
end
io.stdout:setvbuf "line"
for _, name in ipairs(names) do run(name, seconds) end
os.execute("rm -r " .. folder)
