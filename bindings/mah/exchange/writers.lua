--- Endings of files that models can be saved as, beside .safetensors. What writes them is loaded
--- when it is wanted.
local saving = require "mah.learn.estimator.save"

--- The function `save` of a module, which is loaded at the first call.
function saving.writers.onnx(model, path, given)
  return require("mah.exchange.onnx.write").save(model, path, given)
end

return saving.writers
