--- Out to the world: the model leaves Mah, as ONNX, as C, to NumPy; and scikit-learn's comes in.
---
--- A model is of use where the data are: in a browser, in an instrument, in a colleague's notebook.
--- Which kind of file `save` writes, the name's ending says.
---
--- Output:
---   trained: ~0.98 right on new points
---   moons.safetensors, moons.onnx, moons.h: written
---   moons.onnx comes home with the same bits: true
---   in C: ...
---   scikit-learn: ...
---   by hand: 1 and 0 are different
local mah = require "mah"

local train = mah.data.make_moons { n_samples = 400, noise = 0.15, random_state = 1 }
local test = mah.data.make_moons { n_samples = 400, noise = 0.15, random_state = 2 }
local model = mah.Pipeline { mah.preprocessing.StandardScaler {}, mah.MLPClassifier {
  hidden_layer_sizes = { 12 }, solver = "lbfgs", alpha = 0.1, random_state = 1 } }
model:fit(train.x, train.y)
print(("trained: %.2f right on new points"):format(model:score(test.x, test.y)))

-- safetensors is Mah's own kind: with it a training can go on. state = false leaves out what only
-- that needs. ONNX is read by the runtimes of all languages. The header is C99 that needs nothing
-- but math.h, for a microcontroller too. Scalers, encoders and class names go along, in all three.
for _, kind in ipairs { "safetensors", "onnx", "h" } do
  model:save("moons." .. kind, kind == "safetensors" and { state = false } or nil)
end
print "moons.safetensors, moons.onnx, moons.h: written"

-- mah.load reads what is in a file, whatever it is called, and whoever wrote it.
local home = mah.load "moons.onnx"
print("moons.onnx comes home with the same bits:",
  home:predict_proba(test.x):equal(model:predict_proba(test.x)))

-- The rest needs a compiler, and Python with scikit-learn; where they lack, it says so.
local function has(command) return os.execute(command .. " >said 2>&1 </dev/null") == 0 end
local function run(command) return assert(has(command) and mah.file.read "said", command) end
local function largest(a, b) return (a:double() - b):abs():max() end

-- In C, a row goes in, and the probabilities come out.
mah.file.write("moons.c", [[
#include <stdio.h>
#include "moons.h"
int main(void) {
  float x[moons_inputs] = {0.5f, 0.25f}, p[moons_outputs];
  moons_predict(x, p);
  printf("class %d, %.6f", moons_classes[moons_classify(x)], p[1]);
}
]])
if has "cc --version" then
  local said = run "cc -o moons moons.c -lm && ./moons"
  local p = model:predict_proba(mah.tensor { { 0.5, 0.25 } })[1]
  assert(math.abs(said:match "[%d.]+$" - p[2]) < 1e-5)
  print("in C: " .. said)
else
  print "in C: not tried, there is no compiler"
end

-- To Python, weights go in a .npz, and scikit-learn takes them as its own. And from Python: a model
-- that scikit-learn has fitted is read from its joblib file, as data, without running any of it.
mah.save_npz("mine.npz", { w1 = model[-1].coefs_[1], b1 = model[-1].intercepts_[1],
  w2 = model[-1].coefs_[2], b2 = model[-1].intercepts_[2], x = train.x:double(), y = train.y })
mah.file.write("theirs.py", [=[
import joblib, numpy as np
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
mine = np.load("mine.npz")
x, y = mine["x"], mine["y"]
model = make_pipeline(StandardScaler(), MLPClassifier((12,), solver="lbfgs", random_state=1))
joblib.dump(model.fit(x, y), "theirs.joblib")
np.save("theirs.npy", model.predict_proba(x))
model[-1].coefs_ = [mine["w1"], mine["w2"]]        # from here on it is Mah's
model[-1].intercepts_ = [mine["b1"], mine["b2"]]
np.save("mine.npy", model.predict_proba(x))
]=])
local python = has "python3 -c 'import sklearn'" and "python3" or "/usr/bin/python3"
if has(python .. " -c 'import sklearn'") then
  run(python .. " theirs.py")
  local theirs = mah.load("theirs.joblib"):predict_proba(train.x:double())
  assert(largest(theirs, mah.load_npy "theirs.npy") < 1e-12)
  assert(largest(model:predict_proba(train.x), mah.load_npy "mine.npy") < 1e-5)
  print "scikit-learn: says the same with Mah's weights, and Mah with scikit-learn's"
else
  print "scikit-learn: not tried, Python has none"
end

-- PyTorch's state_dict, ONNX of others, KANN, FANN and Torch7 come in by mah.load, too. And a model
-- may be written down: this one by hand, with a rule that logic knows.
local xor = mah.MLPClassifier.from { activation = "relu", classes = { "equal", "different" },
  coefs = { { { 1, 1 }, { 1, 1 } }, { { 20 }, { -40 } } }, intercepts = { { 0, -1 }, { -10 } } }
print("by hand: 1 and 0 are " .. xor:predict(mah.tensor { { 1, 0 } })[1])

-- That is the way through. examples/ goes further, one thing at a time: `mah examples` lists them.
