--- Types at the prompt in a pseudo-terminal, as a person would.   mah tests/cli/prompt.lua PROGRAM [NAME]
---
--- Each test starts in an empty folder, which is its home; no test depends on how long something takes.
local pty = require "pty"

local program, only = arg[1], arg[2]
local folder = os.tmpname()
os.remove(folder)

local tests, order = {}, {}
local function test(name, f)
  tests[name] = f
  order[#order + 1] = name
end

local function write_file(name, text)
  local path = folder .. "/" .. name
  os.execute(("mkdir -p '%s'"):format(path:match "^(.*)/"))
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
  return path
end

local function read_file(name)
  local file = assert(io.open(folder .. "/" .. name))
  local text = file:read "*a"
  file:close()
  return text
end

local running = {}

--- A prompt that waits for its first line.
local function open(arguments, env, size)
  local settings = {
    HOME = folder, PATH = os.getenv "PATH", LANG = "C.UTF-8", TERM = "xterm", NO_COLOR = "1", PWD = folder,
    OPENBLAS_NUM_THREADS = "1",
  }
  for name, value in pairs(env or {}) do settings[name] = value ~= "" and value or nil end
  local command = { "/bin/sh", "-c", 'cd "$HOME" && exec "$0" "$@"', program, unpack(arguments or {}) }
  local p = pty.start(command, { env = settings, rows = size and size[1], columns = size and size[2] })
  running[#running + 1] = p
  p:expect "mah> $"
  return p
end

--- Types a line and waits for what it prints, as a pattern, and for the next prompt.
local function enter(p, line, pattern)
  p:send(line .. "\r")
  p:expect "\n"
  if pattern then return p:expect(pattern .. ".-mah> $") end
  p:expect "mah> $"
end

--- What a line prints.
local function output(p, line) return enter(p, line, "^(.-)\n?") or "" end

local function equal(found, wanted)
  if found ~= wanted then error(("%q is expected, got %q"):format(tostring(wanted), tostring(found)), 2) end
end

local function leave(p)
  p:send "\4"
  equal(p:wait(), 0)
end

-- -- Values -----------------------------------------------------------------------------------------

test("values are shown, statements are silent", function()
  local p = open()
  enter(p, "1 + 1", "^2\n")
  enter(p, "'a', 2, nil", '^"a"   2   nil\n')
  equal(output(p, "x = 5"), "")
  equal(output(p, "x;"), "")
  enter(p, "x", "^5\n")
  enter(p, "_ + 1", "^6\n")
  enter(p, "=x", "^5\n")
  enter(p, "{2, 1, b = {c = 1}, a = 'q'}", '^{2, 1, a = "q", b = {c = 1}}\n')
  equal(output(p, "local kept = 7"), "")
  enter(p, "kept", "^7\n")
  leave(p)
end)

test("tensors, networks and functions", function()
  local p = open()
  enter(p, "mah.tensor{{1, 2}, {3, 4}}", "^float32 2x2.-min 1  mean 2.5  max 4.-{{1.0, 2.0}")
  enter(p, 'mah.mlp{784, {100, "relu", dropout = 0.5}, {10, "softmax"}}',
    "1  784 %-> 100  relu%s+0.5%s+78500\n.-79510 parameters")
  enter(p, "function mine(a, ...) end", "^")
  enter(p, "mine", "^function%(a, %.%.%.%)   prompt:1\n")
  enter(p, "mah.train", "^function mah.train%(net, data, given%)   %[mah%]/learn/train.lua:%d+\n")
  leave(p)
end)

test("slow results tell their time", function()
  local p = open()
  enter(p, "local t = os.clock() while os.clock() - t < 0.06 do end", "^%([%d.]+ m?s%)\n")
  equal(output(p, "x = 1"), "")
  leave(p)
end)

-- -- Lines ------------------------------------------------------------------------------------------

test("a chunk goes on until it is complete", function()
  local p = open()
  p:send "for i = 1, 2 do\r"
  p:expect "%.%.%.> $"
  p:send "print('line', i)\r"
  p:expect "%.%.%.> $"
  enter(p, "end", "^line\t?%s*1\nline%s+2\n")
  enter(p, "x = = 1", "^error: .-near '='\n")
  enter(p, '"no end', "^error: .-unfinished string")
  p:send "s = [[one\r"
  p:expect "%.%.%.> $"
  enter(p, "two]]", "^")
  enter(p, "s", '^"one\\ntwo"\n')
  p:send "f(\r"
  p:expect "%.%.%.> $"
  p:send "\3" -- Ctrl-C gives it up
  p:expect "mah> $"
  enter(p, "1", "^1\n")
  leave(p)
end)

test("history: in the session, in the next one, from two terminals", function()
  local p, q = open(), open()
  enter(p, "first = 1")
  enter(q, "second = 2")
  enter(p, "third = [[\\n]]")
  p:send "if true then\r"
  p:expect "%.%.%.> $"
  enter(p, "fourth = 4 end")
  p:send "\27[A\r" -- up
  p:expect "if true then\n%s*fourth = 4 end.-mah> $"
  leave(p)
  leave(q)
  equal(read_file ".local/state/mah/history",
    "first = 1\nsecond = 2\nthird = [[\\\\n]]\nif true then\\nfourth = 4 end\n")
  local r = open()
  r:send "\27[A\27[A"
  r:expect "third = %[%[\\n%]%]"
  r:send "\27[A\r"
  r:expect "second = 2.-mah> $"
  enter(r, "second", "^2\n")
  leave(r)
end)

test("Ctrl-R", function()
  local p = open()
  enter(p, "needle = 12345")
  enter(p, "hay = 1")
  enter(p, "needle = 0")
  enter(p, "hay = 2")
  p:send "\18= 123"
  p:expect "bck:"
  p:send "\r"
  p:expect "mah> "
  enter(p, "needle", "12345\n")
  leave(p)
end)

test("UTF-8 and Persian", function()
  local p = open()
  enter(p, 's = "سلام دنیا"', "^")
  enter(p, "s", '^"سلام دنیا"\n')
  p:send 'u = "aéب\127\127z"\r' -- backspace takes whole characters
  p:expect "\n"
  p:expect "mah> $"
  enter(p, "u", '^"az"\n')
  enter(p, "مقدار = 3", "^")
  enter(p, "مقدار + 1", "^4\n")
  leave(p)
end)

test("a locale without UTF-8", function()
  local p = open({}, { LANG = "", LC_ALL = "C" })
  enter(p, 's = "سلام"', "^")
  enter(p, "s, #s", '^"سلام"   8\n')
  leave(p)
end)

test("another terminal size", function()
  local p = open({}, nil, { 24, 80 })
  enter(p, "mah.arange(12)", "{ ?1.0,  2.0,  3.0,  4.0,  5.0,  6.0,  7.0,  8.0,  9.0, 10.0, 11.0, 12.0}\n")
  p:resize(24, 40)
  enter(p, "mah.arange(12)", "{ ?1.0,  2.0,  3.0,  4.0,  5.0,  6.0,\n")
  enter(p, '"more than forty characters in a line of their own"', "^.-\"more than forty characters in a line of")
  leave(p)
end)

-- -- Completion ---------------------------------------------------------------------------------------

--- Types and presses Tab; the line must then be `wanted`.
local function completes(p, typed, wanted)
  p:send(typed .. "\t")
  p:expect((wanted:sub(#typed + 1):gsub("%p", "%%%0")))
  p:send "\21" -- Ctrl-U
end

test("completion", function()
  write_file("some data/weights.npy", "")
  local p = open()
  completes(p, "prin", "print")
  completes(p, "mah.MLPCl", "mah.MLPClassifier")
  completes(p, "mah.MLPClassifier{hid", "mah.MLPClassifier{hidden_layer_sizes = ")
  completes(p, "mah.train(net, data, {batch", "mah.train(net, data, {batch_size = ")
  completes(p, "mah.plot.lines{x_lab", "mah.plot.lines{x_label = ")
  completes(p, "mah.train(n, d, {solver = mah.solver.adam{beta_", "mah.train(n, d, {solver = mah.solver.adam{beta_")
  enter(p, 'tostring "some\tw\t"', '^"some data/weights.npy"\n')
  enter(p, "x = mah.zeros(2)")
  completes(p, "x:contig", "x:contiguous")
  completes(p, "x.dty", "x.dtype")
  enter(p, "clf = mah.MLPClassifier{}")
  completes(p, "clf:partial", "clf:partial_fit")
  enter(p, "outer = {inner = {leaf_one = 1}}")
  completes(p, "outer.inner.le", "outer.inner.leaf_one")
  completes(p, "%timei", "%timeit ")
  p:send "x:n\t\t"
  p:expect "narrow.-numel"
  leave(p)
end)

-- -- Help -----------------------------------------------------------------------------------------------

test("help", function()
  local p = open()
  enter(p, "?train", "^mah.train%(net, data, given%).-batch_size.-Options\n.-batch_size%s+integer in %[1, inf%)")
  enter(p, "mah.solver.adam?", "^mah.solver.adam%(given%).-lr%s+= 0.001")
  enter(p, "?MLPClassifier", "hidden_layer_sizes%s+= {100}")
  enter(p, "help(mah.zeros)", "^mah.zeros%(.-dtype")
  enter(p, "x = mah.ones(1)")
  enter(p, "?x", "float32 1.-Methods of tensor\n")
  enter(p, "?x.numel", "^tensor:numel%(%)")
  enter(p, "??confusion", "mah.metrics.confusion")
  enter(p, "?", "Tab%s+completes")
  enter(p, "?time", "Runs the code once")
  enter(p, "?nothing_of_this_name", "^There is no help on 'nothing_of_this_name'")
  leave(p)
end)

-- -- Errors -----------------------------------------------------------------------------------------------

test("errors are told, and the session goes on", function()
  local p = open()
  enter(p, "error 'mine'", "^error: prompt:1: mine\n")
  enter(p, "error()", "^error: nil")
  enter(p, "error({code = 5})", "^error: {code = 5}\n")
  enter(p, "error(setmetatable({}, {__tostring = function() error 'again' end}))", "^error: ")
  enter(p, "function inner(t) return t.x.y end")
  enter(p, "function outer(t) local v = inner(t) return v end")
  enter(p, "outer{}", "^error: prompt:1: attempt to index field 'x' %(a nil value%)\n%s+in .-at prompt:1\n"
    .. "%s+in outer at prompt:1\n")
  enter(p, "mah.zeros(-1)", "^error: prompt:1: .-%-1")
  enter(p, "prnt(1)", "^error: .-'prnt'.-did you mean print%?")
  enter(p, "(function() local function f() return 1 + f() end f() end)()", "^error: .-stack overflow")
  enter(p, "setmetatable({}, {__index = error, __tostring = function() error 'no' end})", "^")
  enter(p, "coroutine.yield()", "^error: .-yield")
  enter(p, "%nonsense", "^error: there is no command %%nonsense")
  enter(p, "1", "^1\n")
  leave(p)
end)

test("what the user overwrites does not end the session", function()
  local p = open()
  for _, line in ipairs { "print = nil", "tostring, pairs, ipairs, type, pcall, error = nil", "table.sort = nil",
    "setmetatable(_G, {__index = function(_, name) rawget.x(name) end})", "package.loaded.mah = nil",
    'getmetatable("").__index = nil', "string.find, string.format = nil", "io.stdout:close()",
    "debug.sethook(function() end, '', 1)", "collectgarbage('stop')", "mah = nil" } do
    enter(p, line)
  end
  p:send "\4"
  equal(p:wait(), 0)
end)

-- -- Ctrl-C -----------------------------------------------------------------------------------------------

--- Starts a line that says "going" and then does not end by itself, and presses Ctrl-C.
local function interrupt(p, line)
  p:send(line .. "\r")
  p:expect "going\n"
  p:send "\3"
  p:expect "interrupted\n.-mah> $"
  enter(p, "0") -- what is typed makes the next Ctrl-C a first one
end

test("Ctrl-C in an endless loop", function()
  local p = open()
  interrupt(p, "print 'going' while true do end")
  enter(p, "function spin(n) print 'going' while true do n = n + 1 end end")
  interrupt(p, "spin(1)")
  interrupt(p, "print 'going' while true do pcall(spin, 1) end")
  interrupt(p, "print 'going' local x = mah.rand(10) while true do x = (x * 2):tanh() end")
  write_file("loop.lua", "print 'going'\nlocal n = 0\nwhile true do n = n + 1 end\n")
  interrupt(p, "%run loop.lua")
  enter(p, "2 + 2", "^4\n")
  leave(p)
end)

test("Ctrl-C in a training: the model is usable and resumable", function()
  local p = open()
  enter(p, "d = mah.data.digits{n = 2000}")
  enter(p, 'net = mah.mlp{784, {50, "relu"}, {10, "softmax"}, seed = 1}')
  enter(p, "function said(s) if s.epoch == 2 then print 'going' end end")
  interrupt(p, "run = mah.train(net, d.train, {stop = 1e6, on_epoch = said})")
  enter(p, "net:score(d.test.x, d.test.y) > 0.3", "^true\n")
  enter(p, "before = net:loss(d.train.x, d.train.y)")
  enter(p, "run = mah.train(net, d.train, {stop = 3})")
  enter(p, "net:loss(d.train.x, d.train.y) < before, run.n_iter", "^true   3\n")
  leave(p)
end)

test("Ctrl-C at the prompt drops the line; twice leaves", function()
  local p = open()
  p:send "x = 'not this'\3"
  p:expect "mah> $"
  enter(p, "x", "^nil\n")
  p:send "\3"
  p:expect "mah> $"
  p:send "\3"
  equal(p:wait(), 130)
end)

test("a second Ctrl-C ends what does not look", function()
  local p = open()
  p:send "print 'going' ; (('a'):rep(40)):find(('a-'):rep(40) .. 'b')\r"
  p:expect "going\n"
  p:send "\3"
  p:expect "%^C"
  while p:read(0.2) do p:send "\3" end
  equal(p:wait(), 130)
end)

-- -- Commands ---------------------------------------------------------------------------------------------

test("commands", function()
  write_file("sub/part.lua", "return {answer = 42}")
  write_file("sub/script.lua", "part = require 'part'\nprint('arguments', #arg, ...)\nleft_over = part.answer\n")
  local p = open()
  enter(p, "%time 1 + 1", "^2\ntime: [%d.]+ %w+\n")
  enter(p, "%timeit 1 + 1", "best [%d.]+ %ws, mean")
  enter(p, "%run sub/script.lua one two", "^arguments%s+2%s+one%s+two\n")
  enter(p, "left_over", "^42\n")
  enter(p, "error 'not saved'", "error")
  enter(p, "%who", "left_over  42\n")
  enter(p, "big = mah.zeros(1000)")
  enter(p, "%memory", "tensors.-big%s+3.91 KiB  float32 1000\n")
  enter(p, "%save out.lua", "lines in out.lua\n")
  enter(p, "%run no_such.lua", "^error: .-no_such.lua")
  leave(p)
  local text = read_file "out.lua"
  equal(text:find("not saved", 1, true), nil)
  assert(text:find("big = mah.zeros(1000)\n", 1, true) and text:find("print(left_over)\n", 1, true), text)
  equal(os.execute(("cd '%s' && '%s' -e 'left_over = 1' out.lua >/dev/null"):format(folder, program)), 0)
end)

test("show", function()
  local p = open({}, { NO_COLOR = "", COLORTERM = "truecolor" })
  enter(p, "d = mah.data.digits{n = 20};")
  enter(p, "show(d.train.x[1])")
  assert(p.raw:find("\27%[38;2;%d+;%d+;%d+;48;2;%d+;%d+;%d+m▀"), "true colour")
  enter(p, "show{3, 2, 1}", "┤")
  leave(p)
  local q = open({}, { NO_COLOR = "", TERM = "xterm-256color" })
  enter(q, "show(mah.data.digits{n = 20})")
  assert(q.raw:find("\27%[38;5;%d+;48;5;%d+m▀"), "256 colours")
  leave(q)
  local k = open({}, { NO_COLOR = "", TERM = "xterm-kitty" })
  enter(k, "show(mah.rand(16, 16))")
  assert(k.raw:find("\27_Ga=T,f=100,q=2,m=[01];iVBORw0KGgo", 1), "a PNG")
  leave(k)
  local plain = open()
  enter(plain, "show(mah.data.digits{n = 20}.train.x[1])", "[@%%#]")
  leave(plain)
end)

-- -- Beginning and end ---------------------------------------------------------------------------------------

test("the ways out", function()
  local p = open()
  p:send "os.exit(7)\r"
  equal(p:wait(), 7)
  p = open()
  p:send "12\4" -- Ctrl-D on a line with text does not leave
  p:send "\r"
  p:expect "12\n.-mah> $"
  leave(p)
end)

test("-i keeps a script's globals, and also when it fails", function()
  write_file("sets.lua", "value = 11\nname = arg[1]\n")
  write_file("fails.lua", "value = 12\nerror 'late'\n")
  local p = open { "-i", "sets.lua", "x" }
  enter(p, "value, name", '^11   "x"\n')
  leave(p)
  p = open { "-i", "fails.lua" }
  assert(p.text:find("fails.lua:2: late", 1, true), p.text)
  enter(p, "value", "^12\n")
  leave(p)
  p = open { "-e", "v = 3", "-i" }
  enter(p, "v", "^3\n")
  leave(p)
end)

test("init.lua of the user", function()
  write_file(".config/mah/init.lua", "from_init = 9\n")
  local p = open()
  enter(p, "from_init", "^9\n")
  leave(p)
  write_file(".config/mah/init.lua", "error 'in init'\n")
  p = open()
  assert(p.text:find("init.lua:1: in init", 1, true), p.text)
  enter(p, "1", "^1\n")
  leave(p)
  os.remove(folder .. "/.config/mah/init.lua")
end)

test("colours: NO_COLOR, --color", function()
  local function has_colors(arguments, env)
    local p = open(arguments, env)
    enter(p, "error 'x'", "error")
    leave(p)
    return p.raw:find "\27%[[%d;]*3%dm" ~= nil
  end
  equal(has_colors({}, { NO_COLOR = "" }), true)
  equal(has_colors({}, {}), false)
  equal(has_colors({ "--color=always" }, {}), true)
  equal(has_colors({ "--color=never" }, { NO_COLOR = "" }), false)
  equal(has_colors({}, { NO_COLOR = "", TERM = "dumb" }), false)
end)

-- -- Go -------------------------------------------------------------------------------------------------------

local passed, failed = 0, 0
for _, name in ipairs(order) do
  if not only or name:find(only, 1, true) then
    os.execute(("mkdir -p '%s'"):format(folder))
    local ok, problem = pcall(tests[name])
    for _, p in ipairs(running) do p:kill() end
    running = {}
    os.execute(("rm -rf '%s'"):format(folder))
    if ok then passed = passed + 1 else failed = failed + 1 end
    if not ok then print(("not ok - prompt: %s: %s"):format(name, problem)) end
  end
end
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0 and 0 or 1)
