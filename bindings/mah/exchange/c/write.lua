--- Models as C source: one header for C99 and C++ that needs math.h alone, with the weights, the
--- scalers and encoders before and the class names behind the network. Nothing is allocated, and
--- threads may share it. clf:save "model.h" and net:save "model.h" come here.
---
---     clf:save("digits.h", { weights = "int8", data = { x, y } })
---
--- The head comment of the file tells how it is called. All names begin with the file's name, or
--- with `name`:
---
---     void digits_predict(const float *x, float *p)    one row: x[digits_inputs] to
---                                                      p[digits_outputs], as predict_proba,
---                                                      predict, net:forward or transform say it
---     int digits_classify(const float *x)              a classifier's class, its place (from 0)
---                                                      among digits_classes; for several labels at
---                                                      a time (x, int *labels): how many there are
---
--- A table's pipeline takes its columns side by side, each at its digits_column_NAME; a category is
--- a value of the column's enum, a missing one NaN or digits_NAME_missing. Numbers are computed as
--- Mah computes them: a float64 network, and scalers, in double, so that probabilities are within
--- 1e-6 of Mah's. Columns that float cannot hold (large numbers that differ by little) want
--- dtype = "float64": x and p are double then.
---
--- Networks of mah.network go out as they do to ONNX files (mah.exchange.onnx.write), with one
--- output. x has the row in C's order, several inputs side by side in the order of their names,
--- and whole numbers as real ones.
---
--- C cannot complain. A category that fit never saw gives zeros after OneHotEncoder, whatever
--- handle_unknown says, and NaN after an OrdinalEncoder without unknown_value; a missing value that
--- nothing fills gives NaN, and so does a code that an embedding has no row for.
local C = require "mah.base.library"
local activations = require "mah.learn.activation"
local check = require "mah.base.check"
local ffi = require "ffi"
local file = require "mah.base.file"
local functions = require "mah.exchange.c.functions"
local inputs = require "mah.exchange.c.inputs"
local int8 = require "mah.exchange.c.int8"
local literal = require "mah.exchange.c.literal"
local lower = require "mah.exchange.lower"
local operations = require "mah.exchange.c.operations"
local options = require "mah.base.options"
local source = require "mah.exchange.c.source"
local text_of = require "mah.base.text"

local write = {}

-- -- Functions ------------------------------------------------------------------------------------

--- The statements that compute a row into the array of the result.
local function add_nodes(s, p)
  for _, node in ipairs(p.nodes) do
    local write_node = check.that(operations[node.op], "cannot write %s as C", node.op)
    write_node(s, node)
  end
end

--- NAME_compute: the result in the precision that it is computed in.
local function compute(s, value, real)
  local result = s.arrays[value]
  s:loop(value.width, "y[j] = %s[j];", result)
  return ("static inline void %s_compute(const %s *x, %s *y) {\n%s\n}\n"):format(s.name, real,
    source.ctype(value.dtype), table.concat(s.body, "\n"))
end

local PREDICT = [[
static inline void NAME_predict(const REAL *x, REAL *p) {
  INNER y[WIDTH];
  NAME_compute(x, y);
  for (int j = 0; j < WIDTH; j++) p[j] = (REAL)y[j];
}
]]

local PREDICT_SAME = [[
static inline void NAME_predict(const REAL *x, REAL *p) {
  NAME_compute(x, p);
}
]]

local CLASSIFY = [[
static inline int NAME_classify(const REAL *x) {
  INNER y[WIDTH];
  int best = 0;
  NAME_compute(x, y);
  for (int j = 1; j < WIDTH; j++) best = y[j] > y[best] ? j : best;
  return best;
}
]]

local CLASSIFY_ALL = [[
static inline int NAME_classify(const REAL *x, int *labels) {
  INNER y[WIDTH];
  int count = 0;
  NAME_compute(x, y);
  for (int j = 0; j < WIDTH; j++) count += labels[j] = y[j] > HALF;
  return count;
}
]]

--- The functions that are there to be called.
local function called(s, p, real)
  local value = p:ends()[1]
  local inner = source.ctype(value.dtype)
  local texts = { inner == real and PREDICT_SAME or PREDICT }
  if p.result.kind == "classifier" then
    texts[2] = p.result.multilabel and CLASSIFY_ALL or CLASSIFY
  end
  local words = { NAME = s.name, REAL = real, INNER = inner, WIDTH = ("%d"):format(value.width),
    HALF = literal.number(0.5, value.dtype) }
  return (table.concat(texts, "\n"):gsub("%f[%u]%u+%f[^%u]", words))
end

--- The array of classes.
local function add_classes(s, p)
  if not p.result.classes then return end
  local ctype, elements = literal.labels(p.result.classes)
  s:array_of(s.name .. "_classes", ctype, elements)
end

-- -- The head comment -----------------------------------------------------------------------------

local outputs = {
  classifier = "the probability of each class", regressor = "the predicted targets",
  network = "the outputs of the last layer", transformer = "the transformed columns",
}

