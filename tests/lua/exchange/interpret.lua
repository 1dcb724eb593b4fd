--- Programs run as program.lua tells what each operation means, plainly, in doubles that are
--- rounded to float32 where the values are.
---
---     local outputs = interpret(p, { x = matrix })             -- {{...}, ...}: rows
---     local outputs = interpret(p, { age = {...}, sex = {...} })
local ffi = require "ffi"
local mah = require "mah"

local single = ffi.new "float[1]"

local function rounded(value, dtype)
  if dtype ~= "float32" then return value end
  single[0] = value
  return tonumber(single[0])
end

local function is_missing(value) return value ~= value or value == "" end

local function is_marked(value, mark) return is_missing(value) or value == mark end

local function interpolate(x, knots, values)
  local n = #knots
  if x ~= x then return x end
  if x > knots[n] then return values[n] end
  if x < knots[1] then return values[1] end
  local i = n
  while knots[i] > x do i = i - 1 end
  if i == n then return values[n] end
  return (values[i + 1] - values[i]) / (knots[i + 1] - knots[i]) * (x - knots[i]) + values[i]
end

local function turned(list)
  local out = {}
  for i = 1, #list do out[i] = -list[#list + 1 - i] end
  return out
end

local function yeo_johnson(x, p)
  if x >= 0 then return math.abs(p) < 2 ^ -52 and math.log(1 + x) or ((x + 1) ^ p - 1) / p end
  if math.abs(p - 2) > 2 ^ -52 then return -((1 - x) ^ (2 - p) - 1) / (2 - p) end
  return -math.log(1 - x)
end

local function yeo_johnson_back(x, p)
  if x >= 0 then return math.abs(p) < 2 ^ -52 and math.exp(x) - 1 or (x * p + 1) ^ (1 / p) - 1 end
  if math.abs(p - 2) > 2 ^ -52 then return 1 - (-(2 - p) * x + 1) ^ (1 / (2 - p)) end
  return 1 - math.exp(-x)
end

