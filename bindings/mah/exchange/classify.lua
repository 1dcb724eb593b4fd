--- The command `mah classify`: says which digits are on pictures, with a model that a report
--- saved (scripts/report.lua --models).
---
---     mah classify out/report/model.safetensors seven.png nine.jpg
---     --> seven.png: 7 (99.8 %)
---     --> nine.jpg: 9 (87.1 %)
---
--- Exit status 1 when the model or a picture cannot be read.
local exit = require "mah.base.exit"
local load = require("mah.exchange.load").load
local pictures = require "mah.draw.image"
local without_place = require("mah.base.text").without_place

local usage = [[
usage: mah classify MODEL IMAGE...
  MODEL     a classifier of images of 28 x 28 pixels, in any of the forms that mah.load reads
  IMAGE     PNG and JPEG files of any size, with one digit each, dark on light or light on dark;
            they are brought into the form of MNIST's first
  --help    show this text
]]

--- Networks, regressors and others complain of fields that they do not have; a pipeline takes what
--- its first step does.
local function takes_digits(model)
  local ok, columns = pcall(function()
    return model.classes_ and (model.n_features_in_ or model.steps[1][2].n_features_in_)
  end)
  return ok and columns == 784
end

local function load_model(path)
  local ok, model = pcall(load, path)
  if not ok then exit.saying(1, ("mah: %s\n"):format(without_place(model))) end
  if not takes_digits(model) then
    exit.saying(1, ("mah: %s: not a classifier of images of 28 x 28 pixels\n"):format(path))
  end
  return model
end

--- The line for a picture, or nil and what is wrong.
local function classify(model, path)
  local ok, x = pcall(pictures.digit, path)
  if not ok then return nil, without_place(x) end
  local probabilities = model:predict_proba(x)[1]
  return ("%s: %s (%.1f %%)"):format(path, tostring(model:predict(x)[1]),
    100 * probabilities:max())
end

--- Runs the command; ends the program with status 1 or 2 when it cannot.
---@param arguments string[]
return function(arguments)
  for _, argument in ipairs(arguments) do
    if argument == "--help" then exit.saying(0, usage) end
    if argument:find "^%-" then
      exit.saying(2, ("mah classify: unknown option '%s'\n%s"):format(argument, usage))
    end
  end
  if not arguments[2] then exit.saying(2, usage) end
  local model, failed = load_model(arguments[1]), false
  for i = 2, #arguments do
    local line, problem = classify(model, arguments[i])
    if line then print(line) else io.stderr:write("mah: ", problem, "\n") end
    failed = failed or not line
  end
  if failed then exit.now(1) end
end
