--- Calls everything that `mah` has and that random_calls.lua leaves out, and what those calls
--- return: charts, pictures, solvers, rules, schedules, estimators over many calls, searches,
--- studies, JSON, model files ... Options are made from the very rules that mah.base.options was
--- asked to check, so that new ones need no list here; a part of all values are of no type in
--- particular: tables with metamethods that raise, tensors that were freed, callbacks that yield,
--- free their arguments or train inside of a training.
---
--- Each call must return, yield, or raise an error that is a string with the caller's position.
---
---     mah tests/fuzz/wide_calls.lua [calls = 20000] [seed = the time] ["trace"]
---
--- The seed is printed; the same one makes the same calls again. Under the address sanitizer: as
--- random_calls.lua says.
local options = require "mah.base.options"
local mah = require "mah"
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local Values = require "values"
local ffi = require "ffi"

local MOST_FAILURES, MOST_SECONDS, MOST_OBJECTS, MOST_ELEMENTS = 20, 10, 60, 4000

local calls, seed = tonumber(arg[1] or 20000), tonumber(arg[2] or os.time())
local trace = arg[3] == "trace"
if not calls or not seed or arg[3] and not trace then
  io.stderr:write "usage: mah wide_calls.lua [calls] [seed] [trace]\n"
  os.exit(2)
end

local random, stderr = math.random, io.stderr
local pool, objects = {}, {}
local values = Values.new(pool, objects)
local pick, chance = values.pick, values.chance

-- -- The rules that options are checked by --------------------------------------------------------

local rules_of, checked = {}, nil
local meta = getmetatable(options)
local check_options = meta.__call
function meta.__call(self, given, rules, where, ...)
  rules_of[where], checked = rules, where
  return check_options(self, given, rules, where, ...)
end

-- -- Values of no type in particular --------------------------------------------------------------

local function raising()
  local function raise() error "a metamethod's own error" end
  return setmetatable({}, { __index = raise, __newindex = raise, __call = raise, __tostring = raise,
    __len = raise, __eq = raise, __lt = raise, __add = raise, __concat = raise })
end

local function small_set()
  local x = mah.randn(8, 3)
  return { x = x, y = mah.randint(0, 2, 8) }
end

--- A function that does what callbacks should not.
local function callback()
  local kind = random(9)
  return function(a, b)
    if kind == 1 then error "a callback's own error" end
    if kind == 2 then error { "a callback's own table" } end
    if kind == 3 then coroutine.yield "from a callback" end
    if kind == 4 then return pcall(function() return a:free() end) end
    if kind == 5 and type(a) == "table" then
      for key in pairs(a) do a[key] = nil end
    end
    if kind == 6 then
      mah.train(mah.mlp { 3, { 2, "softmax" } }, small_set(), { stop = mah.stop.max_iter(1) })
    end
    if kind == 7 and type(a) == "function" and Type.is_tensor(b) then
      local loss, g = a(b)
      b:axpy_(-0.1, g)
      return loss
    end
    return pick { false, 0.5, "text" }
  end
end

local function freed()
  local t = mah.zeros(3)
  local view = t:narrow(1, 1, 2)
  t:free()
  return pick { t, view }
end

--- Columns of a table, numbers that are none of Lua's, pointers to nothing.
local function foreign()
  local t = mah.data.table { { "name", { "row 1", "row 2" } }, { "n", { 1, 0 / 0 } },
    { "kind", { "a", "a" } } }
  return pick { t, t.name, t.n, t.kind, 3LL, 3ULL, 3i, ffi.new "void *" }
end

local function any()
  local kind = random(15)
  if kind == 1 then return callback() end
  if kind == 2 then return raising() end
  if kind == 3 then return freed() end
  if kind == 15 then return foreign() end
  if kind <= 6 and #objects > 0 then return pick(objects) end
  return values.any()
end

-- -- Options --------------------------------------------------------------------------------------

