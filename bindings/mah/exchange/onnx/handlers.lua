--- What each operator that is not of single elements is in a chain: handlers[domain][op] =
--- function(walk, node, inputs) -> value (values.lua), or nil where it is no step of one.
local forms = require "mah.exchange.onnx.handlers.forms"
local labels = require "mah.exchange.onnx.handlers.labels"
local layers = require "mah.exchange.onnx.handlers.layers"

local handlers = { [""] = {}, ["ai.onnx.ml"] = {} }

for _, source in ipairs { { [""] = forms.handlers }, layers, labels } do
  for domain, list in pairs(source) do
    for op, handler in pairs(list) do handlers[domain][op] = handler end
  end
end

return handlers
