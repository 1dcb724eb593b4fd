--- Damaged model files, Mah's and such with PyTorch's names: bytes changed, ends cut off, and
--- states in which a value is another one.
--- mah.load must refuse each, or give a model that can be used, or says why not: in a string
--- with the caller's position, within seconds, and with no more memory than the file promises.
---
---     mah tests/fuzz/models.lua [models = 3000] [seed = the time] ["trace"]
---
--- The seed is printed; the same one makes the same files again.
local here = arg[0]:match "^(.*/)" or "./"
package.path = here .. "?.lua;" .. package.path

local ffi = require "ffi"
local freeze = require "mah.learn.freeze"
local loads = require "loads"
local mah = require "mah"

local random = math.random
local function pick(list) return list[random(#list)] end

-- -- Sound models ---------------------------------------------------------------------------------

local x = mah.randn({ 24, 3 }, { rng = 1 })
local y = x[{ {}, 1 }]:gt(0):int()

local function sound_models(path)
  local made = {}
  local function add(class, given, target)
    given.random_state, given.max_iter, given.warm_start = 1, 3, true
    given.hidden_layer_sizes = given.hidden_layer_sizes or { 3 }
    mah[class](given):fit(x, target):save(path)
    made[#made + 1] = mah.file.read(path)
  end
  local three = (x[{ {}, 1 }] * 2):round():clamp(-1, 1):int()
  add("MLPClassifier", { solver = "adam", early_stopping = true, dropout = 0.3 }, y)
  add("MLPClassifier", { solver = "sgd", learning_rate = "adaptive" }, three)
  add("MLPClassifier", { solver = "lbfgs" }, y)
  add("MLPClassifier", { solver = "rmsprop", hidden_layer_sizes = {} }, mah.stack({ y, 1 - y }, 2))
  add("MLPRegressor", { solver = "sgd", learning_rate = "invscaling" }, x[{ {}, 1 }])
  add("MLPRegressor", { solver = "adagrad", loss = "huber" }, x)
  local function keep(model)
    model:save(path, { state = false })
    made[#made + 1] = mah.file.read(path)
  end
  keep(mah.mlp { 3, { 4, "gelu", dropout = 0.2 }, { 2, "identity" }, dtype = "float64", seed = 1 })
  keep(mah.mlp({ 3, { 2, "softmax" }, seed = 1 }):scale_inputs(1 / 255))
  mah.save_safetensors(path, { ["0.weight"] = mah.ones(4, 3), ["0.bias"] = mah.ones(4),
    ["1.running_mean"] = mah.ones(4), ["1.running_var"] = mah.ones(4),
    ["3.weight"] = mah.ones(2, 4) }, { format = "pt" })
  made[#made + 1] = mah.file.read(path)
  keep(mah.MLPClassifier({ hidden_layer_sizes = 3, max_iter = 3, random_state = 1 }):fit(x, three))
  return made
end

-- -- Damage ---------------------------------------------------------------------------------------

local function damage_bytes(text)
  for _ = 1, random(3) do
    local at = random(#text)
    text = text:sub(1, at - 1) .. string.char(random(0, 255)) .. text:sub(at + 1)
  end
  if random(5) == 1 then text = text:sub(1, random(0, #text)) end
  return text
end

local values = {
  function() return nil end, function() return 0 / 0 end, function() return 1 / 0 end,
  function() return -1 end, function() return 0 end, function() return 1.5 end,
  function() return 2147483647 end, function() return 2 ^ 31 end, function() return 2 ^ 53 end,
  function() return 1e308 end, function() return random(5) end, function() return "" end,
  function() return "reset" end, function() return "softmax" end, function() return true end,
  function() return {} end, function() return { 1, 2, "a" } end,
  function() return { { units = 2147483647, activation = "relu", dropout = 0 } } end,
  function() return mah.zeros(random(0, 4)) end,
  function() return mah.full({ 24 }, 2147483647, { dtype = "int32" }) end,
  function() return mah.full({ 16 }, 0 / 0, { dtype = "float32" }) end,
  function() return mah.zeros(2, 2, { dtype = "float64" }) end,
}

--- Every table of the state, with the path to it.
local function tables_of(state, path, found)
  found[#found + 1] = { state, path }
  for key, value in pairs(state) do
    if type(value) == "table" then tables_of(value, path .. "." .. tostring(key), found) end
  end
  return found
end

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

--- One or two values of the state become others. Returns what was changed.
local function damage_state(state)
  local said = {}
  for _ = 1, random(2) do
    local found = tables_of(state, "state", {})
    table.sort(found, function(a, b) return a[2] < b[2] end)
    local chosen = pick(found)
    local keys = sorted_keys(chosen[1])
    local key = random(8) == 1 and pick { "m", "reset", "name", "w", 1 } or pick(keys)
    if key == nil then key = 1 end
    local value = pick(values)()
    chosen[1][key] = value
    said[#said + 1] = ("%s.%s = %s"):format(chosen[2], tostring(key),
      tostring(value):gsub("\n.*", ""))
  end
  return table.concat(said, "; ")
end

local function is_ours(text) return text:find('"format":"mah ', 1, true) ~= nil end

local function write_damaged(path, text)
  if random(4) == 1 or not is_ours(text) then
    mah.file.write(path, damage_bytes(text))
    return "bytes"
  end
  mah.file.write(path, text)
  local tensors, metadata = mah.load_safetensors(path)
  local state = freeze.thaw(tensors, metadata.state)
  local said = damage_state(state)
  local changed, state_text = freeze.freeze(state)
  metadata.state = state_text
  mah.save_safetensors(path, changed, metadata)
  return said
end

-- -- Use ------------------------------------------------------------------------------------------

local uses_of_network = {
  function(net) return tostring(net) end,
  function(net) return net:forward(x) end,
  function(net) return net:predict(x) end,
  function(net) return net:activations(x) end,
  function(net) return mah.train(net, { x = x, y = x }, { stop = 1 }) end,
  function(net) return net:clone():save "again.safetensors" end,
}

local uses = {
  function(model) return tostring(model) end,
  function(model) return model:predict(x) end,
  function(model) return model:score(x, model.class == "MLPRegressor" and x or y) end,
  function(model) return model:fit(x, model.class == "MLPRegressor" and x[{ {}, 1 }] or y) end,
  function(model) return model:resume(x, model.class == "MLPRegressor" and x or y) end,
  function(model) return model:partial_fit(x, model.class == "MLPRegressor" and x or y) end,
  function(model) return model:activations(x) end,
  function(model) return model:save "again.safetensors" end,
}

local function try(path)
  local given = not is_ours(mah.file.read(path)) and { activation = "relu", classes = { 1, 2 } }
  local ok, model = pcall(mah.load, path, given or nil)
  if not ok then return "refused", loads.fault(model, path) end
  local is_network = rawget(model, "layers") ~= nil
  pcall(function()
    model.max_iter, model.warm_start, model.verbose, model.threads = 2, true, false, nil
  end)
  for _ = 1, 3 do
    local used, problem = pcall(pick(is_network and uses_of_network or uses), model)
    local wrong = not used and loads.fault(problem)
    if wrong then return "loaded", wrong end
  end
  return "loaded"
end

-- -- From start to end ----------------------------------------------------------------------------

--- A new folder, in memory if possible: each file that is saved waits for its disk.
local function make_folder()
  local name = os.tmpname()
  os.remove(name)
  local in_memory = "/dev/shm/" .. name:match "[^/]+$"
  if pcall(mah.file.make_directory, in_memory) then return in_memory end
  mah.file.make_directory(name)
  return name
end

ffi.cdef "int chdir(const char *path);"
local given, folder = loads.start("models.lua", "damaged models"), make_folder()
ffi.C.chdir(folder)
local models, path = sound_models "sound.safetensors", "model.safetensors"
loads.run(given, function() return write_damaged(path, pick(models)) end,
  function() return try(path) end,
  function()
    ffi.C.chdir "/"
    os.execute(("rm -rf '%s'"):format(folder))
  end)
