--- Mah's half of sklearn_curves.py: reads a request (JSON, the file is the argument) and prints the
--- answer.
---   {"data": "mnist"|"synthetic", "rows": n, "dump": folder}       writes x.npy and y.npy there
---   {"data": ..., "rows": n, "params": {...}}                  fits, answers n_iter and loss_curve
local mah = require "mah"

local request = mah.json.decode(mah.file.read(arg[1]))

local function load()
  if request.data == "mnist" then return mah.data.take(mah.data.mnist().train, request.rows) end
  return mah.data.digits({ n = request.rows, seed = 1, test = 1 }).train
end

local set = load()
if request.dump then
  mah.save_npy(request.dump .. "/x.npy", set.x)
  mah.save_npy(request.dump .. "/y.npy", set.y)
  print "{}"
else
  mah.warnings(false)
  request.params.compat = "sklearn"
  local clf = mah.MLPClassifier(request.params):fit(set.x, set.y)
  print(mah.json.encode { n_iter = clf.n_iter_, loss_curve = clf.loss_curve_ })
end
