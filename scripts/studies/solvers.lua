--- Solvers: which one trains best, and how many epochs does it take?
local present = require "report.present"

local study = { id = "solvers", title = "Solvers" }

function study.settings(preset)
  local function setting(name, solver, lr)
    return {
      name = name, solver = solver, lr = lr, hidden = { 100 }, activation = "relu",
      batch_size = 200,
      max_epochs = preset.max_epochs, min_delta = preset.tol, n = preset.n, test = preset.test,
    }
  end
  return { setting("SGD", "sgd", 0.1), setting("Adam", "adam", 1e-3) }
end

function study.present(page, rows)
  page:text("One hidden layer of 100 ReLU units, batches of 200; SGD with Nesterov momentum 0.9 at "
    .. "a learning rate of 0.1, Adam at 0.001. Training stops when the loss has not improved by %g "
    .. "for 10 epochs, or after %d epochs.",
    rows[1].params.min_delta, rows[1].params.max_epochs)
  present.table(page, rows, "solver")
  present.accuracy(page, rows, study.id, "solver")
  present.epochs(page, rows, study.id, "solver")
  present.curves(page, rows, study.id, "solver")
end

return study
