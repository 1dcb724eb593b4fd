local golden = require "golden"
local mah = require "mah"

local m = mah.metrics
local message = golden.message

describe("the labels that metrics take", function()
  it("are numbers, strings and booleans, in lists, tensors and columns", function()
    local a, b = { 0, 1, 1, 0 }, { 0, 1, 0, 0 }
    for _, dtype in ipairs { "int32", "uint8", "float32", "float64" } do
      local x, y = mah.tensor(a, { dtype = dtype }), mah.tensor(b, { dtype = dtype })
      assert.equal(0.75, m.accuracy_score(x, y))
      assert.equal(0.75, m.accuracy_score(x:view(4, 1), b))
      assert.equal(2 / 3, m.f1_score(a, y))
    end
    assert.equal(0.5, m.accuracy_score({ "a", "b" }, { "a", "a" }))
    local yes, no = { true, false, true }, { true, true, false }
    assert.equal(1 / 3, m.accuracy_score(yes, no))
    assert.equal(0.5, m.precision_score(yes, no))
    assert.same({ 0, 1, 1, 1 }, m.confusion_matrix(yes, no):view(-1):totable())
    assert.equal(0.5, m.roc_auc_score(yes, { 0.5, 0.5, 0.5 }))
  end)

  it("are of one kind in both", function()
    assert.matches('y_true holds strings %("cat"%), y_pred holds numbers %(1%)',
      message(m.accuracy_score, { "cat" }, { 1 }))
    assert.matches("y_true holds booleans %(true%), y_pred holds numbers %(1%)",
      message(m.f1_score, { true }, mah.tensor { 1 }))
    assert.matches('y_pred: label 1 is one of the numbers, label 2 is "a"',
      message(m.accuracy_score, { 1, 2 }, { 1, "a" }))
  end)

  it("are named where they are wrong", function()
    assert.matches("mah.metrics.f1_score: y_true: label 2 is 0.5; classes are whole numbers",
      message(m.f1_score, mah.tensor { 1, 0.5 }, mah.tensor { 1, 1 }))
    assert.matches("y_true: label 1 is nan", message(m.f1_score, mah.tensor { 0 / 0 }, { 1 }))
    assert.matches("y_pred: label 1 is 3000000000; whole numbers of 32 bits",
      message(m.f1_score, { 1 }, { 3000000000 }))
    assert.matches("y_pred: label 2 must be a number or a string; got a function",
      message(m.accuracy_score, { 1, 1 }, { 1, print }))
    assert.matches("different lengths: .*shapes %(2%) and %(3%)",
      message(m.recall_score, { 1, 2 }, mah.tensor { 1, 2, 3 }))
    assert.matches("y_true: there are no labels", message(m.accuracy_score, {}, {}))
    assert.matches("several labels at a time are a matrix of 0 and 1; row 2, column 1 is 0.5",
      message(m.accuracy_score, mah.tensor { { 0, 1 }, { 0.5, 0 } }, mah.zeros(2, 2)))
    assert.matches("one is a vector of labels, the other a matrix",
      message(m.accuracy_score, { 0, 1 }, mah.zeros(2, 2)))
    assert.matches("a vector of labels is expected, got an indicator matrix, shape %(2, 2%)",
      message(m.confusion_matrix, mah.zeros(2, 2), mah.zeros(2, 2)))
  end)

  it("are counted as numbers from 0 by confusion", function()
    assert.same({ { 1, 0, 1 }, { 0, 0, 0 }, { 0, 0, 0 } },
      m.confusion({ 0, 0 }, { 0, 2 }):totable())
    assert.same({ 1, 0, 1, 0 }, m.confusion({ "a", "b" }, { "a", "a" }):view(-1):totable())
    assert.matches("100001 classes are too many", message(m.confusion, { 1e5 }, { 0 }))
  end)
end)