--- Column by column, of x and constants or a second value; a single column stands for all.
local function each(f)
  return function(node, x, y)
    local out = {}
    for j = 1, node.output.width do
      local by = y and y[#y == 1 and 1 or j] or node.by and node.by[j]
      out[j] = f(x[#x == 1 and 1 or j], by, node, j)
    end
    return out
  end
end

local function truth(f)
  return each(function(x, by) return f(x, by) and 1 or 0 end)
end

local function norm_of(row, kind)
  local sum, most = 0, 0
  for _, value in ipairs(row) do
    sum = sum + (kind == "l2" and value * value or math.abs(value))
    most = math.max(most, math.abs(value))
  end
  return kind == "max" and most or kind == "l2" and math.sqrt(sum) or sum
end

--- Functions of single rows and activations are mah's own.
local function by_mah(row, f)
  return f(mah.tensor({ row }, { dtype = "float64" })):double():totable()[1]
end

local function activation(name, n)
  return function(x)
    local unit = mah.mlp { n, { n, name == "softmax" and "softmax" or name == "exp" and "exp"
      or name }, name ~= "softmax" and name ~= "exp" and { n, "identity" } or nil,
    dtype = "float64" }
    unit.params:zero_()
    for _, layer in ipairs(unit.layers) do layer.weight:copy_(mah.eye(n)) end
    return unit:forward(x)
  end
end

local operations = {
  cast = each(function(x) return x end),
  add = each(function(x, by) return x + by end),
  sub = each(function(x, by) return x - by end),
  mul = each(function(x, by) return x * by end),
  div = each(function(x, by) return x / by end),
  pow = each(function(x, by) return x ^ by end),
  minimum = each(function(x, by) return x > by and by or x end),
  maximum = each(function(x, by) return x < by and by or x end),
  eq = truth(function(x, by) return x == by end), ne = truth(function(x, by) return x ~= by end),
  lt = truth(function(x, by) return x < by end), le = truth(function(x, by) return x <= by end),
  gt = truth(function(x, by) return x > by end), ge = truth(function(x, by) return x >= by end),
  is_missing = each(function(x, _, node) return is_marked(x, node.value) and 1 or 0 end),
  fill_missing = each(function(x, by, node) return is_marked(x, node.value) and by or x end),
  power = each(function(x, _, node, j)
    return (node.inverse and yeo_johnson_back or yeo_johnson)(x, node.powers[j])
  end),
  interpolate = each(function(x, _, node) return interpolate(x, node.knots, node.values) end),
}

function operations.columns(node, x)
  local out = {}
  for j, place in ipairs(node.places) do out[j] = x[place] end
  return out
end

function operations.cat(_, ...)
  local out = {}
  for _, row in ipairs { ... } do
    for _, value in ipairs(row) do out[#out + 1] = value end
  end
  return out
end

function operations.sum(_, ...)
  local out = {}
  for _, row in ipairs { ... } do
    for j, value in ipairs(row) do out[j] = (out[j] or 0) + value end
  end
  return out
end

function operations.unary(node, x)
  return by_mah(x, function(t) return t[node.name](t) end)
end

function operations.one_hot(node, x)
  local out = {}
  for j, category in ipairs(node.categories) do
    local missing = category ~= category and is_missing(x[1])
    out[j] = (missing or x[1] == category) and 1 or 0
  end
  return out
end

function operations.ordinal(node, x)
  for k, category in ipairs(node.categories) do
    if x[1] == category then return { k - 1 } end
  end
  return { is_missing(x[1]) and node.missing or node.unknown }
end

function operations.bins(node, x)
  local count = 0
  for _, edge in ipairs(node.edges) do count = count + (edge <= x[1] and 1 or 0) end
  return { count }
end

function operations.quantiles(node, x)
  local q, r = node.quantiles, node.references
  local share = 0.5 * (interpolate(x[1], q, r) - interpolate(-x[1], turned(q), turned(r)))
  if x[1] == q[#q] then share = 1 end
  if x[1] == q[1] then share = 0 end
  return { share }
end

function operations.normalize(node, x)
  local out, norm = {}, norm_of(x, node.norm)
  for j, value in ipairs(x) do out[j] = norm == 0 and value or value / norm end
  return out
end

function operations.shares(_, x)
  local out, sum = {}, 0
  for _, value in ipairs(x) do sum = sum + value end
  for j, value in ipairs(x) do out[j] = sum == 0 and 1 / #x or value / sum end
  return out
end

function operations.monomials(node, x)
  local out = {}
  for j, product in ipairs(node.products) do
    out[j] = 1
    for _, k in ipairs(product) do out[j] = out[j] * x[k] end
  end
  return out
end

function operations.linear(node, x)
  return by_mah(x, function(t)
    local y = t:reshape(node.times or 1, -1):matmul(node.weight:double())
    return (node.bias and y + node.bias:double() or y):reshape(1, -1)
  end)
end

function operations.where(node, c, x, y)
  local out = {}
  local function at(row, j) return row[#row == 1 and 1 or j] end
  for j = 1, node.output.width do out[j] = at(c, j) ~= 0 and at(x, j) or at(y, j) end
  return out
end

function operations.fill(node) return node.by end

local function in_groups(node, x)
  return mah.tensor(x, { dtype = "float64" }):reshape(node.outer, node.count, node.inner)
end

local function flat(t) return t:reshape(-1):totable() end

function operations.reduce(node, x)
  local y = in_groups(node, x)
  return flat((y[node.name](y, 2)))
end

function operations.cumsum(node, x) return flat(in_groups(node, x):cumsum(2)) end

function operations.centre(node, x)
  local y = in_groups(node, x)
  return flat(y - y:mean(2, true))
end

function operations.product(node, x, y)
  local times = node.times or 1
  local a = mah.tensor(x, { dtype = "float64" }):reshape(times, node.rows, node.inner)
  local b = mah.tensor(y, { dtype = "float64" }):reshape(times, node.inner, node.columns)
  return flat(a:matmul(b))
end

function operations.lookup(node, x)
  local out = {}
  for _, code in ipairs(x) do
    local row = node.weight[code - node.first + 1]
    for j = 1, #row do out[#out + 1] = row[j] end
  end
  return out
end

function operations.activation(node, x) return by_mah(x, activation(node.name, #x)) end

local function run(p, row)
  local values = {}
  for _, input in ipairs(p.inputs) do values[input] = row[input.name] end
  for _, node in ipairs(p.nodes) do
    local inputs = {}
    for i, input in ipairs(node.inputs) do inputs[i] = values[input] end
    local out = operations[node.op](node, unpack(inputs))
    assert(#out == node.output.width, node.op .. " has another width than the program says")
    for j, value in ipairs(out) do
      if node.output.dtype ~= "text" then out[j] = rounded(value, node.output.dtype) end
    end
    values[node.output] = out
  end
  local all = {}
  for _, value in ipairs(p:ends()) do
    for _, number in ipairs(values[value]) do all[#all + 1] = number end
  end
  return all
end

return function(p, given)
  local rows, n = {}, nil
  for _, values in pairs(given) do n = #values end
  for i = 1, n do
    local row = {}
    for _, input in ipairs(p.inputs) do
      local value = given[input.name][i]
      if input.column and input.dtype == "text" and value ~= value then value = "" end
      row[input.name] = input.column and { value }
        or type(value) == "number" and { value } or value:reshape(-1):totable()
    end
    rows[i] = run(p, row)
  end
  return rows
end
