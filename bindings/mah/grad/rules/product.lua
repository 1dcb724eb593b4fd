--- Derivatives of products of vectors and matrices, of sums of products (einsum) and of
--- convolutions.
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local check = require "mah.base.check"
local einsum = require("mah.tensor.einsum").einsum
local equations = require "mah.tensor.einsum.equations"
local ffi = require "ffi"
local make = require "mah.tensor.make"
local o = require "mah.grad.operations"
local operands = require "mah.grad.operands"
local options = require "mah.base.options"
local product = require "mah.tensor.product"

local extents_t = ffi.typeof "int64_t[8]"
local raw, shape, scalar = operands.raw, operands.shape, operands.scalar

local function ndim(x) return raw(x).ndim end

-- -- Vectors and matrices -------------------------------------------------------------------------

local function are_floats(a, b) return a.elem == b.elem and a.elem <= C.MAH_FLOAT64 end

--- a b + bias of plain matrices, by the products that networks are made for.
local function affine(a, b, bias)
  local y = Type.new(a.elem, 2, ffi.new(extents_t, a.extent[0], b.extent[1]))
  check.status(C.mah_tensor_affine(y, a, b, bias, 0))
  return y
end

-- y = a b, both of two dimensions at least: dA = dY B^T, dB = A^T dY, summed over batches.
o.define_two("matmul_", function(a, b)
  local are_matrices = a.ndim == 2 and b.ndim == 2 and are_floats(a, b)
    and a.extent[1] == b.extent[0]
  return are_matrices and affine(a, b, nil) or product.matmul(a, b)
end,
  function(g, _, _, b) return o.matmul_(g, b:transpose(-1, -2)) end,
  function(g, _, a) return o.matmul_(a:transpose(-1, -2), g) end)

-- y = x W + b of matrices and a vector, which no gradient asks for.
o.define_three("linear_", affine,
  function(g, _, _, W) return o.matmul_(g, W:t()) end,
  function(g, _, x) return o.matmul_(x:t(), g) end,
  function(g) return g:sum(1) end)
o.rules.linear_.adds_c = true

--- x W + b. Of other dimensions or dtypes by matmul and add.
---@param x tensor         (..., inputs)
---@param W tensor         (inputs, outputs)
---@param b tensor|nil     (outputs)
---@return tensor          (..., outputs)
function o.linear(x, W, b)
  local v, w, c = raw(x), raw(W), b ~= nil and raw(b)
  if c and v.ndim == 2 and w.ndim == 2 and c.ndim == 1 and are_floats(v, w) and c.elem == v.elem
    and c.extent[0] == w.extent[1] then
    return o.linear_(x, W, b)
  end
  local y = o.matmul(x, W)
  return c and y + b or y
end

--- As mah.matmul; two vectors give a tensor without dimensions.
function o.matmul(a, b)
  Type.expect(raw(a), "matmul: first argument")
  Type.expect(raw(b), "matmul: second argument")
  local rows, columns = ndim(a) == 1, ndim(b) == 1
  if rows and columns then return o.dot(a, b) end
  if rows then return o.matmul_(a:unsqueeze(1), b):squeeze(-2) end
  if columns then return o.matmul_(a, b:unsqueeze(2)):squeeze(-1) end
  return o.matmul_(a, b)
end

o.define_two("dot", function(a, b)
  if a.elem ~= b.elem then return a:mul(b):sum(1) end
  return scalar(a, product.dot(a, b))
end, function(g, _, _, b) return g * b end, function(g, _, a) return g * a end)

o.define_two("outer", product.outer, function(g, _, _, b) return o.matmul(g, b) end,
  function(g, _, a) return o.matmul(a, g) end)

o.define_two("vecdot", product.vecdot,
  function(g, _, _, b) return g:unsqueeze(-1) * b end,
  function(g, _, a) return g:unsqueeze(-1) * a end)

function o.mm(a, b, given)
  if given ~= nil and (given.out ~= nil or given.beta ~= nil) then
    check.raise "mm: out and beta write to a matrix; a gradient needs a new one, a:matmul(b)"
  end
  local y = o.matmul(a, b)
  return given and given.alpha and y * given.alpha or y
end

--- As mah.kron: a's dimensions and b's in turn, then joined in pairs.
function o.kron(a, b)
  local n = math.max(ndim(a), ndim(b))
  local a_sizes, b_sizes, sizes = {}, {}, {}
  for d = 1, n do
    local i, j = d - (n - ndim(a)), d - (n - ndim(b))
    local p, q = i > 0 and raw(a):size(i) or 1, j > 0 and raw(b):size(j) or 1
    a_sizes[2 * d - 1], a_sizes[2 * d], b_sizes[2 * d - 1], b_sizes[2 * d] = p, 1, 1, q
    sizes[d] = p * q
  end
  return (a:reshape(a_sizes) * b:reshape(b_sizes)):reshape(sizes)
end

