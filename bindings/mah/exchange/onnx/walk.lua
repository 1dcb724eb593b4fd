--- The walk over a graph's nodes: each is taken by the handler of its operator (handlers.lua), or
--- as an operation of single elements.
local common = require "mah.exchange.onnx.operators.common"
local expression = require "mah.exchange.onnx.expression"
local forms = require "mah.exchange.onnx.handlers.forms"
local handlers = require "mah.exchange.onnx.handlers"
local operators = require "mah.exchange.onnx.operators"
local values = require "mah.exchange.onnx.values"

---@class mah.Walk
---@field constants mah.Constants
---@field values table<string, table>   see values.lua
---@field where string       the file
---@field tolerance number   how exactly an activation must be met
local Walk = {}
Walk.__index = Walk

function Walk.new(constants, tolerance)
  return setmetatable({ constants = constants, values = {}, cuts = {}, tolerance = tolerance,
    where = constants.model.reader.name }, Walk)
end

--- What a name stands for, or nil.
function Walk:value(name)
  local value = self.values[name]
  if value then return value end
  local constant = self.constants:get(name)
  return constant ~= nil and { kind = "constant", value = constant } or nil
end

-- -- From elements to steps -----------------------------------------------------------------------

local function ends_in(base, name)
  return base.step and base.step.kind == "activation" and base.step.name == name
end

--- What single elements of probabilities become without being a step: softmax stays what it is
--- under bounds of 0 and 1, and its logarithm is log_softmax.
local function of_probabilities(value)
  local base, e = value.base, value.expr
  if e.of_rows then return nil end
  local function with(name)
    return values.push(base.from, { kind = "activation", name = name })
  end
  if ends_in(base, "softmax") then
    if expression.agrees_on_probabilities(e, function(p) return p end) then return base end
    if expression.agrees_on_probabilities(e, function(p) return p:log() end) then
      return with "log_softmax"
    end
  elseif ends_in(base, "log_softmax") and e.node.op == "Exp" and e.args[1] == expression.x then
    return with "softmax"
  end
end

--- The base of a matrix once everything done to its elements is a step.
---@param value table
---@return table base
function Walk:cut(value)
  local base, e = value.base, value.expr
  if e == expression.x then return base end
  self.cuts[base] = self.cuts[base] or {}
  local done = self.cuts[base][e] or of_probabilities(value)
  if not done then
    done = base
    self.ruler = self.ruler or expression.ruler(self.tolerance)
    for _, step in ipairs(expression.steps(e, self.ruler, not base.has_layer)) do
      done = values.push(done, step)
    end
  end
  self.cuts[base][e] = done
  return done
end

--- The value with everything done so far as steps.
function Walk:settled(value) return values.matrix(self:cut(value), nil, value.dims) end

-- -- Single elements ------------------------------------------------------------------------------

--- The matrix among the inputs of an elementwise node, all inputs as expressions and numbers, and
--- the one that is a vector (with its place).
local function arguments(node, inputs)
  local matrix, args, vector, place = nil, {}, nil, nil
  for i, input in pairs(inputs) do
    if input.kind == "matrix" then
      if matrix and matrix.base ~= input.base then
        common.fail(node, "it joins two branches, and a chain of layers has none")
      end
      if not matrix or matrix.expr.is_column then matrix = input end
      args[i] = input.expr
    elseif input.kind == "constant" and not common.texts(input.value) then
      if input.value:numel() == 1 then
        args[i] = input.value:double():reshape(1):item()
      else
        vector, place = input.value, i
      end
    else
      common.fail(node, "input '%.80s' is no matrix of numbers", tostring(node.inputs[i]))
    end
  end
  return matrix, args, vector, place
end

