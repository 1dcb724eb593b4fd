-- The numbers that figures show, as reports write them beside the pictures.
local data = require "mah.draw.data"
local mah = require "mah"

local plot = mah.plot

--- A figure's numbers as text: its columns, and then its rows.
local function shown(figure)
  local found = data.of(figure)
  if not found then return nil end
  local lines = { table.concat(found.columns, ",") }
  for i, row in ipairs(found) do
    local cells = {}
    for k, name in ipairs(found.columns) do
      cells[k] = row[name] == nil and "" or tostring(row[name])
    end
    lines[i + 1] = table.concat(cells, ",")
  end
  return table.concat(lines, " ")
end

local truth, score = { 0, 0, 1, 1 }, { 0.1, 0.4, 0.35, 0.8 }

for name, case in pairs {
  ["lines, with their names and bands"] = {
    plot.lines { x = { "a", "b" }, y = { 1, 2 }, spread = { 1, 0 }, label = "s" },
    "series,x,y,low,high s,a,1,0,2 s,b,2,2,2" },
  bars = { plot.bars { labels = { "a", "b" }, y = { 1, 2 }, err = { 0, 1 } },
    "label,value,err a,1,0 b,2,1" },
  ["bars in groups"] = {
    plot.bars { labels = { 5 }, series = { { y = { 1 }, label = "s" }, { y = { 3 } } } },
    "series,label,value s,5,1 2,5,3" },
  histograms = { plot.hist { x = { 1, 2, 2, 3 }, bins = 2 },
    "series,low,high,count 1,1,2,1 1,2,3,3" },
  ["confusion matrices"] = { plot.confusion { { 3, 1 }, { 0, 2 } },
    "predicted,truth,count 0,0,3 1,0,1 0,1,0 1,1,2" },
  ["heat maps"] = { plot.heatmap { z = { { 1, 2 }, { 3, 4 } }, x = { "u", "v" } },
    "x,y,value u,1,1 v,1,2 u,2,3 v,2,4" },
  points = { plot.scatter { x = { 1, 2 }, y = { 3, 4 }, classes = { "u", "v" } },
    "x,y,class 1,3,u 2,4,v" },
  contours = { plot.contour { z = { { 1, 2 }, { 3, 4 } } },
    "x,y,value 1,1,1 2,1,2 1,2,3 2,2,4" },
  boxes = { plot.box { series = { { y = { 1, 2, 3, 50 }, label = "b" } } },
    "series,low,q1,median,q3,high,beyond b,1,1.75,2.5,14.75,14.75,50" },
  ["scatter matrices"] = {
    plot.scatter_matrix { data = { a = { 1, 2 }, b = { 3, 4 } }, classes = { "u", "v" } },
    "a,b,class 1,3,u 2,4,v" },
  ["ROC curves"] = { plot.roc { fpr = { 0, 1 }, tpr = { 0, 1 }, label = "m" },
    "series,x,y m (AUC 0.500),0,0 m (AUC 0.500),1,1" },
  calibration = { plot.calibration { prob_true = { 0, 1 }, prob_pred = { 0.25, 0.75 } },
    "series,x,y 1,0.25,0 1,0.75,1" },
  residuals = {
    plot.residuals { y_true = { 1, 2 }, y_pred = { 1, 3 }, kind = "residual_vs_predicted" },
    "x,y,actual 1,0,1 3,-1,2" },
  importances = { plot.importance { importances_mean = { 0.5, 1 }, names = { "a", "b" } },
    "label,value b,1 a,0.5" },
  overlays = { plot.overlay { figures = { plot.contour { z = { { 1, 2 }, { 3, 4 } } },
    plot.scatter { x = { 1 }, y = { 2 } } } }, "x,y,value 1,1,1 2,1,2 1,2,3 2,2,4 1,2," },
  panels = { plot.panel { figures = { plot.lines { y = { 7 } }, plot.bars { labels = { "a" },
    y = { 1 } } } }, "part,series,x,y,label,value 1,1,1,7,, 2,,,,a,1" },
} do
  it("the numbers of " .. name, function() assert.equal(case[2], shown(case[1])) end)
end

it("the winning class of every place of a boundary", function()
  local figure = plot.boundary { x_range = { 0, 1 }, y_range = { 0, 1 }, n = 2,
    model = function(places) return places:select(2, 1):gt(0.5):int() end }
  assert.equal("x,y,class 0,0,0 1,0,1 0,1,0 1,1,1", shown(figure))
end)

it("a heat map whose rows grow upwards keeps them at their places", function()
  local z, steps = mah.arange(1, 900):reshape(30, 30):totable(), mah.arange(1, 30):totable()
  local found = data.of(plot.heatmap { z = z, x = steps, y = steps })
  assert.equal(900, #found)
  for _, row in ipairs(found) do
    assert.near(z[math.floor(row.y + 0.5)][math.floor(row.x + 0.5)], row.value, 1e-9)
  end
end)

it("all curves of scores have some", function()
  for _, figure in ipairs { plot.precision_recall { y_true = truth, y_score = score },
    plot.learning_curve { train_sizes = { 5, 9 }, train_scores = { { 1, 1 }, { 1, 0 } },
      test_scores = { { 0, 1 }, { 1, 1 } } } } do
    assert.truthy(shown(figure):find "^series,x,y")
  end
end)

it("pictures have none", function()
  assert.is_nil(shown(mah.image.grid(mah.rand(2, 4))))
  assert.is_nil(shown(plot.panel { figures = { mah.image.grid(mah.rand(2, 4)) } }))
end)
