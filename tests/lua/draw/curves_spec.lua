local folder = debug.getinfo(1, "S").source:match "^@(.*/)"
local picture = dofile(folder .. "picture.lua")
local colors = require "mah.draw.colors"
local mah = require "mah"

local light = colors.themes.light

--- The points of the first line of this colour: {{x, y} ...}, in pixels.
local function line_of(figure, color)
  for _, element in ipairs(picture.svg(figure)) do
    local a = element.attributes
    if element.tag == "polyline" and a.stroke == color and a["stroke-width"] == "2" then
      local list = {}
      for x, y in a.points:gmatch "([%d.]+),([%d.]+)" do
        list[#list + 1] = { tonumber(x), tonumber(y) }
      end
      return list
    end
  end
end

local function refuses(plot, options, message)
  assert.error_matches(function() mah.plot[plot](options) end, message)
end

describe("mah.plot.roc", function()
  it("draws true over false positives, with the area and the line of chance", function()
    local figure = mah.plot.roc { fpr = { 0, 0, 0.5, 1 }, tpr = { 0, 0.5, 1, 1 }, label = "model" }
    assert.is_true(picture.has_text(figure, "model (AUC 0.875)"))
    assert.is_true(picture.has_text(figure, "chance"))
    assert.is_true(picture.has_text(figure, "false positive rate"))
    local line = line_of(figure, light.c1)
    assert.equal(line[1][1], line[2][1])
    assert.equal(line[3][2], line[4][2])
    assert.is_true(line[1][2] > line[3][2])
  end)

  it("draws several, in Persian too", function()
    local figure = mah.plot.roc { lang = "fa", curves = {
      { fpr = mah.tensor { 0, 1 }, tpr = mah.tensor { 0, 1 }, auc = 0.5, label = "الف" },
      { fpr = { 0, 0, 1 }, tpr = { 0, 1, 1 }, label = "ب" } } }
    assert.is_true(picture.has_text(figure, "نرخ مثبت کاذب"))
    assert.is_true(picture.has_text(figure, "الف (AUC ۰٫۵۰۰)"))
    assert.is_not_nil(line_of(figure, light.c2))
  end)

  it("refuses what is none", function()
    refuses("roc", {}, "either one curve or curves")
    refuses("roc", { fpr = { 0, 1 } }, "tpr is missing")
    refuses("roc", { fpr = { 0, 1 }, tpr = { 0 } }, "fpr has 2 values and tpr has 1")
    refuses("roc", { fpr = { 0, 2 }, tpr = { 0, 1 } }, "fpr%[2%] must be in 0 ... 1; got 2")
    refuses("roc", { curves = { { fpr = { 0, 1 }, tpr = { 0, 1 }, lable = "a" } } },
      "did you mean 'label'")
  end)
end)

describe("curves of labels and scores", function()
  local y, score = { 0, 0, 1, 1, 0, 1 }, { 0.1, 0.4, 0.35, 0.8, 0.2, 0.9 }
  local weight = { 1, 2, 1, 3, 1, 1 }
  local words = {}
  for i, label in ipairs(y) do words[i] = label == 1 and "yes" or "no" end
  local metrics = mah.metrics

  it("are the ready ones of mah.metrics", function()
    local fpr, tpr = metrics.roc_curve(y, score)
    assert.equal(mah.plot.roc { fpr = fpr, tpr = tpr, label = "a" }:svg(),
      mah.plot.roc { y_true = mah.tensor(y), y_score = mah.tensor(score), label = "a" }:svg())
    local precision, recall = metrics.precision_recall_curve(y, score, { sample_weight = weight })
    local ready = { precision = precision, recall = recall, prevalence = 5 / 9,
      average_precision = metrics.average_precision_score(y, score, { sample_weight = weight }) }
    assert.equal(mah.plot.precision_recall(ready):svg(),
      mah.plot.precision_recall { y_true = y, y_score = score, sample_weight = weight }:svg())
    local share, mean = metrics.calibration_curve(y, score, { n_bins = 3 })
    assert.equal(mah.plot.calibration { prob_true = share, prob_pred = mean }:svg(),
      mah.plot.calibration { y_true = y, y_score = score, n_bins = 3 }:svg())
  end)

  it("are of words too, and stand beside ready ones", function()
    local both = mah.plot.roc { curves = {
      { y_true = words, y_score = score, pos_label = "yes", label = "words" },
      { fpr = { 0, 1 }, tpr = { 0, 1 }, label = "ready" } } }
    assert.is_true(picture.has_text(both, "words (AUC 0.889)"))
    assert.is_true(picture.has_text(both, "ready (AUC 0.500)"))
  end)

  it("say what they lack", function()
    refuses("roc", { y_true = y }, "mah.plot.roc: y_score is missing")
    refuses("roc", { y_score = score }, "mah.plot.roc: y_true is missing")
    refuses("roc", { y_true = y, y_score = score, fpr = { 0, 1 } },
      "fpr is of a curve that is there, y_score of labels and scores; give one of the two")
    refuses("roc", { y_true = { 1, 1 }, y_score = { 0, 1 } }, "y_true holds one class only, %[1%]")
    refuses("roc", { curves = { 5 } }, "curves%[1%]: a table is expected, got 5")
    refuses("roc", { y_true = words, y_score = score }, "which of them is positive")
    refuses("calibration", { y_true = y, y_score = { 2, 0, 0, 0, 0, 0 } }, "2")
  end)
end)

describe("mah.plot.precision_recall", function()
  it("draws steps, and the share of positives", function()
    local figure = mah.plot.precision_recall { precision = { 0.5, 1 }, recall = { 1, 0 },
      average_precision = 0.5, prevalence = 0.5 }
    local line = line_of(figure, light.c1)
    assert.equal(3, #line)
    assert.equal(line[1][2], line[2][2]) -- level as far as the next recall
    assert.equal(line[2][1], line[3][1]) -- and then upright
    assert.is_true(picture.has_text(figure, "AP 0.500"))
    assert.is_true(picture.has_text(figure, "chance"))
  end)
end)

describe("mah.plot.calibration", function()
  it("draws what came true over what was said, and the ideal", function()
    local figure = mah.plot.calibration { prob_true = { 0.1, 0.8 }, prob_pred = { 0.2, 0.7 },
      label = "raw" }
    assert.equal(2, #line_of(figure, light.c1))
    assert.is_true(picture.has_text(figure, "perfectly calibrated"))
    refuses("calibration", { prob_true = { 0.1 }, prob_pred = { 0.1, 0.2 } },
      "prob_pred has 2 values and prob_true has 1")
  end)
end)

describe("mah.plot.residuals", function()
  it("draws the guide y = x through places where both are alike", function()
    local figure = mah.plot.residuals { y_true = { 1, 5 }, y_pred = { 1, 5 } }
    assert.is_true(picture.has_text(figure, "y = x"))
    local marks, guide = {}, nil
    for _, element in ipairs(picture.svg(figure)) do
      local a = element.attributes
      if element.tag == "circle" then marks[#marks + 1] = { tonumber(a.cx), tonumber(a.cy) } end
      if element.tag == "polyline" and a["stroke-dasharray"] then guide = a.points end
    end
    local x1, y1 = guide:match "^([%d.]+),([%d.]+)"
    local x2, y2 = guide:match "([%d.]+),([%d.]+)$"
    for _, mark in ipairs(marks) do
      local part = (mark[1] - x1) / (x2 - x1)
      assert.is_true(math.abs(y1 + part * (y2 - y1) - mark[2]) < 0.1)
    end
  end)

  it("draws actual - predicted around zero", function()
    local figure = mah.plot.residuals { y_true = { 1, 2 }, y_pred = { 2, 1 },
      kind = "residual_vs_predicted" }
    assert.is_true(picture.has_text(figure, "actual − predicted"))
    assert.is_true(picture.has_text(figure, "−1.0") or picture.has_text(figure, "−1"))
    refuses("residuals", { y_true = { 1 }, y_pred = { 1, 2 } },
      "y_true has 1 values and y_pred has 2")
  end)
end)

describe("mah.plot.learning_curve and mah.plot.validation_curve", function()
  local train, test = { { 1, 1 }, { 0.9, 0.8 } }, { { 0.5, 0.7 }, { 0.7, 0.8 } }

  it("draw the mean over the folds with a band", function()
    local means = { series = { { x = { 10, 20 }, y = { 1, 0.85 }, spread = { 0, 0.05 },
      label = "training" }, { x = { 10, 20 }, y = { 0.6, 0.75 }, spread = { 0.1, 0.05 },
      label = "validation" } }, x_label = "training samples", y_label = "score" }
    assert.equal(mah.plot.lines(means):svg(),
      mah.plot.learning_curve({ train_sizes = { 10, 20 }, train_scores = train,
      test_scores = mah.tensor(test, { dtype = "float64" }) }):svg())
  end)

  it("take a parameter of numbers or names", function()
    local figure = mah.plot.validation_curve { param_range = { 1, 10 }, param_name = "alpha",
      log_x = true, train_scores = train, test_scores = test }
    assert.is_true(picture.has_text(figure, "alpha"))
    local names = mah.plot.validation_curve { param_range = { "relu", "tanh" },
      train_scores = { { 1 }, { 0 / 0 } }, test_scores = test }
    assert.is_true(picture.has_text(names, "tanh"))
    refuses("learning_curve", { train_sizes = { 1 }, train_scores = train, test_scores = test },
      "train_scores has 2 rows and there are 1 places")
  end)
end)

describe("mah.plot.importance", function()
  it("draws the largest first, with whiskers", function()
    local figure = mah.plot.importance { importances = { { 0.1, 0.3 }, { 0, 0 }, { 0.5, 0.5 } },
      names = { "age", "fare", "height" } }
    local order = {}
    for _, text in ipairs(picture.texts(figure)) do
      if text:find "^[a-h]%a+$" then order[#order + 1] = text end
    end
    assert.equal("height age fare", table.concat(order, " "):match "height age fare")
    assert.equal(figure:svg(), mah.plot.importance({ importances_mean = { 0.2, 0, 0.5 },
      importances_std = { 0.1, 0, 0 }, names = { "age", "fare", "height" } }):svg())
    local one = { 0.2, 0, 0.5 } -- permutation_importance gives all
    assert.equal(figure:svg(), mah.plot.importance({ importances_mean = one, importances_std = one,
      importances = { { 0.1, 0.3 }, { 0, 0 }, { 0.5, 0.5 } },
      names = { "age", "fare", "height" } }):svg())
    local top = mah.plot.importance { importances_mean = mah.arange(1, 50), top = 3 }
    assert.is_true(picture.has_text(top, "48") and not picture.has_text(top, "47"))
    refuses("importance", {}, "give importances or importances_mean")
    refuses("importance", { importances_mean = { 1 }, names = { "a", "b" } },
      "2 names for 1 columns")
  end)
end)
