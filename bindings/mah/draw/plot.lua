--- Charts. Each function returns a figure: figure:save "name.png" or ".svg", figure:svg(),
--- figure:pixels(), figure:draw(canvas). css() gives the colours of a page around SVG figures.
---
---     local mah = require "mah"
---     local series = {{x = {1, 2, 3}, y = {.9, .95, .96}, label = "test"}}
---     mah.plot.lines{series = series, x_label = "epoch"}:save("accuracy.png")
local colors = require "mah.draw.colors"

return {
  lines = require "mah.draw.lines",
  bars = require "mah.draw.bars",
  hist = require "mah.draw.hist",
  confusion = require "mah.draw.confusion",
  heatmap = require "mah.draw.heatmap",
  panel = require "mah.draw.panel",
  css = colors.css,
}
