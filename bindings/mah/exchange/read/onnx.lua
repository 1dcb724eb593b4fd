--- ONNX files that are chains of layers: as Mah, PyTorch, sklearn-onnx, Keras (tf2onnx) and dlib
--- write them.
---
---     local net = mah.load "model.onnx"
---     local clf = mah.load("model.onnx", { classes = { "cat", "dog" } })
---
--- Where the outputs name labels the model is a classifier. What is no chain of layers is an error
--- that names the node.
local chain = require "mah.exchange.chain"
local decode = require "mah.exchange.onnx.decode"
local file = require "mah.base.file"
local match = require "mah.exchange.onnx.match"
local options = require "mah.base.options"

local onnx = { name = "ONNX" }

local rules = {
  classes = { nil, "table" },
  regression = { nil, "boolean" },
}

---@param head string   the file's first bytes
---@return boolean
function onnx.knows(head) return decode.knows(head) end

--- sklearn-onnx writes estimators only: what names no labels is a regressor.
local function is_regression(model, classes, given)
  if given.regression ~= nil then return given.regression end
  return not classes and model.producer == "skl2onnx"
end

---@param path string
---@param given {classes: table?, regression: boolean?}|nil   labels where the file has none, or other
---  ones; make a regressor of it
---@return table   network, estimator or pipeline
function onnx.read(path, given)
  local o = options(given, rules, "mah.load")
  local model = decode.model(file.read(path), path)
  local found = match.graph(model)
  local classes = o.classes or found.classes
  if o.regression then classes = nil end
  return chain.model(found.steps, { where = path, classes = classes,
    regression = is_regression(model, classes, o) })
end

return onnx
