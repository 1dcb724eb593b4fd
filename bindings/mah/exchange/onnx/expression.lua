--- A function of single elements that a graph spells out in nodes (GELU as x / sqrt 2, Erf, + 1,
--- x times it, / 2 ...): which activation of Mah's it is, whoever wrote it and in whatever form.
---
---     local e = expression.new(relu_node, { expression.x })
---     local ruler = expression.ruler(2e-7)
---     for _, step in ipairs(expression.steps(e, ruler)) do ... end      -- steps of a chain
---
--- Functions are told by their values, at points where no two activations agree. What none of them
--- is becomes an activation of the file's own.
local activations = require "mah.learn.activation"
local cat = require("mah.tensor.join").cat
local common = require "mah.exchange.onnx.operators.common"
local mlp = require "mah.learn.mlp"
local operators = require "mah.exchange.onnx.operators"
local tensor = require "mah.tensor"

local DEEPEST, MOST = 100, 500 -- operations behind one another, and in all
local MOST_WORK = 1e5 -- operations that are tried for one file
local PEELS = 8 -- affine ones that are taken off each side of an activation

--- x, and what is made of it: {node =, args =, count =, depth =, of_rows = does a value depend on
--- others of its row?, is_column = is it one number a row?}
local expression = { x = { depth = 0, of_rows = false, is_column = false } }

---@param node table    of the graph
---@param args table    expressions and numbers
---@param reduces boolean|nil   does it make one number of a row?
---@return table
function expression.new(node, args, reduces)
  local depth, of_rows, is_column = 0, reduces or false, true
  for _, arg in pairs(args) do
    if type(arg) == "table" then
      depth = math.max(depth, arg.depth)
      of_rows, is_column = of_rows or arg.of_rows, is_column and arg.is_column
    end
  end
  if depth >= DEEPEST then common.fail(node, "more than %d operations without weights", DEEPEST) end
  return { node = node, args = args, count = table.maxn(args), depth = depth + 1,
    of_rows = of_rows, is_column = reduces or is_column }
end

-- -- Values ---------------------------------------------------------------------------------------

local function evaluate(e, x, known)
  if e == expression.x then return x end
  if type(e) == "number" then return common.scalar(e, x.dtype) end
  if not known[e] then
    local args = {}
    known.count = (known.count or 0) + 1
    if known.count > MOST then common.fail(e.node, "more than %d operations in all", MOST) end
    for i, arg in pairs(e.args) do args[i] = evaluate(arg, x, known) end
    known[e] = operators.run(e.node, args, e.count)[1]
  end
  return known[e]
end

--- Its values where x has those.
---@param e table
---@param x tensor
---@return tensor
function expression.evaluate(e, x) return evaluate(e, x, {}) end

