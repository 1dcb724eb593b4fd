--- A model leaves, as ONNX and as C, and others come in.
---
--- Output:
---   ...
---   comes home with the same bits: true
---   of given weights: 1.0
---   of PyTorch's names: 3 -> 2 tanh -> 1 logistic, 11 parameters
local mah = require "mah"
local folder = os.tmpname()
os.remove(folder)
mah.file.make_directory(folder)

-- To any runtime of ONNX, to a microcontroller, to NumPy or another Mah.
local moons = mah.data.make_moons { n_samples = 200, noise = 0.1, random_state = 1 }
local model = mah.Pipeline {
  mah.preprocessing.StandardScaler {},
  mah.MLPClassifier { hidden_layer_sizes = { 8 }, solver = "lbfgs", random_state = 1 },
}
model:fit(moons.x, moons.y)
model:save(folder .. "/model.onnx")
model:save(folder .. "/model.h", { name = "moons" }) -- moons_predict(x, p), moons_classify(x)
model:save(folder .. "/model.safetensors", { state = false })

local function read(name) return mah.file.read(folder .. "/" .. name) end
print(("model.onnx: %d kB, model.h: %d lines, model.safetensors: %d kB"):format(
  #read "model.onnx" / 1000, select(2, read("model.h"):gsub("\n", "")),
  #read "model.safetensors" / 1000))
local back = mah.load(folder .. "/model.onnx"):predict_proba(moons.x)
local same = back:equal(model:predict_proba(moons.x))
print("comes home with the same bits: " .. tostring(same))

-- Of weights that one has; and of a file with names as PyTorch gives them (out x in).
local clf = mah.MLPClassifier.from { coefs = { { { 4, -4 }, { 4, -4 } }, { { 3 }, { 3 } } },
  intercepts = { { -2, 6 }, { -4.5 } }, classes = { "no", "yes" }, activation = "logistic" }
local corners = mah.tensor { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } }
print(("of given weights: %.1f"):format(clf:score(corners, { "no", "yes", "yes", "no" })))
local path = folder .. "/torch.safetensors"
mah.save_safetensors(path, { ["0.weight"] = mah.randn(2, 3), ["0.bias"] = mah.zeros(2),
  ["2.weight"] = mah.randn(1, 2), ["2.bias"] = mah.zeros(1) })
local net = mah.load(path, { activation = "tanh", out_activation = "logistic" })
print("of PyTorch's names: " .. tostring(net))
