--- Models as ONNX files: what predicts, with the scalers and encoders before and the class names
--- behind the network. clf:save "model.onnx" and net:save "model.onnx" come here.
---
---     clf:save("model.onnx", { opset = 15 })         -- 13 ... 17, 17 unless told
---
--- Inputs, of N rows (N is free): `x` (N, columns) in the network's dtype; or, where the model was
--- fitted to a table, one (N, 1) for each column that is used, under its name: double numbers, NaN
--- where one is missing (booleans are 0 and 1, dates seconds since 1970), or strings, "" where one
--- is missing. A network with an input scale takes bytes as numbers 0 ... 255. A network of
--- mah.network takes what its forward takes: rows of any sizes, whole numbers as int64, several
--- inputs under their names where x is a table. Where it does not know its columns, it is told:
---
---     net:save("model.onnx", { x = data.train.x })
---
--- Its forward is written down while it sees random rows (mah.exchange.trace), or, where it takes
--- none such, those of data.train.x: what mixes rows or has no operation here is refused by name,
--- and an `if` on what is in x takes one way for good.
---
--- Outputs: a classifier's `label` (N), int64 or string, and `probabilities` (N, classes); for
--- several labels at a time `label` is (N, classes) of 0 and 1. A regressor's `variable` (N,
--- targets), a network's `output` (or, where its forward gives a table, the names there), a
--- transformer's `variable`. Probabilities lie in [0, 1], which not all runtimes' Sigmoid and
--- Softmax do.
---
--- A graph cannot complain. A category that fit never saw gives zeros after OneHotEncoder, even
--- where handle_unknown is "error", and NaN after an OrdinalEncoder without unknown_value; a
--- missing value that nothing fills gives NaN.
local C = require "mah.base.library"
local check = require "mah.base.check"
local ffi = require "ffi"
local file = require "mah.base.file"
local graph = require "mah.exchange.onnx.graph"
local lower = require "mah.exchange.lower"
local operations = require "mah.exchange.onnx.operations"
local options = require "mah.base.options"
local state = require "mah.exchange.onnx.state"
local text_of = require "mah.base.text"
local warn = require "mah.base.warn"

local FREE = "N" -- the number of rows

local write = {}

-- -- Nodes ----------------------------------------------------------------------------------------

--- Complains of a name that a graph cannot have, or has already.
local function expect_name(g, name, what)
  check.that(name ~= "" and text_of.is_utf8(name), "%s has the name %s, which is no text", what,
    check.show(name))
  check.that(not g.taken[name], "%s has the name %s, as another one or an output", what,
    check.show(name))
end

local function add_inputs(g, p, names)
  for _, input in ipairs(p.inputs) do
    expect_name(g, input.name, input.column and "a column" or "an input")
    g:input(input.name, input.dtype, { FREE, unpack(input.sizes or { input.width }) })
    names[input] = input.name
    if input.sizes and #input.sizes ~= 1 then
      names[input] = g:node("Reshape", { input.name, g:constant({ 0, input.width }, "int64") })
    end
  end
end

local function add_nodes(g, p, names)
  for _, node in ipairs(p.nodes) do
    local inputs = {}
    for i, input in ipairs(node.inputs) do inputs[i] = names[input] end
    names[node.output] = operations[node.op](g, node, unpack(inputs))
  end
end

--- ONNX Runtime's Sigmoid is -6e-8 for z <= -18 in a browser.
local function within_one(g, name, dtype)
  return g:node("Clip", { name, g:number(0, dtype), g:number(1, dtype) })
end

-- -- Outputs --------------------------------------------------------------------------------------

--- The labels as ONNX has them.
local function labels_of(classes)
  local kind = type(classes[1])
  for _, label in ipairs(classes) do
    check.that(type(label) == kind, "classes of several types, such as %s and %s, have no place in "
      .. "an ONNX file", check.show(classes[1]), check.show(label))
  end
  return kind == "string" and "text" or kind == "boolean" and "bool" or "int64"
end

