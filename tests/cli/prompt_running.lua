--- The prompt: errors, Ctrl-C, commands, pictures, beginning and end.
---
---     mah tests/cli/prompt_running.lua PROGRAM [TEST]
local prompter = require "prompter"

local test, open, enter, equal, leave, write_file =
  prompter.test, prompter.open, prompter.enter, prompter.equal, prompter.leave, prompter.write_file

-- -- Errors ---------------------------------------------------------------------------------------

test("errors are told, and the session goes on", function()
  local p = open()
  enter(p, "error 'mine'", "^error: prompt:1: mine\n")
  enter(p, "error()", "^error: nil")
  enter(p, "error({code = 5})", "^error: {code = 5}\n")
  enter(p, "error(setmetatable({}, {__tostring = function() error 'again' end}))", "^error: ")
  enter(p, "function inner(t) return t.x.y end")
  enter(p, "function outer(t) local v = inner(t) return v end")
  enter(p, "outer{}", "^error: prompt:1: attempt to index field 'x' %(a nil value%)\n"
    .. "%s+in .-at prompt:1\n%s+in outer at prompt:1\n")
  enter(p, "mah.zeros(-1)", "^error: prompt:1: .-%-1")
  enter(p, "x += 1", "^error: .-there is no %+=; write x = x %+ 1")
  enter(p, "x = 7 // 2", "^error: .-math.floor%(x / 2%)")
  enter(p, "prnt(1)", "^error: .-'prnt'.-did you mean print%?")
  enter(p, "(function() local function f() return 1 + f() end f() end)()",
    "^error: .-stack overflow")
  enter(p, "setmetatable({}, {__index = error, __tostring = function() error 'no' end})", "^")
  enter(p, "coroutine.yield()", "^error: .-yield")
  enter(p, "%nonsense", "^error: there is no command %%nonsense")
  enter(p, "1", "^1\n")
  leave(p)
end)

test("what the user overwrites does not end the session", function()
  local p = open()
  for _, line in ipairs { "print = nil", "tostring, pairs, ipairs, type, pcall, error = nil",
    "table.sort = nil",
    "setmetatable(_G, {__index = function(_, name) rawget.x(name) end})",
      "package.loaded.mah = nil",
    'getmetatable("").__index = nil', "string.find, string.format = nil", "io.stdout:close()",
    "debug.sethook(function() end, '', 1)", "collectgarbage('stop')", "mah = nil" } do
    enter(p, line)
  end
  p:send "\4"
  equal(p:wait(), 0)
end)

-- -- Ctrl-C ---------------------------------------------------------------------------------------

--- Starts a line that says "going" and then does not end by itself, and presses Ctrl-C.
local function interrupt(p, line)
  p:send(line .. "\r")
  p:expect "going\n"
  p:send "\3"
  p:expect "interrupted\n.-mah> $"
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

test("Ctrl-C in a fit: the estimator is usable and resumable", function()
  local p = open()
  enter(p, "d = mah.data.digits{n = 2000}")
  enter(p, "mah.warnings(false)")
  enter(p, "function said(s) if s.epoch == 3 then print 'going' end end")
  enter(p, "clf = mah.MLPClassifier{max_iter = 1e5, tol = 0, n_iter_no_change = 1e9, "
    .. "on_epoch = said, random_state = 1}")
  interrupt(p, "clf:fit(d.train.x, d.train.y)")
  enter(p, "clf:score(d.test.x, d.test.y) > 0.3", "^true\n")
  enter(p, "n = #clf.loss_curve_")
  enter(p, "clf.on_epoch = nil")
  enter(p, "clf.max_iter = n + 5")
  enter(p, "clf:resume(d.train.x, d.train.y);")
  enter(p, "n >= 2, #clf.loss_curve_ == n + 5, clf.n_iter_ == n + 5", "^true   true   true\n")
  leave(p)
end)

test("Ctrl-C at the prompt drops the line, and never leaves", function()
  local p = open()
  p:send "x = 'not this'\3"
  p:expect "mah> $"
  enter(p, "x", "^nil\n")
  for _, hint in ipairs { "", "", "Ctrl%-D or exit leaves\n" } do
    p:send "\3"
    p:expect(hint .. "mah> $")
  end
  enter(p, "1 + 1", "^2\n")
  leave(p)
end)

test("exit and quit leave", function()
  for _, word in ipairs { "exit", "quit()" } do
    local p = open()
    p:send(word .. "\r")
    equal(p:wait(), 0)
  end
  local p = open()
  enter(p, "exit = 5")
  enter(p, "exit", "^5\n")
  leave(p)
end)

