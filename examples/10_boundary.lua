--- What a classifier says at every place of a plane: the regions of a network on three toy sets,
--- with the points it learnt from; and contours, points and a line over each other.
---
--- Output:
---   moons    ~0.97
---   circles  ~0.99
---   blobs    ~0.97
---   wrote out/boundary.png and out/contour.png
local mah = require "mah"

local sets = {
  { "moons", mah.data.make_moons { n_samples = 300, noise = 0.2, random_state = 1 } },
  { "circles", mah.data.make_circles { n_samples = 300, noise = 0.1, factor = 0.4,
    random_state = 1 } },
  { "blobs", mah.data.make_blobs { n_samples = 300, cluster_std = 2.2, random_state = 8 } },
}

local figures = {}
for i, entry in ipairs(sets) do
  local name, set = entry[1], entry[2]
  local clf = mah.MLPClassifier { hidden_layer_sizes = { 20, 20 }, activation = "tanh",
    solver = "lbfgs", alpha = 1, max_iter = 300, random_state = 1 }
  clf:fit(set.x, set.y)
  print(("%-7s  %.2f"):format(name, clf:score(set.x, set.y)))
  figures[i] = mah.plot.boundary { model = clf, x = set.x, y = set.y, title = name, width = 400,
    height = 340 }
end

local function height(x, y) return math.sin(3 * x) * math.cos(2 * y) end
local hill = mah.plot.contour { f = height, x_range = { -1, 1 }, y_range = { -1, 1 },
  label = "height", title = "Contours, points and a line" }
local found = mah.plot.scatter { x = { 0.52, -0.52 }, y = { 0, 0 }, classes = { "top", "bottom" } }
local path = mah.plot.lines { x = { -0.52, 0.52 }, y = { 0, 0 }, label = "path" }
mah.file.make_directory "out"
mah.plot.panel({ figures = figures, columns = 3 }):save "out/boundary.png"
mah.plot.overlay({ figures = { hill, path, found } }):save "out/contour.png"
print "wrote out/boundary.png and out/contour.png"
