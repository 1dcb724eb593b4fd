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

return saving.writers