test("Ctrl-C again and again in a fit: the session goes on, and says what is kept", function()
  local p = open()
  enter(p, "mah.warnings(false) d = mah.data.digits{n = 2000}")
  enter(p, "clf = mah.MLPClassifier{max_iter = 1e5, tol = 0, n_iter_no_change = 1e9, "
    .. "on_epoch = function(s) if s.epoch == 2 then print 'going' end end}")
  p:send "clf:fit(d.train.x, d.train.y)\r"
  p:expect "going\n"
  p:send "\3"
  p:expect "interrupted\n"
  p:expect "clf is kept as it was after epoch %d+; clf:resume%(d.train.x, d.train.y%) goes on\n"
  p:expect "mah> $"
  for _ = 1, 4 do
    p:send "\3"
    p:expect "mah> $"
  end
  enter(p, "#clf.loss_curve_ >= 2", "^true\n")
  leave(p)
end)

-- A search that backtracks for years, in one call of C.
local ENDLESS = "print 'going' ; (('a'):rep(40)):find(('a-'):rep(40) .. 'b')\r"

test("Ctrl-C in a call that does not look: it is answered, and the third one ends", function()
  local p = open()
  p:send(ENDLESS)
  p:expect "going\n"
  p:send "\3"
  p:expect "\ninterrupting when this call ends\n"
  p:send "\3"
  p:expect "\nCtrl%-C once more within 3 s ends mah"
  p:send "\3"
  equal(p:wait(), 130)
end)

test("Ctrl-C in a matrix product stops behind it", function()
  local p = open()
  enter(p, "a = mah.rand(3000, 3000)")
  enter(p, "function work() print 'going' for _ = 1, 1000 do a:matmul(a) end end")
  p:send "work()\r"
  p:expect "going\n"
  p:send "\3"
  p:expect "interrupted\n.-mah> $"
  enter(p, "1", "^1\n")
  leave(p)
end)

-- -- Commands -------------------------------------------------------------------------------------

test("commands", function()
  write_file("sub/part.lua", "return {answer = 42}")
  write_file("sub/script.lua",
    "part = require 'part'\nprint('arguments', #arg, ...)\nleft_over = part.answer\n")
  write_file("editor", "echo 'z = z + 41; z' >>\"$1\"\n")
  local p = open({}, { EDITOR = "sh editor", VISUAL = "" })
  enter(p, "%time 1 + 1", "^2\ntime: [%d.]+ %w+\n")
  enter(p, "%timeit 1 + 1", "best [%d.]+ %ws, mean")
  enter(p, "%run sub/script.lua one two", "^arguments%s+2%s+one%s+two\n")
  enter(p, "left_over", "^42\n")
  enter(p, "error 'not saved'", "error")
  enter(p, "%who", "left_over  42\n")
  enter(p, "big = mah.zeros(1000)")
  enter(p, "%memory", "tensors.-big%s+3.91 KiB  float32 1000\n")
  enter(p, "%save out.lua", "lines in out.lua\n")
  enter(p, "%save", "^error: %%save: a file's path is expected")
  enter(p, "%edit 9999", "^error: there is no entry 9999; %%history lists them\n")
  enter(p, "%run no_such.lua", "^error: .-no_such.lua")
  enter(p, "%", "%%cd FOLDER .-%%edit %[NUMBER|FILE|NAME%] .-%%who ")
  enter(p, "%cd sub", "/sub\n")
  enter(p, "%ls", "^part.lua%s+script.lua\n")
  enter(p, "%cd nowhere", "^error: nowhere: No such file")
  enter(p, "!echo $((40 + 2)); exit 3", "^42\nexit status 3\n")
  enter(p, "%cd ..")
  enter(p, "%history 2", "%d+  %%cd %.%.\n +%d+  %%history 2\n")
  enter(p, "z = 1")
  enter(p, "%edit", "^42\n")
  enter(p, "%reset", "^variables forgotten: %d+\n")
  enter(p, "z, left_over", "^nil   nil\n")
  leave(p)
  local text = prompter.read_file "out.lua"
  equal(text:find("not saved", 1, true), nil)
  assert(text:find("big = mah.zeros(1000)\n", 1, true) and text:find("print(left_over)\n", 1, true),
    text)
  equal(os.execute(("cd '%s' && '%s' -e 'left_over = 1' out.lua >/dev/null"):format(prompter.folder,
    prompter.program)), 0)
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

-- -- Beginning and end ----------------------------------------------------------------------------

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

prompter.run()
