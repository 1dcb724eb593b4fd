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