--- An affine operation with a value for each column.
local function take_vector(self, node, matrix, constant, first)
  local v = values.row_vector(node, constant, matrix)
  local base = self:cut(matrix)
  if base.width and v:numel() ~= base.width then
    common.fail(node, "%d values for %d columns", v:numel(), base.width)
  end
  local biased = node.op == "Add" and values.with_bias(base, v)
  local dims = matrix.dims
  if #dims == 2 then dims = { false, v:numel(), rows = dims.rows } end
  if biased then return values.matrix(biased, nil, dims) end
  local parts = expression.affine(node.op, first, v)
  for _, part in ipairs(parts) do
    part.kind = "affine"
    base = values.push(base, part, v:numel())
  end
  return values.matrix(base, nil, dims)
end

--- A pair of probabilities stays one under bounds of 0 and 1.
local function take_pair(node, inputs)
  local pair, args = nil, {}
  for i, input in pairs(inputs) do
    if input.kind == "pair" then
      pair, args[i] = input, expression.x
    elseif input.kind == "constant" and not common.texts(input.value)
      and input.value:numel() == 1 then
      args[i] = input.value:double():reshape(1):item()
    else
      return nil
    end
  end
  local same = expression.agrees_on_probabilities(expression.new(node, args),
    function(p) return p end)
  return same and pair or nil
end

--- Sizes that others are computed of, as in x.reshape(x.shape[0], x.shape[1] * x.shape[2]).
local function take_sizes(node, inputs)
  for _, input in pairs(inputs) do
    if input.kind == "sizes" and input.value:min() < 0 then
      common.fail(node, "it computes with the number of rows")
    end
  end
  return forms.sizes(node, inputs)
end

local function has_kind(inputs, kind)
  for _, input in pairs(inputs) do
    if input.kind == kind then return true end
  end
end

local function take_elementwise(self, node, inputs)
  if has_kind(inputs, "pair") then
    return take_pair(node, inputs) or common.fail(node, "of both classes' probabilities")
  end
  if has_kind(inputs, "sizes") then return take_sizes(node, inputs) end
  local matrix, args, vector, place = arguments(node, inputs)
  if not matrix then common.fail(node, "none of its inputs is a matrix") end
  if not vector and matrix.expr == expression.x and matrix.base.width == 1 and #inputs == 2
    and expression.affine(node.op, true, 1) then -- one column: its constant may be a bias
    place = inputs[1].kind == "constant" and 1 or inputs[2].kind == "constant" and 2 or nil
    vector = place and inputs[place].value
  end
  if vector then
    if not expression.affine(node.op, place == 2, 1) then
      common.fail(node, "with a value for each column; only a number would do")
    end
    return take_vector(self, node, matrix, vector, place == 2)
  end
  return values.matrix(matrix.base, expression.new(node, args), matrix.dims)
end

-- -- Nodes ----------------------------------------------------------------------------------------

--- The values of a node's inputs; false where one is left out.
local function inputs_of(self, node)
  local inputs = {}
  for i, name in ipairs(node.inputs) do
    if name ~= "" then
      inputs[i] = self:value(name) or common.fail(node,
        "its input '%.80s' comes from no node before it", name)
    end
  end
  return inputs
end

--- Takes a node that depends on the graph's input.
---@param node table
function Walk:take(node)
  local domain = handlers[node.domain]
  local handler = domain and domain[node.op]
  if not operators.knows(node.op, node.domain) and not handler then
    common.fail(node, "Mah reads no such operator%s",
      node.domain ~= "" and (" of '%.40s'"):format(node.domain) or "")
  end
  local inputs, result = inputs_of(self, node), nil
  if not inputs[1] then common.fail(node, "it has no input") end
  if handler then
    result = common.guard(node, handler, self, node, inputs)[1]
  elseif node.domain == "" and operators.elementwise[node.op] then
    result = common.guard(node, take_elementwise, self, node, inputs)[1]
  end
  if not result then common.fail(node, "it is no step of a chain of layers") end
  self.values[node.outputs[1] or ""] = result
end

return Walk
