--- Calls the public functions of the tensor, data and learn wings with random arguments. Every call
--- must return, or raise an error that is a string with the caller's position; some run out of
--- memory on the way, by request, and must say so. The process survives, and in the end as much
--- memory is in use as at the start.
---
---     mah tests/fuzz/random_calls.lua [calls = 100000] [seed = the time] ["trace"]
---
--- The seed is printed; the same one makes the same calls again. With "trace" each call is written
--- to stderr before it is made, so that the last line tells which one ended the process.
--- Under the address sanitizer (scripts/test.sh --sanitize builds build-sanitize/mah):
---
---     ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=2048 \
---       build-sanitize/mah tests/fuzz/random_calls.lua
local mah = require "mah"
local C = require "mah.base.library"
local Type = require "mah.tensor.type"
local ffi = require "ffi"
local Values = require "values"
local surface = require "surface"

local POOL, MOST_ELEMENTS, MOST_FAILURES = 40, 600, 20

ffi.cdef [[
int chdir(const char *path);
void __asan_init(void);
struct random_calls_limit { unsigned long now, most; };
int getrlimit(int resource, struct random_calls_limit *limit);
int setrlimit(int resource, const struct random_calls_limit *limit);
]]

local calls = tonumber(arg[1] or 100000)
local seed = tonumber(arg[2] or os.time())
local trace = arg[3] == "trace"
if not calls or not seed or (arg[3] and not trace) then
  io.stderr:write "usage: mah random_calls.lua [calls] [seed] [trace]\n"
  os.exit(2)
end

-- -- Surroundings --------------------------------------------------------------------------------

--- Requests of some gigabytes fail at once, instead of filling the machine. The sanitizer needs
--- terabytes of addresses, and has options of its own for this.
local function limit_memory(bytes)
  if pcall(function() return ffi.C.__asan_init end) then
    if (os.getenv "ASAN_OPTIONS" or ""):find "max_allocation_size_mb" then return end
    io.stderr:write "random_calls.lua: set ASAN_OPTIONS as its head says\n"
    os.exit(2)
  end
  local RLIMIT_AS, limit = 9, ffi.new "struct random_calls_limit"
  ffi.C.getrlimit(RLIMIT_AS, limit)
  limit.now = math.min(tonumber(limit.most), bytes)
  ffi.C.setrlimit(RLIMIT_AS, limit)
end

--- A new folder, in memory if possible: each file that is saved waits for its disk.
local function make_folder()
  local name = os.tmpname()
  os.remove(name)
  local in_memory = "/dev/shm/" .. name:match "[^/]+$"
  if pcall(mah.file.make_directory, in_memory) then return in_memory end
  mah.file.make_directory(name)
  return name
end

-- -- The pool of tensors -------------------------------------------------------------------------

local pool, objects = {}, {}
local values = Values.new(pool, objects)
local pick, chance = values.pick, values.chance

local function renew(i)
  pool[i or math.random(POOL)] = values.new_tensor()
  if chance(0.3) then pick(pool):free() end
  objects.rng = mah.rng(math.random(0, 1000), pick { "philox", "mt19937" })
  objects.distribution = values.distribution()
  if chance(0.1) then
    local last = pick { "softmax", "identity" }
    objects.net = mah.mlp { 3, { 4, pick { "relu", "tanh" } }, { 3, last } }
  end
end

--- The tensors among what a call returned come into the pool, unless they are large.
local function keep(value, depth)
  if Type.is_tensor(value) then
    local fits = value.store ~= nil and value:numel() <= MOST_ELEMENTS
    if fits then pool[math.random(POOL)] = value end
  elseif type(value) == "table" and depth < 2 and getmetatable(value) == nil then
    for _, inner in ipairs(value) do keep(inner, depth + 1) end
  end
end