-- -- Einstein's summation -------------------------------------------------------------------------

--- The operand with a repeated letter's dimensions taken as their diagonal, and its letters.
local function without_repeats(x, letters)
  for i = 1, #letters do
    local j = letters:find(letters:sub(i, i), i + 1, true)
    if j then
      local rest = letters:sub(1, i - 1) .. letters:sub(i + 1, j - 1) .. letters:sub(j + 1)
      return without_repeats(x:diagonal(0, i, j), rest .. letters:sub(i, i))
    end
  end
  return x, letters
end

--- The letters of each operand, and those of the result; dimensions of "..." get letters too.
local function letters_of(equation, list)
  local plain, letter_of, unused = {}, {}, {}
  for i = 1, #list do plain[i] = Type.expect(raw(list[i]), "einsum") end
  for letter in ("ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcba"):gmatch "." do
    if not equation:find(letter, 1, true) then unused[#unused + 1] = letter end
  end
  local function written(names)
    local text = ""
    for _, name in ipairs(names) do
      if #name > 1 and not letter_of[name] then letter_of[name] = table.remove(unused) end
      text = text .. (letter_of[name] or name)
    end
    return text
  end
  local labels, output = equations.label(equations.parse(equation), equation, plain)
  local inputs = {}
  for k = 1, #labels do inputs[k] = written(labels[k]) end
  return inputs, written(output)
end

--- The equation of the gradient of operand k: the result and the other operands, to its letters.
--- Letters that stand in it alone were summed over, and come back by a vector of ones.
local function gradient_of(g, list, k, inputs, output)
  local parts, tensors, letters = { output }, { g }, inputs[k]
  local others = output
  for i, part in ipairs(inputs) do
    if i ~= k then
      parts[#parts + 1], tensors[#tensors + 1] = part, list[i]
      others = others .. part
    end
  end
  for i = 1, #letters do
    local letter = letters:sub(i, i)
    if not others:find(letter, 1, true) then
      parts[#parts + 1] = letter
      tensors[#tensors + 1] = make.ones(raw(list[k]):size(i), { dtype = raw(list[k]).dtype })
    end
  end
  tensors.n = #tensors
  local dx = o.einsum_(tensors, table.concat(parts, ",") .. "->" .. letters, false)
  local have, want = shape(dx), shape(list[k])
  for d = 1, #want do
    if have[d] == 1 then have[d] = want[d] end -- the others have one of size 1 for the letter
  end
  return o.expand_(dx, have)
end

o.define_many("einsum_", function(list, equation) return einsum(equation, list) end,
  function(g, _, list, places, equation)
    local gradients, inputs = {}, {}
    local left, output = equation:match "^(.*)%->(.*)$"
    for part in (left .. ","):gmatch "(.-)," do inputs[#inputs + 1] = part end
    for k = 1, list.n do
      if places[k] > 0 then gradients[k] = gradient_of(g, list, k, inputs, output) end
    end
    return gradients
  end)

--- As mah.einsum. Every letter has one size: of "..." too.
function o.einsum(equation, a, b, c, d, e, f, g, h)
  local given = { a, b, c, d, e, f, g, h }
  if type(a) == "table" and not operands.is_traced(a) then given = { unpack(a) } end
  local inputs, output = letters_of(equation, given)
  local list = { n = #given }
  for i = 1, #given do list[i], inputs[i] = without_repeats(given[i], inputs[i]) end
  return o.einsum_(list, table.concat(inputs, ",") .. "->" .. output, false)
end

-- -- Convolution ----------------------------------------------------------------------------------

local conv1d_rules = options.declare("", {
  bias = { nil, "any" },
  stride = { 1, "integer", "[1, inf)" },
  padding = { 0, "integer", "[0, inf)" },
  dilation = { 1, "integer", "[1, inf)" },
  groups = { 1, "integer", "[1, inf)" },
})

local function padded(x, padding)
  if padding == 0 then return x end
  local sizes = shape(x)
  sizes[3] = padding
  local zeros = operands.zeros(x, sizes)
  return o.cat({ zeros, x, zeros }, 3)
end

--- As mah.conv1d: the windows of x, and the sum of their products with each kernel.
function o.conv1d(x, w, given)
  local s = options(given, conv1d_rules, "conv1d")
  local k, groups = raw(w):size(3), s.groups
  local windows = padded(x, s.padding):unfold(3, (k - 1) * s.dilation + 1, s.stride)
  if s.dilation > 1 then windows = windows { {}, {}, {}, { 1, -1, s.dilation } } end
  local batch, channels, times = unpack(shape(windows))
  local outs = raw(w):size(1)
  windows = windows:reshape(batch, groups, channels / groups, times, k)
  local y = o.einsum("bgctk,gock->bgot", windows,
    w:reshape(groups, outs / groups, channels / groups, k)):reshape(batch, outs, times)
  return s.bias and y + s.bias:reshape(1, -1, 1) or y
end

return o
