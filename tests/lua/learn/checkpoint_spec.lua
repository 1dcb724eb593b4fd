local mah = require "mah"
local Session = require "mah.learn.checkpoint.session"
local checkpoint = require "mah.learn.checkpoint"
local file = require "mah.base.file"
local glob = require "mah.base.glob"
local progress = require "mah.base.progress"
local warn = require "mah.base.warn"

local x = mah.rand(70, 4, { rng = mah.rng(1) })
local y = (x:sum(2) * 2):int():clamp(3, 5)
local targets = x:sum(2):exp()

-- -- Trainings that are killed --------------------------------------------------------------------

local save = Session.save

--- Lets the k-th save of a session be the last thing that happens.
local function die_after(k)
  local count = 0
  Session.save = function(self, ...)
    save(self, ...)
    count = count + 1
    if count == k then error("interrupted", 0) end
  end
end

local function alive() Session.save = save end

local folder

--- Calls f with a new session, each of whose trainings saves whenever it can.
local function in_session(f, seconds)
  local before = checkpoint.use(checkpoint.new { seconds = seconds or 1e-9,
    path = function(n) return ("%s/fit-%d"):format(folder, n) end })
  mah.manual_seed(5)
  math.randomseed(5)
  local ok, result = pcall(f)
  checkpoint.use(before)
  return ok, result
end

local function clear()
  for _, path in ipairs(glob.matching(folder .. "/")) do os.remove(path) end
end

--- f gives the same whatever save it dies at; returns how many there are.
local function survives(f)
  mah.manual_seed(5)
  math.randomseed(5)
  local expected, saves = f(), 0
  while true do
    clear()
    die_after(saves + 1)
    local survived, result = in_session(f)
    alive()
    if survived then
      assert.same(expected, result)
      return saves
    end
    assert.matches("interrupted$", result)
    saves = saves + 1
    die_after(1 + saves % 3) -- and again, perhaps at once
    in_session(f)
    alive()
    survived, result = in_session(f)
    assert.is_true(survived, result)
    assert.same(expected, result, ("killed after save %d"):format(saves))
  end
end

--- Bits, in a form that can be compared.
local function bits(t) return table.concat(t:double():view(-1):totable(), " ") end

local function outcome(net, run)
  return { bits(net.params), run.history.loss, run.history.val_score or {}, run.history.lr,
    run.best_epoch or 0, run.stop_reason.text, mah.rand(1)[1], math.random() }
end

local function new_net(dtype)
  return mah.mlp { 4, { 6, "relu", dropout = 0.3 }, { 6, "softmax" }, seed = 2, dtype = dtype }
end

local function with(o, dtype)
  return function()
    local net, settings = new_net(dtype), { batch_size = 25, stop = 3, seed = 4 }
    for name, value in pairs(type(o) == "function" and o() or o) do settings[name] = value end
    return outcome(net, mah.train(net, { x = x, y = y }, settings))
  end
end

local said

