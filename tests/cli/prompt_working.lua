--- The prompt at work: within a script, bars of progress, files that are edited and run, the shell,
--- the user's init.lua, values by Tab, charts.
---
---     mah tests/cli/prompt_working.lua PROGRAM [TEST]
local prompter = require "prompter"

local test, open, enter, equal, leave, write_file =
  prompter.test, prompter.open, prompter.enter, prompter.equal, prompter.leave, prompter.write_file

-- -- Within a script ------------------------------------------------------------------------------

local SCRIPT = [[
local mah = require "mah"
local rate, list = 0.5, { 1, 2 }
local function step(k)
  local w = k * rate
  if k == 200 then mah.prompt() end
  return w + #list
end
local sum = 0
for k = 1, 400 do sum = sum + step(k) end
print("the sum is", sum, new_global)
]]

test("mah.prompt: locals and upvalues of the script, which goes on", function()
  write_file("asks.lua", SCRIPT)
  local p = open { "asks.lua" }
  assert(p.text:find("asks.lua:5, in step   Ctrl-D goes on, ? for help\nk list mah rate w\n", 1,
    true), p.text)
  enter(p, "k, rate, w, #list", "^200   0.5   100   2\n")
  enter(p, "w = 7; w", "^7\n")
  enter(p, "rate = 1", "")
  enter(p, "new_global = rate + k", "")
  enter(p, "(function() return rate + w end)()", "^8\n")
  enter(p, "local extra = 3", "")
  enter(p, "extra + _", "^11\n")
  enter(p, "%who", "k +200\n.-rate +1\n.-w +7\n")
  enter(p, "function fails() local t = nil; return t.x end")
  enter(p, "(fails())", "^error: prompt:1: attempt to index local 't' %(a nil value%)\n"
    .. "%s+in fails at prompt:1\n")
  assert(not p.text:find("in step at", 1, true), "the script's own frames are no part of it")
  enter(p, "%timeit w + k", "best .- mean")
  enter(p, "%reset", "^error: %%reset: the variables are the script's\n")
  p:send "rat\t"
  p:expect "rate"
  p:send "\21while true do end\r"
  p:expect "\n"
  p:send "\3"
  p:expect "interrupted\n.-mah> $"
  p:send "exit\r"
  p:expect "the sum is\t?%s*70857\t?%s*201\n" -- 9950 + 7 + 60100 + 2 x 400
  equal(p:wait(), 0)
end)

test("mah.prompt within the prompt, and Ctrl-C of the script afterwards", function()
  local p = open()
  enter(p, "function f(a) local b = a * 2; mah.prompt(); return a + b end")
  enter(p, "f(4)", "in f ")
  enter(p, "a, b", "^4   8\n")
  enter(p, "b = 1", "")
  p:send "\4"
  p:expect "\n5\n.-mah> $"
  enter(p, "b", "^nil\n")
  leave(p)
  write_file("spins.lua", "require('mah').prompt()\nprint 'on'\nwhile true do end\n")
  p = open { "spins.lua" }
  p:send "\4"
  p:expect "on\n"
  p:send "\3"
  equal(p:wait(), 130)
end)

test("mah.prompt is refused within a trial", function()
  write_file("trial.lua", [[
local mah = require "mah"
local study = mah.sweep { name = "s", store = "s.db", grid = { a = { 1 } },
  trial = function() mah.prompt() end }
study:run { quiet = true }
print(study:results()[1].error:match "mah.prompt: this process runs trials of a sweep")
mah.prompt()
]])
  local p = open { "trial.lua" }
  assert(p.text:find("\nmah.prompt: this process runs trials of a sweep\n", 1, true)
    or p.text:find("^mah.prompt: this process runs trials of a sweep\n"), p.text)
  p:send "\4"
  p:wait()
end)

-- -- Progress -------------------------------------------------------------------------------------