local lists = {
  function() return { 1, 2, 3 } end,
  function() return { random(), random(), 0 / 0 } end,
  function() return { "a", "b" } end,
  function() return { { 1, 2 }, { 3, 4 } } end,
  function() return { { x = { 1, 2, 3 }, y = { random(), 2, random(9) }, label = "a" } } end,
  function() return { { y = { 5, 1e9, -1e9 } }, { y = mah.randn(4) } } end,
  function() return { a = { 1, 2 }, b = { "x", "y" } } end,
  function() return { relu = 1, tanh = 2 } end,
  function() return {} end,
  small_set,
}

local makers = {
  number = values.number, integer = values.integer, boolean = function() return chance(0.5) end,
  string = function()
    return pick { "a", "model.safetensors", "x.png", "x.svg", "relu", "fa", "" }
  end,
  table = function() return pick(lists)() end, callable = callback, ["function"] = callback,
  tensor = function() return values.tensor() end, any = function() return any() end,
}

local function number_in(interval)
  local open, low, high = interval:match "^([%[%(])%s*([^,]+),%s*([^%]%)]+)"
  low, high = tonumber(low) or -9, tonumber(high) or (tonumber(low) or 0) + pick { 1, 3, 40 }
  if low % 1 == 0 and high % 1 == 0 and high - low >= 1 and chance(0.7) then
    return math.min(low + (open == "(" and 1 or 0) + random(0, 4), high)
  end
  return low + (high - low) * random()
end

