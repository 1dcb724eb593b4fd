# Trainings over ranks: the weights, losses and scores of one process with one thread, byte for byte,
# on every rank; and what becomes of ranks that are not alike, or are lost.
. "$ROOT/tests/cluster/harness.sh"

needs_mpi || { finish; exit; }

# Each training that is compared, into FOLDER/NAME.RANK: its weights and its curves.
cat >"$PLAIN/trainings.lua" <<'EOF'
local folder, how = arg[1], arg[2] == "alone" and false or arg[2] == "ranks" and "ranks" or true
local rank = tonumber(os.getenv "OMPI_COMM_WORLD_RANK" or 0)
local mah = require "mah"
mah.warnings(false)
local digits = mah.data.digits { n = 450, seed = 1 }.train
local dense = mah.randn(450, 30, { rng = mah.rng(2) })
local threads = not how and 1 or nil

local function keep(name, w, history)
  local path = ("%s/%s.%d"):format(folder, name, rank)
  mah.save_npy(path, w)
  local out, names = io.open(path, "ab"), {}
  for curve in pairs(history) do names[#names + 1] = curve end
  table.sort(names)
  for _, curve in ipairs(names) do
    for _, value in ipairs(curve ~= "seconds" and history[curve] or {}) do
      out:write(("%s %.17g\n"):format(curve, value))
    end
  end
  out:close()
end

local function train(name, x, given, layers)
  local o = { stop = 3, seed = 1, validation = 0.1, batch_size = 120, l2 = 1e-3,
    threads = threads, distributed = how }
  for option, value in pairs(given) do o[option] = value end
  layers = layers or { 20, "tanh" }
  local net = mah.mlp { x.shape[2], { 130, "relu", dropout = given.solver ~= "lbfgs" and 0.1 or 0 },
    layers, { 10, "softmax" }, dtype = x.dtype, seed = 3 }
  local run = mah.train(net, { x = x, y = digits.y }, o)
  keep(name, net.params, run.history)
end

for _, dtype in ipairs { "float32", "float64" } do
  for _, solver in ipairs { "adam", "sgd", "lbfgs" } do
    local given = { solver = solver, batch_size = solver ~= "lbfgs" and 120 or nil }
    if solver == "lbfgs" then given.batch_size = 405 end
    train(("digits-%s-%s"):format(dtype, solver), digits.x:to(dtype), given)
    train(("dense-%s-%s"):format(dtype, solver), dense:to(dtype), given)
  end
end
local lines = {}
for i = 1, #digits.x do
  local parts = { tostring(digits.y[i]) }
  for j = 1, 784 do
    if digits.x[i][j] ~= 0 then parts[#parts + 1] = ("%d:%.9g"):format(j, digits.x[i][j]) end
  end
  lines[i] = table.concat(parts, " ")
end
local text = ("%s/digits.%d.txt"):format(folder, rank)
mah.file.write(text, table.concat(lines, "\n") .. "\n")
train("sparse", mah.data.svmlight(text, { sparse = true, n_features = 784 }),
  { solver = "adamw" })
for _, solver in ipairs { "lion", "nadam", "radam", "rprop" } do
  train(solver, dense, { solver = solver, batch_size = 120 })
end
train("steps", digits.x, { solver = mah.solver.rmsprop { momentum = 0.9 }, clip_norm = 0.5,
  on_batch = function() end })
local around = { average = mah.average.ema { decay = 0.9 }, freeze = "3.bias", accumulate = 2,
  groups = { { layers = 1, lr_scale = 0.5, weight_decay = 0.1 } }, batch_size = 40 }
train("around", digits.x, around, { 20, "tanh", max_norm = 0.9 })
around.average, around.on_batch = mah.average.swa { start = 2 }, function() end
train("around steps", dense, around, { 20, "tanh", max_norm = 0.9 })
around.on_batch, around.solver = nil, "adamw"
train("around deep", dense, around, { 20, "tanh", max_norm = 0.9, norm = "batch" })
train("custom", dense, { solver = "adagrad" }, { 20, {
  forward = function(z) return z:tanh() end,
  backward = function(y, dy) return dy * (1 - y * y) end } })
train("own solver", dense, { solver = function(evaluate, w)
  local loss, g = evaluate(w)
  w:axpy_(-0.1, g)
  return loss
end })

-- rank 0 alone computes functions in Lua; noise, and statistics that training changes
local layers = mah.nn.Sequential { mah.nn.Linear { 30, 40 }, mah.nn.BatchNorm { 40 },
  mah.nn.Tanh {}, mah.nn.Dropout { 0.2 }, mah.nn.Linear { 40, 10 } }
local deep = mah.network { params = { layers, scale = { 1, init = "ones" } }, seed = 3,
  forward = function(p, rows, training) return layers(p[1], rows, training) * p.scale end,
  loss = function(scores, y, weight)
    return mah.loss.cross_entropy(scores, y, { label_smoothing = 0.1, weight = weight })
  end }
local deep_run = mah.train(deep, { x = dense, y = digits.y, weight = mah.rand(450,
  { rng = mah.rng(5) }) }, { stop = 3, seed = 1, validation = 0.1, batch_size = 120, l2 = 1e-3,
  threads = threads, distributed = how })
keep("function", mah.cat { deep.params, deep.buffers }, deep_run.history)
deep_run = mah.train(deep, { x = dense, y = digits.y }, { resume = true, stop = 5, seed = 1,
  validation = 0.1, batch_size = 120, threads = threads, distributed = how })
keep("function resumed", mah.cat { deep.params, deep.buffers }, deep_run.history)

local clf = mah.MLPClassifier { hidden_layer_sizes = { 30, 20 }, early_stopping = true, tol = 0.1,
  n_iter_no_change = 2, max_iter = 9, random_state = 1, batch_size = 50, distributed = how,
  threads = threads }
clf:fit(digits.x, digits.y)
keep("classifier", clf.network.params, clf.history_)
clf:set_params { early_stopping = false }
clf:partial_fit(digits.x, digits.y) -- with the solver's vectors, which all have
keep("classifier again", clf.network.params, clf.history_)
local reg = mah.MLPRegressor { hidden_layer_sizes = 30, solver = "lbfgs", max_iter = 20,
  random_state = 1, distributed = how, threads = threads }
reg:fit(dense, dense:sum(2))
keep("regressor", reg.network.params, reg.history_)
EOF

# The same of data that each rank reads its rows of.
cat >"$PLAIN/shards.lua" <<'EOF'
local folder, alone = arg[1], arg[2] == "alone"
local rank = tonumber(os.getenv "OMPI_COMM_WORLD_RANK" or 0)
local mah = require "mah"
mah.warnings(false)
local y = mah.data.digits { n = 450, seed = 1 }.train.y
if alone then
  local digits = mah.data.digits { n = 450, seed = 1 }.train
  local bytes = (digits.x * 255):round():to "uint8"
  mah.save_idx("digits.idx.gz", bytes:view(450, 28, 28))
  mah.save_npy("bytes.npy", bytes)
  mah.save_npy("dense.npy", mah.randn(450, 30, { rng = mah.rng(2) }):double())
  -- some batches with many zeros, some with few
  local mixed = mah.randn(450, 20, { rng = mah.rng(3) })
  mah.save_npy("mixed.npy", mixed * mah.rand(450, 20, { rng = mah.rng(4) }):lt(0.36):float())
end

local function train(name, x, given)
  local o = { stop = 3, seed = 1, validation = 0.1, l2 = 1e-3, distributed = not alone,
    batch_size = given.solver ~= "lbfgs" and 60 or nil, threads = alone and 1 or nil }
  for option, value in pairs(given) do o[option] = value end
  local net = mah.mlp { x.shape[2], { 130, "relu" }, { 10, "softmax" }, seed = 3,
    dtype = x.dtype == "float64" and "float64" or "float32" }
  mah.train(net, { x = x, y = y, scale = x.dtype == "uint8" and 1 / 255 or nil }, o)
  mah.save_npy(("%s/%s.%d"):format(folder, name, rank), net.params)
end

for _, file in ipairs { "digits.idx.gz", "bytes.npy", "dense.npy", "mixed.npy" } do
  local x = mah.data.shard(file)
  assert(#x == 450 and (alone or #x.own < 450))
  train(file .. " adam", x, {})
  train(file .. " lbfgs", x, { solver = "lbfgs" })
end
local x = mah.data.shard("digits.idx.gz", { dtype = "float32", scale = 1 / 255 })
local clf = mah.MLPClassifier { hidden_layer_sizes = 30, early_stopping = true, max_iter = 5,
  random_state = 1, batch_size = 50, distributed = not alone }
clf:fit(x, y)
mah.save_npy(("%s/classifier.%d"):format(folder, rank), clf.network.params)
EOF

# same FOLDER N COUNT: are there COUNT files of each of N ranks, like those of one process in alone?
same() {
  count=0
  for file in "$PLAIN"/alone/*.0; do
    for rank in $(seq 0 $(($2 - 1))); do
      cmp "$file" "$PLAIN/$1/$(basename "$file" .0).$rank" || return 1
      count=$((count + 1))
    done
  done
  [ "$count" = $(($3 * $2)) ]
}

as_plain_user mkdir alone
run as_plain_user "$MAH" trainings.lua alone alone
expect "trainings of one process" 0 "" ""
for n in 1 2 3 4; do
  for how in node ranks; do
    as_plain_user mkdir "$how$n"
    run ranks "$n" "$MAH" trainings.lua "$how$n" "$how"
    expect "trainings of $n ranks ($how)" 0 "" ""
    check "$n ranks have its bits ($how)" same "$how$n" "$n" 28
  done
done

rm -r "$PLAIN/alone"
as_plain_user mkdir alone
run as_plain_user "$MAH" shards.lua alone alone
expect "trainings of the whole data" 0 "" ""
for n in 2 3 4; do
  as_plain_user mkdir "shards$n"
  run ranks "$n" "$MAH" shards.lua "shards$n" together
  expect "trainings of $n shards" 0 "" ""
  check "$n shards give its bits" same "shards$n" "$n" 9
done

# -- Not alike ----------------------------------------------------------------------------------------

cat >"$PLAIN/differ.lua" <<'EOF'
local rank = tonumber(os.getenv "OMPI_COMM_WORLD_RANK")
local mah = require "mah"
local own = { weights = 1, seed = 1, data = 1 }
own[arg[1]] = rank + 1
local x = mah.randn(100, 5, { rng = mah.rng(own.data) })
local net = mah.mlp { 5, { 3, "softmax" }, seed = own.weights }
mah.train(net, { x = x, y = mah.zeros(100):int() }, { stop = 2, seed = own.seed,
  distributed = true })
EOF
for what in "weights:initial weights*" "data:data.x" "seed:seed*"; do
  run ranks 3 "$MAH" differ.lua "${what%%:*}"
  expect "other ${what%%:*} on each rank" 1 "*" \
    "mah: differ.lua:*mah.train: distributed: rank 1 of 3 differs from rank 0 in: ${what#*:}*"
  check "that is said once" [ "$(grep -c "differs from" .err)" = 1 ]
done

# -- Lost ------------------------------------------------------------------------------------------

cat >"$PLAIN/lost.lua" <<'EOF'
local rank, how, result, dies = os.getenv "OMPI_COMM_WORLD_RANK", arg[1], arg[2], arg[3]
local mah, ffi = require "mah", require "ffi"
ffi.cdef "int getpid(void); int kill(int, int);"
local set = mah.data.digits { n = 300, seed = 1 }.train
local net = mah.mlp { 784, { 10, "softmax" }, seed = 1 }
local run = mah.train(net, set, { stop = 40, seed = 1, batch_size = 20, validation = 0.1,
  distributed = how == "ranks" and "ranks" or true,
  checkpoint = { path = how .. ".checkpoint", seconds = 1e-6 },
  on_epoch = function(s)
    local file = rank == "0" and io.open(result .. ".epochs", "a")
    if file then
      file:write(s.epoch, "\n")
      file:close()
    end
    if s.epoch == 20 and rank == dies then ffi.C.kill(ffi.C.getpid(), 9) end
  end })
assert(run.n_iter == 40 and #run.history.loss == 40)
mah.save_npy(("%s.%d"):format(result, rank), net.params)
EOF
for how in node ranks; do
  run ranks 3 "$MAH" lost.lua $how $how-whole nobody
  expect "a training with checkpoints ($how)" 0 "" ""
  check "leaves no checkpoint ($how)" [ ! -e "$PLAIN/$how.checkpoint" ]
  for dies in 1 0; do
    run ranks 3 "$MAH" lost.lua $how $how-lost $dies
    check "when rank $dies is killed the job ends ($how)" [ "$status" -ne 0 -a "$status" -ne 124 ]
    check "and leaves its checkpoint ($how)" [ -s "$PLAIN/$how.checkpoint" ]
    run ranks 3 "$MAH" lost.lua $how $how-again nobody
    expect "the same command goes on ($how)" 0 "" ""
    check "from where it was ($how)" [ "$(wc -l <"$PLAIN/$how-again.epochs")" -le 21 ]
    for rank in 0 1 2; do
      check "to the same bits on rank $rank ($how)" \
        cmp "$PLAIN/$how-whole.0" "$PLAIN/$how-again.$rank"
    done
    rm -f "$PLAIN/$how-again".*
  done
done

finish
