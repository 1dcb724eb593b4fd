--- KANN's files (.kan, kann_save): feed-forward networks, as kann_apply1 computes them.
---
---     local net = mah.load "mlp.kan"
---
--- Dense layers, sigmoid, tanh, relu, softmax, dropout, layer normalization, and arithmetic between
--- them that is a chain: adding, subtracting and multiplying by weights or constants, 1 - x, exp,
--- square, log, sin. Costs and what is not on the way to the output are left out.
---
--- Layout: attractivechaos/kann, kann.c and kautodiff.c.
local Type = require "mah.tensor.type"
local activations = require "mah.exchange.activations"
local bytes = require "mah.exchange.bytes"
local chain = require "mah.exchange.chain"
local check = require "mah.base.check"
local file = require "mah.base.file"
local options_of = require "mah.exchange.given"

local kann = { name = "KANN" }

local MAGIC = "KAN\1"
local VARIABLE, CONSTANT = 1, 2 -- flags of a node
local INPUT, OUTPUT = 1, 2 -- flags for others

function kann.knows(head) return head:sub(1, #MAGIC) == MAGIC end

local function has(flags, flag) return flags % (2 * flag) >= flag end

-- -- The graph ------------------------------------------------------------------------------------

---@class mah.KannNode
---@field label integer
---@field outer integer        what it is for others: OUTPUT ...
---@field flag integer         VARIABLE or CONSTANT
---@field op integer|nil       of what is computed
---@field children mah.KannNode[]|nil
---@field extra string|nil     what belongs to the op
---@field dims integer[]|nil   of a leaf
---@field values tensor|nil    of a leaf
---@field index integer        from 0

local function read_leaf(r, node, count)
  r:check(count <= 4, "a node of %d dimensions; KANN has up to 4", count)
  node.dims = {}
  for d = 1, count do
    node.dims[d] = r:i32()
    r:check(node.dims[d] >= 0, "a size of %d", node.dims[d])
  end
end

local function read_inner(r, node, count, nodes)
  node.op, node.children = r:u16(), {}
  r:need(count * 4, "a list of children")
  for i = 1, count do
    local child = r:i32()
    node.children[i] = r:check(child >= 0 and nodes[child + 1], "node %d has the child %d",
      node.index, child)
  end
  r:check(r:i32() < 0, "a recurrent network, of which Mah has none: node %d goes back in time",
    node.index)
  local size = r:i32()
  node.extra = r:take(size, "a node's own data")
end

local function read_node(r, nodes)
  local node = { index = #nodes, label = r:i32(), outer = r:u32(), flag = r:u8() }
  local count = r:i32()
  if count == 0 then read_leaf(r, node, r:u8()) else read_inner(r, node, count, nodes) end
  return node
end

--- The variables, or the constants, in the order of the nodes.
local function read_values(r, nodes, flag)
  for _, node in ipairs(nodes) do
    if node.dims and node.flag % 4 == flag then node.values = r:tensor("<f4", node.dims) end
  end
end

---@return mah.KannNode[]
local function read_graph(r)
  local nodes = {}
  r:skip(#MAGIC)
  local count = r:i32()
  r:need(count * 14, "a list of nodes")
  for i = 1, count do nodes[i] = read_node(r, nodes) end
  read_values(r, nodes, VARIABLE)
  read_values(r, nodes, CONSTANT)
  r:check(r:left() == 0, "%d bytes too many", r:left())
  return nodes
end

-- -- Operations -----------------------------------------------------------------------------------

local op_names = { "add", "mul", "cmul", "ce_bin_neg", "square", "sigm", "tanh", "relu", "matmul",
  "avg", "1minus", "select", "ce_multi", "softmax", "dropout", "conv2d", "max2d", "conv1d", "max1d",
  "slice", "max", "ce_bin", "sub", "sample_normal", "reduce_sum", "reduce_mean", "log", "avg1d",
  "mse", "reshape", "concat", "stdnorm", "exp", "sin", "stack", "reverse" }

---@class mah.KannChain
---@field path string
---@field steps table[]
---@field most integer    how many weights there may be: one array may stand in a file several times
local Chain = {}
Chain.__index = Chain

function Chain:fail(node, message, ...)
  check.raise("%s", ("%s: node %d (%s): %s"):format(self.path, node.index,
    op_names[node.op] or node.op and "op " .. node.op or "a leaf", message:format(...)))
end

--- One value a column, or one for all: what an operation with a leaf takes; nil for other nodes.
local function vector(node)
  if not node.values then return nil end
  local rows = 1
  for d = 1, #node.dims - 1 do rows = rows * node.dims[d] end
  if node.values:numel() == 1 then return tonumber(node.values:view(1)[1]) end
  return rows == 1 and node.values:view(-1) or nil
end

--- The child that is computed, and the vector of the other; is that one the first?
function Chain:operands(node)
  local a, b = node.children[1], node.children[2]
  if not b or node.children[3] then self:fail(node, "two children are expected") end
  if vector(b) then return a, vector(b), false end
  if vector(a) then return b, vector(a), true end
  self:fail(node, "it does not work on the chain's values and a vector of weights or constants, as "
    .. "in a chain of layers")
end

local function affine(make)
  return function(self, node)
    local rest, value, is_first = self:operands(node)
    return rest, make(value, is_first)
  end
end

local function activation(name)
  return function(_, node) return node.children[1], { kind = "activation", name = name } end
end

local function pass(_, node) return node.children[1] end

--- What each op adds: op -> function(self, node) -> the child that comes before, step.
local ops = {
  [1] = affine(function(value) return { kind = "affine", add = value } end),
  [2] = affine(function(value) return { kind = "affine", multiply = value } end),
  [5] = activation(activations.square),
  [6] = activation "logistic", [7] = activation "tanh", [8] = activation "relu",
  [11] = function(_, node)
    return node.children[1], { kind = "affine", multiply = -1, add = 1 }
  end,
  [14] = activation "softmax",
  [15] = pass, -- dropout, when nothing is learned
  [23] = affine(function(value, is_first)
    if is_first then return { kind = "affine", multiply = -1, add = value } end
    return { kind = "affine", subtract = value }
  end),
  [27] = activation(activations.log),
  [32] = activation(activations.stdnorm),
  [33] = activation(activations.exp),
  [34] = activation(activations.sin),
}

--- x times the transpose of the weight, (outputs, inputs).
ops[3] = function(self, node)
  local x, weight = node.children[1], node.children[2]
  if not weight or not weight.values or weight.values.ndim ~= 2 or x.values then
    self:fail(node, "not the chain's values times a matrix of weights")
  end
  self.most = self.most - weight.values:numel()
  if self.most < 0 then self:fail(node, "there are more weights than the file has") end
  return x, { kind = "linear", weight = weight.values:t():contiguous() }
end

--- Dropout's switch: the first child when nothing is learned.
ops[12] = pass

-- -- From the output back -------------------------------------------------------------------------

local function output_of(nodes, path)
  local output
  for _, node in ipairs(nodes) do
    if has(node.outer, OUTPUT) then
      check.that(not output, "%s: nodes %d and %d are outputs; Mah's networks have one", path,
        output and output.index, node.index)
      output = node
    end
  end
  return check.that(output, "%s: none of its %d nodes is an output", path, #nodes)
end

--- The columns of a feed, {1, n}.
local function width_of(self, feed)
  if feed.values then self:fail(feed, "the chain ends in weights, and not in the input") end
  if not has(feed.outer, INPUT) then self:fail(feed, "the chain ends here, which is no input") end
  local width = 1
  for d = 2, #feed.dims do width = width * feed.dims[d] end
  if width < 1 or width ~= feed.dims[2] then
    self:fail(feed, "an input of the shape (%s); Mah's are vectors", table.concat(feed.dims, ", "))
  end
  return width
end

--- The first width that a step asks for is the input's.
local function check_width(self, feed)
  local width = width_of(self, feed)
  for _, step in ipairs(self.steps) do
    local value = step.weight or step.add or step.multiply or step.subtract
    if Type.is_tensor(value) then
      if value.shape[1] ~= width then
        self:fail(feed, "%d inputs, and %s takes %d", width, step.name, value.shape[1])
      end
      return
    end
  end
end

--- The steps of the chain that ends in the output. Walking back, children are always earlier nodes.
local function steps_of(nodes, path, most)
  local self, backwards = setmetatable({ path = path, steps = {}, most = most }, Chain), {}
  local node = output_of(nodes, path)
  while node.op do
    local read = ops[node.op] or self:fail(node, "Mah has no such operation; chains of dense "
      .. "layers can be read. Of others, write the weights as a table of numbers")
    local before, step = read(self, node)
    if step and step.kind ~= "activation" then step.name = ("node %d"):format(node.index) end
    backwards[#backwards + 1] = step
    node = before
  end
  for i = #backwards, 1, -1 do table.insert(self.steps, backwards[i]) end
  check_width(self, node)
  return self.steps
end

---@param path string
---@param given {classes: table?, regression: boolean?}|nil   of the estimator that it becomes
---@return table   network or estimator
function kann.read(path, given)
  local o = options_of(given, { "classes", "regression" }, path, "KANN")
  local text = file.read(path)
  local nodes = read_graph(bytes.reader(text, path))
  return chain.model(steps_of(nodes, path, #text),
    { where = path, classes = o.classes, regression = o.regression })
end

return kann