test("a fit shows a bar, which vanishes", function()
  local p = open({}, {}, { 24, 70 })
  enter(p, "d = mah.data.digits{n = 2000}; mah.warnings(false)")
  enter(p, "clf = mah.MLPClassifier{max_iter = 1e6, tol = 0, n_iter_no_change = 1e9}")
  p:send "clf:fit(d.train.x, d.train.y);\r"
  p:expect "training: .- %d+/1000000, loss %d%.%d+, [%d:]+ left"
  p:send "\3"
  p:expect "interrupted\n.-mah> $"
  local shown
  for line in p.raw:gmatch "\r(training: [^\r^]*)" do shown = line end
  assert(shown and #shown:gsub("[\128-\191]", "") < 70, shown)
  assert(p.raw:find("\r +\r[^\n]*interrupted"), "the bar is taken away")
  enter(p, "mah.train_many({mah.mlp{784, {10, 'softmax'}}}, d.train, {stop = 1e6, on_epoch = "
    .. "function(s) if s.epoch == 3 then print 'third'; error 'enough' end end});", "third\n")
  enter(p, "1", "^1\n")
  leave(p)
end)

test("no bar without a terminal that rewrites lines, and none in scripts", function()
  local p = open({}, { TERM = "dumb" })
  enter(p, "d = mah.data.digits{n = 2000}; mah.warnings(false)")
  enter(p, "t = os.time() + 2; run = mah.train(mah.mlp{784, {10, 'softmax'}}, d.train, "
    .. "{stop = function() return os.time() > t and 'late' end})", "")
  assert(not p.text:find("training:", 1, true), p.text)
  leave(p)
end)

test("a verbose training says of how many", function()
  local p = open()
  enter(p, "d = mah.data.digits{n = 300};")
  enter(p, "mah.train(mah.mlp{784, {10, 'softmax'}}, d.train, {stop = 4, verbose = true});",
    "training: epoch 4 of 4, loss [%d.]+; the limit of 4 epochs is reached\n")
  leave(p)
end)

-- -- Files and the shell --------------------------------------------------------------------------

test("%run and %run -i", function()
  write_file("sees.lua", "seen = tostring(mine)\nmine = 'the script\\'s'\n")
  local p = open()
  enter(p, "mine, other = 'my own', 1")
  enter(p, "%run sees.lua")
  enter(p, "seen, mine, other", '^"nil"   "the script\'s"   1\n')
  enter(p, "mine = 'my own'")
  enter(p, "%run -i sees.lua")
  enter(p, "seen, mine", '^"my own"   "the script\'s"\n')
  leave(p)
end)

test("%edit: a file, and a function", function()
  write_file("editor", "sed -i 's/one/two/' \"$1\"\n")
  write_file("part.lua", "word = 'one'\nfunction of_file() return 'one' end\n")
  local p = open({}, { VISUAL = "sh editor", EDITOR = "false" })
  enter(p, "%edit part.lua")
  enter(p, "word", '^"two"\n')
  enter(p, "function f() return 'one' end")
  enter(p, "x = 1")
  enter(p, "%edit f")
  enter(p, "f()", '^"two"\n')
  enter(p, "%edit of_file")
  enter(p, "of_file()", '^"two"\n')
  enter(p, "%edit print", "^error: print is not of a file, and was not typed here\n")
  enter(p, "%edit prat.lua", "^error: there is no file or function 'prat.lua'; did you mean "
    .. "'part.lua'%? !touch prat.lua makes a new file\n")
  enter(p, "%edit of_fiel", "^error: .-'of_fiel'; did you mean 'of_file'%?")
  enter(p, "%edit something_else", "^error: .-; the name of a new file ends in .lua\n")
  enter(p, "%edit x", "^error: x is 1; functions and files can be edited\n")
  leave(p)
  write_file("writer", "test -n \"$NOTHING\" || echo 'fresh = 3' >\"$1\"\n")
  p = open({}, { VISUAL = "sh writer" })
  enter(p, "%edit brand_new_thing.lua")
  enter(p, "fresh", "^3\n")
  leave(p)
  p = open({}, { VISUAL = "true" })
  enter(p, "%edit never_saved_at_all.lua", "^never_saved_at_all.lua was not written\n")
  leave(p)
end)

test("%history by a text, of earlier sessions too", function()
  local p = open()
  enter(p, "needle = 1")
  leave(p)
  p = open()
  enter(p, "hay = 2")
  enter(p, "needle = 3")
  enter(p, "%history needle", "^      needle = 1\n   2  needle = 3\n")
  enter(p, "%history 2", "^   3  %%history needle\n   4  %%history 2\n")
  leave(p)
end)

test("Ctrl-C ends a command of the shell, and not the session", function()
  local p = open()
  enter(p, "kept = 5")
  p:send "!echo going; exec sleep 1000\r"
  p:expect "\ngoing\n"
  p:send "\3"
  p:expect "ended by signal 2\n.-mah> $"
  enter(p, "kept", "^5\n")
  enter(p, "!exit 4", "^exit status 4\n")
  leave(p)
end)

-- -- The user's file ------------------------------------------------------------------------------

test("init.lua of the user", function()
  write_file(".config/mah/init.lua", "from_init = 9\n")
  local p = open()
  enter(p, "from_init", "^9\n")
  leave(p)
  p = open { "--no-startup" }
  enter(p, "from_init", "^nil\n")
  leave(p)
  write_file("asks.lua", "require('mah').prompt()\n")
  p = open { "asks.lua" }
  enter(p, "from_init", "^nil\n")
  leave(p)
  for text, wanted in pairs { ["\nerror 'in init'\n"] = "init.lua:2: in init",
    ["x = = 1"] = "init.lua:1: unexpected symbol" } do
    write_file(".config/mah/init.lua", text)
    p = open()
    assert(p.text:find(wanted, 1, true), p.text)
    enter(p, "1", "^1\n")
    leave(p)
  end
end)

-- -- Values by Tab, charts ------------------------------------------------------------------------

test("values of options are completed, and shown", function()
  local p = open()
  p:send 'mah.MLPClassifier{learning_rate = "\t\t'
  p:expect "adaptive +constant +invscaling"
  p:send 'ad\t'
  p:expect 'adaptive"'
  p:send ", solver = \t\t"
  p:expect 'solver = ".-adagrad.-lbfgs.-adam +'
  p:send "\21"
  p:send "mah.mlp{10, {5, 'rel\t"
  p:expect "relu'"
  p:send "\21"
  leave(p)
end)

test("charts have the terminal's width and colours", function()
  local p = open({}, { NO_COLOR = "" }, { 24, 60 })
  enter(p, "show(mah.plot.lines{series = {{y = {1, 2, 3}, label = 'a'}}, x_label = 'epoch'})",
    "━━ a\n.-┤.-└─.-epoch\n")
  assert(p.raw:find("\27[34m━━\27[0m a", 1, true), "the terminal's own blue")
  leave(p)
  p = open({}, { TERM = "dumb" }, { 24, 60 })
  enter(p, "show(mah.plot.bars{labels = {'a', 'b'}, y = {1, 2}})", "|.-%*%*%*.-%+%-%-.-a.-b\n")
  leave(p)
end)

prompter.run()
