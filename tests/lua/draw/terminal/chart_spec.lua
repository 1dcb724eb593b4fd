local chart = require "mah.draw.terminal.chart"
local mah = require "mah"
local terminal = require "mah.base.terminal"

local plot = mah.plot

--- A figure's lines; plain: without Unicode.
local function lines_of(figure, columns, rows, plain, depth)
  return chart.lines(figure, { width = columns or 40, height = rows or 12, unicode = not plain,
    depth = depth or "none" })
end

local function text_of(...) return table.concat(lines_of(...), "\n") end

describe("charts in a terminal", function()
  it("have title, legend, axes with ticks, and names", function()
    local series = { { y = { 1, 2, 3 }, label = "train" }, { y = { 3, 2, 1 }, label = "test" } }
    local lines = lines_of(plot.lines { series = series, title = "Loss", x_label = "epoch",
      y_label = "bits" }, 40, 16)
    assert.are.equal("Loss", lines[1])
    assert.are.equal("━━ train   ╍╍ test", lines[2])
    assert.are.equal("bits", lines[3])
    assert.matches("^3┤ ", lines[4])
    assert.matches("^ │ ", lines[6])
    assert.matches("^1┤ ", lines[#lines - 3])
    assert.matches("^ └─┬[─┬]+$", lines[#lines - 2])
    assert.matches("^ +1 +2 +3$", lines[#lines - 1])
    assert.matches("^ +epoch$", lines[#lines])
    assert.are.equal(16, #lines)
  end)

  it("draw a line's dots where it is", function()
    local lines = lines_of(plot.lines { y = { 1, 1 }, marker = false, x_range = { 1, 2 },
      y_range = { 0, 2 } }, 12, 7)
    assert.are.equal("1┤" .. ("⠤"):rep(10), lines[3])
    lines = lines_of(plot.lines { y = { 0, 2 }, marker = false, x_range = { 1, 2 },
      y_range = { 0, 2 } }, 12, 7)
    assert.matches("^2┤ +⡠⠊$", lines[1])
    assert.matches("^0┤⡠⠊", lines[5])
  end)

  it("have a character for each series without Unicode", function()
    local lines = lines_of(plot.lines { series = { { y = { 1, 0 / 0, 3 }, label = "a" },
      { y = { 3, 2, 1 }, label = "b" } } }, 30, 14, true)
    assert.are.equal("* a   o b", lines[1])
    assert.matches("\n3%+o", table.concat(lines, "\n"))
    local text = table.concat(lines, "\n")
    assert.matches("%*.*o", text)
    assert.is_nil(text:find "[\128-\255]")
    text = text_of(plot.lines { x = { -1e-7, 2e-7 }, y = { -2e9, 1e9 } }, 60, 12, true)
    assert.matches("%-2e9%+", text)
    assert.is_nil(text:find "[\128-\255]")
  end)

  it("have bars in eighths of a character", function()
    local lines = lines_of(plot.bars { labels = { "a", "b" }, y = { 4, 2.25 }, values = false,
      y_range = { 0, 4 }, title = "t" }, 15, 7)
    assert.are.same({ "t", "4┤ █████", " │ █████ ▂▂▂▂▂", "2┤ █████ █████", "0┤ █████ █████" },
      { lines[1], lines[2], lines[3], lines[4], lines[5] })
    lines = lines_of(plot.bars { labels = { "a", "b" }, y = { 8, 4.5 }, values = false,
      y_range = { 0, 8 }, horizontal = true }, 12, 10)
    assert.are.equal("a┤██████████", lines[2])
    assert.matches("│█████▋$", lines[#lines - 2])
  end)

  it("write values at bars, and counts of a histogram", function()
    assert.matches("0.96.*0.98", text_of(plot.bars { labels = { "a", "b" }, y = { .96, .98 } }))
    local text = text_of(plot.hist { x = { 1, 1, 2 } })
    assert.matches("count\n2┤.*██", text)
  end)

  it("tell points of classes apart", function()
    local figure = plot.scatter { x = { 1, 2 }, y = { 1, 2 }, classes = { "cat", "dog" } }
    local text = text_of(figure)
    assert.matches("^● cat   ■ dog\n", text)
    assert.matches("\n.*■.*\n.*●", text)
    text = text_of(figure, 40, 12, false, "16")
    assert.matches("^\27%[34m•\27%[0m cat   \27%[31m•\27%[0m dog\n", text)
    assert.matches("\27%[31m[⠉-⣿]", text)
  end)

  it("have cells in colours, or shades", function()
    local figure = plot.heatmap { z = { { 0, 1 }, { 2, 3 } }, x = { "u", "v" }, y = { "a", "b" } }
    local text = text_of(figure, 40, 12)
    assert.matches("a┤ +0 +░░░░1░░░\n", text)
    assert.matches("b┤▒▒▒▒2▒▒▒████3███\n", text)
    assert.matches("\n  0 .*3$", text)
    text = text_of(figure, 40, 12, false, "256")
    assert.matches("\27%[38;5;53;48;5;53m▀", text)
    assert.matches("\27%[97;48;5;53m0", text)
    text = text_of(plot.confusion { { 5, 1 }, { 0, 7 } }, 40, 12, false, "true")
    assert.matches("\27%[38;2;0;114;178;48;2;0;114;178m▀", text)
  end)

  it("fit into 40 to 200 columns", function()
    local figures = { plot.lines { y = { 1, 3, 2 }, title = ("word "):rep(60), x_label = "x" },
      plot.bars { labels = { "a rather long name", "another long name", "c" }, y = { 1, 2, 3 } },
      plot.bars { labels = { ("long "):rep(20), "b" }, y = { 1, 2 }, horizontal = true },
      plot.lines { series = { { y = { 1, 2 } }, { y = { 3, 4 }, axis = 2 } }, y2_label = "right" },
      plot.heatmap { z = mah.rand(30, 300, { rng = 1 }), annotate = false },
      plot.box { data = { a = { 1, 2, 3, 9 }, b = { 2, 3, 4 } } } }
    for _, columns in ipairs { 40, 60, 80, 200 } do
      for i, figure in ipairs(figures) do
        for _, line in ipairs(lines_of(figure, columns, 20, i % 2 == 0)) do
          assert(terminal.width(line) <= columns, ("figure %d at %d: %s"):format(i, columns, line))
        end
      end
    end
  end)

  it("are one below the other in a panel", function()
    local text = text_of(plot.panel { figures = { plot.lines { y = { 1, 2 }, title = "one" },
      plot.lines { y = { 1, 2 }, title = "two" } }, title = "both" })
    assert.matches("^both\n\none\n.*\n\ntwo\n", text)
  end)

  it("are not for other figures", function()
    assert.is_nil(chart.lines(mah.image.digits(mah.data.digits { n = 10 }.train.x), { width = 40,
      height = 12, unicode = true, depth = "none" }))
  end)

  it("leave the figure as it was", function()
    local figure = plot.lines { y = { 1, 4, 9 } }
    local before = figure:svg()
    lines_of(figure)
    assert.are.equal(before, figure:svg())
  end)
end)
