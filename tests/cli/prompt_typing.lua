--- The prompt: values, lines, history, completion, help.
---
---     mah tests/cli/prompt_typing.lua PROGRAM [TEST]
local prompter = require "prompter"

local test, open, enter, output, equal, leave, write_file =
  prompter.test, prompter.open, prompter.enter, prompter.output, prompter.equal, prompter.leave,
    prompter.write_file

-- -- Values ---------------------------------------------------------------------------------------

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

-- -- Lines ----------------------------------------------------------------------------------------

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

--- As a terminal pastes: marks around it, and the Return key's code for line ends.
local function paste(p, text, plain)
  text = text:gsub("\n", "\r")
  p:send(plain and text or "\27[200~" .. text .. "\27[201~")
end

test("what is pasted is one chunk, as it is", function()
  local p = open()
  assert(p.raw:find("\27[?2004h", 1, true), "bracketed paste is on while a line is read")
  local text = "function evaluate(data, k)\n\t-- a comment\n\tlocal n = #data\n\n"
    .. "\tfor i = 1, math.min(n, k or 100) do\n\t\tprint('سلام', data[i])\n\tend\n"
    .. "\treturn n\nend\n"
  paste(p, text)
  p:expect "return n\n%s*end.-$"
  enter(p, "")
  enter(p, "evaluate{5, 6}", "^سلام\t?%s*5\nسلام\t?%s*6\n2\n")
  paste(p, 's = [[\ta\tb]]')
  enter(p, "", "")
  enter(p, "s", '^"\\ta\\tb"\n')
  paste(p, "x =\t1\n\ny = x + 1\nx + y")
  enter(p, "", "3\n")
  paste(p, "ok = 1\n\nfor i = 1, 2 do\n\tok.field = i\nend")
  enter(p, "", "error: prompt:4: attempt to index global 'ok'")
  paste(p, "one = 1")
  p:send " + 1"
  enter(p, "", "")
  enter(p, "one", "^2\n")
  local entries = {}
  for line in prompter.read_file(".local/state/mah/history"):gmatch "[^\n]+" do
    entries[#entries + 1] = line
  end
  equal(entries[1], (text:sub(1, -2):gsub("\n", "\\n")))
  equal(entries[5], "x =\t1\\n\\ny = x + 1\\nx + y")
  equal(#entries, 8)
  leave(p)
  assert(p.raw:find("\27[?2004l", 1, true), "and off afterwards")
end)

test("two hundred lines are pasted", function()
  local p, lines = open(), { "function long()", "\tlocal sum = 0" }
  for i = 1, 200 do lines[#lines + 1] = ("\tsum = sum + %d -- line %d"):format(i, i) end
  paste(p, table.concat(lines, "\n") .. "\n\treturn sum\nend\nlong()")
  p:expect "return sum\n.-long%(%)$"
  enter(p, "", "20100\n")
  enter(p, "'next'", '^"next"\n')
  leave(p)
end)

test("odd bytes lose nothing of a paste", function()
  local p = open()
  paste(p, "x = 'a\0b\27c'")
  enter(p, "", "")
  enter(p, "x", '^"abc"\n')
  paste(p, "x = 'd\233e\255' -- Latin-1")
  enter(p, "", "")
  enter(p, "x", '^"d%?e%?"\n')
  leave(p)
end)

test("a paste without marks: tabs stay", function()
  local p = open()
  paste(p, "function f()\n\tlocal x =\t1\n\tif x then\n\t\treturn 'as written'\n\tend\nend\n", true)
  p:expect "\nmah> $"
  enter(p, "f()", '^"as written"\n')
  leave(p)
end)

test("an expression behind statements shows its value", function()
  local p = open()
  enter(p, "a = 1; a", "^1\n")
  enter(p, "t = {}; t", "^{}\n")
  enter(p, "local b, s = 2, 'x; y'; b, s -- c; d", '^2   "x; y"\n')
  enter(p, "b", "^2\n")
  equal(output(p, "a = 5; a;"), "")
  enter(p, "x = mah.zeros(2); x[0]", "^error: prompt:1: index 0")
  enter(p, "x[0]", "^error: prompt:1: index 0")
  leave(p)
end)

test("a sweep that is typed", function()
  local p = open()
  enter(p, "scale = 1")
  enter(p, "function helper(v) return v * scale end")
  local function sweep(trial)
    enter(p, "given = {name = 's', store = 's.db', grid = {a = {1, 2, 3}}}")
    enter(p, "given.trial = " .. trial .. "; st = mah.sweep(given)")
    return prompter.enter(p, "st:run{quiet = true}.skipped", "^(%d)\n")
  end
  equal(sweep "function(p) return {y = helper(p.a)} end", "0")
  equal(sweep "function(p) return {y = helper(p.a)} end", "3")
  equal(sweep "function(p) return {y = helper(p.a) + 1} end", "0")
  enter(p, "scale = 2")
  equal(sweep "function(p) return {y = helper(p.a)} end", "0")
  enter(p, "function helper(v) return v * scale * 2 end")
  equal(sweep "function(p) return {y = helper(p.a)} end", "0")
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
  equal(prompter.read_file ".local/state/mah/history",
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
  enter(p, "mah.arange(12)",
    "{ ?1.0,  2.0,  3.0,  4.0,  5.0,  6.0,  7.0,  8.0,  9.0, 10.0, 11.0, 12.0}\n")
  p:resize(24, 40)
  enter(p, "mah.arange(12)", "{ ?1.0,  2.0,  3.0,  4.0,  5.0,  6.0,\n")
  enter(p, '"more than forty characters in a line of their own"',
    "^.-\"more than forty characters in a line of")
  leave(p)
end)

-- -- Completion -----------------------------------------------------------------------------------

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
  completes(p, "mah.MLPClassifier{learning_rate = 'inv",
    "mah.MLPClassifier{learning_rate = 'invscaling'")
  completes(p, 'mah.MLPClassifier{solver = "lb', 'mah.MLPClassifier{solver = "lbfgs"')
  completes(p, "mah.MLPClassifier{activation = 'soft", "mah.MLPClassifier{activation = 'softplus'")
  completes(p, "mah.plot.lines{x_lab", "mah.plot.lines{x_label = ")
  completes(p, "mah.train(n, d, {solver = mah.solver.adam{beta_",
    "mah.train(n, d, {solver = mah.solver.adam{beta_")
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
  p:send "\21"
  leave(p)
end)

-- -- Help -----------------------------------------------------------------------------------------

test("help", function()
  local p = open()
  enter(p, "?train", "^mah.train%(net, data, given%).-batch_size.-Options\n"
    .. ".-batch_size%s+integer in %[1, inf%)")
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

prompter.run()
