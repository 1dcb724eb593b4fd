-- Models as C source: compilers take it without a warning, and it says what Mah says.
local lower = require "mah.exchange.lower"
local mah = require "mah"
local models = require "exchange.models"
local tools = require "exchange.c_tools"

local p = mah.preprocessing
local classifier, columns, labels = models.classifier, models.columns, models.labels

--- Numbers that float has, in either precision.
local function matrix(n, d, dtype) return models.matrix(n, d):to(dtype or "float32") end

-- -- Cases: models with rows, and what Mah says of these ------------------------------------------

local folder, cases

local function new_folder()
  folder, cases = os.tmpname(), {}
  os.remove(folder)
  os.execute("mkdir " .. folder)
end

local function remove_folder()
  os.execute("rm -r " .. folder)
  folder, cases = nil, nil
end

--- Rows of a table's columns, as the header wants them: categories by their numbers.
local function rows_of_columns(model, lists, header, name)
  local rows = {}
  for k, input in ipairs(lower(model).inputs) do
    local codes = tools.categories(header, name .. "_" .. input.column:gsub("%W", "_"))
    for i, value in ipairs(lists[input.column]) do
      rows[i] = rows[i] or {}
      rows[i][k] = type(value) == "string" and (codes[value] or 77) or value
      if input.dtype == "text" and value ~= value and i % 2 == 0 then rows[i][k] = -1 end
    end
  end
  return rows
end

