--- Mistakes of the first hour, and what their messages must say: what is wrong, where, and what to
--- write instead. A message names nothing inside of Mah, stays on a line or two, and stands at the
--- user's line.
---
--- Each line: the code, which sees what `surroundings` makes; then words that the message has, as
--- they stand.
local mah = require "mah"

local function surroundings()
  local x = mah.randn({ 30, 4 }, { rng = 1 })
  local y = x[{ {}, 1 }]:gt(0):int()
  local names = {}
  for i = 1, 30 do names[i] = i % 2 == 0 and "yes" or "no" end
  local made = { mah = mah, x = x, y = y, names = names, data = { x = x, y = y } }
  made.freed = mah.zeros(3)
  made.freed:free()
  made.people = mah.data.table({ { "name", { "Ann", "Bob" } } }, { types = "text" })
  made.net = mah.mlp { 4, { 3, "relu" }, { 2, "softmax" }, seed = 1 }
  made.clf = mah.MLPClassifier { hidden_layer_sizes = { 3 }, max_iter = 2, random_state = 1 }
  made.fitted = mah.MLPClassifier { hidden_layer_sizes = { 3 }, max_iter = 2, random_state = 1 }
    :fit(x, y)
  return setmetatable(made, { __index = _G })
end

local mistakes = {
  estimators = {
    { "mah.MLPClasifier{}", "did you mean 'MLPClassifier'" },
    { "mah.MLPClassifier{hidden_layer_size = {10}}", "did you mean 'hidden_layer_sizes'" },
    { "mah.MLPClassifier{alpha = -1}", "alpha must be a number in [0, inf); got -1" },
    { "mah.MLPClassifier{activation = 'rleu'}", "did you mean 'relu'", "mah.MLPClassifier:" },
    { "mah.MLPClassifier{activation = 'Relu'}", "did you mean 'relu'", "mah.MLPClassifier:" },
    { "mah.MLPClassifier{solver = 'Adam'}", "did you mean 'adam'" },
    { "mah.MLPClassifier{batch_size = 'atuo'}", "an integer or 'auto'; got \"atuo\"" },
    { "mah.MLPClassifier{hidden_layer_sizes = {10, 0}}", "must be > 0, got 0 as entry 2" },
    { "mah.MLPClassifier{hidden_layer_sizes = '10'}", "an integer or a table; got \"10\"" },
    { "mah.MLPClassifier(hidden_layer_sizes)", "got nil (a variable that is not there?)" },
    { "mah.MLPClassifier{class_weight = 'blanced'}", "\"balanced\" or a table; got \"blanced\"" },
    { "clf.alpah = 3", "unknown parameter \"alpah\"; did you mean 'alpha'" },
    { "clf.alpha = 'a'", "alpha must be a number in [0, inf); got \"a\"" },
    { "clf.hidden_layer_sizes = {'a'}", "hidden_layer_sizes must be > 0, got \"a\"" },
    { "clf:set_params{alpah = 1}", "did you mean 'alpha'" },
    { "clf:fti(x, y)", "mah.MLPClassifier has no 'fti'; did you mean 'fit'" },
    { "fitted.loss_curve()", "mah.MLPClassifier has no 'loss_curve'; did you mean 'loss_curve_'" },
    { "clf.fit(x, y)", "called with a colon, clf:fit(...)", "a tensor" },
    { "fitted.predict(x)", "called with a colon, clf:predict(...)" },
    { "clf:predict(x)", "mah.MLPClassifier: this estimator is not fitted yet; call fit first" },
    { "clf:fit(x)", "mah.MLPClassifier: y", "nil" },
    { "clf:fit(x, mah.zeros(7))", "x has 30 rows and y has 7" },
    { "clf:fit(y, x)", "mah.MLPClassifier: x: a matrix (samples, features) is expected" },
    { "clf:fit(x, y / 2)", "classes are whole numbers or strings" },
    { "fitted:predict(x[1])", "mah.MLPClassifier: x: a matrix (samples, features)", "(4)" },
    { "fitted:predict(mah.zeros(2, 3))", "has 3 features", "expecting 4 features" },
    { "fitted:predict(x * (0 / 0))", "mah.MLPClassifier: x: row 1, column 1 is nan" },
    { "fitted.coefs_[1] = mah.zeros(3) fitted:predict(x)", "coefs_[1]: shape (4, 3) is expected" },
    { "clf:partial_fit(x, y)", "classes must be passed on the first call to partial_fit" },
    { "clf.early_stopping, names[3] = true, 'rare' clf:fit(x, names)",
      "class \"rare\" has a single member" },
    { "fitted.warm_start, fitted.hidden_layer_sizes = true, 5 fitted:fit(x, y)",
      "hidden_layer_sizes is 5 and was {3}", "fit anew" },
    { "mah.MLPRegressor{}:fit(x, names)", "mah.MLPRegressor: y: numbers", "entry 1 is \"no\"" },
    { "fitted:fit(x, y, names)", "sample_weight: numbers are expected; entry 1 is \"no\"" },
  },
  tensors = {
    { "mah.tensor(1, 2, 3)", "mah.tensor{1, 2}", "the second argument is a dtype" },
    { "x:zeros_like()", "a tensor has no 'zeros_like'; write mah.zeros_like(x)" },
    { "x:cat(x)", "a tensor has no 'cat'; write mah.cat({x, y}, 1)" },
    { "x:mena()", "a tensor has no 'mena'; did you mean 'mean'" },
    { "x:astype('int32')", "a tensor has no 'astype'; write x:to(" },
    { "print(x.T)", "a tensor has no 'T'; write x:t()" },
    { "for row in x do print(row) end", "x{2, 3}, got nil; the rows are x[i], i = 1 ... #x" },
    { "for i, row in ipairs(x) do print(i, row) end", "write for i = 1, #x do local row = x[i]" },
    { "print('x is ' .. x)", "a tensor is no string: write tostring(x)" },
    { "mah.corrcoef(x[1], x[2])", "corrcoef: more variables are an option: mah.corrcoef(x, {y =" },
    { "mah.tensor{x[1], x[2]}", "there is a tensor; mah.stack(list) makes one of tensors" },
    { "x:log10()", "write x:log() / math.log(10)" },
    { "x:clip(0, 1)", "a tensor has no 'clip'; write x:clamp(low, high)" },
    { "mah.array({1, 2})", "mah has no 'array'; write mah.tensor{1, 2, 3}" },
    { "mah.solve(x, y)", "mah has no 'solve'; write mah.linalg.solve" },
    { "mah.reshape(x, 4, 30)", "mah has no 'reshape'; write x:reshape(...)" },
    { "print(mah.int32)", "dtypes are strings: x:to(\"int32\")" },
    { "mah.zeros(3, 'long')", "got \"long\" (did you mean 'int64'?)" },
    { "x:to('float')", "got \"float\"; did you mean 'float32'?" },
    { "mah.full(2, 2, 7)", "full: a dtype or a table of options is expected, got 7" },
    { "mah.randint(10)", "randint: high must be an integer; got nil" },
    { "mah.randint_like(x)", "randint_like: low must be an integer; got nil" },
    { "x:round(2)", "round: to integers only; (x * 100):round() / 100" },
    { "mah.round(x, 2)", "round: to integers only" },
    { "x:histogram{low = 0}", "histogram: options stand behind the bins: x:histogram(10, {low" },
    { "x:histogram(5, {range = {0, 1}})", "unknown option \"range\"; write low = 0, high = 1" },
    { "mah.rng(1):randn(3)", "a generator has no 'randn'; write rng:normal(0, 1, 10)" },
    { "mah.distributions.t(9)", "mah.distributions has no 't'; write student_t(df)" },
    { "print(mah.distributions.normal().paramters)", "did you mean 'parameters'?" },
    { "mah.distributions.normal():rvs(3)", "a distribution has no 'rvs'; write d:sample(10)" },
  },
  networks = {
    { "mah.mlp{784, 100, 10}", "mah.mlp: layer 1: {units, \"activation\"} is expected, got 100" },
    { "mah.mlp{4, {3, 'relu'}, {2, 'sofmax'}}", "did you mean 'softmax'" },
    { "net:fit(x)", "a network has no 'fit'", "mah.train(net, {x = x, y = y}" },
    { "net:save('a.safetensors', {stat = false})", "did you mean 'state'", "net:save" },
    { "net:evaluate(x, y)", "write net:gradient(x, y)" },
    { "net:predict_proba(x)", "net:forward(x) gives the probabilities" },
    { "net:forwrad(x)", "did you mean 'forward'" },
    { "net.forward(x)", "called with a colon, net:forward(...)" },
    { "net:loss(x, y:float())", "class numbers are integers", "y:int()" },
    { "net(mah.zeros(2, 3))", "x: float32 2x3", "4 inputs" },
  },
  training = {
    { "mah.train(net, data, {epochs = 3})", "unknown option \"epochs\"; write stop = 20" },
    { "mah.train(net, data, {lr = 0.1})", "give it to the solver" },
    { "mah.train(net, data, {solver = 'adm'})", "did you mean 'adam'" },
    { "mah.train(net, data, {stop = 'never'})", "stop must be", "got \"never\"" },
    { "mah.train(net, x, y)", "data must be a table {x = tensor, y = tensor}, got a tensor" },
    { "mah.train(net, {x = x})", "data must be a table {x = tensor, y", "got one without y" },
    { "mah.train(net, {x, y})", "data must be a table {x = tensor, y", "got one without x" },
    { "mah.train(net, {x = x, y = y:float()}, {stop = 1})", "mah.train: data.y", "y:int()" },
    { "mah.train(net, {x = x, y = y + 5}, {stop = 1})", "y: row", "is outside of 0 ... 1" },
    { "mah.train(net, {x = x * (1 / 0), y = y})", "mah.train: data.x: row 1, column 1" },
    { "mah.train({}, data)", "mah.train: a network is expected, got a table" },
    { "mah.solver.adm{}", "mah.solver has no 'adm'; did you mean 'adam'" },
    { "mah.solver.adam{learning_rate = 0.1}", "unknown option \"learning_rate\"; write lr = 0.01" },
    { "mah.solver.sgd{momentum = 2}", "momentum must be a number in [0, 1]; got 2" },
    { "mah.stop.no_improvment{}", "did you mean 'no_improvement'" },
    { "mah.stop.patience{}", "mah.stop has no 'patience'; there are: ", "no_improvement" },
    { "mah.stop.max_iter(0)", "an integer >= 1 is expected, got 0" },
    { "mah.schedule.cosin{}", "did you mean 'cosine'" },
  },
  metrics = {
    { "mah.metrics.acuracy(y, y)", "did you mean 'accuracy'" },
    { "mah.metrics.accuracy(y, y:narrow(1, 1, 5))", "two vectors of one length", "(30) and (5)" },
    { "mah.metrics.roc_auc_score(3LL)", "roc_auc_score: y_true: a tensor or a list of labels" },
    { "mah.metrics.average_precision_score(freed)", "score: y_true: the tensor has been freed" },
    { "mah.metrics.log_loss(y, 3LL)", "log_loss: y_pred: a tensor or a list of numbers" },
    { "mah.metrics.brier_score_loss(y, y, {pos_label = 0 / 0})", "NaN is no label" },
    { "mah.metrics.mean({1}, {})", "mah.metrics.mean: weight: a vector of 1 numbers", "(0)" },
    { "mah.metrics.mean(x)", "mah.metrics.mean: values: a vector is expected, got shape (30, 4)" },
    { "mah.metrics.r2(mah.tensor(5), y)", "mah.metrics.r2: y_true is a single number" },
    { "mah.metrics.mean(people.name)", "column 'name' holds text, not numbers" },
  },
  preparation = {
    { "mah.preprocessing.StandardScaler{}.fit(x)", "preprocessing.StandardScaler: fit is called "
      .. "with a colon, estimator:fit(...); got a tensor in the place of the estimator" },
    { "mah.preprocessing.LabelEncoder{}.fit(names)", "called with a colon", "got a table" },
    { "mah.preprocessing.OneHotEncoder{}:fit(people):feature_names_out{true}",
      "name 1 is true; a string is expected" },
    { "mah.preprocessing.TransformedTargetRegressor{regressor = mah.MLPRegressor{max_iter = 1}}"
      .. ":fit(3LL, y)", "mah.", "a tensor, a table or a list is expected" },
    { "mah.model_selection.KFold{n_splits = 2}.split(x)", "KFold: split is called with a colon" },
  },
  files = {
    { "mah.load(CSV)", "not a model saved by mah", "mah.data.table reads such files" },
    { "mah.load('missing.safetensors')", "cannot read 'missing.safetensors'" },
  },
  sweeps = {
    { "mah.sweep{nmae = 'a'}", "did you mean 'name'" },
    { "mah.sweep.opne('a.db')", "mah.sweep has no 'opne'" },
    { "mah.sweep{name = 'a', store = STORE, grid = {a = {1}}}", "trial" },
  },
}

-- -- Each of them ---------------------------------------------------------------------------------

local function message_of(code, env)
  local f = assert(loadstring(code, "=mistake"))
  local ok, problem = pcall(setfenv(f, env))
  assert.is_false(ok, code .. " raises nothing")
  return problem
end

describe("the message of", function()
  local csv
  setup(function()
    mah.warnings(false)
    csv = os.tmpname() .. ".csv"
    mah.file.write(csv, "a,b\n" .. ("1,2\n"):rep(100))
  end)
  teardown(function()
    mah.warnings(true)
    os.remove(csv)
  end)

  for kind, list in pairs(mistakes) do
    for _, mistake in ipairs(list) do
      it(kind .. ": " .. mistake[1], function()
        local env = surroundings()
        env.CSV, env.STORE = csv, ":memory:"
        local message = message_of(mistake[1], env)
        assert.matches("^mistake:1: ", message)
        assert.is_true(#message < 400, message)
        for i = 2, #mistake do
          assert.is_truthy(message:find(mistake[i], 1, true),
            ("%q is not in %q"):format(mistake[i], message))
        end
      end)
    end
  end
end)