describe("the options of metrics", function()
  it("are checked", function()
    local y, p = { 0, 1, 2 }, { 0, 2, 1 }
    assert.matches("average must be one of binary, micro, .*got \"makro\" %(did you mean 'macro'",
      message(m.f1_score, y, p, { average = "makro" }))
    assert.matches("unknown option \"avrage\"; did you mean 'average'",
      message(m.f1_score, y, p, { avrage = "macro" }))
    assert.matches("y_true and y_pred hold 3 classes, %[0 1 2%], and average = \"binary\" is for",
      message(m.f1_score, y, p))
    assert.matches("pos_label = 1 is not one of the labels %[ham spam%]",
      message(m.f1_score, { "ham", "spam" }, { "ham", "ham" }))
    assert.matches("zero_division must be one of warn, 0, 1; got 2",
      message(m.f1_score, y, p, { average = "macro", zero_division = 2 }))
    assert.matches("average = \"samples\" is for several labels",
      message(m.f1_score, y, p, { average = "samples" }))
    assert.matches("none of the labels %[7%] is in y_true, which holds %[0 1 2%]",
      message(m.confusion_matrix, y, p, { labels = { 7 } }))
    assert.matches("labels %[1 1%] names one twice",
      message(m.confusion_matrix, y, p, { labels = { 1, 1 } }))
    assert.matches("labels holds no label", message(m.confusion_matrix, y, p, { labels = {} }))
    assert.matches("sample_weight: a vector of 3 numbers is expected, got shape %(2%)",
      message(m.accuracy_score, y, p, { sample_weight = { 1, 1 } }))
    assert.matches("sample_weight: all weights are 0",
      message(m.accuracy_score, y, p, { sample_weight = { 0, 0, 0 } }))
    assert.matches("a weight is negative: %-1",
      message(m.accuracy_score, y, p, { sample_weight = { 1, -1, 1 } }))
    assert.matches("target_names has 1 names, and there are 3 classes: %[0 1 2%]",
      message(m.classification_report, y, p, { target_names = { "a" } }))
    assert.matches("columns are 0 ... 1; got 5", message(m.f1_score, mah.zeros(2, 2),
      mah.zeros(2, 2), { average = "macro", labels = { 5 } }))
  end)
end)

