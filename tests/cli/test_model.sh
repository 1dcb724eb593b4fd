# A saved model: read by NumPy alone, and resumed by a new process.
. ./harness.sh

cat >common.lua <<'END'
mah = require "mah"
mah.warnings(false)
set = mah.data.digits{n = 300, seed = 1, test = 1}.train
function new(max_iter)
  return mah.MLPClassifier{hidden_layer_sizes = {8, 6}, random_state = 1, max_iter = max_iter, batch_size = 32}
end
END
cat >first.lua <<'END'
require "common"
local clf = new(10):fit(set.x, set.y):save "model.safetensors"
local p, text = clf:predict_proba(mah.ones(1, 784)), {}
for k = 1, 10 do text[k] = tonumber(("%.4f"):format(p[1][k])) end
print(table.concat(text, " "))
END
cat >second.lua <<'END'
require "common"
local clf = mah.load "model.safetensors"
clf.max_iter = 20
clf:resume(set.x, set.y)
local straight = new(20):fit(set.x, set.y)
print(clf.n_iter_, clf.network.params:equal(straight.network.params))
END

run "$MAH" first.lua
expect "saves a model" 0 "0.* 0.* 0.*" ""
ours=$out
run /usr/bin/python3 "$ROOT/tests/golden/read_safetensors.py" model.safetensors
expect "NumPy reads it" 0 "*coefs.0 float32 784 8*MLPClassifier 784 8 6 10 relu relu softmax classes 0 1 2 3 4 5 6 7 8 9*mah estimator 3 *" ""
check "NumPy computes the same probabilities" awk -v ours="$ours" -v theirs="${out##*mah estimator 3 }" 'BEGIN {
  n = split(ours, a); m = split(theirs, b)
  for (i = 1; i <= n; i++) if ((a[i] - b[i])^2 > 1e-7) exit 1
  exit n != 10 || m != 10
}'
run "$MAH" second.lua
expect "10 epochs, a new process, 10 more are 20, bit for bit" 0 "20	true" ""

cat >pipeline.lua <<'END'
require "common"
local p = mah.preprocessing
local x = {a = set.x:select(2, 400), b = set.x:select(2, 401), c = {}}
for i = 1, 300 do x.c[i] = i % 3 == 0 and "third" or "other" end
local model = arg[1] == "load" and mah.load "pipeline.safetensors" or mah.Pipeline{
  p.ColumnTransformer{ {{"a", "b"}, p.StandardScaler{}, p.PowerTransformer{}}, {"c", p.OneHotEncoder{}} },
  new(5),
}
if arg[1] ~= "load" then model:fit(x, set.y):save "pipeline.safetensors" end
mah.save_npy(arg[1] .. ".npy", model:predict_proba(x))
END
run "$MAH" pipeline.lua save
expect "saves a pipeline" 0 "" ""
run "$MAH" pipeline.lua load
expect "loads it in a new process" 0 "" ""
check "the same bits" cmp save.npy load.npy
run /usr/bin/python3 "$ROOT/tests/golden/read_safetensors.py" pipeline.safetensors
expect "NumPy reads its steps" 0 "*steps ColumnTransformer MLPClassifier
Pipeline 4 8 6 10 relu relu softmax classes 0 1 2 3 4 5 6 7 8 9" ""

run "$MAH" -e 'local net = mah.mlp { 2, { 3, "softmax" }, seed = 1 }
local x = mah.zeros(4, 2)
print(mah.ensemble({ net }):predict_proba(x):equal(net(x)))'
expect "an ensemble of networks that nobody trains here" 0 "true" ""

run "$MAH" -e 'mah.help "MLPClassifier:save"'
printf '%s\n' "$out" | sed -n '/^  import json/,/^  print/s/^  //p' >five.py
check "the help has five lines of Python" test "$(wc -l <five.py)" -eq 5
run /usr/bin/python3 five.py
expect "they read the header and the weights" 0 "?0, 1, 2, 3, 4, 5, 6, 7, 8, 9? ?784, 8, 6, 10? ??*" ""

finish
