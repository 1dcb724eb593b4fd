local layout = require "mah.docs.layout"
local page = require "mah.docs.page"
local terminal = require "mah.base.terminal"

local function text(lines) return table.concat(lines, "\n") end

describe("documentation on a terminal", function()
  it("is broken between words", function()
    assert.equal("one two\nthree\n\nfour", text(layout.text("one two\nthree\n\nfour", 8)))
    assert.equal("one two three\n\n- a\n- b", text(layout.text("one two\nthree\n\n- a\n- b", 80)))
  end)

  it("keeps tables whose lines fit, and breaks the cells of others", function()
    local rows = "Words:\n  of     here         there\n  one    a b c d      e f g h i\n"
      .. "  a row  goes on      and on\n  more   in this one  j"
    assert.equal(rows, text(layout.text(rows, 40)))
    assert.equal("Words:\n  of     here      there\n  one    a b c d   e f g h\n"
      .. "                   i\n  a row  goes on   and on\n  more   in this   j\n         one",
      text(layout.text(rows, 26)))
  end)

  it("has names with a text behind or, where there is little room, below", function()
    local rows = { { "lr", "number", "how far a step goes" }, { "decay", "", "less and less" } }
    assert.equal("  lr     number  how far a step goes\n  decay          less and less",
      text(layout.rows(rows, 60)))
    assert.equal("  lr  number\n      how far a step\n      goes\n  decay\n      less and less",
      text(layout.rows(rows, 20)))
  end)

  it("has code that stays Lua", function()
    local code = 'local result = call(first, "a text, in one", second) -- said of it\n'
      .. "print(1) --> 1"
    local lines = layout.code(code, 40)
    assert.equal("    -- said of it\n    local result = call(first,\n"
      .. '      "a text, in one", second)\n    print(1) --> 1', text(lines))
    assert.is_truthy(loadstring(text(lines)))
    assert.equal("    " .. code:gsub("\n", "\n    "), text(layout.code(code, 90)))
  end)

  it("fits terminals of 60 and 80 columns", function()
    local columns = terminal.columns
    for _, room in ipairs { 60, 80 } do
      terminal.columns = function() return room end
      for _, name in ipairs { "mah.train", "mah.MLPClassifier", "mah.sweep", "mah.plot.lines" } do
        for line in page.named(name):gmatch "[^\n]+" do
          assert.is_true(terminal.width(line) < room, name .. ": " .. line)
        end
      end
    end
    terminal.columns = columns
  end)
end)

describe("options and attributes", function()
  it("are found by their names, with the pages that have them", function()
    local found = page.entry "early_stopping_patience"
    assert.matches("an option of mah.MLPClassifier", found)
    assert.matches("integer in %[1, inf%)", found)
    assert.matches("%?mah.MLPRegressor", found)
    assert.matches("an attribute of study\n.-file", page.entry "store")
    assert.is_nil(page.entry "no_such_option")
  end)

  it("are found by a word", function()
    local found = page.search "early_stopping_pat"
    assert.matches("Options and attributes\n.*early_stopping_patience +option of mah.MLP", found)
  end)

  it("do not hide the page of a class", function()
    local study = page.named "Study"
    assert.matches("^study ", study)
    assert.matches("\nAttributes\n  name +string", study)
    assert.matches("\nMethods\n.*\n  study:run%(given%)", study)
  end)
end)
