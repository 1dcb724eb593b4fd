--- Networks of a function in Lua or of mah.nn's layers as operations: what their forward does with
--- rows in evaluation is written down (mah.exchange.trace), and `output` behind it.
---
---     local p = taped.finish(taped.program(net, data.x))    -- x: rows like those that it takes
---     local value = taped.value(p, net, x)                  -- of a value of the program
local Type = require "mah.tensor.type"
local affine = require "mah.exchange.lower.affine"
local check = require "mah.base.check"
local make = require "mah.tensor.make"
local operands = require "mah.grad.operands"
local pass = require "mah.learn.taped.pass"
local program = require "mah.exchange.program"
local rows = require "mah.learn.taped.rows"
local trace = require "mah.exchange.trace"
local trees = require "mah.grad.trees"

local taped = {}

---@return boolean
function taped.is(net) return type(net) == "table" and rawget(net, "is_taped") == true end

-- -- Rows -----------------------------------------------------------------------------------------

local columns_of

--- Of layers one after the other: those that change the number of columns say so themselves.
local function columns_of_chain(list)
  local times = 1
  for _, layer in ipairs(list) do
    local columns = columns_of(layer)
    if columns then return columns * times end
    if layer.kind == "GLU" or layer.kind == "SwiGLU" then
      times = times * 2
    elseif next(layer.params) and layer.kind ~= "PReLU" or layer.is_custom or layer.layers then
      return nil
    end
  end
end

--- How many columns a layer of mah.nn takes, where it says so.
function columns_of(layer)
  local s = layer.settings
  if layer.kind == "Linear" then return s.inputs end
  if layer.kind == "LayerNorm" or layer.kind == "BatchNorm" then return s.columns end
  if layer.kind == "PReLU" then return s.columns > 1 and s.columns or nil end
  if layer.kind ~= "Parallel" then return columns_of_chain(layer.layers or {}) end
  for _, inner in ipairs(layer.layers) do
    local columns = columns_of(inner)
    if columns then return columns end
  end
end

--- Rows like those that the network takes, in the types in which its forward sees them; and a
--- function of such rows that scales those which are bytes.
local function rows_like(net, x)
  if x == nil then
    local columns = net.inputs or net.model and columns_of(net.model)
    check.that(columns, "save: what rows the network takes is not known: save(path, {x = data.x}), "
      .. "or mah.network{inputs = 784}")
    return make.zeros(1, columns, { dtype = net.dtype }), function(given) return given end
  end
  local like = trees.map(x, function(t)
    check.that(Type.is_tensor(t) and t.ndim > 0 and #t > 0, "save: x: a tensor with rows, or a "
      .. "table of such is expected")
    return t:to((rows.treatment(t, net)))
  end, "save: x")
  return like, function(given)
    return trees.map(given, function(t, _, from)
      local _, scale = rows.treatment(from, net)
      return scale == 1 and t or t * scale
    end, "x", x)
  end
end

-- -- What it computes -----------------------------------------------------------------------------

local outputs = {
  softmax = function(scores) return scores:softmax(-1) end,
  logistic = function(scores) return scores:sigmoid() end,
  exp = function(scores) return scores:exp() end,
}
outputs.sigmoid = outputs.logistic

--- net:forward as a function of what may be traced.
local function forward_of(net, prepare)
  local output = outputs[net.output]
  return function(x)
    local scores = pass.scores(net, net.parameters, prepare(x), false)
    return output and trees.replace(scores, output) or scores
  end
end

--- The linear nodes of a network whose weights are its own, in place and once each; none where
--- there are others.
local function own_weights(p, net)
  local own = {}
  for _, node in ipairs(p.nodes) do
    if node.op == "linear" and node.owner == net then
      if not operands.share(node.weight, net.params) then return {} end
      for _, other in ipairs(own) do
        if operands.share(node.weight, other.weight) then return {} end
      end
      own[#own + 1] = { name = node.name, weight = node.weight, bias = node.bias }
    end
  end
  return own
end

--- What the network gives for rows like `like`, as values of the program.
local function traced(p, net, prepare, like, x)
  local first = #p.nodes + 1
  local found = trace(p, forward_of(net, prepare), like, x)
  for i = first, #p.nodes do p.nodes[i].owner = net end
  p.networks[net] = {}
  return found
end

--- The value that the network gives for the rows of x, one of the program.
---@param p mah.Program
---@param net TapedNetwork
---@param x table   of the network's dtype, with its columns
---@return table value
function taped.value(p, net, x)
  local like = make.zeros(1, x.width, { dtype = net.dtype })
  local found = traced(p, net, function(given) return given end, like, x)
  check.that(not found[1].name, "its network gives several tensors")
  return found[1].value
end

--- Shortens a program with such networks, and tells which weights are theirs.
---@param p mah.Program
---@param whole_weights boolean|nil   do weights stay as the networks have them?
---@return mah.Program p
function taped.finish(p, whole_weights)
  local nets = {}
  for net in pairs(p.networks) do
    if taped.is(net) then nets[#nets + 1] = net end
  end
  if not nets[1] then return p end
  affine.fold(p, whole_weights):trim()
  for _, net in ipairs(nets) do p.networks[net] = own_weights(p, net) end
  return p
end

--- The program of a network by itself.
---@param net TapedNetwork
---@param x any   rows like those that it takes, or nil where it knows its columns
---@return mah.Program
function taped.program(net, x)
  local p = program.new()
  local like, prepare = rows_like(net, x)
  local found = traced(p, net, prepare, like)
  p.result = { kind = "network", value = found[1].value, sizes = found[1].sizes }
  if found[1].name then p.result = { kind = "network", outputs = found } end
  return p
end

return taped
