local pager = require "mah.base.pager"

describe("a long text", function()
  it("is broken between words, with the line's indentation", function()
    assert.equal("  one\n  two\n  three\n\nx", pager.wrap("  one two three\n\nx", 8))
    assert.equal("aaaaaaaaaa\nb", pager.wrap("aaaaaaaaaa b", 5))
    assert.equal("  a  b c\n     d", pager.wrap("  a  b c d", 8))
    assert.equal("one two\nthree four\n\nfive", pager.wrap("one two three\nfour\n\nfive", 10))
    assert.equal("as  it  is", pager.wrap("as  it  is", 10))
  end)

  it("goes on in a list's last column, where the lines that follow do", function()
    local list = "Two:\n  one  a b c d\n       e f g\n  two  h i\n       j\n\nx"
    assert.equal("Two:\n  one  a b c\n       d e f\n       g\n  two  h i\n       j\n\nx",
      pager.wrap(list, 12))
    assert.equal(list, pager.wrap(list, 80))
    -- the rows of a table within a row are its own
    assert.equal("  p  a b c\n     d e\n       q  d\n       r  e", pager.wrap(
      "  p  a b c d e\n       q  d\n       r  e", 11))
    -- what goes on after a short line
    assert.equal("  option  a\n          b c d\n          e f g\n          h", pager.wrap(
      "  option  a\n          b c d e\n          f g h", 16))
    -- rows whose columns are too far to the right
    assert.equal("  one       a\n  b\n  two       c\n  d", pager.wrap(
      "  one       a b\n  two       c d", 13))
  end)

  it("keeps its code as it is", function()
    local code = "One two:\n\n    one two\n      three\n\n    four five\n  six\n"
    assert.equal(code, pager.wrap(code, 8))
    assert.equal("Example\n    a b c\n  a\n  b\n", pager.wrap("Example\n    a b c\n  a b\n", 3))
    assert.equal("  a\n  b\n    c\n    d", pager.wrap("  a b\n    c d", 4))
    local example = "Words that go on and on.\n\n    local study = mah.sweep{name = \"pareto\"}"
    assert.matches('\n    local study = mah.sweep{name = "pareto"}', pager.wrap(example, 20))
  end)

  it("is measured in characters, without colours", function()
    assert.equal("سلام دنیا", pager.wrap("سلام دنیا", 9))
    assert.equal("\27[1mab\27[0m cd", pager.wrap("\27[1mab\27[0m cd", 5))
    assert.equal("\27[1mab\27[0m\ncd", pager.wrap("\27[1mab\27[0m cd", 4))
  end)
end)