describe("scores and probabilities", function()
  it("are checked, and the message names the row", function()
    assert.matches("y_pred: row 2 holds 1.5, which is no probability",
      message(m.log_loss, { 0, 1 }, { 0.5, 1.5 }))
    assert.matches("y_pred: the probabilities of row 2 sum to 0.75, not to 1",
      message(m.log_loss, { 0, 1 }, { { 0.5, 0.5 }, { 0.25, 0.5 } }))
    assert.matches("y_prob: row 1 holds %-0.5", message(m.brier_score_loss, { 0, 1 }, { -0.5, 1 }))
    assert.matches("which of them is positive%? Say it with pos_label",
      message(m.brier_score_loss, { "a", "b" }, { 0.5, 1 }))
    assert.matches("y_true holds 3 classes", message(m.brier_score_loss, { 0, 1, 2 }, { 0, 1, 1 }))
    assert.matches("y_score", message(m.roc_auc_score, { 0, 1 }, { 0.5, 0 / 0 }))
    assert.matches("roc_auc_score: sample_weight: the weights of all positive rows are 0",
      message(m.roc_auc_score, { 0, 1, 0 }, { 0.8, 0.6, 0.3 }, { sample_weight = { 1, 0, 1 } }))
    assert.matches("y_true %[1%] holds one class only",
      message(m.roc_auc_score, { 1, 1 }, { 0.5, 0.2 }))
    assert.matches("set multi_class to \"ovr\"",
      message(m.roc_auc_score, { 0, 1, 2 }, mah.full({ 3, 3 }, 1 / 3)))
    assert.matches("the probabilities of a row sum to 1; those of row 1 to 3",
      message(m.roc_auc_score, { 0, 1, 2 }, mah.ones(3, 3), { multi_class = "ovr" }))
    assert.matches("y_true has 2 classes, %[0 1%], and the scores are of 3; name all of them",
      message(m.roc_auc_score, { 0, 1 }, mah.full({ 2, 3 }, 1 / 3, { dtype = "float64" }),
        { multi_class = "ovr" }))
    assert.matches("give the column of the greater label",
      message(m.roc_auc_score, { 0, 1 }, mah.full({ 2, 2 }, 0.5)))
    assert.matches("y_true holds c, which is not in labels %[a b%]",
      message(m.log_loss, { "a", "c" }, { 0.5, 0.5 }, { labels = { "a", "b" } }))
    assert.matches("y_true has 1 classes, %[1%]", message(m.log_loss, { 1, 1 }, { 0.5, 0.5 }))
    assert.matches("a curve is of one against the others: name it with pos_label",
      message(m.roc_curve, { 0, 1, 2 }, { 0.1, 0.2, 0.3 }))
    assert.matches("y_true and y_score are of different lengths: shapes %(2%) and %(3%)",
      message(m.roc_curve, { 0, 1 }, { 0.1, 0.2, 0.3 }))
    assert.matches("x neither rises nor falls", message(m.auc, { 0, 1, 0.5 }, { 0, 1, 1 }))
  end)

  it("give NaN and a warning where a curve has no positive rows, and no error", function()
    mah.warnings(false)
    local fpr, tpr = m.roc_curve({ 0, 0 }, { 0.1, 0.2 })
    mah.warnings(true)
    assert.equal(1, fpr[#fpr])
    assert.is_true(tpr[1] ~= tpr[1])
  end)

  it("make a large AUC quickly", function()
    local rng = mah.rng(1)
    local y = mah.randint(0, 1, 1e6, { rng = rng })
    local score = mah.rand(1e6, { rng = rng }) + y
    m.roc_auc_score(y, score)
    local start = os.clock()
    assert.near(1, m.roc_auc_score(y, score), 1e-9)
    assert.is_true(os.clock() - start < 2, "took " .. os.clock() - start)
  end)
end)

describe("numbers", function()
  it("are checked, and the message names the argument", function()
    assert.matches("y_pred", message(m.mean_squared_error, { 1, 2 }, { 1, 0 / 0 }))
    assert.matches("y_true: a tensor or a list of numbers is expected; .*\"a\"",
      message(m.mean_squared_error, { "a" }, { 1 }))
    assert.matches("y_pred: a tensor or a list of numbers is expected, got 3",
      message(m.mean_squared_error, { 1 }, 3))
    assert.matches("of different lengths: shapes %(2, 1%) and %(3, 1%)",
      message(m.mean_squared_error, { 1, 2 }, { 1, 2, 3 }))
    assert.matches("y_true has 2 outputs, y_pred has 1",
      message(m.r2_score, mah.ones(3, 2), mah.ones(3)))
    assert.matches('multioutput must be "uniform_average", "raw_values" or a list',
      message(m.mean_squared_error, { 1 }, { 1 }, { multioutput = "variance_weighted" }))
    assert.matches("multioutput has 3 weights for 2 outputs",
      message(m.mean_squared_error, mah.ones(2, 2), mah.ones(2, 2), { multioutput = { 1, 2, 3 } }))
    assert.matches("y_pred holds a negative number, %-2",
      message(m.mean_squared_log_error, { 1, 2 }, { 1, -2 }))
    assert.matches("y_true must be positive for power = 2; it holds 0",
      message(m.mean_gamma_deviance, { 0, 1 }, { 1, 1 }))
    assert.matches("y_pred must be positive for power = 1; it holds 0",
      message(m.mean_poisson_deviance, { 0, 1 }, { 1, 0 }))
    assert.matches("y_true must be at least 0 for power = 1.5; it holds %-1",
      message(m.mean_tweedie_deviance, { -1, 1 }, { 1, 1 }, { power = 1.5 }))
    assert.matches("power must be <= 0 or >= 1; got 0.5",
      message(m.d2_tweedie_score, { 1, 1 }, { 1, 1 }, { power = 0.5 }))
    assert.matches("one output is expected, got 2",
      message(m.max_error, mah.ones(2, 2), mah.ones(2, 2)))
  end)
end)

describe("mah.metrics", function()
  it("takes the names without _score, and offers the nearest for a misspelt one", function()
    assert.equal(m.f1_score, m.f1)
    assert.equal(m.accuracy_score, m.accuracy)
    assert.equal(m.average_precision_score, m.average_precision)
    assert.matches("mah.metrics has no \"acuracy\"; did you mean 'accuracy'",
      message(function() return m.acuracy end))
    assert.matches("mah.metrics has no 3", message(function() return m[3] end))
  end)
end)