--- What functions are told by: points, and the values of all activations there.
---@param tolerance number   how far from an activation's values a function may be
---@return table
function expression.ruler(tolerance)
  local far = tensor.tensor({ -1e6, -1e3, -100, -60, 60, 100, 1e3, 1e6, -0.001, 0.001 },
    { dtype = "float64" })
  local x = cat { tensor.arange(-30, 30.25, 0.5, { dtype = "float64" }), far }
  local named = { exp = x:exp() }
  for name in pairs(activations.hidden) do
    local net = mlp.describe({ 1, { 1, name }, { 1, "identity" }, dtype = "float64" }, "onnx")
    net.params:fill_(0)
    net.layers[1].weight:fill_(1)
    named[name] = net:forward(x:view(#x, 1), 1):view(#x)
  end
  return { x = x, named = named, tolerance = tolerance, work = 0 }
end

--- The activation that has those values within the tolerance, relative above 1; or nil. Far from 0,
--- where a form that was spelt out overflows, it may say anything.
local function nearest(ruler, values)
  if values.dtype ~= "float64" or values:numel() ~= #ruler.x then return nil end
  local lost = values:isfinite():eq(0) * ruler.x:abs():ge(60)
  for name, expected in pairs(ruler.named) do
    local near = (values - expected):abs():le(expected:abs():clamp(1) * ruler.tolerance)
    if (near + lost):all() then return name end
  end
end

--- Do both give the same, up to rounding, for numbers in 0 ... 1?
---@param e table
---@param f fun(p: tensor): tensor
---@return boolean
function expression.agrees_on_probabilities(e, f)
  local p = tensor.linspace(0, 1, 101, { dtype = "float64" })
  local ok, values = pcall(expression.evaluate, e, p)
  return ok and values.dtype == "float64" and values:numel() == 101
    and ((values - f(p)):abs():le(1e-12) + values:eq(f(p))):all()
end

-- -- Affine parts ---------------------------------------------------------------------------------

--- What an operator of x and a number is as a step: { affine part ... } in order, or nil.
---@param op string
---@param first boolean   does x come first?
---@param by any          a number or a tensor
---@return table|nil
function expression.affine(op, first, by)
  if op == "Neg" then return { { multiply = -1 } } end
  if op == "Add" then return { { add = by } } end
  if op == "Mul" then return { { multiply = by } } end
  if op == "Sub" and first then return { { subtract = by } } end
  if op == "Sub" then return { { multiply = -1 }, { add = by } } end
  if op == "Div" and first then return { { divide = by } } end
end

--- If e is an affine operation of one expression and a number: that expression, and the parts.
local function outer(e)
  local a, b = e.args[1], e.args[2]
  if e.count > 2 then return nil end
  if e.count == 2 and (type(a) == "number") == (type(b) == "number") then return nil end
  local first = type(a) == "table"
  local parts = expression.affine(e.node.op, first, first and b or a)
  if parts then return first and a or b, parts end
end

--- e with x in the place of `part`; nil where x also stands elsewhere.
local function replace(e, part, known)
  if e == part then return expression.x end
  if e == expression.x then return nil end
  if known[e] == nil then
    local args = {}
    known[e] = false
    for i, arg in pairs(e.args) do
      args[i] = type(arg) == "table" and replace(arg, part, known) or type(arg) == "number" and arg
      if not args[i] then return nil end
    end
    known[e] = { node = e.node, args = args, count = e.count, depth = e.depth,
      of_rows = e.of_rows, is_column = e.is_column }
  end
  return known[e] or nil
end

--- The first affine operation of x itself that is found in e.
local function innermost(e, seen)
  if seen[e] or e == expression.x then return nil end
  seen[e] = true
  local inner, parts = outer(e)
  if inner == expression.x then return e, parts end
  for _, arg in pairs(e.args) do
    if type(arg) == "table" then
      local found, of = innermost(arg, seen)
      if found then return found, of end
    end
  end
end

--- The activation that e is of affine operations of x: its name, those operations' parts, and
--- whether its result is negated: e(x) = -f(-x), as log-sigmoid is of softplus.
local function name_within(e, ruler)
  local inside = {}
  for _ = 0, PEELS do
    ruler.work = ruler.work + e.depth
    if ruler.work > MOST_WORK then common.fail(e.node, "too much is spelt out to look at") end
    local name = nearest(ruler, expression.evaluate(e, ruler.x))
    if name then return name, inside end
    name = nearest(ruler, expression.evaluate(e, -ruler.x) * -1)
    if name then
      inside[#inside + 1] = { multiply = -1 }
      return name, inside, true
    end
    local part, parts = innermost(e, {})
    if not part or part == e then return nil end
    for _, each in ipairs(parts) do inside[#inside + 1] = each end
    e = replace(e, part, {})
    if not e then return nil end
  end
end

-- -- Rows -----------------------------------------------------------------------------------------

--- Functions of whole rows, as steps and as what they give of a matrix.
local row_functions = {
  { { kind = "activation", name = "softmax" }, function(x)
    return (x - x:logsumexp(2, true)):exp()
  end },
  { { kind = "activation", name = "log_softmax" }, function(x)
    return x - x:logsumexp(2, true)
  end },
  { { kind = "normalize", norm = "l1" }, function(x) return x / x:norm(1, 2, true) end },
  { { kind = "normalize", norm = "l2" }, function(x) return x / x:norm(2, 2, true) end },
  { { kind = "normalize", norm = "max" }, function(x) return x / (x:abs():max(2, true)) end },
}

--- The step that e is, a function of rows; nil where it is none of them.
local function row_step(e, tolerance)
  local x = tensor.linspace(-4, 5, 60, { dtype = "float64" }):sin():mul(3):view(12, 5)
  local values = expression.evaluate(e, x)
  for _, entry in ipairs(row_functions) do
    local near = (values - entry[2](x)):abs():le(tolerance)
    if values.dtype == "float64" and near:all() then return entry[1] end
  end
end

-- -- Steps ----------------------------------------------------------------------------------------

--- "elu 0.5", or the name of the node where it ends.
local function name_of(e)
  local alpha = e.node.attributes.alpha
  if e.count > 1 or e.args[1] ~= expression.x then
    return e.node.name ~= "" and e.node.name or e.node.op
  end
  return e.node.op:lower() .. (type(alpha) == "number" and (" %g"):format(alpha) or "")
end

--- The central difference of f where z changes by h.
local function slope(f, z, h) return (f(z + h) - f(z - h)) / (h:abs():max(2, true) * 2) end

--- An activation of the file's own. Its slope is a central difference in float64, for functions of
--- rows one for each column.
local function custom(e)
  local function forward(z) return expression.evaluate(e, z) end
  local function backward_of_rows(_, dy, z)
    local wide, out = z:double(), tensor.zeros_like(dy)
    for j = 1, z.shape[2] do
      local h = tensor.zeros_like(wide)
      h:select(2, j):copy_(wide:select(2, j):abs():clamp(1) * 1e-6)
      out:select(2, j):copy_((dy:double() * slope(forward, wide, h)):sum(2))
    end
    return out
  end
  local function backward(_, dy, z)
    local wide = z:double()
    local h = wide:abs():clamp(1) * 1e-6
    return dy * ((forward(wide + h) - forward(wide - h)) / (h * 2)):to(dy.dtype)
  end
  return { name = name_of(e), forward = forward,
    backward = e.of_rows and backward_of_rows or backward }
end

local function affine_step(parts)
  parts.kind = "affine"
  return parts
end

--- The steps that e is as a whole: of rows, or with affine parts before it and a sign behind it.
local function steps_of_core(e, ruler, in_front)
  if e.of_rows then
    local step = row_step(e, ruler.tolerance)
    return step and (step.kind == "activation" or in_front) and { step } or nil
  end
  local name, inside, negated = name_within(e, ruler)
  if not name then return nil end
  local steps = {}
  for i, parts in ipairs(inside) do steps[i] = affine_step(parts) end
  steps[#steps + 1] = { kind = "activation", name = name }
  if negated then steps[#steps + 1] = affine_step { multiply = -1 } end
  return steps
end

local function is_affine(e)
  while e ~= expression.x do
    e = outer(e)
    if not e then return false end
  end
  return true
end

--- What e does as steps of a chain: affine ones, activations, and normalize where no layer stands
--- before it.
---@param e table
---@param ruler table
---@param in_front boolean|nil
---@return table[]
function expression.steps(e, ruler, in_front)
  local behind, steps, whole, exactly = {}, {}, e, is_affine(e)
  if e.is_column then common.fail(e.node, "it makes one number of a row") end
  while e ~= expression.x do
    local core = not exactly and steps_of_core(e, ruler, in_front)
    if core then
      steps = core
      break
    end
    local inner, parts = outer(e)
    if not inner or not exactly and #behind > PEELS then
      return { { kind = "activation", name = custom(whole) } }
    end
    for i = #parts, 1, -1 do table.insert(behind, 1, affine_step(parts[i])) end
    e = inner
  end
  for _, step in ipairs(behind) do steps[#steps + 1] = step end
  return steps
end

return expression