--- Some bytes of one of the files are changed, or its end is cut off.
local function damage_a_file()
  local path = pick { "a.npy", "b.npy", "a.npz", "a.csv", "a.idx", "a.safetensors" }
  local handle = io.open(path, "rb")
  if not handle then return end
  local text = handle:read "*a"
  handle:close()
  for _ = 1, math.random(3) do
    local at = math.random(#text + 1)
    text = text:sub(1, at - 1) .. string.char(math.random(0, 255)) .. text:sub(at + 1)
  end
  if chance(0.2) then text = text:sub(1, math.random(0, #text)) end
  handle = assert(io.open(path, "wb"))
  handle:write(text)
  handle:close()
end

-- -- Calls ---------------------------------------------------------------------------------------

local weights = {
  operator = 12, ["function"] = 26, method = 30, linalg = 6, rng = 6, file = 8, metric = 2,
  data = 1, network = 3, train = 1,
}

local function choose_group(groups)
  local total, names = 0, {}
  for name in pairs(groups) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do total = total + weights[name] end
  local at = math.random() * total
  for _, name in ipairs(names) do
    at = at - weights[name]
    if at <= 0 then return groups[name] end
  end
  return groups[names[1]]
end

local function describe(target, n, arguments)
  local shown = {}
  for i = 1, n do shown[i] = values.show(arguments[i]) end
  return ("%s  with (%s)"):format(target.name, table.concat(shown, ", "))
end

local counts = { returned = 0, raised = 0, out_of_memory = 0 }
local failures, seen = 0, {}

local function fail(call, text, why)
  local kind = text:match "^[^(]+" .. why:gsub("%d+", "")
  if seen[kind] then return end
  seen[kind] = true
  failures = failures + 1
  io.stderr:write(("FAILED call %d: %s\n  %s\n"):format(call, text, why))
end

--- Is the allocation that was to fail still to come?
local function still_pending(n)
  local pending = false
  for _ = 1, n do
    local ok = pcall(mah.empty, 100) -- more than fit into a tensor
    pending = pending or not ok
  end
  C.mah_memory_fail_at(0)
  return pending
end

--- What is wrong with an error, or nil. It must be about the caller, not about Mah's inside.
local function fault(problem)
  if type(problem) ~= "string" then return "the error is a " .. type(problem) end
  local place = problem:match "^(.-):%d+: "
  if not place and not problem:find "is not callable$" then -- FFI's own has none
    return "an error without a position: " .. problem
  end
  place = place or ""
  if place:find "^%[mah%]" then return "an error inside of mah: " .. problem end
end

local function make_call(number, target)
  local n, arguments = target.arguments()
  local text = trace and describe(target, n, arguments)
  if trace then io.stderr:write(number, ": ", text, "\n") end
  text = text or describe(target, n, arguments)
  local fails_at = chance(0.1) and math.random(4) or 0
  C.mah_memory_fail_at(fails_at)
  local results = { pcall(target.call, unpack(arguments, 1, n)) }
  local ran_out = fails_at > 0 and not still_pending(fails_at)
  if not results[1] then
    local wrong = fault(results[2])
    if wrong then fail(number, text, wrong) end
    counts.raised = counts.raised + 1
    if ran_out then counts.out_of_memory = counts.out_of_memory + 1 end
    return
  end
  if ran_out then fail(number, text, "ran out of memory and said nothing") end
  counts.returned = counts.returned + 1
  if target.name:find "empty" and Type.is_tensor(results[2]) then results[2]:zero_() end
  for i = 2, 4 do keep(results[i], 1) end
end

local function run()
  local groups = {}
  for _, target in ipairs(surface.list(values)) do
    groups[target.group] = groups[target.group] or {}
    table.insert(groups[target.group], target)
  end
  for i = 1, POOL do pool[i] = values.new_tensor() end
  objects.distribution = mah.distributions.normal()
  objects.rng, objects.net = mah.rng(1), mah.mlp { 3, { 4, "relu" }, { 3, "softmax" } }
  for number = 1, calls do
    if number % 4 == 0 then renew() end
    if number % 50 == 0 then damage_a_file() end
    make_call(number, pick(choose_group(groups)))
    if failures >= MOST_FAILURES then break end
  end
end

-- -- From start to end ---------------------------------------------------------------------------

local function live()
  jit.flush()
  collectgarbage()
  collectgarbage()
  return tonumber(C.mah_memory_live())
end

print(("random calls: %d, seed %d"):format(calls, seed))
io.stdout:flush()
math.randomseed(seed)
mah.manual_seed(seed % 2 ^ 32)
mah.warnings(false)
limit_memory(2 ^ 33)
local folder = make_folder()
ffi.C.chdir(folder)
local before = live()
local ok, problem = xpcall(run, debug.traceback)
pool, objects, values = nil, nil, nil -- luacheck: ignore
ffi.C.chdir "/"
os.execute(("rm -rf '%s'"):format(folder))
if not ok then
  failures = failures + 1
  io.stderr:write("FAILED: random_calls.lua itself: ", problem, "\n")
end
local after = live()
if after ~= before then
  failures = failures + 1
  io.stderr:write(("FAILED: %d bytes of tensors more are alive than at the start\n"):format(
    after - before))
end
print(("%d returned, %d raised an error (%d of them out of memory by request), %d failed"):format(
  counts.returned, counts.raised, counts.out_of_memory, failures))
os.exit(failures == 0 and 0 or 1)
