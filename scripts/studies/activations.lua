--- Activations: what does the function between the layers change?
local present = require "report.present"

local study = { id = "activations", title = "Activations" }

function study.settings(preset)
  local settings = {}
  for i, activation in ipairs { "identity", "logistic", "tanh", "relu" } do
    settings[i] = {
      name = activation, activation = activation, hidden = { 100 }, solver = "sgd", lr = 0.1,
      batch_size = 200,
      max_epochs = preset.max_epochs, min_delta = preset.tol, n = preset.n, test = preset.test,
    }
  end
  return settings
end

function study.present(page, rows)
  page:text("One hidden layer of 100 units, SGD with Nesterov momentum 0.9 at a learning rate of "
    .. "0.1, batches of 200. "
    .. "Training stops when the loss has not improved by %g for 10 epochs, or after %d epochs.",
    rows[1].params.min_delta, rows[1].params.max_epochs)
  present.table(page, rows, "activation")
  present.accuracy(page, rows, study.id, "activation")
  present.epochs(page, rows, study.id, "activation")
  present.curves(page, rows, study.id, "activation")
end

return study
