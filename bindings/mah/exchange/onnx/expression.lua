--- A function of single elements that a graph spells out in nodes (GELU as x / sqrt 2, Erf, + 1,
--- x times it, / 2 ...): which activation of Mah's it is, whoever wrote it and in whatever form.
---
---     local e = expression.new(relu_node, { expression.x })
---     for _, step in ipairs(expression.steps(e, 2e-7)) do ... end      -- steps of a chain
---
--- Functions are told by their values, at points where no two activations agree. What none of them
--- is becomes an activation of the file's own.
local activations = require "mah.learn.activation"
local cat = require("mah.tensor.index").cat
local common = require "mah.exchange.onnx.operators.common"
local mlp = require "mah.learn.mlp"
local operators = require "mah.exchange.onnx.operators"
local tensor = require "mah.tensor"

local DEEPEST, MOST = 100, 500 -- operations behind one another, and in all

local expression = { x = { depth = 0 } }

---@param node table    of the graph
---@param args table    expressions and numbers
---@return table
function expression.new(node, args)
  local depth = 0
  for _, arg in pairs(args) do
    if type(arg) == "table" then depth = math.max(depth, arg.depth) end
  end
  if depth >= DEEPEST then common.fail(node, "more than %d operations without weights", DEEPEST) end
  return { node = node, args = args, count = table.maxn(args), depth = depth + 1 }
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

--- Points, and the values of all activations there: what functions are told by.
local function new_ruler(tolerance)
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
  return { x = x, named = named, tolerance = tolerance }
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
    known[e] = { node = e.node, args = args, count = e.count, depth = e.depth }
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
  while e do
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

--- An activation of the file's own. Its slope is a central difference in float64.
local function custom(e)
  local function forward(z) return expression.evaluate(e, z) end
  return { name = name_of(e), forward = forward,
    backward = function(_, dy, z)
      local wide = z:double()
      local h = wide:abs():clamp(1) * 1e-6
      return dy * ((forward(wide + h) - forward(wide - h)) / (h * 2)):to(dy.dtype)
    end }
end

local function affine_step(parts)
  parts.kind = "affine"
  return parts
end

local function is_affine(e)
  while e ~= expression.x do
    e = outer(e)
    if not e then return false end
  end
  return true
end

--- What e does as steps of a chain: {affine = parts} in order and {activation = name or table}.
---@param e table
---@param tolerance number   how far from an activation's values it may be
---@return table[]
function expression.steps(e, tolerance)
  local behind, steps, whole, exactly = {}, {}, e, is_affine(e)
  local ruler = not exactly and new_ruler(tolerance)
  while e ~= expression.x do
    local name, inside, negated
    if not exactly then name, inside, negated = name_within(e, ruler) end
    if name then
      for _, parts in ipairs(inside) do steps[#steps + 1] = affine_step(parts) end
      steps[#steps + 1] = { kind = "activation", name = name }
      if negated then steps[#steps + 1] = affine_step { multiply = -1 } end
      break
    end
    local inner, parts = outer(e)
    if not inner then return { { kind = "activation", name = custom(whole) } } end
    for i = #parts, 1, -1 do table.insert(behind, 1, affine_step(parts[i])) end
    e = inner
  end
  for _, step in ipairs(behind) do steps[#steps + 1] = step end
  return steps
end

return expression
