--- What the options mean that several figures have, for the rules of each: written once.
---
---     width = { 640, "number", "[120, 10000]", texts.width },
local texts = {
  title = "above the picture, in bold",
  x_label = "text below the x axis",
  y_label = "text beside the y axis",
  log_x = "a logarithmic x axis; values <= 0 are not drawn",
  log_y = "a logarithmic y axis; values <= 0 are not drawn",
  x_range = "{low, high}: what the x axis shows; nil: what is drawn, with some room",
  y_range = "{low, high}: what the y axis shows; nil: what is drawn, with some room",
  x_format = '"percent" (0.1 becomes 10%) or function(value) -> string, of the ticks of x',
  y_format = '"percent" (0.1 becomes 10%) or function(value) -> string, of the ticks of y',
  x_ticks = "values at which ticks stand, or names of the places 1, 2 ...; nil: round numbers",
  guides = "dashed lines across the axes: {{x = } or {y = } or {slope =, intercept = 0} ...}, each "
    .. "with a label if you like",
  legend = "where the names stand; auto: a free corner, or above; shown when something has a label",
  width = "of the figure in pixels; a PNG has 1.5 times as many unless told",
  height = "of the figure in pixels; a PNG has 1.5 times as many unless told",
  cell = "side of a cell in pixels; nil: by the number of cells",
  color = '"#rrggbb", a name (ink, muted, accent, c1 ... c8) or the number of a series; nil: the '
    .. "next of the palette",
  marker = "circle, square, triangle, diamond, down or plus",
  map = "colours from low to high values; diverging is blue and red around zero",
  range = "{low, high}: values of the colours' ends; nil: the least and the greatest (of diverging "
    .. "as far on both sides of 0)",
  color_bar = "draw the bar that tells the colours' values",
  bar_label = "text beside the colour bar: what the values are",
  bar_format = '"percent" (0.1 becomes 10%) or function(value) -> string, of the colour bar',
  class_names = "names of the classes, in the order of their values; nil: the values",
  classes = "a number or a string for each point: a colour and a marker for each, in their order",
  size = "radius of the points in pixels; nil: 3.6, less for many points",
  opacity = "of the points: 0 cannot be seen, 1 hides what lies behind",
  columns = "names of the columns to draw, in this order; of a matrix: names for all of its "
    .. "columns",
  data = "a table (its columns of numbers), {name = values ...} or a matrix (rows, columns)",
  pos_label = "the label of the positive class; nil: 1 of 0 and 1",
  sample_weight = "(n): the weight of each row; nil: 1",
  y_true = "(n) labels of two classes",
  y_score = "(n) scores or probabilities of the positive class",
  curves = "several curves, {{y_true =, y_score =, label = } ...}, instead of one",
  curve_label = "name of the curve in the legend",
}

return texts
