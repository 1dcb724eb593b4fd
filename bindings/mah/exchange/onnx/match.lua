--- Finds the chain of layers in a graph: walks from its input to its outputs and takes each node
--- for a step, a part of one, or something that turns probabilities into labels.
---
---     local found = match.graph(model)         -- of decode.model
---     chain.model(found.steps, { where = path, classes = found.classes })
---
--- What is no part of a chain is an error that names the node and says why.
local Walk = require "mah.exchange.onnx.walk"
local check = require "mah.base.check"
local fold = require "mah.exchange.onnx.fold"
local operators = require "mah.exchange.onnx.operators"
local values = require "mah.exchange.onnx.values"

local match = {}

local DOUBLE = 11

-- -- Before the walk ------------------------------------------------------------------------------

local function check_opsets(model)
  local name = model.reader.name
  local version = model.opsets[""] or model.opsets["ai.onnx.ml"] and operators.newest
  check.that(version, "%s: it says no opset", name)
  check.that(version >= operators.oldest and version <= operators.newest,
    "%s: it is of opset %d; Mah reads %d to %d", name, version, operators.oldest,
    operators.newest)
end

--- The one input that is no initializer.
local function input_of(model)
  local inputs, names = {}, {}
  for _, input in ipairs(model.graph.inputs) do
    if not model.graph.initializers[input.name] then
      inputs[#inputs + 1], names[#names + 1] = input, ("%.40s"):format(input.name)
    end
  end
  check.that(#inputs == 1, "%s: one input is expected, a matrix; the graph has %d%s",
    model.reader.name, #inputs, #names > 0 and ": " .. table.concat(names, ", ", 1,
      math.min(#names, 10)) or "")
  return inputs[1]
end

--- The nodes that outputs are made of, in the file's order.
local function needed_nodes(graph)
  local giver, wanted, queue, list = {}, {}, {}, {}
  for _, node in ipairs(graph.nodes) do
    for _, name in ipairs(node.outputs) do giver[name] = node end
  end
  for _, output in ipairs(graph.outputs) do queue[#queue + 1] = giver[output.name] end
  while #queue > 0 do
    local node = table.remove(queue)
    if not wanted[node] then
      wanted[node] = true
      for _, name in ipairs(node.inputs) do queue[#queue + 1] = giver[name] end
    end
  end
  for _, node in ipairs(graph.nodes) do
    if wanted[node] then list[#list + 1] = node end
  end
  return list
end

-- -- After the walk -------------------------------------------------------------------------------

local ends = { softmax = true, log_softmax = true, logistic = true }

--- The base without what only makes probabilities of its numbers.
local function core_of(base)
  while base.step and base.step.kind == "activation" and ends[base.step.name] do
    base = base.from
  end
  return base
end

--- The base that an output is made of.
local function base_of(walk, value)
  if value.kind == "matrix" then return walk:cut(value) end
  return value.of
end

local function classes_of(walk, value, name)
  local base = value.of
  local n = value.pair and 2 or base.width == 1 and 2 or base.width
  local classes = value.classes
  if not classes then
    classes = {}
    for i = 1, n or 0 do classes[i] = i - 1 end
  end
  if n and #classes ~= n then
    check.raise("%s: output '%.80s': %d labels for %d columns", walk.where, name, #classes, n)
  end
  return classes
end

--- The end of the chain that all outputs are made of, and the labels that they name.
local function outputs_of(walk, graph)
  local main, classes, first
  for _, output in ipairs(graph.outputs) do
    local value = walk:value(output.name)
    check.that(value and value.kind ~= "constant" and value.kind ~= "sizes",
      "%s: output '%.80s' does not depend on the input", walk.where, output.name)
    local base = base_of(walk, value)
    if main and core_of(base) ~= core_of(main) then
      check.raise("%s: the outputs '%.80s' and '%.80s' are ends of two branches", walk.where, first,
        output.name)
    end
    local is_longer = not main or (base.depth or 0) > (main.depth or 0)
    if is_longer or base.step and base.step.name == "softmax" then main = base end
    first = first or output.name
    if value.kind == "labels" or value.kind == "index" and not classes then
      classes = classes_of(walk, value, output.name)
    end
  end
  check.that(main, "%s: the graph has no output", walk.where)
  return main, classes
end

--- The steps of a graph's chain, and its labels if its outputs name such.
---@param model table   of decode.model
---@return {steps: table[], classes: table|nil}
function match.graph(model)
  check_opsets(model)
  local input, constants = input_of(model), fold.new(model)
  local start = values.input(input)
  check.that(start, "%s: input '%.80s' has one dimension; a matrix is expected", model.reader.name,
    input.name)
  local walk = Walk.new(constants, input.type == DOUBLE and 1e-12 or 2e-7)
  walk.values[input.name] = start
  for _, node in ipairs(needed_nodes(model.graph)) do
    if not constants:take(node) then walk:take(constants:prepare(node)) end
  end
  local main, classes = outputs_of(walk, model.graph)
  return { steps = values.steps(main), classes = classes }
end

return match
