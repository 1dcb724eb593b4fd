--- Networks of a function in Lua as files: the parameters and buffers by name ("W1",
--- "encoder.weight"), and where `forward` is a layer of mah.nn, what it is made of.
---
---     net:save "net.safetensors"           net:load "net.safetensors"
---     local net = mah.load "net.safetensors"          -- of layers
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local freeze = require "mah.learn.freeze"
local options = require "mah.base.options"
local safetensors = require "mah.data.safetensors"
local text = require "mah.base.text"
local trained = require "mah.learn.estimator.trained"
local tree = require "mah.learn.taped.tree"

local file = { FORMAT = "mah network of a function 1" }

-- -- Out ------------------------------------------------------------------------------------------

--- What a file can hold of the function: a layer of mah.nn, all of whose parts are.
local function layer_state(net)
  local layer = rawget(net, "model")
  if not layer or rawget(layer, "is_custom") or type(rawget(layer, "kind")) ~= "string" then
    return nil
  end
  return { kind = layer.kind, settings = layer.settings }
end

--- {name, value} of all parameters and buffers; the values are views.
local function entries(net)
  local list = {}
  for i, one in ipairs(net.names) do list[i] = { name = one.name, value = one.weight } end
  for _, leaf in ipairs(net.tree.buffers) do
    list[#list + 1] = { name = leaf.name, value = tree.view(leaf, net.buffers), buffer = true }
  end
  return list
end

--- The network as plain values and tensors.
---@param net table
---@return table
function file.state(net)
  return { dtype = net.dtype, loss = net.loss_function, output = net.output, inputs = net.inputs,
    init = type(net.usual_init) == "string" and net.usual_init or nil,
    input_scale = net.input_scale ~= 1 and net.input_scale or nil, layer = layer_state(net),
    entries = entries(net) }
end

---@param net table
---@return table
function file.summary(net)
  local names = {}
  for i, one in ipairs(net.names) do names[i] = one.name end
  return { parameters = names, loss = net.loss_function }
end

--- Names of the tensors of a state of file.state.
---@param state table
---@return table<tensor, string>
function file.names(_, state)
  local names = {}
  for _, one in ipairs(state.entries) do names[one.value] = one.name end
  return names
end

-- -- Back -----------------------------------------------------------------------------------------

--- Complains unless it is the state of a network. Gives its tensors by name.
---@param state any   as file.state gives it
---@return table<string, tensor>
function file.check(state)
  check.that(type(state) == "table" and type(state.entries) == "table", "network is %s",
    check.show(state))
  check.that(state.dtype == "float32" or state.dtype == "float64", "network.dtype is %s",
    check.show(state.dtype))
  check.that(type(state.loss) == "string", "network.loss is %s", check.show(state.loss))
  local scale = state.input_scale
  check.that(scale == nil or type(scale) == "number" and scale - scale == 0 and scale ~= 0,
    "network.input_scale is %s", check.show(scale))
  check.that(state.inputs == nil or type(state.inputs) == "number", "network.inputs is %s",
    check.show(state.inputs))
  local tensors = {}
  for _, one in ipairs(state.entries) do
    check.that(type(one) == "table" and type(one.name) == "string" and Type.is_tensor(one.value),
      "network.entries are damaged")
    tensors[one.name] = one.value
  end
  return tensors
end

local function complain_of_damage(path, problem)
  check.raise("net:load: %s: the file is damaged: %s", path, text.without_place(problem))
end

--- The tensors of a file by name, and what was saved besides: nil of other people's files.
local function read(path)
  local ok, tensors, metadata = pcall(safetensors.load_safetensors, path)
  if not ok then check.raise("net:load: %s", text.without_place(tensors)) end
  if metadata.format ~= file.FORMAT then return tensors, nil end
  local sound, named, state = pcall(function()
    local state = freeze.thaw(tensors, metadata.state)
    return file.check(state.network), state
  end)
  if not sound then complain_of_damage(path, named) end
  return named, state
end

--- Complains unless the tensors are the network's, by name and shape.
local function check_tensors(list, tensors, where)
  local known = {}
  for _, one in ipairs(list) do
    local t = tensors[one.name]
    known[one.name] = true
    check.that(t, "%s: there is no %s in it%s", where, one.name,
      options.did_you_mean(one.name, tensors))
    local got, wanted = table.concat(t.shape, ", "), table.concat(one.value.shape, ", ")
    check.that(got == wanted, "%s: %s: shape (%s) is expected, got (%s)", where, one.name, wanted,
      got)
    check.that(t.dtype:find "float", "%s: %s is %s; numbers with fractions are expected", where,
      one.name, t.dtype)
  end
  for name in pairs(tensors) do
    check.that(known[name], "%s: it has %s, and the network has none%s", where, name,
      options.did_you_mean(name, known))
  end
end

--- Puts the values of a state, or of tensors by name, into a network of the same form. Errors come
--- before anything is changed.
---@param net table
---@param tensors table<string, tensor>
---@param state table|nil   {network =, training =}
---@param where string      for messages
function file.fill(net, tensors, state, where)
  local list = entries(net)
  check_tensors(list, tensors, where)
  if state then
    trained.restore(net, state.network.dtype == net.dtype and state.training or nil)
    net:scale_inputs(state.network.input_scale or 1)
  end
  for _, one in ipairs(list) do one.value:copy_(tensors[one.name]) end
end

--- Reads parameters and buffers of a file into the network.
---@param net table
---@param path string
function file.load(net, path)
  local tensors, state = read(path)
  local where = "net:load: " .. path
  local ok, problem = pcall(file.fill, net, tensors, state, where)
  if ok then return end
  problem = text.without_place(problem)
  if problem:sub(1, #where) ~= where then complain_of_damage(path, problem) end
  check.raise("%s", problem)
end

return file