local function add_classifier(g, p, names)
  local result = p.result
  local value = result.probabilities
  local probabilities = within_one(g, names[value], value.dtype)
  if result.multilabel then
    local above = g:node("Greater", { probabilities, g:number(0.5, value.dtype) })
    g:output("label", g:node("Cast", { above }, { to = 7 }), "int64", { FREE, value.width })
  else
    local dtype = labels_of(result.classes)
    local best = g:node("ArgMax", { probabilities }, { axis = 1, keepdims = 0 })
    local label = g:node("Gather", { g:constant(result.classes, dtype), best }, { axis = 0 })
    g:output("label", label, dtype, { FREE })
  end
  g:output("probabilities", probabilities, value.dtype, { FREE, value.width })
end

local shares = { softmax = true, logistic = true, sigmoid = true }

local function add_value(g, output, names, name)
  local value = output.value
  local node, from = value.node, names[value]
  if node and (node.op == "activation" or node.op == "unary") and shares[node.name] then
    from = within_one(g, from, value.dtype)
  end
  local sizes = output.sizes or { value.width }
  if #sizes ~= 1 then
    from = g:node("Reshape", { from, g:constant({ 0, unpack(sizes) }, "int64") })
  end
  g:output(name, from, value.dtype, { FREE, unpack(sizes) })
end

local outputs = {
  classifier = { "label", "probabilities" }, regressor = { "variable" },
  transformer = { "variable" }, network = { "output" },
}

--- The names of what comes out.
local function outputs_of(result)
  local list = {}
  for i, output in ipairs(result.outputs or {}) do list[i] = output.name end
  return result.outputs and list or outputs[result.kind]
end

--- The bytes of an ONNX file of a program.
---@param p mah.Program
---@param given {opset: integer, doc: string, name: string, metadata: table}
---@return string
function write.bytes(p, given)
  local g, names = graph.new(given.opset), {}
  for _, name in ipairs(outputs_of(p.result)) do
    expect_name(g, name, "an output")
    g:reserve(name)
  end
  add_inputs(g, p, names)
  add_nodes(g, p, names)
  if p.result.kind == "classifier" then
    add_classifier(g, p, names)
  else
    local all = outputs_of(p.result)
    for i, output in ipairs(p.result.outputs or { p.result }) do
      add_value(g, output, names, all[i])
    end
  end
  return g:model {
    producer = "mah", version = ffi.string(C.mah_version()), doc = given.doc, name = given.name,
    metadata = given.metadata,
  }
end

-- -- Files ----------------------------------------------------------------------------------------

--- What mah.load makes the same model of, bit for bit; without it the graph is what it has.
local function state_text(model, p)
  local ok, text = pcall(state.state, model, p)
  if ok then return text end
  warn("save: mah.load will know this model by its graph only: %s", text_of.without_place(text))
end

local rules = options.declare("save(\"model.onnx\")", {
  opset = { graph.NEWEST, "integer", ("[%d, %d]"):format(graph.OLDEST, graph.NEWEST),
    "the version of ONNX's operators" },
  dtype = { nil, { "float32", "float64" }, nil, "type of the input, where nothing else says it; "
    .. "nil: the model's, float32 of transformers alone" },
  x = { nil, "tensor|table", nil,
    "rows like those that a network of mah.network takes, where it does not know its columns" },
})

--- An option that says nothing is warned about.
local function check_dtype(p, dtype)
  for _, input in ipairs(p.inputs) do
    if dtype and input.dtype ~= "text" and input.dtype ~= dtype then
      return warn("save: dtype is for transformers without a network; this model takes %s",
        input.dtype)
    end
  end
end

--- Writes the file, all or nothing.
---@param model table
---@param path string
---@param given {opset: integer?, dtype: string?, x: any}|nil   dtype: of the input of transformers
---  without a network, float32 unless told; x: rows like those that a network of mah.network takes,
---  where it does not know their columns, with their types and shapes
function write.save(model, path, given)
  local o = options(given, rules, "save")
  local p = lower(model, { dtype = o.dtype, x = o.x })
  check_dtype(p, o.dtype)
  local class = rawget(model, "class") or "Network"
  file.write(path, write.bytes(p, { opset = o.opset, name = class,
    doc = text_of.printable(tostring(model)), metadata = { mah = state_text(model, p) } }))
end

return write
