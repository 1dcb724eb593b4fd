--- Several charts on one pair of axes.
---
---     mah.plot.overlay{figures = {mah.plot.contour{z = z}, mah.plot.scatter{x = x, classes = y}}}
local Figure = require "mah.draw.figure"
local Locale = require "mah.draw.locale"
local chart = require "mah.draw.chart"
local check = require "mah.base.check"
local options = require "mah.base.options"

local WHERE = "mah.plot.overlay"

local own = chart.rules {
  figures = { options.required, "table", nil, "a list of figures, of mah.plot's charts" },
  y2_label = { nil, "string", nil, "text beside the right axis" },
}
for name, rule in pairs(own) do -- what is left out comes from the figures
  if name ~= "figures" and name ~= "legend" then
    local source = name == "guides" and "; besides those of the figures"
      or "; nil: of the first figure that has it"
    own[name] = { nil, rule[2], rule[3], rule[4]:gsub("; nil: .*", "") .. source }
  end
end
local rules = options.declare(WHERE, own)

local inherited = { "title", "x_label", "y_label", "y2_label", "x_range", "y_range", "y2_range",
  "x_format", "y_format", "y2_format", "x_ticks", "width", "height", "lang" }

--- The options of the whole: its own, else those of the first figure that has any.
local function merged(o, figures)
  local all = { legend = o.legend, guides = {} }
  for _, name in ipairs(inherited) do
    all[name] = o[name]
    for _, figure in ipairs(figures) do
      local value = figure.chart.o[name]
      if all[name] == nil and value ~= "" then all[name] = value end
    end
  end
  for _, name in ipairs { "log_x", "log_y", "log_y2" } do
    all[name] = o[name] or false
    for _, figure in ipairs(o[name] == nil and figures or {}) do
      all[name] = all[name] or figure.chart.o[name] or false
    end
  end
  for _, list in ipairs { figures, { { chart = { o = o } } } } do
    for _, figure in ipairs(list) do
      for _, guide in ipairs(figure.chart.o.guides or {}) do all.guides[#all.guides + 1] = guide end
    end
  end
  all.title, all.width, all.height = all.title or "", all.width or 640, all.height or 400
  return all
end

--- Several charts over each other, on common axes: lines, scatter, contour, boundary, box, hist,
--- bars, importance, heat maps (not those whose numbers fall), and the curves (roc ...). Places
--- that have names must have the same ones. Areas lie behind, points before. What has no axes to
--- share, such as a scatter matrix, mah.plot.panel puts beside others.
---
---     local area = mah.plot.contour { z = { { 1, 2 }, { 3, 4 } } }
---     local points = mah.plot.scatter { x = { 1.2, 1.8 }, y = { 1.5, 1.1 } }
---     print(mah.plot.overlay { figures = { area, points }, title = "points on a plane" })
---     --> figure 640 x 400: points on a plane
---@param given table
---@return figure
return function(given)
  local o = options(given, rules, WHERE)
  check.that(#o.figures > 0, "%s: figures is empty", WHERE)
  local artists = {}
  for i, figure in ipairs(o.figures) do
    check.that(getmetatable(figure) == Figure, "%s: figures[%d] must be a figure; got %s", WHERE, i,
      check.show(figure))
    check.that(figure.chart, "%s: figures[%d] has no axes to share; mah.plot.panel puts figures "
      .. "beside each other", WHERE, i)
    for _, artist in ipairs(figure.chart.artists) do artists[#artists + 1] = artist end
  end
  local all = merged(o, o.figures)
  all.lang = Locale.of(all.lang or "en").name
  return chart.figure(WHERE, all, artists)
end
