--- The operators of ONNX that Mah reads, as functions of tensors, by the opsets 7 to 21.
---
---     local y = operators.run({ op = "Relu", domain = "", attributes = {}, opset = 17 }, { x })
---
--- Values are tensors, and for texts {strings = list, shape = sizes}. A bool is uint8; INT8, INT16
--- and UINT16 are int32; FLOAT16 is float32.
local common = require "mah.exchange.onnx.operators.common"
local elementwise = require "mah.exchange.onnx.operators.elementwise"
local layers = require "mah.exchange.onnx.operators.layers"
local ml = require "mah.exchange.onnx.operators.ml"
local shapes = require "mah.exchange.onnx.operators.shapes"

local operators = { elementwise = {}, oldest = 7, newest = 21 }

--- domain -> op -> function(node, inputs ...) -> outputs ...
local known = { [""] = {}, ["ai.onnx.ml"] = {} }

for op, f in pairs(elementwise) do
  if type(f) == "function" then
    known[""][op], operators.elementwise[op] = f, true
  end
end
operators.tests = elementwise.tests
for _, source in ipairs { layers, shapes } do
  for op, f in pairs(source) do
    if op:find "^%u" then known[""][op] = f end
  end
end
for op, f in pairs(ml) do
  if op:find "^%u" then known["ai.onnx.ml"][op] = f end
end

--- Is there such an operator here?
---@param op string
---@param domain string|nil   "" or "ai.onnx.ml"
---@return boolean
function operators.knows(op, domain)
  return known[domain or ""] ~= nil and known[domain or ""][op] ~= nil
end

--- How many elements come out at most: the product of the larger sizes, or of picked positions.
local function most_elements(node, inputs)
  local largest, sum, product = {}, 0, 1
  for _, x in pairs(inputs) do
    local sizes = x.shape
    sum, product = sum + common.product(sizes), product * common.product(sizes)
    for d = 1, #sizes do
      largest[d] = math.max(largest[d] or 1, sizes[#sizes + 1 - d])
    end
  end
  if node.op == "Concat" then return sum end
  return node.op == "Gather" and product or common.product(largest)
end

--- The operators of a domain.
---@param domain string|nil   "" or "ai.onnx.ml"
---@return string[]
function operators.names(domain)
  local names = {}
  for op in pairs(known[domain or ""]) do names[#names + 1] = op end
  table.sort(names)
  return names
end

--- The operators that also move texts.
local of_texts = { Identity = true, Gather = true, Reshape = true, ArrayFeatureExtractor = true }

--- What a node gives. Errors name it.
---@param node table       {op, domain, attributes, opset, name, outputs; where: the file;
---  most: how many elements an output may have}
---@param inputs table     values; nil or false where one is left out
---@param count integer|nil   how many there are, if some at the end are left out
---@return table outputs
function operators.run(node, inputs, count)
  local f = known[node.domain or ""] and known[node.domain or ""][node.op]
  if not f then common.fail(node, "Mah does not read such an operator") end
  count = count or table.maxn(inputs)
  local given = {}
  for i = 1, count do
    if inputs[i] then given[i] = inputs[i] end
  end
  local most = node.most and most_elements(node, given) or 0
  if most > (node.most or 0) then common.fail(node, "it gives up to %.0f elements", most) end
  for _, x in pairs(given) do
    if common.texts(x) and not of_texts[node.op] then common.fail(node, "of texts") end
  end
  node.run = function(op, ...) return known[""][op](node, ...) end
  return common.guard(node, f, node, unpack(given, 1, count))
end

return operators