local function from_rule(rule)
  if type(rule[2]) == "table" then return pick(rule[2]) end
  local kinds = {}
  for kind in rule[2]:gmatch "[^|]+" do kinds[#kinds + 1] = kind end
  local kind = pick(kinds)
  if rule[3] and kind == "number" then return number_in(rule[3]) end
  if rule[3] and kind == "integer" then return math.floor(number_in(rule[3])) end
  return (makers[kind] or any)()
end

local function sorted_keys(t)
  local keys = {}
  for key in pairs(t) do if type(key) == "string" then keys[#keys + 1] = key end end
  table.sort(keys)
  return keys
end

--- A table of options by recorded rules, mostly proper.
local function options_for(rules)
  local given, odd = {}, pick { 0, 0, 0.1, 0.4 }
  for _, name in ipairs(sorted_keys(rules)) do
    local wanted = rules[name][1] == options.required and 0.97 or 0.25
    if chance(wanted) then
      if chance(odd) then given[name] = any() else given[name] = from_rule(rules[name]) end
    end
  end
  if chance(0.03) then
    local key = any()
    local is_key = key ~= nil and not (type(key) == "number" and key ~= key)
    given[is_key and key or 1] = any()
  end
  if given.max_iter or rules.max_iter then given.max_iter = pick { 1, 2 } end
  return given
end

-- -- Targets --------------------------------------------------------------------------------------

--- Not called: what ends the process, takes any address, waits, or forks.
local left_out = {
  ["mah.arguments"] = true, ["mah.from_pointer"] = true, ["mah.progress"] = true,
  ["mah.warnings"] = true, ["mah.help"] = true, ["mah.manual_seed"] = true,
  ["mah.json.number"] = true, ["mah.json.string"] = true, -- for Mah's own parts
  ["mah.data.mnist"] = true, ["mah.data.default"] = true, ["mah.sweep.runner"] = true,
}

--- Their work grows with numbers in their options: what they get is small.
local function tame(name, arguments)
  local given = arguments[1]
  if name == "mah.data.digits" and type(given) == "table" and getmetatable(given) == nil then
    given.n, given.test = pick { 1, 10 }, pick { 1, 5 }
  end
end

--- {name, f, rules' name} of all of mah's functions, sorted by name.
local function all_targets()
  local list, names = {}, getmetatable(mah).names()
  local function add(name, f)
    local is_callable = type(f) == "function"
      or type(f) == "table" and getmetatable(f) and rawget(getmetatable(f), "__call")
    local part = name:match "^mah%.(%w+)"
    if is_callable and not left_out[name] and part ~= "locale" and part ~= "progress" then
      list[#list + 1] = { name = name, call = f }
    end
  end
  for _, name in ipairs(names) do
    local part = mah[name]
    add("mah." .. name, part)
    if type(part) == "table" then
      for _, key in ipairs(sorted_keys(part)) do add(("mah.%s.%s"):format(name, key), part[key]) end
    end
  end
  return list
end

local function small_net() return mah.mlp { 3, { 2, "relu" }, { 2, "softmax" } } end

--- First arguments that a function needs to get anywhere.
local first = {
  ["mah.gradcheck"] = function() return small_net(), mah.randn(4, 3), mah.randint(0, 2, 4) end,
  ["mah.train"] = function() return small_net(), small_set() end,
  ["mah.mlp"] = function()
    local hidden = { pick { 2, 1, 0, 1e9 }, pick { "relu", "gelu", "x" } }
    return { 3, hidden, { 2, "softmax" } }
  end,
  ["mah.plot.confusion"] = function() return mah.randint(0, 9, { 3, 3 }) end,
  ["mah.plot.panel"] = function() return { mah.plot.hist { x = { 1, 2, 3 } } } end,
  ["mah.plot.hist"] = function() return { x = makers.tensor() } end,
  ["mah.plot.heatmap"] = function() return { z = mah.randn(3, 4) } end,
  ["mah.image.grid"] = function() return mah.rand(4, 16) end,
  ["mah.image.digits"] = function() return mah.rand(4, 64) end,
  ["mah.image.weights"] = function() return mah.randn(16, 3) end,
  ["mah.schedule.warm_up"] = function() return mah.schedule.constant() end,
  ["mah.json.decode"] = function()
    return pick { "false", "null", "{}", "[1,2", "1e999", '"a"' }
  end,
  ["mah.show"] = function() return pick { small_set(), mah.rand(64), mah.randn(3, 4) } end,
  ["mah.load"] = function() return "model.safetensors" end,
  ["mah.clip.norm"] = function() return mah.randn(5), 1 end,
  ["mah.threads"] = function() return pick { 1, 2 } end,
}

local function arguments_for(target)
  local arguments, n = {}, 0
  local function add(...)
    for i = 1, select("#", ...) do
      n = n + 1
      arguments[n] = (select(i, ...))
    end
  end
  if chance(0.9) and first[target.name] then add(first[target.name]()) end
  local rules = rules_of[target.rules or target.name]
  if rules and chance(0.95) then
    local given = options_for(rules)
    if type(arguments[1]) == "table" and target.name:find "^mah.plot" and n == 1 then
      for key, value in pairs(given) do arguments[1][key] = value end
    else
      add(given)
    end
  else
    for _ = 1, random(0, 2) do add(chance(0.5) and values.tensor() or any()) end
  end
  if chance(0.05) then add(any()) end
  tame(target.name, arguments)
  return n, arguments
end

--- What stopping rules and schedules are asked with.
local function state()
  return {
    epoch = random(5), first_epoch = 1, step = random(9), samples = 9, lr = 0.1, loss = random(),
    val_score = random(), seconds = 1, max_iter = 5, batches = 3, gradient = mah.randn(4),
    solver = { lr = 0.1 }, history = {
      loss = { 1, 0.5, 0.4, 0 / 0, 0.3 }, val_loss = { 1, 1, 1 }, val_score = { nil, 0.5, 0.6 },
      lr = { 1, 1, 1, 1, 1 },
    },
  }
end

local function function_arguments()
  return pick {
    { state() },
    { function(w) return 0.5, w:clone() end, mah.randn(4) },
    { { epochs = { 1, 2 }, values = { 0.1, 0.2 }, at = { 0.1, 0.2 } }, {}, "max" },
    { any(), any() },
  }
end

local method_arguments = {
  save = function() return { pick { "a.png", "a.svg", "model.safetensors", "", ".", "a" } } end,
  fit = function() local s = small_set() return { s.x, s.y } end,
}
method_arguments.partial_fit = function()
  local s = small_set()
  return { s.x, s.y, { 0, 1 } }
end
method_arguments.resume, method_arguments.score = method_arguments.fit, method_arguments.fit
for name in ("predict predict_proba predict_log_proba activations forward"):gmatch "%S+" do
  method_arguments[name] = function() return { mah.randn(4, 3) } end
end

--- Methods that only Mah's own parts call.
local inner = {}
for name in ("draw new evaluate interval at value of_trials rule"):gmatch "%S+" do
  inner[name] = true
end

--- Names of methods, by the object's metatable.
local function methods_of(object)
  local found, of = {}, getmetatable(object)
  local methods = type(of) == "table" and (rawget(of, "methods") or rawget(of, "__index"))
  if type(of) == "table" and rawget(of, "is_estimator") then
    for _, name in ipairs(sorted_keys(require("mah.learn.estimator.base").methods)) do
      found[#found + 1] = name
    end
  end
  for _, name in ipairs(type(methods) == "table" and sorted_keys(methods) or {}) do
    if type(rawget(methods, name)) == "function" and not name:find "^_"
      and not inner[name] then
      found[#found + 1] = name
    end
  end
  return found
end

--- A call of an object's method, of the object itself, or an assignment to one of its fields.
local function use_object(object)
  local names = type(object) == "table" and methods_of(object) or {}
  if type(object) == "function" or #names == 0 or chance(0.1) then
    local arguments = function_arguments()
    return "object(...)", object, #arguments, arguments
  end
  local class = rawget(object, "class")
  local rules = class and rules_of[rawget(object, "where") or "mah." .. class]
  if rules and next(rules) and chance(0.2) then
    local name = pick(sorted_keys(rules))
    local rule = rules[name]
    local value
    if name == "max_iter" then value = 2 elseif chance(0.7) then value = from_rule(rule)
    else value = any() end
    return class .. "." .. name .. " =", function() object[name] = value end, 0, {}
  end
  local name = pick(names)
  local made = method_arguments[name] and chance(0.8) and method_arguments[name]()
    or { any(), any() }
  if name == "run" then return use_object(mah.schedule.constant()) end -- it forks
  return "object:" .. name, function(...) return object[name](object, ...) end, #made, made
end

-- -- Calls ----------------------------------------------------------------------------------------

--- What a call returned is used later, if it can be.
local function keep(value)
  local useful = type(value) == "function" and value ~= print
    or type(value) == "table" and getmetatable(value) ~= nil
  if Type.is_tensor(value) then
    if value.store ~= nil and value:numel() <= MOST_ELEMENTS then pool[random(40)] = value end
  elseif useful then
    objects[#objects < MOST_OBJECTS and #objects + 1 or random(MOST_OBJECTS)] = value
  end
end

local function fault(problem)
  if type(problem) == "table" and problem[1] == "a callback's own table" then return nil end
  if type(problem) ~= "string" then return "the error is a " .. type(problem) end
  if problem:find "own error" or problem:find "attempt to yield" then return nil end
  if problem:find("[mah]/", 1, true) then return "an error inside of mah: " .. problem end
  if not problem:match "^.-:%d+: " and not problem:find "is not callable$" then
    return "an error without a position: " .. problem
  end
end

local counts, failures, seen = { returned = 0, raised = 0, yielded = 0 }, 0, {}

local function fail(number, text, why)
  local kind = why:gsub("%d+", ""):sub(1, 90)
  if seen[kind] then return end
  seen[kind], failures = true, failures + 1
  stderr:write(("FAILED call %d: %s\n  %s\n"):format(number, text, why))
end

local function describe(name, n, arguments)
  local shown = {}
  for i = 1, n do
    local ok, text = pcall(values.show, arguments[i])
    shown[i] = ok and text or "raising"
  end
  return ("%s  with (%s)"):format(name, table.concat(shown, ", "))
end

local function make_call(number, target, name, f, n, arguments)
  local text = describe(name, n, arguments)
  if trace then stderr:write(number, ": ", text, "\n") end
  local start = os.clock()
  checked = nil
  local function call_it() -- the caller whose position errors have: no tail call
    local one, two = f(unpack(arguments, 1, n))
    return one, two
  end
  local run = coroutine.create(function() return pcall(call_it) end)
  local _, ok, first_result, second = coroutine.resume(run)
  if target and checked and not target.rules then target.rules = checked end
  if os.clock() - start > MOST_SECONDS then fail(number, text, "it takes too long: " .. name) end
  if coroutine.status(run) == "suspended" then
    counts.yielded = counts.yielded + 1
  elseif ok then
    counts.returned = counts.returned + 1
    keep(first_result)
    keep(second)
  else
    counts.raised = counts.raised + 1
    local wrong = fault(first_result)
    if wrong then fail(number, text, wrong) end
  end
end

local function renew()
  local i = random(40)
  pool[i] = values.new_tensor()
  objects.rng, objects.net = mah.rng(random(0, 1000)), small_net()
end

local estimators = {}

local function start_estimators()
  for i = 1, 8 do
    local class = i % 2 == 0 and "MLPClassifier" or "MLPRegressor"
    local ok, made = pcall(mah[class], options_for(rules_of["mah." .. class]))
    estimators[i] = ok and made or mah[class] { max_iter = 2, hidden_layer_sizes = { 3 } }
  end
end

local function run()
  for i = 1, 40 do pool[i] = values.new_tensor() end
  renew()
  mah.MLPClassifier {}
  mah.MLPRegressor {}
  local targets, learning = all_targets(), {}
  for _, target in ipairs(targets) do
    if not target.name:find "^mah%.[%l_]+$" or rules_of[target.name] then
      learning[#learning + 1] = target
    end
  end
  for number = 1, calls do
    if number % 5 == 0 then renew() end
    if number % 200 == 1 then start_estimators() end
    if chance(0.3) then
      make_call(number, nil, use_object(pick(estimators)))
    elseif #objects > 0 and chance(0.4) then
      make_call(number, nil, use_object(pick(objects)))
    else
      local target = pick(chance(0.8) and learning or targets)
      make_call(number, target, target.name, target.call, arguments_for(target))
    end
    if failures >= MOST_FAILURES then break end
  end
end

-- -- From start to end ----------------------------------------------------------------------------

ffi.cdef [[
int chdir(const char *path);
void __asan_init(void);
struct wide_calls_limit { unsigned long now, most; };
int getrlimit(int resource, struct wide_calls_limit *limit);
int setrlimit(int resource, const struct wide_calls_limit *limit);
]]

--- Requests of some gigabytes fail at once; the sanitizer has options of its own for this.
local function limit_memory(bytes)
  if pcall(function() return ffi.C.__asan_init end) then return end
  local RLIMIT_AS, limit = 9, ffi.new "struct wide_calls_limit"
  ffi.C.getrlimit(RLIMIT_AS, limit)
  limit.now = math.min(tonumber(limit.most), bytes)
  ffi.C.setrlimit(RLIMIT_AS, limit)
end

print(("wide calls: %d, seed %d"):format(calls, seed))
io.stdout:flush()
math.randomseed(seed)
mah.manual_seed(seed % 2 ^ 32)
mah.warnings(false)
limit_memory(2 ^ 33)
local folder = os.tmpname()
os.remove(folder)
mah.file.make_directory(folder)
ffi.C.chdir(folder)
local threads = mah.threads()
local silent = { write = function(self) return self end, flush = function() end }
local stdout = io.stdout
rawset(io, "stdout", silent)
rawset(io, "stderr", silent)
local ok, problem = xpcall(run, debug.traceback)
rawset(io, "stdout", stdout)
rawset(io, "stderr", stderr)
mah.threads(threads)
ffi.C.chdir "/"
os.execute(("rm -rf '%s'"):format(folder))
if not ok then
  failures = failures + 1
  stderr:write("FAILED: wide_calls.lua itself: ", problem, "\n")
end
C.mah_memory_fail_at(0)
print(("%d returned, %d raised an error, %d yielded, %d failed"):format(counts.returned,
  counts.raised, counts.yielded, failures))
os.exit(failures == 0 and 0 or 1)
