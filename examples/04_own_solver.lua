--- A solver of one's own: any function (evaluate, w) -> loss. evaluate(w) gives the loss of the
--- current mini-batch and the flat gradient; the solver changes w. Here: sign descent with
--- a shrinking step.
---
--- Output:
---   plain SGD    test accuracy: 0.8...
---   sign descent test accuracy: 0.8...
local mah = require "mah"

local function plain_sgd(lr)
  return function(evaluate, w)
    local loss, g = evaluate(w)
    w:axpy_(-lr, g)
    return loss
  end
end

local function sign_descent(step)
  return function(evaluate, w)
    local loss, g = evaluate(w)
    w:axpy_(-step, g:sign())
    step = step * 0.995
    return loss
  end
end

local data = mah.data.digits { n = 3000, seed = 1 }
for _, entry in ipairs {
  { "plain SGD   ", plain_sgd(0.3) }, { "sign descent", sign_descent(3e-3) },
} do
  local net = mah.mlp { 784, { 50, "relu" }, { 10, "softmax" }, seed = 1 }
  mah.train(net, data.train, { solver = entry[2], batch_size = 50, stop = 10, seed = 1 })
  print(("%s test accuracy: %.4f"):format(entry[1], net:score(data.test.x, data.test.y)))
end