--- Writes a model and what it should say.
---@param data tensor|table   rows, or columns
local function add(model, data, expected, given)
  given = given or {}
  local name = ("case%d"):format(#cases + 1)
  model:save(folder .. "/" .. name .. ".h", given)
  local real = given.dtype == "float64" and "double" or "float"
  local rows = type(data) == "cdata" and data:totable()
    or rows_of_columns(model, data, mah.file.read(folder .. "/" .. name .. ".h"), name)
  tools.write_rows(folder .. "/" .. name .. ".x", rows, real)
  cases[#cases + 1] = { name = name, real = real, p = expected,
    about = tostring(model):sub(1, 200) }
  return cases[#cases]
end

local function add_classifier(model, data, given)
  local one = add(model, data, model:predict_proba(data), given)
  one.k, one.labels, one.classes = model:predict(data), "one", model.classes_
  if type(one.k) == "cdata" and one.k.ndim == 2 then one.labels = one.k.shape[2] end
end

local function add_networks()
  for _, dtype in ipairs { "float32", "float64" } do
    local x = matrix(20, 5, dtype)
    for i, name in ipairs(models.activations) do
      local net = mah.mlp { 5, { 7, name }, { 6, name }, { 3, "softmax" }, seed = i, dtype = dtype }
      add(net, x, net:forward(x))
      net = mah.mlp { 5, { 9, name }, { 2, "identity" }, seed = i, dtype = dtype }
      add(net, x * 20, net:forward(x * 20)).slack = 20 -- the sums are so much larger
    end
    for _, output in ipairs { "identity", "exp", "logistic", "softmax" } do
      local net = mah.mlp { 5, { 7, "tanh", dropout = 0.5 }, { 2, output }, seed = 1,
        dtype = dtype }
      add(net, x, net:forward(x))
    end
    for _, sizes in ipairs { { 1, 1 }, { 2, 3 }, { 4, 17 }, { 7, 8 }, { 8, 9 }, { 33, 33 },
      { 131, 9 }, { 203, 2 } } do
      local net = mah.mlp { sizes[1], { sizes[2], "relu" }, { 2, "identity" }, seed = 1,
        dtype = dtype }
      x = matrix(20, sizes[1], dtype)
      x:narrow(1, 1, 10):relu_() -- zeros
      add(net, x, net:forward(x), { dtype = dtype })
    end
  end
  local net = mah.mlp { 3, { 4, "softmax" }, seed = 1 }:scale_inputs(1 / 255)
  local bytes = mah.randint(0, 255, { 5, 3 }, { rng = mah.rng(1), dtype = "uint8" })
  add(net, bytes:float(), net:forward(bytes))
end

local function add_estimators()
  models.each_estimator(function(model, x, about)
    if about.is_classifier then add_classifier(model, x) else add(model, x, model:predict(x)) end
    cases[#cases].slack = about.slack
  end)
end

local function add_transformers()
  models.each_transformer(matrix(40, 3, "float64"), function(step, x)
    add(step, x, step:transform(x), { dtype = x.dtype })
  end)
end

local function add_targets()
  models.each_target(function(model, x, steep)
    add(model, x, model:predict(x)).slack = steep
  end)
end

local function add_pipelines()
  add_classifier(models.of_matrix())
  local y = labels(40, { "no", "yes" })
  local model = models.of_table(mah.MLPClassifier { max_iter = 20, random_state = 1 })
  model:fit(columns(), y)
  for _, dtype in ipairs { "float32", "float64" } do
    add_classifier(model, columns(), { dtype = dtype })
  end
  local colors = { ["the color"] = columns()["the color"] }
  local one_hot = p.OneHotEncoder { handle_unknown = "ignore" }:fit(colors)
  colors = { ["the color"] = { "red", "mauve", "green" } }
  add(one_hot, colors, one_hot:transform(colors))
end

-- -- Comparing ------------------------------------------------------------------------------------

local function flat(expected)
  return expected:double():contiguous():view(expected:numel())
end

local function check_numbers(one)
  local got, wanted = tools.read_numbers(folder .. "/" .. one.name .. ".p", one.real), flat(one.p)
  local furthest = 0
  assert.equal(#wanted, #got, one.about)
  for i = 1, #wanted do
    local w, g = wanted[i], got[i]
    local slack = 1e-6 * math.max(1, math.abs(w)) * (one.slack or 1)
    if w == w then furthest = math.max(furthest, math.abs(w - g)) end
    if not (w ~= w and g ~= g or w == g or math.abs(w - g) <= slack) then
      error(("%s (%s): output %d is %.9g, not %.9g"):format(one.about, one.name, i, g, w))
    end
  end
  return furthest
end

local function check_labels(one)
  if not one.k then return end
  local got = tools.read_numbers(folder .. "/" .. one.name .. ".k", "int")
  if one.labels ~= "one" then return assert.same(flat(one.k):totable(), got) end
  for i, k in ipairs(got) do assert.equal(one.k[i], one.classes[k + 1], one.about) end
end

describe("C source", function()
  setup(function()
    mah.warnings(false)
    new_folder()
    add_networks()
    add_estimators()
    add_transformers()
    add_targets()
    add_pipelines()
    mah.warnings(true)
  end)
  teardown(remove_folder)

  for _, compiler in ipairs { "gcc", "clang", "gcc, UBSan" } do
    it("says what mah says: " .. compiler, function()
      local there, why = tools.has(compiler)
      if not there then return pending(why) end
      tools.output(compiler, folder, tools.driver(cases))
      for _, one in ipairs(cases) do
        check_numbers(one)
        check_labels(one)
      end
    end)
  end

  for _, compiler in ipairs { "g++", "arm-none-eabi-gcc" } do
    it("is compiled by " .. compiler, function()
      local there, why = tools.has(compiler)
      if not there then return pending(why) end
      local text = {}
      for i, one in ipairs(cases) do text[i] = ('#include "%s.h"\n'):format(one.name) end
      tools.compile(compiler, folder, table.concat(text) .. "int main(void) { return 0; }\n", true)
    end)
  end
end)

describe("C source of whole numbers of a byte", function()
  before_each(function()
    mah.warnings(false)
    new_folder()
  end)
  after_each(function()
    mah.warnings(true)
    remove_folder()
  end)

  --- What the head comment says: rows, and the scores with the own weights and with int8.
  local function said_in(name)
    local text = mah.file.read(folder .. "/" .. name):gsub("\n %* ", " ")
    return text:match "(%S+) on (%d+) rows: (%S+) with the model's own weights, (%S+) with these%."
  end

  --- The share of rows whose label the compiled header says right.
  local function accuracy_in_c(model, data, compiler)
    local name = cases[#cases].name
    tools.output(compiler, folder, tools.driver { cases[#cases] })
    local right = 0
    for i, k in ipairs(tools.read_numbers(folder .. "/" .. name .. ".k", "int")) do
      if model.classes_[k + 1] == data.y[i] then right = right + 1 end
    end
    return right / #data.y
  end

  local function try(model, data)
    local own, params = model:score(data.x, data.y), model.network.params:clone()
    add(model, data.x, data.x, { weights = "int8", data = { data.x, data.y } }).labels = "one"
    assert.same(params:totable(), model.network.params:totable())
    local what, rows, float, int8 = said_in(cases[#cases].name .. ".h")
    assert.same({ "Accuracy", #data.y, ("%.6g"):format(own) }, { what, tonumber(rows), float })
    for _, compiler in ipairs { "gcc", "clang" } do
      local there, why = tools.has(compiler)
      if there then
        assert.equal(int8, ("%.6g"):format(accuracy_in_c(model, data, compiler)))
      else
        io.stderr:write("c_spec: ", why, ": int8 is not tested with it\n")
      end
    end
    return own, tonumber(int8)
  end

  it("has the accuracy that its head comment says", function()
    local x = matrix(200, 5)
    local y = (x:select(2, 1) * x:select(2, 2)):gt(0):int()
    try(classifier(x, y, { max_iter = 200 }), { x = x, y = y })
  end)

  it("costs little on MNIST, and floats cost nothing", function()
    local source = os.getenv "MAH_MNIST"
    if not source or source == "" then
      io.stderr:write "c_spec: MAH_MNIST IS NOT SET: int8 WAS NOT TRIED ON MNIST\n"
      return pending "MAH_MNIST is not set"
    end
    local data = mah.data.mnist(source)
    local clf = mah.MLPClassifier { hidden_layer_sizes = { 30 }, max_iter = 3, random_state = 1 }
      :fit(data.train.x, data.train.y)
    add_classifier(clf, data.test.x)
    tools.output("gcc", folder, tools.driver(cases))
    io.stderr:write(("MNIST in C: probabilities within %.1g\n"):format(check_numbers(cases[1])))
    check_labels(cases[1])
    local own, int8 = try(clf, data.test)
    io.stderr:write(("MNIST in C, 784-30-10: %.4f right, %.4f with int8\n"):format(own, int8))
    assert.is_true(own - int8 < 0.005)
  end)

  it("may be those of a pipeline, a regressor, a network", function()
    local x = matrix(80, 3)
    local y = x:select(2, 1) * 3 + 1
    local model = mah.Pipeline { p.StandardScaler {}, mah.MLPRegressor { max_iter = 300,
      random_state = 1 } }:fit(x, y)
    model:save(folder .. "/reg.h", { weights = "int8", data = { x, y } })
    local what, _, float, int8 = said_in "reg.h"
    assert.equal("R^2", what)
    assert.is_true(math.abs(float - int8) < 0.05)
    local net = model.steps[2][2].network
    net:save(folder .. "/net.h", { weights = "int8", data = { x, y } })
    assert.equal("R^2", (said_in "net.h"))
    -- targets may be large: 1e-6 is for probabilities
    assert.matches("within rounding of Mah's outputs", (mah.file.read(folder .. "/net.h")
      :gsub("\n %* ", " ")))
    tools.compile("gcc", folder, '#include "reg.h"\n#include "net.h"\nint main(void) '
      .. "{ return 0; }\n", true)
  end)

  it("stands for weights that are 0 and needs finite ones", function()
    local net = mah.mlp { 2, { 2, "identity" }, seed = 1 }
    local x, y = matrix(5, 2), matrix(5, 2)
    net.params:zero_()
    net:save(folder .. "/zeros.h", { weights = "int8", data = { x, y } })
    net.params[1] = math.huge
    assert.error_matches(function()
      net:save(folder .. "/it.h", { weights = "int8", data = { x, y } })
    end, "not finite")
    assert.is_false(mah.file.exists(folder .. "/it.h"))
  end)
end)

describe("a header of C", function()
  local x = matrix(30, 2)

  before_each(function()
    mah.warnings(false)
    new_folder()
  end)
  after_each(function()
    mah.warnings(true)
    remove_folder()
  end)

  it("keeps labels and columns of any text", function()
    local odd = { 'say "hi"\n', "C:\\n ??/ */ /* //", "\xd8\xb2\xd9\x86", "\1\0012", "" }
    local clf = classifier(x, labels(30, odd))
    clf:save(folder .. "/odd.h")
    local said = tools.output("gcc", folder, [[
#include "odd.h"
#include <stdio.h>
int main(void) {
  for (int k = 0; k < odd_outputs; k++) printf("%s|", odd_classes[k]);
  return 0;
}
]])
    assert.equal(table.concat(clf.classes_, "|") .. "|", said)
    local column = { ["a */ b"] = labels(30, odd), ["a /* b"] = labels(30, { 1, 2, 3 }),
      column = labels(30, { "int", "missing" }), yeo = labels(30, { "johnson", "JOHNSON" }) }
    local step = p.ColumnTransformer { { { "a */ b", "column", "yeo" }, p.OneHotEncoder {} },
      { { "a /* b" }, p.PowerTransformer {} },
      { { "a /* b" }, "passthrough" } }
    add(step:fit(column), column, step:transform(column))
    for _, compiler in ipairs { "gcc", "clang" } do
      if tools.has(compiler) then tools.output(compiler, folder, tools.driver(cases)) end
    end
  end)

  it("is called by the names of columns and categories", function()
    local data = { age = { 20, 30, 0 / 0, 50 }, ["the port"] = { "S", "C d", "S", 0 / 0 } }
    local model = p.ColumnTransformer { { { "age" }, p.SimpleImputer {} },
      { { "the port" }, p.OneHotEncoder { drop = "first" } } }:fit(data)
    model:save(folder .. "/my-ship.h", { name = "ship" })
    local said = tools.output("gcc", folder, [[
#include "my-ship.h"
#include <stdio.h>
int main(void) {
  float x[ship_inputs], p[ship_outputs];
  x[ship_column_age] = 7;
  x[ship_column_the_port] = ship_the_port_S;
  ship_predict(x, p);
  printf("%d %g %g %g;", ship_outputs, (double)p[0], (double)p[1], (double)p[2]);
  x[ship_column_age] = NAN;
  x[ship_column_the_port] = ship_the_port_missing;
  ship_predict(x, p);
  printf(" %.4f %g %g;", (double)p[0], (double)p[1], (double)p[2]);
  x[ship_column_the_port] = NAN;
  ship_predict(x, p);
  printf(" %g %g;", (double)p[1], (double)p[2]);
  x[ship_column_the_port] = ship_the_port_C_d;
  ship_predict(x, p);
  printf(" %g %g;", (double)p[1], (double)p[2]);
  for (int k = 0; k < 3; k++) {
    const float unknown[3] = {0.5f, 1e30f, -7};
    x[ship_column_the_port] = unknown[k];
    ship_predict(x, p);
    printf(" %g %g;", (double)p[1], (double)p[2]);
  }
  return 0;
}
]])
    assert.equal("3 7 1 0; 33.3333 0 1; 0 1; 0 0; 0 0; 0 0; 0 0;", said)
  end)

  it("says NaN of NaN, and class 0, as its head comment tells", function()
    classifier(x, labels(30, { "ash", "elm" })):save(folder .. "/nan.h")
    assert.matches("makes all of p NaN, and nan_classify says 0%.",
      mah.file.read(folder .. "/nan.h"))
    local said = tools.output("gcc", folder, [[
#include "nan.h"
#include <stdio.h>
int main(void) {
  const float x[nan_inputs] = {NAN, 1};
  float p[nan_outputs];
  nan_predict(x, p);
  printf("%d %d %d;", p[0] != p[0], p[1] != p[1], nan_classify(x));
  return 0;
}
]])
    assert.equal("1 1 0;", said)
  end)

  it("may be included twice, and beside others", function()
    mah.mlp { 2, { 2, "softmax" }, seed = 1 }:save(folder .. "/one.h")
    mah.mlp { 2, { 2, "softmax" }, seed = 2 }:save(folder .. "/two.H")
    tools.compile("gcc", folder, '#include "one.h"\n#include "two.H"\n#include "one.h"\n'
      .. "int main(void) { return one_inputs - two_outputs; }\n")
  end)

  it("wants a name that is an identifier", function()
    local net = mah.mlp { 2, { 2, "softmax" }, seed = 1 }
    for _, name in ipairs { "my-model", "2nd", "int", "a b", "\xd8\xb2" } do
      assert.error_matches(function() net:save(folder .. "/" .. name .. ".h") end,
        "is no identifier of C, and names in the file begin with it; give one: save(", 1, true)
      assert.error_matches(function() net:save(folder .. "/it.h", { name = name }) end,
        "is no identifier of C")
    end
    net:save(folder .. "/my-model.h", { name = "model_2" })
    assert.is_truthy(mah.file.read(folder .. "/my-model.h"):find("void model_2_predict(", 1, true))
    assert.error_matches(function() net:save(folder .. "/it.c") end, "C source is a header")
    assert.is_false(mah.file.exists(folder .. "/it.h"))
  end)

  it("looks at its options", function()
    local net = mah.mlp { 2, { 2, "softmax" }, seed = 1 }
    local function fails(message, given, model)
      assert.error_matches(function() (model or net):save(folder .. "/it.h", given) end, message)
    end
    fails("unknown option \"wieghts\"; did you mean 'weights'?", { wieghts = "int8" })
    fails("weights must be one of float, int8", { weights = "int4" })
    fails("weights = \"int8\" needs data = {x, y}", { weights = "int8" })
    fails("data is for weights = \"int8\"", { data = { x, x } })
    fails("there is no network in it", { weights = "int8", data = { x, x } },
      p.StandardScaler {}:fit(x))
    fails("it is not fitted yet", nil, mah.MLPClassifier {})
    local cube = { name = "cube", forward = function(z) return z * z * z end,
      backward = function(_, dy, z) return 3 * z * z * dy end }
    fails("cannot write layer 1: its activation, cube", nil,
      mah.mlp { 3, { 2, cube }, { 1, "identity" } })
    fails("step quantiletransformer: .*its output_distribution is \"normal\"", nil, mah.Pipeline {
      p.QuantileTransformer { n_quantiles = 3, output_distribution = "normal" },
      p.StandardScaler {} }:fit(x))
    assert.is_false(mah.file.exists(folder .. "/it.h"))
  end)
end)