--- How it is called; comments of C do not hold others but those of one line.
local function usage(s, p, real)
  local name, width = s.name, p:ends()[1].width
  local lines = { ("  %s x[%s_inputs], p[%s_outputs]; // %d, %d"):format(real, name, name,
    inputs.count(p), width), ("  %s_predict(x, p);"):format(name) }
  if p.result.multilabel then
    lines[3] = ("  int labels[%d], count = %s_classify(x, labels);"):format(width, name)
  elseif p.result.kind == "classifier" then
    lines[3] = ("  int k = %s_classify(x); // the class %s_classes[k]"):format(name, name)
  end
  return lines
end

--- Lines of a text: `before` stands before the first, as many blanks before the others.
local function add_paragraph(lines, text, before)
  before = before or ""
  for _, line in ipairs(literal.wrap(literal.comment(text), 96 - #before)) do
    lines[#lines + 1], before = before .. line, (" "):rep(#before)
  end
end

local function describe_columns(s, p, lines)
  for k, input in ipairs(p.inputs) do
    local what = s.enums[input] and "a value of enum " .. s.enums[input] or "a number"
    add_paragraph(lines, ("%s: %s"):format(input.column, what), ("  x[%d]  "):format(k - 1))
  end
  add_paragraph(lines, "A missing value is NaN, in a column of categories NaN or -1. Other numbers "
    .. "than an enum's are categories that are not known.")
end

--- Several matrices side by side, or rows that are arrays.
local function describe_matrices(p, lines)
  local parts = {}
  for i, input in ipairs(p.inputs) do
    local sizes = input.sizes and #input.sizes > 1 and " in C's order ("
      .. table.concat(input.sizes, " x ") .. ")" or ""
    parts[i] = ("%s%d %snumbers%s"):format(#p.inputs > 1 and input.name .. ": " or "", input.width,
      input.dtype == "int64" and "whole " or "", sizes)
  end
  add_paragraph(lines, ("x: a row of %s."):format(table.concat(parts, "; ")))
end

local function describe_x(s, p, net, lines)
  local first = p.inputs[1]
  if first.sizes then return describe_matrices(p, lines) end
  if first.column then
    add_paragraph(lines, ("x: a row's %d columns."):format(#p.inputs))
    return describe_columns(s, p, lines)
  end
  local bytes = net and net.input_scale ~= 1 and ("; bytes as numbers 0 to 255, which are scaled "
    .. "here by %.6g"):format(net.input_scale) or ""
  add_paragraph(lines, ("x: a row of %d numbers%s."):format(first.width, bytes))
end

local function describe_weights(given, lines)
  local m = given.measured
  if not m then return end
  add_paragraph(lines, ("Weights: int8, one scale for each output unit. %s on %d rows: %.6g with "
    .. "the model's own weights, %.6g with these."):format(given.score_name, m.rows, m.float,
    m.int8))
end

--- Only probabilities are of a size that is known: sums of large numbers differ by more than 1e-6.
local function describe_sums(p, value, given, lines)
  local near = p.result.kind == "classifier" and "within 1e-6 of Mah's outputs"
    or "within rounding of Mah's outputs"
  add_paragraph(lines, ("Computed in %s, %s%s. C99 or C++; math.h is all it needs (-lm). Nothing "
    .. "is allocated, nothing kept. Not for -ffast-math, which does not know NaN."):format(
    source.ctype(value.dtype), near, given.measured and " of these weights" or ""))
end

--- The comment that the file begins with.
local function head(s, p, given, real)
  local value = p:ends()[1]
  local lines = {}
  add_paragraph(lines, ("%s.h - a model as C source, written by Mah %s."):format(s.name,
    ffi.string(C.mah_version())))
  add_paragraph(lines, given.doc)
  lines[#lines + 1] = ""
  for _, line in ipairs(usage(s, p, real)) do lines[#lines + 1] = line end
  lines[#lines + 1] = ""
  describe_x(s, p, given.net, lines)
  add_paragraph(lines, ("p: %d numbers, %s."):format(value.width, outputs[p.result.kind]))
  if p.result.multilabel then
    add_paragraph(lines, ("labels[j], of %s_classes[j], is 1 where p[j] is above 1/2, else 0; "
      .. "count is how many are."):format(s.name))
  end
  if p.result.kind == "classifier" then
    add_paragraph(lines, ("A NaN in x that nothing fills makes all of p NaN, and %s_classify says "
      .. "0."):format(s.name))
  end
  describe_weights(given, lines)
  describe_sums(p, value, given, lines)
  return "/* " .. table.concat(lines, "\n * "):gsub(" +\n", "\n") .. "\n */\n"
end

-- -- Files ----------------------------------------------------------------------------------------

local FORM = [[
%s#ifndef MAH_%s_H
#define MAH_%s_H

#include <math.h>
%s
#ifdef __cplusplus
extern "C" {
#endif

enum { %s_inputs = %d, %s_outputs = %d };

%s
#ifdef __cplusplus
}
#endif

#endif
]]

--- A network's layers by the names of their nodes.
local function networks_nodes(p)
  local found = {}
  for _, layers in pairs(p.networks) do
    for _, layer in ipairs(layers) do found[layer.name] = true end
  end
  return found
end

local OWN_NAMES = { "inputs", "outputs", "predict", "classify", "compute", "classes" }

--- Keeps the names that others may not have.
local function reserve(s)
  for _, list in ipairs { OWN_NAMES, functions.names } do
    for _, own in ipairs(list) do s:global(own) end
  end
end

local function names_of(list)
  local names = {}
  for i, output in ipairs(list) do names[i] = output.name end
  return table.concat(names, ", ")
end

--- The text of a header of a program.
---@param p mah.Program
---@param given {name: string, dtype: string, doc: string, int8: boolean, measured: table|nil,
---  net: table|nil, score_name: string}
---@return string
function write.text(p, given)
  check.that(#p:ends() == 1, "C source has one output, and this network has %d: %s", #p:ends(),
    names_of(p.result.outputs or {}))
  local s, name, real = source.new(given.name, p), given.name, source.ctype(given.dtype)
  reserve(s)
  if given.int8 then s.quantized = networks_nodes(p) end
  add_classes(s, p)
  local parts = inputs.declare(s, p, given.dtype)
  add_nodes(s, p)
  local value = p:ends()[1]
  local last = compute(s, value, real)
  for _, list in ipairs { s.constants, s.helpers, { last, called(s, p, real) } } do
    for _, text in ipairs(list) do parts[#parts + 1] = text end
  end
  return FORM:format(head(s, p, given, real), name, name, given.int8 and "#include <stdint.h>\n"
    or "", name, inputs.count(p), name, value.width, table.concat(parts, "\n"))
end

local rules = options.declare("save(\"model.h\")", {
  name = { nil, "string", nil, "the NAME in NAME_predict and NAME_classify; nil: the file's" },
  weights = { "float", { "float", "int8" }, nil,
    "\"int8\": weights are bytes, a quarter of the memory; needs data to say what that costs" },
  data = { nil, "table", nil,
    "{x, y}: rows on which the head comment tells what int8 costs in accuracy" },
  dtype = { "float32", { "float32", "float64" }, nil, "type of inputs and outputs" },
  x = { nil, "tensor|table", nil,
    "rows like those that a network of mah.network takes, where it does not know its columns" },
})

--- What all names of the file begin with.
local function name_of(path, given)
  local name = given or path:match "([^/]*)%.%w+$"
  if literal.is_identifier(name) then return name end
  local hint = given and "" or (", and names in the file begin with it; give one: save(%q, "
    .. "{name = \"model\"})"):format(path)
  check.raise("save: %s is no identifier of C%s", check.show(name), hint)
end

--- What int8 costs; nil for float weights.
local function measured(model, p, o)
  if o.weights ~= "int8" then
    check.that(o.data == nil, "save: data is for weights = \"int8\"")
    return nil
  end
  check.that(o.data and o.data[1] and o.data[2], "save: weights = \"int8\" needs data = {x, y}, on "
    .. "which the file says what it costs")
  check.that(next(p.networks), "save: there is no network in it, whose weights could be int8")
  for _, layers in pairs(p.networks) do
    check.that(layers[1], "save: weights = \"int8\" is for weights that are parameters by "
      .. "themselves and stand in one product each; this network computes some, or uses one twice")
  end
  return int8.measure(model, p, o.data)
end

--- What model:score means.
local function score_name(model, p)
  local loss = rawget(model, "loss_rule") -- of a network of a function in Lua
  if loss and not loss.score then return "Minus the loss" end
  local is_regression = p.result.kind == "regressor"
  if p.result.kind == "network" then
    is_regression = loss and loss.is_of_numbers
      or not loss and activations.is_regression(model.loss_function)
  end
  return is_regression and "R^2" or "Accuracy"
end

--- Writes the file, all or nothing.
---@param model table
---@param path string
---@param given {name: string?, weights: string?, data: table?, dtype: string?, x: any}|nil
---  name: what all names begin with, the file's unless told; weights: "float" or "int8", which
---  needs data = {x, y}; dtype: of x and p, "float32" unless told; x: rows like those that a
---  network of mah.network takes, where it does not know their columns
function write.save(model, path, given)
  local o = options(given, rules, "save")
  local name = name_of(path, o.name)
  local p = lower(model, { dtype = o.dtype, x = o.x, whole_weights = o.weights == "int8" })
  local is_network = rawget(model, "class") == nil
  file.write(path, write.text(p, { name = name, dtype = o.dtype, int8 = o.weights == "int8",
    doc = text_of.printable(tostring(model)), measured = measured(model, p, o),
    net = is_network and model, score_name = score_name(model, p) }))
end

return write
