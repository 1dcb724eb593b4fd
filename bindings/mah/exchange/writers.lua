--- Endings of files that models can be saved as, beside .safetensors. What writes them is loaded
--- when it is wanted.
local check = require "mah.base.check"
local saving = require "mah.learn.estimator.save"

--- The function `save` of a module, which is loaded at the first call.
function saving.writers.onnx(model, path, given)
  return require("mah.exchange.onnx.write").save(model, path, given)
end

function saving.writers.h(model, path, given)
  return require("mah.exchange.c.write").save(model, path, given)
end

--- C source is one header, all of it static: a file to be included, and none to be compiled.
function saving.writers.c(_, path)
  check.raise("save: C source is a header, all in one: save(%q)", (path:gsub("%.%w+$", ".h")))
end

--- Files of others: read, not written. Without a word they would be safetensors by a wrong name.
local others = { cpp = "C++", hpp = "C++", pt = "PyTorch", pth = "PyTorch", joblib = "scikit-learn",
  pickle = "scikit-learn", pkl = "scikit-learn", skops = "scikit-learn", t7 = "Torch7",
  gguf = "GGUF", kan = "KANN", tflite = "TensorFlow Lite", keras = "Keras", h5 = "Keras" }

for ending, name in pairs(others) do
  saving.writers[ending] = function(_, path)
    check.raise("save: %s: files of %s are not written; .onnx (for other runtimes), .h (C and C++) "
      .. "and .safetensors are", path, name)
  end
end

return saving.writers
