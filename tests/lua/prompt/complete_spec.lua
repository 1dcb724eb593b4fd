local complete = require "mah.prompt.complete"
local mah = require "mah"

local function candidates(text, word)
  return complete.candidates(text, word or text:match "[%w_]*$")
end

local function offers(text, name)
  for _, found in ipairs(candidates(text)) do
    if found == name then return true end
  end
  return false
end

describe("completion", function()
  before_each(function() rawset(_G, "mah", mah) end)
  after_each(function()
    for _, name in ipairs { "mah", "subject", "watched" } do rawset(_G, name, nil) end
  end)

  it("offers globals and keywords", function()
    assert.is_true(offers("prin", "print"))
    assert.is_true(offers("whi", "while"))
    for _, text in ipairs { "", "  ", "for i = 1, 2 do\n", "x = ", "x =" } do
      assert.same({ "\t" }, candidates(text), text) -- an indentation, perhaps of a paste
    end
    assert.same({}, candidates "no_such_name_at_all")
  end)

  it("offers a table's columns and methods, and a column's", function()
    rawset(_G, "subject", mah.data.table { age = { 1, 2 }, sex = { "a", "b" } })
    assert.same({ "age" }, candidates "subject.ag")
    assert.same({}, candidates "subject:ag")
    assert.is_true(offers("subject:he", "head"))
    assert.is_true(offers("subject.na", "names"))
    assert.is_true(offers("subject.age:me", "mean"))
    assert.is_true(offers("subject.age.ki", "kind"))
  end)

  it("offers dtypes as an option and alone", function()
    assert.same({ "int32", "int64" }, candidates("mah.zeros(2, {dtype = 'in", "in"))
    assert.same({ "int32", "int64" }, candidates("mah.zeros(2, 'in", "in"))
    assert.same({ 'float64"' }, candidates('y = mah.tensor({1, 2}, "float6', "float6"))
    assert.same({}, candidates("mah.matmul(x, 'in", "in"))
  end)

  it("offers a tab where there is nothing to complete", function()
    for _, text in ipairs { "", "  ", "for i = 1, 2 do\n", "x = ", "x =" } do
      assert.same({ "\t" }, candidates(text), text) -- an indentation, perhaps of a paste
    end
  end)

  it("offers the values of an option, with the quote at the end of an only one", function()
    for text, wanted in pairs {
      ["mah.MLPClassifier{learning_rate = \""] = "adaptive constant invscaling",
      ["mah.MLPClassifier{activation = 'ta"] = "tanh'",
      ["mah.MLPClassifier{activation = {'relu', 'ta"] = "tanh'",
      ["mah.MLPClassifier{solver = 'adag"] = "adagrad'",
      ["mah.mlp{784, {10, \"rel"] = 'relu"',
      ["mah.mlp{784, {10, 'relu'}, {10, \"softm"] = 'softmax"',
      ["mah.mlp{784, {10, 'relu', norm = \"b"] = 'batch"',
      ["mah.mlp{init = 'he_"] = "he_normal he_uniform",
      ["mah.mlp{loss = 'hu"] = "huber'",
      ["mah.plot.lines{series = {{y = {1}, marker = 'di"] = "diamond'",
      ["mah.metrics.get_scorer 'f1_m"] = "f1_macro f1_micro",
      ["mah.model_selection.cross_val_score(m, x, y, {scoring = 'roc_auc_ovr"] =
        "roc_auc_ovr roc_auc_ovr_weighted",
      ["show(x, {kind = 'cur"] = "curve'",
    } do
      assert.are.equal(wanted, table.concat(candidates(text), " "), text)
    end
  end)

  it("offers values before a quote is typed", function()
    assert.same({ '"blues"', '"diverging"', '"grey"', '"viridis"' },
      candidates "mah.plot.heatmap{map = ")
    assert.same({ "false", "true" }, candidates "mah.MLPClassifier{early_stopping =")
    assert.same({ "\t" }, candidates "mah.MLPClassifier{alpha = ")
    assert.same({ "\t" }, candidates "mah.MLPClassifier{max_iter = 5}; x = ")
  end)

  it("offers values for a parameter that is assigned to", function()
    rawset(_G, "subject", mah.MLPClassifier {})
    assert.same({ 'tanh"' }, candidates 'subject.activation = "ta')
    rawset(_G, "subject", { activation = 1 })
    assert.same({}, candidates 'subject.activation = "ta')
  end)

  it("offers names of mah that are not loaded yet", function()
    for _, name in ipairs { "train", "MLPClassifier", "zeros", "plot", "show" } do
      assert.is_true(offers("mah." .. name:sub(1, -2), name), name)
    end
    assert.is_true(offers("mah.plot.conf", "confusion"))
  end)

  it("offers methods of tensors, networks, estimators, and strings", function()
    rawset(_G, "subject", mah.zeros(2))
    assert.is_true(offers("subject:nume", "numel"))
    assert.is_true(offers("subject.sha", "shape"))
    assert.is_false(offers("subject:sha", "shape"))
    rawset(_G, "subject", mah.mlp { 2, { 2, "softmax" } })
    assert.is_true(offers("subject:forw", "forward"))
    assert.is_true(offers("subject.par", "params"))
    rawset(_G, "subject", mah.MLPClassifier {})
    assert.is_true(offers("subject:predict_pr", "predict_proba"))
    assert.is_true(offers("subject:get", "get_params"))
    rawset(_G, "subject", "text")
    assert.is_true(offers("subject:gs", "gsub"))
    rawset(_G, "subject", setmetatable({}, { __index = { inherited = print } }))
    assert.is_true(offers("subject:inh", "inherited"))
    assert.is_true(offers("mah.zeros(2):nu", "numel"))
  end)

  it("offers the options of a call", function()
    for text, name in pairs {
      ["mah.MLPClassifier{hid"] = "hidden_layer_sizes", ["mah.MLPClassifier({max_i"] = "max_iter",
      ["mah.train(net, data, {batch"] = "batch_size",
        ["mah.plot.lines{series = {}, x_la"] = "x_label",
      ["mah.train(n, d, {solver = mah.solver.adam{beta"] = "beta_1", ["mah.zeros(2, {dt"] = "dtype",
      ["mah.data.digits{ n = 1, se"] = "seed", ["mah.stop.no_improvement{pat"] = "patience",
      ["x = 1\nmah.image.digits(x,\n{lab"] = "labels", ['f("{", mah.show(x, {lo'] = "log",
      ["mah.mlp{2, {2, 'softmax'}, dty"] = "dtype",
      ["mah.MLPClassifier.from{interc"] = "intercepts", ["mah.load('a', {out"] = "out_activation",
    } do
      assert.is_true(offers(text, name .. " = "), text)
    end
    assert.is_false(offers("mah.MLPClassifier{hidden_layer_sizes = {5, see", "seed = "))
  end)

  it("offers files inside of strings only", function()
    local path = os.tmpname()
    local folder, name = path:match "^(.*/)([^/]*)$"
    assert.same({ name }, complete.candidates('f("' .. folder .. name:sub(1, -2), name:sub(1, -2)))
    assert.same({ name }, complete.candidates("%run " .. path, name))
    os.remove(path)
    assert.same({}, candidates "-- prin")
  end)

  it("calls nothing of the user's", function()
    rawset(_G, "watched", setmetatable({}, {
      __index = function() error "called" end, __call = function() error "called" end,
    }))
    assert.same({}, candidates "watched.inner.x")
    assert.same({}, candidates "watched{opt")
  end)
end)
