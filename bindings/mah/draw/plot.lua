--- Charts, each a figure that a function returns: figure:save "name.png" or ".svg", figure:svg(),
--- figure:pixels(), figure:draw(canvas). css() gives the colours of a page around SVG figures.
---
---     local figure = mah.plot.lines { y = { 0.9, 0.95, 0.96 }, label = "test", x_label = "epoch" }
---     figure:save "accuracy.png"
---     print(figure)   --> figure 640 x 400
local colors = require "mah.draw.colors"
local curves = require "mah.draw.curves"
local scores = require "mah.draw.scores"

return {
  lines = require "mah.draw.lines",
  bars = require "mah.draw.bars",
  hist = require "mah.draw.hist",
  confusion = require "mah.draw.confusion",
  heatmap = require "mah.draw.heatmap",
  scatter = require "mah.draw.scatter",
  contour = require "mah.draw.contour",
  boundary = require "mah.draw.boundary",
  box = require "mah.draw.box",
  scatter_matrix = require "mah.draw.scatter_matrix",
  roc = curves.roc,
  precision_recall = curves.precision_recall,
  calibration = curves.calibration,
  residuals = require "mah.draw.residuals",
  learning_curve = scores.learning_curve,
  validation_curve = scores.validation_curve,
  importance = require "mah.draw.importance",
  panel = require "mah.draw.panel",
  overlay = require "mah.draw.overlay",
  css = colors.css,
}
