--- ONNX files that are chains of layers: as Mah, PyTorch, sklearn-onnx, Keras (tf2onnx) and dlib
--- write them.
---
---     local net = mah.load "model.onnx"
---     local clf = mah.load("model.onnx", { classes = { "cat", "dog" } })
---
--- Where the outputs name labels the model is a classifier. What is no chain of layers is an error
--- that names the node.
local chain = require "mah.exchange.chain"
local check = require "mah.base.check"
local decode = require "mah.exchange.onnx.decode"
local file = require "mah.base.file"
local match = require "mah.exchange.onnx.match"
local options_of = require "mah.exchange.given"
local state = require "mah.exchange.onnx.state"
local text_of = require "mah.base.text"

local onnx = { name = "ONNX" }

---@param head string   the file's first bytes
---@return boolean
function onnx.knows(head) return decode.knows(head) end

--- The model that the file was written of, from what Mah noted of it beside the graph.
local function revived(model, path)
  local tensors = setmetatable({}, { __index = function(_, name)
    local t = model.graph.initializers[name]
    return t and decode.tensor(model.reader, t)
  end })
  local ok, result = pcall(state.revive, model.metadata.mah, tensors)
  if ok then return result end
  check.raise("mah.load: %s: the model is damaged: %s", path, text_of.without_place(result))
end

--- sklearn-onnx writes estimators only: what names no labels is a regressor.
local function is_regression(model, classes, o)
  return o.regression or not classes and model.producer == "skl2onnx"
end

---@param path string
---@param given {classes: table?, regression: boolean?}|nil   labels where the file has none, or
---  other ones; or make a regressor of it
---@return table   network, estimator or pipeline
function onnx.read(path, given)
  local o = options_of(given, { "classes", "regression" }, path, "an ONNX file")
  local model = decode.model(file.read(path), path)
  if model.metadata.mah and not next(given or {}) then return revived(model, path) end
  local found = match.graph(model)
  local classes = o.classes or not o.regression and found.classes or nil
  return chain.model(found.steps, { where = path, classes = classes,
    regression = is_regression(model, classes, o) })
end

return onnx
