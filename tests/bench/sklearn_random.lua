--- Mah's half of sklearn_random.py: runs the settings of FOLDER/requests.json on FOLDER/x<i>.npy
--- and y<i>.npy, and writes FOLDER/answers.json: for each setting the results after each call.
local mah = require "mah"

local folder = arg[1]
mah.warnings(false)

local function lists(t) return t:totable() end

--- A curve as it is now: later calls make it longer.
local function copy(curve)
  local out = {}
  for i, value in ipairs(curve or {}) do out[i] = value end
  return out
end

local function results_of(model, x, solver)
  local weights = {}
  for i, coef in ipairs(model.coefs_) do
    weights[#weights + 1] = lists(coef)
    weights[#weights + 1] = lists(model.intercepts_[i])
  end
  return {
    n_iter = model.n_iter_, loss = model.loss_, weights = weights,
    loss_curve = copy(solver ~= "lbfgs" and model.loss_curve_),
    scores = copy(model.validation_scores_), predicted = lists(model:predict(x)),
    rule = model.stop_reason_ and model.stop_reason_.rule,
  }
end

local function call(model, step, x, y, classes)
  model:set_params(step[2])
  if step[1] == "fit" then return model:fit(x, y) end
  if model.class == "MLPClassifier" then return model:partial_fit(x, y, classes) end
  return model:partial_fit(x, y)
end

local function answer(request, i)
  local x, y = mah.load_npy(("%s/x%d.npy"):format(folder, i)),
    mah.load_npy(("%s/y%d.npy"):format(folder, i))
  request.params.compat = "sklearn"
  local model, results = mah[request.class](request.params), {}
  local classes = request.kind ~= "labels" and y or nil
  for n, step in ipairs(request.steps) do
    local ok, problem = pcall(call, model, step, x, y, classes)
    results[n] = ok and results_of(model, x, request.params.solver) or { error = problem }
    if not ok then break end
  end
  return results
end

local answers = {}
for i, request in ipairs(mah.json.decode(mah.file.read(folder .. "/requests.json"))) do
  answers[i] = answer(request, i - 1)
end
mah.file.write(folder .. "/answers.json", mah.json.encode(answers))
