--- The final model: tanh, SGD, early stopping, on all training images.
local mah = require "mah"

local study = { id = "final_model", title = "The final model" }

function study.settings(preset)
  return {
    {
      name = "final", hidden = { 100, 50 }, activation = "tanh", solver = "sgd", lr = 0.1,
      batch_size = 250,
      max_epochs = preset.final_epochs, n = preset.final_n, test = preset.test, validation = 0.1,
      patience = 10,
    },
  }
end

function study.seeds(preset) return { preset.seeds[1] } end

--- The wrong ones, surest first: row numbers, and the probability given to the wrong answer.
local function find_wrong(y, predicted, probabilities)
  local wrong = {}
  for i = 1, #y do
    if y[i] ~= predicted[i] then
      wrong[#wrong + 1] = { row = i, confidence = probabilities[i][predicted[i] + 1] }
    end
  end
  table.sort(wrong, function(a, b)
    if a.confidence ~= b.confidence then return a.confidence > b.confidence end
    return a.row < b.row
  end)
  return wrong
end

local function show_wrong(page, test, predicted, probabilities)
  local wrong = find_wrong(test.y, predicted, probabilities)
  if #wrong == 0 then return page:text "Every test image is classified correctly." end
  local rows, confidence, count = {}, {}, math.min(#wrong, 50)
  for i = 1, count do
    rows[i], confidence[i] = wrong[i].row, wrong[i].confidence
  end
  local index = mah.tensor(rows, { dtype = "int32" })
  local figure = mah.image.digits(test.x:index_select(1, index), {
    columns = 10, labels = test.y:index_select(1, index),
    predicted = predicted:index_select(1, index), confidence = confidence,
  })
  page:figure(figure, "final_wrong",
    ("%d of the %d wrong ones, surest first: true label -> predicted label, and the "
      .. "probability given to it."):format(count, #wrong),
    "A sheet of the misclassified test digits with true label, predicted label and confidence.")
end

function study.present(page, rows, data)
  local params, result = rows[1].params, rows[1].result
  local test = params.test and mah.data.take(data.test, params.test) or data.test
  local probabilities, predicted = result.net:forward(test.x), result.net:predict(test.x)

  page:text("Two hidden layers of 100 and 50 tanh units, SGD with Nesterov momentum 0.9 at a "
    .. "learning rate of 0.1, batches of 250, a tenth of the training images held out; training "
    .. "stops when their accuracy has not improved for %d epochs, and the best epoch's weights "
    .. "are kept.", params.patience)
  page:table({ "", "value" }, {
    { "train accuracy", ("%.4f"):format(result.train) },
    { "test accuracy", ("%.4f"):format(result.test) },
    { "epochs", result.n_iter },
    { "stopped by", result.stopped_by },
    { "seconds", ("%.1f"):format(result.seconds) },
  })
  page:figure(mah.image.digits(test.x, { rows = 5, columns = 10, labels = test.y }),
    "final_samples", "The first test images with their labels.",
    "A sheet of fifty test digits with their labels.")
  page:figure(mah.plot.confusion(mah.metrics.confusion(test.y, predicted, 10)), "final_confusion",
    "Confusion matrix of the test images: rows are the true digits, columns the predicted ones.",
    "A matrix of counts; nearly all of them are on the diagonal.")
  show_wrong(page, test, predicted, probabilities)
end

return study