before_each(function()
  folder = os.tmpname()
  os.remove(folder)
  said = {}
  warn.said = {}
  warn.to = function(_, text) said[#said + 1] = text end
end)

local to = warn.to

after_each(function()
  alive()
  clear()
  os.remove(folder)
  warn.to = to
end)

describe("a training that is killed", function()
  it("goes on within an epoch", function()
    assert.equal(10, survives(with { validation = 0.2 }))
    assert.equal(10, survives(with({ weight = 1 and nil, l2 = 0.1 }, "float64")))
    assert.same({}, said)
  end)

  it("and again at its first save, gets to its end", function()
    local f = with { validation = 0.2 }
    mah.manual_seed(5)
    math.randomseed(5)
    local expected = f()
    for first = 1, 8 do
      clear()
      for _, k in ipairs { first, 1 } do
        die_after(k)
        assert.is_false((in_session(f)))
        alive()
      end
      local survived, result = in_session(f)
      assert.is_true(survived, result)
      assert.same(expected, result)
    end
  end)

  it("goes on with each solver", function()
    for _, name in ipairs { "sgd", "adam", "adamw", "rmsprop", "adagrad", "lion", "nadam", "radam",
      "rprop" } do
      survives(with(function() return { solver = mah.solver[name] { lr = 0.01 } } end))
    end
    local function lbfgs()
      local net = mah.mlp { 4, { 6, "tanh" }, { 6, "softmax" }, seed = 2 }
      return outcome(net, mah.train(net, { x = x, y = y }, { solver = "lbfgs", stop = 15 }))
    end
    assert.is_true(survives(lbfgs) >= 10)
    for _, name in ipairs { "cg", "levenberg_marquardt" } do
      assert.is_true(survives(function()
        local net = mah.mlp { 4, { 6, "tanh" }, { 1, "identity" }, seed = 2 }
        return outcome(net, mah.train(net, { x = x, y = targets }, { solver = name, stop = 5 }))
      end) >= 4)
    end
    assert.same({}, said)
  end)

  it("goes on with a function's noise, buffers and what it remembers", function()
    local function f()
      local nn, calls = mah.nn, 0
      local layers = nn.Sequential { nn.Linear { 4, 6 }, nn.BatchNorm { 6 }, nn.Tanh {},
        nn.Dropout { 0.3 }, nn.Linear { 6, 6 } }
      local net = mah.network { params = layers, seed = 2,
        forward = function(p, rows, training)
          if training then calls = calls + 1 end
          return layers(p, rows, training)
        end,
        loss = function(scores, t) return mah.loss.cross_entropy(scores, t) + calls * 1e-3 end }
      local run = mah.train(net, { x = x, y = y }, { batch_size = 25, stop = 3, seed = 4,
        validation = 0.2 })
      local result = outcome(net, run)
      result[#result + 1], result[#result + 2] = bits(net.buffers), calls
      return result
    end
    assert.equal(10, survives(f))
    assert.same({}, said)
  end)

  it("goes on where Lua sees each step", function()
    assert.equal(10, survives(with(function()
      local seen = {}
      return { clip_norm = 0.5, schedule = mah.schedule.one_cycle { epochs = 3 },
        on_batch = function(s)
          s.marks = (s.marks or 0) + s.batch
          seen[#seen + 1] = s.batch_loss
        end,
        on_epoch = function(s) s.net.params[1] = s.net.params[1] + s.marks + #seen * seen[1] end }
    end)))
    assert.equal(10, survives(with { schedule = mah.schedule.step { step_size = 1 } }))
    assert.equal(10, survives(with { validation = 0.2, schedule = mah.schedule.warm_up(
      mah.schedule.reduce_on_plateau { patience = 0, threshold = 1 }, { epochs = 1 }) }))
    assert.same({}, said)
  end)

  it("goes on with what the user's functions remember", function()
    assert.equal(10, survives(with(function()
      local velocity, steps = nil, { count = 0, list = {} }
      local decay = { rate = mah.tensor { 0.1 } }
      local rng, best, since = mah.rng(3), math.huge, 0
      epochs_of_the_spec = 0 -- luacheck: ignore 111
      return {
        solver = function(evaluate, w)
          local loss, g = evaluate(w)
          velocity = velocity or mah.zeros(#w)
          velocity:mul_(0.9):axpy_(-decay.rate[1], g)
          steps.count = steps.count + 1
          steps.list[steps.count] = { loss, velocity }
          w:add_(steps.list[math.max(1, steps.count - 1)][2])
          return loss
        end,
        stop = mah.stop.any { mah.stop.max_iter(3), function(s)
          if s.loss < best then best, since = s.loss, 0 else since = since + 1 end
          return since > 5 and "enough"
        end },
        on_epoch = function(s)
          decay.rate:mul_(0.5)
          epochs_of_the_spec = epochs_of_the_spec + 1 -- luacheck: ignore
          s.net.params[2] = rng:random() + mah.rand(1)[1] + epochs_of_the_spec -- luacheck: ignore
        end,
      }
    end)))
    epochs_of_the_spec = nil -- luacheck: ignore 111
    assert.same({}, said)
  end)

  it("goes on with what their objects, modules and data remember", function()
    assert.equal(10, survives(with(function()
      local total, module, xs, words = 0, { count = 0 }, x:clone(), ("a bc d"):rep(9):gmatch "%a+"
      local Counter = {}
      Counter.__index = Counter
      function Counter:step()
        total, self.n = total + 1, (self.n or 0) + 1
        return total + self.n
      end
      package.loaded.module_of_the_spec = module
      epochs_of_the_spec = 0 -- luacheck: ignore 111
      local counter, net, calls = setmetatable({}, Counter), new_net(), 0
      return {
        schedule = setmetatable({}, { __call = function(_, s)
          calls = calls + 1
          return s.lr / calls
        end }),
        validation = { x = xs, y = y },
        on_epoch = function(s)
          local function inside()
            epochs_of_the_spec = epochs_of_the_spec + 1 -- luacheck: ignore
            return epochs_of_the_spec -- luacheck: ignore
          end
          module.count = module.count + #words()
          xs:mul_(0.9)
          net.params:add_(0.1)
          s.net.params[2] = module.count + counter:step() + inside() + net.params[1]
        end,
      }
    end)))
    package.loaded.module_of_the_spec, epochs_of_the_spec = nil, nil -- luacheck: ignore 111
    assert.same({}, said)
  end)

  it("goes on with data that are augmented in place", function()
    survives(function()
      local xs, net = x:clone(), new_net()
      return outcome(net, mah.train(net, { x = xs, y = y }, { stop = 3, seed = 1, batch_size = 25,
        on_epoch = function() xs:copy_(x):add_(mah.randn(70, 4), 0.1) end }))
    end)
    assert.same({}, said)
  end)

  it("begins anew, and says why, where what they remember cannot be saved", function()
    local cannot = "cannot be written, and the training goes on without: .*"
    local function complains(why, new_source)
      said, warn.said = {}, {}
      survives(function()
        local source = new_source()
        return with { on_epoch = function(s) s.net.params[1] = source() end }()
      end)
      assert.equal(1, #said)
      assert.matches(cannot .. why, said[1])
    end
    local function count() for i = 1, 100 do coroutine.yield(i) end end
    complains("source:%d%.thread is a coroutine", function()
      local thread = coroutine.create(count)
      return function() return select(2, coroutine.resume(thread)) end
    end)
    complains("source:1 is a coroutine", function() return coroutine.wrap(count) end)
    complains("is nested too deeply", function()
      local list
      for i = 1, 20000 do list = { i, list } end
      return function()
        list = list[2]
        return list[1]
      end
    end)
  end)
end)

describe("the time between checkpoints", function()
  local now = progress.now
  after_each(function() progress.now, progress.steps = now, nil end)

  it("is what a killed training loses at most", function()
    local saved = {}
    progress.steps = 0 -- of a module: no checkpoint has it
    progress.now = function() return progress.steps end
    local function go()
      with { stop = 7, on_batch = function() progress.steps = progress.steps + 1 end }()
    end
    Session.save = function(self, ...)
      save(self, ...)
      saved[#saved + 1] = progress.steps
      if #saved == 3 then error("killed", 0) end
    end
    in_session(go, 4)
    assert.same({ 4, 8, 12 }, saved)
    assert.is_true(in_session(go, 4))
    assert.equal(21, progress.steps)
  end)
end)

describe("trainings of a program", function()
  it("are told apart by their number", function()
    local function two()
      local clf = mah.MLPClassifier { hidden_layer_sizes = { 5 }, max_iter = 4, random_state = 1,
        early_stopping = true, n_iter_no_change = 2, validation_fraction = 0.2 }
      clf:fit(x, y)
      local first = clf:score(x, y)
      clf.warm_start = true
      clf:fit(x, y)
      local reg = mah.MLPRegressor { hidden_layer_sizes = { 5 }, solver = "lbfgs", max_iter = 5,
        random_state = 1 }
      reg:fit(x, targets)
      return { first, clf.loss_curve_, clf.validation_scores_, bits(clf.coefs_[1]), clf.n_iter_,
        clf.best_validation_score_, bits(reg.coefs_[2]), reg.n_iter_, reg.stop_reason_.rule,
        clf.t_ }
    end
    assert.is_true(survives(two) >= 12)
  end)

  it("may be of one epoch each", function()
    local function epochs()
      local clf = mah.MLPClassifier { hidden_layer_sizes = { 5 }, random_state = 1, solver = "sgd",
        learning_rate = "adaptive", batch_size = 20, tol = 1, n_iter_no_change = 1 }
      local scores = {}
      for i = 1, 5 do
        clf:partial_fit(x, y, { 3, 4, 5 })
        scores[i] = clf:score(x, y)
      end
      return { scores, clf.loss_curve_, bits(clf.coefs_[1]), clf.history_.lr }
    end
    assert.is_true(survives(epochs) >= 20)
  end)

  it("that had ended are put back, and not made again", function()
    local epochs = 0
    local function two()
      for seed = 1, 2 do
        mah.MLPClassifier { hidden_layer_sizes = { 5 }, max_iter = 3, random_state = seed,
          on_epoch = function() epochs = epochs + 1 end }:fit(x, y)
      end
    end
    mah.warnings(false)
    in_session(two)
    assert.equal(6, epochs)
    in_session(two)
    assert.equal(6, epochs)
    clear()
    in_session(two, 1000) -- what takes no time is made again
    assert.same({}, glob.matching(folder .. "/"))
    mah.warnings(true)
  end)

  it("go on side by side", function()
    survives(function()
      local nets, settings = {}, { batch_size = 25 }
      for i = 1, 3 do
        nets[i] = new_net()
        settings[i] = { seed = i, stop = i + 1 }
      end
      local runs = mah.train_many(nets, { x = x, y = y }, settings)
      local clf = mah.MLPClassifier { hidden_layer_sizes = { 5 }, max_iter = 2, random_state = 1 }
      clf:fit(x, y)
      return { outcome(nets[1], runs[1]), outcome(nets[2], runs[2]), outcome(nets[3], runs[3]),
        bits(clf.coefs_[1]) }
    end)
    for i = 1, #said do assert.matches("has not converged", said[i]) end
  end)

  it("side by side begin anew where they remember something together", function()
    survives(function()
      local count, settings, nets = 0, { batch_size = 25, stop = 2 }, {}
      settings.on_epoch = function() count = count + 1 end
      for i = 1, 2 do nets[i], settings[i] = new_net(), { seed = i } end
      local runs = mah.train_many(nets, { x = x, y = y }, settings)
      return { count, outcome(nets[1], runs[1]), outcome(nets[2], runs[2]) }
    end)
    assert.matches("on_epoch has changed, which trainings side by side may have in common", said[1])
  end)

  it("inside of one another are one", function()
    local function nested()
      local net, sums = new_net(), {}
      local run = mah.train(net, { x = x, y = y }, { stop = 3, seed = 1, on_epoch = function(s)
        local other = new_net()
        mah.train(other, { x = x, y = y }, { stop = 1, seed = s.epoch, batch_size = 50 })
        sums[s.epoch] = other.params:sum()
      end })
      return { outcome(net, run), sums }
    end
    survives(nested)
  end)
end)

describe("a checkpoint", function()
  local function die(f)
    die_after(5)
    assert.is_false(in_session(f))
    alive()
    return folder .. "/fit-1"
  end

  --- f gives what it gives without a checkpoint, and the warning says why.
  local function is_ignored(f, why)
    said, warn.said = {}, {}
    local expected = f()
    local ok, result = in_session(f)
    assert.is_true(ok, result)
    assert.same(expected, result)
    assert.equal(1, #said)
    assert.matches("the checkpoint '.*/fit%-1' is ignored: .*" .. why, said[1])
  end

  local function f()
    mah.manual_seed(5)
    math.randomseed(5)
    return with {}()
  end

  it("that is damaged is ignored", function()
    local path = die(f)
    local text = file.read(path)
    for place, why in pairs { [#text - 10] = "it is damaged", [20] = "", [3] = "" } do
      file.write(path, text:sub(1, place - 1) .. string.char((text:byte(place) + 1) % 256)
        .. text:sub(place + 1))
      is_ignored(f, why)
      clear()
    end
    for _, size in ipairs { 0, 7, 100, #text - 1 } do
      file.write(path, text:sub(1, size))
      is_ignored(f, "")
      clear()
    end
  end)

  it("of another training is ignored", function()
    die(f)
    is_ignored(function()
      mah.manual_seed(5)
      math.randomseed(5)
      return with({ batch_size = 30 })()
    end, "it is of another training %(settings batches of 25, [^;]*%), and this one has "
      .. "%(settings batches of 30, [^;]*%)$")
  end)

  it("that cannot be written costs nothing but a warning", function()
    file.write(folder, "a file is in the way")
    local expected = f()
    local ok, result = in_session(f)
    assert.is_true(ok, result)
    assert.same(expected, result)
    assert.equal(1, #said)
    assert.matches("cannot be written, and the training goes on without: .* is a file", said[1])
  end)
end)

describe("mah.train's own checkpoint", function()
  it("goes on in the same file, which goes in the end", function()
    local function go()
      mah.manual_seed(5)
      math.randomseed(5)
      return with { checkpoint = { path = folder, seconds = 1e-9 } }()
    end
    local expected = go()
    assert.is_false(file.exists(folder))
    die_after(4)
    assert.is_false(pcall(go))
    alive()
    assert.is_true(file.exists(folder))
    assert.same(expected, go())
    assert.is_false(file.exists(folder))
  end)

  it("is checked", function()
    local function try(o)
      return function() mah.train(new_net(), { x = x, y = y }, { checkpoint = o }) end
    end
    assert.error_matches(try {}, "checkpoint: path is missing")
    assert.error_matches(try { path = "" }, "a file's path is expected")
    assert.error_matches(try { path = "a", second = 1 }, "did you mean 'seconds'")
    file.write(folder, "a, b\n1, 2\n")
    assert.error_matches(try { path = folder }, "is there, and is no checkpoint")
    assert.equal("a, b\n1, 2\n", file.read(folder))
    file.write(folder, "")
    try { path = folder }()
    assert.is_false(file.exists(folder))
    assert.error_matches(function()
      mah.train_many({ new_net() }, { x = x, y = y }, { checkpoint = { path = "a" } })
    end, "checkpoint is a file of one run")
  end)
end)
