local shell = require "mah.base.shell"

describe("a command line", function()
  it("gives a program the words that it was made of", function()
    local words = { "printf", "[%s]", "a", "", "a b", "it's", "$HOME", "*", 'a"b', "\\", "#x",
      "~", "line\nline", "ماه" }
    local expected = {}
    for i = 3, #words do expected[#expected + 1] = "[" .. words[i] .. "]" end
    assert.equal(table.concat(expected), (shell.run(shell.words(words))))
  end)

  it("leaves plain words as they are", function()
    assert.equal("sbatch --array=1-5 a/b.sbatch", shell.words { "sbatch", "--array=1-5",
      "a/b.sbatch" })
  end)

  it("says what the program wrote, and how it ended", function()
    assert.same({ "a\nb", 3 }, { shell.run "echo a; echo b; (exit 3)" })
    assert.same({ "", 0 }, { shell.run "true" })
    assert.same({ "5", 0 }, { shell.run "printf 5" })
    assert.same({ "", 127 }, { shell.run "no-such-program 2>/dev/null" })
  end)

  it("finds programs", function()
    assert.is_true(shell.has "sh")
    assert.is_false(shell.has "no-such-program")
  end)
end)
