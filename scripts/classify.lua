--- Says which digits are on pictures, with a model that a report saved.
---
---     mah scripts/classify.lua out/report/model.safetensors seven.png nine.png
---     --> seven.png: 7 (99.8 %)
---     --> nine.png: 9 (87.1 %)
---
--- The pictures are PNG or JPEG files of any size, with one digit each, dark on light or light on
--- dark; they are brought into the form of MNIST's first. Exit status 1 when a picture cannot be
--- read.
package.path = (arg[0]:match "^(.*/)" or "./") .. "studies/?.lua;" .. package.path

local command_line = require "common.command_line"
local mah = require "mah"

local USAGE = "usage: mah scripts/classify.lua MODEL.safetensors IMAGE.png ..."

local function load_model(path)
  local model = command_line.attempt(mah.load, path)
  if not model.classes_ or model.n_features_in_ ~= 784 then
    command_line.stop(1, ("%s: not a classifier of images of 28 x 28 pixels"):format(path))
  end
  return model
end

--- The line for a picture, or nil and what is wrong.
local function classify(model, path)
  local ok, x = pcall(mah.image.digit, path)
  if not ok then return nil, command_line.message_of(x) end
  local probabilities = model:predict_proba(x)[1]
  return ("%s: %s (%.1f %%)"):format(path, tostring(model:predict(x)[1]),
    100 * probabilities:max())
end

if arg[1] == "--help" or arg[1] == "-h" then
  print(USAGE)
  os.exit(0)
end
if not arg[2] then command_line.stop(2, USAGE) end

local model, failed = load_model(arg[1]), false
for i = 2, #arg do
  local line, problem = classify(model, arg[i])
  if line then print(line) else io.stderr:write("mah: ", problem, "\n") end
  failed = failed or not line
end
os.exit(failed and 1 or 0)
