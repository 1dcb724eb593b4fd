--- Regression with a pipeline: prices of flats from numbers with gaps and the district's name.
--- Cross-validation compares two sizes; the better model is judged, and saved as one file.
--- Output:
---   10 units: R2 ~0.99 over 5 folds
---   40 units: R2 ~0.99 over 5 folds
---   10 units, on flats that it has not seen: R2 ~0.99
---   R2 falls by ~1.56 with shuffled areas
---   85 square metres in the centre: ~426
local mah = require "mah"
local p, m = mah.preprocessing, mah.model_selection

local rng, flats = mah.rng(1), { area = {}, rooms = {}, district = {}, price = {} }
for i = 1, 600 do
  local area, district = rng:uniform(25, 150), ({ "centre", "north", "port" })[rng:integers(1, 3)]
  flats.area[i], flats.district[i] = area, district
  flats.rooms[i] = rng:random() < 0.1 and 0 / 0 or math.ceil(area / 30) -- NaN: not known
  flats.price[i] = ({ centre = 5, north = 3, port = 4 })[district] * area + rng:normal(0, 15)
end
local train, test = m.train_test_split(flats, { test_size = 0.25, random_state = 1 })
local function model(units)
  local columns = p.ColumnTransformer {
    { { "area", "rooms" }, p.SimpleImputer { strategy = "median" }, p.StandardScaler {} },
    { "district", p.OneHotEncoder {} },
  }
  local network = mah.MLPRegressor { hidden_layer_sizes = { units }, solver = "lbfgs",
    alpha = 0.1, max_iter = 1000, random_state = 1 }
  return p.TransformedTargetRegressor { regressor = mah.Pipeline { columns, network },
    transformer = p.StandardScaler {} }
end
for _, units in ipairs { 10, 40 } do
  local scores = m.cross_val_score(model(units), train, "price", { cv = 5 })
  print(("%d units: R2 %.3f over 5 folds"):format(units, scores:mean()))
end
local best, file = model(10):fit(train, "price"), os.tmpname()
best:save(file)
print(("10 units, on flats that it has not seen: R2 %.3f"):format(best:score(test, "price")))
local falls = m.permutation_importance(best, test, "price", { random_state = 1 })
print(("R2 falls by %.2f with shuffled areas"):format(falls.importances_mean[1]))
local flat = { area = { 85 }, rooms = { 0 / 0 }, district = { "centre" } }
print(("85 square metres in the centre: %.0f"):format(mah.load(file):predict(flat)[1]))
